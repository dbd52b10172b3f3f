// What the line of a member shows, and what is said of its last rebalance.

import { describe, expect, it } from 'vitest';
import type { StretchLook } from '../../sim-engine/protocol/messages.ts';
import { inWindow, lastRebalance, spanNs } from './stretches.ts';

const S = 1e9;
const line = (...pieces: readonly (readonly [from: number, until: number, look: StretchLook])[]) =>
  pieces.map(([from, until, look]) => ({ lane: 'one', fromNs: from * S, untilNs: until * S, look }));

describe('the last rebalance', () => {
  it('is none before there was one', () => {
    expect(lastRebalance(line([0, 4, 'on']))).toBe(null);
  });

  it('counts how long nothing was read', () => {
    const eager = line([0, 3, 'paused'], [3, 10, 'on'], [10, 12, 'paused'], [12, 20, 'on']);
    expect(lastRebalance(eager)).toEqual({ tookNs: 2 * S, pausedNs: 2 * S, isOver: true });
    const cooperative = line([0, 10, 'on'], [10, 12, 'between'], [12, 20, 'on']);
    expect(lastRebalance(cooperative)).toEqual({ tookNs: 2 * S, pausedNs: 0, isOver: true });
  });

  it('is both rounds of one in which partitions are handed over', () => {
    const rounds = line([0, 10, 'on'], [10, 11, 'between'], [11, 11.4, 'on'], [11.4, 12, 'between'], [12, 20, 'on']);
    expect(lastRebalance(rounds)).toEqual({ tookNs: 2 * S, pausedNs: 0, isOver: true });
  });

  it('goes on', () => {
    expect(lastRebalance(line([0, 5, 'on'], [5, 9, 'paused']))).toEqual({ tookNs: 4 * S, pausedNs: 4 * S, isOver: false });
  });
});

describe('what is seen', () => {
  it('is at most a minute, at least five seconds', () => {
    expect(spanNs(line([0, 2, 'on']), 2 * S)).toBe(5 * S);
    expect(spanNs(line([0, 300, 'on']), 300 * S)).toBe(60 * S);
    expect(spanNs(line([10, 40, 'on']), 40 * S)).toBe(30 * S);
  });

  it('is cut off where it begins', () => {
    expect(inWindow(line([0, 10, 'on'], [10, 20, 'paused'], [20, 30, 'on']), 15 * S, 35 * S)).toEqual([
      { from: 0, to: 0.25, look: 'paused' },
      { from: 0.25, to: 0.75, look: 'on' },
    ]);
  });
});
