// A caller in Firefox and an agent in Chromium: they hear each other, and nothing of each other on hold. Hold music is left out: a
// Firefox without a loudspeaker, as on a server, does not run the page's own sounds.
import { expectStatus, openDesk } from '../fixtures/flows';
import { Firefox } from '../fixtures/firefox';
import { fromOthers } from '../fixtures/hearing';
import type { Party } from '../fixtures/party';
import { expect, test } from '../fixtures/test';

const A_WHILE = 1_500;
/** What is under way when a button is pressed still arrives. */
const SETTLED = 1_000;

test('a caller in Firefox joins, talks, waits on hold, and is back', async ({ desk, alice }) => {
  const caller = await Firefox.open();
  try {
    await openDesk(alice, desk);
    await caller.join(await desk.joinUrl(), 'Carol');
    await caller.expectState('queued');
    await test.step('they talk', async () => expectTalk(alice, caller, await alice.press('Answer next')));

    await test.step('on hold nothing goes either way', async () => {
      await alice.press('Hold');
      await caller.expectState('on_hold');
      await alice.listen(SETTLED);
      const before = await caller.heardEnergy();
      const { from, to } = await alice.listen(A_WHILE);
      expect(fromOthers(alice.frames, from, to), `Alice heard on hold: ${alice.timeline(from, to)}`).toBe(0);
      expect((await caller.heardEnergy()) - before, 'what the caller heard on hold').toBe(0);
    });

    await test.step('they talk again', async () => expectTalk(alice, caller, await alice.press('Retrieve')));
    await caller.press('Leave call');
    await caller.expectState('ended');
    await expect(alice.button('Finish wrap-up')).toBeVisible();
    expect(caller.errors, 'errors on the caller’s page').toEqual([]);
  } finally {
    await caller.close();
  }
});

async function expectTalk(alice: Party, caller: Firefox, since: number): Promise<void> {
  await expectStatus(alice, 'Call status', 'Talking to Carol');
  await caller.expectState('talking');
  await expect.poll(() => fromOthers(alice.frames, since, Date.now()), { timeout: 15_000, message: 'Alice hears the caller' }).toBeGreaterThan(500);
  const before = await caller.heardEnergy();
  await expect.poll(() => caller.heardEnergy(), { timeout: 15_000, message: 'the caller hears Alice' }).toBeGreaterThan(before + 0.01);
}
