// The analysis on made-up frames: no browser, and the proof that a leak, a gap or a wrong order fails a test.
import { expect, test } from '@playwright/test';
import { expectMusicOnly, expectHeardThroughout, expectNobodyHeard, expectNoSilence, expectNotHeard, expectOrder, expectSoonSilenced, type Listener } from '../fixtures/expectations';
import { firstHeard, type Frame, heard, longestSilence, orderOfVoices, runs, stoodStill, timeline } from '../fixtures/hearing';
import { FRAME_MS, type Voice } from '../fixtures/voices';
import { percentile } from '../bench/measures';

const START = 1_000_000;

type Sound = Voice | 'music' | 'silence' | 'reloading' | 'alice+bob' | 'alice over WebAudio' | 'music that touches alice';

/** Frames for a list of [sound, ms]. */
function hearingOf(...parts: [Sound, number][]): Frame[] {
  const frames: Frame[] = [];
  let at = START;
  for (const [sound, ms] of parts) {
    const end = at + ms;
    for (; at < end; at += FRAME_MS) if (sound !== 'reloading') frames.push(frameOf(sound, at));
  }
  return frames;
}

function frameOf(sound: Sound, at: number): Frame {
  const none = { caller: 0, alice: 0, bob: 0 };
  const tone = 0.25;
  const rms = tone / Math.SQRT2;
  const quiet: Frame = { at, remote: 0, local: 0, voices: none, localVoices: none };
  switch (sound) {
    case 'silence':
    case 'reloading':
      return quiet;
    case 'music':
      return { ...quiet, local: 0.1 };
    case 'music that touches alice':
      return { ...quiet, local: 0.2, localVoices: { ...none, alice: 0.06 } };
    case 'alice over WebAudio':
      return { ...quiet, local: rms, localVoices: { ...none, alice: tone } };
    case 'alice+bob':
      return { ...quiet, remote: 0.25, voices: { caller: 0, alice: tone, bob: tone } };
    default:
      return { ...quiet, remote: rms, voices: { ...none, [sound]: tone } };
  }
}

function caller(...parts: [Sound, number][]): Listener & { end: number } {
  return { voice: 'caller', frames: hearingOf(...parts), end: START + parts.reduce((sum, [, ms]) => sum + ms, 0) };
}

test('a voice is heard for as long as its tone is there', () => {
  const frames = hearingOf(['alice', 300], ['music', 200], ['bob', 100]);
  expect(heard(frames, 'alice', START, START + 600)).toBe(300);
  expect(heard(frames, 'bob', START, START + 600)).toBe(100);
  expect(heard(frames, 'caller', START, START + 600)).toBe(0);
  expect(heard(frames, 'alice', START + 100, START + 200)).toBe(100);
});

test('a machine stood still where nothing was played, and not where there was silence', () => {
  const frames = hearingOf(['alice', 100], ['reloading', 170], ['alice', 50], ['silence', 300], ['reloading', 50], ['music', 100]);
  expect(stoodStill(frames, START, START + 770)).toBe(170);
});

test('a single frame is a click, two are a voice', () => {
  expect(heard(hearingOf(['music', 100], ['bob', 10], ['music', 100]), 'bob', START, START + 210)).toBe(0);
  expect(heard(hearingOf(['music', 100], ['bob', 20], ['music', 100]), 'bob', START, START + 220)).toBe(20);
});

test('a voice that comes through WebAudio is a voice, music that touches its tone is not', () => {
  expect(heard(hearingOf(['alice over WebAudio', 100]), 'alice', START, START + 100)).toBe(100);
  expect(heard(hearingOf(['music that touches alice', 100]), 'alice', START, START + 100)).toBe(0);
});

test('the first time a voice is heard after a moment', () => {
  const frames = hearingOf(['alice', 100], ['silence', 100], ['alice', 100]);
  expect(firstHeard(frames, 'alice', START)).toBe(START);
  expect(firstHeard(frames, 'alice', START + 100)).toBe(START + 200);
  expect(firstHeard(frames, 'bob', START)).toBeUndefined();
});

test('the longest silence is found with its place', () => {
  const frames = hearingOf(['alice', 100], ['silence', 50], ['music', 100], ['silence', 120], ['bob', 100]);
  expect(longestSilence(frames, START, START + 470)).toEqual({ ms: 120, at: START + 250 });
});

test('what was never played is silence, at the ends too', () => {
  expect(longestSilence(hearingOf(['alice', 100], ['reloading', 400], ['alice', 100]), START, START + 600).ms).toBe(400);
  expect(longestSilence(hearingOf(['alice', 100]), START, START + 500).ms).toBe(400);
  expect(longestSilence([], START, START + 500).ms).toBe(500);
});

test('frames that come a little late leave no silence', () => {
  const frames = hearingOf(['alice', 500]).map((frame, i) => ({ ...frame, at: frame.at + (i % 3) * 4 }));
  expect(longestSilence(frames, START, START + 500).ms).toBe(0);
});

test('the order of voices, each named when it begins', () => {
  const frames = hearingOf(['alice', 200], ['music', 300], ['alice', 200], ['alice+bob', 200], ['bob', 200]);
  expect(orderOfVoices(frames, START, START + 1_100)).toEqual(['alice', 'bob']);
  expect(orderOfVoices(hearingOf(['alice', 100], ['bob', 100], ['alice', 100]), START, START + 300)).toEqual(['alice', 'bob', 'alice']);
});

test('the timeline reads as runs', () => {
  const frames = hearingOf(['alice', 200], ['music', 300], ['reloading', 100], ['alice+bob', 200], ['silence', 200]);
  expect(runs(frames, START, START + 1_000)).toHaveLength(5);
  expect(timeline(frames, START, START + 1_000)).toBe(
    '0.00–0.20 alice | 0.20–0.50 music | 0.50–0.60 nothing played | 0.60–0.80 alice + bob | 0.80–1.00 silence',
  );
});

test('a leak of one packet fails the test, and says where', () => {
  const leaky = caller(['music', 2_000], ['bob', 20], ['music', 1_000]);
  expect(() => expectNotHeard(leaky, ['alice', 'bob'], START, leaky.end)).toThrow(
    /caller heard what they must not: bob for 20 ms.\nSeconds: 0.00–2.00 music \| 2.00–2.02 bob \| 2.02–3.02 music/,
  );
  const tight = caller(['music', 3_000]);
  expect(() => expectNotHeard(tight, ['alice', 'bob'], START, tight.end)).not.toThrow();
  expect(() => expectMusicOnly(tight, START, tight.end)).not.toThrow();
});

test('a voice that comes through for too long, or comes back, fails the test', () => {
  const silenced = caller(['music', 200], ['alice', 500], ['music', 2_000]);
  expect(expectSoonSilenced(silenced, 'alice', START, 1_000, silenced.end)).toBe(500);
  for (const late of [caller(['alice', 1_100], ['music', 500]), caller(['alice', 100], ['music', 1_500], ['alice', 100])]) {
    expect(() => expectSoonSilenced(late, 'alice', START, 1_000, late.end)).toThrow(/heard what they must not: alice for (1100|200) ms, and later than 1000 ms/);
  }
});

test('a single frame of anybody fails where nobody may be heard', () => {
  const leaky = caller(['music', 200], ['bob', 10], ['music', 200]);
  expect(() => expectNobodyHeard(leaky, START, leaky.end)).toThrow(/heard what they must not: somebody for 10 ms/);
  const tight = caller(['music', 200], ['silence', 200]);
  expect(() => expectNobodyHeard(tight, START, tight.end)).not.toThrow();
});

test('a silence over the limit fails the test', () => {
  const gap = caller(['alice', 500], ['silence', 1_010], ['bob', 500]);
  expect(() => expectNoSilence(gap, START, gap.end)).toThrow(/heard nothing for 1010 ms, 0.50 s in/);
  const short = caller(['alice', 500], ['silence', 1_000], ['bob', 500]);
  expect(() => expectNoSilence(short, START, short.end)).not.toThrow();
});

test('a wrong order and a missing voice fail the test', () => {
  const call = caller(['alice', 500], ['music', 500], ['bob', 500]);
  expect(() => expectOrder(call, ['alice', 'bob'], START, call.end)).not.toThrow();
  expect(() => expectOrder(call, ['bob', 'alice'], START, call.end)).toThrow(/heard alice, bob instead of bob, alice/);
  expect(() => expectHeardThroughout(call, ['alice'], START, call.end)).toThrow(/heard alice for only 500 of 1500 ms/);
});

test('percentiles are values that were measured', () => {
  const values = Array.from({ length: 20 }, (_, i) => i + 1);
  expect([percentile(values, 0.5), percentile(values, 0.95), percentile([7], 0.95)]).toEqual([10, 19, 7]);
});
