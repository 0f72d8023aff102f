// Nobody is set who turns speech into text, so each party's own browser does: their words, and only while somebody hears them.
import { giveRecogniser, listening, say, started } from '../fixtures/browser_speech';
import { accept, joinAsCaller, openDesk, rings, startTransfer } from '../fixtures/flows';
import type { Party } from '../fixtures/party';
import { expect, test } from '../fixtures/test';

test.use({
  deskSettings: { env: { BATON_DEMO_TRANSCRIBE: '1', BATON_TRANSCRIPTION: 'deepgram,browser', BATON_TRANSCRIPTION_LANGUAGE: 'en-GB' } },
});

test('what browsers recognise is the transcript, and nothing of a caller on hold', async ({ desk, caller, alice, bob }) => {
  await Promise.all([caller, alice, bob].map(giveRecogniser));
  await Promise.all([openDesk(alice, desk), openDesk(bob, desk), joinAsCaller(caller, desk)]);
  await expect(caller.page.getByText('Your browser writes down what you say.')).toBeVisible();
  expect(await listening(caller), 'while nobody hears the caller').toBe(0);
  await alice.press('Answer next');
  await recognises(caller);
  await recognises(alice);
  expect((await started(caller))[0]).toEqual({ language: 'en-GB', hasTrack: true });

  await say(caller, 'My router', false);
  await expect(lines(alice).getByText('My router', { exact: true })).toBeVisible();
  await say(caller, 'My router is offline.');
  await say(alice, 'Since when?');
  await expect(lines(alice).getByRole('listitem')).toHaveText([/Carol.*My router is offline\./, /Alice.*Since when\?/]);

  await alice.press('Mute');
  await expect.poll(() => listening(alice), 'a muted microphone').toBe(0);
  await alice.press('Unmute');
  await recognises(alice);

  await say(caller, 'And one more', false);
  await expect(lines(alice)).toContainText('And one more');
  await startTransfer(alice);
  await rings(bob);
  await accept(caller, alice, bob);
  await expect.poll(() => listening(caller), 'a caller on hold').toBe(0);
  await expect(lines(alice).locator('[data-interim]'), 'what was begun has ended').toHaveCount(0);
  await recognises(alice);
  await recognises(bob);
  await say(bob, 'Between you and me.');
  await expect(alice.page.getByText('Between you and me.')).toBeVisible();
  await expect(lines(alice)).not.toContainText('Between you and me');
  await expect(caller.page.getByText('Between you and me')).toHaveCount(0);

  await alice.press('Cancel transfer');
  await recognises(caller);
  await say(caller, 'Hello again.');
  await expect(lines(alice)).toContainText('Hello again.');
  await caller.press("Don't transcribe");
  await expect.poll(() => listening(caller), 'a caller who refused').toBe(0);
  await expect.poll(() => listening(alice), 'an agent whose caller refused').toBe(0);
});

async function recognises(party: Party): Promise<void> {
  await expect.poll(() => listening(party), `${party.voice} is recognised`).toBe(1);
}

function lines(agent: Party) {
  return agent.page.getByRole('log', { name: 'Lines', exact: true });
}
