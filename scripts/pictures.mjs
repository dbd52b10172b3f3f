// Takes the pictures of the documents from the built page: `npm run build && node scripts/pictures.mjs [FOLDER]`. Every picture is
// taken when the same amount of simulated life has passed, so that a new one differs from the old one only where the page does.

import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { chromium } from '@playwright/test';
import { preview } from 'vite';
import { ROOT } from './build.mjs';
import { BROWSER_FLAGS, findBrowser } from './find-browser.mjs';

/** Long enough for the first letters to have failed and been tried again. */
const LIFE_MS = 12_000;

const PICTURES = [
  { name: 'first-paint', width: 1440, height: 900, colorScheme: 'light' },
  { name: 'first-paint-dark', width: 1440, height: 900, colorScheme: 'dark' },
  { name: 'first-paint-phone', width: 390, height: 844, colorScheme: 'light', hasTouch: true, isMobile: true },
];

const folder = resolve(process.argv[2] ?? join(ROOT, 'docs', 'pictures'));
mkdirSync(folder, { recursive: true });
const server = await preview({ root: ROOT, preview: { host: '127.0.0.1', port: 0, open: false }, logLevel: 'warn' });
const browser = await chromium.launch({ executablePath: await findBrowser(), args: BROWSER_FLAGS });
try {
  for (const { name, width, height, ...look } of PICTURES) {
    const page = await browser.newPage({ viewport: { width, height }, ...look });
    await page.goto(server.resolvedUrls.local[0]);
    await page.waitForTimeout(LIFE_MS);
    const path = join(folder, `${name}.png`);
    await page.screenshot({ path });
    await page.close();
    console.log(path);
  }
} finally {
  await browser.close();
  await server.close();
}
