// A voice in another language: joins a room through LiveKit's client for Node and publishes a tone.
// Its options and lines are those of `../speak.py`, without its pauses: --url, --token, --seconds, --hz.

import { FRAME, inputClosed, options, RATE, rtc, say, tone } from "./sound.mjs";

const { values } = options(["url", "token", "seconds", "hz"]);
let isClosed = false;
inputClosed().then(() => (isClosed = true));

const room = new rtc.Room();
await room.connect(values.url, values.token, { autoSubscribe: false, dynacast: false });
say({ event: "connected" });
// Enough ahead that a busy machine makes no holes: what is judged is not this program.
const source = new rtc.AudioSource(RATE, 1, 1000);
const track = rtc.LocalAudioTrack.createAudioTrack("tone", source);
const publication = await room.localParticipant.publishTrack(track, new rtc.TrackPublishOptions({ source: rtc.TrackSource.SOURCE_MICROPHONE, dtx: false, red: false }));
say({ event: "published", track: publication.sid });
for (let frame = 0; frame < Number(values.seconds) * 100 && !isClosed; frame += 1) {
  // Waits by itself as long as enough is queued.
  await source.captureFrame(new rtc.AudioFrame(tone(Number(values.hz), frame * FRAME), RATE, 1, FRAME));
}
if (!isClosed) await source.waitForPlayout();
await room.disconnect();
say({ event: "done" });
process.exit(0);
