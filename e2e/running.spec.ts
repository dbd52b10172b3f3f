// Run, pause, steps, speed, seed and reset, by button and by key.

import { expect, test } from '@playwright/test';
import { EMPTY, openDrawing } from './drawing.ts';
import {
  clockSeconds,
  digestInNode,
  engineStatus,
  ledgerCell,
  ORDER_PIPELINE,
  openLab,
  pauseButton,
  runButton,
  standStill,
} from './lab.ts';

test('pause stops the clock and run goes on from there @desktop', async ({ page }) => {
  await openLab(page);
  await pauseButton(page).click();
  await standStill(page);
  const at = await clockSeconds(page);
  await page.waitForTimeout(500);
  expect(await clockSeconds(page)).toBe(at);
  await runButton(page).click();
  await expect.poll(() => clockSeconds(page)).toBeGreaterThan(at);
});

test('space runs and pauses, and the full stop goes on by one tick @desktop', async ({ page }) => {
  await openLab(page);
  await page.keyboard.press(' ');
  await expect(runButton(page)).toBeVisible();
  const before = (await engineStatus(page)).simTimeNs;
  await page.keyboard.press('.');
  const after = (await engineStatus(page)).simTimeNs;
  expect(after).toBe((Math.floor(before / 1e6) + 1) * 1e6);
  await page.keyboard.press(' ');
  await expect(pauseButton(page)).toBeVisible();
});

test('steps go on by one event, one letter and one tick @desktop', async ({ page }) => {
  await openLab(page);
  await pauseButton(page).click();
  const step = async (name: string) => {
    const before = await engineStatus(page);
    await page.getByRole('group', { name: 'Step by one' }).getByRole('button', { name }).click();
    return { before, after: await engineStatus(page) };
  };
  const event = await step('event');
  expect(event.after.events).toBe(event.before.events + 1);
  const letter = await step('letter');
  expect(letter.after.events).toBeGreaterThan(letter.before.events);
  const tick = await step('tick');
  expect(tick.after.simTimeNs % 1e6).toBe(0);
  expect(tick.after.simTimeNs - tick.before.simTimeNs).toBeLessThanOrEqual(1e6);
  expect(tick.after.digest).toBe(digestInNode(ORDER_PIPELINE, tick.after.simTimeNs, 7));
});

test('reset goes back to the start, and the same seed gives the same run @desktop', async ({ page }) => {
  await openLab(page);
  await page.waitForTimeout(1500);
  await pauseButton(page).click();
  await page.getByRole('button', { name: 'Back to the start' }).click();
  await expect.poll(() => clockSeconds(page)).toBe(0);
  await expect.poll(() => ledgerCell(page, 'total')).toBe(0);
  await runButton(page).click();
  await expect.poll(() => ledgerCell(page, 'total')).toBeGreaterThan(0);
  const { simTimeNs, digest, seed } = await engineStatus(page);
  expect(seed).toBe(7);
  expect(digest).toBe(digestInNode(ORDER_PIPELINE, simTimeNs, 7));
});

test('another seed is another run @desktop', async ({ page }) => {
  await openLab(page);
  const seed = page.getByLabel('seed');
  await seed.fill('8');
  await seed.press('Enter');
  // The clock of the old run may still stand on the screen: both readings come from one report.
  await expect
    .poll(() =>
      page.evaluate(() => {
        const { status } = window.__brokerLab.client;
        return status !== null && status.seed === 8 && status.simTimeNs > 1e9 && status.simTimeNs < 5e9;
      }),
    )
    .toBe(true);
  const { simTimeNs, digest } = await engineStatus(page);
  expect(digest).toBe(digestInNode(ORDER_PIPELINE, simTimeNs, 8));
  expect(digest).not.toBe(digestInNode(ORDER_PIPELINE, simTimeNs, 7));
});

test('speed goes in equal factors and prints the factor @desktop', async ({ page }) => {
  await openLab(page);
  const speed = page.getByLabel('Speed');
  await expect(page.locator('.speed output')).toHaveText('1×');
  await speed.focus();
  for (let press = 0; press < 3; press++) await speed.press('ArrowRight');
  await expect(page.locator('.speed output')).toHaveText('10×');
  const before = await clockSeconds(page);
  await page.waitForTimeout(1000);
  expect((await clockSeconds(page)) - before).toBeGreaterThan(4);
  await speed.press('End');
  await expect(page.locator('.speed output')).toHaveText('max');
});

test('a hidden tab stands still and goes on when it is seen again, without a jump @desktop', async ({ page }) => {
  await openLab(page);
  const setHidden = (isHidden: boolean) =>
    page.evaluate((hidden) => {
      Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden });
      document.dispatchEvent(new Event('visibilitychange'));
    }, isHidden);
  await setHidden(true);
  await expect(runButton(page)).toBeVisible();
  await page.waitForTimeout(600);
  const at = await clockSeconds(page);
  await page.waitForTimeout(2000);
  expect(await clockSeconds(page)).toBe(at);
  await setHidden(false);
  await expect(pauseButton(page)).toBeVisible();
  await expect.poll(() => clockSeconds(page)).toBeGreaterThan(at);
  expect(await clockSeconds(page)).toBeLessThan(at + 2);
});

test('paused lanes tell what was at the moment under the pointer @desktop', async ({ page }) => {
  await openLab(page);
  await expect.poll(() => clockSeconds(page)).toBeGreaterThan(3);
  await pauseButton(page).click();
  const lane = page.locator('.lane .recharts-wrapper').first();
  await lane.hover({ position: { x: 240, y: 25 } });
  const reading = page.locator('.lane-reading').first();
  await expect(reading).toContainText(/at 0:0\d\.\d/);
  await expect(reading).toContainText('done');
});

test('a machine that cannot keep up says so, and no longer once it can @desktop @long', async ({ page }) => {
  await openLab(page);
  await openDrawing(page, {
    ...EMPTY,
    nodes: [
      { id: 'flood', kind: 'sender', params: { rate: 200_000 } },
      { id: 'sink', kind: 'queue', params: { capacity: 10 } },
    ],
    wires: [{ id: 'flood-sink', kind: 'publish', from: 'flood', to: 'sink' }],
  });
  const speed = page.getByLabel('Speed');
  await speed.focus();
  for (let press = 0; press < 9; press++) await speed.press('ArrowRight');
  await expect(page.locator('.speed output')).toHaveText('1000×');
  const troubles = page.locator('.troubles');
  await expect(troubles).toHaveText('slowed by this machine');
  const before = await clockSeconds(page);
  await page.waitForTimeout(1000);
  expect((await clockSeconds(page)) - before).toBeLessThan(900);
  await speed.press('Home');
  await expect(page.locator('.speed output')).toHaveText('0.001×');
  await expect(troubles).toHaveText('');
});
