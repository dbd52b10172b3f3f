// `npm run fuzz -- --seeds N [--seed S] [--mutant NAME]`: random topologies, faults, edits and commands under all checkers. Prints
// what was reached and, on failure, the one line that tells the failing story again. Called by `scripts/run.mjs`.

import { parseArgs } from 'node:util';
import { Coverage } from '../../testing/fuzzer/coverage.ts';
import { fuzz, replayLine } from '../../testing/fuzzer/fuzz.ts';
import { MUTANTS } from '../../testing/mutants/mutants.ts';

const USAGE = 'Usage: npm run fuzz -- --seeds N [--seed S] [--mutant NAME]';
const SEEDS = 20;
/** From so many seeds on, what was never reached is a failure: chance is no excuse any more. */
const SEEDS_TO_REACH_ALL = 200;

/** Answers with the exit code: 1 when a law was broken or something stayed untried, 2 when the arguments make no sense. */
export function main(args: readonly string[]): number {
  let values: { seeds?: string; seed?: string; mutant?: string };
  try {
    ({ values } = parseArgs({
      args: [...args],
      options: { seeds: { type: 'string' }, seed: { type: 'string' }, mutant: { type: 'string' } },
    }));
  } catch (error) {
    console.error(`${(error as Error).message}\n${USAGE}`);
    return 2;
  }
  const count = Number(values.seeds ?? SEEDS);
  const first = Number(values.seed ?? 1);
  const mutant = MUTANTS.find(({ name }) => name === values.mutant);
  if (!Number.isSafeInteger(count) || count < 1 || !Number.isSafeInteger(first) || first < 0) {
    console.error(USAGE);
    return 2;
  }
  if (values.mutant !== undefined && mutant === undefined) {
    console.error(`There is no mutant ${values.mutant}. Known: ${MUTANTS.map(({ name }) => name).join(', ')}.`);
    return 2;
  }
  if (mutant !== undefined) console.log(`planted: ${mutant.about}`);
  const heal = mutant?.plant();
  try {
    return fuzzed(first, count, values.mutant);
  } finally {
    heal?.();
  }
}

function fuzzed(first: number, count: number, mutant: string | undefined): number {
  const coverage = new Coverage();
  const { seeds, events, failure } = fuzz(first, count, coverage);
  for (const line of coverage.lines()) console.log(line);
  console.log(`${seeds} seeds, ${events} events`);
  if (failure !== undefined) {
    console.log(`seed ${failure.seed} broke "${failure.checker}": ${failure.message}`);
    console.log(replayLine(failure.seed, mutant));
    return 1;
  }
  const { missing } = coverage;
  if (missing.length > 0) console.log(`never reached: ${missing.join(', ')}`);
  if (missing.length === 0 || count < SEEDS_TO_REACH_ALL) return 0;
  console.log(`${count} seeds must reach everything there is.`);
  return 1;
}
