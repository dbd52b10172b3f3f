// How the text of a check is read: the forms, what they govern, units, labels, precedence, and the problem and column of
// every slip.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { describeProblem } from '../topology/describe-problem.ts';
import type { Clause, Expression } from './check.ts';
import { parseCheck } from './parse-check.ts';
import { printCheck } from './print-check.ts';

function clauses(text: string): readonly Clause[] {
  const parsed = parseCheck(text);
  if (!parsed.ok) throw new Error(`${text}: ${JSON.stringify(parsed.problems)}`);
  return parsed.value.clauses;
}
const canonical = (text: string): string => printCheck({ clauses: clauses(text) });

function problem(text: string): { code: string; column: unknown; sentence: string; remedy: string } {
  const parsed = parseCheck(text);
  if (parsed.ok) throw new Error(`${text} was read as ${printCheck(parsed.value)}`);
  expect(parsed.problems).toHaveLength(1);
  const [only] = parsed.problems;
  if (only === undefined) throw new Error('no problem');
  const { sentence, remedy } = describeProblem(only);
  expect(only.at[0]).toBe('check');
  // A sentence with an open hole or a bare key would be one that nobody wrote.
  expect(sentence).not.toMatch(/^problem\.|\{[a-z]\w*\}/);
  expect(remedy).not.toMatch(/^problem\./);
  return { code: only.code, column: only.at[1], sentence, remedy };
}

function expression(text: string): Expression {
  const [clause] = clauses(`${text} == 0`);
  if (clause?.condition.kind !== 'all') throw new Error(text);
  const [comparison] = clause.condition.of;
  if (comparison?.kind !== 'chain') throw new Error(text);
  return comparison.first;
}

const LESSON_CHECKS: readonly string[] = [
  'end: refused > 150',
  'always: lost == 0 and within 12s: queue_size{queue_name=mail} == 0',
  'event: node_down >= 1 and end: lost == 0',
  'within 6s: queue_size == 0',
  'within 20s: messages_total{status=processed} == 600',
  'end: received{node=email} in 25..35',
  'hold 10s: received{email} == received{push} == sent',
  'end: received{email-1} + received{email-2} == sent and dup_effects == 0',
  'end: received{audit} == sent_after_20',
  'end: lost == 0 and missed_effects == 0',
  'hold 30s: utilisation{server} > 0.95 and replies_used == 0',
  'hold 30s: replies_used / asked > 0.95',
  'event: misrouted >= 1',
  'hold 20s: misrouted == 0',
  'end: wasted_work / work < 0.05',
  'hold 60s: message_latency_seconds{quantile=0.99} < 0.45',
  'within 600s: message_latency_seconds{0.99} > 0.7',
  'slope(queue_size) over 60s in 3..7',
  'hold 60s: queue_size <= 200 and did: set{overflow}',
  'always: message_latency_seconds{0.99} <= 0.6 and lost == 0',
  'end: lost in 5..10',
  'end: lost == 0 and redeliveries >= 1',
  'event: dup_effects >= 1',
  'hold 300s: dup_effects == 0 and knob: dedup.ttl > 90',
  'hold 120s: missed_effects == 0 and dup_effects == 0',
  'end: dup_effects == 0 and missed_effects == 0 and always: ids_kept <= 60000',
  'event: order_breaks >= 1',
  'hold 60s: order_breaks == 0 and did: inspect{lag of blocked lane}',
  'end: order_breaks == 0 and message_latency_seconds{other keys,0.99} <= 2',
  'end: dup{topic=out} == 0 and dup_effects{email} >= 1',
  'hold 30s: aborted_seen == 0',
  'within 60s: received{B} == kept',
  'end: received{C} == sent_after_join',
  'event: skipped{reason=retention} >= 80000 and refused == 0',
  'end: wrong_results == 0 and dup_effects == 0',
  'slope(consumer_lag) over 60s > 80 and idle_consumers == 2',
  'hold 60s: slope(consumer_lag) <= 0',
  'slope(consumer_lag{hot}) > 20',
  'always: order_breaks == 0 and hold 120s: consumer_lag < 500',
  'event: rebalances >= 3 and committed_progress == 0',
  'hold 900s: rebalances == 0 and committed_progress > 0',
  'did: compare and paused_lane_seconds{cooperative} < paused_lane_seconds{eager}',
  'end: lost == 0 and dup_effects / processed < 0.01 and longest_pause < 3',
  'end: lost in 20..100',
  'event: refused >= 1 and end: lost == 0',
  'event: lost >= 1 and unavailable_seconds == 0',
  'event: unroutable >= 1',
  'end: copies == 1',
  'end: dropped == 0 and queue_size{strays} >= 1',
  'end: finish > 45 and utilisation{fast} < 0.2',
  'within 12s: done == 100',
  'hold 10s: throughput < 25',
  'end: throughput{tiny} > 800 and finish{slow} < 12',
  'end: dlq_size == jobs and work_failed == 0',
  'end: dup_effects == 0 and recovery < 60',
  'event: dedup_hits == 1 and dup_effects == 1',
  'hold 10s: received == sent',
  'within 75s: event: disconnected{reason=buffer} >= 1',
  'hold 10s: goodput == 0 and event: deliveries{poison} > 100',
  'within 10s: goodput > 0 and dlq_size == 1',
  'did: alert{dlq_size}',
  'end: calls < 6000 and within 60s: done == 1000',
  'event: delay_error > 60',
  'hold 30s: goodput{not-B} < 4',
  'event: breaker{open} >= 1 and hold 30s: utilisation < 0.9',
  'end: lost == 0 and dlq_size == 0 and goodput{not-B} > 0.95 × arrivals',
  'did: try >= 4',
  'within 90s: goodput > 68',
  'did: answer in 20..28',
  'did: set{lag unit}',
  'within 60s: did: select{stuck partition}',
  'within 7500s: lag == 0',
  'end: fresh_p99 < 5 and lost == 0',
  'hold 60s: p99{other tenants} < 2',
  'hold 30s: goodput{billing} > 0.99 × arrivals',
  'end: player_wait < 0.05 and lost / sent < 0.0001',
  'within 25s: view == truth',
  'uses: queue -> dlq',
];

describe('the checks of the lessons', () => {
  it.each(LESSON_CHECKS)('%s', (text) => {
    const printed = canonical(text);
    expect(clauses(printed)).toEqual(clauses(text));
  });
});

/** The lines of the fenced blocks marked "check". */
const DOCUMENTED_CHECKS = readFileSync(new URL('../../docs/check-language.md', import.meta.url), 'utf8')
  .split('```check\n')
  .slice(1)
  .flatMap((block) => (block.split('```')[0] as string).trim().split('\n'));

describe('the examples of the documentation', () => {
  it.each(DOCUMENTED_CHECKS)('%s', (text) => {
    expect(clauses(canonical(text))).toEqual(clauses(text));
  });
});

describe('forms', () => {
  it('reads a condition without a form as one about the end', () => {
    expect(clauses('lost == 0')).toEqual(clauses('end: lost == 0'));
  });

  it('lets a form govern every comparison up to the next form', () => {
    expect(canonical('hold 30s: a > 1 and b == 0 and end: c == 2 and d == 3')).toBe(
      'hold 30s: a > 1 and b == 0 and end: c == 2 and d == 3',
    );
    expect(clauses('hold 30s: a > 1 and b == 0')).toHaveLength(1);
    expect(clauses('always: a == 0 and within 12s: b == 0').map((clause) => clause.form)).toEqual(['always', 'within']);
  });

  it('lets did, knob and uses govern nothing behind them', () => {
    expect(canonical('hold 60s: a <= 200 and did: set{overflow} and b == 0')).toBe(
      'hold 1min: a <= 200 and did: set{overflow} and end: b == 0',
    );
    expect(canonical('knob: orders.capacity <= 100 and b == 0')).toBe('knob: orders.capacity <= 100 and end: b == 0');
    expect(canonical('uses: queue -> dlq and b == 0')).toBe('uses: queue -> dead-letter-queue and end: b == 0');
  });

  it('reads a hold alone as one at some moment of the run', () => {
    expect(clauses('hold 10s: a == 0')).toEqual([
      {
        form: 'event',
        condition: { kind: 'hold', lastsNs: 10_000_000_000, condition: expect.objectContaining({ kind: 'all' }) },
      },
    ]);
    expect(clauses('event: hold 10s: a == 0')).toEqual(clauses('hold 10s: a == 0'));
  });

  it('lets hold, did, knob and uses stand inside another form', () => {
    expect(canonical('within 60s: hold 10s: a == 0 and b == 1')).toBe('within 1min: hold 10s: a == 0 and b == 1');
    expect(canonical('never: hold 5s: queue_size > 100')).toBe('never: hold 5s: queue_size > 100');
    expect(canonical('always: knob: orders.capacity <= 100')).toBe('always: knob: orders.capacity <= 100');
    expect(canonical('never: did: crash')).toBe('never: did: crash');
    expect(canonical('always: uses: queue')).toBe('always: uses: queue');
  });

  it('reads an event inside within as the moment it is', () => {
    expect(clauses('within 75s: event: a >= 1')).toEqual(clauses('within 75s: a >= 1'));
  });

  it('takes times in every unit, with or without a space', () => {
    const limit = (text: string): unknown => (clauses(text)[0] as { limitNs?: number }).limitNs;
    expect(limit('within 1500 ms: a == 0')).toBe(1_500_000_000);
    expect(limit('within 1.5s: a == 0')).toBe(1_500_000_000);
    expect(limit('within 2min: a == 0')).toBe(120_000_000_000);
    expect(limit('within 1h: a == 0')).toBe(3_600_000_000_000);
  });

  it('counts an action once unless told otherwise', () => {
    expect(clauses('did: crash')).toEqual(clauses('did: crash >= 1'));
    expect(canonical('did: crash in 2..3')).toBe('did: crash in 2..3');
    expect(canonical('did: add-node')).toBe('did: add-node');
  });

  it('compares a setting with a number, a word or a text', () => {
    expect(canonical('knob: worker-1.work == 90s')).toBe('knob: worker-1.work == 90s');
    expect(canonical('knob: q.overflow != drop-oldest')).toBe('knob: q.overflow != drop-oldest');
    expect(canonical('knob: q.name == "two words"')).toBe('knob: q.name == "two words"');
    expect(canonical('knob: q.durable == true')).toBe('knob: q.durable == true');
    expect(canonical('knob: q.failure in 1%..5%')).toBe('knob: q.failure in 1%..5%');
  });

  it('takes the names that people say for kinds', () => {
    expect(canonical('uses: queue → worker')).toBe('uses: queue -> service');
  });
});

describe('expressions', () => {
  it('multiplies before it adds, and reads from left to right', () => {
    expect(canonical('a + b * c - d / e == 0')).toBe('end: a + b * c - d / e == 0');
    expect(expression('a + b * c')).toEqual(expression('a + (b * c)'));
    expect(expression('a - b - c')).toEqual(expression('(a - b) - c'));
    expect(expression('a - b - c')).not.toEqual(expression('a - (b - c)'));
    expect(expression('a / b / c')).toEqual(expression('(a / b) / c'));
    expect(expression('-a * b')).toEqual(expression('(-a) * b'));
    expect(canonical('a - (b - c) == 0')).toBe('end: a - (b - c) == 0');
    expect(canonical('(a + b) * c == 0')).toBe('end: (a + b) * c == 0');
    expect(canonical('-(a + b) == - -c')).toBe('end: -(a + b) == --c');
  });

  it('takes the signs of the lesson texts', () => {
    expect(clauses('a ≤ 0.9 × b and c ≥ 1 and d ≠ 2')).toEqual(clauses('a <= 0.9 * b and c >= 1 and d != 2'));
  });

  it('keeps a dash inside a label and takes it as a minus outside', () => {
    expect(canonical('received{email-1} == a-1')).toBe('end: received{email-1} == a - 1');
  });

  it('takes a word alone as a node, a number alone as a quantile', () => {
    expect(expression('queue_size{orders}')).toEqual({
      kind: 'measure',
      ref: { name: 'queue_size', labels: { node: 'orders' } },
    });
    expect(expression('queue_size{node=orders}')).toEqual(expression('queue_size{orders}'));
    const p99 = {
      kind: 'quantile',
      share: 0.99,
      of: { name: 'message_latency_seconds', labels: { topic: 'orders' } },
      windowNs: 30_000_000_000,
    };
    expect(expression('message_latency_seconds{topic=orders, 0.99}')).toEqual(p99);
    expect(expression('message_latency_seconds{quantile=0.99,topic=orders}')).toEqual(p99);
    expect(expression('p99(message_latency_seconds{topic=orders}, 30s)')).toEqual(p99);
    expect(expression('p99(message_latency_seconds{topic=orders})')).toEqual(p99);
  });

  it('reads p99.9 and p999 as the same quantile, and every share exactly', () => {
    expect(expression('p999(x)')).toEqual(expression('p99.9(x)'));
    expect(expression('p99.9(x)')).toMatchObject({ share: 0.999 });
    expect(expression('p7(x)')).toMatchObject({ share: 0.07 });
    expect(expression('p100(x)')).toMatchObject({ share: 1 });
    expect(expression('x{0.07}')).toEqual(expression('p7(x)'));
  });

  it('takes p99 as a name where no bracket follows', () => {
    expect(expression('p99{other tenants}')).toEqual({
      kind: 'measure',
      ref: { name: 'p99', labels: { node: 'other tenants' } },
    });
  });

  it('keeps a quoted label value as it is', () => {
    expect(expression('a{"3"}')).toEqual({ kind: 'measure', ref: { name: 'a', labels: { node: '3' } } });
    expect(expression('a{key="say \\"x, y\\" \\\\ z"}')).toEqual({
      kind: 'measure',
      ref: { name: 'a', labels: { key: 'say "x, y" \\ z' } },
    });
  });

  it('takes a label called __proto__ for a label', () => {
    const found = expression('a{__proto__=b}');
    expect(found.kind === 'measure' ? Object.entries(found.ref.labels) : []).toEqual([['__proto__', 'b']]);
    expect(canonical('a{__proto__=b} == 0')).toBe('end: a{__proto__=b} == 0');
  });

  it('gives rates and slopes their usual windows', () => {
    expect(expression('rate(sent)')).toMatchObject({ kind: 'rate', windowNs: 10_000_000_000 });
    expect(expression('rate(sent{a}, 30s)')).toMatchObject({ kind: 'rate', windowNs: 30_000_000_000 });
    expect(expression('slope(a)')).toMatchObject({ kind: 'slope', windowNs: 60_000_000_000 });
    expect(expression('slope(a + b) over 2min')).toMatchObject({ kind: 'slope', windowNs: 120_000_000_000 });
  });

  it('knows ledger classes with a dot', () => {
    expect(expression('publish.lost')).toEqual({ kind: 'measure', ref: { name: 'publish.lost', labels: {} } });
  });

  it('takes measures in a range', () => {
    expect(canonical('a in b + 1..c')).toBe('end: a in b + 1..c');
    expect(canonical('a in -5..5')).toBe('end: a in -5..5');
  });

  it('reads a bracketed number of 32 levels and 1,000 summands', () => {
    expect(parseCheck(`${'('.repeat(32)}a${')'.repeat(32)} == 0`).ok).toBe(true);
    expect(parseCheck(`a == ${'1+'.repeat(990)}1`).ok).toBe(true);
  });
});

describe('problems', () => {
  it.each([
    ['', 'check-empty', 1],
    ['   ', 'check-empty', 1],
    [`a == ${'1'.repeat(2000)}`, 'check-too-long', 2001],
    [`a == ${'('.repeat(33)}1${')'.repeat(33)}`, 'check-too-deep', 38],
    [`a == ${'-'.repeat(33)}1`, 'check-too-deep', 38],
    [`${'hold 1s: '.repeat(34)}a == 0`, 'check-too-deep', 289],
    ['sometimes: a == 0', 'check-unknown-form', 1],
    ['a == 0 and withn 5s: b == 0', 'check-unknown-form', 12],
    ['cost: workers <= 2', 'check-unknown-form', 1],
    ['within: a == 0', 'check-form-needs-time', 1],
    ['hold: a == 0', 'check-form-needs-time', 1],
    ['always 5s: a == 0', 'check-form-takes-no-time', 8],
    ['hold 5s: within 3s: a == 0', 'check-form-inside', 10],
    ['event: event: a == 0', 'check-form-inside', 8],
    ['always: hold 5s: a == 0', 'check-form-inside', 9],
    ['within 5s: always: a == 0', 'check-form-inside', 12],
    ['within 5x: a == 0', 'check-duration', 8],
    ['within 0s: a == 0', 'check-duration', 8],
    ['hold 12: a == 0', 'check-duration', 6],
    ['slope(a) over 5 == 0', 'check-duration', 15],
    ['slope(a) over 2h == 0', 'check-window', 15],
    ['rate(a, 100ms) == 0', 'check-window', 9],
    ['a == 5kg', 'check-unknown-unit', 7],
    ['a == 1_000', 'check-unknown-unit', 7],
    ['a == 1e999', 'check-number', 6],
    ['lost ==', 'check-missing-operand', 8],
    ['lost == 0 and', 'check-missing-operand', 14],
    ['end:', 'check-missing-operand', 5],
    ['== 3', 'check-missing-operand', 1],
    ['a + == 3', 'check-missing-operand', 5],
    ['a == 1 + and b == 0', 'check-missing-operand', 10],
    ['and == 3', 'check-missing-operand', 1],
    ['and-3 == 3', 'check-missing-operand', 1],
    ['lost', 'check-missing-comparison', 1],
    ['lost and b == 0', 'check-missing-comparison', 1],
    ['knob: q.capacity', 'check-missing-comparison', 7],
    ['lost = 0', 'check-single-equals', 6],
    ['did: crash = 2', 'check-single-equals', 12],
    ['a in 3', 'check-range', 7],
    ['a in 3 and 4', 'check-range', 8],
    ['did: crash in 3', 'check-range', 16],
    ['did: crash in few', 'check-range', 15],
    ['a in 7..3', 'check-range-empty', 9],
    ['a in 1s..500ms', 'check-range-empty', 14],
    ['(a + b == 0', 'check-missing-bracket', 8],
    ['rate(a == 0', 'check-missing-bracket', 8],
    ['a{b=c == 0', 'check-missing-bracket', 7],
    ['did: set{a == 0', 'check-missing-bracket', 12],
    ['lost == 0 or b == 0', 'check-stray-text', 11],
    ['lost is 0', 'check-stray-text', 6],
    ['a == 0 )', 'check-stray-text', 8],
    ['a == b in 3..4', 'check-stray-text', 8],
    ['did: compare 3 policies', 'check-stray-text', 14],
    ['p99 <= 2 while backlog > 0', 'check-stray-text', 10],
    ['fault stall 2s → within 90s: goodput > 68', 'check-stray-text', 7],
    ['sloep(a) == 0', 'check-unknown-function', 1],
    ['rate(3) == 0', 'check-needs-measure', 6],
    ['p99(a + b) == 0', 'check-missing-bracket', 7],
    ['a{,} == 0', 'check-label', 3],
    ['a{b==0} == 0', 'check-missing-bracket', 4],
    ['a{b, c} == 0', 'check-label-twice', 6],
    ['a{b=c,b=d} == 0', 'check-label-twice', 7],
    ['a{0.9,0.99} == 0', 'check-label-twice', 7],
    ['a{3} == 0', 'check-quantile', 3],
    ['a{quantile=high} == 0', 'check-quantile', 3],
    ['a{0.12345678} == 0', 'check-quantile', 3],
    ['p0(a) == 0', 'check-quantile', 1],
    ['p99(a{0.5}) == 0', 'check-quantile-misplaced', 5],
    ['did:', 'check-did', 5],
    ['did: 3', 'check-did', 6],
    ['knob: prefetch <= 100', 'check-knob', 7],
    ['uses:', 'check-uses', 6],
    ['uses: queue ->', 'check-uses', 15],
    ['knob: q.mode == ', 'check-value', 17],
    ['did: crash >= few', 'check-value', 15],
    ['knob: q.mode < block', 'check-word-order', 16],
  ])('%s', (text, code, column) => {
    expect(problem(text)).toMatchObject({ code, column });
  });

  it('suggests the nearest form and the nearest function', () => {
    expect(problem('withn 5s: b == 0').remedy).toContain('Did you mean "within:"?');
    expect(problem('sloep(a) == 0').remedy).toContain('Did you mean "slope"?');
  });

  it('names the column and what stands there', () => {
    expect(problem('lost == 0 or b == 0').sentence).toBe('At column 11 "or" does not belong to the check.');
  });

  it('clips what it quotes', () => {
    expect(problem(`lost ${'x'.repeat(500)}`).sentence.length).toBeLessThan(120);
  });
});
