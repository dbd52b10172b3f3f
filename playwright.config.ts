// End-to-end stories against the built page in dist/ (`npm run build` first; `npm test` does). The browser is the one that
// scripts/find-browser.mjs proves; page and tests meet on a free loopback port. Nothing is retried: a story that fails now and
// then is a bug. A story tagged @desktop or @phone runs in that project only, all others in both; one tagged @long
// runs with the long tests.

import { createServer } from 'node:net';
import { defineConfig } from '@playwright/test';
import { BROWSER_FLAGS, findBrowser } from './scripts/find-browser.mjs';

const executablePath = await findBrowser();
// Workers read this file again and must come to the same port.
process.env.E2E_PORT ??= String(await freePort());
const baseURL = `http://127.0.0.1:${process.env.E2E_PORT}/`;

const isLong = process.env.LONG_RUNS === '1';

const LONG_STORIES = [
  'pseudo-language',
  'containers',
  'first-half-hour',
  'own-fault',
  'settings',
  'look',
  'script',
  'axe',
  'announcements',
  'services',
  'outline',
  'shortcuts',
].map((name) => `${name}.spec.ts`);

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        address !== null && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}

export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results',
  // With `npm run test:long`, or by `LONG_RUNS=1 npx playwright test`: those that build a page of their own, and those of single features,
  // so that the usual ones stay within six minutes.
  testIgnore: isLong ? [] : LONG_STORIES,
  retries: 0,
  // A story mostly waits: four of them keep two cores busy.
  workers: 4,
  forbidOnly: true,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [['line'], ['json', { outputFile: process.env.E2E_REPORT ?? 'test-results/stories.json' }]],
  use: {
    baseURL,
    launchOptions: { ...(executablePath === undefined ? {} : { executablePath }), args: BROWSER_FLAGS },
    screenshot: 'only-on-failure',
  },
  projects: [
    { name: 'desktop', grepInvert: isLong ? /@phone\b/ : /@phone\b|@long\b/, use: { viewport: { width: 1440, height: 900 } } },
    {
      name: 'phone',
      grepInvert: isLong ? /@desktop\b/ : /@desktop\b|@long\b/,
      use: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true },
    },
  ],
  webServer: {
    command: `node node_modules/vite/bin/vite.js preview --host 127.0.0.1 --port ${process.env.E2E_PORT} --strictPort`,
    url: baseURL,
    reuseExistingServer: false,
    timeout: 30_000,
  },
});
