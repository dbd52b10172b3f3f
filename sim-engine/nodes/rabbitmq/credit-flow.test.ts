// Credit flow (semantics/rabbitmq.md 5.2): a channel that publishes faster than a queue takes is held up 400 messages ahead of it.

import { describe, expect, it } from 'vitest';
import { insideOf } from '../../simulation/inside.ts';
import { node, type ParamsDocument, partsOf, wire } from '../../testing/drawing.ts';
import { Story } from '../../testing/story.ts';
import { forgetChannel, handOver, isOutOfCredit, newCreditFlow, taken } from './credit-flow.ts';

const part = partsOf('rabbit');

describe('the credit of a channel', () => {
  it('is 400 with each queue, and 200 more after each 200 that the queue has taken', () => {
    const flow = newCreditFlow();
    const hand = (count: number) => {
      for (let i = 0; i < count; i++) handOver(flow, 1, ['q'], 0, 10);
    };
    const take = (count: number) => {
      for (let i = 0; i < count; i++) taken(flow, 1, ['q']);
    };
    hand(399);
    expect(isOutOfCredit(flow, 1)).toBe(false);
    hand(1);
    expect(isOutOfCredit(flow, 1)).toBe(true);
    take(199);
    expect(isOutOfCredit(flow, 1)).toBe(true);
    take(1);
    expect(isOutOfCredit(flow, 1)).toBe(false);
    hand(200);
    expect(isOutOfCredit(flow, 1)).toBe(true);
    // Another channel has credit of its own.
    handOver(flow, 2, ['q'], 0, 10);
    expect(isOutOfCredit(flow, 2)).toBe(false);
    forgetChannel(flow, 1);
    expect(isOutOfCredit(flow, 1)).toBe(false);
  });

  it('is used up by the slowest queue, and a channel overtakes nobody of its own', () => {
    const flow = newCreditFlow();
    expect(handOver(flow, 1, ['q'], 0, 10)).toBe(10);
    expect(handOver(flow, 1, ['q', 'r'], 0, 10)).toBe(20);
    expect(handOver(flow, 1, ['r'], 0, 10)).toBe(20);
    expect(handOver(flow, 2, ['r'], 0, 10)).toBe(30);
    expect(handOver(flow, 1, [], 100, 10)).toBe(100);
  });
});

/** Two thousand messages a second for two seconds, of which a queue takes five hundred; another sender has a channel of its own. */
const drawn = (queuePace: number, publishes: ParamsDocument = {}) =>
  new Story({
    nodes: [
      node('shop', 'sender', { arrivals: 'constant', rate: 2000, limit: 4000 }),
      node('calm', 'sender', { arrivals: 'constant', rate: 10 }),
      node('rabbit', 'rabbitmq', { queuePace }),
      part('work', 'rabbitmq-queue'),
      part('other', 'rabbitmq-queue'),
    ],
    wires: [
      wire('rabbitmq-publish', 'shop', 'work', { delay: '1ms', ...publishes }),
      wire('rabbitmq-publish', 'calm', 'other', { delay: '1ms', confirm: true }),
    ],
  });

/** What the broker says of the connection of a client. */
function stateOf({ simulation }: Story, client: string): unknown {
  const table = insideOf(simulation, 'rabbit').find(({ title }) => title === 'inside.rabbitmq.connections.title');
  const at = (name: string) => table?.columns.findIndex(({ key }) => key === name) ?? -1;
  return table?.rows.find((row) => row[at('client')] === client)?.[at('state')];
}

describe('a publisher that is faster than its queue', () => {
  it('is held back without being told of an alarm, at the pace of the queue, and nothing is lost', () => {
    const story = drawn(500).to('1s');
    expect(story.gauge('queue_size', 'work')).toBeGreaterThan(490);
    expect(story.gauge('queue_size', 'work')).toBeLessThanOrEqual(500);
    expect(story.gauge('held_back', 'shop')).toBeGreaterThan(1000);
    expect(stateOf(story, 'shop')).toBe('inside.word.connection-flow');
    // No more than its credit is ahead of the queue, beside what was on the wire when it was held up.
    expect(story.ledger.publish.onTheWire).toBeLessThan(410);
    expect(story.gauge('sent', 'shop')).toBe(story.gauge('queue_size', 'work') + story.ledger.publish.onTheWire);
    story.to('12s');
    expect(story.gauge('queue_size', 'work')).toBe(4000);
    expect(story.ledger.publish.lost).toBe(0);
    expect(stateOf(story, 'shop')).toBe('inside.word.connection-running');
  });

  it('holds nobody else up', () => {
    const story = drawn(500).to('2s');
    expect(story.gauge('held_back', 'calm')).toBe(0);
    expect(story.gauge('queue_size', 'other')).toBeGreaterThan(17);
    expect(stateOf(story, 'calm')).toBe('inside.word.connection-running');
  });

  it('is not, where a queue takes all that comes', () => {
    const story = drawn(0).to('2500ms');
    expect(story.gauge('queue_size', 'work')).toBe(4000);
    expect(story.ledger.publish.onTheWire).toBe(0);
  });

  it('is answered when its queue has taken the message', () => {
    const story = drawn(100, { confirm: true, window: 1 }).to('2s');
    // A hundred a second at most, each on its way there and its answer back besides.
    expect(story.gauge('queue_size', 'work')).toBeGreaterThan(140);
    expect(story.gauge('queue_size', 'work')).toBeLessThan(180);
  });

  it('that dies leaves what was read to the queue', () => {
    const story = drawn(500).at('500ms', 'crash shop for 1h').to('3s');
    // Four hundred, and two hundred more after as many were taken; the rest lay unread in the socket.
    expect(story.gauge('queue_size', 'work')).toBe(600);
    expect(story.ledger.publish.lost).toBeGreaterThan(190);
    expect(story.ledger.publish.onTheWire).toBeLessThan(3);
  });

  it('loses what was not taken yet when the broker dies', () => {
    const story = drawn(500, { reconnect: 'never' }).at('500ms', 'crash rabbit for 1h').to('2s');
    expect(story.ledger.publish.lost).toBeGreaterThan(390);
    expect(story.ledger.publish.onTheWire).toBeLessThan(5);
  });

  it('goes on the same from a copy in mid-flow', () => {
    const story = drawn(500).to('700ms');
    const checkpoint = story.simulation.checkpoint();
    const straight = story.to('4s').simulation.digest;
    story.simulation.restore(checkpoint);
    expect(story.to('4s').simulation.digest).toBe(straight);
  });
});
