// Faults with values of one's own, by key and by finger; flags of faults that a finger can hit.

import { expect, type Page, test } from '@playwright/test';
import { axeFindings } from './accessibility.ts';
import { card } from './drawing.ts';
import { isBalanced, ledgerCell, openLab, pauseButton, standStill } from './lab.ts';

const dialog = (page: Page) => page.getByRole('dialog', { name: /^A fault for/ });
const given = (page: Page) =>
  page.evaluate(async () => (await window.__brokerLab.client.log()).given.map(({ command }) => command));

test('by keys alone: a worker is slowed as much and as long as one likes, and what cannot be is said @desktop', async ({
  page,
}) => {
  await openLab(page);
  await card(page, 'worker-1').focus();
  await page.keyboard.press('f');
  await expect(page.getByRole('menuitem').first()).toBeFocused();
  await page.keyboard.press('w');
  await page.keyboard.press('Enter');
  await expect(dialog(page)).toBeVisible();
  await dialog(page).getByLabel('What').focus();
  // A list is chosen from by its letters.
  await page.keyboard.press('s');
  await expect(dialog(page).getByLabel('What')).toHaveValue('slow');
  await page.keyboard.press('Tab');
  await page.keyboard.type('7');
  await expect(dialog(page).getByLabel('Work takes ... times as long')).toHaveValue('7');
  await page.keyboard.press('Tab');
  await page.keyboard.type('4.5');
  await expect(dialog(page).getByRole('alert')).toHaveText('Write a time with its unit, such as 5 s.');
  await page.keyboard.press('Enter');
  await expect(dialog(page)).toBeVisible();
  expect(await given(page)).toEqual([]);
  await page.keyboard.type(' s');
  await expect(dialog(page).getByRole('button', { name: 'Slow down ×7 for 4.5 s' })).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(dialog(page)).toHaveCount(0);
  await expect.poll(() => given(page)).toEqual([{ type: 'slow', node: 'worker-1', factor: 7, forNs: 4.5e9 }]);
  await expect(card(page, 'worker-1').locator('.card-chip')).toHaveText('slowed');
  await expect(card(page, 'worker-1')).toBeFocused();
});

test('a wire loses the share one writes, until it is ended @desktop', async ({ page }) => {
  await openLab(page);
  await page.locator('.react-flow__edge').first().focus();
  await page.keyboard.press('f');
  await page.getByRole('menuitem', { name: 'With values of your own ...' }).click();
  await dialog(page).getByLabel('What').selectOption('Lose letters');
  await dialog(page).getByLabel('Share, %').fill('100');
  await dialog(page).getByLabel('For').fill('');
  await dialog(page).getByRole('button', { name: 'Lose 100 %' }).click();
  await expect.poll(() => ledgerCell(page, 'lost')).toBeGreaterThan(2);
  await pauseButton(page).click();
  await standStill(page);
  expect(await isBalanced(page)).toBe(true);
});

test('by finger: values of one’s own, and a flag on the axis of time that opens the list of faults @phone', async ({ page }) => {
  await openLab(page);
  const box = await card(page, 'worker-1').boundingBox();
  if (box === null) throw new Error('no card');
  const cdp = await page.context().newCDPSession(page);
  const touchPoints = [{ x: box.x + box.width / 2, y: box.y + box.height / 2 }];
  await cdp.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints });
  await expect(page.getByRole('menu')).toBeVisible();
  await cdp.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  await page.getByRole('menuitem', { name: 'With values of your own ...' }).tap();
  for (const control of await dialog(page).locator('button, select, input').all()) {
    const size = await control.boundingBox();
    expect(Math.min(size?.width ?? 0, size?.height ?? 0)).toBeGreaterThanOrEqual(44);
  }
  await dialog(page).getByLabel('For').fill('90 s');
  await dialog(page).getByRole('button', { name: 'Crash for 90 s' }).tap();
  await expect(card(page, 'worker-1').locator('.card-chip')).toHaveText('crashed');

  const flag = page.getByTestId('fault-marks').getByRole('button', { name: 'Faults: Worker 1 crashed' });
  const size = await flag.boundingBox();
  expect(Math.min(size?.width ?? 0, size?.height ?? 0)).toBeGreaterThanOrEqual(44);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  await flag.tap();
  await expect(page.getByTestId('faults').getByRole('listitem')).toHaveCount(1);
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing where a fault is written, right or wrong, ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    await openLab(page);
    await card(page, 'worker-1').focus();
    await page.keyboard.press('f');
    await page.getByRole('menuitem', { name: 'With values of your own ...' }).click();
    for (const words of ['5 s', 'soon']) {
      await dialog(page).getByLabel('For').fill(words);
      expect(await axeFindings(page)).toEqual([]);
    }
  });
}
