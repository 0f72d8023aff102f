// Tabs, the app and LiveKit die in the middle of a call. The caller hears music or a person, never the consult, and the
// call goes on where it was.
import type { Desk } from '../fixtures/desk';
import { expectHeardThroughout, expectMusicOnly, expectNoSilence, expectNotHeard, expectOrder, expectQuiet } from '../fixtures/expectations';
import {
  answer,
  complete,
  consult,
  expectBackWithAlice,
  expectHandedOver,
  expectStatus,
  merge,
  openDesk,
  presence,
  reloadOnHold,
  ring,
  talk,
} from '../fixtures/flows';
import { hearsMusic } from '../fixtures/hearing';
import type { Party } from '../fixtures/party';
import { expect, test } from '../fixtures/test';

/** Past the moment from which a vanished agent is not waited for. */
const GONE_FOR_GOOD = 6_500;
const A_WHILE = 1_500;
const SETTLED = 500;
/** Within this whoever sends nothing any more is taken for gone. */
const GONE_MS = 6_000;

test.describe('an agent’s tab is closed', () => {
  test.use({ deskSettings: { graceSeconds: 4 } });

  test('Alice’s, while she talks to the caller: music, then the front of the queue', async ({ desk, caller, alice, bob }) => {
    const { since } = await talk(desk, caller, alice, bob);
    await alice.page.close();
    await expectStatus(caller, 'Call status', 'Waiting for Alice');
    await expect(caller.page.getByText('Their connection dropped. If they are not back soon, somebody else takes over.')).toBeVisible();
    await expectStatus(caller, 'Call status', /^Waiting, /, 30_000);
    await answer(bob, caller);
    const after = await caller.listen(A_WHILE);
    expectHeardThroughout(caller, ['bob'], after.from, after.to);
    expectOrder(caller, ['alice', 'bob'], since, after.to);
    expectNoSilence(caller, since, after.to);
  });

  test('Alice’s, while Bob rings: as if she had not waited', async ({ desk, caller, alice, bob }) => {
    const { since } = await ring(desk, caller, alice, bob);
    // Her page is entering the consult, and could say no goodbye to a room that it does not know yet.
    await alice.listen(A_WHILE);
    await alice.page.close();
    // Longer than a reload takes: until then she might come back and be consulted.
    await caller.listen(GONE_FOR_GOOD);
    const accepted = await bob.press('Accept');
    await expectHandedOver(caller, bob, accepted, 30_000);
    const after = await caller.listen(A_WHILE);
    expectOrder(caller, ['alice', 'bob'], since, after.to);
    expectNoSilence(caller, since, after.to);
  });

  test('Alice’s, and LiveKit’s goodbye is lost with it: the caller sits in no silence', async ({ desk, caller, alice, bob }) => {
    const { since } = await talk(desk, caller, alice, bob);
    await alice.loseGoodbye();
    await alice.page.close();
    const after = await caller.listen(GONE_FOR_GOOD);
    expectNoSilence(caller, since, after.to);
    await expectStatus(caller, 'Call status', /^Waiting, /, 30_000);
  });

  test.describe('in the consult', () => {
    test.use({ deskSettings: { graceSeconds: 20 } });

    test('Alice’s: Bob takes the caller', async ({ desk, caller, alice, bob }) => {
      const { since, consultingSince } = await consult(desk, caller, alice, bob);
      await alice.page.close();
      // Offered after five seconds, in which Alice might have come back.
      await expect(bob.button('Take the caller')).toBeVisible({ timeout: 15_000 });
      const taken = await bob.press('Take the caller');
      await expectHandedOver(caller, bob, taken);
      expectMusicOnly(caller, consultingSince, taken);
      const after = await caller.listen(A_WHILE);
      expectOrder(caller, ['alice', 'bob'], since, after.to);
      expectNoSilence(caller, since, after.to);
    });

    test('Alice’s, but she comes back: the consult goes on', async ({ desk, caller, alice, bob }) => {
      const { since, consultingSince } = await consult(desk, caller, alice, bob);
      const reloaded = Date.now();
      await alice.reload();
      await Promise.all([alice.hears('bob', reloaded), bob.hears('alice', reloaded)]);
      await expectStatus(alice, 'Transfer status', 'Consulting Bob');
      const { clicked } = await complete(caller, alice, bob);
      expectMusicOnly(caller, consultingSince, clicked);
      const after = await caller.listen(A_WHILE);
      expectOrder(caller, ['alice', 'bob'], since, after.to);
      expectNoSilence(caller, since, after.to);
    });

    test('Bob’s: Alice takes the caller back', async ({ desk, caller, alice, bob }) => {
      const { since, consultingSince } = await consult(desk, caller, alice, bob);
      await bob.page.close();
      await expectStatus(alice, 'Transfer status', /^Bob lost connection, waiting 0:1\d$/);
      const taken = await alice.press('Take the caller back');
      await expectBackWithAlice(caller, alice, taken);
      expectMusicOnly(caller, consultingSince, taken);
      const after = await caller.listen(A_WHILE);
      expectHeardThroughout(caller, ['alice'], after.from, after.to);
      expectOrder(caller, ['alice'], since, after.to);
      expectNoSilence(caller, since, after.to);
    });
  });

  test('Bob’s in the consult, and Alice waits: the caller comes back to her', async ({ desk, caller, alice, bob }) => {
    const { since, consultingSince } = await consult(desk, caller, alice, bob);
    const closed = Date.now();
    await bob.page.close();
    await expectBackWithAlice(caller, alice, closed, 30_000);
    expectNotHeard(caller, ['bob'], consultingSince, Date.now());
    const after = await caller.listen(A_WHILE);
    expectOrder(caller, ['alice'], since, after.to);
    expectNoSilence(caller, since, after.to);
  });

  test('Alice’s while all three talk: the caller goes on with Bob', async ({ desk, caller, alice, bob }) => {
    const { since } = await consult(desk, caller, alice, bob);
    await merge(caller, alice, bob);
    await alice.page.close();
    await expectStatus(caller, 'Call status', 'Talking to Bob', 30_000);
    const after = await caller.listen(A_WHILE);
    expectHeardThroughout(caller, ['bob'], after.from, after.to);
    expectHeardThroughout(bob, ['caller'], after.from, after.to);
    expectNoSilence(caller, since, after.to);
  });
});

test.describe('an agent’s machine falls asleep', () => {
  test.use({ deskSettings: { graceSeconds: 4 } });

  test('Alice’s, while she talks: music at once, then the front of the queue; awake again, her desk catches up', async ({
    desk,
    caller,
    alice,
    bob,
  }) => {
    test.setTimeout(180_000);
    const { since } = await talk(desk, caller, alice, bob);
    await alice.sleep(async () => {
      const asleep = Date.now();
      await expectStatus(caller, 'Call status', /Reconnecting|Waiting for Alice/, GONE_MS);
      await expect.poll(() => hearsMusic(caller.frames, asleep), { timeout: GONE_MS }).toBe(true);
      // Nothing says that she is gone but what does not arrive.
      expectNoSilence(caller, asleep, Date.now(), GONE_MS);
      await expectStatus(caller, 'Call status', 'Waiting for Alice', 60_000);
      await expectStatus(caller, 'Call status', /Waiting, (1st in line|an agent is being called)/, 60_000);
      await answer(bob, caller);
    });
    await expect(alice.button('Transfer')).toHaveCount(0, { timeout: 30_000 });
    const after = await caller.listen(A_WHILE);
    expectHeardThroughout(caller, ['bob'], after.from, after.to);
    expectOrder(caller, ['alice', 'bob'], since, after.to);
  });

  test.describe('in the consult', () => {
    test.use({ deskSettings: { graceSeconds: 20 } });

    test('Alice’s: Bob takes the caller, who hears music until then', async ({ desk, caller, alice, bob }) => {
      test.setTimeout(180_000);
      const { since, consultingSince } = await consult(desk, caller, alice, bob);
      await alice.sleep(async () => {
        await expect(bob.button('Take the caller')).toBeVisible({ timeout: 60_000 });
        const taken = await bob.press('Take the caller');
        await expectHandedOver(caller, bob, taken);
        expectMusicOnly(caller, consultingSince, taken);
      });
      await expect(alice.button('Merge')).toHaveCount(0, { timeout: 30_000 });
      const after = await caller.listen(A_WHILE);
      expectOrder(caller, ['alice', 'bob'], since, after.to);
      expectNoSilence(caller, since, after.to);
    });
  });
});

test.describe('the caller', () => {
  test('reloads on hold and lands on hold', async ({ desk, caller, alice }) => {
    const { since } = await talk(desk, caller, alice);
    await alice.press('Hold');
    await expectStatus(caller, 'Call status', 'On hold');
    await caller.listen(SETTLED);
    await reloadOnHold(caller);
    const held = await caller.listen(A_WHILE);
    expectMusicOnly(caller, held.from, held.to);
    expectNotHeard(alice, ['caller'], held.from, held.to);
    const retrieved = await alice.press('Retrieve');
    await expectBackWithAlice(caller, alice, retrieved);
    const after = await caller.listen(A_WHILE);
    expectHeardThroughout(alice, ['caller'], after.from, after.to);
    expectOrder(caller, ['alice'], since, after.to);
    // 0.7 to 0.9 s of it are the reload: until the new page runs, and to decode the music. It waits for nothing else, for where its
    // caller is stands in the page itself.
    expectNoSilence(caller, since, after.to);
  });

  test('is cut off on hold, where nothing is to be heard: the page says so until it is back', async ({ desk, caller, alice }) => {
    await talk(desk, caller, alice);
    await alice.press('Hold');
    await expectStatus(caller, 'Call status', 'On hold');
    await caller.context.setOffline(true);
    await caller.breakSignalling();
    await expectStatus(caller, 'Call status', 'Reconnecting');
    await caller.context.setOffline(false);
    await expectStatus(caller, 'Call status', 'On hold', 30_000);
  });

  test('reloads in the consult and lands in the music', async ({ desk, caller, alice, bob }) => {
    const { since, consultingSince } = await consult(desk, caller, alice, bob);
    await reloadOnHold(caller);
    await caller.listen(A_WHILE);
    const { clicked } = await complete(caller, alice, bob);
    expectNotHeard(caller, ['alice', 'bob'], consultingSince, clicked);
    const after = await caller.listen(A_WHILE);
    expectOrder(caller, ['alice', 'bob'], since, after.to);
    expectNoSilence(caller, since, after.to);
  });

  test('leaves while Bob rings: Bob stops ringing', async ({ desk, caller, alice, bob }) => {
    const { since } = await ring(desk, caller, alice, bob);
    const left = await caller.press('Leave call');
    await expectStatus(caller, 'Call status', 'Call ended');
    await expect(caller.button('Rejoin call')).toBeVisible();
    await expect(bob.region('Incoming transfer')).toBeHidden();
    await expect(presence(bob, 'Available')).toBeChecked();
    await expect(alice.button('Finish wrap-up')).toBeVisible();
    const after = await alice.listen(A_WHILE);
    expectHeardThroughout(caller, ['alice'], since, left);
    expectOrder(caller, ['alice'], since, after.to);
    expectQuiet(caller, left + SETTLED, after.to);
    expectNoSilence(caller, since, left);
    expectQuiet(alice, left + SETTLED, after.to);
    expectQuiet(bob, left, after.to);
  });

  test('leaves in the consult: the agents are told and may finish their talk', async ({ desk, caller, alice, bob }) => {
    const { since, consultingSince } = await consult(desk, caller, alice, bob);
    const left = await caller.press('Leave call');
    await expectStatus(caller, 'Call status', 'Call ended');
    expectMusicOnly(caller, consultingSince, left);
    for (const agent of [alice, bob]) await expect(agent.page.getByText(/Carol (has )?(left|hung up)/).first()).toBeVisible();
    const after = await alice.listen(A_WHILE);
    expectHeardThroughout(alice, ['bob'], after.from, after.to);
    expectHeardThroughout(bob, ['alice'], after.from, after.to);
    expectQuiet(caller, left + SETTLED, after.to);
    expectOrder(caller, ['alice'], since, after.to);
    expectNoSilence(caller, since, left);
  });

  test('leaves and rejoins within the minute', async ({ desk, caller, alice }) => {
    await talk(desk, caller, alice);
    await caller.press('Leave call');
    await expect(alice.button('Finish wrap-up')).toBeVisible();
    await alice.press('Finish wrap-up');
    await caller.press('Rejoin call');
    await expectStatus(caller, 'Call status', 'Waiting');
    await expect(presence(alice, 'Available')).toBeChecked();
    await answer(alice, caller);
  });
});

test('the app is killed and restarted in the consult: audio goes on, and so does the transfer', async ({ desk, caller, alice, bob }) => {
  const { since, consultingSince } = await consult(desk, caller, alice, bob);
  await desk.killApp();
  const alone = await caller.listen(2 * A_WHILE);
  expectMusicOnly(caller, alone.from, alone.to);
  expectHeardThroughout(alice, ['bob'], alone.from, alone.to);
  expectHeardThroughout(bob, ['alice'], alone.from, alone.to);
  await desk.startApp();
  await expectStatus(alice, 'Transfer status', 'Consulting Bob', 30_000);
  await caller.listen(2 * A_WHILE);
  const merged = await merge(caller, alice, bob);
  expectMusicOnly(caller, consultingSince, merged.clicked);
  await complete(caller, alice, bob);
  const after = await caller.listen(A_WHILE);
  expectHeardThroughout(caller, ['bob'], after.from + SETTLED, after.to);
  // Who of the two is heard first when they are merged is left to chance.
  expectOrder(caller, ['alice'], since, merged.clicked);
  expectOrder(caller, ['bob'], after.from + SETTLED, after.to);
  expectNoSilence(caller, since, after.to);
});

test.describe('signalling goes through the app', () => {
  // As where browsers reach nothing but the desk; elsewhere in these tests they go to LiveKit itself.
  test.use({ deskSettings: { env: { LIVEKIT_PUBLIC_URL: '' } } });

  test('and it is killed while Bob rings: he still rings afterwards', async ({ desk, caller, alice, bob }) => {
    const { since } = await ring(desk, caller, alice, bob);
    const entered = await signalledThrough(desk, caller);
    await desk.killApp();
    const alone = await caller.listen(A_WHILE);
    expectHeardThroughout(caller, ['alice'], alone.from, alone.to);
    await desk.startApp();
    await Promise.all([alice.reload(), bob.reload()]);
    const accepted = await bob.press('Accept');
    await Promise.all([alice.hears('bob', accepted), bob.hears('alice', accepted)]);
    expectNotHeard(caller, ['bob'], since, Date.now());
    await complete(caller, alice, bob);
    // The agents' pages are new ones; the caller's has come back by itself.
    expect(await signalledThrough(desk, caller)).toBeGreaterThan(entered);
    for (const agent of [alice, bob]) await signalledThrough(desk, agent);
  });
});

/** How often a page has connected to LiveKit: at least once, and never but through the desk. */
async function signalledThrough(desk: Desk, party: Party): Promise<number> {
  const hosts = (await party.signallingAddresses()).map((address) => new URL(address).host);
  expect(new Set(hosts)).toEqual(new Set([new URL(desk.url).host]));
  return hosts.length;
}

test('LiveKit is killed and restarted in the consult: music throughout, and everybody finds their seat', async ({
  desk,
  caller,
  alice,
  bob,
}) => {
  test.setTimeout(180_000);
  const { since, consultingSince } = await consult(desk, caller, alice, bob);
  await desk.killLiveKit();
  const gone = await caller.listen(2 * A_WHILE);
  expectMusicOnly(caller, gone.from, gone.to);
  await desk.startLiveKit();
  const restarted = Date.now();
  await Promise.all([alice.hears('bob', restarted, 60_000), bob.hears('alice', restarted, 60_000)]);
  const consulting = await caller.listen(A_WHILE);
  expectMusicOnly(caller, consultingSince, consulting.to);
  await expectStatus(alice, 'Transfer status', 'Consulting Bob');
  const { clicked } = await complete(caller, alice, bob);
  expectNotHeard(caller, ['alice', 'bob'], consultingSince, clicked);
  const after = await caller.listen(A_WHILE);
  expectHeardThroughout(bob, ['caller'], after.from, after.to);
  expectOrder(caller, ['alice', 'bob'], since, after.to);
  expectNoSilence(caller, since, after.to);
});

test('an agent’s second tab shows the same desk, and one of them has the media', async ({ desk, caller, alice }) => {
  await talk(desk, caller, alice);
  const second = await alice.anotherTab();
  await openDesk(second, desk);
  await expectStatus(second, 'Call status', 'Talking to Carol');
  const both = await caller.listen(A_WHILE);
  expectHeardThroughout(caller, ['alice'], both.from, both.to);
  expectQuiet(second, both.from, both.to);
});
