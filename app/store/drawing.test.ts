// Names for people where the engine knows ids.

import { describe, expect, test } from 'vitest';
import type { TopologyDocument } from '../../sim-engine/topology/document.ts';
import { nameOf, namesIn } from './drawing.ts';

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
