// The same run is the same bit for bit in Chromium's Web Worker and in Node, at any speed, drawn or not.

import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from '@playwright/test';
import { parseScenario } from '../sim-engine/topology/parse.ts';
import { digestInNode, digestShown, digestsOnCommandLine, engineStatus, ORDER_PIPELINE, openLab, SCENARIOS } from './lab.ts';

/** Of the menu and of the lessons; not the benches. */
const ALL_SCENARIOS = ['', 'lessons/'].flatMap((folder) =>
  readdirSync(new URL(`./${folder}`, SCENARIOS))
    .filter((file) => file.endsWith('.json'))
    .map((file) => `${folder}${file}`),
);
/** With the long runs each scenario is played to its end, and else for so long, ns. */
const SHORT_NS = 20e9;

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

test('every scenario of the menu and of the lessons has the same digests in a Web Worker and in Node @desktop', async ({
  page,
}) => {
  test.setTimeout(process.env.LONG_RUNS === '1' ? 300_000 : 60_000);
  await openLab(page);
  await engineStatus(page);
  expect(ALL_SCENARIOS.length).toBeGreaterThan(30);
  // One Web Worker for all: each drawing that is loaded begins anew, whatever was played there before.
  const client = await page.evaluateHandle(() => window.__brokerLab.hiddenClient());
  for (const name of ALL_SCENARIOS) {
    const text = readFileSync(new URL(name, SCENARIOS), 'utf8');
    const parsed = parseScenario(text);
    if (!parsed.ok) throw new Error(`${name} is refused`);
    const untilNs = process.env.LONG_RUNS === '1' ? parsed.value.durationNs : Math.min(SHORT_NS, parsed.value.durationNs);
    const inWorker = await page.evaluate(
      async ({ client, text, untilNs }) => {
        const loaded = await client.load(text);
        if (!loaded.ok || client.kind !== 'web-worker') throw new Error('no run in a Web Worker');
        const done = await client.runTo(untilNs);
        if (!done.ok) throw new Error('it did not get there');
        const { digest, events, simTimeNs } = done.status;
        return { digest, events, simTimeNs };
      },
      { client, text, untilNs },
    );
    expect.soft(inWorker.simTimeNs, name).toBe(untilNs);
    expect.soft(inWorker.events, name).toBeGreaterThan(20);
    expect.soft(inWorker.digest, name).toBe(digestInNode(text, untilNs));
  }
});
