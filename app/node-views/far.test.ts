import { describe, expect, it } from 'vitest';
import { farRate, fillOf } from './far.ts';

describe('far away', () => {
  it('a rate is told in few digits', () => {
    expect([0.73, 3.14, 18.51, 1234.5].map(farRate)).toEqual(['0.7', '3.1', '19', '1,235']);
  });

  it('a bar fills by powers of ten: empty for none, full for a million and more', () => {
    expect(fillOf(0)).toBe(0);
    expect(fillOf(99)).toBeCloseTo(1 / 3, 5);
    expect(fillOf(9_999)).toBeCloseTo(2 / 3, 5);
    expect(fillOf(5_000_000)).toBe(1);
  });
});
