// The desk without a mouse: everything is reached with Tab, and what is done most has a key of its own.
import type { Locator, Page } from '@playwright/test';
import { expectStatus, joinAsCaller, openDesk, rings, startTransfer } from '../fixtures/flows';
import type { Party } from '../fixtures/party';
import { expect, test } from '../fixtures/people';

test('a whole hand-off by keyboard alone', async ({ desk, people }) => {
  const { caller, alice, bob } = people;
  await Promise.all([openDesk(alice, desk), openDesk(bob, desk), joinAsCaller(caller, desk)]);
  await pressByKey(alice.button('Answer next'));
  await expectStatus(alice, 'Call status', 'Talking to Carol');

  await test.step('the dialog is opened, left, and opened again', async () => {
    await pressByKey(alice.button('Transfer'));
    await expect(transferDialog(alice)).toBeVisible();
    await alice.page.keyboard.press('Escape');
    await expect(transferDialog(alice)).toBeHidden();
    await expect(alice.button('Transfer')).toBeFocused();
    await alice.page.keyboard.press('Enter');
  });

  await test.step('Bob is chosen', async () => {
    const bobsRadio = transferDialog(alice).getByRole('radio', { name: 'Bob', exact: true });
    await tabTo(bobsRadio);
    await alice.page.keyboard.press('ArrowDown');
    await expect(bobsRadio).not.toBeChecked();
    await alice.page.keyboard.press('ArrowUp');
    await expect(bobsRadio).toBeChecked();
    await pressByKey(alice.button('Start transfer'));
  });

  await rings(bob);
  await pressByKey(bob.button('Accept'));
  await expectStatus(alice, 'Transfer status', 'Consulting Bob');
  await pressByKey(alice.button('Merge'));
  await expectStatus(alice, 'Transfer status', 'All three talking');
  await pressByKey(alice.button('Complete transfer'));
  await expectStatus(alice, 'Transfer status', 'Bob has the call');
  await expectStatus(bob, 'Call status', 'Talking to Carol');
});

test('every key of the desk does what the list of keys says', async ({ desk, people }) => {
  const { caller, alice, bob } = people;
  const { keyboard } = alice.page;
  await Promise.all([openDesk(alice, desk), openDesk(bob, desk), joinAsCaller(caller, desk)]);
  await expect(alice.button('Answer Carol')).toBeVisible();
  await keyboard.press('a');
  await expectStatus(alice, 'Call status', 'Talking to Carol');
  await keyboard.press('m');
  await expect(alice.button('Unmute')).toBeVisible();
  await keyboard.press('m');
  await expect(alice.button('Mute')).toBeVisible();
  await keyboard.press('h');
  await Promise.all([alice, caller].map((party) => expectStatus(party, 'Call status', 'On hold')));
  await keyboard.press('h');
  await expectStatus(caller, 'Call status', 'Talking to Alice');

  await keyboard.press('t');
  await expect(transferDialog(alice)).toBeVisible();
  await alice.press('Start transfer');
  await rings(bob);
  await bob.press('Accept');
  await expectStatus(alice, 'Transfer status', 'Consulting Bob');
  await keyboard.press('s');
  await expectStatus(alice, 'Transfer status', 'Talking to Carol, Bob on hold');
  // Where the call went may be known before the answer, until which the same key does nothing.
  await expect(alice.button('Swap')).not.toHaveAttribute('aria-busy', 'true');
  await keyboard.press('s');
  await expectStatus(alice, 'Transfer status', 'Consulting Bob');
  await keyboard.press('g');
  await expectStatus(alice, 'Transfer status', 'All three talking');
  await keyboard.press('Shift+C');
  await expectStatus(alice, 'Transfer status', 'Bob has the call');
});

test('while a call rings here it is what the keys answer or decline, and nobody else can be answered', async ({ desk, people }) => {
  const { caller, alice, bob } = people;
  const { keyboard } = bob.page;
  await Promise.all([openDesk(alice, desk), openDesk(bob, desk), joinAsCaller(caller, desk)]);
  await alice.press('Answer next');
  await expectStatus(alice, 'Call status', 'Talking to Carol');
  await desk.api('POST', '/api/v1/demo/callers');
  const buttons = [bob.button('Answer next'), bob.button('Answer Carol (simulated)')];
  for (const button of buttons) await expect(button).toBeEnabled();

  await startTransfer(alice);
  await rings(bob);
  for (const button of buttons) {
    await expect(button).toBeDisabled();
    await expect(button).toHaveAccessibleDescription('A call rings here. Accept or decline it first.');
  }
  await bob.region('Incoming transfer').getByLabel('Reason', { exact: true }).pressSequentially('add more details');
  await expect(bob.region('Incoming transfer'), 'typed letters are no keys').toBeVisible();
  await bob.page.getByRole('heading', { name: 'Incoming transfer', exact: true }).click();
  await keyboard.press('d');
  await expectStatus(alice, 'Transfer status', 'Bob declined: add more details');
  for (const button of buttons) await expect(button).toBeEnabled();

  await startTransfer(alice);
  await rings(bob);
  await keyboard.press('a');
  await expectStatus(alice, 'Transfer status', 'Consulting Bob');
  for (const button of buttons) await expect(button).toHaveAccessibleDescription('You are in a call.');
});

function transferDialog(agent: Party): Locator {
  return agent.page.getByRole('dialog', { name: 'Transfer call', exact: true });
}

async function pressByKey(button: Locator): Promise<void> {
  await expect(button).toBeEnabled();
  await tabTo(button);
  await button.page().keyboard.press('Enter');
}

/** Reaches a control as somebody without a mouse does. */
async function tabTo(control: Locator): Promise<void> {
  const page: Page = control.page();
  for (let i = 0; i < 80; i++) {
    if (await control.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`${control} cannot be reached with the Tab key`);
}
