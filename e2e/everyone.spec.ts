// For everyone: nothing for axe to find in either theme, the keyboard reaches the cards, and wishes for less motion are heard.

import AxeBuilder from '@axe-core/playwright';
import { expect, test } from '@playwright/test';
import { ledgerCell, openLab } from './lab.ts';

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing in the ${colorScheme} theme`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    await openLab(page);
    await expect(page.locator('html')).toHaveAttribute('data-theme', colorScheme);
    const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
    const plain = await new AxeBuilder({ page }).withTags(rules).analyze();
    expect(plain.violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);

    // With everything open that can be: a refused file, a notice, the settings of a node.
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: 'bad.json', mimeType: 'application/json', buffer: Buffer.from('{') });
    await expect(page.getByRole('alertdialog')).toBeVisible();
    const open = await new AxeBuilder({ page }).withTags(rules).analyze();
    expect(open.violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
  });
}

test('the theme button goes through system, light and dark, and the choice is kept @desktop', async ({ page }) => {
  await page.emulateMedia({ colorScheme: 'dark' });
  await openLab(page);
  const html = page.locator('html');
  await expect(html).toHaveAttribute('data-theme', 'dark');
  await page.getByRole('button', { name: 'Theme: as the system' }).click();
  await expect(html).toHaveAttribute('data-theme', 'light');
  await page.reload();
  await expect(html).toHaveAttribute('data-theme', 'light');
  await page.getByRole('button', { name: 'Theme: light' }).click();
  await expect(html).toHaveAttribute('data-theme', 'dark');
});

test('a card is reached, selected and moved by the keyboard @desktop', async ({ page }) => {
  await openLab(page);
  const node = page.locator('.react-flow__node[data-id="worker-1"]');
  await node.focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('complementary')).toContainText('Worker 1');
  const before = await node.boundingBox();
  await page.keyboard.press('ArrowDown');
  await expect.poll(async () => (await node.boundingBox())?.y).toBeGreaterThan(before?.y as number);
});

test('with reduced motion no letter travels, and everything is counted all the same @desktop', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await openLab(page);
  await expect.poll(() => ledgerCell(page, 'done')).toBeGreaterThan(2);
  // Dashes whose distance tells the rate: no picture of a letter is stamped on a wire.
  const wire = await page.locator('.react-flow__edge[data-id="mobile-orders"] .wire-line').boundingBox();
  if (wire === null) throw new Error('no wire');
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.waitForTimeout(300);
  const first = await page.screenshot({ clip: wire });
  await page.waitForTimeout(300);
  expect(first.equals(await page.screenshot({ clip: wire }))).toBe(true);
});

test('the Tab key goes through the page and stops only at what can be used and has a name @desktop', async ({ page }) => {
  await openLab(page);
  await expect(page.locator('.lane svg').nth(2)).toBeVisible();
  const stops: string[] = [];
  do {
    await page.keyboard.press('Tab');
    stops.push(
      await page.evaluate(() => {
        const { activeElement } = document;
        if (activeElement === null || activeElement === document.body) return 'end';
        const isUsable = activeElement.matches('button, a, input, select, summary, [tabindex="0"]');
        const { labels } = activeElement as HTMLInputElement;
        const name = activeElement.ariaLabel ?? labels?.[0]?.textContent ?? activeElement.textContent?.trim();
        return isUsable && name ? name : `odd: ${activeElement.outerHTML.slice(0, 80)}`;
      }),
    );
  } while (stops.at(-1) !== 'end' && stops.length < 100);
  expect(stops.at(-1)).toBe('end');
  expect(stops).toContain('Worker 1, Worker');
  expect(stops.filter((stop) => stop.startsWith('odd: '))).toEqual([]);
});
