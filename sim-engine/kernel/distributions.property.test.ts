import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainDraw } from '../testing/slow-twins/plain-laws.ts';
import { momentsOf, samplesApart } from '../testing/slow-twins/statistics.ts';
import { Arena } from './arena.ts';
import { Law } from './distributions.ts';
import type { LawSpec } from './law-spec.ts';
import { Streams } from './rng.ts';

const length = fc.integer({ min: 0, max: 10_000_000 });
const share = fc.double({ min: 0, max: 1, noNaN: true });

const anyLaw: fc.Arbitrary<LawSpec> = fc.oneof(
  fc.record({ law: fc.constant('constant' as const), value: length }),
  fc.tuple(length, length).map(([a, b]) => ({ law: 'uniform' as const, low: Math.min(a, b), high: Math.max(a, b) })),
  fc.record({ law: fc.constant('exponential' as const), mean: length }),
  fc.record({ law: fc.constant('erlang' as const), shape: fc.integer({ min: 1, max: 20 }), mean: length }),
  fc.record({ law: fc.constant('hyperexponential' as const), share, mean1: length, mean2: length }),
  fc.record({ law: fc.constant('two-point' as const), share, value1: length, value2: length }),
  fc.record({ law: fc.constant('normal' as const), mean: length, deviation: length }),
  // The sample moments of a heavier tail would need far more draws to settle.
  fc.record({ law: fc.constant('log-normal' as const), mean: length, scv: fc.double({ min: 0, max: 1, noNaN: true }) }),
  fc.record({ law: fc.constant('geometric' as const), share: fc.double({ min: 0.01, max: 1, noNaN: true }), unit: length }),
);

function fastDraws(spec: LawSpec, seed: number, count: number): Float64Array {
  const streams = new Streams(new Arena());
  const law = new Law(spec, streams, streams.open(seed, 'fast'));
  const cell = new Float64Array(1);
  return Float64Array.from({ length: count }, () => {
    law.drawInto(cell);
    return cell[0] as number;
  });
}

describe('laws of lengths against laws by inversion', () => {
  it('two samples of the same law cannot be told apart', () => {
    fc.assert(
      fc.property(anyLaw, fc.nat(), (spec, seed) => {
        const streams = new Streams(new Arena());
        const stream = streams.open(seed, 'slow');
        const slow = Float64Array.from({ length: 10_000 }, () => plainDraw(spec, () => streams.uniform(stream)));
        // Two fitting samples are 2 apart once in 3,000 times.
        expect(samplesApart(fastDraws(spec, seed, 10_000), slow)).toBeLessThan(2);
      }),
      { numRuns: 60, seed: 11 },
    );
  });

  it('mean and scv are those of the draws', () => {
    const COUNT = 100_000;
    fc.assert(
      fc.property(anyLaw, fc.nat(), (spec, seed) => {
        const streams = new Streams(new Arena());
        const law = new Law(spec, streams, streams.open(seed, 'law'));
        const { mean, variance } = momentsOf(fastDraws(spec, seed, COUNT));
        const deviation = Math.sqrt(law.scv()) * law.mean();
        // Rounding may move the mean by one half and the deviation by as much.
        expect(Math.abs(mean - law.mean())).toBeLessThanOrEqual((5 * deviation) / Math.sqrt(COUNT) + 0.5);
        expect(Math.abs(Math.sqrt(variance) - deviation)).toBeLessThanOrEqual(0.05 * deviation + 0.5);
      }),
      { numRuns: 40, seed: 12 },
    );
  });

  it('every draw is a whole number from 0 to 2^53 - 1, of monstrous laws too', () => {
    const huge = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
    const monster: fc.Arbitrary<LawSpec> = fc.oneof(
      anyLaw,
      fc.record({ law: fc.constant('exponential' as const), mean: huge }),
      fc.record({ law: fc.constant('erlang' as const), shape: fc.constant(2), mean: huge }),
      fc.record({ law: fc.constant('normal' as const), mean: huge, deviation: huge }),
      fc.record({ law: fc.constant('log-normal' as const), mean: huge, scv: fc.constant(1000) }),
      fc.record({ law: fc.constant('geometric' as const), share: fc.constant(1e-6), unit: huge }),
      fc.tuple(huge, huge).map(([a, b]) => ({ law: 'uniform' as const, low: Math.min(a, b), high: Math.max(a, b) })),
    );
    fc.assert(
      fc.property(monster, fc.nat(), (spec, seed) => {
        const draws = fastDraws(spec, seed, 200);
        expect(draws.every((draw) => Number.isSafeInteger(draw) && draw >= 0)).toBe(true);
        if (spec.law === 'uniform') expect(draws.every((draw) => draw >= spec.low && draw <= spec.high)).toBe(true);
      }),
      { numRuns: 300, seed: 13 },
    );
  });
});
