// The outline's tree: what is seen, and where keys lead, as the pattern for trees of the ARIA practices asks.

import { describe, expect, test } from 'vitest';
import type { TopologyDocument } from '../../sim-engine/topology/document.ts';
import { keyOfNode, rowsOf, stepFrom } from './rows.ts';

const DRAWN: TopologyDocument = {
  format: 'broker-lab/topology',
  version: 1,
  nodes: [
    { id: 'web', kind: 'sender', name: 'Web shop' },
    { id: 'house', kind: 'topic' },
    { id: 'orders', kind: 'queue', name: 'Orders', parent: 'house' },
    { id: 'worker', kind: 'service', name: 'Worker' },
  ],
  wires: [
    { id: 'in', kind: 'publish', from: 'web', to: 'orders' },
    { id: 'out', kind: 'deliver', from: 'orders', to: 'worker' },
  ],
};
const rows = (...open: string[]) => rowsOf(DRAWN, new Set(open.map(keyOfNode)));
const labels = (...open: string[]) => rows(...open).map(({ label, level }) => `${'  '.repeat(level - 1)}${label}`);

describe('the tree', () => {
  test('is the nodes alone while nothing is expanded', () => {
    expect(labels()).toEqual(['Web shop', 'house', 'Worker']);
  });

  test('holds the parts of a container within it', () => {
    expect(labels('house').slice(0, 3)).toEqual(['Web shop', 'house', '  Orders']);
    expect(labels('house').at(-1)).toBe('Worker');
  });

  test('holds the knobs, the counts and the wires of a node, in this order', () => {
    const kinds = rows('web').map(({ kind }) => kind);
    expect(kinds.join(' ')).toMatch(/^node( knob)+( count)+( wire)+ node node$/);
    expect(labels('web')).toContain('  Send rate');
    expect(labels('web')).toContain('  to Orders');
    expect(labels('house', 'orders')).toContain('    from Web shop');
    expect(labels('house', 'orders')).toContain('    to Worker');
  });

  test('counts each row among those of its parent', () => {
    for (const row of rows('web', 'house', 'orders', 'worker')) {
      const beside = rows('web', 'house', 'orders', 'worker').filter(({ parent }) => parent === row.parent);
      expect(row.siblings).toBe(beside.length);
      expect(beside[row.position - 1]?.key).toBe(row.key);
    }
  });

  test('has every row once', () => {
    const keys = rows('web', 'house', 'orders', 'worker').map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
  });
});

describe('a key', () => {
  const step = (at: string, pressed: string, ...open: string[]) => stepFrom(rows(...open), at, pressed);

  test.each([
    ['ArrowDown', 'node web', { to: 'node house' }],
    ['ArrowUp', 'node web', null],
    ['ArrowDown', 'node worker', null],
    ['Home', 'node worker', { to: 'node web' }],
    ['End', 'node web', { to: 'node worker' }],
    ['ArrowRight', 'node house', { expand: 'node house' }],
    ['ArrowLeft', 'node house', null],
    ['w', 'node web', { to: 'node worker' }],
    ['W', 'node worker', { to: 'node web' }],
    ['x', 'node web', null],
    ['F2', 'node web', null],
    ['*', 'node web', { expandAll: ['node web', 'node house', 'node worker'] }],
  ])('%s on %s of the closed tree', (pressed, at, expected) => {
    expect(step(at, pressed)).toEqual(expected);
  });

  test('goes into what is expanded, and out of it again', () => {
    expect(step('node house', 'ArrowRight', 'house')).toEqual({ to: 'node orders' });
    expect(step('node orders', 'ArrowLeft', 'house')).toEqual({ to: 'node house' });
    expect(step('node house', 'ArrowLeft', 'house')).toEqual({ collapse: 'node house' });
    expect(step('wire web in', 'ArrowRight', 'web')).toBeNull();
    expect(step('wire web in', 'ArrowLeft', 'web')).toEqual({ to: 'node web' });
  });

  test('leads nowhere from a row that is gone', () => {
    expect(step('node gone', 'ArrowDown')).toBeNull();
  });
});
