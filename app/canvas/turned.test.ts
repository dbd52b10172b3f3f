import { describe, expect, it } from 'vitest';
import { turned } from './turned.ts';

const node = (id: string, x: number, y: number) => ({ id, kind: 'service', position: { x, y } });
const SIZE = { width: 112, height: 60 };
const at = (nodes: Parameters<typeof turned>[0]) => turned(nodes, () => SIZE, { width: 374, height: 380 });

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

  it('makes rows wider than the screen where the whole is shown larger that way', () => {
    // Six columns of four: with rows of three it would be twelve rows long.
    const nodes = [0, 1, 2, 3, 4, 5].flatMap((column) =>
      ['a', 'b', 'c', 'd'].map((id, ix) => node(`${id}${column}`, column * 300, ix)),
    );
    const positions = at(nodes);
    expect(positions.get('d0')?.y).toBe(positions.get('a0')?.y);
    expect(new Set([...positions.values()].map(({ y }) => y)).size).toBe(6);
  });

  it('is empty where nothing is drawn', () => {
    expect(at([]).size).toBe(0);
  });
});
