// Where the engine's numbers live: tables of typed columns with a free list, growing by doubling, and fixed blocks. The
// arena knows all of them, so that a checkpoint is a copy of columns and kinds write no snapshot code.

import { assert } from './assert.ts';

export type Column =
  | Uint8Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>;

/** Columns that no table has given their capacity yet: each as long as the numbers it keeps per slot. */
const unallocated = new WeakSet<Column>();

function declared<C extends Column>(column: C): C {
  unallocated.add(column);
  return column;
}

/**
 * Initial values of the column fields of a table, until `allocate` gives them their capacity. A column may keep several numbers
 * per slot, side by side: those that are mostly read and written together cost one array instead of many.
 */
export const u8 = (perSlot = 1): Uint8Array<ArrayBuffer> => declared(new Uint8Array(perSlot));
export const u16 = (perSlot = 1): Uint16Array<ArrayBuffer> => declared(new Uint16Array(perSlot));
export const i32 = (perSlot = 1): Int32Array<ArrayBuffer> => declared(new Int32Array(perSlot));
export const u32 = (perSlot = 1): Uint32Array<ArrayBuffer> => declared(new Uint32Array(perSlot));
export const f64 = (perSlot = 1): Float64Array<ArrayBuffer> => declared(new Float64Array(perSlot));

/** Something whose whole state can be copied out and put back. `save` returns plain data that nobody else holds. */
export interface Saveable {
  save(): unknown;
  load(saved: unknown): void;
}

/** A copy of everything registered with an arena, in order of registration. */
export type ArenaCopy = readonly unknown[];

export class Arena {
  private readonly parts: Saveable[] = [];

  register(part: Saveable): void {
    this.parts.push(part);
  }

  save(): ArenaCopy {
    return this.parts.map((part) => part.save());
  }

  load(copy: ArenaCopy): void {
    assert(copy.length === this.parts.length, 'a checkpoint has one copy per part of the arena');
    for (let i = 0; i < this.parts.length; i++) this.parts[i]?.load(copy[i]);
  }
}

function newColumn(like: Column, length: number): Column {
  if (like instanceof Float64Array) return new Float64Array(length);
  if (like instanceof Int32Array) return new Int32Array(length);
  if (like instanceof Uint32Array) return new Uint32Array(length);
  if (like instanceof Uint16Array) return new Uint16Array(length);
  return new Uint8Array(length);
}

interface TableCopy {
  readonly high: number;
  readonly live: number;
  readonly freeHead: number;
  readonly next: Int32Array<ArrayBuffer>;
  /** A column in which nothing but 0 is written is not copied at all: null. */
  readonly columns: readonly (Column | null)[];
}

/** Whether the first `length` numbers of a column are all 0, seen as words, so that it is one loop for all sorts of columns. */
function isBlank(column: Column, length: number): boolean {
  const words = new Int32Array(column.buffer, 0, (length * column.BYTES_PER_ELEMENT + 3) >> 2);
  const count = words.length;
  let i = 0;
  // Eight at a time: most of these columns are blank to the end, and a checkpoint waits for it.
  for (; i + 8 <= count; i += 8) {
    const first = (words[i] as number) | (words[i + 1] as number) | (words[i + 2] as number) | (words[i + 3] as number);
    const second = (words[i + 4] as number) | (words[i + 5] as number) | (words[i + 6] as number) | (words[i + 7] as number);
    if ((first | second) !== 0) return false;
  }
  for (; i < count; i++) if (words[i] !== 0) return false;
  return true;
}

/**
 * Which slots of a table are in use. A class of its own, and not part of each table, because what tables share would be compiled
 * for all of them at once: every look at the free list would then first have to find out whose it is.
 */
export class Slots {
  /** Belongs to the free list while a slot is free and to the table's owner while it is in use. */
  next: Int32Array<ArrayBuffer>;
  capacity: number;
  /** Slots ever given out, slot 0 included: only [0, high) is ever copied. */
  high = 1;
  /** Slots in use now. */
  live = 0;
  freeHead = 0;
  private readonly grow: () => void;

  constructor(capacity: number, grow: () => void) {
    this.capacity = capacity;
    this.next = new Int32Array(capacity);
    this.grow = grow;
  }

  /** A free slot, with whatever its last user left in it but for `next`, which is 0. */
  alloc(): number {
    this.live++;
    const head = this.freeHead;
    if (head !== 0) {
      this.freeHead = this.next[head] as number;
      this.next[head] = 0;
      return head;
    }
    if (this.high === this.capacity) this.grow();
    return this.high++;
  }

  free(slot: number): void {
    this.next[slot] = this.freeHead;
    this.freeHead = slot | 0;
    this.live--;
  }
}

/**
 * A table of slots. Slot 0 is never given out, so that 0 can mean none. A subclass declares its columns as fields
 * (`createdNs = f64()`) and calls `allocate` at the end of its constructor. Columns are replaced when the table
 * grows, so a hot loop fetches them anew after whatever may allocate.
 *
 * (The fields are declared one by one, not made in a loop: V8 keeps an object whose properties were added by computed names
 * as a dictionary, and every access to a column would cost several times as much.)
 */
export abstract class Table implements Saveable {
  readonly slots: Slots;
  /** The columns by name, and how many numbers each keeps per slot. */
  private names: readonly string[] = [];
  private perSlot: readonly number[] = [];

  constructor(capacity: number) {
    this.slots = new Slots(capacity, () => this.grow());
  }

  get next(): Int32Array<ArrayBuffer> {
    return this.slots.next;
  }
  get capacity(): number {
    return this.slots.capacity;
  }
  get high(): number {
    return this.slots.high;
  }
  get live(): number {
    return this.slots.live;
  }

  /** Gives every column its capacity and makes the table part of the arena. */
  protected allocate(arena: Arena): void {
    this.names = Object.keys(this).filter((name) => unallocated.has(this.field(name)));
    this.perSlot = this.names.map((name) => this.field(name).length);
    this.names.forEach((name, i) => {
      this.bind(name, newColumn(this.field(name), this.capacity * this.strideOf(i)));
    });
    arena.register(this);
  }

  save(): unknown {
    const { high, live, freeHead, next } = this.slots;
    const copy: TableCopy = {
      high,
      live,
      freeHead,
      next: next.slice(0, high),
      columns: this.names.map((name, i) => {
        const column = this.field(name);
        const length = this.high * this.strideOf(i);
        return isBlank(column, length) ? null : column.slice(0, length);
      }),
    };
    return copy;
  }

  load(saved: unknown): void {
    const copy = saved as TableCopy;
    const { slots } = this;
    while (slots.capacity < copy.high) this.grow();
    this.names.forEach((name, i) => {
      const saved = copy.columns[i] as Column | null;
      if (saved === null) this.field(name).fill(0, 0, copy.high * this.strideOf(i));
      else this.field(name).set(saved);
    });
    slots.next.set(copy.next);
    // Slots beyond the copy were never given out in its past: they must read as new.
    if (slots.high > copy.high) {
      slots.next.fill(0, copy.high, slots.high);
      this.names.forEach((name, i) => {
        this.field(name).fill(0, copy.high * this.strideOf(i), slots.high * this.strideOf(i));
      });
    }
    slots.high = copy.high;
    slots.live = copy.live;
    slots.freeHead = copy.freeHead;
  }

  private grow(): void {
    const { slots } = this;
    const capacity = slots.capacity * 2;
    const next = new Int32Array(capacity);
    next.set(slots.next);
    slots.next = next;
    this.names.forEach((name, i) => {
      const grown = newColumn(this.field(name), capacity * this.strideOf(i));
      grown.set(this.field(name));
      this.bind(name, grown);
    });
    slots.capacity = capacity;
  }

  private strideOf(column: number): number {
    return this.perSlot[column] as number;
  }

  private field(name: string): Column {
    return (this as unknown as Record<string, Column>)[name] as Column;
  }

  private bind(name: string, column: Column): void {
    (this as unknown as Record<string, Column>)[name] = column;
  }
}
