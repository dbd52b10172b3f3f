// THE lists of invariants, one for each page of docs/semantics whose system is built, and which test of a run holds which of them.
// lists.test.ts keeps them true; `npm run mutants` plants each fault into its test by planted.setup.ts.

import { KAFKA } from './kafka.ts';
import { PATTERNS } from './patterns.ts';
import { RABBITMQ } from './rabbitmq.ts';
import { isTestRow, type Row, type TestRow } from './rows.ts';

export interface InvariantList {
  /** Which stands before each number. */
  readonly letter: string;
  /** The highest number. */
  readonly count: number;
  /** Of docs/semantics, without its ending. */
  readonly page: string;
  /** What they are about, in words. */
  readonly of: string;
  readonly rows: readonly Row[];
}

export const INVARIANT_LISTS: readonly InvariantList[] = [
  { letter: 'P', count: 62, page: 'patterns', of: 'the patterns', rows: PATTERNS },
  { letter: 'R', count: 39, page: 'rabbitmq', of: 'RabbitMQ', rows: RABBITMQ },
  { letter: 'K', count: 38, page: 'kafka', of: 'Kafka', rows: KAFKA },
];

/** A row with the name by which it is cited, such as P7. */
export interface HeldRow {
  readonly name: string;
  readonly row: TestRow;
}

export const HELD_ROWS: readonly HeldRow[] = INVARIANT_LISTS.flatMap(({ letter, rows }) =>
  rows.filter(isTestRow).map((row) => ({ name: `${letter}${row.number}`, row })),
);

/** A test's title as a pattern of what a run calls it: what `it.each` fills in may be anything. */
const titleOf = ({ test }: TestRow): RegExp =>
  new RegExp(
    test
      .split(/%[a-z]/)
      .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      .join('.+'),
  );

/** The row that a test of a run holds, if it holds one. */
export const rowOf = (file: string, title: string): TestRow | undefined =>
  HELD_ROWS.find(({ row }) => row.file === file && titleOf(row).test(title))?.row;
