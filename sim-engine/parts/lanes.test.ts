// Facts of section 10 of docs/semantics/patterns.md: which lane a message takes.

import { describe, expect, it } from 'vitest';
import { freeLane, laneHash, laneOfHash, newFreeLanes, takeFreeLane } from './lanes.ts';

describe('a lane by key', () => {
  it('is the sum of the character codes modulo the lanes', () => {
    expect(laneHash('')).toBe(0);
    expect(laneHash('ab')).toBe(97 + 98);
    expect(['a', 'b', 'e', 'ab'].map((key) => laneOfHash(laneHash(key), 3))).toEqual([1, 2, 2, 0]);
  });
});

describe('competing lanes', () => {
  it('give the one that is free longest, of equals the lowest', () => {
    const lanes = newFreeLanes(3);
    expect([takeFreeLane(lanes), takeFreeLane(lanes), takeFreeLane(lanes), takeFreeLane(lanes)]).toEqual([0, 1, 2, -1]);
    freeLane(lanes, 2, 5);
    freeLane(lanes, 1, 7);
    freeLane(lanes, 0, 7);
    expect([takeFreeLane(lanes), takeFreeLane(lanes), takeFreeLane(lanes)]).toEqual([2, 0, 1]);
  });

  it('refuse a lane that was not taken', () => {
    expect(() => freeLane(newFreeLanes(2), 0, 1)).toThrow('not taken');
  });
});
