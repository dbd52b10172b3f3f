// Our reader against the one of the language: same values from sound text, refusal of everything it refuses.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Problem } from './document.ts';
import { RESERVED_KEYS } from './limits.ts';
import { readJson } from './read-json.ts';

function read(text: string): { value: unknown; problems: Problem[] } {
  const problems: Problem[] = [];
  return { value: readJson(text, problems), problems };
}

function builtIn(text: string): { value: unknown } | 'refused' {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return 'refused';
  }
}

/** What ours refuses on purpose although it is JSON. */
const isOurOwnRule = (problem: Problem): boolean => ['key-twice', 'reserved-key', 'not-finite'].includes(problem.code);

/** Text that is nearly JSON: a sound text with a piece cut out, doubled or replaced. */
const nearlyJson = fc
  .tuple(
    fc.json({ maxDepth: 4 }),
    fc.nat(),
    fc.nat(6),
    fc.constantFrom('', '"', '\\', ',', '}', ']', '{', '[', ':', '0', '-', 'e', ' ', '\n', 't', '\u0001', '.5', '//'),
  )
  .map(([json, at, length, piece]) => {
    const from = at % (json.length + 1);
    return json.slice(0, from) + piece + json.slice(from + length);
  });

describe('reading JSON', () => {
  it('gives what JSON.parse gives, whatever the spacing', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), fc.nat(3), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        const { value: ours, problems } = read(text);
        if (problems.length > 0) expect(problems.every(isOurOwnRule)).toBe(true);
        else expect(ours).toEqual(JSON.parse(text));
      }),
    );
  });

  it('refuses what JSON.parse refuses, and gives a place for it', () => {
    fc.assert(
      fc.property(
        fc.oneof(nearlyJson, fc.string(), fc.string({ unit: fc.constantFrom(...'[]{},:"\\0123.eE+-truefalsn \n') })),
        (text) => {
          const expected = builtIn(text);
          const { value, problems } = read(text);
          if (expected === 'refused') {
            expect(problems).not.toEqual([]);
            expect(problems.at(-1)?.values?.line).toBeGreaterThan(0);
          } else if (problems.length > 0) expect(problems.every(isOurOwnRule)).toBe(true);
          else expect(value).toEqual(expected.value);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('gives line and column of the first character that is wrong', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('1', '"a"', 'true', '{}'), { minLength: 1 }),
        fc.constantFrom('\n', ' ', '\r\n', '\n\n'),
        (items, space) => {
          const before = `[${items.join(`,${space}`)},${space}`;
          const lines = before.split('\n');
          const [problem] = read(`${before}#`).problems;
          expect(problem?.values).toMatchObject({ line: lines.length, column: (lines.at(-1) as string).length + 1 });
        },
      ),
    );
  });

  it('never lets a key touch the prototype of an object', () => {
    fc.assert(
      fc.property(fc.constantFrom(...RESERVED_KEYS), fc.jsonValue(), (key, value) => {
        const { problems } = read(`{"outside": {${JSON.stringify(key)}: ${JSON.stringify(value)}}}`);
        expect(problems[0]).toMatchObject({ code: 'reserved-key', at: ['outside', key] });
        expect(Object.keys(Object.prototype)).toEqual([]);
      }),
    );
  });

  it('skips a byte order mark, which editors leave behind', () => {
    expect(read('\ufeff{"a": 1}')).toEqual({ value: { a: 1 }, problems: [] });
    expect(read('\ufeff{a}').problems[0]?.values).toMatchObject({ line: 1, column: 2 });
  });
});
