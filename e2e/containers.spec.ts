// Cards into containers and out of them by pointer and by menu, in a page where a topic holds queues: no broker has brought a
// container yet. Each story ends at the document, and the run goes on with its books in balance.

import { expect, type Page, test } from '@playwright/test';
import type { TopologyDocument } from '../sim-engine/topology/document.ts';
import { type ServedPage, servePage } from './built-page.ts';
import { card, dragTo, drawnTopology, openDrawing, palette } from './drawing.ts';
import { isBalanced, ledgerCell } from './lab.ts';

let served: ServedPage;
test.beforeAll(async () => {
  served = await servePage('containers', () => ({
    name: 'topics-hold-queues',
    enforce: 'post',
    transform: (code, id) =>
      id.endsWith('/textbook/topic.declaration.ts') ? `${code}\nTOPIC.accepts = ['queue', 'dead-letter-queue'];\n` : null,
  }));
});
test.afterAll(() => served.close());

const DRAWN: TopologyDocument = {
  format: 'broker-lab/topology',
  version: 1,
  name: 'A broker',
  nodes: [
    { id: 'web', kind: 'sender', position: { x: 0, y: 0 } },
    { id: 'orders', kind: 'queue', position: { x: 230, y: 0 } },
    { id: 'worker', kind: 'service', position: { x: 230, y: 220 } },
    { id: 'spare', kind: 'dead-letter-queue', position: { x: 0, y: 220 } },
    { id: 'broker', kind: 'topic', name: 'Broker', position: { x: 500, y: 0 } },
  ],
  wires: [
    { id: 'in', kind: 'publish', from: 'web', to: 'orders' },
    { id: 'out', kind: 'deliver', from: 'orders', to: 'worker' },
  ],
};

async function open(page: Page): Promise<void> {
  await page.goto(served.url);
  await expect.poll(() => ledgerCell(page, 'total')).toBeGreaterThan(0);
  await openDrawing(page, DRAWN);
  await expect.poll(() => ledgerCell(page, 'done')).toBeGreaterThan(0);
}

/** Where a card is seen, and what it lies in. */
async function placeOf(page: Page, id: string) {
  const box = await card(page, id).boundingBox();
  if (box === null) throw new Error(`${id} is not seen`);
  const node = (await drawnTopology(page)).nodes.find((one) => one.id === id);
  return { box, grip: { x: box.x + 90, y: box.y + 14 }, parent: node?.parent, node };
}

async function brokerMiddle(page: Page) {
  const { box } = await placeOf(page, 'broker');
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

/** A card is grasped where the pointer is once it has moved a little: then it follows it exactly. */
async function carryTo(page: Page, from: { x: number; y: number }, to: { x: number; y: number }): Promise<void> {
  await dragTo(page, from, { x: from.x + 3, y: from.y + 3 });
  await page.mouse.move(to.x, to.y, { steps: 8 });
}

const close = (a: { x: number; y: number }, b: { x: number; y: number }) => Math.hypot(a.x - b.x, a.y - b.y) < 12;

test('a card is dragged in, stays where it was let go, moves along, and is dragged out again @desktop', async ({ page }) => {
  await open(page);
  const before = await placeOf(page, 'spare');
  expect(before.parent).toBeUndefined();
  const middle = await brokerMiddle(page);
  await carryTo(page, before.grip, middle);
  await expect(card(page, 'broker')).toHaveAttribute('data-aim', 'yes');
  const held = await placeOf(page, 'spare');
  await page.mouse.up();
  await expect.poll(async () => (await placeOf(page, 'spare')).parent).toBe('broker');
  await expect(card(page, 'broker')).not.toHaveAttribute('data-aim');
  const inside = await placeOf(page, 'spare');
  expect(close(inside.box, held.box)).toBe(true);

  // One step of undo is the whole way back, and forth.
  await page.keyboard.press('Control+z');
  await expect.poll(async () => (await placeOf(page, 'spare')).node).toEqual(before.node);
  await page.keyboard.press('Control+Shift+z');
  await expect.poll(async () => (await placeOf(page, 'spare')).node).toEqual(inside.node);

  // What lies in a container moves with it.
  const broker = await placeOf(page, 'broker');
  await carryTo(page, broker.grip, { x: broker.grip.x + 40, y: broker.grip.y + 32 });
  await page.mouse.up();
  await expect
    .poll(async () => close((await placeOf(page, 'spare')).box, { x: inside.box.x + 40, y: inside.box.y + 32 }))
    .toBe(true);

  const again = await placeOf(page, 'spare');
  await carryTo(page, again.grip, before.grip);
  await page.mouse.up();
  await expect.poll(async () => (await placeOf(page, 'spare')).parent).toBeUndefined();
  expect(close((await placeOf(page, 'spare')).box, before.box)).toBe(true);
  await expect.poll(() => isBalanced(page)).toBe(true);
});

test('a container refuses what it does not hold, with its reason, from the canvas and from the palette @desktop', async ({
  page,
}) => {
  await open(page);
  const before = await placeOf(page, 'worker');
  const reason = 'Worker cannot lie in Broker, which holds only: queue, dead-letter queue.';
  await carryTo(page, before.grip, await brokerMiddle(page));
  await expect(card(page, 'broker')).toHaveAttribute('data-aim', 'no');
  await page.mouse.move((await brokerMiddle(page)).x + 2, (await brokerMiddle(page)).y);
  await expect(page.locator('.aim')).toHaveText(reason);
  await page.mouse.up();
  await expect(page.locator('.aim')).toHaveCount(0);
  await expect(page.getByRole('status', { name: 'Notices' })).toContainText(reason);
  await expect.poll(async () => (await placeOf(page, 'worker')).node).toEqual(before.node);

  const button = await palette(page).getByRole('button', { name: 'Worker', exact: true }).boundingBox();
  if (button === null) throw new Error('no worker in the palette');
  await dragTo(page, { x: button.x + 20, y: button.y + 15 }, await brokerMiddle(page));
  await expect(page.locator('.palette-ghost')).toContainText(reason);
  await page.mouse.up();
  expect((await drawnTopology(page)).nodes).toHaveLength(5);

  const queue = await palette(page).getByRole('button', { name: 'Queue', exact: true }).boundingBox();
  if (queue === null) throw new Error('no queue in the palette');
  const middle = await brokerMiddle(page);
  await dragTo(page, { x: queue.x + 20, y: queue.y + 15 }, middle);
  await page.mouse.up();
  await expect.poll(async () => (await placeOf(page, 'queue')).parent).toBe('broker');
  const { box } = await placeOf(page, 'queue');
  expect(Math.abs(box.x + box.width / 2 - middle.x)).toBeLessThan(12);
  await expect.poll(() => isBalanced(page)).toBe(true);
});

test('without a pointer a card is put in and taken out by its menu @desktop', async ({ page }) => {
  await open(page);
  await card(page, 'spare').focus();
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'More for spare' }).press('Enter');
  await page.getByRole('menuitem', { name: 'Put into Broker' }).press('Enter');
  await expect.poll(async () => (await placeOf(page, 'spare')).parent).toBe('broker');
  await expect(card(page, 'spare')).toBeFocused();
  await page.getByRole('button', { name: 'More for spare' }).press('Enter');
  await page.getByRole('menuitem', { name: 'Take out of Broker' }).press('Enter');
  await expect.poll(async () => (await placeOf(page, 'spare')).parent).toBeUndefined();
});
