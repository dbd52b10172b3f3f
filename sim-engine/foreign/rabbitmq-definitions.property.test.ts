// Laws of definitions files: whatever a server may have defined comes in, goes out and comes in again as the same drawing, on which
// messages find the same queues as on the server; and what is drawn lies so that it can be read.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DeclaredRouting, declaredRouting } from '../nodes/rabbitmq/declared-routing.ts';
import { type HeaderTable, keyedMessage, type RoutedMessage } from '../nodes/rabbitmq/model.ts';
import { addQueue, bind, declareExchange, newRouting, type RoutingState, route } from '../nodes/rabbitmq/routing.ts';
import type { ParsedTopology, TopologyDocument } from '../topology/document.ts';
import { parseTopologyDocument } from '../topology/parse.ts';
import { layParts } from './lay-parts.ts';
import { exportDefinitions, importDefinitions } from './rabbitmq-definitions.ts';

const TYPES = ['direct', 'fanout', 'topic', 'headers', 'x-consistent-hash'];
/** Names that make the same id, names that are no id at all, and long ones. */
const NAMES = ['a.b', 'a-b', 'A b', 'ä', '日本', 'q.1', 'q.2', 'q.10', 'x'.repeat(120), `${'x'.repeat(119)}y`];

const name = fc.constantFrom(...NAMES);
const value = fc.constantFrom(1, 'large', true, null, 1.5);
const table = fc.dictionary(fc.constantFrom('k', 'size', 'x-v'), value, { maxKeys: 2 });
const args = fc.oneof(
  fc.constant({}),
  table,
  table.map((asked) => ({ 'x-match': 'any', ...asked })),
);
const exchange = fc.record({
  name,
  type: fc.constantFrom(...TYPES),
  durable: fc.boolean(),
  auto_delete: fc.boolean(),
  internal: fc.boolean(),
  alternate: fc.option(name, { nil: undefined }),
});
const queue = fc.record({
  name,
  durable: fc.constant(true),
  auto_delete: fc.constant(false),
  arguments: fc.oneof(
    fc.record({ 'x-message-ttl': fc.nat(100_000), 'x-max-length': fc.integer({ min: 1, max: 5000 }) }, { requiredKeys: [] }),
    fc.record(
      {
        'x-queue-type': fc.constant('quorum'),
        'x-delivery-limit': fc.integer({ min: -1, max: 50 }),
        'x-dead-letter-exchange': fc.oneof(name, fc.constant('')),
        'x-overflow': fc.constantFrom('drop-head', 'reject-publish'),
      },
      { requiredKeys: ['x-queue-type'] },
    ),
  ),
});
const binding = fc.record({
  from: fc.nat(9),
  to: fc.nat(9),
  toExchange: fc.boolean(),
  key: fc.constantFrom('', 'a', 'a.b', '*.b', 'a.#', '#.b.#'),
  weight: fc.integer({ min: 1, max: 20 }),
  args,
});
const defined = fc.record({
  exchanges: fc.uniqueArray(exchange, { selector: (one) => one.name, maxLength: 5 }),
  queues: fc.uniqueArray(queue, { selector: (one) => one.name, maxLength: 5 }),
  bindings: fc.array(binding, { maxLength: 12 }),
});
type Defined = typeof defined extends fc.Arbitrary<infer T> ? T : never;

interface Bound {
  readonly source: string;
  readonly destination: string;
  readonly toExchange: boolean;
  readonly key: string;
  readonly args: { readonly [name: string]: unknown };
}

/** Bindings between what there is, with a key that the source takes. */
function bound({ exchanges, queues, bindings }: Defined): readonly Bound[] {
  return bindings.flatMap(({ from, to, toExchange, key, weight, args: given }): Bound[] => {
    const source = exchanges[from % Math.max(exchanges.length, 1)];
    const ends = toExchange ? exchanges : queues;
    const destination = ends[to % Math.max(ends.length, 1)];
    if (source === undefined || destination === undefined) return [];
    const isHash = source.type === 'x-consistent-hash';
    return [{ source: source.name, destination: destination.name, toExchange, key: isHash ? String(weight) : key, args: given }];
  });
}

function fileOf(given: Defined): string {
  return JSON.stringify({
    rabbitmq_version: '4.3.6',
    rabbitmq_definition_format: 'single_virtual_host',
    original_vhost_name: 'v',
    exchanges: given.exchanges.map(({ alternate, ...rest }) => ({
      ...rest,
      arguments: alternate === undefined ? {} : { 'alternate-exchange': alternate },
    })),
    queues: given.queues,
    bindings: bound(given).map(({ source, destination, toExchange, key, args: asked }) => ({
      source,
      destination,
      destination_type: toExchange ? 'exchange' : 'queue',
      routing_key: key,
      arguments: asked,
    })),
  });
}

/** The same, declared as a client would. */
function server(given: Defined): RoutingState {
  const state = newRouting('4.3');
  for (const { name: own, type, durable, auto_delete, internal, alternate } of given.exchanges) {
    const table091: HeaderTable = new Map(alternate === undefined ? [] : [['alternate-exchange', alternate]]);
    const spec = { name: own, type, isDurable: durable, isAutoDelete: auto_delete, isInternal: internal, args: table091 };
    expect(declareExchange(state, spec)).toBe(0);
  }
  for (const { name: own } of given.queues) addQueue(state, own);
  for (const { args: asked, ...rest } of bound(given)) {
    expect(bind(state, { ...rest, args: new Map(Object.entries(asked)) as HeaderTable })).toBe(0);
  }
  return state;
}

function imported(text: string): TopologyDocument {
  const result = importDefinitions(text);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.value.topology;
}
function parsed(document: TopologyDocument): ParsedTopology {
  const result = parseTopologyDocument(document);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.value;
}
function drawn({ nodes, wires }: ParsedTopology): DeclaredRouting {
  return declaredRouting(
    '4.3',
    nodes.filter(({ parent }) => parent !== undefined),
    wires,
  );
}

const MESSAGES: readonly RoutedMessage[] = ['', 'a', 'a.b', 'c.b', 'a.x.b'].flatMap((key) =>
  [
    null,
    new Map([['k', 1]]),
    new Map<string, string | null>([
      ['size', 'large'],
      ['x-v', null],
    ]),
  ].map((headers) => keyedMessage(key, headers)),
);

describe('a definitions file', () => {
  it('comes in, goes out and comes in again as the same drawing, on which messages go as on the server', () => {
    fc.assert(
      fc.property(defined, (given) => {
        const first = imported(fileOf(given));
        const exported = exportDefinitions(parsed(first));
        expect(exported.ok).toBe(true);
        const again = imported(exported.ok ? exported.value : '');
        expect(again).toEqual(first);

        const real = server(given);
        const { routing, refused } = drawn(parsed(first));
        expect(refused).toEqual([]);
        for (const { name: start } of given.exchanges) {
          for (const message of MESSAGES) expect(route(routing, start, message)).toEqual(route(real, start, message));
        }
      }),
      { numRuns: 200 },
    );
  });
});

// ------------------------------------------------------------------ the layout

const CARD = { width: 204, height: 96 };

describe('the parts of a broker', () => {
  it('lie beside one another inside it, and along the flow from left to right unless it goes in a circle', () => {
    const edges = fc.array(fc.tuple(fc.nat(19), fc.nat(19)), { maxLength: 40 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), edges, (count, pairs) => {
        const ids = Array.from({ length: count }, (_, i) => `n${i}`);
        const wires = pairs.map(([from, to]) => [`n${from % count}`, `n${to % count}`] as const);
        const { positions, size } = layParts(ids, wires);
        const all = ids.map((id) => positions.get(id) as { x: number; y: number });
        for (const [i, { x, y }] of all.entries()) {
          expect(x % 8 === 0 && y % 8 === 0 && x > 0 && y > 40).toBe(true);
          expect(x + CARD.width < size.width && y + CARD.height < size.height).toBe(true);
          for (const other of all.slice(i + 1)) {
            const isApart = Math.abs(x - other.x) >= CARD.width || Math.abs(y - other.y) >= CARD.height;
            expect(isApart).toBe(true);
          }
        }
        // Wires to later numbers alone make no circle.
        const onward = layParts(
          ids,
          wires.filter(([from, to]) => Number(from.slice(1)) < Number(to.slice(1))),
        );
        for (const [from, to] of wires) {
          if (Number(from.slice(1)) >= Number(to.slice(1))) continue;
          expect((onward.positions.get(from)?.x as number) < (onward.positions.get(to)?.x as number)).toBe(true);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('of which there are many make several columns, not one without end', () => {
    const ids = Array.from({ length: 401 }, (_, i) => `n${i}`);
    const { size } = layParts(
      ids,
      ids.slice(1).map((id) => ['n0', id] as const),
    );
    expect(size.height).toBeLessThan(22 * 136);
    expect(size.width).toBeLessThan(24 * 304);
  });
});
