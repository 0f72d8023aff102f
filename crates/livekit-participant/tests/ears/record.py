"""The recorder of `examples/load.rs`, through libwebrtc, to compare with: it decodes, because it cannot else, and writes samples.

record.py <url> <folder> <token>…: one file for each token. To encode what was decoded would cost more still, and is left out. It
says {"event": "ready"}, then every second how many packets of 20 ms it has handled, and ends when its input is closed.
"""

import asyncio
import os
import sys
import wave

from livekit import rtc
from sound import RATE, input_closed, report, say


class Recordings:
    def __init__(self, url, folder):
        self.url = url
        self.folder = folder
        self.handled = 0
        self.rooms = []
        self.tasks = set()

    async def add(self, number, token):
        room = rtc.Room()

        @room.on("track_subscribed")
        def on_track(track, _publication, _participant):
            self.tasks.add(asyncio.create_task(self.record(track, f"{self.folder}/{number}.wav")))

        await room.connect(self.url, token)
        self.rooms.append(room)

    async def record(self, track, path):
        with wave.open(path, "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE)
            async for event in rtc.AudioStream(track, sample_rate=RATE, num_channels=1, frame_size_ms=20):
                file.writeframesraw(event.frame.data)
                self.handled += 1


async def main():
    url, folder, *tokens = sys.argv[1:]
    stop, recordings = input_closed(), Recordings(url, folder)
    say(event="joining")
    for number, token in enumerate(tokens):
        await recordings.add(number, token)
    say(event="ready")
    await report(recordings, stop)
    for room in recordings.rooms:
        await room.disconnect()


if __name__ == "__main__":
    asyncio.run(main())
    # Not by Python's own way out, on which it would fight for the input with the thread that reads it.
    os._exit(0)
