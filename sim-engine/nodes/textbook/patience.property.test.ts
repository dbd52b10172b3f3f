// The heap of deadlines against a plain list: whatever is given, forgotten and taken, in any order, the first deadline is the least.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dueOf, firstDue, forgetPatience, givePatience, newPatience, takeFirst } from './patience.ts';

type Act = readonly ['give', obl: number, dueNs: number] | readonly ['forget', obl: number] | readonly ['take'];

const obl = fc.integer({ min: 1, max: 40 });
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(fc.constant('give' as const), obl, fc.integer({ min: 1, max: 30 })) },
  { weight: 3, arbitrary: fc.tuple(fc.constant('forget' as const), obl) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('take' as const)) },
);

describe('deadlines of a queue', () => {
  it('come in order of time, whatever was forgotten in between', () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 400 }), (acts) => {
        const patience = newPatience();
        const plain = new Map<number, number>();
        /** Taken off the heap: its deadline is known, but it is no head any more. */
        const taken = new Set<number>();
        for (const [what, of = 0, dueNs = 0] of acts) {
          if (what === 'give' && !plain.has(of)) {
            givePatience(patience, of, new Float64Array([dueNs]));
            plain.set(of, dueNs);
          } else if (what === 'forget') {
            forgetPatience(patience, of);
            plain.delete(of);
            taken.delete(of);
          } else if (what === 'take' && firstDue(patience) < Number.POSITIVE_INFINITY) {
            const first = takeFirst(patience);
            expect(plain.get(first)).toBe(leastOf(plain, taken));
            taken.add(first);
          }
          expect(firstDue(patience)).toBe(leastOf(plain, taken));
          expect(patience.live).toBe(plain.size);
          expect(dueOf(patience, of)).toBe(plain.get(of) ?? 0);
        }
      }),
    );
  });

  it('that are forgotten leave no room taken for long', () => {
    const patience = newPatience();
    for (let i = 1; i <= 100_000; i++) {
      givePatience(patience, (i % 7) + 1, new Float64Array([1e9 + i]));
      forgetPatience(patience, (i % 7) + 1);
    }
    expect(patience.heap.who.length).toBeLessThanOrEqual(128);
  });
});

function leastOf(plain: ReadonlyMap<number, number>, without: ReadonlySet<number>): number {
  let least = Number.POSITIVE_INFINITY;
  for (const [of, dueNs] of plain) if (!without.has(of) && dueNs < least) least = dueNs;
  return least;
}
