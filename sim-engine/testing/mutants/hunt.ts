// Plants one fault after another and says which checker saw it, with the line that shows it again. Then asks of every checker whether
// it was ever red. `shell/cli/mutants.ts` prints what is found here.

import { readFileSync } from 'node:fs';
import { CHECKERS, RUN_LAWS } from '../fuzzer/checkers.ts';
import { fuzz, replayLine } from '../fuzzer/fuzz.ts';
import type { VectorCase, VectorFormat } from '../runners/format.ts';
import { QUEUEING_FORMATS } from '../runners/queueing.ts';
import { MUTANTS, type Mutant, VECTOR_MUTANTS } from './mutants.ts';

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

function planted(mutant: Mutant, work: () => Hunt): Hunt {
  const heal = mutant.plant();
  try {
    return work();
  } finally {
    heal();
  }
}

/** Everything that judges, by name: each must have been red once. */
export const JUDGES: readonly string[] = [
  ...CHECKERS.map(({ name }) => name),
  ...RUN_LAWS,
  'queueing, exact',
  'queueing, statistical',
  'queueing, by formula',
];

export function huntAll(tell: (hunt: Hunt) => void): readonly Hunt[] {
  const hunts: Hunt[] = [];
  for (const mutant of [...MUTANTS, ...VECTOR_MUTANTS]) {
    const hunt = MUTANTS.includes(mutant) ? huntByFuzz(mutant) : huntByVectors(mutant);
    hunts.push(hunt);
    tell(hunt);
  }
  return hunts;
}
