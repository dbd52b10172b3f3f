// Where on a wire something got lost, and for how long it is shown there. Pure; allocates nothing, since it is asked for every frame.

import { FRAME, LETTER_STRIDE, LOSS } from '../../sim-engine/protocol/frame.ts';
import type { Places } from '../store/readings.ts';
import { placeAlong, type WireShape } from './geometry.ts';

/** Position of the first loss of a frame. */
export const lossesAt = (frame: Float64Array, places: Places): number =>
  places.letters + (frame[FRAME.LETTER_COUNT] as number) * LETTER_STRIDE;

export function isLossShown(frame: Float64Array, at: number, timeNs: number, lostForNs: number): boolean {
  const agoNs = timeNs - (frame[at + LOSS.AT_NS] as number);
  return agoNs >= 0 && agoNs < lostForNs;
}

/** What is lost at a card lies on the wire all the same, so far away that it does not cover what ails the card, px of the drawing. */
const FROM_CARD = 20;
/** Lost somewhere: before the middle, where a cut has its bars, each a little beside the last. */
const SOMEWHERE = { from: 0.26, over: 0.18 } as const;
const GOLDEN = 0.618034;

/** Writes the place of a loss into `out`. */
export function placeOfLoss(shape: WireShape, frame: Float64Array, at: number, out: { x: number; y: number }): void {
  const told = frame[at + LOSS.SHARE] as number;
  const ends = Math.min(0.3, FROM_CARD / shape.length);
  const beside = ((frame[at + LOSS.NUMBER] as number) * GOLDEN) % 1;
  const share = Number.isNaN(told) ? SOMEWHERE.from + SOMEWHERE.over * beside : Math.min(Math.max(told, ends), 1 - ends);
  placeAlong(shape, (frame[at + LOSS.DIRECTION] as number) > 0 ? share : 1 - share, out);
}
