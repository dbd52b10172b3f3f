import { describe, expect, test } from 'vitest';
import type { TopologyDocument } from '../../sim-engine/topology/document.ts';
import { laidOut } from './lay-out.ts';

const SIZE = { width: 178, height: 104 };
const node = (id: string, kind: string, y = 0) => ({ id, kind, position: { x: 0, y } });
const DRAWN: TopologyDocument = {
  format: 'broker-lab/topology',
  version: 1,
  nodes: [
    node('w-1', 'service', 0),
    node('w-2', 'service', 200),
    node('w-3', 'service', 400),
    node('dead', 'dead-letter-queue'),
    node('orders', 'queue'),
    node('shop', 'sender'),
    node('alone', 'sender'),
  ],
  wires: [
    { id: 'a', kind: 'publish', from: 'shop', to: 'orders' },
    ...['w-2', 'w-3', 'w-1'].map((to) => ({ id: to, kind: 'deliver', from: 'orders', to })),
    { id: 'b', kind: 'dead-letter', from: 'orders', to: 'dead' },
  ],
};

describe('a drawing that is laid out', () => {
  const places = laidOut(DRAWN, () => SIZE);
  const at = (id: string) => places.get(id) as { x: number; y: number };

  test('runs from left to right, equals below each other in their order, dead letters below their queue', () => {
    expect(at('shop').x + SIZE.width).toBeLessThan(at('orders').x);
    expect(at('orders').x + SIZE.width).toBeLessThan(at('w-1').x);
    expect(new Set(['w-1', 'w-2', 'w-3'].map((id) => at(id).x)).size).toBe(1);
    expect(at('w-1').y).toBeLessThan(at('w-2').y);
    expect(at('w-2').y).toBeLessThan(at('w-3').y);
    expect(at('dead')).toEqual({ x: at('orders').x, y: at('orders').y + SIZE.height + 32 });
  });

  test('has a place on the grid for every card, and no two that touch', () => {
    expect(places.size).toBe(DRAWN.nodes.length);
    const all = [...places.values()];
    for (const [ix, a] of all.entries()) {
      expect([a.x % 8, a.y % 8].map(Math.abs)).toEqual([0, 0]);
      for (const b of all.slice(ix + 1)) {
        const touch = Math.abs(a.x - b.x) < SIZE.width && Math.abs(a.y - b.y) < SIZE.height;
        expect(touch).toBe(false);
      }
    }
  });

  test('stands in several columns when it is made of many parts, so that the whole can be seen at once', () => {
    const names = Array.from({ length: 12 }, (_, ix) => `p${ix}`);
    const many: TopologyDocument = {
      ...DRAWN,
      nodes: names.flatMap((name) => [node(`${name}-s`, 'sender'), node(`${name}-q`, 'queue')]),
      wires: names.map((name) => ({ id: name, kind: 'publish', from: `${name}-s`, to: `${name}-q` })),
    };
    const all = [...laidOut(many, () => SIZE).values()];
    const width = Math.max(...all.map(({ x }) => x)) + SIZE.width;
    const height = Math.max(...all.map(({ y }) => y)) + SIZE.height;
    expect(width / height).toBeGreaterThan(1);
    expect(width / height).toBeLessThan(3);
    for (const [ix, a] of all.entries()) {
      for (const b of all.slice(ix + 1))
        expect(Math.abs(a.x - b.x) < SIZE.width && Math.abs(a.y - b.y) < SIZE.height).toBe(false);
    }
  });

  test('keeps parts in their container, also where containers lie in a circle', () => {
    const parts: TopologyDocument = {
      ...DRAWN,
      nodes: [node('house', 'house'), { ...node('room', 'queue'), parent: 'house' }, node('shop', 'sender')],
      wires: [{ id: 'a', kind: 'publish', from: 'shop', to: 'room' }],
    };
    const inside = laidOut(parts, () => SIZE);
    expect([...inside.keys()].sort()).toEqual(['house', 'shop']);
    expect((inside.get('shop') as { x: number }).x).toBeLessThan((inside.get('house') as { x: number }).x);
    const round = { ...parts, nodes: parts.nodes.map((each) => (each.id === 'house' ? { ...each, parent: 'room' } : each)) };
    expect(() => laidOut(round, () => SIZE)).not.toThrow();
  });
});
