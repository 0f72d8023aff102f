// What the caller really says, heard by the server's own participant, understood by a real recogniser behind OpenAI's
// interface, and read by the caller and the agents; what one does with the lines; and what is said of them while they are late.
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Desk, DESK_SETTINGS } from '../fixtures/desk';
import { joinAsCaller, openDesk, rings, startTransfer } from '../fixtures/flows';
import { look } from '../fixtures/looks';
import { launch, Party } from '../fixtures/party';
import { Recogniser, SPEECH } from '../fixtures/recogniser';
import { expect, test } from '../fixtures/test';

/** An utterance ends after a pause, and goes to the recogniser then. */
const ONE_UTTERANCE = 30_000;
const SAID = /router is offline/;
const SAID_LATER = /invoice is wrong/;

const python = Recogniser.python();

test('the caller’s words are on the desk, in their captions, and in Bob’s briefing', async ({ browsers }, testInfo) => {
  test.skip(!python, 'the recogniser needs Python 3 with venv');
  const recogniser = await Recogniser.start(python ?? '', join(tmpdir(), `recogniser-${testInfo.workerIndex}.log`));
  const desk = await Desk.start({
    ...DESK_SETTINGS,
    env: { BATON_DEMO_TRANSCRIBE: '1', BATON_TRANSCRIPTION: 'other', BATON_TRANSCRIPTION_BASE_URL: recogniser.url, BATON_TRANSCRIPTION_MODEL: 'pocketsphinx' },
  });
  const { browser, close } = await launch('caller', 'granted', SPEECH);
  const [caller, alice, bob] = await Promise.all([
    Party.open(browser, 'caller'),
    Party.open(browsers.alice, 'alice'),
    Party.open(browsers.bob, 'bob'),
  ]);
  try {
    await Promise.all([openDesk(alice, desk), openDesk(bob, desk), joinAsCaller(caller, desk)]);
    await caller.press('Captions');
    await expect(captions(caller)).toContainText('There are no captions in this call just now.');
    await alice.press('Answer next');
    await Promise.all([
      expect(lines(alice)).toContainText(SAID, { timeout: ONE_UTTERANCE }),
      expect(captions(caller)).toContainText(SAID, { timeout: ONE_UTTERANCE }),
    ]);
    await expect(lines(alice)).toContainText(SAID_LATER, { timeout: ONE_UTTERANCE });
    await test.step('a recogniser that does not answer makes captions late, and they catch up', () => late(recogniser, caller, alice));
    await test.step('a word is found, and the lines are taken along', () => use(alice));

    await startTransfer(alice);
    await rings(bob);
    await expect(bob.page.getByRole('region', { name: 'Briefing', exact: true })).toContainText(/invoice|router/);
    await expect(lines(bob)).toContainText(SAID);
    await bob.press('Decline');
  } finally {
    for (const party of [caller, alice, bob]) {
      if (testInfo.status !== testInfo.expectedStatus) await party.attachTo(testInfo);
      await party.close();
    }
    await close();
    await desk.stop();
    await recogniser.stop();
  }
});

async function late(recogniser: Recogniser, caller: Party, alice: Party): Promise<void> {
  const notice = alice.region('Transcript').getByText('Captions are delayed', { exact: true });
  const hint = captions(caller).getByText('Captions are delayed.', { exact: true });
  await expect(notice).toBeHidden();
  await expect(hint).toBeHidden();
  const heading = alice.region('Transcript').locator('header');
  const height = await heading.evaluate((it) => it.clientHeight);
  recogniser.pause();
  await Promise.all([expect(notice).toBeVisible({ timeout: ONE_UTTERANCE }), expect(hint).toBeVisible({ timeout: ONE_UTTERANCE })]);
  expect(await heading.evaluate((it) => it.clientHeight), 'the heading stays one row high').toBe(height);
  await expect(alice.button('Play a sample conversation')).toBeVisible();
  await Promise.all([look(alice.page, { name: 'desk-captions-delayed' }), look(caller.page, { name: 'call-captions-delayed' })]);
  recogniser.resume();
  await Promise.all([expect(notice).toBeHidden({ timeout: ONE_UTTERANCE }), expect(hint).toBeHidden({ timeout: ONE_UTTERANCE })]);
}

async function use(alice: Party): Promise<void> {
  const search = alice.region('Transcript').getByRole('search');
  const field = search.getByRole('searchbox', { name: 'Search the transcript', exact: true });
  await field.fill('modem');
  await expect(search.getByRole('status')).toHaveText('0 lines');
  await expect(lines(alice).getByRole('listitem')).toHaveCount(0);
  await field.fill('ROUTER');
  await expect(search.getByRole('status')).toHaveText(/^[1-9]\d* lines?$/);
  await expect(lines(alice).locator('mark').first()).toHaveText('router');
  await expect(lines(alice).getByRole('listitem').filter({ hasNotText: 'router' }), 'lines without the word').toHaveCount(0);
  await alice.page.keyboard.press('Escape');
  await expect(lines(alice)).toContainText(SAID_LATER);
  await expect(search.getByRole('status')).toBeEmpty();

  await alice.press('Export');
  for (const [label, ending] of [['Text (.txt)', 'txt'], ['Captions (.vtt)', 'vtt'], ['Data (.json)', 'json']] as const) {
    const coming = alice.page.waitForEvent('download');
    await alice.page.getByRole('link', { name: label, exact: true }).click();
    const download = await coming;
    expect(download.suggestedFilename()).toMatch(new RegExp(`^call-.+\\.${ending}$`));
    expect(await readFile(await download.path(), 'utf8')).toMatch(SAID);
  }
  await alice.page.keyboard.press('Escape');
}

function captions(caller: Party) {
  return caller.page.getByRole('log', { name: 'Captions', exact: true });
}

function lines(agent: Party) {
  return agent.page.getByRole('log', { name: 'Lines', exact: true });
}
