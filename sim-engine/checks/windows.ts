// What a check remembers of the recent past: samples on the grid for rates and slopes, and counts of a distribution once a
// second for quantiles. Bounded by the window alone. `check-run.ts` feeds and asks them; they read nothing by themselves.

import { max } from '../kernel/exact-math.ts';
import { HISTOGRAM_BUCKETS, quantile } from '../kernel/histogram.ts';
import { CHECK_GRID_NS } from './check.ts';

/** Counts of distributions are kept once a second. */
const SNAPSHOT_NS = 1_000_000_000;
/** A rate is not known before a run has lasted this long: the first message would count as ten a second. */
const RATE_NS_MIN = 1_000_000_000;

/** The samples of one number that are at most `windowNs` old, oldest first. */
export class SampleWindow {
  private readonly windowNs: number;
  private readonly timesNs: Float64Array;
  private readonly values: Float64Array;
  private first = 0;
  private count = 0;
  private sinceNs = 0;

  constructor(windowNs: number) {
    this.windowNs = windowNs;
    // One sample for each end of the window, and one for an end of the run that is not on the grid.
    const capacity = ((windowNs / CHECK_GRID_NS) | 0) + 2;
    this.timesNs = new Float64Array(capacity);
    this.values = new Float64Array(capacity);
  }

  /** Times only grow, by at least a step of the grid but for the last one. */
  push(timeNs: number, value: number): void {
    if (this.count === 0) this.sinceNs = timeNs;
    while (this.count > 0 && this.timeNs(0) < timeNs - this.windowNs) {
      this.first = (this.first + 1) % this.timesNs.length;
      this.count--;
    }
    const at = (this.first + this.count++) % this.timesNs.length;
    this.timesNs[at] = timeNs;
    this.values[at] = value;
  }

  /** Growth a second over the window, or since the beginning while that is shorter; NaN before there is enough to see. */
  rate(): number {
    if (this.count < 2) return Number.NaN;
    const lastNs = this.timeNs(this.count - 1);
    if (lastNs - this.sinceNs < RATE_NS_MIN) return Number.NaN;
    // Multiplied first: 14 in 1.4 s are then exactly 10 a second.
    return ((this.value(this.count - 1) - this.value(0)) * 1e9) / (lastNs - this.timeNs(0));
  }

  /** Growth a second by least squares over a full window; NaN before the window is full. */
  slope(): number {
    if (this.count < 2 || this.timeNs(this.count - 1) - this.sinceNs < this.windowNs) return Number.NaN;
    let timeSum = 0;
    let valueSum = 0;
    const fromNs = this.timeNs(0);
    for (let i = 0; i < this.count; i++) {
      timeSum += this.timeNs(i) - fromNs;
      valueSum += this.value(i);
    }
    const timeMean = timeSum / this.count;
    const valueMean = valueSum / this.count;
    let products = 0;
    let squares = 0;
    for (let i = 0; i < this.count; i++) {
      const timeOff = (this.timeNs(i) - fromNs - timeMean) / 1e9;
      products += timeOff * (this.value(i) - valueMean);
      squares += timeOff * timeOff;
    }
    return products / squares;
  }

  private timeNs(i: number): number {
    return this.timesNs[(this.first + i) % this.timesNs.length] as number;
  }

  private value(i: number): number {
    return this.values[(this.first + i) % this.values.length] as number;
  }
}

/** Counts of a distribution as they stood at each second of the window. */
export class DistributionWindow {
  private readonly windowNs: number;
  private readonly capacity: number;
  private readonly timesNs: number[] = [];
  private readonly snapshots: Float64Array[] = [];
  /** A row that is no longer needed, for the next snapshot. */
  private spare: Float64Array | undefined;
  private readonly recent = new Float64Array(HISTOGRAM_BUCKETS);

  constructor(windowNs: number) {
    this.windowNs = windowNs;
    this.capacity = ((windowNs / SNAPSHOT_NS) | 0) + 3;
  }

  /** Whether the counts of this moment belong to the window's memory: at the first moment and at each new second. */
  isDue(timeNs: number): boolean {
    const lastNs = this.timesNs.at(-1);
    return lastNs === undefined || timeNs - (timeNs % SNAPSHOT_NS) > lastNs;
  }

  /** Keeps a copy of the counts since the start of the run. */
  keep(timeNs: number, counts: Float64Array): void {
    // What ended before the window is needed no more, but for the last of it: that is where the window begins.
    while (
      this.timesNs.length > 1 &&
      ((this.timesNs[1] as number) <= timeNs - this.windowNs || this.timesNs.length >= this.capacity)
    ) {
      this.timesNs.shift();
      this.spare = this.snapshots.shift();
    }
    const copy = this.spare ?? new Float64Array(HISTOGRAM_BUCKETS);
    this.spare = undefined;
    copy.set(counts);
    this.timesNs.push(timeNs);
    this.snapshots.push(copy);
  }
  /**
   * The quantile of what was counted since the last whole second that is at least a window ago, in the unit of the
   * histogram (ns); NaN when nothing was.
   */
  quantile(timeNs: number, counts: Float64Array, share: number): number {
    let begin = 0;
    while (begin + 1 < this.timesNs.length && (this.timesNs[begin + 1] as number) <= timeNs - this.windowNs) begin++;
    const before = this.snapshots[begin];
    for (let bucket = 0; bucket < HISTOGRAM_BUCKETS; bucket++) {
      const difference = (counts[bucket] as number) - (before === undefined ? 0 : (before[bucket] as number));
      // A series that went with its node takes its counts along; what is left cannot be fewer than none.
      this.recent[bucket] = max(difference, 0);
    }
    return quantile(this.recent, 0, share);
  }
}
