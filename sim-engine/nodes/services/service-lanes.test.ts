// Lanes by key, the order on the desk, retries in place and routing by share: P38 to P41 of docs/semantics/patterns.md, section 10, and
// section 2 of docs/semantics/queueing.md for branches.

import { describe, expect, it } from 'vitest';
import { every, INSTANT, lasting, node, type ParamsDocument, wire } from '../../testing/drawing.ts';
import { Story } from '../../testing/story.ts';

interface Line {
  readonly sender?: ParamsDocument;
  readonly worker?: ParamsDocument;
  readonly desk?: number;
}

/** `shop` sends to `orders`, `worker` takes up to `desk` letters at once. */
const line = ({ sender, worker, desk = 1000 }: Line): Story =>
  new Story({
    nodes: [
      node('shop', 'sender', { arrivals: 'times', times: ['0s'], ...sender }),
      node('orders', 'queue', { ackDeadline: '0s' }),
      node('worker', 'service', worker),
    ],
    wires: [wire('publish', 'shop', 'orders', INSTANT), wire('deliver', 'orders', 'worker', { ...INSTANT, desk })],
  });

const keyOf = (story: Story): ((number: number) => number) => {
  const keys = new Map(story.messages().map(({ number, key }) => [number, key]));
  return (number) => keys.get(number) as number;
};

/** First successes that came after a later one of the same key, counted from the journeys alone. */
function violations(story: Story, key: (number: number) => number): number {
  const last = new Map<number, number>();
  let count = 0;
  for (const { number } of story.stops('processed')) {
    const latest = last.get(key(number)) ?? 0;
    if (number < latest) count++;
    last.set(key(number), Math.max(number, latest));
  }
  return count;
}

const BUSY = { times: every(5, 2000), keys: 40 };
const UNEVEN = { law: 'exponential', mean: '15ms' };

describe('lanes by key', () => {
  it.each([1, 2, 3, 4, 7, 16])('%i lanes keep the order of every key, whatever the work takes (P38)', (concurrency) => {
    const early = line({ sender: BUSY, worker: { concurrency, assignment: 'by-key', work: lasting('24h') }, desk: 5000 }).to(
      '11s',
    );
    const key = keyOf(early);
    const story = line({ sender: BUSY, worker: { concurrency, assignment: 'by-key', work: UNEVEN } }).to('10min');
    expect(story.ledger.delivery.processed).toBe(2000);
    expect(violations(story, key)).toBe(0);
    expect(story.gauge('order_breaks')).toBe(0);
  });

  it('competing places break it as soon as there are two and the work differs (P39)', () => {
    const story = line({ sender: BUSY, worker: { concurrency: 4, work: UNEVEN } }).to('10min');
    expect(story.gauge('order_breaks')).toBeGreaterThan(10);
  });

  it('one key has the speed of one place, however many lanes there are (P41)', () => {
    const sender = { times: every(1, 50), keys: 1 };
    const story = line({ sender, worker: { concurrency: 8, assignment: 'by-key', work: lasting('10ms') } }).to('1min');
    expect(story.times('processed')).toEqual(Array.from({ length: 50 }, (_, ix) => 10 * (ix + 1)));
  });

  it('P40: as many have as many times the speed of one place only while none of them has more to do than the others', () => {
    const lanes = 4;
    const sender = { times: every(0, 2000) };
    const worker = { concurrency: lanes, assignment: 'by-key', work: lasting('10ms') };
    const [even, uneven] = [1000, 3].map((keys) => {
      const early = line({ sender: { ...sender, keys }, worker: { ...worker, work: lasting('24h') }, desk: 5000 }).to('1s');
      const loads = new Array<number>(lanes).fill(0);
      for (const { key } of early.messages()) loads[key % lanes]!++;
      const tookMs = line({ sender: { ...sender, keys }, worker, desk: 5000 })
        .to('10min')
        .times('processed')
        .at(-1);
      // The busiest lane is at work from the first moment to the last.
      expect(tookMs).toBe(10 * Math.max(...loads));
      return 2000 / ((tookMs as number) / 1000);
    });
    expect(even).toBeGreaterThan(0.9 * lanes * 100);
    expect(uneven).toBeLessThan(3.1 * 100);
  });

  it('letters without a key are spread over all lanes', () => {
    const story = line({
      sender: { times: every(0, 8) },
      worker: { concurrency: 4, assignment: 'by-key', work: lasting('10ms') },
    }).to('1s');
    expect(story.times('processed')).toEqual([10, 10, 10, 10, 20, 20, 20, 20]);
  });

  it('another number of lanes sorts what waits anew and loses nothing', () => {
    const story = line({ sender: BUSY, worker: { concurrency: 4, assignment: 'by-key', work: UNEVEN } });
    story.at('3s', 'set worker.concurrency 7').at('5s', 'set worker.concurrency 2').at('7s', 'set worker.assignment any-place');
    story.to('10min');
    expect(story.ledger.delivery.processed).toBe(2000);
    expect(story.gauge('busy', 'worker')).toBe(0);
    expect(story.gauge('desk', 'worker')).toBe(0);
  });
});

describe('retries in place', () => {
  const failing = (retryWait: string) => ({
    assignment: 'by-key',
    concurrency: 4,
    work: lasting('5ms'),
    failure: 0.05,
    retry: 'fixed',
    retryBase: '50ms',
    maxAttempts: 0,
    retryWait,
  });

  it('keep the order where a way back through the queue breaks it', () => {
    const inPlace = line({ sender: BUSY, worker: failing('in-place') }).to('10min');
    expect(inPlace.gauge('failed', 'worker')).toBeGreaterThan(50);
    expect(inPlace.ledger.delivery.processed).toBe(2000);
    expect(inPlace.gauge('order_breaks')).toBe(0);
    for (const retryWait of ['in-queue', 'in-worker']) {
      expect(
        line({ sender: BUSY, worker: failing(retryWait) })
          .to('10min')
          .gauge('order_breaks'),
        retryWait,
      ).toBeGreaterThan(0);
    }
  });

  it('are attempts like any other: the first ones fail, and after the last the worker gives up', () => {
    const worker = { work: lasting('10ms'), failFirst: 2, retry: 'fixed', retryBase: '100ms', retryWait: 'in-place' };
    const attempts = (story: Story) =>
      story.stops('begun', 'failed', 'processed').map(({ what, ms, attempt }) => `${what} ${ms} ${attempt}`);
    expect(attempts(line({ worker: { ...worker, maxAttempts: 3 } }).to('1min'))).toEqual([
      'begun 0 1',
      'failed 10 1',
      'begun 110 2',
      'failed 120 2',
      'begun 220 3',
      'processed 230 3',
    ]);
    const givenUp = line({ worker: { ...worker, maxAttempts: 2 } }).to('1min');
    expect(givenUp.times('given-up')).toEqual([120]);
    expect(givenUp.gauge('redeliveries', 'orders')).toBe(0);
  });

  it('wait as long as their law says, each wait longer than the one before', () => {
    const worker = {
      work: lasting('1ms'),
      failFirst: 4,
      maxAttempts: 0,
      retry: 'exponential',
      retryBase: '1s',
      retryWait: 'in-place',
    };
    const begun = line({ worker }).to('1min').times('begun');
    expect(begun).toEqual([0, 1001, 3002, 7003, 15004]);
  });
});

describe('the desk', () => {
  it('is worked off from the oldest, or from the newest', () => {
    const order = (deskOrder: string) =>
      line({ sender: { times: every(1, 5) }, worker: { work: lasting('100ms'), deskOrder } })
        .to('1min')
        .stops('processed')
        .map(({ number }) => number);
    expect(order('oldest-first')).toEqual([1, 2, 3, 4, 5]);
    expect(order('newest-first')).toEqual([1, 5, 4, 3, 2]);
  });
});

describe('results by share', () => {
  const branches = (shares: readonly number[], worker: ParamsDocument = {}) =>
    new Story({
      nodes: [
        node('shop', 'sender', { arrivals: 'constant', rate: 1000, limit: 4000 }),
        node('orders', 'queue'),
        node('worker', 'service', { work: lasting('100us'), routing: 'one-by-share', ...worker }),
        ...shares.map((_, ix) => node(`branch-${ix}`, 'queue')),
      ],
      wires: [
        wire('publish', 'shop', 'orders', INSTANT),
        wire('deliver', 'orders', 'worker', INSTANT),
        ...shares.map((share, ix) => wire('publish', 'worker', `branch-${ix}`, { ...INSTANT, share })),
      ],
    }).to('1min');
  const arrived = (story: Story, count: number) => Array.from({ length: count }, (_, ix) => story.gauge('ready', `branch-${ix}`));

  it('go out on one wire each, as often as its share says', () => {
    const story = branches([1, 2, 5]);
    const counts = arrived(story, 3);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(4000);
    // Four standard deviations of a binomial count.
    for (const [ix, share] of [1 / 8, 2 / 8, 5 / 8].entries()) {
      expect(Math.abs((counts[ix] as number) - 4000 * share)).toBeLessThan(4 * Math.sqrt(4000 * share * (1 - share)));
    }
  });

  it('never on a wire without a share, and on every wire where nobody chooses', () => {
    expect(arrived(branches([0, 1]), 2)).toEqual([0, 4000]);
    expect(arrived(branches([0, 1], { routing: 'every-wire' }), 2)).toEqual([4000, 4000]);
  });
});
