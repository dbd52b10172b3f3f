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
  readonly cpu: number;
}

export interface Comparison {
  readonly workload: 'w1' | 'w1-noack';
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

function peer(count: number, switches: readonly string[] = []): string {
  return output([...switches, PEER, 'w1', String(count)]);
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

export function comparePeer(entry: string, count: number, rounds: number, tell: (line: string) => void): readonly Comparison[] {
  const workloads = ['w1', 'w1-noack'] as const;
  const rates = new Map<string, number[]>([...workloads, 'peer'].map((name) => [name, []]));
  const means = new Map<string, number>();
  for (let round = 1; round <= rounds; round++) {
    for (const workload of workloads) {
      const line = lastJsonLine<Measured>(ours(entry, workload, count));
      rates.get(workload)?.push(line.done / line.cpu);
      means.set(workload, line.meanUs);
      tell(`round ${round}  ${workload.padEnd(9)} ${millions(line.done / line.cpu)}`);
    }
    const line = lastJsonLine<PeerLine>(peer(count));
    rates.get('peer')?.push(line.done / line.cpu);
    tell(`round ${round}  ${'peer'.padEnd(9)} ${millions(line.done / line.cpu)}`);
  }
  const peerRate = median(rates.get('peer') as number[]);
  const peerCollections = collectionsIn(peer(count, ['--trace-gc']));
  return workloads.map((workload) => {
    const rate = median(rates.get(workload) as number[]);
    const collections = collectionsIn(ours(entry, workload, count, ['--trace-gc']));
    return {
      workload,
      oursPerCpuSecond: Math.round(rate),
      peerPerCpuSecond: Math.round(peerRate),
      ratio: rounded(rate / peerRate, 3),
      meanUs: means.get(workload) as number,
      collections,
      peerCollections,
      collectionsRatio: rounded(collections / peerCollections, 3),
    };
  });
}

export const millions = (perSecond: number): string => `${(perSecond / 1e6).toFixed(3)} million messages per CPU second`;

export function measureCheckpoint(entry: string, count: number): CheckpointMeasured {
  return lastJsonLine<CheckpointMeasured>(ours(entry, 'checkpoint', count));
}

export function measureGrowth(entry: string, workload: Workload, count: number): GrowthMeasured {
  return lastJsonLine<GrowthMeasured>(ours(entry, workload, count));
}
