// The same run is the same bit for bit in Chromium's Web Worker and in Node, at any speed, drawn or not.

import { expect, test } from '@playwright/test';
import { digestInNode, digestShown, digestsOnCommandLine, engineStatus, ORDER_PIPELINE, openLab } from './lab.ts';

test('digests are equal on the command line and in a Web Worker at ten moments @desktop', async ({ page }) => {
  const onCommandLine = digestsOnCommandLine(6, 60, 7);
  await openLab(page);
  const inWorker = await page.evaluate(
    async ({ text, moments }) => {
      const client = window.__brokerLab.hiddenClient();
      const loaded = await client.load(text, 7);
      if (!loaded.ok || client.kind !== 'web-worker') throw new Error('no run in a Web Worker');
      const digests: string[] = [];
      for (const moment of moments) {
        const done = await client.runTo(moment);
        if (done.ok) digests.push(done.status.digest);
      }
      client.close();
      return digests;
    },
    { text: ORDER_PIPELINE, moments: onCommandLine.map(({ simTimeNs }) => simTimeNs) },
  );
  expect(inWorker).toHaveLength(10);
  expect(new Set(inWorker).size).toBe(10);
  expect(inWorker).toEqual(onCommandLine.map(({ digest }) => digest));
});

for (const speed of [1, 20, Number.POSITIVE_INFINITY]) {
  test(`a run that was played at speed ${speed} is the one that Node has @desktop`, async ({ page }) => {
    await openLab(page);
    const { simTimeNs, digest } = await page.evaluate(
      async ({ text, factor }) => {
        const client = window.__brokerLab.hiddenClient();
        await client.load(text, 7);
        await client.play(factor);
        await new Promise((resolve) => setTimeout(resolve, 700));
        const paused = await client.pause();
        client.close();
        if (!paused.ok) throw new Error('not paused');
        return paused.status;
      },
      { text: ORDER_PIPELINE, factor: speed },
    );
    expect(simTimeNs).toBeGreaterThan(0.3e9);
    expect(digest).toBe(digestInNode(ORDER_PIPELINE, simTimeNs, 7));
  });
}

test('the digest on the screen is the digest of the run that is drawn @desktop', async ({ page }) => {
  await openLab(page);
  await page.waitForTimeout(2000);
  const { simTimeNs, digest } = await engineStatus(page);
  expect(digest).toBe(digestInNode(ORDER_PIPELINE, simTimeNs, 7));
  await expect.poll(() => digestShown(page)).toBe(digest);
});

test('where a Web Worker is refused the engine runs in the page, and runs the same @desktop', async ({ page }) => {
  // What a browser does in a frame of an opaque origin.
  await page.addInitScript(() => {
    window.Worker = class {
      constructor() {
        throw new DOMException('refused here', 'SecurityError');
      }
    } as unknown as typeof Worker;
  });
  await openLab(page);
  await expect(page.getByText('The engine runs in the page')).toBeVisible();
  await page.waitForTimeout(1500);
  const { simTimeNs, digest } = await engineStatus(page);
  expect(simTimeNs).toBeGreaterThan(1e9);
  expect(digest).toBe(digestInNode(ORDER_PIPELINE, simTimeNs, 7));
});
