// For everyone: nothing for axe to find in either theme, the keyboard reaches the cards, and wishes for less motion are heard.

import { expect, type Page, test } from '@playwright/test';
import { axeFindings } from './accessibility.ts';
import { ledgerCell, openLab } from './lab.ts';

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing in the ${colorScheme} theme`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    await openLab(page);
    await expect(page.locator('html')).toHaveAttribute('data-theme', colorScheme);
    expect(await axeFindings(page)).toEqual([]);

    // With everything open that can be: a refused file, a notice, the settings of a node.
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: 'bad.json', mimeType: 'application/json', buffer: Buffer.from('{') });
    await expect(page.getByRole('alertdialog')).toBeVisible();
    expect(await axeFindings(page)).toEqual([]);
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

/** Where letters are stamped on the canvas from now on, in px of the window. */
async function watchStamps(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const stamps: { x: number; y: number }[] = [];
    Object.assign(window, { stamps });
    const { drawImage } = CanvasRenderingContext2D.prototype;
    CanvasRenderingContext2D.prototype.drawImage = function (this: CanvasRenderingContext2D, ...given: unknown[]) {
      const { length } = given;
      const [x, y, width, height] = given.slice(length - 4) as [number, number, number, number];
      const { a, d, e, f } = this.getTransform();
      const scale = this.canvas.width / this.canvas.getBoundingClientRect().width;
      const { left, top } = this.canvas.getBoundingClientRect();
      stamps.push({ x: left + (a * (x + width / 2) + e) / scale, y: top + (d * (y + height / 2) + f) / scale });
      return drawImage.apply(this, given as Parameters<typeof drawImage>);
    } as typeof drawImage;
  });
}

/** How many letters of the next second and a half are drawn on no card: on their way. */
async function lettersOnTheWay(page: Page): Promise<number> {
  await page.evaluate(() => (window as unknown as { stamps: unknown[] }).stamps.splice(0));
  await page.waitForTimeout(1500);
  return page.evaluate(() => {
    const cards = [...document.querySelectorAll('.react-flow__node')].map((each) => each.getBoundingClientRect());
    const { stamps } = window as unknown as { stamps: { x: number; y: number }[] };
    const isOnCard = ({ x, y }: { x: number; y: number }) =>
      cards.some(({ left, right, top, bottom }) => x >= left - 2 && x <= right + 2 && y >= top - 2 && y <= bottom + 2);
    return stamps.filter((stamp) => !isOnCard(stamp)).length;
  });
}

test('letters travel; with reduced motion none does, nothing else moves by itself, and everything is counted', async ({
  page,
}) => {
  await watchStamps(page);
  await openLab(page);
  expect(await lettersOnTheWay(page)).toBeGreaterThan(10);

  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.waitForTimeout(200);
  const done = await ledgerCell(page, 'done');
  expect(await lettersOnTheWay(page)).toBe(0);
  await expect.poll(() => ledgerCell(page, 'done')).toBeGreaterThan(done + 2);

  const moving = await page.evaluate(() =>
    [...document.querySelectorAll('*')].flatMap((each) => {
      const { animationName, transitionDuration } = getComputedStyle(each);
      const isStill = animationName === 'none' && /^0s(, 0s)*$/.test(transitionDuration);
      return isStill ? [] : [`${each.tagName} ${each.getAttribute('class')}: ${animationName}, ${transitionDuration}`];
    }),
  );
  expect(moving).toEqual([]);
  expect(await page.evaluate(() => document.getAnimations().length)).toBe(0);
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
  } while (stops.at(-1) !== 'end' && stops.length < 150);
  expect(stops.at(-1)).toBe('end');
  expect(stops).toContain('Worker 1, Worker');
  expect(stops.filter((stop) => stop.startsWith('odd: '))).toEqual([]);
});
