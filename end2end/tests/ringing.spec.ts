// What Bob hears and reads while a transfer rings at his desk, before he has accepted it.
import { accept, expectStatus, joinAsCaller, rings, startTransfer, talk, transferDialog } from '../fixtures/flows';
import { between, hearsMusic } from '../fixtures/hearing';
import { allowNotifications, neverAskedToNotify, notified, putBehind, timesAskedToNotify } from '../fixtures/notifications';
import { expect, test } from '../fixtures/test';

/** The ringtone pauses for two seconds between two rings. */
const ONE_RING = 4_500;
const SETTLED = 500;

test('note, reason, briefing and transcript are read before the transfer is accepted', async ({ desk, caller, alice, bob }) => {
  await talk(desk, caller, alice, bob);
  const call = await alice.region('Call').locator('[data-call]').getAttribute('data-call');
  const said = [
    { speaker: 'caller', text: 'Hello, I was charged twice for the invoice of March.' },
    { speaker: 'agent:alice', text: 'I will ask my colleague to refund one of them.' },
  ];
  await desk.api('POST', `/api/v1/calls/${call}/transcript`, { lines: said });

  await alice.press('Transfer');
  const preview = transferDialog(alice).getByRole('region', { name: 'Briefing preview', exact: true });
  await expect(preview).toContainText('First sentence“Hello Carol. Alice told me that you were charged twice');
  await alice.press('Close');
  await startTransfer(alice, { reason: 'Billing', note: 'She is in a hurry.' });

  await rings(bob);
  const offer = bob.region('Incoming transfer');
  await expect(offer).toContainText('Carol, from Alice');
  await expect(offer).toContainText('Warm transfer: Billing');
  await expect(offer.getByRole('figure').filter({ hasText: 'Note from Alice' })).toContainText('She is in a hurry.');
  // With his own name in what he is to say.
  await expect(bob.region('Briefing')).toContainText("First sentence“Hello Carol, I'm Bob. Alice told me that you were charged twice");
  await expect(bob.region('Transcript').getByRole('listitem')).toHaveCount(said.length);
  await expect(bob.button('Accept')).toBeVisible();
});

test('a transfer rings at a desk that is behind another tab: sound, title, notification', async ({ desk, caller, alice, bob }) => {
  await allowNotifications(bob);
  await talk(desk, caller, alice, bob);
  await putBehind(bob);
  const quiet = await bob.listen(SETTLED);
  expect(hearsMusic(between(bob.frames, quiet.from, quiet.to), 0), 'heard before it rings').toBe(false);

  const started = await startTransfer(alice, { reason: 'Billing' });
  await expect.poll(() => hearsMusic(bob.frames, started), 'the ringtone').toBe(true);
  await expect(bob.page).toHaveTitle('☎ Carol, from Alice · Baton');
  const shown = { title: 'Carol, from Alice', text: 'Alice hands the call over to you: Billing' };
  expect(await notified(bob)).toEqual([{ ...shown, isClosed: false }]);

  const { accepted } = await accept(caller, alice, bob);
  const after = await bob.listen(ONE_RING);
  expect(hearsMusic(between(bob.frames, accepted + SETTLED, after.to), 0), 'the ringtone after Bob has accepted').toBe(false);
  await expect(bob.page).not.toHaveTitle(/☎/);
  expect(await notified(bob)).toEqual([{ ...shown, isClosed: true }]);
});

test('whoever begins with “Answer next” is asked once whether notifications may be shown', async ({ desk, caller, alice }) => {
  await neverAskedToNotify(alice);
  await alice.goto(`${desk.url}/desk/alice`);
  await joinAsCaller(caller, desk);
  expect(await timesAskedToNotify(alice), 'asked before anything was clicked').toBe(0);
  await alice.press('Answer next');
  await expectStatus(alice, 'Call status', 'Talking to Carol');
  expect(await timesAskedToNotify(alice), 'asked by the click').toBe(1);
});
