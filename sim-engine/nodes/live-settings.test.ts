// Settings of senders, queues and services that change while something is under way: what is under way keeps what it has, what comes later
// goes by the new setting, and nothing else changes.

import { describe, expect, it } from 'vitest';
import { INSTANT, lasting, node, type ParamsDocument, wire } from '../testing/drawing.ts';
import { Story } from '../testing/story.ts';

const sending = (params: ParamsDocument) =>
  new Story({
    nodes: [node('shop', 'sender', params), node('orders', 'queue')],
    wires: [wire('publish', 'shop', 'orders', INSTANT)],
  });

const line = (times: readonly string[], queue: ParamsDocument, worker: ParamsDocument, deliver: ParamsDocument = {}) =>
  new Story({
    nodes: [
      node('shop', 'sender', { arrivals: 'times', times }),
      node('orders', 'queue', queue),
      node('worker', 'service', worker),
    ],
    wires: [wire('publish', 'shop', 'orders', INSTANT), wire('deliver', 'orders', 'worker', { ...INSTANT, ...deliver })],
  });

describe('the deadline of a queue', () => {
  it('counts for each message from its own hand-out, also when it was shortened in between', () => {
    const story = line(['0s', '3s'], { ackDeadline: '10s', maxAttempts: 1 }, { work: lasting('1h'), concurrency: 2 });
    story.at('2s', 'set orders.ackDeadline 1s').to('20s');
    expect(story.stops('returned').map(({ ms, number }) => [ms, number])).toEqual([
      [4000, 2],
      [10_000, 1],
    ]);
  });
});

describe('the room of a service', () => {
  const times = Array.from({ length: 400 }, (_, ix) => `${ix * 10}ms`);
  it.each([
    ['concurrency', 'set worker.concurrency 1', { concurrency: 5 }, {}, 1],
    ['desk', 'set orders-worker.desk 2', { concurrency: 1 }, { desk: 10 }, 2],
  ])('%s lowered: once what it holds is done it holds no more than that', (_, command, worker, deliver, most) => {
    const story = line(times, { ackDeadline: '0s' }, { work: lasting('100ms'), ...worker }, deliver);
    story.at('1005ms', command).to('3s');
    for (const time of ['3050ms', '3120ms', '3333ms']) {
      story.to(time);
      expect(story.gauge('busy', 'worker') + story.gauge('desk', 'worker')).toBe(most);
    }
  });
});

describe('the schedule of a sender', () => {
  it('a ramp that is set in mid-run counts from then', () => {
    const story = sending({ arrivals: 'constant', rate: 10 });
    story.at('100s', 'edit: set shop.rampTo 1000; set shop.rampOver 100s; set shop.arrivals ramp').to('100s');
    const before = story.ledger.publish.sent;
    story.to('110s');
    // From 10 to 109 a second: 595 in ten seconds.
    expect(Math.abs(story.ledger.publish.sent - before - 595)).toBeLessThan(4 * 25);
  });

  it('goes on when a setting changes that it does not use', () => {
    const times = sending({ arrivals: 'times', times: ['1s', '2s', '3s', '4s'] })
      .at('500ms', 'set shop.rate 20')
      .to('10s');
    expect(times.times('sent')).toEqual([1000, 2000, 3000, 4000]);
    const constant = sending({ arrivals: 'constant', rate: 1 }).at('2500ms', 'set shop.burstSize 7').to('5500ms');
    expect(constant.times('sent')).toEqual([1000, 2000, 3000, 4000, 5000]);
  });

  it('a curve over the day begins again after its last point', () => {
    const dayCurve = [
      ['0s', 0],
      ['50s', 100],
      ['100s', 0],
    ];
    const story = sending({ arrivals: 'day', dayCurve }).to('200s');
    const between = (fromS: number, toS: number) =>
      story.times('sent').filter((ms) => ms >= fromS * 1000 && ms < toS * 1000).length;
    for (const from of [0, 100]) {
      expect(Math.abs(between(from, from + 25) - 625)).toBeLessThan(4 * 25);
      expect(Math.abs(between(from + 25, from + 75) - 3750)).toBeLessThan(4 * 61);
      expect(Math.abs(between(from + 75, from + 100) - 625)).toBeLessThan(4 * 25);
    }
  });

  it('listed times that passed while it was down are passed', () => {
    const story = sending({ arrivals: 'times', times: ['1s', '2s', '3s', '4s'] })
      .at('500ms', 'crash shop for 3s')
      .to('10s');
    expect(story.times('sent')).toEqual([4000]);
  });

  it('two bursts over time are both sent, each at its own pace', () => {
    const story = sending({ arrivals: 'constant', rate: 0 })
      .at('0s', 'burst shop 10 over 10s')
      .at('5500ms', 'burst shop 2 over 1s')
      .to('1min');
    expect(story.times('sent')).toEqual([1000, 2000, 3000, 4000, 5000, 6000, 6000, 6500, 7000, 8000, 9000, 10_000]);
  });
});

describe('a closed loop on several wires', () => {
  it('has each caller wait for all of its own answers', () => {
    const story = new Story({
      nodes: [
        node('shop', 'sender', { loop: 'closed', callers: 2, think: lasting('0s') }),
        node('a', 'queue'),
        node('b', 'queue'),
      ],
      wires: [
        wire('publish', 'shop', 'a', { delay: '1ms', confirm: true }),
        wire('publish', 'shop', 'b', { delay: '500ms', confirm: true }),
      ],
    }).to('2500ms');
    expect(story.times('sent')).toEqual([0, 0, 1000, 1000, 2000, 2000]);
  });
});

describe('a service whose result waits at a full channel', () => {
  it('and whose wire is taken away leaves its place free: who comes there next works undisturbed', () => {
    const story = new Story({
      nodes: [
        node('shop', 'sender', { arrivals: 'times', times: ['0s', '1ms'] }),
        node('late', 'sender', { arrivals: 'times', times: ['3s', '3.1s'] }),
        node('qa', 'queue'),
        node('qb', 'queue'),
        node('worker', 'service', { work: lasting('10s') }),
        node('out', 'queue', { capacity: 1, overflow: 'block' }),
      ],
      wires: [
        wire('publish', 'shop', 'qa', INSTANT),
        wire('publish', 'late', 'qb', INSTANT),
        wire('deliver', 'qa', 'worker', INSTANT),
        wire('deliver', 'qb', 'worker', INSTANT),
        wire('publish', 'worker', 'out', { ...INSTANT, timeout: '15s' }),
      ],
    });
    // shop 2 is done at 30 s and waits with its result when its wire goes; late 2 begins at once and takes its 10 s.
    story.at('30100ms', 'remove-wire qa-worker').at('33s', 'set worker.work {"law":"constant","value":"1s"}').to('2min');
    const late = story.stops('begun', 'processed').filter(({ sender, number }) => sender === 'late' && number === 2);
    expect(late.map(({ what, ms }) => [what, ms])).toEqual([
      ['begun', 30_100],
      ['processed', 40_100],
    ]);
  });
});

describe('the time-out of a publisher', () => {
  it('counts for each message from when it was sent, also when it was shortened in between', () => {
    const story = new Story({
      nodes: [node('shop', 'sender', { arrivals: 'times', times: ['0s', '3s'] }), node('orders', 'queue')],
      wires: [wire('publish', 'shop', 'orders', { delay: '10ms', confirm: true, timeout: '10s', resends: 1, loss: 1 })],
    });
    story.at('2s', 'set shop-orders.timeout 1s').to('30s');
    expect(story.stops('sent').map(({ ms, number, attempt }) => [ms, number, attempt])).toEqual([
      [0, 1, 1],
      [3000, 2, 1],
      [4000, 2, 2],
      [10_000, 1, 2],
    ]);
  });
});

describe('a closed loop', () => {
  it('that came to its limit goes on when the limit is raised', () => {
    const shop = { loop: 'closed', callers: 2, think: { law: 'constant', value: '1s' }, limit: 3 };
    const story = new Story({
      nodes: [node('shop', 'sender', shop), node('orders', 'queue')],
      wires: [wire('publish', 'shop', 'orders', { delay: '0s', confirm: true })],
    });
    story.at('10s', 'set shop.limit 5').to('1min');
    expect(story.times('sent')).toEqual([1000, 1000, 2000, 11_000, 11_000]);
  });
});

describe('a node that stood still for long', () => {
  it('goes on with all that it held up in one instant: no loop', () => {
    const story = new Story({
      nodes: [node('shop', 'sender', { arrivals: 'constant', rate: 20000 }), node('orders', 'queue')],
      wires: [wire('publish', 'shop', 'orders', { delay: '0s' })],
    });
    story.at('1s', 'stall orders 6s').to('8s');
    expect(story.simulation.stopped).toBe(null);
    expect(story.gauge('ready', 'orders')).toBeGreaterThan(159_000);
  });
});
