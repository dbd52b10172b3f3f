// The lines of what is ready against plain lists, and the turns of the weighted order against the shares they promise.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Obligations } from '../../world/obligations.ts';
import {
  emptyLines,
  leastUrgent,
  mostUrgent,
  newReadyLines,
  nextByWeight,
  PRIORITIES,
  pushBack,
  pushFront,
  shiftLine,
  unlink,
} from './ready-lines.ts';

/** The two columns that lines are linked by. */
const columns = (count: number) => ({ next: new Int32Array(count), lease: new Int32Array(count) }) as unknown as Obligations;

const act = fc.tuple(
  fc.constantFrom('back' as const, 'front' as const, 'shift' as const, 'unlink' as const),
  fc.integer({ min: 0, max: PRIORITIES - 1 }),
  fc.nat(),
);

describe('the lines of what is ready', () => {
  it('are lists, whatever comes, goes and leaves in the middle', () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 120 }), (acts) => {
        const lines = newReadyLines();
        const obligations = columns(acts.length + 2);
        const plain: number[][] = Array.from({ length: PRIORITIES }, () => []);
        acts.forEach(([what, line, any], i) => {
          const list = plain[line] as number[];
          if (what === 'back') {
            pushBack(lines, line, i + 1, obligations);
            list.push(i + 1);
          } else if (what === 'front') {
            pushFront(lines, line, i + 1, obligations);
            list.unshift(i + 1);
          } else if (what === 'shift') expect(shiftLine(lines, line, obligations)).toBe(list.shift() ?? 0);
          else if (list.length > 0) unlink(lines, line, list.splice(any % list.length, 1)[0] as number, obligations);
          const full = plain.map(({ length }, of) => (length > 0 ? of : -1)).filter((of) => of >= 0);
          expect(mostUrgent(lines)).toBe(full.at(-1) ?? -1);
          expect(leastUrgent(lines)).toBe(full[0] ?? -1);
        });
        expect(emptyLines(lines, obligations)).toEqual(plain.flat());
        // Nobody is still noted by a neighbour.
        expect([...obligations.next, ...obligations.lease].every((noted) => noted === 0)).toBe(true);
      }),
    );
  });

  it('have their turns by weight: over a whole round each as often as it weighs, and never far from its share', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: PRIORITIES }), (some) => {
        const weights = Array.from({ length: PRIORITIES }, (_, line) => some[line] ?? 0);
        const lines = newReadyLines();
        const obligations = columns(PRIORITIES + 1);
        some.forEach((_, line) => {
          pushBack(lines, line, line + 1, obligations);
        });
        const total = some.reduce((sum, weight) => sum + weight, 0);
        const turns = new Array<number>(PRIORITIES).fill(0);
        for (let turn = 1; turn <= total; turn++) {
          const line = nextByWeight(lines, weights);
          turns[line] = (turns[line] as number) + 1;
          some.forEach((weight, line) => {
            expect(Math.abs((turns[line] as number) - (turn * weight) / total)).toBeLessThan(some.length);
          });
        }
        expect(turns).toEqual(weights);
      }),
    );
  });

  it('have them as in the example of the source: a weighs 5, b and c weigh 1', () => {
    const lines = newReadyLines();
    const obligations = columns(4);
    for (const line of [0, 1, 2]) pushBack(lines, line, line + 1, obligations);
    const turns = Array.from({ length: 7 }, () => 'cba'.charAt(nextByWeight(lines, [1, 1, 5, 1, 1, 1, 1, 1, 1, 1])));
    expect(turns.join('')).toBe('aabacaa');
  });
});
