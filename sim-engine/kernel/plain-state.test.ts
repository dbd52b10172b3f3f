// The memory of actors: copied deep, compared by content, and refused when it is not plain.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clonePlain, isSamePlain } from './plain-state.ts';

describe('a copy of plain state', () => {
  it('says the same and shares nothing', () => {
    const state = {
      name: 'orders',
      empty: null,
      missing: undefined,
      flags: [true, [1, 2]],
      byKey: new Map([['a', { count: 1 }]]),
      seen: new Set([1, 2]),
      times: new Float64Array([1.5, 2.5]),
    };
    const copy = clonePlain(state);
    expect(copy).toEqual(state);
    (state.byKey.get('a') as { count: number }).count = 9;
    state.times[0] = 9;
    state.seen.add(3);
    (state.flags[1] as number[]).push(3);
    expect(copy.byKey.get('a')).toEqual({ count: 1 });
    expect([...copy.times]).toEqual([1.5, 2.5]);
    expect(copy.seen.size).toBe(2);
    expect(copy.flags[1]).toEqual([1, 2]);
  });

  it('of anything that is not plain is refused by name', () => {
    class Clock {}
    expect(() => clonePlain({ clock: new Clock() })).toThrow('state holds an object of a class');
    expect(() => clonePlain([() => 1])).toThrow('state holds a function');
    expect(() => clonePlain(new Map([['a', Symbol('a')]]))).toThrow('state holds a symbol');
  });

  it('keeps a field that is called like a prototype', () => {
    const tree: unknown = JSON.parse('{"__proto__": {"a": 1}, "b": 2}');
    expect(isSamePlain(clonePlain(tree), tree)).toBe(true);
    expect(Object.keys(clonePlain(tree) as object)).toEqual(['__proto__', 'b']);
  });

  it('of any tree of data equals it', () => {
    fc.assert(
      fc.property(fc.anything({ withMap: true, withSet: true, withTypedArray: true, withSparseArray: false }), (tree) => {
        expect(clonePlain(tree)).toEqual(tree);
      }),
    );
  });
});

describe('two trees of plain data', () => {
  it('say the same when their JSON, with sorted keys, is the same', () => {
    const sorted = (tree: unknown): string =>
      JSON.stringify(tree, (_, value: unknown) =>
        typeof value === 'object' && value !== null && !Array.isArray(value)
          ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
          : value,
      );
    const tree = fc.jsonValue({ maxDepth: 3, noUnicodeString: true } as fc.JsonSharedConstraints);
    fc.assert(
      fc.property(tree, tree, (a, b) => {
        expect(isSamePlain(a, clonePlain(a))).toBe(true);
        expect(isSamePlain(a, b)).toBe(sorted(a) === sorted(b));
      }),
    );
  });

  it('differ when one has an entry the other lacks, or a list where the other has none', () => {
    expect(isSamePlain({ a: 1 }, { a: 1, b: undefined })).toBe(false);
    expect(isSamePlain({ a: undefined }, { b: undefined })).toBe(false);
    expect(isSamePlain([], {})).toBe(false);
    expect(isSamePlain(null, {})).toBe(false);
    expect(isSamePlain(0, -0)).toBe(true);
  });
});
