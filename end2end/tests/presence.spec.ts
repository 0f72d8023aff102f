// Presence is chosen faster than a slow network tells it.
import { openDesk, presence } from '../fixtures/flows';
import { expect, test } from '../fixtures/test';

test('of presences chosen in a row the last one is shown at once, and is what colleagues see in the end', async ({ desk, alice, bob }) => {
  await Promise.all([openDesk(alice, desk), openDesk(bob, desk)]);
  let letThrough = () => {};
  const open = new Promise<void>((resolve) => (letThrough = resolve));
  await alice.page.route('**/api/set_presence', async (route) => {
    await open;
    await route.continue();
  });
  for (const choice of ['Away', 'Offline', 'Busy']) await presence(alice, choice).check();
  letThrough();
  await expect(bob.region('Colleagues').getByRole('listitem').filter({ hasText: 'Alice' })).toContainText('Busy');
  await expect(alice.page.getByRole('status', { name: 'You are', exact: true })).toHaveText('Busy');
  await expect(presence(alice, 'Busy')).toBeChecked();
});
