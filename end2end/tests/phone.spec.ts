// A colleague on a phone, whom the server plays: consulted in private, merged and handed over to, without ever leaving the room
// that the phone was called into. Its voice is recorded speech, which no tone tells apart: it is heard alone where nobody else
// may be.
import { expectNobodyHeard, expectNotHeard } from '../fixtures/expectations';
import { expectBackWithAlice, expectStatus, startTransfer, talk } from '../fixtures/flows';
import { fromOthers } from '../fixtures/hearing';
import type { Party } from '../fixtures/party';
import type { Desk } from '../fixtures/desk';
import { expect, test } from '../fixtures/test';

const DANA = 'Dana';
/** Enough to be words, and not a click at a beginning. */
const WORDS = 1_000;
/** The phone's longest pause and a sentence, with time to spare. */
const A_SENTENCE = 15_000;
/** What is under way when a button is clicked still arrives. */
const SETTLED = 700;

test.use({ deskSettings: { wrapUpSeconds: 60 } });

test('a phone is consulted, merged and handed over to where it is', async ({ desk, caller, alice }) => {
  await test.step('the phone is answered, and the caller hears nothing of it', async () => {
    await consultPhone(desk, caller, alice);
    const private_ = (await alice.listen(SETTLED)).to;
    await hearsWords(alice, private_);
    expectNobodyHeard(caller, private_, Date.now());
    expectNotHeard(alice, ['caller'], private_, Date.now());
  });

  await test.step('merged, all hear each other', async () => {
    const merged = await alice.press('Merge');
    await Promise.all([caller.hears('alice', merged), alice.hears('caller', merged)]);
    await expectStatus(alice, 'Transfer status', 'All three talking');
    await alice.press('Mute');
    const muted = (await caller.listen(SETTLED)).to;
    await hearsWords(caller, muted);
    expectNotHeard(caller, ['alice'], muted, Date.now());
    await alice.press('Unmute');
  });

  await test.step('completed, the caller goes on with the phone alone', async () => {
    await alice.press('Complete transfer');
    await expectStatus(alice, 'Transfer status', `${DANA} has the call`);
    await expectStatus(caller, 'Call status', `Talking to ${DANA}`);
    const alone = (await caller.listen(SETTLED)).to;
    await hearsWords(caller, alone);
    expectNotHeard(caller, ['alice'], alone, Date.now());
  });

  await test.step('after the hang-up nothing is left', async () => {
    await caller.press('Leave call');
    await expect.poll(() => desk.livekit.rooms(), { timeout: 15_000 }).toEqual([]);
    const log = desk.logs().find(({ name }) => name === 'app.log')?.text ?? '';
    expect(log).not.toMatch(/broke off|panicked/);
  });
});

test('handed over at once, caller and phone hear each other before Alice is out', async ({ desk, caller, alice }) => {
  await consultPhone(desk, caller, alice);
  await alice.press('Complete transfer');
  await expectStatus(caller, 'Call status', `Talking to ${DANA}`);
  await hearsWords(caller, Date.now());
});

test('cancelled, the phone is out of the call and Alice has the caller', async ({ desk, caller, alice }) => {
  await consultPhone(desk, caller, alice);
  const merged = await alice.press('Merge');
  await alice.hears('caller', merged);
  const cancelled = await alice.press('Cancel transfer');
  await expectBackWithAlice(caller, alice, cancelled);
  await expect.poll(() => desk.livekit.rooms(), { timeout: 15_000 }).toHaveLength(1);
});

async function consultPhone(desk: Desk, caller: Party, alice: Party): Promise<void> {
  await talk(desk, caller, alice);
  await startTransfer(alice, { target: DANA });
  await expectStatus(alice, 'Transfer status', `Consulting ${DANA}`);
  await expectStatus(caller, 'Call status', 'On hold');
}

/** Waits until so much was heard of somebody since then. */
async function hearsWords(party: Party, since: number): Promise<void> {
  const heard = () => fromOthers(party.frames, since, Date.now());
  await expect
    .poll(heard, { timeout: A_SENTENCE, intervals: [100], message: `${party.voice} hears somebody talk` })
    .toBeGreaterThan(WORDS);
}
