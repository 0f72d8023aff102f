// A recording that an agent has as a file, or makes at the desk: sent to a real recogniser behind OpenAI's interface, and read
// on the desk with its summary.
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Desk, DESK_SETTINGS } from '../fixtures/desk';
import { openDesk } from '../fixtures/flows';
import { launch, Party } from '../fixtures/party';
import { Recogniser, SPEECH } from '../fixtures/recogniser';
import { expect, test } from '../fixtures/test';

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
    const panel = alice.page.getByRole('region', { name: 'Transcribe a recording', exact: true });
    const button = (name: string) => panel.getByRole('button', { name, exact: true });
    const told = panel.getByRole('group', { name: 'Summary and transcript', exact: true });
    await panel.getByRole('heading', { name: 'Transcribe a recording' }).click();
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
    await panel.getByRole('heading', { name: 'Transcribe a recording' }).click();
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
