"""The test voices, the sample conversation and the comfort messages, spoken by espeak-ng.

A test voice is one side of a conversation as a loop, with the pauses a listener leaves: whoever has no microphone can still be
heard. The sample conversation is one file a line, because the demo plays and types it line by line. The comfort messages are
what callers on hold are told who have no page: one for each agent of the demo, and one for everybody else. What the colleague
on a phone says is one file a sentence.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from sound import RATE, at_loudness, band, circular_filter, encode, frames_dbfs, ramped, read_wav

HERE = Path(__file__).parent
LOUDNESS_LUFS = -23
KBIT_S = 24
# Between sentences, in turn; even pauses sound like a machine.
PAUSES_S = (0.45, 0.8, 0.35, 0.6, 0.95, 0.4)
SAMPLE_AGENT = "alice"
COMFORT_VOICE = "desk"
PHONE_VOICE = "dana"


def speak(text, voice):
    """One sentence at 48 kHz, without the silence around it."""
    with tempfile.TemporaryDirectory() as folder:
        spoken, resampled = Path(folder, "spoken.wav"), Path(folder, "resampled.wav")
        subprocess.run(["espeak-ng", *voice["espeak"], "-w", spoken, "--", text], check=True)
        subprocess.run(["sox", "-D", spoken, "-b", "16", resampled, "gain", "-3", "rate", "-v", str(RATE)], check=True)
        samples, _ = read_wav(resampled)
    return evened(ramped(trimmed(circular_filter(samples[0], band(90, 7500))), 0.01, 0.02))


def trimmed(samples):
    loud = np.flatnonzero(frames_dbfs(samples) > -50)
    size = RATE // 100
    return samples[max(loud[0] - 2, 0) * size : (loud[-1] + 4) * size]


def evened(samples):
    """Halves, in decibels, what stands out of the voice: a synthesiser's plosives are far above what a microphone would give."""
    size = RATE // 200
    blocks = np.pad(np.abs(samples), (0, -samples.size % size)).reshape(-1, size).max(axis=1)
    # Widened before it is smoothed, so that the gain is down before the peak comes.
    widened = np.max([np.roll(blocks, by) for by in range(-3, 4)], axis=0)
    envelope = np.convolve(np.pad(widened, 3, mode="edge"), np.full(7, 1 / 7), mode="valid")
    threshold = np.sqrt(np.mean(samples**2)) * 1.5
    gain = np.minimum(1, np.sqrt(threshold / np.maximum(envelope, 1e-6)))
    return samples * np.interp(np.arange(samples.size), np.arange(gain.size) * size + size / 2, gain)


def pause(seconds):
    return np.zeros(int(seconds * RATE))


def test_voice(sentences, voice):
    parts = [pause(0.15)]
    for number, sentence in enumerate(sentences):
        parts += [speak(sentence, voice), pause(PAUSES_S[number % len(PAUSES_S)])]
    return at_loudness(np.concatenate(parts), LOUDNESS_LUFS)


def write_test_voices(folder, voices):
    for name, sentences in json.loads((HERE / "test-voices.json").read_text()).items():
        encode(folder / f"voice-{name}.ogg", test_voice(sentences, voices[name]), KBIT_S, "speech")


def write_sample(folder, voices):
    """Writes the lines, and beside them what the demo reads: who says what, in which file, for how long."""
    lines = []
    for number, line in enumerate(json.loads((HERE / "conversation.json").read_text()), start=1):
        voice = voices[SAMPLE_AGENT if line["speaker"] == "agent" else "caller"]
        spoken = np.concatenate([pause(0.05), speak(line.get("say", line["text"]), voice), pause(0.1)])
        name = f"{number:02}-{line['speaker']}"
        encode(folder / f"{name}.ogg", at_loudness(spoken, LOUDNESS_LUFS), KBIT_S, "speech")
        lines.append(
            {
                "speaker": line["speaker"],
                "text": line["text"],
                "file": f"/audio/sample/{name}.ogg",
                "duration_ms": round(spoken.size / RATE * 1000),
            }
        )
    (folder / "conversation.json").write_text(json.dumps(lines, ensure_ascii=False, indent=2) + "\n")


def write_comfort(folder, voices):
    for name, text in json.loads((HERE / "comfort.json").read_text()).items():
        spoken = np.concatenate([speak(text, voices[COMFORT_VOICE]), pause(0.2)])
        encode(folder / f"{name}.ogg", at_loudness(spoken, LOUDNESS_LUFS), KBIT_S, "speech")


def write_phone(folder, voices):
    for number, text in enumerate(json.loads((HERE / "phone.json").read_text()), start=1):
        spoken = np.concatenate([pause(0.05), speak(text, voices[PHONE_VOICE]), pause(0.1)])
        encode(folder / f"{number}.ogg", at_loudness(spoken, LOUDNESS_LUFS), KBIT_S, "speech")


if __name__ == "__main__":
    public = Path(sys.argv[1])
    known_voices = json.loads((HERE / "voices.json").read_text())
    write_test_voices(public, known_voices)
    write_sample(public / "sample", known_voices)
    write_comfort(public / "comfort", known_voices)
    write_phone(public / "phone", known_voices)
