// RabbitMQ in the page: definitions files dropped and saved, a routing key tried, headers written, nodes killed, a drawing built from the
// palette. Each story ends at the document or at the books.

import { readFileSync } from 'node:fs';
import { expect, type Page, test } from '@playwright/test';
import type { NodeDocument, TopologyDocument, WireDocument } from '../sim-engine/topology/document.ts';
import { axeFindings } from './accessibility.ts';
import { card, drawnTopology, EMPTY, gauge, openDrawing, palette, select, wires } from './drawing.ts';
import { dropFile, isBalanced, ledgerCell, openLab, standStill } from './lab.ts';

const DEFINITIONS = new URL('../sim-engine/testing/vectors/rabbitmq/definitions/', import.meta.url);
const ORDER_EVENTS = readFileSync(new URL('node_export_order_events.json', DEFINITIONS), 'utf8');

const part = (id: string, kind: string, x: number, y: number, params: NodeDocument['params'] = {}): NodeDocument => ({
  id,
  kind,
  parent: 'rabbit',
  position: { x, y },
  params,
});
const wire = (id: string, kind: string, from: string, to: string, params: WireDocument['params'] = {}): WireDocument => ({
  id,
  kind,
  from,
  to,
  params,
});

/** A topic exchange with three bindings, two of them to one queue; the third to an exchange that asks for headers. */
const SORTING: TopologyDocument = {
  format: 'broker-lab/topology',
  version: 1,
  name: 'Sorting office',
  nodes: [
    { id: 'shop', kind: 'sender', position: { x: -260, y: 120 }, params: { arrivals: 'constant', rate: 20 } },
    {
      id: 'rabbit',
      kind: 'rabbitmq',
      position: { x: 0, y: 0 },
      size: { width: 640, height: 420 },
      params: { nodes: 3 },
    },
    part('orders', 'rabbitmq-exchange', 24, 56, { type: 'topic' }),
    part('sizes', 'rabbitmq-exchange', 24, 280, { type: 'headers' }),
    part('email', 'rabbitmq-queue', 400, 56, { type: 'quorum' }),
    part('parcels', 'rabbitmq-queue', 400, 280),
    { id: 'mailer', kind: 'service', position: { x: 720, y: 56 }, params: { work: { law: 'constant', value: '20ms' } } },
  ],
  wires: [
    wire('publish', 'rabbitmq-publish', 'shop', 'orders', { routingKey: 'order.created', confirm: true, persistent: true }),
    wire('created', 'binding', 'orders', 'email', { routingKey: 'order.created' }),
    wire('any', 'binding', 'orders', 'email', { routingKey: 'order.#' }),
    wire('on', 'binding', 'orders', 'sizes', { routingKey: 'parcel.*' }),
    wire('large', 'binding', 'sizes', 'parcels', { arguments: { size: 'large' } }),
    wire('consume', 'rabbitmq-consume', 'email', 'mailer', { prefetch: 5 }),
  ],
};

async function openSorting(page: Page): Promise<void> {
  await openLab(page);
  await openDrawing(page, SORTING);
  await expect.poll(() => ledgerCell(page, 'done')).toBeGreaterThan(0);
}

const paramsOf = async (page: Page, id: string) => {
  const { nodes, wires: drawn } = await drawnTopology(page);
  return [...nodes, ...drawn].find((thing) => thing.id === id)?.params ?? {};
};

/** A card or a wire, by keyboard, as it lies. */
/** Where messages are copied the publish book has cells of its own. */
async function published(page: Page, cell: string): Promise<number> {
  const own = await ledgerCell(page, `publish-${cell}`);
  return Number.isNaN(own) ? ledgerCell(page, cell) : own;
}

test('a definitions file that is dropped becomes a drawing, and what was left out is told in groups @desktop', async ({
  page,
}) => {
  await openLab(page);
  const file = JSON.parse(ORDER_EVENTS);
  const [{ name: vhost }] = file.vhosts;
  file.users = Array.from({ length: 9 }, (_, ix) => ({
    name: `svc-${ix}`,
    password_hash: 'x',
    hashing_algorithm: 'y',
    tags: [],
  }));
  file.exchanges.push({
    name: 'later',
    vhost,
    type: 'x-delayed-message',
    durable: true,
    auto_delete: false,
    internal: false,
    arguments: {},
  });
  await dropFile(page, 'node.json', JSON.stringify(file));

  const told = page.getByRole('dialog', { name: 'node.json is drawn' });
  await expect(told).toContainText('the exchange later of the type "x-delayed-message"');
  await expect(told).toContainText('svc-0');
  await expect(told.getByText('svc-8')).toHaveCount(2);
  await expect(told.getByText('svc-8').first()).toBeHidden();
  await told.getByText(/^and \d+ more$/).click();
  await expect(told.getByText('svc-8').first()).toBeVisible();
  expect(await axeFindings(page), 'remarks').toEqual([]);
  await told.getByRole('button', { name: 'Close' }).click();
  await expect(told).toHaveCount(0);

  const { nodes, wires: drawn } = await drawnTopology(page);
  expect(nodes.filter(({ kind }) => kind === 'rabbitmq-queue')).toHaveLength(file.queues.length);
  expect(drawn.filter(({ kind }) => kind === 'binding')).toHaveLength(file.bindings.length);
  await expect.poll(() => isBalanced(page)).toBe(true);
});

test('a definitions file that the server would refuse is refused with its place, and nothing is imported @desktop @long', async ({
  page,
}) => {
  await openLab(page);
  const before = await drawnTopology(page);
  const file = JSON.parse(ORDER_EVENTS);
  file.queues[0].arguments = { 'x-max-length': 'many' };
  await dropFile(page, 'node.json', JSON.stringify(file));
  const problems = page.getByRole('alertdialog');
  await expect(problems).toContainText('node.json cannot be opened');
  await expect(problems).toContainText(`queues › ${file.queues[0].name}`);
  await expect(problems).toContainText('Remove what its type does not take');
  expect(await drawnTopology(page)).toEqual(before);

  await dropFile(page, 'cut.json', ORDER_EVENTS.slice(0, ORDER_EVENTS.length / 2));
  await expect(problems).toContainText(/cut\.json cannot be opened.*line \d+/s);
  expect(await drawnTopology(page)).toEqual(before);
});

test('a drawn broker is saved as definitions, which open as the same broker @desktop @long', async ({ page }) => {
  await openSorting(page);
  await page.getByRole('button', { name: 'Save as ...' }).click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: 'RabbitMQ definitions' }).click(),
  ]);
  expect(download.suggestedFilename()).toBe('sorting-office-definitions.json');
  const saved = readFileSync(await download.path(), 'utf8');
  const file = JSON.parse(saved);
  expect(file.queues.map(({ name }: { name: string }) => name)).toEqual(['email', 'parcels']);
  expect(file.bindings).toHaveLength(4);
  await dropFile(page, 'again.json', saved);
  await expect.poll(async () => (await drawnTopology(page)).nodes.some(({ kind }) => kind === 'sender')).toBe(false);
  const again = await drawnTopology(page);
  const keys = (all: TopologyDocument['wires']) => all.map(({ params }) => params?.routingKey ?? '').sort();
  const isBinding = ({ kind }: WireDocument) => kind === 'binding';
  expect(keys(again.wires.filter(isBinding))).toEqual(keys(SORTING.wires.filter(isBinding)));
});

test('a routing key that is tried lights up its path and says who gets a copy; nothing is sent @desktop', async ({ page }) => {
  await openSorting(page);
  await select(page, 'orders');
  const key = page.getByLabel('Routing key to try');
  const answer = page.locator('.try-answer');
  const lit = () => page.locator('.wire.is-lit').count();
  await key.fill('order.created');
  await expect(answer).toHaveText('One queue gets a copy: email.');
  await expect.poll(lit).toBe(2);
  await expect(card(page, 'email').locator('.is-lit')).toHaveCount(1);
  await key.fill('parcel.new');
  await expect(answer).toHaveText('Nobody takes it: unroutable.');
  await expect.poll(lit).toBe(1);
  expect(await axeFindings(page), 'trying').toEqual([]);
  await key.press('Escape');
  await expect.poll(lit).toBe(0);
  await expect(key).toHaveValue('');

  // A headers exchange is asked with headers, and through it the way goes on.
  await select(page, 'sizes');
  await page.getByRole('button', { name: 'Add a row' }).click();
  await page.getByLabel('Name of the new row').fill('size');
  await page.getByLabel('Value of the new row').fill('large');
  await page.getByLabel('Value of the new row').press('Enter');
  await expect(answer).toHaveText('One queue gets a copy: parcels.');
  await expect.poll(lit).toBe(1);
  expect(await drawnTopology(page)).toEqual(SORTING);
});

test('texts and headers of a binding are written in place, one step of undo each, and a wrong value is told @desktop @long', async ({
  page,
}) => {
  await openSorting(page);
  await select(page, 'any');
  const key = page.getByLabel('Routing key', { exact: true });
  await key.fill('x'.repeat(256));
  await expect(page.locator('.field-wrong')).toHaveText('Write at most 255 characters; these are 256.');
  await key.fill('order.*');
  await key.press('Enter');
  await expect.poll(async () => (await paramsOf(page, 'any')).routingKey).toBe('order.*');
  await expect(page.locator('.wire-label', { hasText: 'order.*' })).toHaveCount(1);

  await select(page, 'large');
  await page.getByRole('button', { name: 'Add a row' }).press('Enter');
  await page.keyboard.type('copies');
  await page.getByLabel('Type of the new row').selectOption('whole');
  await page.getByLabel('Value of the new row').fill('many');
  await page.keyboard.press('Enter');
  await expect(page.locator('.field-wrong')).toHaveText('Write a whole number, such as 2 or -15.');
  expect(await paramsOf(page, 'large')).toEqual({ arguments: { size: 'large' } });
  await page.getByLabel('Value of the new row').fill('2');
  await page.keyboard.press('Enter');
  await expect.poll(() => paramsOf(page, 'large')).toEqual({ arguments: { size: 'large', copies: 2 } });
  await expect(page.locator('.wire-label', { hasText: '2 headers' })).toHaveCount(1);
  await page.getByRole('button', { name: 'Remove the row size' }).click();
  await expect.poll(() => paramsOf(page, 'large')).toEqual({ arguments: { copies: 2 } });

  const undo = page.getByRole('button', { name: 'Undo' });
  await undo.click();
  await expect.poll(() => paramsOf(page, 'large')).toEqual({ arguments: { size: 'large', copies: 2 } });
  await undo.click();
  await undo.click();
  expect(await drawnTopology(page)).toEqual(SORTING);
  await expect.poll(() => isBalanced(page)).toBe(true);
});

test('a node of the cluster is killed by its chip, another leads the queue, and confirms go on @desktop', async ({ page }) => {
  await openSorting(page);
  const node = (number: number) => card(page, 'rabbit').getByRole('button', { name: `Node ${number} of rabbit` });
  await node(1).click();
  await page.getByRole('menuitem', { name: 'Kill this node' }).click();
  await expect(node(1)).toHaveAccessibleName('Node 1 of rabbit: down');
  expect(await paramsOf(page, 'rabbit')).toEqual({ nodes: 3, nodesDown: '1' });
  const done = await gauge(page, 'mailer', 'processed');
  // The client reconnects within seconds of the run.
  await page.evaluate(() => window.__brokerLab.client.play(8));
  await expect.poll(() => gauge(page, 'mailer', 'processed'), { timeout: 30_000 }).toBeGreaterThan(done + 20);
  await node(1).click();
  await page.getByRole('menuitem', { name: 'Start this node again' }).press('Enter');
  await expect.poll(() => paramsOf(page, 'rabbit')).toEqual({ nodes: 3 });
  await standStill(page);
  expect(await isBalanced(page)).toBe(true);
});

test('the memory alarm holds publishers up while consumers drain the queue @desktop', async ({ page }) => {
  await openSorting(page);
  await select(page, 'rabbit');
  await page.getByLabel('Memory alarm', { exact: true }).check();
  await expect(card(page, 'rabbit')).toContainText('memory alarm: publishers wait');
  await expect.poll(() => gauge(page, 'shop', 'held_back'), { timeout: 30_000 }).toBeGreaterThan(0);
  await expect.poll(() => gauge(page, 'email', 'queue_size')).toBe(0);
  await page.getByLabel('Memory alarm', { exact: true }).uncheck();
  await expect.poll(() => gauge(page, 'shop', 'held_back')).toBe(0);
  await standStill(page);
  expect(await isBalanced(page)).toBe(true);
});

test('a part leads to the broker that it lies in, also where that has no frame @long', async ({ page }) => {
  await openSorting(page);
  await select(page, 'email');
  await page.getByRole('button', { name: 'in rabbit', exact: true }).click();
  await expect(page.locator('.inspector h2')).toHaveText('rabbit');
  await expect(page.getByLabel('Memory alarm', { exact: true })).toBeVisible();
});

test('what the server would refuse is said on the card @desktop @long', async ({ page }) => {
  await openSorting(page);
  await select(page, 'email');
  await page.getByLabel('Durable', { exact: true }).uncheck();
  await expect(card(page, 'email')).toContainText('Refused by the server');
  await page.getByLabel('Durable', { exact: true }).check();
  await expect(card(page, 'email')).not.toContainText('Refused by the server');
});

test('a message that no binding takes is acknowledged all the same, and the ledger says unroutable @desktop', async ({
  page,
}) => {
  await openSorting(page);
  await select(page, 'publish');
  const key = page.getByLabel('Routing key', { exact: true });
  await key.fill('nobody.asked');
  await key.press('Enter');
  await expect.poll(() => gauge(page, 'orders', 'unroutable')).toBeGreaterThan(3);
  await standStill(page);
  expect(await published(page, 'unroutable')).toBe(await gauge(page, 'orders', 'unroutable'));
  expect(await gauge(page, 'shop', 'held_back')).toBe(0);
  expect(await isBalanced(page)).toBe(true);
});

test('order_events is built from the palette and its orders arrive @desktop', async ({ page }) => {
  test.slow();
  await openLab(page);
  await openDrawing(page, EMPTY);
  const add = (name: string) => palette(page).getByRole('button', { name, exact: true }).click();
  const wireTo = async (from: string, to: string, count: number) => {
    await card(page, from).focus();
    await page.keyboard.press('c');
    await page.getByRole('menuitem', { name: to, exact: true }).press('Enter');
    await expect(wires(page)).toHaveCount(count);
  };
  // An exchange brings its broker along.
  await add('Exchange');
  await expect
    .poll(async () => (await drawnTopology(page)).nodes.map(({ kind }) => kind))
    .toEqual(['rabbitmq', 'rabbitmq-exchange']);
  await page.getByLabel('Type', { exact: true }).selectOption('topic');
  await add('RabbitMQ queue');
  await add('Sender');
  await add('Worker');
  await wireTo('sender', 'Exchange', 1);
  await wireTo('exchange', 'RabbitMQ queue', 2);
  await wireTo('rabbitmq-queue', 'Worker', 3);
  const writeKey = async (kind: string, key: string) => {
    const id = (await drawnTopology(page)).wires.find((one) => one.kind === kind)?.id ?? '';
    await select(page, id);
    await page.getByLabel('Routing key', { exact: true }).fill(key);
    await page.keyboard.press('Enter');
    await expect.poll(async () => (await paramsOf(page, id)).routingKey).toBe(key);
  };
  await writeKey('rabbitmq-publish', 'order.created');
  await writeKey('binding', 'order.*');
  await page.getByRole('button', { name: 'Back to the start' }).click();
  await expect.poll(() => ledgerCell(page, 'done'), { timeout: 20_000 }).toBeGreaterThan(5);
  await standStill(page);
  expect(await gauge(page, 'exchange', 'unroutable')).toBeLessThan(await gauge(page, 'exchange', 'published'));
  expect(await isBalanced(page)).toBe(true);
});
