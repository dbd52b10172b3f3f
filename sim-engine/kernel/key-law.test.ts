import { describe, expect, it } from 'vitest';
import { chiSquareDeviations } from '../testing/slow-twins/statistics.ts';
import { Arena } from './arena.ts';
import { KeyLaw, type KeyLawSpec } from './key-law.ts';
import { Streams } from './rng.ts';

const DRAWS = 500_000;

function counts(spec: KeyLawSpec, keys: number): number[] {
  const streams = new Streams(new Arena());
  const law = new KeyLaw(spec, streams, streams.open(2026, 'keys'));
  const counted = new Array<number>(keys).fill(0);
  for (let i = 0; i < DRAWS; i++) {
    const key = law.draw();
    counted[key] = (counted[key] as number) + 1;
  }
  expect(counted).toHaveLength(keys);
  return counted;
}

function expectFit(spec: KeyLawSpec, weights: readonly number[]): void {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const expected = weights.map((weight) => (weight / sum) * DRAWS);
  expect(Math.abs(chiSquareDeviations(counts(spec, weights.length), expected))).toBeLessThan(4);
}

describe('laws of keys', () => {
  it('a uniform law gives every key as often', () => {
    expect(counts({ law: 'uniform', keys: 1 }, 1)).toEqual([DRAWS]);
    expectFit({ law: 'uniform', keys: 1000 }, new Array<number>(1000).fill(1));
  });

  it('a Zipf law gives key k as often as a power of its rank says', () => {
    const weights = (exponent: number) => Array.from({ length: 500 }, (_, key) => (key + 1) ** -exponent);
    expectFit({ law: 'zipf', keys: 500, exponent: 1 }, weights(1));
    expectFit({ law: 'zipf', keys: 500, exponent: 0.7 }, weights(0.7));
    expectFit({ law: 'zipf', keys: 500, exponent: 0 }, weights(0));
  });

  it('a weighted law gives each key its share, and a key of weight 0 never', () => {
    expectFit({ law: 'weighted', weights: [3, 7] }, [3, 7]);
    const withZeros = counts({ law: 'weighted', weights: [0, 1, 0, 2, 0] }, 5);
    expect([withZeros[0], withZeros[2], withZeros[4]]).toEqual([0, 0, 0]);
  });

  it('a million keys are prepared and drawn from', () => {
    const counted = counts({ law: 'zipf', keys: 1_000_000, exponent: 1 }, 1_000_000);
    // The first of them has 1 / H(1,000,000) = 6.948 % of all draws.
    expect(Math.abs((counted[0] as number) / DRAWS - 0.06948)).toBeLessThan(4 * Math.sqrt((0.0695 * 0.93) / DRAWS));
  });

  it('a law of keys that makes no sense is a bug of its caller', () => {
    const make = (spec: KeyLawSpec) => () => counts(spec, 1);
    expect(make({ law: 'uniform', keys: 0 })).toThrow('whole number');
    expect(make({ law: 'uniform', keys: 1.5 })).toThrow('whole number');
    expect(make({ law: 'uniform', keys: 2 ** 22 })).toThrow('whole number');
    expect(make({ law: 'weighted', weights: [] })).toThrow('whole number');
    expect(make({ law: 'weighted', weights: [0, 0] })).toThrow('above 0');
    expect(make({ law: 'weighted', weights: [1, -1] })).toThrow('at least 0');
    expect(make({ law: 'weighted', weights: [1, NaN] })).toThrow('at least 0');
    expect(make({ law: 'zipf', keys: 10, exponent: -1 })).toThrow('exponent');
  });
});
