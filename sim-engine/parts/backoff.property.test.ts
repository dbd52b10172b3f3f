// Invariants P6 and P7 of docs/semantics/patterns.md, and the formulas written down once more, with powers and the host's Math.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BACKOFF_STRATEGIES, type BackoffSpec, type BackoffStrategy, backoffInto, firstPrevious } from './backoff.ts';

const anySpec = (...strategies: BackoffStrategy[]): fc.Arbitrary<BackoffSpec> =>
  fc.record({
    strategy: fc.constantFrom(...strategies),
    base: fc.integer({ min: 0, max: 1_000_000 }),
    cap: fc.integer({ min: 0, max: 1_000_000_000 }),
    multiplier: fc.double({ min: 1, max: 5, noNaN: true }),
    randomizationFactor: fc.double({ min: 0, max: 1, noNaN: true }),
  });

/** Open at both ends, as the draws of a stream are. */
const uniform = fc.integer({ min: 0, max: 2 ** 32 - 1 }).map((bits) => (bits + 0.5) / 2 ** 32);
const draws = fc.array(uniform, { minLength: 1, maxLength: 40 });

function delays(spec: BackoffSpec, us: readonly number[]): number[] {
  const out = new Float64Array(2);
  let previous = firstPrevious(spec);
  return us.map((u, retry) => {
    backoffInto(spec, retry, u, previous, out);
    previous = out[1] as number;
    return out[0] as number;
  });
}

const grown = (spec: BackoffSpec, retry: number): number => Math.min(spec.cap, spec.base * spec.multiplier ** retry);

/** The formulas as docs/semantics/patterns.md and the README of the vectors print them. */
function plainDelays(spec: BackoffSpec, us: readonly number[]): number[] {
  const { strategy, base, cap, randomizationFactor: f } = spec;
  let previousDelay = base;
  let previousF = 0;
  return us.map((u, i) => {
    const x = grown(spec, i);
    if (strategy === 'none') return x;
    if (strategy === 'constant') return Math.min(cap, base);
    if (strategy === 'linear') return Math.min(cap, base * (i + 1));
    if (strategy === 'full') return u * x;
    if (strategy === 'equal') return x / 2 + (u * x) / 2;
    if (strategy === 'randomized') return x * (1 - f) + u * 2 * f * x;
    if (strategy === 'pollyJitterConstant') return Math.min(cap, base * (0.75 + u / 2));
    if (strategy === 'pollyJitterLinear') return Math.min(cap, base * (i + 1) * (0.75 + u / 2));
    if (strategy === 'decorrelated') {
      previousDelay = Math.min(cap, base + u * (3 * previousDelay - base));
      return previousDelay;
    }
    const fOfT = 2 ** (i + u) * Math.tanh(Math.sqrt(4 * (i + u)));
    const delay = Math.min(cap, ((fOfT - previousF) * base) / 1.4);
    previousF = fOfT;
    return delay;
  });
}

describe('backoff', () => {
  it('every strategy follows its formula', () => {
    fc.assert(
      fc.property(anySpec(...BACKOFF_STRATEGIES), draws, (spec, us) => {
        const plain = plainDelays(spec, us);
        // A difference of two nearly equal powers of 2^40 keeps fewer digits than other delays do.
        const slack = spec.strategy === 'pollyDecorrelatedV2' ? spec.base * 2 ** (us.length - 50) : 0;
        for (const [i, delay] of delays(spec, us).entries()) {
          expect(Math.abs(delay - (plain[i] as number))).toBeLessThanOrEqual(1e-12 * (plain[i] as number) + slack);
        }
      }),
      { numRuns: 2000, seed: 41 },
    );
  });

  it('P6: no delay exceeds the cap, none is negative; a randomized one stays within its factor', () => {
    fc.assert(
      fc.property(anySpec(...BACKOFF_STRATEGIES), draws, (spec, us) => {
        const most = spec.strategy === 'randomized' ? spec.cap * (1 + spec.randomizationFactor) : spec.cap;
        for (const delay of delays(spec, us)) {
          expect(delay).toBeLessThanOrEqual(most);
          expect(delay).toBeGreaterThanOrEqual(0);
        }
      }),
      { numRuns: 1000, seed: 42 },
    );
  });

  it('P6: full jitter lies in [0, x], equal jitter in [x/2, x], decorrelated in [base, cap]', () => {
    fc.assert(
      fc.property(anySpec('full', 'equal', 'decorrelated'), draws, (spec, us) => {
        for (const [i, delay] of delays(spec, us).entries()) {
          // One ulp or two of repeated multiplication lie between the powers.
          const x = grown(spec, i) * (1 + 1e-13);
          const least = { full: 0, equal: (x / 2) * (1 - 1e-12), decorrelated: Math.min(spec.base, spec.cap) }[
            spec.strategy as 'full'
          ];
          expect(delay).toBeGreaterThanOrEqual(least);
          expect(delay).toBeLessThanOrEqual(spec.strategy === 'decorrelated' ? spec.cap : x);
        }
      }),
      { numRuns: 1000, seed: 43 },
    );
  });

  it('P7: over evenly spread draws full jitter means x/2 and equal jitter 3x/4', () => {
    const out = new Float64Array(2);
    fc.assert(
      fc.property(anySpec('full', 'equal'), fc.integer({ min: 0, max: 20 }), (spec, retry) => {
        let sum = 0;
        for (let i = 0; i < 1000; i++) {
          backoffInto(spec, retry, (i + 0.5) / 1000, 0, out);
          sum += out[0] as number;
        }
        const mean = grown(spec, retry) * (spec.strategy === 'full' ? 0.5 : 0.75);
        expect(Math.abs(sum / 1000 - mean)).toBeLessThanOrEqual(1e-9 * mean);
      }),
      { numRuns: 100, seed: 44 },
    );
  });
});
