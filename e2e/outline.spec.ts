// The outline: the drawing as a tree for the keyboard and for screen readers, in place of the canvas.

import { expect, type Page, test } from '@playwright/test';
import { axeFindings } from './accessibility.ts';
import { card, drawnTopology, gauge } from './drawing.ts';
import { openLab, pauseButton, standStill } from './lab.ts';

const tree = (page: Page) => page.getByRole('tree');
const row = (page: Page, name: string | RegExp) => tree(page).getByRole('treeitem', { name });
const focused = (page: Page) => page.locator(':focus');

test('by keys alone: a node is found by its letters, its rate raised, its wire followed, and the canvas goes along @desktop', async ({
  page,
}) => {
  await openLab(page);
  await page.locator('body').press('o');
  await expect(focused(page)).toHaveAttribute('role', 'treeitem');
  await page.keyboard.press('Home');
  await page.keyboard.press('m');
  await expect(focused(page)).toHaveAccessibleName(/^Mobile shop/);
  await expect(focused(page)).toHaveAttribute('aria-expanded', 'false');

  await page.keyboard.press('ArrowRight');
  await expect(focused(page)).toHaveAttribute('aria-expanded', 'true');
  await page.keyboard.press('ArrowRight');
  await expect(focused(page)).toHaveAttribute('aria-level', '2');
  await expect(focused(page)).toHaveAccessibleName(/^Send rate/);

  const rate = async () => Number((await drawnTopology(page)).nodes.find(({ id }) => id === 'mobile')?.params?.rate);
  const before = await rate();
  await page.keyboard.press('Enter');
  await expect(focused(page)).toHaveRole('slider');
  for (let press = 0; press < 5; press++) await page.keyboard.press('ArrowRight');
  await expect.poll(rate).toBeGreaterThan(before);
  await page.keyboard.press('Escape');
  await expect(focused(page)).toHaveAccessibleName(/^Send rate/);

  await page.keyboard.press('t');
  await expect(focused(page)).toHaveAccessibleName('to Orders');
  await page.keyboard.press('Enter');
  await expect(focused(page)).toHaveAccessibleName(/^Orders queue/);
  await expect(focused(page)).toHaveAttribute('aria-selected', 'true');
  await expect(card(page, 'orders')).toHaveClass(/selected/);
  await expect(page.getByRole('complementary', { name: 'Settings of Orders' })).toBeVisible();

  await page.keyboard.press('Escape');
  await expect(tree(page)).toHaveCount(0);
});

test('its counts are those of the engine, and what is chosen on the canvas is chosen in it @desktop', async ({ page }) => {
  await openLab(page);
  await page.getByRole('button', { name: 'Outline' }).click();
  await row(page, /^Mobile shop/).press('ArrowRight');
  await expect.poll(() => gauge(page, 'mobile', 'sent')).toBeGreaterThan(0);
  await pauseButton(page).click();
  await standStill(page);
  const sent = await gauge(page, 'mobile', 'sent');
  await expect(row(page, /^Sent/).locator('b')).toHaveText(String(sent));
  await expect(row(page, /^Mobile shop/).locator('b')).toContainText(String(sent));

  await card(page, 'worker-2').focus();
  await page.keyboard.press('Enter');
  await expect(row(page, /^Worker 2/)).toHaveAttribute('aria-selected', 'true');
  await expect(tree(page).locator('[aria-selected=true]')).toHaveCount(1);
});

test('the focus stays in the tree when the node that had it goes @desktop', async ({ page }) => {
  await openLab(page);
  await page
    .getByRole('navigation', { name: 'Add to the canvas' })
    .getByRole('button', { name: 'Queue', exact: true })
    .press('Enter');
  await page.getByRole('button', { name: 'Outline' }).click();
  await expect(focused(page)).toHaveRole('treeitem');
  await page.keyboard.press('End');
  await expect(focused(page)).toHaveAccessibleName(/^Queue/);
  const rows = await tree(page).getByRole('treeitem').count();
  await page.keyboard.press('Control+z');
  await expect(tree(page).getByRole('treeitem')).toHaveCount(rows - 1);
  await expect(focused(page)).toHaveRole('treeitem');
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing in the outline, ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    await openLab(page);
    await page.getByRole('button', { name: 'Outline' }).click();
    await row(page, /^Orders queue/).press('*');
    expect(await axeFindings(page)).toEqual([]);
  });
}

test('on a phone it opens by touch, its rows can be hit, and nothing scrolls sideways @phone', async ({ page }) => {
  await openLab(page);
  await page.getByRole('button', { name: 'Outline' }).tap();
  const heights = await tree(page)
    .getByRole('treeitem')
    .evaluateAll((rows) => rows.map((each) => each.getBoundingClientRect().height));
  expect(Math.min(...heights)).toBeGreaterThanOrEqual(44);
  await row(page, /^Worker 1/)
    .locator('.outline-twist')
    .tap();
  await expect(row(page, /^Worker 1/)).toHaveAttribute('aria-expanded', 'true');
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
});
