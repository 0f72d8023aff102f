"""Ears that share no code with this crate: joins a room through libwebrtc and says what is heard, a line per 10 ms.

Lines: {"event": "connected"}; {"event": "subscribed", "from": identity, "track": sid};
{"event": "frame", "from": identity, "ms": time since the start of the program, "db": level, "hz": loudest of the given
frequencies, "share": its share of the energy}; {"event": "data", "from": identity, "topic": …, "text": …};
{"event": "done"}. It ends after so many seconds of sound, or when its input is closed.
"""

import argparse
import asyncio
import os
import time

import numpy as np
from livekit import rtc
from sound import FRAME, RATE, Tones, input_closed, level, say


async def hear(stream, identity, tones, started, seconds, done):
    heard = 0
    async for event in stream:
        samples = np.frombuffer(event.frame.data, dtype="<i2").astype(float) / 32768
        for start in range(0, len(samples) - FRAME + 1, FRAME):
            frame = samples[start : start + FRAME]
            hz, share = tones.loudest(frame)
            ms = round((time.monotonic() - started) * 1000, 1)
            say(event="frame", **{"from": identity}, ms=ms, db=round(level(frame), 1), hz=hz, share=round(share, 3))
            heard += 1
        if heard >= seconds * 100:
            done.set()
            return


async def main():
    started = time.monotonic()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", required=True)
    parser.add_argument("--token", required=True)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--hz", type=float, nargs="*", default=[])
    options = parser.parse_args()

    loop, done, tasks = asyncio.get_running_loop(), input_closed(), set()
    room, tones = rtc.Room(), Tones(options.hz)

    @room.on("track_subscribed")
    def on_track(track, publication, participant):
        if track.kind != rtc.TrackKind.KIND_AUDIO:
            return
        say(event="subscribed", **{"from": participant.identity}, track=publication.sid)
        stream = rtc.AudioStream(track, sample_rate=RATE, num_channels=1, frame_size_ms=10)
        tasks.add(loop.create_task(hear(stream, participant.identity, tones, started, options.seconds, done)))

    @room.on("data_received")
    def on_data(packet):
        sender = packet.participant.identity if packet.participant else None
        say(event="data", **{"from": sender}, topic=packet.topic, text=packet.data.decode(errors="replace"))

    @room.on("sip_dtmf_received")
    def on_dtmf(dtmf):
        sender = dtmf.participant.identity if dtmf.participant else None
        say(event="dtmf", **{"from": sender}, digit=dtmf.digit, code=dtmf.code)

    await room.connect(options.url, options.token)
    say(event="connected", ms=round((time.monotonic() - started) * 1000, 1))
    await done.wait()
    await room.disconnect()
    say(event="done")


if __name__ == "__main__":
    asyncio.run(main())
    # Not by Python's own way out, on which it would fight for the input with the thread that reads it.
    os._exit(0)
