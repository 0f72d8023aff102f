// A phone call takes the caller's microphone and gives it back. No browser can be made to do that, so the caller's browser
// tells its page what a phone's browser would.
import { talk } from '../fixtures/flows';
import type { Party } from '../fixtures/party';
import { expect, test } from '../fixtures/test';

test('an interrupted microphone is told to the agent, until it is back', async ({ desk, caller, alice }) => {
  await keepMicrophone(caller);
  await talk(desk, caller, alice);
  const told = alice.page.getByText('Carol\'s microphone is interrupted (another app or a phone call).', { exact: true });

  await say(caller, 'mute');
  await expect(told).toBeVisible();
  await expect(caller.page.getByText(/^Another app or a phone call has the microphone/)).toBeVisible();

  await say(caller, 'unmute');
  await expect(told).toBeHidden();
  await expect(caller.page.getByRole('meter', { name: 'Your level', exact: true })).toBeVisible();
});

declare global {
  interface Window {
    microphones: MediaStreamTrack[];
  }
}

/** Keeps what the page opens, for `say`. */
async function keepMicrophone(party: Party): Promise<void> {
  await party.page.addInitScript(() => {
    window.microphones = [];
    const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = async (constraints) => {
      const stream = await open(constraints);
      window.microphones.push(...stream.getAudioTracks());
      return stream;
    };
  });
}

async function say(party: Party, event: 'mute' | 'unmute'): Promise<void> {
  await party.page.evaluate((name) => window.microphones.forEach((track) => track.dispatchEvent(new Event(name))), event);
}
