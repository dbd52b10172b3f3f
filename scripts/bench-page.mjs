// How much of a machine the built page takes: `npm run bench:page` builds it and prints a table, `-- --seconds N --rounds N` measure
// longer. Scenes take turns with the idle page in one browser, and what is printed are medians and ratios to that: figures of another
// machine differ, ratios hardly do. Nothing here is asserted; docs/ui-performance.md keeps what was measured and what it is held to.

import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { chromium } from '@playwright/test';
import { preview } from 'vite';
import { build, ROOT } from './build.mjs';
import { BROWSER_FLAGS, findBrowser } from './find-browser.mjs';

const { values: options } = parseArgs({
  options: { seconds: { type: 'string', default: '5' }, rounds: { type: 'string', default: '3' } },
});
const SECONDS = Number(options.seconds);
const ROUNDS = Number(options.rounds);
/** Before anything is measured: charts are loaded, code is warm, letters fill the wires. */
const SETTLE_MS = 4_000;
const PRESSES = 20;
/** Shorter ones the browser does not report. */
const EVENT_MIN_MS = 16;
const VIEWPORT = { width: 1440, height: 900 };

/** Lines of nodes side by side, all of them in sight. `rate`: letters a second of each line. */
function scene(name, lineCount, columns, rate, hasDead) {
  const nodes = [];
  const wires = [];
  const link = { delay: '1s' };
  for (let line = 0; line < lineCount; line++) {
    const x = (line % columns) * 900;
    const y = Math.floor(line / columns) * 260;
    const [web, orders, worker, dead] = ['web', 'orders', 'worker', 'dead'].map((word) => `${word}-${line}`);
    nodes.push(
      { id: web, kind: 'sender', position: { x, y }, params: { rate } },
      { id: orders, kind: 'queue', position: { x: x + 280, y } },
      {
        id: worker,
        kind: 'service',
        position: { x: x + 580, y },
        params: { concurrency: 200, work: { law: 'constant', value: '100ms' } },
      },
    );
    wires.push(
      { id: `in-${line}`, kind: 'publish', from: web, to: orders, params: link },
      { id: `out-${line}`, kind: 'deliver', from: orders, to: worker, params: link },
    );
    if (hasDead) {
      nodes.push({ id: dead, kind: 'dead-letter-queue', position: { x: x + 280, y: y + 190 } });
      wires.push({ id: `up-${line}`, kind: 'dead-letter', from: orders, to: dead });
    }
  }
  return { format: 'broker-lab/topology', version: 1, name, nodes, wires };
}

const SCENES = [
  { name: '60 nodes, 5 charts', drawing: scene('Sixty nodes', 20, 4, 17, false), charts: 5 },
  { name: '200 nodes, 3 charts', drawing: scene('Two hundred nodes', 50, 7, 5, true), charts: 3 },
];

const median = (all) => quantile(all, 0.5);
/** Of values in any order; NaN of none. */
function quantile(all, share) {
  const sorted = [...all].sort((a, b) => a - b);
  return sorted.length === 0 ? Number.NaN : sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}

async function openPage(browser, url) {
  const context = await browser.newContext({ viewport: VIEWPORT });
  const page = await context.newPage();
  await page.goto(url);
  await page.waitForFunction(() => (window.__brokerLab?.client.frame?.length ?? 0) > 0);
  await page.waitForSelector('.lane svg');
  return page;
}

/** The page as it is when nothing runs: its order pipeline, paused. */
async function openIdle(browser, url) {
  const page = await openPage(browser, url);
  await page.getByRole('button', { name: 'Pause' }).click();
  return page;
}

async function openScene(browser, url, { drawing, charts }) {
  const page = await openPage(browser, url);
  const file = { name: 'bench.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(drawing)) };
  await page.locator('input[type=file]').setInputFiles(file);
  await page.waitForFunction((name) => window.__brokerLab.lab().drawing?.present.name === name, drawing.name);
  if (charts === 5) {
    await page.getByRole('button', { name: 'Which charts to show' }).click();
    await page.getByRole('menuitemcheckbox', { name: 'Dead letters' }).click();
    await page.keyboard.press('Escape');
    await choose(page, 'orders-0');
    await page.getByRole('button', { name: 'Chart In flight', exact: true }).click();
    await page.getByRole('complementary').getByRole('button', { name: 'Close' }).click();
  }
  const shown = await page.locator('.lane svg').count();
  if (shown < charts) throw new Error(`${drawing.name}: ${shown} charts are shown, not ${charts}`);
  return page;
}

/** By keyboard, since cards may be too small to be hit. */
async function choose(page, id) {
  await page.locator(`.react-flow__node[data-id="${id}"]`).focus();
  await page.keyboard.press('Enter');
}

/** Busy share of the main thread, frames a second and their p95, letters drawn at the end. */
async function measure(page) {
  await page.bringToFront();
  await page.waitForTimeout(SETTLE_MS);
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Performance.enable', { timeDomain: 'threadTicks' });
  const busySeconds = async () => {
    const { metrics } = await devtools.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'TaskDuration').value;
  };
  const before = await busySeconds();
  const { frames, wallMs } = await page.evaluate(
    (forMs) =>
      new Promise((resolve) => {
        const all = [];
        const start = performance.now();
        let last = start;
        const next = (now) => {
          all.push(now - last);
          last = now;
          if (now - start < forMs) requestAnimationFrame(next);
          // The first is no whole frame.
          else resolve({ frames: all.slice(1), wallMs: performance.now() - start });
        };
        requestAnimationFrame(next);
      }),
    SECONDS * 1000,
  );
  const busy = ((await busySeconds()) - before) / (wallMs / 1000);
  await devtools.detach();
  return { busy, p95: quantile(frames, 0.95), perSecond: (frames.length / wallMs) * 1000, letters: await lettersDrawn(page) };
}

const lettersDrawn = (page) => page.evaluate((at) => window.__brokerLab.client.frame?.[at] ?? 0, FRAME.LETTER_COUNT);

/** Time from a key on the slider of a send rate to the picture that shows it, ms; every press changes drawing, settings and run. */
async function inputToPaint(page) {
  await choose(page, 'web-0');
  await page.getByRole('slider', { name: 'Send rate' }).focus();
  await page.evaluate((durationThreshold) => {
    window.presses = [];
    new PerformanceObserver((list) => {
      for (const { name, duration } of list.getEntries()) if (name === 'keydown') window.presses.push(duration);
    }).observe({ type: 'event', durationThreshold });
  }, EVENT_MIN_MS);
  for (let press = 0; press < PRESSES; press++) {
    await page.keyboard.press(press % 2 === 0 ? 'ArrowRight' : 'ArrowLeft');
    await page.waitForTimeout(200);
  }
  const slow = await page.evaluate(() => window.presses);
  return [...slow, ...new Array(Math.max(0, PRESSES - slow.length)).fill(EVENT_MIN_MS)];
}

/** A visit of a browser that has never been here: script until the first letter is on its way, compressed, and the time to it. */
async function coldVisit(browser, url) {
  const context = await browser.newContext({ viewport: VIEWPORT });
  const page = await context.newPage();
  const scripts = [];
  page.on('response', (response) => {
    if (response.url().endsWith('.js')) scripts.push(response);
  });
  await page.goto(url, { waitUntil: 'commit' });
  const handle = await page.waitForFunction(
    (at) => (window.__brokerLab?.client.frame?.[at] > 0 ? performance.now() : false),
    FRAME.LETTER_COUNT,
    { polling: 'raf' },
  );
  const firstLetterMs = await handle.jsonValue();
  let page_kB = 0;
  let engine_kB = 0;
  for (const response of [...scripts]) {
    const size = gzipSync(await response.body()).length / 1024;
    if (/worker/i.test(response.url())) engine_kB += size;
    else page_kB += size;
  }
  await context.close();
  return { firstLetterMs, page_kB, engine_kB };
}

const percent = (share) => `${(share * 100).toFixed(1)} %`;
const ms = (value) => `${value.toFixed(1)} ms`;
const times = (value, other) => `${(value / other).toFixed(1)}x`;
const line = (...cells) => console.log(`| ${cells.join(' | ')} |`);

const compiled = build('.');
if (!compiled.ok) throw new Error(compiled.output);
const { FRAME } = await import(join(ROOT, 'build', 'sim-engine', 'protocol', 'frame.js'));
const server = await preview({ root: ROOT, preview: { host: '127.0.0.1', port: 0, open: false }, logLevel: 'warn' });
const url = server.resolvedUrls.local[0];
const browser = await chromium.launch({ executablePath: await findBrowser(), args: BROWSER_FLAGS });
try {
  const load = loadavg()[0].toFixed(1);
  console.log(
    `Chromium ${browser.version()}, headless, ${cpus().length} cores, load ${load} at the start; medians of ${ROUNDS} rounds of ${SECONDS} s`,
  );
  const visits = [];
  for (let round = 0; round < ROUNDS; round++) visits.push(await coldVisit(browser, url));
  const results = new Map();
  const presses = [];
  for (let round = 0; round < ROUNDS; round++) {
    for (const each of [null, ...SCENES]) {
      const page = each === null ? await openIdle(browser, url) : await openScene(browser, url, each);
      const name = each?.name ?? 'idle page';
      results.set(name, [...(results.get(name) ?? []), await measure(page)]);
      if (each === SCENES[0]) presses.push(...(await inputToPaint(page)));
      await page.context().close();
    }
  }
  const idle = results.get('idle page');
  const of = (all, key) => median(all.map((one) => one[key]));
  line('scene', 'letters drawn', 'main thread busy', 'to idle', 'p95 frame', 'to idle', 'frames a second', 'to idle');
  line(...new Array(8).fill('---'));
  for (const [name, all] of results) {
    const cells = ['busy', 'p95', 'perSecond'].map((key) => [of(all, key), of(idle, key)]);
    const words = [percent, ms, (value) => value.toFixed(1)];
    line(name, of(all, 'letters'), ...cells.flatMap(([value, other], ix) => [words[ix](value), times(value, other)]));
  }
  console.log(
    `\ninput to paint, ${SCENES[0].name}: p50 ${ms(median(presses))}, p95 ${ms(quantile(presses, 0.95))} (${EVENT_MIN_MS} or less counts as ${EVENT_MIN_MS})`,
  );
  console.log(
    `first load: ${of(visits, 'page_kB').toFixed(1)} kB of script until the first letter, compressed; engine chunk ${of(visits, 'engine_kB').toFixed(1)} kB`,
  );
  console.log(`first letter: ${(of(visits, 'firstLetterMs') / 1000).toFixed(2)} s after a cold visit begins`);
} finally {
  await browser.close();
  await server.close();
}
