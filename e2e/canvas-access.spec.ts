// What opens on the canvas, looked at by axe in both themes: menus, a name being written, many cards selected, the map, cards with
// troubles and controls on them.

import { expect, test } from '@playwright/test';
import { axeFindings } from './accessibility.ts';
import { card, dragTo, palette, portOf } from './drawing.ts';
import { openLab } from './lab.ts';

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing on what the canvas opens in the ${colorScheme} theme @desktop @long`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    await openLab(page);
    await page.getByRole('button', { name: 'Map of the whole drawing' }).click();
    await palette(page).getByRole('button', { name: 'Queue', exact: true }).click();
    await expect(card(page, 'queue').locator('.card-trouble')).toContainText('Nothing leads here');
    await page.getByRole('button', { name: 'Explain the settings' }).click();
    expect(await axeFindings(page)).toEqual([]);

    await page.getByRole('button', { name: 'More for Queue' }).click();
    await expect(page.getByRole('menu')).toBeVisible();
    expect(await axeFindings(page)).toEqual([]);
    await page.keyboard.press('Escape');

    await card(page, 'queue').focus();
    await page.keyboard.press('F2');
    await expect(page.getByRole('textbox', { name: 'Name' })).toBeFocused();
    expect(await axeFindings(page)).toEqual([]);
    await page.keyboard.press('Escape');

    await page.keyboard.press('Control+a');
    await expect(page.getByRole('complementary', { name: 'What is selected' })).toContainText('8 selected');
    expect(await axeFindings(page)).toEqual([]);

    const dead = await card(page, 'orders-dead').boundingBox();
    if (dead === null) throw new Error('no dead-letter queue');
    await dragTo(page, await portOf(page, 'checkout', 'out'), { x: dead.x + 60, y: dead.y + 50 });
    await expect(page.locator('.aim')).toBeVisible();
    // Cards that cannot be meant are faded as a disabled control is; their text is not to be read at that moment.
    expect(await axeFindings(page, '.aim')).toEqual([]);
    await page.mouse.up();
  });
}

test('what is added on a narrow screen is clean too @phone', async ({ page }) => {
  await openLab(page);
  await page.getByRole('button', { name: 'Add', exact: true }).tap();
  await expect(palette(page)).toBeVisible();
  expect(await axeFindings(page)).toEqual([]);
});
