// The textbook dead-letter queue: what was given up on rests here with the reason, oldest first, until a redrive sends it back to
// where it came from. P54 to P57 are of docs/semantics/patterns.md.

import { describe, expect, it } from 'vitest';
import { every, INSTANT, lasting, node, type ParamsDocument, wire } from '../../testing/drawing.ts';
import { lineDrawing } from '../../testing/run-fixtures.ts';
import { Story } from '../../testing/story.ts';

/** Two attempts a second apart, then the dead letters; `set worker.failure 0` mends it. */
const FAILING = { work: lasting('10ms'), failure: 1, maxAttempts: 2, retry: 'fixed', retryBase: '1s' };

const line = (times: readonly string[], worker: ParamsDocument = FAILING, queue: ParamsDocument = {}): Story =>
  new Story(lineDrawing({ sender: { arrivals: 'times', times }, queue, worker, wires: INSTANT }));

describe('a dead-letter queue', () => {
  it('keeps what was given up on, and it is neither lost nor done', () => {
    const story = line(every(100, 5)).to('1h');
    expect(story.ledger.delivery).toMatchObject({ owed: 5, deadLettered: 5, lost: 0, processed: 0 });
    expect([story.gauge('dlq_size', 'dead'), story.gauge('arrived', 'dead'), story.gauge('redriven', 'dead')]).toEqual([5, 5, 0]);
    expect(story.gauge('queue_size', 'orders')).toBe(0);
  });

  it('has no limit of its own', () => {
    const story = line(every(1, 5000), { ...FAILING, retry: 'none', work: lasting('100us') }).to('1min');
    expect(story.gauge('dlq_size', 'dead')).toBe(5000);
    expect(story.ledger.delivery.dropped).toBe(0);
  });

  it('is there when its process is not: a relation costs nothing and cannot fail', () => {
    const story = line(every(100, 3)).at('50ms', 'crash dead').to('1min');
    expect(story.gauge('dlq_size', 'dead')).toBe(3);
  });

  it('loses its letters when it is taken out of the drawing, for that reason', () => {
    const story = line(every(100, 3)).at('1min', 'remove dead').to('2min');
    expect(story.reasons('lost')).toEqual({ 'dead removed': 3 });
    expect(story.ledger.delivery.deadLettered).toBe(0);
  });
});

describe('whatever became of it', () => {
  it('P57: what came is done, waits, is dead or was shed: the dials add up at every moment', () => {
    const story = new Story({
      nodes: [
        node('shop', 'sender', { arrivals: 'poisson', rate: 100, poison: 0.05 }),
        node('orders', 'queue', { capacity: 12, expiry: 'on-time', timeToLive: lasting('150ms'), ackDeadline: '0s' }),
        node('worker', 'service', { ...FAILING, work: { law: 'exponential', mean: '9ms' }, failure: 0.2, retryBase: '30ms' }),
        node('dead', 'dead-letter-queue'),
      ],
      wires: [
        wire('publish', 'shop', 'orders', INSTANT),
        wire('deliver', 'orders', 'worker', INSTANT),
        wire('dead-letter', 'orders', 'dead'),
      ],
    }).at('10s', 'redrive dead');
    const shed = () => [story.ledger.publish.refused, story.ledger.delivery.expired];
    for (let ms = 50; ms <= 20_000; ms += 50) {
      story.to(`${ms}ms`);
      const waits = ['ready', 'in_flight', 'delayed'].reduce((sum, name) => sum + story.gauge(name, 'orders'), 0);
      const [refused = 0, expired = 0] = shed();
      const ends = story.gauge('processed', 'worker') + story.gauge('dlq_size', 'dead') + refused + expired;
      expect([ms, waits + ends]).toEqual([ms, story.gauge('sent', 'shop')]);
    }
    for (const count of [...shed(), story.gauge('processed', 'worker'), story.gauge('dlq_size', 'dead')])
      expect(count).toBeGreaterThan(10);
  });
});

describe('a redrive', () => {
  it('begins the backoff anew along with the attempts', () => {
    const worker = { ...FAILING, maxAttempts: 0, retry: 'polly-decorrelated', retryBase: '1s' };
    const story = line(['0s'], worker, { maxAttempts: 3 }).at('1min', 'redrive dead').to('10min');
    const gaps = (times: readonly number[]) => times.slice(1).map((ms, ix) => ms - (times[ix] as number));
    const delivered = story.times('delivered');
    expect(delivered).toHaveLength(6);
    for (const half of [delivered.slice(0, 3), delivered.slice(3)]) expect(gaps(half).every((ms) => ms > 100)).toBe(true);
  });

  it('sends back so many, oldest first', () => {
    const story = line(every(100, 5)).at('10s', 'set worker.failure 0').at('20s', 'redrive dead 2').to('1min');
    expect(story.numbers('redriven')).toEqual([1, 2]);
    expect(story.numbers('processed')).toEqual([1, 2]);
    expect([story.gauge('dlq_size', 'dead'), story.gauge('arrived', 'dead'), story.gauge('redriven', 'dead')]).toEqual([3, 5, 2]);
  });

  it('sends back the one that was chosen, and the others keep their order', () => {
    const story = line(every(100, 5)).at('10s', 'set worker.failure 0').at('20s', 'redrive dead #3 of shop').to('1min');
    expect(story.numbers('redriven')).toEqual([3]);
    expect(story.gauge('dlq_size', 'dead')).toBe(4);
    story.at('61s', 'redrive dead 3').to('2min');
    expect(story.numbers('redriven')).toEqual([3, 1, 2, 4]);
  });

  it('of one that does not rest there is refused', () => {
    const { simulation } = line(every(100, 5)).at('20s', 'redrive dead #3 of shop').to('20.001s');
    const codes = (number: number, sender: string) =>
      simulation.command({ type: 'redrive', node: 'dead', message: { sender, number } }, 'nanosecond').map(({ code }) => code);
    expect(codes(3, 'shop')).toEqual(['command-not-resting']);
    expect(codes(4, 'worker')).toEqual(['command-not-resting']);
    expect(codes(4, 'shop')).toEqual([]);
    // The second time it is gone already.
    expect(codes(4, 'shop')).toEqual(['command-not-resting']);
  });

  it('of one waits until a node that stands still goes on', () => {
    const story = line(every(100, 3)).at('20s', 'stall dead 10s').at('21s', 'redrive dead').at('22s', 'redrive dead #2 of shop');
    expect(story.to('29s').gauge('dlq_size', 'dead')).toBe(3);
    expect(story.to('30.5s').numbers('redriven')).toEqual([1, 2, 3]);
  });

  it('sends back all when no number is said, and more than there are is all', () => {
    for (const redrive of ['redrive dead', 'redrive dead 1000']) {
      const story = line(every(100, 5)).at('10s', 'set worker.failure 0').at('20s', redrive).to('1min');
      expect(story.numbers('processed')).toEqual([1, 2, 3, 4, 5]);
      expect(story.gauge('dlq_size', 'dead')).toBe(0);
    }
  });

  it('opens the same obligation again, with its attempts counted anew', () => {
    const story = line(['0s']).at('20s', 'redrive dead').to('1min');
    expect(story.stops('delivered').map(({ ms, attempt }) => [ms, attempt])).toEqual([
      [0, 1],
      [1010, 2],
      [20_000, 1],
      [21_010, 2],
    ]);
    expect(story.ledger.delivery.owed).toBe(1);
  });

  it('without a fix brings back the same number (P55)', () => {
    const story = line(every(100, 7)).at('20s', 'redrive dead').to('1min');
    expect([story.gauge('dlq_size', 'dead'), story.gauge('arrived', 'dead')]).toEqual([7, 14]);
    // P57: nothing was added and nothing is missing.
    expect(story.ledger.delivery).toMatchObject({ owed: 7, deadLettered: 7 });
  });

  it('P56: faster than there is room for hurts what is sent meanwhile, and is over no sooner than room allows', () => {
    // A hundred a second can be done, seventy are sent, and six hundred letters go back.
    const redriven = (perTenth: number) => {
      const story = new Story({
        nodes: [
          node('old', 'sender', { arrivals: 'times', times: every(0, 600) }),
          node('shop', 'sender', { arrivals: 'constant', rate: 70, startAt: '20s' }),
          node('orders', 'queue', { ackDeadline: '0s' }),
          node('worker', 'service', { work: lasting('10ms'), failure: 1, retry: 'none' }),
          node('dead', 'dead-letter-queue'),
        ],
        wires: [
          wire('publish', 'old', 'orders', INSTANT),
          wire('publish', 'shop', 'orders', INSTANT),
          wire('deliver', 'orders', 'worker', INSTANT),
          wire('dead-letter', 'orders', 'dead'),
        ],
      }).at('15s', 'set worker.failure 0');
      for (let sent = 0; sent < 600; sent += perTenth)
        story.at(`${30_000 + (100 * sent) / perTenth}ms`, `redrive dead ${perTenth}`);
      story.to('30s');
      let ms = 30_000;
      // Over is what nobody feels any more: all letters are back, and what piled up meanwhile is worked off.
      while (story.gauge('dlq_size', 'dead') + story.gauge('queue_size', 'orders') > 3 && ms < 90_000) {
        ms += 100;
        story.to(`${ms}ms`);
      }
      const done = story.to('90s').stops('processed');
      const sentMs = new Map(story.stops('sent').map(({ sender, number, ms: at }) => [`${sender}${number}`, at]));
      const waits = done
        .filter((one) => one.sender === 'shop' && one.ms > 30_000)
        .map((one) => one.ms - (sentMs.get(`shop${one.number}`) as number));
      expect(done.filter(({ sender }) => sender === 'old')).toHaveLength(600);
      return { tookS: (ms - 30_000) / 1000, worstMs: Math.max(...waits) };
    };
    const [slow, fast] = [redriven(2), redriven(6)];
    // 600 / 20 within what there is room for; beyond it 600 / (100 - 70).
    expect(Math.abs(slow.tookS - 30)).toBeLessThan(0.5);
    expect(slow.worstMs).toBeLessThan(60);
    expect(Math.abs(fast.tookS - 20)).toBeLessThan(0.5);
    expect(fast.worstMs).toBeGreaterThan(2_000);
  });

  it('goes to the queue that each letter came from', () => {
    const story = new Story({
      nodes: ['a', 'b']
        .flatMap((id) => [
          node(`shop-${id}`, 'sender', { arrivals: 'times', times: every(id === 'a' ? 100 : 150, 3) }),
          node(`queue-${id}`, 'queue'),
          node(`worker-${id}`, 'service', FAILING),
        ])
        .concat(node('dead', 'dead-letter-queue')),
      wires: ['a', 'b'].flatMap((id) => [
        wire('publish', `shop-${id}`, `queue-${id}`, INSTANT),
        wire('deliver', `queue-${id}`, `worker-${id}`, INSTANT),
        wire('dead-letter', `queue-${id}`, 'dead'),
      ]),
    });
    story.at('10s', 'set worker-a.failure 0').at('10s', 'set worker-b.failure 0').at('20s', 'redrive dead').to('1min');
    expect(story.stops('processed').map(({ sender, number, where }) => `${sender} ${number} ${where}`)).toEqual([
      'shop-a 1 worker-a',
      'shop-b 1 worker-b',
      'shop-a 2 worker-a',
      'shop-b 2 worker-b',
      'shop-a 3 worker-a',
      'shop-b 3 worker-b',
    ]);
  });

  it('leaves what came from a queue that is gone', () => {
    const story = line(every(100, 3)).at('10s', 'remove orders').at('20s', 'redrive dead').to('1min');
    expect(story.gauge('dlq_size', 'dead')).toBe(3);
    expect(story.ledger.delivery).toMatchObject({ owed: 3, deadLettered: 3 });
  });

  it('is not turned away by a full queue: what was accepted once is not refused', () => {
    const story = line(every(100, 6))
      .at('20s', 'edit: set worker.failure 0; set orders.capacity 2')
      .at('30s', 'redrive dead')
      .to('1min');
    expect(story.ledger.delivery).toMatchObject({ owed: 6, processed: 6, deadLettered: 0, dropped: 0 });
  });

  it('finds work that was done after all and does it again: the effect is doubled', () => {
    // The queue gives up at 1 s, the work ends at 2 s.
    const story = line(['0s'], { work: lasting('2s') }, { ackDeadline: '1s', maxAttempts: 1 }).to('5s');
    expect(story.gauge('dlq_size', 'dead')).toBe(1);
    expect(story.ledger.delivery).toMatchObject({ owed: 1, processed: 1 });
    story.at('10s', 'redrive dead').to('1min');
    expect(story.ledger).toMatchObject({ delivery: { owed: 1, processed: 1 }, repeats: 1 });
    expect(story.gauge('dup_effects')).toBe(1);
  });

  it('is for dead-letter queues only', () => {
    const { simulation } = line(['0s']);
    expect(simulation.command({ type: 'redrive', node: 'orders' }, 'tick').map(({ code }) => code)).toEqual([
      'command-wrong-kind',
    ]);
  });
});
