// The textbook queue: in which order it hands out, what it does with too much, what it does with what is too old, and what it recognises.
// P50 to P53 and P57 are of docs/semantics/patterns.md, section 13 and 14; the theory is in docs/semantics/queueing.md.

import { describe, expect, it } from 'vitest';
import { every, INSTANT, lasting, node, type ParamsDocument, wire } from '../../testing/drawing.ts';
import { Story } from '../../testing/story.ts';

interface Line {
  /** Parameters of each sender, by its id. */
  readonly senders: { readonly [id: string]: ParamsDocument };
  readonly queue?: ParamsDocument;
  readonly worker?: ParamsDocument;
  readonly publish?: ParamsDocument;
  readonly deliver?: ParamsDocument;
  readonly hasDeadLetters?: boolean;
}

/** Senders, the queue `orders` and one worker that takes 10 ms for each message. */
function line({ senders, queue, worker, publish, deliver, hasDeadLetters = false }: Line): Story {
  const ids = Object.keys(senders);
  return new Story({
    nodes: [
      ...ids.map((id) => node(id, 'sender', { arrivals: 'times', ...senders[id] })),
      node('orders', 'queue', queue),
      node('worker', 'service', { work: lasting('10ms'), ...worker }),
      ...(hasDeadLetters ? [node('dead', 'dead-letter-queue')] : []),
    ],
    wires: [
      ...ids.map((id) => wire('publish', id, 'orders', { ...INSTANT, ...publish })),
      wire('deliver', 'orders', 'worker', { ...INSTANT, ...deliver }),
      ...(hasDeadLetters ? [wire('dead-letter', 'orders', 'dead')] : []),
    ],
  });
}

/** Who is handed out, as sender and number, in order. */
const handedOut = (story: Story): string =>
  story
    .stops('delivered')
    .map(({ sender, number }) => `${sender}${number}`)
    .join(' ');

/** Six messages within 6 ms: the first is in work before the others come. */
const SIX = { a: { times: every(1, 6) } };
/** A first message, then three urgent, three usual and three idle ones while it is worked on. */
const CLASSES = {
  i: { times: ['0ms', '1ms', '2ms', '3ms'], priority: 0 },
  u: { times: every(1, 3), startAt: '4ms', priority: 9 },
  n: { times: every(1, 3), startAt: '4ms', priority: 4 },
};

describe('the order of a queue', () => {
  it('is that in which messages come, unless another is asked for', () => {
    expect(handedOut(line({ senders: SIX }).to('1s'))).toBe('a1 a2 a3 a4 a5 a6');
  });

  it('newest first turns it round for all that wait', () => {
    expect(handedOut(line({ senders: SIX, queue: { order: 'newest' } }).to('1s'))).toBe('a1 a6 a5 a4 a3 a2');
  });

  it('strict takes the most urgent, and of those the oldest; what is in work is not interrupted', () => {
    const story = line({ senders: CLASSES, queue: { order: 'strict' } }).to('1s');
    expect(handedOut(story)).toBe('i1 u1 u2 u3 n1 n2 n3 i2 i3 i4');
  });

  it('looks at no priority unless it is asked to', () => {
    expect(handedOut(line({ senders: CLASSES }).to('1s'))).toBe('i1 i2 i3 i4 n1 u1 n2 u2 n3 u3');
  });

  it('by weights spreads the turns as smoothly as they allow, and a priority that is empty saves up nothing', () => {
    const weights = [1, 1, 1, 1, 2, 1, 1, 1, 1, 4].map((weight, priority) => ({ name: `${priority}`, weight }));
    const senders = {
      i: { times: every(0, 8), priority: 0 },
      n: { times: every(0, 8), priority: 4 },
      u: { times: every(0, 8), priority: 9 },
    };
    const story = line({ senders, queue: { order: 'weighted', priorityWeights: weights } }).to('1s');
    // i1 came first. Then by hand, for weights 4, 2 and 1 of 7: the savings go 4 2 1, -3+4 4 2 ..., which is u n u i u n u.
    const turns = handedOut(story).replace(/\d| /g, '');
    expect(turns.slice(0, 15)).toBe('iunuiunuunuiunu');
  });

  it('by weights serves a weight of 0 when nobody else waits', () => {
    const weights = [
      { name: 'idle', weight: 0 },
      { name: 'others', weight: 1 },
    ];
    const senders = { i: { times: every(0, 3), priority: 0 }, u: { times: every(0, 3), priority: 9 } };
    const story = line({ senders, queue: { order: 'weighted', priorityWeights: weights } }).to('1s');
    expect(handedOut(story)).toBe('i1 u1 u2 u3 i2 i3');
  });

  it.each([
    ['oldest', 'front', 'a1 a1 a2 a3'],
    ['oldest', 'back', 'a1 a2 a3 a1'],
    ['newest', 'front', 'a1 a1 a3 a2'],
    ['newest', 'back', 'a1 a3 a2 a1'],
  ])('%s first lays what comes back to the %s', (order, returnTo, wanted) => {
    const worker = { failFirst: 1, retry: 'fixed', retryBase: '0s' };
    const story = line({ senders: { a: { times: every(1, 3) } }, queue: { order, returnTo }, worker });
    // Only the first message fails, so that the order of the others stays readable.
    story.at('11ms', 'set worker.failFirst 0').to('1s');
    expect(handedOut(story)).toBe(wanted);
  });

  it('strict lays what comes back into the line of its priority', () => {
    const worker = { failFirst: 1, retry: 'fixed', retryBase: '0s' };
    const senders = { u: { times: ['0ms', '2ms'], priority: 9 }, i: { times: ['1ms', '2ms'], priority: 0 } };
    const story = line({ senders, queue: { order: 'strict' }, worker })
      .at('11ms', 'set worker.failFirst 0')
      .to('1s');
    expect(handedOut(story)).toBe('u1 u2 u1 i1 i2');
  });

  it('that changes in mid-run lays anew what waits', () => {
    const story = line({ senders: CLASSES }).at('8ms', 'set orders.order strict').at('35ms', 'set orders.order newest').to('1s');
    expect(handedOut(story)).toBe('i1 u1 u2 u3 n3 n2 n1 i4 i3 i2');
  });

  it('strict starves the lower class as the load nears 1, while the higher waits for hardly anything (P53)', () => {
    const meanWaits = (rate: number): readonly number[] => {
      const senders = {
        u: { arrivals: 'poisson', rate: 20, priority: 9 },
        i: { arrivals: 'poisson', rate, priority: 0 },
      };
      const story = line({ senders, queue: { order: 'strict' }, worker: { work: { law: 'exponential', mean: '10ms' } } }).to(
        '400s',
      );
      const waits = new Map<string, { sum: number; count: number }>();
      const came = new Map<string, number>();
      for (const { what, sender, number, ms } of story.stops('accepted', 'begun')) {
        const name = `${sender}${number}`;
        if (what === 'accepted') came.set(name, ms);
        else if (came.has(name)) {
          const one = waits.get(sender) ?? { sum: 0, count: 0 };
          waits.set(sender, { sum: one.sum + ms - (came.get(name) as number), count: one.count + 1 });
        }
      }
      return ['u', 'i'].map((sender) => (waits.get(sender)?.sum ?? 0) / (waits.get(sender)?.count ?? 1));
    };
    const [urgent60 = 0, idle60 = 0] = meanWaits(40);
    const [urgent97 = 0, idle97 = 0] = meanWaits(77);
    expect(idle97).toBeGreaterThan(8 * idle60);
    // Theory: R / (1 - rho of its own class) = 10 ms x 0.97 / 0.8.
    expect(urgent97).toBeLessThan(2 * urgent60 + 5);
    expect(urgent97).toBeLessThan(20);
  });
});

describe('a full queue', () => {
  it('that drops the newest takes it, confirms it and throws it away', () => {
    const queue = { capacity: 2, overflow: 'drop-newest' };
    const story = line({ senders: SIX, queue, publish: { confirm: true } }).to('1s');
    expect(handedOut(story)).toBe('a1 a2 a3');
    expect(story.ledger).toMatchObject({ publish: { accepted: 6, refused: 0 }, delivery: { processed: 3, dropped: 3 } });
    expect(story.reasons('dropped')).toEqual({ 'orders full': 3 });
  });

  it.each([
    ['oldest', 'a1 a5 a6'],
    ['newest', 'a1 a6 a5'],
  ])('drops the oldest, whatever end of the line it has (%s first)', (order, wanted) => {
    const story = line({ senders: SIX, queue: { capacity: 2, overflow: 'drop-oldest', order } }).to('1s');
    expect(handedOut(story)).toBe(wanted);
    expect(story.reasons('dropped')).toEqual({ 'orders overflow': 3 });
  });

  it('drops the oldest of the least urgent', () => {
    const story = line({ senders: CLASSES, queue: { capacity: 3, overflow: 'drop-oldest', order: 'strict' } }).to('1s');
    expect(handedOut(story)).toBe('i1 u1 u2 u3');
  });

  it('counts what is out with readers if it is told to, and has room again when it is done', () => {
    const story = line({
      senders: { a: { times: ['0ms', '1ms', '2ms', '11ms', '12ms'] } },
      queue: { capacity: 2, capacityCounts: 'all' },
    });
    expect(handedOut(story.to('1s'))).toBe('a1 a2 a4');
    expect(story.reasons('refused')).toEqual({ 'orders full': 2 });
  });

  it('loses what Erlang and Kendall say, and nobody waits longer than its length of work (P50)', () => {
    // M/M/1/5 at 0.9: vectors/queueing/mmck.json, mmck-c1-K5-a0.9.
    const senders = { a: { arrivals: 'poisson', rate: 90 } };
    const worker = { work: { law: 'exponential', mean: '10ms' } };
    const queue = { capacity: 5, capacityCounts: 'all' };
    const { publish } = line({ senders, queue, worker }).to('600s').ledger;
    expect(publish.refused / publish.sent).toBeCloseTo(0.126022549988369, 2);
    // Work that always takes 10 ms: four before it and one that has begun.
    const steady = line({ senders: { a: { arrivals: 'poisson', rate: 150 } }, queue }).to('30s');
    const came = new Map(steady.stops('accepted').map(({ number, ms }) => [number, ms]));
    const waits = steady.stops('begun').map(({ number, ms }) => ms - (came.get(number) as number));
    expect(Math.max(...waits)).toBeLessThanOrEqual(5 * 10);
    expect(Math.max(...waits)).toBeGreaterThan(3 * 10);
  });

  it('grows without bound by what comes beyond its capacity, and so does the age of its oldest (P51)', () => {
    const senders = { a: { arrivals: 'constant', rate: 150 } };
    const story = line({ senders }).to('20s');
    const [size, age] = [story.gauge('queue_size', 'orders'), story.gauge('oldest_age', 'orders')];
    story.to('30s');
    // (150 - 100) a second, and (1 - 100/150) seconds a second.
    expect(story.gauge('queue_size', 'orders') - size).toBeGreaterThanOrEqual(499);
    expect(story.gauge('queue_size', 'orders') - size).toBeLessThanOrEqual(501);
    expect(story.gauge('oldest_age', 'orders') - age).toBeCloseTo(10 / 3, 1);
  });
});

describe('what is too old', () => {
  const TTL = { expiry: 'on-time', timeToLive: lasting('15500us') };

  it('is thrown away when its time is over, as expired', () => {
    const story = line({ senders: SIX, queue: TTL }).to('1s');
    // a2 begins at 10 ms; a3 would begin at 20 ms, and its time is over at 17.5 ms.
    expect(handedOut(story)).toBe('a1 a2 a6');
    expect(story.stops('expired').map(({ ms, number }) => [ms, number])).toEqual([
      [17.5, 3],
      [18.5, 4],
      [19.5, 5],
    ]);
    expect(story.ledger.delivery).toMatchObject({ owed: 6, processed: 3, expired: 3 });
    expect(story.reasons('expired')).toEqual({ 'orders too-old': 3 });
  });

  it('may take up room until it would be its turn', () => {
    const story = line({ senders: SIX, queue: { ...TTL, expiry: 'at-head' } }).to('19900us');
    expect(story.gauge('ready', 'orders')).toBe(4);
    story.to('1s');
    expect(handedOut(story)).toBe('a1 a2 a6');
    expect(story.times('expired')).toEqual([20, 20, 20]);
  });

  it('of no time at all is handed out at once or never', () => {
    const senders = { a: { times: ['1ms', '2ms', '20ms'] } };
    const story = line({ senders, queue: { expiry: 'on-time', timeToLive: lasting('0s') } }).to('1s');
    expect(handedOut(story)).toBe('a1 a3');
    expect(story.times('expired')).toEqual([2]);
  });

  it('and comes back when nobody is free takes up no room', () => {
    const queue = { ...TTL, ackDeadline: '30ms' };
    const story = line({ senders: { a: { times: ['0ms'] } }, queue, worker: { work: lasting('10s') } }).to('31ms');
    expect(story.times('returned')).toEqual([30]);
    expect(story.gauge('ready', 'orders')).toBe(0);
    // The reader that has it still may finish it.
    expect(story.to('20s').ledger.delivery).toMatchObject({ owed: 1, processed: 1, expired: 0 });
  });

  it('is left alone while a reader has it, and its time is not begun anew when it comes back', () => {
    const worker = { work: lasting('30ms'), failFirst: 1, retry: 'fixed', retryBase: '0s' };
    const story = line({ senders: { a: { times: ['0ms'] } }, queue: { ...TTL, timeToLive: lasting('50ms') }, worker }).to('1s');
    // Attempts from 0 and from 30 ms: the second ends at 60 ms, in time or not, and succeeds.
    expect(handedOut(story)).toBe('a1 a1');
    expect(story.ledger.delivery).toMatchObject({ processed: 1, expired: 0 });
    const late = line({ senders: { a: { times: ['0ms'] } }, queue: { ...TTL, timeToLive: lasting('25ms') }, worker }).to('1s');
    expect(late.times('expired')).toEqual([30]);
  });

  it('that sleeps before a retry ends when it wakes', () => {
    const worker = { failure: 1, retry: 'fixed', retryBase: '40ms' };
    const story = line({ senders: { a: { times: ['0ms'] } }, queue: TTL, worker }).to('1s');
    expect(story.times('expired')).toEqual([50]);
    expect(story.gauge('delayed', 'orders')).toBe(0);
  });

  it('makes room for those who were held back', () => {
    const senders = { a: { times: ['0ms', '1ms', '2ms', '3ms'] } };
    const story = line({ senders, queue: { ...TTL, capacity: 1, overflow: 'block' }, worker: { work: lasting('100ms') } }).to(
      '1s',
    );
    expect(story.stops('expired').map(({ number }) => number)).toEqual([2, 3, 4]);
    expect(story.ledger.publish).toMatchObject({ sent: 4, accepted: 4 });
  });

  it('is found again after a crash of a queue that keeps its messages', () => {
    const story = line({
      senders: { a: { times: ['0ms', '1ms'] } },
      queue: { ...TTL, timeToLive: lasting('1s') },
      worker: { work: lasting('10s') },
    });
    story.at('100ms', 'crash orders').at('2s', 'restart orders').to('3s');
    // What waited is gone; what came back from the worker may still be done by it.
    expect(story.times('expired')).toEqual([2000]);
    expect(story.gauge('queue_size', 'orders')).toBe(0);
    expect(story.to('20s').ledger.delivery).toMatchObject({ processed: 1, expired: 1 });
  });

  it('keeps goodput near the capacity where a queue that sheds nothing serves the dead (P52)', () => {
    /** Done within 300 ms of being sent, a second, at one and a half times the capacity. */
    const goodput = (queue: ParamsDocument): number => {
      const story = line({ senders: { a: { arrivals: 'poisson', rate: 150 } }, queue }).to('30s');
      const sent = new Map(story.stops('accepted').map(({ number, ms }) => [number, ms]));
      const ended = story.stops('processed').filter(({ number, ms }) => ms - (sent.get(number) ?? 0) <= 300);
      return ended.length / 30;
    };
    const none = goodput({});
    expect(none).toBeLessThan(10);
    for (const expiry of ['on-time', 'at-head']) {
      expect(goodput({ expiry, timeToLive: lasting('290ms') })).toBeGreaterThan(95);
    }
    expect(goodput({ order: 'newest' })).toBeGreaterThan(90);
  });
});

describe('a numbered send', () => {
  it('that is sent again is confirmed and kept once', () => {
    const story = duplicated({ numbered: true });
    expect(story.ledger).toMatchObject({ delivery: { owed: 3, processed: 3 } });
    expect(story.simulation.world.oracle.duplicateEffects).toBe(0);
    expect(story.reasons('refused')).toEqual({ 'orders duplicate': 3 });
  });

  it('is not recognised without numbers, nor by a queue that remembers none', () => {
    for (const story of [duplicated({}), duplicated({ numbered: true }, { dedupWindow: 0 })]) {
      expect(story.ledger.delivery.owed).toBe(6);
      expect(story.simulation.world.oracle.duplicateEffects).toBe(3);
    }
  });

  it('is recognised as long as its number is among the latest', () => {
    expect(duplicated({ numbered: true }, { dedupWindow: 2 }).ledger.delivery.owed).toBe(4);
  });

  it('is recognised after a crash by a queue that keeps what it has, and by no other', () => {
    const owed = (durable: boolean): number => {
      const story = line({
        senders: { a: { times: ['0ms'], numbered: true } },
        queue: { durable },
        publish: { confirm: true, timeout: '1s', resends: 5, delay: '600ms' },
      });
      // The confirmation comes too late, and the message a second time after the crash.
      return story.at('1100ms', 'crash orders').at('1200ms', 'restart orders').to('20s').ledger.delivery.owed;
    };
    expect(owed(true)).toBe(1);
    expect(owed(false)).toBe(2);
  });

  /** The wire takes so long that every message is sent a second time before its confirmation is there. */
  function duplicated(sender: ParamsDocument, queue: ParamsDocument = {}): Story {
    return line({
      senders: { a: { times: ['0ms', '100ms', '200ms'], ...sender } },
      queue,
      publish: { confirm: true, timeout: '1s', resends: 1, delay: '600ms' },
    }).to('20s');
  }
});

describe('everything that comes', () => {
  it.each([
    ['refuse', {}],
    ['drop-newest', {}],
    ['drop-oldest', { order: 'newest' }],
    ['block', { expiry: 'on-time', timeToLive: { law: 'exponential', mean: '30ms' } }],
    ['refuse', { order: 'strict', expiry: 'at-head', timeToLive: lasting('40ms') }],
  ])('is done, waits, is a dead letter or was shed by name (P57, %s)', (overflow, more) => {
    const story = line({
      senders: { a: { arrivals: 'poisson', rate: 100 }, b: { arrivals: 'poisson', rate: 60, priority: 5 } },
      queue: { capacity: 6, overflow, maxAttempts: 3, ...more },
      worker: { failure: 0.2, retry: 'fixed', retryBase: '5ms' },
      hasDeadLetters: true,
    }).to('20s');
    const { publish, delivery, reasons } = story.ledger;
    const shed = reasons.reduce(
      (sum, { class: cls, count }) => (cls === 'dropped' || cls === 'expired' || cls === 'refused' ? sum + count : sum),
      0,
    );
    const inQueue = delivery.waiting + delivery.delayed + delivery.onTheWire + delivery.inFlight;
    expect(shed).toBeGreaterThan(0);
    expect(publish.sent).toBe(delivery.processed + inQueue + publish.onTheWire + delivery.deadLettered + shed);
  });
});
