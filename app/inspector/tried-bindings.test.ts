import { expect, test } from 'vitest';
import type { TopologyDocument } from '../../sim-engine/topology/document.ts';
import { bindingsOf } from './tried-bindings.ts';

const binding = (id: string, from: string, to: string, routingKey: string) => ({
  id,
  kind: 'binding',
  from,
  to,
  params: { routingKey },
});
const DRAWN: TopologyDocument = {
  format: 'broker-lab/topology',
  version: 1,
  nodes: [
    { id: 'rabbit', kind: 'rabbitmq' },
    { id: 'x', kind: 'rabbitmq-exchange', parent: 'rabbit', params: { type: 'topic' } },
    { id: 'y', kind: 'rabbitmq-exchange', parent: 'rabbit' },
    { id: 'q', kind: 'rabbitmq-queue', name: 'Emails', parent: 'rabbit' },
  ],
  wires: [binding('a', 'x', 'q', 'order.*'), binding('b', 'x', 'y', '#'), binding('c', 'y', 'q', 'k')],
};

test('the bindings of one exchange, those that take what is tried first, by what is written on them', () => {
  expect(bindingsOf(DRAWN, 'x', ['c', 'b'])).toEqual([
    { id: 'b', label: '#', to: 'y', isTaken: true },
    { id: 'a', label: 'order.*', to: 'Emails', isTaken: false },
  ]);
  expect(bindingsOf(DRAWN, 'q', [])).toEqual([]);
});
