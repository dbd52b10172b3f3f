// "Try a routing key" on drawn brokers: what lights up, and that what lights up is what a publish would do.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultParams } from '../../topology/params.ts';
import type { Value } from '../fields.ts';
import { type BrokerPart, type BrokerRelation, type DeclaredRouting, declaredRouting } from './declared-routing.ts';
import { BINDING, RABBITMQ_EXCHANGE } from './exchange.declaration.ts';
import { keyedMessage } from './model.ts';
import { RABBITMQ_QUEUE } from './queue.declaration.ts';
import { type Tried, tryKey } from './try-key.ts';

type Given = { readonly [field: string]: Value };
const exchange = (id: string, type: string, given: Given = {}): BrokerPart => ({
  id,
  kind: 'rabbitmq-exchange',
  params: { ...defaultParams(RABBITMQ_EXCHANGE.fields), type, ...given },
});
const queue = (id: string, given: Given = {}): BrokerPart => ({
  id,
  kind: 'rabbitmq-queue',
  params: { ...defaultParams(RABBITMQ_QUEUE.fields), ...given },
});
const binding = (id: string, from: string, to: string, given: Given = {}): BrokerRelation => ({
  id,
  kind: 'binding',
  from,
  to,
  params: { ...defaultParams(BINDING.fields), ...given },
});
const alternate = (id: string, from: string, to: string): BrokerRelation => ({ id, kind: 'alternate', from, to, params: {} });

/** The brief's exchange, with analytics behind an exchange of its own and a place for what nobody wants. */
const SHOP = declaredRouting(
  '4.3',
  [
    exchange('orders', 'topic', { name: 'order_events' }),
    exchange('audit', 'headers'),
    exchange('unwanted', 'fanout'),
    queue('mails'),
    queue('stock'),
    queue('books'),
    queue('lost-and-found', { name: 'lost.and.found' }),
  ],
  [
    binding('mail-1', 'orders', 'mails', { routingKey: 'order.created' }),
    binding('mail-2', 'orders', 'mails', { routingKey: 'order.shipped' }),
    binding('stock-1', 'orders', 'stock', { routingKey: 'order.*' }),
    binding('to-audit', 'orders', 'audit', { routingKey: '#' }),
    binding('large', 'audit', 'books', {
      arguments: [
        { name: 'x-match', value: 'all' },
        { name: 'size', value: 'large' },
      ],
    }),
    alternate('rest', 'audit', 'unwanted'),
    binding('kept', 'unwanted', 'lost-and-found'),
  ],
);

const way = ({ exchanges }: Tried) => exchanges.map(({ name, by, taken }) => [name, by, taken]);

describe('trying a routing key', () => {
  it('declares the drawing first, without a fault', () => {
    expect(SHOP.refused).toEqual([]);
  });

  it('lights up every binding that takes the message, through exchanges to the alternate one', () => {
    const tried = tryKey(SHOP, 'order_events', keyedMessage('order.created'));
    expect(way(tried)).toEqual([
      ['order_events', 'publish', ['mail-1', 'stock-1', 'to-audit']],
      ['audit', 'binding', []],
      ['unwanted', 'alternate', ['kept']],
    ]);
    expect(tried.exchanges.map((one) => one.alternate)).toEqual([null, 'unwanted', null]);
    expect(tried.queues).toEqual(['lost.and.found', 'mails', 'stock']);
  });

  it('asks the headers where the way leads through a headers exchange', () => {
    const tried = tryKey(SHOP, 'order_events', keyedMessage('payment.failed', new Map([['size', 'large']])));
    expect(way(tried)).toEqual([
      ['order_events', 'publish', ['to-audit']],
      ['audit', 'binding', ['large']],
    ]);
    expect(tried.queues).toEqual(['books']);
  });

  it('by the default exchange names the queue itself, and an exchange that is not there the code', () => {
    expect(tryKey(SHOP, '', keyedMessage('mails'))).toEqual({ refused: 0, exchanges: [], queues: ['mails'] });
    expect(tryKey(SHOP, 'order-events', keyedMessage('order.created')).refused).toBe(404);
  });

  it('of a hash ring lights up the one binding that the key falls to, in the order of their ids as people count', () => {
    const ids = Array.from({ length: 12 }, (_, i) => `q${i + 1}`);
    const ring = declaredRouting(
      '4.3',
      [exchange('ring', 'x-consistent-hash'), ...ids.map((id) => queue(id))],
      ids.map((id, i) => binding(`binding-${i + 1}`, 'ring', id, { weight: 2 })),
    );
    expect(ring.bindings.map(({ id }) => id).at(-1)).toBe('binding-12');
    for (const key of ['a', 'b', 'c', 'd', 'e']) {
      const { exchanges, queues } = tryKey(ring, 'ring', keyedMessage(key));
      expect(queues).toHaveLength(1);
      expect(exchanges[0]?.taken).toEqual([`binding-${(queues[0] as string).slice(1)}`]);
    }
  });

  it('names what a server would refuse', () => {
    const { refused } = declaredRouting(
      '4.3',
      [exchange('mine', 'topic', { name: 'amq.mine' }), exchange('t', 'topic'), queue('q')],
      [binding('b', 't', 'q', { routingKey: '#.#.#' })],
    );
    expect(refused).toEqual([
      { id: 'mine', code: 403 },
      { id: 'b', code: 406 },
    ]);
  });

  it('lights up what a publish does: the queues at the ends of lit bindings are those that get the message', () => {
    const names = ['x1', 'x2', 'x3'];
    const queues = ['p', 'q', 'r'];
    const drawn = fc.record({
      types: fc.tuple(...names.map(() => fc.constantFrom('direct', 'fanout', 'topic', 'headers', 'x-consistent-hash'))),
      bindings: fc.array(
        fc.record({
          from: fc.constantFrom(...names),
          to: fc.constantFrom(...names, ...queues),
          routingKey: fc.constantFrom('', 'a', 'a.b', '#', '*.b'),
          weight: fc.integer({ min: 1, max: 3 }),
          headers: fc.constantFrom([], [{ name: 'k', value: 1 }]),
        }),
        { maxLength: 12 },
      ),
      alternates: fc.array(fc.record({ from: fc.constantFrom(...names), to: fc.constantFrom(...names) }), { maxLength: 2 }),
      key: fc.constantFrom('', 'a', 'a.b', 'c'),
      start: fc.constantFrom(...names),
      headers: fc.constantFrom(null, new Map([['k', 1]])),
    });
    fc.assert(
      fc.property(drawn, ({ types, bindings, alternates, key, start, headers }) => {
        const declared: DeclaredRouting = declaredRouting(
          '4.3',
          [...names.map((id, i) => exchange(id, types[i] as string)), ...queues.map((id) => queue(id))],
          [
            ...bindings.map(({ from, to, routingKey, weight, headers: asked }, i) =>
              binding(`b${i}`, from, to, { routingKey, weight, arguments: asked }),
            ),
            ...alternates.map(({ from, to }, i) => alternate(`a${i}`, from, to)),
          ],
        );
        expect(declared.refused).toEqual([]);
        const tried = tryKey(declared, start, keyedMessage(key, headers));
        const lit = new Set(tried.exchanges.flatMap(({ taken }) => taken));
        const ends = bindings.filter(({ to }, i) => queues.includes(to) && lit.has(`b${i}`)).map(({ to }) => to);
        expect([...new Set(ends)].sort()).toEqual(tried.queues);
        for (const { name, taken } of tried.exchanges) {
          for (const wire of taken) expect(bindings[Number(wire.slice(1))]?.from).toBe(name);
        }
      }),
      { numRuns: 300 },
    );
  });
});
