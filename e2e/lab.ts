// What the stories share: opening the page, reading its books and dials, and the same run in plain Node to compare with. Stories
// read what people read; `window.__brokerLab` is asked only for what is not on the screen.

import { readFileSync } from 'node:fs';
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

/** The digest of the same run in plain Node: this scenario, seed and log, up to this time. */
export function digestInNode(text: string, timeNs: number, seed?: number, log: readonly LoggedCommand[] = []): string {
  return digestsInNode(text, [timeNs], seed, log)[0] as string;
}

/** Digests of one run in plain Node at ascending times. */
export function digestsInNode(
  text: string,
  timesNs: readonly number[],
  seed?: number,
  log: readonly LoggedCommand[] = [],
): string[] {
  const parsed = parseScenario(text, seed === undefined ? {} : { seed });
  if (!parsed.ok) throw new Error(`bad scenario: ${parsed.problems.map((problem) => problem.code).join(', ')}`);
  const created = Simulation.create(parsed.value, { log });
  if (!created.ok) throw new Error('bad commands');
  return timesNs.map((timeNs) => {
    created.value.advanceTo(timeNs);
    return created.value.digest;
  });
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
