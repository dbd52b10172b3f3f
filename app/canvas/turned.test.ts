import { describe, expect, it } from 'vitest';
import { turned } from './turned.ts';

const node = (id: string, x: number, y: number) => ({ id, kind: 'service', position: { x, y } });
const SIZE = { width: 112, height: 60 };
const at = (nodes: Parameters<typeof turned>[0]) => turned(nodes, () => SIZE, 374);

describe('a drawing on a narrow screen', () => {
  it('makes a row of every column, from the first to the last', () => {
    const positions = at([node('w1', 600, 0), node('queue', 300, 10), node('w2', 610, 200), node('web', 0, 0)]);
    expect(positions.get('web')?.y).toBe(0);
    expect(positions.get('queue')?.y).toBeGreaterThan(0);
    expect(positions.get('w1')?.y).toBe(positions.get('w2')?.y);
    expect(positions.get('w1')?.x).toBeLessThan(positions.get('w2')?.x as number);
  });

  it('breaks a column that is too long into several rows, none wider than the screen', () => {
    const positions = at(['a', 'b', 'c', 'd'].map((id, ix) => node(id, 0, ix)));
    expect(positions.get('d')?.y).toBeGreaterThan(positions.get('c')?.y as number);
    for (const { x } of positions.values()) {
      expect(x).toBeGreaterThanOrEqual(0);
      expect(x + SIZE.width).toBeLessThanOrEqual(374);
    }
  });
});
