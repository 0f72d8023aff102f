// What the caller really says, heard by the server's own participant, understood by a real recogniser behind OpenAI's
// interface, and read by the agents.
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Desk, DESK_SETTINGS } from '../fixtures/desk';
import { joinAsCaller, openDesk, rings, startTransfer } from '../fixtures/flows';
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
    await alice.press('Answer next');
    await expect(lines(alice)).toContainText(SAID, { timeout: ONE_UTTERANCE });
    await expect(lines(alice)).toContainText(SAID_LATER, { timeout: ONE_UTTERANCE });

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

function lines(agent: Party) {
  return agent.page.getByRole('log', { name: 'Lines', exact: true });
}
