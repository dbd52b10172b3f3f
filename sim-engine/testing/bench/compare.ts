// Ours against the peer, a plain hand-written engine: both in processes of their own, taking turns, so that a busy moment of
// the machine strikes both. Called by `shell/cli/bench.ts`; it measures nothing in its own process.

import { spawnSync } from 'node:child_process';
import { type GrowthMeasured, type Measured, median, rounded } from './meter.ts';
import type { CheckpointMeasured, Workload } from './workloads.ts';

const PEER = 'sim-engine/testing/bench/peer/peer-closures.cjs';
const OUTPUT_BYTES_MAX = 256 * 1024 * 1024;

/** What the peer prints about a run, as far as it is compared. */
interface PeerLine {
  readonly done: number;
  readonly dlq: number;
  readonly cpu: number;
}

/** Those that the peer does too, and as what. */
const COMPARED = { w1: 'w1', 'w1-noack': 'w1', w2: 'w2', w3: 'w3' } as const satisfies {
  readonly [workload in Workload]?: string;
};
type Compared = keyof typeof COMPARED;
const COMPARED_WORKLOADS = Object.keys(COMPARED) as readonly Compared[];
const PEER_WORKLOADS = [...new Set(Object.values(COMPARED))];

export interface Comparison {
  readonly workload: Compared;
  /** Medians over the rounds. */
  readonly oursPerCpuSecond: number;
  readonly peerPerCpuSecond: number;
  readonly ratio: number;
  readonly meanUs: number;
  readonly collections: number;
  readonly peerCollections: number;
  readonly collectionsRatio: number;
}

/** Runs one of our workloads in a process of its own. `entry` is the URL of the command's module. */
function ours(entry: string, workload: Workload, count: number, switches: readonly string[] = []): string {
  const program = `const { main } = await import(${JSON.stringify(entry)}); process.exitCode = await main(process.argv.slice(1));`;
  const args = ['--workload', workload, '--n', String(count), '--json'];
  return output([...switches, '--input-type=module', '-e', program, '--', ...args]);
}

function peer(workload: string, count: number, switches: readonly string[] = []): string {
  return output([...switches, PEER, workload, String(count)]);
}

function output(args: readonly string[]): string {
  const result = spawnSync(process.execPath, args, { encoding: 'utf8', maxBuffer: OUTPUT_BYTES_MAX });
  if (result.status !== 0) throw new Error(`a bench process ended with ${result.status}: ${result.stderr}`);
  return result.stdout;
}

export function lastJsonLine<T>(text: string): T {
  return JSON.parse(text.trim().split('\n').at(-1) as string) as T;
}

/** Lines of `--trace-gc` that tell of a collection of any sort. */
export function collectionsIn(text: string): number {
  return text.split('\n').filter((line) => /ms: (Scavenge|Mark-Compact|Minor Mark|Minor MS)/.test(line)).length;
}

/** Messages published in each workload: what is asked for, or what is usual there. */
export function comparePeer(
  entry: string,
  countOf: (workload: Compared) => number,
  rounds: number,
  tell: (line: string) => void,
): readonly Comparison[] {
  const rates = new Map<string, number[]>([...COMPARED_WORKLOADS, ...PEER_WORKLOADS.map(asPeer)].map((name) => [name, []]));
  const means = new Map<string, number>();
  const note = (round: number, name: string, rate: number): void => {
    rates.get(name)?.push(rate);
    tell(`round ${round}  ${name.padEnd(9)} ${millions(rate)}`);
  };
  for (let round = 1; round <= rounds; round++) {
    for (const workload of COMPARED_WORKLOADS) {
      const { cpu, done, dlq, meanUs } = lastJsonLine<Measured>(ours(entry, workload, countOf(workload)));
      means.set(workload, meanUs);
      note(round, workload, (done + dlq) / cpu);
    }
    for (const workload of PEER_WORKLOADS) {
      const { cpu, dlq, done } = lastJsonLine<PeerLine>(peer(workload, countOf(workload)));
      note(round, asPeer(workload), (done + dlq) / cpu);
    }
  }
  const peerCollections = new Map(
    PEER_WORKLOADS.map((workload) => [workload, collectionsIn(peer(workload, countOf(workload), ['--trace-gc']))]),
  );
  return COMPARED_WORKLOADS.map((workload) => {
    const rate = median(rates.get(workload) as number[]);
    const peerRate = median(rates.get(asPeer(COMPARED[workload])) as number[]);
    const collections = collectionsIn(ours(entry, workload, countOf(workload), ['--trace-gc']));
    const peers = peerCollections.get(COMPARED[workload]) as number;
    return {
      workload,
      oursPerCpuSecond: Math.round(rate),
      peerPerCpuSecond: Math.round(peerRate),
      ratio: rounded(rate / peerRate, 3),
      meanUs: means.get(workload) as number,
      collections,
      peerCollections: peers,
      collectionsRatio: rounded(collections / peers, 3),
    };
  });
}

const asPeer = (workload: string): string => `peer ${workload}`;

export const millions = (perSecond: number): string => `${(perSecond / 1e6).toFixed(3)} million messages per CPU second`;

export function measureCheckpoint(entry: string, count: number): CheckpointMeasured {
  return lastJsonLine<CheckpointMeasured>(ours(entry, 'checkpoint', count));
}

export function measureGrowth(entry: string, workload: Workload, count: number): GrowthMeasured {
  return lastJsonLine<GrowthMeasured>(ours(entry, workload, count));
}
