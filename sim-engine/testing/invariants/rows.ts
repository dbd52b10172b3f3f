// What a list of invariants is made of: a number of a page of docs/semantics, and the test that holds it with the planted fault that has
// turned it red, or why nothing that is built is concerned. Read by lists.ts and by who plants.

/** Held by a test: `npm run mutants` plants the fault while that test runs. */
export interface TestRow {
  readonly number: number;
  readonly says: string;
  /** From the root. */
  readonly file: string;
  /** Part of the title that no other test of the file has. */
  readonly test: string;
  readonly mutant: string;
  /** What the test does not reach. */
  readonly but?: string;
}

/** Of something that is not built. */
export interface OpenRow {
  readonly number: number;
  readonly says: string;
  readonly why: string;
}

export type Row = TestRow | OpenRow;

export const isTestRow = (row: Row): row is TestRow => 'file' in row;
