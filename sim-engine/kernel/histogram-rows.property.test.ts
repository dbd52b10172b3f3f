// Rows of histograms in one block against their plain slow twin, a list of numbers per row.

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Arena } from './arena.ts';
import { bucketOf, HISTOGRAM_BUCKETS } from './histogram.ts';
import { HistogramRows } from './histogram-rows.ts';

const length = fc
  .tuple(fc.integer({ min: 0, max: 52 }), fc.nat())
  .map(([octave, rest]) => Math.floor(2 ** octave) + (rest % 2 ** Math.min(octave, 30)));
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('row' as const) }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('count' as const), row: fc.nat(), also: fc.nat(), length }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('copy' as const, 'put back' as const) }) },
);

function countsOf(values: readonly number[]): Uint32Array {
  const counts = new Uint32Array(HISTOGRAM_BUCKETS);
  for (const value of values) counts[bucketOf(value)] = (counts[bucketOf(value)] as number) + 1;
  return counts;
}

it('every row holds what was counted in it, however many there are', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 20, maxLength: 120 }), (story) => {
      const arena = new Arena();
      const rows = new HistogramRows(arena);
      let twin: number[][] = [];
      let copy = { arena: arena.save(), twin: structuredClone(twin) };
      for (const move of story) {
        if (move.do === 'row') {
          expect(rows.alloc()).toBe(twin.length + 1);
          twin.push([]);
        } else if (move.do === 'count') {
          if (twin.length === 0) continue;
          const [row, also] = [move.row % twin.length, move.also % twin.length];
          rows.record(row + 1, also + 1, Float64Array.of(move.length));
          twin[row]?.push(move.length);
          twin[also]?.push(move.length);
        } else if (move.do === 'copy') copy = { arena: arena.save(), twin: structuredClone(twin) };
        else {
          arena.load(copy.arena);
          twin = structuredClone(copy.twin);
        }
      }
      for (const [ix, values] of twin.entries()) {
        const from = rows.offset(ix + 1);
        expect(rows.counts.subarray(from, from + HISTOGRAM_BUCKETS)).toEqual(countsOf(values));
      }
      // A row that is begun after a return is empty, whatever stood there before.
      const fresh = rows.offset(rows.alloc());
      expect(rows.counts.subarray(fresh, fresh + HISTOGRAM_BUCKETS).every((count) => count === 0)).toBe(true);
    }),
    { numRuns: 60 },
  );
});
