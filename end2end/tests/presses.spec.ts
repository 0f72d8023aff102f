// What is seldom pressed, and what comes of it: devices, sound that the browser held back, another try, an end for everyone.
import type { Locator } from '@playwright/test';
import { expectHeardThroughout, expectNobodyHeard, expectNotHeard, expectQuiet } from '../fixtures/expectations';
import { answer, consult, expectStatus, joinAsCaller, openDesk, talk } from '../fixtures/flows';
import { between, fromOthers, hearsMusic } from '../fixtures/hearing';
import { look } from '../fixtures/looks';
import type { Party } from '../fixtures/party';
import { keepSounding, speakersInUse, suspendSound } from '../fixtures/speakers';
import { expect, test } from '../fixtures/test';
import type { Voice } from '../fixtures/voices';

const A_WHILE = 1_500;
/** What is under way when something is chosen still arrives. */
const SETTLED = 700;
/** Where the pages ask for an end of the call. */
const LEAVE = '**/api/leave_call*';
const COMMAND = '**/api/command*';
const TEST_VOICE = 'Test voice (no microphone needed)';

test('“Test microphone” shows that one can be heard, before anybody hears it', async ({ desk, caller }) => {
  await caller.goto(await desk.joinUrl());
  const level = caller.page.getByRole('meter', { name: 'Microphone level', exact: true });
  const said = caller.page.locator('output');
  await expect(said).not.toContainText('That works');
  expect(await level.evaluate((meter: HTMLMeterElement) => meter.value)).toBe(0);
  await caller.press('Test microphone');
  await expect(said).toHaveText('That works: you can be heard.');
  expect(await level.evaluate((meter: HTMLMeterElement) => meter.value)).toBeGreaterThan(0);
  expect(await desk.livekit.rooms(), 'rooms while nobody has called').toEqual([]);
});

test('everything sounds through the chosen “Speaker”, also after a reload', async ({ desk, caller, alice }) => {
  await keepSounding(caller);
  await caller.goto(await desk.joinUrl());
  // Until a microphone is allowed a browser names no devices.
  await caller.press('Test microphone');
  const speaker = caller.page.getByRole('combobox', { name: 'Speaker', exact: true });
  const chosen = await chooseLast(speaker);
  await caller.page.getByRole('textbox', { name: 'Your name', exact: true }).fill('Carol');
  await caller.press('Join call');
  await expectStatus(caller, 'Call status', 'Waiting');
  await alice.goto(`${desk.url}/desk/alice`);
  await alice.clickWheneverShown('Start taking calls');
  await answer(alice, caller);
  await expectSpeaker(caller, chosen);

  const reloaded = Date.now();
  await caller.reload();
  await caller.hears('alice', reloaded);
  await expectSpeaker(caller, chosen);

  await caller.press('Devices');
  await speaker.selectOption({ label: 'System default' });
  await expectSpeaker(caller, '');
  // A browser is silent for a moment while it changes over.
  await caller.listen(SETTLED);
  const after = await caller.listen(A_WHILE);
  expectHeardThroughout(caller, ['alice'], after.from, after.to);
});

test('the caller changes the microphone in the call', async ({ desk, caller, alice }) => {
  await talk(desk, caller, alice);
  await expectMicrophoneFollows(caller, alice, 'caller');
});

test('without a microphone the caller is told that nobody hears them, and the agent why', async ({ desk, caller, alice }) => {
  await caller.goto(await desk.joinUrl());
  await caller.page.getByRole('textbox', { name: 'Your name', exact: true }).fill('Carol');
  await caller.press('Join without microphone');
  await expect(caller.page.getByText('You are without a microphone: nobody can hear you.', { exact: true })).toBeVisible();
  await expect(caller.button('Mute')).toHaveCount(0);
  await openDesk(alice, desk);
  const why = alice.page.getByText('Carol has no microphone and can only listen.', { exact: true });
  await alice.press('Answer next');
  await expect(why).toBeVisible();
  const asked = await caller.press('Choose a microphone');
  await devices(caller).getByRole('combobox', { name: 'Microphone', exact: true }).selectOption({ label: 'System default' });
  await alice.hears('caller', asked);
  await expect(why).toHaveCount(0);
  await expect(caller.button('Mute')).toBeVisible();
});

test('the agent changes microphone and speaker in the call', async ({ desk, caller, alice }) => {
  await keepSounding(alice);
  await talk(desk, caller, alice);
  await expectMicrophoneFollows(alice, caller, 'alice');
  await alice.press('Devices');
  const chosen = await chooseLast(devices(alice).getByRole('combobox', { name: 'Speaker', exact: true }));
  await expectSpeaker(alice, chosen);
  await alice.listen(SETTLED);
  const after = await alice.listen(A_WHILE);
  expectHeardThroughout(alice, ['caller'], after.from, after.to);
});

test('“Turn sound on” brings back what the browser has stopped', async ({ desk, caller }) => {
  await keepSounding(caller);
  await joinAsCaller(caller, desk);
  await expect.poll(() => hearsMusic(caller.frames, 0)).toBe(true);
  await suspendSound(caller);
  await expect(caller.button('Turn sound on')).toBeVisible();
  const stopped = await caller.listen(A_WHILE);
  expect(hearsMusic(between(caller.frames, stopped.from + SETTLED, stopped.to), 0), 'heard while it is stopped').toBe(false);
  const pressed = await caller.press('Turn sound on');
  await expect.poll(() => hearsMusic(caller.frames, pressed)).toBe(true);
  await expect(caller.button('Turn sound on')).toHaveCount(0);
});

test('“Continue call” takes up in a new tab what was closed in another', async ({ desk, caller, alice }) => {
  await talk(desk, caller, alice);
  const second = await caller.anotherTab();
  await caller.page.close();
  await second.goto(await desk.joinUrl());
  await expect(second.page.getByRole('heading', { level: 1, name: 'Your call is still on', exact: true })).toBeVisible();
  // Nothing was clicked here, so nothing of this tab is sent.
  const waiting = await alice.listen(A_WHILE);
  expectNotHeard(alice, ['caller'], waiting.from, waiting.to);
  await look(second.page, { name: 'caller-continue' });
  const pressed = await second.press('Continue call');
  await Promise.all([second.hears('alice', pressed), alice.hears('caller', pressed)]);
  await expectStatus(second, 'Call status', 'Talking to Alice');
});

test('“Rejoin call” brings the caller back into the queue, and to an agent', async ({ desk, caller, alice }) => {
  await talk(desk, caller, alice);
  const left = await caller.press('Leave call');
  await expectStatus(caller, 'Call status', 'Call ended');
  const after = await alice.listen(A_WHILE);
  expectNotHeard(alice, ['caller'], left + SETTLED, after.to);
  await expect(caller.page.getByRole('timer', { name: 'Time left to rejoin', exact: true })).toHaveText(/^0:[0-5]\d$/);
  await caller.press('Rejoin call');
  await expectStatus(caller, 'Call status', 'Waiting, 1st in line');
  await answer(alice, caller);
});

test('“Leave call” leaves at once, and the desk is told when it is reached, be it by the page loaded again', async ({ desk, caller, alice }) => {
  await talk(desk, caller, alice);
  await caller.page.route(LEAVE, (route) => route.abort());
  const left = await caller.press('Leave call');
  await expectStatus(caller, 'Call status', 'You left');
  await expect(caller.page.getByText(/The desk will be told as soon as it is reached\.$/)).toBeVisible();
  await alice.listen(A_WHILE);
  await caller.reload();
  await expectStatus(caller, 'Call status', 'You left');
  const after = await alice.listen(A_WHILE);
  expectNotHeard(alice, ['caller'], left + SETTLED, after.to);
  await caller.page.unroute(LEAVE);
  await expectStatus(caller, 'Call status', 'Call ended');
  await expect(caller.button('Rejoin call')).toBeVisible();
  await expect(alice.button('Finish wrap-up')).toBeVisible();
});

test('“Hang up” leaves at once, and the desk is told when it is reached', async ({ desk, caller, alice }) => {
  await talk(desk, caller, alice);
  // A network that has gone says nothing at first.
  let asked = 0;
  await alice.page.route(COMMAND, (route) => (asked++ === 0 ? undefined : route.abort()));
  await alice.press('Hang up');
  await expect(alice.page.getByText('You left: nobody hears you. The desk will be told as soon as it is reached.', { exact: true })).toBeVisible();
  for (const name of ['Mute', 'Hold', 'Transfer', 'Hang up']) {
    await expect(alice.button(name)).toBeDisabled();
  }
  const after = await caller.listen(A_WHILE);
  expectNotHeard(caller, ['alice'], after.from + SETTLED, after.to);
  await alice.page.unroute(COMMAND);
  await expectStatus(caller, 'Call status', 'Call ended');
  await expect(alice.button('Finish wrap-up')).toBeVisible();
});

test('a page with a call in it asks before it is closed, and “Baton” opens beside it', async ({ desk, caller, alice }) => {
  await talk(desk, caller, alice);
  for (const party of [caller, alice]) {
    const beside = await party.follow('Baton', party.voice);
    await expect(beside.page.getByRole('heading', { level: 1, name: 'Hand a caller over in three tabs', exact: true })).toBeVisible();
    await beside.page.close();
    const asked = party.page.waitForEvent('dialog');
    await party.page.close({ runBeforeUnload: true });
    const dialog = await asked;
    expect(dialog.type()).toBe('beforeunload');
    await dialog.dismiss();
    await expectStatus(party, 'Call status', 'Talking to');
  }
});

test('“End call for everyone” asks first, and then ends it for everyone', async ({ desk, caller, alice, bob }) => {
  await consult(desk, caller, alice, bob);
  const dialog = alice.page.getByRole('dialog', { name: 'End the call for everyone?', exact: true });
  await alice.press('End call for everyone');
  await expect(dialog).toContainText('Carol, Bob and you are disconnected at once.');
  await look(alice.page, { name: 'desk-end-dialog' });
  await alice.press('Keep the call');
  await expect(dialog).toBeHidden();
  await expectStatus(alice, 'Transfer status', 'Consulting Bob');

  await alice.press('End call for everyone');
  const ended = await alice.press('End for everyone');
  await expectStatus(caller, 'Call status', 'Call ended');
  await expect(alice.button('Finish wrap-up')).toBeVisible();
  await expect(bob.region('Consult')).toHaveCount(0);
  for (const party of [caller, alice, bob]) {
    const after = await party.listen(A_WHILE);
    expectQuiet(party, ended + SETTLED, after.to);
  }
  await expect.poll(() => desk.livekit.rooms(), { timeout: 15_000 }).toEqual([]);
});

function devices(party: Party): Locator {
  return party.page.getByRole('group', { name: 'Devices', exact: true });
}

/** Chooses the last device of the list and says its id. */
async function chooseLast(select: Locator): Promise<string> {
  const last = () => select.locator('option').last().getAttribute('value');
  await expect.poll(last, { message: 'a device beside the system’s' }).not.toBe('');
  await select.selectOption((await last()) ?? '');
  return select.inputValue();
}

async function expectSpeaker(party: Party, chosen: string): Promise<void> {
  await expect.poll(async () => [...new Set(await speakersInUse(party))], { message: 'what sounds, by its speaker' }).toEqual([chosen]);
}

/** What `listener` hears is what `speaker` has chosen: the test voice, nothing, and the microphone again. */
async function expectMicrophoneFollows(speaker: Party, listener: Party, voice: Voice): Promise<void> {
  const microphone = devices(speaker).getByRole('combobox', { name: 'Microphone', exact: true });
  await speaker.press('Devices');
  await expect(devices(speaker)).toBeVisible();

  await microphone.selectOption({ label: TEST_VOICE });
  const spoken = (await listener.listen(SETTLED)).to;
  await expect.poll(() => fromOthers(listener.frames, spoken, Date.now()), { timeout: 20_000 }).toBeGreaterThan(500);
  expectNotHeard(listener, [voice], spoken, Date.now());

  await microphone.selectOption({ label: 'No microphone: listen only' });
  const closed = (await listener.listen(SETTLED)).to;
  const quiet = await listener.listen(A_WHILE);
  expectNobodyHeard(listener, closed, quiet.to);

  await microphone.selectOption({ label: 'System default' });
  await listener.hears(voice, quiet.to);
  await speaker.page.keyboard.press('Escape');
  await expect(devices(speaker)).toBeHidden();
  await expect(speaker.button('Devices')).toBeFocused();
}
