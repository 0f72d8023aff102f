// Coming in when something is not as it should be: the page has not begun yet, or cannot; the line takes nobody any more; a caller
// who waits is gone.
import type { Page } from '@playwright/test';
import { expectStatus, join, joinAsCaller, openDesk } from '../fixtures/flows';
import { look } from '../fixtures/looks';
import type { Party } from '../fixtures/party';
import { expect, test } from '../fixtures/people';

test('“Join call” waits until the page has begun, and keeps what was typed meanwhile', async ({ desk, people }) => {
  const { caller } = people;
  const link = await desk.joinUrl();
  let arrive = () => {};
  const arrived = new Promise<void>((resolve) => (arrive = resolve));
  await caller.page.route('**/*.wasm', async (route) => {
    await arrived;
    await route.continue();
  });
  await caller.page.goto(link, { waitUntil: 'domcontentloaded' });
  const name = caller.page.getByRole('textbox', { name: 'Your name', exact: true });
  await name.fill('Carol');
  await expect(caller.button('Join call')).toBeDisabled();
  await name.press('Enter');
  arrive();
  await caller.ready();
  await caller.press('Join call');
  await expectStatus(caller, 'Call status', 'Waiting');
  expect(caller.page.url(), 'nothing of the form is in the address').toBe(link);
});

test('a browser in which no page can begin says so', async ({ desk, people }) => {
  const { caller } = people;
  await caller.page.addInitScript(() => Reflect.deleteProperty(window, 'WebAssembly'));
  for (const address of [await desk.joinUrl(), `${desk.url}/desk/alice`, desk.url]) {
    await caller.page.goto(address);
    await expect(heading(caller.page, 'This page does not start')).toBeVisible();
    await expect(caller.page.getByRole('main')).toHaveCount(1);
    await look(caller.page, { name: `cannot-begin-${new URL(address).pathname.split('/')[1] || 'home'}` });
  }
  caller.consoleErrors.splice(0);
});

test('a line that takes nobody any more when “Join call” is pressed says so, and lets the microphone go', async ({ desk, people }) => {
  const { caller } = people;
  await keepMicrophones(caller.page);
  await caller.goto(await desk.joinUrl());
  await desk.changeLine({ capacity: 0 });
  await pressJoin(caller);
  await expect(heading(caller.page, 'All places in line are taken')).toBeVisible();
  await expect(caller.page.getByRole('timer')).toBeVisible();
  await expect.poll(() => caller.page.evaluate(openMicrophones), { message: 'open microphones' }).toBe(0);
  await desk.changeLine({ capacity: 5 });
  // The page tries again every 15 seconds.
  await expect(caller.button('Join call')).toBeVisible({ timeout: 30_000 });
  await caller.ready();
  await expect(caller.page.getByRole('textbox', { name: 'Your name', exact: true })).toHaveValue('Carol');

  await desk.changeLine({ open: false });
  await pressJoin(caller);
  await expect(heading(caller.page, / is closed$/)).toBeVisible();
  await desk.changeLine({ open: true });
  await caller.page.getByRole('link', { name: 'Try again', exact: true }).click();
  await caller.ready();

  await join(caller);
  await caller.press('Leave call');
  await expectStatus(caller, 'Call status', 'Call ended');
  await desk.changeLine({ open: false });
  await caller.press('Rejoin call');
  await expect(heading(caller.page, / is closed$/)).toBeVisible();
  // The browser itself notes every refusal.
  caller.consoleErrors.splice(0);
});

test('“Join call” whose answer was lost is pressed again, and one caller waits', async ({ desk, people }) => {
  const { caller } = people;
  await keepMicrophones(caller.page);
  await caller.goto(await desk.joinUrl());
  await caller.page.route('**/api/join_call*', async (route) => {
    await route.fetch();
    await caller.context.clearCookies();
    await route.abort();
  });
  await pressJoin(caller);
  await expect(caller.page.getByText('The desk cannot be reached.')).toBeVisible();
  await expect.poll(() => caller.page.evaluate(openMicrophones), { message: 'open microphones' }).toBe(0);
  await caller.page.unroute('**/api/join_call*');
  await caller.press('Join call');
  await expectStatus(caller, 'Call status', 'Waiting, 1st in line');
  const { calls } = await desk.api<{ calls: unknown[] }>('GET', '/api/v1/calls');
  expect(calls).toHaveLength(1);
  caller.consoleErrors.splice(0);
});

test.describe('on a line that records', () => {
  test.use({ deskSettings: { env: { BATON_DEMO_RECORD: 'call' } } });

  test('who says no is asked again by nobody: not by a network that fails, and not by coming back', async ({ desk, people }) => {
    const { caller } = people;
    const refused = caller.page.getByText('From now on this call is not recorded.');
    await joinAsCaller(caller, desk);
    let lost = 0;
    await caller.page.route('**/api/allow_listening*', (route) => (lost++ < 2 ? route.abort() : route.continue()));
    await caller.press('Don\'t record');
    await expect(refused).toBeVisible();
    expect(lost).toBe(3);
    await caller.press('Leave call');
    await expectStatus(caller, 'Call status', 'Call ended');
    await caller.press('Rejoin call');
    await expectStatus(caller, 'Call status', 'Waiting');
    await expect(refused).toBeVisible();
    caller.consoleErrors.splice(0);
  });
});

test('a caller who is gone while they wait is shown so, and keeps their place', async ({ desk, people }) => {
  const { caller, alice } = people;
  await Promise.all([openDesk(alice, desk), joinAsCaller(caller, desk)]);
  // Only who has been in the room can be gone from it, and LiveKit reports whoever has media there.
  const published = async () => {
    const [room] = await desk.livekit.rooms();
    return room === undefined ? [] : (await desk.livekit.participants(room)).flatMap(({ tracks }) => tracks);
  };
  await expect.poll(published, { timeout: 30_000 }).not.toEqual([]);
  const row = alice.region('Queue').getByRole('listitem').filter({ hasText: 'Carol' });
  await expect(row).toBeVisible();
  await expect(row.getByText('Lost connection', { exact: true })).toHaveCount(0);
  await caller.page.goto('about:blank');
  // A page that was just entering may say no goodbye: LiveKit misses it by itself, then.
  await expect(row.getByText('Lost connection', { exact: true })).toBeVisible({ timeout: 30_000 });
  await look(alice.page, { name: 'desk-queue-lost' });
  await caller.goto(await desk.joinUrl());
  await expect(row.getByText('Lost connection', { exact: true })).toHaveCount(0);
  await expect(row).toBeVisible();
});

function heading(page: Page, name: string | RegExp) {
  return page.getByRole('heading', { level: 1, name, exact: true });
}

async function pressJoin(caller: Party): Promise<void> {
  await caller.page.getByRole('textbox', { name: 'Your name', exact: true }).fill('Carol');
  await caller.press('Join call');
}

/** From now on every page of this tab keeps the microphones that it was given, to be counted. */
async function keepMicrophones(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const given: MediaStreamTrack[] = [];
    Object.assign(window, { givenMicrophones: given });
    const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = async (constraints) => {
      const stream = await ask(constraints);
      given.push(...stream.getAudioTracks());
      return stream;
    };
  });
}

/** In the page. */
function openMicrophones(): number {
  const { givenMicrophones } = window as unknown as { givenMicrophones: MediaStreamTrack[] };
  return givenMicrophones.filter((track) => track.readyState === 'live').length;
}
