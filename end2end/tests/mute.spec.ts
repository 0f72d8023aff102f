// A person's own Mute: nothing but the person takes it back, whatever happens to the call.
import { expectNotHeard } from '../fixtures/expectations';
import { expectStatus, rings, startTransfer, talk } from '../fixtures/flows';
import { expect, test } from '../fixtures/test';

const A_WHILE = 1_000;
/** What was on its way when the button was pressed. */
const ON_ITS_WAY = 300;

test('whoever mutes themselves stays so through consult, merge and reload', async ({ desk, caller, alice, bob }) => {
  await talk(desk, caller, alice, bob);
  const muted = (await alice.press('Mute')) + ON_ITS_WAY;

  await startTransfer(alice);
  await rings(bob);
  const accepted = await bob.press('Accept');
  await alice.hears('bob', accepted);
  await expectStatus(alice, 'Transfer status', 'Consulting Bob');
  await bob.listen(A_WHILE);
  expectNotHeard(bob, ['alice'], accepted, Date.now());

  const merged = await alice.press('Merge');
  await Promise.all([caller.hears('bob', merged), bob.hears('caller', merged), alice.hears('caller', merged)]);
  const reloaded = Date.now();
  await alice.reload();
  await Promise.all([alice.hears('caller', reloaded), alice.hears('bob', reloaded)]);
  await expect(alice.button('Unmute')).toBeVisible();
  await caller.listen(A_WHILE);
  for (const listener of [caller, bob]) expectNotHeard(listener, ['alice'], muted, Date.now());

  const unmuted = await alice.press('Unmute');
  await Promise.all([caller.hears('alice', unmuted), bob.hears('alice', unmuted)]);
});
