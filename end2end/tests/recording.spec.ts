// A call that is recorded: the caller is told and may refuse, the agent may pause, and afterwards the call can be played.
import { expectNotHeard } from '../fixtures/expectations';
import { answer, joinAsCaller, openDesk } from '../fixtures/flows';
import { look } from '../fixtures/looks';
import type { Party } from '../fixtures/party';
import { expect, test } from '../fixtures/test';

/** Where a pause begins and ends is known no better than the way of the sound from microphone to file. */
const ON_ITS_WAY = 300;
const A_WHILE = 3_000;
const SECOND = 1_000;

/** The waveform: so many bars, around this height. */
const COLUMNS = 240;
const MIDDLE = 50;

/** Where nothing was recorded, and how long all of it is, in milliseconds. */
interface Gap {
  from: number;
  to: number;
  whole: number;
}

interface Recording {
  id: string;
  started_at: string;
  duration_ms: number;
}

test.describe('on a line that records', () => {
  test.use({ deskSettings: { wrapUpSeconds: 60, env: { BATON_DEMO_RECORD: 'call' } } });

  test('the call is kept, one file for each, and played from the desk', async ({ desk, caller, alice }) => {
    await Promise.all([openDesk(alice, desk), joinAsCaller(caller, desk)]);
    await expect(caller.page.getByText('This call may be recorded.')).toBeVisible();
    await answer(alice, caller);
    await expect(alice.page.getByText('Recording', { exact: true })).toBeVisible();
    await caller.listen(SECOND);
    const { calls } = await desk.api<{ calls: { id: string }[] }>('GET', '/api/v1/calls');
    const call = `/api/v1/calls/${calls[0]!.id}`;
    await desk.api('POST', `${call}/transcript`, { lines: [{ speaker: 'caller', text: 'My router is offline.' }] });
    await caller.listen(A_WHILE);
    await alice.press('Pause recording');
    await expect(alice.page.getByText('Recording paused', { exact: true })).toBeVisible();
    const paused = await caller.listen(A_WHILE);
    await alice.press('Resume recording');
    await caller.listen(A_WHILE);
    await alice.press('Hang up');

    let kept: Recording[] = [];
    const keep = async () => {
      kept = (await desk.api<{ recordings: Recording[] }>('GET', `${call}/recordings`)).recordings;
      return kept.filter(({ duration_ms: ms }) => ms > A_WHILE).length;
    };
    await expect.poll(keep, { timeout: 30_000 }).toBe(2);
    const gap = gapOf(kept, paused);

    const sounds = '**/api/v1/recordings/*';
    await alice.page.route(sounds, (route) => route.abort());
    await alice.press('Play recording');
    await expect(alice.region('Playback').getByRole('alert')).toContainText('The recording cannot be played.');
    await look(alice.page, { name: 'desk-recording-failed' });
    await alice.page.unroute(sounds);
    const played = await alice.press('Try again');
    await Promise.all([alice.hears('caller', played), alice.hears('alice', played)]);
    await alice.press('Pause');

    await expectDrawn(alice, gap);
    const position = alice.region('Playback').getByRole('slider', { name: 'Position', exact: true });
    const second = Math.ceil(gap.from / SECOND);
    await test.step('where it was paused, nobody is heard', async () => {
      await position.fill(String(second));
      const from = await alice.press('Play recording');
      const to = from + gap.to - second * SECOND;
      await alice.hears('caller', to);
      expectNotHeard(alice, ['caller', 'alice'], from, to);
    });
    await test.step('what was said is heard from its line on', async () => {
      const from = Date.now();
      await alice.page.getByRole('button', { name: /^Play from / }).click();
      expect(Number(await position.inputValue()), 'the line was said before the pause').toBeLessThan(second);
      await alice.hears('caller', from);
      await alice.press('Pause');
    });
  });

  test('a caller who refuses is not recorded', async ({ desk, caller, alice }) => {
    await Promise.all([openDesk(alice, desk), joinAsCaller(caller, desk)]);
    await caller.press("Don't record");
    await expect(caller.page.getByText('From now on this call is not recorded.')).toBeVisible();
    await answer(alice, caller);
    await expect(alice.page.getByText('Carol has declined', { exact: false })).toBeVisible();
    await caller.listen(A_WHILE);
    await alice.press('Hang up');
    const { calls } = await desk.api<{ calls: { id: string }[] }>('GET', '/api/v1/calls');
    const { recordings } = await desk.api<{ recordings: Recording[] }>('GET', `/api/v1/calls/${calls[0]!.id}/recordings`);
    expect(recordings).toEqual([]);
  });
});

function gapOf(kept: Recording[], paused: { from: number; to: number }): Gap {
  const began = Math.min(...kept.map(({ started_at: at }) => Date.parse(at)));
  const ended = Math.max(...kept.map(({ started_at: at, duration_ms: ms }) => Date.parse(at) + ms));
  return { from: paused.from - began + ON_ITS_WAY, to: paused.to - began - ON_ITS_WAY, whole: ended - began };
}

/** The caller above the middle and the agent below it, and nobody in the gap. */
async function expectDrawn(agent: Party, gap: Gap): Promise<void> {
  const outline = await agent.region('Playback').locator('.track path').first().getAttribute('d');
  const drawn = [...(outline ?? '').matchAll(/M(\d+)\.5 (\d+)V(\d+)/g)].map(([, ...bar]) => bar.map(Number) as [number, number, number]);
  expect(drawn.some(([, top]) => top < MIDDLE), 'the caller is drawn').toBe(true);
  expect(drawn.some(([, , bottom]) => bottom > MIDDLE), 'the agent is drawn').toBe(true);
  const width = gap.whole / COLUMNS;
  const within = drawn.filter(([column]) => column * width >= gap.from && (column + 1) * width <= gap.to);
  expect(within, 'what is drawn where it was paused').toEqual([]);
}
