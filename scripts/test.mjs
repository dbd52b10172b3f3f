// Everything that CI runs, in the order in which a mistake is cheapest to find: types, lint, dead code, unit tests, vectors, fuzz,
// built page, end-to-end stories. `npm test`; `-- --quick` stops after the unit tests, `-- --long` runs the long ones too. A stage
// that fails prints its output and ends the run. The last line adds up unit and end-to-end tests: "N passed, N failed".

import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build, programOf, ROOT } from './build.mjs';
import { findBrowser } from './find-browser.mjs';

const isQuick = process.argv.includes('--quick');
const isLong = process.argv.includes('--long');

const REPORTS = join(ROOT, 'build', 'reports');
const VECTORS = 'sim-engine/testing/vectors';
/**
 * What of the carried vectors a model exists for, in two parts that take about as long; those that take longest are left to the long
 * tests (`npm run vectors` replays them all). A new system is added here when it is built.
 */
const BUILT_VECTORS = [
  ['patterns', 'queueing/mmc', 'queueing/tail', 'queueing/mmck', ...(isLong ? ['queueing/priority', 'queueing/batch'] : [])],
  [
    'queueing/mm1',
    'queueing/jackson',
    'queueing/closed',
    'queueing/geogeo1',
    'queueing/erlangA',
    'queueing/fluid',
    'queueing/md1',
    'queueing/mminf',
    'rabbitmq',
    ...(isLong ? ['queueing/gm1', 'queueing/mg1'] : []),
  ],
].map((part) => part.map((name) => `${VECTORS}/${name.includes('/') ? `${name}.json` : name}`));
const LONG_ENV = isLong ? { LONG_RUNS: '1' } : {};
const FUZZ_SEEDS = isLong ? 200 : 12;
/** Script that the page loads before anything shows, compressed. */
const FIRST_LOAD_MAX_KB = 200;

class StageFailure extends Error {}

const totals = { passed: 0, failed: 0, skipped: 0 };

async function main() {
  rmSync(REPORTS, { recursive: true, force: true });
  mkdirSync(REPORTS, { recursive: true });
  await stage('types', checkTypes);
  await together(
    stage('lint', () => node([programOf('@biomejs/biome', 'biome'), 'check', '--error-on-warnings', '.'])),
    stage('dead code', () => node([programOf('knip')])),
  );
  await stage('unit tests', runUnitTests);
  if (isQuick) return;
  await together(
    stage('vectors', runVectors),
    stage('fuzz', () => command('fuzz', '--seeds', String(FUZZ_SEEDS))),
    stage('page', buildPage),
  );
  if (isLong) await stage('mutants', () => command('mutants'));
  await stage('browser', async () => (await findBrowser()) ?? "Playwright's own");
  await stage('end to end', runStories);
}

/** Stages that do not disturb each other share the cores. All of them come to their end, also if one fails. */
async function together(...stages) {
  const failed = (await Promise.allSettled(stages)).find(({ status }) => status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

/** Runs one stage and prints its time and what it has to say in a line. */
async function stage(name, work) {
  const start = performance.now();
  const line = await work();
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`${name.padEnd(12)} ${seconds.padStart(6)} s  ${line ?? ''}`.trimEnd());
}

function checkTypes() {
  const { ok, output } = build('.');
  if (!ok) throw new StageFailure(output);
}

async function runUnitTests() {
  const report = join(REPORTS, 'unit.json');
  const args = [programOf('vitest'), 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  return counted(node(args, LONG_ENV), report, (json) => ({
    passed: json.numPassedTests,
    failed: json.numFailedTests,
    skipped: json.numPendingTests + json.numTodoTests,
  }));
}

async function runStories() {
  const report = join(REPORTS, 'stories.json');
  return counted(
    node([programOf('@playwright/test', 'playwright'), 'test'], { E2E_REPORT: report, ...LONG_ENV }),
    report,
    ({ stats }) => ({
      passed: stats.expected,
      failed: stats.unexpected + stats.flaky,
      skipped: stats.skipped,
    }),
  );
}

/** Waits for a test runner and adds its numbers to the totals, also when it failed. */
async function counted(run, report, numbersOf) {
  try {
    await run;
  } finally {
    if (existsSync(report)) {
      const numbers = numbersOf(JSON.parse(readFileSync(report, 'utf8')));
      for (const key of Object.keys(totals)) totals[key] += numbers[key];
    }
  }
  return closingLine(totals);
}

async function runVectors() {
  const outputs = await Promise.all(BUILT_VECTORS.map((part) => command('vectors', ...part)));
  const counts = outputs.map((output) => output.trim().split('\n').at(-1)?.match(/\d+/g)?.map(Number) ?? []);
  const sum = (at) => counts.reduce((total, numbers) => total + (numbers[at] ?? 0), 0);
  return `${sum(0)} passed, ${sum(1)} failed`;
}

/** Builds the page and weighs the script that its first paint waits for. */
async function buildPage() {
  await node([programOf('vite'), 'build']);
  const html = readFileSync(join(ROOT, 'dist', 'index.html'), 'utf8');
  const scripts = [...html.matchAll(/<(?:script|link)\b[^>]*\b(?:src|href)="([^"]+\.js)"/g)].map((match) => match[1]);
  if (scripts.length === 0) throw new StageFailure('dist/index.html loads no script.');
  const bytes = scripts.reduce((sum, path) => sum + gzipSync(readFileSync(join(ROOT, 'dist', path))).length, 0);
  const kilobytes = bytes / 1024;
  const weight = `first load ${kilobytes.toFixed(1)} kB of script, compressed; at most ${FIRST_LOAD_MAX_KB}`;
  if (kilobytes > FIRST_LOAD_MAX_KB) throw new StageFailure(`${weight}. Load what the first paint does not need lazily.`);
  return weight;
}

/** One of the headless commands; resolves to what it printed. */
async function command(name, ...args) {
  return node([join(ROOT, 'scripts', 'run.mjs'), name, ...args]);
}

/** Runs a Node program to its end; its output is shown only if it fails. */
function node(args, env = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd: ROOT,
      env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const chunks = [];
    child.stdout.on('data', (chunk) => chunks.push(chunk));
    child.stderr.on('data', (chunk) => chunks.push(chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      const output = Buffer.concat(chunks).toString('utf8');
      if (code === 0) resolve(output);
      else reject(new StageFailure(`${output}\n${args.slice(0, 4).join(' ')} ended with ${code}`));
    });
  });
}

const closingLine = ({ passed, failed, skipped }) =>
  `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;

const start = performance.now();
try {
  await main();
} catch (error) {
  console.error(error instanceof StageFailure ? error.message : error);
  process.exitCode = 1;
}
console.log(`in all       ${((performance.now() - start) / 1000).toFixed(1).padStart(6)} s`);
console.log(closingLine(totals));
