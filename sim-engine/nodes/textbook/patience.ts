// How long each message of a queue may wait: one deadline per obligation in a heap, of which the queue arms only the head. The
// deadline is drawn once and outlives hand-outs; what leaves the queue is forgotten here and passed over when its turn comes.

import { floor } from '../../kernel/exact-math.ts';

/** Plain state. */
export interface Patience {
  /** By obligation, when its time is over, ns; 0 = it has no deadline here. */
  dueOf: Float64Array;
  /** How many have a deadline. */
  live: number;
  /** The heap, earliest first, one entry per deadline ever given, valid as long as `dueOf` says the same. */
  obls: Int32Array;
  dues: Float64Array;
  count: number;
}

export const newPatience = (): Patience => ({
  dueOf: new Float64Array(0),
  live: 0,
  obls: new Int32Array(0),
  dues: new Float64Array(0),
  count: 0,
});

/** Stale entries allowed beyond the live ones before the heap is made anew. */
const STALE_MAX = 64;

/** Gives an obligation that has none a deadline, in `due[0]` ns, above 0. */
export function givePatience(patience: Patience, obl: number, due: Float64Array): void {
  if (obl >= patience.dueOf.length) patience.dueOf = widened(patience.dueOf, obl);
  patience.dueOf[obl] = due[0] as number;
  patience.live++;
  if (patience.count > 2 * patience.live + STALE_MAX) dropStale(patience);
  push(patience, obl, due[0] as number);
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
  while (patience.count > 0 && !isHeadValid(patience)) pop(patience);
  return patience.count === 0 ? Number.POSITIVE_INFINITY : (patience.dues[0] as number);
}

/** Takes the head's entry off the heap and says whose it was; its deadline stays known. There must be a valid one: ask `firstDue`. */
export function takeFirst(patience: Patience): number {
  const obl = patience.obls[0] as number;
  pop(patience);
  return obl;
}

const isHeadValid = ({ dueOf, dues, obls }: Patience): boolean => dueOf[obls[0] as number] === dues[0];

function dropStale(patience: Patience): void {
  const { obls, dues, count } = patience;
  patience.count = 0;
  // Whatever is moved to the front was read before: an entry never moves behind the place it is read from.
  for (let i = 0; i < count; i++) {
    const obl = obls[i] as number;
    const dueNs = dues[i] as number;
    if (patience.dueOf[obl] === dueNs) push(patience, obl, dueNs);
  }
}

function push(patience: Patience, obl: number, dueNs: number): void {
  if (patience.count === patience.obls.length) {
    patience.obls = widened(patience.obls, patience.count);
    patience.dues = widened(patience.dues, patience.count);
  }
  const { obls, dues } = patience;
  let at = patience.count++;
  while (at > 0) {
    const above = floor((at - 1) / 2);
    if (!isBefore(dueNs, obl, dues[above] as number, obls[above] as number)) break;
    obls[at] = obls[above] as number;
    dues[at] = dues[above] as number;
    at = above;
  }
  obls[at] = obl;
  dues[at] = dueNs;
}

function pop(patience: Patience): void {
  const { obls, dues } = patience;
  const count = --patience.count;
  const obl = obls[count] as number;
  const dueNs = dues[count] as number;
  let at = 0;
  for (;;) {
    let below = 2 * at + 1;
    if (below >= count) break;
    const other = below + 1;
    if (other < count && isBefore(dues[other] as number, obls[other] as number, dues[below] as number, obls[below] as number))
      below = other;
    if (!isBefore(dues[below] as number, obls[below] as number, dueNs, obl)) break;
    obls[at] = obls[below] as number;
    dues[at] = dues[below] as number;
    at = below;
  }
  obls[at] = obl;
  dues[at] = dueNs;
}

/** Of equal deadlines the lower slot comes first: any fixed rule will do. */
const isBefore = (dueNs: number, obl: number, thanNs: number, than: number): boolean =>
  dueNs < thanNs || (dueNs === thanNs && obl < than);

function widened<A extends Float64Array | Int32Array>(array: A, at: number): A {
  let length = array.length === 0 ? 64 : array.length;
  while (length <= at) length *= 2;
  const larger = (array instanceof Int32Array ? new Int32Array(length) : new Float64Array(length)) as A;
  larger.set(array);
  return larger;
}
