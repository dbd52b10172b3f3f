// Guards of a call in whole runs: the breaker of each library, what becomes of messages while it is open, rate limits and budgets of
// retries. Sections 3 to 5 of docs/semantics/patterns.md; P15, P16, P18 to P22, P62.

import { describe, expect, it } from 'vitest';
import { INSTANT, lasting, node, type ParamsDocument, wire } from '../../testing/drawing.ts';
import { Story } from '../../testing/story.ts';

interface Pair {
  readonly sender?: ParamsDocument;
  readonly queue?: ParamsDocument;
  readonly worker?: ParamsDocument;
  readonly call?: ParamsDocument;
  readonly server?: ParamsDocument;
}

/** Ten orders a second; each worker place calls `server`, which takes 10 ms. */
const pair = ({ sender, queue, worker, call, server }: Pair): Story =>
  new Story({
    nodes: [
      node('shop', 'sender', { arrivals: 'constant', rate: 10, ...sender }),
      node('orders', 'queue', { ackDeadline: '0s', ...queue }),
      node('worker', 'service', { concurrency: 20, steps: ['receive', 'call', 'acknowledge'], ...worker }),
      node('server', 'service', { work: lasting('10ms'), concurrency: 100, ...server }),
      node('dead', 'dead-letter-queue'),
    ],
    wires: [
      wire('publish', 'shop', 'orders', INSTANT),
      wire('deliver', 'orders', 'worker', INSTANT),
      wire('dead-letter', 'orders', 'dead'),
      wire('call', 'worker', 'server', { ...INSTANT, timeout: '100ms', ...call }),
    ],
  });

const QUICK = { breakerMinimum: 5, breakerThreshold: 0.5, breakerOpen: '2s' };
/** Calls that a half-open breaker lets out, where three are asked for: only one library can do more than one. */
const PROBES: { readonly [breaker: string]: number } = { resilience4j: 3, polly: 1, hystrix: 1 };

describe.each(['resilience4j', 'polly', 'hystrix'])('a breaker as in %s', (breaker) => {
  const broken = (more: Pair = {}) =>
    pair({ ...more, worker: { retry: 'none', ...more.worker }, call: { breaker, ...QUICK, breakerProbes: 3, ...more.call } });

  it('opens when the service is down, and then nothing goes out (P18)', () => {
    const story = broken().at('1s', 'crash server').to('3.5s');
    expect(story.gauge('breaker', 'worker')).toBe(2);
    expect(story.gauge('breaker_opened', 'worker')).toBe(1);
    expect(story.gauge('calls_out', 'worker')).toBe(0);
    const timedOut = story.gauge('calls_timed_out', 'worker');
    expect(story.to('3.9s').gauge('calls_timed_out', 'worker')).toBe(timedOut);
    expect(story.notices().map(({ key }) => key)).toContain('notice.breaker-opened');
  });

  it('never opens before the minimum of calls (P20)', () => {
    const story = broken({ call: { breakerMinimum: 50 } })
      .at('0s', 'crash server')
      .to('4s');
    expect(story.gauge('breaker', 'worker')).toBe(0);
    expect(story.gauge('calls_timed_out', 'worker')).toBeGreaterThan(30);
  });

  it('lets as many probes out as it may, and closes when they come back (P19)', () => {
    // Ten calls come within the time-out of one.
    const story = broken({ sender: { rate: 100 } })
      .at('1s', 'crash server')
      .at('13s', 'restart server');
    let most = 0;
    for (let ms = 3_000; ms < 13_000; ms += 10) most = Math.max(most, story.to(`${ms}ms`).gauge('calls_out', 'worker'));
    expect(most).toBe(PROBES[breaker]);
    story.to('17s');
    expect(story.gauge('breaker', 'worker')).toBe(0);
    const processed = story.ledger.delivery.processed;
    expect(story.to('18s').ledger.delivery.processed - processed).toBe(100);
  });

  it('P21: is closed again a wait and its probes after the service has healed, at the latest', () => {
    // A call comes every 100 ms and ends within as much. Those that are out when it heals may fail yet; then come a wait and its probes.
    const probesMs = (PROBES[breaker] as number) * 100 + 100;
    for (let healedMs = 11_000; healedMs < 13_000; healedMs += 190) {
      const story = broken().at('1s', 'crash server').at(`${healedMs}ms`, 'restart server').to(`${healedMs}ms`);
      expect(story.gauge('breaker', 'worker')).not.toBe(0);
      expect([healedMs, story.to(`${healedMs + probesMs + 2_000 + probesMs}ms`).gauge('breaker', 'worker')]).toEqual([
        healedMs,
        0,
      ]);
    }
  });

  it('does not open for a service that is well', () => {
    const story = broken().to('60s');
    expect(story.gauge('breaker_opened', 'worker')).toBe(0);
    expect(story.ledger.delivery.deadLettered).toBe(0);
  });

  it('begins anew after a crash of who has it, and when it is set otherwise', () => {
    const story = broken().at('1s', 'crash server').at('3.5s', 'crash worker for 10ms').to('3.52s');
    expect(story.gauge('breaker', 'worker')).toBe(0);
    story.to('4.6s');
    expect(story.gauge('breaker', 'worker')).toBe(2);
    story.at('4.6s', 'set worker-server.breaker none').to('4.62s');
    expect(story.gauge('breaker', 'worker')).toBe(0);
  });
});

/** As many such pairs side by side, of one server that fails. */
const manyPairs = (count: number, call: ParamsDocument, sender: ParamsDocument = {}): Story => {
  const each = (make: (ix: number) => object) => Array.from({ length: count }, (_, ix) => make(ix));
  return new Story({
    nodes: [
      ...each((ix) => node(`shop-${ix}`, 'sender', { arrivals: 'constant', rate: 10, ...sender })),
      ...each((ix) => node(`orders-${ix}`, 'queue', { ackDeadline: '0s' })),
      ...each((ix) =>
        node(`worker-${ix}`, 'service', { concurrency: 200, steps: ['receive', 'call', 'acknowledge'], retry: 'none' }),
      ),
      node('server', 'service', { work: lasting('10ms'), concurrency: 1000, failure: 1 }),
    ] as ReturnType<typeof node>[],
    wires: [
      ...each((ix) => wire('publish', `shop-${ix}`, `orders-${ix}`, INSTANT)),
      ...each((ix) => wire('deliver', `orders-${ix}`, `worker-${ix}`, INSTANT)),
      ...each((ix) => wire('call', `worker-${ix}`, 'server', { ...INSTANT, timeout: '100ms', ...call })),
    ] as ReturnType<typeof wire>[],
  });
};

describe('breakers side by side', () => {
  it.each(Object.keys(PROBES))('P22: as many of %s let out as many times the probes of one', (breaker) => {
    const probes = (count: number) => {
      const story = manyPairs(count, { breaker, ...QUICK, breakerProbes: 3 });
      /** Calls so far, and how often breakers have opened, in the moment when they open next. */
      const atOpening = (ms: number): readonly [number, number] => {
        const before = story.to(`${ms}ms`).gauge('breaker_opened');
        for (let at = ms; story.gauge('breaker_opened') === before; at += 10) story.to(`${at}ms`);
        return [story.gauge('called', 'server'), story.gauge('breaker_opened')];
      };
      const [first, last] = [atOpening(5_000), atOpening(30_000)];
      expect(last[0] - first[0]).toBe((last[1] - first[1]) * (PROBES[breaker] as number));
      return last[0] - first[0];
    };
    expect(probes(1)).toBeGreaterThan(5);
    expect(probes(4)).toBe(4 * probes(1));
  });
});

describe('what becomes of messages while the breaker is open', () => {
  const outage = (whenHeldBack: string) =>
    pair({
      sender: { limit: 300 },
      queue: { maxAttempts: 3 },
      worker: { retry: 'fixed', retryBase: '100ms', maxAttempts: 3 },
      call: { breaker: 'hystrix', ...QUICK, whenHeldBack },
    })
      .at('1s', 'crash server for 10s')
      .to('5min');

  it('failed, they burn their attempts and die healthy', () => {
    expect(outage('fail').ledger.delivery.deadLettered).toBeGreaterThan(60);
  });

  it('back in the queue, they burn their deliveries there', () => {
    expect(outage('requeue').ledger.delivery.deadLettered).toBeGreaterThan(60);
  });

  it('given up on, they are dead at once', () => {
    expect(outage('dead-letter').ledger.delivery.deadLettered).toBeGreaterThan(60);
  });

  it('waiting in their places, they cost nothing but time: reading pauses', () => {
    const story = outage('wait');
    // Only those that found the breaker closed, or were its probes, have an attempt to lose.
    expect(story.ledger.delivery.deadLettered).toBeLessThan(5);
    expect(story.ledger.delivery.processed + story.ledger.delivery.deadLettered).toBe(300);
    expect(story.gauge('busy', 'worker')).toBe(0);
  });
});

describe('a rate limit', () => {
  it('lets at most burst + rate × time out (P62)', () => {
    const story = pair({
      sender: { rate: 100 },
      worker: { concurrency: 50 },
      call: { rateLimit: 20, rateBurst: 5, whenHeldBack: 'wait' },
    });
    for (const seconds of [1, 2, 5, 10]) {
      const called = story.to(`${seconds}s`).gauge('called', 'server');
      expect(called).toBeLessThanOrEqual(5 + 20 * seconds);
      expect(called).toBeGreaterThanOrEqual(20 * seconds - 1);
    }
  });

  it('fails what it holds back, where nobody waits', () => {
    const story = pair({ sender: { rate: 100 }, worker: { retry: 'none' }, call: { rateLimit: 20 } }).to('10s');
    expect(story.gauge('called', 'server')).toBeLessThanOrEqual(201);
    expect(story.gauge('calls_held_back', 'worker')).toBeGreaterThan(750);
  });
});

describe('a budget of retries', () => {
  /** Every call fails; each may be tried ten more times. Tries a second over the last of sixty seconds. */
  function triesIn(budget: ParamsDocument, seconds: number): number {
    const story = pair({
      sender: { rate: 100 },
      worker: { concurrency: 200, retry: 'none' },
      call: { retries: 10, ...budget },
      server: { failure: 1 },
    }).to(`${seconds}s`);
    const before = story.gauge('called', 'server');
    return story.to(`${seconds + 10}s`).gauge('called', 'server') - before;
  }

  it('without one, each message costs eleven calls', () => {
    expect(triesIn({}, 20)).toBeGreaterThan(10_900);
  });

  it('of a share adds that share (P16)', () => {
    const tries = triesIn({ budget: 'ratio', budgetShare: 0.1 }, 20);
    expect(tries).toBeGreaterThan(1050);
    expect(tries).toBeLessThanOrEqual(1000 * 1.1 + 10);
  });

  it.each(['aws', 'grpc'])('of %s goes to nothing in a full outage (P16)', (budget) => {
    expect(triesIn({ budget }, 20)).toBe(1000);
  });

  it('of gRPC counts every failure, also that of a last try', () => {
    const story = pair({
      sender: { rate: 10 },
      worker: { retry: 'none' },
      call: { retries: 0, budget: 'grpc' },
      server: { failure: 1 },
    });
    // Ten tokens, and a retry only above five: ten failures later there is none left to take.
    story.at('1.05s', 'set worker-server.retries 5').to('2.05s');
    expect(story.gauge('called', 'server')).toBe(story.gauge('received', 'worker'));
  });

  it('of AWS allows as many at first as its tokens pay for (P15)', () => {
    const story = pair({
      sender: { rate: 100 },
      worker: { concurrency: 200, retry: 'none' },
      call: { retries: 10, budget: 'aws' },
      server: { failure: 1 },
    }).to('30s');
    // 500 tokens, 5 each.
    expect(story.gauge('called', 'server') - story.gauge('received', 'worker')).toBe(100);
  });

  it('P15: of AWS earns another retry by every five answers to a first try', () => {
    const story = pair({ worker: { retry: 'none' }, call: { retries: 10, budget: 'aws' }, server: { failure: 1 } });
    const retries = () => story.gauge('called', 'server') - story.gauge('received', 'worker');
    expect(story.to('30s') && retries()).toBe(100);
    // Ten answers a second for ten seconds, between two calls: a hundred tokens.
    story.at('30.05s', 'set server.failure 0').at('40.05s', 'set server.failure 1');
    expect(story.to('40.05s') && retries()).toBe(100);
    expect(story.to('90s') && retries()).toBe(100 + 100 / 5);
  });

  it.each([1, 3])('P17: of AWS is each client s own: %i of them have as many times the first retries', (clients) => {
    const story = manyPairs(clients, { retries: 10, budget: 'aws' }, { rate: 100 }).to('30s');
    expect(story.gauge('called', 'server') - story.gauge('received')).toBe(clients * 100);
  });
});
