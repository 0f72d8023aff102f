"""The relay of `examples/load.rs`, through libwebrtc, to compare with: it decodes and encodes, because it cannot else.

relay.py <url> <token> <token>…: one leg for each pair of tokens, relayed both ways. It says {"event": "ready"}, then every
second how many packets of 20 ms it has handled, and ends when its input is closed.
"""

import asyncio
import os
import sys

from livekit import rtc
from sound import RATE, input_closed, report, say


class Relays:
    def __init__(self, url):
        self.url = url
        self.handled = 0
        self.rooms = []
        self.tasks = set()

    async def add(self, tokens):
        """One leg: each room publishes what the voice in the other says."""
        sources = [rtc.AudioSource(RATE, 1, queue_size_ms=200) for _ in tokens]
        for token, publishes, plays_into in zip(tokens, sources, reversed(sources)):
            await self.join(token, publishes, plays_into)

    async def join(self, token, publishes, plays_into):
        room = rtc.Room()

        @room.on("track_subscribed")
        def on_track(track, _publication, participant):
            if participant.identity == "voice":
                self.tasks.add(asyncio.create_task(self.pipe(track, plays_into)))

        await room.connect(self.url, token)
        track = rtc.LocalAudioTrack.create_audio_track("relay", publishes)
        options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE, dtx=False, red=False)
        await room.local_participant.publish_track(track, options)
        self.rooms.append(room)

    async def pipe(self, track, source):
        async for event in rtc.AudioStream(track, sample_rate=RATE, num_channels=1, frame_size_ms=20):
            await source.capture_frame(event.frame)
            self.handled += 1


async def main():
    url, *tokens = sys.argv[1:]
    stop, relays = input_closed(), Relays(url)
    say(event="joining")
    for pair in zip(tokens[::2], tokens[1::2]):
        await relays.add(pair)
    say(event="ready")
    await report(relays, stop)
    for room in relays.rooms:
        await room.disconnect()


if __name__ == "__main__":
    asyncio.run(main())
    # Not by Python's own way out, on which it would fight for the input with the thread that reads it.
    os._exit(0)
