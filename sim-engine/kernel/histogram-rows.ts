// Many histograms in one block of numbers, a row each, allocated when first used. Counts only; bounds and quantiles are in
// `histogram.ts`.

import type { Arena, Saveable } from './arena.ts';
import { bucketOf, HISTOGRAM_BUCKETS } from './histogram.ts';

export class HistogramRows implements Saveable {
  counts = new Uint32Array(HISTOGRAM_BUCKETS * 4);
  private rows = 1;

  constructor(arena: Arena) {
    arena.register(this);
  }

  /** A new row, all zero. Rows count from 1 and are never given back. */
  alloc(): number {
    const needed = (this.rows + 1) * HISTOGRAM_BUCKETS;
    if (needed > this.counts.length) {
      const larger = new Uint32Array(this.counts.length * 2);
      larger.set(this.counts);
      this.counts = larger;
    }
    return this.rows++;
  }

  /** Counts one value, in a cell, in two rows at once. */
  record(row: number, also: number, valueCell: Float64Array): void {
    const bucket = bucketOf(valueCell[0] as number);
    const at = row * HISTOGRAM_BUCKETS + bucket;
    this.counts[at] = (this.counts[at] as number) + 1;
    const atToo = also * HISTOGRAM_BUCKETS + bucket;
    this.counts[atToo] = (this.counts[atToo] as number) + 1;
  }

  /** Where the counts of a row begin. */
  offset(row: number): number {
    return row * HISTOGRAM_BUCKETS;
  }

  save(): unknown {
    return { rows: this.rows, counts: this.counts.slice(0, this.rows * HISTOGRAM_BUCKETS) };
  }

  load(saved: unknown): void {
    const copy = saved as { rows: number; counts: Uint32Array };
    if (copy.counts.length > this.counts.length) this.counts = new Uint32Array(copy.counts.length);
    this.counts.fill(0);
    this.counts.set(copy.counts);
    this.rows = copy.rows;
  }
}
