// `npm run bench`: how fast the engine is. With --workload one run in this process, last line one JSON object; without, every
// workload against the peer, in turns, with medians and ratios. Called by `scripts/run.mjs`; never a timed test.

import { parseArgs } from 'node:util';
import { type Comparison, comparePeer, measureCheckpoint, measureGrowth, millions } from '../../testing/bench/compare.ts';
import type { Measured } from '../../testing/bench/meter.ts';
import { DEFAULT_COUNTS, GROWING_WORKLOADS, runWorkload, WORKLOADS, type Workload } from '../../testing/bench/workloads.ts';

const USAGE = `Usage: npm run bench -- [--workload ${WORKLOADS.join('|')}] [--n N] [--level 0|1] [--rate R] [--rounds N] [--json]`;
const ROUNDS = 5;

/** Answers with the exit code: 2 when the arguments make no sense. */
export function main(args: readonly string[]): number {
  const options = readOptions(args);
  if (typeof options === 'string') {
    console.error(options);
    return 2;
  }
  const { workload, count, rounds, isJson } = options;
  if (workload === undefined) return compareAll(count, rounds, isJson);
  const result = runWorkload(workload, count ?? DEFAULT_COUNTS[workload]);
  if (!isJson) printMeasured(result);
  console.log(JSON.stringify(result));
  return 0;
}

interface Options {
  readonly workload: Workload | undefined;
  readonly count: number | undefined;
  readonly rounds: number;
  readonly isJson: boolean;
}

/** The options, or a sentence that says what is wrong with them. */
function readOptions(args: readonly string[]): Options | string {
  let values: { workload?: string; n?: string; level?: string; rate?: string; rounds?: string; json?: boolean };
  try {
    ({ values } = parseArgs({
      args: [...args],
      options: {
        workload: { type: 'string' },
        n: { type: 'string' },
        level: { type: 'string' },
        rate: { type: 'string' },
        rounds: { type: 'string' },
        json: { type: 'boolean' },
      },
    }));
  } catch (error) {
    return `${(error as Error).message}\n${USAGE}`;
  }
  if (values.level === '1') return 'Level 1 is not built yet: every message is an entity of its own (level 0).';
  if (values.level !== undefined && values.level !== '0') return `There is no level ${values.level}.\n${USAGE}`;
  if (values.rate !== undefined) return '--rate belongs to level 1, which is not built yet.';
  const workload = WORKLOADS.find((known) => known === values.workload);
  if (values.workload !== undefined && workload === undefined) return `There is no workload ${values.workload}.\n${USAGE}`;
  const count = values.n === undefined ? undefined : Number(values.n);
  const rounds = values.rounds === undefined ? ROUNDS : Number(values.rounds);
  for (const number of [count ?? 1, rounds]) {
    if (!Number.isInteger(number) || number < 1) return `--n and --rounds are whole numbers from 1.\n${USAGE}`;
  }
  return { workload, count, rounds, isJson: values.json === true };
}

function printMeasured(result: Measured): void {
  console.log(`${result.w}: ${result.done} messages and ${result.events} events in ${result.cpu} CPU seconds`);
  console.log(`${millions(result.done / result.cpu)}, ${((result.cpu * 1e9) / result.events).toFixed(1)} ns per event`);
}

function compareAll(count: number | undefined, rounds: number, isJson: boolean): number {
  const tell = (line: string): void => {
    if (!isJson) console.log(line);
  };
  const entry = import.meta.url;
  const comparisons = comparePeer(entry, (workload) => count ?? DEFAULT_COUNTS[workload], rounds, tell);
  for (const comparison of comparisons) tell(sentence(comparison));
  const checkpoint = measureCheckpoint(entry, count ?? DEFAULT_COUNTS.checkpoint);
  const same = checkpoint.isSameAfterRestore ? 'the same digest' : 'ANOTHER DIGEST';
  tell(
    `checkpoint: ${checkpoint.inFlight} messages in flight, saved in ${checkpoint.saveMs} ms, put back in ${checkpoint.restoreMs} ms, then ${same}`,
  );
  const growing = GROWING_WORKLOADS.map((workload) => {
    const { of, per, sizes, ratio, ...rest } = measureGrowth(entry, workload, count ?? DEFAULT_COUNTS[workload]);
    for (const { size, ns } of sizes) tell(`${workload}: ${String(size).padStart(7)} ${of}, ${ns} ns per ${per}`);
    tell(`${workload}: ${ratio} times as long per ${per} with the most ${of} as with the fewest`);
    return { ...rest, of, per, sizes, ratio };
  });
  console.log(JSON.stringify({ comparisons, checkpoint, growing }));
  return 0;
}

function sentence(comparison: Comparison): string {
  const { workload, ratio, oursPerCpuSecond, peerPerCpuSecond, collections, peerCollections, collectionsRatio, meanUs } =
    comparison;
  return [
    `${workload}: ${ratio} times the peer (${millions(oursPerCpuSecond)} against ${(peerPerCpuSecond / 1e6).toFixed(3)})`,
    `mean sojourn ${meanUs} us`,
    `${collections} collections against ${peerCollections} (${collectionsRatio})`,
  ].join(', ');
}
