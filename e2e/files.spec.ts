// Opening and saving files of one's own. A bad one is refused with a sentence, and nothing is lost.

import { readFileSync } from 'node:fs';
import { expect, type Page, test } from '@playwright/test';
import { clockSeconds, dropFile, isBalanced, ledgerCell, ORDER_PIPELINE, openLab, SCENARIOS } from './lab.ts';

const PUBLISH_SUBSCRIBE = readFileSync(new URL('publish-subscribe.json', SCENARIOS), 'utf8');

const open = (page: Page, name: string, text: string) =>
  page.locator('input[type=file]').setInputFiles({ name, mimeType: 'application/json', buffer: Buffer.from(text) });

const bad = JSON.parse(ORDER_PIPELINE);
bad.topology.nodes[2].kind = 'quene';

test('a bad file is refused with place, sentence and remedy, and the run goes on', async ({ page }) => {
  await openLab(page);
  const sent = await ledgerCell(page, 'total');
  await dropFile(page, 'broken.json', JSON.stringify(bad));
  const problems = page.getByRole('alertdialog');
  await expect(problems).toContainText('broken.json cannot be opened');
  await expect(problems).toContainText('orders');
  await expect(problems).toContainText('queue');
  await expect(problems).toContainText('Nothing was changed');

  await expect(page.getByRole('heading', { level: 1 })).toContainText('Order pipeline');
  await expect.poll(() => ledgerCell(page, 'total')).toBeGreaterThan(sent);
  expect(await isBalanced(page)).toBe(true);
  await problems.getByRole('button', { name: 'Close' }).click();
  await expect(problems).toBeHidden();
});

test('text that is no JSON is refused with line and column @desktop', async ({ page }) => {
  await openLab(page);
  await open(page, 'cut.json', ORDER_PIPELINE.slice(0, 300));
  await expect(page.getByRole('alertdialog')).toContainText(/line \d+/i);
});

test('a file that is far too large is not even read @desktop', async ({ page }) => {
  await openLab(page);
  await open(page, 'huge.json', ' '.repeat(6_000_000));
  await expect(page.getByRole('alertdialog')).toContainText('at most 5 MB');
});

test('a script in a name is a name @desktop', async ({ page }) => {
  await openLab(page);
  const named = JSON.parse(ORDER_PIPELINE);
  named.title = '<img src=x onerror=window.isHurt=1>';
  named.topology.nodes[0].name = '<script>window.isHurt=1</script>';
  await open(page, 'named.json', JSON.stringify(named));
  await expect(page.getByRole('heading', { level: 1 })).toContainText('<img src=x');
  expect(await page.evaluate(() => 'isHurt' in window)).toBe(false);
});

test('a good file opens and runs from the start, and copies are counted as copies @desktop', async ({ page }) => {
  await openLab(page);
  await open(page, 'publish-subscribe.json', PUBLISH_SUBSCRIBE);
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Publish and subscribe');
  await expect(page.getByTestId('ledger')).toContainText('owed');
  await expect.poll(() => ledgerCell(page, 'publish-total')).toBeGreaterThan(1);
  await expect.poll(() => ledgerCell(page, 'total')).toBeGreaterThan(await ledgerCell(page, 'publish-accepted'));
  expect(await isBalanced(page)).toBe(true);
});

test('what is saved opens again and is the same drawing @desktop', async ({ page }) => {
  await openLab(page);
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Save' }).click()]);
  expect(download.suggestedFilename()).toBe('order-pipeline.json');
  const saved = readFileSync(await download.path(), 'utf8');
  expect(JSON.parse(saved)).toEqual(JSON.parse(ORDER_PIPELINE));
  const before = await clockSeconds(page);
  expect(before).toBeGreaterThan(0);

  // Another seed is part of what is seen, so it is saved too, and opening the file brings it back.
  await page.getByLabel('seed').fill('99');
  await page.getByLabel('seed').press('Enter');
  await expect.poll(() => clockSeconds(page)).toBeGreaterThan(0);
  const [second] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Save' }).click()]);
  const reseeded = readFileSync(await second.path(), 'utf8');
  expect(JSON.parse(reseeded)).toEqual({ ...JSON.parse(ORDER_PIPELINE), seed: 99 });
  await page.getByLabel('seed').fill('1');
  await page.getByLabel('seed').press('Enter');
  await dropFile(page, 'order-pipeline.json', reseeded);
  await expect(page.getByLabel('seed')).toHaveValue('99');
});
