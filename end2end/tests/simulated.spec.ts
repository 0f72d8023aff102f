// A caller whom the server plays, so that a hand-off can be tried with two desks alone. No browser is theirs: what is heard
// of them was sent by the server itself, as recorded speech, which no tone tells apart.
import { expectNobodyHeard, expectNotHeard } from '../fixtures/expectations';
import { expectStatus, openDesk, rings, startTransfer } from '../fixtures/flows';
import { fromOthers } from '../fixtures/hearing';
import { Party } from '../fixtures/party';
import { expect, test } from '../fixtures/test';

const NAME = 'Carol (simulated)';
/** Enough to be words, and not a click at a beginning. */
const WORDS = 1_000;
/** The longest pause of the script, and the line before it, with time to spare. */
const ONE_TURN = 30_000;
/** What is under way when a button is clicked still arrives. */
const SETTLED = 700;

test('a simulated caller talks, waits on hold, and is handed over like anybody', async ({ desk, alice, bob, browsers }) => {
  const first = await Party.open(browsers.caller, 'caller');
  await first.goto(desk.url);
  await Promise.all([openDesk(alice, desk), openDesk(bob, desk)]);

  await test.step('the first page lets one call', async () => {
    await first.press('Simulate a caller');
    const told = first.page.getByRole('status', { name: 'Simulated caller', exact: true });
    await expect(told).toHaveText(`${NAME} is in the queue. Open the desk as Alice and press Answer next.`);
    await expect(first.page.getByRole('checkbox', { name: 'A caller joined', exact: true })).toBeChecked();
  });

  await test.step('Alice answers, hears them, and reads what they say', async () => {
    const answered = await alice.press('Answer next');
    await expectStatus(alice, 'Call status', `Talking to ${NAME}`);
    await hearsWords(alice, answered);
    await expect(lines(alice)).toContainText('Hi, my name is Carol Jensen.');
  });

  await test.step('on hold they are quiet', async () => {
    await alice.press('Hold');
    await expectStatus(alice, 'Call status', 'On hold');
    await alice.listen(SETTLED);
    const held = await alice.listen(2 * WORDS);
    expectNobodyHeard(alice, held.from, held.to);
    await hearsWords(alice, await alice.press('Retrieve'));
  });

  await test.step('Bob is consulted, brought in, and takes over', async () => {
    await startTransfer(alice);
    await rings(bob);
    const accepted = await bob.press('Accept');
    await Promise.all([alice.hears('bob', accepted), bob.hears('alice', accepted)]);
    const merged = await alice.press('Merge');
    await expectStatus(alice, 'Transfer status', 'All three talking');
    await Promise.all([alice.hears('bob', merged), bob.hears('alice', merged)]);
    await alice.press('Complete transfer');
    await expectStatus(alice, 'Transfer status', 'Bob has the call');
    await expectStatus(bob, 'Call status', `Talking to ${NAME}`);
    const alone = (await bob.listen(SETTLED)).to;
    await hearsWords(bob, alone);
    expectNotHeard(bob, ['alice'], alone, Date.now());
    await expect(lines(bob)).toContainText('My customer number is 482137.', { timeout: ONE_TURN });
  });

  await test.step('after the hang-up nothing is left', async () => {
    await bob.press('Hang up');
    await expect.poll(() => desk.livekit.rooms(), { timeout: 15_000 }).toEqual([]);
    const { calls } = await desk.api<{ calls: { state: string }[] }>('GET', '/api/v1/calls');
    expect(calls.map(({ state }) => state)).toEqual(['ended']);
    const log = desk.logs().find(({ name }) => name === 'app.log')?.text ?? '';
    expect(log).not.toMatch(/broke off|panicked/);
  });
  await first.close();
});

test('a simulated caller goes on with their lines after the server is killed', async ({ desk, alice }) => {
  await openDesk(alice, desk);
  await desk.api('POST', '/api/v1/demo/callers');
  const answered = await alice.press('Answer next');
  await expect(lines(alice)).toContainText('Hi, my name is Carol Jensen.', { timeout: ONE_TURN });
  await hearsWords(alice, answered);

  await desk.killApp();
  await desk.startApp();
  await expect(lines(alice)).toContainText('My customer number is 482137.', { timeout: ONE_TURN });
  await hearsWords(alice, Date.now());
  await expect(lines(alice).getByText('Hi, my name is Carol Jensen.')).toHaveCount(1);
});

function lines(agent: Party) {
  return agent.page.getByRole('log', { name: 'Lines', exact: true });
}

/** Waits until so much was heard of somebody since then. */
async function hearsWords(agent: Party, since: number): Promise<void> {
  const heard = () => fromOthers(agent.frames, since, Date.now());
  await expect
    .poll(heard, { timeout: ONE_TURN, intervals: [100], message: `${agent.voice} hears somebody talk` })
    .toBeGreaterThan(WORDS);
}
