// What the first page promises, done as it says: three tabs of one browser, opened by its links, and a hand-over in which no
// tab gets in another's way. One browser has one microphone, so everybody speaks with the same voice here: when there may be
// somebody and when there must be nobody is what can be heard.
import { expectHeardThroughout, expectMusicOnly, expectNotHeard, expectNoSilence } from '../fixtures/expectations';
import { expectStatus, join, rings, startTransfer, takeCalls } from '../fixtures/flows';
import { Party } from '../fixtures/party';
import { expect, test as base } from '../fixtures/test';

/** Whose microphone the one browser has. */
const SHARED = 'caller';
const A_WHILE = 1_500;
/** What is under way when a button is clicked still arrives. */
const SETTLED = 500;

const STEPS = ['A caller joined', 'An agent answered', 'A transfer was started', 'The target accepted', 'The call was handed over'];

interface Tabs {
  first: Party;
  alice: Party;
  bob: Party;
  caller: Party;
}

const test = base.extend<{ tabs: Tabs }>({
  tabs: async ({ desk, browsers }, use, testInfo) => {
    const first = await Party.open(browsers[SHARED], SHARED);
    await first.goto(desk.url);
    const alice = await first.follow('Open the desk as Alice', 'alice');
    const bob = await first.follow('Open the desk as Bob', 'bob');
    const caller = await first.follow('Call as a customer', 'caller');
    await use({ first, alice, bob, caller });
    if (testInfo.status !== testInfo.expectedStatus) for (const tab of [alice, bob, caller]) await tab.attachTo(testInfo);
    await first.close();
  },
});

test('a hand-over in three tabs of one browser, and the first page ticks it off', async ({ tabs }) => {
  const { first, alice, bob, caller } = tabs;
  await expectTicked(first, 0);
  await takeCalls(alice);
  await takeCalls(bob);
  await join(caller);
  await expectTicked(first, 1);

  const since = await answer(alice, caller);
  await expectTicked(first, 2);
  await startTransfer(alice);
  await rings(bob);
  await expectTicked(first, 3);

  const consultingSince = await accept(tabs);
  await expectTicked(first, 4);
  const consulting = await caller.listen(A_WHILE);
  expectMusicOnly(caller, consulting.from, consulting.to);
  for (const agent of [alice, bob]) expectHeardThroughout(agent, [SHARED], consulting.from, consulting.to);
  await expectNobodyElsewhere(tabs);

  const merged = await merge(tabs);
  expectNotHeard(caller, [SHARED], consultingSince, merged);
  await complete(tabs);
  await expectTicked(first, 5);
  const after = await caller.listen(A_WHILE);
  expectHeardThroughout(caller, [SHARED], after.from, after.to);
  expectHeardThroughout(bob, [SHARED], after.from, after.to);
  expectNotHeard(alice, [SHARED], after.from, after.to);
  expectNoSilence(caller, since, after.to);
  await expectNobodyElsewhere(tabs);
});

test('every tab of one browser is still itself after a reload', async ({ tabs }) => {
  const { alice, bob, caller } = tabs;
  await takeCalls(alice);
  await takeCalls(bob);
  await join(caller);
  await answer(alice, caller);
  await startTransfer(alice);
  await rings(bob);
  await accept(tabs);
  for (const tab of [alice, bob, caller]) {
    const reloaded = Date.now();
    await tab.reload();
    await expectStatus(caller, 'Call status', 'On hold');
    await expectStatus(alice, 'Transfer status', 'Consulting Bob');
    await Promise.all([alice, bob].map((agent) => agent.hears(SHARED, reloaded)));
  }
  await complete(tabs);
  await expectNobodyElsewhere(tabs);
});

/** The checklist has ticked its first `count` steps by itself, and no other. */
async function expectTicked(first: Party, count: number): Promise<void> {
  for (const [i, name] of STEPS.entries()) {
    await expect(first.page.getByRole('checkbox', { name, exact: true })).toBeChecked({ checked: i < count });
  }
}

async function answer(alice: Party, caller: Party): Promise<number> {
  const clicked = await alice.press('Answer next');
  const [since] = await Promise.all([caller.hears(SHARED, clicked), alice.hears(SHARED, clicked)]);
  await expectStatus(alice, 'Call status', 'Talking to Carol');
  await expectStatus(caller, 'Call status', 'Talking to Alice');
  return since;
}

/** Says from when on the caller hears nobody. */
async function accept({ alice, bob, caller }: Tabs): Promise<number> {
  const accepted = await bob.press('Accept');
  await bob.hears(SHARED, accepted);
  await expectStatus(caller, 'Call status', 'On hold');
  await expectStatus(alice, 'Transfer status', 'Consulting Bob');
  return (await caller.listen(SETTLED)).to;
}

async function merge({ alice, bob, caller }: Tabs): Promise<number> {
  const clicked = await alice.press('Merge');
  await caller.hears(SHARED, clicked);
  for (const agent of [alice, bob]) await expectStatus(agent, 'Transfer status', 'All three talking');
  return clicked;
}

async function complete({ alice, bob, caller }: Tabs): Promise<void> {
  await alice.press('Complete transfer');
  await expectStatus(alice, 'Transfer status', 'Bob has the call');
  await expectStatus(bob, 'Call status', 'Talking to Carol');
  await expectStatus(caller, 'Call status', 'Talking to Bob');
  await caller.listen(SETTLED);
}

/** Each tab has its seat's sound: the locks of one browser are kept apart. */
async function expectNobodyElsewhere({ alice, bob, caller }: Tabs): Promise<void> {
  for (const tab of [alice, bob, caller]) await expect(tab.button('Take it back here'), `${tab.voice}’s tab`).toHaveCount(0);
}
