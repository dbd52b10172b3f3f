import { describe, expect, test } from 'vitest';
import type { TopologyDocument, WireDocument } from '../../sim-engine/topology/document.ts';
import { wireLabels } from './wire-labels.ts';

const drawn = (type: string, ...wires: readonly Omit<WireDocument, 'id' | 'from' | 'to'>[]): TopologyDocument => ({
  format: 'broker-lab/topology',
  version: 1,
  nodes: [
    { id: 'broker', kind: 'rabbitmq' },
    { id: 'x', kind: 'rabbitmq-exchange', parent: 'broker', params: { type } },
    { id: 'q', kind: 'rabbitmq-queue', parent: 'broker' },
  ],
  wires: wires.map((wire, ix) => ({ ...wire, id: `w${ix}`, from: 'x', to: 'q' })),
});
const binding = (params: WireDocument['params']) => ({ kind: 'binding', ...(params && { params }) });
const labels = (type: string, ...all: Parameters<typeof binding>[0][]) => [
  ...wireLabels(drawn(type, ...all.map(binding))).values(),
];

describe('what is written on a binding', () => {
  test('is its key where the exchange looks at keys, also where that is empty', () => {
    expect(labels('topic', { routingKey: 'order.*' }, { routingKey: '#' })).toEqual(['order.*', '#']);
    expect(labels('direct', { routingKey: 'paid' }, {})).toEqual(['paid', 'empty key']);
  });

  test('is how many headers are asked for, whatever its key', () => {
    const three = { 'x-match': 'any', size: 'large', copies: 2, colour: null };
    expect(labels('headers', { arguments: three, routingKey: 'k' })).toEqual(['3 headers']);
    expect(labels('headers', { arguments: { size: 1 } }, {})).toEqual(['1 header', 'any headers']);
  });

  test('says that a fanout takes all, and what share of a ring it has', () => {
    expect(labels('fanout', { routingKey: 'k' })).toEqual(['all']);
    expect(labels('x-consistent-hash', { weight: 3 }, {})).toEqual(['weight 3', 'weight 1']);
  });
});

test('dead letters with a key of their own have it on their wire, others nothing', () => {
  const relation = (params?: WireDocument['params']) => ({ kind: 'rabbitmq-dead-letter', ...(params && { params }) });
  expect([...wireLabels(drawn('topic', relation({ routingKey: 'late' }), relation()))]).toEqual([['w0', 'late']]);
});
