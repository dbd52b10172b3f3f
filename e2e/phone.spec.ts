// 390 px wide, by touch: run, pause, speed and the ledger; nothing scrolls sideways, nothing is too small to hit.

import { expect, type Page, test } from '@playwright/test';
import { gauge, wires } from './drawing.ts';
import { clockSeconds, ledgerCell, openLab, pauseButton, runButton, standStill } from './lab.ts';

test('nothing scrolls sideways, and every cell of the ledger is on the screen @phone', async ({ page }) => {
  await openLab(page);
  const { page: wide, window: seen } = await page.evaluate(() => ({
    page: document.documentElement.scrollWidth,
    window: window.innerWidth,
  }));
  expect(wide).toBeLessThanOrEqual(seen);
  for (const cell of ['total', 'wire', 'waiting', 'work', 'retry', 'done', 'dead', 'expired', 'lost']) {
    await expect(page.locator(`[data-cell=${cell}]`)).toBeInViewport({ ratio: 1 });
    expect(await ledgerCell(page, cell)).not.toBeNaN();
  }
});

test('the whole drawing stands above the deck @phone', async ({ page }) => {
  await openLab(page);
  const deck = await page.getByRole('region', { name: 'Time and measurements' }).boundingBox();
  for (const node of await page.locator('.react-flow__node').all()) {
    const box = await node.boundingBox();
    if (box === null || deck === null) throw new Error('not on the screen');
    expect(box.x).toBeGreaterThanOrEqual(0);
    expect(box.x + box.width).toBeLessThanOrEqual(390);
    expect(box.y + box.height).toBeLessThanOrEqual(deck.y);
  }
});

async function expectLargeTargets(page: Page): Promise<void> {
  for (const control of await page.locator('button:visible, select:visible, input:visible, summary:visible').all()) {
    const box = await control.boundingBox();
    const name = await control.evaluate((element) => element.getAttribute('aria-label') ?? element.textContent);
    expect(box?.height, `height of ${name}`).toBeGreaterThanOrEqual(44);
    expect(box?.width, `width of ${name}`).toBeGreaterThanOrEqual(44);
  }
}

test('everything one can touch is at least 44 px @phone', async ({ page }) => {
  await openLab(page);
  await expectLargeTargets(page);
});

test('run, pause and speed by touch @phone', async ({ page }) => {
  await openLab(page);
  await pauseButton(page).tap();
  await expect(runButton(page)).toBeVisible();
  await page.waitForTimeout(300);
  const at = await clockSeconds(page);
  await page.getByLabel('Speed').selectOption('10×');
  await runButton(page).tap();
  await page.waitForTimeout(1000);
  expect((await clockSeconds(page)) - at).toBeGreaterThan(4);
});

test('a tap on a card opens its knobs, and they close again @phone', async ({ page }) => {
  await openLab(page);
  await page.locator('.react-flow__node[data-id="worker-2"]').tap();
  const knobs = page.getByRole('complementary');
  await expect(knobs).toContainText('Worker 2');
  await knobs.getByRole('button', { name: 'Close' }).tap();
  await expect(knobs).toHaveCount(0);
});

test('a worker is added, wired and set by touch, and the ledger is read @phone', async ({ page }) => {
  await openLab(page);
  const hint = page.getByRole('note', { name: 'What to try first' });
  await expect(hint).toContainText('Tap Checkout and let it send more.');
  await expect(page.locator('.react-flow__node[data-id="checkout"] .card')).toHaveClass(/glows/);
  await page.getByRole('button', { name: 'Add', exact: true }).tap();
  await expectLargeTargets(page);
  await page.getByRole('navigation', { name: 'Add to the canvas' }).getByRole('button', { name: 'Worker', exact: true }).tap();
  const knobs = page.getByRole('complementary', { name: 'Settings of Worker' });
  await expect(knobs).toBeVisible();
  await expectLargeTargets(page);
  await expect(knobs.getByLabel('Wire from', { exact: true })).toHaveValue('orders');
  await knobs.getByRole('button', { name: 'Draw a wire from Orders' }).tap();
  await expect(wires(page)).toHaveCount(7);
  await knobs.getByRole('button', { name: 'Close' }).tap();
  await expect.poll(() => gauge(page, 'worker', 'received')).toBeGreaterThan(0);

  // Its knob, by a tap on the track.
  await page.locator('.react-flow__node[data-id="worker"]').tap();
  const slider = knobs.getByLabel('At once, slider');
  const box = await slider.boundingBox();
  if (box === null) throw new Error('no slider');
  await page.touchscreen.tap(box.x + box.width * 0.7, box.y + box.height / 2);
  await expect.poll(async () => Number(await knobs.getByLabel('At once', { exact: true }).inputValue())).toBeGreaterThan(1);
  await knobs.getByRole('button', { name: 'Close' }).tap();
  await pauseButton(page).tap();
  await standStill(page);
  const total = await ledgerCell(page, 'total');
  const cells = await Promise.all(
    ['wire', 'waiting', 'work', 'retry', 'done', 'dead', 'expired', 'lost'].map((cell) => ledgerCell(page, cell)),
  );
  expect(cells.reduce((sum, figure) => sum + figure, 0)).toBe(total);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
});
