// Every state of a call at both desks: the parts of the screen are there by name when they should be, once, and not otherwise.
import { accept, answer, complete, expectStatus, joinAsCaller, merge, openDesk, presence, rings, startTransfer } from '../fixtures/flows';
import type { Party } from '../fixtures/party';
import { expect, test } from '../fixtures/test';

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
    for (const choice of ['Busy', 'Offline', 'Available']) {
      await presence(alice, choice).check();
      await expect(alice.page.getByRole('status', { name: 'You are', exact: true })).toHaveText(choice);
      await expect(bob.region('Colleagues').getByRole('listitem').filter({ hasText: 'Alice' })).toContainText(choice);
    }
  });

  await test.step('a caller waits, is talked to, and is on hold', async () => {
    await joinAsCaller(caller, desk);
    await expect(alice.region('Queue').getByRole('button', { name: 'Answer Carol', exact: true })).toBeVisible();
    await answer(alice, caller);
    await expectRegions(alice);
    await expect(alice.region('Call')).toContainText('Carol');
    // Folded while something else below the transcript is open.
    await alice.region('Event log').locator('summary').click();
    await expect(alice.region('Event log').getByRole('listitem')).toContainText(['Carol joined', 'Alice answered']);
    await alice.press('Hold');
    await expectStatus(alice, 'Call status', 'On hold');
    await expectRegions(alice);
    await alice.press('Retrieve');
    await expectStatus(alice, 'Call status', 'Talking to Carol');
  });

  await test.step('a transfer rings, is consulted about, swapped, and merged', async () => {
    await startTransfer(alice);
    await rings(bob);
    await expectRegions(alice, 'Consult');
    await expectRegions(bob, 'Incoming transfer');
    await accept(caller, alice, bob);
    for (const agent of [alice, bob]) await expectRegions(agent, 'Consult');
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
    await finishWrapUp(alice);
    await expectRegions(alice);
    await expect(alice.page.getByRole('status', { name: 'You are', exact: true })).toHaveText('Available');
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
