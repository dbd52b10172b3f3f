import { describe, expect, it } from 'vitest';
import type { Mark } from '../ui/letter-marks.ts';
import { paintTray, TRAY_WIDTH, trayHeight, trayLook } from './tray.ts';

function painted(letters: number, rows = 4) {
  const marks: { mark: Mark; x: number; y: number }[] = [];
  let dots = 0;
  let bars = 0;
  const words: string[] = [];
  const painter = {
    mark: (mark: Mark, x: number, y: number) => marks.push({ mark, x, y }),
    dot: () => dots++,
    bar: () => bars++,
    word: (word: string) => words.push(word),
  };
  paintTray(painter, letters, { x: 0, y: 0, rows, state: 'waiting', hasDots: true });
  return { marks, dots, bars, words };
}
const singles = (marks: { mark: Mark }[]) => marks.filter(({ mark }) => mark === 'waiting').length;
const bundles = (marks: { mark: Mark }[]) => marks.filter(({ mark }) => mark === 'bundle-waiting').length;

describe('a tray', () => {
  it('shows exactly as many letters as there are, one by one up to sixty and in tied tens above', () => {
    for (const letters of [0, 1, 9, 10, 23, 40, 41, 60, 61, 76, 134]) {
      const { marks } = painted(letters);
      expect(singles(marks) + 10 * bundles(marks)).toBe(letters);
      if (letters <= 60) expect(bundles(marks)).toBe(0);
    }
  });

  it('puts the head of the line at the top right and fills rows of ten', () => {
    const { marks } = painted(11);
    const [head, second] = marks as [(typeof marks)[0], (typeof marks)[0]];
    expect(head.x).toBeGreaterThan(second.x);
    expect(head.x).toBeLessThan(TRAY_WIDTH);
    expect(marks[9]?.y).toBe(head.y);
    expect(marks[10]?.y).toBeGreaterThan(head.y);
  });

  it('never draws outside of itself', () => {
    for (const letters of [0, 39, 40, 60, 61, 219, 220, 100_000]) {
      for (const { x, y } of painted(letters).marks) {
        expect(x).toBeGreaterThan(0);
        expect(x).toBeLessThan(TRAY_WIDTH);
        expect(y).toBeGreaterThan(0);
        expect(y).toBeLessThanOrEqual(trayHeight(4));
      }
    }
  });

  it('becomes a filled bar when the bundles no longer fit', () => {
    expect(trayLook(41_200, 4)).toBe('bar');
    expect(painted(41_200)).toMatchObject({ marks: [], dots: 0, bars: 1, words: ['1k', '10k', '100k', '1M'] });
    expect(painted(134).words).toEqual([]);
  });

  it('marks the empty places of its rows while it has some', () => {
    expect(painted(23).dots).toBe(17);
  });
});
