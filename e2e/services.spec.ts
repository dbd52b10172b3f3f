// Services: the list of their steps, lanes, and a service that asks another one, drawn by hand and by keys. Each story ends at a book or a
// dial. What a pattern does when it goes wrong is told in patterns.spec.ts.

import { readFileSync } from 'node:fs';
import { expect, type Page, test } from '@playwright/test';
import { axeFindings } from './accessibility.ts';
import { card, dragTo, drawnTopology, EMPTY, gauge, openDrawing, palette, portOf, wires } from './drawing.ts';
import { isBalanced, ledgerCell, openLab, SCENARIOS, standStill } from './lab.ts';

const scenario = (name: string): string => readFileSync(new URL(`${name}.json`, SCENARIOS), 'utf8');

/** Opens a scenario that comes with the lab, at 0 and standing still. */
async function openScenario(page: Page, name: string): Promise<void> {
  await openLab(page);
  const text = scenario(name);
  await page.setInputFiles('input[type=file]', { name: `${name}.json`, mimeType: 'application/json', buffer: Buffer.from(text) });
  await expect(page.getByRole('heading', { level: 1 })).toContainText(JSON.parse(text).title);
  await standStill(page);
}

const runTo = (page: Page, seconds: number) =>
  page.evaluate(async (timeNs) => {
    await window.__brokerLab.client.runTo(timeNs);
  }, seconds * 1e9);

const settings = (page: Page, name: string) => page.getByRole('complementary', { name: `Settings of ${name}` });
const node = (page: Page, name: string) =>
  page.locator('.react-flow__node').filter({ has: page.getByRole('heading', { name, exact: true }) });

const paramOf = async (page: Page, id: string, field: string): Promise<unknown> => {
  const { nodes, wires: drawn } = await drawnTopology(page);
  return [...nodes, ...drawn].find((thing) => thing.id === id)?.params?.[field];
};

test('steps are added, set, moved and removed, each with one undo, and count from the next start @desktop', async ({ page }) => {
  await openLab(page);
  await card(page, 'worker-1').click();
  const worker = settings(page, 'Worker 1');
  await worker.getByText('More settings').click();
  const steps = worker.getByRole('list', { name: 'Steps of Worker 1' });
  const names = () => steps.locator('.step-name b').allTextContents();
  await expect.poll(names).toEqual(['Receive', 'Work', 'Publish', 'Acknowledge']);
  await expect(worker.getByRole('button', { name: 'Restart now' })).toHaveCount(0);

  await worker.getByRole('button', { name: 'Add a step' }).click();
  await worker.getByRole('button', { name: /^Sleep/ }).click();
  await expect.poll(names).toEqual(['Receive', 'Work', 'Publish', 'Sleep', 'Acknowledge']);
  await steps.getByLabel('Takes', { exact: true }).fill('3 s');
  await page.keyboard.press('Enter');
  expect(await paramOf(page, 'worker-1', 'steps')).toEqual([
    'receive',
    'work',
    'publish',
    { do: 'sleep', takes: { law: 'constant', value: '3s' } },
    'acknowledge',
  ]);

  // By key: the focus goes along, and nothing comes before the first.
  const sleep = steps.getByRole('button', { name: /^Step \d: Sleep/ });
  await sleep.focus();
  await page.keyboard.press('Alt+ArrowUp');
  await expect(sleep).toBeFocused();
  await page.keyboard.press('Alt+ArrowUp');
  await page.keyboard.press('Alt+ArrowUp');
  await expect.poll(names).toEqual(['Receive', 'Sleep', 'Work', 'Publish', 'Acknowledge']);
  await expect(sleep).toBeFocused();
  await expect(page.getByText('Sleep is step 2 of 5 now.')).toBeAttached();

  // By hand.
  const grip = await steps.locator('.step-grip').nth(1).boundingBox();
  const last = await steps.locator('.step-row').last().boundingBox();
  if (grip === null || last === null) throw new Error('no rows');
  await dragTo(page, { x: grip.x + 8, y: grip.y + 12 }, { x: grip.x + 8, y: last.y + last.height - 2 });
  await page.mouse.up();
  await expect.poll(names).toEqual(['Receive', 'Work', 'Publish', 'Acknowledge', 'Sleep']);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect.poll(names).toEqual(['Receive', 'Sleep', 'Work', 'Publish', 'Acknowledge']);

  // Three seconds of sleep count once the run is begun anew: a worker with one place does less than one in three seconds.
  await worker.getByRole('button', { name: 'Restart now' }).click();
  await expect.poll(() => gauge(page, 'worker-1', 'processed')).toBeLessThan(3);
  await page.evaluate(async () => {
    await window.__brokerLab.client.pause();
    await window.__brokerLab.client.runTo(30e9);
  });
  await standStill(page);
  expect(await gauge(page, 'worker-1', 'processed')).toBeLessThanOrEqual(10);
  expect(await gauge(page, 'worker-2', 'processed')).toBeGreaterThan(12);

  await sleep.hover();
  await steps.getByRole('button', { name: 'Remove Sleep' }).click();
  await expect.poll(names).toEqual(['Receive', 'Work', 'Publish', 'Acknowledge']);
  // The usual list again is no setting.
  expect(await paramOf(page, 'worker-1', 'steps')).toBeUndefined();
  // Delete on a step is not meant for the card.
  await steps.getByRole('button', { name: /^Step 1: Receive/ }).focus();
  await page.keyboard.press('Delete');
  await expect(card(page, 'worker-1')).toHaveCount(1);
  expect(await isBalanced(page)).toBe(true);
});

/** In the settings of a worker: it asks the first one wired before it does its own work. */
async function askFirst(page: Page, name: string): Promise<void> {
  const worker = settings(page, name);
  await worker.getByText('More settings').click();
  await worker.getByRole('button', { name: 'Add a step' }).click();
  await worker.getByRole('button', { name: /^Call Another/ }).click();
}

test('sender, queue, worker and the worker it asks are dragged in and wired by drag @desktop', async ({ page }) => {
  await openLab(page);
  await openDrawing(page, EMPTY);
  for (const [kind, x, y] of [
    ['Sender', 320, 200],
    ['Queue', 560, 360],
    ['Worker', 800, 200],
    ['Worker', 1020, 360],
  ] as const) {
    const before = await page.locator('.react-flow__node').count();
    const box = await palette(page).getByRole('button', { name: kind, exact: true }).boundingBox();
    if (box === null) throw new Error(`no ${kind} in the palette`);
    await dragTo(page, { x: box.x + 40, y: box.y + box.height / 2 }, { x, y });
    await page.mouse.up();
    await expect(page.locator('.react-flow__node')).toHaveCount(before + 1);
  }
  await dragTo(page, await portOf(page, 'sender', 'out'), await portOf(page, 'queue', 'in'));
  await page.mouse.up();
  await dragTo(page, await portOf(page, 'queue', 'out'), await portOf(page, 'worker', 'in'));
  await page.mouse.up();
  await expect(wires(page)).toHaveCount(2);
  await dragTo(page, await portOf(page, 'worker', 'calls'), await portOf(page, 'worker-2', 'asked'));
  await page.mouse.up();
  await expect(wires(page)).toHaveCount(3);
  expect((await drawnTopology(page)).wires.map(({ kind }) => kind)).toEqual(['publish', 'deliver', 'call']);

  await card(page, 'worker').click({ position: { x: 60, y: 20 } });
  await askFirst(page, 'Worker');
  await settings(page, 'Worker').getByRole('combobox', { name: 'Asks' }).selectOption({ label: 'Worker 2' });
  expect(await paramOf(page, 'worker', 'steps')).toContainEqual({ do: 'call', to: 'worker-2' });
  await settings(page, 'Worker').getByRole('button', { name: 'Restart now' }).click();
  await expect.poll(() => gauge(page, 'worker-2', 'called')).toBeGreaterThan(0);
  await expect.poll(() => ledgerCell(page, 'done')).toBeGreaterThan(0);
  await expect(page.locator('.legend')).toContainText('question');
  await card(page, 'worker-2').click({ position: { x: 60, y: 20 } });
  await expect(settings(page, 'Worker 2')).toContainText('Asked by others');
  expect(await isBalanced(page)).toBe(true);
});

test('sender, queue, worker and the worker it asks are added and wired by the keyboard alone @desktop', async ({ page }) => {
  await openLab(page);
  await openDrawing(page, EMPTY);
  for (const kind of ['Sender', 'Queue', 'Worker', 'Worker']) {
    const before = await page.locator('.react-flow__node').count();
    await palette(page).getByRole('button', { name: kind, exact: true }).focus();
    await page.keyboard.press('Enter');
    await expect(page.locator('.react-flow__node')).toHaveCount(before + 1);
  }
  for (const [from, to] of [
    ['sender', 'Queue'],
    ['queue', 'Worker'],
    ['worker', 'Worker 2'],
  ] as const) {
    await card(page, from).focus();
    await page.keyboard.press('c');
    const item = page.getByRole('menuitem', { name: to, exact: true });
    await item.focus();
    await page.keyboard.press('Enter');
    await expect(item).toHaveCount(0);
  }
  expect((await drawnTopology(page)).wires.map(({ kind }) => kind)).toEqual(['publish', 'deliver', 'call']);

  await card(page, 'worker').focus();
  await page.keyboard.press('Enter');
  const worker = settings(page, 'Worker');
  await worker.locator('summary').focus();
  await page.keyboard.press('Enter');
  await worker.getByRole('button', { name: 'Add a step' }).focus();
  await page.keyboard.press('Enter');
  await worker.getByRole('button', { name: /^Call Another/ }).focus();
  await page.keyboard.press('Enter');
  // The new step is where one is, and it is moved before the work.
  const call = worker.getByRole('button', { name: /^Step \d: Call/ });
  await expect(call).toBeFocused();
  await page.keyboard.press('Alt+ArrowUp');
  await page.keyboard.press('Alt+ArrowUp');
  expect(await paramOf(page, 'worker', 'steps')).toEqual(['receive', 'call', 'work', 'publish', 'acknowledge']);
  await worker.getByRole('button', { name: 'Restart now' }).focus();
  await page.keyboard.press('Enter');
  await expect.poll(() => gauge(page, 'worker-2', 'called')).toBeGreaterThan(0);
  await expect.poll(() => ledgerCell(page, 'done')).toBeGreaterThan(0);
  expect(await isBalanced(page)).toBe(true);
});

test('lanes are rows on the card and in words; who stands behind whom adds up to the desk @desktop', async ({ page }) => {
  await openScenario(page, 'lanes');
  await node(page, 'Ledger').click();
  const ledger = settings(page, 'Ledger');
  await runTo(page, 39);
  await standStill(page);
  await expect(ledger.getByRole('list', { name: 'Lanes' })).toHaveCount(0);
  const before = await node(page, 'Ledger').boundingBox();
  await runTo(page, 70);
  await standStill(page);
  const rows = ledger.getByRole('list', { name: 'Lanes' }).getByRole('listitem');
  await expect(rows).toHaveCount(4);
  const behind = async () =>
    (await rows.allTextContents()).reduce((sum, row) => sum + Number(/(\d+) behind it/.exec(row)?.[1] ?? 0), 0);
  await expect.poll(behind).toBe(await gauge(page, 'ledger', 'desk'));
  expect(await behind()).toBeGreaterThan(0);
  // Four rows instead of one.
  const zoom = (await node(page, 'Ledger').boundingBox())?.height ?? 0;
  expect(zoom).toBeGreaterThan((before?.height ?? 0) * 1.2);
  expect(await isBalanced(page)).toBe(true);
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`in the ${colorScheme} theme axe finds nothing on steps, lanes, memory and breakers`, async ({ page }, { project }) => {
    test.slow();
    await page.emulateMedia({ colorScheme });
    await openScenario(page, 'mark-before-and-after');
    await runTo(page, 30);
    await standStill(page);
    await node(page, 'Marks after').click();
    const after = settings(page, 'Marks after');
    await after.getByRole('button', { name: /^Step 3: Charge/ }).click();
    await after.getByRole('button', { name: 'Add a step' }).click();
    await expect(after.getByRole('button', { name: /^Sleep/ })).toBeVisible();
    expect(await axeFindings(page), 'steps and memory').toEqual([]);
    if (project.name === 'phone') {
      for (const button of await after.locator('.steps button:visible, .step-crash').all()) {
        const box = await button.boundingBox();
        expect.soft(Math.round(box?.height ?? 0), (await button.textContent()) ?? '').toBeGreaterThanOrEqual(44);
      }
    }
    await openScenario(page, 'lanes');
    await runTo(page, 70);
    await standStill(page);
    await node(page, 'Ledger').click();
    await expect(settings(page, 'Ledger').getByRole('list', { name: 'Lanes' })).toBeVisible();
    expect(await axeFindings(page), 'lanes').toEqual([]);
    await openScenario(page, 'hung-dependency');
    await runTo(page, 70);
    await standStill(page);
    await page.locator('.react-flow__edge[data-id="shipping-tariffs"]').focus();
    await page.keyboard.press('Enter');
    await expect(settings(page, 'Shipping → Tariffs').getByTestId('breaker-ribbon')).toBeVisible();
    expect(await axeFindings(page), 'a breaker').toEqual([]);
  });
}
