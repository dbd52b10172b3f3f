// Undo of anything that can be removed: put back under its id, it is as good as before, and nothing stays behind. Where a wire or a node is
// gone for a while, whatever it held has ended with a reason, and whoever waited for it goes on.

import { describe, expect, it } from 'vitest';
import { INSTANT, lasting, node, type ParamsDocument, wire } from '../testing/drawing.ts';
import { Story } from '../testing/story.ts';
import type { NodeDocument, WireDocument } from '../topology/document.ts';

const added = (nodes: readonly NodeDocument[], wires: readonly WireDocument[]) =>
  `edit: ${[...nodes.map((one) => `add-node ${JSON.stringify(one)}`), ...wires.map((one) => `add-wire ${JSON.stringify(one)}`)].join('; ')}`;

/** Everything that was ever owed has ended. */
function expectNothingOpen(story: Story): void {
  const { publish, delivery } = story.ledger;
  expect(publish.onTheWire).toBe(0);
  const { waiting, delayed, onTheWire, inFlight } = delivery;
  expect({ waiting, delayed, onTheWire, inFlight }).toEqual({ waiting: 0, delayed: 0, onTheWire: 0, inFlight: 0 });
  expect(story.messages()).toHaveLength(delivery.deadLettered);
}

describe('what is removed leaves nothing behind', () => {
  it.each(['0s', '1ms', '300ms'])('a queue with several readers, wires of %s', (delay) => {
    const story = new Story({
      nodes: [
        node('shop', 'sender', { arrivals: 'times', times: ['0s', '1ms', '2ms', '3ms', '4ms'] }),
        node('orders', 'queue'),
        node('r1', 'service', { work: lasting('10s') }),
        node('r2', 'service', { concurrency: 3, work: lasting('10s') }),
        node('r3', 'service', { concurrency: 3, work: lasting('10s') }),
      ],
      wires: [
        wire('publish', 'shop', 'orders', INSTANT),
        ...['r1', 'r2', 'r3'].map((id) => wire('deliver', 'orders', id, { delay })),
      ],
    });
    story.at('1s', 'remove orders').to('1min');
    expectNothingOpen(story);
    expect(story.ledger.delivery.lost).toBe(5);
  });

  it('several readers in one edit: their messages wait for the next', () => {
    const story = new Story({
      nodes: [
        node('shop', 'sender', { arrivals: 'times', times: ['0s', '1ms'] }),
        node('orders', 'queue'),
        node('r1', 'service', { work: lasting('10s') }),
        node('r2', 'service', { concurrency: 2, work: lasting('10s') }),
      ],
      wires: [
        wire('publish', 'shop', 'orders', INSTANT),
        wire('deliver', 'orders', 'r1', INSTANT),
        wire('deliver', 'orders', 'r2', INSTANT),
      ],
    });
    story.at('1s', 'edit: remove r1; remove r2').to('10s');
    expect(story.gauge('ready', 'orders')).toBe(2);
    story
      .at('10s', added([node('r3', 'service', { work: lasting('1s') })], [wire('deliver', 'orders', 'r3', INSTANT)]))
      .to('1min');
    expect(story.ledger.delivery).toMatchObject({ owed: 2, processed: 2 });
    expectNothingOpen(story);
  });
});

describe('what is put back', () => {
  it('the wire of a closed loop: all its callers go on', () => {
    const publish = wire('publish', 'shop', 'orders', { delay: '10ms', confirm: true });
    const story = new Story({
      nodes: [node('shop', 'sender', { loop: 'closed', callers: 5, think: lasting('10ms') }), node('orders', 'queue')],
      wires: [publish],
    });
    story
      .at('1005ms', 'remove-wire shop-orders')
      .at('1505ms', added([], [publish]))
      .to('1505ms');
    const before = story.ledger.publish.sent;
    story.to('3005ms');
    // Five callers, 30 ms a round: 166 a second.
    expect(story.ledger.publish.sent - before).toBeGreaterThan(230);
    expect(story.ledger.publish.sent - before).toBeLessThan(260);
  });

  it('the queue of a closed loop: the same', () => {
    const publish = wire('publish', 'shop', 'orders', { delay: '10ms', confirm: true });
    const story = new Story({
      nodes: [node('shop', 'sender', { loop: 'closed', callers: 5, think: lasting('10ms') }), node('orders', 'queue')],
      wires: [publish],
    });
    story
      .at('1005ms', 'remove orders')
      .at('1505ms', added([node('orders', 'queue')], [publish]))
      .to('1505ms');
    const before = story.ledger.publish.sent;
    story.to('3005ms');
    expect(story.ledger.publish.sent - before).toBeGreaterThan(230);
  });

  it('a sender: it sends from then on, and not what it would have sent meanwhile', () => {
    const shop = (params: ParamsDocument) => node('shop', 'sender', params);
    const publish = wire('publish', 'shop', 'orders', INSTANT);
    for (const params of [
      { arrivals: 'constant', rate: 10 },
      { arrivals: 'ramp', rate: 10, rampTo: 10 },
      { arrivals: 'bursts', burstSize: 1, burstEvery: '100ms' },
    ]) {
      const story = new Story({ nodes: [shop(params), node('orders', 'queue')], wires: [publish] });
      story
        .at('2s', 'remove shop')
        .at('10005ms', added([shop(params)], [publish]))
        .to('12s');
      const after = story.times('sent').filter((ms) => ms > 2000);
      expect(after[0]).toBeGreaterThan(10_005);
      expect(after.length).toBeGreaterThan(8);
      expect(after.length).toBeLessThan(32);
    }
  });

  it('the way to the dead letters: those that came over it before can be sent back', () => {
    const story = new Story({
      nodes: [
        node('shop', 'sender', { arrivals: 'times', times: ['0s'] }),
        node('orders', 'queue'),
        node('worker', 'service', { failFirst: 1, retry: 'none', work: lasting('10ms') }),
        node('dead', 'dead-letter-queue'),
      ],
      wires: [
        wire('publish', 'shop', 'orders', INSTANT),
        wire('deliver', 'orders', 'worker', INSTANT),
        wire('dead-letter', 'orders', 'dead'),
      ],
    });
    story.at('1s', 'remove-wire orders-dead').at('2s', added([], [wire('dead-letter', 'orders', 'dead')]));
    story.at('3s', 'set worker.failFirst 0').at('4s', 'redrive dead').to('10s');
    expect(story.ledger.delivery).toMatchObject({ owed: 1, processed: 1, deadLettered: 0 });
  });

  it('something else under the id of what went, in the same edit: the wires lead to what is there now', () => {
    const publish = wire('publish', 'shop', 'orders', { delay: '10ms' });
    const story = new Story({
      nodes: [node('shop', 'sender', { arrivals: 'constant', rate: 10 }), node('orders', 'queue')],
      wires: [publish],
    });
    story
      .at(
        '2005ms',
        `edit: remove orders; add-node ${JSON.stringify(node('orders', 'topic'))}; add-wire ${JSON.stringify(publish)}`,
      )
      .to('4s');
    expect(story.ledger.publish.unroutable).toBeGreaterThan(15);
    expect(story.gauge('published', 'orders')).toBe(story.ledger.publish.unroutable);
  });
});

describe('a command', () => {
  it('whose target went away before its moment came is refused, not carried out and not logged', () => {
    const { simulation } = new Story({
      nodes: [node('shop', 'sender'), node('orders', 'queue')],
      wires: [wire('publish', 'shop', 'orders')],
    });
    simulation.schedule(1e6, { type: 'removeNode', node: 'shop' });
    expect(simulation.command({ type: 'crash', node: 'shop' }, 'tick').map(({ code }) => code)).toEqual(['command-unknown-node']);
    expect(simulation.log).toHaveLength(1);
  });
});
