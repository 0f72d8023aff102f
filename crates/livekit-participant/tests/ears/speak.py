"""A voice that shares no code with this crate: joins a room through libwebrtc and publishes a tone.

Lines: {"event": "connected"}; {"event": "published", "track": sid}; {"event": "done"}. It ends after so many seconds of
sound, or when its input is closed.
"""

import argparse
import asyncio
import os

import numpy as np
from livekit import rtc
from sound import FRAME, RATE, input_closed, say, tone


async def speak(source, options, stop):
    """Tone and pause in turns; without a pause the tone goes on all the time."""
    period = options.on + options.off
    for frame in range(int(options.seconds * 100)):
        if stop.is_set():
            return
        audible = options.off == 0 or (frame / 100) % period < options.on
        samples = tone(options.hz, frame * FRAME) if audible else np.zeros(FRAME, dtype="<i2")
        # Waits by itself as long as enough is queued.
        await source.capture_frame(rtc.AudioFrame(samples.tobytes(), RATE, 1, FRAME))
    await source.wait_for_playout()


async def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", required=True)
    parser.add_argument("--token", required=True)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--hz", type=float, required=True)
    parser.add_argument("--on", type=float, default=1.0, help="seconds of tone, where there are pauses")
    parser.add_argument("--off", type=float, default=0.0, help="seconds of pause")
    parser.add_argument("--dtx", action="store_true", help="send nothing while silent")
    parser.add_argument("--red", action="store_true", help="send every packet twice (RFC 2198)")
    options = parser.parse_args()

    stop = input_closed()
    room = rtc.Room()
    await room.connect(options.url, options.token)
    say(event="connected")
    # Enough ahead that a busy machine makes no holes: what is judged is not this program.
    source = rtc.AudioSource(RATE, 1, queue_size_ms=1000)
    publishing = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE, dtx=options.dtx, red=options.red)
    track = rtc.LocalAudioTrack.create_audio_track("tone", source)
    publication = await room.local_participant.publish_track(track, publishing)
    say(event="published", track=publication.sid)
    await speak(source, options, stop)
    await room.disconnect()
    say(event="done")


if __name__ == "__main__":
    asyncio.run(main())
    # Not by Python's own way out, on which it would fight for the input with the thread that reads it.
    os._exit(0)
