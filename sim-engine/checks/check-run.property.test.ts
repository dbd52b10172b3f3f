// The judge against a plain slow twin: the twin has the whole recording before it and says each form by its definition, with
// "there is a moment" and "for all moments", while the judge sees one moment at a time and remembers windows.

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { bucketOf, lowerBound, upperBound } from '../kernel/histogram.ts';
import { judge, type Recording } from '../testing/checks-fixtures.ts';
import { WINDOWS_MAX } from './bind-check.ts';
import { type Clause, type Comparison, type Condition, type Expression, inBaseUnits, type Op } from './check.ts';
import { printCheck } from './print-check.ts';
import type { MeasureRef } from './readings.ts';

const GRID_MS = 100;
const MS = 1_000_000;

// ------------------------------------------------------------------ the twin

interface Past {
  readonly recording: Recording;
  /** When it is looked, in ms: the grid and the end. */
  readonly timesMs: readonly number[];
}
type Truth = boolean | null;

/** The value of an expression at moment `i`, from the whole recording. */
function value(past: Past, expression: Expression, i: number): number {
  const { timesMs } = past;
  const now = timesMs[i] as number;
  switch (expression.kind) {
    case 'number':
      return inBaseUnits(expression);
    case 'negative':
      return -value(past, expression.of, i);
    case 'binary': {
      const left = value(past, expression.left, i);
      const right = value(past, expression.right, i);
      return { '+': left + right, '-': left - right, '*': left * right, '/': left / right }[expression.op];
    }
    case 'measure':
      if (expression.ref.name === 'goodput') return rate(past, 'goodput', 10_000, i);
      return (past.recording.levels?.[expression.ref.name]?.[i] ?? past.recording.totals?.[expression.ref.name]?.[i]) as number;
    case 'rate':
      return rate(past, expression.of.name, expression.windowNs / MS, i);
    case 'slope': {
      const windowMs = expression.windowNs / MS;
      if (now < windowMs) return Number.NaN;
      const points = timesMs.flatMap((time, j) =>
        j <= i && time >= now - windowMs ? [[time, value(past, expression.of, j)] as const] : [],
      );
      return slope(points);
    }
    case 'quantile': {
      const beginMs = Math.max(0, Math.floor((now - expression.windowNs / MS) / 1000) * 1000);
      const seen = (past.recording.latencies ?? []).flatMap((latencies, j) =>
        j <= i && (timesMs[j] as number) > beginMs ? latencies : [],
      );
      if (seen.length === 0) return Number.NaN;
      const rank = Math.ceil(expression.share * seen.length - 1e-9);
      const bucket = bucketOf(seen.toSorted((a, b) => a - b)[rank - 1] as number);
      return (lowerBound(bucket) + upperBound(bucket)) / 2 / 1e9;
    }
  }
}

function rate({ recording, timesMs }: Past, name: string, windowMs: number, i: number): number {
  const now = timesMs[i] as number;
  const from = timesMs.findIndex((time) => time >= now - windowMs);
  const total = recording.totals?.[name] as readonly number[];
  if (now < 1000) return Number.NaN;
  return (((total[i] as number) - (total[from] as number)) * 1000) / (now - (timesMs[from] as number));
}

/** The textbook formula in sums of products, exact for whole numbers. */
function slope(points: readonly (readonly [number, number])[]): number {
  const n = points.length;
  const sum = (of: (x: number, y: number) => number): number => points.reduce((all, [x, y]) => all + of(x, y), 0);
  const [x, y, xy, xx] = [sum((x) => x), sum((_, y) => y), sum((x, y) => x * y), sum((x) => x * x)] as [
    number,
    number,
    number,
    number,
  ];
  return ((n * xy - x * y) / (n * xx - x * x)) * 1000;
}

function pair(left: number, op: Op, right: number): Truth {
  if (!Number.isFinite(left) || !Number.isFinite(right)) return null;
  return {
    '==': left === right,
    '!=': left !== right,
    '<': left < right,
    '<=': left <= right,
    '>': left > right,
    '>=': left >= right,
  }[op];
}

const all = (truths: readonly Truth[]): Truth => (truths.includes(false) ? false : truths.includes(null) ? null : true);

function compared(past: Past, comparison: Comparison, i: number): Truth {
  if (comparison.kind === 'range') {
    const [of, low, high] = [comparison.of, comparison.low, comparison.high].map((part) => value(past, part, i));
    return all([pair(low as number, '<=', of as number), pair(of as number, '<=', high as number)]);
  }
  const values = [comparison.first, ...comparison.rest.map((link) => link.right)].map((part) => value(past, part, i));
  return all(comparison.rest.map(({ op }, k) => pair(values[k] as number, op, values[k + 1] as number)));
}

function truth(past: Past, condition: Condition, i: number): Truth {
  if (condition.kind === 'all') return all(condition.of.map((comparison) => compared(past, comparison, i)));
  if (condition.kind !== 'hold') throw new Error(condition.kind);
  const now = truth(past, condition.condition, i);
  if (now !== true) return now;
  const lastsMs = condition.lastsNs / MS;
  return past.timesMs.some(
    (from, j) =>
      j <= i &&
      (past.timesMs[i] as number) - from >= lastsMs &&
      past.timesMs.slice(j, i + 1).every((_, k) => truth(past, condition.condition, j + k) === true),
  );
}

/** Whether a clause holds and when that is certain, in ms; null = the run ended before what it waited for. */
function judged(past: Past, clause: Clause): { held: boolean; atMs: number | null } {
  const truths = past.timesMs.map((_, i) => truth(past, clause.condition, i));
  const endMs = past.timesMs.at(-1) as number;
  const firstOf = (wanted: boolean): number | undefined => past.timesMs[truths.indexOf(wanted)];
  switch (clause.form) {
    case 'end':
      return { held: truths.at(-1) === true, atMs: endMs };
    case 'event': {
      const at = firstOf(true);
      return { held: at !== undefined, atMs: at ?? null };
    }
    case 'within': {
      const limitMs = clause.limitNs / MS;
      const at = firstOf(true);
      if (at !== undefined && at <= limitMs) return { held: true, atMs: at };
      return { held: false, atMs: limitMs <= endMs ? limitMs : null };
    }
    case 'always':
    case 'never': {
      const broken = firstOf(clause.form === 'never');
      if (broken !== undefined) return { held: false, atMs: broken };
      const isKnown = truths.some((one) => one !== null);
      return { held: isKnown, atMs: isKnown ? endMs : null };
    }
  }
}

// ------------------------------------------------------------------ what they are asked

const number = (numbers: fc.Arbitrary<number>): fc.Arbitrary<Expression> => numbers.map(plain);
const plain = (found: number): Expression => ({ kind: 'number', value: found, unit: '' });
const ref = (name: string): MeasureRef => ({ name, labels: {} });
const windows = fc.constantFrom(1000, 1500, 2000, 2250, 3000).map((ms) => ms * MS);

const levels: fc.Arbitrary<Expression> = fc
  .constantFrom('x', 'y', 'gaps', 'sent')
  .map((name) => ({ kind: 'measure', ref: ref(name) }));
const exact: fc.Arbitrary<Expression> = fc.oneof(
  levels,
  number(fc.nat(4)),
  fc.record({
    kind: fc.constant('binary' as const),
    op: fc.constantFrom<'+' | '-' | '*' | '/'>('+', '-', '*', '/'),
    left: levels,
    right: levels,
  }),
  levels.map((of) => ({ kind: 'negative' as const, of })),
);
const rates: fc.Arbitrary<Expression> = fc.oneof(
  fc.constant<Expression>({ kind: 'measure', ref: ref('goodput') }),
  fc.record({ kind: fc.constant('rate' as const), of: fc.constantFrom(ref('sent'), ref('goodput')), windowNs: windows }),
);
/** What the two round differently. */
const rounded: fc.Arbitrary<Expression> = fc.oneof(
  fc.record({ kind: fc.constant('slope' as const), of: fc.oneof(levels, rates), windowNs: windows }),
  fc.record({
    kind: fc.constant('quantile' as const),
    share: fc.constantFrom(0.07, 0.5, 0.9, 0.99, 1),
    of: fc.constant(ref('message_latency_seconds')),
    windowNs: windows,
  }),
);
const ops = fc.constantFrom<Op>('==', '!=', '<', '<=', '>', '>=');
/** Numbers that nothing rounded can hit. */
const crooked = number(
  fc.oneof(
    fc.integer({ min: 0, max: 8 }).map((found) => found + 0.123457),
    fc.integer({ min: 1, max: 9 }).map((found) => found / 100 + 0.000123),
  ),
);
const comparisons: fc.Arbitrary<Comparison> = fc.oneof(
  fc.record({
    kind: fc.constant('chain' as const),
    first: fc.oneof(exact, rates),
    rest: fc.array(fc.record({ op: ops, right: exact }), { minLength: 1, maxLength: 2 }),
  }),
  fc.record({
    kind: fc.constant('chain' as const),
    first: rounded,
    rest: fc.tuple(fc.record({ op: fc.constantFrom<Op>('<', '>='), right: crooked })),
  }),
  fc.record({ kind: fc.constant('range' as const), of: fc.oneof(levels, rates), low: crooked, high: levels }),
  fc.record({ kind: fc.constant('range' as const), of: rounded, low: fc.constant(plain(0.01)), high: crooked }),
);
const times = fc.constantFrom(100, 300, 1000, 1250, 2000, 4500, 9000).map((ms) => ms * MS);
const compares: fc.Arbitrary<Condition> = fc.record({
  kind: fc.constant('all' as const),
  of: fc.array(comparisons, { minLength: 1, maxLength: 2 }),
});
const holds: fc.Arbitrary<Condition> = fc.record({ kind: fc.constant('hold' as const), lastsNs: times, condition: compares });
const conditions = fc.oneof(compares, holds);
const clauses: fc.Arbitrary<Clause> = fc.oneof(
  fc.record({ form: fc.constant('within' as const), limitNs: times, condition: conditions }),
  fc.record({ form: fc.constant('always' as const), condition: compares }),
  fc.record({ form: fc.constantFrom('never' as const, 'end' as const, 'event' as const), condition: conditions }),
);

/** Heights stay for a while, so that holds and slopes have something to see. */
const heights = (ofOne: fc.Arbitrary<number>): fc.Arbitrary<readonly number[]> =>
  fc
    .array(fc.tuple(ofOne, fc.integer({ min: 1, max: 30 })), { minLength: 1, maxLength: 8 })
    .map((runs) => Array.from({ length: 70 }, (_, i) => pick(runs, i)));
function pick(runs: readonly (readonly [number, number])[], i: number): number {
  let left = i;
  for (const [height, lasts] of runs) {
    if (left < lasts) return height;
    left -= lasts;
  }
  return (runs.at(-1) as readonly [number, number])[0];
}
const totals = heights(fc.nat(4)).map((growth) =>
  growth.map((_, i) => growth.slice(0, i + 1).reduce((sum, one) => sum + one, 0)),
);
const recordings: fc.Arbitrary<Recording> = fc.record({
  levels: fc.record({ x: heights(fc.nat(4)), y: heights(fc.nat(4)), gaps: heights(fc.constantFrom(Number.NaN, 0, 1, 2)) }),
  totals: fc.record({ sent: totals, goodput: totals }),
  latencies: fc.array(fc.array(fc.integer({ min: 0, max: 90 * MS }), { maxLength: 2 }), { minLength: 70, maxLength: 70 }),
});

it('one clause is judged as by its definition', () => {
  const outcomes = new Set<string>();
  fc.assert(
    fc.property(recordings, clauses, fc.integer({ min: 0, max: 6500 }), (recording, clause, untilMs) => {
      const timesMs = Array.from({ length: Math.floor(untilMs / GRID_MS) + 1 }, (_, i) => i * GRID_MS);
      if (untilMs % GRID_MS !== 0) timesMs.push(untilMs);
      const wanted = judged({ recording, timesMs }, clause);
      const found = judge(printCheck({ clauses: [clause] }), recording, untilMs);
      expect({ held: found.held, atMs: found.atNs === null ? null : found.atNs / MS }).toEqual(wanted);
      // What was certain on the way is what came out.
      for (const verdict of found.verdicts) if (verdict !== 'open') expect(verdict === 'holds').toBe(found.held);
      expect(found.sentence).not.toMatch(/check\.|\{|NaN|undefined/);
      outcomes.add(`${clause.form} ${clause.condition.kind} ${found.held}`);
    }),
    { numRuns: 1500 },
  );
  // Every form was seen both to hold and to fail, with and without a hold inside (always takes none): else the law says
  // nothing about it.
  expect(outcomes.size).toBe((5 + 4) * 2);
});

it('several clauses hold if each of them does', () => {
  fc.assert(
    fc.property(
      recordings,
      fc.array(clauses, { minLength: 2, maxLength: 3 }),
      fc.integer({ min: 0, max: 60 }),
      (recording, list, count) => {
        // Of each clause alone there are few enough.
        fc.pre((JSON.stringify(list).match(/"windowNs"/g) ?? []).length <= WINDOWS_MAX);
        const judgements = list.map((clause) => judge(printCheck({ clauses: [clause] }), recording, count * GRID_MS));
        const together = judge(printCheck({ clauses: list }), recording, count * GRID_MS);
        expect(together.held).toBe(judgements.every((one) => one.held));
        const told = judgements.filter((one) => one.held === together.held);
        expect(together.sentence).toBe(told.map((one) => one.sentence).join(' '));
      },
    ),
    { numRuns: 300 },
  );
});
