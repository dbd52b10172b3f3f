// What a node holds, seen from inside: its tables say the same as the books and the dials, a letter in one opens its journey, and to look
// changes nothing.

import { readFileSync } from 'node:fs';
import { expect, type Page, test } from '@playwright/test';
import { axeFindings } from './accessibility.ts';
import { card, gauge } from './drawing.ts';
import { digestInNode, ledgerCell, ORDER_PIPELINE, openLab, SCENARIOS, standStill } from './lab.ts';

const settings = (page: Page, name: string) => page.getByRole('complementary', { name: `Settings of ${name}` });
/** A table by its heading, or by how that begins. */
const table = (page: Page, heading: string) =>
  page.locator('.inside').filter({ has: page.locator('h3', { hasText: new RegExp(`^${heading}`) }) });
const fact = (page: Page, heading: string, key: string) => table(page, heading).locator(`[data-fact=${key}] dd`);

/** How many there are in all, as the heading of a table says: "20 of 1,234". */
async function total(page: Page, heading: string): Promise<number> {
  const told = table(page, heading).locator('h3 b');
  if ((await table(page, heading).count()) === 0) return Number.NaN;
  return (await told.count()) === 0 ? 0 : Number(((await told.textContent()) ?? '').replace(/^.* of /, '').replaceAll(',', ''));
}

async function lookInside(page: Page, id: string, name: string): Promise<void> {
  await card(page, id).focus();
  await page.keyboard.press('Enter');
  await settings(page, name).getByRole('button', { name: 'Inside', exact: true }).click();
  await expect(page.getByRole('region', { name: `What ${name} holds now` })).toBeVisible();
}

const runTo = (page: Page, seconds: number) =>
  page.evaluate(async (timeNs) => {
    await window.__brokerLab.client.runTo(timeNs);
  }, seconds * 1e9);

/** Nobody works from now on, and then it is so late. */
async function letThemWait(page: Page, seconds: number): Promise<void> {
  await page.evaluate(async () => {
    const { client } = window.__brokerLab;
    await client.pause();
    for (const node of ['worker-1', 'worker-2', 'worker-3']) await client.command({ type: 'crash', node });
  });
  await runTo(page, seconds);
}

test('the letters inside a queue are those of the ledger, one opens its journey, and looking changes nothing @desktop', async ({
  page,
}) => {
  await openLab(page);
  await lookInside(page, 'orders', 'Orders');
  await letThemWait(page, 60);
  const { seed, simTimeNs } = await standStill(page);

  await expect.poll(() => total(page, 'Ready')).toBe(await ledgerCell(page, 'waiting'));
  expect(await total(page, 'Ready')).toBeGreaterThan(100);
  expect(await total(page, 'Handed out')).toBe(0);
  await expect(table(page, 'Handed out')).toContainText('No worker has a message of this queue.');
  expect(await total(page, 'Asleep')).toBe(await ledgerCell(page, 'retry'));
  // Twenty of them, until all that are told are asked for.
  const rows = table(page, 'Ready').locator('tbody tr');
  await expect(rows).toHaveCount(20);
  await table(page, 'Ready').getByRole('button', { name: 'Show' }).click();
  await expect.poll(() => rows.count()).toBeGreaterThan(100);

  const letter = rows.first().getByRole('button');
  const name = (await letter.textContent()) ?? '';
  await letter.press('Enter');
  await expect(page.locator('.details h2')).toContainText(new RegExp(name, 'i'));
  await page.keyboard.press('Escape');
  await expect(letter).toBeFocused();

  const { digest, given } = await page.evaluate(async () => {
    const { client } = window.__brokerLab;
    const { given } = await client.log();
    return { given, digest: client.status?.digest };
  });
  expect(digest).toBe(digestInNode(ORDER_PIPELINE, simTimeNs, seed, given));
});

const HUNG = readFileSync(new URL('hung-dependency.json', SCENARIOS), 'utf8');

test('the inside of a worker shows that its breaker is open, what it was judged by, and that nothing goes out @desktop @long', async ({
  page,
}) => {
  await openLab(page);
  await page.setInputFiles('input[type=file]', { name: 'hung.json', mimeType: 'application/json', buffer: Buffer.from(HUNG) });
  await expect(page.getByRole('heading', { level: 1 })).toContainText('A dependency hangs');
  await standStill(page);
  await lookInside(page, 'shipping', 'Shipping');
  // It hung before, and at 50 s the wire gets its breaker.
  await runTo(page, 45);
  const timedOut = await gauge(page, 'shipping', 'calls_timed_out');
  expect(timedOut).toBeGreaterThan(0);
  await expect(fact(page, 'Calls to Tariffs', 'timed-out')).toHaveText(String(timedOut));
  await expect(fact(page, 'Calls to Tariffs', 'breaker')).toHaveCount(0);
  let seconds = 60;
  for (; seconds < 90 && (await gauge(page, 'shipping', 'breaker')) !== 2; seconds += 0.5) await runTo(page, seconds);
  await standStill(page);
  await expect(fact(page, 'Calls to Tariffs', 'breaker')).toHaveText('open');
  await expect(fact(page, 'Calls to Tariffs', 'lets-probe-in')).toHaveText(/s$/);
  const judged = Number.parseFloat((await fact(page, 'Calls to Tariffs', 'judged-failed').textContent()) ?? '');
  expect(judged).toBeGreaterThanOrEqual(50);
  expect(Number(await fact(page, 'Calls to Tariffs', 'out').textContent())).toBe(await gauge(page, 'shipping', 'calls_out'));
  expect(await total(page, 'At work')).toBe(await gauge(page, 'shipping', 'busy'));
});

test('nothing is asked of the engine unless the inside is seen @desktop @long', async ({ page }) => {
  await openLab(page);
  await page.evaluate(() => {
    const { client } = window.__brokerLab;
    const { inside } = client;
    Object.assign(window, { asked: 0 });
    client.inside = (node: string) => {
      Object.assign(window, { asked: (window as unknown as { asked: number }).asked + 1 });
      return inside.call(client, node);
    };
  });
  const asked = () => page.evaluate(() => (window as unknown as { asked: number }).asked);
  /** How often while two seconds pass on the wall. */
  const askedMeanwhile = async () => {
    const before = await asked();
    await page.waitForTimeout(2000);
    return (await asked()) - before;
  };
  await card(page, 'orders').focus();
  await page.keyboard.press('Enter');
  await expect(settings(page, 'Orders')).toBeVisible();
  expect(await askedMeanwhile()).toBe(0);
  await settings(page, 'Orders').getByRole('button', { name: 'Inside', exact: true }).click();
  expect(await askedMeanwhile()).toBeGreaterThan(1);
  await page.locator('.inside .letter-link').first().click();
  await expect(page.locator('.details')).toBeVisible();
  expect(await askedMeanwhile()).toBe(0);
  await page.keyboard.press('Escape');
  await expect.poll(asked).toBeGreaterThan(2);
  await settings(page, 'Orders').getByRole('button', { name: 'Settings', exact: true }).click();
  expect(await askedMeanwhile()).toBe(0);
});

test('tables can be read and touched on a phone, and letters open from there @phone @long', async ({ page }) => {
  await openLab(page);
  await lookInside(page, 'orders', 'Orders');
  await letThemWait(page, 60);
  await standStill(page);
  await expect.poll(() => total(page, 'Ready')).toBe(await ledgerCell(page, 'waiting'));
  const panel = await settings(page, 'Orders').boundingBox();
  const inner = await table(page, 'Ready').locator('table').boundingBox();
  expect((inner?.x ?? -1) >= (panel?.x ?? 0)).toBe(true);
  expect((inner?.width ?? 1e9) + (inner?.x ?? 0)).toBeLessThanOrEqual((panel?.width ?? 0) + (panel?.x ?? 0));
  const letter = table(page, 'Ready').locator('tbody tr').first().getByRole('button');
  expect((await letter.boundingBox())?.height).toBeGreaterThanOrEqual(44);
  await letter.tap();
  await expect(page.locator('.details h2')).toContainText('#');
});

test('axe finds nothing inside, in either theme @long', async ({ page }) => {
  await openLab(page);
  await lookInside(page, 'orders', 'Orders');
  await letThemWait(page, 60);
  await standStill(page);
  await expect.poll(() => total(page, 'Ready')).toBeGreaterThan(20);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await axeFindings(page, '.inspector')).toEqual([]);
  }
});
