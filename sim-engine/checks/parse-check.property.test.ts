// Laws of the text of checks: every check reads its own print as itself, and no text at all makes the parser throw.

import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Check, Clause, Comparison, Condition, Expression, Literal, NumberLiteral, Op, Test, Unit } from './check.ts';
import { UNITS, WINDOW_NS_MAX, WINDOW_NS_MIN } from './check.ts';
import { parseCheck } from './parse-check.ts';
import { printCheck } from './print-check.ts';
import type { MeasureRef } from './readings.ts';

const ops = fc.constantFrom<Op>('==', '!=', '<', '<=', '>', '>=');
const times = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
const windows = fc.integer({ min: WINDOW_NS_MIN, max: WINDOW_NS_MAX });
const numbers: fc.Arbitrary<NumberLiteral> = fc.record({
  kind: fc.constant('number' as const),
  value: fc.oneof(
    fc.nat(1000),
    fc.double({ min: 0, max: 9e299, noNaN: true }).map((value) => value + 0),
  ),
  unit: fc.constantFrom<Unit>('', ...(UNITS as readonly Unit[])),
});
/** Words that mean something elsewhere in the grammar are names like any other, but for the three that join. */
const names = fc.oneof(
  fc.constantFrom(
    'lost',
    'publish.lost',
    'in_flight',
    'slope',
    'rate',
    'p99',
    'end',
    'hold',
    'over_',
    'android',
    'did',
    'e5',
    '_',
  ),
  fc.stringMatching(/^[A-Za-z_]\w{0,11}(?:\.[A-Za-z_]\w{0,5})?$/).filter((name) => !/^(?:and|in|over)(?:\.|$)/.test(name)),
);
const texts = fc.oneof(
  fc.constantFrom('orders', 'email-1', 'not-B', 'other keys', '0.99', '3', '', '"', '\\', 'a=b', ' x '),
  fc.string(),
);
const measures: fc.Arbitrary<MeasureRef> = fc.record({
  name: names,
  labels: fc
    .uniqueArray(fc.tuple(fc.oneof(fc.constantFrom('node', 'topic', '__proto__'), fc.stringMatching(/^[a-z_]\w{0,7}$/)), texts), {
      selector: ([label]) => label,
      maxLength: 3,
    })
    .map((labels) => Object.fromEntries(labels.filter(([label]) => label !== 'quantile'))),
});

const { expression } = fc.letrec<{ expression: Expression }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    numbers,
    measures.map((ref) => ({ kind: 'measure' as const, ref })),
    fc.record({ kind: fc.constant('rate' as const), of: measures, windowNs: windows }),
    fc.record({
      kind: fc.constant('quantile' as const),
      share: fc.integer({ min: 1, max: 1_000_000 }).map((parts) => Number(`${parts}e-6`)),
      of: measures,
      windowNs: windows,
    }),
    fc.record({ kind: fc.constant('slope' as const), of: tie('expression'), windowNs: windows }),
    fc.record({ kind: fc.constant('negative' as const), of: tie('expression') }),
    fc.record({
      kind: fc.constant('binary' as const),
      op: fc.constantFrom<'+' | '-' | '*' | '/'>('+', '-', '*', '/'),
      left: tie('expression'),
      right: tie('expression'),
    }),
  ),
}));

/** A range of two plain numbers must not be empty: the parser refuses it. */
const isNotEmpty = (low: Expression, high: Expression): boolean => low.kind !== 'number' || high.kind !== 'number';
const comparisons: fc.Arbitrary<Comparison> = fc.oneof(
  fc.record({
    kind: fc.constant('chain' as const),
    first: expression,
    rest: fc.array(fc.record({ op: ops, right: expression }), { minLength: 1, maxLength: 3 }),
  }),
  fc
    .record({ kind: fc.constant('range' as const), of: expression, low: expression, high: expression })
    .filter(({ low, high }) => isNotEmpty(low, high)),
);
const words: fc.Arbitrary<Literal> = texts.map((text) => ({ kind: 'word', text }));
const plain = (value: number): NumberLiteral => ({ kind: 'number', value, unit: '' });
const countTests: fc.Arbitrary<Test> = fc.oneof(
  fc.record({ op: ops, value: numbers }),
  fc.tuple(fc.nat(9), fc.nat(9)).map(([low, more]) => ({ op: 'in' as const, low: plain(low), high: plain(low + more) })),
);
const knobTests: fc.Arbitrary<Test> = fc.oneof(countTests, fc.record({ op: fc.constantFrom<Op>('==', '!='), value: words }));
const actions = fc.stringMatching(/^[a-z]{1,8}(?:-[a-z]{1,5})?$/).filter((action) => action !== 'in');

const leaves: fc.Arbitrary<Condition> = fc.oneof(
  fc.record({ kind: fc.constant('all' as const), of: fc.array(comparisons, { minLength: 1, maxLength: 3 }) }),
  fc.record(
    { kind: fc.constant('did' as const), action: actions, argument: texts, test: countTests },
    { requiredKeys: ['kind', 'action', 'test'] },
  ),
  fc.record({
    kind: fc.constant('knob' as const),
    node: fc.stringMatching(/^[a-z0-9-]{1,12}$/),
    field: fc.stringMatching(/^[A-Za-z]\w{0,11}$/),
    test: knobTests,
  }),
  fc.record({
    kind: fc.constant('uses' as const),
    kinds: fc.array(fc.constantFrom('queue', 'topic', 'dead-letter-queue', 'service'), { minLength: 1, maxLength: 3 }),
  }),
);
const held: fc.Arbitrary<Condition> = fc.record({ kind: fc.constant('hold' as const), lastsNs: times, condition: leaves });
const conditions: fc.Arbitrary<Condition> = fc.oneof(leaves, held);
const clauses: fc.Arbitrary<Clause> = fc.oneof(
  fc.record({ form: fc.constant('within' as const), limitNs: times, condition: conditions }),
  fc.record({ form: fc.constant('always' as const), condition: leaves }),
  fc.record({ form: fc.constantFrom('never' as const, 'end' as const, 'event' as const), condition: conditions }),
);

it('a check read from its own print is the same check', () => {
  fc.assert(
    fc.property(fc.array(clauses, { minLength: 1, maxLength: 4 }), (wanted) => {
      const text = printCheck({ clauses: wanted });
      fc.pre(text.length <= 2000);
      const parsed = parseCheck(text);
      expect(parsed.ok ? parsed.value.clauses : parsed.problems).toEqual(wanted);
    }),
    { numRuns: 1500 },
  );
});

it('no text makes the parser throw, every problem has a column inside the text, and what is read has one spelling', () => {
  const pieces = fc.constantFrom(
    ...[
      'within',
      '5s',
      ':',
      'hold',
      'end:',
      'always:',
      'never:',
      'event:',
      'did:',
      'knob:',
      'uses:',
      'and',
      'in',
      '..',
      '(',
      ')',
    ],
    ...[
      '{',
      '}',
      ',',
      '=',
      '==',
      '<=',
      '+',
      '-',
      '*',
      '/',
      '->',
      'p99(',
      'rate(',
      'slope(',
      'over',
      'lost',
      'a.b',
      '3',
      '0.99',
      '"x"',
      '%',
    ],
  );
  const anything = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.array(pieces, { maxLength: 15 }).map((found) => found.join(' ')),
    fc.array(pieces, { maxLength: 15 }).map((found) => found.join('')),
    // A check with one piece taken out or put in: nearly right is what people write.
    fc
      .tuple(fc.array(clauses, { minLength: 1, maxLength: 2 }), fc.nat(200), fc.nat(3), pieces)
      .map(([wanted, place, gone, piece]) => {
        const text = printCheck({ clauses: wanted });
        return text.slice(0, place) + piece + text.slice(place + gone);
      }),
  );
  fc.assert(
    fc.property(anything, (text) => {
      const parsed = parseCheck(text);
      if (!parsed.ok) {
        expect(parsed.problems).toHaveLength(1);
        const column = parsed.problems[0]?.at[1] as number;
        expect(column).toBeGreaterThanOrEqual(1);
        expect(column).toBeLessThanOrEqual(text.length + 1);
        return;
      }
      const printed = printCheck(parsed.value);
      fc.pre(printed.length <= 2000);
      const again = parseCheck(printed) as { readonly value: Check };
      expect(again.value.clauses).toEqual(parsed.value.clauses);
    }),
    { numRuns: 4000 },
  );
});
