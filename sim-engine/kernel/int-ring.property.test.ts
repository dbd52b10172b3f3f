// The growing ring against its plain slow twin, an array.

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { clearRing, newRing, peekRing, pushRing, removeFromRing, shiftRing, unshiftRing } from './int-ring.ts';

// Few different numbers, so that the same one is in there more than once.
const item = fc.integer({ min: -5, max: 5 });
const steps = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ do: fc.constantFrom('push' as const, 'unshift' as const, 'remove' as const), item }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('shift' as const), item }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('clear' as const), item }) },
  ),
  { maxLength: 200 },
);

it('a ring holds what an array holds, in the same order', () => {
  fc.assert(
    fc.property(steps, (story) => {
      const ring = newRing(2);
      const twin: number[] = [];
      for (const step of story) {
        switch (step.do) {
          case 'push':
            pushRing(ring, step.item);
            twin.push(step.item);
            break;
          case 'unshift':
            unshiftRing(ring, step.item);
            twin.unshift(step.item);
            break;
          case 'remove': {
            const at = twin.indexOf(step.item);
            expect(removeFromRing(ring, step.item)).toBe(at >= 0);
            if (at >= 0) twin.splice(at, 1);
            break;
          }
          case 'shift':
            if (twin.length > 0) expect(shiftRing(ring)).toBe(twin.shift());
            break;
          case 'clear':
            clearRing(ring);
            twin.length = 0;
        }
        expect(ring.count).toBe(twin.length);
        expect(Array.from(twin, (_, at) => peekRing(ring, at))).toEqual(twin);
      }
    }),
  );
});
