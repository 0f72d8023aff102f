// A person's own Mute: nothing but the person takes it back, whatever happens to the call. And a microphone that is pulled out.
import { expectNotHeard } from '../fixtures/expectations';
import { expectStatus, rings, startTransfer, talk } from '../fixtures/flows';
import { plugIn, pullPlug, watchMicrophones } from '../fixtures/microphones';
import type { Party } from '../fixtures/party';
import { expect, test } from '../fixtures/test';

const A_WHILE = 1_000;
/** What was on its way when the button was pressed. */
const ON_ITS_WAY = 300;

test('whoever mutes themselves stays so through hold, consult, swap, merge and reload', async ({ desk, caller, alice, bob }) => {
  await talk(desk, caller, alice, bob);
  const callerMuted = (await caller.press('Mute')) + ON_ITS_WAY;
  await expect(caller.page.getByText('You are muted. Nobody can hear you speaking.')).toBeVisible();
  await expect(alice.region('Call').getByText('Carol\'s microphone is muted.')).toBeVisible();
  const muted = (await alice.press('Mute')) + ON_ITS_WAY;
  await expect(alice.region('Call').getByText('You are talking while muted. Carol cannot hear you.')).toBeVisible();

  await alice.press('Hold');
  await expectStatus(caller, 'Call status', 'On hold');
  await alice.press('Retrieve');
  await expectStatus(caller, 'Call status', 'Talking to Alice');

  await startTransfer(alice);
  await rings(bob);
  const accepted = await bob.press('Accept');
  await alice.hears('bob', accepted);
  await expectStatus(alice, 'Transfer status', 'Consulting Bob');
  await bob.listen(A_WHILE);
  expectNotHeard(bob, ['alice'], accepted, Date.now());
  await alice.press('Swap');
  await expectStatus(caller, 'Call status', 'Talking to Alice');
  await caller.listen(A_WHILE);
  await alice.hears('bob', await alice.press('Swap'));

  const merged = await alice.press('Merge');
  await caller.hears('bob', merged);
  await Promise.all([alice.reload(), caller.reload()]);
  const reloaded = Date.now();
  await Promise.all([alice.hears('bob', reloaded), caller.hears('bob', reloaded)]);
  for (const party of [alice, caller]) await expect(party.button('Unmute')).toBeVisible();
  await caller.listen(A_WHILE);
  const callerUnmuted = await caller.press('Unmute');
  await Promise.all([alice.hears('caller', callerUnmuted), bob.hears('caller', callerUnmuted)]);
  for (const listener of [alice, bob]) expectNotHeard(listener, ['caller'], callerMuted, callerUnmuted);
  for (const listener of [caller, bob]) expectNotHeard(listener, ['alice'], muted, Date.now());

  const unmuted = await alice.press('Unmute');
  await Promise.all([caller.hears('alice', unmuted), bob.hears('alice', unmuted)]);
});

test('a desk without a microphone says so before a call comes, and what helps', async ({ desk, alice }) => {
  await watchMicrophones(alice);
  await alice.goto(`${desk.url}/desk/alice`);
  await pullPlug(alice, 'the last');
  await alice.press('Start taking calls');
  const trouble = alice.region('Call').getByRole('alert');
  await expect(trouble).toHaveText('No microphone was found. Plug one in, or choose another.');
  await expect(alice.region('Call')).toContainText('nobody would hear you');

  const settings = alice.page.getByRole('group', { name: 'Your settings', exact: true });
  const microphone = settings.getByRole('combobox', { name: 'Microphone', exact: true });
  await test.step('what another tab chooses is taken', async () => {
    const other = await alice.anotherTab();
    await other.goto(desk.url);
    await other.page.evaluate(() => localStorage.setItem('baton-microphone', 'test-voice'));
    await expect(trouble).toBeHidden();
    await other.page.close();
  });

  await test.step('another can be chosen, and tried again', async () => {
    await alice.page.getByTitle('Your settings').click();
    await expect(microphone).toHaveValue('test-voice');
    await microphone.selectOption({ label: 'System default' });
    await alice.page.keyboard.press('Escape');
    await expect(trouble).toBeVisible();
    await alice.press('Try again');
    await expect(alice.button('Try again')).not.toHaveAttribute('aria-busy');
    await expect(trouble).toBeVisible();
    await alice.press('Choose a microphone');
    await expect(microphone).toBeVisible();
    await alice.page.keyboard.press('Escape');
    await alice.press('Use the test voice');
    await expect(trouble).toBeHidden();
  });
});

test('an unplugged microphone is told, the next one taken, and with none left there is a way on', async ({ desk, caller, alice }) => {
  await watchMicrophones(alice);
  await talk(desk, caller, alice);
  await test.step('how loud everybody is, and how well connected', async () => {
    for (const name of ['Level of Carol', 'Your level']) await expectLevel(alice, name);
  });

  await test.step('one of several', async () => {
    const pulled = await pullPlug(alice, 'one of several');
    await expect(alice.page.getByText(/^You speak into “.+” now\.$/)).toBeVisible();
    await caller.hears('alice', pulled + ON_ITS_WAY);
  });

  const trouble = alice.region('Call').getByRole('alert');
  await test.step('the last', async () => {
    const pulled = await pullPlug(alice, 'the last');
    await expect(trouble).toHaveText('The microphone was unplugged. Plug it in again, or choose another.');
    await caller.listen(A_WHILE);
    expectNotHeard(caller, ['alice'], pulled + ON_ITS_WAY, Date.now());
    await alice.press('Choose a microphone');
    await expect(alice.page.getByRole('group', { name: 'Devices', exact: true })).toBeVisible();
    await alice.page.keyboard.press('Escape');
  });

  await test.step('and plugged in again', async () => {
    await caller.hears('alice', await plugIn(alice));
    await expect(trouble).toHaveCount(0);
  });
});

async function expectLevel(agent: Party, name: string): Promise<void> {
  const meter = agent.page.getByRole('meter', { name, exact: true });
  await expect.poll(() => meter.evaluate((element: HTMLMeterElement) => element.value), { message: name }).toBeGreaterThan(0);
  // LiveKit says it every few seconds.
  const about = agent.region('Call').getByRole('definition').filter({ has: meter });
  await expect(about).toContainText(/Connection: (Good|Poor)/, { timeout: 20_000 });
}
