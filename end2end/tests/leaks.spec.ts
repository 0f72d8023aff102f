// While the agents consult, the caller's browser is given every chance to hear them. It hears 0 ms.
import { createRequire } from 'node:module';
import type { Browser } from '@playwright/test';
import { expectHeardThroughout, expectMusicOnly, expectNotHeard } from '../fixtures/expectations';
import { complete, consult, expectStatus, merge, reloadOnHold } from '../fixtures/flows';
import { Party } from '../fixtures/party';
import { expect, test } from '../fixtures/test';

const SDK = createRequire(import.meta.url).resolve('livekit-client');
const A_WHILE = 1_500;
/** Within this a client has resumed, or reconnected in full, and whatever it could receive has begun to flow. */
const RECONNECTED = 6_000;

test('whatever the caller’s connection goes through', async ({ desk, caller, alice, bob }) => {
  const { accepted, consultingSince } = await consult(desk, caller, alice, bob);

  const trials: [string, () => Promise<unknown>][] = [
    ['signalling breaks and resumes', () => caller.breakSignalling()],
    ['media break, and the client reconnects in full', () => breakMediaInSight(caller)],
    ['everything breaks while offline', () => offline(caller)],
  ];
  for (const [name, trial] of trials) {
    await test.step(name, async () => {
      await trial();
      const { from, to } = await caller.listen(RECONNECTED);
      expectMusicOnly(caller, from, to);
      await expectStatus(caller, 'Call status', 'On hold');
    });
  }
  await test.step('the page is reloaded, twice', async () => {
    for (let i = 0; i < 2; i++) {
      await reloadOnHold(caller);
      await caller.listen(A_WHILE);
    }
  });

  const merged = await merge(caller, alice, bob);
  expectNotHeard(caller, ['bob'], accepted, merged.clicked);
  expectNotHeard(caller, ['alice'], consultingSince, merged.clicked);
  await complete(caller, alice, bob);
});

test('whatever the agents’ connections go through', async ({ desk, caller, alice, bob }) => {
  test.setTimeout(180_000);
  const { accepted, consultingSince } = await consult(desk, caller, alice, bob);

  for (const [agent, other] of [[alice, bob], [bob, alice]] as const) {
    const trials: [string, () => Promise<unknown>][] = [
      ['signalling breaks and resumes', () => agent.breakSignalling()],
      ['media break, and every track is published again', () => agent.breakMedia()],
      ['the page is reloaded', () => agent.reload()],
    ];
    for (const [name, trial] of trials) {
      await test.step(`${agent.voice}: ${name}`, async () => {
        const began = Date.now();
        await trial();
        const { from, to } = await caller.listen(RECONNECTED);
        expectMusicOnly(caller, from, to);
        // Both are back in the consult, so there was something to leak.
        await Promise.all([agent.hears(other.voice, began + A_WHILE), other.hears(agent.voice, began + A_WHILE)]);
        expectNotHeard(agent, ['caller'], began, Date.now());
      });
    }
  }

  const merged = await merge(caller, alice, bob);
  expectNotHeard(caller, ['bob'], accepted, merged.clicked);
  expectNotHeard(caller, ['alice'], consultingSince, merged.clicked);
  const { done } = await complete(caller, alice, bob);
  const after = await caller.listen(A_WHILE);
  expectHeardThroughout(caller, ['bob'], Math.max(done, after.from), after.to);
});

test('a hostile client with the caller’s token, and a second way in', async ({ desk, caller, alice, bob, browsers }) => {
  const { accepted, consultingSince } = await consult(desk, caller, alice, bob);
  const addresses = await caller.signallingAddresses();
  expect(addresses.length).toBeGreaterThan(0);

  const hostile = await test.step('one that subscribes to everything it is told of', async () => {
    const party = await hostileClient(browsers.caller, desk.url);
    await connectHostile(party, addresses.at(-1)!);
    const { from, to } = await party.listen(RECONNECTED);
    expectNotHeard(party, ['alice', 'bob'], from, to);
    return party;
  });

  await test.step('the same link in the same browser', async () => {
    const second = await caller.anotherTab();
    await second.goto(await desk.joinUrl());
    const takeBack = second.page.getByRole('button', { name: /take it back here|Continue call|Join call/i }).first();
    if (await takeBack.isVisible()) await takeBack.click();
    const { from, to } = await second.listen(A_WHILE);
    expectNotHeard(second, ['alice', 'bob'], from, to);
    expectNotHeard(caller, ['alice', 'bob'], from, to);
    await second.page.close();
  });

  await test.step('the same link in another browser is another call', async () => {
    const stranger = await Party.open(browsers.caller, 'caller');
    await stranger.goto(await desk.joinUrl());
    await stranger.page.getByRole('textbox', { name: 'Your name', exact: true }).fill('Mallory');
    const joined = await stranger.press('Join call');
    await expectStatus(stranger, 'Call status', 'Waiting');
    await stranger.listen(A_WHILE);
    expectNotHeard(stranger, ['alice', 'bob'], joined, Date.now());
    await stranger.close();
  });

  await test.step('everybody in the consult goes on meanwhile', async () => {
    const { from, to } = await alice.listen(A_WHILE);
    expectHeardThroughout(alice, ['bob'], from, to);
    expectHeardThroughout(bob, ['alice'], from, to);
    expectNotHeard(hostile, ['alice', 'bob'], accepted, to);
    expectNotHeard(caller, ['alice', 'bob'], consultingSince, to);
  });
  await hostile.close();

  await test.step('and the caller’s page comes back to the call', async () => {
    await caller.reload();
    await expectStatus(caller, 'Call status', 'On hold');
    const merged = await merge(caller, alice, bob);
    expectNotHeard(caller, ['bob'], accepted, merged.clicked);
    expectNotHeard(caller, ['alice'], consultingSince, merged.clicked);
  });
});

/** Media break; the page says so for as long as it takes to connect anew, which is looked for from the start. */
async function breakMediaInSight(party: Party): Promise<void> {
  await Promise.all([expectStatus(party, 'Call status', 'Reconnecting'), party.breakMedia()]);
}

/** Offline for as long as a lift takes, with everything that was open broken. */
async function offline(party: Party): Promise<void> {
  await party.context.setOffline(true);
  await party.breakSignalling();
  await party.breakMedia();
  await party.listen(3_000);
  await party.context.setOffline(false);
}

/** A page of the same origin, with LiveKit's SDK and nothing of ours but the ears. */
async function hostileClient(browser: Browser, origin: string): Promise<Party> {
  const party = await Party.open(browser, 'caller');
  // A page that the server really sent: one that is made up here would count as public, and may not reach LiveKit on loopback.
  await party.page.goto(`${origin}/healthz`);
  await party.page.setContent('<!doctype html><button>Listen</button>');
  await party.page.addScriptTag({ path: SDK });
  await party.press('Listen');
  return party;
}

/** Joins with a token that was stolen from the caller's page, and subscribes to every track it hears of, again and again. */
async function connectHostile(party: Party, address: string): Promise<void> {
  const url = new URL(address);
  const token = url.searchParams.get('access_token');
  if (!token) throw new Error('the caller’s page sends no token in the address: steal it elsewhere');
  const server = `${url.origin}${url.pathname.replace(/\/rtc(\/v\d+)?\/?$/, '')}`;
  await party.page.evaluate(
    async ({ server, token }) => {
      interface Publication {
        setSubscribed(on: boolean): void;
        track?: { attach(): HTMLMediaElement };
      }
      interface Room {
        connect(url: string, token: string, options: object): Promise<void>;
        on(event: string, act: (track: { attach(): HTMLMediaElement }) => void): void;
        remoteParticipants: Map<string, { trackPublications: Map<string, Publication> }>;
      }
      const { LivekitClient } = window as unknown as { LivekitClient: { Room: new () => Room } };
      const room = new LivekitClient.Room();
      room.on('trackSubscribed', (track) => document.body.append(track.attach()));
      await room.connect(server, token, { autoSubscribe: true });
      setInterval(() => {
        for (const participant of room.remoteParticipants.values()) {
          for (const publication of participant.trackPublications.values()) publication.setSubscribed(true);
        }
      }, 200);
    },
    { server, token },
  );
}
