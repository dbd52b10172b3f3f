// P62 of docs/semantics/patterns.md, and the bucket against a twin in exact fractions.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PlainTokenBucket } from '../testing/slow-twins/plain-guards.ts';
import { newTokenBucket, nextTokenNs, takeToken, tokenBucketSpec, tokensAt } from './token-bucket.ts';

const rate = fc.oneof(
  fc.double({ min: 0.001, max: 1e9, noNaN: true }),
  fc.integer({ min: 1, max: 1_000_000 }).map((thousandths) => thousandths / 1000),
  fc.constantFrom(1 / 3, 0.1, 7, 1e9, 0.001),
);
const gap = fc.oneof(
  fc.constant(0),
  fc.integer({ min: 0, max: 1000 }),
  fc.integer({ min: 0, max: 1e9 }),
  fc.integer({ min: 0, max: 1e13 }),
);
const gaps = fc.array(gap, { minLength: 1, maxLength: 80 });
const burst = fc.integer({ min: 1, max: 200 });

describe('a token bucket', () => {
  it('says at every moment what exact fractions say', () => {
    let refused = 0;
    fc.assert(
      fc.property(rate, burst, gaps, fc.integer({ min: 0, max: 1e15 }), (ratePerSecond, size, script, startNs) => {
        const spec = tokenBucketSpec(ratePerSecond, size);
        const bucket = newTokenBucket(startNs);
        const twin = new PlainTokenBucket(spec.tokens, spec.perNs, size, startNs);
        let nowNs = startNs;
        for (const gapNs of script) {
          nowNs += gapNs;
          for (let i = 0; i < size / 8 + 1; i++) {
            const isTaken = takeToken(spec, bucket, nowNs);
            if (isTaken !== twin.take(nowNs)) throw new Error(`at ${nowNs} ns: ${isTaken}`);
            if (!isTaken) refused++;
          }
          expect(Math.abs(tokensAt(spec, bucket, nowNs) - twin.tokens(nowNs))).toBeLessThanOrEqual(1e-9);
          expect(nextTokenNs(spec, bucket, nowNs)).toBe(twin.nextNs(nowNs));
        }
      }),
      { numRuns: 500, seed: 62 },
    );
    expect(refused).toBeGreaterThan(500);
  });

  it('keeps the rate it was asked for, to the last digits of a float64', () => {
    fc.assert(
      fc.property(rate, (ratePerSecond) => {
        const { tokens, perNs } = tokenBucketSpec(ratePerSecond, 1);
        expect(Number.isSafeInteger(tokens) && Number.isSafeInteger(perNs)).toBe(true);
        expect(Math.abs((tokens * 1e9) / perNs - ratePerSecond)).toBeLessThanOrEqual(4e-16 * ratePerSecond);
      }),
      { numRuns: 5000, seed: 63 },
    );
  });

  it('P62: accepts at most burst + rate * t in any window of t', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 20 }), gaps, (ratePerSecond, size, script) => {
        const spec = tokenBucketSpec(ratePerSecond, size);
        const bucket = newTokenBucket(0);
        const acceptedNs: number[] = [];
        let nowNs = 0;
        for (const gapNs of script) {
          nowNs += gapNs;
          while (takeToken(spec, bucket, nowNs)) acceptedNs.push(nowNs);
        }
        for (let from = 0; from < acceptedNs.length; from++) {
          for (let to = from; to < acceptedNs.length; to++) {
            const windowNs = BigInt(acceptedNs[to] as number) - BigInt(acceptedNs[from] as number);
            const beyond = BigInt(to - from + 1 - size) * BigInt(spec.perNs) - windowNs * BigInt(spec.tokens);
            if (beyond > 0n) throw new Error(`${to - from + 1} tokens within ${windowNs} ns`);
          }
        }
      }),
      { numRuns: 100, seed: 64 },
    );
  });
});
