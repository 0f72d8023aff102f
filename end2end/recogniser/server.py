"""A real recogniser behind OpenAI's /audio/transcriptions, for tests: CMU Sphinx with the English model that its package ships.

    python server.py --port 8123 [--words "router invoice offline"]

It takes what the documented interface takes (multipart/form-data with `file`, `model`, `response_format`) and answers with
`json` or `verbose_json`. `--words` narrows what may be heard to these words, which a small model hears far better. It prints
`ready` on a line of its own once it listens.
"""

import argparse
import io
import json
import sys
import threading
import wave
from email.parser import BytesParser
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from pocketsphinx import Decoder

RATE = 16_000
MAX_BYTES = 25 * 1024 * 1024
PATH = "/v1/audio/transcriptions"
MODELS = "/v1/models"


class Refused(Exception):
    """A request that is not answered with a transcript."""

    def __init__(self, status, message):
        super().__init__(message)
        self.status = status


class Recogniser:
    """One decoder, used by one request at a time: it is not made for more."""

    def __init__(self, words):
        self.lock = threading.Lock()
        if words:
            self.decoder = Decoder(samprate=RATE, lm=None, loglevel="FATAL")
            self.decoder.add_jsgf_string("words", grammar(self.decoder, words))
            self.decoder.activate_search("words")
        else:
            self.decoder = Decoder(samprate=RATE, loglevel="FATAL")

    def hear(self, samples):
        """The text, and its words with their times in seconds."""
        with self.lock:
            self.decoder.start_utt()
            self.decoder.process_raw(samples, full_utt=True)
            self.decoder.end_utt()
            heard = self.decoder.hyp()
            rate = self.decoder.config["frate"]
            segments = [] if heard is None else list(self.decoder.seg())
        # Silence and noise stand in brackets; `router(2)` is the second way to say it.
        words = [
            {"word": segment.word.split("(")[0], "start": segment.start_frame / rate, "end": (segment.end_frame + 1) / rate}
            for segment in segments
            if segment.word[0] not in "<["
        ]
        return " ".join(word["word"] for word in words), words


def grammar(decoder, words):
    """Any of the words, any number of times."""
    known = [word for word in words if decoder.lookup_word(word) is not None]
    unknown = sorted(set(words) - set(known))
    if unknown:
        sys.exit(f"The model does not know: {' '.join(unknown)}")
    return f"#JSGF V1.0; grammar words; public <words> = ( {' | '.join(known)} )* ;"


def form(content_type, body):
    """The fields of a multipart form, each as bytes."""
    message = BytesParser(policy=HTTP).parsebytes(b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + body)
    if not message.is_multipart():
        raise Refused(400, "Send multipart/form-data.")
    fields = {}
    for part in message.iter_parts():
        name = part.get_param("name", header="content-disposition")
        fields[name] = part.get_payload(decode=True) or b""
    return fields


def samples_of(file):
    """The samples of a WAV file as Sphinx wants them."""
    try:
        with wave.open(io.BytesIO(file)) as sound:
            shape = (sound.getnchannels(), sound.getsampwidth(), sound.getframerate())
            if shape != (1, 2, RATE):
                raise Refused(400, f"Send one channel of 16 bits at {RATE} Hz.")
            return sound.readframes(sound.getnframes())
    except (wave.Error, EOFError) as error:
        raise Refused(400, "The file is no WAV file.") from error


def answer(recogniser, fields):
    for needed in ("file", "model"):
        if needed not in fields:
            raise Refused(400, f"The field {needed} is missing.")
    kind = fields.get("response_format", b"json").decode()
    if kind not in ("json", "verbose_json"):
        raise Refused(400, "The response_format is json or verbose_json.")
    samples = samples_of(fields["file"])
    text, words = recogniser.hear(samples)
    if kind == "json":
        return {"text": text}
    duration = len(samples) / 2 / RATE
    segment = {"id": 0, "start": 0.0, "end": duration, "text": text, "avg_logprob": -0.3, "no_speech_prob": 0.0 if text else 1.0}
    return {"task": "transcribe", "language": "english", "duration": duration, "text": text, "segments": [segment], "words": words}


def handler(recogniser):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            # The list of models, which also says that it is up.
            if self.path == MODELS:
                self.reply(200, {"object": "list", "data": [{"id": "pocketsphinx", "object": "model"}]})
            else:
                self.reply(404, {"error": {"message": f"There is only {MODELS}.", "type": "invalid_request_error"}})

        def do_POST(self):
            try:
                length = int(self.headers.get("content-length", -1))
                if not 0 <= length <= MAX_BYTES:
                    self.close_connection = True
                    raise Refused(413, "The file is too large, or does not say how large it is.")
                body = self.rfile.read(length)
                if self.path != PATH:
                    raise Refused(404, f"There is only {PATH}.")
                self.reply(200, answer(recogniser, form(self.headers.get("content-type", ""), body)))
            except Refused as refused:
                self.reply(refused.status, {"error": {"message": str(refused), "type": "invalid_request_error"}})

        def reply(self, status, content):
            content = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format, *args):
            """What was asked is nobody's business."""

    return Handler


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--words", default="", help="the only words that may be heard")
    options = parser.parse_args()
    server = ThreadingHTTPServer(("127.0.0.1", options.port), handler(Recogniser(options.words.lower().split())))
    print("ready", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
