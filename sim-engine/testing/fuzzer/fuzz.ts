// Many seeds of the fuzzer, one after another, until one breaks a law. `shell/cli/fuzz.ts` and the mutants call it; it prints nothing.

import { Finding } from './checkers.ts';
import { Coverage } from './coverage.ts';
import { fuzzSeed } from './fuzz-seed.ts';

export interface FuzzFailure {
  readonly seed: number;
  readonly checker: string;
  readonly message: string;
}

export interface FuzzReport {
  readonly seeds: number;
  readonly events: number;
  readonly failure?: FuzzFailure;
}

/** Seeds `first`, `first + 1` and so on, `count` of them. */
export function fuzz(first: number, count: number, coverage = new Coverage()): FuzzReport {
  let events = 0;
  for (let seed = first; seed < first + count; seed++) {
    try {
      events += fuzzSeed(seed, coverage).events;
    } catch (error) {
      if (!(error instanceof Finding)) throw error;
      return { seeds: seed - first + 1, events, failure: { seed, checker: error.checker, message: error.message } };
    }
  }
  return { seeds: count, events };
}

/** The one line that tells a failing story again. */
export function replayLine(seed: number, mutant?: string): string {
  return `npm run fuzz -- --seeds 1 --seed ${seed}${mutant === undefined ? '' : ` --mutant ${mutant}`}`;
}
