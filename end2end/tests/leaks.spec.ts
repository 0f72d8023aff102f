// While the agents consult, the caller's browser is given every chance to hear them. It hears 0 ms.
import type { Browser } from '@playwright/test';
import type { Desk } from '../fixtures/desk';
import { expectHeardThroughout, expectMusicOnly, expectNotHeard, expectSoonSilenced } from '../fixtures/expectations';
import { complete, consult, expectStatus, merge, ON_ITS_WAY, openDesk, reloadOnHold, rings, startTransfer } from '../fixtures/flows';
import { Party } from '../fixtures/party';
import { bareClient, comeIn, SOUNDS } from '../fixtures/program';
import { expect, test } from '../fixtures/test';

const A_WHILE = 1_500;
/** Within this a client has resumed, or reconnected in full, and whatever it could receive has begun to flow. */
const RECONNECTED = 6_000;
/** Within this a microphone that is open against its seat is closed again: nothing reports it, and consults are looked at twice a second. */
const CLOSED_WITHIN = 1_500;
/** So that what is tried again falls between other looks than before. */
const OUT_OF_STEP = 170;
/** An identity like that of every leg, and of none. */
const STRANGER = '01890000-0000-7000-8000-000000000000';

test('whatever the caller’s connection goes through', async ({ desk, caller, alice, bob }) => {
  const { consultingSince } = await consult(desk, caller, alice, bob);

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
  expectNotHeard(caller, ['alice', 'bob'], consultingSince, merged.clicked);
  await complete(caller, alice, bob);
});

test('whatever the agents’ connections go through', async ({ desk, caller, alice, bob }) => {
  test.setTimeout(180_000);
  const { consultingSince } = await consult(desk, caller, alice, bob);

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
  expectNotHeard(caller, ['alice', 'bob'], consultingSince, merged.clicked);
  const { done } = await complete(caller, alice, bob);
  const after = await caller.listen(A_WHILE);
  expectHeardThroughout(caller, ['bob'], Math.max(done, after.from), after.to);
});

test('a hostile client with the caller’s token, and a second way in', async ({ desk, caller, alice, bob, browsers }) => {
  const { accepted, consultingSince } = await consult(desk, caller, alice, bob);
  const addresses = await caller.signallingAddresses();
  expect(addresses.length).toBeGreaterThan(0);

  const hostile = await test.step('one that subscribes to everything it is told of', async () => {
    const party = await bareClient(browsers.caller, desk.url);
    await connectHostile(party, ...wayIn(addresses.at(-1)!));
    const { from, to } = await party.listen(RECONNECTED);
    expectNotHeard(party, ['alice', 'bob'], from, to);
    return party;
  });

  await test.step('one of an identity that has no seat, in either room', async () => {
    const rooms = await desk.livekit.rooms();
    expect(rooms.map((room) => room.split('-')[0]).sort()).toEqual(['call', 'consult']);
    for (const room of rooms) await expectPutOut(desk, browsers.caller, room);
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
    expectNotHeard(caller, ['alice', 'bob'], consultingSince, merged.clicked);
  });
});

test.describe('an agent’s page that turns against its desk', () => {
  test.use({ deskSettings: { env: { BATON_SOUNDS: SOUNDS } } });

  // The caller is a program, which plays all that reaches it; a page of ours would play none of this.
  test('opens its microphone to the caller, and is closed at once and for good', async ({ desk, alice, bob, browsers }) => {
    await desk.api('PATCH', '/api/v1/lines/support', { hold_music: 'music.ogg' });
    await Promise.all([openDesk(alice, desk), openDesk(bob, desk)]);
    const program = await comeIn(desk, browsers.caller);
    await program.hears('alice', await alice.press('Answer next'));
    await startTransfer(alice);
    await rings(bob);
    const accepted = await bob.press('Accept');
    await Promise.all([alice.hears('bob', accepted), bob.hears('alice', accepted), program.hears('caller', accepted)]);

    for (const agent of [alice, bob]) {
      await test.step(`${agent.voice} is heard by the caller for a moment`, async () => {
        const closed = await openAgainstTheSeat(desk, agent, program);
        await Promise.all([alice.listen(A_WHILE), bob.listen(A_WHILE), program.listen(A_WHILE)]);
        expectHeardThroughout(alice, ['bob'], closed, closed + A_WHILE);
        expectHeardThroughout(bob, ['alice'], closed, closed + A_WHILE);
        expectNotHeard(program, ['alice', 'bob'], closed, closed + A_WHILE);
        await expectStatus(alice, 'Transfer status', 'Consulting Bob');
      });
    }

    await test.step('and the call goes on as ever', async () => {
      const merged = await alice.press('Merge');
      await Promise.all([program.hears('alice', merged), program.hears('bob', merged)]);
      const completed = await alice.press('Complete transfer');
      await expectStatus(alice, 'Transfer status', 'Bob has the call');
      await program.hears('bob', completed);
    });
  });
});

/** Says from when on the caller hears nothing of it any more. A look may come before the caller has heard a thing: then once more. */
async function openAgainstTheSeat(desk: Desk, agent: Party, caller: Party): Promise<number> {
  const seat = claimOf((await agent.signallingAddresses()).filter((address) => claimOf(address).room.startsWith('call-')).at(-1)!);
  const own = async () => {
    const participants = await desk.livekit.participants(seat.room);
    return participants.find(({ identity }) => identity === seat.identity)?.tracks ?? [];
  };
  const [track] = await own();
  expect(track?.muted, 'the microphone stands by, closed').toBe(true);
  for (let attempt = 0; attempt < 5; attempt++) {
    const opened = await agent.openMicrophone(seat.room, track!.sid);
    const { to } = await caller.listen(CLOSED_WITHIN + A_WHILE + OUT_OF_STEP);
    const ms = expectSoonSilenced(caller, agent.voice, opened, CLOSED_WITHIN, to);
    expect(await own(), 'the microphone is closed at the server').toEqual([{ sid: track!.sid, muted: true }]);
    if (ms > 0) return to;
  }
  throw new Error(`${agent.voice} was never heard by the caller: nothing was tried`);
}

/** What the token in a signalling address lets its bearer be. */
function claimOf(address: string): { room: string; identity: string } {
  const token = new URL(address).searchParams.get('access_token') ?? '';
  const claim = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { sub: string; video: { room: string } };
  return { room: claim.video.room, identity: claim.sub };
}

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

/**
 * Joins as somebody the desk does not know, with a token that only LiveKit's key makes. LiveKit reports a participant when their
 * media flow, so in a room with voices up to 120 ms were heard by then; of the call's room nothing, and once put out nothing.
 */
async function expectPutOut(desk: Desk, browser: Browser, room: string): Promise<void> {
  const party = await bareClient(browser, desk.url);
  const began = Date.now();
  const token = desk.livekit.token({ roomJoin: true, room, canSubscribe: true }, STRANGER);
  // Not waited for: put out before it is connected, it tries for 15 s more.
  const connecting = connectHostile(party, desk.livekit.url, token).catch(() => undefined);
  await expect.poll(() => putOut(desk, room), { message: `the desk puts ${STRANGER} out of ${room}` }).toBe(true);
  const there = async () => (await desk.livekit.participants(room)).map(({ identity }) => identity);
  await expect.poll(there, { message: `who is in ${room}` }).not.toContain(STRANGER);
  const out = Date.now() + ON_ITS_WAY;
  const { to } = await party.listen(A_WHILE);
  expectNotHeard(party, ['alice', 'bob'], room.startsWith('call-') ? began : out, to);
  await party.close();
  await connecting;
}

/** It was let in and put out, and not refused: nobody would have been tried. */
function putOut(desk: Desk, room: string): boolean {
  return desk.logs().some(({ text }) => text.split('\n').some((line) => line.includes(`${room}: removed`) && line.includes(STRANGER)));
}

/** LiveKit's address and the token in what a page has called it by. */
function wayIn(address: string): [string, string] {
  const url = new URL(address);
  const token = url.searchParams.get('access_token');
  if (!token) throw new Error('the caller’s page sends no token in the address: steal it elsewhere');
  return [`${url.origin}${url.pathname.replace(/\/rtc(\/v\d+)?\/?$/, '')}`, token];
}

/** Joins with a token that was stolen, and subscribes to every track it hears of, again and again. */
async function connectHostile(party: Party, server: string, token: string): Promise<void> {
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
