// Replicas as places: those that work are filled and come first; however many there are, they stay on the card.

import { describe, expect, it } from 'vitest';
import type { Places } from '../store/readings.ts';
import type { Painter } from './node-view.ts';
import { paintReplicas } from './replicas.ts';

function painted(wanted: number, working: number) {
  const bars: { x: number; width: number; share: number }[] = [];
  let dots = 0;
  const painter: Painter = {
    mark() {},
    dot() {
      dots++;
    },
    bar(x, _y, width, _height, share) {
      bars.push({ x, width, share });
    },
    word() {},
  };
  const places = { gauge: (_node: string, name: string) => (name === 'wanted_replicas' ? 0 : 1) } as unknown as Places;
  paintReplicas(painter, 'keda', Float64Array.of(wanted, working), places);
  return { bars, dots };
}

describe('the replicas on the card of an autoscaler', () => {
  it('are as many places as are wanted, filled where one works', () => {
    expect(painted(5, 2).bars.map(({ share }) => share)).toEqual([1, 1, 0, 0, 0]);
  });

  it('stay beside each other on the card, a hundred as well as two', () => {
    for (const wanted of [1, 2, 10, 11, 24, 100]) {
      const { bars } = painted(wanted, 1);
      expect(bars).toHaveLength(Math.min(24, wanted));
      for (const [ix, { x, width }] of bars.entries()) {
        expect(width).toBeGreaterThan(3);
        expect(x + width).toBeLessThanOrEqual(166.5);
        if (ix > 0) expect(x).toBeGreaterThanOrEqual((bars[ix - 1]?.x ?? 0) + (bars[ix - 1]?.width ?? 0) + 2);
      }
    }
  });

  it('are one empty point when there are none', () => {
    expect(painted(0, 0)).toEqual({ bars: [], dots: 1 });
  });
});
