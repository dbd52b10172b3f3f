// The event list: what will happen, in order of (time, seq). A hierarchical timing wheel with occupancy bitmaps: 4,096
// slots of 1,024 ns, then 1,024 of about 4.2 ms, then 1,024 of about 4.3 s, and a binary heap for what lies beyond 73
// minutes. Only the slot being drained is sorted. The kernel's loop calls `next`; nothing here knows what an event means.

import type { Arena, Saveable } from './arena.ts';
import { f64, i32, u16, Table } from './arena.ts';
import { clz32, floor } from './exact-math.ts';
import type { EventIx } from './ids.ts';

const SLOT_NS = 1024;
const SLOTS_PER_NS = 1 / SLOT_NS;
const FINE_SLOTS = 4096;
const COARSE_SLOTS = 1024;
/** Width of one coarse and of one far slot, and of the whole far level, in fine slots. */
const COARSE_WIDTH = FINE_SLOTS;
const FAR_WIDTH = COARSE_WIDTH * COARSE_SLOTS;
const HORIZON = FAR_WIDTH * COARSE_SLOTS;
/** Up to here a drained slot is sorted by insertion, beyond it by merging. */
const INSERTION_SORT_MAX = 24;

/** `what` of an event that was cancelled: it is dropped when its slot is drained. */
const CANCELLED = -2147483648;

class EventTable extends Table {
  timeNs = f64();
  seq = f64();
  who = i32();
  what = i32();
  arg = i32();
  epoch = u16();

  constructor(arena: Arena) {
    super(256);
    this.allocate(arena);
  }
}

/** One level of slots: lists in order of arrival, and which of them are occupied. */
class Level {
  readonly head: Int32Array;
  readonly tail: Int32Array;
  /** A bit per slot, and a bit per word of those. */
  private readonly words: Int32Array;
  private readonly summary: Int32Array;

  constructor(slots: number) {
    this.head = new Int32Array(slots);
    this.tail = new Int32Array(slots);
    this.words = new Int32Array(slots >>> 5);
    this.summary = new Int32Array(((slots >>> 5) + 31) >>> 5);
  }

  append(slot: number, event: number, next: Int32Array): void {
    const tail = this.tail[slot] as number;
    if (tail === 0) {
      this.head[slot] = event;
      this.words[slot >>> 5] = (this.words[slot >>> 5] as number) | (1 << (slot & 31));
      this.summary[slot >>> 10] = (this.summary[slot >>> 10] as number) | (1 << ((slot >>> 5) & 31));
    } else next[tail] = event;
    next[event] = 0;
    this.tail[slot] = event;
  }

  /** Empties a slot and returns the head of its list. */
  take(slot: number): number {
    const head = this.head[slot] as number;
    this.head[slot] = 0;
    this.tail[slot] = 0;
    const word = (this.words[slot >>> 5] as number) & ~(1 << (slot & 31));
    this.words[slot >>> 5] = word;
    if (word === 0) this.summary[slot >>> 10] = (this.summary[slot >>> 10] as number) & ~(1 << ((slot >>> 5) & 31));
    return head;
  }

  /** The first occupied slot from `from` on, or -1. */
  first(from: number): number {
    const start = from >>> 5;
    if (start >= this.words.length) return -1;
    const word = (this.words[start] as number) & (-1 << (from & 31));
    if (word !== 0) return (start << 5) + trailingZeros(word);
    let group = (start + 1) >>> 5;
    let mask = -1 << ((start + 1) & 31);
    for (; group < this.summary.length; group++) {
      const occupied = (this.summary[group] as number) & mask;
      if (occupied !== 0) {
        const at = (group << 5) + trailingZeros(occupied);
        return (at << 5) + trailingZeros(this.words[at] as number);
      }
      mask = -1;
    }
    return -1;
  }

  save(): readonly Int32Array[] {
    return [this.head.slice(), this.tail.slice(), this.words.slice(), this.summary.slice()];
  }

  load(saved: readonly Int32Array[]): void {
    this.head.set(saved[0] as Int32Array);
    this.tail.set(saved[1] as Int32Array);
    this.words.set(saved[2] as Int32Array);
    this.summary.set(saved[3] as Int32Array);
  }
}

const trailingZeros = (word: number): number => 31 - clz32(word & -word);

export class EventWheel implements Saveable {
  private readonly events: EventTable;
  private readonly fine = new Level(FINE_SLOTS);
  private readonly coarse = new Level(COARSE_SLOTS);
  private readonly far = new Level(COARSE_SLOTS);
  private heap = new Int32Array(64);
  private heapCount = 0;
  /** First fine slot of the windows that the fine, coarse and far levels cover now. */
  private fineBase = 0;
  private coarseBase = 0;
  private farBase = 0;
  /** Fine slot that was drained last: what is due in it or before goes into `due` at once. */
  private drained = -1;
  /** What is drained and not yet taken, in order of (time, seq). */
  private due = new Int32Array(64);
  private dueHead = 0;
  private dueEnd = 0;
  private scratch = new Int32Array(64);

  constructor(arena: Arena) {
    this.events = new EventTable(arena);
    arena.register(this);
  }

  /** Events waiting, cancelled ones included. */
  get pending(): number {
    return this.events.live;
  }

  /**
   * Puts an event on the list, due at `timeCell[0]` (the time comes in a cell, see `world/clock.ts`), with its place `seq`
   * among events of the same time. `who`, `what`, `arg` and `epoch` are the caller's.
   */
  insert(timeCell: Float64Array, seq: number, who: number, what: number, arg: number, epoch: number): EventIx {
    const event = this.events.alloc();
    const events = this.events;
    events.timeNs[event] = timeCell[0] as number;
    events.seq[event] = seq;
    events.who[event] = who;
    events.what[event] = what;
    events.arg[event] = arg;
    events.epoch[event] = epoch;
    this.place(event);
    return event as EventIx;
  }

  /** Takes an event back. It stays in its slot, empty, until the slot is drained. */
  cancel(event: EventIx): void {
    this.events.what[event] = CANCELLED;
  }

  /**
   * The earliest event due before `limitNs`, or 0. It stays at the head until `take`. Moves nothing beyond the limit, so that
   * what is inserted at the limit later still finds its place.
   */
  next(limitNs: number): EventIx {
    for (;;) {
      while (this.dueHead < this.dueEnd) {
        const event = this.due[this.dueHead] as number;
        if (this.events.what[event] !== CANCELLED) return ((this.events.timeNs[event] as number) < limitNs ? event : 0) as EventIx;
        this.dueHead++;
        this.events.free(event);
      }
      this.dueHead = 0;
      this.dueEnd = 0;
      if (!this.drainNext(limitNs)) return 0 as EventIx;
    }
  }

  /** Removes the event that `next` returned. */
  take(event: EventIx): void {
    this.dueHead++;
    this.events.free(event);
  }

  /** Puts the event that `next` returned back on the list, at the time in the cell and with a new place. */
  postpone(event: EventIx, timeCell: Float64Array, seq: number): void {
    this.dueHead++;
    this.events.timeNs[event] = timeCell[0] as number;
    this.events.seq[event] = seq;
    this.place(event);
  }

  timeOf(event: EventIx): number {
    return this.events.timeNs[event] as number;
  }
  whoOf(event: EventIx): number {
    return this.events.who[event] as number;
  }
  whatOf(event: EventIx): number {
    return this.events.what[event] as number;
  }
  argOf(event: EventIx): number {
    return this.events.arg[event] as number;
  }
  epochOf(event: EventIx): number {
    return this.events.epoch[event] as number;
  }
  /** Copies the time of an event into a cell without passing it through a call. */
  timeInto(event: EventIx, cell: Float64Array): void {
    cell[0] = this.events.timeNs[event] as number;
  }

  private place(event: number): void {
    const slot = floor((this.events.timeNs[event] as number) * SLOTS_PER_NS);
    if (slot <= this.drained) {
      this.insertDue(event);
      return;
    }
    const next = this.events.next;
    const fine = slot - this.fineBase;
    if (fine < FINE_SLOTS) {
      this.fine.append(fine | 0, event, next);
      return;
    }
    const coarse = slot - this.coarseBase;
    if (coarse < FAR_WIDTH) {
      this.coarse.append((coarse / COARSE_WIDTH) | 0, event, next);
      return;
    }
    const far = slot - this.farBase;
    if (far < HORIZON) {
      this.far.append((far / FAR_WIDTH) | 0, event, next);
      return;
    }
    this.pushHeap(event);
  }

  /** Drains the next occupied slot that begins before the limit into `due`; false if there is none. */
  private drainNext(limitNs: number): boolean {
    const limitSlot = limitNs * SLOTS_PER_NS;
    for (;;) {
      const fine = this.fine.first(this.drained - this.fineBase + 1);
      if (fine >= 0) {
        const slot = this.fineBase + fine;
        if (slot >= limitSlot) return false;
        this.drained = slot;
        this.collect(this.fine.take(fine));
        return true;
      }
      const coarseCursor = floor((this.fineBase - this.coarseBase) / COARSE_WIDTH);
      const coarse = this.coarse.first(coarseCursor + 1);
      if (coarse >= 0) {
        const base = this.coarseBase + coarse * COARSE_WIDTH;
        if (base >= limitSlot) return false;
        this.fineBase = base;
        this.drained = base - 1;
        this.spread(this.coarse.take(coarse));
        continue;
      }
      const farCursor = floor((this.coarseBase - this.farBase) / FAR_WIDTH);
      const far = this.far.first(farCursor + 1);
      if (far >= 0) {
        const base = this.farBase + far * FAR_WIDTH;
        if (base >= limitSlot) return false;
        this.enter(base);
        this.spread(this.far.take(far));
        continue;
      }
      if (this.heapCount === 0) return false;
      const slot = floor((this.events.timeNs[this.heap[0] as number] as number) * SLOTS_PER_NS);
      const base = floor(slot / HORIZON) * HORIZON;
      if (base >= limitSlot) return false;
      this.farBase = base;
      this.enter(base);
      while (this.heapCount > 0 && (this.events.timeNs[this.heap[0] as number] as number) * SLOTS_PER_NS < base + HORIZON) {
        this.place(this.popHeap());
      }
    }
  }

  private enter(base: number): void {
    this.coarseBase = base;
    this.fineBase = base;
    this.drained = base - 1;
  }

  private spread(head: number): void {
    let event = head;
    while (event !== 0) {
      const following = this.events.next[event] as number;
      this.place(event);
      event = following;
    }
  }

  /** Moves a slot's list into the empty `due`, sorted. */
  private collect(head: number): void {
    let end = 0;
    for (let event = head; event !== 0; event = this.events.next[event] as number) {
      if (end === this.due.length) this.due = grown(this.due);
      this.due[end++] = event;
    }
    this.dueHead = 0;
    this.dueEnd = end;
    if (end > 1) this.sortDue(end);
  }

  private insertDue(event: number): void {
    if (this.dueEnd === this.due.length) {
      if (this.dueHead > 0) {
        this.due.copyWithin(0, this.dueHead, this.dueEnd);
        this.dueEnd -= this.dueHead;
        this.dueHead = 0;
      } else this.due = grown(this.due);
    }
    let at = this.dueEnd++;
    while (at > this.dueHead && this.isEarlier(event, this.due[at - 1] as number)) {
      this.due[at] = this.due[at - 1] as number;
      at--;
    }
    this.due[at] = event;
  }

  private isEarlier(a: number, b: number): boolean {
    const timeA = this.events.timeNs[a] as number;
    const timeB = this.events.timeNs[b] as number;
    return timeA < timeB || (timeA === timeB && (this.events.seq[a] as number) < (this.events.seq[b] as number));
  }

  private sortDue(count: number): void {
    const due = this.due;
    let sorted = 1;
    while (sorted < count && !this.isEarlier(due[sorted] as number, due[sorted - 1] as number)) sorted++;
    if (sorted === count) return;
    if (count <= INSERTION_SORT_MAX) {
      for (let i = sorted; i < count; i++) {
        const event = due[i] as number;
        let at = i;
        while (at > 0 && this.isEarlier(event, due[at - 1] as number)) {
          due[at] = due[at - 1] as number;
          at--;
        }
        due[at] = event;
      }
      return;
    }
    this.mergeSortDue(count);
  }

  private mergeSortDue(count: number): void {
    if (this.scratch.length < count) this.scratch = new Int32Array(this.due.length);
    let from = this.due;
    let to = this.scratch;
    for (let width = 1; width < count; width *= 2) {
      for (let start = 0; start < count; start += 2 * width) {
        const middle = start + width < count ? start + width : count;
        const end = start + 2 * width < count ? start + 2 * width : count;
        let left = start;
        let right = middle;
        for (let at = start; at < end; at++) {
          const takeRight = left >= middle || (right < end && this.isEarlier(from[right] as number, from[left] as number));
          to[at] = (takeRight ? from[right++] : from[left++]) as number;
        }
      }
      const swap = from;
      from = to;
      to = swap;
    }
    if (from !== this.due) this.due.set(from.subarray(0, count));
  }

  private pushHeap(event: number): void {
    if (this.heapCount === this.heap.length) this.heap = grown(this.heap);
    let at = this.heapCount++;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.isEarlier(event, this.heap[parent] as number)) break;
      this.heap[at] = this.heap[parent] as number;
      at = parent;
    }
    this.heap[at] = event;
  }

  private popHeap(): number {
    const top = this.heap[0] as number;
    const event = this.heap[--this.heapCount] as number;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= this.heapCount) break;
      if (child + 1 < this.heapCount && this.isEarlier(this.heap[child + 1] as number, this.heap[child] as number)) child++;
      if (!this.isEarlier(this.heap[child] as number, event)) break;
      this.heap[at] = this.heap[child] as number;
      at = child;
    }
    if (this.heapCount > 0) this.heap[at] = event;
    return top;
  }

  save(): unknown {
    return {
      levels: [this.fine.save(), this.coarse.save(), this.far.save()],
      heap: this.heap.slice(0, this.heapCount),
      due: this.due.slice(this.dueHead, this.dueEnd),
      bases: [this.fineBase, this.coarseBase, this.farBase, this.drained],
    };
  }

  load(saved: unknown): void {
    const copy = saved as {
      levels: [readonly Int32Array[], readonly Int32Array[], readonly Int32Array[]];
      heap: Int32Array;
      due: Int32Array;
      bases: [number, number, number, number];
    };
    this.fine.load(copy.levels[0]);
    this.coarse.load(copy.levels[1]);
    this.far.load(copy.levels[2]);
    this.heapCount = copy.heap.length;
    this.heap = fitted(this.heap, copy.heap);
    this.dueHead = 0;
    this.dueEnd = copy.due.length;
    this.due = fitted(this.due, copy.due);
    [this.fineBase, this.coarseBase, this.farBase, this.drained] = copy.bases;
  }
}

function grown(array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(array.length * 2);
  larger.set(array);
  return larger;
}

function fitted(array: Int32Array<ArrayBuffer>, content: Int32Array): Int32Array<ArrayBuffer> {
  let length = array.length;
  while (length < content.length) length *= 2;
  const target = length === array.length ? array : new Int32Array(length);
  target.set(content);
  return target;
}
