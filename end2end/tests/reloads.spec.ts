// Any tab may be loaded again in any state, and lands where it was. What `failures.spec.ts` reloads (on hold, in the consult)
// is left out here.
import { expectNotHeard } from '../fixtures/expectations';
import { accept, answer, complete, expectBackWithAlice, expectStatus, joinAsCaller, merge, openDesk, rings, startTransfer } from '../fixtures/flows';
import { hearsMusic } from '../fixtures/hearing';
import type { Party } from '../fixtures/party';
import { expect, test } from '../fixtures/test';

test.use({ deskSettings: { wrapUpSeconds: 120 } });
test.setTimeout(180_000);

test('from the queue to the wrap-up, one after the other', async ({ desk, caller, alice, bob }) => {
  await test.step('in the queue', async () => {
    await joinAsCaller(caller, desk);
    await caller.reload();
    await expectStatus(caller, 'Call status', 'Waiting');
  });

  await test.step('in the talk', async () => {
    await Promise.all([openDesk(alice, desk), openDesk(bob, desk)]);
    await answer(alice, caller);
    for (const party of [caller, alice]) await reloadInTalk(party, [caller, alice]);
  });

  await test.step('while Bob rings, and nobody waits for him', async () => {
    await startTransfer(alice, { kind: 'Cold transfer' });
    await rings(bob);
    await caller.reload();
    await expectStatus(caller, 'Call status', 'Connecting you to Bob');
    const back = Date.now();
    await expect.poll(() => hearsMusic(caller.frames, back)).toBe(true);
    await bob.press('Decline');
    await rings(alice);
    const accepted = await alice.press('Accept');
    await expectBackWithAlice(caller, alice, accepted);
  });

  await test.step('while Bob rings', async () => {
    await startTransfer(alice);
    await rings(bob);
    await bob.reload();
    await rings(bob);
    await reloadInTalk(alice, [caller, alice]);
  });

  await test.step('swapped: the caller talks to Alice, Bob waits', async () => {
    await accept(caller, alice, bob);
    const swapped = await alice.press('Swap');
    await Promise.all([caller.hears('alice', swapped), alice.hears('caller', swapped)]);
    for (const party of [caller, alice]) await reloadInTalk(party, [caller, alice]);
    const reloaded = Date.now();
    await bob.reload();
    await expectStatus(bob, 'Transfer status', 'swapped');
    for (const listener of [caller, alice]) expectNotHeard(listener, ['bob'], reloaded, Date.now());
    const back = await alice.press('Swap');
    await Promise.all([alice.hears('bob', back), bob.hears('alice', back)]);
  });

  await test.step('all three talking', async () => {
    await merge(caller, alice, bob);
    for (const party of [caller, alice, bob]) await reloadInTalk(party, [caller, alice, bob]);
  });

  await test.step('in the wrap-up, and after the call', async () => {
    await complete(caller, alice, bob);
    await alice.reload();
    await expect(alice.button('Finish wrap-up')).toBeVisible();
    await bob.press('Hang up');
    await expectStatus(caller, 'Call status', 'Call ended');
    await caller.reload();
    await expect(caller.button('Rejoin call')).toBeVisible();
    await bob.reload();
    await expect(bob.button('Finish wrap-up')).toBeVisible();
  });
});

test('a desk whose page before a reload goes late takes the sound by itself', async ({ desk, caller, alice }) => {
  await openDesk(alice, desk);
  const before = await alice.anotherTab();
  await before.goto(desk.url);
  // In line behind the page that is about to be reloaded, this tab keeps the lock in its stead.
  await before.page.evaluate(() => {
    const letGo = new Promise<void>((done) => window.addEventListener('let-go', () => done(), { once: true }));
    void navigator.locks.request('baton-alice', () => letGo);
  });
  await alice.reload();
  const elsewhere = alice.page.getByRole('status', { name: 'Sound', exact: true });
  await expect(elsewhere).toContainText('This desk\'s sound is in another tab.');
  await before.page.evaluate(() => window.dispatchEvent(new Event('let-go')));
  await expect(elsewhere).toHaveCount(0);
  await joinAsCaller(caller, desk);
  await answer(alice, caller);
});

/** Whoever is loaded again hears everybody who talks, and is heard by them. */
async function reloadInTalk(party: Party, talking: Party[]): Promise<void> {
  const reloaded = Date.now();
  await party.reload();
  const others = talking.filter((other) => other !== party);
  await Promise.all(others.flatMap((other) => [party.hears(other.voice, reloaded, 30_000), other.hears(party.voice, reloaded + 1_000, 30_000)]));
}
