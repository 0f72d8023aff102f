// Every page as it is delivered, security policy included, in every state that a person may come upon.
import type { Browser } from '@playwright/test';
import type { Desk } from '../fixtures/desk';
import { expectStatus, joinAsCaller, openDesk, rings, startTransfer, takeCalls } from '../fixtures/flows';
import { look } from '../fixtures/looks';
import { launch, Party } from '../fixtures/party';
import { expect, test as base } from '../fixtures/test';
import { VOICES, type Voice } from '../fixtures/voices';

const test = base.extend<{ people: Record<Voice, Party> }>({
  people: async ({ desk: _desk, browsers }, use) => {
    const opened = await Promise.all(VOICES.map((voice) => Party.openWithoutEars(browsers[voice], voice)));
    const people = Object.fromEntries(VOICES.map((voice, i) => [voice, opened[i]!])) as Record<Voice, Party>;
    await use(people);
    for (const person of opened) expect.soft(person.consoleErrors, `errors on ${person.voice}’s page`).toEqual([]);
    await Promise.all(opened.map((person) => person.close()));
  },
});

test('the first page leads to three tabs', async ({ desk, people }) => {
  const { caller } = people;
  await caller.goto(desk.url);
  for (const name of ['Open the desk as Alice', 'Open the desk as Bob', 'Call as a customer']) {
    await expect(caller.page.getByRole('link', { name, exact: true })).toBeVisible();
  }
  await expect(caller.page.getByRole('heading', { level: 1 })).toHaveCount(1);
  await look(caller.page, { name: 'first-page', picture: 'desktop-dark' });
});

test.describe('with time to look', () => {
  // Looking takes seconds; the wrap-up must not end by itself under our eyes.
  test.use({ deskSettings: { wrapUpSeconds: 300 } });
  test('a whole hand-off, looked at from all three sides', async ({ desk, people }) => lookAtAHandOff(desk, people));
});

async function lookAtAHandOff(desk: Desk, people: Record<Voice, Party>): Promise<void> {
  // Every screen is looked at in four ways, which takes longer than the hand-off itself.
  test.slow();
  test.setTimeout(420_000);
  const { caller, alice, bob } = people;

  await Promise.all([openDesk(alice, desk), openDesk(bob, desk)]);
  await look(alice.page, { name: 'desk-idle' });

  await caller.goto(await desk.joinUrl());
  await look(caller.page, { name: 'join' });
  await joinAsCaller(caller, desk);
  await look(caller.page, { name: 'caller-waiting' });
  await expect(alice.region('Queue').getByRole('button', { name: 'Answer Carol', exact: true })).toBeVisible();
  await look(alice.page, { name: 'desk-queue' });

  await alice.press('Answer Carol');
  await expectStatus(caller, 'Call status', 'Talking to Alice');
  await look(caller.page, { name: 'caller-talking' });
  await playSample(alice);
  await look(alice.page, { name: 'desk-call', picture: 'desktop-light' });

  await alice.press('Transfer');
  await expect(alice.page.getByRole('dialog', { name: 'Transfer call', exact: true })).toBeVisible();
  await look(alice.page, { name: 'desk-transfer-dialog' });
  await alice.press('Close');
  await startTransfer(alice);
  await rings(bob);
  await look(bob.page, { name: 'desk-incoming-transfer', picture: 'desktop-light' });

  await bob.press('Accept');
  await expectStatus(alice, 'Transfer status', 'Consulting Bob');
  await expectStatus(caller, 'Call status', 'On hold');
  await expect(caller.page.getByText(/Nobody can hear you/)).toBeVisible();
  await look(caller.page, { name: 'caller-on-hold', picture: 'phone-dark' });
  await look(alice.page, { name: 'desk-consult', picture: 'desktop-light' });
  await expect(alice.region('Who hears whom').getByRole('row', { name: 'Alice hears Bob', exact: true })).toBeAttached();
  await look(bob.page, { name: 'desk-consult-target' });

  await alice.press('Merge');
  await expectStatus(alice, 'Transfer status', 'All three talking');
  await look(alice.page, { name: 'desk-conference' });
  await alice.press('Complete transfer');
  await expectStatus(bob, 'Call status', 'Talking to Carol');
  await look(alice.page, { name: 'desk-wrap-up' });
  await look(bob.page, { name: 'desk-after-transfer', picture: 'desktop-dark' });

  await caller.press('Leave call');
  await expectStatus(caller, 'Call status', 'Call ended');
  await look(caller.page, { name: 'caller-ended' });
}

test('the desk by keyboard alone', async ({ desk, people }) => {
  const { caller, alice } = people;
  await Promise.all([openDesk(alice, desk), joinAsCaller(caller, desk)]);
  await tabTo(alice, 'Answer next');
  await alice.page.keyboard.press('Enter');
  await expectStatus(alice, 'Call status', 'Talking to Carol');
  await tabTo(alice, 'Transfer');
  await alice.page.keyboard.press('Enter');
  const dialog = alice.page.getByRole('dialog', { name: 'Transfer call', exact: true });
  await expect(dialog).toBeVisible();
  await alice.page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(alice.button('Transfer')).toBeFocused();
});

test('a dead link says so, and where to go', async ({ desk, people }) => {
  const { caller } = people;
  const response = await caller.page.goto(`${desk.url}/join/no-such-code`);
  expect(response?.status()).toBeLessThan(500);
  await caller.ready();
  await expect(caller.button('Join call')).toHaveCount(0);
  await expect(caller.page.getByRole('heading', { level: 1 })).toBeVisible();
  await look(caller.page, { name: 'join-dead-link' });
  // The browser itself notes an answer of 404; that is no error of the page.
  caller.consoleErrors.splice(0);
});

test('a closed line says so, and opens again', async ({ desk, people }) => {
  const { caller } = people;
  await desk.changeLine({ open: false });
  await caller.goto(await desk.joinUrl());
  await expect(caller.page.getByRole('heading', { level: 1, name: / is closed$/ })).toBeVisible();
  await expect(caller.button('Join call')).toHaveCount(0);
  await look(caller.page, { name: 'line-closed' });
  await desk.changeLine({ open: true });
  await caller.page.getByRole('link', { name: 'Try again', exact: true }).click();
  await expect(caller.button('Join call')).toBeVisible();
});

test('a full line says so, and lets the next one in by itself', async ({ desk, people }) => {
  const { caller, bob: next } = people;
  await desk.changeLine({ capacity: 1 });
  await joinAsCaller(caller, desk);
  await next.goto(await desk.joinUrl());
  await expect(next.page.getByRole('heading', { level: 1, name: 'All places in line are taken', exact: true })).toBeVisible();
  await expect(next.page.getByRole('timer')).toBeVisible();
  await look(next.page, { name: 'line-full' });
  await caller.press('Leave call');
  await expectStatus(caller, 'Call status', 'Call ended');
  // The page tries again every 15 seconds.
  await expect(next.button('Join call')).toBeVisible({ timeout: 30_000 });
});

test('of a caller’s two tabs one has the call, and the other may take it back', async ({ desk, people }) => {
  const { caller: first } = people;
  await joinAsCaller(first, desk);
  const second = await first.anotherTab();
  await second.goto(await desk.joinUrl());
  await expectElsewhere(second);
  await look(second.page, { name: 'caller-other-tab' });
  await expectStatus(first, 'Call status', 'Waiting');
  await second.press('Take it back here');
  await expectStatus(second, 'Call status', 'Waiting');
  await expectElsewhere(first);
  await first.press('Take it back here');
  await expectStatus(first, 'Call status', 'Waiting');
  await expectElsewhere(second);
  expect.soft(second.consoleErrors, 'errors in the second tab').toEqual([]);
});

test('the API’s reference can be browsed', async ({ desk, people }) => {
  // It is by far the longest page, and axe reads all of it four times.
  test.slow();
  const { alice } = people;
  await alice.page.goto(`${desk.url}/docs`);
  await expect(alice.page.getByText('/api/v1/lines/{id}', { exact: true }).first()).toBeVisible();
  // With a call of it half made, everything that the page can show is there.
  const operation = alice.page.locator('#operations-Calls-answer_call');
  await operation.getByRole('button', { name: /^POST/ }).click();
  await operation.getByRole('button', { name: 'Try it out', exact: true }).click();
  await expect(operation.getByRole('textbox', { name: 'id', exact: true })).toBeEditable();
  await look(alice.page, { name: 'docs' });
});

test.describe('open to the network', () => {
  const CODE = 'open sesame';
  test.use({ deskSettings: { env: { BATON_DEMO_CODE: CODE } } });

  test('the desk asks for the code that was printed, and takes no other', async ({ desk, people }) => {
    const { alice } = people;
    const code = alice.page.getByRole('textbox', { name: 'Code', exact: true });
    await alice.goto(`${desk.url}/desk/alice`);
    await expect(alice.page.getByRole('heading', { level: 1, name: 'Which code was printed at start?', exact: true })).toBeVisible();
    await look(alice.page, { name: 'desk-code' });
    await code.fill('sesame');
    await alice.press('Open the desk');
    await expect(code).toHaveAccessibleDescription(/^That is not the code\./);
    await look(alice.page, { name: 'desk-code-wrong' });
    await code.fill(CODE);
    await alice.press('Open the desk');
    await takeCalls(alice);
    // The browser itself notes the two refusals.
    alice.consoleErrors.splice(0);
  });
});

test('an unknown address and an unknown agent are pages, too', async ({ desk, people }) => {
  const { caller } = people;
  for (const [name, path] of [['not-found', '/no/such/page'], ['desk-unknown-agent', '/desk/nobody']] as const) {
    const response = await caller.page.goto(desk.url + path);
    expect(response?.status()).toBeLessThan(500);
    await expect(caller.page.getByRole('heading', { level: 1 })).toBeVisible();
    await look(caller.page, { name });
  }
  caller.consoleErrors.splice(0);
});

test.describe('without a microphone', () => {
  const denied = test.extend<object, { deaf: Browser }>({
    deaf: [
      async ({}, use) => {
        const { browser, close } = await launch('caller', 'denied');
        await use(browser);
        await close();
      },
      { scope: 'worker' },
    ],
  });

  denied('a denied microphone is explained, and one may listen and type', async ({ desk, deaf }) => {
    const caller = await Party.openWithoutEars(deaf, 'caller');
    await expectJoinWithoutMicrophone(caller, desk);
    await caller.close();
  });
});

async function expectJoinWithoutMicrophone(caller: Party, desk: Desk): Promise<void> {
  await caller.goto(await desk.joinUrl());
  await caller.page.getByRole('textbox', { name: 'Your name', exact: true }).fill('Carol');
  await caller.press('Join call');
  await expect(caller.button('Join without microphone')).toBeVisible();
  await look(caller.page, { name: 'join-denied-microphone' });
  await caller.press('Join without microphone');
  await expectStatus(caller, 'Call status', 'Waiting');
}

async function expectElsewhere(caller: Party): Promise<void> {
  await expect(caller.page.getByRole('heading', { level: 1, name: 'Open in another tab', exact: true })).toBeVisible();
}

/** The demo's own conversation makes transcript and briefing worth a picture. */
async function playSample(alice: Party): Promise<void> {
  await alice.press('Play a sample conversation');
  await expect(alice.region('Transcript').getByRole('listitem').nth(5)).toBeVisible({ timeout: 60_000 });
}

/** Reaches a button as somebody without a mouse does. */
async function tabTo(party: Party, name: string): Promise<void> {
  for (let i = 0; i < 60; i++) {
    if (await party.button(name).evaluate((element) => element === document.activeElement)) return;
    await party.page.keyboard.press('Tab');
  }
  throw new Error(`“${name}” cannot be reached with the Tab key`);
}
