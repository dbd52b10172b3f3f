// Calls between services: what a caller can know, what a hung service does to it, and what the time-out, the retries, the bound on
// waiting calls and the bulkhead change. Sections 2, 3, 5 and 13 of docs/semantics/patterns.md; P10, P50.

import { describe, expect, it } from 'vitest';
import { every, INSTANT, lasting, node, type ParamsDocument, wire } from '../../testing/drawing.ts';
import { Story } from '../../testing/story.ts';

const STEPS = ['receive', 'call', 'work', 'acknowledge'];

interface Pair {
  readonly sender?: ParamsDocument;
  readonly queue?: ParamsDocument;
  readonly worker?: ParamsDocument;
  readonly call?: ParamsDocument;
  readonly server?: ParamsDocument;
  readonly deliver?: ParamsDocument;
}

/** `shop` sends to `orders`; `worker` calls `server` for each order and then works 10 ms. */
const pair = ({ sender, queue, worker, call, server, deliver }: Pair): Story =>
  new Story({
    nodes: [
      node('shop', 'sender', { arrivals: 'times', times: ['0s'], ...sender }),
      node('orders', 'queue', { ackDeadline: '0s', ...queue }),
      node('worker', 'service', { work: lasting('10ms'), steps: STEPS, ...worker }),
      node('server', 'service', { work: lasting('20ms'), ...server }),
      node('dead', 'dead-letter-queue'),
    ],
    wires: [
      wire('publish', 'shop', 'orders', INSTANT),
      wire('deliver', 'orders', 'worker', { ...INSTANT, ...deliver }),
      wire('dead-letter', 'orders', 'dead'),
      wire('call', 'worker', 'server', { ...INSTANT, ...call }),
    ],
  });

describe('a call', () => {
  it('is worked on by the other service, and its caller goes on with the answer', () => {
    const story = pair({ call: { delay: '5ms' } }).to('1s');
    // 5 ms there, 20 ms of work, 5 ms back, 10 ms of own work.
    expect(story.times('processed')).toEqual([40]);
    expect(story.gauge('called', 'server')).toBe(1);
    expect(story.gauge('processed', 'server')).toBe(1);
    expect(story.ledger.delivery).toMatchObject({ owed: 1, processed: 1 });
  });

  it('holds the place of its caller until the answer is there', () => {
    const story = pair({ sender: { times: every(1, 2) } }).to('15ms');
    expect([story.gauge('busy', 'worker'), story.gauge('calls_out', 'worker')]).toEqual([1, 1]);
    expect(story.to('1s').times('processed')).toEqual([30, 60]);
  });

  it('is worked on at the places that the service has, in turn with its own deliveries', () => {
    const story = pair({ sender: { times: every(0, 6) }, worker: { concurrency: 6 }, server: { concurrency: 2 } }).to('10ms');
    expect([story.gauge('busy', 'server'), story.gauge('desk', 'server')]).toEqual([2, 4]);
    expect(story.to('1s').times('processed')).toEqual([30, 30, 50, 50, 70, 70]);
  });

  it('that fails is a failed attempt of its caller, which retries by its own rule', () => {
    const story = pair({ server: { failFirst: 1 }, worker: { retry: 'fixed', retryBase: '1s', maxAttempts: 3 } }).to('1min');
    expect(story.gauge('failed', 'server')).toBe(3);
    expect(story.gauge('failed', 'worker')).toBe(3);
    expect(story.ledger.delivery.deadLettered).toBe(1);
  });

  it('goes to the node that the step names', () => {
    const two = new Story({
      nodes: [
        node('shop', 'sender', { arrivals: 'times', times: ['0s'] }),
        node('orders', 'queue'),
        node('worker', 'service', { steps: ['receive', { do: 'call', to: 'b' }, 'acknowledge'] }),
        node('a', 'service'),
        node('b', 'service'),
      ],
      wires: [
        wire('publish', 'shop', 'orders', INSTANT),
        wire('deliver', 'orders', 'worker', INSTANT),
        wire('call', 'worker', 'a', INSTANT),
        wire('call', 'worker', 'b', INSTANT),
      ],
    }).to('10s');
    expect([two.gauge('called', 'a'), two.gauge('called', 'b')]).toEqual([0, 1]);
  });

  it('is made for the share of messages that the step says, and for the same ones at each attempt', () => {
    const steps = ['receive', { do: 'call', share: 0.5 }, 'work', 'acknowledge'];
    const story = pair({
      sender: { times: every(100, 400) },
      worker: { steps, failFirst: 1, retry: 'fixed', retryBase: '10ms' },
      server: { work: lasting('1ms') },
    }).to('10min');
    const calls = story.gauge('called', 'server');
    // Two attempts each, so an even number; about half of the messages.
    expect(calls % 2).toBe(0);
    expect(Math.abs(calls / 2 - 200)).toBeLessThan(40);
  });

  it('may go on through a chain of services', () => {
    const chain = new Story({
      nodes: [
        node('shop', 'sender', { arrivals: 'times', times: ['0s'] }),
        node('orders', 'queue'),
        node('a', 'service', { steps: ['receive', 'call', 'acknowledge'] }),
        node('b', 'service', { work: lasting('5ms'), steps: ['receive', 'work', 'call', 'acknowledge'] }),
        node('c', 'service', { work: lasting('7ms') }),
      ],
      wires: [
        wire('publish', 'shop', 'orders', INSTANT),
        wire('deliver', 'orders', 'a', INSTANT),
        wire('call', 'a', 'b', { delay: '1ms' }),
        wire('call', 'b', 'c', { delay: '1ms' }),
      ],
    }).to('1s');
    expect(chain.times('processed')).toEqual([16]);
  });
});

describe('a time-out', () => {
  it('fails the attempt, and the answer that comes later is nobody s', () => {
    const story = pair({ call: { timeout: '15ms' }, worker: { retry: 'none' } }).to('1s');
    expect(story.times('failed')).toEqual([15]);
    expect(story.gauge('calls_timed_out', 'worker')).toBe(1);
    expect(story.gauge('processed', 'server')).toBe(1);
    expect(story.ledger.delivery).toMatchObject({ processed: 0, deadLettered: 1 });
  });

  it('asks again as often as there are retries: each is work for the other side (P10)', () => {
    const story = pair({
      call: { timeout: '15ms', retries: 2 },
      worker: { retry: 'fixed', retryBase: '1s', maxAttempts: 2 },
      server: { concurrency: 10 },
    }).to('1min');
    // Three tries at two layers: a message costs the service at the bottom 2 * 3 calls.
    expect(story.gauge('called', 'server')).toBe(6);
    expect(story.gauge('failed', 'worker')).toBe(2);
  });

  it('waits between two tries as long as it is told', () => {
    const story = pair({ call: { timeout: '15ms', retries: 2, retryWait: '100ms' }, worker: { retry: 'none' } }).to('1min');
    expect(story.times('failed')).toEqual([15 + 100 + 15 + 100 + 15]);
  });

  it('of 0 is none: a service that is down holds its caller for ever', () => {
    const story = pair({ call: { timeout: '0s' } })
      .at('0s', 'crash server')
      .to('1h');
    expect(story.gauge('busy', 'worker')).toBe(1);
    expect(story.gauge('calls_out', 'worker')).toBe(1);
  });

  it('answers of a lossy wire are late or never, and the books do not care', () => {
    const story = pair({
      sender: { times: every(20, 500) },
      call: { delay: '2ms', loss: 0.3, duplication: 0.2, timeout: '50ms', retries: 3 },
      worker: { concurrency: 4, retry: 'fixed', retryBase: '100ms', maxAttempts: 0 },
      server: { concurrency: 4, work: lasting('5ms') },
    }).to('10min');
    expect(story.ledger.delivery).toMatchObject({ owed: 500, processed: 500 });
    expect(story.gauge('calls_timed_out', 'worker')).toBeGreaterThan(100);
    expect(story.simulation.world.obligations.live).toBe(0);
  });
});

describe('a service with no room', () => {
  it('refuses at once when no call may wait, and the attempt fails', () => {
    const story = pair({
      sender: { times: every(0, 3) },
      worker: { concurrency: 3, retry: 'none' },
      server: { callsWaiting: 0 },
    }).to('1s');
    expect(story.gauge('turned_away', 'server')).toBe(2);
    expect(story.ledger.delivery).toMatchObject({ processed: 1, deadLettered: 2 });
  });

  it('lets so many wait as it is told (P50)', () => {
    const story = pair({
      sender: { times: every(0, 10) },
      worker: { concurrency: 10, retry: 'none' },
      call: { timeout: '0s' },
      server: { callsWaiting: 4 },
    }).to('1s');
    expect(story.gauge('turned_away', 'server')).toBe(5);
    expect(story.ledger.delivery.processed).toBe(5);
  });
});

describe('a bulkhead', () => {
  const hung = (call: ParamsDocument, worker: ParamsDocument = {}) =>
    pair({
      sender: { times: every(10, 100) },
      worker: {
        concurrency: 10,
        steps: ['receive', { do: 'call', share: 0.5 }, 'work', 'acknowledge'],
        retry: 'none',
        ...worker,
      },
      call: { timeout: '0s', ...call },
    })
      .at('0s', 'crash server')
      .to('20s');

  it('without one, a service that hangs takes every place of its caller', () => {
    const story = hung({});
    expect(story.gauge('busy', 'worker')).toBe(10);
    expect(story.ledger.delivery.processed).toBeLessThan(30);
  });

  it('keeps the other places free for those who ask nobody', () => {
    const story = hung({ atOnce: 3 });
    expect(story.gauge('busy', 'worker')).toBe(3);
    expect(story.gauge('calls_out', 'worker')).toBe(3);
    const { processed, deadLettered } = story.ledger.delivery;
    expect(processed + deadLettered).toBe(97);
    expect(story.gauge('calls_held_back', 'worker')).toBe(deadLettered);
  });

  it('lets nothing out while as many as it allows are out, at any moment', () => {
    const story = pair({
      sender: { times: every(1, 300) },
      worker: { concurrency: 50 },
      call: { atOnce: 4, whenHeldBack: 'wait' },
      server: { concurrency: 50 },
    });
    let most = 0;
    for (let ms = 1; ms <= 1000; ms += 7) most = Math.max(most, story.to(`${ms}ms`).gauge('busy', 'server'));
    expect(most).toBe(4);
    expect(story.to('1min').ledger.delivery).toMatchObject({ processed: 300, deadLettered: 0 });
  });

  it('who waits for it burns no attempt, who goes back to the queue does', () => {
    const waiting = pair({
      sender: { times: every(0, 8) },
      worker: { concurrency: 8 },
      call: { atOnce: 1, whenHeldBack: 'wait' },
    }).to('1min');
    expect(waiting.gauge('redeliveries', 'orders')).toBe(0);
    const requeued = pair({
      sender: { times: every(0, 8) },
      queue: { maxAttempts: 2 },
      worker: { concurrency: 8, retryBase: '1ms', retry: 'fixed' },
      call: { atOnce: 1, whenHeldBack: 'requeue' },
    }).to('1min');
    expect(requeued.gauge('redeliveries', 'orders')).toBeGreaterThan(0);
    // Healthy letters, dead because nobody was let out twice.
    expect(requeued.ledger.delivery.deadLettered).toBeGreaterThan(3);
    const buried = pair({
      sender: { times: every(0, 8) },
      worker: { concurrency: 8 },
      call: { atOnce: 1, whenHeldBack: 'dead-letter' },
    }).to('1min');
    expect(buried.ledger.delivery).toMatchObject({ processed: 1, deadLettered: 7 });
  });
});

describe('whatever happens to a call', () => {
  it('a caller that crashes has asked nobody, and the answer finds nobody', () => {
    const story = pair({ queue: { ackDeadline: '1s' } })
      .at('10ms', 'crash worker for 100ms')
      .to('1min');
    expect(story.ledger.delivery.processed).toBe(1);
    expect(story.gauge('called', 'server')).toBe(2);
    expect(story.simulation.world.obligations.live).toBe(0);
  });

  it('a service that crashes answers nobody, and the time-out ends the wait', () => {
    const story = pair({ call: { timeout: '100ms' }, worker: { retry: 'fixed', retryBase: '1s' } })
      .at('10ms', 'crash server for 500ms')
      .to('1min');
    expect(story.times('failed')).toEqual([100]);
    expect(story.ledger.delivery.processed).toBe(1);
  });

  it('a wire that is taken away ends the calls on it', () => {
    const story = pair({ worker: { retry: 'none' } })
      .at('10ms', 'remove server')
      .to('1min');
    expect(story.ledger.delivery.deadLettered).toBe(1);
    expect(story.gauge('busy', 'worker')).toBe(0);
    expect(story.simulation.world.obligations.live).toBe(1);
  });
});
