// Links and files that mean harm, or are broken, or are of something else: each is refused with a place, a sentence and a remedy, and
// what is there stays as it is. And the page itself: nothing it does leaves it, and its own policy never has to stop it.

import { readdirSync, readFileSync } from 'node:fs';
import { deflateRawSync } from 'node:zlib';
import { expect, type Page, test } from '@playwright/test';
import { clockSeconds, dropFile, isBalanced, ledgerCell, ORDER_PIPELINE, openLab, SCENARIOS } from './lab.ts';

const linkOf = (bytes: Uint8Array) => `#run=1.${Buffer.from(bytes).toString('base64url')}`;
const packed = (value: unknown) =>
  linkOf(deflateRawSync(Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)), { level: 9 }));

const START = JSON.parse(ORDER_PIPELINE);
const RUN = {
  format: 'broker-lab/run',
  version: 1,
  seed: 7,
  atNs: 5e9,
  events: 0,
  digest: '0000000000000000',
  engineRevision: 1,
  speed: 1,
  log: [] as unknown[],
  start: START,
};
const GOOD = packed(RUN);

const BAD_LINKS: readonly (readonly [what: string, hash: string, sentence: RegExp])[] = [
  ['oversized', `#run=1.${'A'.repeat(1_000_000)}`, /longer than a link/],
  ['a deflate bomb', packed(' '.repeat(60_000_000)), /larger than 5 MB/],
  ['cut short', GOOD.slice(0, GOOD.length - 30), /cut short or damaged/],
  ['no base64', '#run=1.<script>window.isHurt=1</script>', /characters that no link/],
  ['of an unknown version', GOOD.replace('run=1', 'run=7'), /version 7; this page reads version 1/],
  ['of a newer format inside', packed({ ...RUN, version: 2 }), /newer Broker Lab/],
  ['JSON of another kind', packed({ hello: 'world' }), /no run of Broker Lab/],
  ['a run whose drawing is none', packed({ ...RUN, start: { ...START, topology: [] } }), /\./],
  ['a run with a kind that is not there', packed(JSON.stringify(RUN).replace('"kind":"queue"', '"kind":"quene"')), /quene/],
  ['a command that is none', packed({ ...RUN, log: [{ atNs: 1, command: { type: 'constructor' } }] }), /not what a run has/],
  ['a name of an object', packed(JSON.stringify(RUN).replace('"seed":7', '"seed":7,"__proto__":{"isHurt":1}')), /__proto__/],
  ['something else', '#javascript:window.isHurt=1', /no run of Broker Lab/],
];

async function expectRefused(page: Page, sentence: RegExp): Promise<void> {
  const problems = page.getByRole('alertdialog');
  await expect(problems).toContainText('The link cannot be opened');
  const first = problems.getByRole('listitem').first();
  await expect(first).toContainText(sentence);
  // Place, sentence, remedy: none of the three is missing.
  for (const part of await first.locator('> *').all()) expect((await part.textContent())?.trim()).not.toBe('');
  await expect(first.locator('> *')).toHaveCount(3);
}

test('bad links of twelve kinds are refused while a run goes on, and nothing of it is lost @desktop', async ({ page }) => {
  await openLab(page);
  await page.locator('.react-flow__node[data-id="checkout"]').click();
  await page.getByRole('textbox', { name: 'Send rate' }).fill('13');
  await page.keyboard.press('Enter');
  for (const [what, hash, sentence] of BAD_LINKS) {
    const sent = await ledgerCell(page, 'total');
    await page.evaluate((bad) => {
      location.hash = bad;
    }, hash);
    await test.step(what, () => expectRefused(page, sentence));
    await page.getByRole('alertdialog').getByRole('button', { name: 'Close' }).click();
    expect(new URL(page.url()).hash).toBe('');
    await expect.poll(() => ledgerCell(page, 'total'), what).toBeGreaterThan(sent);
  }
  expect(await isBalanced(page)).toBe(true);
  await expect(page.getByRole('textbox', { name: 'Send rate' })).toHaveValue('13');
  expect(await page.evaluate(() => 'isHurt' in window || 'isHurt' in {})).toBe(false);
});

test('a page that is opened by a bad link shows what was left here, with the refusal beside it @desktop @long', async ({
  page,
}) => {
  await page.goto(`./${packed({ hello: 'world' })}`);
  await expectRefused(page, /no run of Broker Lab/);
  // On a first visit that is the order pipeline.
  await expect.poll(() => ledgerCell(page, 'total')).toBeGreaterThan(0);

  await page.getByRole('alertdialog').getByRole('button', { name: 'Close' }).click();
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.waitForTimeout(1200);
  const sent = await ledgerCell(page, 'total');
  await page.goto('about:blank');
  await page.goto(`./${GOOD.slice(0, GOOD.length - 30)}`);
  await expectRefused(page, /cut short/);
  await expect.poll(() => ledgerCell(page, 'total')).toBe(sent);
});

test('scripts in names of a link are names @desktop', async ({ page }) => {
  const named = structuredClone(START);
  named.title = '<img src=x onerror=window.isHurt=1>';
  named.topology.nodes[0].name = '"><script>window.isHurt=1</script>';
  await page.goto(`./${packed({ ...RUN, start: named })}`);
  await expect(page.getByRole('heading', { level: 1 })).toContainText('<img src=x');
  await expect(page.locator('.react-flow__node').first()).toContainText('<script>');
  await page.getByRole('button', { name: '<img src=x' }).click();
  await page.waitForTimeout(300);
  expect(await page.evaluate(() => 'isHurt' in window)).toBe(false);
});

test('a link with another digest is opened, and says that the run came out otherwise @desktop', async ({ page }) => {
  const revision = await (async () => {
    await openLab(page);
    return page.evaluate(() => window.__brokerLab.client.status?.engineRevision);
  })();
  await page.goto('about:blank');
  await page.goto(`./${packed({ ...RUN, engineRevision: revision })}`);
  await expect(page.getByRole('status', { name: 'Notices' })).toContainText('came out otherwise');
  await page.goto('about:blank');
  await page.goto(`./${packed({ ...RUN, engineRevision: 9999 })}`);
  await expect(page.getByRole('status', { name: 'Notices' })).toContainText('another revision of the engine (9999');
});

test('a link to a moment that is far away can be called off, and the drawing runs from 0 @desktop', async ({ page }) => {
  await page.goto(`./${packed({ ...RUN, atNs: 8e15 })}`);
  const travel = page.getByRole('dialog');
  await expect(travel).toContainText('Going to');
  await travel.getByRole('button', { name: 'Start at 0 instead' }).click();
  await expect(travel).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Pause' })).toBeVisible();
  await expect.poll(() => clockSeconds(page)).toBeLessThan(5);
  await expect.poll(() => ledgerCell(page, 'total')).toBeGreaterThan(0);
  expect(await ledgerCell(page, 'total')).toBeLessThan(100);
});

test('commands of a link that cannot be carried out are told of, and the run is whole @desktop', async ({ page }) => {
  const log = [
    { atNs: 1e9, command: { type: 'removeNode', node: 'nobody' } },
    { atNs: 2e9, command: { type: 'addNode', node: { id: 'x', kind: 'no-such-kind' } } },
    { atNs: 3e9, command: { type: 'setParam', target: 'checkout', field: 'rate', value: 'a million' } },
  ];
  await page.goto(`./${packed({ ...RUN, log })}`);
  await expect(page.getByRole('button', { name: 'Run' })).toBeVisible();
  await expect.poll(() => ledgerCell(page, 'total')).toBeGreaterThan(5);
  await expect(page.locator('.react-flow__node')).toHaveCount(START.topology.nodes.length);
  expect(await isBalanced(page)).toBe(true);
});

test('a link that draws something else than what runs: what runs is drawn, with its names @desktop', async ({ page }) => {
  const now = structuredClone(START);
  now.topology.nodes[0].name = 'Renamed';
  now.topology.nodes.push({ id: 'ghost', kind: 'sender', name: 'Ghost', position: { x: 0, y: 500 }, params: { rate: 50 } });
  await page.goto(`./${packed({ ...RUN, now })}`);
  await expect(page.getByRole('button', { name: 'Run' })).toBeVisible();
  await expect(page.locator('.react-flow__node').first()).toContainText('Renamed');
  await expect(page.locator('.react-flow__node')).toHaveCount(START.topology.nodes.length);
  expect(await isBalanced(page)).toBe(true);

  // An edit that was underway when the work was left is the one thing that the run still has to learn.
  await page.goto('about:blank');
  await page.goto(`./${packed({ ...RUN, now, isAhead: true })}`);
  await expect(page.locator('.react-flow__node')).toHaveCount(START.topology.nodes.length + 1);
  await expect
    .poll(() => page.evaluate(() => window.__brokerLab.client.layout?.nodes.some(({ id }) => id === 'ghost')))
    .toBe(true);
  await expect.poll(() => isBalanced(page)).toBe(true);
});

test('every scenario file opens by drop, and a bare topology does too @desktop @long', async ({ page }) => {
  await openLab(page);
  const names = readdirSync(SCENARIOS).filter((name) => name.endsWith('.json'));
  const files = names.map((name) => [name, readFileSync(new URL(name, SCENARIOS), 'utf8')] as const);
  const bare = JSON.stringify({ ...START.topology, name: 'Only a topology' });
  for (const [name, text] of [...files, ['bare.json', bare] as const]) {
    await dropFile(page, name, text);
    const { title, name: bareName } = JSON.parse(text);
    await expect(page.getByRole('heading', { level: 1 })).toContainText(title ?? bareName);
    await expect.poll(() => ledgerCell(page, 'total'), name).toBeGreaterThan(0);
    expect(await isBalanced(page), name).toBe(true);
  }
});

test('no request leaves the page, and its policy has nothing to stop @desktop @long', async ({ page, context, baseURL }) => {
  const asked: string[] = [];
  const violations: string[] = [];
  await page.exposeFunction('noteViolation', (what: string) => violations.push(what));
  await page.addInitScript(() => {
    const { noteViolation } = window as unknown as { noteViolation(what: string): void };
    document.addEventListener('securitypolicyviolation', (event) =>
      noteViolation(`${event.violatedDirective} ${event.blockedURI}`),
    );
  });
  page.on('console', (message) => {
    if (/content security policy/i.test(message.text())) violations.push(message.text());
  });
  context.on('request', (request) => asked.push(request.url()));
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await openLab(page);
  const policy = await page.locator('meta[http-equiv="Content-Security-Policy"]').getAttribute('content');
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("connect-src 'self'");
  expect(policy).not.toContain('unsafe-eval');
  expect(policy).not.toMatch(/script-src[^;]*unsafe/);

  // Everything that loads something later: lanes, settings, menu, link, file.
  await expect(page.locator('.lane svg').first()).toBeVisible();
  await page.locator('.react-flow__node[data-id="checkout"]').click();
  await page.getByRole('button', { name: 'Order pipeline' }).click();
  await page.getByRole('button', { name: 'Publish and subscribe' }).click();
  await page.getByRole('button', { name: 'Share' }).click();
  await expect(page.getByRole('status', { name: 'Notices' })).toContainText('Link copied');
  await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Save' }).click()]);
  await page.reload();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Publish and subscribe');

  expect(asked.length).toBeGreaterThan(5);
  expect(asked.filter((url) => !url.startsWith(baseURL as string) && !/^(data|blob):/.test(url))).toEqual([]);
  expect(violations).toEqual([]);
  // The policy is not only written there: what it forbids is stopped and reported.
  await page.evaluate(() => {
    const image = new Image();
    image.src = 'https://example.invalid/pixel.gif';
    return fetch('https://example.invalid/').catch(() => undefined);
  });
  await expect.poll(() => violations.join('\n')).toContain('connect-src');
  expect(violations.join('\n')).toContain('img-src');
});
