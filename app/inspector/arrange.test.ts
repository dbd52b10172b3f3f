import { expect, it } from 'vitest';
import { nodeKind, wireKind } from '../../sim-engine/nodes/declarations.ts';
import type { NodeDocument, TopologyDocument, WireDocument } from '../../sim-engine/topology/document.ts';
import { fieldGroups, gaugeGroups, isAsked } from './arrange.ts';

const worker = (params: NodeDocument['params'] = {}): NodeDocument => ({ id: 'worker', kind: 'service', params });
const drawing = (...wires: WireDocument[]): TopologyDocument => ({
  format: 'broker-lab/topology',
  version: 1,
  nodes: [],
  wires,
});
const headings = (node: NodeDocument, topology: TopologyDocument) =>
  gaugeGroups(node, nodeKind('service')?.gauges ?? [], topology).map(({ heading }) => heading);

const READS: WireDocument = { id: 'in', kind: 'deliver', from: 'orders', to: 'worker' };
const ASKS: WireDocument = { id: 'ask', kind: 'call', from: 'worker', to: 'prices' };
const ASKED: WireDocument = { id: 'asked', kind: 'call', from: 'other', to: 'worker' };

it('of a plain worker only what it does is told', () => {
  const groups = gaugeGroups(worker(), nodeKind('service')?.gauges ?? [], drawing(READS));
  expect(groups).toHaveLength(1);
  const names = groups[0]?.items.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(['busy', 'desk', 'processed', 'failed']));
  expect(names).not.toEqual(expect.arrayContaining(['breaker']));
  expect(names?.length).toBeLessThan(9);
});

it('calls, their guard, callers and memory are told of whoever has them', () => {
  expect(headings(worker(), drawing(ASKS))).toEqual([null, 'group.asks']);
  expect(headings(worker(), drawing({ ...ASKS, params: { breaker: 'polly' } }))).toEqual([null, 'group.asks', 'group.guard']);
  expect(headings(worker(), drawing(ASKED))).toEqual([null, 'group.answers']);
  expect(headings(worker({ steps: ['receive', 'remember', 'work'] }), drawing(READS))).toEqual([null, 'group.memory']);
  expect(headings(worker({ steps: ['receive', { do: 'charge', once: true }] }), drawing(READS))).toEqual([null, 'group.memory']);
  expect(headings(worker({ steps: ['receive', { do: 'charge', once: false }] }), drawing(READS))).toEqual([null]);
});

it('every field that is grouped is declared, and none is left out', () => {
  for (const kind of ['service', 'call']) {
    const fields = Object.entries((nodeKind(kind) ?? wireKind(kind))?.fields ?? {});
    const grouped = fieldGroups(kind, fields).flatMap(({ items }) => items.map(([name]) => name));
    expect([...grouped].sort()).toEqual(fields.map(([name]) => name).sort());
  }
});

it('what no group names stands by itself, and kinds without groups stay as declared', () => {
  const fields = Object.entries(nodeKind('service')?.fields ?? {});
  expect(fieldGroups('service', fields).at(-1)).toMatchObject({ heading: 'group.other' });
  const queue = Object.entries(nodeKind('queue')?.fields ?? {});
  expect(fieldGroups('queue', queue)).toEqual([{ heading: null, items: queue }]);
});

it('a binding is asked for what its exchange looks at, and for what somebody has set', () => {
  const asked = (type: string, params: WireDocument['params'] = {}) => {
    const binding: WireDocument = { id: 'b', kind: 'binding', from: 'x', to: 'q', params };
    const drawn = { ...drawing(binding), nodes: [{ id: 'x', kind: 'rabbitmq-exchange', params: { type } }] };
    return Object.keys(wireKind('binding')?.fields ?? {}).filter((field) => isAsked(binding, field, drawn));
  };
  expect(asked('topic')).toEqual(['routingKey']);
  expect(asked('headers')).toEqual(['arguments']);
  expect(asked('x-consistent-hash')).toEqual(['weight']);
  expect(asked('fanout')).toEqual([]);
  expect(asked('fanout', { routingKey: 'k' })).toEqual(['routingKey']);
  expect(fieldGroups('binding', [])).toEqual([]);
  expect(isAsked(ASKS, 'timeout', drawing(ASKS))).toBe(true);
});
