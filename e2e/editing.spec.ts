// Edits while it runs: what matters to the run reaches it at once and can be undone; what does not leaves it alone.

import { expect, type Page, test } from '@playwright/test';
import { nodeKind } from '../sim-engine/nodes/declarations.ts';
import { gaugesAt } from '../sim-engine/protocol/frame.ts';
import { dragTo, portOf } from './drawing.ts';
import { clockSeconds, digestInNode, engineStatus, isBalanced, ledgerCell, ORDER_PIPELINE, openLab } from './lab.ts';

/** Place of the gauge `received` among those of a worker. */
const RECEIVED = nodeKind('service')?.gauges.findIndex(({ name }) => name === 'received') ?? -1;

const commandCount = (page: Page) => page.evaluate(() => window.__brokerLab.client.status?.commandCount);
const card = (page: Page, id: string) => page.locator(`.react-flow__node[data-id="${id}"]`);
const rateOf = (page: Page) =>
  page.evaluate(() => {
    const drawing = window.__brokerLab.lab().drawing?.present;
    const topology = drawing && 'topology' in drawing ? drawing.topology : drawing;
    return topology?.nodes.find((node) => node.id === 'checkout')?.params?.rate;
  });

test('moving a card is one step of undo and no business of the run @desktop', async ({ page }) => {
  await openLab(page);
  const before = await card(page, 'orders').boundingBox();
  if (before === null) throw new Error('no card');
  await page.mouse.move(before.x + 60, before.y + 20);
  await page.mouse.down();
  for (let step = 1; step <= 8; step++) await page.mouse.move(before.x + 60 + step * 8, before.y + 20 + step * 4);
  await page.mouse.up();
  const after = await card(page, 'orders').boundingBox();
  expect(after?.x).toBeGreaterThan(before.x + 40);
  await page.keyboard.press('Control+z');
  await expect.poll(async () => (await card(page, 'orders').boundingBox())?.x).toBe(before.x);
  const { simTimeNs, digest, commandCount: given } = await engineStatus(page);
  expect(given).toBe(0);
  expect(digest).toBe(digestInNode(ORDER_PIPELINE, simTimeNs, 7));
});

test('a knob reaches the run while it is dragged, and undo turns it back without moving the clock @desktop', async ({ page }) => {
  await openLab(page);
  await card(page, 'checkout').click();
  const slider = page.getByRole('complementary').getByLabel('Send rate, slider');
  const box = await slider.boundingBox();
  if (box === null) throw new Error('no slider');
  await page.mouse.move(box.x + box.width * 0.55, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.95, box.y + box.height / 2, { steps: 6 });
  await expect.poll(() => commandCount(page)).toBeGreaterThan(0);
  await page.mouse.up();
  expect(await rateOf(page)).toBeGreaterThan(20);
  const sent = await ledgerCell(page, 'total');
  await page.waitForTimeout(1500);
  // Two and a half a second before; now at least twenty.
  expect((await ledgerCell(page, 'total')) - sent).toBeGreaterThan(15);

  const clock = await clockSeconds(page);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect.poll(() => rateOf(page)).toBe(2.5);
  expect(await clockSeconds(page)).toBeGreaterThanOrEqual(clock);
  expect(await isBalanced(page)).toBe(true);
});

test('a worker is added, wired, removed and brought back while it runs @desktop', async ({ page }) => {
  await openLab(page);
  await page.getByRole('navigation', { name: 'Add to the canvas' }).getByRole('button', { name: 'Worker' }).click();
  await expect(card(page, 'worker')).toBeVisible();
  await dragTo(page, await portOf(page, 'orders', 'out'), await portOf(page, 'worker', 'in'));
  await page.mouse.up();
  const wire = page.locator('.react-flow__edge[data-id="orders-worker"]');
  await expect(wire).toHaveCount(1);
  await expect(page.getByRole('alertdialog')).toHaveCount(0);
  const received = () =>
    page.evaluate((gauge) => {
      const { client } = window.__brokerLab;
      const node = client.layout?.nodes.find(({ id }) => id === 'worker');
      return node === undefined ? -1 : (client.frame?.[gauge + node.firstGauge] ?? -1);
    }, gaugesAt() + RECEIVED);
  await expect.poll(received).toBeGreaterThan(0);

  const clock = await clockSeconds(page);
  await card(page, 'worker').click();
  await page.keyboard.press('Delete');
  await expect(wire).toHaveCount(0);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(wire).toHaveCount(1);
  await page.getByRole('button', { name: 'Redo' }).click();
  await expect(card(page, 'worker')).toHaveCount(0);
  expect(await clockSeconds(page)).toBeGreaterThanOrEqual(clock);
  await expect.poll(() => isBalanced(page)).toBe(true);
});

test('a wire that makes no sense is not drawn @desktop', async ({ page }) => {
  await openLab(page);
  const from = card(page, 'checkout').locator('.react-flow__handle.source');
  const to = card(page, 'orders-dead').locator('.react-flow__handle.target');
  await from.dragTo(to);
  await expect(page.locator('.react-flow__edge')).toHaveCount(6);
  expect(await commandCount(page)).toBe(0);
});

test('a value beyond its limits is marked and not taken @desktop', async ({ page }) => {
  await openLab(page);
  await card(page, 'checkout').click();
  const field = page.getByRole('complementary').getByLabel('Send rate', { exact: true });
  await field.fill('-3');
  await expect(field).toHaveAttribute('aria-invalid', 'true');
  await expect(page.getByRole('alert')).toHaveText('Write a number from 0 to 10,000,000 /s.');
  await field.press('Enter');
  await expect(field).toHaveValue('2.5');
  expect(await commandCount(page)).toBe(0);
});

test('settings and gauges explain themselves on demand, from one node to the next @desktop', async ({ page }) => {
  await openLab(page);
  await card(page, 'checkout').click();
  const settings = page.getByRole('complementary');
  const help = settings.getByText('Share of messages that no worker can ever finish');
  // Unseen or not, it belongs to its field for whoever hears the page.
  await expect(settings.getByLabel('Poison', { exact: true })).toHaveAccessibleDescription(/no worker can ever finish/);
  await expect(help).toHaveClass('unseen');
  await settings.getByRole('button', { name: 'Explain the settings' }).click();
  await expect(help).not.toHaveClass('unseen');
  await card(page, 'worker-1').click();
  await expect(settings.getByText('How many messages the worker is working on now.')).toBeVisible();
});

test('a worker is added and wired by the keyboard alone @desktop', async ({ page }) => {
  await openLab(page);
  await page.getByRole('navigation').getByRole('button', { name: 'Worker', exact: true }).focus();
  await page.keyboard.press('Enter');
  await card(page, 'orders').focus();
  await page.keyboard.press('Enter');
  const settings = page.getByRole('complementary');
  await expect(settings.getByLabel('Wire to', { exact: true })).toHaveValue('worker');
  await settings.getByRole('button', { name: 'Draw a wire to Worker' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.locator('.react-flow__edge')).toHaveCount(7);
  // It works: letters reach it and are finished there.
  await card(page, 'worker').focus();
  await page.keyboard.press('Enter');
  await expect
    .poll(async () => Number(await settings.locator('dt', { hasText: 'Processed' }).locator('~ dd').last().textContent()))
    .toBeGreaterThan(0);
});
