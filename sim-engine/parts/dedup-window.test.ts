// Facts of section 6 of docs/semantics/patterns.md: the rule of the brief, its bound, and what a restart forgets.

import { describe, expect, it } from 'vitest';
import { checkAndMark, forgetAll, forgetOld, isSeen, markSeen, newDedupWindow, seenCount } from './dedup-window.ts';

const SECOND = 1e9;
const spec = { ttlNs: 60 * SECOND, maxCount: 0 };

describe('a dedup window', () => {
  it('P25: skips a redelivery at the age of the time to live and processes one just after', () => {
    const window = newDedupWindow();
    markSeen(spec, window, 0, 1, 7);
    expect(isSeen(spec, window, 60 * SECOND, 1, 7)).toBe(true);
    expect(isSeen(spec, window, 60 * SECOND + 1, 1, 7)).toBe(false);
  });

  it('does not renew an entry that is hit', () => {
    const window = newDedupWindow();
    expect(checkAndMark(spec, window, 0, 1, 7)).toBe(true);
    expect(checkAndMark(spec, window, 50 * SECOND, 1, 7)).toBe(false);
    markSeen(spec, window, 55 * SECOND, 1, 7);
    expect(checkAndMark(spec, window, 61 * SECOND, 1, 7)).toBe(true);
  });

  it('only looks when it is asked: two workers that check before they mark both pass', () => {
    const window = newDedupWindow();
    expect([isSeen(spec, window, 0, 1, 7), isSeen(spec, window, 0, 1, 7)]).toEqual([false, false]);
    expect(seenCount(spec, window, 0)).toBe(0);
  });

  it('at its bound forgets the oldest before its time', () => {
    const small = { ...spec, maxCount: 3 };
    const window = newDedupWindow();
    for (let number = 0; number < 5; number++) checkAndMark(small, window, number, 1, number);
    expect([0, 1, 2, 3, 4].map((number) => isSeen(small, window, 5, 1, number))).toEqual([false, false, true, true, true]);
    expect([seenCount(small, window, 5), window.evictedEarly]).toEqual([3, 2]);
  });

  it('follows a bound that is lowered while it runs', () => {
    const window = newDedupWindow();
    for (let number = 0; number < 100; number++) checkAndMark(spec, window, number, 1, number);
    checkAndMark({ ...spec, maxCount: 10 }, window, 100, 1, 100);
    expect([window.count, isSeen(spec, window, 100, 1, 90), isSeen(spec, window, 100, 1, 91)]).toEqual([10, false, true]);
  });

  it('knows numbers of one sender from those of another, and numbers that agree in their lower 32 bits', () => {
    const window = newDedupWindow();
    markSeen(spec, window, 0, 1, 5);
    expect(isSeen(spec, window, 0, 2, 5)).toBe(false);
    expect(isSeen(spec, window, 0, 1, 5 + 2 ** 32)).toBe(false);
    expect(isSeen(spec, window, 0, 1, 5)).toBe(true);
  });

  it('knows ids apart whose hashes agree: among so many some do', () => {
    for (const id of [(i: number) => [i, 7], (i: number) => [1, 7 + i * 2 ** 32], (i: number) => [i % 2, 8 * i]]) {
      const window = newDedupWindow();
      let fresh = 0;
      for (let i = 0; i < 200_000; i++) {
        const [sender, number] = id(i) as [number, number];
        if (checkAndMark(spec, window, 0, sender, number)) fresh++;
      }
      expect(fresh).toBe(200_000);
    }
  });

  it('knows nothing any more after a restart without a store', () => {
    const window = newDedupWindow();
    for (let number = 0; number < 1000; number++) markSeen(spec, window, 0, 1, number);
    forgetAll(window);
    expect([seenCount(spec, window, 0), isSeen(spec, window, 0, 1, 7), checkAndMark(spec, window, 0, 1, 7)]).toEqual([
      0,
      false,
      true,
    ]);
  });

  it('brings nothing back that it has forgotten, however long it is to remember from then on', () => {
    const window = newDedupWindow();
    const brief = { ttlNs: 10, maxCount: 0 };
    const long = { ttlNs: 1000, maxCount: 0 };
    markSeen(brief, window, 0, 1, 1);
    markSeen(brief, window, 9, 1, 2);
    forgetOld(brief, window, 15);
    expect(isSeen(long, window, 15, 1, 1)).toBe(false);
    expect(isSeen(long, window, 15, 1, 2)).toBe(true);
  });

  it('P24: holds the rate of new ids times the time to live', () => {
    const window = newDedupWindow();
    for (let second = 0; second < 1000; second++) {
      for (let i = 0; i < 5; i++) markSeen(spec, window, second * SECOND, i, second);
      if (second >= 60) expect(seenCount(spec, window, second * SECOND)).toBe(5 * 61);
    }
  });

  it('is counted without being changed, at any later time', () => {
    const window = newDedupWindow();
    for (let second = 0; second < 100; second++) markSeen(spec, window, second * SECOND, 1, second);
    const before = structuredClone(window);
    const later = [99, 130, 159, 160, 500].map((second) => seenCount(spec, window, second * SECOND));
    expect(later).toEqual([61, 30, 1, 0, 0]);
    expect(window).toEqual(before);
  });

  it('finds any of a million ids within a few looks, and as few after as many have come and gone', () => {
    const window = newDedupWindow();
    const million = { ttlNs: 1e6, maxCount: 0 };
    for (let number = 0; number < 2_000_000; number++)
      checkAndMark(million, window, number, number % 7, (number - (number % 7)) / 7);
    expect(seenCount(million, window, 1_999_999)).toBe(1_000_001);
    // The longest run of taken cells bounds every look.
    let run = 0;
    let longest = 0;
    for (let cell = 0; cell < window.table.length; cell += 2) {
      run = window.table[cell] === 0 ? 0 : run + 1;
      longest = Math.max(longest, run);
    }
    expect(longest).toBeLessThan(1000);
    expect(window.table.length).toBe(2 ** 22);
  });
});
