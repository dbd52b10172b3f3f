// A log-linear histogram of whole numbers from 0 to 2^53: 64 buckets per power of two, so that a bucket is never wider than
// 1/64 of what lies in it and numbers below 128 are exact. Whoever counts keeps the counts, a row of a typed array; the functions
// here say which bucket, what its bounds are and what the quantiles of a row are. They keep nothing.

import { ceil, clz32, max } from './exact-math.ts';

const BUCKETS_PER_OCTAVE = 64;
/** log2 of BUCKETS_PER_OCTAVE. */
const OCTAVE_SHIFT = 6;

/** Buckets of a row: 64 for the numbers below 64 and 64 for each of the octaves 2^6 to 2^52. */
export const HISTOGRAM_BUCKETS = BUCKETS_PER_OCTAVE * (1 + 53 - OCTAVE_SHIFT);

const TWO_TO_31 = 2147483648;
const TWO_TO_MINUS_22 = 1 / 4194304;
/** How many buckets lower a number falls for being divided by 2^22. */
const BUCKETS_OF_22_OCTAVES = 22 * BUCKETS_PER_OCTAVE;

/**
 * Bucket of a number from 0 to 2^53 - 1, which callers see to; a fraction is cut off. From 2^31 on the number is shifted right
 * by 22 bits first, into the range of the 32-bit operators: all buckets there are wider than 2^22.
 */
export function bucketOf(value: number): number {
  if (value < TWO_TO_31) return bucketOfInt(value | 0);
  return BUCKETS_OF_22_OCTAVES + bucketOfInt((value * TWO_TO_MINUS_22) | 0);
}

/** The leading 7 bits choose among 64 in the octave; numbers below 64 are treated as if in the octave of 64, unshifted. */
function bucketOfInt(value: number): number {
  const shift = 25 - clz32(value | BUCKETS_PER_OCTAVE);
  return (shift << OCTAVE_SHIFT) + (value >>> shift);
}

/** Least number that falls into a bucket. */
export function lowerBound(bucket: number): number {
  if (bucket < 2 * BUCKETS_PER_OCTAVE) return bucket;
  return ((bucket & (BUCKETS_PER_OCTAVE - 1)) + BUCKETS_PER_OCTAVE) * widthOf(bucket);
}

/** Greatest whole number that falls into a bucket. */
export function upperBound(bucket: number): number {
  return lowerBound(bucket) + widthOf(bucket) - 1;
}

function widthOf(bucket: number): number {
  let width = 1;
  for (let octave = bucket >> OCTAVE_SHIFT; octave > 1; octave--) width *= 2;
  return width;
}

/** Makes up for the rounding of a share and of its product with a count: the 0.07 quantile of 100 is the 7th, not the 8th. */
const ROUNDING_SLACK = 1 - 4 * Number.EPSILON;

/**
 * Quantile `q` (0 to 1) of the row of counts that begins at `offset`: the middle of the bucket that holds the number of rank
 * ceil(q * total), rank 1 being the least. Off by at most 1/128 of the number itself; exact below 128; NaN for an empty row.
 */
export function quantile(counts: ArrayLike<number>, offset: number, q: number): number {
  let total = 0;
  for (let i = 0; i < HISTOGRAM_BUCKETS; i++) total += counts[offset + i] as number;
  if (total === 0) return NaN;
  let rank = max(1, ceil(q * total * ROUNDING_SLACK));
  let bucket = 0;
  for (; bucket < HISTOGRAM_BUCKETS - 1; bucket++) {
    rank -= counts[offset + bucket] as number;
    if (rank <= 0) break;
  }
  return lowerBound(bucket) + (widthOf(bucket) - 1) / 2;
}
