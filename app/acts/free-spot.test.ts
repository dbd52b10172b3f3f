import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Box, columnAfter, columnBefore, freeSpot, pushedDown } from './free-spot.ts';

const SIZE = { width: 178, height: 114 };
const card = (x: number, y: number, width = 178, height = 114): Box => ({ x, y, width, height });

describe('a new card', () => {
  test('is the first one where nothing is drawn', () => {
    expect(freeSpot([], SIZE)).toEqual({ x: 0, y: 0 });
  });

  test('stands to the right, where the stream goes, as long as all can be seen', () => {
    expect(freeSpot([card(0, 0)], SIZE)).toEqual({ x: 296, y: 0 });
    expect(freeSpot([card(40, 16), card(336, 0)], SIZE)).toEqual({ x: 632, y: 0 });
    expect(freeSpot([card(40, 16), card(336, 0), card(632, 0)], SIZE)).toEqual({ x: 40, y: 160 });
  });

  test('stands in the first gap of a column that is high enough', () => {
    const spot = freeSpot([card(0, 0), card(0, 400), card(800, 0)], SIZE);
    expect(spot).toEqual({ x: 0, y: 144 });
  });

  test('stands in the next column where the first is full, and below everything where all are', () => {
    expect(freeSpot([card(0, 0), card(0, 160), card(800, 0)], SIZE)).toEqual({ x: 800, y: 144 });
    expect(freeSpot([card(0, 0), card(800, 0)], SIZE)).toEqual({ x: 0, y: 144 });
  });

  test('stands below those of its kind, where their wires come from', () => {
    expect(freeSpot([card(0, 0), card(312, 0), card(648, 0), card(648, 144)], SIZE, 648)).toEqual({ x: 648, y: 288 });
    expect(freeSpot([card(0, 0), card(648, 0), card(648, 288)], SIZE, 648)).toEqual({ x: 648, y: 144 });
  });

  test('stands before all others, or behind them, with room for wires, where a broker lies between', () => {
    const cards = [card(24, 0, 600, 400), card(736, 0)];
    expect(freeSpot(cards, SIZE, columnBefore(cards, SIZE))).toEqual({ x: -272, y: 0 });
    expect(freeSpot(cards, SIZE, columnAfter(cards))).toEqual({ x: 1032, y: 0 });
  });

  test('touches no other, however many are added', () => {
    const cards = fc.array(
      fc.record({
        x: fc.nat(1000),
        y: fc.nat(600),
        width: fc.integer({ min: 50, max: 220 }),
        height: fc.integer({ min: 40, max: 190 }),
      }),
    );
    fc.assert(
      fc.property(cards, fc.integer({ min: 1, max: 8 }), (given, count) => {
        const all: Box[] = [...given];
        for (let added = 0; added < count; added++) {
          const box = { ...freeSpot(all, SIZE), ...SIZE };
          for (const other of all) {
            const isApart =
              box.x + box.width <= other.x ||
              other.x + other.width <= box.x ||
              box.y + box.height <= other.y ||
              other.y + other.height <= box.y;
            expect(isApart).toBe(true);
          }
          all.push(box);
        }
      }),
    );
  });
});

describe('room for a card that grows', () => {
  const at = (x: number, y: number, height = 100): Box => ({ x, y, width: 100, height });

  test('is made by those below it, one after the other, and by nobody else', () => {
    const [grown, near, next, far, beside] = [at(0, 0, 150), at(20, 120), at(40, 230), at(0, 800), at(300, 120)];
    expect(pushedDown([far, grown, beside, next, near], grown)).toEqual(
      new Map([
        [near, { x: 20, y: 176 }],
        [next, { x: 40, y: 304 }],
      ]),
    );
  });

  test('is not made where there is room', () => {
    const grown = at(0, 0);
    expect(pushedDown([grown, at(0, 100)], grown).size).toBe(0);
  });
});
