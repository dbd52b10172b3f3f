// The list of keys: opened by key and by press, left by Escape, and with it keys of one character can be switched off.

import { expect, type Page, test } from '@playwright/test';
import { axeFindings } from './accessibility.ts';
import { card, drawnTopology } from './drawing.ts';
import { openLab, pauseButton, runButton } from './lab.ts';

const list = (page: Page) => page.getByRole('dialog', { name: 'Keys' });
const single = (page: Page) => list(page).getByRole('checkbox', { name: 'Single-key shortcuts' });

test('"?" lists the keys, the focus stays in the list and comes back; switched off, single keys do nothing and others do @desktop', async ({
  page,
}) => {
  await openLab(page);
  await card(page, 'worker-1').focus();
  // Who listens for it is loaded after the first letter.
  await expect(async () => {
    await page.keyboard.press('?');
    await expect(list(page)).toBeVisible({ timeout: 2000 });
  }).toPass();
  await expect(list(page).getByText('Run or pause').locator('..')).toContainText('Space');
  await expect(list(page).getByText('Redo').locator('..').locator('kbd')).toHaveText(['Ctrl', 'Shift', 'Z']);
  // What is pressed here is not meant for the page.
  await page.keyboard.press('o');
  await expect(page.getByRole('tree')).toHaveCount(0);
  for (let press = 0; press < 6; press++) {
    await page.keyboard.press('Tab');
    const isOutside = await page.evaluate(
      () => document.activeElement !== document.body && document.activeElement?.closest('dialog') === null,
    );
    expect(isOutside).toBe(false);
  }
  await single(page).focus();
  await page.keyboard.press('Space');
  await expect(single(page)).not.toBeChecked();
  await page.keyboard.press('Escape');
  await expect(list(page)).toHaveCount(0);
  await expect(card(page, 'worker-1')).toBeFocused();

  for (const key of ['f', 'c', 'o', '?', ' ', '.']) await page.keyboard.press(key);
  await expect(page.getByRole('menu')).toHaveCount(0);
  await expect(page.getByRole('tree')).toHaveCount(0);
  await expect(list(page)).toHaveCount(0);
  await expect(pauseButton(page)).toBeVisible();
  await page.keyboard.press('Control+d');
  await expect.poll(async () => (await drawnTopology(page)).nodes.length).toBe(8);
  await page.keyboard.press('Control+z');
  await expect.poll(async () => (await drawnTopology(page)).nodes.length).toBe(7);
  await card(page, 'worker-1').focus();
  await page.keyboard.press('F2');
  await expect(page.getByRole('textbox', { name: 'Name' })).toBeFocused();
  await page.keyboard.press('Escape');

  // It is remembered, and the button is still there to switch them on again.
  await page.reload();
  await page.keyboard.press('o');
  await page.getByRole('button', { name: 'Keys', exact: true }).click();
  await expect(single(page)).not.toBeChecked();
  await expect(page.getByRole('tree')).toHaveCount(0);
  await single(page).check();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: 'Keys', exact: true })).toBeFocused();
  await page.locator('body').press('o');
  await expect(page.getByRole('tree')).toBeVisible();
});

test('Space on the page pauses while single keys are on, and a phone has no list of keys', async ({ page, isMobile }) => {
  await openLab(page);
  await expect(page.getByRole('button', { name: 'Keys', exact: true })).toHaveCount(isMobile ? 0 : 1);
  await page.locator('body').press('Space');
  await expect(runButton(page)).toBeVisible();
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing in the list of keys, ${colorScheme} @desktop`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    await openLab(page);
    for (const isOn of [true, false]) {
      await page.getByRole('button', { name: 'Keys', exact: true }).click();
      await single(page).setChecked(isOn);
      expect(await axeFindings(page)).toEqual([]);
      await page.keyboard.press('Escape');
    }
  });
}
