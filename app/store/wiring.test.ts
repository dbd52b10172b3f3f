import { describe, expect, test } from 'vitest';
import { NODE_KINDS } from '../../sim-engine/nodes/declarations.ts';
import type { NodeDocument, TopologyDocument } from '../../sim-engine/topology/document.ts';
import { validateTopology } from '../../sim-engine/topology/parse.ts';
import { connect, topologyOf } from './drawing.ts';
import { portsBetween, whyNoWire } from './wiring.ts';

const topology = (wires: TopologyDocument['wires'] = []): TopologyDocument => ({
  format: 'broker-lab/topology',
  version: 1,
  nodes: NODE_KINDS.flatMap(({ isPart, type }) => {
    // A part lies in the first container that takes it.
    const home = isPart ? NODE_KINDS.find(({ accepts }) => accepts?.includes(type))?.type : undefined;
    const inside = home === undefined ? {} : { parent: home };
    return [
      { id: type, kind: type, name: `My ${type}`, ...inside },
      { id: `${type}-2`, kind: type, ...inside },
    ];
  }),
  wires,
});

describe('a wire that cannot be', () => {
  test.each([
    [
      'sender',
      'dead-letter-queue',
      'A wire cannot lead from sender straight to dead-letter queue. Put one of these between them: queue.',
    ],
    ['queue', 'sender', 'Messages flow from sender to queue, not the other way. Draw the wire the other way round.'],
    [
      'dead-letter-queue',
      'queue',
      /^(Nothing leads on by a wire from dead-letter queue\.|Messages flow from queue to dead-letter queue)/,
    ],
    ['sender', 'sender', 'My sender cannot be wired to itself.'],
    ['sender', 'nobody', 'One of the two is no longer drawn.'],
  ])('from %s to %s is refused in words', (from, to, words) => {
    expect(whyNoWire(topology(), from, to)).toMatch(words);
  });

  test('because it is there, because the port is full, because it closes a circle', () => {
    const drawn = topology([
      { id: 'a', kind: 'publish', from: 'sender', to: 'queue' },
      { id: 'b', kind: 'dead-letter', from: 'queue', to: 'dead-letter-queue' },
      { id: 'c', kind: 'deliver', from: 'queue', to: 'service' },
    ]);
    expect(whyNoWire(drawn, 'sender', 'queue')).toBe('A wire leads from My sender to My queue already.');
    expect(whyNoWire(drawn, 'queue', 'dead-letter-queue-2')).toContain('My queue takes no more wires of this sort');
    expect(whyNoWire(drawn, 'service', 'queue')).toContain('circle');
    expect(whyNoWire(drawn, 'service', 'queue-2')).toBeNull();
    // Also the long way round, but not along relations, which carry nothing.
    const long = topology([
      ...drawn.wires,
      { id: 'd', kind: 'publish', from: 'service', to: 'topic' },
      { id: 'e', kind: 'subscribe', from: 'topic', to: 'service-2' },
    ]);
    expect(whyNoWire(long, 'service-2', 'queue')).toContain('circle');
    expect(whyNoWire(long, 'service-2', 'queue-2')).toBeNull();
  });

  test('is never one that the engine would take, and the other way round', () => {
    const empty = topology();
    for (const { id: from } of empty.nodes) {
      for (const { id: to } of empty.nodes) {
        const drawn = topologyOf(connect(empty, from, to));
        const isDrawn = drawn.wires.length === 1;
        expect(isDrawn, `${from} to ${to}`).toBe(whyNoWire(empty, from, to) === null);
        if (isDrawn) expect(validateTopology(drawn), `${from} to ${to}`).toEqual([]);
      }
    }
  });
});

test('a wire begins with what works at its port, and otherwise with the defaults', () => {
  const drawn = topologyOf(connect(connect(topology(), 'rabbitmq-replies', 'service'), 'rabbitmq-queue', 'service'));
  expect(drawn.wires.map(({ kind, params }) => [kind, params])).toEqual([
    ['rabbitmq-consume', { acknowledge: 'automatic' }],
    ['rabbitmq-consume', undefined],
  ]);
  expect(validateTopology(drawn)).toEqual([]);
});

describe('inside a RabbitMQ broker', () => {
  const part = (id: string, kind: string, parent = 'rabbit') => ({ id, kind, parent });
  const drawn: TopologyDocument = {
    format: 'broker-lab/topology',
    version: 1,
    nodes: [
      { id: 'rabbit', kind: 'rabbitmq' },
      { id: 'other', kind: 'rabbitmq' },
      part('x', 'rabbitmq-exchange'),
      part('y', 'rabbitmq-exchange'),
      part('q', 'rabbitmq-queue'),
      part('far', 'rabbitmq-queue', 'other'),
    ],
    wires: [],
  };

  test('any number of bindings join the same two, each a wire of its own', () => {
    const twice = topologyOf(connect(connect(drawn, 'x', 'q'), 'x', 'q'));
    expect(twice.wires.map(({ kind }) => kind)).toEqual(['binding', 'binding']);
    expect(validateTopology(twice)).toEqual([]);
  });

  test('the port decides between a binding and the way to the alternate exchange', () => {
    const kinds = (port?: string) => topologyOf(connect(drawn, 'x', 'y', port)).wires.map(({ kind }) => kind);
    expect(kinds()).toEqual(['binding']);
    expect(kinds('bindings')).toEqual(['binding']);
    expect(kinds('alternate')).toEqual(['alternate']);
    const [x, y] = [drawn.nodes[2], drawn.nodes[3]] as [NodeDocument, NodeDocument];
    expect(portsBetween(x, y).map(({ port }) => port)).toEqual(['bindings', 'alternate']);
    const full = topologyOf(connect(drawn, 'x', 'y', 'alternate'));
    expect(whyNoWire(full, 'x', 'y', 'alternate')).toContain('takes no more wires');
    expect(whyNoWire(full, 'x', 'y', 'bindings')).toBeNull();
  });

  test('no binding leads out of it', () => {
    expect(whyNoWire(drawn, 'x', 'far')).toBe('x and far lie in different brokers, and such a wire stays within one.');
  });
});
