// The lanes of a service as rows: what is at the place of each, and who stands behind it. Used by the card, loaded with the first
// service that works by key.

import { FRAME, LANE, LANE_HEAD, LANE_STRIDE, LETTER_STRIDE, LOSS_STRIDE, nodesAt } from '../../sim-engine/protocol/frame.ts';
import type { Places } from '../store/readings.ts';
import type { Mark } from '../ui/letter-marks.ts';
import type { Painter } from './node-view.ts';

/** Position in the frame of the first lane of a node, and how many of its lanes follow; none: no lanes. */
export function lanesOf(frame: Float64Array, places: Places, node: string, found: { at: number; count: number }): void {
  const ix = places.state(node) - nodesAt(frame[FRAME.GAUGE_COUNT] as number);
  const lanes = frame[FRAME.LANE_COUNT] as number;
  const from =
    places.letters + (frame[FRAME.LETTER_COUNT] as number) * LETTER_STRIDE + (frame[FRAME.LOSS_COUNT] as number) * LOSS_STRIDE;
  found.at = from;
  found.count = 0;
  for (let lane = 0, at = from; lane < lanes; lane++, at += LANE_STRIDE) {
    if (frame[at + LANE.NODE] !== ix) continue;
    if (found.count === 0) found.at = at;
    found.count++;
  }
}

const HEAD_MARKS = new Map<number, Mark>([
  [LANE_HEAD.FREE, 'ghost'],
  [LANE_HEAD.IN_WORK, 'work'],
  [LANE_HEAD.TO_RETRY, 'retry'],
  [LANE_HEAD.ASKING, 'asking'],
]);
/** Beside them it is said how busy the service is. */
const BEHIND_MAX = 4;
const PITCH = 15.5;

const found = { at: 0, count: 0 };

/** Rows from `top` on, `pitch` apart, at most `rows` of them. Who stands behind is drawn as far as there is room; then come dots. */
export function paintLanes(
  painter: Painter,
  node: string,
  frame: Float64Array,
  places: Places,
  top: number,
  pitch: number,
  rows: number,
): void {
  lanesOf(frame, places, node, found);
  for (let lane = 0; lane < found.count && lane < rows; lane++) {
    const at = found.at + lane * LANE_STRIDE;
    const y = top + lane * pitch;
    painter.mark(HEAD_MARKS.get(frame[at + LANE.HEAD] as number) ?? 'ghost', 20, y);
    const behind = frame[at + LANE.BEHIND] as number;
    for (let ix = 0; ix < behind && ix < BEHIND_MAX; ix++) painter.mark('waiting', 36 + ix * PITCH, y, 0.86);
    if (behind > BEHIND_MAX) for (let ix = 0; ix < 3; ix++) painter.dot(36 + BEHIND_MAX * PITCH - 3 + ix * 4, y);
  }
}
