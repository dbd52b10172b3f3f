// Nodes that are down or stand still: the dead do nothing, whatever is asked of them, and those that stand still do afterwards what
// came to them meanwhile, in the order in which it came.

import { describe, expect, it } from 'vitest';
import { BareWorld } from '../testing/bare-world.ts';
import { INSTANT, node, type ParamsDocument, wire } from '../testing/drawing.ts';
import { Story } from '../testing/story.ts';
import { CALL, CONNECTION } from './links.ts';

const MS = 1e6;
const upTo = (count: number) => Array.from({ length: count }, (_, ix) => ix + 1);

const line = (
  sender: ParamsDocument,
  worker: ParamsDocument = {},
  queue: ParamsDocument = {},
  publish: ParamsDocument = INSTANT,
) =>
  new Story({
    nodes: [node('shop', 'sender', sender), node('orders', 'queue', queue), node('worker', 'service', worker)],
    wires: [wire('publish', 'shop', 'orders', publish), wire('deliver', 'orders', 'worker', INSTANT)],
  });

describe('what came while a node stood still', () => {
  it('happens in its order, before what comes at the very moment when it goes on', () => {
    const story = line({ arrivals: 'times', times: ['0s', '500us'] }, {}, {}, { delay: '1ms' })
      .at('800us', 'stall orders 700us')
      .to('1s');
    expect(story.stops('accepted').map(({ number, ms }) => [number, ms])).toEqual([
      [1, 1.5],
      [2, 1.5],
    ]);
  });

  it('keeps its order when it stands still for longer than was said at first', () => {
    const story = line({ arrivals: 'times', times: ['5ms', '8ms', '9ms'] })
      .at('1ms', 'stall orders 9ms')
      .at('7ms', 'stall orders 13ms')
      .to('1s');
    expect(story.stops('accepted').map(({ number, ms }) => [number, ms])).toEqual([
      [1, 20],
      [2, 20],
      [3, 20],
    ]);
  });

  it('keeps its order on any link, packets and timers together', () => {
    for (const sort of [CALL, CONNECTION]) {
      const bare = new BareWorld();
      const [from, to] = [bare.actor('from'), bare.actor('to')];
      const link = bare.link(from, to, sort, { delayNs: 3 * MS });
      for (let tag = 1; tag <= 30; tag++) {
        if (tag % 3 === 0) bare.arm(tag * MS, to, (tag + 3) * MS, tag);
        else bare.send(tag * MS, link, tag);
      }
      // Twice, the second time before the first is over, and to a moment at which something is due.
      bare
        .at(5.5 * MS, () => bare.world.lives.stall(to, 12 * MS))
        .at(10.5 * MS, () => bare.world.lives.stall(to, 20 * MS))
        .to(100 * MS);
      expect(bare.tags).toEqual(upTo(30));
    }
  });
});

describe('a stall', () => {
  it('is over with the process that stood still', () => {
    const story = line({ arrivals: 'constant', rate: 10 });
    story.at('1005ms', 'stall shop 100s').at('2s', 'crash shop').at('3s', 'restart shop').at('4s', 'stall shop 1s').to('7s');
    expect(story.times('sent').some((ms) => ms > 3000 && ms < 4000)).toBe(true);
    expect(story.times('sent').some((ms) => ms > 4000 && ms < 5000)).toBe(false);
    expect(story.times('sent').some((ms) => ms > 5000)).toBe(true);
  });

  it('of a sender holds up what is commanded as well', () => {
    const story = line({ arrivals: 'constant', rate: 0 }).at('1s', 'stall shop 2s').at('2s', 'burst shop 5').to('10s');
    expect(story.times('sent')).toEqual([3000, 3000, 3000, 3000, 3000]);
  });
});

describe('a node that is down', () => {
  it('sends nothing when its settings change, and goes by them once it is back', () => {
    const story = line({ arrivals: 'constant', rate: 10 })
      .at('1005ms', 'crash shop')
      .at('2s', 'set shop.rate 20')
      .at('4s', 'restart shop')
      .to('5s');
    const sent = story.times('sent').filter((ms) => ms > 1005);
    expect(sent.filter((ms) => ms < 4000)).toEqual([]);
    expect(sent).toHaveLength(19);
  });

  it('sends no burst', () => {
    const story = line({ arrivals: 'constant', rate: 10 })
      .at('1005ms', 'crash shop')
      .at('2s', 'burst shop 5')
      .at('2500ms', 'burst shop 5 over 1s');
    story.simulation.advanceTo(5e9);
    expect(story.times('sent').filter((ms) => ms > 1005)).toEqual([]);
    expect(story.simulation.refused.map(({ problems }) => problems[0]?.code)).toEqual(['command-node-down', 'command-node-down']);
  });

  it('asks for no messages when its settings change or a wire is laid to it', () => {
    const shop = { arrivals: 'times', times: ['2s'] };
    const story = line(shop, {}, { maxAttempts: 3, ackDeadline: '1s' });
    story
      .at('500ms', 'crash worker')
      .at('600ms', 'restart worker')
      .at('1100ms', 'crash worker')
      .at('1500ms', 'set worker.concurrency 3')
      .to('1900ms');
    story
      .at('1900ms', 'remove-wire orders-worker')
      .at('1950ms', 'add-wire {"id":"orders-worker","kind":"deliver","from":"orders","to":"worker","params":{"delay":"0s"}}')
      .to('9s');
    expect(story.stops('delivered')).toEqual([]);
    expect(story.gauge('ready', 'orders')).toBe(1);
    story.at('10s', 'restart worker').to('20s');
    expect(story.ledger.delivery.processed).toBe(1);
  });
});
