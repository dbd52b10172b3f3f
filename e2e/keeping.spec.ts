// Nothing is lost: work is found again, a second tab is a copy, a link brings the same run to another profile, and where the browser
// keeps nothing the page works and says so.

import { readdirSync } from 'node:fs';
import { type Browser, type BrowserContext, expect, type Page, test } from '@playwright/test';
import { axeFindings } from './accessibility.ts';
import {
  clockSeconds,
  digestInNode,
  digestShown,
  isBalanced,
  ledgerCell,
  openLab,
  pauseButton,
  runButton,
  SCENARIOS,
  standStill,
} from './lab.ts';

/** What tells one run at one moment from every other. */
async function runOf(page: Page): Promise<{ readonly digest: string; readonly clock: number; readonly sent: number }> {
  return { digest: await digestShown(page), clock: await clockSeconds(page), sent: await ledgerCell(page, 'total') };
}

/** Stops the run, and waits until the figures that are written a few times a second have caught up. */
async function pause(page: Page): Promise<void> {
  await pauseButton(page).click();
  await standStill(page);
}

/** Raises the rate of the first sender through its field. */
async function setRate(page: Page, rate: string): Promise<void> {
  await page.locator('.react-flow__node[data-id="checkout"]').click();
  const field = page.getByRole('textbox', { name: 'Send rate' });
  await field.fill(rate);
  await field.press('Enter');
}

const rateDrawn = (page: Page) =>
  page.evaluate(() => {
    const drawing = window.__brokerLab.lab().drawing?.present;
    const topology = drawing !== undefined && 'topology' in drawing ? drawing.topology : drawing;
    return topology?.nodes.find(({ id }) => id === 'checkout')?.params?.rate;
  });

const notice = (page: Page, words: string | RegExp) => page.getByRole('status').getByText(words);

/** Clicks Share and takes the address from the clipboard, or from the field where the browser refuses that. */
async function shareLink(page: Page, context: BrowserContext): Promise<string> {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.getByRole('button', { name: 'Share' }).click();
  await expect(notice(page, 'Link copied')).toBeVisible();
  return page.evaluate(() => navigator.clipboard.readText());
}

async function inFreshProfile(browser: Browser, address: string, look: (page: Page) => Promise<void>): Promise<void> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  await page.goto(address);
  await look(page);
  await context.close();
}

test('a page that is loaded again has the drawing, the seed, what was done and the moment, paused @desktop', async ({ page }) => {
  await openLab(page);
  await page.getByLabel('seed').fill('23');
  await page.getByLabel('seed').press('Enter');
  await expect.poll(() => ledgerCell(page, 'total')).toBeGreaterThan(2);
  await setRate(page, '30');
  await expect.poll(() => ledgerCell(page, 'total')).toBeGreaterThan(20);
  await pause(page);
  const before = await runOf(page);
  await page.waitForTimeout(1100);

  await page.reload();
  await expect(notice(page, 'Your work as you left it')).toBeVisible();
  await expect(runButton(page)).toBeVisible();
  await expect.poll(() => runOf(page)).toEqual(before);
  expect(await rateDrawn(page)).toBe(30);
  await expect(page.getByLabel('seed')).toHaveValue('23');
  expect(await isBalanced(page)).toBe(true);

  // And it goes on from there.
  await runButton(page).click();
  await expect.poll(() => ledgerCell(page, 'total')).toBeGreaterThan(before.sent + 5);
});

test('a tab that is closed while a slider is held loses nothing that was older than a second @desktop', async ({
  page,
  context,
}) => {
  await openLab(page);
  await page.locator('.react-flow__node[data-id="checkout"]').click();
  const slider = page.getByRole('slider', { name: /Send rate/ }).last();
  const box = await slider.boundingBox();
  if (box === null) throw new Error('no slider');
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.8, box.y + box.height / 2, { steps: 5 });
  await expect.poll(() => rateDrawn(page)).toBeGreaterThan(5);
  const held = await rateDrawn(page);
  await page.waitForTimeout(1000);
  await page.close();

  const again = await context.newPage();
  await again.goto('./');
  await expect(notice(again, 'Your work as you left it')).toBeVisible();
  expect(await rateDrawn(again)).toBe(held);
  await expect.poll(() => clockSeconds(again)).toBeGreaterThan(0.5);
});

test('what nobody has touched begins anew: a page that is only looked at again moves at once', async ({ page }) => {
  await openLab(page);
  await page.waitForTimeout(1200);
  await page.reload();
  await expect(pauseButton(page)).toBeVisible();
  await expect.poll(() => ledgerCell(page, 'total')).toBeGreaterThan(0);
});

test('a tab that is loaded again is no copy, however long the page before takes to go @desktop @long', async ({
  page,
  context,
}) => {
  await openLab(page);
  await setRate(page, '11');
  await page.waitForTimeout(1100);
  const lock = await page.evaluate(async () => {
    const { held = [] } = await navigator.locks.query();
    return held.map(({ name }) => name).find((name) => name?.startsWith('broker-lab.work.'));
  });
  // Stands in line for the lock of this page, and keeps it for two seconds longer than the page.
  const other = await context.newPage();
  await other.goto('favicon.svg');
  await other.evaluate((name) => {
    void navigator.locks.request(name as string, () => new Promise((over) => setTimeout(over, 2000)));
  }, lock);
  await page.bringToFront();
  await page.reload();
  await expect(notice(page, 'Your work as you left it')).toBeVisible();
  await expect(page.locator('.copy-chip')).toHaveCount(0);
});

test('a second tab opens as a copy, says so, and neither writes over the other @desktop', async ({ page, context }) => {
  await openLab(page);
  await setRate(page, '11');
  await pause(page);
  await page.waitForTimeout(1100);
  const first = await runOf(page);

  const second = await context.newPage();
  await second.goto('./');
  await expect(notice(second, 'This is a copy')).toBeVisible();
  await expect(second.locator('.copy-chip')).toBeVisible();
  await expect(page.locator('.copy-chip')).toHaveCount(0);
  await expect.poll(() => runOf(second)).toEqual(first);
  await setRate(second, '44');
  await second.waitForTimeout(1100);

  await page.bringToFront();
  await setRate(page, '12');
  await page.waitForTimeout(1100);
  await page.reload();
  await expect.poll(() => rateDrawn(page)).toBe(12);
  await expect(notice(page, 'Your work as you left it')).toBeVisible();
  await second.reload();
  await expect.poll(() => rateDrawn(second)).toBe(44);

  // What the copy was is not lost when its tab is closed.
  await second.waitForTimeout(600);
  await second.close();
  const earlier = page.getByRole('button', { name: /Order pipeline.*paused at/ });
  // The browser takes its time to tell that a tab is gone, and the list is made when it is opened.
  await expect(async () => {
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Order pipeline' }).first().click();
    await expect(earlier).toBeVisible({ timeout: 1500 });
  }).toPass({ timeout: 20_000 });
  await earlier.click();
  await expect.poll(() => rateDrawn(page)).toBe(44);
  await page.getByRole('button', { name: 'Order pipeline' }).click();
  await page.getByRole('button', { name: /Order pipeline.*paused at/ }).click();
  await expect.poll(() => rateDrawn(page)).toBe(12);
});

test('a shared link opens the same run in a fresh profile, paused at the same moment with the same digest @desktop', async ({
  page,
  context,
  browser,
}) => {
  await openLab(page);
  await setRate(page, '25');
  // As fast as the machine goes it would get so far that the other profile plays for half a minute.
  await page.evaluate(() => window.__brokerLab.client.play(20));
  await expect.poll(() => clockSeconds(page)).toBeGreaterThan(10);
  await pause(page);
  await page.evaluate(() => window.__brokerLab.client.command({ type: 'crash', node: 'worker-1', forNs: 5e9 }));
  await expect(page.locator('.react-flow__node[data-id="worker-1"]')).toContainText('crashed');
  await standStill(page);
  const shared = await runOf(page);
  const address = await shareLink(page, context);
  expect(address).toMatch(/#run=1\.[\w-]+$/);

  await inFreshProfile(browser, address, async (fresh) => {
    await expect(notice(fresh, 'The run of the link')).toBeVisible({ timeout: 50_000 });
    await expect(runButton(fresh)).toBeVisible();
    await expect.poll(() => runOf(fresh)).toEqual(shared);
    expect(await rateDrawn(fresh)).toBe(25);
    await expect(fresh.locator('.react-flow__node[data-id="worker-1"]')).toContainText('crashed');
    expect(await isBalanced(fresh)).toBe(true);
    // It is work like any other now: loaded again without its link it is still there.
    await expect.poll(() => new URL(fresh.url()).hash).toBe('');
    await fresh.waitForTimeout(1100);
    await fresh.reload();
    await expect(notice(fresh, 'Your work as you left it')).toBeVisible({ timeout: 30_000 });
    await expect.poll(() => runOf(fresh)).toEqual(shared);
  });
});

test('a link that is shared in the middle of a run is of that moment, and the run goes on @desktop @long', async ({
  page,
  context,
  browser,
}) => {
  // Half a second as fast as the machine goes is played again in another profile.
  test.slow();
  await openLab(page);
  await page.getByLabel('Speed').press('End');
  await page.waitForTimeout(500);
  const address = await shareLink(page, context);
  await expect(pauseButton(page)).toBeVisible();
  await inFreshProfile(browser, address, async (fresh) => {
    await expect(notice(fresh, 'The run of the link')).toBeVisible({ timeout: 50_000 });
    // Whatever it came out as was compared with what the link says of itself.
    await expect(notice(fresh, 'came out otherwise')).toHaveCount(0);
    expect(await clockSeconds(fresh)).toBeGreaterThan(5);
  });
});

test('a link that is opened over work leaves the work behind as earlier work @desktop @long', async ({ page, context }) => {
  await openLab(page);
  await pause(page);
  const address = await shareLink(page, context);
  await setRate(page, '17');
  await page.waitForTimeout(1100);
  await page.evaluate((hash) => {
    location.hash = hash;
  }, new URL(address).hash);
  await expect(notice(page, 'The run of the link')).toBeVisible();
  expect(await rateDrawn(page)).toBe(2.5);
  await page.waitForTimeout(700);
  await page.getByRole('button', { name: 'Order pipeline' }).click();
  await page.getByRole('button', { name: /Order pipeline.*paused at/ }).click();
  await expect.poll(() => rateDrawn(page)).toBe(17);
});

test('where the clipboard is refused the link stands in a field, ready to be copied @desktop', async ({ page }) => {
  await page.addInitScript(() => {
    Object.defineProperty(navigator, 'clipboard', {
      value: { write: () => Promise.reject(new DOMException('refused here', 'NotAllowedError')) },
    });
  });
  await openLab(page);
  await page.getByRole('button', { name: 'Share' }).click();
  const field = page.getByRole('dialog').getByRole('textbox');
  await expect(field).toHaveValue(/#run=1\.[\w-]+$/);
  await expect(field).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(field).toHaveCount(0);
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing in the list of scenarios, the mark of a copy and the link to copy by hand, ${colorScheme} @long`, async ({
    page,
    context,
  }) => {
    await page.emulateMedia({ colorScheme });
    await openLab(page);
    await pause(page);
    await page.waitForTimeout(1100);
    const copy = await context.newPage();
    await copy.emulateMedia({ colorScheme });
    await copy.addInitScript(() => Object.defineProperty(navigator, 'clipboard', { value: undefined }));
    await copy.goto('./');
    await expect(copy.locator('.copy-chip')).toBeVisible();
    await copy.getByRole('button', { name: 'Order pipeline' }).click();
    await expect(copy.getByRole('region', { name: 'Scenarios' }).getByRole('listitem').first()).toBeVisible();
    expect(await axeFindings(copy)).toEqual([]);
    if (!(await copy.getByRole('region', { name: 'Scenarios' }).getByRole('button', { name: 'Share' }).isVisible())) {
      await copy.keyboard.press('Escape');
    }
    await copy.getByRole('button', { name: 'Share' }).click();
    await expect(copy.getByRole('dialog').getByRole('textbox')).toBeVisible();
    expect(await axeFindings(copy)).toEqual([]);
  });
}

for (const [what, refuse] of [
  [
    'refused',
    () => {
      Object.defineProperty(window, 'indexedDB', {
        get() {
          throw new DOMException('refused here', 'SecurityError');
        },
      });
      Object.defineProperty(window, 'sessionStorage', {
        get() {
          throw new DOMException('refused here', 'SecurityError');
        },
      });
    },
  ],
  [
    'silent',
    () => {
      IDBFactory.prototype.open = () => ({}) as IDBOpenDBRequest;
    },
  ],
] as const) {
  test(`a store that is ${what}: the page works, and says once that nothing is kept @desktop @long`, async ({ page }) => {
    await page.addInitScript(refuse);
    await openLab(page);
    await expect(notice(page, 'This browser keeps nothing')).toHaveCount(1);
    await notice(page, 'This browser keeps nothing').locator('..').getByRole('button').click();
    await setRate(page, '30');
    await expect.poll(() => ledgerCell(page, 'total')).toBeGreaterThan(10);
    await page.waitForTimeout(1500);
    expect(await notice(page, 'keeps nothing').count()).toBe(0);
    expect(await isBalanced(page)).toBe(true);
    await page.getByRole('button', { name: 'Order pipeline' }).click();
    await page.getByRole('button', { name: 'A worker crashes' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toContainText('A worker crashes');
  });
}

test('a store that is full: said once, and the run goes on @desktop', async ({ page }) => {
  await page.addInitScript(() => {
    IDBObjectStore.prototype.put = () => {
      throw new DOMException('no room', 'QuotaExceededError');
    };
  });
  await openLab(page);
  await setRate(page, '30');
  await expect(notice(page, 'is full')).toHaveCount(1);
  await notice(page, 'is full').locator('..').getByRole('button').click();
  await setRate(page, '31');
  await expect.poll(() => ledgerCell(page, 'total')).toBeGreaterThan(10);
  // By then it was asked again and said no again. At this moment, not at some: a notice goes away by itself.
  await page.waitForTimeout(6500);
  expect(await notice(page, 'is full').count()).toBe(0);
});

test('the scenarios stand below the title, each with its picture, and open by keyboard @desktop', async ({ page }) => {
  await openLab(page);
  await page.getByRole('button', { name: 'Order pipeline' }).focus();
  await page.keyboard.press('Enter');
  const list = page.getByRole('region', { name: 'Scenarios' });
  const files = readdirSync(SCENARIOS).filter((name) => name.endsWith('.json'));
  await expect(list.getByRole('listitem')).toHaveCount(files.length);
  // Which of them is open is marked, for the ear as well.
  await expect(list.locator('[aria-current]')).toHaveCount(1);
  await expect(list.locator('[aria-current]')).toContainText('Order pipeline');
  await expect(list.getByRole('listitem').locator('svg rect.mini-card')).not.toHaveCount(0);
  await expect(list.getByRole('button').first()).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(list).toBeHidden();
  await page.keyboard.press('Enter');
  await expect(list.getByRole('button').first()).toBeFocused();
  await page.keyboard.press('ArrowDown');
  // Above the scenarios stands the empty drawing, and first of them what is open already.
  await expect(list.getByRole('listitem').first().getByRole('button')).toBeFocused();
  await page.keyboard.press('ArrowDown');
  const second = list.getByRole('listitem').nth(1).getByRole('button');
  await expect(second).toBeFocused();
  const title = (await second.locator('b').textContent()) ?? '';
  expect(title).not.toContain('Order pipeline');
  await page.keyboard.press('Enter');
  await expect(list).toBeHidden();
  await expect(page.getByRole('heading', { level: 1 })).toContainText(title);
  await expect.poll(() => ledgerCell(page, 'total')).toBeGreaterThan(3);
});

test('on a phone scenarios, files and links are behind the title, by touch @phone', async ({ page }) => {
  await openLab(page);
  await page.getByRole('button', { name: 'Order pipeline' }).tap();
  const list = page.getByRole('region', { name: 'Scenarios' });
  for (const name of ['Open', 'Save', 'Share', 'Publish and subscribe']) {
    const box = await list.getByRole('button', { name }).boundingBox();
    expect(box?.height, name).toBeGreaterThanOrEqual(44);
  }
  await list.getByRole('button', { name: 'Publish and subscribe' }).tap();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Publish and subscribe');
  await expect.poll(() => ledgerCell(page, 'publish-total')).toBeGreaterThan(1);
  const overhang = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(overhang).toBeLessThanOrEqual(0);
});

test('what was kept is what Node makes of it @desktop', async ({ page }) => {
  await openLab(page);
  await setRate(page, '9');
  await pause(page);
  await page.waitForTimeout(1100);
  const kept = await page.evaluate(
    () =>
      new Promise<string>((resolve, reject) => {
        const opening = indexedDB.open('broker-lab');
        opening.onerror = () => reject(opening.error);
        opening.onsuccess = () => {
          const reading = opening.result.transaction('works').objectStore('works').getAll();
          reading.onsuccess = () => resolve(reading.result.find((entry) => 'text' in entry).text);
        };
      }),
  );
  const { start, seed, log, atNs, digest } = JSON.parse(kept);
  expect(log.length).toBeGreaterThan(0);
  expect(digestInNode(JSON.stringify(start), atNs, seed, log)).toBe(digest);
});
