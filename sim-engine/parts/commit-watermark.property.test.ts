// Law P42 of docs/semantics/patterns.md: the watermark against a set of all offsets that are done.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clonePlain } from '../kernel/plain-state.ts';
import { fetchOffsets, markDone, newCommitWatermark, rewindToCommitted } from './commit-watermark.ts';

const step = fc.record({
  op: fc.oneof(
    { weight: 30, arbitrary: fc.constantFrom('fetch', 'done', 'done', 'done') },
    { weight: 1, arbitrary: fc.constant('crash') },
  ),
  count: fc.integer({ min: 1, max: 90 }),
  pick: fc.double({ min: 0, max: 0.999, noNaN: true }),
});

describe('the commit watermark', () => {
  it('P42: is the lowest offset that is not done, and never goes back', () => {
    let grown = 0;
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 40 }), fc.array(step, { maxLength: 150 }), (first, script) => {
        let mark = newCommitWatermark(first);
        const done = new Set<number>();
        let next = first;
        for (const { op, count, pick } of script) {
          const before = mark.committed;
          if (op === 'fetch') {
            expect(fetchOffsets(mark, count)).toBe(next);
            next += count;
          } else if (op === 'crash') {
            rewindToCommitted(mark);
            next = mark.committed;
            for (const offset of done) if (offset >= next) done.delete(offset);
          } else if (next > first) {
            // Around a place, so that runs come together.
            const from = Math.max(first, before - 3) + Math.floor(pick * (next - Math.max(first, before - 3)));
            for (let offset = from; offset < Math.min(next, from + count); offset++) {
              expect(markDone(mark, offset)).toBe(!done.has(offset));
              done.add(offset);
            }
          }
          let lowest = before;
          while (done.has(lowest)) lowest++;
          expect([mark.committed, mark.next]).toEqual([lowest, next]);
          if (count === 7) mark = clonePlain(mark);
        }
        if (mark.done.length > 4) grown++;
      }),
      { numRuns: 500, seed: 42 },
    );
    expect(grown).toBeGreaterThan(50);
  });
});
