// Asking by message: a reply that comes too late falls into the bin of whoever asked, and the books say so.

import { readFileSync } from 'node:fs';
import { expect, type Page, test } from '@playwright/test';
import { digestInNode, isBalanced, openLab, SCENARIOS, standStill } from './lab.ts';

const REQUEST_RESPONSE = readFileSync(new URL('request-response.json', SCENARIOS), 'utf8');

const shop = (page: Page) =>
  page.locator('.react-flow__node').filter({ has: page.getByRole('heading', { name: 'Shop', exact: true }) });

/** The figure beside the letters in the bin. */
const inBin = async (page: Page): Promise<number> => Number(await shop(page).locator('.card-shelf .card-more').textContent());

/** A reading in the inspector of the shop. */
async function gauge(page: Page, label: string): Promise<number> {
  const row = page
    .getByRole('complementary', { name: 'Settings of Shop' })
    .locator('.inspector-gauges > div')
    .filter({ has: page.locator('dt', { hasText: new RegExp(`^${label}$`) }) });
  return Number((await row.locator('dd').last().textContent())?.replaceAll(',', ''));
}

async function runTo(page: Page, seconds: number): Promise<void> {
  await page.evaluate(async (timeNs) => {
    const { client } = window.__brokerLab;
    await client.pause();
    await client.runTo(timeNs);
  }, seconds * 1e9);
}

test('a late reply falls into its bin, and the books and the dials say how many @desktop', async ({ page }) => {
  await openLab(page);
  await page.setInputFiles('input[type=file]', {
    name: 'request-response.json',
    mimeType: 'application/json',
    buffer: Buffer.from(REQUEST_RESPONSE),
  });
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Request and response');

  // While the service keeps up, nobody gives up.
  await runTo(page, 15);
  await standStill(page);
  await expect.poll(() => inBin(page)).toBe(0);
  await shop(page).click();
  await expect.poll(() => gauge(page, 'Answered')).toBeGreaterThan(15);
  expect(await gauge(page, 'Timed out')).toBe(0);

  // It slows down: it answers questions whose caller has left.
  await runTo(page, 40);
  const status = await standStill(page);
  await expect.poll(() => inBin(page)).toBeGreaterThan(10);
  await expect.poll(() => gauge(page, 'Late replies')).toBe(await inBin(page));
  expect(await gauge(page, 'Timed out')).toBeGreaterThanOrEqual(await gauge(page, 'Late replies'));
  expect(await gauge(page, 'Mixed up')).toBe(0);
  expect(await isBalanced(page)).toBe(true);
  expect(status.digest).toBe(digestInNode(REQUEST_RESPONSE, status.simTimeNs));
});
