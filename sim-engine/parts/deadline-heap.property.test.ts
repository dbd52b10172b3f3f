// The heap of deadlines against a plain list that is searched from end to end.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clonePlain } from '../kernel/plain-state.ts';
import { keepDeadlines, newDeadlineHeap, popDeadline, pushDeadline } from './deadline-heap.ts';

interface Deadline {
  readonly ns: number;
  readonly number: number;
}

/** Few times and many numbers, so that ties are common; now and then a time that no 32 bits hold. */
const deadline: fc.Arbitrary<Deadline> = fc.record({
  ns: fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 0, max: 20 }) }, { weight: 1, arbitrary: fc.maxSafeNat() }),
  number: fc.integer({ min: 0, max: 100 }),
});
const act = fc.oneof(
  { weight: 60, arbitrary: fc.record({ what: fc.constant('push' as const), deadline }) },
  { weight: 30, arbitrary: fc.record({ what: fc.constant('pop' as const), deadline }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('keep' as const), deadline }) },
);

const isBefore = (a: Deadline, b: Deadline): boolean => a.ns < b.ns || (a.ns === b.ns && a.number < b.number);
const earliest = (list: readonly Deadline[]): number =>
  list.reduce((best, one, at) => (isBefore(one, list[best] as Deadline) ? at : best), 0);

describe('a heap of deadlines', () => {
  it('gives the earliest first and of equal ones the lower number, whatever comes, goes and is dropped in between', () => {
    let most = 0;
    fc.assert(
      fc.property(fc.array(act, { maxLength: 500, size: 'max' }), (acts) => {
        let heap = newDeadlineHeap();
        let plain: Deadline[] = [];
        for (const [step, { what, deadline: due }] of acts.entries()) {
          const { ns, number } = due;
          if (what === 'push') {
            pushDeadline(heap, ns, number);
            plain.push({ ns, number });
          } else if (what === 'pop' && plain.length > 0) {
            popDeadline(heap);
            plain.splice(earliest(plain), 1);
          } else if (what === 'keep') {
            keepDeadlines(heap, (_ns, of) => of % 5 !== number % 5);
            plain = plain.filter((one) => one.number % 5 !== number % 5);
          }
          expect(heap.count).toBe(plain.length);
          if (plain.length > 0) expect({ ns: heap.dueNs[0], number: heap.who[0] }).toEqual(plain[earliest(plain)]);
          if (step % 40 === 0) heap = clonePlain(heap);
          most = Math.max(most, heap.count);
        }
      }),
      { numRuns: 100, seed: 1 },
    );
    // It has grown at least once.
    expect(most).toBeGreaterThan(64);
  });
});
