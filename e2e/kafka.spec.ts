// Kafka in the page: a cluster built from the palette, members until one has nothing to do, a member that dies, what a rebalance costs an eager
// and a cooperative member, the records of a partition. Each story ends at the books, a dial or what the engine says of itself.

import { expect, type Page, test } from '@playwright/test';
import type { NodeDocument, TopologyDocument, WireDocument } from '../sim-engine/topology/document.ts';
import { axeFindings } from './accessibility.ts';
import { card, drawnTopology, EMPTY, gauge, openDrawing, palette, select, wires } from './drawing.ts';
import { isBalanced, ledgerCell, openLab, standStill } from './lab.ts';

const part = (id: string, kind: string, x: number, y: number, params: NodeDocument['params'] = {}): NodeDocument => ({
  id,
  kind,
  parent: 'kafka',
  position: { x, y },
  params,
});
const wire = (kind: string, from: string, to: string, params: WireDocument['params'] = {}): WireDocument => ({
  id: `${from}-${to}`,
  kind,
  from,
  to,
  params,
});
const worker = (id: string, y: number, work = '5ms'): NodeDocument => ({
  id,
  kind: 'service',
  position: { x: 944, y },
  params: { work: { law: 'constant', value: work } },
});
const FROM_THE_START = { delay: '2ms', offsetReset: 'earliest', sessionTimeout: '6s', autoCommitInterval: '1s' };

/** A topic with two partitions, and a group with two members. */
const ORDERS: TopologyDocument = {
  format: 'broker-lab/topology',
  version: 1,
  name: 'Orders',
  nodes: [
    { id: 'shop', kind: 'sender', position: { x: 0, y: 128 }, params: { arrivals: 'constant', rate: 20, keys: 30 } },
    {
      id: 'kafka',
      kind: 'kafka',
      position: { x: 288, y: 0 },
      size: { width: 584, height: 320 },
      params: { initialRebalanceDelay: '500ms' },
    },
    part('orders', 'kafka-topic', 24, 56, { partitions: 2 }),
    part('billing', 'kafka-group', 344, 56),
    worker('one', 0),
    worker('two', 168),
  ],
  wires: [
    wire('kafka-produce', 'shop', 'orders', { delay: '2ms' }),
    wire('kafka-subscribe', 'orders', 'billing'),
    wire('kafka-consume', 'billing', 'one', FROM_THE_START),
    wire('kafka-consume', 'billing', 'two', FROM_THE_START),
  ],
};

async function openOrders(page: Page, topology: TopologyDocument = ORDERS): Promise<void> {
  await openLab(page);
  await openDrawing(page, topology);
  await play(page);
  await expect.poll(() => ledgerCell(page, 'done')).toBeGreaterThan(0);
}

const play = (page: Page, speed = 8) => page.evaluate((times) => window.__brokerLab.client.play(times), speed);
const crash = (page: Page, node: string, forNs: number) =>
  page.evaluate((command) => window.__brokerLab.client.command(command), { type: 'crash' as const, node, forNs });

/** A card, by keyboard, as it lies; `isInside`: what it holds. */
async function openInside(page: Page, id: string): Promise<void> {
  await select(page, id);
  await page.getByRole('button', { name: 'Inside', exact: true }).press('Enter');
}

const addFromPalette = (page: Page, name: string) => palette(page).getByRole('button', { name, exact: true }).click();

async function wireTo(page: Page, from: string, to: string, count: number): Promise<void> {
  await card(page, from).focus();
  await page.keyboard.press('c');
  await page.getByRole('menuitem', { name: to, exact: true }).press('Enter');
  await expect(wires(page)).toHaveCount(count);
}

const members = (page: Page) => card(page, 'billing').locator('.group-members li');
const table = (page: Page, name: string) => page.locator('.inside').filter({ has: page.getByRole('heading', { name }) });

test('a cluster with a topic, a producer and a group is built from the palette, and its records arrive @desktop', async ({
  page,
}) => {
  await openLab(page);
  await openDrawing(page, EMPTY);
  // A topic brings its cluster along.
  await addFromPalette(page, 'Kafka topic');
  await addFromPalette(page, 'Consumer group');
  await addFromPalette(page, 'Sender');
  await addFromPalette(page, 'Worker');
  await expect
    .poll(async () => (await drawnTopology(page)).nodes.map(({ kind, parent }) => `${kind} ${parent ?? ''}`.trim()))
    .toEqual(['kafka', 'kafka-topic kafka-cluster', 'kafka-group kafka-cluster', 'sender', 'service']);
  await wireTo(page, 'sender', 'Kafka topic', 1);
  await wireTo(page, 'kafka-topic', 'Consumer group', 2);
  await wireTo(page, 'consumer-group', 'Worker', 3);
  await page.getByRole('button', { name: 'Back to the start' }).click();
  await play(page);
  await expect.poll(() => ledgerCell(page, 'done')).toBeGreaterThan(5);
  await standStill(page);
  expect(await isBalanced(page)).toBe(true);
  expect(await gauge(page, 'kafka-topic', 'records')).toBeGreaterThan(5);
  await expect(card(page, 'kafka-cluster').getByRole('button', { name: /^Broker \d of .*: up$/ })).toHaveCount(3);
});

test('members are added until one has nothing to do: there are no more partitions @desktop', async ({ page }) => {
  await openOrders(page);
  await expect(members(page)).toHaveText([/^one ?[01]$/, /^two ?[01]$/]);
  await addFromPalette(page, 'Worker');
  await wireTo(page, 'billing', 'Worker', 5);
  await expect(members(page)).toHaveCount(3);
  await expect(members(page).filter({ hasText: 'idle' })).toHaveCount(1);
  await expect(card(page, 'billing')).toContainText('3 members, 1 idle');
  await standStill(page);
  expect(await gauge(page, 'billing', 'members')).toBe(3);
  // All partitions are read all the same.
  const owned = await members(page).locator('.group-owned i').allTextContents();
  expect(owned.sort()).toEqual(['0', '1']);
  expect(await isBalanced(page)).toBe(true);
});

test('a member dies: it falls silent, its session ends, the group rebalances and another reads on @desktop', async ({ page }) => {
  await openOrders(page);
  await openInside(page, 'billing');
  const states = table(page, 'Recent states').locator('tbody td:nth-child(2)');
  await expect(states.first()).toHaveText('Stable');
  const generation = await gauge(page, 'billing', 'generation');
  await play(page, 2);
  await crash(page, 'two', 600e9);
  await expect(members(page).filter({ hasText: /^two/ })).toContainText('silent for');
  await play(page);
  await expect.poll(() => gauge(page, 'billing', 'generation')).toBe(generation + 1);
  await expect(members(page)).toHaveText([/^one ?01$/]);
  await standStill(page);
  await expect(states.nth(0)).toHaveText('Stable');
  await expect(states.nth(1)).toHaveText('CompletingRebalance');
  await expect(states.nth(2)).toHaveText('PreparingRebalance');
  expect(await gauge(page, 'billing', 'members')).toBe(1);
  expect(await isBalanced(page)).toBe(true);
});

test('a rebalance lets an eager member stand still and a cooperative one read on, as their timelines say @desktop', async ({
  page,
}) => {
  const slow = { ...FROM_THE_START, heartbeatInterval: '500ms' };
  const pausedBy = async (assignor: string): Promise<number> => {
    const consume = (to: string) => wire('kafka-consume', 'billing', to, { ...slow, assignor });
    const [produce, subscribe] = ORDERS.wires as [WireDocument, WireDocument];
    await openDrawing(page, { ...ORDERS, name: assignor, wires: [produce, subscribe, consume('one'), consume('two')] });
    await play(page);
    await expect.poll(() => gauge(page, 'one', 'processed')).toBeGreaterThan(0);
    await openInside(page, 'one');
    const lane = table(page, 'Recent stages').locator('figcaption');
    const generation = await gauge(page, 'billing', 'generation');
    // It is back before its session is over, under another name: the round waits for the old one.
    await crash(page, 'two', 1e9);
    await expect.poll(() => gauge(page, 'billing', 'generation')).toBeGreaterThan(generation);
    await expect.poll(() => gauge(page, 'billing', 'members')).toBe(2);
    await standStill(page);
    await expect(lane).toContainText(assignor === 'range' ? /stood still for \d/ : 'read on throughout');
    expect(Number(await lane.getAttribute('data-took-ns'))).toBeGreaterThan(1e9);
    return Number(await lane.getAttribute('data-paused-ns'));
  };
  await openLab(page);
  expect(await pausedBy('range')).toBeGreaterThan(1e9);
  expect(await pausedBy('cooperative-sticky')).toBe(0);
});

test('a partition is opened and its records are read by their offsets: key, age, and who has read them @desktop', async ({
  page,
}) => {
  await openOrders(page);
  await expect.poll(() => gauge(page, 'orders', 'records')).toBeGreaterThan(120);
  await openInside(page, 'orders');
  await expect(table(page, 'Partitions').locator('tbody tr')).toHaveCount(2);
  await standStill(page);
  const ends = async () =>
    (await table(page, 'Partitions').locator('tbody tr td:nth-child(4)').allTextContents()).map((cell) => Number(cell));
  // The table is asked for now and then: it must have heard of the last record.
  const all = await gauge(page, 'orders', 'records');
  await expect.poll(async () => (await ends()).reduce((sum, one) => sum + one, 0)).toBe(all);
  const end = (await ends())[1] as number;
  await page.getByRole('button', { name: 'Records of partition 1' }).press('Enter');
  const records = table(page, 'Records of partition 1');
  await records.getByRole('button', { name: /^Show \d+$/ }).click();
  const offsets = async () => (await records.locator('tbody td:first-child').allTextContents()).map(Number);
  await expect.poll(async () => (await offsets()).at(-1)).toBe(end - 1);
  expect(await offsets()).toHaveLength(50);
  await expect(records).toContainText('billing');
  expect(await axeFindings(page), 'records').toEqual([]);
  // One page further back: these are committed, and stay where they are.
  await records.getByRole('button', { name: 'Earlier' }).click();
  await expect.poll(async () => (await offsets())[0]).toBe(Math.max(0, end - 100));
  await expect(records.getByRole('columnheader', { name: 'Committed by' })).toBeVisible();
  await page.getByRole('button', { name: 'All partitions' }).press('Enter');
  await expect(page.getByRole('button', { name: 'Records of partition 0' })).toBeVisible();
  expect(await isBalanced(page)).toBe(true);
});

test('a topic says how many groups read it beside the two on its tapes, and so does the chart of their lag @desktop @long', async ({
  page,
}) => {
  const ids = ['audit', 'fraud', 'report'];
  const { nodes, wires: drawn } = ORDERS;
  await openOrders(page, {
    ...ORDERS,
    nodes: [...nodes, ...ids.map((id, ix) => part(id, 'kafka-group', 344, 320 + 264 * ix))],
    wires: [...drawn, ...ids.map((id) => wire('kafka-subscribe', 'orders', id))],
  });
  await expect(card(page, 'orders').locator('.more-groups')).toHaveText('+2 groups');
  await expect(page.getByText('records, 3 of 4 groups')).toBeVisible();
  await page.locator('.react-flow__node[data-id="report"]').focus();
  await page.keyboard.press('Delete');
  await expect(card(page, 'orders').locator('.more-groups')).toHaveText('+1 group');
  await expect(page.getByText('records, per group')).toBeVisible();
});
