// The map of numbers against its plain twin, a Map.

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { clearNumbers, keysOf, lookUp, newNumberMap, putIn, takeFrom, valuesOf } from './number-map.ts';
import { clonePlain } from './plain-state.ts';

// Few of them close together and some far away, so that they want the same places.
const key = fc.oneof(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 0, max: 2 ** 45 }));
const steps = fc.array(
  fc.oneof(
    { weight: 12, arbitrary: fc.record({ do: fc.constantFrom('put' as const, 'take' as const), key }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('clear' as const, 'copy' as const), key }) },
  ),
  { maxLength: 300 },
);

it('a map of numbers holds what a Map holds, in the same order', () => {
  fc.assert(
    fc.property(steps, (story) => {
      let map = newNumberMap<string>();
      const twin = new Map<number, string>();
      for (const [at, { do: what, key }] of story.entries()) {
        if (what === 'put') {
          putIn(map, key, `value ${at}`);
          twin.set(key, `value ${at}`);
        } else if (what === 'take') {
          expect(takeFrom(map, key)).toBe(twin.get(key));
          twin.delete(key);
        } else if (what === 'copy') map = clonePlain(map);
        else {
          clearNumbers(map);
          twin.clear();
        }
        expect(lookUp(map, key)).toBe(twin.get(key));
        expect(map.size).toBe(twin.size);
        expect(keysOf(map)).toEqual([...twin.keys()]);
        expect(valuesOf(map)).toEqual([...twin.values()]);
      }
    }),
  );
});
