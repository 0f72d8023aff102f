// The client-only bundle (`trunk serve`) starts and joins a call. `make test` builds it and names its folder.
import { CsrServer, csrFolder } from '../fixtures/csr';
import { answer, expectStatus, openDesk } from '../fixtures/flows';
import { expect, test } from '../fixtures/test';

test.use({ deskSettings: { development: true } });

test('the client-only bundle joins a call and hears Alice', async ({ desk, caller, alice }) => {
  const folder = csrFolder();
  test.skip(!folder, 'BATON_CSR names no folder with the client-only bundle');
  const csr = await CsrServer.start(folder!, new URL(desk.url));
  try {
    await openDesk(alice, desk);
    const join = new URL(await desk.joinUrl());
    join.port = String(csr.port);
    await caller.goto(join.href);
    await expect(caller.page).toHaveTitle(/Baton/);
    await caller.page.getByRole('textbox', { name: 'Your name', exact: true }).fill('Carol');
    await caller.press('Join call');
    await expectStatus(caller, 'Call status', 'Waiting');
    await answer(alice, caller);
  } finally {
    csr.stop();
  }
});
