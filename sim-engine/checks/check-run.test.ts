// What each form means at its edges, what a window sees, and what a verdict says it saw.

import { describe, expect, it } from 'vitest';
import { judge, RecordedReadings, type Recording, series } from '../testing/checks-fixtures.ts';
import { bindCheck } from './bind-check.ts';
import { CHECK_GRID_NS } from './check.ts';
import { CheckRun } from './check-run.ts';
import { parseCheck } from './parse-check.ts';

const S = 1_000_000_000;
const MS = 1_000_000;

/** x is `after` from `fromS` on and `before` until then, over 20 s. */
const step = (fromS: number, before = 0, after = 1): Recording => ({
  levels: { x: series(201, (s) => (s < fromS ? before : after)) },
});
/** x is 1 from `fromS` until just before `untilS`, over 20 s. */
const pulse = (fromS: number, untilS: number): Recording => ({
  levels: { x: series(201, (s) => (s >= fromS && s < untilS ? 1 : 0)) },
});

describe('end', () => {
  it('is about the last moment alone', () => {
    expect(judge('end: x == 1', step(5), 5000)).toMatchObject({ held: true, atNs: 5 * S });
    expect(judge('end: x == 1', step(5), 4900)).toMatchObject({ held: false, atNs: 4900 * MS });
    expect(judge('end: x == 1', pulse(2, 5), 5000).held).toBe(false);
  });

  it('looks at the end of a run that is not on the grid', () => {
    expect(judge('end: x == 1', step(5), 4950).held).toBe(true);
  });

  it('is open until the end', () => {
    expect(judge('end: x == 1', step(0), 300).verdicts).toEqual(['open', 'open', 'open', 'open']);
  });
});

describe('within', () => {
  it('counts the last moment of its time', () => {
    expect(judge('within 5s: x == 1', step(5), 10_000)).toMatchObject({ held: true, atNs: 5 * S });
    expect(judge('within 4900ms: x == 1', step(5), 10_000)).toMatchObject({ held: false, atNs: 4900 * MS });
  });

  it('needs a single true moment', () => {
    expect(judge('within 5s: x == 1', pulse(2, 2.1), 10_000)).toMatchObject({ held: true, atNs: 2 * S });
  });

  it('fails at its time, not at the end', () => {
    const { verdicts } = judge('within 5s: x == 1', step(6), 10_000);
    expect(verdicts[49]).toBe('open');
    expect(verdicts[50]).toBe('failed');
  });

  it('fails at a time that is not on the grid, and does not look later', () => {
    expect(judge('within 4950ms: x == 1', step(5), 10_000)).toMatchObject({ held: false, atNs: 4950 * MS });
  });

  it('is not decided by a run that ends before', () => {
    const { held, atNs, sentence } = judge('within 12s: x == 1', step(11), 10_000);
    expect({ held, atNs }).toEqual({ held: false, atNs: null });
    expect(sentence).toBe('The run ended at 10s, before 12s, and it had not been true; there x = 0.');
  });
});

describe('event', () => {
  it('needs a moment of the run', () => {
    expect(judge('event: x >= 1', pulse(3, 3.1), 10_000)).toMatchObject({ held: true, atNs: 3 * S });
    expect(judge('event: x >= 1', pulse(3, 3.1), 2900)).toMatchObject({ held: false, atNs: null });
  });
});

describe('always and never', () => {
  it('always breaks at the first moment at which it is not so', () => {
    expect(judge('always: x == 0', pulse(3, 3.1), 10_000)).toMatchObject({ held: false, atNs: 3 * S });
    expect(judge('always: x == 0', pulse(3, 3.1), 2900)).toMatchObject({ held: true, atNs: 2900 * MS });
    expect(judge('always: x == 0', step(0), 10_000)).toMatchObject({ held: false, atNs: 0 });
  });

  it('never breaks at the first moment at which it is so', () => {
    expect(judge('never: x == 1', pulse(3, 3.1), 10_000)).toMatchObject({ held: false, atNs: 3 * S });
    expect(judge('never: x == 1', pulse(3, 3.1), 2900)).toMatchObject({ held: true, atNs: 2900 * MS });
  });

  it('looks at an end beside the grid', () => {
    expect(judge('always: x == 0', step(5), 4950).held).toBe(false);
  });

  it('does not hold over a run in which nothing was measured', () => {
    const nothing = { levels: { x: [Number.NaN] } };
    expect(judge('always: x < 1', nothing, 1000)).toMatchObject({ held: false, atNs: null });
    expect(judge('never: x > 1', nothing, 1000)).toMatchObject({ held: false, atNs: null });
    expect(judge('end: x < 1', nothing, 1000).sentence).toBe('There was nothing to measure up to 1s: x = nothing measured.');
  });

  it('passes over moments at which there is nothing to measure', () => {
    const late = { levels: { x: series(101, (s) => (s < 3 ? Number.NaN : 1)) } };
    expect(judge('always: x == 1', late, 10_000).held).toBe(true);
    expect(judge('never: x == 2', late, 10_000).held).toBe(true);
    expect(judge('always: x == 2', late, 10_000)).toMatchObject({ held: false, atNs: 3 * S });
  });
});

describe('hold', () => {
  it('needs its whole time without a break', () => {
    expect(judge('hold 3s: x == 1', pulse(2, 5.1), 10_000)).toMatchObject({ held: true, atNs: 5 * S });
    expect(judge('hold 3s: x == 1', pulse(2, 5), 10_000)).toMatchObject({ held: false, atNs: null });
  });

  it('begins anew after a break, however short', () => {
    const broken = { levels: { x: series(201, (s) => (s === 4 ? 0 : 1)) } };
    expect(judge('hold 5s: x == 1', broken, 9000)).toMatchObject({ held: false });
    expect(judge('hold 5s: x == 1', broken, 9100)).toMatchObject({ held: true, atNs: 9100 * MS });
  });

  it('fills a run from its first to its last moment', () => {
    expect(judge('hold 10s: x == 0', step(20), 10_000)).toMatchObject({ held: true, atNs: 10 * S });
    expect(judge('hold 10s: x == 0', step(20), 9900).held).toBe(false);
  });

  it('is broken by a moment at which there is nothing to measure', () => {
    const gap = { levels: { x: series(201, (s) => (s === 4 ? Number.NaN : 1)) } };
    expect(judge('hold 5s: x == 1', gap, 9000).held).toBe(false);
  });

  it('tells the longest stretch when it was too short', () => {
    expect(judge('hold 5s: x == 1', pulse(2, 4.1), 10_000).sentence).toBe(
      'True without a break for 2s at most, not for 5s; at the end, at 10s, x = 0.',
    );
  });

  it('stands inside other forms as the moment at which it is reached', () => {
    expect(judge('within 5s: hold 3s: x == 1', pulse(2, 6), 10_000)).toMatchObject({ held: true, atNs: 5 * S });
    expect(judge('within 4900ms: hold 3s: x == 1', pulse(2, 6), 10_000).held).toBe(false);
    expect(judge('never: hold 3s: x == 1', pulse(2, 5), 10_000).held).toBe(true);
    expect(judge('never: hold 3s: x == 1', pulse(2, 5.1), 10_000)).toMatchObject({ held: false, atNs: 5 * S });
    expect(judge('end: hold 3s: x == 1', step(7), 10_000).held).toBe(true);
    expect(judge('end: hold 3s: x == 1', step(7.1), 10_000).held).toBe(false);
    expect(judge('end: hold 3s: x == 1', step(7), 10_050).held).toBe(true);
  });
});

describe('did, knob and uses', () => {
  const recording: Recording = {
    actions: { crash: series(101, (s) => (s < 4 ? 0 : s < 6 ? 1 : 2)), 'set{rate}': [0, 1] },
    knobs: series(101, (s) => s).map((s) => ({
      'q.capacity': s < 5 ? 100 : 50,
      'q.overflow': 'drop-oldest',
      'q.durable': true,
      'q.ackDeadline': 30,
      'gone.rate': s < 2 ? 5 : undefined,
    })),
    kinds: ['queue', 'dead-letter-queue', 'service'],
    joined: [
      ['queue', 'dead-letter-queue'],
      ['queue', 'service'],
    ],
  };
  const held = (text: string): boolean => judge(text, recording, 10_000).held;

  it('counts the actions so far', () => {
    expect(held('did: crash')).toBe(true);
    expect(held('did: crash >= 2')).toBe(true);
    expect(held('did: crash == 1')).toBe(false);
    expect(held('did: crash in 1..2')).toBe(true);
    expect(held('did: restart')).toBe(false);
    expect(held('did: set{rate}')).toBe(true);
    expect(held('did: set{size}')).toBe(false);
    expect(judge('within 5s: did: crash', recording, 10_000)).toMatchObject({ held: true, atNs: 4 * S });
    expect(held('within 3s: did: crash')).toBe(false);
    expect(judge('did: crash', recording, 10_000).sentence).toBe('At the end, at 10s: crash given 2 times.');
  });

  it('reads settings as they stand: numbers in seconds and shares, words, yes and no', () => {
    expect(held('knob: q.capacity <= 50')).toBe(true);
    expect(held('always: knob: q.capacity <= 50')).toBe(false);
    expect(held('always: knob: q.capacity in 50..100')).toBe(true);
    expect(held('knob: q.ackDeadline == 30s')).toBe(true);
    expect(held('knob: q.ackDeadline < 500ms')).toBe(false);
    expect(held('knob: q.overflow == drop-oldest')).toBe(true);
    expect(held('knob: q.overflow != drop-oldest')).toBe(false);
    expect(held('knob: q.durable == true')).toBe(true);
    expect(held('knob: q.durable == false')).toBe(false);
    expect(judge('knob: q.capacity > 60', recording, 10_000).sentence).toBe('Not so at the end, at 10s: q.capacity = 50.');
  });

  it('knows nothing of a setting that is no longer there', () => {
    expect(judge('knob: gone.rate == 5', recording, 1000).held).toBe(true);
    expect(judge('knob: gone.rate == 5', recording, 3000).held).toBe(false);
    expect(judge('always: knob: gone.rate == 5', recording, 3000).held).toBe(true);
  });

  it('looks at what is drawn', () => {
    expect(held('uses: queue -> dead-letter-queue')).toBe(true);
    expect(held('uses: dead-letter-queue -> queue')).toBe(false);
    expect(held('uses: service')).toBe(true);
    expect(held('uses: topic')).toBe(false);
    expect(held('uses: queue -> service -> queue')).toBe(false);
    expect(judge('uses: topic', recording, 0).sentence).toBe('Not so at the end, at 0s: topic not drawn.');
  });
});

describe('comparisons', () => {
  const values = { levels: { a: [3], b: [5], zero: [0], 'queue_size{orders}': [7], 'queue_size{email}': [2] } };
  const held = (text: string): boolean => judge(text, values, 0).held;

  it.each([
    ['a == 3', 'a == 4'],
    ['a != 4', 'a != 3'],
    ['a < 4', 'a < 3'],
    ['a <= 3', 'a <= 2'],
    ['a > 2', 'a > 3'],
    ['a >= 3', 'a >= 4'],
    ['a in 3..4', 'a in 4..5'],
    ['a in 2..3', 'a in 1..2'],
    ['a in a..b', 'b + 1 in a..b'],
    ['a < b < 6', 'a < b < 5'],
    ['1 < a < b', '4 < a < b'],
    ['a + b * 2 == 13', 'a + b * 2 == 16'],
    ['(a + b) * 2 == 16', '(a + b) * 2 == 13'],
    ['b - a - 1 == 1', 'b - (a - 1) == 1'],
    ['b / 2 / 2 == 1.25', 'b / (2 / 2) == 1.25'],
    ['-a + 4 == 1', '-(a + 4) == 1'],
    ['a == 3 and b == 5', 'a == 3 and b == 4'],
    ['queue_size{orders} == 7', 'queue_size{email} == 7'],
    ['a == 3000ms', 'a == 3ms'],
    ['a == 300%', 'a == 3%'],
    ['a == 0.05min', 'a == 5min'],
    ['a == 180/min', 'a == 180/s'],
  ])('%s, but not %s', (right, wrong) => {
    expect(held(right)).toBe(true);
    expect(held(wrong)).toBe(false);
  });

  it('reads decimal units exactly', () => {
    expect(judge('x == 450ms and x == 45%', { levels: { x: [0.45] } }, 0).held).toBe(true);
    expect(judge('x == 7%', { levels: { x: [0.07] } }, 0).held).toBe(true);
  });

  it('neither holds nor breaks where it divides by nothing', () => {
    expect(held('a / zero > 0')).toBe(false);
    expect(held('a / zero <= 0')).toBe(false);
    expect(held('zero / zero == 0')).toBe(false);
    expect(judge('always: a / zero > 0 and a == 3', values, 1000).held).toBe(false);
  });

  it('is false as soon as one part is false, whatever is unknown', () => {
    expect(judge('always: a / zero > 0 and a == 4', values, 1000)).toMatchObject({ held: false, atNs: 0 });
  });
});

describe('rates', () => {
  /** 5 a second for 20 s, then 50 a second. */
  const totals = series(601, (s) => Math.round(s < 20 ? s * 5 : 100 + (s - 20) * 50));
  const recording: Recording = { totals: { sent: totals, goodput: totals } };

  it('are means over 10 s', () => {
    expect(judge('rate(sent) == 5', recording, 20_000).held).toBe(true);
    expect(judge('rate(sent) == 27.5', recording, 25_000).held).toBe(true);
    expect(judge('rate(sent) == 50', recording, 30_000).held).toBe(true);
    expect(judge('rate(sent) == 50', recording, 29_900).held).toBe(false);
  });

  it('are what a name per second means by itself', () => {
    expect(judge('hold 5s: goodput == 50', recording, 60_000)).toMatchObject({ held: true, atNs: 35 * S });
    expect(judge('goodput == 50', recording, 30_000).sentence).toBe('At the end, at 30s: goodput = 50 /s.');
  });

  it('take another window', () => {
    expect(judge('rate(sent, 1s) == 50', recording, 21_000).held).toBe(true);
    expect(judge('rate(sent, 20s) == 27.5', recording, 30_000).held).toBe(true);
  });

  it('count from the start while the run is young, but not in its first second', () => {
    expect(judge('event: rate(sent) == 5', recording, 900).held).toBe(false);
    expect(judge('rate(sent) == 5', recording, 1000).held).toBe(true);
    expect(judge('rate(sent) == 5', recording, 3000).held).toBe(true);
  });
});

describe('slopes', () => {
  it('are growth a second over a full window', () => {
    const steady: Recording = { levels: { queue_size: series(1001, (s) => 5 * s) } };
    expect(judge('slope(queue_size) over 60s in 4.999..5.001', steady, 60_000).held).toBe(true);
    expect(judge('event: slope(queue_size) over 60s > 0', steady, 59_900).held).toBe(false);
    expect(judge('slope(queue_size) > 4.9', steady, 100_000).sentence).toBe(
      'At the end, at 100s: slope(queue_size) over 1min = 5 /s.',
    );
  });

  it('see through noise around a line', () => {
    const noisy: Recording = { levels: { x: series(601, (s) => 2 * s + ((Math.round(s * 10) * 7) % 11)) } };
    expect(judge('slope(x) over 60s in 1.9..2.1', noisy, 60_000).held).toBe(true);
  });

  it('forget what is older than their window', () => {
    const bent: Recording = { levels: { x: series(301, (s) => (s < 20 ? 100 * s : 2000 - s)) } };
    expect(judge('slope(x) over 10s in -1.001..-0.999', bent, 30_000).held).toBe(true);
  });

  it('are taken of rates and of sums', () => {
    const faster: Recording = {
      totals: { goodput: series(401, (s) => s * s) },
      levels: { a: series(401, (s) => s), b: series(401, (s) => 2 * s) },
    };
    // The mean of a rate that grows by 2 a second every second does the same.
    expect(judge('slope(goodput) over 10s in 1.99..2.01', faster, 40_000).held).toBe(true);
    expect(judge('slope(a + b) over 10s in 2.99..3.01', faster, 40_000).held).toBe(true);
  });
});

describe('quantiles', () => {
  /** One message each 100 ms: 10 ms until 10 s, 1 s until 20 s, then 10 ms again. */
  const recording: Recording = { latencies: series(601, (s) => s).map((s) => [s > 10 && s <= 20 ? S : 10 * MS]) };

  it('cover the last 30 s in seconds', () => {
    expect(judge('p50(message_latency_seconds) in 9.9ms..10.1ms', recording, 60_000).held).toBe(true);
    expect(judge('message_latency_seconds{0.99} in 0.99..1.01', recording, 49_000).held).toBe(true);
    expect(judge('message_latency_seconds{0.99} in 0.99..1.01', recording, 52_000).held).toBe(false);
  });

  it('cover another window', () => {
    expect(judge('p50(message_latency_seconds, 5s) > 0.9', recording, 20_000).held).toBe(true);
    expect(judge('p50(message_latency_seconds, 5s) < 0.9', recording, 25_000).held).toBe(true);
    expect(judge('event: p100(message_latency_seconds, 1s) > 0.9', recording, 10_000).held).toBe(false);
    expect(judge('p100(message_latency_seconds, 1s) > 0.9', recording, 10_100).held).toBe(true);
  });

  it('are unknown while nothing was measured', () => {
    const silent: Recording = { latencies: [[], [], [], [5 * MS], []] };
    expect(judge('always: p99(message_latency_seconds) < 1', silent, 200).held).toBe(false);
    expect(judge('always: p99(message_latency_seconds) < 1', silent, 400).held).toBe(true);
    expect(judge('p99(message_latency_seconds, 2s) < 1', silent, 9000).held).toBe(false);
    expect(judge('p99(message_latency_seconds) > 1', silent, 1000).sentence).toBe(
      'Not so at the end, at 1s: p99(message_latency_seconds) = 0.0050135 s.',
    );
  });
});

describe('several clauses', () => {
  const recording: Recording = { levels: { a: series(101, (s) => (s < 3 ? 0 : 1)), b: series(101, (s) => (s < 5 ? 0 : 1)) } };

  it('hold if each does, at the time of the last', () => {
    expect(judge('event: a == 1 and event: b == 1', recording, 10_000)).toMatchObject({ held: true, atNs: 5 * S });
  });

  it('fail at the time of the first that fails, and tell of those that failed', () => {
    expect(judge('event: a == 1 and always: b == 0 and always: a == 0', recording, 10_000)).toMatchObject({
      held: false,
      atNs: 3 * S,
      sentence: 'Not true at 5s: b = 1. Not true at 3s: a = 1.',
    });
  });

  it('are decided once and for all', () => {
    const { verdicts } = judge('event: a == 1', recording, 10_000);
    expect(verdicts.indexOf('holds')).toBe(30);
    expect(new Set(verdicts.slice(30))).toEqual(new Set(['holds']));
  });

  it('keep the check as it was written', () => {
    expect(judge(' a==1 ', recording, 10_000).check).toBe(' a==1 ');
  });
});

describe('a check that begins during a run', () => {
  function from(text: string, startNs: number): CheckRun {
    const readings = new RecordedReadings(step(0));
    const parsed = parseCheck(text);
    const bound = parsed.ok ? bindCheck(parsed.value, readings) : parsed;
    if (!bound.ok) throw new Error(text);
    return new CheckRun(bound.value, readings, startNs);
  }

  it('counts its times from there', () => {
    const run = from('within 5s: x == 0', 30 * S);
    run.observe(34 * S);
    expect(run.verdict).toBe('open');
    run.observe(35 * S);
    expect(run.verdict).toBe('failed');
    expect(run.finish(40 * S)).toMatchObject({ held: false, atNs: 35 * S });
  });

  it('is observed on the grid, in order, and not after its end', () => {
    const run = from('x == 1', 0);
    run.observe(CHECK_GRID_NS);
    expect(() => run.observe(CHECK_GRID_NS)).toThrow('twice');
    expect(() => run.observe(CHECK_GRID_NS + 1)).toThrow('beside the grid');
    expect(() => run.finish(0)).toThrow('before it was last observed');
    expect(run.finish(CHECK_GRID_NS)).toEqual(run.finish(CHECK_GRID_NS));
    expect(() => run.observe(3 * CHECK_GRID_NS)).toThrow('after its end');
    expect(() => from('x == 1', S).observe(0)).toThrow('before its start');
  });
});
