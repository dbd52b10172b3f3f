// What the network does to what is on it: delay, jitter, loss, duplication, bandwidth, cuts. Calls are told as stories of the
// textbook kinds, whose wires all carry calls; connections, which no kind uses yet, by a world of bare actors.

import { describe, expect, it } from 'vitest';
import type { LinkIx } from '../kernel/ids.ts';
import { BareWorld } from '../testing/bare-world.ts';
import { lasting, node, type ParamsDocument, wire } from '../testing/drawing.ts';
import { chiSquareDeviations, countsByShare } from '../testing/slow-twins/statistics.ts';
import { Story } from '../testing/story.ts';
import { CALL, CONNECTION } from './links.ts';
import { HELLO } from './packet-types.ts';

const MS = 1e6;
const S = 1e9;
const upTo = (count: number) => Array.from({ length: count }, (_, ix) => ix + 1);
const isAscending = (list: readonly number[]) => list.every((value, ix) => ix === 0 || value >= (list[ix - 1] as number));

/** `shop` sends over a wire to a queue that nobody reads. */
const over = (publish: ParamsDocument, sender: ParamsDocument = {}) =>
  new Story({
    nodes: [node('shop', 'sender', { arrivals: 'constant', rate: 100, ...sender }), node('orders', 'queue')],
    wires: [wire('publish', 'shop', 'orders', publish)],
  });

/** How long each accepted message was on the wire, ns. */
const flights = (story: Story) => {
  const sent = new Map(story.stops('sent').map(({ number, ns }) => [number, ns]));
  return story.stops('accepted').map(({ number, ns }) => ns - (sent.get(number) as number));
};

describe('delay', () => {
  it('is the time one way, and again for the answer', () => {
    const story = new Story({
      nodes: [
        node('shop', 'sender', { arrivals: 'times', times: ['0s', '1s'] }),
        node('orders', 'queue'),
        node('worker', 'service', { work: lasting('10ms') }),
      ],
      wires: [wire('publish', 'shop', 'orders', { delay: '7ms' }), wire('deliver', 'orders', 'worker', { delay: '30ms' })],
    }).to('10s');
    expect(story.stops().map(({ what, ms, number }) => `${number} ${what} ${ms}`)).toEqual([
      '1 sent 0',
      '1 accepted 7',
      // The worker's first word, that it has room, took its time as well.
      '1 delivered 30',
      '1 begun 60',
      '1 processed 70',
      '1 acknowledged 100',
      '2 sent 1000',
      '2 accepted 1007',
      '2 delivered 1007',
      '2 begun 1037',
      '2 processed 1047',
      '2 acknowledged 1077',
    ]);
  });

  it('of a nanosecond is a nanosecond', () => {
    expect(new Set(flights(over({ delay: '1ns' }).to('1s')))).toEqual(new Set([1]));
  });

  it('that is injected comes on top, for as long as it was asked for', () => {
    const story = over({ delay: '10ms' }).at('205ms', 'delay shop-orders 50ms for 100ms').to('1s');
    const late = story.stops('accepted').filter(({ ms, number }) => ms - 10 * number > 11);
    expect(late.map(({ number, ms }) => [number, ms])).toEqual(upTo(10).map((ix) => [20 + ix, (20 + ix) * 10 + 60]));
  });
});

describe('jitter', () => {
  const story = over({ delay: '10ms', jitter: '40ms' }, { rate: 1000 }).to('20s');
  const found = flights(story);

  it('is added to the delay, anything up to its length, all alike', () => {
    expect(Math.min(...found)).toBeGreaterThanOrEqual(10 * MS);
    expect(Math.max(...found)).toBeLessThanOrEqual(50 * MS);
    const bins = countsByShare(found, (ns) => (ns - 10 * MS) / (40 * MS + 1), 40);
    expect(Math.abs(chiSquareDeviations(bins, new Array(40).fill(found.length / 40)))).toBeLessThan(5);
  });

  it('lets calls overtake one another, and loses none', () => {
    expect(isAscending(story.numbers('accepted'))).toBe(false);
    expect(story.numbers('accepted').length + story.ledger.publish.onTheWire).toBe(story.ledger.publish.sent);
  });

  it('never lets packets of a connection overtake', () => {
    const bare = new BareWorld();
    const link = bare.link(bare.actor('a'), bare.actor('b'), CONNECTION, { delayNs: 10 * MS, jitterNs: 40 * MS });
    for (let tag = 1; tag <= 2000; tag++) bare.send(tag * MS, link, tag);
    bare.to(10 * S);
    expect(bare.tags).toEqual(upTo(2000));
    const late = bare.heard.map(({ ns, tag }) => ns - tag * MS);
    expect(Math.min(...late)).toBeGreaterThanOrEqual(10 * MS);
    expect(Math.max(...late)).toBeLessThanOrEqual(50 * MS);
    // Each has a jitter of its own; what would overtake comes together with what it would overtake.
    expect(new Set(late).size).toBeGreaterThan(100);
  });
});

describe('loss', () => {
  it('takes its share of calls, and says where they ended', () => {
    const story = over({ delay: '1ms', loss: 0.1 }, { rate: 1000, limit: 10_000 }).to('20s');
    const { sent, accepted, lost } = story.ledger.publish;
    expect(accepted + lost).toBe(sent);
    expect(Math.abs(lost - 1000)).toBeLessThan(4 * 30);
    expect(story.reasons('lost')).toEqual({ 'shop-orders loss': lost });
    expect(story.gauge('missed_effects')).toBe(lost);
  });

  it('that is injected replaces it and ends: all of it, none of it, as before', () => {
    const story = over({ delay: '1ms', loss: 0.5 });
    story.at('1005ms', 'lose shop-orders 100% for 1s').at('3005ms', 'lose shop-orders 0% for 1s').to('5s');
    const lost = story.numbers('lost');
    const inSecond = (second: number) => lost.filter((number) => number > second * 100 && number <= (second + 1) * 100).length;
    expect([inSecond(1), inSecond(3)]).toEqual([100, 0]);
    for (const second of [0, 2]) expect(Math.abs(inSecond(second) - 50)).toBeLessThan(4 * 5);
  });

  it('takes receipts like anything else: a lost one makes a duplicate', () => {
    const story = new Story({
      nodes: [
        node('shop', 'sender', { arrivals: 'constant', rate: 20, limit: 500 }),
        node('orders', 'queue', { ackDeadline: '2s' }),
        node('worker', 'service', { concurrency: 20, work: lasting('10ms') }),
      ],
      wires: [
        wire('publish', 'shop', 'orders', { delay: '0s' }),
        wire('deliver', 'orders', 'worker', { delay: '5ms', loss: 0.2, pollTimeout: '1s' }),
      ],
    }).to('10min');
    expect(story.ledger.delivery).toMatchObject({ owed: 500, processed: 500, lost: 0 });
    expect(story.ledger.repeats).toBeGreaterThan(60);
    expect(story.gauge('dup_effects')).toBe(story.ledger.repeats);
  });

  it('costs a connection time, not packets: they are sent again after 200 ms, 400 ms and so on', () => {
    const bare = new BareWorld(3);
    const link = bare.link(bare.actor('a'), bare.actor('b'), CONNECTION, { delayNs: 10 * MS, loss: 0.3 });
    // Far enough apart that none waits for the one before.
    for (let tag = 1; tag <= 3000; tag++) bare.send(tag * 1000 * S, link, tag);
    bare.to(4000 * 1000 * S);
    expect(bare.tags).toEqual(upTo(3000));
    const rounds = [0, 0, 0, 0];
    for (const { ns, tag } of bare.heard) {
      const again = Math.log2((ns - tag * 1000 * S - 10 * MS) / (200 * MS) + 1);
      expect(again).toBe(Math.round(again));
      if (again < 4) rounds[again] = (rounds[again] as number) + 1;
    }
    // 70 % at once, 21 % after one loss, and so on.
    for (const [again, share] of [0.7, 0.21, 0.063, 0.0189].entries()) {
      expect(Math.abs((rounds[again] as number) - share * 3000)).toBeLessThan(4 * Math.sqrt(share * (1 - share) * 3000));
    }
  });

  it('keeps the order of a connection: what follows a lost packet waits for it', () => {
    const bare = new BareWorld(4);
    const link = bare.link(bare.actor('a'), bare.actor('b'), CONNECTION, { delayNs: 10 * MS, loss: 0.2 });
    for (let tag = 1; tag <= 500; tag++) bare.send(tag * 20 * MS, link, tag);
    bare.to(1000 * S);
    expect(bare.tags).toEqual(upTo(500));
  });
});

describe('duplication', () => {
  it('doubles its share of calls: each copy is an entry of its own', () => {
    const story = over({ delay: '1ms', duplication: 0.1 }, { rate: 1000, limit: 10_000 }).to('20s');
    const { sent, accepted } = story.ledger.publish;
    expect(accepted).toBe(sent);
    expect(Math.abs(sent - 11_000)).toBeLessThan(4 * 30);
    const twice = story.numbers('accepted');
    expect(twice.length - new Set(twice).size).toBe(sent - 10_000);
    expect(story.ledger.delivery.owed).toBe(sent);
  });

  it('of a delivery has the work done twice, of a receipt nothing', () => {
    const story = new Story({
      nodes: [
        node('shop', 'sender', { arrivals: 'constant', rate: 10, limit: 20 }),
        node('orders', 'queue'),
        node('worker', 'service', { work: lasting('10ms') }),
      ],
      wires: [
        wire('publish', 'shop', 'orders', { delay: '0s' }),
        wire('deliver', 'orders', 'worker', { delay: '1ms', duplication: 1 }),
      ],
    }).to('1min');
    expect(story.ledger).toMatchObject({ delivery: { owed: 20, processed: 20 }, repeats: 20 });
    expect(story.gauge('queue_size', 'orders')).toBe(0);
  });

  it('of a topic means that a second copy is owed', () => {
    const story = new Story({
      nodes: [
        node('shop', 'sender', { arrivals: 'constant', rate: 10, limit: 20 }),
        node('news', 'topic'),
        node('mail', 'queue'),
      ],
      wires: [wire('publish', 'shop', 'news', { delay: '0s' }), wire('feed', 'news', 'mail', { delay: '1ms', duplication: 1 })],
    }).to('1min');
    expect(story.ledger).toMatchObject({ publish: { accepted: 20 }, delivery: { owed: 40, waiting: 40 } });
  });

  it('does not exist on a connection', () => {
    const bare = new BareWorld();
    const link = bare.link(bare.actor('a'), bare.actor('b'), CONNECTION, { delayNs: MS, duplication: 1 });
    for (let tag = 1; tag <= 20; tag++) bare.send(tag * MS, link, tag);
    expect(bare.to(S).tags).toEqual(upTo(20));
  });
});

describe('bandwidth', () => {
  it('lets one message after the other through: each takes its bytes over the rate, to the nanosecond', () => {
    // 3,000 bytes at 7,000 bytes a second: 428,571,428 ns each; they come every 100 ms.
    const story = over({ delay: '10ms', bandwidth: 7000 }, { rate: 10, limit: 5, size: { law: 'constant', value: 3000 } }).to(
      '10s',
    );
    expect(story.stops('accepted').map(({ ns }) => ns)).toEqual(
      upTo(5).map((number) => 100 * MS + number * 428_571_428 + 10 * MS),
    );
  });

  it('has no memory of idle time, and does not hold up what fits', () => {
    const story = over({ delay: '10ms', bandwidth: 100_000 }, { rate: 10, limit: 5, size: { law: 'constant', value: 1000 } }).to(
      '10s',
    );
    expect(new Set(flights(story))).toEqual(new Set([20 * MS]));
  });

  it('is for each direction by itself, and receipts weigh nothing', () => {
    const story = new Story({
      nodes: [
        node('shop', 'sender', { arrivals: 'times', times: ['1s', '1s'], size: { law: 'constant', value: 1000 } }),
        node('orders', 'queue'),
        node('worker', 'service', { concurrency: 2, work: lasting('1ms') }),
      ],
      wires: [
        wire('publish', 'shop', 'orders', { delay: '0s' }),
        wire('deliver', 'orders', 'worker', { delay: '0s', bandwidth: 1000 }),
      ],
    }).to('10s');
    expect(story.times('begun')).toEqual([2000, 3000]);
    expect(story.times('acknowledged')).toEqual([2001, 3001]);
  });

  it('that is set in mid-run holds for what is sent from then on', () => {
    const story = over({ delay: '0s' }, { rate: 10, limit: 4, size: { law: 'constant', value: 1000 } });
    story.at('250ms', 'set shop-orders.bandwidth 2000').at('350ms', 'set shop-orders.bandwidth 0').to('10s');
    expect(story.stops('accepted').map(({ number, ms }) => [number, ms])).toEqual([
      [1, 100],
      [2, 200],
      [4, 400],
      [3, 800],
    ]);
  });
});

describe('a cut', () => {
  it('loses the calls that are under way and those that are made meanwhile', () => {
    const story = over({ delay: '25ms' }).at('1005ms', 'cut shop-orders for 1s').to('5s');
    const lost = story.numbers('lost');
    // Sent every 10 ms: 98 would arrive at the very moment of the cut.
    expect(lost).toEqual(Array.from({ length: 103 }, (_, ix) => 98 + ix));
    expect(story.reasons('lost')).toEqual({ 'shop-orders cut': 103 });
    expect(story.notices().map(({ key, atNs }) => [key, atNs])).toEqual([['notice.cut', 1005 * MS]]);
  });

  it('loses calls that were overtaking as well', () => {
    const story = over({ delay: '100ms', jitter: '100ms' }, { rate: 1000 }).at('1s', 'cut shop-orders').to('10s');
    expect(story.ledger.publish.onTheWire).toBe(0);
    const { sent, accepted, lost } = story.ledger.publish;
    expect(accepted + lost).toBe(sent);
    expect(story.stops('accepted').every(({ ms }) => ms <= 1000)).toBe(true);
  });

  it('holds a connection up: everything comes after it, in order, and nothing is missing', () => {
    const bare = new BareWorld();
    const link = bare.link(bare.actor('a'), bare.actor('b'), CONNECTION, { delayNs: 25 * MS });
    for (let tag = 1; tag <= 300; tag++) bare.send(tag * 10 * MS, link, tag);
    bare
      .at(1005 * MS, () => bare.world.network.cut(link))
      .at(2005 * MS, () => bare.world.network.heal(link))
      .to(10 * S);
    expect(bare.tags).toEqual(upTo(300));
    const heldUp = bare.heard.filter(({ ns, tag }) => ns !== (tag * 10 + 25) * MS);
    // Sent again when the wire is whole: 98 to 200 were under way or waited.
    expect(heldUp.map(({ tag }) => tag)).toEqual(Array.from({ length: 103 }, (_, ix) => 98 + ix));
    expect(new Set(heldUp.map(({ ns }) => ns))).toEqual(new Set([2030 * MS]));
  });

  it('over before a packet is due does not bring it earlier', () => {
    const bare = new BareWorld();
    const link = bare.link(bare.actor('a'), bare.actor('b'), CONNECTION, { delayNs: 10 * MS });
    bare.at(0, () => bare.world.network.setExtraDelay(link, 500 * MS)).send(MS, link, 1);
    bare.at(2 * MS, () => bare.world.network.setExtraDelay(link, 0)).send(3 * MS, link, 2);
    bare
      .at(20 * MS, () => bare.world.network.cut(link))
      .at(30 * MS, () => bare.world.network.heal(link))
      .to(S);
    expect(bare.heard.map(({ ns, tag }) => [ns / MS, tag])).toEqual([
      [511, 1],
      [511, 2],
    ]);
  });

  it('and a heal of what is not cut change nothing', () => {
    const story = over({ delay: '25ms' }).at('1005ms', 'heal shop-orders').to('2s');
    expect(story.ledger.publish.lost).toBe(0);
    const twice = over({ delay: '25ms' })
      .at('1005ms', 'cut shop-orders')
      .at('1105ms', 'cut shop-orders')
      .at('1205ms', 'heal shop-orders')
      .to('2s');
    expect(twice.numbers('lost')).toEqual(Array.from({ length: 23 }, (_, ix) => 98 + ix));
  });
});

describe('the digest', () => {
  it('knows of every packet when it came, to whom, and of which type', () => {
    const digestOf = (act: (bare: BareWorld, first: LinkIx, second: LinkIx) => void) => {
      const bare = new BareWorld();
      const [from, a, b] = [bare.actor('from'), bare.actor('a'), bare.actor('b')];
      act(bare, bare.link(from, a, CALL, { delayNs: MS }), bare.link(from, b, CALL, { delayNs: MS }));
      return bare.to(S).world.digest.toString();
    };
    const digests = [
      digestOf(() => {}),
      digestOf((bare, first) => bare.send(MS, first, 1)),
      digestOf((bare, first) => bare.send(MS + 1, first, 1)),
      digestOf((bare, _, second) => bare.send(MS, second, 1)),
      digestOf((bare, first) => bare.at(MS, () => bare.world.send(first, HELLO, 0, 1, 1))),
      digestOf((bare, first, second) => bare.send(MS, first, 1).send(MS, second, 1)),
      digestOf((bare, first, second) => bare.send(MS, second, 1).send(MS, first, 1)),
    ];
    expect(new Set(digests).size).toBe(digests.length);
  });
});

describe('what comes at one instant', () => {
  it('comes in the order in which it was sent, whatever link it came over and whichever way its link keeps it', () => {
    // An event for the head of each link only, against the plain law: by time, then by when it was sent.
    const bare = new BareWorld(9);
    const target = bare.actor('target');
    const links = [CALL, CONNECTION, CALL, CONNECTION].map((sort, ix) =>
      bare.link(bare.actor(`from-${ix}`), target, sort, { delayNs: (ix + 1) * MS }),
    );
    const expected: { readonly ns: number; readonly tag: number }[] = [];
    let tag = 0;
    for (let ms = 1; ms <= 400; ms++) {
      for (const [ix, link] of links.entries()) {
        if ((ms * 7 + ix * 3) % 5 === 0) continue;
        tag++;
        bare.send(ms * MS, link, tag);
        expected.push({ ns: (ms + ix + 1) * MS, tag });
      }
    }
    bare.to(S);
    expected.sort((a, b) => a.ns - b.ns || a.tag - b.tag);
    expect(bare.heard.map(({ ns, tag: heard }) => ({ ns, tag: heard }))).toEqual(expected);
  });
});
