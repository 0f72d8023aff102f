// Music from the server, for a caller who has no page to play it: a program with LiveKit's own client. The music is a tone, so
// that it can be told from everybody else and from the comfort message.
import { expectNoSilence, expectNotHeard } from '../fixtures/expectations';
import { expectStatus, openDesk, rings, startTransfer } from '../fixtures/flows';
import { fromOthers } from '../fixtures/hearing';
import { comeIn, SOUNDS } from '../fixtures/program';
import { expect, test } from '../fixtures/test';

/** The server fades for 400 ms, half a second after a microphone has opened at the latest. */
const FADED = 1_500;
const A_WHILE = 1_500;
const COMFORT_SECONDS = 10;

test.use({ deskSettings: { env: { BATON_SOUNDS: SOUNDS } } });

test('a program on hold hears music and is told that nobody has forgotten it', async ({ desk, alice, bob, browsers }) => {
  await desk.api('PATCH', '/api/v1/lines/support', { hold_music: 'music.ogg', comfort_every_seconds: COMFORT_SECONDS });
  await Promise.all([openDesk(alice, desk), openDesk(bob, desk)]);
  const began = Date.now();
  const program = await comeIn(desk, browsers.caller);

  await test.step('in the queue it rings', async () => {
    await expect.poll(() => fromOthers(program.frames, began, Date.now()), { timeout: 15_000 }).toBeGreaterThan(500);
  });

  await test.step('Alice is heard, and nothing else', async () => {
    const answered = await alice.press('Answer next');
    await program.hears('alice', answered);
    await expectStatus(alice, 'Call status', 'Talking to Carol');
    const { from, to } = await program.listen(A_WHILE);
    expectNotHeard(program, ['caller', 'bob'], from, to);
  });

  await test.step('on hold there is music, and in time a word', async () => {
    const held = await alice.press('Hold');
    await program.hears('caller', held, 2_000);
    const comforted = await program.hears('bob', held, COMFORT_SECONDS * 1_000 + 5_000);
    expect(comforted - held).toBeGreaterThan(COMFORT_SECONDS * 1_000);
    expectNotHeard(program, ['alice'], held + 500, comforted);
    // It makes room for the word, and comes back.
    const back = await program.hears('caller', comforted + A_WHILE);
    expectNoSilence(program, held, back);
  });

  await test.step('it ends when Alice is heard again, and not before', async () => {
    const retrieved = await alice.press('Retrieve');
    const heard = await program.hears('alice', retrieved);
    expectNoSilence(program, retrieved, heard);
    await program.listen(FADED);
    const { from, to } = await program.listen(A_WHILE);
    expectNotHeard(program, ['caller', 'bob'], from, to);
  });

  await test.step('it plays through the consult and ends under Bob’s first words', async () => {
    await startTransfer(alice);
    await rings(bob);
    const accepted = await bob.press('Accept');
    await Promise.all([alice.hears('bob', accepted), bob.hears('alice', accepted), program.hears('caller', accepted)]);
    const completed = await alice.press('Complete transfer');
    const heard = await program.hears('bob', completed);
    expectNoSilence(program, completed, heard);
    await expectStatus(alice, 'Transfer status', 'Bob has the call');
    await expectStatus(bob, 'Call status', 'Talking to Carol');
    await program.listen(FADED);
    const { from, to } = await program.listen(A_WHILE);
    expectNotHeard(program, ['caller', 'alice'], from, to);
  });

  await test.step('no agent has heard any of it, and at the end nobody is left', async () => {
    for (const agent of [alice, bob]) expectNotHeard(agent, ['caller'], began, Date.now());
    await bob.press('Hang up');
    await expect.poll(() => desk.livekit.rooms(), { timeout: 15_000 }).toEqual([]);
    const log = desk.logs().find(({ name }) => name === 'app.log')?.text ?? '';
    expect(log).not.toMatch(/broke off|panicked/);
  });
  await program.close();
});
