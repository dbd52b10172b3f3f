// What people who hear the page are told: politely, one sentence at a time, and never more than one in two seconds.

import { expect, type Page, test } from '@playwright/test';
import { EMPTY, openDrawing } from './drawing.ts';
import { openLab, pauseButton, runButton } from './lab.ts';

interface Said {
  readonly words: string;
  readonly atMs: number;
}

/** Everything that is announced from now on, with the moment of it. */
async function listen(page: Page): Promise<() => Promise<readonly Said[]>> {
  const voice = page.getByTestId('announcements');
  await expect(voice).toHaveAttribute('aria-live', 'polite');
  await voice.evaluate((element) => {
    const said: Said[] = [];
    Object.assign(window, { said });
    new MutationObserver(() => said.push({ words: element.textContent ?? '', atMs: performance.now() })).observe(element, {
      childList: true,
      characterData: true,
      subtree: true,
    });
  });
  return () => page.evaluate(() => (window as unknown as { said: Said[] }).said);
}

const heard = async (said: () => Promise<readonly Said[]>) => (await said()).map(({ words }) => words.trim());

function expectCalm(said: readonly Said[]): void {
  expect(said.length).toBeGreaterThan(1);
  for (const [ix, { atMs }] of said.entries()) {
    // The picture's beat and the observer may be some frames apart.
    if (ix > 0) expect(atMs - (said[ix - 1] as Said).atMs).toBeGreaterThan(1_800);
  }
}

test('a run that pauses and goes on, a worker that crashes and comes back, letters that die: each is told', async ({ page }) => {
  await openLab(page);
  const said = await listen(page);
  await pauseButton(page).click();
  await expect.poll(() => heard(said)).toContainEqual(expect.stringMatching(/^Paused at 0:0\d\.\d\.$/));
  await runButton(page).click();
  await expect.poll(() => heard(said)).toContainEqual(expect.stringMatching(/^Running from 0:/));

  await page.evaluate(() => window.__brokerLab.client.command({ type: 'crash', node: 'worker-1', forNs: 3e9 }));
  await expect.poll(() => heard(said)).toContain('Worker 1 crashed.');
  await expect.poll(() => heard(said)).toContain('Worker 1 is running again.');
  expectCalm(await said());
});

test('a line that grows is told of at 10, 20, 40 letters and not in between, and when it is empty; so are letters that die', async ({
  page,
}) => {
  await openLab(page);
  const said = await listen(page);
  await openDrawing(page, {
    ...EMPTY,
    name: 'A line',
    nodes: [
      { id: 'web', kind: 'sender', params: { rate: 20, limit: 60 } },
      { id: 'orders', kind: 'queue', name: 'Orders', params: { maxAttempts: 1 } },
      { id: 'worker', kind: 'service', params: { concurrency: 2, failure: 1, work: { law: 'constant', value: '200ms' } } },
      { id: 'dead', kind: 'dead-letter-queue' },
    ],
    wires: [
      { id: 'in', kind: 'publish', from: 'web', to: 'orders' },
      { id: 'out', kind: 'deliver', from: 'orders', to: 'worker' },
      { id: 'up', kind: 'dead-letter', from: 'orders', to: 'dead' },
    ],
  });
  await expect.poll(() => heard(said)).toContainEqual(expect.stringMatching(/^The line in Orders grows: \d\d letters wait\.$/));
  await expect.poll(() => heard(said), { timeout: 30_000 }).toContain('The line in Orders is empty again.');
  expect(await heard(said)).toContainEqual(expect.stringMatching(/^Letters are given up on: \d+ dead letters in all\.$/));
  expectCalm(await said());
});

test('a problem of the drawing is told with what to do about it', async ({ page }) => {
  await openLab(page);
  const said = await listen(page);
  await openDrawing(page, { ...EMPTY, name: 'Nobody reads', nodes: [{ id: 'worker', kind: 'service', name: 'Lonely' }] });
  await expect.poll(() => heard(said)).toContainEqual(expect.stringMatching(/Lonely.*\./));
  expectCalm(await said());
});
