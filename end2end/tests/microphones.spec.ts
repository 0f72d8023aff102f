// What is put away is neither sent nor kept open, whenever that happens.
import { expectNotHeard } from '../fixtures/expectations';
import { joinAsCaller, openDesk, talk } from '../fixtures/flows';
import { goOnPublishing, holdPublishing, isPublishing, openMicrophones, watchMicrophones } from '../fixtures/microphones';
import type { Party } from '../fixtures/party';
import { expect, test } from '../fixtures/test';

const A_WHILE = 1_500;
const NONE = 'No microphone: listen only';

test('a microphone that is put away in a call is open no more', async ({ desk, caller, alice }) => {
  await watchMicrophones(caller);
  await talk(desk, caller, alice);
  expect(await openMicrophones(caller)).toBeGreaterThan(0);
  await choose(caller, NONE);
  await expect.poll(() => openMicrophones(caller)).toBe(0);
});

test('a microphone that is put away while it is being published is not sent', async ({ desk, caller, alice }) => {
  await watchMicrophones(caller);
  await holdPublishing(caller);
  await Promise.all([openDesk(alice, desk), joinAsCaller(caller, desk)]);
  await expect.poll(() => isPublishing(caller)).toBe(true);
  await choose(caller, NONE);
  await goOnPublishing(caller);
  await caller.hears('alice', await alice.press('Answer next'));
  const { from, to } = await alice.listen(A_WHILE);
  expectNotHeard(alice, ['caller'], from, to);
  await expect.poll(() => openMicrophones(caller)).toBe(0);

  const chosen = Date.now();
  await choose(caller, 'System default');
  await alice.hears('caller', chosen);
});

/** In the call's own list. */
async function choose(party: Party, label: string): Promise<void> {
  await party.press('Devices');
  const devices = party.page.getByRole('group', { name: 'Devices', exact: true });
  await devices.getByRole('combobox', { name: 'Microphone', exact: true }).selectOption({ label });
  await party.page.keyboard.press('Escape');
}
