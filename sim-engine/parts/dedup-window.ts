// Remembers which messages have been seen, for so long: the deduplication of the brief. An entry is forgotten when it is older than
// the time to live, strictly; a hit does not renew it; a bound on the entries forgets the oldest early. Services call it, before the
// effect, after it or in one transaction with it. An id is a pair of whole numbers, sender and number. The state is plain: a ring in
// order of first seen, and over it a table with open addressing, which costs the same for ten ids as for a million. Section 6 and
// P23 to P26 of docs/semantics/patterns.md; testing/vectors/patterns/dedup-ttl.json.

import { imul } from '../kernel/exact-math.ts';

export interface DedupSpec {
  readonly ttlNs: number;
  /** Entries at most; 0: as many as come within the time to live. */
  readonly maxCount: number;
}

export interface DedupWindow {
  /** The oldest entry's place in the ring. */
  head: number;
  count: number;
  /** Entries forgotten before their time because of the bound. */
  evictedEarly: number;
  /** The ring, oldest first; its length is a power of two. */
  senders: Int32Array;
  numbers: Float64Array;
  seenNs: Float64Array;
  /**
   * Cells by hash with linear probing, twice as many as entries fit: the place in the ring plus 1, 0 for none, then the hash, so that
   * looking past a cell does not touch the ring.
   */
  table: Int32Array;
}

/** A power of two. */
const FIRST_ENTRIES = 16;

export const newDedupWindow = (): DedupWindow => ({
  head: 0,
  count: 0,
  evictedEarly: 0,
  senders: new Int32Array(FIRST_ENTRIES),
  numbers: new Float64Array(FIRST_ENTRIES),
  seenNs: new Float64Array(FIRST_ENTRIES),
  table: new Int32Array(4 * FIRST_ENTRIES),
});

/** Whether an id is remembered. */
export function isSeen(spec: DedupSpec, window: DedupWindow, nowNs: number, sender: number, number: number): boolean {
  forgetOld(spec, window, nowNs);
  return window.table[cellOf(window, hashOf(sender, number), sender, number)] !== 0;
}

/** Remembers an id from now on. One that is remembered keeps its time. */
export function markSeen(spec: DedupSpec, window: DedupWindow, nowNs: number, sender: number, number: number): void {
  checkAndMark(spec, window, nowNs, sender, number);
}

/** Both in one step: true for an id that is new, and is remembered from now on. */
export function checkAndMark(spec: DedupSpec, window: DedupWindow, nowNs: number, sender: number, number: number): boolean {
  forgetOld(spec, window, nowNs);
  const hash = hashOf(sender, number);
  let cell = cellOf(window, hash, sender, number);
  if (window.table[cell] !== 0) return false;
  if (spec.maxCount > 0 && window.count >= spec.maxCount) {
    while (window.count >= spec.maxCount) {
      forgetOldest(window);
      window.evictedEarly++;
    }
    cell = cellOf(window, hash, sender, number);
  } else if (window.count === window.senders.length) {
    grow(window);
    cell = cellOf(window, hash, sender, number);
  }
  const place = (window.head + window.count) & (window.senders.length - 1);
  window.senders[place] = sender;
  window.numbers[place] = number;
  window.seenNs[place] = nowNs;
  window.table[cell] = place + 1;
  window.table[cell + 1] = hash;
  window.count++;
  return true;
}

/** Ids remembered at `nowNs`. Looks only: what is too old is passed over, and forgotten by whoever comes next to use the window. */
export function seenCount(spec: DedupSpec, { count, head, seenNs }: DedupWindow, nowNs: number): number {
  // The oldest come first: between `old` of them and all the rest lies the first that is still remembered.
  let old = 0;
  let end = count;
  while (old < end) {
    const middle = (old + end) >>> 1;
    if (nowNs - (seenNs[(head + middle) & (seenNs.length - 1)] as number) > spec.ttlNs) old = middle + 1;
    else end = middle;
  }
  return count - old;
}

/** What a restart does to a window in memory. */
export function forgetAll(window: DedupWindow): void {
  window.head = window.count = 0;
  window.table.fill(0);
}

/** Forgets what is too old by now; before a change of the spec, so that a longer life brings nothing back. */
export function forgetOld(spec: DedupSpec, window: DedupWindow, nowNs: number): void {
  while (window.count > 0 && nowNs - (window.seenNs[window.head] as number) > spec.ttlNs) forgetOldest(window);
}

/** Where an id stands in the table, or else where it would be put. */
function cellOf({ table, senders, numbers }: DedupWindow, hash: number, sender: number, number: number): number {
  const mask = table.length - 1;
  let cell = (hash << 1) & mask;
  for (;;) {
    const place = (table[cell] as number) - 1;
    if (place < 0 || (table[cell + 1] === hash && numbers[place] === number && senders[place] === sender)) return cell;
    cell = (cell + 2) & mask;
  }
}

/**
 * Eight neighbouring numbers of one sender are neighbours in the table, since they come and go together and one line of the
 * processor's cache holds eight cells; blocks of eight fall far apart, so that probing meets no long runs.
 */
function hashOf(sender: number, number: number): number {
  const low = number | 0;
  const high = ((number - (low >>> 0)) / 4294967296) | 0;
  let hash = imul(low >>> 3, 0x9e3779b1) ^ imul(sender + 0x7f4a7c15, 0x85ebca6b) ^ imul(high, 0xc2b2ae35);
  hash = imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  hash = imul(hash ^ (hash >>> 12), 0x297a2d39);
  return ((hash ^ (hash >>> 15)) << 3) | (low & 7);
}

function forgetOldest(window: DedupWindow): void {
  const { table, senders, numbers, head } = window;
  const mask = table.length - 1;
  let cell = (hashOf(senders[head] as number, numbers[head] as number) << 1) & mask;
  while (table[cell] !== head + 1) cell = (cell + 2) & mask;
  emptyCell(table, cell);
  window.head = (head + 1) & (senders.length - 1);
  window.count--;
}

/** Linear probing without tombstones: what follows in the run and may stand here moves up. */
function emptyCell(table: Int32Array, hole: number): void {
  const mask = table.length - 1;
  let cell = hole;
  for (;;) {
    cell = (cell + 2) & mask;
    if (table[cell] === 0) break;
    const hash = table[cell + 1] as number;
    // It may not stand before its home, the cell of its hash: that must lie, around the ring, not behind the hole.
    if (((cell - (hash << 1)) & mask) < ((cell - hole) & mask)) continue;
    table[hole] = table[cell] as number;
    table[hole + 1] = hash;
    hole = cell;
  }
  table[hole] = 0;
}

function grow(window: DedupWindow): void {
  const { senders, numbers, seenNs, head, count } = window;
  const size = senders.length * 2;
  window.senders = new Int32Array(size);
  window.numbers = new Float64Array(size);
  window.seenNs = new Float64Array(size);
  window.table = new Int32Array(4 * size);
  window.head = 0;
  for (let i = 0; i < count; i++) {
    const from = (head + i) & (senders.length - 1);
    const sender = senders[from] as number;
    const number = numbers[from] as number;
    window.senders[i] = sender;
    window.numbers[i] = number;
    window.seenNs[i] = seenNs[from] as number;
    const hash = hashOf(sender, number);
    const cell = cellOf(window, hash, sender, number);
    window.table[cell] = i + 1;
    window.table[cell + 1] = hash;
  }
}
