// The two short states of a hand-off: the target's microphone is on its way, and caller and target wait to hear each other. Both
// end with what pages report, so pages and the app go in the very moment in which a report is on its way.
import { expectHeardThroughout, expectMusicOnly, expectNoSilence, expectNotHeard, expectOrder, expectQuiet } from '../fixtures/expectations';
import { complete, consult, expectConsulting, expectHandedOver, expectStatus, ring } from '../fixtures/flows';
import type { Party } from '../fixtures/party';
import { test } from '../fixtures/test';

const A_WHILE = 1_500;
const SETTLED = 500;
/** What `tools/lib/proxy.mjs` answers while the app is away. */
const FROM_THE_PROXY = { status: 502, text: 'Baton is not answering at the moment. It may be starting: try again in some seconds.\n' };

// Whatever is started anew has the time to, on a busy machine, too.
test.use({ deskSettings: { env: { BATON_MEDIA_SECONDS: '30', BATON_HEARD_SECONDS: '20' } } });
test.setTimeout(180_000);

test.describe('while Bob connects', () => {
  test('Carol and Bob load their pages again: the consult begins', async ({ desk, caller, alice, bob }) => {
    const { since } = await ring(desk, caller, alice, bob);
    await bob.holdBack('media_ready');
    await bob.press('Accept');
    await bob.isHeldBack('media_ready');
    const reloaded = Date.now();
    await caller.reload();
    await Promise.all([caller.hears('alice', reloaded), alice.hears('caller', reloaded + 1_000)]);
    const alone = await caller.listen(A_WHILE);
    for (const listener of [caller, alice]) expectNotHeard(listener, ['bob'], since, alone.to);
    expectQuiet(bob, since, alone.to);
    const again = Date.now();
    await bob.reload();
    const consultingSince = await expectConsulting(caller, alice, bob, again);
    await handOver(caller, alice, bob, since, consultingSince);
  });

  test('the app is killed and restarted, and Bob’s word is lost: the consult begins', async ({ desk, caller, alice, bob }) => {
    const { since } = await ring(desk, caller, alice, bob);
    await bob.holdBack('media_ready');
    await bob.press('Accept');
    await bob.isHeldBack('media_ready');
    await desk.killApp();
    await bob.loseHeld('media_ready');
    const alone = await caller.listen(A_WHILE);
    expectHeardThroughout(caller, ['alice'], alone.from, alone.to);
    expectHeardThroughout(alice, ['caller'], alone.from, alone.to);
    for (const listener of [caller, alice]) expectNotHeard(listener, ['bob'], since, alone.to);
    expectQuiet(bob, since, alone.to);
    await desk.startApp();
    const consultingSince = await expectConsulting(caller, alice, bob, alone.to);
    await handOver(caller, alice, bob, since, consultingSince);
    expectNoSilence(caller, since, Date.now());
  });
});

test.describe('while Carol and Bob wait to hear each other', () => {
  test('Carol loads her page again: Bob says once more that he hears her', async ({ desk, caller, alice, bob }) => {
    const { since, consultingSince } = await consult(desk, caller, alice, bob);
    await caller.holdBack('caller_heard');
    const told = nextReport(bob);
    const clicked = await alice.press('Complete transfer');
    await Promise.all([told, caller.isHeldBack('caller_heard')]);
    expectMusicOnly(caller, consultingSince, clicked);

    // Bob has said that he hears Carol, and says so anew of her next connection. Nothing else changes for him.
    const reloaded = Date.now();
    await caller.reload();
    await expectHandedOver(caller, bob, reloaded);
    await expectEndOfHandOver(caller, alice, bob, since, clicked);
  });

  test('Bob loads his page again before he has said that he hears her', async ({ desk, caller, alice, bob }) => {
    const { since, consultingSince } = await consult(desk, caller, alice, bob);
    await bob.holdBack('heard');
    const clicked = await alice.press('Complete transfer');
    await bob.isHeldBack('heard');
    expectMusicOnly(caller, consultingSince, clicked);
    const reloaded = Date.now();
    await bob.reload();
    await expectHandedOver(caller, bob, reloaded);
    await expectEndOfHandOver(caller, alice, bob, since, clicked);
    expectNoSilence(caller, since, Date.now());
  });

  test('the app is killed and restarted behind a proxy that answers in its place', async ({ desk, caller, alice, bob }) => {
    const { since, consultingSince } = await consult(desk, caller, alice, bob);
    await bob.holdBack('heard');
    const clicked = await alice.press('Complete transfer');
    await bob.isHeldBack('heard');
    expectMusicOnly(caller, consultingSince, clicked);
    await desk.killApp();
    await bob.loseHeld('heard', FROM_THE_PROXY);
    await Promise.all([caller.hears('bob', clicked), bob.hears('caller', clicked)]);
    await desk.startApp();
    await expectHandedOver(caller, bob, clicked);
    await expectEndOfHandOver(caller, alice, bob, since, clicked);
    expectNoSilence(caller, since, Date.now());
  });
});

/** The next report of what this page hears that the server has taken. */
async function nextReport(agent: Party): Promise<void> {
  const from = Date.now();
  await agent.page.waitForResponse((response) => response.url().endsWith('/api/heard') && response.request().timing().startTime >= from);
}

async function handOver(caller: Party, alice: Party, bob: Party, since: number, consultingSince: number): Promise<void> {
  const { clicked } = await complete(caller, alice, bob);
  expectMusicOnly(caller, consultingSince, clicked);
  await expectEndOfHandOver(caller, alice, bob, since, clicked);
}

/** Alice is out of it, and has been since her click; the caller has had Alice, then Bob, and nobody twice. */
async function expectEndOfHandOver(caller: Party, alice: Party, bob: Party, since: number, clicked: number): Promise<void> {
  await expectStatus(alice, 'Transfer status', 'Bob has the call');
  const after = await caller.listen(A_WHILE);
  expectHeardThroughout(caller, ['bob'], after.from, after.to);
  expectHeardThroughout(bob, ['caller'], after.from, after.to);
  expectOrder(caller, ['alice', 'bob'], since, after.to);
  expectQuiet(alice, clicked + SETTLED, after.to);
}
