// Every state of a call at both desks: the parts of the screen are there by name when they should be, once, and not otherwise.
import { accept, answer, complete, expectStatus, joinAsCaller, merge, openDesk, presence, rings, startTransfer } from '../fixtures/flows';
import type { Party } from '../fixtures/party';
import { expect, test } from '../fixtures/test';

/** `Reserved`, `On call` and `Wrap-up` are shown, not chosen. */
const YOU_MAY_BE = ['Busy', 'Away', 'Offline', 'Available'];
/** A time that has begun to run. */
const RUNS = /^\d+:(?!00)\d\d$/;

/** On an open desk at any time, so that nothing moves about. */
const ALWAYS = ['Queue', 'Call', 'Who hears whom', 'Briefing', 'Transcript', 'Event log'];
const AT_TIMES = ['Incoming transfer', 'Consult', 'Wrap-up', 'Handed over', 'Taken over'] as const;

const WRITTEN = 'Both invoices are to be looked at.';

// Reading and typing take a while, in which the wrap-up must not end by itself.
test.use({ deskSettings: { wrapUpSeconds: 120 } });

test('every state shows its regions once, and the wrap-up keeps what was written', async ({ desk, caller, alice, bob }) => {
  await Promise.all([openDesk(alice, desk), openDesk(bob, desk)]);
  await expectRegions(alice);

  await test.step('presence', async () => {
    await expect(alice.page.getByRole('radiogroup', { name: 'Presence', exact: true }).getByRole('radio')).toHaveCount(YOU_MAY_BE.length);
    for (const choice of YOU_MAY_BE) {
      await presence(alice, choice).check();
      await expectPresence(alice, bob, choice);
    }
  });

  await test.step('a caller waits, is talked to, and is on hold', async () => {
    await joinAsCaller(caller, desk);
    await expect(alice.region('Queue').getByRole('button', { name: 'Answer Carol', exact: true })).toBeVisible();
    await expect(alice.region('Queue').getByRole('listitem').filter({ hasText: 'Carol' }).locator('time')).toHaveText(RUNS);
    await expectTime(caller);
    // Bob's word is on its way when Alice's arrives.
    await bob.page.route('**/api/answer_call*', async (route) => {
      await answer(alice, caller);
      await route.continue();
    });
    await bob.press('Answer Carol');
    await expect(bob.page.getByRole('log', { name: 'Notices', exact: true })).toContainText('Alice has already answered this call.');
    await expectStatus(bob, 'Call status', 'No call');
    await expectRegions(alice);
    await expectPresence(alice, bob, 'On call');
    await expectTime(caller);
    await expectHearings([alice], 'Carol hears Alice', 'Alice hears Carol');
    await expect(alice.region('Call')).toContainText('Carol');
    // Folded while something else below the transcript is open.
    await alice.region('Event log').locator('summary').click();
    await expect(alice.region('Event log').getByRole('listitem')).toContainText(['Carol joined', 'Alice answered']);
    await alice.press('Hold');
    await expectStatus(alice, 'Call status', 'On hold');
    await expectStatus(caller, 'Call status', 'On hold');
    await expectTime(caller);
    await expectRegions(alice);
    await alice.press('Retrieve');
    await expectStatus(alice, 'Call status', 'Talking to Carol');
  });

  await test.step('a transfer rings, is consulted about, swapped, and merged', async () => {
    await startTransfer(alice);
    await rings(bob);
    await expectRegions(alice, 'Consult');
    await expectRegions(bob, 'Incoming transfer');
    await expectPresence(bob, alice, 'Reserved');
    await accept(caller, alice, bob);
    for (const agent of [alice, bob]) await expectRegions(agent, 'Consult');
    await expectPresence(bob, alice, 'On call');
    const consult = ['Alice hears Bob', 'Bob hears Alice', 'Alice does not hear Carol', 'Bob does not hear Carol'];
    await expectHearings([alice, bob], ...consult, 'Carol hears music', 'Carol does not hear Alice', 'Carol does not hear Bob');
    await vanishAndReturn(caller, [alice, bob], 'On hold');
    await alice.press('Swap');
    await expectStatus(alice, 'Transfer status', 'Talking to Carol, Bob on hold');
    for (const agent of [alice, bob]) await expectRegions(agent, 'Consult');
    await merge(caller, alice, bob);
    for (const agent of [alice, bob]) await expectRegions(agent, 'Consult');
  });

  await test.step('Bob has the call, Alice finishes', async () => {
    await complete(caller, alice, bob);
    await expectRegions(alice, 'Wrap-up', 'Handed over');
    await expectRegions(bob, 'Taken over');
    await expectPresence(alice, bob, 'Wrap-up');
    await vanishAndReturn(caller, [bob], 'Talking to Bob');
    await finishWrapUp(alice);
    await expectRegions(alice);
    await expectPresence(alice, bob, 'Available');
  });

  await test.step('Bob hangs up', async () => {
    await bob.press('Hang up');
    await expectStatus(caller, 'Call status', 'Call ended');
    await expectRegions(bob, 'Wrap-up', 'Taken over');
  });
});

async function expectRegions(agent: Party, ...shown: (typeof AT_TIMES)[number][]): Promise<void> {
  for (const name of [...ALWAYS, ...AT_TIMES]) {
    const expected = [...ALWAYS, ...shown].includes(name) ? 1 : 0;
    await expect(agent.region(name), `“${name}” at ${agent.voice}’s desk`).toHaveCount(expected);
  }
  for (const name of [...ALWAYS, ...shown]) await expect(agent.region(name)).toBeVisible();
}

/** What the agent is, at their own desk and to their colleague. */
async function expectPresence(agent: Party, colleague: Party, text: string): Promise<void> {
  await expect(agent.page.getByRole('status', { name: 'You are', exact: true })).toHaveText(text);
  await expect(colleague.region('Colleagues').getByRole('listitem').filter({ hasText: agent.voice })).toContainText(text);
}

/** How long the caller's state lasts, on their page. */
async function expectTime(caller: Party): Promise<void> {
  await expect(caller.page.getByRole('timer', { name: 'Time', exact: true })).toHaveText(RUNS);
}

/** Exactly these rows. */
async function expectHearings(agents: Party[], ...rows: string[]): Promise<void> {
  for (const agent of agents) {
    const table = agent.region('Who hears whom').getByRole('table');
    for (const name of rows) await expect(table.getByRole('row', { name, exact: true })).toHaveCount(1);
    await expect(table.getByRole('row')).toHaveCount(rows.length);
  }
}

/** The caller's tab is gone, which the agents are told, and comes back to where it was. */
async function vanishAndReturn(caller: Party, agents: Party[], status: string): Promise<void> {
  await caller.page.goto('about:blank');
  for (const agent of agents) {
    await expectStatus(agent, 'Call status', /^Carol lost connection, waiting 0:[12]\d$/);
    await expect(agent.region('Call')).toContainText('Carol lost connection. Everything stays as it is until they are back.');
  }
  await caller.page.goBack();
  await caller.ready();
  await expectStatus(caller, 'Call status', status);
}

/** What is chosen and typed goes to the server by itself, and is there after a reload. */
async function finishWrapUp(agent: Party): Promise<void> {
  const disposition = agent.region('Wrap-up').getByRole('combobox', { name: 'Disposition', exact: true });
  const notes = agent.region('Wrap-up').getByRole('textbox', { name: 'Notes', exact: true });
  await expect(disposition).toHaveValue('handed_over');
  await disposition.selectOption({ label: 'Follow-up needed' });
  const kept = agent.page.waitForResponse((response) => response.ok() && !!response.request().postData()?.includes(WRITTEN));
  await notes.fill(WRITTEN);
  await kept;
  await agent.reload();
  await expect(disposition).toHaveValue('follow_up');
  await expect(notes).toHaveValue(WRITTEN);
  await agent.press('Finish wrap-up');
  await expect(agent.region('Wrap-up')).toHaveCount(0);
}
