// Many hand-offs, measured at the ears: `npm run bench`, with `BATON_BENCH_N` hand-offs per network (50).
import { appendFileSync, mkdirSync } from 'node:fs';
import { cpus } from 'node:os';
import type { Browser } from '@playwright/test';
import type { Desk } from '../fixtures/desk';
import * as flows from '../fixtures/flows';
import { heard, longestSilence } from '../fixtures/hearing';
import { Party } from '../fixtures/party';
import type { Conditions } from '../fixtures/proxy';
import { watchFor } from '../fixtures/sightings';
import { expect, test } from '../fixtures/test';
import type { Voice } from '../fixtures/voices';
import { Measures } from './measures';

const N = Number(process.env['BATON_BENCH_N'] ?? 50);
/** What a command does to the ear is over within this, with a round trip of 80 ms too. */
const AFTER = 1_000;

const NETWORKS: [string, Conditions | undefined][] = [
  ['loopback', undefined],
  ['80 ms round trip', { roundTripMs: 80 }],
];

interface Desks {
  desk: Desk;
  caller: Party;
  alice: Party;
  bob: Party;
}

for (const [name, network] of NETWORKS) {
  test.describe(name, () => {
    test.use({ deskSettings: { wrapUpSeconds: 1, ...(network && { network }) } });

    test(`${N} hand-offs`, async ({ desk, alice, bob, browsers }) => {
      const measures = new Measures();
      await Promise.all([flows.openDesk(alice, desk), flows.openDesk(bob, desk)]);
      let done = 0;
      try {
        for (; done < N; done++) await handOver(desk, browsers, alice, bob, measures);
      } finally {
        // A run that breaks off has measured something all the same; its title says how much.
        report(measures.table(`${name}, ${done} hand-offs, ${new Date().toISOString().slice(0, 10)}, ${cpus().length} × ${cpus()[0]?.model.trim()}`));
      }
    });
  });
}

/** One caller: consult, swap there and back, cancel; then consult, merge, complete. */
async function handOver(desk: Desk, browsers: Record<Voice, Browser>, alice: Party, bob: Party, measures: Measures): Promise<void> {
  alice.frames.length = 0;
  bob.frames.length = 0;
  const caller = await Party.open(browsers.caller, 'caller');
  const all = { desk, caller, alice, bob };
  for (const agent of [alice, bob]) await expect(flows.presence(agent, 'Available')).toBeChecked();
  await flows.joinAsCaller(caller, desk);
  await flows.answer(alice, caller);

  const first = await consult(all, measures);
  await silenceAt('swap to the caller', caller, measures, async () => {
    const clicked = await alice.press('Swap');
    measures.add('consult heard by the caller', consultHeard(caller, first, clicked));
    await caller.hears('alice', clicked);
    return clicked;
  });
  await silenceAt('swap back', caller, measures, async () => {
    const clicked = await alice.press('Swap');
    await alice.hears('bob', clicked);
    return clicked;
  });
  await silenceAt('cancel', caller, measures, async () => {
    const clicked = await alice.press('Cancel transfer');
    await caller.hears('alice', clicked);
    return clicked;
  });
  await expect(flows.presence(bob, 'Available')).toBeChecked();

  const second = await consult(all, measures);
  await silenceAt('merge', caller, measures, async () => {
    const clicked = await alice.press('Merge');
    measures.add('consult heard by the caller', consultHeard(caller, second, clicked));
    const bobHeard = await caller.hears('bob', clicked);
    const [aliceHeard, ...callerHeard] = await Promise.all([
      caller.hears('alice', clicked),
      alice.hears('caller', clicked),
      bob.hears('caller', clicked),
    ]);
    const agentsHeard = await Promise.all([alice.hears('bob', clicked), bob.hears('alice', clicked)]);
    const since = (...times: number[]) => Math.max(...times) - clicked;
    measures.add('merge clicked → target heard by the caller', since(bobHeard));
    measures.add('merge clicked → first agent heard by the caller again', since(aliceHeard));
    measures.add('merge clicked → both agents hear the caller', since(...callerHeard));
    measures.add('merge clicked → everybody hears everybody', since(bobHeard, aliceHeard, ...callerHeard, ...agentsHeard));
    return clicked;
  });
  await silenceAt('complete', caller, measures, async () => {
    const clicked = await alice.press('Complete transfer');
    await flows.expectStatus(caller, 'Call status', 'Talking to Bob');
    return clicked;
  });
  await caller.press('Leave call');
  await caller.close();
}

async function consult({ caller, alice, bob }: Desks, measures: Measures): Promise<{ accepted: number; since: number }> {
  const offer = await watchFor(bob.page, ['Incoming transfer', 'Briefing']);
  const started = await flows.startTransfer(alice);
  measures.add('transfer started → target’s screen rings, briefing on it', (await offer.seen()) - started);
  let consulting = { accepted: 0, consultingSince: 0 };
  await silenceAt('hold', caller, measures, async () => {
    consulting = await flows.accept(caller, alice, bob);
    return consulting.accepted;
  });
  return { accepted: consulting.accepted, since: consulting.consultingSince };
}

/** Bob must not be heard from the moment he accepts, Alice from the moment the consult is open. */
function consultHeard(caller: Party, { accepted, since }: { accepted: number; since: number }, until: number): number {
  return heard(caller.frames, 'bob', accepted, until) + heard(caller.frames, 'alice', since, until);
}

/** What the caller's ear lost while `act` was carried out. */
async function silenceAt(what: string, caller: Party, measures: Measures, act: () => Promise<number>): Promise<void> {
  const clicked = await act();
  const { to } = await caller.listen(AFTER);
  measures.add(`caller’s longest silence at ${what}`, longestSilence(caller.frames, clicked, to).ms);
}

function report(table: string): void {
  console.log(`\n${table}`);
  mkdirSync('test-results', { recursive: true });
  appendFileSync('test-results/handoff.md', `${table}\n`);
}
