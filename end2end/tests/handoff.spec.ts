// The hand-offs of the design's table, heard by all three. What is asserted is what a caller would complain about:
// a word of the consult, the wrong person, or more than a second of nothing.
import { expectHeardThroughout, expectMusicOnly, expectNoSilence, expectNotHeard, expectOrder, expectQuiet } from '../fixtures/expectations';
import {
  accept,
  complete,
  consult,
  expectBackWithAlice,
  expectCard,
  expectHandedOver,
  expectStatus,
  merge,
  presence,
  ring,
  rings,
  startTransfer,
  talk,
} from '../fixtures/flows';
import { expect, test } from '../fixtures/test';

/** Long enough to notice a leak or a hole, short enough to be waited for often. */
const A_WHILE = 1_500;
/** What is under way when a button is clicked still arrives: commands, packets, the jitter buffer. */
const SETTLED = 500;

test('consult, merge, complete', async ({ desk, caller, alice, bob }) => {
  const { since, consultingSince } = await consult(desk, caller, alice, bob);

  const consulting = await caller.listen(A_WHILE);
  expectMusicOnly(caller, consulting.from, consulting.to);
  for (const [agent, other] of [[alice, 'bob'], [bob, 'alice']] as const) {
    expectHeardThroughout(agent, [other], consulting.from, consulting.to);
    expectNotHeard(agent, ['caller'], consulting.from, consulting.to);
  }

  const merged = await merge(caller, alice, bob);
  expectNotHeard(caller, ['alice', 'bob'], consultingSince, merged.clicked);
  const together = await caller.listen(A_WHILE);
  expectHeardThroughout(caller, ['alice', 'bob'], together.from, together.to);
  expectHeardThroughout(alice, ['caller', 'bob'], together.from, together.to);
  expectHeardThroughout(bob, ['caller', 'alice'], together.from, together.to);

  const { done } = await complete(caller, alice, bob);
  await expect(alice.button('Finish wrap-up')).toBeVisible();
  await Promise.all([expectCard(alice, 'Handed over'), expectCard(bob, 'Taken over')]);
  const after = await caller.listen(A_WHILE + SETTLED);
  expectHeardThroughout(caller, ['bob'], done + SETTLED, after.to);
  expectNotHeard(caller, ['alice'], done + SETTLED, after.to);
  expectHeardThroughout(bob, ['caller'], done + SETTLED, after.to);
  expectNotHeard(bob, ['alice'], done + SETTLED, after.to);
  expectQuiet(alice, done + SETTLED, after.to);
  expectNoSilence(caller, since, after.to);
});

test('complete straight from the consult', async ({ desk, caller, alice, bob }) => {
  const { since, consultingSince } = await consult(desk, caller, alice, bob);
  await caller.listen(A_WHILE);
  const { clicked, done } = await complete(caller, alice, bob);
  expectMusicOnly(caller, consultingSince, clicked);
  const after = await caller.listen(A_WHILE);
  expectHeardThroughout(bob, ['caller'], after.from, after.to);
  expectQuiet(alice, done + SETTLED, after.to);
  expectOrder(caller, ['alice', 'bob'], since, after.to);
  expectNoSilence(caller, since, after.to);
});

test('cancel brings the caller back', async ({ desk, caller, alice, bob }) => {
  const { since, consultingSince } = await consult(desk, caller, alice, bob);
  await caller.listen(A_WHILE);
  const cancelled = await alice.press('Cancel transfer');
  await expectBackWithAlice(caller, alice, cancelled);
  expectMusicOnly(caller, consultingSince, cancelled);
  const after = await caller.listen(A_WHILE);
  expectHeardThroughout(caller, ['alice'], after.from, after.to);
  expectQuiet(bob, after.from, after.to);
  expectOrder(caller, ['alice'], since, after.to);
  expectNoSilence(caller, since, after.to);
  await expect(presence(bob, 'Available')).toBeChecked();
});

test('a declined transfer leaves everything as it was', async ({ desk, caller, alice, bob }) => {
  const { since } = await ring(desk, caller, alice, bob);
  const reason = bob.region('Incoming transfer').getByLabel('Reason', { exact: true });
  if (await reason.evaluate((element) => element instanceof HTMLSelectElement)) await reason.selectOption('busy');
  else await reason.fill('busy');
  await bob.press('Decline');
  await expectStatus(alice, 'Transfer status', 'Bob declined: busy');
  await expect(bob.region('Incoming transfer')).toBeHidden();
  await expect(alice.button('Transfer')).toBeVisible();
  const after = await caller.listen(A_WHILE);
  expectOrder(caller, ['alice'], since, after.to);
  expectHeardThroughout(caller, ['alice'], since, after.to);
  expectHeardThroughout(alice, ['caller'], after.from, after.to);
  expectQuiet(bob, since, after.to);
  expectNoSilence(caller, since, after.to);
});

test.describe('with two seconds to answer', () => {
  test.use({ deskSettings: { ringSeconds: 2 } });

  test('a transfer that rings out leaves the caller with Alice, and Bob away', async ({ desk, caller, alice, bob }) => {
    const { since } = await ring(desk, caller, alice, bob);
    await expectStatus(alice, 'Transfer status', /did not answer|no answer/i);
    await expect(bob.region('Incoming transfer')).toBeHidden();
    await expect(presence(bob, 'Away')).toBeChecked();
    await expect(alice.button('Transfer')).toBeVisible();
    const after = await caller.listen(A_WHILE);
    expectOrder(caller, ['alice'], since, after.to);
    expectHeardThroughout(caller, ['alice'], since, after.to);
    expectQuiet(bob, since, after.to);
    expectNoSilence(caller, since, after.to);

    const told = bob.region('Call').getByText('Carol rang here and was not answered, so you are Away.');
    await expect(told).toBeVisible();
    await bob.press('Available');
    await expect(presence(bob, 'Available')).toBeChecked();
    await expect(told).toBeHidden();
  });

  test('a blind transfer that rings out comes back to Alice', async ({ desk, caller, alice, bob }) => {
    const { since } = await ring(desk, caller, alice, bob, { kind: 'Cold transfer' });
    await expect(bob.region('Incoming transfer')).toBeHidden();
    await rings(alice);
    const accepted = await alice.press('Accept');
    await expectBackWithAlice(caller, alice, accepted);
    const after = await caller.listen(A_WHILE);
    expectOrder(caller, ['alice'], since, after.to);
    expectNoSilence(caller, since, after.to);
  });
});

test('swap, and swap back', async ({ desk, caller, alice, bob }) => {
  const { since, consultingSince } = await consult(desk, caller, alice, bob);
  const swapped = await alice.press('Swap');
  await Promise.all([caller.hears('alice', swapped), alice.hears('caller', swapped)]);
  await expectStatus(alice, 'Transfer status', 'Talking to Carol, Bob on hold');
  expectMusicOnly(caller, consultingSince, swapped);
  await caller.listen(SETTLED);
  const withCarol = await caller.listen(A_WHILE);
  expectHeardThroughout(caller, ['alice'], withCarol.from, withCarol.to);
  expectNotHeard(caller, ['bob'], withCarol.from, withCarol.to);
  expectNotHeard(alice, ['bob'], withCarol.from, withCarol.to);
  expectMusicOnly(bob, withCarol.from, withCarol.to);

  const back = await alice.press('Swap');
  await Promise.all([alice.hears('bob', back), bob.hears('alice', back)]);
  await expectStatus(alice, 'Transfer status', 'Consulting Bob');
  await caller.listen(SETTLED);
  const withBob = await caller.listen(A_WHILE);
  expectMusicOnly(caller, withBob.from, withBob.to);
  expectNotHeard(alice, ['caller'], withBob.from, withBob.to);

  await complete(caller, alice, bob);
  const after = await caller.listen(A_WHILE);
  expectOrder(caller, ['alice', 'bob'], since, after.to);
  expectNoSilence(caller, since, after.to);
});

test('a blind transfer: music until Bob is there', async ({ desk, caller, alice, bob }) => {
  const { since } = await ring(desk, caller, alice, bob, { kind: 'Cold transfer' });
  await expect(alice.button('Finish wrap-up')).toBeVisible();
  await caller.listen(SETTLED);
  const waiting = await caller.listen(A_WHILE);
  expectMusicOnly(caller, waiting.from, waiting.to);
  expectQuiet(alice, waiting.from, waiting.to);
  const accepted = await bob.press('Accept');
  await expectHandedOver(caller, bob, accepted);
  const after = await caller.listen(A_WHILE);
  expectOrder(caller, ['alice', 'bob'], since, after.to);
  expectNoSilence(caller, since, after.to);
});

test('a warm transfer that Alice no longer waits for', async ({ desk, caller, alice, bob }) => {
  const { since } = await ring(desk, caller, alice, bob);
  await alice.press('Transfer without waiting');
  await expect(alice.button('Finish wrap-up')).toBeVisible();
  const accepted = await bob.press('Accept');
  await expectHandedOver(caller, bob, accepted);
  const after = await caller.listen(A_WHILE);
  expectOrder(caller, ['alice', 'bob'], since, after.to);
  expectNoSilence(caller, since, after.to);
});

test('a forced transfer frees Alice at once and is urgent to Bob', async ({ desk, caller, alice, bob }) => {
  const { since } = await ring(desk, caller, alice, bob);
  await alice.press('Force transfer');
  await expect(alice.button('Finish wrap-up')).toBeVisible();
  await expect(bob.region('Incoming transfer').getByText('Urgent').first()).toBeVisible();
  const accepted = await bob.press('Accept');
  await expectHandedOver(caller, bob, accepted);
  const after = await caller.listen(A_WHILE);
  expectOrder(caller, ['alice', 'bob'], since, after.to);
  expectNoSilence(caller, since, after.to);
});

test('a consult that is forced', async ({ desk, caller, alice, bob }) => {
  const { since, consultingSince } = await consult(desk, caller, alice, bob);
  const forced = await alice.press('Force transfer');
  await expectHandedOver(caller, bob, forced);
  expectMusicOnly(caller, consultingSince, forced);
  const after = await caller.listen(A_WHILE);
  expectOrder(caller, ['alice', 'bob'], since, after.to);
  expectNoSilence(caller, since, after.to);
});

test('Bob leaves the consult', async ({ desk, caller, alice, bob }) => {
  const { since, consultingSince } = await consult(desk, caller, alice, bob);
  const left = await bob.press('Leave consult');
  await expectBackWithAlice(caller, alice, left);
  expectMusicOnly(caller, consultingSince, left);
  const after = await caller.listen(A_WHILE);
  expectOrder(caller, ['alice'], since, after.to);
  expectNoSilence(caller, since, after.to);
});

test('hold and retrieve, then a consult from hold', async ({ desk, caller, alice, bob }) => {
  const { since } = await talk(desk, caller, alice, bob);
  await alice.press('Hold');
  await expectStatus(caller, 'Call status', 'On hold');
  await caller.listen(SETTLED);
  const held = await caller.listen(A_WHILE);
  expectMusicOnly(caller, held.from, held.to);
  expectNotHeard(alice, ['caller'], held.from, held.to);
  const retrieved = await alice.press('Retrieve');
  await expectBackWithAlice(caller, alice, retrieved);

  const heldAgain = await alice.press('Hold');
  await expectStatus(caller, 'Call status', 'On hold');
  await startTransfer(alice);
  await rings(bob);
  await accept(caller, alice, bob);
  await caller.listen(A_WHILE);
  const { clicked } = await complete(caller, alice, bob);
  expectMusicOnly(caller, heldAgain + SETTLED, clicked);
  const after = await caller.listen(A_WHILE);
  expectOrder(caller, ['alice', 'bob'], since, after.to);
  expectNoSilence(caller, since, after.to);
});
