// What is remembered of numbered sends against a plain set: a number counts as known as long as it is among the latest of its sender.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isRemembered, newRecentNumbers, rememberNumber, resizeWindow } from './recent-numbers.ts';

const sends = fc.array(fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 200 })), { maxLength: 200 });
const windowLength = fc.integer({ min: 0, max: 70 });

describe('numbers of a sender', () => {
  it('are known while they are among the latest, and not a moment longer, also when the window changes', () => {
    fc.assert(
      fc.property(windowLength, windowLength, sends, sends, (first, second, before, after) => {
        const recent = newRecentNumbers();
        const plain = new Map<number, { highest: number; known: Set<number> }>();
        const noteAll = (window: number, all: readonly (readonly [number, number])[]): void => {
          for (const [sender, number] of all) {
            rememberNumber(recent, sender, number);
            if (window > 0) notePlainly(plain, window, sender, number);
          }
        };
        resizeWindow(recent, first);
        noteAll(first, before);
        resizeWindow(recent, second);
        for (const one of plain.values()) forgetOld(one, Math.min(first, second));
        noteAll(second, after);
        for (let sender = 1; sender <= 3; sender++) {
          for (let number = 1; number <= 200; number++) {
            expect(isRemembered(recent, sender, number)).toBe(plain.get(sender)?.known.has(number) ?? false);
          }
        }
      }),
    );
  });

  it('cost as much with a window of a million as with one of ten', () => {
    const recent = newRecentNumbers();
    resizeWindow(recent, 1_000_000);
    for (let number = 1; number <= 2_000_000; number++) rememberNumber(recent, 1, number);
    expect(isRemembered(recent, 1, 1_000_001)).toBe(true);
    expect(isRemembered(recent, 1, 1_000_000)).toBe(false);
    expect(recent.bySender.get(1)?.seen.length).toBe(31_250);
  });
});

function notePlainly(
  plain: Map<number, { highest: number; known: Set<number> }>,
  window: number,
  sender: number,
  number: number,
): void {
  const one = plain.get(sender) ?? { highest: 0, known: new Set<number>() };
  plain.set(sender, one);
  if (number <= one.highest - window) return;
  one.known.add(number);
  one.highest = Math.max(one.highest, number);
  forgetOld(one, window);
}

function forgetOld(one: { highest: number; known: Set<number> }, window: number): void {
  for (const number of [...one.known]) if (number <= one.highest - window) one.known.delete(number);
}
