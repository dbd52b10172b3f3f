import { describe, expect, it } from 'vitest';
import { FRAME, frameLength, LETTER_STRIDE, LOSS, LOSS_STRIDE, lettersAt } from '../../sim-engine/protocol/frame.ts';
import { placesOf } from '../store/readings.ts';
import type { WireShape } from './geometry.ts';
import { letterAt } from './letter-at.ts';
import { lostShownNs } from './letters.ts';
import { isLossShown, lossesAt, placeOfLoss } from './losses.ts';

const LAYOUT = {
  revision: 1,
  nodes: [{ id: 'web', kind: 'sender', firstGauge: 0, gaugeCount: 0 }],
  wires: [{ id: 'in' }],
  gaugeCount: 0,
};
const places = placesOf(LAYOUT);
// A straight line from (0, 0) to (100, 0).
const shape = {
  id: 'in',
  length: 100,
  points: Float32Array.from({ length: 98 }, (_, ix) => (ix % 2 === 0 ? (ix / 2 / 48) * 100 : 0)),
} as unknown as WireShape;

/** One letter under way, which the losses stand behind, and one loss at 1 s. */
function frameOf(share: number, direction = 1, number = 7): Float64Array {
  const frame = new Float64Array(frameLength(0, 1, 1, 1, 1));
  frame[FRAME.LETTER_COUNT] = 1;
  frame[FRAME.LETTERS_IN_ALL] = 1;
  frame[FRAME.LOSS_COUNT] = 1;
  const at = lettersAt(0, 1, 1) + LETTER_STRIDE;
  frame.set([0, 1e9, share, direction, number, 0], at);
  expect(frame.length).toBe(at + LOSS_STRIDE);
  return frame;
}
const spotOf = (share: number, direction = 1, number = 7): number => {
  const spot = { x: 0, y: 0 };
  const frame = frameOf(share, direction, number);
  placeOfLoss(shape, frame, lossesAt(frame, places), spot);
  return spot.x;
};

describe('what got lost', () => {
  it('lies where it was on its way then, counted from the end it came from', () => {
    expect(spotOf(0.31)).toBeCloseTo(31, 3);
    expect(spotOf(0.31, -1)).toBeCloseTo(69, 3);
  });

  it('lies on the wire when it was lost at a card', () => {
    expect(spotOf(1)).toBeCloseTo(80, 3);
    expect(spotOf(0)).toBeCloseTo(20, 3);
  });

  it('lies before the middle, not on the one lost before it, where the model does not say where', () => {
    const spots = [1, 2, 3, 4].map((number) => spotOf(Number.NaN, 1, number));
    for (const spot of spots) expect(spot > 20 && spot < 47).toBe(true);
    for (let ix = 1; ix < spots.length; ix++)
      expect(Math.abs((spots[ix] as number) - (spots[ix - 1] as number))).toBeGreaterThan(2);
  });

  it('is shown for a moment of watching, at every speed, and not before it happened', () => {
    const frame = frameOf(0.5);
    const at = lossesAt(frame, places);
    expect(frame[at + LOSS.AT_NS]).toBe(1e9);
    expect(isLossShown(frame, at, 0.9e9, lostShownNs(1))).toBe(false);
    expect(isLossShown(frame, at, 1.6e9, lostShownNs(1))).toBe(true);
    expect(isLossShown(frame, at, 1.8e9, lostShownNs(1))).toBe(false);
    expect(isLossShown(frame, at, 7e9, lostShownNs(10))).toBe(true);
    expect(lostShownNs(Number.POSITIVE_INFINITY)).toBe(30e9);
  });

  it('can be pressed for its journey while it is shown', () => {
    const press = (timeNs: number) => letterAt({ x: 52, y: 3 }, shape, frameOf(0.5), places, LAYOUT, timeNs, lostShownNs(1));
    expect(press(1.2e9)).toEqual({ sender: 'web', number: 7 });
    expect(press(2e9)).toBeNull();
  });
});
