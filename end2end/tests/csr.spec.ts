// The client-only bundle (`trunk serve`) starts and joins a call. `make test` builds it and names its folder.
import { CsrServer, csrFolder } from '../fixtures/csr';
import { answer, expectStatus, openDesk } from '../fixtures/flows';
import { look } from '../fixtures/looks';
import { expect, test as base } from '../fixtures/test';

const test = base.extend<{ joinUrl: string }>({
  /** The join link, where the client-only bundle is served. */
  joinUrl: async ({ desk }, use) => {
    const folder = csrFolder();
    base.skip(!folder, 'BATON_CSR names no folder with the client-only bundle');
    const csr = await CsrServer.start(folder!, new URL(desk.url));
    const join = new URL(await desk.joinUrl());
    join.port = String(csr.port);
    await use(join.href);
    csr.stop();
  },
});

test.use({ deskSettings: { development: true } });

test('the client-only bundle joins a call and hears Alice', async ({ desk, caller, alice, joinUrl }) => {
  await openDesk(alice, desk);
  await caller.goto(joinUrl);
  await expect(caller.page).toHaveTitle(/Baton/);
  await caller.page.getByRole('textbox', { name: 'Your name', exact: true }).fill('Carol');
  await caller.press('Join call');
  await expectStatus(caller, 'Call status', 'Waiting');
  await answer(alice, caller);
});

test('a line that cannot be asked for says so, and is tried again', async ({ caller, joinUrl }) => {
  // Only here does the page itself ask: elsewhere the server has answered with the page.
  await caller.page.route('**/api/line_page*', (route) => route.abort());
  await caller.goto(joinUrl);
  await expect(caller.page.getByRole('heading', { level: 1, name: 'The line cannot be reached', exact: true })).toBeVisible();
  await look(caller.page, { name: 'line-unknown' });
  await caller.page.unroute('**/api/line_page*');
  await caller.page.getByRole('link', { name: 'Try again', exact: true }).click();
  await expect(caller.button('Join call')).toBeVisible();
});
