// What a client of the library does when the broker says no: on a nack, on a return, on `connection.blocked`, and when its connection is
// lost (semantics/rabbitmq.md 5 and 12).

import { describe, expect, it } from 'vitest';
import { insideOf } from '../../simulation/inside.ts';
import { node, type ParamsDocument, partsOf, wire } from '../../testing/drawing.ts';
import { Story } from '../../testing/story.ts';
import type { InsideCell } from '../../world/inside.ts';

const part = partsOf('rabbit');

/** A shop publishes ten a second, by confirms; nothing is bound to the exchange, and the queue has room for two that nobody reads. */
function drawn(to: 'orders' | 'work', publishes: ParamsDocument = {}, shop: ParamsDocument = {}): Story {
  return new Story({
    nodes: [
      node('shop', 'sender', { arrivals: 'constant', rate: 10, ...shop }),
      node('rabbit', 'rabbitmq'),
      part('orders', 'rabbitmq-exchange'),
      part('work', 'rabbitmq-queue', { maxLength: 2, overflow: 'reject-publish' }),
    ],
    wires: [wire('rabbitmq-publish', 'shop', to, { delay: '1ms', confirm: true, ...publishes })],
  });
}

/** What the client of the shop tells of its connection. */
function told({ simulation }: Story, key: string): InsideCell | undefined {
  const table = insideOf(simulation, 'shop').find(({ title }) => title === 'inside.rabbitmq-client.session.title');
  const at = table?.columns.findIndex((column) => column.key === key) ?? -1;
  return table?.rows[0]?.[at];
}

describe('a publisher that is refused', () => {
  it('sends again as often as it may', () => {
    const story = drawn('work', { resends: 2 }).to('1s');
    // Of nine or ten two fit; each other is sent three times.
    const { accepted, refused } = story.ledger.publish;
    expect(accepted).toBe(2);
    expect(refused % 3).toBe(0);
    expect(told(story, 'nacked')).toBe(refused);
  });

  it('gives up at once if it is to', () => {
    const story = drawn('work', { resends: 2, onNack: 'give-up' }).to('1s');
    expect(story.numbers('sent').length).toBe(new Set(story.numbers('sent')).size);
    expect(told(story, 'nacked')).toBe(story.ledger.publish.refused);
  });
});

describe('a publisher whose message is returned as unroutable', () => {
  const BIND = { id: 'late', kind: 'binding', from: 'orders', to: 'work', params: {} };

  it('gives up: it was told, and the message is gone', () => {
    const story = drawn('orders', { mandatory: true }).to('1s');
    expect(told(story, 'returned')).toBe(story.ledger.publish.unroutable);
    expect(story.numbers('sent').length).toBe(new Set(story.numbers('sent')).size);
  });

  it('sends again if it is to, and gets through once somebody has bound a queue', () => {
    const story = drawn(
      'orders',
      { mandatory: true, onReturn: 'resend', resends: 100, delay: '20ms' },
      { arrivals: 'times', times: ['100ms'] },
    );
    story.simulation.schedule(500e6, { type: 'addWire', wire: BIND });
    story.to('1s');
    expect(story.ledger.publish.unroutable).toBeGreaterThan(5);
    expect(story.ledger.publish.accepted).toBe(1);
    expect(story.to('3s').numbers('sent').length).toBe(story.ledger.publish.unroutable + 1);
  });

  it('is told of nothing that is not mandatory', () => {
    expect(told(drawn('orders').to('1s'), 'returned')).toBeUndefined();
  });
});

describe('a publisher that is blocked by an alarm', () => {
  const alarmed = (onBlocked: string) =>
    drawn('orders', { onBlocked }).at('1s', 'set rabbit.memoryAlarm true').at('2s', 'set rabbit.memoryAlarm false').to('3s');

  it('waits, and sends all of it when that is over', () => {
    const story = alarmed('wait');
    expect(story.ledger.publish.refused).toBe(0);
    expect(told(story, 'unsent')).toBeUndefined();
    expect(story.numbers('unroutable')).toHaveLength(29);
  });

  it('gives up what it would send meanwhile, if it is to', () => {
    const story = alarmed('give-up');
    // The first is on its way when the broker stops reading, and waits there.
    expect(story.ledger.publish.refused).toBeGreaterThan(7);
    expect(told(story, 'unsent')).toBe(story.ledger.publish.refused);
    expect(story.reasons('refused')).toEqual({ 'shop blocked': story.ledger.publish.refused });
    expect(story.gauge('held_back', 'shop')).toBe(0);
  });
});

describe('a consumer whose connection is lost', () => {
  const lost = (consumes: ParamsDocument) =>
    new Story({
      nodes: [
        node('shop', 'sender', { arrivals: 'constant', rate: 10 }),
        node('rabbit', 'rabbitmq'),
        part('work', 'rabbitmq-queue', {}),
        node('worker', 'service', { work: { law: 'constant', value: '1ms' } }),
      ],
      wires: [
        wire('rabbitmq-publish', 'shop', 'work', { delay: '1ms', reconnect: 'at-once' }),
        wire('rabbitmq-consume', 'work', 'worker', { delay: '1ms', prefetch: 5, ...consumes }),
      ],
    }).at('1s', 'crash rabbit for 1s');

  it('never comes back if it is not to', () => {
    const story = lost({ reconnect: 'never' }).to('20s');
    expect(story.gauge('consumers', 'work')).toBe(0);
    expect(story.gauge('ready', 'work')).toBeGreaterThan(150);
  });

  it('comes back at once when somebody listens again', () => {
    const story = lost({ reconnect: 'at-once' }).to('2020ms');
    expect(story.gauge('consumers', 'work')).toBe(1);
  });

  it('waits longer from try to try with back-off', () => {
    // Lost at 1 s, tried 300 ms later, then 600 ms and 1200 ms after that: at 3.1 s somebody listens.
    const story = lost({ reconnect: 'backoff', reconnectAfter: '300ms' }).to('3050ms');
    expect(story.gauge('consumers', 'work')).toBe(0);
    expect(story.to('3150ms').gauge('consumers', 'work')).toBe(1);
  });
});
