// Copies of plain state against the host's own: equal, and nothing shared.

import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clonePlain, isSamePlain } from './plain-state.ts';

const leaf = fc.oneof(fc.integer(), fc.double(), fc.string(), fc.boolean(), fc.constant(null), fc.constant(undefined));
const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.array(tie('tree'), { maxLength: 5 }),
    fc.dictionary(fc.string({ maxLength: 5 }), tie('tree'), { maxKeys: 5 }),
    fc.array(fc.tuple(fc.integer(), tie('tree')), { maxLength: 4 }).map((entries) => new Map(entries)),
    fc.uniqueArray(fc.integer(), { maxLength: 5 }).map((numbers) => new Set(numbers)),
    fc.float64Array({ maxLength: 6 }),
    fc.int32Array({ maxLength: 6 }),
  ),
}));
/** What parameters are made of. */
const { json } = fc.letrec<{ json: unknown }>((tie) => ({
  json: fc.oneof(
    { depthSize: 'small' },
    fc.integer({ min: 0, max: 2 }),
    fc.constantFrom('a', 'b', true, false, null),
    fc.array(tie('json'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('json'), { maxKeys: 3, noNullPrototype: true }),
  ),
}));

/** Every object that a tree is made of. */
function objectsIn(value: unknown, found = new Set<object>()): Set<object> {
  if (typeof value !== 'object' || value === null || found.has(value)) return found;
  found.add(value);
  if (ArrayBuffer.isView(value)) found.add(value.buffer);
  else if (value instanceof Map || value instanceof Set) for (const held of value) objectsIn(held, found);
  else for (const held of Object.values(value)) objectsIn(held, found);
  return found;
}

describe('a copy', () => {
  it('is what the host copies, and shares nothing with it', () => {
    fc.assert(
      fc.property(tree, (value) => {
        const copy = clonePlain(value);
        expect(isDeepStrictEqual(copy, structuredClone(value))).toBe(true);
        for (const object of objectsIn(copy)) expect(objectsIn(value).has(object)).toBe(false);
      }),
      { numRuns: 500 },
    );
  });
});

describe('being the same', () => {
  it('of parameters is what the host says', () => {
    fc.assert(
      fc.property(json, json, (a, b) => {
        expect(isSamePlain(a, b)).toBe(isDeepStrictEqual(a, b));
        expect(isSamePlain(a, structuredClone(a))).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});
