// The textbook queue: point-to-point, with a deadline for acknowledgements, a capacity and a limit of attempts. What people are
// told of it stands in messages/en (queue.*); P8, P38, P39, P54 and P57 are of docs/semantics/patterns.md.

import { describe, expect, it } from 'vitest';
import { every, INSTANT, lasting, node, type ParamsDocument, wire } from '../../testing/drawing.ts';
import { Story } from '../../testing/story.ts';

const shop = (times: readonly string[], params: ParamsDocument = {}) =>
  node('shop', 'sender', { arrivals: 'times', times, ...params });

interface Line {
  readonly times: readonly string[];
  readonly sender?: ParamsDocument;
  readonly queue?: ParamsDocument;
  /** Parameters of each worker, by its id. */
  readonly workers?: { readonly [id: string]: ParamsDocument };
  readonly publish?: ParamsDocument;
  readonly deliver?: ParamsDocument;
  readonly hasDeadLetters?: boolean;
}

/** `shop` sends to `orders`, from which the workers read; what it gives up on goes to `dead`, if there is one. */
function line({ times, sender, queue, workers = {}, publish, deliver, hasDeadLetters = false }: Line): Story {
  const ids = Object.keys(workers);
  return new Story({
    nodes: [
      shop(times, sender),
      node('orders', 'queue', queue),
      ...ids.map((id) => node(id, 'service', workers[id])),
      ...(hasDeadLetters ? [node('dead', 'dead-letter-queue')] : []),
    ],
    wires: [
      wire('publish', 'shop', 'orders', { ...INSTANT, ...publish }),
      ...ids.map((id) => wire('deliver', 'orders', id, { ...INSTANT, ...deliver })),
      ...(hasDeadLetters ? [wire('dead-letter', 'orders', 'dead')] : []),
    ],
  });
}

const attempts = (story: Story) => story.stops('delivered').map(({ ms, attempt }) => [ms, attempt]);

describe('the acknowledgement deadline', () => {
  it('hands a message out again, as the next attempt, when no acknowledgement came', () => {
    const story = line({
      times: ['0s'],
      queue: { ackDeadline: '1s' },
      workers: { slow: { work: lasting('2500ms'), concurrency: 3 } },
    }).to('10s');
    expect(attempts(story)).toEqual([
      [0, 1],
      [1000, 2],
      [2000, 3],
    ]);
    expect(story.times('returned')).toEqual([1000, 2000]);
    expect(story.gauge('redeliveries', 'orders')).toBe(2);
    // The first success counts, the other two are work done again.
    expect(story.times('processed')).toEqual([2500]);
    expect(story.times('repeated')).toEqual([3500, 4500]);
    expect(story.ledger).toMatchObject({ delivery: { owed: 1, processed: 1 }, repeats: 2 });
  });

  it('does nothing to a message that is acknowledged in time', () => {
    const story = line({ times: ['0s'], queue: { ackDeadline: '1s' }, workers: { quick: { work: lasting('999ms') } } }).to('10s');
    expect(attempts(story)).toEqual([[0, 1]]);
    expect(story.stops('returned')).toEqual([]);
  });

  it('of 0 is none: what a dead worker took stays with it', () => {
    const story = line({ times: ['0s'], queue: { ackDeadline: '0s' }, workers: { worker: { work: lasting('10s') } } });
    story.at('1s', 'crash worker').to('1000h');
    expect(attempts(story)).toEqual([[0, 1]]);
    expect(story.gauge('in_flight', 'orders')).toBe(1);
  });

  it('leaves a message alone whose late acknowledgement finds it waiting again', () => {
    const story = line({ times: ['0s'], queue: { ackDeadline: '1s' }, workers: { slow: { work: lasting('1500ms') } } }).to(
      '1200ms',
    );
    // Nobody has room for it, so it waits.
    expect(story.gauge('ready', 'orders')).toBe(1);
    story.to('10s');
    expect(attempts(story)).toEqual([[0, 1]]);
    expect(story.gauge('queue_size', 'orders')).toBe(0);
    expect(story.ledger).toMatchObject({ delivery: { processed: 1 }, repeats: 0 });
  });

  it('leaves a message alone whose late acknowledgement finds it waiting for a retry', () => {
    const story = line({
      times: ['0s'],
      queue: { ackDeadline: '1s' },
      workers: {
        'a-slow': { work: lasting('3s') },
        'b-failing': { work: lasting('500ms'), failure: 1, retry: 'fixed', retryBase: '10s' },
      },
    }).to('2s');
    expect(story.gauge('delayed', 'orders')).toBe(1);
    story.to('60s');
    expect(attempts(story)).toEqual([
      [0, 1],
      [1000, 2],
    ]);
    expect(story.gauge('delayed', 'orders')).toBe(0);
    expect(story.ledger.delivery).toMatchObject({ owed: 1, processed: 1 });
  });

  it('makes word about an earlier attempt worthless: the one that is out now goes on', () => {
    const story = line({
      times: ['0s'],
      queue: { ackDeadline: '1500ms' },
      workers: {
        'a-failing': { work: lasting('2s'), failure: 1, retry: 'fixed', retryBase: '0s' },
        'b-working': { work: lasting('1200ms') },
      },
    }).to('20s');
    // The retry that is asked for at 2 s is about attempt 1; attempt 2 ends at 2.7 s.
    expect(attempts(story)).toEqual([
      [0, 1],
      [1500, 2],
    ]);
    expect(story.times('processed')).toEqual([2700]);
  });
});

describe('order', () => {
  it('is first in, first out', () => {
    const story = line({ times: every(1, 20), workers: { worker: { work: lasting('10ms') } } }).to('1s');
    expect(story.numbers('processed')).toEqual(Array.from({ length: 20 }, (_, ix) => ix + 1));
  });

  it.each([
    ['back', [1, 2, 3, 1, 2, 3]],
    ['front', [1, 1, 2, 2, 3, 3]],
  ])('puts what comes back to the %s', (returnTo, begun) => {
    const story = line({
      times: ['0s', '1ms', '2ms'],
      queue: { returnTo },
      workers: { worker: { work: lasting('100ms'), failFirst: 1, retry: 'fixed', retryBase: '0s' } },
    }).to('1s');
    expect(story.numbers('begun')).toEqual(begun);
  });

  it('per key holds with one reader and breaks with two of unequal speed (P38, P39)', () => {
    const keyed = { sender: { keys: 3 }, times: every(20, 500) };
    const alone = line({ ...keyed, workers: { worker: { work: lasting('15ms') } } }).to('1min');
    expect(alone.gauge('order_breaks')).toBe(0);
    const together = line({ ...keyed, workers: { quick: { work: lasting('5ms') }, slow: { work: lasting('90ms') } } }).to('1min');
    expect(together.gauge('order_breaks')).toBeGreaterThan(20);
    expect(together.ledger.delivery.processed).toBe(500);
  });
});

describe('competing readers', () => {
  it('each message goes to exactly one of them', () => {
    const workers = Object.fromEntries(['w1', 'w2', 'w3'].map((id) => [id, { work: { law: 'exponential', mean: '25ms' } }]));
    const story = line({ times: every(10, 600), workers }).to('1min');
    expect(story.numbers('processed').toSorted((a, b) => a - b)).toEqual(Array.from({ length: 600 }, (_, ix) => ix + 1));
    expect(story.ledger).toMatchObject({ delivery: { owed: 600, processed: 600 }, repeats: 0 });
    for (const id of ['w1', 'w2', 'w3']) expect(story.gauge('received', id)).toBeGreaterThan(100);
  });

  it('the one that has waited longest is next', () => {
    const workers = Object.fromEntries(['w1', 'w2', 'w3'].map((id) => [id, { work: lasting('10ms') }]));
    const story = line({ times: every(20, 7), workers }).to('1s');
    expect(story.stops('begun').map(({ where }) => where)).toEqual(['w1', 'w2', 'w3', 'w1', 'w2', 'w3', 'w1']);
  });

  it('hold no more than their desk has room for', () => {
    const story = line({
      times: every(1, 50),
      queue: { ackDeadline: '0s' },
      workers: { worker: { work: lasting('10s'), concurrency: 2 } },
      deliver: { desk: 5, delay: '3ms' },
    });
    for (const time of ['10ms', '60ms', '10.2s', '25s']) {
      story.to(time);
      expect(story.gauge('busy', 'worker') + story.gauge('desk', 'worker')).toBe(5);
      expect(story.gauge('in_flight', 'orders')).toBe(5);
    }
  });

  it('get a message back that was on its way to one whose wire was taken away', () => {
    const story = line({
      times: ['0s', '0s'],
      queue: { ackDeadline: '0s' },
      workers: { gone: { work: lasting('1s') }, other: { work: lasting('1s') } },
      deliver: { delay: '300ms' },
    });
    story.at('500ms', 'remove-wire orders-gone').to('10s');
    expect(story.ledger.delivery).toMatchObject({ owed: 2, processed: 2 });
    expect(story.stops('processed').map(({ where }) => where)).toEqual(['other', 'other']);
  });
});

describe('a full queue', () => {
  it('refuses what is new, and says why', () => {
    const story = line({ times: every(1, 5), queue: { capacity: 3 } }).to('1s');
    expect(story.ledger.publish).toMatchObject({ sent: 5, accepted: 3, refused: 2 });
    expect(story.numbers('refused')).toEqual([4, 5]);
    expect(story.reasons('refused')).toEqual({ 'orders full': 2 });
  });

  it('does not count what is in flight, but what waits for a retry', () => {
    const inFlight = line({
      times: every(1, 4),
      queue: { capacity: 2 },
      workers: { worker: { work: lasting('10s') } },
    }).to('1s');
    expect(inFlight.ledger.publish).toMatchObject({ accepted: 3, refused: 1 });
    const delayed = line({
      times: ['0s', '1ms', '2s', '3s'],
      queue: { capacity: 2 },
      workers: { worker: { work: lasting('10ms'), failure: 1, retry: 'fixed', retryBase: '1h' } },
    }).to('10s');
    expect(delayed.gauge('delayed', 'orders')).toBe(2);
    expect(delayed.ledger.publish).toMatchObject({ accepted: 2, refused: 2 });
  });

  it('drops the oldest to make room', () => {
    const story = line({ times: every(1, 5), queue: { capacity: 2, overflow: 'drop-oldest' } }).to('1s');
    expect(story.ledger.publish).toMatchObject({ accepted: 5, refused: 0 });
    expect(story.numbers('dropped')).toEqual([1, 2, 3]);
    expect(story.messages().map(({ number }) => number)).toEqual([4, 5]);
    expect(story.reasons('dropped')).toEqual({ 'orders overflow': 3 });
  });

  it('never drops what is in flight: with nothing waiting there is nothing to drop', () => {
    const story = line({
      times: every(1, 3),
      queue: { capacity: 1, overflow: 'drop-oldest' },
      workers: { worker: { work: lasting('1s') } },
    }).to('10s');
    expect(story.numbers('dropped')).toEqual([2]);
    expect(story.numbers('processed')).toEqual([1, 3]);
  });

  it('refuses, if all it could drop is asleep', () => {
    const story = line({
      times: ['0s', '1s', '2s'],
      queue: { capacity: 2, overflow: 'drop-oldest' },
      workers: { worker: { work: lasting('10ms'), failure: 1, retry: 'fixed', retryBase: '1h' } },
    }).to('10s');
    expect(story.ledger.publish).toMatchObject({ accepted: 2, refused: 1 });
    expect(story.gauge('delayed', 'orders')).toBe(2);
  });

  it('lets the sender wait and go on: nothing is refused, nothing is lost, the order stays', () => {
    const story = line({
      times: every(100, 10),
      queue: { capacity: 2, overflow: 'block' },
      workers: { worker: { work: lasting('1s') } },
      publish: { delay: '10ms' },
    }).to('2s');
    expect(story.gauge('held_back', 'shop')).toBeGreaterThan(3);
    expect(story.gauge('ready', 'orders')).toBe(2);
    expect(story.notices().map(({ key }) => key)).toContain('notice.held-back');
    story.to('30s');
    expect(story.gauge('held_back', 'shop')).toBe(0);
    expect(story.ledger.publish).toMatchObject({ sent: 10, accepted: 10 });
    expect(story.numbers('processed')).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    // It never held more than it may: each was accepted when one was taken out.
    expect(
      story
        .times('accepted')
        .slice(3)
        .every((ms, ix, all) => ix === 0 || ms - (all[ix - 1] as number) > 500),
    ).toBe(true);
  });

  it('is not overrun by what was held back when it opens again', () => {
    const story = line({
      times: every(20, 3000),
      queue: { capacity: 20, overflow: 'block' },
      workers: { worker: { work: lasting('100ms') } },
      publish: { delay: '10ms' },
    });
    for (let second = 5; second <= 60; second++) {
      expect(story.to(`${second}s`).ledger.publish.onTheWire).toBeLessThanOrEqual(20);
      expect(story.gauge('queue_size', 'orders')).toBeGreaterThan(0);
    }
    expect(story.gauge('held_back', 'shop')).toBeGreaterThan(2000);
  });

  it('lets the sender go on when it is made larger', () => {
    const story = line({ times: every(100, 10), queue: { capacity: 2, overflow: 'block' } });
    story.at('5s', 'set orders.capacity 5').at('6s', 'set orders.capacity 0').to('5500ms');
    expect(story.ledger.publish.accepted).toBe(5);
    story.to('7s');
    expect(story.ledger.publish.accepted).toBe(10);
  });

  it('lets the sender go on though the word that opens the flow was lost', () => {
    const story = line({
      times: every(100, 6),
      queue: { capacity: 1, overflow: 'block' },
      workers: { worker: { work: lasting('1s') } },
      publish: { timeout: '2s' },
    });
    // There is room at 2 s; told at 200 ms to stop, the sender asks for itself at 2.2 s.
    story.at('1900ms', 'lose shop-orders 100% for 200ms').to('60s');
    expect(story.stops('accepted').find(({ number }) => number === 4)?.ms).toBe(2200);
    expect(story.ledger.publish).toMatchObject({ sent: 6, accepted: 6 });
    expect(story.ledger.delivery.processed).toBe(6);
  });

  it('tells a sender that waits for the answer that it was refused', () => {
    const story = new Story({
      nodes: [
        node('shop', 'sender', { loop: 'closed', callers: 1, think: lasting('1s') }),
        node('orders', 'queue', { capacity: 2 }),
      ],
      wires: [wire('publish', 'shop', 'orders', { delay: '100ms', confirm: true })],
    }).to('10s');
    // A second to think, a fifth for the way there and back, whatever the answer is.
    expect(story.times('sent')).toEqual([1000, 2200, 3400, 4600, 5800, 7000, 8200, 9400]);
    expect(story.ledger.publish).toMatchObject({ accepted: 2, refused: 6 });
  });
});

describe('what a reader sends again as a new message', () => {
  const failing = { work: lasting('10ms'), failure: 1, maxAttempts: 3, retry: 'exponential', retryBase: '2s' };
  const limits = { workers: { worker: failing }, queue: { maxAttempts: 4 }, hasDeadLetters: true };

  it('is at its first attempt each time: no limit is reached, and its backoff begins anew', () => {
    const story = line({ times: ['0s'], ...limits, deliver: { retryAs: 'new' } }).to('10s');
    expect(attempts(story)).toEqual([0, 2010, 4020, 6030, 8040].map((ms) => [ms, 1]));
    expect(story.gauge('redeliveries', 'orders')).toBe(0);
    expect(story.gauge('dlq_size', 'dead')).toBe(0);
    expect(story.ledger.delivery).toMatchObject({ owed: 1, delayed: 1 });
  });

  it('waits as after a first attempt, also where each wait grows from the one before', () => {
    const worker = { ...failing, work: lasting('0s'), retry: 'decorrelated', retryBase: '100ms', maxAttempts: 0 };
    const longestWaitMs = (retryAs: string) => {
      const times = line({ times: ['0s'], workers: { worker }, deliver: { retryAs } })
        .to('30s')
        .times('delivered');
      return Math.max(...times.slice(1).map((ms, ix) => ms - (times[ix] as number)));
    };
    expect(longestWaitMs('new')).toBeLessThanOrEqual(300);
    expect(longestWaitMs('same')).toBeGreaterThan(300);
  });

  it('keeps its attempts where it is put back', () => {
    const story = line({ times: ['0s'], ...limits, deliver: { retryAs: 'same' } }).to('10s');
    expect(attempts(story)).toEqual([
      [0, 1],
      [2010, 2],
      [6020, 3],
    ]);
    expect(story.gauge('dlq_size', 'dead')).toBe(1);
  });

  it('comes last, where what is put back comes first, and waits as long as a new one may', () => {
    const queue = { returnTo: 'front', expiry: 'on-time', timeToLive: lasting('25ms') };
    const workers = { worker: { ...failing, retry: 'fixed', retryBase: '0s', maxAttempts: 0 } };
    const handedOut = (retryAs: string) => {
      const story = line({ times: ['0ms', '1ms'], queue, workers, deliver: { retryAs, desk: 1 } }).to('95ms');
      return { numbers: story.stops('delivered').map(({ number }) => number), expired: story.times('expired') };
    };
    expect(handedOut('new').numbers).toEqual([1, 2, 1, 2, 1, 2, 1, 2, 1, 2]);
    expect(handedOut('new').expired).toEqual([]);
    expect(handedOut('same').numbers).toEqual([1, 1, 1]);
    expect(handedOut('same').expired).toEqual([26, 30]);
  });
});

describe('the limit of attempts', () => {
  const failing = { work: lasting('10ms'), failure: 1, maxAttempts: 0, retry: 'fixed', retryBase: '1s' };

  it('sends a message to the dead letters after so many deliveries, with the reason', () => {
    const story = line({ times: ['0s'], queue: { maxAttempts: 3 }, workers: { worker: failing }, hasDeadLetters: true }).to(
      '1min',
    );
    expect(attempts(story)).toEqual([
      [0, 1],
      [1010, 2],
      [2020, 3],
    ]);
    expect(story.stops('dead-lettered').map(({ ms, where, attempt }) => [ms, where, attempt])).toEqual([[2030, 'dead', 3]]);
    expect(story.reasons('deadLettered')).toEqual({ 'orders max-attempts': 1 });
    expect(story.ledger.delivery).toMatchObject({ owed: 1, deadLettered: 1 });
    expect(story.gauge('dlq_size', 'dead')).toBe(1);
  });

  it('drops it with the same reason where there is no place for dead letters', () => {
    const story = line({ times: ['0s'], queue: { maxAttempts: 2 }, workers: { worker: failing } }).to('1min');
    expect(story.reasons('dropped')).toEqual({ 'orders max-attempts': 1 });
    expect(story.gauge('queue_size', 'orders')).toBe(0);
  });

  it('counts deliveries that nobody answered', () => {
    const story = line({
      times: ['0s'],
      queue: { maxAttempts: 2, ackDeadline: '1s' },
      workers: { slow: { work: lasting('1h'), concurrency: 5 } },
      hasDeadLetters: true,
    }).to('10s');
    expect(story.stops('dead-lettered').map(({ ms, attempt }) => [ms, attempt])).toEqual([[2000, 2]]);
  });

  it('is not needed by a reader that gives up: rejected, says the dead letter', () => {
    const story = line({
      times: ['0s'],
      workers: { worker: { ...failing, maxAttempts: 2 } },
      hasDeadLetters: true,
    }).to('1min');
    expect(story.reasons('deadLettered')).toEqual({ 'orders rejected': 1 });
    expect(attempts(story)).toHaveLength(2);
  });

  it('gives lambda p^n dead letters and n more attempts per poison message (P54, P8)', () => {
    const story = line({
      times: every(20, 5000),
      queue: { maxAttempts: 3 },
      workers: { worker: { ...failing, failure: 0.5, work: lasting('1ms'), retryBase: '100ms' } },
      hasDeadLetters: true,
    }).to('10min');
    // 5000 / 8 = 625 with a deviation of 23; attempts 5000 * 1.75 = 8750 with a deviation of 58.
    expect(Math.abs(story.ledger.delivery.deadLettered - 625)).toBeLessThan(4 * 23.4);
    expect(Math.abs(story.gauge('received', 'worker') - 8750)).toBeLessThan(4 * 58);
    // P57: in = done + in the queue + set aside.
    expect(story.ledger.delivery.processed + story.ledger.delivery.deadLettered).toBe(5000);
  });
});

describe('when something crashes', () => {
  it('a worker that acknowledges before the work loses what it was at', () => {
    const story = line({
      times: ['0s', '1ms'],
      queue: { ackDeadline: '5s' },
      workers: { worker: { work: lasting('2s'), steps: ['receive', 'acknowledge', 'work'] } },
    });
    story.at('1s', 'crash worker for 1s').to('1min');
    expect(story.ledger.delivery).toMatchObject({ owed: 2, processed: 1, lost: 1 });
    expect(story.reasons('lost')).toEqual({ 'worker crash': 1 });
    expect(story.gauge('missed_effects')).toBe(1);
  });

  it('a worker that acknowledges after the work is given it again, and does it twice if only the word was missing', () => {
    const story = line({ times: ['0s'], queue: { ackDeadline: '5s' }, workers: { worker: { work: lasting('2s') } } });
    story.at('1s', 'crash worker for 1s').to('1min');
    expect(attempts(story)).toEqual([
      [0, 1],
      [5000, 2],
    ]);
    expect(story.ledger).toMatchObject({ delivery: { processed: 1, lost: 0 }, repeats: 0 });

    const after = line({
      times: ['0s'],
      queue: { ackDeadline: '5s' },
      workers: { worker: { work: lasting('2s') } },
      deliver: { delay: '100ms' },
    });
    // The work is done at 2.2 s; the receipt is on the wire when that is cut.
    after.at('2250ms', 'cut orders-worker for 1s').to('1min');
    expect(after.ledger).toMatchObject({ delivery: { processed: 1 }, repeats: 1 });
    expect(after.gauge('dup_effects')).toBe(1);
  });

  it('a reader that does not acknowledge loses what it holds, and the queue forgets at once', () => {
    const story = line({
      times: ['0s', '1s', '2s'],
      workers: { worker: { work: lasting('10s') } },
      deliver: { acknowledge: false },
    });
    story.to('2500ms');
    // It takes whatever comes: nothing bounds its desk.
    expect([story.gauge('queue_size', 'orders'), story.gauge('busy', 'worker'), story.gauge('desk', 'worker')]).toEqual([
      0, 1, 2,
    ]);
    story.at('3s', 'crash worker for 1s').to('1min');
    expect(story.reasons('lost')).toEqual({ 'worker crash': 3 });
  });

  it('a queue on disk has everything again: what was handed out is handed out again, what slept is awake', () => {
    const story = line({
      times: ['0s', '1ms', '2ms'],
      queue: { ackDeadline: '10min' },
      workers: {
        'a-busy': { work: lasting('5s') },
        'b-failing': { work: lasting('10ms'), failFirst: 1, retry: 'fixed', retryBase: '1h' },
      },
    });
    story.to('1s');
    expect([story.gauge('in_flight', 'orders'), story.gauge('delayed', 'orders')]).toEqual([1, 2]);
    story.at('2s', 'crash orders for 1s').to('1min');
    expect(story.ledger.delivery).toMatchObject({ owed: 3, processed: 3, lost: 0 });
    // What the busy worker had is handed out a second time.
    expect(story.ledger.repeats).toBe(1);
    expect([story.gauge('in_flight', 'orders'), story.gauge('delayed', 'orders')]).toEqual([0, 0]);
  });

  it('a queue in memory loses everything it holds, for that reason', () => {
    const story = line({
      times: every(1, 4),
      queue: { durable: false },
      workers: { worker: { work: lasting('10ms'), failFirst: 1, retry: 'fixed', retryBase: '1h' } },
    });
    story.at('25ms', 'crash orders for 1s').to('1min');
    // Two waited for a retry and one was ready. One was in work: it fails there, and nobody knows of it any more.
    expect(story.reasons('lost')).toEqual({ 'orders crash': 3, 'worker forgotten': 1 });
    expect(story.ledger.delivery).toMatchObject({ owed: 4, lost: 4 });
  });

  it('a queue takes nothing while it is down', () => {
    const story = line({ times: ['0s', '1s', '2s'], publish: { delay: '10ms' } });
    story.at('500ms', 'crash orders for 1s').to('10s');
    expect(story.reasons('lost')).toEqual({ 'orders down': 1 });
    expect(story.ledger.publish).toMatchObject({ sent: 3, accepted: 2, lost: 1 });
  });

  it('a full queue loses what it had let wait outside', () => {
    const story = line({ times: every(1, 3), queue: { capacity: 1, overflow: 'block' }, publish: { timeout: '10ms' } });
    story.at('500ms', 'crash orders').to('1s');
    expect(story.reasons('lost')['orders crash']).toBeGreaterThan(0);
    expect(story.ledger.publish.onTheWire).toBe(0);
  });

  it('a sender that waits for the answer gets through a crash of the queue', () => {
    const story = line({ times: every(100, 20), publish: { delay: '5ms', confirm: true, timeout: '1s', resends: 3 } });
    story.at('500ms', 'crash orders for 800ms').to('1min');
    // 20 messages; those sent meanwhile are sent again, and nothing of them is missing.
    expect(story.ledger.publish.lost).toBeGreaterThan(3);
    expect(new Set(story.numbers('accepted')).size).toBe(20);
    expect(story.gauge('missed_effects')).toBe(0);
  });
});

describe('dials', () => {
  it('show what is ready, handed out and delayed, and how old the head of the line is', () => {
    const story = line({
      times: ['0s', '1s', '2s', '3s'],
      queue: { ackDeadline: '0s' },
      workers: { worker: { work: { law: 'constant', value: '1500ms' }, failFirst: 1, retry: 'fixed', retryBase: '1min' } },
    }).to('4s');
    // 1 failed at 1.5 s, 2 at 3 s; 3 is in work, 4 waits since a second.
    expect(story.gauge('ready', 'orders')).toBe(1);
    expect(story.gauge('in_flight', 'orders')).toBe(1);
    expect(story.gauge('delayed', 'orders')).toBe(2);
    expect(story.gauge('queue_size', 'orders')).toBe(2);
    expect(story.gauge('oldest_age', 'orders')).toBe(1);
  });
});
