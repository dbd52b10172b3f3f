// Leases against their plain slow twin, sorted arrays: several lists in one table, each in order of deadline, those of one deadline in
// the order in which they were added.

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Arena } from '../kernel/arena.ts';
import { type LeaseList, Leases, newLeaseList } from './leases.ts';

interface Twin {
  readonly lease: number;
  readonly obl: number;
  readonly slot: number;
  readonly dueNs: number;
}

const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('add' as const),
      list: fc.nat({ max: 2 }),
      obl: fc.nat({ max: 2 ** 30 }),
      slot: fc.nat({ max: 1000 }),
      // Few different deadlines, so that many are the same; and far ones.
      dueNs: fc.oneof(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 2 ** 53 - 1 })),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('remove' as const), list: fc.nat({ max: 2 }), which: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('remove head' as const), list: fc.nat({ max: 2 }) }) },
);

function forwards(leases: Leases, list: LeaseList): readonly Twin[] {
  const found: Twin[] = [];
  for (let lease = list.head; lease !== 0; lease = leases.next[lease] as number) {
    found.push({
      lease,
      obl: leases.obl[lease] as number,
      slot: leases.slot[lease] as number,
      dueNs: leases.dueNs[lease] as number,
    });
  }
  return found;
}

function backwards(leases: Leases, list: LeaseList): readonly number[] {
  const found: number[] = [];
  for (let lease = list.tail; lease !== 0; lease = leases.previous[lease] as number) found.push(lease);
  return found;
}

it('a list of leases is a sorted array', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 150 }), (story) => {
      const leases = new Leases(new Arena());
      const lists = [newLeaseList(), newLeaseList(), newLeaseList()];
      const twins: Twin[][] = [[], [], []];
      for (const move of story) {
        const list = lists[move.list] as LeaseList;
        const twin = twins[move.list] as Twin[];
        if (move.do === 'add') {
          const lease = leases.add(list, move.obl, move.slot, Float64Array.of(move.dueNs));
          expect(twins.flat().some((other) => other.lease === lease)).toBe(false);
          const behind = twin.findLastIndex(({ dueNs }) => dueNs <= move.dueNs);
          twin.splice(behind + 1, 0, { lease, obl: move.obl, slot: move.slot, dueNs: move.dueNs });
        } else if (twin.length > 0) {
          const at = move.do === 'remove' ? move.which % twin.length : 0;
          leases.remove(list, (twin[at] as Twin).lease);
          twin.splice(at, 1);
        }
        expect(list.count).toBe(twin.length);
      }
      for (const [ix, list] of lists.entries()) {
        const twin = twins[ix] as Twin[];
        expect(forwards(leases, list)).toEqual(twin);
        expect(backwards(leases, list)).toEqual(twin.map(({ lease }) => lease).reverse());
      }
      expect(leases.live).toBe(twins.flat().length);
    }),
    { numRuns: 300 },
  );
});
