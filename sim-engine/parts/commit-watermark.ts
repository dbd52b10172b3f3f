// Which offset to commit when messages of one partition are worked on in parallel: the lowest below which all are done, as in Uber's
// consumer proxy. The caller bounds the window of offsets taken and not yet committed, so that one message that never ends stops the
// fetch in the end. The state is plain: a ring of bits. Pinned by testing/vectors/patterns/out-of-order-commit.json; P42 to P44 of
// docs/semantics/patterns.md.

import { assert } from '../kernel/assert.ts';
import { clz32, max } from '../kernel/exact-math.ts';

export interface CommitWatermark {
  /** The next offset to read after a crash: all below it are done. */
  committed: number;
  /** The next offset to fetch. */
  next: number;
  /** Done offsets, a bit each, by offset modulo 32 times its length, a power of two; grows with what is fetched. */
  done: Int32Array;
}

const WORD_BITS = 32;
/** A power of two. */
const FIRST_WORDS = 4;

/** Starts at an offset. */
export const newCommitWatermark = (offset: number): CommitWatermark => ({
  committed: offset,
  next: offset,
  done: new Int32Array(FIRST_WORDS),
});

/** Offsets that may be fetched now if at most `windowMax` are taken from the committed one on. */
export const roomToFetch = (mark: CommitWatermark, windowMax: number): number => max(0, windowMax - (mark.next - mark.committed));

/** Takes the next `count` offsets and gives the first of them. */
export function fetchOffsets(mark: CommitWatermark, count: number): number {
  const first = mark.next;
  mark.next += count;
  // One word more than fits: a window that begins within a word ends within another.
  while (mark.done.length * WORD_BITS < mark.next - mark.committed + WORD_BITS) grow(mark);
  return first;
}

/** An offset is done: acknowledged, or moved out of the way. False if it was already. The committed offset moves as far as it can. */
export function markDone(mark: CommitWatermark, offset: number): boolean {
  assert(offset < mark.next, 'an offset is done that was never fetched');
  if (offset < mark.committed) return false;
  const { done } = mark;
  const mask = done.length - 1;
  const word = wordOf(offset) & mask;
  const bit = 1 << (offset % WORD_BITS);
  if (((done[word] as number) & bit) !== 0) return false;
  done[word] = (done[word] as number) | bit;
  if (offset === mark.committed) advance(mark);
  return true;
}

/** After a crash: everything from the committed offset on is fetched again, done or not. */
export function rewindToCommitted(mark: CommitWatermark): void {
  mark.done.fill(0);
  mark.next = mark.committed;
}

/** Over whole words at a time; a word that is passed is cleared for the offsets that will use it next. */
function advance(mark: CommitWatermark): void {
  const { done, next } = mark;
  const mask = done.length - 1;
  let { committed } = mark;
  while (committed < next) {
    const at = wordOf(committed) & mask;
    const first = committed % WORD_BITS;
    const missing = ~(done[at] as number) & (-1 << first);
    if (missing !== 0) {
      committed += lowestBit(missing) - first;
      break;
    }
    done[at] = 0;
    committed += WORD_BITS - first;
  }
  mark.committed = committed;
}

function grow(mark: CommitWatermark): void {
  const { done, committed } = mark;
  const grown = new Int32Array(done.length * 2);
  const first = wordOf(committed);
  for (let word = first; word < first + done.length; word++) {
    grown[word & (grown.length - 1)] = done[word & (done.length - 1)] as number;
  }
  mark.done = grown;
}

const wordOf = (offset: number): number => (offset - (offset % WORD_BITS)) / WORD_BITS;

const lowestBit = (bits: number): number => 31 - clz32(bits & -bits);
