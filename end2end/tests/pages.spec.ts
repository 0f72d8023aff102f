// Every page as it is delivered, security policy included, in every state that a person may come upon.
import type { Browser } from '@playwright/test';
import type { Desk } from '../fixtures/desk';
import { expectStatus, joinAsCaller, openDesk, rings, startTransfer, takeCalls } from '../fixtures/flows';
import { look } from '../fixtures/looks';
import { launch, Party } from '../fixtures/party';
import { expect, type People, test } from '../fixtures/people';

test('the first page leads to three tabs', async ({ desk, people }) => {
  const { caller } = people;
  await caller.goto(desk.url);
  for (const name of ['Open the desk as Alice', 'Open the desk as Bob', 'Call as a customer']) {
    await expect(caller.page.getByRole('link', { name, exact: true })).toBeVisible();
  }
  await expect(caller.page.getByRole('heading', { level: 1 })).toHaveCount(1);
  await expectBanner(caller);
  await look(caller.page, { name: 'first-page', picture: 'desktop-dark' });
});

test('the first page tries out LiveKit, microphone and sound', async ({ desk, people }) => {
  const { caller } = people;
  await caller.goto(desk.url);
  await expectCheck(caller, 'LiveKit', 'Ready. It answers.');
  await expectCheck(caller, 'Microphone', 'Not asked yet.');
  await caller.press('Check microphone');
  await expectCheck(caller, 'Microphone', 'Ready. It can be used.');
  await expectCheck(caller, 'Sound', 'Not played yet.');
  await caller.press('Play a sound');
  await expectCheck(caller, 'Sound', 'Ready. You should have heard a chime.');
  await expect(caller.button('Check again')).toHaveCount(0);

  const connection = caller.page.getByRole('status', { name: 'Connection', exact: true });
  await expect(connection).toHaveCount(0);
  await desk.killApp();
  await expect(connection).toHaveText('The desk cannot be reached. It is tried again by itself.');
  await expectCheck(caller, 'LiveKit', 'Not known.');
  await look(caller.page, { name: 'first-page-offline' });
  await desk.startApp();
  await expectCheck(caller, 'LiveKit', 'Ready. It answers.');
  await expect(connection).toHaveCount(0);
  // The browser itself notes every look that came to nothing.
  caller.consoleErrors.splice(0);

  await desk.killLiveKit();
  await expectCheck(caller, 'LiveKit', 'Not ready. LiveKit does not answer. Is it running, and is LIVEKIT_URL right?');
  await look(caller.page, { name: 'first-page-checked' });
  // The page looks again by itself while it is seen; now only the button does.
  await caller.page.evaluate(() => Object.defineProperty(document, 'hidden', { value: true }));
  await desk.startLiveKit();
  await caller.press('Check again');
  await expectCheck(caller, 'LiveKit', 'Ready. It answers.');
});

test.describe('with time to look', () => {
  // Looking takes seconds; the wrap-up must not end by itself under our eyes.
  test.use({ deskSettings: { wrapUpSeconds: 300 } });
  test('a whole hand-off, looked at from all three sides', async ({ desk, people }) => lookAtAHandOff(desk, people));
});

async function lookAtAHandOff(desk: Desk, people: People): Promise<void> {
  // Every screen is looked at in four ways, which takes longer than the hand-off itself.
  test.slow();
  test.setTimeout(420_000);
  const { caller, alice, bob } = people;

  await Promise.all([openDesk(alice, desk), openDesk(bob, desk)]);
  await expectBanner(alice);
  await look(alice.page, { name: 'desk-idle' });

  await caller.goto(await desk.joinUrl());
  await expectBanner(caller);
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

test('of an agent’s two tabs one has the sound, and the other may take it back', async ({ desk, people }) => {
  const { alice: first } = people;
  await openDesk(first, desk);
  const second = await first.anotherTab();
  await second.goto(`${desk.url}/desk/alice`);
  const elsewhere = ({ page }: Party) => page.getByRole('status', { name: 'Sound', exact: true });
  await expect(elsewhere(second)).toContainText('This desk\'s sound is in another tab.');
  await expect(elsewhere(first)).toHaveCount(0);
  await look(second.page, { name: 'desk-other-tab' });
  await second.press('Take it back here');
  await expect(elsewhere(second)).toHaveCount(0);
  await expect(elsewhere(first)).toBeVisible();
  expect.soft(second.consoleErrors, 'errors in the second tab').toEqual([]);
});

test('a browser that cannot call says so, and gives the link for another', async ({ desk, people }) => {
  const { caller } = people;
  const link = await desk.joinUrl();
  await caller.context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await caller.page.addInitScript(() => Reflect.deleteProperty(window, 'RTCPeerConnection'));
  await caller.goto(link);
  await expect(caller.page.getByRole('heading', { level: 1, name: 'This browser cannot make calls', exact: true })).toBeVisible();
  await expect(caller.button('Join call')).toHaveCount(0);
  await look(caller.page, { name: 'join-unsupported' });
  await caller.press('Copy the link');
  await expect(caller.button('Copied')).toBeVisible();
  expect(await caller.page.evaluate(() => navigator.clipboard.readText())).toBe(link);
});

test('a page over plain http says so, and leads to the secure one', async ({ desk, people }) => {
  const { caller } = people;
  const link = await desk.joinUrl();
  await caller.page.addInitScript(() => Object.defineProperty(window, 'isSecureContext', { value: false }));
  await caller.goto(link);
  await expect(caller.page.getByRole('heading', { level: 1, name: 'This page needs https', exact: true })).toBeVisible();
  await expect(caller.button('Join call')).toHaveCount(0);
  const secure = caller.page.getByRole('link', { name: 'Open the secure page', exact: true });
  await expect(secure).toHaveAttribute('href', link.replace('http:', 'https:'));
  await look(caller.page, { name: 'join-insecure' });
  await caller.goto(desk.url);
  await caller.press('Check microphone');
  await expectCheck(caller, 'Microphone', 'Not ready. Browsers only let secure pages (https) use a microphone.');
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

  denied('a denied microphone is explained, and one may listen without one', async ({ desk, deaf }) => {
    const caller = await Party.openWithoutEars(deaf, 'caller');
    await caller.goto(desk.url);
    await caller.press('Check microphone');
    await expectCheck(caller, 'Microphone', 'Blocked. The browser was told not to let this page use the microphone. Allow it next to the address.');
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
  await expect(caller.page.getByText('You are without a microphone: nobody can hear you.', { exact: true })).toBeVisible();
  await expect(caller.button('Mute')).toHaveCount(0);
  await look(caller.page, { name: 'caller-without-microphone' });
}

async function expectElsewhere(caller: Party): Promise<void> {
  await expect(caller.page.getByRole('heading', { level: 1, name: 'Open in another tab', exact: true })).toBeVisible();
}

/** The demo's own conversation makes transcript and briefing worth a picture. */
async function playSample(alice: Party): Promise<void> {
  await alice.press('Play a sample conversation');
  await expect(alice.region('Transcript').getByRole('listitem').nth(5)).toBeVisible({ timeout: 60_000 });
}

/** Whoever tries it out must know that nobody is who they say. */
async function expectBanner(party: Party): Promise<void> {
  await expect(party.page.getByRole('banner').getByText('Demo: anyone here can sign in', { exact: true })).toBeVisible();
}

async function expectCheck(party: Party, name: string, says: string): Promise<void> {
  await expect(party.page.getByRole('status', { name: `${name} check`, exact: true })).toContainText(says);
}
