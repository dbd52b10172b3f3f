import { describe, expect, it, vi } from 'vitest';
import { FRAME, frameLength, LETTER, LETTER_STATE, LETTER_STRIDE, lettersAt } from '../../sim-engine/protocol/frame.ts';
import { placesOf, Rates } from '../store/readings.ts';
import type { WireShape } from './geometry.ts';
import type { Sprites } from './sprites.ts';

// The page around it is not needed to see what is drawn.
vi.mock('../store/lab.ts', () => ({ currentPlaces: () => null, pictureLoop: { add: () => () => {} }, rates: {} }));
const { drawScene } = await import('./letters.ts');

const LAYOUT = { revision: 1, nodes: [], wires: [{ id: 'in' }], gaugeCount: 0 };
const places = placesOf(LAYOUT);
// A straight line from (0, 0) to (100, 0).
const shape = {
  id: 'in',
  points: Float32Array.from({ length: 98 }, (_, ix) => (ix % 2 === 0 ? (ix / 2 / 48) * 100 : 0)),
} as unknown as WireShape;

/** What is drawn of letters halfway, by state and direction: marks that are stamped, rectangles that are filled and their colour. */
function drawn(zoom: number, letters: readonly (readonly [state: number, direction: number])[]): readonly string[] {
  const frame = new Float64Array(frameLength(0, 0, 1, letters.length));
  frame[FRAME.LETTER_COUNT] = letters.length;
  frame[FRAME.LETTERS_IN_ALL] = letters.length;
  letters.forEach(([state, direction], ix) => {
    const at = lettersAt(0, 0, 1) + ix * LETTER_STRIDE;
    frame[at + LETTER.DUE_AT_NS] = 100;
    frame[at + LETTER.STATE] = state;
    frame[at + LETTER.DIRECTION] = direction;
  });
  const told: string[] = [];
  const context = {
    fillStyle: '',
    fillRect(this: { fillStyle: string }, x: number, y: number, width: number, height: number) {
      told.push(`${this.fillStyle} ${width.toFixed(1)} x ${height.toFixed(1)} at ${x + width / 2} ${y + height / 2}`);
    },
  } as unknown as CanvasRenderingContext2D;
  const sprites = { stamp: (_: unknown, mark: string, x: number) => void told.push(`${mark} at ${x}`) } as unknown as Sprites;
  const scene = { shapes: new Map([['in', shape]]), cards: [], isNarrow: false, isStill: false };
  drawScene({ context, sprites, colours: (token) => token, zoom }, scene, frame, places, new Rates(), 50, 0);
  return told;
}

const ALL = [
  [LETTER_STATE.WAITING, 1],
  [LETTER_STATE.TO_RETRY, 1],
  [LETTER_STATE.DONE, -1],
  [LETTER_STATE.TO_RETRY, -1],
  [LETTER_STATE.DEAD, -1],
] as const;

describe('a letter on a wire', () => {
  it('has the shape of its state; on its way back a tick stands for what is done', () => {
    expect(drawn(1, ALL)).toEqual(['waiting at 50', 'retry at 50', 'ack at 50', 'retry at 50', 'dead at 50']);
  });

  it('is a bubble where services talk to each other, whichever way it goes', () => {
    const talk = [
      [LETTER_STATE.QUESTION, 1],
      [LETTER_STATE.ANSWER, -1],
      [LETTER_STATE.BAD_ANSWER, -1],
      [LETTER_STATE.QUESTION, -1],
      [LETTER_STATE.ANSWER, 1],
    ] as const;
    const marks = ['question at 50', 'answer at 50', 'bad-answer at 50', 'question at 50', 'answer at 50'];
    expect(drawn(1, talk)).toEqual(marks);
    expect(drawn(0.25, talk)).toEqual(marks);
  });

  it('is a plain rectangle far away, and a receipt a point, while what went wrong keeps its shape', () => {
    expect(drawn(0.25, ALL)).toEqual([
      'waiting 13.0 x 9.0 at 50 0',
      'retry at 50',
      'edge 8.0 x 8.0 at 50 0',
      'retry at 50',
      'dead at 50',
    ]);
  });
});
