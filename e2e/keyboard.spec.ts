// The whole way from an empty canvas to finished letters by keys alone: no pointer is ever used.

import { expect, type Page, test } from '@playwright/test';
import { card, drawnTopology, EMPTY, gauge, openDrawing, wires } from './drawing.ts';
import { clockSeconds, isBalanced, ledgerCell, openLab } from './lab.ts';

const focused = (page: Page) =>
  page.evaluate(() => {
    const { activeElement } = document;
    return (activeElement?.ariaLabel ?? activeElement?.textContent ?? '').trim();
  });

/** Presses a key until what has the focus is called so. */
async function goTo(page: Page, name: string | RegExp, key = 'Tab', atMost = 120): Promise<void> {
  for (let press = 0; press < atMost; press++) {
    await page.keyboard.press(key);
    const now = await focused(page);
    if (typeof name === 'string' ? now === name : name.test(now)) return;
  }
  throw new Error(`${key} never came to ${name}`);
}
const tabTo = (page: Page, name: string | RegExp) => goTo(page, name);

test('sender, queue and worker are added, wired, set and watched by the keyboard alone @desktop', async ({ page }) => {
  await openLab(page);
  await openDrawing(page, EMPTY);
  await expect(page.locator('.react-flow__node')).toHaveCount(0);
  for (const kind of ['Sender', 'Queue', 'Worker']) {
    await page.keyboard.press('a');
    if (kind !== 'Sender') await goTo(page, kind, 'ArrowDown', 20);
    await page.keyboard.press('Enter');
  }
  await expect(page.locator('.react-flow__node')).toHaveCount(3);

  await tabTo(page, 'Sender, Sender');
  await page.keyboard.press('c');
  const menu = page.getByRole('menu', { name: 'Wire from Sender to ...' });
  await expect(menu.getByRole('menuitem')).toHaveText(['Queue', 'Worker']);
  await page.keyboard.press('Enter');
  await expect(menu).toHaveCount(0);
  await expect(card(page, 'sender')).toBeFocused();
  await expect(wires(page)).toHaveCount(1);

  // From the other end, through the menu of the card.
  await tabTo(page, 'Worker, Worker');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Shift+C');
  await expect(page.getByRole('menu', { name: 'Wire to Worker from ...' }).getByRole('menuitem')).toHaveText(['Queue', 'Sender']);
  await page.keyboard.press('Enter');
  await expect(wires(page)).toHaveCount(2);
  await expect(card(page, 'worker')).toBeFocused();
  await expect.poll(() => gauge(page, 'worker', 'processed')).toBeGreaterThan(0);

  // A setting, by its slider: a key held down is one step of undo.
  await tabTo(page, 'Sender, Sender');
  await page.keyboard.press('Enter');
  await tabTo(page, 'Send rate, slider');
  await page.keyboard.down('ArrowRight');
  for (let repeat = 0; repeat < 20; repeat++) await page.keyboard.down('ArrowRight');
  await page.keyboard.up('ArrowRight');
  const rate = async () => (await drawnTopology(page)).nodes.find(({ id }) => id === 'sender')?.params?.rate;
  expect(await rate()).toBeGreaterThan(1);
  await page.keyboard.press('Control+z');
  expect(await rate()).toBeUndefined();

  const clock = await clockSeconds(page);
  await expect.poll(() => clockSeconds(page)).toBeGreaterThan(clock);
  expect(await ledgerCell(page, 'done')).toBeGreaterThan(0);
  expect(await isBalanced(page)).toBe(true);
});

test('the menu of a card is opened, walked and left by key, and the focus comes back @desktop', async ({ page }) => {
  await openLab(page);
  await card(page, 'worker-1').focus();
  await page.keyboard.press('Enter');
  await tabTo(page, 'More for Worker 1');
  await page.keyboard.press('Enter');
  const menu = page.getByRole('menu', { name: 'What can be done with Worker 1' });
  await expect(menu.getByRole('menuitem').first()).toBeFocused();
  await page.keyboard.press('End');
  await expect(menu.getByRole('menuitem', { name: 'Delete' })).toBeFocused();
  await page.keyboard.press('r');
  await expect(menu.getByRole('menuitem', { name: 'Rename' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(menu).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'More for Worker 1' })).toBeFocused();
  // Space ran nothing and wrote nothing meanwhile.
  await page.keyboard.press('Enter');
  await page.keyboard.press('d');
  await page.keyboard.press('Enter');
  await expect(wires(page)).toHaveCount(7);
  await expect(card(page, 'worker')).toBeFocused();
  await expect.poll(() => gauge(page, 'worker', 'received')).toBeGreaterThan(0);
});

test('F6 goes from part to part of the page, and a bar is one stop with arrows inside @desktop', async ({ page }) => {
  await openLab(page);
  // What comes late would come between two presses.
  await expect(page.getByRole('complementary')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Do not show this hint again' })).toBeVisible();
  await page.locator('.react-flow__node[data-id=checkout]').focus();
  await page.keyboard.press('F6');
  expect(await focused(page)).toBe('Broker Lab: Order pipeline');
  await page.keyboard.press('F6');
  expect(await focused(page)).toBe('Sender');
  await page.keyboard.press('End');
  expect(await focused(page)).toBe('View');
  await page.keyboard.press('ArrowDown');
  expect(await focused(page)).toBe('Sender');
  await page.keyboard.press('ArrowUp');
  // All kinds are behind it at one press, and it is the last one that a press comes back to.
  await page.keyboard.press('Tab');
  expect(await page.getByRole('navigation').locator(':focus').count()).toBe(0);
  await page.keyboard.press('Shift+Tab');
  expect(await focused(page)).toBe('View');
  await page.keyboard.press('Shift+F6');
  await page.keyboard.press('Shift+F6');
  await expect(page.locator('.react-flow__node[data-id=checkout]')).toBeFocused();
});
