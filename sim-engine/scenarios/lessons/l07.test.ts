// L7, keep each customer's letters in order: order is per key, and retries break it.

import { describe, expect, it } from 'vitest';
import { Lesson, type LessonRun } from '../../testing/lesson.ts';

const lesson = new Lesson('l07-each-customers-order');

/** A lane for each worker; an account always goes to the same one. */
const LANES = 'set worker.assignment by-key';
const FAILING = 'set worker.failure 5%';
const IN_PLACE = ['set worker.retryWait in-place', 'set worker.retryBase 50ms'];

describe('predict: the queue is first in, first out; are balances right with four workers?', () => {
  it('no: who begins first need not finish first', () => {
    const run = lesson.begin().to('80s');
    expect(run.read('order_breaks')).toBeGreaterThan(10);
    // One worker keeps the order, and is too slow for forty a second.
    const alone = lesson.begin({ edits: ['set worker.concurrency 1'] }).to('80s');
    expect(alone.read('order_breaks')).toBe(0);
    expect(alone.read('queue_size')).toBeGreaterThan(1000);
  });
});

describe('step', () => {
  it('1: the order of some account breaks', () => {
    expect(lesson.failures('80s', { checks: ['event: order_breaks >= 1'] })).toEqual([]);
  });

  it('2: with a lane for each account it is kept, and four still work', () => {
    const checks = ['hold 60s: order_breaks == 0', 'end: order_breaks == 0 and queue_size < 100'];
    expect(lesson.failures('80s', { edits: [LANES], checks })).toEqual([]);
  });

  it('3: one failure in twenty, put back at the end, breaks it again', () => {
    const checks = ['event: order_breaks >= 1'];
    expect(lesson.failures('80s', { edits: [LANES, FAILING], checks })).toEqual([]);
  });

  it('4: tried again in its place it keeps the order, and holds up its lane', () => {
    const checks = ['hold 60s: order_breaks == 0', 'end: order_breaks == 0 and failed >= 100'];
    expect(lesson.failures('80s', { edits: [LANES, FAILING, ...IN_PLACE], checks })).toEqual([]);
    const slow = ['set worker.retryWait in-place', 'set worker.retryBase 2s'];
    const waiting = (edits: readonly string[]) => {
      const run = lesson.begin({ edits });
      const none = run.latencies();
      return run.to('80s').quantileSince(none, 0.5);
    };
    expect(waiting([LANES, FAILING, ...slow])).toBeGreaterThan(5 * waiting([LANES]));
  });

  /** So many sends may be out at once; one in twenty is lost on the way, and so is one receipt in twenty. */
  const inFlight = (sends: number) => [
    LANES,
    'set bank.loop closed',
    `set bank.callers ${sends}`,
    'set bank.think {"law": "exponential", "mean": "50ms"}',
    'set bank-events.confirm true',
    'set bank-events.timeout 500ms',
    'set bank-events.resends 20',
    'set bank-events.loss 5%',
  ];
  const NUMBERED = 'set bank.numbered true';

  it('5: sends that fail are sent again behind later ones, and what only lost its receipt is there twice', () => {
    const checks = ['event: order_breaks >= 1 and event: dup_effects >= 1'];
    expect(lesson.failures('80s', { edits: inFlight(5), checks })).toEqual([]);
  });

  // What keeps five sends in order is twofold: a broker that refuses a number with a gap before it, and a client that then sends all that
  // is out again, in order (Kafka's OUT_OF_ORDER_SEQUENCE and its idempotent producer). The textbook queue recognises a number it has, and
  // takes any other as it comes, since its calls promise no order: so here the number removes the second effect alone, and what keeps the
  // order is one send at a time. With a log in its place five are kept in order too.
  it('5: numbered sends are recognised when they come again, and one at a time they stay in order', () => {
    const five = lesson.begin({ edits: [...inFlight(5), NUMBERED] }).to('80s');
    expect(five.read('dup_effects')).toBe(0);
    expect(five.read('order_breaks')).toBeGreaterThan(0);
    const checks = ['hold 60s: order_breaks == 0 and dup_effects == 0', 'end: order_breaks == 0 and dup_effects == 0'];
    expect(lesson.failures('80s', { edits: [...inFlight(1), NUMBERED], checks })).toEqual([]);
  });
});

describe('step 5 with a log in place of the queue', () => {
  /** A partition for each of the four lanes; the answer to one request in several comes too late, and some requests are lost. */
  const ON_A_LOG = [
    'remove events',
    'add-node {"id": "kafka", "kind": "kafka", "params": {"brokers": 1}}',
    'add-node {"id": "log", "kind": "kafka-topic", "parent": "kafka", "params": {"partitions": 4}}',
    'add-node {"id": "readers", "kind": "kafka-group", "parent": "kafka"}',
    `add-wire ${JSON.stringify({
      id: 'bank-log',
      kind: 'kafka-produce',
      from: 'bank',
      to: 'log',
      params: { delay: '150ms', loss: 0.01, requestTimeout: '400ms', linger: '0s', retryBackoff: '20ms' },
    })}`,
    'add-wire {"id": "log-readers", "kind": "kafka-subscribe", "from": "log", "to": "readers"}',
    'add-wire {"id": "readers-worker", "kind": "kafka-consume", "from": "readers", "to": "worker", "params": {"delay": "50ms", "offsetReset": "earliest"}}',
    LANES,
  ];

  const at = Array.from({ length: 7 }, (_, i) => [`${10 * i + 8}s`, 'crash kafka for 300ms'] as const);

  it.each(lesson.seeds)('breaks the order and doubles without numbers, on seed %i', (seed) => {
    const checks = ['event: order_breaks >= 1 and event: dup_effects >= 1'];
    expect(lesson.failures('80s', { edits: [...ON_A_LOG, 'set bank-log.idempotence off'], at, checks, seed })).toEqual([]);
  });

  it.each(lesson.seeds)(
    'keeps five sends in flight in order with an idempotent producer, and nothing is done twice, on seed %i',
    (seed) => {
      const checks = [
        'hold 60s: order_breaks == 0 and dup_effects == 0',
        'end: order_breaks == 0 and dup_effects == 0 and refused >= 1 and missed_effects == 0',
      ];
      expect(lesson.failures('80s', { edits: [...ON_A_LOG, 'set bank-log.idempotence on'], at, checks, seed })).toEqual([]);
    },
  );
});

describe('final task: one account fails for 10 s, no order breaks, and the slowest percent of the others stays within 2 s', () => {
  /** Account 20 has a sender of its own, so that it alone can fail. */
  const ACCOUNT_20 = [
    `add-node ${JSON.stringify({
      id: 'troubled',
      kind: 'sender',
      params: {
        rate: 2,
        keys: 21,
        keyLaw: 'weighted',
        keyWeights: Array.from({ length: 21 }, (_, account) => ({ name: `account ${account}`, weight: account === 20 ? 1 : 0 })),
      },
    })}`,
    'add-wire {"id": "troubled-events", "kind": "publish", "from": "troubled", "to": "events", "params": {"delay": "50ms"}}',
  ];
  const at = [
    ['20s', 'poison troubled 100% for 10s'],
    ['30s', 'set worker.poison ignored'],
  ] as const;
  const checks = ['end: order_breaks == 0 and lost == 0 and failed >= 20'];
  const A_LANE_FOR_EACH = ['set worker.concurrency 1000', LANES, ...IN_PLACE];

  const begin = (seed: number, ...edits: readonly string[]) =>
    lesson.begin({ edits: [...ACCOUNT_20, ...edits], at, checks, seed, isTraced: true }).to('80s');

  it.each(lesson.seeds)('is solved by a lane for each account and trying again in place, on seed %i', (seed) => {
    const run = begin(seed, ...A_LANE_FOR_EACH);
    expect(slowestPercentS(run, 'bank')).toBeLessThanOrEqual(2);
    // The account that fails waits, as it must.
    expect(slowestPercentS(run, 'troubled')).toBeGreaterThan(8);
    expect(run.failures()).toEqual([]);
  });

  it.each(lesson.seeds)('is not solved by doing nothing, on seed %i', (seed) => {
    expect(begin(seed).failures()).toHaveLength(1);
  });

  it.each(lesson.seeds)('is not solved by more workers at a queue that is first in, first out, on seed %i', (seed) => {
    const run = begin(seed, 'set worker.concurrency 1000');
    expect(slowestPercentS(run, 'bank')).toBeLessThanOrEqual(2);
    expect(run.read('order_breaks')).toBeGreaterThan(10);
    expect(run.failures()).toHaveLength(1);
  });

  it.each(lesson.seeds)('is not solved by four lanes, of which the failing account blocks one, on seed %i', (seed) => {
    const run = begin(seed, LANES, ...IN_PLACE);
    expect(slowestPercentS(run, 'bank')).toBeGreaterThan(2);
    expect(run.failures()).toEqual([]);
  });
});

/** Time from sending to done that one message in a hundred of a sender exceeds, s. */
function slowestPercentS(run: LessonRun, from: string): number {
  const { trace, nodeIds } = run.simulation.world;
  const sentNs = new Map<number, number>();
  const tookS: number[] = [];
  for (const { atNs, stop, sender, number } of trace.entries()) {
    if (nodeIds[sender] !== from) continue;
    if (stop === 'sent') sentNs.set(number, atNs);
    else if (stop === 'processed') tookS.push((atNs - (sentNs.get(number) as number)) / 1e9);
  }
  return tookS.toSorted((a, b) => a - b)[Math.floor(tookS.length * 0.99)] as number;
}
