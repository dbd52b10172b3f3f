// L18, wait, then wait longer, and not all together: backoff, jitter, and retries that hold nobody up.

import { describe, expect, it } from 'vitest';
import { isNear, Lesson } from '../../testing/lesson.ts';

const lesson = new Lesson('l18-wait-and-not-together');

/** The herd starts at 1 s: when the last client is done, s after that, and how many calls it took. */
function outcome(policy: string, seed = 7): { readonly calls: number; readonly doneS: number } {
  const run = lesson.begin({ edits: [`set clients.retry ${policy}`], seed });
  const doneS = run.firstTime('7000s', '100ms', () => run.read('processed', 'server') === 1000) - 1;
  return { calls: run.read('called', 'server'), doneS };
}

describe('predict: who makes fewer calls, a fixed wait of 1 s or one that doubles, without jitter?', () => {
  it('neither: 50,500 each†, and doubling only stretches 99 s† to 6,015 s†', () => {
    const fixed = outcome('fixed');
    const doubling = outcome('exponential');
    expect([fixed.calls, doubling.calls]).toEqual([50500, 50500]);
    expect(isNear(fixed.doneS, 99), `${fixed.doneS}`).toBe(true);
    expect(isNear(doubling.doneS, 6015), `${doubling.doneS}`).toBe(true);
  });

  it('with full jitter 4,223 calls† in 35 s†, the median of the five seeds', () => {
    const five = lesson.fiveSeeds.map((seed) => outcome('exponential-full', seed));
    const median = (numbers: readonly number[]): number => numbers.toSorted((a, b) => a - b)[2] as number;
    const calls = median(five.map((one) => one.calls));
    const doneS = median(five.map((one) => one.doneS));
    expect(isNear(calls, 4223), `${calls}`).toBe(true);
    expect(isNear(doneS, 35), `${doneS}`).toBe(true);
  });
});

/** A worker that can do twenty a second, of which one in ten fails and is tried again after 2 s. */
const SLEEPER = {
  nodes: [
    'remove clients',
    'remove server',
    'set start.arrivals constant',
    'set start.rate 25',
    'set start.limit default',
    'add-node {"id": "line", "kind": "queue", "params": {"ackDeadline": "0s"}}',
    `add-node ${JSON.stringify({
      id: 'worker',
      kind: 'service',
      params: { work: { law: 'constant', value: '50ms' }, failure: 0.1, retry: 'fixed', retryBase: '2s', maxAttempts: 0 },
    })}`,
    'add-wire {"id": "start-line", "kind": "publish", "from": "start", "to": "line", "params": {"delay": "0s"}}',
    'add-wire {"id": "line-worker", "kind": "deliver", "from": "line", "to": "worker", "params": {"delay": "0s"}}',
  ],
  inWorker: 'set worker.retryWait in-worker',
  inQueue: 'set worker.retryWait in-queue',
};

/**
 * A letter that is to wait 64 s and, just behind it, one that is to wait 1 s. A lane is a RabbitMQ queue that nobody reads: each letter
 * has a time to live of its own, and what expires is handed on to the queue of what is due. R16: it leaves only at the head.
 */
const LETTERS = [
  'remove start',
  'remove clients',
  'remove server',
  'add-node {"id": "rabbit", "kind": "rabbitmq"}',
  'add-node {"id": "due", "kind": "rabbitmq-queue", "parent": "rabbit"}',
  'add-node {"id": "reader", "kind": "service", "params": {"work": {"law": "constant", "value": "0s"}}}',
  'add-wire {"id": "due-reader", "kind": "rabbitmq-consume", "from": "due", "to": "reader", "params": {"delay": "0s"}}',
  'add-node {"id": "patient", "kind": "sender", "params": {"arrivals": "times", "times": ["0s"]}}',
  'add-node {"id": "hasty", "kind": "sender", "params": {"arrivals": "times", "times": ["100ms"]}}',
];
const WAITS = { patient: '64s', hasty: '1s' };
const lane = (id: string, ...senders: readonly (keyof typeof WAITS)[]): readonly string[] => [
  `add-node {"id": "${id}", "kind": "rabbitmq-queue", "parent": "rabbit"}`,
  `add-wire {"id": "${id}-due", "kind": "rabbitmq-dead-letter", "from": "${id}", "to": "due"}`,
  ...senders.map(
    (from) =>
      `add-wire {"id": "${from}-in", "kind": "rabbitmq-publish", "from": "${from}", "to": "${id}", "params": {"delay": "0s", "expiration": "${WAITS[from]}"}}`,
  ),
];

describe('step', () => {
  it('1: three ways to wait, compared', () => {
    const [fixed, doubling, jitter] = ['fixed', 'exponential', 'exponential-full'].map((policy) => outcome(policy)) as [
      ReturnType<typeof outcome>,
      ReturnType<typeof outcome>,
      ReturnType<typeof outcome>,
    ];
    expect(jitter.calls).toBeLessThan(fixed.calls / 10);
    expect(jitter.doneS).toBeLessThan(fixed.doneS);
    expect(fixed.doneS).toBeLessThan(doubling.doneS / 50);
  });

  it('2: with jitter fewer than 6,000 calls, and all done within a minute', () => {
    const checks = ['end: called{server} < 6000 and within 60s: processed{server} == 1000'];
    expect(lesson.failures('120s', { edits: ['set clients.retry exponential-full'], checks })).toEqual([]);
    expect(lesson.failures('120s', { edits: ['set clients.retry exponential'], checks })).toHaveLength(1);
  });

  it('3: a worker that sleeps 2 s on one failure in ten does 4 a second† instead of 20', () => {
    const edits = [...SLEEPER.nodes, SLEEPER.inWorker];
    expect(lesson.failures('120s', { edits, checks: ['hold 30s: throughput < 5'] })).toEqual([]);
    const perSecond = lesson.begin({ edits }).rateTo('1200s', 'throughput');
    // Nine successes in ten attempts of a twentieth of a second, and one sleep.
    expect(isNear(perSecond, 0.9 / (0.05 + 0.1 * 2)), `${perSecond}`).toBe(true);
    expect(isNear(perSecond, 4), `${perSecond}`).toBe(true);
  });

  it('4: with the wait in the queue it does more than 17', () => {
    const edits = [...SLEEPER.nodes, SLEEPER.inQueue];
    expect(lesson.failures('120s', { edits, checks: ['hold 30s: throughput > 17'] })).toEqual([]);
    expect(
      lesson.failures('120s', { edits: [...SLEEPER.nodes, SLEEPER.inWorker], checks: ['hold 30s: throughput > 17'] }),
    ).toHaveLength(1);
  });

  it('5: in one lane the letter of 1 s comes out after the one of 64 s†, in a lane of its own after 1 s', () => {
    /** How much longer than its second the hasty letter took, s. */
    const hastyLateS = (edits: readonly string[]): number => {
      const { world } = lesson.begin({ edits: [...LETTERS, ...edits], isTraced: true }).to('100s').simulation;
      const hasty = world.trace.entries().filter(({ sender }) => world.nodeIds[sender] === 'hasty');
      const [sentNs, outNs] = ['sent', 'processed'].map((stop) => hasty.find((entry) => entry.stop === stop)?.atNs as number);
      return ((outNs as number) - (sentNs as number)) / 1e9 - 1;
    };
    const together = hastyLateS(lane('lane', 'patient', 'hasty'));
    expect(together).toBeGreaterThan(60);
    expect(isNear(together + 1, 64), `${together}`).toBe(true);
    const apart = hastyLateS([...lane('long', 'patient'), ...lane('short', 'hasty')]);
    expect(apart).toBeLessThan(1);
    expect(apart).toBeGreaterThanOrEqual(0);
  });
});

describe('final task: the server is away for 60 s; nothing is lost, never more than twice the usual calls, all done 120 s after', () => {
  /** Twenty letters a second, each for one call. */
  const WORKERS = [
    'remove clients',
    'set start.arrivals constant',
    'set start.rate 20',
    'set start.limit default',
    'set server.callsWaiting 1000',
    'add-node {"id": "line", "kind": "queue", "params": {"ackDeadline": "0s"}}',
    `add-node ${JSON.stringify({
      id: 'worker',
      kind: 'service',
      params: {
        concurrency: 20,
        steps: ['receive', { do: 'call', to: 'server' }, 'acknowledge'],
        retry: 'fixed',
        retryBase: '1s',
      },
    })}`,
    'add-wire {"id": "start-line", "kind": "publish", "from": "start", "to": "line", "params": {"delay": "0s"}}',
    'add-wire {"id": "line-worker", "kind": "deliver", "from": "line", "to": "worker", "params": {"delay": "0s"}}',
    'add-wire {"id": "worker-server", "kind": "call", "from": "worker", "to": "server", "params": {"delay": "0s"}}',
  ];
  const at = [['20s', 'crash server for 60s']] as const;
  const checks = [
    'end: lost == 0',
    'always: rate(called{server}, 1s) <= 40',
    // Of all that came a while before, and that is done in a tenth of a second when nothing is in the way.
    'within 200s: sent > 3900 and processed{worker} > sent - 20',
  ];
  const begin = (seed: number, ...edits: readonly string[]) =>
    lesson.begin({ edits: [...WORKERS, ...edits], at, checks, seed }).to('200s');
  const LONGER = ['set worker.retry exponential', 'set worker.retryCap 30s', 'set worker.maxAttempts 0'];
  const APART = ['set worker.retry exponential-full', 'set worker-server.rateLimit 38', 'set worker-server.whenHeldBack wait'];

  it.each(lesson.seeds)('is solved by waiting longer, at random, and by a limit to the rate of calls, on seed %i', (seed) => {
    expect(begin(seed, ...LONGER, ...APART).failures()).toEqual([]);
  });

  it.each(lesson.seeds)('is not solved by doing nothing: three attempts are soon over, on seed %i', (seed) => {
    const run = begin(seed);
    expect(run.read('lost')).toBeGreaterThan(100);
    expect(run.failures().length).toBeGreaterThan(0);
  });

  it.each(lesson.seeds)('is not solved by waiting ever longer alone: they all come back together, on seed %i', (seed) => {
    const failures = begin(seed, ...LONGER).failures();
    expect(failures).toHaveLength(1);
    expect(failures[0]).toContain('rate(called{server}, 1s)');
  });
});
