// A call that is recorded: the caller is told and may refuse, the agent may pause, and afterwards the call can be played.
import { answer, joinAsCaller, openDesk } from '../fixtures/flows';
import { look } from '../fixtures/looks';
import { expect, test } from '../fixtures/test';

const A_WHILE = 3_000;
const SECOND = 1_000;

interface Recording {
  id: string;
  duration_ms: number;
}

test.describe('on a line that records', () => {
  test.use({ deskSettings: { wrapUpSeconds: 60, env: { BATON_DEMO_RECORD: 'call' } } });

  test('the call is kept, one file for each, and played from the desk', async ({ desk, caller, alice }) => {
    await Promise.all([openDesk(alice, desk), joinAsCaller(caller, desk)]);
    await expect(caller.page.getByText('This call may be recorded.')).toBeVisible();
    await answer(alice, caller);
    await expect(alice.page.getByText('Recording', { exact: true })).toBeVisible();
    await caller.listen(A_WHILE);
    await alice.press('Pause recording');
    await expect(alice.page.getByText('Recording paused', { exact: true })).toBeVisible();
    await caller.listen(SECOND);
    await alice.press('Resume recording');
    await caller.listen(SECOND);
    await alice.press('Hang up');

    const { calls } = await desk.api<{ calls: { id: string }[] }>('GET', '/api/v1/calls');
    const kept = async () => {
      const { recordings } = await desk.api<{ recordings: Recording[] }>('GET', `/api/v1/calls/${calls[0]!.id}/recordings`);
      return recordings.filter(({ duration_ms: ms }) => ms > A_WHILE).length;
    };
    await expect.poll(kept, { timeout: 30_000 }).toBe(2);

    const sounds = '**/api/v1/recordings/*';
    await alice.page.route(sounds, (route) => route.abort());
    await alice.press('Play recording');
    await expect(alice.region('Playback').getByRole('alert')).toContainText('The recording cannot be played.');
    await look(alice.page, { name: 'desk-recording-failed' });
    await alice.page.unroute(sounds);
    const played = await alice.press('Try again');
    await alice.hears('caller', played);
    await alice.press('Pause');
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
