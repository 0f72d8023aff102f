// Ears in another language: joins a room through LiveKit's client for Node and says what is heard, a line per 10 ms.
// Its options and lines are those of `../listen.py`: --url, --token, --seconds, and frequencies in Hz.

import { FRAME, inputClosed, level, loudest, options, RATE, rtc, say } from "./sound.mjs";

const { values, positionals } = options(["url", "token", "seconds", "hz"]);
const frequencies = [values.hz, ...positionals].filter(Boolean).map(Number);
const began = performance.now();
const sinceBegin = () => Math.round((performance.now() - began) * 10) / 10;

let finish;
const done = new Promise((resolve) => (finish = resolve));

async function hear(track, from) {
  let heard = 0;
  for await (const frame of new rtc.AudioStream(track, { sampleRate: RATE, numChannels: 1, frameSizeMs: 10 })) {
    for (let start = 0; start + FRAME <= frame.data.length; start += FRAME) {
      const samples = Float64Array.from(frame.data.subarray(start, start + FRAME), (sample) => sample / 32768);
      const { hz, share } = loudest(samples, frequencies);
      say({ event: "frame", from, ms: sinceBegin(), db: Math.round(level(samples) * 10) / 10, hz, share: Math.round(share * 1000) / 1000 });
      heard += 1;
    }
    if (heard >= Number(values.seconds) * 100) return finish();
  }
}

const room = new rtc.Room();
room.on(rtc.RoomEvent.TrackSubscribed, (track, publication, participant) => {
  if (track.kind !== rtc.TrackKind.KIND_AUDIO) return;
  say({ event: "subscribed", from: participant.identity, track: publication.sid });
  hear(track, participant.identity);
});
await room.connect(values.url, values.token, { autoSubscribe: true, dynacast: false });
say({ event: "connected", ms: sinceBegin() });
await Promise.race([done, inputClosed()]);
await room.disconnect();
say({ event: "done" });
process.exit(0);
