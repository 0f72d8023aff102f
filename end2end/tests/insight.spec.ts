// What a call comes to while it goes on: mood, key points, what is to be done, and questions about it. No model is asked.
import type { Locator } from '@playwright/test';
import { answer, joinAsCaller, openDesk } from '../fixtures/flows';
import { fromOthers } from '../fixtures/hearing';
import { look } from '../fixtures/looks';
import { expect, test } from '../fixtures/test';

/** The sample conversation is typed in the time in which it is spoken. */
const SPOKEN = 60_000;
/** Enough to be words, and not a click at a beginning. */
const WORDS = 1_000;
/** What was on its way when the caller muted themselves has arrived. */
const SETTLED = 700;

test('the agent sees what the call comes to, ticks off what is done, and asks about it', async ({ desk, caller, alice }) => {
  test.setTimeout(180_000);
  await Promise.all([openDesk(alice, desk), joinAsCaller(caller, desk)]);
  await answer(alice, caller);
  const insight = alice.region('Insight');
  await open(insight);
  // Nobody else is heard, so that what sounds is the conversation.
  await caller.press('Mute');
  const quiet = (await alice.listen(SETTLED)).to;
  await alice.press('Play a sample conversation');

  await test.step('it is spoken, not only typed', async () => {
    await expect.poll(() => fromOthers(alice.frames, quiet, Date.now()), { timeout: 15_000 }).toBeGreaterThan(WORDS);
  });

  await test.step('mood and what is to be done', async () => {
    await expect(insight.getByRole('img', { name: /^Mood over time/ })).toBeVisible({ timeout: SPOKEN });
    await expect(insight.getByRole('checkbox').first()).toBeVisible({ timeout: SPOKEN });
    const first = insight.getByRole('checkbox').first();
    await alice.page.route('**/api/tick_action', (route) => route.abort());
    await first.click();
    await expect(first, 'a tick that did not arrive goes again').toBeEnabled();
    await expect(first).not.toBeChecked();
    await alice.page.unroute('**/api/tick_action');
    await first.check();
    await expect(insight.getByText('done, Alice').first()).toBeVisible();
  });

  await test.step('a question is answered from the transcript, with its lines', async () => {
    await expect(alice.page.getByRole('log', { name: 'Lines', exact: true })).toContainText('482137', { timeout: SPOKEN });
    await insight.getByRole('textbox', { name: 'Your question', exact: true }).fill('What is the customer number?');
    await alice.press('Ask');
    await expect(insight.getByRole('log', { name: 'Questions about this call', exact: true })).toContainText('482137', { timeout: 15_000 });
  });

  await test.step('a suggested reply is copied', async () => {
    await insight.getByRole('button', { name: /^Copy: / }).first().click();
    const toast = alice.page.getByRole('log', { name: 'Notices', exact: true }).locator('.toast', { hasText: 'Copied' });
    const copied = (await toast.locator('span').textContent()) ?? '';
    expect(copied).not.toBe('');
    // Pasted, as an agent does: whoever pastes needs no permission to read the clipboard.
    const field = insight.getByRole('textbox', { name: 'Your question', exact: true });
    await field.fill('');
    await field.press('ControlOrMeta+v');
    await expect(field).toHaveValue(copied);
    await field.fill('');
  });

  await test.step('what was ticked and asked is there after a reload', async () => {
    await alice.reload();
    await open(insight);
    await expect(insight.getByText('done, Alice').first()).toBeVisible();
    await expect(insight.getByText('What is the customer number?')).toBeVisible();
  });
  await look(alice.page, { name: 'desk-insight' });
});

/** On a high screen it is open by itself. */
async function open(insight: Locator): Promise<void> {
  await insight.locator('summary').waitFor();
  const body = insight.getByRole('group', { name: 'Insight into this call', exact: true });
  if (!(await body.isVisible())) await insight.locator('summary').click();
  await expect(body).toBeVisible();
}
