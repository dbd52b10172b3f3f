// Finds a browser for the end-to-end tests and the pictures, and installs one where there is none. Called by playwright.config.ts,
// by scripts/test.mjs and from the command line (`node scripts/find-browser.mjs [SOURCE]` prints what it found). Every candidate is
// proved by launching it; nothing is ever written into the project's own dependencies.

import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from '@playwright/test';

/** Pinned: newer ones ask for a newer Node than this project does. MIT. */
const NPM_CHROMIUM = { name: '@sparticuz/chromium', version: '147.0.0' };
const LAUNCH_TIMEOUT_MS = 30_000;
const INSTALL_TIMEOUT_MS = 300_000;
/** Set once a browser is proved, so that worker processes of the same run do not search again. '' = Playwright's own. */
const PROVED = 'SIM_BROWSER_PROVED';

const isRoot = process.getuid?.() === 0;

/** Quiet flags for a machine without a GPU and without a network. Root cannot have a sandbox. */
export const BROWSER_FLAGS = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  ...(isRoot ? ['--no-sandbox'] : []),
];

/** Where a browser can come from, in the order they are tried. Each gives paths; `undefined` is Playwright's own download. */
const SOURCES = {
  playwright: () => (existsSync(chromium.executablePath()) ? [undefined] : []),
  system: systemPaths,
  'playwright-install': installWithPlaywright,
  apt: installWithApt,
  npm: installFromNpm,
};

function systemPaths() {
  const { env, platform } = process;
  if (platform === 'darwin') {
    const apps = ['Google Chrome', 'Chromium', 'Microsoft Edge'];
    const roots = ['/Applications', join(homedir(), 'Applications')];
    return existing(roots.flatMap((root) => apps.map((app) => join(root, `${app}.app`, 'Contents', 'MacOS', app))));
  }
  if (platform === 'win32') {
    const roots = [env.PROGRAMFILES, env['PROGRAMFILES(X86)'], env.LOCALAPPDATA].filter(Boolean);
    const programs = [
      'Google\\Chrome\\Application\\chrome.exe',
      'Chromium\\Application\\chrome.exe',
      'Microsoft\\Edge\\Application\\msedge.exe',
    ];
    return existing(programs.flatMap((program) => roots.map((root) => join(root, program))));
  }
  const names = [
    'google-chrome',
    'google-chrome-stable',
    'chromium',
    'chromium-browser',
    'microsoft-edge',
    'microsoft-edge-stable',
  ];
  const folders = [...(env.PATH ?? '').split(delimiter), '/usr/bin', '/usr/local/bin', '/snap/bin'].filter(Boolean);
  const packaged = ['/opt/google/chrome/chrome', '/opt/microsoft/msedge/msedge'];
  return existing([...names.flatMap((name) => folders.map((folder) => join(folder, name))), ...packaged]);
}

function installWithPlaywright() {
  const cli = createRequire(import.meta.url).resolve('@playwright/test/cli');
  run(process.execPath, [cli, 'install', 'chromium'], {
    env: { ...process.env, PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT: '15000' },
  });
  return SOURCES.playwright();
}

function installWithApt() {
  if (!isRoot || !existsSync('/etc/debian_version')) return [];
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  if (!run('apt-get', ['update'], { env })) return [];
  if (!run('apt-get', ['install', '-y', '--no-install-recommends', 'chromium'], { env })) return [];
  return existing(['/usr/bin/chromium']);
}

/** Chromium out of the npm registry, in a cache folder of the user. Where system libraries lack, its own archive has them. */
function installFromNpm() {
  if (process.platform !== 'linux' || process.arch !== 'x64') return [];
  const { name, version } = NPM_CHROMIUM;
  const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'broker-lab', `chromium-${version}`);
  const unpacked = join(cache, 'unpacked');
  const binary = join(unpacked, 'chromium');
  if (!existsSync(binary)) {
    // Unpacked aside and then renamed, so that an interrupted run leaves nothing that looks whole.
    const aside = join(cache, `unpacking-${process.pid}`);
    mkdirSync(aside, { recursive: true });
    // A package of its own, so that npm does not climb up to another one.
    writeFileSync(join(cache, 'package.json'), '{ "name": "browser", "private": true, "type": "module" }\n');
    if (!run('npm', ['install', '--no-audit', '--no-fund', '--prefix', cache, `${name}@${version}`], { cwd: cache })) return [];
    // It unpacks into the folder for temporary files; the second variable asks for its library archive too.
    const unpack = `await (await import('${name}')).default.executablePath()`;
    const env = { ...process.env, TMPDIR: aside, AWS_LAMBDA_JS_RUNTIME: 'nodejs20.x' };
    if (!run(process.execPath, ['--input-type=module', '--eval', unpack], { cwd: cache, env })) return [];
    renameSync(aside, unpacked);
  }
  return existing([binary, wrapper(unpacked, binary)]);
}

/** A script that starts the browser with the libraries and the font that came with it. */
function wrapper(unpacked, binary) {
  const fonts = join(unpacked, 'fonts', 'own.conf');
  writeFileSync(
    fonts,
    `<?xml version="1.0"?>\n<!DOCTYPE fontconfig SYSTEM "fonts.dtd">\n<fontconfig><include ignore_missing="yes">/etc/fonts/fonts.conf</include>` +
      `<dir>${join(unpacked, 'fonts', 'fonts')}</dir><cachedir>${join(unpacked, 'font-cache')}</cachedir></fontconfig>\n`,
  );
  const script = join(unpacked, 'chromium-with-libraries.sh');
  const libraries = join(unpacked, 'al2023', 'lib');
  writeFileSync(
    script,
    `#!/bin/sh\nexport LD_LIBRARY_PATH="${libraries}\${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"\nexport FONTCONFIG_FILE="${fonts}"\nexec "${binary}" "$@"\n`,
  );
  chmodSync(script, 0o755);
  return script;
}

const existing = (paths) => [...new Set(paths)].filter((path) => existsSync(path));

/** Runs a command silently; says on standard error what failed, since another source may still do. */
function run(command, args, options = {}) {
  const result = spawnSync(command, args, { encoding: 'utf8', timeout: INSTALL_TIMEOUT_MS, ...options });
  if (result.status === 0) return true;
  const reason = result.error?.message ?? firstError(result.stderr);
  console.error(`find-browser: ${command} ${args[0]} did not work: ${reason}`);
  return false;
}

/** The line of a program's complaints that says most: the first that speaks of an error or a failure. */
function firstError(text) {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return (lines.find((line) => /^(npm )?(e:|error|failed)/i.test(line.trim())) ?? lines.at(-1) ?? 'no reason given').trim();
}

/** Why the browser at `path` cannot be used, or null if it starts and runs a script. */
async function whyNot(path) {
  try {
    const browser = await chromium.launch({ executablePath: path, args: BROWSER_FLAGS, timeout: LAUNCH_TIMEOUT_MS });
    try {
      const page = await browser.newPage();
      return (await page.evaluate('6 * 7')) === 42 ? null : 'it cannot calculate';
    } finally {
      await browser.close();
    }
  } catch (error) {
    return String(error.message).split('\n')[0];
  }
}

/**
 * Path of a browser that was seen to start; `undefined` = Playwright's own. Order: the variable SIM_BROWSER, Playwright's download,
 * the system's Chrome, Chromium or Edge, then installing: Playwright, apt (root on Debian), npm (Linux x64).
 * @param {string[]} [sources] names out of SOURCES; all by default
 * @returns {Promise<string | undefined>}
 * @throws {Error} if SIM_BROWSER is set and does not start, or if nothing does; the message lists what was tried
 */
export async function findBrowser(sources = Object.keys(SOURCES)) {
  if (process.env[PROVED] !== undefined) return process.env[PROVED] || undefined;
  const chosen = process.env.SIM_BROWSER;
  if (chosen) {
    const reason = await whyNot(chosen);
    if (reason) throw new Error(`SIM_BROWSER is ${chosen}, which does not start: ${reason}`);
    return remember(chosen);
  }
  const tried = [];
  for (const source of sources) {
    for (const path of SOURCES[source]()) {
      const reason = await whyNot(path);
      if (!reason) return remember(path);
      tried.push(`${source}: ${path ?? 'own download'}: ${reason}`);
    }
  }
  throw new Error(
    `No browser starts here. Set SIM_BROWSER to the path of a Chromium. Tried:\n${tried.join('\n') || '(none found)'}`,
  );
}

function remember(path) {
  process.env[PROVED] = path ?? '';
  return path;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [source] = process.argv.slice(2);
  if (source && !Object.hasOwn(SOURCES, source)) {
    console.error(`Unknown source ${source}. Known: ${Object.keys(SOURCES).join(', ')}.`);
    process.exit(2);
  }
  try {
    console.log((await findBrowser(source ? [source] : undefined)) ?? chromium.executablePath());
  } catch (error) {
    console.error(error.message);
    process.exit(1);
  }
}
