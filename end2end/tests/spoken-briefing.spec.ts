// A briefing read aloud in the consult: Bob hears it, and nobody else does. The voice is a tone that nobody else has there.
import { Desk, DESK_SETTINGS } from '../fixtures/desk';
import { expectHeardThroughout, expectNotHeard } from '../fixtures/expectations';
import { complete, consult, merge } from '../fixtures/flows';
import { Party } from '../fixtures/party';
import { expect, test } from '../fixtures/test';
import { VoiceProvider } from '../fixtures/voice_provider';

const A_WHILE = 1_500;
/** What is under way when a button is clicked still arrives. */
const SETTLED = 700;

test('Bob alone hears the briefing, as long as he likes', async ({ browsers }, testInfo) => {
  const provider = await VoiceProvider.start();
  const desk = await Desk.start({ ...DESK_SETTINGS, env: { BATON_VOICE_BASE_URL: provider.url } });
  const [caller, alice, bob] = await Promise.all([
    Party.open(browsers.caller, 'caller'),
    Party.open(browsers.alice, 'alice'),
    Party.open(browsers.bob, 'bob'),
  ]);
  const status = bob.page.getByRole('status', { name: 'Spoken briefing', exact: true });
  try {
    const { consultingSince } = await consult(desk, caller, alice, bob);
    await expect(alice.button('Speak briefing')).toHaveCount(0);

    await test.step('it begins while the rest is still being made', async () => {
      const pressed = await bob.press('Speak briefing');
      await bob.hears('caller', pressed, 3_000);
      await expect(status).toHaveText('The briefing is read to you alone');
      const { from, to } = await bob.listen(A_WHILE);
      expectHeardThroughout(bob, ['caller', 'alice'], from, to);
      expect(provider.asked).toHaveLength(1);
      expect(provider.asked[0]).toMatchObject({ response_format: 'opus' });
    });

    await test.step('it stops when he has heard enough, and is not begun again', async () => {
      await bob.press('Stop speaking');
      await expect(status).toHaveText('You stopped the briefing');
      await bob.listen(SETTLED);
      const { from, to } = await bob.listen(A_WHILE);
      expectNotHeard(bob, ['caller'], from, to);
      await expect(bob.button('Speak briefing')).toHaveCount(0);
    });

    await test.step('nobody else has heard it', () => {
      const now = Date.now();
      expectNotHeard(alice, ['caller'], consultingSince, now);
      expectNotHeard(caller, ['caller', 'alice', 'bob'], consultingSince, now);
    });

    await merge(caller, alice, bob);
    await complete(caller, alice, bob);
    const { calls } = await desk.api<{ calls: { id: string }[] }>('GET', '/api/v1/calls');
    const timeline = `/api/v1/calls/${calls[0]!.id}/timeline`;
    const { entries } = await desk.api<{ entries: { type: string; detail: string | null }[] }>('GET', timeline);
    const sent = entries.filter(({ type }) => type === 'text_sent_to_model');
    expect(sent.map(({ detail }) => detail)).toEqual([expect.stringMatching(/^other, tts-1: \d+ lines/)]);
  } finally {
    for (const party of [caller, alice, bob]) {
      if (testInfo.status !== testInfo.expectedStatus) await party.attachTo(testInfo);
      await party.close();
    }
    await desk.stop();
    provider.stop();
  }
});
