// How long each message of a queue may wait: one deadline per obligation in a heap, of which only the head is armed (`expiry.ts`). The
// deadline is drawn once and outlives hand-outs; what leaves the queue is forgotten here and passed over when its turn comes.

import { type DeadlineHeap, keepDeadlines, newDeadlineHeap, popDeadline, pushDeadline } from '../../parts/deadline-heap.ts';

/** Plain state. */
export interface Patience {
  /** By obligation, when its time is over, ns; 0 = it has no deadline here. */
  dueOf: Float64Array;
  /** How many have a deadline. */
  live: number;
  /** One entry per deadline ever given, valid as long as `dueOf` says the same. */
  heap: DeadlineHeap;
}

export const newPatience = (): Patience => ({
  dueOf: new Float64Array(0),
  live: 0,
  heap: newDeadlineHeap(),
});

/** Stale entries allowed beyond the live ones before the heap is made anew. */
const STALE_MAX = 64;

/** Gives an obligation that has none a deadline, in `due[0]` ns, above 0. */
export function givePatience(patience: Patience, obl: number, due: Float64Array): void {
  if (obl >= patience.dueOf.length) patience.dueOf = widened(patience.dueOf, obl);
  patience.dueOf[obl] = due[0] as number;
  patience.live++;
  const { heap } = patience;
  if (heap.count > 2 * patience.live + STALE_MAX) keepDeadlines(heap, (dueNs, of) => patience.dueOf[of] === dueNs);
  pushDeadline(heap, due[0] as number, obl);
}

/** When its time is over, ns; 0 = never. */
export const dueOf = (patience: Patience, obl: number): number => patience.dueOf[obl] ?? 0;

export function forgetPatience(patience: Patience, obl: number): void {
  if (dueOf(patience, obl) === 0) return;
  patience.dueOf[obl] = 0;
  patience.live--;
}

/** When the first deadline is due, ns; infinity if there is none. */
export function firstDue(patience: Patience): number {
  const { dueOf, heap } = patience;
  while (heap.count > 0 && dueOf[heap.who[0] as number] !== heap.dueNs[0]) popDeadline(heap);
  return heap.count === 0 ? Number.POSITIVE_INFINITY : (heap.dueNs[0] as number);
}

/** Takes the head's entry off the heap and says whose it was; its deadline stays known. There must be a valid one: ask `firstDue`. */
export function takeFirst({ heap }: Patience): number {
  const obl = heap.who[0] as number;
  popDeadline(heap);
  return obl;
}

function widened(array: Float64Array, at: number): Float64Array {
  let length = array.length === 0 ? 64 : array.length;
  while (length <= at) length *= 2;
  const larger = new Float64Array(length);
  larger.set(array);
  return larger;
}
