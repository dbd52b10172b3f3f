// A scenario that edits its own drawing: the page follows, and undo takes back only what people did.

import { expect, test } from '@playwright/test';
import { card, drawnTopology, gauge, wires } from './drawing.ts';
import { digestInNode, isBalanced, ORDER_PIPELINE, openLab, pauseButton, runButton, standStill } from './lab.ts';

const COMMANDS = [
  { at: '2s', do: 'set checkout.rate 40' },
  { at: '4s', do: 'add-node {"id": "worker-9", "kind": "service", "name": "Night shift"}' },
  { at: '4s', do: 'add-wire {"id": "to-night", "kind": "deliver", "from": "orders", "to": "worker-9"}' },
  { at: '6s', do: 'remove worker-3' },
];

test('what the scenario sets, adds and removes is drawn, is no step of undo, and the run is the one of its file @desktop', async ({
  page,
}) => {
  await openLab(page);
  const text = JSON.stringify({ ...JSON.parse(ORDER_PIPELINE), title: 'By its script', commands: COMMANDS });
  await page
    .locator('input[type=file]')
    .setInputFiles({ name: 'own.json', mimeType: 'application/json', buffer: Buffer.from(text) });
  await expect.poll(() => page.title().then(() => page.getByRole('button', { name: 'By its script' }).count())).toBe(1);
  await card(page, 'checkout').click();
  const settings = page.getByRole('complementary', { name: 'Settings of Checkout' });
  await expect(settings.getByLabel('Send rate', { exact: true })).toHaveValue('40');
  await expect(card(page, 'worker-9')).toContainText('Night shift');
  await expect(card(page, 'worker-3')).toHaveCount(0);
  await expect(wires(page)).toHaveCount(6);
  await expect.poll(() => gauge(page, 'worker-9', 'received')).toBeGreaterThan(0);
  await expect(page.getByRole('button', { name: 'Undo' })).toBeDisabled();
  const boxes = await page
    .locator('.react-flow__node')
    .evaluateAll((all) => all.map((each) => each.getBoundingClientRect().toJSON()));
  for (const [ix, a] of boxes.entries())
    for (const b of boxes.slice(ix + 1))
      expect(a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom).toBe(false);

  await pauseButton(page).click();
  const { simTimeNs, digest } = await standStill(page);
  expect(digest).toBe(digestInNode(text, simTimeNs));
  expect(await isBalanced(page)).toBe(true);
  const inRun = await page.evaluate(async () =>
    (await window.__brokerLab.client.document())?.nodes.map(({ id, params }) => ({ id, params })),
  );
  expect((await drawnTopology(page)).nodes.map(({ id, params }) => ({ id, params }))).toEqual(inRun);

  // By hand, and back: what the scenario did stays.
  await settings.getByLabel('Send rate', { exact: true }).fill('7');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(settings.getByLabel('Send rate', { exact: true })).toHaveValue('40');
  await expect(card(page, 'worker-9')).toHaveCount(1);
  await expect(runButton(page)).toBeVisible();
});
