import fc from 'fast-check';
import { expect, it } from 'vitest';
import { aliasTable } from './key-law.ts';

const TWO_TO_32 = 4294967296n;

/** What a table gives each key, counted out in units of 2^-32 of a column. */
function sharesOf(weights: readonly number[]): bigint[] {
  const { thresholds, aliases } = aliasTable(weights);
  const shares = weights.map(() => 0n);
  for (let column = 0; column < weights.length; column++) {
    const own = BigInt(thresholds[column] as number);
    const alias = aliases[column] as number;
    shares[column] = (shares[column] as bigint) + own;
    shares[alias] = (shares[alias] as bigint) + TWO_TO_32 - own;
  }
  return shares;
}

it('an alias table gives every key its exact share, but for one unit in 2^32 of a column', () => {
  const weights = fc.array(fc.oneof(fc.integer({ min: 0, max: 1000 }), fc.constant(0)), { minLength: 1, maxLength: 300 });
  fc.assert(
    fc.property(weights, (list) => {
      fc.pre(list.some((weight) => weight > 0));
      const count = BigInt(list.length);
      const sum = BigInt(list.reduce((total, weight) => total + weight, 0));
      const shares = sharesOf(list);
      expect(shares.reduce((total, share) => total + share, 0n)).toBe(count * TWO_TO_32);
      const heaviest = list.indexOf(Math.max(...list));
      for (let key = 0; key < list.length; key++) {
        const exact = (BigInt(list[key] as number) * count * TWO_TO_32) / sum;
        const apart = (shares[key] as bigint) - exact;
        // The heaviest takes what cutting off left of all the others.
        expect(apart).toBeLessThanOrEqual(key === heaviest ? count : 1n);
        expect(apart).toBeGreaterThanOrEqual(key === heaviest ? -count : -1n);
        if (list[key] === 0) expect(shares[key]).toBe(0n);
      }
    }),
    { numRuns: 200, seed: 21 },
  );
});
