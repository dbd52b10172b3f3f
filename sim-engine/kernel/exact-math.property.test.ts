import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BigDecimal, bigExp, bigExp2, bigLn, bigTanh, decimalOf, ulpsBetween } from '../testing/slow-twins/big-decimal.ts';
import { exp, exp2, ln, tanh } from './exact-math.ts';

/** All four are promised within 1 ulp, and exp and exp2 within 0.6 where the result is not subnormal. */
function expectWithin(ulps: number, fast: (x: number) => number, slow: (x: BigDecimal) => BigDecimal, x: number): void {
  const value = fast(x);
  expect(Number.isFinite(value)).toBe(true);
  expect(ulpsBetween(value, slow(decimalOf(x)))).toBeLessThanOrEqual(ulps);
}

/** Evenly spread over the range, and all magnitudes of it down to subnormal. */
function numbers(low: number, high: number): fc.Arbitrary<number> {
  const even = fc.integer({ min: 0, max: 2 ** 31 - 1 }).map((i) => Math.min(high, low + ((high - low) * i) / (2 ** 31 - 1)));
  return fc.oneof(even, fc.double({ min: low, max: high, noNaN: true }));
}

describe('exact math against big decimals', () => {
  it('exp is within 0.6 ulp, up to the greatest result', () => {
    fc.assert(
      fc.property(numbers(-708, 709.782712893384), (x) => expectWithin(0.6, exp, bigExp, x)),
      { numRuns: 300, seed: 1 },
    );
  });

  it('exp is within 1 ulp where it is subnormal', () => {
    fc.assert(
      fc.property(numbers(-745.1332191019411, -708), (x) => expectWithin(1, exp, bigExp, x)),
      { numRuns: 150, seed: 2 },
    );
  });

  it('exp2 is within 0.6 ulp, and within 1 where it is subnormal', () => {
    fc.assert(
      fc.property(numbers(-1074.9, 1023.9999999999999), (x) => expectWithin(x < -1022 ? 1 : 0.6, exp2, bigExp2, x)),
      { numRuns: 300, seed: 3 },
    );
  });

  it('ln is within 1 ulp for every positive number', () => {
    fc.assert(
      fc.property(fc.double({ min: Number.MIN_VALUE, max: Number.MAX_VALUE, noNaN: true }), (x) => expectWithin(1, ln, bigLn, x)),
      { numRuns: 400, seed: 4 },
    );
  });

  it('ln is within 1 ulp around 1, where it crosses 0', () => {
    fc.assert(
      fc.property(numbers(-0.5, 1), (x) => expectWithin(1, ln, bigLn, 1 + x)),
      { numRuns: 400, seed: 5 },
    );
  });

  it('tanh is within 1 ulp', () => {
    fc.assert(
      fc.property(fc.oneof(numbers(-22, 22), numbers(0.5, 0.7)), (x) => expectWithin(1, tanh, bigTanh, x)),
      { numRuns: 400, seed: 6 },
    );
  });
});
