// What is drawn where, as far as it can be told from boxes: cards from far away, words beside what they are about, notices in their
// place. Each story ends at a book or a dial.

import { expect, type Page, test } from '@playwright/test';
import { FRAME } from '../sim-engine/protocol/frame.ts';
import { card, gauge } from './drawing.ts';
import { isBalanced, ledgerCell, openLab, standStill } from './lab.ts';

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}
async function boxOf(page: Page, selector: string): Promise<Box> {
  const box = await page.locator(selector).boundingBox();
  if (box === null) throw new Error(`${selector} is not seen`);
  return box;
}
const meet = (a: Box, b: Box): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

test('from far away a card is its name, one figure and a bar, all within it @desktop', async ({ page }) => {
  await openLab(page);
  const rate = page.locator('.react-flow__node[data-id="checkout"] .card-rate');
  await expect(rate).toBeVisible();
  for (let press = 0; press < 6; press++) await page.getByRole('button', { name: 'Zoom out' }).click();
  await expect(page.locator('.react-flow.is-far')).toHaveCount(1);
  await expect(rate).toBeHidden();
  await standStill(page);
  const figure = card(page, 'orders').locator('.card-far');
  await expect.poll(async () => Number(await figure.textContent())).toBe(await gauge(page, 'orders', 'ready'));
  for (const id of ['checkout', 'orders', 'worker-1', 'orders-dead']) {
    const at = `.react-flow__node[data-id="${id}"]`;
    const plate = await boxOf(page, `${at} .card`);
    const name = await boxOf(page, `${at} h3`);
    const told = await boxOf(page, `${at} .card-far`);
    expect(told.x + told.width).toBeLessThanOrEqual(plate.x + plate.width);
    expect(told.y + told.height).toBeLessThanOrEqual(plate.y + plate.height + 1);
    expect(meet(name, told)).toBe(false);
  }
  const fill = await boxOf(page, '.react-flow__node[data-id="worker-1"] .card-fill');
  expect(fill.height).toBeGreaterThan(2);
  await expect(card(page, 'worker-1').locator('.card-fill')).toHaveAttribute('style', /--fill: 0\.[1-9]/);
  expect(await isBalanced(page)).toBe(true);
});

test('the rate of a worker stands beside its ten outcomes, however long its words are @desktop', async ({ page }) => {
  await openLab(page);
  await expect.poll(() => ledgerCell(page, 'done')).toBeGreaterThan(0);
  await page
    .locator('.card-outcomes .lbl')
    .first()
    .evaluate((label) => label.append('/šéçóñđ àñđ ɱóŕé'));
  const [outcomes, label] = [await boxOf(page, '.card-outcomes >> nth=0'), await boxOf(page, '.card-outcomes .lbl >> nth=0')];
  // The last of ten is drawn 117 px from the edge of the card, 10 px wide.
  expect(label.x - outcomes.x).toBeGreaterThan(122);
  expect(label.x + label.width).toBeLessThanOrEqual(outcomes.x + outcomes.width);
});

test('what gets lost on a wire comes to the picture with its place, as many as the book says @desktop', async ({ page }) => {
  await openLab(page);
  await page.evaluate(async () => {
    const { client } = window.__brokerLab;
    await client.command({ type: 'lose', wire: 'checkout-orders', share: 1 });
  });
  await expect.poll(() => ledgerCell(page, 'lost')).toBeGreaterThan(1);
  await standStill(page);
  const losses = await page.evaluate((at) => window.__brokerLab.client.frame?.[at] ?? -1, FRAME.LOSS_COUNT);
  expect(losses).toBe(await ledgerCell(page, 'lost'));
  expect(await isBalanced(page)).toBe(true);
});

test('on a phone a notice stands in the row of the hint, over no card, and the hint waits @phone', async ({ page }) => {
  await openLab(page);
  const hint = page.getByRole('note', { name: 'What to try first' });
  await expect(hint).toBeVisible();
  await page.evaluate(async () => {
    await window.__brokerLab.client.command({ type: 'crash', node: 'worker-2' });
  });
  await expect(page.locator('.notice')).toHaveCount(1);
  await expect(hint).toBeHidden();
  const notice = await boxOf(page, '.notice');
  for (const plate of await page.locator('.react-flow__node').all()) {
    const box = await plate.boundingBox();
    expect(box !== null && meet(box, notice)).toBe(false);
  }
  expect(meet(notice, await boxOf(page, '.palette-open'))).toBe(false);
  await page.getByRole('status', { name: 'Notices' }).getByRole('button').tap();
  await expect(hint).toBeVisible();
  expect(await ledgerCell(page, 'total')).toBeGreaterThan(0);
});
