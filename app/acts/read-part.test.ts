import { describe, expect, test } from 'vitest';
import type { TopologyDocument } from '../../sim-engine/topology/document.ts';
import { validateTopology } from '../../sim-engine/topology/parse.ts';
import { partOf, withCopies } from '../store/copies.ts';
import { topologyOf } from '../store/drawing.ts';
import { placeOf, readPart, withRoomFor } from './read-part.ts';

const inside = (id: string, kind: string, parent: string, x: number) => ({ id, kind, parent, position: { x, y: 48 } });
const DRAWN: TopologyDocument = {
  format: 'broker-lab/topology',
  version: 1,
  nodes: [
    { id: 'rabbit', kind: 'rabbitmq', position: { x: 200, y: 0 }, size: { width: 600, height: 240 } },
    { id: 'other', kind: 'rabbitmq', position: { x: 900, y: 0 }, size: { width: 600, height: 240 } },
    inside('events', 'rabbitmq-exchange', 'rabbit', 24),
    inside('orders', 'rabbitmq-queue', 'rabbit', 320),
    inside('away', 'rabbitmq-queue', 'other', 320),
  ],
  wires: [{ id: 'key', kind: 'binding', from: 'events', to: 'orders', params: { routingKey: 'order.#' } }],
};

/** What is drawn after these were copied from it and pasted into it once. */
function pasted(...ids: readonly string[]): TopologyDocument {
  const part = readPart(JSON.stringify(partOf(DRAWN, new Set(ids))), DRAWN);
  if (!part.ok) throw new Error(part.problems[0]?.code);
  const copied = withCopies(DRAWN, part.value, (node) => placeOf(DRAWN, node, 32));
  return topologyOf(withRoomFor(copied.drawing, copied.ids));
}

describe('parts that are copied without their broker', () => {
  test('are pasted into the broker they were taken from, with the wires between them', () => {
    const { nodes, wires } = pasted('events', 'orders');
    expect(nodes.slice(-2).map(({ id, parent, position }) => [id, parent, position])).toEqual([
      ['events-2', 'rabbit', { x: 56, y: 80 }],
      ['orders-2', 'rabbit', { x: 352, y: 80 }],
    ]);
    expect(wires.at(-1)).toMatchObject({ kind: 'binding', from: 'events-2', to: 'orders-2', params: { routingKey: 'order.#' } });
    expect(validateTopology({ ...DRAWN, nodes, wires })).toEqual([]);
    expect(pasted('away').nodes.at(-1)).toMatchObject({ id: 'away-2', parent: 'other' });
  });

  test('come into another that takes them, and are refused where none is drawn', () => {
    const text = JSON.stringify(partOf(DRAWN, new Set(['away'])));
    const only = readPart(text, { ...DRAWN, nodes: DRAWN.nodes.slice(0, 1), wires: [] });
    expect(only).toMatchObject({ ok: true, value: { nodes: [{ id: 'away', parent: 'rabbit' }] } });
    expect(readPart(text, { ...DRAWN, nodes: [], wires: [] })).toMatchObject({
      ok: false,
      problems: [{ code: 'parent-needed' }],
    });
  });
});
