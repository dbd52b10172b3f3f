import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { draggable, fromStep, SLIDER_STEPS, tidy, toStep } from './scale.ts';

describe('a slider over many sizes', () => {
  it('begins at the minimum and ends at the maximum', () => {
    const range = { min: 0, max: 480 };
    expect(fromStep(0, range)).toBe(0);
    expect(fromStep(SLIDER_STEPS, range)).toBe(480);
    expect(toStep(0, range)).toBe(0);
    expect(toStep(480, range)).toBe(SLIDER_STEPS);
  });

  it('stays within the limits of the field', () => {
    expect(draggable(24, { min: 0, max: 1e7 })).toEqual({ min: 0, max: 480 });
    expect(draggable(1, { min: 1, max: 10 })).toEqual({ min: 1, max: 10 });
  });

  it('comes back to the same value, but for rounding to two figures', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: SLIDER_STEPS }), fc.constantFrom(0, 0.5, 1), (step, min) => {
        const range = { min, max: 400 };
        const value = fromStep(step, range);
        expect(value).toBeGreaterThanOrEqual(min);
        expect(value).toBeLessThanOrEqual(400);
        expect(Math.abs(toStep(value, range) - step)).toBeLessThanOrEqual(2);
      }),
    );
  });

  it('gives values of two figures', () => {
    expect(tidy(23.7419)).toBe(24);
    expect(tidy(0.04567)).toBe(0.046);
  });
});
