// Where the textbook queue keeps what is ready: one line, or one for each priority. Lines are linked through the obligations
// themselves, in both directions, so that what expires in the middle leaves without a walk. It knows the order, never why.

import type { Obligations } from '../../world/obligations.ts';

/** Priorities 0 to 9, the highest the most urgent. */
export const PRIORITIES = 10;

/** Which line is next. `oldest` and `newest` keep everything in line 0. */
export type Order = 'oldest' | 'newest' | 'strict' | 'weighted';

/** Plain state; everything by line. 0 = no obligation. */
export interface ReadyLines {
  heads: Int32Array;
  tails: Int32Array;
  /** Of the weighted order: what each line has saved up. */
  savings: Float64Array;
}

export const newReadyLines = (): ReadyLines => ({
  heads: new Int32Array(PRIORITIES),
  tails: new Int32Array(PRIORITIES),
  savings: new Float64Array(PRIORITIES),
});

// What stands in a line is leased to nobody: until then the note of the lease says who stands before it.

export function pushBack(lines: ReadyLines, line: number, obl: number, obligations: Obligations): void {
  const tail = lines.tails[line] as number;
  obligations.next[obl] = 0;
  obligations.lease[obl] = tail;
  if (tail === 0) lines.heads[line] = obl;
  else obligations.next[tail] = obl;
  lines.tails[line] = obl;
}

export function pushFront(lines: ReadyLines, line: number, obl: number, obligations: Obligations): void {
  const head = lines.heads[line] as number;
  obligations.next[obl] = head;
  obligations.lease[obl] = 0;
  if (head === 0) lines.tails[line] = obl;
  else obligations.lease[head] = obl;
  lines.heads[line] = obl;
}

/** The head of a line, taken out of it; 0 if it is empty. */
export function shiftLine(lines: ReadyLines, line: number, obligations: Obligations): number {
  const obl = lines.heads[line] as number;
  if (obl === 0) return 0;
  const following = obligations.next[obl] as number;
  lines.heads[line] = following;
  obligations.next[obl] = 0;
  if (following === 0) lines.tails[line] = 0;
  else obligations.lease[following] = 0;
  return obl;
}

/** Takes out one that stands anywhere in a line. */
export function unlink(lines: ReadyLines, line: number, obl: number, obligations: Obligations): void {
  const before = obligations.lease[obl] as number;
  const following = obligations.next[obl] as number;
  if (before === 0) lines.heads[line] = following;
  else obligations.next[before] = following;
  if (following === 0) lines.tails[line] = before;
  else obligations.lease[following] = before;
  obligations.next[obl] = 0;
  obligations.lease[obl] = 0;
}

/** Everything in the lines, by line and from head to tail, taken out of them. */
export function emptyLines(lines: ReadyLines, obligations: Obligations): number[] {
  const all: number[] = [];
  for (let line = 0; line < PRIORITIES; line++) {
    for (let obl = shiftLine(lines, line, obligations); obl !== 0; obl = shiftLine(lines, line, obligations)) all.push(obl);
  }
  lines.savings.fill(0);
  return all;
}

/** The most urgent line that is not empty; -1 if all are. */
export function mostUrgent(lines: ReadyLines): number {
  for (let line = PRIORITIES - 1; line >= 0; line--) if (lines.heads[line] !== 0) return line;
  return -1;
}

/** The least urgent line that is not empty; -1 if all are. */
export function leastUrgent(lines: ReadyLines): number {
  for (let line = 0; line < PRIORITIES; line++) if (lines.heads[line] !== 0) return line;
  return -1;
}

/**
 * Smooth weighted round robin (nginx, 2012) over the lines that are not empty: each saves up its weight, the richest is served and
 * pays what all saved together. So 5, 1, 1 gives a a b a c a a, and no line waits longer than its weight says. A tie goes to the more
 * urgent line, an empty line forgets its savings, and a weight of 0 is served when nobody else waits. -1 if all are empty.
 */
export function nextByWeight(lines: ReadyLines, weights: readonly number[]): number {
  const { heads, savings } = lines;
  let total = 0;
  let richest = -1;
  for (let line = PRIORITIES - 1; line >= 0; line--) {
    if (heads[line] === 0) {
      savings[line] = 0;
      continue;
    }
    const weight = weights[line] as number;
    total += weight;
    savings[line] = (savings[line] as number) + weight;
    if (richest < 0 || isRicher(lines, weights, line, richest)) richest = line;
  }
  if (richest >= 0) savings[richest] = (savings[richest] as number) - total;
  return richest;
}

function isRicher({ savings }: ReadyLines, weights: readonly number[], line: number, than: number): boolean {
  if ((weights[line] === 0) !== (weights[than] === 0)) return weights[than] === 0;
  return (savings[line] as number) > (savings[than] as number);
}
