// A set kept as ranges against its plain slow twin, a Set; and that the ranges are as few as they can be.

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { addToRanges, isInRanges, newRangeSet, removeFromRanges } from './range-set.ts';

it('a set of ranges holds what a set holds, in the fewest ranges', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -60, max: 60 }), { maxLength: 150 }), (numbers) => {
      const ranges = newRangeSet();
      const twin = new Set<number>();
      // A number below zero takes its opposite out.
      for (const number of numbers) {
        if (number <= 0) expect(removeFromRanges(ranges, -number)).toBe(twin.delete(-number));
        else {
          expect(addToRanges(ranges, number)).toBe(!twin.has(number));
          twin.add(number);
        }
      }
      for (let number = 0; number <= 62; number++) expect(isInRanges(ranges, number)).toBe(twin.has(number));
      const begins = [...twin].filter((number) => !twin.has(number - 1)).sort((a, b) => a - b);
      const ends = [...twin].filter((number) => !twin.has(number + 1)).sort((a, b) => a - b);
      expect(ranges).toEqual({ starts: begins, ends });
    }),
  );
});

it('what comes in order stays one range', () => {
  const ranges = newRangeSet();
  for (let number = 1; number <= 100_000; number++) addToRanges(ranges, number);
  expect(ranges).toEqual({ starts: [1], ends: [100_000] });
});
