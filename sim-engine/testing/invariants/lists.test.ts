// Keeps THE lists of invariants true: every number of a page of docs/semantics has its row, every test that a row names is there and
// bears the number, every fault that turned it red can be planted. docs/semantics/*-checked.md show the lists; they are written anew by
// `npx vitest run -u` of this file.

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { TEST_MUTANTS, testMutant } from '../mutants/test-mutants.ts';
import { HELD_ROWS, INVARIANT_LISTS, type InvariantList } from './lists.ts';
import { PATTERNS } from './patterns.ts';
import { isTestRow, type OpenRow, type Row, type TestRow } from './rows.ts';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
const numbersOf = ({ count }: InvariantList): readonly number[] => Array.from({ length: count }, (_, ix) => ix + 1);

const isHeld = (rows: readonly Row[], number: number): boolean => rows.some((row) => isTestRow(row) && row.number === number);

/** What is wrong with a list, in words. */
function faultsOf(list: InvariantList): readonly string[] {
  const { letter, rows } = list;
  const all = numbersOf(list);
  const numbers = rows.map(({ number }) => number);
  return [
    ...all.filter((number) => !numbers.includes(number)).map((number) => `${letter}${number} is missing`),
    ...rows
      .filter((row) => !isTestRow(row) && isHeld(rows, row.number))
      .map(({ number }) => `${letter}${number} is held and is not`),
    ...numbers.filter((number) => !all.includes(number)).map((number) => `there is no ${letter}${number}`),
    ...rows.flatMap((row) => faultsOfRow(letter, row).map((fault) => `${letter}${row.number}: ${fault}`)),
  ];
}

function faultsOfRow(letter: string, row: Row): readonly string[] {
  if ('why' in row) return row.why === '' ? ['no reason'] : [];
  const faults = faultsOfTest(letter, row);
  try {
    testMutant(row.mutant);
    return faults;
  } catch (error) {
    return [...faults, (error as Error).message];
  }
}

function faultsOfTest(letter: string, { file, number, test }: TestRow): readonly string[] {
  if (!existsSync(join(ROOT, file))) return [`there is no ${file}`];
  const times = read(file).split(test).length - 1;
  return [
    ...(times === 1 ? [] : [`${times} tests of ${file} are called ${test}`]),
    ...(new RegExp(`\\b${letter}${number}\\b`).test(lineWith(file, test))
      ? []
      : [`the title does not say ${letter}${number}: ${test}`]),
  ];
}

/** A row may quote the beginning of a title. */
const lineWith = (file: string, text: string): string =>
  read(file)
    .split('\n')
    .find((line) => line.includes(text)) ?? '';

const [first, second] = PATTERNS as readonly TestRow[] as readonly [TestRow, TestRow];

describe.each(INVARIANT_LISTS)('the list of $letter1 to $letter$count', (list) => {
  it('has a row for every number, and what each names is there', () => {
    expect(faultsOf(list)).toEqual([]);
    for (const number of numbersOf(list)) expect(read(`docs/semantics/${list.page}.md`)).toMatch(cited(list.letter, number));
  });

  it('is shown in the documents', async () => {
    await expect(documentOf(list)).toMatchFileSnapshot(join(ROOT, `docs/semantics/${list.page}-checked.md`));
  });
});

/** As a page has it: "P7. " at the beginning of a line, or "R7 " somewhere in one. */
const cited = (letter: string, number: number): RegExp => new RegExp(`\\b${letter}${number}\\.? `);

it('each test has one fault, and each fault a test', () => {
  expect(new Set(HELD_ROWS.map(({ row: { file, test } }) => `${file}: ${test}`)).size).toBe(HELD_ROWS.length);
  const planted = new Set(HELD_ROWS.map(({ row }) => row.mutant));
  expect(TEST_MUTANTS.map(({ name }) => name).filter((name) => !planted.has(name))).toEqual([]);
});

it.each<[string, readonly Row[], string]>([
  ['a number that is missing', PATTERNS.filter(({ number }) => number !== 1), 'P1 is missing'],
  [
    'a number with a test and a reason for having none',
    [{ number: 1, says: '', why: 'none' }, ...PATTERNS],
    'P1 is held and is not',
  ],
  ['a number that there is not', [...PATTERNS, { number: 63, says: 'nothing', why: 'none' }], 'there is no P63'],
  [
    'a test that is not there',
    [{ ...first, test: 'P1: never written' }],
    `P1: 0 tests of ${first.file} are called P1: never written`,
  ],
  ['a file that is not there', [{ ...first, file: 'sim-engine/no.test.ts' }], 'P1: there is no sim-engine/no.test.ts'],
  ['a test of another number', [{ ...first, test: second.test }], `P1: the title does not say P1: ${second.test}`],
  ['a fault that is not there', [{ ...first, mutant: 'never-planted' }], 'P1: there is no mutant never-planted'],
  ['no reason', [{ number: 1, says: '', why: '' }], 'P1: no reason'],
])('a list is found wrong with %s', (_, rows, fault) => {
  expect(faultsOf({ ...(INVARIANT_LISTS[0] as InvariantList), rows })).toContain(fault);
});

const heldBy = ({ but, file, test }: TestRow): string => {
  const name = file.slice(file.lastIndexOf('/') + 1);
  return `[${name}](../../${file}): ${test.replaceAll('|', '\\|')}${but === undefined ? '' : ` (${but})`}`;
};

function documentOf({ count, letter, of, page, rows }: InvariantList): string {
  const held = rows.filter(isTestRow);
  const open = rows.filter((row): row is OpenRow => 'why' in row);
  const about = `# Which test holds each invariant of ${of}

${letter}1 to ${letter}${count} of [${page}.md](${page}.md): the test that holds it, and the small fault that turned it red. \`npm run mutants\` plants
each fault and fails if its test stays green. Written from sim-engine/testing/invariants/${page}.ts by the test beside it.

| invariant | held by | seen red by |
|---|---|---|
${held.map((row) => `| ${letter}${row.number}: ${row.says} | ${heldBy(row)} | \`${row.mutant}\`: ${testMutant(row.mutant).about} |`).join('\n')}
`;
  if (open.length === 0) return about;
  return `${about}
Nothing that is built is concerned by the rest:

| invariant | why |
|---|---|
${open.map((row) => `| ${letter}${row.number}: ${row.says} | ${row.why} |`).join('\n')}
`;
}
