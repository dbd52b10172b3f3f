// What people get wrong, each pattern once and short enough for every `npm test`: a late reply falls into its bin; a breaker opens, probes
// and closes; a memory too short does things twice, and the oracle says so; a crash is moved between two steps; a view that is lost is
// built again; an autoscaler follows the line; a slip from the menu is cured. Each story ends at a book, a dial, or what the oracle says.

import { readFileSync } from 'node:fs';
import { expect, type Page, test } from '@playwright/test';
import { dragTo, drawnTopology, gauge } from './drawing.ts';
import { digestInNode, isBalanced, ledgerCell, openLab, SCENARIOS, standStill } from './lab.ts';

const scenario = (name: string): string => readFileSync(new URL(`${name}.json`, SCENARIOS), 'utf8');

/** Opens a scenario that comes with the lab, as it is or changed, at 0 and standing still. */
async function openScenario(page: Page, name: string, text = scenario(name)): Promise<void> {
  await openLab(page);
  await page.setInputFiles('input[type=file]', { name: `${name}.json`, mimeType: 'application/json', buffer: Buffer.from(text) });
  await expect(page.getByRole('heading', { level: 1 })).toContainText(JSON.parse(text).title);
  await standStill(page);
}

async function runTo(page: Page, seconds: number): Promise<void> {
  await page.evaluate(async (timeNs) => {
    await window.__brokerLab.client.runTo(timeNs);
  }, seconds * 1e9);
}

const node = (page: Page, name: string) =>
  page.locator('.react-flow__node').filter({ has: page.getByRole('heading', { name, exact: true }) });
const settings = (page: Page, name: string) => page.getByRole('complementary', { name: `Settings of ${name}` });

/** A reading in the settings of a node, by its label. */
async function reading(page: Page, name: string, label: string): Promise<number> {
  const row = settings(page, name)
    .locator('.inspector-gauges > div')
    .filter({ has: page.locator('dt', { hasText: new RegExp(`^${label}$`) }) });
  return Number((await row.locator('dd').last().textContent())?.replaceAll(',', ''));
}

/** What a card says beside its shelf: how many lie there, or what it is doing. */
const onShelf = async (page: Page, name: string): Promise<string> =>
  (await node(page, name).locator('.card-shelf .card-more').textContent()) ?? '';

/** A figure of the oracle's row. */
const oracle = async (page: Page, name: string): Promise<number> =>
  Number((await page.locator(`[data-oracle=${name}] dd`).textContent())?.replaceAll(',', ''));

const paramOf = async (page: Page, id: string, field: string): Promise<unknown> => {
  const { nodes, wires: drawn } = await drawnTopology(page);
  return [...nodes, ...drawn].find((thing) => thing.id === id)?.params?.[field];
};

test('a late reply falls into its bin, and the books and the dials say how many @desktop', async ({ page }) => {
  await openScenario(page, 'request-response');
  const inBin = async () => Number(await onShelf(page, 'Shop'));

  // While the service keeps up, nobody gives up.
  await runTo(page, 15);
  await standStill(page);
  await expect.poll(inBin).toBe(0);
  await node(page, 'Shop').click();
  await expect.poll(() => reading(page, 'Shop', 'Answered')).toBeGreaterThan(15);
  expect(await reading(page, 'Shop', 'Timed out')).toBe(0);

  // It slows down: it answers questions whose caller has left.
  await runTo(page, 40);
  const status = await standStill(page);
  await expect.poll(inBin).toBeGreaterThan(10);
  await expect.poll(() => reading(page, 'Shop', 'Late replies')).toBe(await inBin());
  expect(await reading(page, 'Shop', 'Timed out')).toBeGreaterThanOrEqual(await reading(page, 'Shop', 'Late replies'));
  expect(await reading(page, 'Shop', 'Mixed up')).toBe(0);
  expect(await isBalanced(page)).toBe(true);
  expect(status.digest).toBe(digestInNode(scenario('request-response'), status.simTimeNs));
});

test('a breaker opens when a dependency hangs, probes, and closes; what was held back is done later @desktop', async ({
  page,
}) => {
  await openScenario(page, 'hung-dependency');
  await runTo(page, 59);
  await page.locator('.react-flow__edge[data-id="shipping-tariffs"]').focus();
  await page.keyboard.press('Enter');
  const wire = settings(page, 'Shipping → Tariffs');
  const chip = page.locator('.call-chip text');
  await expect(chip).toHaveText('closed');
  await expect(wire.getByTestId('breaker-now')).toHaveText('closed');

  // It hangs from 60 s to 75 s. What the wire says is what the dial says, and each word is seen.
  const words = ['closed', 'probing', 'open'];
  const seen = new Set<string>();
  for (let second = 60; second <= 90; second += 0.5) {
    await runTo(page, second);
    const state = words[await gauge(page, 'shipping', 'breaker')] as string;
    if (seen.has(state) && second !== 90) continue;
    await expect(chip).toHaveText(state);
    await expect(wire.getByTestId('breaker-now')).toHaveText(state);
    seen.add(state);
  }
  expect([...seen].sort()).toEqual(['closed', 'open', 'probing']);
  await expect(chip).toHaveText('closed');
  const ribbon = wire.getByTestId('breaker-ribbon');
  const opened = await gauge(page, 'shipping', 'breaker_opened');
  expect(opened).toBeGreaterThan(0);
  await expect(ribbon.locator('.is-open')).toHaveCount(opened);
  await expect(ribbon.locator('.is-closed')).toHaveCount(2);
  await expect(ribbon).toHaveAccessibleName(new RegExp(`closed now, opened ${opened} times`));
  expect(await gauge(page, 'shipping', 'calls_held_back')).toBeGreaterThan(10);

  await runTo(page, 120);
  const status = await standStill(page);
  expect(status.digest).toBe(digestInNode(scenario('hung-dependency'), status.simTimeNs));
  expect(await ledgerCell(page, 'lost')).toBe(0);
  expect(await ledgerCell(page, 'dead')).toBe(0);
  expect(await isBalanced(page)).toBe(true);
});

test('a memory shorter than the wait of the queue does things twice, and only the oracle says so @desktop', async ({ page }) => {
  await openScenario(page, 'dedup-window');
  await page.getByRole('button', { name: 'Oracle' }).click();
  await node(page, 'Mail service').click();
  const mailer = settings(page, 'Mail service');
  await runTo(page, 44);
  await standStill(page);
  await expect(mailer.locator('.memory')).toContainText('kept for 20 s');
  expect(await gauge(page, 'mailer', 'skipped_work')).toBeGreaterThanOrEqual(5);
  await expect.poll(() => oracle(page, 'duplicates')).toBe(0);

  await runTo(page, 80);
  await standStill(page);
  await expect(mailer.locator('.memory')).toContainText('kept for 5 s');
  await expect.poll(() => oracle(page, 'duplicates')).toBeGreaterThan(5);
  const kept = await gauge(page, 'mailer', 'ids_kept');
  await expect(mailer.locator('.memory b').first()).toHaveText(String(kept));
  await expect(mailer.locator('.memory-ids .is-kept')).toHaveCount(kept);

  // Longer again than the queue waits: nothing more is done twice.
  await mailer.getByLabel('Remembered for', { exact: true }).fill('30 s');
  await page.keyboard.press('Enter');
  await expect.poll(() => paramOf(page, 'mailer', 'memoryTtl')).toBe('30s');
  await runTo(page, 100);
  await standStill(page);
  const healed = await oracle(page, 'duplicates');
  await runTo(page, 140);
  await standStill(page);
  expect(await oracle(page, 'duplicates')).toBe(healed);
  expect(await isBalanced(page)).toBe(true);
});

test('the crash is moved between two steps: before the mark it charges twice, after it never @desktop @long', async ({
  page,
}) => {
  await openScenario(page, 'mark-before-and-after');
  await page.getByRole('button', { name: 'Oracle' }).click();
  await node(page, 'Marks after').click();
  const after = settings(page, 'Marks after');
  const crash = after.getByRole('slider', { name: 'Crash', exact: true });
  await expect(crash).toHaveAttribute('aria-valuetext', 'crashes after Charge');

  // By key: behind the mark.
  await crash.focus();
  await page.keyboard.press('ArrowDown');
  await expect(crash).toHaveAttribute('aria-valuetext', 'crashes after Mark');
  await expect(crash).toBeFocused();
  expect(await paramOf(page, 'after', 'crashAfter')).toBe(4);
  await runTo(page, 40);
  await standStill(page);
  expect(await gauge(page, 'after', 'skipped_work')).toBeGreaterThan(0);
  expect(await oracle(page, 'duplicates')).toBe(0);

  // By hand: back between the charge and its mark. One drag is one step of undo.
  const from = await crash.boundingBox();
  const charge = await after.getByRole('button', { name: /^Step 3: Charge/ }).boundingBox();
  if (from === null || charge === null) throw new Error('no list of steps');
  await dragTo(page, { x: from.x + 60, y: from.y + 10 }, { x: from.x + 60, y: charge.y + charge.height - 4 });
  await page.mouse.up();
  expect(await paramOf(page, 'after', 'crashAfter')).toBe(3);
  await runTo(page, 80);
  await standStill(page);
  await expect.poll(() => oracle(page, 'duplicates')).toBeGreaterThan(0);
  await page.getByRole('button', { name: 'Undo' }).click();
  expect(await paramOf(page, 'after', 'crashAfter')).toBe(4);
  await expect(crash).toHaveAttribute('aria-valuetext', 'crashes after Mark');
  expect(await isBalanced(page)).toBe(true);
});

test('a view that is lost reads the diary again, and tells the truth at the end @desktop @long', async ({ page }) => {
  // Without the crash that the scenario brings: here a person gives it.
  await openScenario(page, 'uber-trip', JSON.stringify({ ...JSON.parse(scenario('uber-trip')), commands: [], expect: [] }));
  const give = async (fault: string) => {
    await node(page, 'Trip board').focus();
    await page.keyboard.press('f');
    await page.getByRole('menuitem', { name: fault, exact: true }).click();
  };
  const board = (label: string) => reading(page, 'Trip board', label);

  await runTo(page, 20);
  await standStill(page);
  await node(page, 'Trip board').click();
  await expect.poll(() => board('In the view')).toBeGreaterThan(20_300);
  expect(await board('Behind')).toBeLessThan(40);
  const completed = await board('Completed');

  // The view is kept in memory: with its process it is gone.
  await give('Crash');
  await runTo(page, 21);
  await standStill(page);
  await expect.poll(() => board('In the view')).toBe(0);
  expect(await board('Behind')).toBeGreaterThan(20_300);

  await give('Restart');
  await runTo(page, 25);
  await standStill(page);
  await expect.poll(() => onShelf(page, 'Trip board')).toBe('rebuilding');
  await expect.poll(() => board('In the view')).toBeGreaterThan(5_000);
  expect(await board('In the view')).toBeLessThan(10_000);

  await runTo(page, 40);
  await standStill(page);
  await expect.poll(() => onShelf(page, 'Trip board')).not.toBe('rebuilding');
  await expect.poll(() => board('Behind')).toBeLessThan(40);
  expect(await board('Completed')).toBeGreaterThan(completed);
  expect(await board('Rebuilds')).toBe(1);
  expect(await isBalanced(page)).toBe(true);
});

test('the line grows, workers are added, and the line is gone; then they go again @desktop', async ({ page }) => {
  await openScenario(page, 'autoscaling');
  const inLine = async () =>
    Number((await node(page, 'Orders').locator('.card-figures dd').first().textContent())?.replaceAll(',', ''));
  const scaler = (label: string) => reading(page, 'Scaler', label);
  const places = () => gauge(page, 'packers', 'places');

  // One replica is enough for five orders a second.
  await runTo(page, 58);
  await standStill(page);
  await node(page, 'Scaler').click();
  await expect.poll(() => scaler('Working')).toBe(1);
  expect(await scaler('Wanted')).toBe(1);
  await expect.poll(inLine).toBeLessThan(20);
  expect(await places()).toBe(1);

  // Sixty a second: the line is long before a replica has started.
  await runTo(page, 90);
  await standStill(page);
  await expect.poll(inLine).toBeGreaterThan(1000);
  await expect.poll(() => scaler('Wanted')).toBeGreaterThan(3);
  expect(await scaler('Starting')).toBe((await scaler('Wanted')) - (await scaler('Working')));
  expect(await places()).toBe(1);

  // They work, and the line is gone half a minute after the burst.
  await runTo(page, 155);
  await standStill(page);
  await expect.poll(() => scaler('Working')).toBeGreaterThan(10);
  expect(await places()).toBe(await scaler('Working'));
  await expect.poll(inLine).toBeLessThan(20);

  await runTo(page, 290);
  const status = await standStill(page);
  await expect.poll(() => scaler('Working')).toBe(1);
  expect(await places()).toBe(1);
  expect(await ledgerCell(page, 'lost')).toBe(0);
  expect(await isBalanced(page)).toBe(true);
  expect(status.digest).toBe(digestInNode(scenario('autoscaling'), status.simTimeNs));
});

test('a slip from the menu is cured by the one setting that its text names @desktop', async ({ page }) => {
  await openLab(page);
  await page.getByRole('heading', { level: 1 }).getByRole('button').click();
  await page.getByRole('button', { name: /^Slip: attempts forgotten/ }).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Slip: attempts forgotten');
  await expect(page.getByText('set “A failed message is” to “Put back”')).toBeVisible();
  await standStill(page);
  await runTo(page, 100);
  await standStill(page);
  // Three attempts each, and yet nothing is given up.
  expect(await gauge(page, 'worker', 'failed')).toBeGreaterThan(100);
  expect(await ledgerCell(page, 'dead')).toBe(0);

  await page.locator('.react-flow__edge[data-id="letters-worker"]').focus();
  await page.keyboard.press('Enter');
  const again = settings(page, 'Letters → Worker').getByRole('combobox', { name: 'A failed message is' });
  await again.selectOption({ label: 'Put back' });
  await expect.poll(() => paramOf(page, 'letters-worker', 'retryAs')).not.toBe('new');
  await runTo(page, 130);
  await standStill(page);
  await expect.poll(() => ledgerCell(page, 'dead')).toBeGreaterThan(4);
  expect(await gauge(page, 'dead', 'dlq_size')).toBe(await ledgerCell(page, 'dead'));
  expect(await isBalanced(page)).toBe(true);
});
