// Copies of one message, by the network or by a sender that heard no answer: each is on the books by itself, and the oracle knows that
// they are one.

import { describe, expect, it } from 'vitest';
import { INSTANT, lasting, node, wire } from '../testing/drawing.ts';
import { Story } from '../testing/story.ts';

describe('copies that a sender made', () => {
  it('are missed only if none of them arrived', () => {
    const story = new Story({
      nodes: [node('shop', 'sender', { arrivals: 'constant', rate: 100, limit: 2000 }), node('orders', 'queue')],
      wires: [wire('publish', 'shop', 'orders', { delay: '1ms', loss: 0.3, confirm: true, timeout: '100ms', resends: 5 })],
    }).to('1min');
    const arrived = new Set(story.numbers('accepted')).size;
    expect(arrived).toBeLessThan(2000);
    expect(story.gauge('missed_effects')).toBe(2000 - arrived);
  });

  it('are not made while a full queue lets the sender wait', () => {
    const story = new Story({
      nodes: [
        node('shop', 'sender', { arrivals: 'times', times: ['0s', '1ms', '2ms', '3ms'] }),
        node('orders', 'queue', { capacity: 1, overflow: 'block', ackDeadline: '0s' }),
        node('worker', 'service', { work: lasting('10s') }),
      ],
      wires: [
        wire('publish', 'shop', 'orders', { delay: '0s', confirm: true, timeout: '1s', resends: 3 }),
        wire('deliver', 'orders', 'worker', INSTANT),
      ],
    }).to('2min');
    expect(story.numbers('accepted')).toEqual([1, 2, 3, 4]);
    expect(story.gauge('dup_effects')).toBe(0);
  });
});

describe('copies that the network made', () => {
  it('one accepted, one refused: nothing is missed', () => {
    const story = new Story({
      nodes: [node('shop', 'sender', { arrivals: 'times', times: ['0s'] }), node('orders', 'queue', { capacity: 1 })],
      wires: [wire('publish', 'shop', 'orders', { delay: '1ms', duplication: 1 })],
    }).to('1s');
    expect(story.ledger.publish).toMatchObject({ accepted: 1, refused: 1 });
    expect(story.gauge('missed_effects')).toBe(0);
  });

  it('of deliveries and receipts make no room at the reader that is not there', () => {
    const story = new Story({
      nodes: [
        node('shop', 'sender', { arrivals: 'constant', rate: 100 }),
        node('orders', 'queue', { ackDeadline: '0s' }),
        node('worker', 'service', { work: lasting('100ms') }),
      ],
      wires: [
        wire('publish', 'shop', 'orders', INSTANT),
        wire('deliver', 'orders', 'worker', { delay: '1ms', duplication: 0.3 }),
      ],
    }).to('1min');
    // One in work; its double may lie beside it, and so may the next.
    expect(story.gauge('busy', 'worker') + story.gauge('desk', 'worker')).toBeLessThanOrEqual(3);
  });
});
