// Plants one fault after another and says which checker saw it, with the line that shows it again. Then asks of every checker whether
// it was ever red. `shell/cli/mutants.ts` prints what is found here.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CHECKERS, RUN_LAWS } from '../fuzzer/checkers.ts';
import { fuzz, replayLine } from '../fuzzer/fuzz.ts';
import { HELD_ROWS, rowOf } from '../invariants/lists.ts';
import type { TestRow } from '../invariants/rows.ts';
import type { VectorCase, VectorFormat } from '../runners/format.ts';
import { QUEUEING_FORMATS } from '../runners/queueing.ts';
import { MUTANTS, type Mutant, VECTOR_MUTANTS } from './mutants.ts';
import { testMutant } from './test-mutants.ts';

/** A planted fault must be found within so many seeds. */
const SEEDS_MAX = 200;

export interface Hunt {
  readonly mutant: Mutant;
  /** The checker that was red, or null when none was. */
  readonly caughtBy: string | null;
  /** What it said, and how to see it again; or why it counts as not found. */
  readonly message: string;
  readonly replay?: string;
}

/** Fuzzes with the fault planted; the failing seed told again alone must break the same law. */
export function huntByFuzz(mutant: Mutant, seedsMax = SEEDS_MAX): Hunt {
  return planted(mutant, () => {
    const { failure } = fuzz(1, seedsMax);
    if (failure === undefined) return { mutant, caughtBy: null, message: `not found within ${seedsMax} seeds` };
    const again = fuzz(failure.seed, 1).failure;
    const replay = replayLine(failure.seed, mutant.name);
    if (again?.checker !== failure.checker)
      return { mutant, caughtBy: null, message: `seed ${failure.seed} does not show it again` };
    return { mutant, caughtBy: failure.checker, message: failure.message, replay };
  });
}

const VECTORS = 'sim-engine/testing/vectors/queueing';
const PLAIN_LINE = { family: 'mm1', name: 'mm1-rho0.7-mu1' };

/** Replays a recorded case with the fault planted. */
export function huntByVectors(mutant: Mutant): Hunt {
  const { family, name } = mutant.seenBy ?? PLAIN_LINE;
  const format = QUEUEING_FORMATS.find(({ key }) => key === `queueing/${family}`) as VectorFormat;
  const { cases } = JSON.parse(readFileSync(`${VECTORS}/${family}.json`, 'utf8')) as { readonly cases: readonly VectorCase[] };
  const one = cases.find((candidate) => candidate.name === name) as VectorCase;
  return planted(mutant, () => {
    const { faults } = format.judge(one);
    const [message] = faults;
    if (message === undefined) return { mutant, caughtBy: null, message: `${name} passes` };
    return { mutant, caughtBy: checkOf(family, message), message };
  });
}

/** Which check of queueing theory speaks like this. */
function checkOf(family: string, message: string): string {
  if (family === 'fluid') return 'queueing, by formula';
  return message.startsWith('message ') ? 'queueing, exact' : 'queueing, statistical';
}

/** What a test runner writes of a run. */
interface TestReport {
  readonly testResults: readonly { readonly name: string; readonly assertionResults: readonly TestResult[] }[];
}
interface TestResult {
  readonly title: string;
  readonly status: string;
  readonly failureMessages: readonly string[];
}

const RUNNER = 'node_modules/vitest/vitest.mjs';
const OUT_OF_DATE = 'the mutant is out of date';

/** Runs every test that holds an invariant with its fault planted (planted.setup.ts): all must be red, those of a table at least once. */
function huntByTests(): readonly Hunt[] {
  const results = runPlanted([...new Set(HELD_ROWS.map(({ row }) => row.file))]);
  return HELD_ROWS.map(({ name, row }) => {
    const mutant = testMutant(row.mutant);
    const red = (results.get(row) ?? []).filter(({ status }) => status === 'failed');
    const messages = red.map(({ failureMessages }) => failureMessages[0] ?? '');
    const stale = messages.find((message) => message.includes(OUT_OF_DATE));
    if (stale !== undefined) return { mutant, caughtBy: null, message: stale };
    const [message] = messages;
    if (message === undefined) return { mutant, caughtBy: null, message: `${name} is green in ${row.file}: ${row.test}` };
    return { mutant, caughtBy: name, message: message.split('\n')[0] as string };
  });
}

function runPlanted(files: readonly string[]): ReadonlyMap<TestRow, readonly TestResult[]> {
  const folder = mkdtempSync(join(tmpdir(), 'planted-'));
  const report = join(folder, 'report.json');
  try {
    const args = [RUNNER, 'run', ...files, '--reporter=json', `--outputFile=${report}`];
    const { stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', env: { ...process.env, PLANTED: '1' } });
    return resultsByRow(reportIn(report, stderr));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function reportIn(path: string, output: string): TestReport {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as TestReport;
  } catch {
    throw new Error(`the tests did not run: ${output}`);
  }
}

function resultsByRow({ testResults }: TestReport): ReadonlyMap<TestRow, readonly TestResult[]> {
  const found = new Map<TestRow, TestResult[]>();
  for (const { name, assertionResults } of testResults) {
    for (const result of assertionResults) {
      const row = rowOf(name.slice(process.cwd().length + 1), result.title);
      if (row === undefined) continue;
      const results = found.get(row) ?? [];
      found.set(row, [...results, result]);
    }
  }
  return found;
}

function planted(mutant: Mutant, work: () => Hunt): Hunt {
  const heal = mutant.plant();
  try {
    return work();
  } finally {
    heal();
  }
}

/** Everything that judges, by name: each must have been red once. */
export const JUDGES: readonly string[] = Array.from(
  new Set([
    ...CHECKERS.map(({ name }) => name),
    ...RUN_LAWS,
    'queueing, exact',
    'queueing, statistical',
    'queueing, by formula',
    ...HELD_ROWS.map(({ name }) => name),
  ]),
);

export function huntAll(tell: (hunt: Hunt) => void): readonly Hunt[] {
  const hunts: Hunt[] = [];
  for (const mutant of [...MUTANTS, ...VECTOR_MUTANTS]) {
    const hunt = MUTANTS.includes(mutant) ? huntByFuzz(mutant) : huntByVectors(mutant);
    hunts.push(hunt);
    tell(hunt);
  }
  for (const hunt of huntByTests()) {
    hunts.push(hunt);
    tell(hunt);
  }
  return hunts;
}
