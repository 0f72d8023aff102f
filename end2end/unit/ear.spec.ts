// The ear in a real Chromium, on pages that need no server: it hears what is played, and changes nothing.
import { type Browser, expect, test as base } from '@playwright/test';
import { heard, longestSilence } from '../fixtures/hearing';
import { launch, Party } from '../fixtures/party';

const test = base.extend<{ party: Party }, { browser_: Browser }>({
  browser_: [
    async ({}, use) => {
      const { browser, close } = await launch('caller');
      await use(browser);
      await close();
    },
    { scope: 'worker' },
  ],
  party: async ({ browser_ }, use) => {
    const party = await Party.open(browser_, 'caller');
    await party.page.route('http://localhost/', (route) =>
      route.fulfill({ contentType: 'text/html', body: '<!doctype html><html data-hydrated><button>Start</button></html>' }),
    );
    await party.goto('http://localhost/');
    await party.press('Start');
    await use(party);
    await party.close();
  },
});

/** Puts a tone on the page's own path to the loudspeaker, as hold music goes. */
async function playTone(party: Party, frequency: number): Promise<void> {
  await party.page.evaluate((hz) => {
    const context = new AudioContext();
    const tone = new OscillatorNode(context, { frequency: hz });
    const volume = new GainNode(context, { gain: 0.25 });
    tone.connect(volume).connect(context.destination);
    tone.start();
    Object.assign(window, { context, volume });
  }, frequency);
}

test('it hears what a page makes with WebAudio, until the page disconnects it', async ({ party }) => {
  await playTone(party, 3100);
  const start = await party.hears('alice', 0);
  const { from, to } = await party.listen(500);
  expect(heard(party.frames, 'alice', from, to)).toBeGreaterThan(400);
  expect(party.frames.some((frame) => frame.at > start && frame.local > 0.1 && frame.remote === 0)).toBe(true);
  await party.page.evaluate(() => (window as unknown as { volume: GainNode }).volume.disconnect());
  await party.listen(300);
  const after = await party.listen(300);
  expect(longestSilence(party.frames, after.from, after.to).ms).toBeGreaterThan(200);
});

test('it hears a stream in a media element as loud as the element plays it', async ({ party }) => {
  await party.page.evaluate(async () => {
    const element = new Audio();
    element.srcObject = await navigator.mediaDevices.getUserMedia({ audio: true });
    await element.play();
    Object.assign(window, { element });
  });
  await party.hears('caller', 0);
  const change = async (act: (element: HTMLAudioElement) => void) => {
    await party.page.evaluate(`(${act.toString()})(window.element)`);
    await party.listen(300);
    return party.listen(300);
  };
  for (const quiet of [(e: HTMLAudioElement) => void (e.muted = true), (e: HTMLAudioElement) => (e.muted = false, e.pause())]) {
    const { from, to } = await change(quiet);
    expect(heard(party.frames, 'caller', from, to), quiet.toString()).toBe(0);
  }
  const { from, to } = await change((element) => void element.play());
  expect(heard(party.frames, 'caller', from, to)).toBeGreaterThan(200);
});

test('it hears a file, and one that goes through WebAudio once', async ({ party }) => {
  await party.page.evaluate(async () => {
    const rate = 48_000;
    const bytes = new DataView(new ArrayBuffer(44 + rate * 2));
    const text = (at: number, value: string) => [...value].forEach((c, i) => bytes.setUint8(at + i, c.charCodeAt(0)));
    text(0, 'RIFF');
    bytes.setUint32(4, 36 + rate * 2, true);
    text(8, 'WAVEfmt ');
    bytes.setUint32(16, 16, true);
    bytes.setUint16(20, 1, true);
    bytes.setUint16(22, 1, true);
    bytes.setUint32(24, rate, true);
    bytes.setUint32(28, rate * 2, true);
    bytes.setUint16(32, 2, true);
    bytes.setUint16(34, 16, true);
    text(36, 'data');
    bytes.setUint32(40, rate * 2, true);
    for (let i = 0; i < rate; i++) bytes.setInt16(44 + i * 2, 8_000 * Math.sin((2 * Math.PI * 3700 * i) / rate), true);
    const element = new Audio(URL.createObjectURL(new Blob([bytes], { type: 'audio/wav' })));
    element.loop = true;
    Object.assign(window, { element });
    await element.play();
  });
  const at = await party.hears('bob', 0);
  expect(party.frames.find((frame) => frame.at >= at)?.local).toBe(0);
  await party.page.evaluate(() => {
    const context = new AudioContext();
    context.createMediaElementSource((window as unknown as { element: HTMLAudioElement }).element).connect(context.destination);
  });
  await expect.poll(() => (party.frames.at(-1)?.local ?? 0) > 0.1 && (party.frames.at(-1)?.remote ?? 1) < 0.001).toBe(true);
});

test('it leaves connect and disconnect as they are', async ({ party }) => {
  const facts = await party.page.evaluate(() => {
    const context = new AudioContext();
    const node = new GainNode(context);
    const offline = new OfflineAudioContext(1, 128, 48_000);
    const returned = node.connect(context.destination) === context.destination;
    const param = node.connect(new GainNode(context).gain) === undefined;
    const offlineReturned = new GainNode(offline).connect(offline.destination) === offline.destination;
    node.disconnect(context.destination);
    let refusal = '';
    try {
      node.disconnect(context.destination);
    } catch (error) {
      refusal = (error as DOMException).name;
    }
    return { returned, param, offlineReturned, refusal };
  });
  expect(facts).toEqual({ returned: true, param: true, offlineReturned: true, refusal: 'InvalidAccessError' });
});

test('it goes on hearing after a reload', async ({ party }) => {
  await playTone(party, 3100);
  await party.hears('alice', 0);
  const reloaded = Date.now();
  await party.reload();
  await party.press('Start');
  await playTone(party, 3700);
  await party.hears('bob', reloaded);
  expect(heard(party.frames, 'alice', 0, reloaded)).toBeGreaterThan(0);
});
