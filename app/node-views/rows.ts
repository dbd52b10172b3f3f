// The rows of a frame that are of one node, see `ROW` of the frame. Used by the cards of a cluster, loaded with the first one.

import { FRAME, nodesAt, ROW, ROW_STRIDE, rowsAt } from '../../sim-engine/protocol/frame.ts';
import type { Places } from '../store/readings.ts';

/** Calls `visit` with the position of each row of the node and sort, in the order of the frame. */
export function visitRows(frame: Float64Array, places: Places, node: string, sort: number, visit: (at: number) => void): void {
  const ix = indexOf(frame, places, node);
  if (ix < 0) return;
  for (let at = rowsAt(frame); at < frame.length; at += ROW_STRIDE) {
    if (frame[at + ROW.NODE] === ix && frame[at + ROW.SORT] === sort) visit(at);
  }
}

/** Which node of the layout it is, as rows speak of it; -1 = none. */
function indexOf(frame: Float64Array, places: Places, node: string): number {
  const at = places.state(node);
  return at < 0 ? -1 : at - nodesAt(frame[FRAME.GAUGE_COUNT] as number);
}
