// Retry topics in one click: a chain behind the group that is drawn, which leads what fails to the dead letters, and goes again by one undo.

import { expect, test } from '@playwright/test';
import type { TopologyDocument } from '../sim-engine/topology/document.ts';
import { card, drawnTopology, gauge, openDrawing, palette } from './drawing.ts';
import { isBalanced, ledgerCell, openLab } from './lab.ts';

/** A bank that can do nothing, behind a group of one. */
const ORDERS: TopologyDocument = {
  format: 'broker-lab/topology',
  version: 1,
  name: 'Orders and a bank',
  nodes: [
    { id: 'shop', kind: 'sender', name: 'Shop', position: { x: 0, y: 96 }, params: { rate: 4, keys: 5 } },
    {
      id: 'kafka',
      kind: 'kafka',
      name: 'Kafka',
      position: { x: 288, y: 0 },
      size: { width: 584, height: 320 },
      params: { initialRebalanceDelay: '0s' },
    },
    { id: 'orders', kind: 'kafka-topic', name: 'orders', parent: 'kafka', position: { x: 24, y: 56 } },
    { id: 'payment', kind: 'kafka-group', name: 'payment', parent: 'kafka', position: { x: 344, y: 56 } },
    {
      id: 'bank',
      kind: 'service',
      name: 'Bank',
      position: { x: 944, y: 96 },
      params: { failure: 1, work: { law: 'constant', value: '20ms' } },
    },
  ],
  wires: [
    { id: 'shop-orders', kind: 'kafka-produce', from: 'shop', to: 'orders' },
    { id: 'orders-payment', kind: 'kafka-subscribe', from: 'orders', to: 'payment' },
    {
      id: 'payment-bank',
      kind: 'kafka-consume',
      from: 'payment',
      to: 'bank',
      params: { offsetReset: 'earliest', commit: 'after' },
    },
  ],
};

test('what a group fails at goes through its retry topics to the dead letters @desktop @long', async ({ page }) => {
  await openLab(page);
  await openDrawing(page, ORDERS);
  await palette(page).getByRole('button', { name: 'Retry topics' }).click();
  await expect(card(page, 'orders-dlt')).toBeVisible();
  await expect(page.getByText('Retry topics were added behind payment')).toBeVisible();
  expect((await drawnTopology(page)).wires.filter(({ kind }) => kind === 'kafka-pass-on')).toHaveLength(3);

  // Both books balance while letters wait in the chain, and at its end they rest.
  await expect.poll(() => ledgerCell(page, 'dead'), { timeout: 45_000 }).toBeGreaterThan(0);
  expect(await gauge(page, 'orders-dlt', 'appended')).toBeGreaterThan(0);
  expect(await gauge(page, 'orders-retry-1000', 'appended')).toBeGreaterThan(0);
  expect(await isBalanced(page)).toBe(true);

  await page.keyboard.press('ControlOrMeta+z');
  await expect(card(page, 'orders-dlt')).toBeHidden();
  expect((await drawnTopology(page)).nodes.map(({ id }) => id)).toEqual(ORDERS.nodes.map(({ id }) => id));
});
