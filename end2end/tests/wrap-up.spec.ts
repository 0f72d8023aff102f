// The work after a call: one form in all tabs of an agent, which loses nothing, and what is written in it reaches whoever has the
// caller next.
import type { Locator } from '@playwright/test';
import type { Desk } from '../fixtures/desk';
import { expectStatus, openDesk, startTransfer, talk } from '../fixtures/flows';
import { look } from '../fixtures/looks';
import type { Party } from '../fixtures/party';
import { expect, test } from '../fixtures/test';

const FIRST = 'Send the invoice <b>again</b>';
const MORE = `${FIRST}, by post.`;
const LAST = `${MORE}\nShe is at home on Monday.`;
const NEWER = `${LAST}\nNot before ten.`;

function notes(agent: Party): Locator {
  return agent.region('Wrap-up').getByRole('textbox', { name: 'Notes', exact: true });
}

function disposition(agent: Party): Locator {
  return agent.region('Wrap-up').getByRole('combobox', { name: 'Disposition', exact: true });
}

function asksBeforeItCloses(agent: Party): Promise<boolean> {
  return agent.page.evaluate(() => !dispatchEvent(new Event('beforeunload', { cancelable: true })));
}

/** Types without end; says what stood in the notes when they were taken away. */
async function typeToTheEnd(agent: Party): Promise<string> {
  return notes(agent).evaluate(
    (field: HTMLTextAreaElement) =>
      new Promise<string>((resolve) => {
        field.focus();
        const typing = setInterval(() => {
          if (field.isConnected) return void document.execCommand('insertText', false, 'x');
          clearInterval(typing);
          resolve(field.value);
        }, 50);
      }),
  );
}

async function left(desk: Desk): Promise<{ agent: string; disposition: string; notes: string }[]> {
  const { calls } = await desk.api<{ calls: { id: string }[] }>('GET', '/api/v1/calls');
  const { wrap_ups: wrapUps } = await desk.api<{ wrap_ups: { agent: string; disposition: string; notes: string }[] }>(
    'GET',
    `/api/v1/calls/${calls[0]?.id}/wrap-ups`,
  );
  return wrapUps;
}

test.describe('while it goes on', () => {
  test.use({ deskSettings: { wrapUpSeconds: 120 } });

  test('two tabs write in one form, and the next agent reads it', async ({ desk, caller, alice, bob }) => {
    await talk(desk, caller, alice, bob);
    const other = await test.step('Alice hands over, writes, and opens another tab', async () => {
      await startTransfer(alice, { kind: 'Cold transfer' });
      await expect(disposition(alice)).toHaveValue('handed_over');
      await notes(alice).fill(FIRST);
      const tab = await alice.anotherTab();
      await openDesk(tab, desk);
      await expect(notes(tab)).toHaveValue(FIRST);
      return tab;
    });
    await test.step('what is written in one stands in the other', async () => {
      await notes(alice).fill(MORE);
      await expect(notes(other)).toHaveValue(MORE);
      await notes(other).fill(LAST);
      await disposition(other).selectOption({ label: 'Follow-up needed' });
      await expect(notes(alice)).toHaveValue(LAST);
      await expect(disposition(alice)).toHaveValue('follow_up');
    });
    await test.step('what is written where the server is away replaces nothing newer, and can be copied', async () => {
      const saving = '**/api/draft_wrap_up';
      expect(await asksBeforeItCloses(alice)).toBe(false);
      await alice.page.route(saving, (route) => route.abort());
      await notes(alice).fill('x');
      await expect(alice.region('Wrap-up').getByRole('status')).toHaveText('Not saved yet. Keep this page open.');
      expect(await asksBeforeItCloses(alice)).toBe(true);
      const saved = other.page.waitForResponse(saving);
      await notes(other).fill(NEWER);
      await saved;
      await alice.page.unroute(saving);
      const lost = alice.region('Notes that were not kept');
      await expect(lost.getByRole('textbox')).toHaveValue('x');
      await expect(notes(alice)).toHaveValue(NEWER);
      await expect(alice.region('Wrap-up').getByRole('status')).toHaveText('It ends by itself. What you write is kept.');
      // What is behind another tab is not painted anew.
      await alice.page.bringToFront();
      await look(alice.page, { name: 'desk-notes-not-kept' });
      await alice.press('Discard these notes');
      await expect(lost).toHaveCount(0);
      expect(await asksBeforeItCloses(alice)).toBe(false);
    });
    await test.step('Bob takes over, and reads what the other tab finished with', async () => {
      await bob.press('Accept');
      await expectStatus(bob, 'Call status', 'Talking to Carol');
      await other.press('Finish wrap-up');
      const shown = bob.region('Briefing').getByRole('group', { name: 'Notes of those before', exact: true });
      await expect(shown).toContainText('Notes of Alice');
      await expect(shown).toContainText('Follow-up needed');
      for (const line of NEWER.split('\n')) await expect(shown.getByText(line, { exact: true })).toBeVisible();
      await expect(alice.region('Wrap-up')).toHaveCount(0);
      expect(await left(desk)).toMatchObject([{ agent: 'alice', disposition: 'follow_up', notes: NEWER }]);
      await expect(caller.page.getByText(FIRST)).toHaveCount(0);
    });
  });
});

test.describe('when it ends by itself', () => {
  test.use({ deskSettings: { wrapUpSeconds: 5 } });

  test('what is typed in its last moment is kept', async ({ desk, caller, alice }) => {
    await talk(desk, caller, alice);
    await alice.press('Hang up');
    const typed = await typeToTheEnd(alice);
    expect(typed.length).toBeGreaterThan(20);
    await expect.poll(() => left(desk), { timeout: 20_000 }).toMatchObject([{ agent: 'alice', notes: typed }]);
  });

  test('what is refused because the sign-in has ended is kept until the next', async ({ desk, caller, alice }) => {
    await talk(desk, caller, alice);
    await alice.press('Hang up');
    const signedOut = { code: 'signed_out', message: 'This sign-in has ended.', status: 401 };
    const refuse = { status: 401, contentType: 'application/json', body: JSON.stringify(signedOut) };
    await alice.page.route('**/api/draft_wrap_up', (route) => route.fulfill(refuse), { times: 1 });
    await notes(alice).fill(LAST);
    await expect.poll(() => left(desk), { timeout: 20_000 }).toMatchObject([{ agent: 'alice', notes: LAST }]);
  });

  test('what is written while the server is away is kept', async ({ desk, caller, alice }) => {
    await talk(desk, caller, alice);
    await alice.press('Hang up');
    await expect(notes(alice)).toBeVisible();
    await desk.killApp();
    await notes(alice).fill(LAST);
    await expect(alice.page.getByRole('timer', { name: 'Seconds left in wrap-up', exact: true })).toHaveText('0');
    await desk.startApp();
    await expect(alice.region('Wrap-up')).toHaveCount(0);
    await expect.poll(() => left(desk), { timeout: 20_000 }).toMatchObject([{ agent: 'alice', disposition: 'resolved', notes: LAST }]);
  });
});
