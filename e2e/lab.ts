// What the stories share: opening the page, reading its books and dials, and the same run in plain Node to compare with. Stories
// read what people read; `window.__brokerLab` is asked only for what is not on the screen.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, type Page } from '@playwright/test';
import type { LoggedCommand, Status } from '../sim-engine/protocol/messages.ts';
import { Simulation } from '../sim-engine/simulation/simulation.ts';
import { parseScenario } from '../sim-engine/topology/parse.ts';

export const SCENARIOS = new URL('../sim-engine/scenarios/', import.meta.url);
export const ORDER_PIPELINE = readFileSync(new URL('order-pipeline.json', SCENARIOS), 'utf8');

/** Opens the page and waits until the order pipeline runs. */
export async function openLab(page: Page): Promise<void> {
  await page.goto('./');
  await expect.poll(() => ledgerCell(page, 'total')).toBeGreaterThan(0);
}

/** Drops a file on the page, as from a folder beside the browser. */
export async function dropFile(page: Page, name: string, text: string): Promise<void> {
  const data = await page.evaluateHandle(
    ([fileName, content]) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([content as string], fileName as string, { type: 'application/json' }));
      return transfer;
    },
    [name, text],
  );
  await page.dispatchEvent('body', 'dragover', { dataTransfer: data });
  await page.dispatchEvent('body', 'drop', { dataTransfer: data });
}

/** The figure in a cell of the ledger. */
export async function ledgerCell(page: Page, cell: string): Promise<number> {
  const figure = page.locator(`[data-testid=ledger] [data-cell=${cell}] b`);
  return (await figure.count()) === 0 ? Number.NaN : Number(((await figure.textContent()) ?? '').replaceAll(',', ''));
}

/** Simulated time on the clock of the deck, s. */
export async function clockSeconds(page: Page): Promise<number> {
  const [hours, minutes, seconds] = ((await page.getByTestId('clock').textContent()) ?? '')
    .replace(/\s/g, '')
    .split(':')
    .map(Number);
  return (hours as number) * 3600 + (minutes as number) * 60 + (seconds as number);
}

export const digestShown = async (page: Page): Promise<string> =>
  ((await page.getByTestId('digest').textContent()) ?? '').replace(/\s/g, '');

export const runButton = (page: Page) => page.getByRole('button', { name: 'Run' });
export const pauseButton = (page: Page) => page.getByRole('button', { name: 'Pause' });

export const isBalanced = (page: Page): Promise<boolean> =>
  page.getByTestId('ledger').evaluate((ledger) => ledger.hasAttribute('data-balanced'));

/** Status of the engine that draws, asked anew. */
export const engineStatus = (page: Page): Promise<Status> =>
  page.evaluate(async () => {
    const { client } = window.__brokerLab;
    const paused = await client.pause();
    if (!paused.ok) throw new Error('the engine refused to pause');
    return paused.status;
  });

/**
 * The run stands still, and so does what the page shows of it: figures are written a few times a second, however slow the machine
 * is, so what is read before this may be of a moment ago.
 */
export async function standStill(page: Page): Promise<Status> {
  const status = await engineStatus(page);
  await expect(runButton(page)).toBeVisible();
  await expect.poll(() => digestShown(page), { timeout: 20_000 }).toBe(status.digest);
  // The clock is written at another pace.
  await expect.poll(async () => Math.abs((await clockSeconds(page)) * 1e9 - status.simTimeNs)).toBeLessThan(1.1e6);
  return status;
}

/** The digest of the same run in plain Node: this scenario, seed and log, up to this time. */
export function digestInNode(text: string, timeNs: number, seed?: number, log: readonly LoggedCommand[] = []): string {
  const parsed = parseScenario(text, seed === undefined ? {} : { seed });
  if (!parsed.ok) throw new Error(`bad scenario: ${parsed.problems.map((problem) => problem.code).join(', ')}`);
  const created = Simulation.create(parsed.value, { log });
  if (!created.ok) throw new Error('bad commands');
  created.value.advanceTo(timeNs);
  return created.value.digest;
}

/** What `npm run sim` prints as the chain of digests of the order pipeline: the compiled engine on plain Node. */
export function digestsOnCommandLine(everyS: number, forS: number, seed: number): { simTimeNs: number; digest: string }[] {
  const script = fileURLToPath(new URL('../scripts/run.mjs', import.meta.url));
  const file = fileURLToPath(new URL('order-pipeline.json', SCENARIOS));
  const options = ['--for', `${forS}s`, '--seed', String(seed), '--json', '--digests', `${everyS}s`];
  const printed = execFileSync(process.execPath, [script, 'sim', 'run', file, ...options], { encoding: 'utf8' });
  return JSON.parse(printed).digests;
}

/** What the page has written on the console as an error or a warning, filled as it goes. */
export function complaintsOf(page: Page): string[] {
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  return complaints;
}
