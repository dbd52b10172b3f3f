// The canvas by pointer: cards dragged in, wires drawn and refused, names, copies, layout, controls on cards. Each story ends at a
// book or a dial.

import { expect, test } from '@playwright/test';
import { card, dragTo, drawnTopology, EMPTY, gauge, openDrawing, palette, portOf, wires } from './drawing.ts';
import { clockSeconds, isBalanced, ledgerCell, openLab } from './lab.ts';

test('sender, queue and worker are dragged in and wired by drag, and letters are finished there @desktop', async ({ page }) => {
  await openLab(page);
  await openDrawing(page, EMPTY);
  await expect(page.locator('.react-flow__node')).toHaveCount(0);
  for (const [kind, x] of [
    ['Sender', 320],
    ['Queue', 600],
    ['Worker', 900],
  ] as const) {
    const button = palette(page).getByRole('button', { name: kind, exact: true });
    const box = await button.boundingBox();
    if (box === null) throw new Error(`no ${kind} in the palette`);
    await dragTo(page, { x: box.x + 40, y: box.y + box.height / 2 }, { x, y: 300 });
    await expect(page.locator('.palette-ghost')).toHaveText(kind);
    await page.mouse.up();
    await expect(page.locator('.react-flow__node')).toHaveCount(kind === 'Sender' ? 1 : kind === 'Queue' ? 2 : 3);
  }
  // Where the pointer let it go, not somewhere.
  const dropped = await card(page, 'worker').boundingBox();
  expect(Math.abs((dropped?.x ?? 0) + (dropped?.width ?? 0) / 2 - 900)).toBeLessThan(60);

  // From port to port, and from a port to anywhere on the card.
  await dragTo(page, await portOf(page, 'sender', 'out'), await portOf(page, 'queue', 'in'));
  await page.mouse.up();
  await expect(wires(page)).toHaveCount(1);
  const worker = await card(page, 'worker').boundingBox();
  if (worker === null) throw new Error('no worker');
  await dragTo(page, await portOf(page, 'queue', 'out'), { x: worker.x + 110, y: worker.y + 20 });
  await page.mouse.up();
  await expect(wires(page)).toHaveCount(2);
  await expect.poll(() => ledgerCell(page, 'done')).toBeGreaterThan(0);
  expect(await isBalanced(page)).toBe(true);
});

test('an impossible wire is refused while it is in the hand, with its reason in words @desktop', async ({ page }) => {
  await openLab(page);
  const dead = await card(page, 'orders-dead').boundingBox();
  if (dead === null) throw new Error('no dead-letter queue');
  await dragTo(page, await portOf(page, 'checkout', 'out'), { x: dead.x + 90, y: dead.y + 50 });
  const words = page.locator('.aim');
  await expect(words).toHaveText(
    'A wire cannot lead from sender straight to dead-letter queue. Put one of these between them: queue.',
  );
  const place = await words.boundingBox();
  expect(Math.abs((place?.x ?? 0) - dead.x - 90)).toBeLessThan(60);
  expect(Math.abs((place?.y ?? 0) - dead.y - 50)).toBeLessThan(60);
  // A wire that is there already is as impossible.
  const queue = await card(page, 'orders').boundingBox();
  if (queue === null) throw new Error('no queue');
  await page.mouse.move(queue.x + 100, queue.y + 100, { steps: 4 });
  await expect(words).toHaveText('A wire leads from Checkout to Orders already.');
  await page.mouse.up();
  await expect(words).toHaveCount(0);
  await expect(wires(page)).toHaveCount(6);
  expect(await page.evaluate(() => window.__brokerLab.client.status?.commandCount)).toBe(0);
});

test('a wire is drawn by one tap after another, and a wrong second tap is answered in words @desktop', async ({ page }) => {
  await openLab(page);
  await palette(page).getByRole('button', { name: 'Worker', exact: true }).click();
  await expect(card(page, 'worker')).toBeVisible();
  await page.waitForTimeout(300);
  const from = await portOf(page, 'orders', 'out');
  await page.mouse.click(from.x, from.y);
  await card(page, 'mobile').click();
  await expect(page.getByRole('status', { name: 'Notices' })).toContainText('Messages flow from sender to queue');
  await expect(wires(page)).toHaveCount(6);
  await page.mouse.click(from.x, from.y);
  await card(page, 'worker').click({ position: { x: 100, y: 15 } });
  await expect(wires(page)).toHaveCount(7);
  await expect.poll(() => gauge(page, 'worker', 'received')).toBeGreaterThan(0);
  expect(await isBalanced(page)).toBe(true);
});

test('the first steps: the line is made to grow on the card, and healed by workers @desktop @long', async ({ page }) => {
  await openLab(page);
  const hint = page.getByRole('note', { name: 'What to try first' });
  await expect(hint).toContainText('Drag the glowing handle: let Checkout send more.');
  const knob = page.getByLabel('Send rate of Checkout');
  await expect(knob).toHaveClass(/glows/);
  // One thing glows, and no other.
  await expect(page.locator('.glows')).toHaveCount(1);
  const box = await knob.boundingBox();
  if (box === null) throw new Error('no handle');
  await dragTo(page, { x: box.x + box.width / 2, y: box.y + box.height / 2 }, { x: box.x + box.width * 0.7, y: box.y + 10 });
  await page.mouse.up();
  await expect(hint).toContainText('The line grows: 3 workers cannot keep up.', { timeout: 25_000 });
  expect(await ledgerCell(page, 'waiting')).toBeGreaterThanOrEqual(8);

  await hint.getByRole('button', { name: 'Add a worker' }).click();
  await expect(wires(page)).toHaveCount(7);
  for (let more = 0; more < 3; more++) await page.keyboard.press('Control+d');
  await expect(wires(page)).toHaveCount(10);
  await expect(hint).toContainText('Healed: the line is short again.', { timeout: 25_000 });
  // By chance there may be one or two more again a moment later.
  await expect.poll(() => ledgerCell(page, 'waiting')).toBeLessThan(8);
  expect(await isBalanced(page)).toBe(true);
  await hint.getByRole('button', { name: 'Do not show this hint again' }).click();
  await expect(hint).toHaveCount(0);
  await page.reload();
  await expect.poll(() => ledgerCell(page, 'total')).toBeGreaterThan(0);
  await expect(hint).toHaveCount(0);
});

test('wires are led elsewhere, cards removed, all undone and done again: the clock goes on and the books balance @desktop @long', async ({
  page,
}) => {
  await openLab(page);
  let clock = 0;
  const check = async () => {
    const now = await clockSeconds(page);
    expect(now).toBeGreaterThanOrEqual(clock);
    clock = now;
    await expect.poll(() => isBalanced(page)).toBe(true);
  };
  await card(page, 'worker-3').click();
  await page.keyboard.press('Control+d');
  await expect(wires(page)).toHaveCount(7);
  await check();
  // The mobile shop gets a queue of its own.
  await palette(page).getByRole('button', { name: 'Queue', exact: true }).click();
  await page.locator('.react-flow__edge[data-id="mobile-orders"]').focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Delete');
  await expect(wires(page)).toHaveCount(6);
  await page.waitForTimeout(300);
  await dragTo(page, await portOf(page, 'mobile', 'out'), await portOf(page, 'queue', 'in'));
  await page.mouse.up();
  await expect(wires(page)).toHaveCount(7);
  await expect.poll(() => gauge(page, 'queue', 'queue_size')).toBeGreaterThan(0);
  await check();
  await card(page, 'worker-1').focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Delete');
  await expect(card(page, 'worker-1')).toHaveCount(0);
  await check();
  const after = await drawnTopology(page);
  const steps = 5;
  for (let step = 0; step < steps; step++) {
    await page.getByRole('button', { name: 'Undo' }).click();
    await check();
  }
  await expect(page.getByRole('button', { name: 'Undo' })).toBeDisabled();
  await expect(wires(page)).toHaveCount(6);
  for (let step = 0; step < steps; step++) {
    await page.getByRole('button', { name: 'Redo' }).click();
    await check();
  }
  expect(await drawnTopology(page)).toEqual(after);
  const done = await ledgerCell(page, 'done');
  await expect.poll(() => ledgerCell(page, 'done')).toBeGreaterThan(done);
});

test('deleting by key leaves the focus on a neighbour, and its name is changed in place @desktop @long', async ({ page }) => {
  await openLab(page);
  await card(page, 'worker-2').focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Delete');
  await expect(card(page, 'worker-2')).toHaveCount(0);
  await expect(card(page, 'orders')).toBeFocused();
  // Also by the button of the settings, which goes away itself.
  await card(page, 'worker-3').focus();
  await page.keyboard.press('Enter');
  await page.getByRole('complementary', { name: 'Settings of Worker 3' }).getByRole('button', { name: 'Delete' }).focus();
  await page.keyboard.press('Enter');
  await expect(card(page, 'worker-3')).toHaveCount(0);
  await expect(card(page, 'orders')).toBeFocused();

  await page.keyboard.press('F2');
  await page.keyboard.type('Parcels');
  await page.keyboard.press('Enter');
  await expect(card(page, 'orders').getByRole('heading')).toHaveText('Parcels');
  await expect(card(page, 'orders')).toBeFocused();
  await card(page, 'worker-1').getByRole('heading').dblclick();
  await page.keyboard.type('Ann');
  await page.keyboard.press('Escape');
  await expect(card(page, 'worker-1').getByRole('heading')).toHaveText('Worker 1');
  await page.keyboard.press('Control+z');
  await expect(card(page, 'orders').getByRole('heading')).toHaveText('Orders');
  expect(await isBalanced(page)).toBe(true);
});

test('Delete is meant for what has the focus, and for all that is selected only if that is one of them @desktop', async ({
  page,
}) => {
  await openLab(page);
  await card(page, 'checkout').click({ position: { x: 80, y: 20 } });
  await card(page, 'worker-3').focus();
  await page.keyboard.press('Delete');
  await expect(card(page, 'worker-3')).toHaveCount(0);
  await expect(page.locator('.notice')).toContainText('Worker 3 was deleted');
  await expect(card(page, 'checkout')).toBeVisible();
  // Likewise a wire; and held down it deletes once.
  await page.locator('.react-flow__edge[data-id="mobile-orders"]').focus();
  await page.keyboard.down('Backspace');
  await page.keyboard.down('Backspace');
  await page.keyboard.up('Backspace');
  await expect(wires(page)).toHaveCount(4);
  await expect(page.locator('.react-flow__node')).toHaveCount(6);
  // What is dragged by keys is no card.
  await card(page, 'checkout').getByRole('slider').focus();
  await page.keyboard.press('Delete');
  await expect(card(page, 'checkout')).toBeVisible();

  await card(page, 'mobile').click({ position: { x: 80, y: 20 }, modifiers: ['Shift'] });
  await card(page, 'checkout').focus();
  await page.keyboard.press('Delete');
  await expect(page.locator('.react-flow__node')).toHaveCount(4);
  await expect.poll(() => isBalanced(page)).toBe(true);
});

test('cards are copied as text and pasted in another tab, under ids of their own @desktop @long', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await openLab(page);
  // Shift adds to the selection.
  await card(page, 'orders').click({ position: { x: 80, y: 20 } });
  await card(page, 'worker-1').click({ position: { x: 80, y: 20 }, modifiers: ['Shift'] });
  await expect(page.getByRole('complementary', { name: 'What is selected' })).toContainText('2 selected');
  await page.keyboard.press('Control+c');
  const other = await context.newPage();
  await openLab(other);
  await other.locator('.react-flow__pane').click({ position: { x: 300, y: 520 } });
  await other.keyboard.press('Control+v');
  await expect(other.locator('.react-flow__node')).toHaveCount(9);
  const { nodes, wires: drawn } = await drawnTopology(other);
  expect(nodes.slice(-2).map(({ id, name }) => [id, name])).toEqual([
    ['orders-2', 'Orders 2'],
    ['worker', 'Worker 4'],
  ]);
  expect(drawn.at(-1)).toMatchObject({ kind: 'deliver', from: 'orders-2', to: 'worker' });
  await expect.poll(() => isBalanced(other)).toBe(true);
  await expect.poll(() => clockSeconds(other)).toBeGreaterThan(1);
});

test('what is no drawing is not pasted, and a broken one is told of @desktop', async ({ page }) => {
  await openLab(page);
  const paste = (words: string) =>
    page.evaluate((text) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData('text/plain', text);
      window.dispatchEvent(new ClipboardEvent('paste', { clipboardData, cancelable: true }));
    }, words);
  await paste('a shopping list');
  await expect(page.getByRole('status', { name: 'Notices' })).toContainText('no part of a drawing');
  await paste(JSON.stringify({ ...EMPTY, nodes: [{ id: 'x', kind: 'sender', position: 'here' }] }));
  await expect(page.getByRole('alertdialog')).toContainText('What was pasted cannot be added');
  await expect(page.locator('.react-flow__node')).toHaveCount(7);
  expect(await page.evaluate(() => window.__brokerLab.client.status?.commandCount)).toBe(0);
});

test('cards are laid out by their wires in one step of undo, and the run does not notice @desktop', async ({ page }) => {
  await openLab(page);
  await card(page, 'worker-1').focus();
  for (let press = 0; press < 12; press++) await page.keyboard.press('ArrowLeft');
  const before = await drawnTopology(page);
  await page.getByRole('button', { name: 'Lay out by the wires' }).click();
  await expect.poll(async () => (await drawnTopology(page)).nodes).not.toEqual(before.nodes);
  const at = new Map((await drawnTopology(page)).nodes.map((node) => [node.id, node.position ?? { x: 0, y: 0 }]));
  const x = (id: string) => at.get(id)?.x ?? Number.NaN;
  expect(x('checkout')).toBeLessThan(x('orders'));
  expect(x('orders')).toBeLessThan(x('worker-1'));
  expect(x('worker-1')).toBe(x('worker-2'));
  // In the order in which they stood, and what is given up on below its queue.
  expect(at.get('worker-2')?.y).toBeLessThan(at.get('worker-3')?.y as number);
  expect(x('orders-dead')).toBe(x('orders'));
  await page.keyboard.press('Control+z');
  await expect.poll(() => drawnTopology(page)).toEqual(before);
  expect(await page.evaluate(() => window.__brokerLab.client.status?.commandCount)).toBe(0);
  await page.getByRole('button', { name: 'Map of the whole drawing' }).click();
  await expect(page.locator('.react-flow__minimap-node')).toHaveCount(7);
});

test('a control is put onto a card, moves the run from there, and one drag of it is one undo @desktop', async ({ page }) => {
  await openLab(page);
  await card(page, 'worker-1').click({ position: { x: 80, y: 20 } });
  const settings = page.getByRole('complementary', { name: 'Settings of Worker 1' });
  await settings.getByText('At once', { exact: true }).hover();
  await settings.getByRole('button', { name: 'At once: show on the card' }).click();
  const knob = page.getByLabel('At once of Worker 1');
  await expect(knob).toBeVisible();
  expect((await drawnTopology(page)).nodes.find(({ id }) => id === 'worker-1')?.view).toEqual({
    knobs: [{ field: 'concurrency' }],
  });
  const box = await knob.boundingBox();
  if (box === null) throw new Error('no control');
  await dragTo(page, { x: box.x + 8, y: box.y + box.height / 2 }, { x: box.x + box.width * 0.8, y: box.y + box.height / 2 });
  await page.mouse.up();
  const concurrency = async () => (await drawnTopology(page)).nodes.find(({ id }) => id === 'worker-1')?.params?.concurrency;
  expect(await concurrency()).toBeGreaterThan(1);
  await expect(settings.getByLabel('At once', { exact: true })).toHaveValue(String(await concurrency()));
  await page.getByRole('button', { name: 'Undo' }).click();
  expect(await concurrency()).toBeUndefined();
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(knob).toHaveCount(0);
  expect(await isBalanced(page)).toBe(true);
});

test('above the threshold wires show width, and a legend says so @desktop', async ({ page }) => {
  await openLab(page);
  await expect(page.getByText('1 letter drawn = 1 message')).toBeVisible();
  await openDrawing(page, {
    ...EMPTY,
    nodes: [
      { id: 'flood', kind: 'sender', position: { x: 0, y: 0 }, params: { rate: 8000 } },
      { id: 'sink', kind: 'queue', position: { x: 400, y: 0 } },
    ],
    wires: [{ id: 'flood-sink', kind: 'publish', from: 'flood', to: 'sink', params: { delay: '2s' } }],
  });
  const legend = page.getByTestId('legend');
  await expect(legend).toContainText('to 1,000/s', { timeout: 20_000 });
  await expect(legend).toContainText('width only');
  expect(await ledgerCell(page, 'wire')).toBeGreaterThan(3000);
  expect(await isBalanced(page)).toBe(true);
});

test('a box drawn with Shift takes the cards in it @desktop', async ({ page }) => {
  await openLab(page);
  const [first, last] = [await card(page, 'worker-1').boundingBox(), await card(page, 'worker-3').boundingBox()];
  if (first === null || last === null) throw new Error('no workers');
  await page.keyboard.down('Shift');
  await dragTo(page, { x: first.x - 20, y: first.y - 12 }, { x: last.x + last.width - 4, y: last.y + last.height + 8 });
  await page.mouse.up();
  await page.keyboard.up('Shift');
  await expect(page.getByRole('complementary', { name: 'What is selected' })).toContainText('3 selected');
  await page.keyboard.press('Delete');
  await expect(page.locator('.react-flow__node')).toHaveCount(4);
  await expect.poll(() => isBalanced(page)).toBe(true);
});

test('what is added beside a container is in sight, wherever parts stand in the list of cards @desktop @long', async ({
  page,
}) => {
  await openLab(page);
  await openDrawing(page, EMPTY);
  for (const kind of ['Kafka topic', 'Consumer group', 'Sender', 'Worker']) {
    await palette(page).getByRole('button', { name: kind, exact: true }).click();
  }
  await expect(page.locator('.react-flow__node')).toHaveCount(5);
  const settings = page.getByRole('complementary');
  for (const id of ['sender', 'worker']) {
    await expect
      .poll(async () => {
        const [box, panel] = [await card(page, id).boundingBox(), await settings.boundingBox()];
        return (panel?.x ?? 0) - ((box?.x ?? 0) + (box?.width ?? 0));
      })
      .toBeGreaterThan(0);
  }
});
