import { describe, expect, it } from 'vitest';
import { nearestSpeed, SPEEDS, speedIndex, speedText } from './speeds.ts';

describe('speeds', () => {
  it('grow by factors of two to two and a half, from a thousandth to a thousand, and end without a limit', () => {
    expect(SPEEDS[0]).toBe(0.001);
    expect(SPEEDS.at(-2)).toBe(1000);
    expect(SPEEDS.at(-1)).toBe(Number.POSITIVE_INFINITY);
    for (let ix = 1; ix < SPEEDS.length - 1; ix++) {
      const factor = (SPEEDS[ix] as number) / (SPEEDS[ix - 1] as number);
      expect(factor).toBeGreaterThan(1.99);
      expect(factor).toBeLessThan(2.51);
    }
  });

  it('take a speed from a file to the nearest step', () => {
    expect(nearestSpeed(3)).toBe(2);
    expect(nearestSpeed(1)).toBe(1);
    expect(nearestSpeed(1e9)).toBe(1000);
    expect(speedIndex(Number.POSITIVE_INFINITY)).toBe(SPEEDS.length - 1);
  });

  it('are printed as a factor', () => {
    expect(SPEEDS.slice(0, 4).map(speedText)).toEqual(['0.001×', '0.002×', '0.005×', '0.01×']);
  });
});
