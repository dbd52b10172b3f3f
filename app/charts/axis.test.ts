import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { axisText, LABEL_GAP, labelEdge, nextHeight, niceCeiling, pushedApart, rulerStep, rulerText, windowOf } from './axis.ts';

describe('axes', () => {
  it('end at 1, 2 or 5 times a power of ten', () => {
    expect([0, 0.03, 0.9, 1, 1.1, 4, 41, 200, 230].map(niceCeiling)).toEqual([1, 0.05, 1, 1, 2, 5, 50, 200, 500]);
  });

  it('rise at once and fall only when most of the lane would be empty', () => {
    expect(nextHeight(10, 30, 1)).toBe(50);
    expect(nextHeight(50, 20, 1)).toBe(50);
    expect(nextHeight(50, 9, 1)).toBe(10);
    expect(nextHeight(50, 0, 5)).toBe(5);
  });

  it('show about a minute of watching at any speed', () => {
    expect([1, 2, 0.1, 100, 0.001].map((speed) => windowOf(speed) / 1e9)).toEqual([60, 120, 10, 7200, 0.1]);
  });

  it('have between three and ten lines in every window', () => {
    for (const speed of [0.001, 0.002, 0.005, 0.01, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 1000]) {
      const lines = windowOf(speed) / rulerStep(windowOf(speed));
      expect(lines).toBeGreaterThanOrEqual(3);
      expect(lines).toBeLessThanOrEqual(10);
    }
  });

  it('write moments as minutes and seconds, with decimals only where the step needs them', () => {
    expect(rulerText(100e9, 10e9)).toBe('1:40');
    expect(rulerText(5e9, 1e9)).toBe('0:05');
    expect(rulerText(3725e9, 5e9)).toBe('1:02:05');
    expect(rulerText(1.5e9, 0.5e9)).toBe('0:01.5');
    expect(rulerText(0.02e9, 0.02e9)).toBe('0:00.02');
  });

  it('never let two labels touch while there is room for all', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -20, max: 70, noNaN: true }), { minLength: 1, maxLength: 3 }), (wanted) => {
        const places = pushedApart(wanted, 13, 8, 46).sort((a, b) => a - b);
        for (let ix = 1; ix < places.length; ix++) {
          expect((places[ix] as number) - (places[ix - 1] as number)).toBeGreaterThanOrEqual(13 - 1e-9);
        }
        expect(places[0]).toBeGreaterThanOrEqual(8 - 1e-9);
        expect(places.at(-1)).toBeLessThanOrEqual(46 + 1e-9);
      }),
    );
  });
});

describe('labels at the ends of lines', () => {
  it('keep further from those of the lane above than from each other, and three have room in a low lane', () => {
    for (const height of [42, 50, 84]) {
      const edge = labelEdge(height);
      expect(2 * edge).toBeGreaterThan(LABEL_GAP + 2);
      const crowded = pushedApart([0, 0, 0], LABEL_GAP, edge, height - edge);
      expect(Math.min(...crowded)).toBe(edge);
      expect(Math.max(...crowded)).toBeLessThanOrEqual(height - edge);
    }
  });
});

describe('a figure on the axis of a narrow screen', () => {
  it.each([
    [20_000, '20,000', '20,000'],
    [200_000, '200,000', '200 k'],
    [1_000_000, '1,000,000', '1 M'],
    [50_000_000, '50,000,000', '50 M'],
    [2e9, '2,000,000,000', '2 G'],
    [1e8, '100 ms', '100 ms'],
  ])('%d, elsewhere %s, is %s', (value, full, short) => {
    expect(axisText(value, full)).toBe(short);
  });
});
