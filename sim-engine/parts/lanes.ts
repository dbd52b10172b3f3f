// Which lane of a service a message takes: the one of its key, so that a key keeps its order, or the one that is free first, so that
// none stands idle. Services call it. Section 10 and P38 to P41 of docs/semantics/patterns.md; testing/vectors/patterns/lanes.json.

import { assert } from '../kernel/assert.ts';

/** The sum of the character codes of a key: what lanes are chosen by. */
export function laneHash(key: string): number {
  let sum = 0;
  for (let i = 0; i < key.length; i++) sum += key.charCodeAt(i);
  return sum;
}

/** The lane of a key, from its hash, a whole number not below 0. */
export const laneOfHash = (hash: number, laneCount: number): number => hash % laneCount;

/** Free lanes: the one that is free longest first, of equals the lowest. Plain data. */
export interface FreeLanes {
  /** Since when each lane is free, by lane. */
  freeSinceNs: Float64Array;
  /** A heap of the lanes that are free. */
  heap: Int32Array;
  count: number;
}

/** All lanes free from the start. */
export function newFreeLanes(laneCount: number): FreeLanes {
  const heap = new Int32Array(laneCount);
  for (let lane = 0; lane < laneCount; lane++) heap[lane] = lane;
  return { freeSinceNs: new Float64Array(laneCount).fill(-1), heap, count: laneCount };
}

/** The lane that was free first, no longer free, or -1 when all are taken. */
export function takeFreeLane(lanes: FreeLanes): number {
  if (lanes.count === 0) return -1;
  const { heap } = lanes;
  const taken = heap[0] as number;
  const count = --lanes.count;
  const moved = heap[count] as number;
  let at = 0;
  for (;;) {
    let below = 2 * at + 1;
    if (below >= count) break;
    if (below + 1 < count && isFreeBefore(lanes, heap[below + 1] as number, heap[below] as number)) below++;
    if (!isFreeBefore(lanes, heap[below] as number, moved)) break;
    heap[at] = heap[below] as number;
    at = below;
  }
  heap[at] = moved;
  return taken;
}

/** A taken lane is free again. */
export function freeLane(lanes: FreeLanes, lane: number, nowNs: number): void {
  assert(lanes.count < lanes.heap.length, 'a lane is freed that was not taken');
  const { heap } = lanes;
  lanes.freeSinceNs[lane] = nowNs;
  let at = lanes.count++;
  while (at > 0) {
    const above = (at - 1) >> 1;
    if (!isFreeBefore(lanes, lane, heap[above] as number)) break;
    heap[at] = heap[above] as number;
    at = above;
  }
  heap[at] = lane;
}

function isFreeBefore({ freeSinceNs }: FreeLanes, lane: number, other: number): boolean {
  const since = freeSinceNs[lane] as number;
  const otherSince = freeSinceNs[other] as number;
  return since < otherSince || (since === otherSince && lane < other);
}
