// The event list: what will happen, in order of (time, seq). A hierarchical timing wheel with occupancy bitmaps: 4,096
// slots of 1,024 ns, then 1,024 of about 4.2 ms, then 1,024 of about 4.3 s, and a binary heap for what lies beyond 73
// minutes. Only the slot being drained is sorted. The kernel's loop calls `next`; nothing here knows what an event means.

import type { Arena, Saveable } from './arena.ts';
import { f64, i32, Table } from './arena.ts';
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
/** While no more events than this are pending in all, they are simply kept sorted: on so few the wheel costs more than it saves. */
const FEW = 20;
/** More sorted events than this, and the later ones go to the wheel. */
const MANY = 64;
/** Places in `bases`: first fine slot of the fine, coarse and far windows, and the last slot whose events are in `due`. */
const FINE = 0;
const COARSE = 1;
const FAR = 2;
const DRAINED = 3;

/** `what` of an event that was cancelled: it is dropped when its slot is drained. */
const CANCELLED = -2147483648;

/** Numbers of an event in `keys`: when, ns, and in which order among those of one time. */
const KEYS = 2;
/** Numbers of an event in `words`, all the caller's: who, what, arg, epoch. */
const WORDS_BITS = 2;
const WHO = 0;
const WHAT = 1;
const ARG = 2;
const EPOCH = 3;

class EventTable extends Table {
  keys = f64(KEYS);
  words = i32(1 << WORDS_BITS);

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
    if (from >= this.head.length) return -1;
    const start = from >>> 5;
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
  /** In one array of float64, since fields that outgrow 31 bits would change the shape of the object in mid-run. */
  private readonly bases = new Float64Array([0, 0, 0, -1]);
  /** Events in the levels and in the heap. */
  private outside = 0;
  /** Everything in the drained slot or before it, and not yet taken, in order of (time, seq). */
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
   * Puts an event on the list, due at `timeCell[0]`, behind all that were put on it before for the same time: `seqCell[0]`
   * counts them. `who`, `what`, `arg` and `epoch` are the caller's. (Time and count come in cells: float64 values that pass
   * through calls are boxed.)
   */
  insert(timeCell: Float64Array, seqCell: Float64Array, who: number, what: number, arg: number, epoch: number): EventIx {
    const events = this.events;
    const event = events.slots.alloc();
    const seq = (seqCell[0] as number) + 1;
    seqCell[0] = seq;
    const { keys, words } = events;
    keys[KEYS * event] = timeCell[0] as number;
    keys[KEYS * event + 1] = seq;
    // (`| 0`: a number of unknown kind is stored through float64, a whole one directly.)
    const at = event << WORDS_BITS;
    words[at + WHO] = who | 0;
    words[at + WHAT] = what | 0;
    words[at + ARG] = arg | 0;
    words[at + EPOCH] = epoch | 0;
    if (this.outside === 0 && this.dueEnd - this.dueHead < FEW) this.insertDue(event);
    else this.place(event);
    return event as EventIx;
  }

  /** The same for what took its place in the order of events earlier, when it was issued: the head of a link's line. */
  insertAs(timeCell: Float64Array, seq: number, who: number, what: number, arg: number): EventIx {
    const events = this.events;
    const event = events.slots.alloc();
    events.keys[KEYS * event] = timeCell[0] as number;
    events.keys[KEYS * event + 1] = seq;
    const at = event << WORDS_BITS;
    events.words[at + WHO] = who;
    events.words[at + WHAT] = what;
    events.words[at + ARG] = arg;
    events.words[at + EPOCH] = 0;
    this.place(event);
    return event as EventIx;
  }

  /** Takes an event back. It stays in its slot, empty, until the slot is drained. */
  cancel(event: EventIx): void {
    this.events.words[(event << WORDS_BITS) + WHAT] = CANCELLED;
  }

  /**
   * The earliest event due before `limitNs`, or 0. It stays at the head until `take`. Moves nothing beyond the limit, so that
   * what is inserted at the limit later still finds its place.
   */
  next(limitNs: number): EventIx {
    if (this.dueHead < this.dueEnd) {
      const event = this.due[this.dueHead] as number;
      if (this.whatOf(event as EventIx) !== CANCELLED)
        return ((this.events.keys[KEYS * event] as number) < limitNs ? event : 0) as EventIx;
    }
    return this.nextAfterCancelled(limitNs);
  }

  private nextAfterCancelled(limitNs: number): EventIx {
    for (;;) {
      while (this.dueHead < this.dueEnd) {
        const event = this.due[this.dueHead] as number;
        if (this.whatOf(event as EventIx) !== CANCELLED)
          return ((this.events.keys[KEYS * event] as number) < limitNs ? event : 0) as EventIx;
        this.dueHead++;
        this.events.slots.free(event);
      }
      this.dueHead = 0;
      this.dueEnd = 0;
      if (!this.drainNext(limitNs)) return 0 as EventIx;
    }
  }

  /** Removes the event that `next` returned. */
  take(event: EventIx): void {
    this.dueHead++;
    this.events.slots.free(event);
  }

  /** Puts the event that `next` returned back on the list, at the time in the cell and with a new place. */
  postpone(event: EventIx, timeCell: Float64Array, seqCell: Float64Array): void {
    this.dueHead++;
    seqCell[0] = (seqCell[0] as number) + 1;
    this.events.keys[KEYS * event] = timeCell[0] as number;
    this.events.keys[KEYS * event + 1] = seqCell[0] as number;
    this.place(event);
  }

  timeOf(event: EventIx): number {
    return this.events.keys[KEYS * event] as number;
  }
  whoOf(event: EventIx): number {
    return this.events.words[(event << WORDS_BITS) + WHO] as number;
  }
  whatOf(event: EventIx): number {
    return this.events.words[(event << WORDS_BITS) + WHAT] as number;
  }
  argOf(event: EventIx): number {
    return this.events.words[(event << WORDS_BITS) + ARG] as number;
  }
  epochOf(event: EventIx): number {
    return this.events.words[(event << WORDS_BITS) + EPOCH] as number;
  }
  /** Whether an event is due at exactly the time in the cell. */
  isAt(event: EventIx, cell: Float64Array): boolean {
    return this.events.keys[KEYS * event] === cell[0];
  }
  /** When each pending event of `who` and `what` is due, ns, by its `arg`. Goes through all there are: for people, not for a run. */
  dueByArg(who: number, what: number, epoch: number): ReadonlyMap<number, number> {
    const { keys, slots, words } = this.events;
    const isFree = new Uint8Array(slots.high);
    for (let free = slots.freeHead; free !== 0; free = slots.next[free] as number) isFree[free] = 1;
    const due = new Map<number, number>();
    for (let event = 1; event < slots.high; event++) {
      const at = event << WORDS_BITS;
      if (words[at + WHO] !== who || words[at + WHAT] !== what || words[at + EPOCH] !== epoch || isFree[event] === 1) continue;
      due.set(words[at + ARG] as number, keys[KEYS * event] as number);
    }
    return due;
  }
  /** Copies the time of an event into a cell without passing it through a call. */
  timeInto(event: EventIx, cell: Float64Array): void {
    cell[0] = this.events.keys[KEYS * event] as number;
  }

  private place(event: number): void {
    const bases = this.bases;
    if (this.outside === 0) {
      if (this.dueEnd - this.dueHead < FEW) {
        this.insertDue(event);
        return;
      }
      // While all events were few nobody kept count of the slot: from here on it matters.
      const last = floor((this.events.keys[KEYS * (this.due[this.dueEnd - 1] as number)] as number) * SLOTS_PER_NS);
      if (last > (bases[DRAINED] as number)) bases[DRAINED] = last;
    }
    const slot = floor((this.events.keys[KEYS * event] as number) * SLOTS_PER_NS);
    if (slot <= (bases[DRAINED] as number)) {
      this.insertDue(event);
      if (this.dueEnd - this.dueHead > MANY) this.spill();
      return;
    }
    this.outside++;
    const next = this.events.next;
    const fine = slot - (bases[FINE] as number);
    if (fine < FINE_SLOTS) {
      this.fine.append(fine | 0, event, next);
      return;
    }
    const coarse = slot - (bases[COARSE] as number);
    if (coarse < FAR_WIDTH) {
      this.coarse.append((coarse / COARSE_WIDTH) | 0, event, next);
      return;
    }
    const far = slot - (bases[FAR] as number);
    if (far < HORIZON) {
      this.far.append((far / FAR_WIDTH) | 0, event, next);
      return;
    }
    this.pushHeap(event);
  }

  /** Drains the next occupied slot that begins before the limit into `due`; false if there is none. */
  private drainNext(limitNs: number): boolean {
    if (this.outside === 0) return false;
    const bases = this.bases;
    const limitSlot = limitNs * SLOTS_PER_NS;
    for (;;) {
      // The last event of all, on its way down the levels, joins the few that are simply kept sorted.
      if (this.dueHead < this.dueEnd) return true;
      const fine = this.fine.first((bases[DRAINED] as number) - (bases[FINE] as number) + 1);
      if (fine >= 0) {
        const slot = (bases[FINE] as number) + fine;
        if (slot >= limitSlot) return false;
        bases[DRAINED] = slot;
        this.collect(this.fine.take(fine));
        return true;
      }
      const coarseCursor = floor(((bases[FINE] as number) - (bases[COARSE] as number)) / COARSE_WIDTH);
      const coarse = this.coarse.first(coarseCursor + 1);
      if (coarse >= 0) {
        const base = (bases[COARSE] as number) + coarse * COARSE_WIDTH;
        if (base >= limitSlot) return false;
        bases[FINE] = base;
        bases[DRAINED] = base - 1;
        this.spread(this.coarse.take(coarse));
        continue;
      }
      const farCursor = floor(((bases[COARSE] as number) - (bases[FAR] as number)) / FAR_WIDTH);
      const far = this.far.first(farCursor + 1);
      if (far >= 0) {
        const base = (bases[FAR] as number) + far * FAR_WIDTH;
        if (base >= limitSlot) return false;
        this.enter(base);
        this.spread(this.far.take(far));
        continue;
      }
      if (this.heapCount === 0) return false;
      const slot = floor((this.events.keys[KEYS * (this.heap[0] as number)] as number) * SLOTS_PER_NS);
      const base = floor(slot / HORIZON) * HORIZON;
      if (base >= limitSlot) return false;
      bases[FAR] = base;
      this.enter(base);
      while (
        this.heapCount > 0 &&
        (this.events.keys[KEYS * (this.heap[0] as number)] as number) * SLOTS_PER_NS < base + HORIZON
      ) {
        this.outside--;
        this.place(this.popHeap());
      }
    }
  }

  private enter(base: number): void {
    this.bases[COARSE] = base;
    this.bases[FINE] = base;
    this.bases[DRAINED] = base - 1;
  }

  private spread(head: number): void {
    let event = head;
    while (event !== 0) {
      const following = this.events.next[event] as number;
      this.outside--;
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
    this.outside -= end;
    if (end > 1) this.sortDue(end);
  }

  /** Too many events are kept sorted: all but the first few go to the wheel, as far as its windows reach back. */
  private spill(): void {
    const bases = this.bases;
    const slotOf = (at: number): number => floor((this.events.keys[KEYS * (this.due[at] as number)] as number) * SLOTS_PER_NS);
    let last = slotOf(this.dueHead + FEW);
    if (last < (bases[FINE] as number) - 1) last = (bases[FINE] as number) - 1;
    let kept = this.dueHead + FEW;
    while (kept < this.dueEnd && slotOf(kept) <= last) kept++;
    const end = this.dueEnd;
    if (kept === end) return;
    this.dueEnd = kept;
    bases[DRAINED] = last;
    for (let at = kept; at < end; at++) this.place(this.due[at] as number);
  }

  private insertDue(event: number): void {
    if (this.dueEnd === this.due.length) {
      if (this.dueHead > 0) {
        this.due.copyWithin(0, this.dueHead, this.dueEnd);
        this.dueEnd -= this.dueHead;
        this.dueHead = 0;
      } else this.due = grown(this.due);
    }
    const { due, dueHead } = this;
    const { keys } = this.events;
    const eventNs = keys[KEYS * event] as number;
    let at = this.dueEnd++;
    while (at > dueHead) {
      const other = due[at - 1] as number;
      const otherNs = keys[KEYS * other] as number;
      if (eventNs > otherNs || (eventNs === otherNs && (keys[KEYS * event + 1] as number) > (keys[KEYS * other + 1] as number)))
        break;
      due[at] = other;
      at--;
    }
    due[at] = event;
  }

  private isEarlier(a: number, b: number): boolean {
    const { keys } = this.events;
    const timeA = keys[KEYS * a] as number;
    const timeB = keys[KEYS * b] as number;
    return timeA < timeB || (timeA === timeB && (keys[KEYS * a + 1] as number) < (keys[KEYS * b + 1] as number));
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
      bases: this.bases.slice(),
      outside: this.outside,
    };
  }

  load(saved: unknown): void {
    const copy = saved as {
      levels: [readonly Int32Array[], readonly Int32Array[], readonly Int32Array[]];
      heap: Int32Array;
      due: Int32Array;
      bases: Float64Array;
      outside: number;
    };
    this.fine.load(copy.levels[0]);
    this.coarse.load(copy.levels[1]);
    this.far.load(copy.levels[2]);
    this.heapCount = copy.heap.length;
    this.heap = fitted(this.heap, copy.heap);
    this.dueHead = 0;
    this.dueEnd = copy.due.length;
    this.due = fitted(this.due, copy.due);
    this.bases.set(copy.bases);
    this.outside = copy.outside;
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
