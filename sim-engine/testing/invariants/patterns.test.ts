// Keeps THE list of invariants true: every number of docs/semantics/patterns.md has its row, every test that a row names is there and
// bears the number, every fault that turned it red can be planted. docs/semantics/patterns-checked.md shows the list; it is
// written anew by `npx vitest run -u` of this file.

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { TEST_MUTANTS, testMutant } from '../mutants/test-mutants.ts';
import { isTestRow, PATTERNS, type Row, type TestRow } from './patterns.ts';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
const NUMBERS = Array.from({ length: 62 }, (_, ix) => ix + 1);

const isHeld = (rows: readonly Row[], number: number): boolean => rows.some((row) => isTestRow(row) && row.number === number);

/** What is wrong with a list of rows, in words. */
function faultsOf(rows: readonly Row[]): readonly string[] {
  const numbers = rows.map(({ number }) => number);
  const missing = NUMBERS.filter((number) => !numbers.includes(number));
  return [
    ...missing.map((number) => `P${number} is missing`),
    ...rows.filter((row) => !isTestRow(row) && isHeld(rows, row.number)).map(({ number }) => `P${number} is held and is not`),
    ...numbers.filter((number) => !NUMBERS.includes(number)).map((number) => `there is no P${number}`),
    ...rows.flatMap((row) => faultsOfRow(row).map((fault) => `P${row.number}: ${fault}`)),
  ];
}

function faultsOfRow(row: Row): readonly string[] {
  if ('why' in row) return row.why === '' ? ['no reason'] : [];
  const faults = faultsOfTest(row);
  try {
    testMutant(row.mutant);
    return faults;
  } catch (error) {
    return [...faults, (error as Error).message];
  }
}

function faultsOfTest({ file, number, test }: TestRow): readonly string[] {
  if (!existsSync(join(ROOT, file))) return [`there is no ${file}`];
  const times = read(file).split(test).length - 1;
  return [
    ...(times === 1 ? [] : [`${times} tests of ${file} are called ${test}`]),
    ...(new RegExp(`\\bP${number}\\b`).test(lineWith(file, test)) ? [] : [`the title does not say P${number}: ${test}`]),
  ];
}

/** A row may quote the beginning of a title. */
const lineWith = (file: string, text: string): string =>
  read(file)
    .split('\n')
    .find((line) => line.includes(text)) ?? '';

const [first, second] = PATTERNS as readonly TestRow[] as readonly [TestRow, TestRow];

describe('the list of P1 to P62', () => {
  it('has a row for every number, and what each names is there', () => {
    expect(faultsOf(PATTERNS)).toEqual([]);
    for (const number of NUMBERS) expect(read('docs/semantics/patterns.md')).toContain(`P${number}. `);
  });

  it('gives each test one fault, and each fault a test', () => {
    const rows = PATTERNS.filter(isTestRow);
    expect(new Set(rows.map(({ file, test }) => `${file}: ${test}`)).size).toBe(rows.length);
    const planted = new Set(rows.map(({ mutant }) => mutant));
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
  ])('is found wrong with %s', (_, rows, fault) => {
    expect(faultsOf(rows)).toContain(fault);
  });

  it('is shown in the documents', async () => {
    await expect(documentOf(PATTERNS)).toMatchFileSnapshot(join(ROOT, 'docs/semantics/patterns-checked.md'));
  });
});

const heldBy = ({ but, file, test }: TestRow): string => {
  const name = file.slice(file.lastIndexOf('/') + 1);
  return `[${name}](../../${file}): ${test.replaceAll('|', '\\|')}${but === undefined ? '' : ` (${but})`}`;
};

function documentOf(rows: readonly Row[]): string {
  const held = rows.filter(isTestRow);
  const open = rows.filter((row): row is Exclude<Row, TestRow> => 'why' in row);
  return `# Which test holds each invariant of the patterns

P1 to P62 of [patterns.md](patterns.md): the test that holds it, and the small fault that turned it red. \`npm run mutants\` plants
each fault and fails if its test stays green. Written from sim-engine/testing/invariants/patterns.ts by the test beside it.

| invariant | held by | seen red by |
|---|---|---|
${held.map((row) => `| P${row.number}: ${row.says} | ${heldBy(row)} | \`${row.mutant}\`: ${testMutant(row.mutant).about} |`).join('\n')}

Nothing that is built is concerned by the rest:

| invariant | why |
|---|---|
${open.map((row) => `| P${row.number}: ${row.says} | ${row.why} |`).join('\n')}
`;
}
