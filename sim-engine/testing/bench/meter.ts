// How the bench measures: CPU time of the run loop, and what a run came to. Prints nothing.

import { quantile } from '../../kernel/histogram.ts';
import type { Simulation } from '../../simulation/simulation.ts';
import { ALL_LATENCIES, DEAD_LETTERED, PROCESSED } from '../../world/books.ts';
import type { Workload } from './workloads.ts';

/** What every workload answers with; times of a message in microseconds. */
export interface Measured {
  readonly w: Workload;
  readonly events: number;
  readonly done: number;
  readonly dlq: number;
  /** CPU seconds of the run loop alone. */
  readonly cpu: number;
  readonly meanUs: number;
  readonly p50: number;
  readonly p99: number;
  readonly digest: string;
}

/** The same traffic through ever more of something. */
export interface GrowthMeasured extends Measured {
  /** What there is more and more of, and what the time is counted by. */
  readonly of: string;
  readonly per: 'event' | 'message' | 'publish';
  /** Median over the rounds, ns. */
  readonly sizes: readonly { readonly size: number; readonly ns: number }[];
  /** Time with the most of it over that with the fewest. */
  readonly ratio: number;
}

export class CpuClock {
  seconds = 0;

  during(work: () => void): void {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    this.seconds += (user + system) / 1e6;
  }
}

export function measured(w: Workload, simulation: Simulation, cpuSeconds: number): Measured {
  const { books } = simulation.world;
  const done = books.delivery[PROCESSED] as number;
  const { counts } = books.latencies;
  const offset = books.latencies.offset(ALL_LATENCIES);
  return {
    w,
    events: simulation.world.events,
    done,
    dlq: books.delivery[DEAD_LETTERED] as number,
    cpu: rounded(cpuSeconds, 4),
    meanUs: rounded((books.totals[0] as number) / done / 1000, 2),
    p50: rounded(quantile(counts, offset, 0.5) / 1000, 2),
    p99: rounded(quantile(counts, offset, 0.99) / 1000, 2),
    digest: simulation.digest,
  };
}

/** Medians of the times by size, smallest size first, and how the ends compare. */
export function growthOf(times: ReadonlyMap<number, readonly number[]>): Pick<GrowthMeasured, 'sizes' | 'ratio'> {
  const sizes = [...times].map(([size, ns]) => ({ size, ns: rounded(median(ns), 1) }));
  const [smallest, largest] = [sizes[0], sizes.at(-1)] as [{ ns: number }, { ns: number }];
  return { sizes, ratio: rounded(largest.ns / smallest.ns, 3) };
}

export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] as number;
}

export const rounded = (value: number, digits: number): number => Number(value.toFixed(digits));
