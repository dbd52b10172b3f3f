// The sender: when messages come, how many, and what they are made of. Everything is read from the run: the moments at which
// messages were sent, and the messages that lie in a queue without readers.

import { describe, expect, it } from 'vitest';
import { meanOf, varianceOf } from '../../kernel/law-moments.ts';
import type { LawSpec } from '../../kernel/law-spec.ts';
import { node, type ParamsDocument, wire } from '../../testing/drawing.ts';
import { chiSquareDeviations, countsByShare, momentsOf, samplesApart } from '../../testing/slow-twins/statistics.ts';
import { Story } from '../../testing/story.ts';
import { rateAt } from './arrivals.ts';

const S = 1e9;

/** A sender and a queue that nobody reads. */
const sending = (params: ParamsDocument, publish: ParamsDocument = {}, queue: ParamsDocument = {}) =>
  new Story({
    nodes: [node('shop', 'sender', params), node('orders', 'queue', queue)],
    wires: [wire('publish', 'shop', 'orders', { delay: '0s', ...publish })],
  });

const sentNs = (story: Story) => story.stops('sent').map(({ ns }) => ns);
const gapsOf = (times: readonly number[]) => Float64Array.from(times, (ns, ix) => ns - (times[ix - 1] ?? 0));
const between = (times: readonly number[], fromS: number, toS: number) =>
  times.filter((ns) => ns >= fromS * S && ns < toS * S).length;

describe('constant arrivals', () => {
  it('come at k / rate, each rounded by itself', () => {
    const story = sending({ arrivals: 'constant', rate: 3 }).to('100s');
    const expected = Array.from({ length: 299 }, (_, ix) => Math.round(((ix + 1) * 1e9) / 3));
    expect(sentNs(story).slice(0, 299)).toEqual(expected);
  });

  it('keep a broken rate: 100.5 a second are 10,050 in 100 s', () => {
    const story = sending({ arrivals: 'constant', rate: 100.5 }).to('100.001s');
    expect(story.ledger.publish.sent).toBe(10_050);
  });

  it('begin anew when the rate is set, counted from that moment', () => {
    const story = sending({ arrivals: 'constant', rate: 1 }).at('2500ms', 'set shop.rate 4').to('3600ms');
    expect(story.times('sent')).toEqual([1000, 2000, 2750, 3000, 3250, 3500]);
  });

  it('stop at rate 0 and come again', () => {
    const story = sending({ arrivals: 'constant', rate: 1 })
      .at('1500ms', 'set shop.rate 0')
      .at('10s', 'set shop.rate 2')
      .to('11100ms');
    expect(story.times('sent')).toEqual([1000, 10_500, 11_000]);
  });
});

describe('Poisson arrivals', () => {
  const story = sending({ arrivals: 'poisson', rate: 100 }).to('250s');
  const times = sentNs(story);

  it('have the mean and the variance of a Poisson count', () => {
    const counts = Float64Array.from({ length: 250 }, (_, second) => between(times, second, second + 1));
    const { mean, variance } = momentsOf(counts);
    // Deviations of the two over 250 seconds: sqrt(100 / 250) and about 100 sqrt(2 / 250).
    expect(Math.abs(mean - 100)).toBeLessThan(4 * 0.632);
    expect(Math.abs(variance - 100)).toBeLessThan(4 * 8.94);
  });

  it('have exponential gaps, one independent of the next', () => {
    const gaps = gapsOf(times);
    const bins = countsByShare(gaps, (ns) => 1 - Math.exp(-ns / 1e7), 40);
    expect(Math.abs(chiSquareDeviations(bins, new Array(40).fill(gaps.length / 40)))).toBeLessThan(5);
    const { mean, variance } = momentsOf(gaps);
    let together = 0;
    for (let i = 1; i < gaps.length; i++) together += ((gaps[i] as number) - mean) * ((gaps[i - 1] as number) - mean);
    expect(Math.abs(together / variance / gaps.length)).toBeLessThan(4 / Math.sqrt(gaps.length));
  });

  it('stay the same whatever else is drawn for the messages, and whoever else sends', () => {
    const other = new Story({
      nodes: [
        node('a-first', 'sender', { rate: 500 }),
        node('shop', 'sender', {
          arrivals: 'poisson',
          rate: 100,
          keys: 50,
          poison: 0.5,
          size: { law: 'uniform', low: 1, high: 9 },
          types: [
            { name: 'a', weight: 1 },
            { name: 'b', weight: 2 },
          ],
        }),
        node('orders', 'queue'),
      ],
      wires: [wire('publish', 'shop', 'orders', { delay: '0s' }), wire('publish', 'a-first', 'orders', { delay: '0s' })],
    }).to('10s');
    const same = other.stops('sent').filter(({ sender }) => sender === 'shop');
    expect(same.length).toBeGreaterThan(900);
    expect(same.map(({ ns }) => ns)).toEqual(times.slice(0, same.length));
  });

  it('are others with another seed', () => {
    const drawing = {
      nodes: [node('shop', 'sender', { arrivals: 'poisson', rate: 100 }), node('orders', 'queue')],
      wires: [wire('publish', 'shop', 'orders')],
    };
    const [one, two] = [1, 2].map((seed) => sentNs(new Story(drawing, { seed }).to('10s')));
    expect(one).not.toEqual(two);
  });
});

describe('gaps from a law', () => {
  const laws: readonly (readonly [ParamsDocument, LawSpec])[] = [
    [
      { law: 'constant', value: '10ms' },
      { law: 'constant', value: 1e7 },
    ],
    [
      { law: 'uniform', low: '5ms', high: '15ms' },
      { law: 'uniform', low: 5e6, high: 1.5e7 },
    ],
    [
      { law: 'exponential', mean: '10ms' },
      { law: 'exponential', mean: 1e7 },
    ],
    [
      { law: 'erlang', shape: 4, mean: '10ms' },
      { law: 'erlang', shape: 4, mean: 1e7 },
    ],
    [
      { law: 'hyperexponential', share: 0.9, mean1: '5ms', mean2: '55ms' },
      { law: 'hyperexponential', share: 0.9, mean1: 5e6, mean2: 5.5e7 },
    ],
    [
      { law: 'two-point', share: 0.9, value1: '5ms', value2: '55ms' },
      { law: 'two-point', share: 0.9, value1: 5e6, value2: 5.5e7 },
    ],
    [
      { law: 'normal', mean: '10ms', deviation: '2ms' },
      { law: 'normal', mean: 1e7, deviation: 2e6 },
    ],
    [
      { law: 'log-normal', mean: '10ms', scv: 2 },
      { law: 'log-normal', mean: 1e7, scv: 2 },
    ],
    [
      { law: 'geometric', share: 0.1, unit: '1ms' },
      { law: 'geometric', share: 0.1, unit: 1e6 },
    ],
  ];

  it.each(laws.map(([gaps, spec]) => ({ law: spec.law, gaps, spec })))('$law', ({ gaps, spec }) => {
    const COUNT = 20_000;
    const story = sending({ arrivals: 'gaps', gaps, limit: COUNT }).to('1h');
    const { mean, variance } = momentsOf(gapsOf(sentNs(story)));
    expect(story.ledger.publish.sent).toBe(COUNT);
    const deviation = Math.sqrt(varianceOf(spec));
    expect(Math.abs(mean - meanOf(spec))).toBeLessThanOrEqual((4.5 * deviation) / Math.sqrt(COUNT) + 1);
    // A share of the fourth moment, which is heavy for the log-normal law.
    expect(Math.abs(variance - varianceOf(spec))).toBeLessThanOrEqual(0.25 * varianceOf(spec));
  });
});

describe('bursts', () => {
  it('come all at once, every so often', () => {
    const story = sending({ arrivals: 'bursts', burstSize: 20, burstEvery: '2s' }).to('7s');
    expect(story.times('sent')).toEqual([2000, 4000, 6000].flatMap((ms) => new Array(20).fill(ms)));
  });

  it('take a new size with the next burst', () => {
    const story = sending({ arrivals: 'bursts', burstSize: 2, burstEvery: '2s' }).at('2s', 'set shop.burstSize 3').to('5s');
    expect(story.times('sent')).toEqual([4000, 4000, 4000]);
  });
});

describe('a ramp', () => {
  it('grows in a straight line and stays at its end', () => {
    const times = sentNs(sending({ arrivals: 'ramp', rate: 0, rampTo: 200, rampOver: '100s' }).to('150s'));
    // A quarter of the first hundred seconds holds rate * 25: 625, 1875, 3125, 4375; then 200 a second.
    for (const [from, to, expected] of [
      [0, 25, 625],
      [25, 50, 1875],
      [50, 75, 3125],
      [75, 100, 4375],
      [100, 150, 10_000],
    ] as const) {
      expect(Math.abs(between(times, from, to) - expected)).toBeLessThan(4 * Math.sqrt(expected));
    }
  });

  it('falls as well', () => {
    const times = sentNs(sending({ arrivals: 'ramp', rate: 200, rampTo: 0, rampOver: '100s' }).to('150s'));
    expect(Math.abs(between(times, 0, 50) - 7500)).toBeLessThan(4 * Math.sqrt(7500));
    expect(Math.abs(between(times, 50, 100) - 2500)).toBeLessThan(4 * 50);
    expect(between(times, 100, 150)).toBe(0);
  });

  it('begins where the sender begins', () => {
    const times = sentNs(sending({ arrivals: 'ramp', rate: 0, rampTo: 100, rampOver: '10s', startAt: '100s' }).to('110s'));
    expect(between(times, 0, 100)).toBe(0);
    expect(Math.abs(between(times, 100, 110) - 500)).toBeLessThan(4 * Math.sqrt(500));
  });
});

describe('a curve over the day', () => {
  it('is followed from point to point', () => {
    const dayCurve = [
      ['0s', 20],
      ['50s', 200],
      ['100s', 20],
    ];
    const times = sentNs(sending({ arrivals: 'day', dayCurve }).to('100s'));
    for (const [from, to, expected] of [
      [0, 25, 25 * 65],
      [25, 50, 25 * 155],
      [50, 75, 25 * 155],
      [75, 100, 25 * 65],
    ] as const) {
      expect(Math.abs(between(times, from, to) - expected)).toBeLessThan(4 * Math.sqrt(expected));
    }
  });

  it('has the rate of the line between two points', () => {
    const points = [
      [10, 100],
      [20, 200],
      [30, 0],
    ] as const;
    expect([0, 10, 15, 20, 25, 30, 99].map((at) => rateAt(points, at))).toEqual([100, 100, 150, 200, 100, 0, 0]);
    expect(rateAt([], 5)).toBe(0);
  });
});

describe('a list of times', () => {
  it('is kept to the nanosecond, twice where it stands twice', () => {
    const times = ['0s', '1ns', '1.5ms', '1.5ms', '2s', '1h'];
    const story = sending({ arrivals: 'times', times }).to('2h');
    expect(sentNs(story)).toEqual([0, 1, 1_500_000, 1_500_000, 2e9, 3600e9]);
  });

  it('counts from the start of the sender', () => {
    const story = sending({ arrivals: 'times', times: ['0s', '1s'], startAt: '10s' }).to('1min');
    expect(story.times('sent')).toEqual([10_000, 11_000]);
  });
});

describe('start and limit', () => {
  it.each([
    ['constant', { rate: 10 }],
    ['poisson', { rate: 10 }],
    ['gaps', { gaps: { law: 'constant', value: '100ms' } }],
    ['bursts', { burstEvery: '1s', burstSize: 3 }],
  ])('%s arrivals begin at the start and end at the limit', (arrivals, params) => {
    const story = sending({ arrivals, ...params, startAt: '100s', limit: 7 }).to('10min');
    const times = story.times('sent');
    expect(times).toHaveLength(7);
    expect(times[0]).toBeGreaterThanOrEqual(100_000);
    expect(times[0]).toBeLessThan(102_000);
  });

  it('a limit that is raised lets it go on', () => {
    const story = sending({ arrivals: 'constant', rate: 1, limit: 3 }).at('10500ms', 'set shop.limit 5').to('1min');
    expect(story.times('sent')).toEqual([1000, 2000, 3000, 11_500, 12_500]);
  });

  it('a limit that is raised lets it go on, also while what is due up to the old one is held back', () => {
    const story = new Story({
      nodes: [
        node('shop', 'sender', { arrivals: 'constant', rate: 10, limit: 5 }),
        node('orders', 'queue', { capacity: 1, overflow: 'block' }),
        node('worker', 'service', { work: { law: 'constant', value: '1s' } }),
      ],
      wires: [wire('publish', 'shop', 'orders', { delay: '0s' }), wire('deliver', 'orders', 'worker', { delay: '0s', desk: 0 })],
    });
    story.at('700ms', 'set shop.limit 7').to('650ms');
    expect(story.gauge('held_back', 'shop')).toBe(5 - story.gauge('sent', 'shop'));
    expect(story.gauge('held_back', 'shop')).toBeGreaterThan(0);
    story.to('1min');
    expect(story.gauge('sent', 'shop')).toBe(7);
  });
});

describe('a closed loop', () => {
  const closed = (callers: number, think: string) => ({ loop: 'closed', callers, think: { law: 'constant', value: think } });

  it('has each caller wait for the answer and think before the next message', () => {
    const story = sending(closed(1, '300ms'), { delay: '100ms', confirm: true }).to('2s');
    expect(story.times('sent')).toEqual([300, 800, 1300, 1800]);
  });

  it('never has more messages unanswered than there are callers, and keeps all of them busy', () => {
    const story = new Story({
      nodes: [
        node('shop', 'sender', { loop: 'closed', callers: 8, think: { law: 'exponential', mean: '50ms' } }),
        node('orders', 'queue', { capacity: 5 }),
        node('worker', 'service', { work: { law: 'exponential', mean: '20ms' } }),
      ],
      wires: [
        wire('publish', 'shop', 'orders', { delay: '20ms', jitter: '30ms', confirm: true }),
        wire('deliver', 'orders', 'worker', { delay: '0s' }),
      ],
    }).to('60s');
    // Each stands in the book as being on the wire, or has its answer under way for 50 ms at most.
    const moves = [
      ...story.stops('sent').map(({ ms }) => ({ ms, by: 1 })),
      ...story.stops('accepted', 'refused').map(({ ms }) => ({ ms, by: -1 })),
    ].toSorted((a, b) => a.ms - b.ms || a.by - b.by);
    let out = 0;
    let most = 0;
    for (const { by } of moves) {
      out += by;
      most = Math.max(most, out);
    }
    expect(most).toBeLessThanOrEqual(8);
    expect(most).toBeGreaterThan(5);
    // Q11, N = X (R + Z): a round is 50 ms of thought and two ways of 35 ms.
    expect(Math.abs(story.ledger.publish.sent / 60 / (8 / 0.12) - 1)).toBeLessThan(0.05);
  });

  it('goes by thinking time alone where no answer is asked for', () => {
    const story = sending(closed(2, '100ms'), { delay: '10s' }).to('350ms');
    expect(story.times('sent')).toEqual([100, 100, 200, 200, 300, 300]);
  });

  it('goes on when the answer has come on every wire', () => {
    const story = new Story({
      nodes: [node('shop', 'sender', closed(1, '0s')), node('a', 'queue'), node('b', 'queue')],
      wires: [
        wire('publish', 'shop', 'a', { delay: '1ms', confirm: true }),
        wire('publish', 'shop', 'b', { delay: '500ms', confirm: true }),
      ],
    }).to('2500ms');
    expect(story.times('sent')).toEqual([0, 1000, 2000]);
  });

  it('goes on after a message that was given up', () => {
    const story = sending(closed(1, '100ms'), { delay: '10ms', confirm: true, timeout: '1s', resends: 1 });
    story.at('50ms', 'cut shop-orders for 3s').to('5s');
    // Sent at 0.1 s and again at 1.1 s, given up at 2.1 s; the next one at 2.2 s gets through at its second try.
    expect(
      story
        .stops('sent')
        .map(({ ms, number, attempt }) => [ms, number, attempt])
        .slice(0, 4),
    ).toEqual([
      [100, 1, 1],
      [1100, 1, 2],
      [2200, 2, 1],
      [3200, 2, 2],
    ]);
    expect(story.stops('accepted')[0]).toMatchObject({ number: 2, ms: 3210 });
  });
});

describe('what a message is made of', () => {
  const COUNT = 20_000;
  const made = (params: ParamsDocument) =>
    sending({ arrivals: 'constant', rate: 1000, limit: COUNT, ...params })
      .to('1min')
      .messages();
  const counted = (values: readonly number[], kinds: number) =>
    Array.from({ length: kinds }, (_, kind) => values.filter((value) => value === kind).length);

  it('numbers go from 1 on, one after the other', () => {
    expect(made({ limit: 50 }).map(({ number }) => number)).toEqual(Array.from({ length: 50 }, (_, ix) => ix + 1));
  });

  it('without keys has none', () => {
    expect(new Set(made({ limit: 100 }).map(({ key }) => key))).toEqual(new Set([-1]));
  });

  it('keys are all alike, unless the law says otherwise', () => {
    const keys = made({ keys: 20 }).map(({ key }) => key);
    expect(Math.abs(chiSquareDeviations(counted(keys, 20), new Array(20).fill(COUNT / 20)))).toBeLessThan(5);
  });

  it('Zipf keys: the k-th has a share of 1 / k^s', () => {
    const keys = made({ keys: 20, keyLaw: 'zipf', zipfExponent: 1.2 }).map(({ key }) => key);
    const weights = Array.from({ length: 20 }, (_, ix) => (ix + 1) ** -1.2);
    const sum = weights.reduce((a, b) => a + b, 0);
    expect(
      Math.abs(
        chiSquareDeviations(
          counted(keys, 20),
          weights.map((weight) => (weight / sum) * COUNT),
        ),
      ),
    ).toBeLessThan(5);
  });

  it('weighted keys: by their weights', () => {
    const keyWeights = [
      { name: 'hot', weight: 6 },
      { name: 'warm', weight: 3 },
      { name: 'cold', weight: 1 },
    ];
    const keys = made({ keyLaw: 'weighted', keyWeights }).map(({ key }) => key);
    expect(
      Math.abs(
        chiSquareDeviations(
          counted(keys, 3),
          [0.6, 0.3, 0.1].map((share) => share * COUNT),
        ),
      ),
    ).toBeLessThan(5);
  });

  it('types: by their weights, independent of the keys', () => {
    const types = [
      { name: 'created', weight: 9 },
      { name: 'cancelled', weight: 1 },
    ];
    const messages = made({ types, keys: 2 });
    expect(
      Math.abs(
        chiSquareDeviations(
          counted(
            messages.map(({ type }) => type),
            2,
          ),
          [0.9 * COUNT, 0.1 * COUNT],
        ),
      ),
    ).toBeLessThan(5);
    const both = messages.filter(({ type, key }) => type === 1 && key === 1).length;
    expect(Math.abs(both - 0.05 * COUNT)).toBeLessThan(4 * Math.sqrt(0.05 * COUNT));
  });

  it('each of these is drawn from a stream of its own: keys stay what they are whatever else there is', () => {
    const plain = made({ limit: 200, keys: 9 }).map(({ key }) => key);
    const types = [
      { name: 'a', weight: 1 },
      { name: 'b', weight: 1 },
    ];
    const full = made({ limit: 200, keys: 9, types, poison: 0.5, size: { law: 'uniform', low: 1, high: 99 } });
    expect(full.map(({ key }) => key)).toEqual(plain);
    expect(new Set(full.map(({ type, isPoison }) => `${type} ${isPoison}`)).size).toBe(4);
  });

  it('sizes: whole bytes by their law', () => {
    const law = { law: 'uniform', low: 100, high: 199 } as const;
    const sizes = Float64Array.from(made({ size: law }), ({ sizeBytes }) => sizeBytes);
    const { mean, variance } = momentsOf(sizes);
    expect(Math.abs(mean - meanOf(law))).toBeLessThan(4 * Math.sqrt(varianceOf(law) / COUNT));
    expect(Math.abs(variance / varianceOf(law) - 1)).toBeLessThan(0.03);
    expect([Math.min(...sizes), Math.max(...sizes)]).toEqual([100, 199]);
    const exponential = Float64Array.from(made({ size: { law: 'exponential', mean: 500 } }), ({ sizeBytes }) => sizeBytes);
    const expected = Float64Array.from(exponential, (_, ix) => Math.round(-500 * Math.log(1 - (ix + 0.5) / COUNT)));
    expect(samplesApart(exponential, expected)).toBeLessThan(2);
  });

  it('poison: the share that was asked for, set and taken back as a fault', () => {
    const poison = (messages: readonly { readonly isPoison: boolean }[]) => messages.filter(({ isPoison }) => isPoison).length;
    expect(Math.abs(poison(made({ poison: 0.02 })) - 400)).toBeLessThan(4 * 20);
    expect(poison(made({ poison: 0 }))).toBe(0);
    expect(poison(made({ poison: 1, limit: 100 }))).toBe(100);
    const story = sending({ arrivals: 'constant', rate: 100 });
    story.at('1005ms', 'poison shop 100% for 2s').at('5005ms', 'poison shop 100%').at('6005ms', 'poison shop normal').to('10s');
    const bad = story.messages().filter(({ isPoison }) => isPoison);
    expect([bad.length, bad[0]?.number, bad[199]?.number, bad[200]?.number, bad[299]?.number]).toEqual([300, 101, 300, 501, 600]);
  });
});

describe('the wires of a sender', () => {
  const two = (first: ParamsDocument, second: ParamsDocument) =>
    new Story({
      nodes: [
        node('shop', 'sender', { arrivals: 'constant', rate: 10, limit: 20 }),
        node('a', 'queue', first),
        node('b', 'queue', second),
        node('reader', 'service', { work: { law: 'constant', value: '500ms' } }),
      ],
      wires: [
        wire('publish', 'shop', 'a', { delay: '0s' }),
        wire('publish', 'shop', 'b', { delay: '0s' }),
        wire('deliver', 'b', 'reader', { delay: '0s' }),
      ],
    });

  it('each carry every message: one entry of the publish book per wire', () => {
    const story = two({}, {}).to('1min');
    expect(story.ledger.publish).toMatchObject({ sent: 40, accepted: 40 });
    expect(story.gauge('sent', 'shop')).toBe(20);
    expect(story.gauge('ready', 'a')).toBe(20);
  });

  it('hold it back as soon as one takes no more', () => {
    const story = two({}, { capacity: 1, overflow: 'block' }).to('2050ms');
    expect(story.gauge('held_back', 'shop')).toBe(20 - story.gauge('sent', 'shop'));
    expect(story.gauge('held_back', 'shop')).toBeGreaterThan(5);
    expect(story.gauge('ready', 'a')).toBe(story.gauge('sent', 'shop'));
    story.to('1min');
    expect(story.gauge('ready', 'a')).toBe(20);
    expect(story.numbers('processed')).toEqual(Array.from({ length: 20 }, (_, ix) => ix + 1));
  });

  it('may all be gone: then nothing is sent, and nothing is kept for later', () => {
    const story = sending({ arrivals: 'constant', rate: 10 });
    const again = '{"id":"shop-orders","kind":"publish","from":"shop","to":"orders","params":{"delay":"0s"}}';
    story.at('1050ms', 'remove-wire shop-orders').at('2050ms', `add-wire ${again}`).to('3050ms');
    expect(story.ledger.publish.sent).toBe(20);
    expect(story.times('sent').filter((ms) => ms > 1050 && ms < 2050)).toEqual([]);
  });

  it('a sender that is down sends nothing, forgets what it held back, and goes on afterwards', () => {
    const story = sending({ arrivals: 'constant', rate: 10 }, { timeout: '1h' }, { capacity: 3, overflow: 'block' });
    story.at('2050ms', 'crash shop for 1s').to('2s');
    expect(story.gauge('held_back', 'shop')).toBeGreaterThan(10);
    story.to('2100ms');
    expect(story.gauge('held_back', 'shop')).toBe(0);
    story.to('4s');
    expect(story.times('sent').filter((ms) => ms > 2050 && ms < 3050)).toEqual([]);
    // It knows no more that the queue was full: the first after the restart is let wait outside.
    expect(story.times('sent').at(-1)).toBe(3150);
  });
});

describe('injected bursts', () => {
  it('come at once or spread evenly, on top of what is sent anyway', () => {
    const story = sending({ arrivals: 'constant', rate: 1 });
    story.at('1500ms', 'burst shop 3').at('2500ms', 'burst shop 4 over 400ms').to('3500ms');
    expect(story.times('sent')).toEqual([1000, 1500, 1500, 1500, 2000, 2600, 2700, 2800, 2900, 3000]);
  });
});

describe('batches', () => {
  const batchesOf = (story: Story): readonly number[] => {
    const sizes = new Map<number, number>();
    for (const ns of sentNs(story)) sizes.set(ns, (sizes.get(ns) ?? 0) + 1);
    return [...sizes.values()];
  };

  it('come at the moments of the schedule, each as large as it is told to be', () => {
    const story = sending({ arrivals: 'constant', rate: 2, batches: 'constant', batchSize: 3 }).to('2001ms');
    expect(story.times('sent')).toEqual([500, 500, 500, 1000, 1000, 1000, 1500, 1500, 1500, 2000, 2000, 2000]);
  });

  it('of random size have the mean and the spread of the geometric law, and 1 is the most frequent size', () => {
    const story = sending({ arrivals: 'poisson', rate: 100, batches: 'geometric', batchSize: 4 }).to('40s');
    const sizes = Float64Array.from(batchesOf(story));
    const { mean, variance } = momentsOf(sizes);
    // Mean 4, variance (1 - p) / p^2 = 12; over about 4,000 batches.
    expect(Math.abs(mean - 4)).toBeLessThan(4 * Math.sqrt(12 / sizes.length));
    expect(variance).toBeGreaterThan(9.5);
    expect(variance).toBeLessThan(14.5);
    expect(sizes.filter((size) => size === 1).length / sizes.length).toBeCloseTo(0.25, 1);
  });

  it('do not move the moments at which they come', () => {
    const moments = (params: ParamsDocument): readonly number[] => {
      const times = sentNs(sending({ arrivals: 'poisson', rate: 50, ...params }).to('4s'));
      return [...new Set(times)];
    };
    expect(moments({ batches: 'geometric', batchSize: 5 })).toEqual(moments({}));
  });

  it('end in the middle where the limit is reached', () => {
    const story = sending({ arrivals: 'constant', rate: 10, batches: 'constant', batchSize: 4, limit: 6 }).to('5s');
    expect(story.ledger.publish.sent).toBe(6);
  });
});

describe('the priority of a sender', () => {
  it('is that of its messages from then on, and no later message of a slot inherits it', () => {
    const story = sending({ arrivals: 'times', times: ['1s', '2s', '3s'], priority: 7 }).at('1500ms', 'set shop.priority 2');
    const priorities = (): readonly number[] => {
      const { messages } = story.simulation.world;
      return Array.from({ length: messages.high }, (_, msg) => msg)
        .filter((msg) => msg > 0 && messages.refs[msg] !== 0)
        .map((msg) => messages.priority[msg] as number);
    };
    story.to('2500ms');
    expect(priorities()).toEqual([7, 2]);
    const { messages } = story.simulation.world;
    // Everything is lost with the queue; the slots are used again by a sender of no priority.
    story.at('2600ms', 'set orders.durable false').at('2700ms', 'crash orders').at('2800ms', 'set shop.priority 0').to('2900ms');
    expect(messages.live).toBe(0);
    story.at('2950ms', 'restart orders').to('4s');
    expect(priorities()).toEqual([0]);
  });
});
