// The fidelity sheets keep up with the kinds: each kind has its rules on the sheet of its folder and its line in docs/fidelity.md, in
// the words that the page shows; every invariant they cite stands in docs/semantics, every mutant and vector file exists.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { importDefinitions } from '../foreign/rabbitmq-definitions.ts';
import { EN } from '../messages/en.ts';
import { NODE_KINDS, nodeKind, wireKind } from '../nodes/declarations.ts';
import { validateTopology } from '../topology/parse.ts';
import { MUTANTS, VECTOR_MUTANTS } from './mutants/mutants.ts';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

const NODES = 'sim-engine/nodes';
const ISLANDS = readdirSync(join(ROOT, NODES), { withFileTypes: true }).filter((entry) => entry.isDirectory());
const SHEETS = ISLANDS.map(({ name }) => `${NODES}/${name}/FIDELITY.md`);
const INDEX = read('docs/fidelity.md');

/** Every part of a sheet that begins with "## Name (`type`)". */
const typesOn = (sheet: string): string[] => [...sheet.matchAll(/^## .+ \(`([a-z-]+)`\)$/gm)].map((match) => match[1] as string);

test.each(SHEETS)('%s is there and the index leads to it', (sheet) => {
  expect(existsSync(join(ROOT, sheet))).toBe(true);
  expect(INDEX).toContain(`(../${sheet})`);
});

describe('each kind', () => {
  test('has its part on exactly one sheet, and no part is left over', () => {
    const parts = SHEETS.flatMap((sheet) => typesOn(read(sheet)));
    expect(parts.toSorted()).toEqual(NODE_KINDS.map(({ type }) => type).toSorted());
  });

  test.each(NODE_KINDS.map(({ type, label, fidelity }) => [type, `| ${EN[label]} | ${EN[fidelity]} | [`] as const))(
    '%s has its line in docs/fidelity.md, in the words of the page',
    (_type, line) => {
      expect(INDEX).toContain(line);
    },
  );
});

/** Citations that lead nowhere. */
function strayIn(text: string): string[] {
  const invariants = new Set(
    ['patterns', 'queueing'].flatMap((page) =>
      [...read(`docs/semantics/${page}.md`).matchAll(/\b([PQ]\d+)\. /g)].map((match) => match[1] as string),
    ),
  );
  const mutants = new Set([...MUTANTS, ...VECTOR_MUTANTS].map(({ name }) => name));
  const cited = [...text.matchAll(/\b[PQ]\d+\b/g)].map((match) => match[0]);
  const planted = [...text.matchAll(/\(mutants? ((?:`[a-z-]+`(?:, )?)+)\)/g)].flatMap(
    (match) => match[1]?.match(/[a-z-]+/g) ?? [],
  );
  const recorded = [...text.matchAll(/`((?:patterns|queueing)\/[^`*]+)`/g)].flatMap((match) => {
    const [folder, names] = (match[1] as string).split('/') as [string, string];
    return names.split(' ').map((name) => `sim-engine/testing/vectors/${folder}/${name.replace(/\.json$/, '')}.json`);
  });
  const scenarios = [...text.matchAll(/scenario `([a-z-]+)`/g)].map((match) => `sim-engine/scenarios/${match[1]}.json`);
  return [
    ...cited.filter((number) => !invariants.has(number)),
    ...planted.filter((name) => !mutants.has(name)),
    ...[...recorded, ...scenarios].filter((file) => !existsSync(join(ROOT, file))),
  ];
}

describe('what a sheet cites', () => {
  test.each(SHEETS)('%s: invariants, mutants, vectors and scenarios are there', (sheet) => {
    expect(strayIn(read(sheet))).toEqual([]);
  });

  test('planted: citations that lead nowhere are found', () => {
    const planted = 'P999, fuzz (mutant `no-such-fault`), vectors `patterns/backoff nothing`, scenario `nowhere`';
    expect(strayIn(planted)).toEqual([
      'P999',
      'no-such-fault',
      'sim-engine/testing/vectors/patterns/nothing.json',
      'sim-engine/scenarios/nowhere.json',
    ]);
  });
});

// ------------------------------------------------------------------ a sheet that says of each rule what shows it

/** Sheets whose every line is held by a test or a recording that is there, and whose gaps speak when they are asked for. */
const HELD = ['sim-engine/nodes/rabbitmq'];

/** Rows of the tables below a heading that begins so, cell by cell. */
function rowsOf(text: string, heading: RegExp): readonly (readonly string[])[] {
  const parts = text.split(/^## /m).filter((part) => heading.test(part));
  return parts.flatMap((part) =>
    part
      .split('\n')
      .filter((line) => line.startsWith('| ') && !/^\| (rule|left out) \|/.test(line))
      .map((line) => line.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, ''))),
  );
}

/** What a cell says that holds a rule and is not there. */
function absentOf(folder: string, cell: string): readonly string[] {
  const files = [...cell.matchAll(/\]\(([^)]+)\)/g)].map(([, file]) => `${folder}/${file}`);
  const names = /vectors ([a-z-]+(?:, [a-z-]+)*)/.exec(cell)?.[1]?.split(', ') ?? [];
  const recordings = names.map((name) => `sim-engine/testing/vectors/${folder.split('/').at(-1)}/${name}.json`);
  const held = [...files.filter((file) => file.endsWith('.test.ts')), ...recordings];
  return held.length === 0
    ? [`nothing holds it: ${cell}`]
    : [...files, ...recordings].filter((file) => !existsSync(join(ROOT, file)));
}

describe.each(HELD)('each line of %s/FIDELITY.md', (folder) => {
  const text = read(`${folder}/FIDELITY.md`);

  test('is held by a test or a recording that is there', () => {
    const rows = rowsOf(text, /\(`/);
    expect(rows.length).toBeGreaterThan(10);
    expect(rows.flatMap((cells) => absentOf(folder, cells[2] ?? ''))).toEqual([]);
  });

  test('planted: a rule that nothing holds, a test and a recording that are not there', () => {
    const table =
      '## X (`x`)\n\n| rule | from | held by |\n|---|---|---|\n| A. | doc | vectors dispatch, nowhere |\n| B. | doc | [no.test.ts](no.test.ts) |\n| C. | doc | fuzz |';
    expect(rowsOf(table, /\(`/).flatMap((cells) => absentOf(folder, cells[2] ?? ''))).toEqual([
      'sim-engine/testing/vectors/rabbitmq/nowhere.json',
      `${folder}/no.test.ts`,
      'nothing holds it: fuzz',
    ]);
  });

  test('about what is left out gives a problem or a remark to who asks for it', () => {
    const rows = rowsOf(text, /^What is left out/);
    expect(rows.length).toBeGreaterThan(5);
    expect(rows.flatMap(([what = '', , asked = '']) => silentOf(what, asked))).toEqual([]);
  });

  test('planted: what nobody is told of is found', () => {
    expect(silentOf('Nodes', '`rabbitmq.nodes`')).toEqual(['Nodes: rabbitmq.nodes is taken without a word']);
    expect(silentOf('Bindings', 'definitions `bindings`')).toEqual(['Bindings: bindings are taken without a word']);
    expect(silentOf('Time', 'nobody')).toEqual(['Time: nobody can ask for it']);
  });
});

/** Definitions files that ask for what a drawing has no place for, by the key of the file that does. */
const ASKED: { readonly [key: string]: object } = {
  users: { users: [{ name: 'ann', password_hash: 'x', hashing_algorithm: 'y', tags: [] }] },
  permissions: { permissions: [{ user: 'ann', vhost: '/', configure: '.*', write: '.*', read: '.*' }] },
  exchanges: {
    exchanges: [
      { name: 'later', vhost: '/', type: 'x-delayed-message', durable: true, auto_delete: false, internal: false, arguments: {} },
    ],
  },
  arguments: { queues: [{ name: 'q', vhost: '/', durable: true, auto_delete: false, arguments: { 'x-queue-mode': 'lazy' } }] },
  parameters: { parameters: [{ component: 'shovel', vhost: '/', name: 's', value: {} }] },
  policies: {
    policies: [
      { vhost: '/', name: 'p', pattern: '.*', 'apply-to': 'all', priority: 0, definition: { 'federation-upstream-set': 'all' } },
    ],
  },
  bindings: { queues: [{ name: 'q', vhost: '/', durable: true, auto_delete: false, arguments: {} }] },
};

/** What of a gap is met with silence. */
function silentOf(what: string, asked: string): readonly string[] {
  const fields = [...asked.matchAll(/`([a-z-]+)\.([a-zA-Z]+)`/g)].map(([, kind = '', field = '']) => [kind, field] as const);
  const keys = [...asked.matchAll(/definitions `([a-z]+)`/g)].map(([, key = '']) => key);
  if (fields.length + keys.length === 0) return [`${what}: nobody can ask for it`];
  return [
    ...fields
      .filter(([kind, field]) => !isToldLeftOut(kind, field))
      .map(([kind, field]) => `${what}: ${kind}.${field} is taken without a word`),
    ...keys.filter((key) => !isRemarked(key)).map((key) => `${what}: ${key} are taken without a word`),
  ];
}

function isToldLeftOut(kind: string, field: string): boolean {
  if (nodeKind(kind) === undefined && wireKind(kind) === undefined) throw new Error(`there is no kind ${kind}`);
  const params = { [field]: 1 };
  const isNode = nodeKind(kind) !== undefined;
  const problems = validateTopology({
    format: 'broker-lab/topology',
    version: 1,
    nodes: isNode ? [{ id: 'one', kind, params }] : [],
    wires: isNode ? [] : [{ id: 'one', kind, from: 'here', to: 'there', params }],
  });
  return problems.some(({ at, code }) => code === 'left-out' && at.at(-1) === field);
}

function isRemarked(key: string): boolean {
  const file = { rabbitmq_version: '4.3.6', vhosts: [{ name: '/' }], exchanges: [], queues: [], bindings: [], ...ASKED[key] };
  const imported = importDefinitions(JSON.stringify(file));
  if (!imported.ok) throw new Error(JSON.stringify(imported.problems));
  return imported.value.remarks.length > 0;
}
