import { describe, expect, it } from 'vitest';
import { bucketOf, HISTOGRAM_BUCKETS, lowerBound, quantile, upperBound } from './histogram.ts';

function rowOf(...values: number[]): Uint32Array {
  const row = new Uint32Array(HISTOGRAM_BUCKETS);
  for (const value of values) {
    const bucket = bucketOf(value);
    row[bucket] = (row[bucket] as number) + 1;
  }
  return row;
}

describe('the log-linear histogram', () => {
  it('buckets join without gap or overlap from 0 to 2^53 - 1', () => {
    expect(lowerBound(0)).toBe(0);
    for (let bucket = 1; bucket < HISTOGRAM_BUCKETS; bucket++) expect(lowerBound(bucket)).toBe(upperBound(bucket - 1) + 1);
    expect(upperBound(HISTOGRAM_BUCKETS - 1)).toBe(Number.MAX_SAFE_INTEGER);
  });

  it('the first and the last number of every bucket fall into it', () => {
    for (let bucket = 0; bucket < HISTOGRAM_BUCKETS; bucket++) {
      expect(bucketOf(lowerBound(bucket))).toBe(bucket);
      expect(bucketOf(upperBound(bucket))).toBe(bucket);
    }
  });

  it('numbers below 128 have a bucket each', () => {
    for (let value = 0; value < 128; value++) expect(bucketOf(value)).toBe(value);
  });

  it('no bucket is wider than 1/64 of what lies in it', () => {
    for (let bucket = 1; bucket < HISTOGRAM_BUCKETS; bucket++) {
      expect((upperBound(bucket) - lowerBound(bucket)) / lowerBound(bucket)).toBeLessThanOrEqual(1 / 64);
    }
  });

  it('a fraction is cut off', () => {
    expect(bucketOf(5.99)).toBe(5);
    expect(bucketOf(2 ** 40 + 0.5)).toBe(bucketOf(2 ** 40));
  });

  it('an empty row has no quantile', () => {
    expect(quantile(rowOf(), 0, 0.5)).toBeNaN();
  });

  it('the quantile q of n numbers is the one of rank q n, rounded up', () => {
    const row = rowOf(...Array.from({ length: 100 }, (_, i) => i + 1));
    expect(quantile(row, 0, 0)).toBe(1);
    expect(quantile(row, 0, 0.005)).toBe(1);
    expect(quantile(row, 0, 0.5)).toBe(50);
    expect(quantile(row, 0, 0.501)).toBe(51);
    expect(quantile(row, 0, 0.99)).toBe(99);
    expect(quantile(row, 0, 1)).toBe(100);
    // 0.07 * 100 is 7.000000000000001 to a float64.
    for (let i = 1; i <= 100; i++) expect(quantile(row, 0, i / 100)).toBe(i);
  });

  it('the middle of a bucket stands for what lies in it', () => {
    const bucket = bucketOf(1_000_000);
    expect(quantile(rowOf(1_000_000), 0, 0.5)).toBe((lowerBound(bucket) + upperBound(bucket)) / 2);
  });

  it('a row may begin anywhere in a column', () => {
    const column = new Uint32Array(3 * HISTOGRAM_BUCKETS).fill(7);
    column.set(rowOf(3, 4, 5), HISTOGRAM_BUCKETS);
    expect(quantile(column, HISTOGRAM_BUCKETS, 0.5)).toBe(4);
  });
});
