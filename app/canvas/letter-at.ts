// Which letter is drawn at a point of the drawing: what was meant by a press on a wire. Pure.

import { FRAME, LETTER, LETTER_STRIDE, LOSS, LOSS_STRIDE } from '../../sim-engine/protocol/frame.ts';
import type { FrameLayout } from '../../sim-engine/protocol/messages.ts';
import type { MessageName } from '../../sim-engine/simulation/commands.ts';
import { isDense, type Places } from '../store/readings.ts';
import { placeAlong, type WireShape } from './geometry.ts';
import { isLossShown, lossesAt, placeOfLoss } from './losses.ts';

/** A letter is 13 wide; a finger or a trembling hand needs more. */
const REACH = 16;

/** The letter of a wire nearest to a point, in coordinates of the drawing, torn ones included; null where none is drawn within reach. */
export function letterAt(
  point: { readonly x: number; readonly y: number },
  shape: WireShape,
  frame: Float64Array,
  places: Places,
  layout: FrameLayout,
  timeNs: number,
  lostForNs = 0,
): MessageName | null {
  if (isDense(frame)) return null;
  const spot = { x: 0, y: 0 };
  let nearest: MessageName | null = null;
  let reach = REACH;
  for (let ix = 0; ix < (frame[FRAME.LETTER_COUNT] as number); ix++) {
    const at = places.letters + ix * LETTER_STRIDE;
    if (places.wireIds[frame[at + LETTER.WIRE] as number] !== shape.id) continue;
    const sentNs = frame[at + LETTER.SENT_AT_NS] as number;
    const dueNs = frame[at + LETTER.DUE_AT_NS] as number;
    if (timeNs < sentNs || timeNs > dueNs) continue;
    const share = dueNs > sentNs ? (timeNs - sentNs) / (dueNs - sentNs) : 1;
    placeAlong(shape, (frame[at + LETTER.DIRECTION] as number) > 0 ? share : 1 - share, spot);
    const away = Math.hypot(spot.x - point.x, spot.y - point.y);
    const sender = layout.nodes[frame[at + LETTER.SENDER] as number]?.id;
    if (away >= reach || sender === undefined) continue;
    reach = away;
    nearest = { sender, number: frame[at + LETTER.NUMBER] as number };
  }
  for (let ix = 0, at = lossesAt(frame, places); ix < (frame[FRAME.LOSS_COUNT] as number); ix++, at += LOSS_STRIDE) {
    if (places.wireIds[frame[at + LOSS.WIRE] as number] !== shape.id || !isLossShown(frame, at, timeNs, lostForNs)) continue;
    placeOfLoss(shape, frame, at, spot);
    const away = Math.hypot(spot.x - point.x, spot.y - point.y);
    const sender = layout.nodes[frame[at + LOSS.SENDER] as number]?.id;
    if (away >= reach || sender === undefined) continue;
    reach = away;
    nearest = { sender, number: frame[at + LOSS.NUMBER] as number };
  }
  return nearest;
}
