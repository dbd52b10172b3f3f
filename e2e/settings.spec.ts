// Settings that are dragged: a duration is live while it is, one drag is one step of undo, and keys do the same.

import { expect, type Page, test } from '@playwright/test';
import type { NodeDocument } from '../sim-engine/topology/document.ts';
import { card, drawnTopology } from './drawing.ts';
import { isBalanced, openLab } from './lab.ts';

const settings = (page: Page) => page.getByRole('complementary', { name: 'Settings of Worker 1' });

/** Mean work of the worker, as the drawing holds it and as the run does. */
const meanOf = (nodes: readonly NodeDocument[]): string =>
  (nodes.find(({ id }) => id === 'worker-1') as unknown as { params: { work: { mean: string } } }).params.work.mean;
const work = async (page: Page) => meanOf((await drawnTopology(page)).nodes);
const workInRun = async (page: Page) =>
  meanOf(await page.evaluate(async () => (await window.__brokerLab.client.document())?.nodes ?? []));

test('the work of a worker is dragged: the run hears it on the way, and one drag is one step of undo @desktop', async ({
  page,
}) => {
  await openLab(page);
  await card(page, 'worker-1').click();
  const slider = settings(page).getByRole('slider', { name: 'Work time, slider' });
  const before = await work(page);
  const box = await slider.boundingBox();
  if (box === null) throw new Error('no slider');
  const y = box.y + box.height / 2;
  await page.mouse.move(box.x + box.width / 2, y);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.6, y, { steps: 3 });
  await expect.poll(() => workInRun(page)).not.toBe(before);
  const midway = await work(page);
  await page.mouse.move(box.x + box.width * 0.8, y, { steps: 6 });
  await page.mouse.up();
  await expect.poll(() => work(page)).not.toBe(midway);
  const after = await work(page);
  await expect.poll(() => workInRun(page)).toBe(after);
  await expect(settings(page).getByLabel('Work time', { exact: true })).toHaveValue(after.replace(/([a-z]+)$/, ' $1'));
  expect(await isBalanced(page)).toBe(true);
  await page.getByRole('button', { name: 'Undo' }).click();
  expect(await work(page)).toBe(before);
  await expect.poll(() => workInRun(page)).toBe(before);
});

test('by key: arrows change a duration by equal factors, and what is read out has its unit @desktop', async ({ page }) => {
  await openLab(page);
  await card(page, 'worker-1').click();
  const slider = settings(page).getByRole('slider', { name: 'Work time, slider' });
  await slider.focus();
  const before = await work(page);
  for (let press = 0; press < 20; press++) await page.keyboard.press('ArrowRight');
  const after = await work(page);
  const ms = (length: string) => Number.parseFloat(length) * (length.endsWith('ms') ? 1 : 1000);
  // Twenty of two hundred steps over a factor of four hundred.
  expect(ms(after) / ms(before)).toBeGreaterThan(1.5);
  expect(ms(after) / ms(before)).toBeLessThan(2.2);
  await expect(slider).toHaveAttribute('aria-valuetext', after.replace(/([a-z]+)$/, ' $1'));
  await expect.poll(() => workInRun(page)).toBe(after);
});

test('a duration can be put onto its card, and a stroke marks where its default is @desktop', async ({ page }) => {
  await openLab(page);
  await card(page, 'worker-1').click();
  await settings(page)
    .locator('.field')
    .filter({ has: page.getByLabel('Work time', { exact: true }) })
    .hover();
  await settings(page).getByRole('button', { name: 'Work time: show on the card' }).click();
  await expect(card(page, 'worker-1').getByRole('slider', { name: 'Work time of Worker 1' })).toBeVisible();
  await expect(settings(page).getByRole('slider', { name: 'Work time, slider' })).toHaveClass(/has-tick/);
});
