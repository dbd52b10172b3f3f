// What axe has to look at besides: what is open on a phone, work that was found again, settings of wires, lanes
// that were asked for, a drawing with more letters than are drawn. Other stories look at what they open themselves.

import { expect, type Page, test } from '@playwright/test';
import { axeFindings } from './accessibility.ts';
import { card } from './drawing.ts';
import { ledgerCell, openLab, pauseButton, standStill } from './lab.ts';

const details = (page: Page) => page.locator('.details');

/** Faults, so that there is something in every panel; then the run stands still at a minute. */
async function afterFaults(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const { client } = window.__brokerLab;
    await client.command({ type: 'poison', node: 'checkout', share: 0.3 });
    await client.command({ type: 'crash', node: 'worker-1', forNs: 5e9 });
    await client.pause();
    await client.runTo(60e9);
  });
  await standStill(page);
}

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(`in the ${colorScheme} theme axe finds nothing`, () => {
    test.beforeEach(({ page }) => page.emulateMedia({ colorScheme }));

    test('on the panels that a phone opens @phone', async ({ page }) => {
      test.slow();
      await openLab(page);
      await afterFaults(page);
      const more = page.getByRole('button', { name: 'More to see' });
      await more.tap();
      await page.getByRole('menuitem', { name: 'What was done' }).tap();
      await expect(page.getByTestId('faults').getByRole('listitem')).toHaveCount(2);
      expect(await axeFindings(page), 'faults').toEqual([]);
      await page.locator('[data-cell=dead]').tap();
      await expect(details(page).locator('.letter-link').first()).toBeVisible();
      expect(await axeFindings(page), 'dead letters').toEqual([]);
      await details(page).locator('.letter-link').first().tap();
      await expect(page.getByTestId('journey')).toBeVisible();
      expect(await axeFindings(page), 'journey').toEqual([]);
      await details(page).getByRole('button', { name: 'Close' }).tap();
      await card(page, 'worker-2').tap();
      await page.getByRole('button', { name: 'Explain the settings' }).tap();
      expect(await axeFindings(page), 'settings').toEqual([]);
    });

    test('on the settings of a wire, a lane that was asked for, its reading, and what chooses lanes @desktop', async ({
      page,
    }) => {
      await openLab(page);
      await page.locator('.react-flow__edge').first().focus();
      await page.keyboard.press('Enter');
      await expect(page.getByRole('complementary', { name: /^Settings of/ })).toBeVisible();
      await page.getByRole('button', { name: 'Explain the settings' }).click();
      expect(await axeFindings(page), 'settings of a wire').toEqual([]);
      await card(page, 'orders').click();
      await page.getByRole('button', { name: 'Chart Ready', exact: true }).click();
      await pauseButton(page).click();
      await standStill(page);
      const lane = await page.locator('.lane .recharts-wrapper').first().boundingBox();
      for (let x = 225; x < 320 && (await page.locator('.lane-reading').count()) === 0; x += 5) {
        await page.mouse.move((lane?.x ?? 0) + x, (lane?.y ?? 0) + 25);
        await page.waitForTimeout(100);
      }
      await expect(page.locator('.lane-reading').first()).toBeVisible();
      expect(await axeFindings(page), 'lanes').toEqual([]);
      await page.getByRole('button', { name: 'Which charts to show' }).click();
      await expect(page.getByRole('menu')).toBeVisible();
      expect(await axeFindings(page), 'choice of lanes').toEqual([]);
    });

    test('on a drawing with more letters than are drawn, and on a notice @desktop', async ({ page }) => {
      await openLab(page);
      // The run stands while they are on their way: a moment later they are all in the queue.
      await page.evaluate(async () => {
        const { client } = window.__brokerLab;
        const paused = await client.pause();
        if (!paused.ok) throw new Error('the engine refused to pause');
        await client.command({ type: 'burst', node: 'checkout', count: 20_000 });
        await client.runTo(paused.status.simTimeNs + 200e6);
      });
      await expect.poll(() => ledgerCell(page, 'total'), { timeout: 20_000 }).toBeGreaterThan(20_000);
      await expect(page.getByText('width only')).toBeVisible();
      expect(await axeFindings(page), 'dense').toEqual([]);
      await card(page, 'worker-3').click();
      await page.keyboard.press('Delete');
      await expect(page.locator('.notice')).toContainText('Worker 3 was deleted');
      expect(await axeFindings(page), 'notice').toEqual([]);
    });

    test('on work that was found again', async ({ page }) => {
      await openLab(page);
      await pauseButton(page).click();
      await page.evaluate(() => window.__brokerLab.client.runTo(300e9));
      await standStill(page);
      await page.waitForTimeout(1500);
      await page.reload();
      await expect(page.locator('.notice')).toContainText('Your work as you left it', { timeout: 30_000 });
      expect(await axeFindings(page), 'found').toEqual([]);
    });
  });
}
