// Takes the pictures of the documents from the built page: `npm run build && node scripts/pictures.mjs [FOLDER] [--missing]`: every
// panel, on a desktop and on a phone, by day and by night. The same run is looked at at the same moments, so that a new picture differs from the
// old one only where the page does.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { chromium, devices } from '@playwright/test';
import { preview } from 'vite';
import { ROOT } from './build.mjs';
import { BROWSER_FLAGS, findBrowser } from './find-browser.mjs';

const LOOKS = [
  { name: 'desktop-light', colorScheme: 'light', viewport: { width: 1440, height: 900 } },
  { name: 'desktop-dark', colorScheme: 'dark', viewport: { width: 1440, height: 900 } },
  { name: 'phone-light', ...devices['Pixel 7'], colorScheme: 'light', viewport: { width: 390, height: 844 } },
  { name: 'phone-dark', ...devices['Pixel 7'], colorScheme: 'dark', viewport: { width: 390, height: 844 } },
];

/** A drawing with mistakes of several kinds. */
const MISTAKES = {
  format: 'broker-lab/topology',
  version: 1,
  name: 'With mistakes',
  nodes: [
    { id: 'shop', kind: 'sender', name: 'Shop', position: { x: 0, y: 0 } },
    { id: 'orders', kind: 'queue', name: 'Orders', position: { x: 260, y: 0 } },
    {
      id: 'lonely',
      kind: 'service',
      name: 'Lonely worker',
      position: { x: 560, y: 120 },
      params: { concurrency: 0, retry: 'sometimes' },
    },
  ],
  wires: [
    { id: 'w', kind: 'publish', from: 'shop', to: 'orders' },
    { id: 'v', kind: 'publish', from: 'shop', to: 'nowhere' },
  ],
};

/** The order pipeline, to which things happen. */
const ORDER_PIPELINE = JSON.parse(readFileSync(join(ROOT, 'sim-engine', 'scenarios', 'order-pipeline.json'), 'utf8'));
const EVENTFUL = {
  ...ORDER_PIPELINE,
  commands: [
    { at: '3s', do: 'poison checkout 0.2 for 10s' },
    { at: '8s', do: 'slow worker-2 3 for 15s' },
    { at: '25s', do: 'crash worker-1 for 20s' },
  ],
};
const UNTIL_NS = 30e9;

const scenario = (name) => JSON.parse(readFileSync(join(ROOT, 'sim-engine', 'scenarios', `${name}.json`), 'utf8'));

const card = (page, name) => page.locator('.react-flow__node').filter({ has: page.getByRole('heading', { name, exact: true }) });

/** Opens one of the views of the deck, which stand in a menu on a narrow screen. */
async function view(page, isPhone, name) {
  if (!isPhone) return page.getByRole('button', { name: new RegExp(`^${name}`) }).click();
  await page.getByRole('button', { name: 'More to see' }).click();
  // There the oracle's row is told in a sentence, and stands last.
  if (name === 'Oracle') return page.getByRole('menuitem').last().click();
  return page.getByRole('menuitem', { name: new RegExp(`^${name}`) }).click();
}

async function menuOf(page, name) {
  await card(page, name).focus();
  await page.keyboard.press('f');
}

/** The second view of the settings of a card: what it holds. */
async function inside(page, name) {
  await press(page, name, 'Enter');
  await page.getByRole('button', { name: 'Inside', exact: true }).click();
}

/**
 * What is opened for a picture, on top of the order pipeline that has run for 30 s with poison, a slow and a crashed worker, or of
 * another drawing. What a phone has not got is taken on the desktop alone.
 */
const SCENES = [
  ['canvas', async () => {}],
  ['settings', (page) => press(page, 'Checkout', 'Enter')],
  ['settings-of-a-queue', (page) => press(page, 'Orders', 'Enter')],
  ['settings-of-a-worker', (page) => press(page, 'Worker 1', 'Enter')],
  [
    'settings-of-a-wire',
    async (page) => {
      await page.locator('.react-flow__edge').first().focus();
      await page.keyboard.press('Enter');
    },
  ],
  ['inside-of-a-queue', (page) => inside(page, 'Orders')],
  ['inside-of-a-worker', (page) => inside(page, 'Worker 1')],
  ['letters', (page) => page.locator('[data-cell=done]').click()],
  [
    'journey',
    async (page) => {
      await page.locator('[data-cell=dead]').click();
      await page.locator('.letter-link').first().click();
    },
  ],
  ['dead-letters', (page) => page.locator('[data-cell=dead]').click()],
  ['events', (page, isPhone) => view(page, isPhone, 'Events')],
  ['what-was-done', (page, isPhone) => view(page, isPhone, 'What was done')],
  ['oracle', (page, isPhone) => view(page, isPhone, 'Oracle')],
  ['faults-of-a-card', (page) => menuOf(page, 'Orders')],
  ['connect-to', (page) => press(page, 'Worker 1', 'c')],
  [
    'scenarios',
    (page) =>
      page
        .getByRole('button', { name: /Order pipeline/ })
        .first()
        .click(),
  ],
  ['outline', (page) => page.keyboard.press('o')],
  ['keys', (page) => page.keyboard.press('?')],
  ['more-charts', (page) => page.getByRole('button', { name: 'Which charts to show' }).click(), { isDesktopOnly: true }],
  ['rabbitmq', async () => {}, { drawing: scenario('rabbitmq-order-events') }],
  ['inside-of-a-rabbitmq-queue', (page) => inside(page, 'email_notifications'), { drawing: scenario('rabbitmq-order-events') }],
  ['a-ladder-of-retries', async () => {}, { drawing: scenario('rabbitmq-retry-ladder') }],
  ['kafka', async () => {}, { drawing: scenario('kafka-order-events') }],
  ['inside-of-a-consumer-group', (page) => inside(page, 'order_processing'), { drawing: scenario('kafka-order-events') }],
  ['a-breaker-is-open', (page) => inside(page, 'Shipping'), { drawing: scenario('hung-dependency') }],
  ['views-of-a-diary', (page) => inside(page, 'Trip board'), { drawing: scenario('uber-trip') }],
  ['mistakes', (page) => openFile(page, MISTAKES)],
];

async function press(page, name, key) {
  await card(page, name).focus();
  await page.keyboard.press(key);
}

async function openFile(page, content) {
  await page.evaluate((text) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([text], 'drawing.json', { type: 'application/json' }));
    const canvas = document.querySelector('.canvas, .react-flow');
    for (const type of ['dragenter', 'dragover', 'drop']) {
      canvas?.dispatchEvent(new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer: transfer }));
    }
  }, JSON.stringify(content));
}

/** How much the log of the run holds, what the scenario itself brings included. */
const given = (page) => page.evaluate(async () => (await window.__brokerLab.client.log()).given.length);

/** The same 30 s of the same run in every picture: the faults stand in the scenario, and it is played so that the charts have a past. */
async function live(page, drawing) {
  await page.locator('[data-testid=ledger] [data-cell=total] b').waitFor();
  // Who takes files is loaded after the first letter.
  const isOpen = async () => (await page.getByRole('heading', { level: 1 }).textContent())?.includes(drawing.title);
  for (let tries = 0; tries < 40 && !((await isOpen()) && (await given(page)) >= (drawing.commands ?? []).length); tries++) {
    await openFile(page, drawing);
    await page.waitForTimeout(500);
  }
  await page.evaluate(() => window.__brokerLab.client.play(10));
  await page
    .getByTestId('clock')
    .filter({ hasText: /00:00:(29|[345]\d)/ })
    .waitFor();
  await page.evaluate(async (untilNs) => {
    await window.__brokerLab.client.pause();
    await window.__brokerLab.client.runTo(untilNs);
  }, UNTIL_NS);
  await page.waitForTimeout(700);
}

const isMissingOnly = process.argv.includes('--missing');
const folder = resolve(process.argv.slice(2).find((word) => !word.startsWith('--')) ?? join(ROOT, 'docs', 'pictures'));
mkdirSync(folder, { recursive: true });
const server = await preview({
  root: ROOT,
  build: process.env.PICTURES_OF ? { outDir: process.env.PICTURES_OF } : {},
  preview: { host: '127.0.0.1', port: 0, open: false },
  logLevel: 'warn',
});
const browser = await chromium.launch({ executablePath: await findBrowser(), args: BROWSER_FLAGS });
const failed = [];
try {
  await Promise.all(LOOKS.map(({ name, ...options }) => takeAll(name, options)));
} finally {
  await browser.close();
  await server.close();
}
writeFileSync(join(folder, 'README.md'), index());
for (const line of failed) console.error(line);
if (failed.length > 0) process.exit(1);

/** Every scene in one look, each in a page of its own. */
async function takeAll(look, options) {
  for (const [scene, open, { drawing = EVENTFUL, isDesktopOnly = false } = {}] of SCENES) {
    if (isDesktopOnly && look.startsWith('phone')) continue;
    if (isMissingOnly && existsSync(join(folder, `${scene}-${look}.png`))) continue;
    const page = await browser.newPage({ ...options, deviceScaleFactor: 1 });
    page.setDefaultTimeout(60_000);
    try {
      await page.goto(server.resolvedUrls.local[0]);
      await live(page, drawing);
      await open(page, look.startsWith('phone'));
      await page.waitForTimeout(600);
      await page.screenshot({ path: join(folder, `${scene}-${look}.png`) });
      console.log(`${scene} ${look}`);
    } catch (error) {
      failed.push(`${scene} ${look}: ${error.message.split('\n')[0]}`);
    }
    await page.close();
  }
}

/** All pictures on one page. */
function index() {
  const lines = ['# Every panel, by day and by night, on a desktop and on a phone', ''];
  lines.push(
    'Taken by `npm run build && node scripts/pictures.mjs`: the order pipeline after 30 s with poison, a slow and a crashed worker, and some other drawings at their thirtieth second.',
    '',
  );
  for (const [scene] of SCENES) {
    lines.push(`## ${scene.replaceAll('-', ' ')}`, '');
    const taken = LOOKS.filter(({ name }) => existsSync(join(folder, `${scene}-${name}.png`)));
    lines.push(taken.map(({ name }) => `[![${scene}, ${name}](${scene}-${name}.png)](${scene}-${name}.png)`).join(' '), '');
  }
  return `${lines.join('\n').trimEnd()}\n`;
}
