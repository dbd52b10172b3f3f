// Stores and views: a view that is lost is built again from the log of the event store, and tells the truth again.

import { readFileSync } from 'node:fs';
import { expect, type Page, test } from '@playwright/test';
import { isBalanced, openLab, SCENARIOS, standStill } from './lab.ts';

/** The trip diary, without the crash that it brings: here a person gives it. */
const TRIPS = JSON.stringify({
  ...JSON.parse(readFileSync(new URL('uber-trip.json', SCENARIOS), 'utf8')),
  commands: [],
  expect: [],
});

const board = (page: Page) =>
  page.locator('.react-flow__node').filter({ has: page.getByRole('heading', { name: 'Trip board', exact: true }) });

/** What the card of the board says beside its shelf: how many events lie there, or what it is doing. */
const word = async (page: Page): Promise<string> => (await board(page).locator('.card-shelf .card-more').textContent()) ?? '';

/** A reading in the inspector of the board. */
async function gauge(page: Page, label: string): Promise<number> {
  const row = page
    .getByRole('complementary', { name: 'Settings of Trip board' })
    .locator('.inspector-gauges > div')
    .filter({ has: page.locator('dt', { hasText: new RegExp(`^${label}$`) }) });
  return Number((await row.locator('dd').last().textContent())?.replaceAll(',', ''));
}

async function give(page: Page, fault: string): Promise<void> {
  await board(page).focus();
  await page.keyboard.press('f');
  await page.getByRole('menuitem', { name: fault, exact: true }).click();
}

async function runTo(page: Page, seconds: number): Promise<void> {
  await page.evaluate(async (timeNs) => {
    const { client } = window.__brokerLab;
    await client.pause();
    await client.runTo(timeNs);
  }, seconds * 1e9);
  await standStill(page);
}

test('a view that is lost reads the diary again, and tells the truth at the end @desktop', async ({ page }) => {
  await openLab(page);
  await page.setInputFiles('input[type=file]', {
    name: 'uber-trip.json',
    mimeType: 'application/json',
    buffer: Buffer.from(TRIPS),
  });
  await expect(page.getByRole('heading', { level: 1 })).toContainText('The trip diary');

  await runTo(page, 20);
  await board(page).click();
  await expect.poll(() => gauge(page, 'In the view')).toBeGreaterThan(20_300);
  expect(await gauge(page, 'Behind')).toBeLessThan(40);
  const completed = await gauge(page, 'Completed');

  // The view is kept in memory: with its process it is gone.
  await give(page, 'Crash');
  await runTo(page, 21);
  await expect.poll(() => gauge(page, 'In the view')).toBe(0);
  expect(await gauge(page, 'Behind')).toBeGreaterThan(20_300);

  await give(page, 'Restart');
  await runTo(page, 25);
  await expect.poll(() => word(page)).toBe('rebuilding');
  await expect.poll(() => gauge(page, 'In the view')).toBeGreaterThan(5_000);
  expect(await gauge(page, 'In the view')).toBeLessThan(10_000);

  await runTo(page, 40);
  await expect.poll(() => word(page)).not.toBe('rebuilding');
  await expect.poll(() => gauge(page, 'Behind')).toBeLessThan(40);
  expect(await gauge(page, 'Completed')).toBeGreaterThan(completed);
  expect(await gauge(page, 'Rebuilds')).toBe(1);
  expect(await isBalanced(page)).toBe(true);
});
