// Names for people where the engine knows ids, and wires between what fits together.

import { describe, expect, test } from 'vitest';
import type { TopologyDocument } from '../../sim-engine/topology/document.ts';
import { connect, nameOf, namesIn, topologyOf, wireTargets } from './drawing.ts';

const DRAWING: TopologyDocument = {
  format: 'broker-lab/topology',
  version: 1,
  nodes: [
    { id: 'worker-1', kind: 'service', name: 'Processing' },
    { id: 'orders', kind: 'queue' },
  ],
  wires: [{ id: 'w', kind: 'deliver', from: 'orders', to: 'worker-1' }],
};

describe('a thing is called', () => {
  test.each([
    ['worker-1', 'Processing', 'by its name'],
    ['orders', 'orders', 'by its id where it has no name'],
    ['w', 'orders → Processing', 'by its ends if it is a wire'],
    ['gone', 'gone', 'by its id when it is drawn no longer'],
  ])('%s: %s, %s', (id, name) => {
    expect(nameOf(DRAWING, id)).toBe(name);
  });
});

test('a name of blanks alone is none: the id stands for it', () => {
  const blank: TopologyDocument = {
    format: 'broker-lab/topology',
    version: 1,
    nodes: [{ id: 'orders', kind: 'queue', name: '  ' }],
    wires: [],
  };
  expect(nameOf(blank, 'orders')).toBe('orders');
});

describe('a notice', () => {
  test('speaks of nodes and wires by name, and keeps its other values', () => {
    expect(namesIn(DRAWING, { node: 'worker-1', factor: 3 })).toEqual({ node: 'Processing', factor: 3 });
    expect(namesIn(DRAWING, { node: 'w' })).toEqual({ node: 'orders → Processing' });
    expect(namesIn(DRAWING, { nodes: 'orders, worker-1', limit: 9 })).toEqual({ nodes: 'orders, Processing', limit: 9 });
    expect(namesIn(DRAWING, { command: 'crash' })).toEqual({ command: 'crash' });
  });

  test('keeps ids before anything is drawn', () => {
    expect(namesIn(null, { node: 'worker-1' })).toEqual({ node: 'worker-1' });
  });
});

describe('a wire', () => {
  const dead = { id: 'dead', kind: 'dead-letter-queue' };
  const shop = { id: 'shop', kind: 'sender' };
  const drawing: TopologyDocument = { ...DRAWING, nodes: [...DRAWING.nodes, dead, shop] };

  test('is of the kind that the two ends ask for, with an id of its own', () => {
    expect(topologyOf(connect(drawing, 'shop', 'orders')).wires.at(-1)).toEqual({
      id: 'shop-orders',
      kind: 'publish',
      from: 'shop',
      to: 'orders',
    });
  });

  test('that makes no sense leaves the drawing as it is', () => {
    expect(connect(drawing, 'orders', 'shop')).toBe(drawing);
    expect(connect(drawing, 'orders', 'orders')).toBe(drawing);
    expect(connect(drawing, 'orders', 'nowhere')).toBe(drawing);
  });

  test('can lead to every fitting node but those that one leads to already', () => {
    expect(wireTargets(drawing, 'orders').map(({ id }) => id)).toEqual(['dead']);
    expect(wireTargets(drawing, 'shop').map(({ id }) => id)).toEqual(['orders', 'worker-1']);
    expect(wireTargets(drawing, 'dead')).toEqual([]);
  });
});
