// The fences of the house: who may import whom, what the engine may not name, what no file may contain. Each of them holds for
// the repository, and each is shown red once by a planted violation, since a fence that was never red proves nothing.

import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { staleExceptionsOf, violationsOf } from './fences/check-fences.ts';
import { EXCEPTIONS } from './fences/zones.ts';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const NOT_OURS = new Set(['node_modules', 'build', 'dist', '.git', '.vite', 'coverage', 'test-results', 'playwright-report']);

function filesBelow(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return NOT_OURS.has(entry.name) ? [] : filesBelow(path);
    return [path.split(sep).join('/')];
  });
}

const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const codeOf = (folder: string) => filesBelow(folder).filter((file) => /\.tsx?$/.test(file));

describe('layers and islands', () => {
  const repository = new Map(['sim-engine', 'app', 'e2e'].flatMap(codeOf).map((file) => [file, read(file)]));

  test('every import of the repository is allowed by the table', () => {
    expect(repository.size).toBeGreaterThan(30);
    expect(violationsOf(repository)).toEqual([]);
  });

  test('every exception is needed, and is for types only', () => {
    expect(staleExceptionsOf(repository)).toEqual([]);
    for (const { from, to } of EXCEPTIONS) {
      const path = relative(dirname(from), to).split(sep).join('/');
      expect(violationsOf(new Map([[from, `import { a } from '${path}';`]]))).toHaveLength(1);
      expect(violationsOf(new Map([[from, `import type { A } from '${path}';`]]))).toEqual([]);
    }
  });

  /** One planted file, and what the checker must say about it. */
  const planted: readonly (readonly [rule: string, file: string, text: string, said: RegExp])[] = [
    ['messages import nothing', 'sim-engine/messages/en.ts', "import { a } from '../kernel/assert.ts';", /may not import kernel/],
    [
      'the kernel knows nothing of the world',
      'sim-engine/kernel/a.ts',
      "import { a } from '../world/world.ts';",
      /may not import world/,
    ],
    ['the kernel knows no parts', 'sim-engine/kernel/a.ts', "import { a } from '../parts/backoff.ts';", /may not import parts/],
    [
      'parts know nothing of the world',
      'sim-engine/parts/a.ts',
      "import { a } from '../world/books.ts';",
      /may not import world/,
    ],
    [
      'the world knows no nodes',
      'sim-engine/world/a.ts',
      "import { a } from '../nodes/declarations.ts';",
      /may not import nodes/,
    ],
    ['nodes know no topology', 'sim-engine/nodes/a.ts', "import { a } from '../topology/parse.ts';", /may not import topology/],
    [
      'a node kind knows no topology',
      'sim-engine/nodes/textbook/a.ts',
      "import { a } from '../../topology/parse.ts';",
      /may not import topology/,
    ],
    [
      'an island imports no other',
      'sim-engine/nodes/textbook/a.ts',
      "import { a } from '../services/b.ts';",
      /may not import nodes\/services/,
    ],
    ['nor its types', 'sim-engine/nodes/services/a.ts', "import type { A } from '../textbook/b.ts';", /not even its types/],
    [
      'an island reads no list',
      'sim-engine/nodes/services/a.ts',
      "import { a } from '../declarations.ts';",
      /may not import nodes\/lists/,
    ],
    [
      'declarations know no behaviour',
      'sim-engine/nodes/declarations.ts',
      "import { a } from './behaviours.ts';",
      /may not import nodes\/behaviours/,
    ],
    [
      'topology knows a kind by the lists alone',
      'sim-engine/topology/a.ts',
      "import { Q } from '../nodes/textbook/queue.ts';",
      /may not import nodes\/textbook/,
    ],
    [
      'topology knows no behaviour',
      'sim-engine/topology/a.ts',
      "import '../nodes/behaviours.ts';",
      /may not import nodes\/behaviours/,
    ],
    ['topology knows no checks', 'sim-engine/topology/a.ts', "import { a } from '../checks/check.ts';", /may not import checks/],
    ['checks know no protocol', 'sim-engine/checks/a.ts', "import { a } from '../protocol/frame.ts';", /may not import protocol/],
    [
      'the protocol runs no simulation',
      'sim-engine/protocol/a.ts',
      "import { a } from '../simulation/simulation.ts';",
      /may not import sim/,
    ],
    [
      'the simulation knows no shell',
      'sim-engine/simulation/a.ts',
      "import { a } from '../shell/worker.ts';",
      /may not import shell/,
    ],
    ['the worker knows no command line', 'sim-engine/shell/worker.ts', "import { a } from './cli/sim.ts';", /may not import cli/],
    ['no engine code needs a test', 'sim-engine/world/a.ts', "import { a } from '../testing/dsl.ts';", /may not import testing/],
    [
      'the engine knows no page',
      'sim-engine/simulation/a.ts',
      "import { a } from '../../app/store/b.ts';",
      /may not import app\/store/,
    ],
    ['the engine has no runtime dependency', 'sim-engine/kernel/a.ts', "import fc from 'fast-check';", /package fast-check/],
    ['not even where documents are read', 'sim-engine/topology/a.ts', "import * as v from 'valibot';", /package valibot/],
    ['the engine does no I/O', 'sim-engine/simulation/a.ts', "import { readFileSync } from 'node:fs';", /package node:fs/],
    ['a new folder needs a zone', 'sim-engine/novelties/a.ts', 'export const a = 1;', /stands in no zone/],
    [
      'a feature imports no other',
      'app/canvas/a.tsx',
      "import { A } from '../charts/A.tsx';",
      /app\/canvas may not import app\/charts/,
    ],
    ['a new feature needs a zone', 'app/novelties/a.tsx', 'export const a = 1;', /stands in no zone/],
    ['widgets know no store', 'app/ui/Button.tsx', "import { a } from '../store/a.ts';", /may not import app\/store/],
    [
      'the engine client knows no store',
      'app/engine-client/a.ts',
      "import { a } from '../store/a.ts';",
      /may not import app\/store/,
    ],
    ['the engine client knows no React', 'app/engine-client/a.ts', "import React from 'react';", /package react/],
    [
      'special looks know no feature',
      'app/node-views/A.tsx',
      "import { a } from '../canvas/a.ts';",
      /may not import app\/canvas/,
    ],
    ['the store knows no feature', 'app/store/a.ts', "import type { A } from '../canvas/A.tsx';", /may not import app\/canvas/],
    [
      'features see only types of the engine client',
      'app/charts/a.ts',
      "import { a } from '../engine-client/a.ts';",
      /may not import app\/engine-client/,
    ],
    ['the page sees no world', 'app/ledger/a.ts', "import { a } from '../../sim-engine/world/books.ts';", /may not import world/],
    [
      'the page sees no inside of a node kind',
      'app/palette/a.ts',
      "import { Q } from '../../sim-engine/nodes/textbook/queue.ts';",
      /may not import nodes\/textbook/,
    ],
    [
      'only the engine client names the worker',
      'app/transport/a.ts',
      "const u = new URL('../../sim-engine/shell/worker.ts', import.meta.url);",
      /worker URL of sim-engine\/shell\/worker\.ts/,
    ],
    ['no worker hides in a calculated URL', 'app/transport/a.ts', 'const u = new URL(path, import.meta.url);', /calculated/],
    ['only the engine client starts a thread', 'app/transport/a.ts', 'const w = new Worker(path);', /starts a Web Worker/],
    ['the page uses no tool', 'app/store/a.ts', "import { test } from 'vitest';", /package vitest/],
    [
      'stories know no inside of the page',
      'e2e/a.spec.ts',
      "import { a } from '../app/store/a.ts';",
      /may not import app\/store/,
    ],
    // Every way to name a file is seen.
    ['type-only imports', 'sim-engine/kernel/a.ts', "import type { A } from '../world/a.ts';", /not even its types/],
    ['inline type imports', 'sim-engine/kernel/a.ts', "import { type A } from '../world/a.ts';", /not even its types/],
    ['imports for effect', 'sim-engine/kernel/a.ts', "import '../world/a.ts';", /import of sim-engine\/world/],
    ['re-exports', 'sim-engine/kernel/a.ts', "export { a } from '../world/a.ts';", /re-export of sim-engine\/world/],
    ['re-exports of everything', 'sim-engine/kernel/a.ts', "export * from '../world/a.ts';", /re-export of sim-engine\/world/],
    ['type queries', 'sim-engine/kernel/a.ts', "type A = import('../world/a.ts').A;", /type query of sim-engine\/world/],
    ['dynamic imports', 'sim-engine/kernel/a.ts', "const a = import('../world/a.ts');", /dynamic import of sim-engine\/world/],
    [
      'dynamic imports in templates',
      'sim-engine/kernel/a.ts',
      'const a = import(`../world/a.ts`);',
      /dynamic import of sim-engine\/world/,
    ],
    ['calculated imports', 'sim-engine/kernel/a.ts', "const a = import('../' + name);", /calculated/],
    ['globs', 'app/canvas/a.ts', "const a = import.meta.glob('../charts/*.ts');", /calculated/],
    ['globs of sheets and more', 'app/canvas/a.ts', "const a = import.meta.glob('../**/*.{ts,css}');", /calculated/],
    ['globs of text and code', 'app/canvas/a.ts', "const a = import.meta.glob('../**/*.ts', { query: '?url' });", /calculated/],
    ['globs over several folders', 'app/canvas/a.ts', "const a = import.meta.glob('../../sim-engine/**/*.json');", /calculated/],
    [
      'globs of data that is none of theirs',
      'app/ui/a.ts',
      "const a = import.meta.glob('../../sim-engine/scenarios/*.json');",
      /glob of sim-engine\/scenarios\/\*\.json: app\/ui may not import scenarios/,
    ],
    [
      'queries of the bundler',
      'app/canvas/a.ts',
      "import w from '../../sim-engine/shell/worker.ts?worker';",
      /may not import shell/,
    ],
    ['detours', 'sim-engine/kernel/a.ts', "import { a } from '../kernel/../world/./a.ts';", /may not import world/],
  ];

  test.each(planted)('%s (planted in %s)', (_rule, file, text, said) => {
    const violations = violationsOf(new Map([[file, text]]));
    expect(violations.join('\n')).toMatch(said);
    expect(violations[0]).toContain(file);
  });

  test('the page loads the behaviours of the nodes only in the engine chunk', () => {
    const sources = new Map([
      ['app/main.ts', "import { make } from '../sim-engine/topology/make.ts';"],
      ['sim-engine/topology/make.ts', "import '../nodes/behaviours.ts';"],
      ['sim-engine/nodes/behaviours.ts', 'export const BEHAVIOURS = [];'],
    ]);
    expect(violationsOf(sources).join('\n')).toMatch(/main\.ts -> .*make\.ts -> .*behaviours\.ts: the page may load this only/);
    sources.set('app/main.ts', "import type { Made } from '../sim-engine/topology/make.ts';");
    expect(violationsOf(sources).join('\n')).not.toMatch(/the page may load this/);
  });

  test('the page loads its late words by dynamic imports', () => {
    const sources = new Map([
      ['app/main.tsx', "import { tell } from './store/tell.ts';"],
      ['app/store/tell.ts', "import { say } from '../../sim-engine/messages/en.ts';"],
      ['sim-engine/messages/en.ts', 'export const say = () => 1;'],
    ]);
    expect(violationsOf(sources)).toEqual([
      'app/main.tsx -> app/store/tell.ts -> sim-engine/messages/en.ts: these words come after the first letter.',
    ]);
    sources.set('app/store/tell.ts', "import { text } from '../messages/asked.ts';");
    expect(violationsOf(sources).join('\n')).toMatch(/asked\.ts: these words come after/);
    sources.set(
      'app/store/tell.ts',
      "import { text } from '../messages/text.ts'; const later = () => import('../messages/say.ts');",
    );
    expect(violationsOf(sources)).toEqual([]);
  });

  test('what only looks like an import is none', () => {
    const text = "// import { a } from '../world/a.ts';\nexport const text = \"import '../world/a.ts'\";";
    const data = "export const folder = new URL('../scenarios', import.meta.url);";
    expect(violationsOf(new Map([['sim-engine/testing/a.ts', data]]))).toEqual([]);
    expect(violationsOf(new Map([['sim-engine/kernel/a.ts', text]]))).toEqual([]);
  });
});

describe('what the engine may not name', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'fences-'));
    mkdirSync(join(folder, 'scripts/fences'), { recursive: true });
    for (const file of ['biome.json', 'scripts/fences/exact-engine.grit']) copyFileSync(join(ROOT, file), join(folder, file));
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'junction');
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** What Biome says about these files, with the configuration of the repository. */
  function lint(files: ReadonlyMap<string, string>): { status: number | null; output: string } {
    for (const [file, text] of files) {
      mkdirSync(join(folder, dirname(file)), { recursive: true });
      writeFileSync(join(folder, file), text);
    }
    const biome = join(ROOT, 'node_modules/@biomejs/biome/bin/biome');
    const args = [biome, 'lint', '--reporter=github', '--max-diagnostics=none', '--error-on-warnings', ...files.keys()];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
    return { status, output: `${stdout}${stderr}` };
  }

  const globals: readonly string[] = [
    ...[
      'Math',
      'Date',
      'performance',
      'globalThis',
      'Intl',
      'crypto',
      'structuredClone',
      'queueMicrotask',
      'requestAnimationFrame',
    ],
    ...[
      'setTimeout',
      'setInterval',
      'setImmediate',
      'clearTimeout',
      'clearInterval',
      'clearImmediate',
      'console',
      'process',
      'fetch',
    ],
    ...['self', 'window', 'document', 'navigator', 'Worker', 'Atomics', 'SharedArrayBuffer', 'WeakRef', 'FinalizationRegistry'],
  ];
  const forms: readonly (readonly [name: string, code: string])[] = [
    ['power', 'export const a = (x: number): number => x ** 2;'],
    ['power-assignment', 'export function a(x: number): number {\n  let y = x;\n  y **= 2;\n  return y;\n}'],
    ['locale-compare', "export const a = (x: string): number => x.localeCompare('b');"],
    ['locale-compare-maybe', "export const a = (x?: string) => x?.localeCompare('b');"],
    ['locale-case', 'export const a = (x: string): string => x.toLocaleUpperCase();'],
    ['locale-number', 'export const a = (x: number): string => x.toLocaleString();'],
    ['sort', 'export const a = (x: string[]): string[] => x.sort();'],
    ['sort-maybe', 'export const a = (x?: string[]) => x?.sort();'],
    ['to-sorted', 'export const a = (x: string[]): string[] => x.toSorted();'],
    ['to-sorted-maybe', 'export const a = (x?: string[]) => x?.toSorted();'],
    ['json-clone', 'export const a = (x: object): object => JSON.parse(JSON.stringify(x));'],
  ];
  const bad = new Map([
    ...globals.map((name) => [`sim-engine/world/global-${name.toLowerCase()}.ts`, `export const a = () => ${name};\n`] as const),
    ...forms.map(([name, code]) => [`sim-engine/world/form-${name}.ts`, `${code}\n`] as const),
  ]);

  test('each banned thing is found, and the sentence names what to use instead', () => {
    const { status, output } = lint(bad);
    expect(status).toBe(1);
    const lines = output.split('\n').filter((line) => line.startsWith('::error'));
    for (const file of bad.keys()) {
      const said = lines.find(
        (line) => line.includes(`${file},`) && /title=(plugin|lint\/style\/noRestrictedGlobals)/.test(line),
      );
      expect(said, file).toMatch(/Use|use|Multiply|comes from|schedule|Compare|Pass|hand|give|Free|Copy/);
    }
  });

  test('files that import each other in a circle are found; circles of types are harmless', () => {
    const classes = (word: 'import' | 'import type', use: string) =>
      new Map([
        [`sim-engine/world/one.ts`, `${word} { Two } from './two.ts';\n\nexport class One {\n  other?: Two${use}\n}\n`],
        [`sim-engine/world/two.ts`, `${word} { One } from './one.ts';\n\nexport class Two {\n  other?: One;\n}\n`],
      ]);
    expect(lint(classes('import type', ';'))).toMatchObject({ status: 0 });
    expect(lint(classes('import', ' = new Two();')).output).toMatch(/noImportCycles/);
  });

  test('a configuration in a subfolder cannot switch a ban off, because there is none', () => {
    expect(filesBelow('.').filter((file) => /(^|\/)biome\.jsonc?$/.test(file))).toEqual(['biome.json']);
  });

  test('with the replacement the same lines pass', () => {
    const good = new Map([
      ['sim-engine/world/good-sort.ts', 'export const a = (x: string[]): string[] => x.toSorted((p, q) => (p < q ? -1 : 1));\n'],
      ['sim-engine/world/good-case.ts', 'export const a = (x: string): string => x.toUpperCase();\n'],
      ['sim-engine/world/good-local.ts', 'export const a = (process: number): number => process * process;\n'],
      ['sim-engine/shell/good-clock.ts', 'export const a = (): number => performance.now() + Math.random();\n'],
      ['sim-engine/world/good.test.ts', 'export const a = (): number => Math.log(2) ** 2;\n'],
      ['sim-engine/kernel/exact-math.ts', 'export const floor = Math.floor;\n'],
    ]);
    expect(lint(good)).toMatchObject({ status: 0 });
  });

  test('exact-math.ts may name Math and nothing else that is banned', () => {
    const others = globals.filter((name) => name !== 'Math');
    const { output } = lint(new Map([['sim-engine/kernel/exact-math.ts', `export const a = [${others.join(', ')}];\n`]]));
    expect(output.match(/title=lint\/style\/noRestrictedGlobals/g)).toHaveLength(others.length);
  });
});

describe('what no file may contain', () => {
  /** Paths of one machine: they mean nothing on another, and tell where a file was written. */
  const MACHINE_PATH = /(?:^|[\s"'`(=:])(?:\/(?:home|Users|root|work|mnt|srv|farm)\/[\w.-]+|\/tmp\/[\w.-]+|[A-Z]:\\Users\\)/m;
  const OURS =
    /\.(tsx?|mjs|cjs|json|md|ya?ml|css|html|grit|svg)$|(^|\/)(run|LICENSE|\.editorconfig|\.gitattributes|\.gitignore)$/;
  /** This file plants what it looks for; the recorded sources are kept byte for byte. */
  const EXEMPT = /^(sim-engine\/testing\/fences\.test\.ts|package-lock\.json)$/;

  test('a path of this machine', () => {
    const files = filesBelow('.').filter((file) => OURS.test(file) && !EXEMPT.test(file));
    expect(files.length).toBeGreaterThan(100);
    expect(files.filter((file) => MACHINE_PATH.test(read(file)))).toEqual([]);
  });

  test.each(['see /home/anna/notes', 'open("/Users/anna/x")', "from '/root/x'", '(/tmp/x.json)', 'C:\\Users\\anna'])(
    'planted: %s',
    (text) => {
      expect(text).toMatch(MACHINE_PATH);
    },
  );

  test.each(['/usr/bin/chromium', 'https://example.org/home/page', 'docs/home/x', '/Applications'])('not meant: %s', (text) => {
    expect(text).not.toMatch(MACHINE_PATH);
  });

  test('a relative link in a document leads to a file', () => {
    const dead = filesBelow('.')
      .filter((file) => file.endsWith('.md') && !file.startsWith('sim-engine/testing/vectors/'))
      .flatMap((file) => deadLinksIn(file, read(file)));
    expect(dead).toEqual([]);
  });

  test('planted: a dead link', () => {
    expect(deadLinksIn('README.md', 'see [this](docs/nowhere.md) and [that](LICENSE)')).toEqual(['README.md -> docs/nowhere.md']);
  });

  function deadLinksIn(file: string, text: string): string[] {
    const links = [...text.matchAll(/\]\(([^)\s#]+)(?:#[^)]*)?\)/g)].map((match) => match[1] as string);
    return links
      .filter((link) => !/^[a-z]+:/.test(link) && !exists(join(dirname(file), link)))
      .map((link) => `${file} -> ${link}`);
  }

  function exists(path: string): boolean {
    const folder = dirname(path);
    try {
      return path === '.' || readdirSync(join(ROOT, folder)).includes(relative(folder, path));
    } catch {
      return false;
    }
  }
});
