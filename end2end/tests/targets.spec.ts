// The dialog in which a target is chosen: who comes first, who cannot be chosen and why, and a queue instead of a person.
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
