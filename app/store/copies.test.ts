import { describe, expect, test } from 'vitest';
import type { TopologyDocument } from '../../sim-engine/topology/document.ts';
import { partOf, withCopies, withWiresOf } from './copies.ts';

const DRAWN: TopologyDocument = {
  format: 'broker-lab/topology',
  version: 1,
  name: 'whole',
  nodes: [
    { id: 'house', kind: 'house', position: { x: 500, y: 0 } },
    { id: 'room', kind: 'queue', parent: 'house', position: { x: 10, y: 20 } },
    { id: 'shop', kind: 'sender', position: { x: 0, y: 0 } },
    { id: 'orders', kind: 'queue', name: 'Orders', position: { x: 100, y: 0 } },
    { id: 'worker-3', kind: 'service', name: 'Worker 3', position: { x: 200, y: 0 }, params: { concurrency: 2 } },
    { id: 'dead', kind: 'dead-letter-queue', position: { x: 100, y: 200 } },
  ],
  wires: [
    { id: 'in', kind: 'publish', from: 'shop', to: 'orders' },
    { id: 'out', kind: 'deliver', from: 'orders', to: 'worker-3', params: { desk: 2 } },
    { id: 'up', kind: 'dead-letter', from: 'orders', to: 'dead' },
  ],
};
const place = () => ({ x: 7, y: 7 });

describe('a part of a drawing', () => {
  test('holds the nodes, what lies in them, and the wires between them alone', () => {
    const part = partOf(DRAWN, new Set(['house', 'orders', 'worker-3']));
    expect(part.nodes.map(({ id }) => id)).toEqual(['house', 'room', 'orders', 'worker-3']);
    expect(part.wires.map(({ id }) => id)).toEqual(['out']);
  });

  test('stands by itself where it was seen when its container stays behind, or still says what it lay in', () => {
    expect(partOf(DRAWN, new Set(['room'])).nodes).toEqual([{ id: 'room', kind: 'queue', position: { x: 510, y: 20 } }]);
    expect(partOf(DRAWN, new Set(['room']), true).nodes).toEqual([DRAWN.nodes[1]]);
  });
});

describe('copies', () => {
  test('of a part beside the original are called by their id; in a copy of their broker they keep what it calls them', () => {
    const named = DRAWN.nodes.map((node) => (node.id === 'room' ? { ...node, params: { name: 'jobs', ttl: '1s' } } : node));
    const drawn = { ...DRAWN, nodes: named };
    const paramsOf = (...ids: string[]) => {
      const copied = withCopies(drawn, partOf(drawn, new Set(ids), true), place);
      const added = copied.drawing as TopologyDocument;
      return added.nodes.filter(({ id, kind }) => copied.ids.includes(id) && kind === 'queue').map(({ params }) => params);
    };
    expect(paramsOf('room')).toEqual([{ ttl: '1s' }]);
    expect(paramsOf('house')).toEqual([{ name: 'jobs', ttl: '1s' }]);
  });

  test('have ids and names of their own and keep their settings, their wires and their containers', () => {
    const { drawing, ids } = withCopies(DRAWN, partOf(DRAWN, new Set(['house', 'orders', 'worker-3'])), place);
    expect(ids).toEqual(['house-2', 'room-2', 'orders-2', 'worker']);
    const { nodes, wires } = drawing as TopologyDocument;
    expect(nodes.slice(-4)).toEqual([
      { id: 'house-2', kind: 'house', position: place() },
      { id: 'room-2', kind: 'queue', parent: 'house-2', position: { x: 10, y: 20 } },
      { id: 'orders-2', kind: 'queue', name: 'Orders 2', position: place() },
      { id: 'worker', kind: 'service', name: 'Worker 4', params: { concurrency: 2 }, position: place() },
    ]);
    expect(wires.slice(3)).toEqual([
      { id: 'orders-2-worker', kind: 'deliver', from: 'orders-2', to: 'worker', params: { desk: 2 } },
    ]);
  });

  test('of a worker read from the same queue, with the same wire', () => {
    const copied = withCopies(DRAWN, partOf(DRAWN, new Set(['worker-3'])), place);
    const { wires } = withWiresOf(copied.drawing, ['worker-3'], copied.ids) as TopologyDocument;
    expect(wires.at(-1)).toEqual({ id: 'orders-worker', kind: 'deliver', from: 'orders', to: 'worker', params: { desk: 2 } });
  });

  test('of a dead-letter queue get no wire where the port has no room', () => {
    const copied = withCopies(DRAWN, partOf(DRAWN, new Set(['dead'])), place);
    expect((withWiresOf(copied.drawing, ['dead'], copied.ids) as TopologyDocument).wires).toHaveLength(3);
  });

  test('of copies never meet an id that is taken, however long it is', () => {
    const long = 'a'.repeat(40);
    let drawing = { ...DRAWN, nodes: [{ id: long, kind: 'sender' }], wires: [] };
    for (let copy = 0; copy < 12; copy++) {
      drawing = withCopies(drawing, partOf(drawing, new Set([long])), place).drawing as typeof drawing;
    }
    const ids = drawing.nodes.map(({ id }) => id);
    expect(new Set(ids).size).toBe(13);
    for (const id of ids) expect(id).toMatch(/^[a-z0-9-]{1,40}$/);
  });
});
