// What a stranger met in the first half hour, and what the page says there now (docs/first-half-hour.md has the whole list).

import { readFileSync } from 'node:fs';
import { expect, type Locator, type Page, test } from '@playwright/test';
import { card, dragTo, palette, portOf, wires } from './drawing.ts';
import { clockSeconds, ledgerCell, openLab, pauseButton, runButton, standStill } from './lab.ts';

/** What the browser keeps of the work that was saved last: its title and how far its run has come, ns. */
const kept = (page: Page): Promise<{ readonly title: string; readonly atNs: number } | null> =>
  page.evaluate(
    () =>
      new Promise((resolve, reject) => {
        const opening = indexedDB.open('broker-lab');
        opening.onerror = () => reject(opening.error);
        opening.onsuccess = () => {
          const store = opening.result.transaction('works').objectStore('works');
          const [keys, values] = [store.getAllKeys(), store.getAll()];
          values.onsuccess = () => {
            opening.result.close();
            const works = values.result.filter(({ title }) => title !== undefined).sort((a, b) => b.savedAtMs - a.savedAtMs);
            const moment = values.result[keys.result.indexOf(`moment:${works[0]?.id}`)];
            resolve(works.length === 0 ? null : { title: works[0].title, atNs: moment?.atNs ?? 0 });
          };
        };
      }),
  );

test('the hint speaks of nothing that was deleted, and an empty canvas says how a drawing begins @desktop', async ({ page }) => {
  await openLab(page);
  const hint = page.getByRole('note', { name: 'What to try first' });
  await expect(hint).toContainText('let Checkout send more');
  await card(page, 'checkout').click({ position: { x: 60, y: 12 } });
  await page.keyboard.press('Delete');
  await expect(card(page, 'checkout')).toHaveCount(0);
  await expect(hint).toHaveCount(0);

  await card(page, 'orders').click({ position: { x: 60, y: 12 } });
  await page.keyboard.press('Control+a');
  await page.keyboard.press('Delete');
  await expect(page.locator('.react-flow__node')).toHaveCount(0);
  await expect(hint).toContainText('Nothing is drawn.');
  await palette(page).getByRole('button', { name: 'Sender', exact: true }).click();
  await expect(hint).toHaveCount(0);
});

test('the hint of a paused run says that it is paused @desktop', async ({ page }) => {
  await openLab(page);
  const hint = page.getByRole('note', { name: 'What to try first' });
  await pauseButton(page).click();
  await expect(hint).toContainText('The run is paused.');
  const sent = await ledgerCell(page, 'total');
  await runButton(page).click();
  await expect(hint).toContainText('let Checkout send more');
  await expect.poll(() => ledgerCell(page, 'total')).toBeGreaterThan(sent);
});

test('a notice lies over cards and between the bars, and neither takes a press nor lets it paint words @desktop', async ({
  page,
}) => {
  await openLab(page);
  const pressFrom = await portOf(page, 'orders', 'out');
  const over = await card(page, 'checkout').boundingBox();
  if (over === null) throw new Error('no card');
  await dragTo(page, pressFrom, { x: over.x + 40, y: over.y + 20 });
  await page.mouse.up();
  const notice = page.locator('.notice').first();
  await expect(notice).toContainText('Messages flow from sender to queue, not the other way.');
  const [words, share] = await Promise.all([notice.boundingBox(), page.getByRole('button', { name: 'Open' }).boundingBox()]);
  if (words === null || share === null) throw new Error('not seen');
  expect(words.x + words.width).toBeLessThan(share.x);
  // What lies below it takes the press, and a stroke across the page chooses no words.
  await page.mouse.move(words.x + 40, words.y + words.height / 2);
  await page.mouse.down();
  await page.mouse.move(words.x + 40, 700, { steps: 5 });
  await page.mouse.up();
  const hint = await page.getByRole('note', { name: 'What to try first' }).boundingBox();
  if (hint === null) throw new Error('no hint');
  await dragTo(page, { x: hint.x + 60, y: hint.y + 18 }, { x: hint.x + 60, y: hint.y - 300 });
  await page.mouse.up();
  expect(await page.evaluate(() => getSelection()?.toString())).toBe('');
  const isNotice = ({ x, y }: { x: number; y: number }) => document.elementFromPoint(x, y)?.closest('.notice') !== null;
  expect(await page.evaluate(isNotice, { x: words.x + 40, y: words.y + words.height / 2 })).toBe(false);
  await notice.getByRole('button', { name: 'Dismiss' }).click();
  await expect(page.locator('.notice')).toHaveCount(0);
});

test('after a reload latency is charted from the beginning, and what happened then is told no more @desktop', async ({
  page,
}) => {
  await openLab(page);
  await page.getByLabel('Speed').fill('12');
  await page.evaluate(() => window.__brokerLab.client.command({ type: 'crash', node: 'worker-1', forNs: 2e9 }));
  await expect(page.locator('.notice')).toContainText(['Worker 1 crashed']);
  await expect.poll(() => clockSeconds(page), { timeout: 20_000 }).toBeGreaterThan(15);
  const { simTimeNs } = await standStill(page);
  const latency = () => page.locator('.lane', { hasText: 'Latency' }).locator('path[stroke="var(--ink)"]').first();
  /** Share of the way to now that the line takes. */
  const share = async () => {
    const throughput = page.locator('.lane', { hasText: 'Throughput' }).locator('path[stroke="var(--done)"]').first();
    const widthOf = async (line: Locator) => (await line.boundingBox())?.width ?? 0;
    return (await widthOf(latency())) / Math.max(1, await widthOf(throughput));
  };
  await expect.poll(share).toBeGreaterThan(0.8);
  // What is kept is written twice a second.
  await expect.poll(async () => (await kept(page))?.atNs).toBe(simTimeNs);
  await page.reload();
  await expect.poll(() => clockSeconds(page)).toBeGreaterThan(15);
  await expect(page.locator('.notice')).toContainText(['Your work as you left it']);
  await expect.poll(share).toBeGreaterThan(0.8);
  // Asked at once: a notice goes away by itself.
  expect((await page.locator('.notice').allInnerTexts()).filter((told) => !told.includes('Your work'))).toEqual([]);
});

test('a drawing begins with nothing, is called otherwise, and only what was changed is earlier work', async ({ page }) => {
  await openLab(page);
  const list = page.getByRole('region', { name: 'Scenarios' });
  const openList = () => page.locator('.title-button').click();
  await openList();
  await expect(list).toContainText('Broker Lab shows how messages wait, travel and fail');
  await list.getByRole('button', { name: 'A worker crashes' }).click();
  await expect.poll(() => ledgerCell(page, 'total')).toBeGreaterThan(0);
  await openList();
  await list.getByRole('button', { name: 'Empty drawing' }).click();
  await expect(page.locator('.react-flow__node')).toHaveCount(0);
  await openList();
  await list.getByLabel('Title').fill('Mine alone');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Mine alone');
  await page.keyboard.press('Escape');
  // It is called so when it is found again and in its file.
  await expect.poll(async () => (await kept(page))?.title).toBe('Mine alone');
  await page.reload();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Mine alone');
  await openList();
  const saving = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save' }).click();
  const download = await saving;
  expect(download.suggestedFilename()).toBe('mine-alone.json');
  await expect.poll(async () => JSON.parse(readFileSync(await download.path(), 'utf8')).name).toBe('Mine alone');
  if (!(await list.isVisible())) await openList();
  await list
    .getByRole('button', { name: 'Overflow' })
    .or(list.getByRole('button', { name: 'A worker crashes' }))
    .first()
    .click();
  await openList();
  await expect(list.getByRole('button', { name: 'Mine alone' })).toBeVisible();
  // Order pipeline and A worker crashes were only looked at.
  await expect(list.getByRole('button', { name: /paused at/ })).toHaveCount(1);
});

test('a menu of faults says whose it is @desktop', async ({ page }) => {
  await openLab(page);
  await card(page, 'orders').click({ button: 'right', position: { x: 60, y: 12 } });
  await expect(page.getByRole('menu', { name: 'Faults of Orders' }).getByText('Faults of Orders')).toBeVisible();
});

test('a file that is no text is told so, not by its first odd character', async ({ page }) => {
  await openLab(page);
  const buffer = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0]);
  await page.locator('input[type=file]').first().setInputFiles({ name: 'cat.png', mimeType: 'image/png', buffer });
  await expect(page.getByRole('alertdialog', { name: 'cat.png cannot be opened' })).toContainText('It is no text');
  await pauseButton(page).click();
  await expect(runButton(page)).toBeVisible();
});

const foot = async (one: Locator): Promise<number> => {
  const box = await one.boundingBox();
  return box === null ? 0 : box.y + box.height;
};

test('a scenario from the list says what it is about until that is sent away', async ({ page, isMobile }) => {
  await openLab(page);
  await page.locator('.title-button').click();
  await page.getByRole('button', { name: 'Publish and subscribe' }).click();
  const about = page.getByRole('note', { name: 'About this scenario' });
  await expect(about).toContainText(isMobile ? /^Every user event .*services\.$/ : 'notification listens to the topic itself');
  const lowest = async () =>
    Math.max(
      ...(await page
        .locator('.card')
        .all()
        .then((all) => Promise.all(all.map(foot)))),
    );
  const top = async () => (await about.boundingBox())?.y ?? 0;
  await expect.poll(async () => (await top()) - (await lowest())).toBeGreaterThanOrEqual(0);
  await about.getByRole('button', { name: 'Close' }).click();
  await expect(about).toHaveCount(0);
});

test('a worker that the hint adds on a phone leaves the line in sight @phone', async ({ page }) => {
  await openLab(page);
  await card(page, 'checkout').tap();
  const settings = page.getByRole('complementary');
  await settings.getByLabel('Send rate, slider').fill('175');
  await settings.getByRole('button', { name: 'Close' }).tap();
  await page.getByRole('button', { name: 'Add a worker' }).tap();
  await expect(page.getByRole('note', { name: 'What to try first' })).toContainText('4 workers share the line now.');
  await expect(wires(page)).toHaveCount(7);
  await expect(settings).toHaveCount(0);
});

test('the events tell what was lost where and why, and lead to the letters @desktop', async ({ page }) => {
  await openLab(page);
  await page.evaluate(() => window.__brokerLab.client.command({ type: 'crash', node: 'orders', forNs: 2e9 }));
  await expect.poll(() => ledgerCell(page, 'lost'), { timeout: 20_000 }).toBeGreaterThan(0);
  await page.getByRole('button', { name: 'Events', exact: true }).click();
  const lost = page.getByTestId('events-lost');
  await expect(lost).toContainText('Orders: the receiver was not running');
  await lost.getByRole('button').first().click();
  await expect(page.getByRole('complementary', { name: 'Letters: lost' }).getByTestId('letter-counts')).toContainText('Orders');
  const books = page.getByTestId('letter-counts').locator('.is-figure').first();
  await expect.poll(async () => Number(await books.textContent()) - (await ledgerCell(page, 'lost'))).toBe(0);
});

test('on a phone the line is seen to grow while the rate is set @phone', async ({ page }) => {
  await openLab(page);
  await card(page, 'checkout').tap();
  const settings = page.getByRole('complementary', { name: 'Settings of Checkout' });
  const slider = settings.getByLabel('Send rate, slider');
  await expect(slider).toBeInViewport();
  const [sheet, queue] = await Promise.all([settings.boundingBox(), card(page, 'orders').boundingBox()]);
  if (sheet === null || queue === null) throw new Error('not seen');
  // The first rows of letters that wait.
  expect(sheet.y - queue.y).toBeGreaterThan(60);
});
