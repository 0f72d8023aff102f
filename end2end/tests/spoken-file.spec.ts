// A recording that an agent has as a file, or makes at the desk: sent to a real recogniser behind OpenAI's interface, and read
// on the desk with its summary. And what may happen while it is made.
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator } from '@playwright/test';
import { Desk, DESK_SETTINGS } from '../fixtures/desk';
import { answer, joinAsCaller, openDesk, takeCalls } from '../fixtures/flows';
import { look } from '../fixtures/looks';
import { launch, Party } from '../fixtures/party';
import { Recogniser, SPEECH } from '../fixtures/recogniser';
import { failRecorder, finishRecorder, holdRecorders, isRecordedOpen, recordedDevice, unplugRecorded, watchRecorders } from '../fixtures/recorders';
import { expect, test } from '../fixtures/test';

const HEADING = 'Transcribe a recording';
const ANOTHER = 'Fake Audio Input 2';
const WORK = 60_000;
const SAID = /router is offline/;

const python = Recogniser.python();

test('a recording is chosen or made at the desk, and its words and their summary are read there', async ({}, testInfo) => {
  test.skip(!python, 'the recogniser needs Python 3 with venv');
  const recogniser = await Recogniser.start(python ?? '', join(tmpdir(), `recogniser-files-${testInfo.workerIndex}.log`));
  const desk = await Desk.start({
    ...DESK_SETTINGS,
    env: { BATON_TRANSCRIPTION: 'other', BATON_TRANSCRIPTION_BASE_URL: recogniser.url, BATON_TRANSCRIPTION_MODEL: 'pocketsphinx' },
  });
  const { browser, close } = await launch('alice', 'granted', SPEECH);
  const alice = await Party.open(browser, 'alice');
  try {
    await openDesk(alice, desk);
    const panel = alice.region(HEADING);
    const button = (name: string) => panel.getByRole('button', { name, exact: true });
    const told = panel.getByRole('group', { name: 'Summary and transcript', exact: true });
    await panel.getByRole('heading', { name: HEADING }).click();
    await expect(button('Stop')).toBeDisabled();
    await expect(button('Transcribe and summarise')).toBeDisabled();

    await panel.getByLabel('Or choose a file').setInputFiles(SPEECH);
    await expect(panel.getByRole('status')).toContainText('speech.wav is ready');
    await button('Transcribe and summarise').click();
    await expect(told).toContainText(SAID, { timeout: WORK });
    await expect(told.getByRole('heading', { name: 'Summary' })).toBeVisible();
    await expect(told).toContainText('What left this desk: other, pocketsphinx: the sound');
    await testInfo.attach('transcribed', { body: await alice.page.screenshot(), contentType: 'image/png' });

    // What was done is still there when the page is loaded again.
    await alice.page.reload();
    await panel.getByRole('heading', { name: HEADING }).click();
    await expect(told).toContainText(SAID);
    await button('Discard').click();
    await expect(told).toBeHidden();

    await button('Record').click();
    // The fake microphone says it over and over; so much of it holds the sentence once.
    await expect(panel.getByText('0:15', { exact: true })).toBeVisible({ timeout: 30_000 });
    await button('Stop').click();
    await expect(panel.getByRole('status')).toContainText(/recording\.\w+ is ready/);
    await button('Transcribe and summarise').click();
    await expect(told).toContainText(SAID, { timeout: WORK });
  } finally {
    if (testInfo.status !== testInfo.expectedStatus) await alice.attachTo(testInfo);
    await alice.close();
    await close();
    await desk.stop();
    await recogniser.stop();
  }
});

test.describe('while it is recorded', () => {
  test('a microphone that goes away ends it, and what was recorded is kept', async ({ desk, alice }) => {
    const panel = await openPanel(desk, alice);
    await record(alice, panel);
    await unplugRecorded(alice.page);
    await expect(panel.getByRole('alert')).toHaveText('The microphone went away, and the recording ended there. What was recorded until then is kept.');
    await expectReady(alice, panel);
    await look(alice.page, { name: 'desk-microphone-gone' });
    await panel.getByRole('heading', { name: HEADING }).click();
    await expect(panel.getByText('Needs attention', { exact: true })).toBeVisible();
    await panel.getByRole('heading', { name: HEADING }).click();

    // A recorder that fails says the same of itself, and another recording can follow.
    await record(alice, panel);
    await expect(panel.getByRole('alert')).toBeHidden();
    await failRecorder(alice.page);
    await expect(panel.getByRole('alert')).toHaveText('The browser stopped recording by itself. What was recorded until then is kept.');
    await expectReady(alice, panel);
    expect(await isRecordedOpen(alice.page), 'the microphone is open').toBe(false);
  });

  test('what is discarded while it stops does not come back', async ({ desk, alice }) => {
    const panel = await openPanel(desk, alice);
    await record(alice, panel);
    await holdRecorders(alice.page);
    await alice.press('Stop');
    await alice.press('Discard');
    await finishRecorder(alice.page);
    await expect(alice.button('Discard')).toBeHidden();
    await expect(panel.getByRole('status')).toHaveText('');
    await expect(panel.getByRole('alert')).toBeHidden();
    await expect(alice.button('Transcribe and summarise')).toBeDisabled();
    expect(await isRecordedOpen(alice.page), 'the microphone is open').toBe(false);
  });

  test("it is the desk's microphone that is recorded, and any other when that is not there", async ({ desk, caller, alice }) => {
    const panel = await openPanel(desk, alice);
    await joinAsCaller(caller, desk);
    await answer(alice, caller);
    await alice.press('Devices');
    const microphones = alice.page.getByRole('combobox', { name: 'Microphone', exact: true });
    // Chromium's fake devices; the system's choice is another.
    await microphones.selectOption({ label: ANOTHER });
    await alice.page.keyboard.press('Escape');
    await alice.press('Hang up');
    await record(alice, panel);
    expect(await recordedDevice(alice.page)).toBe(ANOTHER);
    await panel.getByRole('button', { name: 'Discard', exact: true }).click();

    // As it was chosen yesterday, and is not plugged in today.
    await alice.page.evaluate(() => sessionStorage.setItem('baton-microphone', 'device:of-yesterday'));
    await alice.reload();
    await takeCalls(alice);
    await panel.getByRole('heading', { name: HEADING }).click();
    await record(alice, panel);
    expect(await recordedDevice(alice.page)).not.toBe(ANOTHER);
  });
});

async function openPanel(desk: Desk, agent: Party): Promise<Locator> {
  await watchRecorders(agent.page);
  await openDesk(agent, desk);
  const panel = agent.region(HEADING);
  await panel.getByRole('heading', { name: HEADING }).click();
  return panel;
}

/** Until a second of it is there. */
async function record(agent: Party, panel: Locator): Promise<void> {
  await agent.press('Record');
  // Any second after the first: a busy machine may show none for longer than it lasts.
  await expect(panel.getByText(/^0:(?!00)\d\d$/)).toBeVisible();
}

async function expectReady(agent: Party, panel: Locator): Promise<void> {
  await expect(panel.getByRole('status')).toContainText(/recording\.\w+ is ready, \d+ KB/);
  await expect(agent.button('Transcribe and summarise')).toBeEnabled();
  await expect(agent.button('Record')).toBeEnabled();
  await expect(agent.button('Stop')).toBeDisabled();
}
