// Deadlines in order: a heap of which only the head need be armed. Whoever keeps one knows which entries still count; those that do
// not stay until they are on top, or until `keepDeadlines` is told to drop them. The state is plain.

import { floor } from '../kernel/exact-math.ts';

export interface DeadlineHeap {
  count: number;
  /** When each is due, ns, and whose it is: the earliest at 0, of equal ones the lower number. */
  dueNs: Float64Array;
  who: Float64Array;
}

const FIRST_SIZE = 64;

export const newDeadlineHeap = (): DeadlineHeap => ({
  count: 0,
  dueNs: new Float64Array(FIRST_SIZE),
  who: new Float64Array(FIRST_SIZE),
});

export function pushDeadline(heap: DeadlineHeap, ns: number, number: number): void {
  if (heap.count === heap.dueNs.length) grow(heap);
  const { dueNs, who } = heap;
  let at = heap.count++;
  while (at > 0) {
    const above = floor((at - 1) / 2);
    if (!isBefore(ns, number, dueNs[above] as number, who[above] as number)) break;
    dueNs[at] = dueNs[above] as number;
    who[at] = who[above] as number;
    at = above;
  }
  dueNs[at] = ns;
  who[at] = number;
}

/** Takes out the earliest, `dueNs[0]` of `who[0]`. There must be one. */
export function popDeadline(heap: DeadlineHeap): void {
  const { dueNs, who } = heap;
  const count = --heap.count;
  const ns = dueNs[count] as number;
  const number = who[count] as number;
  let at = 0;
  for (;;) {
    let below = 2 * at + 1;
    if (below >= count) break;
    const other = below + 1;
    if (other < count && isBefore(dueNs[other] as number, who[other] as number, dueNs[below] as number, who[below] as number))
      below = other;
    if (!isBefore(dueNs[below] as number, who[below] as number, ns, number)) break;
    dueNs[at] = dueNs[below] as number;
    who[at] = who[below] as number;
    at = below;
  }
  dueNs[at] = ns;
  who[at] = number;
}

/** Drops all entries but those of which `counts` is true. */
export function keepDeadlines(heap: DeadlineHeap, counts: (ns: number, number: number) => boolean): void {
  const { dueNs, who, count } = heap;
  heap.count = 0;
  // Whatever is moved to the front was read before: an entry never moves behind the place it is read from.
  for (let i = 0; i < count; i++) {
    const ns = dueNs[i] as number;
    const number = who[i] as number;
    if (counts(ns, number)) pushDeadline(heap, ns, number);
  }
}

const isBefore = (ns: number, number: number, thanNs: number, than: number): boolean =>
  ns < thanNs || (ns === thanNs && number < than);

function grow(heap: DeadlineHeap): void {
  const dueNs = new Float64Array(heap.dueNs.length * 2);
  const who = new Float64Array(heap.who.length * 2);
  dueNs.set(heap.dueNs);
  who.set(heap.who);
  heap.dueNs = dueNs;
  heap.who = who;
}
