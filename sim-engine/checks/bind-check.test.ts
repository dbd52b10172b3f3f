// A slip in a name is told before the run: every kind of name a check can hold, wrong and right.

import { describe, expect, it } from 'vitest';
import { RecordedReadings } from '../testing/checks-fixtures.ts';
import { describeProblem } from '../topology/describe-problem.ts';
import { bindCheck } from './bind-check.ts';
import { parseCheck } from './parse-check.ts';

const readings = new RecordedReadings({
  levels: { queue_size: [0], 'queue_size{orders}': [0], lost: [0] },
  totals: { sent: [0], goodput: [0] },
  knobs: [{ 'orders.capacity': 100, 'orders.overflow': 'block' }],
});

function problems(text: string): { code: string; column: unknown; place: string; sentence: string; remedy: string }[] {
  const parsed = parseCheck(text);
  if (!parsed.ok) throw new Error(`${text}: ${JSON.stringify(parsed.problems)}`);
  const bound = bindCheck(parsed.value, readings);
  return bound.ok
    ? []
    : bound.problems.map((problem) => ({ code: problem.code, column: problem.at[1], ...describeProblem(problem) }));
}

describe('names', () => {
  it.each([
    'lost == 0 and queue_size{orders} < 5',
    'goodput > 3 and rate(sent) > 3 and slope(queue_size) <= 0',
    'p99(message_latency_seconds) < 1',
    'did: crash and did: add-node and did: set{rate}',
    'knob: orders.capacity < 5 and knob: orders.overflow == block',
    'uses: queue -> dlq and uses: sender -> topic',
  ])('%s are known', (text) => {
    expect(problems(text)).toEqual([]);
  });

  it.each([
    ['lsot == 0', 'check-unknown-measure', 1],
    ['lost == 0 and hold 5s: 3 + sned > 2', 'check-unknown-measure', 28],
    ['rate(sned) > 0', 'check-unknown-measure', 1],
    ['slope(queue_sise) > 0', 'check-unknown-measure', 7],
    ['lost in 0..sned', 'check-unknown-measure', 12],
    ['queue_size{orderz} == 0', 'check-unknown-label-value', 1],
    ['queue_size{quue_name=orders} == 0', 'check-unknown-label', 1],
    ['message_latency_seconds < 1', 'check-needs-quantile', 1],
    ['p99(lost) < 1', 'check-no-distribution', 1],
    ['lost{0.99} < 1', 'check-no-distribution', 1],
    ['rate(queue_size) > 0', 'check-rate-of-level', 1],
    ['did: crsh', 'check-unknown-action', 6],
    ['always: knob: orders.capacty < 5', 'check-unknown-knob', 15],
    ['knob: orders.capacity == block', 'check-knob-type', 7],
    ['knob: orders.overflow in 3..4', 'check-knob-type', 7],
    ['uses: queue -> topc', 'check-unknown-kind', 7],
  ])('%s', (text, code, column) => {
    const found = problems(text);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ code, column, place: `check, column ${column}` });
    expect(`${found[0]?.sentence} ${found[0]?.remedy}`).not.toMatch(/problem\.|\{[a-z]\w*\}/);
  });

  it('that are nearest are suggested', () => {
    expect(problems('lsot == 0')[0]?.remedy).toBe('Did you mean "lost"?');
    expect(problems('queue_size{orderz} == 0')[0]?.remedy).toBe('Did you mean "orders"?');
    expect(problems('queue_size{quue_name=orders} == 0')[0]?.remedy).toBe('Did you mean "queue_name"?');
    expect(problems('did: crsh')[0]?.remedy).toContain('Did you mean "crash"?');
    expect(problems('uses: topc')[0]?.remedy).toContain('Did you mean "topic"?');
    expect(problems('nothing_like_it == 0')[0]?.remedy).toContain('The measures of this run are: queue_size, lost, sent');
  });

  it('are all told at once', () => {
    expect(problems('lsot == 0 and sned == 0 and did: crsh').map((problem) => problem.column)).toEqual([1, 15, 34]);
  });
});

it('no more than eight windows are kept by one check', () => {
  const windows = (count: number): string => Array.from({ length: count }, (_, i) => `rate(sent, ${i + 2}s) > 0`).join(' and ');
  expect(problems(windows(8))).toEqual([]);
  expect(problems(windows(9))[0]).toMatchObject({ code: 'check-too-many-windows' });
  expect(problems(Array.from({ length: 20 }, () => 'goodput > 0').join(' and '))).toEqual([]);
});
