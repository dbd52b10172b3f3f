// Facts about the token bucket, from its definition: starts full, refills continuously, one token per message.

import { describe, expect, it } from 'vitest';
import { newTokenBucket, nextTokenNs, takeToken, tokenBucketSpec, tokensAt } from './token-bucket.ts';

const SECOND = 1e9;

describe('a token bucket', () => {
  it('starts full and gives a token at the very nanosecond at which it is whole', () => {
    const spec = tokenBucketSpec(3, 2);
    const bucket = newTokenBucket(0);
    expect([takeToken(spec, bucket, 0), takeToken(spec, bucket, 0), takeToken(spec, bucket, 0)]).toEqual([true, true, false]);
    // A third of a second is no whole number of nanoseconds: the token is whole in the next one.
    expect(nextTokenNs(spec, bucket, 0)).toBe(333_333_334);
    expect(takeToken(spec, bucket, 333_333_333)).toBe(false);
    expect(takeToken(spec, bucket, 333_333_334)).toBe(true);
  });

  it('does not drift: three hundred thousand tokens at three per second come in exactly as many seconds', () => {
    const spec = tokenBucketSpec(3, 2);
    const bucket = newTokenBucket(0);
    // Never full: what a full bucket lets run over is gone.
    for (let i = 0; i < 2; i++) takeToken(spec, bucket, 0);
    let nowNs = 0;
    for (let token = 0; token < 300_000; token++) {
      nowNs = nextTokenNs(spec, bucket, nowNs);
      if (!takeToken(spec, bucket, nowNs)) throw new Error(`no token at ${nowNs}`);
    }
    expect(nowNs).toBe(100_000 * SECOND);
  });

  it('of a tenth per second gives ten in a hundred seconds, though no float64 is a tenth', () => {
    const ratio = (rate: number): readonly number[] => {
      const { tokens, perNs } = tokenBucketSpec(rate, 5);
      return [tokens, perNs];
    };
    expect(ratio(0.1)).toEqual([1, 10 * SECOND]);
    expect(ratio(7.1)).toEqual([71, 10 * SECOND]);
    expect(ratio(1 / 3)).toEqual([1, 3 * SECOND]);
    expect(ratio(1000)).toEqual([1, 1_000_000]);
    expect(ratio(12.5)).toEqual([1, 80_000_000]);
    expect(ratio(3e8)).toEqual([3, 10]);
  });

  it('is full after any rest, however long, and no fuller', () => {
    const spec = tokenBucketSpec(1e9, 7);
    const bucket = newTokenBucket(0);
    for (let i = 0; i < 7; i++) takeToken(spec, bucket, 0);
    expect(tokensAt(spec, bucket, 9e15)).toBe(7);
  });

  it('refuses a rate it could not keep', () => {
    for (const rate of [0, -1, 2e9, Number.NaN]) expect(() => tokenBucketSpec(rate, 1)).toThrow('rate');
    for (const burst of [0, 0.5, 1e7]) expect(() => tokenBucketSpec(1, burst)).toThrow('burst');
  });
});
