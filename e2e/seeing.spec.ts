// Faults on the canvas and what is seen of them: every story asserts a book or a dial.

import { expect, type Page, test } from '@playwright/test';
import { axeFindings } from './accessibility.ts';
import { digestInNode, engineStatus, isBalanced, ledgerCell, ORDER_PIPELINE, openLab, pauseButton, standStill } from './lab.ts';

const card = (page: Page, name: string) =>
  page.locator('.react-flow__node').filter({ has: page.getByRole('heading', { name, exact: true }) });
const details = (page: Page) => page.locator('.details');

/** Gives a fault to a card by keyboard. */
async function give(page: Page, name: string, fault: string): Promise<void> {
  await card(page, name).focus();
  await page.keyboard.press('f');
  await page.getByRole('menuitem', { name: fault, exact: true }).click();
}

/** A reading in the inspector of a node. */
async function gauge(page: Page, name: string, label: string): Promise<number> {
  const inspector = page.getByRole('complementary', { name: `Settings of ${name}` });
  const row = inspector
    .locator('.inspector-gauges > div')
    .filter({ has: page.locator('dt', { hasText: new RegExp(`^${label}$`) }) });
  return Number((await row.locator('dd').last().textContent())?.replaceAll(',', ''));
}

/** The run stands still at a moment of simulated time. */
async function runTo(page: Page, seconds: number): Promise<void> {
  await page.evaluate(async (timeNs) => {
    const { client } = window.__brokerLab;
    await client.pause();
    await client.runTo(timeNs);
  }, seconds * 1e9);
  await standStill(page);
}

test('a worker crashes by right click: it says so, its letters are handed out again, and none is lost @desktop', async ({
  page,
}) => {
  await openLab(page);
  await page.getByLabel('Speed').focus();
  for (let press = 0; press < 3; press++) await page.keyboard.press('ArrowRight');
  await card(page, 'Orders').click();
  // So that the worker certainly holds something.
  await expect.poll(() => ledgerCell(page, 'work')).toBeGreaterThan(1);
  // The inspector is there before its figures are.
  await expect.poll(() => gauge(page, 'Orders', 'Redeliveries')).not.toBeNaN();
  const before = await gauge(page, 'Orders', 'Redeliveries');
  await card(page, 'Worker 1').click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Crash', exact: true }).click();
  await expect(card(page, 'Worker 1').locator('.card-chip')).toHaveText('crashed');
  await card(page, 'Orders').click();
  await expect.poll(() => gauge(page, 'Orders', 'Redeliveries'), { timeout: 20_000 }).toBeGreaterThan(before);
  expect(await isBalanced(page)).toBe(true);
  expect(await ledgerCell(page, 'lost')).toBe(0);
  // The flag stands on the axis of time, and the way back is the first thing the menu offers.
  await expect(page.getByTestId('fault-marks').getByRole('button', { name: 'Faults: Worker 1 crashed' })).toBeVisible();
  await card(page, 'Worker 1').focus();
  await page.keyboard.press('f');
  await expect(page.getByRole('menuitem').first()).toHaveText('Restart');
  await page.keyboard.press('Enter');
  await expect(card(page, 'Worker 1').locator('.card-chip')).toHaveText('');
});

test('a fault that is removed has never been: the digest is that of the run without it @desktop', async ({ page }) => {
  await openLab(page);
  await give(page, 'Worker 1', 'Crash');
  await give(page, 'Worker 2', 'Slow down ×3 for 10 s');
  await page.waitForTimeout(1500);
  const crashed = await engineStatus(page);
  expect(crashed.digest).not.toBe(digestInNode(ORDER_PIPELINE, crashed.simTimeNs, 7));
  // Two flags at one place are one.
  await expect(page.getByTestId('fault-marks').getByRole('button')).toHaveAttribute('data-more', '+1');
  await page.getByRole('button', { name: 'What was done 2' }).click();
  await page.getByRole('button', { name: 'Remove: Worker 1 crashed' }).click();
  await expect(page.getByTestId('faults').getByRole('listitem')).toHaveCount(1);
  await page.getByRole('button', { name: 'Remove: Worker 2 slowed ×3' }).click();
  await expect(page.getByText('Nothing was done to this run yet.')).toBeVisible();
  const { simTimeNs, digest, commandCount } = await engineStatus(page);
  expect([simTimeNs, commandCount]).toEqual([crashed.simTimeNs, 0]);
  expect(digest).toBe(digestInNode(ORDER_PIPELINE, simTimeNs, 7));
  await expect(card(page, 'Worker 1').locator('.card-chip')).toHaveText('');
  // An engine that is started again does not bring it back.
  await page.evaluate(() => window.__brokerLab.client.killEngine());
  const again = await engineStatus(page);
  expect([again.simTimeNs, again.digest]).toEqual([simTimeNs, digest]);
});

test('a wire is cut by its menu, says so, and what was on it is lost with its place and reason @desktop', async ({ page }) => {
  await openLab(page);
  await page.locator('.react-flow__edge').first().focus();
  await page.keyboard.press('f');
  await page.getByRole('menuitem', { name: 'Cut', exact: true }).click();
  await expect(page.locator('.wire.is-cut .wire-chip')).toHaveText('cut');
  await expect.poll(() => ledgerCell(page, 'lost')).toBeGreaterThan(2);
  await pauseButton(page).click();
  await standStill(page);
  await page.locator('[data-cell=lost]').click();
  const reasons = page.getByTestId('letter-counts').getByRole('row');
  await expect(reasons.first()).toContainText('the wire was cut');
  await expect
    .poll(async () => {
      const counts = await reasons.locator('.is-figure').allTextContents();
      return counts.reduce((sum, count) => sum + Number(count.replaceAll(',', '')), 0) - (await ledgerCell(page, 'lost'));
    })
    .toBe(0);
});

test('poison is dead after exactly its attempts, and a redrive of one, of some and of all sends back just those @desktop', async ({
  page,
}) => {
  await openLab(page);
  await give(page, 'Checkout', 'Poison 20 % for 10 s');
  await runTo(page, 60);
  const resting = await ledgerCell(page, 'dead');
  expect(resting).toBeGreaterThan(4);
  await page.locator('[data-cell=dead]').click();
  const letters = page.getByTestId('dead-letters').getByRole('listitem');
  await expect(letters).toHaveCount(resting);
  // Every dead letter of this scenario had its four attempts, poison or not.
  const facts = await letters.locator('.dead-facts').allTextContents();
  expect(facts.every((words) => words.startsWith('4 tries'))).toBe(true);
  await expect(letters.filter({ hasText: 'poison' })).not.toHaveCount(0);

  // The second of them: the others stay, in their order.
  const names = () => letters.locator('.letter-link').allTextContents();
  const before = await names();
  await letters
    .nth(1)
    .getByRole('button', { name: /^Redrive / })
    .click();
  // The run stands still; what was asked for happens as it goes on.
  await expect(letters.nth(1)).toContainText('Goes next');
  const tick = page.getByRole('group', { name: 'Step by one' }).getByRole('button', { name: 'tick' });
  await tick.click();
  await expect(letters).toHaveCount(resting - 1);
  expect(await names()).toEqual(before.toSpliced(1, 1));
  await letters.nth(0).getByRole('checkbox').check();
  await letters.nth(2).getByRole('checkbox').check();
  await page.getByRole('button', { name: 'Redrive 2', exact: true }).click();
  await tick.click();
  await expect(letters).toHaveCount(resting - 3);
  await page.getByRole('button', { name: 'Redrive all' }).click();
  await tick.click();
  await expect(page.getByText('No dead letters.')).toBeVisible();
  await expect.poll(() => ledgerCell(page, 'dead')).toBe(0);
  expect(await isBalanced(page)).toBe(true);
  const log = await page.evaluate(async () => (await window.__brokerLab.client.log()).given.map(({ command }) => command.type));
  expect(log).toEqual(['poison', 'redrive', 'redrive', 'redrive', 'redrive']);
});

test('a cell of the ledger opens its letters, and a letter its journey @desktop', async ({ page }) => {
  await openLab(page);
  await give(page, 'Checkout', 'Send 50 at once');
  await expect.poll(() => ledgerCell(page, 'waiting')).toBeGreaterThan(20);
  await pauseButton(page).click();
  await standStill(page);
  await page.locator('[data-cell=waiting]').click();
  const rows = page.getByTestId('letters').locator('tbody tr');
  const waiting = await ledgerCell(page, 'waiting');
  await expect(rows).toHaveCount(Math.min(50, waiting));
  await expect(details(page)).toContainText(`${waiting} at this moment`);
  await expect(rows.first().locator('td').nth(2)).toHaveText('Orders');
  const name = (await rows.first().locator('.letter-link').textContent()) as string;
  await rows.first().locator('.letter-link').click();
  await expect(page.getByRole('heading', { name, exact: true })).toBeVisible();
  const stops = page.getByTestId('journey').getByRole('listitem');
  await expect(stops.first()).toContainText('sent');
  await expect(stops.nth(1)).toContainText('accepted');
  await page.getByRole('button', { name: 'Back', exact: true }).click();
  await expect(rows).toHaveCount(Math.min(50, waiting));
  // Looking has changed nothing.
  const { simTimeNs, digest } = await engineStatus(page);
  const log = await page.evaluate(async () => (await window.__brokerLab.client.log()).given);
  expect(digest).toBe(digestInNode(ORDER_PIPELINE, simTimeNs, 7, log));
});

test('letters that have ended are leafed through by key, newest first, none left out and none twice @desktop', async ({
  page,
}) => {
  await openLab(page);
  await runTo(page, 60);
  await page.locator('[data-cell=done]').click();
  const done = await ledgerCell(page, 'done');
  const rows = page.getByTestId('letters').locator('tbody tr');
  const names = new Set<string>();
  const read = async (from: number) => {
    const to = Math.min(from + 49, done);
    await expect(details(page)).toContainText(`${from} to ${to} of ${done} remembered, newest first`);
    await expect(rows).toHaveCount(to - from + 1);
    for (const name of await rows.locator('.letter-link').allTextContents()) names.add(name);
  };
  await read(1);
  const older = details(page).getByRole('button', { name: 'Older' });
  await older.focus();
  for (let from = 51; from <= done; from += 50) {
    await page.keyboard.press('Enter');
    await read(from);
    await expect(older).toBeFocused();
  }
  expect(names.size).toBe(done);
  // There is nothing older: the key does nothing, and the focus stays.
  await page.keyboard.press('Enter');
  await expect(details(page)).toContainText(`to ${done} of ${done} remembered`);
  await expect(older).toBeFocused();
});

test('a letter on its wire opens its journey @desktop', async ({ page }) => {
  await openLab(page);
  await pauseButton(page).click();
  // The first that is on its way from the checkout, and where it is drawn.
  await page.getByRole('group', { name: 'Step by one' }).getByRole('button', { name: 'letter' }).click();
  for (let tries = 0; tries < 40 && (await ledgerCell(page, 'wire')) === 0; tries++) await page.keyboard.press('.');
  const path = page.locator('.react-flow__edge .wire-line').first();
  const box = await path.evaluate((line) => {
    const matrix = (line as SVGPathElement).getScreenCTM() as DOMMatrix;
    const path = line as SVGPathElement;
    const points: { x: number; y: number }[] = [];
    for (let share = 0.15; share < 0.86; share += 0.04) {
      const { x, y } = path.getPointAtLength(path.getTotalLength() * share).matrixTransform(matrix);
      points.push({ x, y });
    }
    return points;
  });
  await give(page, 'Checkout', 'Send 200 over 2 s');
  await page.getByRole('button', { name: 'Run' }).click();
  await page.waitForTimeout(700);
  await pauseButton(page).click();
  await standStill(page);
  const { x, y } = box[Math.floor(box.length / 2)] as { x: number; y: number };
  await page.mouse.click(x, y);
  await expect(details(page).getByRole('heading', { name: /^Checkout #\d+$/ })).toBeVisible();
  await expect(page.getByTestId('journey').getByRole('listitem').first()).toContainText('sent');
});

test('a gauge is charted from the inspector, has the past it had, reads what the inspector reads, and leaves again @desktop', async ({
  page,
}) => {
  await openLab(page);
  await card(page, 'Orders').click();
  await page.waitForTimeout(1200);
  await pauseButton(page).click();
  await standStill(page);
  await page.getByRole('button', { name: 'Chart Ready', exact: true }).click();
  const lane = page.locator('.lane').filter({ has: page.getByRole('button', { name: 'Hide Ready' }) });
  await expect(lane).toContainText('Orders');
  await expect
    .poll(async () => Number(await lane.locator('.lane-labels b').textContent()))
    .toBe(await gauge(page, 'Orders', 'Ready'));
  // Where a line begins, px from the left: as far back as that of the same queue in the lane beside it.
  const startOf = async (line: string) => Number(/^M([\d.]+)/.exec((await page.locator(line).getAttribute('d')) ?? '')?.[1]);
  const startOfDepth = await startOf('.lane path[stroke="var(--waiting)"]');
  expect(startOfDepth).toBeGreaterThan(0);
  await expect.poll(() => startOf('.lane:has(.lane-hide) path[stroke="var(--ink-2)"]')).toBeCloseTo(startOfDepth, 0);
  // One cursor goes through all lanes; the charted one tells as much of before it was asked for as the others do.
  const first = await page.locator('.lane .recharts-wrapper').first().boundingBox();
  await expect
    .poll(async () => {
      for (let x = 320; x > 230; x -= 10) {
        await page.mouse.move((first?.x ?? 0) + x, (first?.y ?? 0) + 25);
        await page.waitForTimeout(100);
        if ((await page.locator('.lane-reading').count()) === 4) return 4;
      }
      return page.locator('.lane-reading').count();
    })
    .toBe(4);
  await lane.getByRole('button', { name: 'Hide Ready' }).click();
  await expect(page.locator('.lane')).toHaveCount(3);
});

test("the oracle's row stands apart and agrees with the engine; events are told in words @desktop", async ({ page }) => {
  await openLab(page);
  await expect(page.getByTestId('oracle')).toHaveCount(0);
  await page.getByRole('button', { name: 'Oracle' }).click();
  await give(page, 'Worker 1', 'Crash for 5 s');
  await page.locator('.react-flow__edge').first().focus();
  await page.keyboard.press('f');
  await page.getByRole('menuitem', { name: 'Cut for 5 s' }).click();
  await runTo(page, 60);
  const shown = async (name: string) =>
    Number((await page.locator(`[data-oracle=${name}] dd`).textContent())?.replaceAll(',', ''));
  const told = await page.evaluate(() => {
    const { frame } = window.__brokerLab.client;
    return frame === null ? [] : [frame[8], frame[9], frame[10]];
  });
  await expect.poll(async () => [await shown('duplicates'), await shown('missed'), await shown('order')]).toEqual(told);
  expect(await shown('missed')).toBe(await ledgerCell(page, 'lost'));
  expect(await shown('missed')).toBeGreaterThan(0);
  await page.getByRole('button', { name: 'Events' }).click();
  const events = page.getByTestId('events').getByRole('listitem');
  await expect(events.filter({ hasText: 'Worker 1 crashed.' })).toHaveCount(1);
  await expect(events.filter({ hasText: 'Worker 1 is running again.' })).toHaveCount(1);
  await expect(events.filter({ hasText: 'The wire Checkout → Orders is cut.' })).toHaveCount(1);
});

test('a long press opens the faults of a card on a phone, and the list is a tap away @phone', async ({ page }) => {
  await openLab(page);
  const box = (await card(page, 'Worker 1').boundingBox()) as { x: number; y: number; width: number; height: number };
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [{ x, y }] });
  await expect(page.getByRole('menu', { name: 'Faults of Worker 1' })).toBeVisible();
  await cdp.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  // Lifting the finger is no tap: no settings open under the menu.
  await expect(page.locator('.inspector')).toHaveCount(0);
  await page.getByRole('menuitem', { name: 'Crash for 5 s' }).tap();
  await expect(card(page, 'Worker 1').locator('.card-chip')).toHaveText('crashed');
  await page.getByRole('button', { name: 'More to see' }).tap();
  await page.getByRole('menuitem', { name: 'What was done' }).tap();
  await expect(page.getByTestId('faults').getByRole('listitem')).toHaveCount(1);
  const remove = page.getByRole('button', { name: 'Remove: Worker 1 crashed' });
  const size = await remove.boundingBox();
  expect(Math.min(size?.width ?? 0, size?.height ?? 0)).toBeGreaterThanOrEqual(44);
  expect(await isBalanced(page)).toBe(true);
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing on the panels of faults and of seeing in the ${colorScheme} theme @desktop @long`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    await openLab(page);
    await give(page, 'Worker 1', 'Crash for 5 s');
    await give(page, 'Checkout', 'Poison 20 % for 10 s');
    await card(page, 'Worker 1').focus();
    await page.keyboard.press('f');
    await expect(page.getByRole('menu', { name: 'Faults of Worker 1' })).toBeVisible();
    expect(await axeFindings(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await runTo(page, 60);
    await page.getByRole('button', { name: 'Oracle' }).click();
    for (const button of ['Events', /^What was done/]) {
      await page.getByRole('group', { name: 'More to see' }).getByRole('button', { name: button }).click();
      await expect(details(page)).toBeVisible();
      expect(await axeFindings(page, '.details'), String(button)).toEqual([]);
    }
    for (const cell of ['dead', 'done', 'retry']) {
      await page.locator(`[data-cell=${cell}]`).click();
      await expect(details(page).locator('.letter-link').first()).toBeVisible();
      expect(await axeFindings(page, '.details'), cell).toEqual([]);
    }
    await details(page).locator('.letter-link').first().click();
    await expect(page.getByTestId('journey')).toBeVisible();
    expect(await axeFindings(page, '.details'), 'journey').toEqual([]);
  });
}
