// Law P23 of docs/semantics/patterns.md, and the window against a twin that is a plain list.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clonePlain } from '../kernel/plain-state.ts';
import { PlainDedupWindow } from '../testing/slow-twins/plain-guards.ts';
import { checkAndMark, type DedupWindow, forgetAll, isSeen, markSeen, newDedupWindow, seenCount } from './dedup-window.ts';

const step = fc.record({
  gapNs: fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: 0, max: 3 }) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 60 }) },
  ),
  op: fc.oneof(
    { weight: 60, arbitrary: fc.constantFrom('check', 'mark', 'both', 'both', 'both') },
    { weight: 1, arbitrary: fc.constant('forget') },
  ),
  sender: fc.integer({ min: 0, max: 2 }),
  number: fc.oneof(
    fc.integer({ min: 0, max: 40 }),
    fc.integer({ min: 0, max: 4 }).map((high) => high * 2 ** 32),
  ),
});

describe('a dedup window', () => {
  it('says what a plain list says, also after a copy', () => {
    let evicted = 0;
    fc.assert(
      fc.property(
        fc.record({
          ttlNs: fc.integer({ min: 0, max: 200 }),
          maxCount: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 40 })),
        }),
        fc.array(step, { minLength: 50, maxLength: 400 }),
        (spec, script) => {
          let window: DedupWindow = newDedupWindow();
          const twin = new PlainDedupWindow(spec.ttlNs, spec.maxCount);
          let nowNs = 1e15;
          for (const { gapNs, op, sender, number } of script) {
            nowNs += gapNs;
            const id = `${sender}/${number}`;
            if (op === 'forget') {
              forgetAll(window);
              twin.forgetAll();
            } else if (op === 'check') expect(isSeen(spec, window, nowNs, sender, number)).toBe(twin.isSeen(nowNs, id));
            else if (op === 'both') expect(checkAndMark(spec, window, nowNs, sender, number)).toBe(twin.checkAndMark(nowNs, id));
            else {
              markSeen(spec, window, nowNs, sender, number);
              twin.checkAndMark(nowNs, id);
            }
            expect(seenCount(spec, window, nowNs)).toBe(twin.count(nowNs));
            expect(window.evictedEarly).toBe(twin.evictedEarly);
            if (gapNs === 3) window = clonePlain(window);
          }
          evicted += window.evictedEarly;
        },
      ),
      { numRuns: 300, seed: 6 },
    );
    expect(evicted).toBeGreaterThan(1000);
  });

  it('P23: removes deliveries minus distinct ids, as long as no gap is longer than the time to live', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 600 }), (ids) => {
        const spec = { ttlNs: 600, maxCount: 0 };
        const window = newDedupWindow();
        let removed = 0;
        for (const [at, id] of ids.entries()) if (!checkAndMark(spec, window, at, 0, id)) removed++;
        expect(removed).toBe(ids.length - new Set(ids).size);
      }),
      { numRuns: 200, seed: 23 },
    );
  });
});
