// Every word on the page comes from a message file, and every place has room for a language that is longer than English.

import { expect, type Page, test } from '@playwright/test';
import { EN } from '../app/messages/en.ts';
import { EN as ASKED_EN } from '../app/messages/en-asked.ts';
import { EN as ENGINE_EN } from '../sim-engine/messages/en.ts';
import { EMPTY, openDrawing } from './drawing.ts';
import { pseudo, servePseudoPage } from './pseudo-language.ts';

let served: Awaited<ReturnType<typeof servePseudoPage>>;
test.beforeAll(async () => {
  served = await servePseudoPage();
});
test.afterAll(() => served.close());

test('the pseudo-language is a third longer than English and keeps its holes @desktop', () => {
  const ours = [...Object.values(EN), ...Object.values(ASKED_EN)];
  for (const words of [...ours, ...Object.values(ENGINE_EN)]) {
    const spoken = pseudo(words);
    expect(spoken.match(/\{\w+\}/g)).toEqual(words.match(/\{\w+\}/g));
    expect(spoken.replace(/\{\w+\}/g, '')).not.toMatch(/[A-Za-z]/);
  }
  const total = (all: readonly string[]) => all.join('').length;
  const growth = total(ours.map(pseudo)) / total(ours);
  expect(growth).toBeGreaterThan(1.3);
  expect(growth).toBeLessThan(1.4);
});

interface Found {
  /** Words that come from no message file, with where they stand. */
  readonly unmarked: readonly string[];
  /** Words that are not seen whole, or stand over the edge of what they lie on. */
  readonly cut: readonly string[];
}

/** Looks at every word that is on the page now, those for screen readers included. */
async function look(page: Page, seen: Set<string>): Promise<Found> {
  const drawing = await page.evaluate(() => JSON.stringify(window.__brokerLab.lab().drawing?.present));
  for (const [, name] of drawing.matchAll(/"(?:name|title|id)":"([^"]*)"/g)) seen.add(name as string);
  const names = [...seen, 'bad.json', 'mine.json'];
  return page.evaluate((given) => {
    const unmarked = new Set<string>();
    const cut = new Set<string>();
    const seen: { readonly words: string; readonly box: DOMRect; readonly plate: Element | null }[] = [];
    const spared = given.filter((each) => each !== '').sort((a, b) => b.length - a.length);
    /** Names of the drawing, figures with their units, names of measures and of keys of real brokers: everything else is words. */
    const wordsIn = (words: string): string =>
      spared
        .reduce((rest, each) => rest.replaceAll(each, ' ').replaceAll(each.toLowerCase(), ' '), words)
        .replace(/[a-z]+(?:[_.-][a-z]+)*_[a-z_]+/g, ' ')
        .replace(/[\d.,]+\s?(?:ns|µs|ms|s|min|h|B|KB|MB)?(?![A-Za-z])/g, ' ');
    const check = (words: string | null, where: Element) => {
      if (words !== null && /[A-Za-z]/.test(wordsIn(words)))
        unmarked.add(`${words.trim()} <${where.tagName} ${where.className}>`);
    };
    const isUnit = (words: string) => /^(?:ns|µs|ms|s|min|h)$/.test(words.trim());
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = texts.nextNode(); node !== null; node = texts.nextNode()) {
      const element = node.parentElement as Element;
      const words = node.textContent ?? '';
      if (words.trim() === '' || element.closest('noscript, style, script')) continue;
      if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
      // Keys of real brokers and of keyboards, the name of who made the canvas, and what the files of the scenarios say of themselves.
      const isKeyCap = element.closest('kbd') !== null && /^(?:[A-Z] ?)+$|^F\d+$/.test(words.trim());
      if (!element.closest('.mono, .react-flow__attribution, .scenario') && !isUnit(words) && !isKeyCap) check(words, element);
      if (!/\p{Letter}/u.test(words)) continue;
      if (!element.closest('.unseen, .react-flow__node, .react-flow__edges, .react-flow__a11y-description, option'))
        measure(node, element);
    }
    for (const element of document.querySelectorAll('[aria-label], [title], [placeholder], [alt], [aria-valuetext]')) {
      if (element.closest('.react-flow__attribution')) continue;
      for (const attribute of ['aria-label', 'title', 'placeholder', 'alt', 'aria-valuetext'])
        check(element.getAttribute(attribute), element);
    }
    for (const [ix, one] of seen.entries()) {
      for (const other of seen.slice(ix + 1)) {
        if (one.plate !== other.plate) continue;
        const width = Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left);
        const height = Math.min(one.box.bottom, other.box.bottom) - Math.max(one.box.top, other.box.top);
        if (width > 2 && height > 4) cut.add(`${one.words} and ${other.words}: one over the other`);
      }
    }
    return { unmarked: [...unmarked], cut: [...cut] };

    function measure(node: Node, element: Element): void {
      const range = document.createRange();
      range.selectNodeContents(node);
      const box = range.getBoundingClientRect();
      if (box.width === 0) return;
      const words = (node.textContent ?? '').trim();
      const tell = (why: string) => cut.add(`${words}: ${why} <${element.tagName} ${element.className}>`);
      // What has no room in the row of facts is left out as a whole.
      const facts = element.closest('.facts')?.getBoundingClientRect();
      if (facts !== undefined && box.top >= facts.bottom) return;
      for (let at: Element | null = element; at !== null && at !== document.body; at = at.parentElement) {
        const style = getComputedStyle(at);
        const edge = at.getBoundingClientRect();
        const scrolls = (overflow: string) => overflow === 'auto' || overflow === 'scroll';
        const isPlate =
          style.borderLeftWidth !== '0px' || style.backgroundColor !== 'rgba(0, 0, 0, 0)' || style.overflowX !== 'visible';
        if (!isPlate) continue;
        // The line of a text in a drawing is taller than its letters.
        const spare = element instanceof SVGElement ? 5 : 1;
        const isWide = box.left < edge.left - spare || box.right > edge.right + spare;
        const isTall = box.top < edge.top - spare || box.bottom > edge.bottom + spare;
        if (isWide && !scrolls(style.overflowX)) tell(`over the side of ${at.getAttribute('class') || at.tagName}`);
        if (isTall && !scrolls(style.overflowY)) tell(`over the top or bottom of ${at.getAttribute('class') || at.tagName}`);
        if (scrolls(style.overflowX) || scrolls(style.overflowY)) return;
      }
      // Menus and dialogs may lie over anything; two texts of one panel may not.
      seen.push({ words, box, plate: element.closest('.panel, dialog, [role=dialog], [role=alertdialog], main') });
      if (box.left < -1 || box.right > innerWidth + 1) tell('outside of the window');
    }
  }, names);
}

/** What was found so far, over everything that a story opens: each fault once. */
class Faults {
  /** Of every drawing that was open: the last announcement may be of the one before. */
  readonly #names = new Set<string>();
  readonly #unmarked = new Set<string>();
  readonly #cut = new Set<string>();

  async look(page: Page): Promise<void> {
    const { unmarked, cut } = await look(page, this.#names);
    for (const each of unmarked) this.#unmarked.add(each);
    // The figures in a sentence are others each time.
    for (const each of cut) this.#cut.add(each.replace(/[\d.,]+/g, '0'));
  }

  expectNone(): void {
    expect.soft([...this.#unmarked], 'words by no key').toEqual([]);
    expect.soft([...this.#cut], 'words that are not seen whole').toEqual([]);
  }
}

async function openPseudo(page: Page): Promise<void> {
  await page.goto(served.url);
  await expect.poll(() => page.evaluate(() => (window.__brokerLab.client.frame?.length ?? 0) > 0)).toBe(true);
  // Charts and settings are loaded after the first letters move.
  await expect(page.locator('.lane svg').first()).toBeVisible();
}

test('every word of the first paint is by key and has room', async ({ page }) => {
  const faults = new Faults();
  await openPseudo(page);
  await page.waitForTimeout(1500);
  await faults.look(page);
  faults.expectNone();
});

test('so is every word of a run that a machine slows down', async ({ page }) => {
  const faults = new Faults();
  await openPseudo(page);
  await faults.look(page);
  // More than any machine can do.
  await openDrawing(page, {
    ...EMPTY,
    name: 'Too much',
    nodes: [
      { id: 'web', kind: 'sender', params: { rate: 100_000 } },
      { id: 'orders', kind: 'queue' },
      { id: 'worker', kind: 'service', params: { concurrency: 10_000 } },
    ],
    wires: [
      { id: 'in', kind: 'publish', from: 'web', to: 'orders' },
      { id: 'out', kind: 'deliver', from: 'orders', to: 'worker' },
    ],
  });
  // The last but one: the last has no limit, so that no machine is too slow for it.
  const speed = page.getByLabel(pseudo(EN['transport.speed']));
  const last = await speed.evaluate((control) =>
    control instanceof HTMLSelectElement ? control.options.length - 1 : Number((control as HTMLInputElement).max),
  );
  if ((await speed.getAttribute('type')) === 'range') await speed.fill(String(last - 1));
  else await speed.selectOption({ index: last - 1 });
  await expect(page.locator('.troubles')).not.toBeEmpty();
  await faults.look(page);
  faults.expectNone();
});

test('so is every word of the settings, with everything explained', async ({ page }) => {
  const faults = new Faults();
  await openPseudo(page);
  for (const id of ['checkout', 'orders', 'worker-1']) {
    await page.locator(`.react-flow__node[data-id="${id}"]`).focus();
    await page.keyboard.press('Enter');
    const settings = page.getByRole('complementary');
    await expect(settings.getByRole('heading', { level: 2 })).toBeVisible();
    const explain = settings.locator('header button[aria-pressed=false]');
    if ((await explain.count()) > 0) await explain.click();
    for (const more of await settings.locator('details:not([open]) summary').all()) await more.click();
    await faults.look(page);
  }
  faults.expectNone();
});

test('so is every word of what opens: menus, lists, panels', async ({ page }) => {
  const faults = new Faults();
  await openPseudo(page);
  await page.locator('.react-flow__node[data-id="worker-1"]').focus();
  await page.keyboard.press('Enter');
  const openers = page.locator('button[aria-haspopup], button[aria-expanded], .views button, button.ledger-cell');
  const count = await openers.count();
  expect(count).toBeGreaterThan(0);
  for (let ix = 0; ix < count; ix++) {
    const opener = openers.nth(ix);
    if (!(await opener.isVisible())) continue;
    await opener.focus();
    await page.keyboard.press('Enter');
    await page.waitForTimeout(300);
    await faults.look(page);
    await page.keyboard.press('Escape');
  }
  await page
    .locator('input[type=file]')
    .setInputFiles({ name: 'bad.json', mimeType: 'application/json', buffer: Buffer.from('{') });
  await expect(page.getByRole('alertdialog')).toBeVisible();
  await faults.look(page);
  faults.expectNone();
});
