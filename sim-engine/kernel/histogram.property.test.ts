import fc from 'fast-check';
import { build } from 'hdr-histogram-js';
import { describe, expect, it } from 'vitest';
import { bucketOf, HISTOGRAM_BUCKETS, quantile } from './histogram.ts';

/** Of all magnitudes: a mantissa and a number of halvings. */
const length = fc
  .tuple(fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }), fc.integer({ min: 0, max: 52 }))
  .map(([whole, halvings]) => Math.floor(whole / 2 ** halvings));
const lengths = fc.array(length, { minLength: 1, maxLength: 300 });

function rowOf(values: readonly number[]): Uint32Array {
  const row = new Uint32Array(HISTOGRAM_BUCKETS);
  for (const value of values) row[bucketOf(value)] = (row[bucketOf(value)] as number) + 1;
  return row;
}

/** Bucket by whole-number arithmetic: how often the number must be halved to have 7 bits, and those 7 bits. */
function plainBucketOf(value: number): number {
  let leading = BigInt(value);
  let halvings = 0;
  for (; leading >= 128n; halvings++) leading /= 2n;
  return 64 * halvings + Number(leading);
}

describe('the log-linear histogram', () => {
  it('puts a number where whole-number arithmetic puts it', () => {
    fc.assert(
      fc.property(length, (value) => {
        expect(bucketOf(value)).toBe(plainBucketOf(value));
      }),
      { numRuns: 5000, seed: 31 },
    );
  });

  it('has the quantiles of a sorted list, within 1/128', () => {
    fc.assert(
      fc.property(lengths, fc.double({ min: 0, max: 1, noNaN: true }), (values, q) => {
        const sorted = values.toSorted((a, b) => a - b);
        // Where q n is a hair above a whole number, that number is meant.
        const rank = Math.max(1, Math.ceil(q * sorted.length - 1e-9));
        const exact = sorted[rank - 1] as number;
        expect(Math.abs(quantile(rowOf(values), 0, q) - exact)).toBeLessThanOrEqual(exact / 128);
      }),
      { numRuns: 1000, seed: 32 },
    );
  });

  it('has the quantiles of HdrHistogram, within the widths of both', () => {
    fc.assert(
      fc.property(lengths, fc.double({ min: 0, max: 1, noNaN: true }), (values, q) => {
        const hdr = build({ highestTrackableValue: Number.MAX_SAFE_INTEGER, numberOfSignificantValueDigits: 2 });
        for (const value of values) hdr.recordValue(value);
        // At whole ranks, because HdrHistogram rounds the others to the nearest rank.
        const share = Math.max(1, Math.round(q * values.length)) / values.length;
        const theirs = hdr.getValueAtPercentile(share * 100);
        expect(Math.abs(quantile(rowOf(values), 0, share) - theirs)).toBeLessThanOrEqual(theirs * (1 / 128 + 1 / 128));
      }),
      { numRuns: 300, seed: 33 },
    );
  });
});
