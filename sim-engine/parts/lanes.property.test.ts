// Law P38 of docs/semantics/patterns.md as far as the choice of a lane goes, and competing lanes against a plain search.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clonePlain } from '../kernel/plain-state.ts';
import { freeLane, laneHash, laneOfHash, newFreeLanes, takeFreeLane } from './lanes.ts';

describe('a lane by key', () => {
  it('P38: is the same for a key whenever it comes, and one of the lanes there are', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 10_000 }), (key, laneCount) => {
        const lane = laneOfHash(laneHash(key), laneCount);
        expect(lane).toBe([...Array(key.length).keys()].reduce((sum, i) => sum + key.charCodeAt(i), 0) % laneCount);
        expect(laneOfHash(laneHash(`${key}`), laneCount)).toBe(lane);
        expect(Number.isInteger(lane) && lane >= 0 && lane < laneCount).toBe(true);
      }),
      { numRuns: 1000, seed: 38 },
    );
  });
});

describe('competing lanes', () => {
  it('give what a search for the earliest and lowest finds', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.array(fc.record({ isTake: fc.boolean(), gapNs: fc.integer({ min: 0, max: 2 }), pick: fc.nat({ max: 1000 }) }), {
          maxLength: 200,
        }),
        (laneCount, script) => {
          let lanes = newFreeLanes(laneCount);
          const since = new Map<number, number>([...Array(laneCount).keys()].map((lane) => [lane, -1]));
          const taken: number[] = [];
          let nowNs = 0;
          for (const { isTake, gapNs, pick } of script) {
            nowNs += gapNs;
            if (isTake) {
              const [best] = [...since].sort(([lane, ns], [other, otherNs]) => ns - otherNs || lane - other);
              expect(takeFreeLane(lanes)).toBe(best?.[0] ?? -1);
              if (best === undefined) continue;
              since.delete(best[0]);
              taken.push(best[0]);
            } else if (taken.length > 0) {
              const [lane] = taken.splice(pick % taken.length, 1) as [number];
              freeLane(lanes, lane, nowNs);
              since.set(lane, nowNs);
            }
            if (pick % 20 === 0) lanes = clonePlain(lanes);
          }
        },
      ),
      { numRuns: 500, seed: 40 },
    );
  });
});
