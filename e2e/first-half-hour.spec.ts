// What a stranger met in the first half hour, and what the page says there now (docs/first-half-hour.md has the whole list).

import { expect, test } from '@playwright/test';
import { card, palette } from './drawing.ts';
import { ledgerCell, openLab, pauseButton, runButton } from './lab.ts';

test('the hint speaks of nothing that was deleted, and an empty canvas says how a drawing begins @desktop', async ({ page }) => {
  await openLab(page);
  const hint = page.getByRole('note', { name: 'What to try first' });
  await expect(hint).toContainText('let Checkout send more');
  await card(page, 'checkout').click({ position: { x: 60, y: 12 } });
  await page.keyboard.press('Delete');
  await expect(card(page, 'checkout')).toHaveCount(0);
  await expect(hint).toHaveCount(0);

  await card(page, 'orders').click({ position: { x: 60, y: 12 } });
  await page.keyboard.press('Control+a');
  await page.keyboard.press('Delete');
  await expect(page.locator('.react-flow__node')).toHaveCount(0);
  await expect(hint).toContainText('Nothing is drawn.');
  await palette(page).getByRole('button', { name: 'Sender', exact: true }).click();
  await expect(hint).toHaveCount(0);
});

test('the hint of a paused run says that it is paused @desktop', async ({ page }) => {
  await openLab(page);
  const hint = page.getByRole('note', { name: 'What to try first' });
  await pauseButton(page).click();
  await expect(hint).toContainText('The run is paused.');
  const sent = await ledgerCell(page, 'total');
  await runButton(page).click();
  await expect(hint).toContainText('let Checkout send more');
  await expect.poll(() => ledgerCell(page, 'total')).toBeGreaterThan(sent);
});
