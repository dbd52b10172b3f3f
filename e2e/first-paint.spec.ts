// A cold visit: something moves at once, everything is counted, and nothing leaves the page.

import { gzipSync } from 'node:zlib';
import { expect, type Response, test } from '@playwright/test';
import { FRAME } from '../sim-engine/protocol/frame.ts';
import { clockSeconds, complaintsOf, isBalanced, ledgerCell, openLab, pauseButton } from './lab.ts';

test('the order pipeline runs by itself, and letters move on its wires', async ({ page }) => {
  await openLab(page);
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Order pipeline');
  await expect(pauseButton(page)).toBeVisible();

  const before = await clockSeconds(page);
  const wire = page.locator('.react-flow__edge[data-id="checkout-orders"] .wire-line');
  const box = await wire.boundingBox();
  if (box === null) throw new Error('the wire is not on the screen');
  // Sent about two and a half times a second, under way for a third of a second: often, but not always, there is one.
  await expect
    .poll(async () => {
      const first = await page.screenshot({ clip: box });
      await page.waitForTimeout(300);
      return first.equals(await page.screenshot({ clip: box }));
    })
    .toBe(false);

  expect(await clockSeconds(page)).toBeGreaterThan(before);
  expect(await ledgerCell(page, 'total')).toBeGreaterThan(0);
  await expect(page.getByTestId('verdict')).toContainText('adds up');
});

test('the first letter is under way within a second and a half @desktop', async ({ page }) => {
  await page.goto('./');
  const startMs = await page.evaluate(
    (letterCount) =>
      new Promise<number>((resolve) => {
        const look = () => {
          const { frame } = window.__brokerLab.client;
          if (frame !== null && (frame[letterCount] ?? 0) > 0) resolve(performance.now());
          else requestAnimationFrame(look);
        };
        look();
      }),
    FRAME.LETTER_COUNT,
  );
  expect(startMs).toBeLessThan(1500);
});

test('the sum holds at every look during five seconds @desktop', async ({ page }) => {
  await openLab(page);
  for (let look = 0; look < 5; look++) {
    await page.waitForTimeout(1000);
    expect(await isBalanced(page)).toBe(true);
  }
  expect(await ledgerCell(page, 'done')).toBeGreaterThan(3);
});

test('no request leaves the page, and it complains of nothing @desktop', async ({ page, baseURL }) => {
  const complaints = complaintsOf(page);
  const strangers: string[] = [];
  page.on('request', (request) => {
    if (!request.url().startsWith(baseURL as string) && !request.url().startsWith('data:')) strangers.push(request.url());
  });
  await openLab(page);
  await page.waitForTimeout(1500);
  expect(strangers).toEqual([]);
  expect(complaints).toEqual([]);
  const policy = await page.locator('meta[http-equiv="Content-Security-Policy"]').getAttribute('content');
  expect(policy).toContain("script-src 'self'");
  expect(policy).not.toContain('unsafe-eval');
});

test('what a cold visit loads before the first letter moves stays below 200 kB, and the charts come after it @desktop', async ({
  page,
}) => {
  const scripts: Response[] = [];
  page.on('response', (response) => {
    if (response.url().endsWith('.js') && !isEngine.test(response.url())) scripts.push(response);
  });
  // As long as the engine is on its way no letter moves, so that what is loaded by then is loaded before it.
  let letGo = () => {};
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  await page.route(isEngine, async (route) => {
    await held;
    await route.continue();
  });
  await page.goto('./');
  await expect(page.getByTestId('ledger')).toBeVisible();
  await page.waitForTimeout(1000);
  const bytes = await Promise.all(scripts.map(async (script) => gzipSync(await script.body()).length));
  const kilobytes = bytes.reduce((sum, each) => sum + each, 0) / 1024;
  expect(kilobytes).toBeGreaterThan(100);
  expect(kilobytes).toBeLessThanOrEqual(200);
  await expect(page.locator('.lane svg')).toHaveCount(0);

  letGo();
  await expect.poll(() => ledgerCell(page, 'total')).toBeGreaterThan(0);
  await expect(page.locator('.lane svg').first()).toBeVisible();
});

const isEngine = /\/worker-[^/]*\.js$/;
