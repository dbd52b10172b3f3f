// The fidelity sheets keep up with the kinds: each kind has its rules on the sheet of its folder and its line in docs/fidelity.md, in
// the words that the page shows; every invariant they cite stands in docs/semantics, every mutant and vector file exists.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { EN } from '../messages/en.ts';
import { NODE_KINDS } from '../nodes/declarations.ts';
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
