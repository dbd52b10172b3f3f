// L19, the fuse box: breakers and bulkheads, and what becomes of letters while a breaker is open. While B hangs nothing that needs it is
// done, so what is done then is the other half.

import { describe, expect, it } from 'vitest';
import { isNear, Lesson, type LessonRun } from '../../testing/lesson.ts';

const lesson = new Lesson('l19-fuse-box');

/** The half that needs B gets a line and ten workers of its own; the others no longer call anybody. */
const SEPARATE = [
  'set shop.rate 80',
  'set workers.steps ["receive", "work", "acknowledge"]',
  'remove-wire workers-b',
  'add-node {"id": "b-shop", "kind": "sender", "params": {"rate": 80}}',
  'add-node {"id": "b-orders", "kind": "queue", "params": {"ackDeadline": "0s"}}',
  `add-node ${JSON.stringify({
    id: 'b-workers',
    kind: 'service',
    params: {
      concurrency: 10,
      work: { law: 'constant', value: '50ms' },
      steps: ['receive', { do: 'call', to: 'b' }, 'work', 'acknowledge'],
      retry: 'exponential',
      retryBase: '1s',
      retryCap: '30s',
      maxAttempts: 0,
    },
  })}`,
  'add-wire {"id": "b-shop-b-orders", "kind": "publish", "from": "b-shop", "to": "b-orders", "params": {"delay": "20ms"}}',
  'add-wire {"id": "b-orders-b-workers", "kind": "deliver", "from": "b-orders", "to": "b-workers", "params": {"delay": "20ms", "desk": 30}}',
  'add-wire {"id": "b-workers-b", "kind": "call", "from": "b-workers", "to": "b", "params": {"delay": "0s", "timeout": "5s"}}',
];
/** Opens when ten of the last hundred calls failed; one probe each two seconds. */
const breakerOn = (wire: string, whenHeldBack: string): readonly string[] => [
  `set ${wire}.breaker resilience4j`,
  `set ${wire}.breakerThreshold 10%`,
  `set ${wire}.breakerMinimum 10`,
  `set ${wire}.breakerOpen 2s`,
  `set ${wire}.breakerProbes 1`,
  `set ${wire}.whenHeldBack ${whenHeldBack}`,
];
const SHELF = [
  'add-node {"id": "shelf", "kind": "dead-letter-queue"}',
  'add-wire {"id": "orders-shelf", "kind": "dead-letter", "from": "orders", "to": "shelf"}',
];

const B_SHELF = 'add-wire {"id": "b-shelf", "kind": "dead-letter", "from": "b-orders", "to": "shelf"}';

describe('predict: throughput of the half that never calls B?', () => {
  it('from 80/s to 2/s†: all ten workers end up waiting for B', () => {
    // While B answers, all is done, half of it without B.
    const run = lesson.begin();
    run.to('2s');
    expect(isNear(run.rateTo('10s', 'goodput', undefined) / 2, 80)).toBe(true);
    run.to('20s');
    const withoutB = run.rateTo('120s', 'goodput');
    expect(isNear(withoutB, 2), `${withoutB}`).toBe(true);
    expect(run.read('calls_out', 'workers')).toBeGreaterThanOrEqual(9);
  });
});

describe('step', () => {
  it('1: the half that never needed B is done at less than 4 a second', () => {
    expect(lesson.failures('120s', { checks: ['hold 30s: goodput < 4'] })).toEqual([]);
  });

  it('2: with a queue and workers of its own for B, the others go on', () => {
    // The books of each line are its own: this is the half without B.
    const run = lesson.begin({ edits: SEPARATE }).to('30s');
    const withoutB = run.rateTo('120s', 'processed', 'orders');
    expect(withoutB).toBeGreaterThan(75);
    expect(run.read('processed', 'b-workers')).toBeLessThan(1000);
  });

  it('3: a breaker opens, and the workers have time again', () => {
    const checks = ['event: breaker_opened >= 1 and hold 30s: utilisation{workers} < 0.9', 'end: breaker_opened >= 2'];
    expect(lesson.failures('120s', { edits: breakerOn('workers-b', 'fail'), checks })).toEqual([]);
    expect(lesson.failures('120s', { checks: ['hold 30s: utilisation{workers} < 0.9'] })).toHaveLength(1);
  });

  it('4: with a breaker and three attempts the shelf fills with healthy letters in seconds', () => {
    const edits = [...breakerOn('workers-b', 'fail'), ...SHELF, 'set workers.maxAttempts 3', 'set workers.retryBase 200ms'];
    const run = lesson.begin({ edits });
    const openS = run.firstTime('120s', '100ms', () => run.read('breaker_opened') > 0);
    const fullS = run.firstTime('120s', '100ms', () => run.read('dlq_size') > 100);
    expect(fullS - openS).toBeLessThan(15);
    expect(run.to('60s').read('dlq_size')).toBeGreaterThan(1000);
    // Nothing is wrong with any of them: once B is back they are all done.
    const at = [
      ['10s', 'stall b 30s'],
      ['60s', 'redrive shelf'],
    ] as const;
    const checks = ['event: dlq_size > 100 and end: dlq_size == 0 and lost == 0'];
    expect(lesson.failures('120s', { edits, isCalm: true, at, checks })).toEqual([]);
  });

  it('5: who stops reading while it is open, and probes, has nothing on the shelf, and the breaker closes when B is back', () => {
    const edits = [...SEPARATE, ...breakerOn('b-workers-b', 'wait')];
    const checks = ['end: breaker_opened >= 1 and breaker == 0 and lost == 0 and queue_size{b-orders} < 50'];
    const at = [['10s', 'stall b 20s']] as const;
    expect(lesson.failures('120s', { edits, isCalm: true, at, checks })).toEqual([]);
  });
});

describe('final task: B hangs three times; nothing lost, nothing on the shelf, and of the half without B 95 % of what comes is done', () => {
  const HANGS_S = [10, 40, 70];
  const at = HANGS_S.map((second) => [`${second}s`, 'stall b 10s'] as const);
  const checks = ['end: lost == 0 and dlq_size == 0 and queue_size < 100'];

  /** What does not hold at the end, and the least share of the half without B that was done while B hung. */
  function outcome(seed: number, withoutB: (run: LessonRun) => number, edits: readonly string[]) {
    const run = lesson.begin({ edits, isCalm: true, at, checks, seed });
    const shares = HANGS_S.map((second) => {
      run.to(`${second + 1}s`);
      const [done, came] = [run.read('goodput'), withoutB(run)];
      run.to(`${second + 10}s`);
      return (run.read('goodput') - done) / (withoutB(run) - came);
    });
    return { failures: run.to('150s').failures(), share: Math.min(...shares) };
  }
  const half = (run: LessonRun): number => run.read('arrivals') / 2;

  it.each(lesson.seeds)(
    'is solved by a line of its own for B whose workers stop reading while the breaker is open, on seed %i',
    (seed) => {
      const edits = [...SEPARATE, ...SHELF, B_SHELF, ...breakerOn('b-workers-b', 'wait')];
      const { failures, share } = outcome(seed, (run) => run.read('arrivals', 'orders'), edits);
      expect(failures).toEqual([]);
      expect(share).toBeGreaterThan(0.95);
    },
  );

  it.each(lesson.seeds)('is not solved by doing nothing, on seed %i', (seed) => {
    expect(outcome(seed, half, SHELF).share).toBeLessThan(0.1);
  });

  it.each(lesson.seeds)(
    'is not solved by a breaker on the common line: half of the letters end on the shelf, on seed %i',
    (seed) => {
      const edits = [...SHELF, ...breakerOn('workers-b', 'fail'), 'set workers.maxAttempts 3', 'set workers.retryBase 200ms'];
      const { failures, share } = outcome(seed, half, edits);
      expect(failures).toHaveLength(1);
      expect(share).toBeLessThan(0.95);
    },
  );
});
