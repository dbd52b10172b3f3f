// A Web Worker that is terminated from outside, as a browser short of memory would, is started again where it was; the page says so.

import { expect, test } from '@playwright/test';
import type { LoggedCommand } from '../sim-engine/protocol/messages.ts';
import { clockSeconds, digestInNode, engineStatus, isBalanced, ledgerCell, ORDER_PIPELINE, openLab } from './lab.ts';

test('the engine is started again where it was, and the page says so @desktop', async ({ page }) => {
  await openLab(page);
  // Long enough for a checkpoint, with an edit before it and one after.
  const log = await page.evaluate(async () => {
    const { client } = window.__brokerLab;
    const commands: LoggedCommand[] = [];
    const give = async (value: number) => {
      const command = { type: 'setParam', target: 'checkout', field: 'rate', value } as const;
      const done = await client.command(command);
      if (done.ok) commands.push({ atNs: done.status.simTimeNs, command });
    };
    await give(6);
    await new Promise((resolve) => setTimeout(resolve, 5500));
    await give(3);
    return commands;
  });
  expect(log).toHaveLength(2);
  const sentBefore = await ledgerCell(page, 'total');
  const reached = await clockSeconds(page);

  await page.evaluate(() => window.__brokerLab.client.killEngine());
  await expect(page.getByText(/The engine stopped answering and was started again at 0:\d\d\.\d/)).toBeVisible({
    timeout: 20_000,
  });

  // It goes on playing, and nothing that was counted is gone.
  await expect.poll(() => clockSeconds(page)).toBeGreaterThan(reached + 0.5);
  expect(await ledgerCell(page, 'total')).toBeGreaterThanOrEqual(sentBefore);
  expect(await isBalanced(page)).toBe(true);
  const { simTimeNs, digest, commandCount } = await engineStatus(page);
  expect(commandCount).toBe(2);
  expect(digest).toBe(digestInNode(ORDER_PIPELINE, simTimeNs, 7, log));
});

test('an order that was given while it was dead is carried out by the next one @desktop', async ({ page }) => {
  await openLab(page);
  const seed = await page.evaluate(async () => {
    const { client } = window.__brokerLab;
    client.killEngine();
    const done = await client.step('tick');
    return done.ok ? done.status.isRunning : null;
  });
  expect(seed).toBe(false);
  await expect(page.getByText('was started again')).toBeVisible();
});
