// What a broker and its clients tell of what they hold.

import { describe, expect, it } from 'vitest';
import { insideOf } from '../../simulation/inside.ts';
import { INSTANT, lasting, node, type ParamsDocument, partsOf, wire } from '../../testing/drawing.ts';
import { nsOf, Story } from '../../testing/story.ts';
import type { InsideCell } from '../../world/inside.ts';

const part = partsOf('rabbit');

interface Drawn {
  readonly broker?: ParamsDocument;
  readonly work?: ParamsDocument;
  readonly publishes?: ParamsDocument;
  readonly consumes?: ParamsDocument;
  readonly worker?: ParamsDocument;
  readonly times?: readonly string[];
}

/** A shop publishes to a topic exchange; what dies in the work queue lies in another. */
function drawn({ broker, consumes, publishes, times, work, worker }: Drawn = {}): Story {
  return new Story({
    nodes: [
      node('shop', 'sender', { arrivals: 'times', times: times ?? ['0s', '1s', '2s', '3s'] }),
      node('rabbit', 'rabbitmq', broker),
      part('orders', 'rabbitmq-exchange', { type: 'topic' }),
      part('work', 'rabbitmq-queue', work),
      part('dead', 'rabbitmq-queue'),
      node('worker', 'service', { work: lasting('10s'), retry: 'none', ...worker }),
    ],
    wires: [
      wire('rabbitmq-publish', 'shop', 'orders', { ...INSTANT, routingKey: 'order.created', ...publishes }),
      wire('binding', 'orders', 'work', { routingKey: 'order.*' }),
      wire('rabbitmq-dead-letter', 'work', 'dead'),
      wire('rabbitmq-consume', 'work', 'worker', { ...INSTANT, prefetch: 2, ...consumes }),
    ],
  });
}

/** Of one table of a node what stands in a column, from top to bottom. */
function column({ simulation }: Story, id: string, name: string, key: string): readonly InsideCell[] {
  const table = insideOf(simulation, id).find(({ title }) => title === `inside.${name}.title`);
  const at = table?.columns.findIndex((one) => one.key === key) ?? -1;
  return at < 0 ? [] : (table?.rows.map((row) => row[at] as InsideCell) ?? []);
}

const letters = (cells: readonly InsideCell[]): string =>
  cells.map((cell) => (cell !== null && typeof cell === 'object' ? `${cell.sender}${cell.number}` : '-')).join(' ');

describe('a queue tells', () => {
  it('what is ready and what is unacked, by consumer and delivery tag', () => {
    const story = drawn().to('3500ms');
    expect(letters(column(story, 'work', 'rabbitmq-queue.unacked', 'letter'))).toBe('shop1 shop2');
    expect(column(story, 'work', 'rabbitmq-queue.unacked', 'reader')).toEqual(['worker', 'worker']);
    expect(column(story, 'work', 'rabbitmq-queue.unacked', 'delivery-tag')).toEqual([1, 2]);
    expect(letters(column(story, 'work', 'rabbitmq-queue.ready', 'letter'))).toBe('shop3 shop4');
    expect(column(story, 'work', 'rabbitmq-queue.ready', 'routing-key')).toEqual(['order.created', 'order.created']);
    expect(column(story, 'work', 'rabbitmq-queue.consumers', 'state')).toEqual(['inside.word.consumer-full']);
    expect(column(story, 'work', 'rabbitmq-queue.consumers', 'prefetch')).toEqual([2]);
    // What the consumer itself has to settle is the same.
    expect(letters(column(story, 'worker', 'rabbitmq-client.unsettled', 'letter'))).toBe('shop1 shop2');
  });

  it('which headers its reader sees: those of the message, and what a quorum queue has counted', () => {
    const story = drawn({
      work: { type: 'quorum' },
      publishes: { headers: { shop: 'north', number: '{number}' } },
      worker: { work: lasting('300ms'), failFirst: 1, retry: 'fixed', retryBase: '1ms', maxAttempts: 5 },
      consumes: { onRetry: 'reject' },
    }).to('500ms');
    expect(column(story, 'work', 'rabbitmq-queue.unacked', 'headers')).toEqual([
      'shop=north, number=1, x-acquired-count=1, x-delivery-count=1',
    ]);
  });

  it('when what is ready expires, and then why it died', () => {
    const story = drawn({ work: { messageTtl: '2s' } }).to('3500ms');
    expect(column(story, 'work', 'rabbitmq-queue.ready', 'expires')).toEqual([nsOf('500ms'), nsOf('1500ms')]);
    story.to('4200ms');
    expect(letters(column(story, 'dead', 'rabbitmq-queue.ready', 'letter'))).toBe('shop3');
    expect(column(story, 'dead', 'rabbitmq-queue.ready', 'x-death')).toEqual(['work expired ×1']);
  });

  it.each([
    ['classic', '4.3'],
    ['quorum', '4.3'],
    ['quorum', '4.0'],
  ])('what is ready in the order in which it goes, what came back among it (%s of %s)', (type, version) => {
    const senders = [0, 7].map((priority) => node(`p${priority}x`, 'sender', { rate: 10, limit: 9, priority }));
    const story = new Story({
      nodes: [
        ...senders,
        node('rabbit', 'rabbitmq', { version }),
        part('work', 'rabbitmq-queue', { type, maxPriority: type === 'classic' ? 9 : 0 }),
        node('worker', 'service', { work: lasting('5s') }),
      ],
      wires: [
        ...senders.map(({ id }) => wire('rabbitmq-publish', id, 'work', INSTANT)),
        wire('rabbitmq-consume', 'work', 'worker', { ...INSTANT, prefetch: 4 }),
      ],
    });
    story.at('1500ms', 'crash worker for 2s').to('2500ms');
    const told = letters(column(story, 'work', 'rabbitmq-queue.ready', 'letter'));
    expect(told.split(' ').length).toBe(18);
    expect(column(story, 'work', 'rabbitmq-queue.ready', 'redelivered').filter((word) => word !== null).length).toBe(4);
    const before = story.stops('delivered').length;
    const next = story.to('90s').stops('delivered').slice(before);
    expect(next.map(({ number, sender }) => `${sender}${number}`).join(' ')).toBe(told);
  });

  it('that it waits for a leader, and what waits with it', () => {
    const story = drawn({ broker: { nodes: 3, electionTime: '1s' }, work: { type: 'quorum' }, publishes: { node: 2 } }).to(
      '1500ms',
    );
    story.at('1500ms', 'set rabbit.nodesDown "1"').to('2200ms');
    const [leaderIn] = column(story, 'work', 'rabbitmq-queue.state', 'leader-in');
    expect(Number(leaderIn)).toBeGreaterThan(0);
    expect(column(story, 'work', 'rabbitmq-queue.state', 'backlog').map(Number)[0]).toBeGreaterThan(0);
    expect(column(story, 'rabbit', 'rabbitmq.state', 'nodes-up')).toEqual([2]);
    expect(column(story.to('4s'), 'work', 'rabbitmq-queue.state', 'on-node')).toEqual([2]);
  });
});

describe('a broker tells', () => {
  it('who is connected, on which channels, and what is bound', () => {
    const story = drawn({ publishes: { confirm: true } }).to('1500ms');
    expect(column(story, 'rabbit', 'rabbitmq.connections', 'client')).toEqual(['shop', 'worker']);
    expect(column(story, 'rabbit', 'rabbitmq.channels', 'to')).toEqual(['orders', 'work']);
    expect(column(story, 'rabbit', 'rabbitmq.channels', 'confirms')).toEqual([2, null]);
    expect(column(story, 'orders', 'rabbitmq-exchange.bindings', 'to')).toEqual(['work']);
    expect(column(story, 'orders', 'rabbitmq-exchange.bindings', 'binding-key')).toEqual(['order.*']);
  });

  it('that an alarm blocks whoever publishes, and what is left unread', () => {
    const story = drawn({ broker: { memoryAlarm: true }, publishes: { confirm: true } }).to('3500ms');
    expect(column(story, 'rabbit', 'rabbitmq.state', 'memory')).toEqual(['inside.word.alarm']);
    const states = column(story, 'rabbit', 'rabbitmq.connections', 'state');
    expect(states).toEqual(['inside.word.connection-blocked', 'inside.word.connection-running']);
    expect(column(story, 'rabbit', 'rabbitmq.connections', 'unread')).toEqual([1, null]);
    expect(column(story, 'shop', 'rabbitmq-client.session', 'state')).toEqual(['inside.word.connection-blocked']);
    expect(letters(column(story, 'shop', 'rabbitmq-client.unconfirmed', 'letter'))).toBe('shop1');
  });

  it('why a connection was closed', () => {
    const story = drawn({ consumes: { reconnect: 'never' } }).to('1500ms');
    story.at('1500ms', 'crash worker').to('2500ms');
    expect(column(story, 'rabbit', 'rabbitmq.closed', 'client')).toEqual(['worker']);
    expect(column(story, 'rabbit', 'rabbitmq.closed', 'how')).toEqual(['inside.word.client-left']);
  });

  it('with which reply it closed one', () => {
    const story = drawn({ broker: { nodes: 2 }, consumes: { node: 2 } }).to('1500ms');
    story.at('1500ms', 'set rabbit.nodesDown "2"').to('2500ms');
    expect(column(story, 'rabbit', 'rabbitmq.closed', 'reply')).toEqual(['320 CONNECTION_FORCED']);
  });
});
