// Circles are found exactly where there are any: the fast walk against a plain slow twin.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SketchedWire } from './connect.ts';
import { findCircles } from './flow.ts';

const names = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
const graphs = fc
  .array(fc.tuple(names, names), { maxLength: 14 })
  .map((pairs) =>
    pairs.map(
      ([from, to], i): SketchedWire => ({ id: `w${i}`, kind: 'publish', from, to, place: { parent: undefined, key: i } }),
    ),
  );

/** Reachability by squaring the relation until nothing is added: a node that reaches itself lies on a circle. */
function hasCircle(wires: readonly SketchedWire[]): boolean {
  const reaches = new Set(wires.map((wire) => wire.from + wire.to));
  for (let before = -1; before !== reaches.size; ) {
    before = reaches.size;
    for (const one of [...reaches]) for (const two of [...reaches]) if (one[1] === two[0]) reaches.add(`${one[0]}${two[1]}`);
  }
  return [...reaches].some((pair) => pair[0] === pair[1]);
}

describe('findCircles', () => {
  it('finds one exactly if there is one', () => {
    fc.assert(
      fc.property(graphs, (wires) => {
        expect(findCircles(wires, 5).length > 0).toBe(hasCircle(wires));
      }),
      { numRuns: 500 },
    );
  });

  it('gives each as a closed way along wires, and the wire that closes it', () => {
    fc.assert(
      fc.property(graphs, (wires) => {
        for (const { nodes, closedBy } of findCircles(wires, 100)) {
          expect(nodes.length).toBeGreaterThan(1);
          expect(nodes.at(-1)).toBe(nodes[0]);
          expect([closedBy.from, closedBy.to]).toEqual([nodes.at(-2), nodes[0]]);
          for (const [i, from] of nodes.slice(0, -1).entries()) {
            expect(wires.some((wire) => wire.from === from && wire.to === nodes[i + 1])).toBe(true);
          }
        }
      }),
    );
  });

  it('gives no more than was asked for', () => {
    fc.assert(
      fc.property(graphs, fc.integer({ min: 1, max: 3 }), (wires, most) => {
        expect(findCircles(wires, most).length).toBeLessThanOrEqual(most);
      }),
    );
  });

  it('walks a chain of many thousand nodes without a deep stack', () => {
    const wires = Array.from({ length: 50_000 }, (_, i) => ({
      id: `w${i}`,
      kind: 'publish',
      from: `n${i}`,
      to: `n${(i + 1) % 50_000}`,
      place: { parent: undefined, key: i },
    }));
    expect(findCircles(wires.slice(0, -1), 5)).toEqual([]);
    expect(findCircles(wires, 5)[0]?.nodes).toHaveLength(50_001);
  });
});
