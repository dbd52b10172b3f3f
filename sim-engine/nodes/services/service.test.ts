// The service: what it does with a delivery, step by step, how many at once, how long, and what becomes of what fails. The waits of
// its retries are those of testing/vectors/patterns/backoff.json, measured in whole runs; P6 to P9 and P54 are of
// docs/semantics/patterns.md.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { StreamIx } from '../../kernel/ids.ts';
import { meanOf, varianceOf } from '../../kernel/law-moments.ts';
import type { LawSpec } from '../../kernel/law-spec.ts';
import { every, INSTANT, lasting, node, type ParamsDocument, wire } from '../../testing/drawing.ts';
import { chiSquareDeviations, countsByShare, momentsOf } from '../../testing/slow-twins/statistics.ts';
import { Story } from '../../testing/story.ts';

const upTo = (count: number) => Array.from({ length: count }, (_, ix) => ix + 1);

interface Line {
  readonly sender?: ParamsDocument;
  readonly queue?: ParamsDocument;
  readonly worker?: ParamsDocument;
  readonly deliver?: ParamsDocument;
  /** A queue that the worker publishes its results to. */
  readonly results?: ParamsDocument;
}

/** `shop` sends to `orders`, `worker` works on it and may publish to `results`; what is given up on goes to `dead`. */
function line({ sender, queue, worker, deliver, results }: Line): Story {
  return new Story({
    nodes: [
      node('shop', 'sender', { arrivals: 'times', times: ['0s'], ...sender }),
      node('orders', 'queue', queue),
      node('worker', 'service', worker),
      node('dead', 'dead-letter-queue'),
      ...(results === undefined ? [] : [node('results', 'queue', results)]),
    ],
    wires: [
      wire('publish', 'shop', 'orders', INSTANT),
      wire('deliver', 'orders', 'worker', { ...INSTANT, ...deliver }),
      wire('dead-letter', 'orders', 'dead'),
      ...(results === undefined ? [] : [wire('publish', 'worker', 'results', INSTANT)]),
    ],
  });
}

/** What happened at the worker to the messages of `shop`, and when, ms. */
const told = (story: Story) =>
  story
    .stops('begun', 'processed', 'failed', 'published', 'acknowledged', 'given-up', 'repeated')
    .filter(({ sender }) => sender === 'shop')
    .map(({ what, ms }) => `${what} ${ms}`);

describe('the steps', () => {
  it('are receive, work, publish, acknowledge if nobody says otherwise', () => {
    const story = line({ worker: { work: lasting('100ms') }, results: {} }).to('10s');
    expect(told(story)).toEqual(['begun 0', 'processed 100', 'published 100', 'acknowledged 100']);
  });

  it('acknowledge before the work: the queue has forgotten it by then', () => {
    const story = line({ worker: { work: lasting('100ms'), steps: ['receive', 'acknowledge', 'work'] } });
    story.to('50ms');
    expect(told(story)).toEqual(['begun 0', 'acknowledged 0']);
    expect(story.gauge('queue_size', 'orders')).toBe(0);
    expect(story.gauge('busy', 'worker')).toBe(1);
    story.to('10s');
    expect(told(story)).toEqual(['begun 0', 'acknowledged 0', 'processed 100']);
  });

  it('acknowledge before the work: what then fails is lost', () => {
    const story = line({ worker: { work: lasting('100ms'), failFirst: 1, steps: ['receive', 'acknowledge', 'work'] } }).to('1h');
    expect(story.reasons('lost')).toEqual({ 'worker forgotten': 1 });
    expect(story.gauge('received', 'worker')).toBe(1);
  });

  it('acknowledge before the work: nobody waits for another attempt on what failed', () => {
    const worker = { work: lasting('100ms'), failFirst: 1, steps: ['receive', 'acknowledge', 'work'] };
    const story = line({ worker: { ...worker, retry: 'fixed', retryBase: '1h', retryWait: 'in-worker' } }).to('1s');
    expect(story.gauge('busy', 'worker')).toBe(0);
    expect(story.ledger.delivery.lost).toBe(1);
  });

  it('publish before the work: the result is out though the work fails, and once for every attempt', () => {
    const story = line({
      worker: {
        work: lasting('100ms'),
        failFirst: 2,
        retry: 'fixed',
        retryBase: '1s',
        steps: ['receive', 'publish', 'work', 'acknowledge'],
      },
      results: {},
    }).to('1min');
    expect(told(story)).toEqual([
      'begun 0',
      'published 0',
      'failed 100',
      'begun 1100',
      'published 1100',
      'failed 1200',
      'begun 2200',
      'published 2200',
      'processed 2300',
      'acknowledged 2300',
    ]);
    expect(story.gauge('ready', 'results')).toBe(3);
  });

  it('without acknowledge the queue never hears of it and hands it out again', () => {
    const story = line({ queue: { ackDeadline: '1s' }, worker: { work: lasting('100ms'), steps: ['receive', 'work'] } }).to(
      '2500ms',
    );
    expect(told(story)).toEqual(['begun 0', 'processed 100', 'begun 1000', 'repeated 1100', 'begun 2000', 'repeated 2100']);
    expect(story.ledger.repeats).toBe(2);
  });

  it('without work take no time', () => {
    const story = line({ worker: { work: lasting('1h'), steps: ['receive', 'acknowledge'] } }).to('1s');
    expect(story.ledger.delivery.processed).toBe(1);
    expect(story.times('processed')).toEqual([0]);
  });

  it('publish nothing where no wire goes out', () => {
    const story = line({ worker: { work: lasting('100ms') } }).to('1s');
    expect(told(story)).toEqual(['begun 0', 'processed 100', 'acknowledged 100']);
  });
});

describe('a result', () => {
  it('is a new message of its own, with key, size and type of what caused it', () => {
    const story = line({
      sender: { times: every(10, 20), keys: 5, size: { law: 'uniform', low: 10, high: 99 } },
      worker: { work: lasting('1ms') },
      results: {},
    }).to('10s');
    expect(story.ledger.publish).toMatchObject({ sent: 40, accepted: 40 });
    const results = story.messages();
    expect(results.map(({ sender, number }) => [sender, number])).toEqual(upTo(20).map((number) => ['worker', number]));
    expect(results.map(({ cause }) => cause)).toEqual(upTo(20).map((number) => `shop ${number}`));
    const original = line({ sender: { times: every(10, 20), keys: 5, size: { law: 'uniform', low: 10, high: 99 } } });
    original.at('0s', 'crash worker').to('10s');
    expect(results.map(({ key, sizeBytes }) => [key, sizeBytes])).toEqual(
      original.messages().map(({ key, sizeBytes }) => [key, sizeBytes]),
    );
  });

  it('waits at its worker while the channel takes no more, and the place is taken meanwhile', () => {
    const story = line({
      sender: { times: every(10, 5) },
      worker: { work: lasting('100ms') },
      results: { capacity: 1, overflow: 'block' },
    }).to('10s');
    // One lies there, one is let wait outside, the third stands in the worker; its own time-out asks again now and then.
    expect(story.gauge('ready', 'results')).toBe(1);
    expect(story.gauge('busy', 'worker')).toBe(1);
    expect(story.ledger.delivery.inFlight).toBeLessThanOrEqual(1);
    story.at('10s', 'set results.capacity 0').to('20s');
    expect(story.gauge('ready', 'results')).toBe(5);
    expect(story.gauge('busy', 'worker')).toBe(0);
    expect(story.messages().map(({ number }) => number)).toEqual(upTo(5));
  });
});

describe('concurrency', () => {
  it('is how many are in work at once', () => {
    const story = line({ sender: { times: every(1, 7) }, worker: { concurrency: 3, work: lasting('100ms') } }).to('10s');
    expect(story.times('begun')).toEqual([0, 1, 2, 100, 101, 102, 200]);
    expect(story.times('processed')).toEqual([100, 101, 102, 200, 201, 202, 300]);
  });

  it('is how many are in work, however many lie on the desk', () => {
    const worker = { concurrency: 2, work: lasting('100ms') };
    const story = line({ sender: { times: every(1, 6) }, worker, deliver: { desk: 6 } }).to('50ms');
    expect([story.gauge('busy', 'worker'), story.gauge('desk', 'worker')]).toEqual([2, 4]);
    story.to('10s');
    expect(story.times('begun')).toEqual([0, 1, 100, 101, 200, 201]);
  });

  it('two places do as much as two workers with one each', () => {
    // More than two places can do, so that a third would show.
    const sender = { times: every(25, 400) };
    const work = lasting('55ms');
    const places = line({ sender, worker: { concurrency: 2, work } }).to('1min');
    const workers = new Story({
      nodes: [
        node('shop', 'sender', { arrivals: 'times', ...sender }),
        node('orders', 'queue'),
        node('w1', 'service', { work }),
        node('w2', 'service', { work }),
      ],
      wires: [
        wire('publish', 'shop', 'orders', INSTANT),
        wire('deliver', 'orders', 'w1', INSTANT),
        wire('deliver', 'orders', 'w2', INSTANT),
      ],
    }).to('1min');
    expect(places.times('processed')).toEqual(workers.times('processed'));
  });

  it('raised in mid-run takes more at once from that moment on', () => {
    const story = line({ sender: { times: every(1, 6) }, worker: { work: lasting('1s') } })
      .at('500ms', 'set worker.concurrency 3')
      .to('10s');
    expect(story.times('begun')).toEqual([0, 500, 500, 1000, 1500, 1500]);
  });

  it('shows how busy it is', () => {
    const story = line({
      sender: { arrivals: 'constant', rate: 10 },
      worker: { concurrency: 4, work: lasting('150ms') },
    }).to('100.01s');
    // From 0.1 s on 150 ms of work come in every 100 ms.
    expect(story.gauge('busy_seconds', 'worker')).toBeCloseTo(149.81, 1);
    expect(story.gauge('utilisation', 'worker')).toBe(story.gauge('busy', 'worker') / 4);
    expect([story.gauge('received', 'worker'), story.gauge('processed', 'worker')]).toEqual([1000, 998]);
  });
});

describe('the work', () => {
  const laws: readonly { readonly law: string; readonly work: ParamsDocument; readonly spec: LawSpec }[] = [
    { law: 'exponential', work: { law: 'exponential', mean: '4ms' }, spec: { law: 'exponential', mean: 4e6 } },
    { law: 'erlang', work: { law: 'erlang', shape: 3, mean: '4ms' }, spec: { law: 'erlang', shape: 3, mean: 4e6 } },
    { law: 'uniform', work: { law: 'uniform', low: '1ms', high: '9ms' }, spec: { law: 'uniform', low: 1e6, high: 9e6 } },
    {
      law: 'two-point',
      work: { law: 'two-point', share: 0.9, value1: '1ms', value2: '11ms' },
      spec: { law: 'two-point', share: 0.9, value1: 1e6, value2: 1.1e7 },
    },
  ];
  const lengths = (story: Story) => {
    const begun = story.stops('begun');
    const ended = story.stops('processed', 'failed');
    return Float64Array.from(begun, ({ ns }, ix) => (ended[ix]?.ns as number) - ns);
  };

  it.each(laws)('has the mean and the variance of its law: $law', ({ work, spec }) => {
    const COUNT = 10_000;
    const drawn = lengths(line({ sender: { arrivals: 'constant', rate: 100, limit: COUNT }, worker: { work } }).to('200s'));
    const { mean, variance } = momentsOf(drawn);
    expect(drawn).toHaveLength(COUNT);
    expect(Math.abs(mean - meanOf(spec))).toBeLessThan(4.5 * Math.sqrt(varianceOf(spec) / COUNT));
    expect(Math.abs(variance / varianceOf(spec) - 1)).toBeLessThan(0.1);
  });

  it('is drawn anew for each attempt', () => {
    const worker = {
      work: { law: 'exponential', mean: '10ms' },
      failFirst: 1000,
      maxAttempts: 0,
      retry: 'fixed',
      retryBase: '1ms',
    };
    const drawn = lengths(line({ worker }).to('20s'));
    expect(drawn.length).toBeGreaterThan(900);
    const bins = countsByShare(drawn, (ns) => 1 - Math.exp(-ns / 1e7), 20);
    expect(Math.abs(chiSquareDeviations(bins, new Array(20).fill(drawn.length / 20)))).toBeLessThan(5);
  });

  it('takes a new law with the next delivery, not with the one in work', () => {
    const story = line({ sender: { times: ['0s', '1ms'] }, worker: { work: lasting('1s') } })
      .at('500ms', 'set worker.work {"law":"constant","value":"10ms"}')
      .to('10s');
    expect(story.times('processed')).toEqual([1000, 1010]);
  });
});

describe('failure', () => {
  it('is as likely as was asked for, whatever failed before', () => {
    const story = line({
      sender: { arrivals: 'constant', rate: 500, limit: 10_000 },
      worker: { work: lasting('1ms'), failure: 0.2, retry: 'none' },
    }).to('1min');
    expect(Math.abs(story.gauge('failed', 'worker') - 2000)).toBeLessThan(4 * 40);
    const outcomes = story.stops('processed', 'failed').map(({ what }) => what);
    const twice = outcomes.filter((what, ix) => what === 'failed' && outcomes[ix + 1] === 'failed').length;
    expect(Math.abs(twice - 400)).toBeLessThan(4 * 20);
  });

  it('of the first attempts is certain', () => {
    const story = line({ worker: { work: lasting('10ms'), failFirst: 2, maxAttempts: 5, retry: 'fixed', retryBase: '1s' } }).to(
      '1min',
    );
    expect(told(story).filter((what) => !what.startsWith('begun'))).toEqual([
      'failed 10',
      'failed 1020',
      'processed 2030',
      'acknowledged 2030',
    ]);
  });

  it('is counted as wasted work', () => {
    const story = line({ worker: { work: lasting('400ms'), failFirst: 2, maxAttempts: 5, retry: 'fixed', retryBase: '1s' } }).to(
      '1min',
    );
    expect(story.gauge('wasted_work')).toBeCloseTo(0.8, 9);
  });
});

describe('poison', () => {
  const poisoned = (worker: ParamsDocument) =>
    line({ sender: { times: every(100, 3), poison: 1 }, worker: { work: lasting('10ms'), ...worker } });

  it('fails at every attempt and costs all of them: q (n - 1) more (P54)', () => {
    const story = poisoned({ maxAttempts: 4, retry: 'fixed', retryBase: '1s' }).to('1min');
    expect(story.ledger.delivery).toMatchObject({ deadLettered: 3, processed: 0 });
    expect(story.gauge('received', 'worker')).toBe(3 * 4);
  });

  it('is like any other for a worker that does not mind it', () => {
    expect(poisoned({ poison: 'ignored' }).to('1min').ledger.delivery.processed).toBe(3);
  });

  it('crashes the worker, which its supervisor starts again after 5 s', () => {
    const story = line({
      sender: { times: ['0s'], poison: 1 },
      queue: { ackDeadline: '2s', maxAttempts: 2 },
      worker: { work: lasting('10ms'), poison: 'crashes' },
    }).to('1min');
    const crashes = story.notices().map(({ key, atNs }) => `${key} ${atNs / 1e6}`);
    expect(crashes).toEqual(['notice.crashed 10', 'notice.restarted 5010', 'notice.crashed 5020', 'notice.restarted 10020']);
    expect(story.reasons('deadLettered')).toEqual({ 'orders max-attempts': 1 });
  });

  it('taken out of what is sent, everything goes on', () => {
    const story = line({
      sender: { arrivals: 'constant', rate: 10, poison: 1 },
      worker: { work: lasting('10ms'), retry: 'none' },
    });
    story.at('5050ms', 'set shop.poison 0').to('10.05s');
    expect(story.ledger.delivery).toMatchObject({ deadLettered: 50, processed: 50 });
  });
});

// ------------------------------------------------------------------ retries

/** Failure to next delivery, ns: the waits of one message whose first attempts fail. */
const waits = (story: Story) => {
  const failed = story.stops('failed');
  const delivered = story.stops('delivered').slice(1);
  return delivered.map(({ ns }, ix) => ns - (failed[ix]?.ns as number));
};

interface BackoffCase {
  readonly name: string;
  readonly input: {
    readonly strategy: string;
    readonly baseMs: number;
    readonly capMs: number | null;
    readonly multiplier?: number | null;
    readonly randomizationFactor?: number | null;
    readonly retries: number;
    readonly u: readonly number[];
  };
  readonly expected: { readonly delaysMs: readonly number[] };
}

const WORD_OF_STRATEGY: { readonly [strategy: string]: string } = {
  none: 'exponential',
  constant: 'fixed',
  linear: 'linear',
  full: 'exponential-full',
  equal: 'exponential-equal',
  decorrelated: 'decorrelated',
  randomized: 'randomized',
  pollyJitterConstant: 'polly-constant',
  pollyJitterLinear: 'polly-linear',
  pollyDecorrelatedV2: 'polly-decorrelated',
};

describe('the waits of retries, as recorded', () => {
  const VECTORS = new URL('../../testing/vectors/patterns/backoff.json', import.meta.url);
  const { cases } = JSON.parse(readFileSync(VECTORS, 'utf8')) as { cases: BackoffCase[] };

  /** One message whose first attempts fail; the recorded draws take the place of those of the worker's own stream. */
  function waitsWith({ strategy, baseMs, capMs, multiplier, randomizationFactor, retries, u }: BackoffCase['input']) {
    const story = line({
      queue: { ackDeadline: '0s' },
      deliver: { pollTimeout: '1h' },
      worker: {
        work: lasting('1ms'),
        failFirst: retries,
        maxAttempts: 0,
        retry: WORD_OF_STRATEGY[strategy],
        retryBase: `${baseMs}ms`,
        // A cap of a million seconds is above what a field takes, and above what any of the recorded delays reaches.
        retryCap: capMs === null || capMs > 864e6 ? '240h' : `${capMs}ms`,
        ...(multiplier ? { retryMultiplier: multiplier } : {}),
        ...(strategy === 'randomized' ? { retryRandomization: randomizationFactor ?? 0.5 } : {}),
      },
    });
    const { world } = story.simulation;
    const { streams } = world;
    const own = world.stream('worker', 'backoff');
    const draw = streams.uniform.bind(streams);
    let next = 0;
    streams.uniform = (stream: StreamIx) => (stream === own ? (u[next++] as number) : draw(stream));
    story.to('60h');
    return { found: waits(story), drawn: next, processed: story.ledger.delivery.processed };
  }

  it.each(cases)('$name', ({ input, expected }) => {
    const { found, drawn, processed } = waitsWith(input);
    expect(processed).toBe(1);
    expect(found).toHaveLength(expected.delaysMs.length);
    for (const [retry, ns] of found.entries())
      expect(Math.abs(ns - (expected.delaysMs[retry] as number) * 1e6)).toBeLessThanOrEqual(2);
    // A strategy that has no chance in it must not draw.
    expect(drawn).toBe(['none', 'constant', 'linear'].includes(input.strategy) ? 0 : input.retries);
  });

  it('all strategies are among them', () => {
    expect(new Set(cases.map(({ input }) => input.strategy))).toEqual(new Set(Object.keys(WORD_OF_STRATEGY)));
  });
});

describe('retries', () => {
  const failing = (worker: ParamsDocument, sender: ParamsDocument = {}) =>
    line({ sender, worker: { work: lasting('10ms'), failure: 1, ...worker } });

  it('none: the first failure is the last', () => {
    const story = failing({ retry: 'none', maxAttempts: 5 }).to('1h');
    expect(told(story)).toEqual(['begun 0', 'failed 10', 'given-up 10']);
    expect(story.reasons('deadLettered')).toEqual({ 'orders rejected': 1 });
  });

  it('give up after as many deliveries as are allowed, the first included', () => {
    const story = failing({ retry: 'exponential', retryBase: '2s', maxAttempts: 4 }).to('1h');
    expect(waits(story)).toEqual([2e9, 4e9, 8e9]);
    expect(story.stops('dead-lettered')[0]).toMatchObject({ ms: 14_040, attempt: 4 });
    expect(story.gauge('failed', 'worker')).toBe(4);
  });

  it('never give up where no limit is set', () => {
    const story = failing({ retry: 'fixed', retryBase: '1s', maxAttempts: 0 }).to('1000s');
    expect(story.gauge('failed', 'worker')).toBe(991);
    expect(story.ledger.delivery.delayed).toBe(1);
  });

  it('wait no longer than the longest wait', () => {
    const story = failing({ retry: 'exponential', retryBase: '1s', retryCap: '5s', maxAttempts: 6 }).to('1h');
    expect(waits(story)).toEqual([1e9, 2e9, 4e9, 5e9, 5e9]);
  });

  it('grow by the factor that is set', () => {
    const story = failing({ retry: 'exponential', retryBase: '1s', retryMultiplier: 3, maxAttempts: 5 }).to('1h');
    expect(waits(story)).toEqual([1e9, 3e9, 9e9, 27e9]);
  });

  it.each([
    ['exponential-full', 0, 1],
    ['exponential-equal', 0.5, 1],
    ['polly-constant', 0.75, 1.25],
    ['randomized', 0.5, 1.5],
  ])('%s jitter lies where it should, all over, with the mean in the middle (P6, P7)', (retry, low, high) => {
    const COUNT = 4000;
    const sender = { arrivals: 'constant', rate: 50, limit: COUNT };
    // Places for all, so that what is due again never waits for one.
    const story = failing({ retry, retryBase: '1s', maxAttempts: 2, concurrency: 1000 }, sender).to('10min');
    const failedNs = new Map(story.stops('failed').flatMap(({ attempt, number, ns }) => (attempt === 1 ? [[number, ns]] : [])));
    const again = story.stops('delivered').filter(({ attempt }) => attempt === 2);
    const slept = again.map(({ number, ns }) => ns - (failedNs.get(number) as number));
    expect(slept).toHaveLength(COUNT);
    const bins = countsByShare(slept, (ns) => (ns / 1e9 - low) / (high - low), 20);
    expect(Math.min(...slept)).toBeGreaterThanOrEqual(low * 1e9 - 1);
    expect(Math.max(...slept)).toBeLessThanOrEqual(high * 1e9 + 1);
    expect(Math.abs(chiSquareDeviations(bins, new Array(20).fill(COUNT / 20)))).toBeLessThan(5);
    expect(Math.abs(momentsOf(Float64Array.from(slept)).mean / 1e9 - (low + high) / 2)).toBeLessThan(
      (4 * (high - low)) / Math.sqrt(12 * COUNT),
    );
  });

  it('without jitter come in waves, with full jitter spread out (P9)', () => {
    const wave = (retry: string) => {
      const story = line({
        sender: { times: new Array(500).fill('0s') },
        worker: { concurrency: 500, work: lasting('1ms'), failFirst: 1, retry, retryBase: '1s' },
      }).to('1min');
      const again = story.stops('begun').filter(({ attempt }) => attempt === 2);
      const byTick = new Map<number, number>();
      for (const { ms } of again) byTick.set(Math.floor(ms / 10), (byTick.get(Math.floor(ms / 10)) ?? 0) + 1);
      return Math.max(...byTick.values());
    };
    expect(wave('exponential')).toBe(500);
    // 500 over a second: 5 in 10 ms.
    expect(wave('exponential-full')).toBeLessThan(20);
  });

  it('wait in the queue: the worker goes on with the others', () => {
    const story = line({
      sender: { times: ['0s', '1ms', '2ms'] },
      worker: { work: lasting('100ms'), failFirst: 1, retry: 'fixed', retryBase: '10s' },
    }).to('5s');
    expect(story.numbers('begun')).toEqual([1, 2, 3]);
    expect(story.gauge('busy', 'worker')).toBe(0);
    expect(story.gauge('delayed', 'orders')).toBe(3);
  });

  it('wait in the worker: the failed message keeps its place and everything behind it waits', () => {
    const story = line({
      sender: { times: ['0s', '1ms'] },
      worker: { work: lasting('100ms'), failFirst: 1, retry: 'fixed', retryBase: '10s', retryWait: 'in-worker' },
    }).to('5s');
    expect(story.numbers('begun')).toEqual([1]);
    expect(story.gauge('busy', 'worker')).toBe(1);
    story.to('1min');
    // The second comes first now: the first went to the back when its wait was over.
    expect(story.stops('begun').map(({ number, ms }) => [number, ms])).toEqual([
      [1, 0],
      [2, 10_100],
      [1, 20_200],
      [2, 20_300],
    ]);
  });

  it('draw their chance from a stream of their own: failures stay where they are', () => {
    const failures = (retry: string) =>
      line({
        sender: { arrivals: 'constant', rate: 20, limit: 400, times: ['0s'] },
        worker: { work: lasting('1ms'), failure: 0.3, retry, retryBase: '1h' },
      })
        .to('30s')
        .numbers('failed');
    expect(failures('exponential-full').slice(0, 20)).toEqual(failures('fixed').slice(0, 20));
  });
});
