// The dialog in which a target is chosen: who comes first, who cannot be chosen and why, a queue
// instead of a person, and nobody at all.
import type { Locator } from '@playwright/test';
import { expectStatus, presence, rings, startTransfer, takeCalls, talk, transferDialog } from '../fixtures/flows';
import { Party } from '../fixtures/party';
import { expect, test } from '../fixtures/test';

test('who is free and skilled comes first, who is not says why, and a queue finds somebody', async ({ desk, caller, alice, bob, browsers }) => {
  const carla = await Party.openWithoutEars(browsers.bob, 'bob');
  await talk(desk, caller, alice, bob);
  const targets = transferDialog(alice).getByRole('group', { name: 'Who takes over', exact: true });

  await test.step('nobody sits at Carla’s desk', async () => {
    await alice.press('Transfer');
    await expectTargets(targets, ['Bob', 'Dana', 'Carla']);
    await expectFree(target(targets, 'Bob'), 'Best match: knows this queue');
    await expect(target(targets, 'Bob')).toBeChecked();
    await expectNotFree(target(targets, 'Carla'), 'Offline: no desk open');
  });

  await test.step('she comes, and goes for a break, while the dialog is open', async () => {
    await carla.goto(`${desk.url}/desk/carla`);
    await takeCalls(carla);
    await expectFree(target(targets, 'Carla'), '');
    await presence(carla, 'Away').check();
    await expectNotFree(target(targets, 'Carla'), 'Away for 0 min');
    await expectFree(target(targets, 'Billing queue'), '');
  });

  await test.step('Bob is busy: those who are free come before him, who knows the queue', async () => {
    await presence(carla, 'Available').check();
    await presence(bob, 'Busy').check();
    await expectNotFree(target(targets, 'Bob'), 'Busy for 0 min');
    await alice.press('Close');
    await alice.press('Transfer');
    await expectTargets(targets, ['Dana', 'Carla', 'Bob']);
    await expectNotFree(target(targets, 'Support queue'), 'None of its agents is free');
    await alice.press('Close');
  });

  await test.step('the queue for bills rings at her', async () => {
    await startTransfer(alice, { target: 'Billing queue' });
    await rings(carla);
    await expectStatus(alice, 'Transfer status', 'Ringing Carla');
    await carla.press('Accept');
    await expectStatus(alice, 'Transfer status', 'Consulting Carla');
    await expect(bob.region('Incoming transfer')).toHaveCount(0);
  });
  expect.soft(carla.consoleErrors, 'errors on Carla’s page').toEqual([]);
  await carla.close();
});

test.describe('where nobody can be rung by telephone', () => {
  test.use({ deskSettings: { env: { BATON_DEMO_PHONE: '0' } } });
  test('nobody is free: it says so, keeps what was written, and chooses whoever comes', async ({ desk, caller, alice, bob, browsers }) => {
    const carla = await Party.openWithoutEars(browsers.bob, 'bob');
    await talk(desk, caller, alice, bob);
    const dialog = transferDialog(alice);
    const targets = dialog.getByRole('group', { name: 'Who takes over', exact: true });
    const start = dialog.getByRole('button', { name: 'Start transfer', exact: true });
    const filled = [
      [dialog.getByRole('textbox', { name: 'Reason', exact: true }), 'Billing'],
      [dialog.getByRole('textbox', { name: 'Note for the next agent', exact: true }), 'She was charged twice.'],
      [dialog.getByRole('textbox', { name: 'Briefing in your words', exact: true }), 'Two invoices for May.'],
    ] as const;

    await test.step('everybody is busy', async () => {
      await presence(bob, 'Busy').check();
      await alice.press('Transfer');
      await expectNotFree(target(targets, 'Bob'), 'Busy for 0 min');
      await expect(dialog).toContainText('Nobody can take over now. This list follows by itself.');
      await expect(targets.getByRole('radio', { checked: true })).toHaveCount(0);
      await expect(start).toBeDisabled();
    });

    await test.step('Escape costs no word', async () => {
      await alice.press('Edit briefing');
      for (const [field, words] of filled) await field.fill(words);
      await alice.page.keyboard.press('Escape');
      await expect(dialog).toBeHidden();
      await alice.press('Transfer');
      for (const [field, words] of filled) await expect(field).toHaveValue(words);
    });

    await test.step('Bob comes, and is chosen', async () => {
      await presence(bob, 'Available').check();
      await expect(target(targets, 'Bob')).toBeChecked();
      await expectFree(target(targets, 'Support queue'), '');
      await expect(dialog).toContainText('Bob reads note, briefing and transcript before accepting.');
      await alice.press('Start transfer');
      await rings(bob);
      await expect(bob.region('Incoming transfer')).toContainText('She was charged twice.');
    });

    await test.step('buttons that sound alike say what comes of them', async () => {
      await expect(alice.button('Transfer without waiting')).toHaveAccessibleDescription(/it rings here again\.$/);
      await expect(alice.button('Force transfer')).toHaveAccessibleDescription(/it does not ring here again\.$/);
    });

    await test.step('he declines: the next best is rung in one click, with the same words', async () => {
      await carla.goto(`${desk.url}/desk/carla`);
      await takeCalls(carla);
      await bob.press('Decline');
      await expectStatus(alice, 'Transfer status', 'Bob declined');
      await alice.press('Offer to Carla');
      await expectStatus(alice, 'Transfer status', 'Ringing Carla');
      await rings(carla);
      await expect(carla.region('Incoming transfer')).toContainText('She was charged twice.');
    });

    await test.step('what came of it is put away', async () => {
      await carla.press('Decline');
      await expectStatus(alice, 'Transfer status', 'Carla declined');
      await alice.press('Dismiss');
      await expect(alice.region('Consult')).toHaveCount(0);
    });
    await carla.close();
  });
});

function target(targets: Locator, name: string): Locator {
  return targets.getByRole('radio', { name, exact: true });
}

/** These people in this order, and after them the queues. */
async function expectTargets(targets: Locator, people: string[]): Promise<void> {
  const names = () => targets.getByRole('radio').evaluateAll((radios) => radios.map((radio) => radio.ariaLabel));
  await expect.poll(names).toEqual([...people, 'Billing queue', 'Support queue']);
}

async function expectFree(choice: Locator, hint: string): Promise<void> {
  await expect(choice).toBeEnabled();
  await expect(choice).toHaveAccessibleDescription(hint);
}

async function expectNotFree(choice: Locator, hint: string): Promise<void> {
  await expect(choice).toBeDisabled();
  await expect(choice).toHaveAccessibleDescription(hint);
}
