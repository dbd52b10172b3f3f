// What a stranger met in the first half hour, and what the page says there now (docs/first-half-hour.md has the whole list).

import { readFileSync } from 'node:fs';
import { expect, type Locator, type Page, test } from '@playwright/test';
import { card, dragTo, drawnTopology, palette, portOf, wires } from './drawing.ts';
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
  await list.getByRole('button', { name: 'A worker crashes' }).click();
  await expect.poll(async () => (await kept(page))?.title).toBe('A worker crashes');
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

test('each menu of a card leads to the other, and that of a wire deletes it @desktop', async ({ page }) => {
  await openLab(page);
  const before = await wires(page).count();
  await card(page, 'orders').click({ button: 'right', position: { x: 60, y: 12 } });
  await page.getByRole('menuitem', { name: 'Connect, rename, delete ...' }).click();
  const acts = page.getByRole('menu', { name: 'What can be done with Orders' });
  await expect(acts.getByText('What can be done with Orders')).toBeVisible();
  await acts.getByRole('menuitem', { name: 'Faults ...' }).click();
  await expect(page.getByRole('menu', { name: 'Faults of Orders' })).toBeVisible();
  await page.keyboard.press('Escape');
  await wires(page).first().focus();
  await page.keyboard.press('f');
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  await expect(wires(page)).toHaveCount(before - 1);
});

test('a long press opens the faults alone, however long it is held @phone', async ({ page }) => {
  await openLab(page);
  const box = await card(page, 'worker-1').boundingBox();
  if (box === null) throw new Error('no card');
  const touchPoints = [{ x: box.x + box.width / 2, y: box.y + box.height / 2 }];
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints });
  await expect(page.getByRole('menu', { name: 'Faults of Worker 1' })).toBeVisible();
  await page.waitForTimeout(1500);
  await cdp.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  await page.waitForTimeout(300);
  await expect(page.getByRole('menu', { name: 'Faults of Worker 1' })).toBeVisible();
  await expect(page.getByRole('complementary', { name: 'Settings of Worker 1' })).toHaveCount(0);
  await expect(card(page, 'worker-1')).not.toHaveClass(/selected/);
});

test('a limit of 0 is none, and dead letters are seen and sent back from their settings @desktop', async ({ page }) => {
  await openLab(page);
  await card(page, 'orders').click({ position: { x: 60, y: 12 } });
  const settings = page.getByRole('complementary', { name: 'Settings of Orders', exact: true });
  await expect(settings.getByLabel('Attempts', { exact: true })).toHaveValue('no limit');
  const capacity = settings.getByLabel('Capacity', { exact: true });
  const drawn = async () => (await drawnTopology(page)).nodes.find(({ id }) => id === 'orders')?.params?.capacity;
  await expect(capacity).toHaveValue('no limit');
  await capacity.click();
  await page.keyboard.type('5');
  await page.keyboard.press('Enter');
  await expect.poll(drawn).toBe(5);
  await capacity.fill('');
  await page.keyboard.press('Enter');
  await expect.poll(drawn).toBe(0);
  await expect(capacity).toHaveValue('no limit');

  await page.getByLabel('Speed').fill('15');
  await expect.poll(() => ledgerCell(page, 'dead'), { timeout: 30_000 }).toBeGreaterThan(0);
  await standStill(page);
  await card(page, 'orders-dead').click({ position: { x: 60, y: 12 } });
  await page.getByRole('button', { name: 'Open its dead letters' }).click();
  await expect(page.getByRole('complementary', { name: 'Dead letters of Orders, given up' })).toBeVisible();
  await page
    .getByRole('complementary', { name: 'Dead letters of Orders, given up' })
    .getByRole('button', { name: 'Close' })
    .click();
  const given = page.getByRole('complementary', { name: 'Settings of Orders, given up' });
  await given.getByRole('button', { name: 'Redrive all' }).click();
  await page.getByRole('button', { name: /^tick/ }).click();
  await expect.poll(() => ledgerCell(page, 'dead')).toBe(0);
});

test('letters that pass too fast to be drawn are not promised @desktop', async ({ page }) => {
  await openLab(page);
  const legend = page.locator('.legend');
  await expect(legend).toContainText('1 letter drawn = 1 message');
  await page.getByLabel('Speed').fill('16');
  await expect(legend).toContainText('too fast to draw letters');
  await pauseButton(page).click();
  await expect(legend).toContainText('1 letter drawn = 1 message');
});

test('the Tab key meets cards before wires @desktop', async ({ page }) => {
  await openLab(page);
  await page.locator('.react-flow').focus();
  const met: string[] = [];
  for (let press = 0; press < 40; press++) {
    await page.keyboard.press('Tab');
    const kind = await page.evaluate(() => {
      const { classList } = document.activeElement ?? document.body;
      return classList.contains('react-flow__node') ? 'card' : classList.contains('react-flow__edge') ? 'wire' : '';
    });
    if (kind !== '') met.push(kind);
  }
  expect(met.filter((kind) => kind === 'wire').length).toBe(await wires(page).count());
  expect(met.indexOf('wire')).toBe(met.lastIndexOf('card') + 1);
});

test('what a card lacks is said whole on it, and of many in the order of their numbers @desktop', async ({ page }) => {
  await openLab(page);
  const queue = (id: string, name: string, x: number) => ({ id, kind: 'queue', name, position: { x, y: 0 } });
  const nodes = [queue('c', 'Queue 10', 0), queue('a', 'Queue', 300), queue('b', 'Queue 2', 600)];
  const drawing = { format: 'broker-lab/topology', version: 1, name: 'Queues', nodes, wires: [] };
  const buffer = Buffer.from(JSON.stringify(drawing));
  await page.locator('input[type=file]').first().setInputFiles({ name: 'q.json', mimeType: 'application/json', buffer });
  const trouble = card(page, 'c').locator('.card-trouble');
  await expect(trouble).toHaveText(/^(Nothing leads here|No way out)$/);
  expect(await trouble.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)).toBe(0);
  await page.getByRole('button', { name: 'Events', exact: true }).click();
  const told = page.getByTestId('drawing-problems').getByRole('button');
  await expect(told).toHaveText([/ Queue\.$/, / Queue 2\.$/, / Queue 10\.$/]);
});

test('p50 says what it is under the pointer @desktop', async ({ page }) => {
  await openLab(page);
  const label = page.locator('.lane-labels span', { hasText: 'p50' });
  await expect(label).toBeVisible();
  await label.hover();
  await expect(label).toHaveAttribute('title', /half of the letters took no longer/);
});

test('the hint counts no worker that lies crashed, and says to send less where that is the remedy @desktop', async ({ page }) => {
  await openLab(page);
  const hint = page.getByRole('note', { name: 'What to try first' });
  // What it holds the rate against is the one it was shown with.
  await expect(hint).toContainText('let Checkout send more');
  await page.evaluate(() => window.__brokerLab.client.command({ type: 'crash', node: 'worker-1' }));
  await page.getByRole('slider', { name: 'Send rate of Checkout' }).focus();
  await page.keyboard.press('End');
  await expect(hint).toContainText('1 of 3 workers lie crashed', { timeout: 20_000 });
  await page.evaluate(() => window.__brokerLab.client.command({ type: 'restart', node: 'worker-1' }));
  await expect(hint).toContainText('3 workers cannot keep up');
  await page.getByRole('button', { name: 'Add a worker' }).click();
  await expect(hint).toContainText('Far more comes in than 4 workers can do.', { timeout: 20_000 });
});

test('the map of the drawing keeps clear of the panel at the side @desktop', async ({ page }) => {
  await openLab(page);
  await page.getByRole('button', { name: 'Map of the whole drawing' }).click();
  await page.getByRole('button', { name: 'Events', exact: true }).click();
  const [map, panel] = [page.locator('.react-flow__minimap'), page.getByRole('complementary', { name: 'Events of this run' })];
  await expect(panel).toBeVisible();
  const right = async () => {
    const box = await map.boundingBox();
    return box === null ? Number.NaN : box.x + box.width;
  };
  await expect.poll(async () => ((await panel.boundingBox())?.x ?? 0) - (await right())).toBeGreaterThanOrEqual(0);
});

test('a file that is no text is told so, not by its first odd character', async ({ page }) => {
  await openLab(page);
  const buffer = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0]);
  await page.locator('input[type=file]').first().setInputFiles({ name: 'cat.png', mimeType: 'image/png', buffer });
  await expect(page.getByRole('alertdialog', { name: 'cat.png cannot be opened' })).toContainText('It is no text');
  await pauseButton(page).click();
  await expect(runButton(page)).toBeVisible();
});

/** Names of the cards that something on the page lies over. */
const cardsUnder = (one: HTMLElement | SVGElement): string[] => {
  const { left, right, top, bottom } = one.getBoundingClientRect();
  return [...document.querySelectorAll('.card')].flatMap((card) => {
    const box = card.getBoundingClientRect();
    const isUnder = box.left < right && left < box.right && box.top < bottom && top < box.bottom;
    return isUnder ? [card.querySelector('h3')?.textContent ?? '?'] : [];
  });
};

test('a scenario from the list says what it is about until that is sent away', async ({ page, isMobile }) => {
  await openLab(page);
  await page.locator('.title-button').click();
  await page.getByRole('button', { name: 'Publish and subscribe' }).click();
  const about = page.getByRole('note', { name: 'About this scenario' });
  await expect(about).toContainText(isMobile ? /^Every user event .*services\.$/ : 'notification listens to the topic itself');
  const covered = () => about.evaluate(cardsUnder);
  await expect.poll(covered).toEqual([]);
  // The largest of them is near enough to be read at once; on a phone it may be far away.
  await page.locator('.title-button').click();
  await page.getByRole('button', { name: 'Kafka: retry topics' }).click();
  await expect(about).toContainText('retry topic');
  if (!isMobile) await expect.poll(covered).toEqual([]);
  await expect(page.locator('.react-flow.is-far')).toHaveCount(isMobile ? 1 : 0);
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
  // And the way of one of them ends with the reason.
  await page
    .getByRole('button', { name: /^Journey of/ })
    .first()
    .click();
  await expect(page.getByTestId('journey').getByRole('listitem').last()).toContainText('lost: the receiver was not running');
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
