// What happens still in this instant, first in, first out: packets on links without delay and timers set for now. A ring of
// columns that grows by doubling; the world's loop drains it before time moves on.

import type { Arena, Saveable } from '../kernel/arena.ts';
import { APPEND, RETRY, WRITE } from './packet-types.ts';

/** `type` of an entry that is a timer: `link` is then the actor, `first` the timer, `count` its argument, `tag` the epoch. */
export const LANE_TIMER = 0;
/** `type` of an entry whose link was cut or taken away under it: what it carried is let go already. */
const LANE_VOID = -1;

/** Numbers of an entry: link, type, first, count, tag; a power of two apart. */
const STRIDE_BITS = 3;
export const LANE_LINK = 0;
export const LANE_TYPE = 1;
export const LANE_FIRST = 2;
export const LANE_COUNT = 3;
export const LANE_TAG = 4;

/** Whether packets of a type bring a number in `aux`. */
const hasAux = (type: number): boolean => type === RETRY || (type >= WRITE && type <= APPEND);

export class Lane implements Saveable {
  /** All entries in one block: whoever writes or reads one touches one cache line and one array. */
  rows = new Int32Array(256 << STRIDE_BITS);
  private aux = new Float64Array(256);
  private head = 0;
  private mask = 255;
  length = 0;

  constructor(arena: Arena) {
    arena.register(this);
  }

  /** Adds an entry; of the few types that have one its `aux` is read from the cell. */
  push(link: number, type: number, first: number, count: number, tag: number, aux: Float64Array): void {
    if (this.length > this.mask) this.grow();
    const slot = (this.head + this.length) & this.mask;
    const rows = this.rows;
    const at = slot << STRIDE_BITS;
    // (`| 0`: a number of unknown kind is stored through float64, a whole one directly.)
    rows[at + LANE_LINK] = link | 0;
    rows[at + LANE_TYPE] = type | 0;
    rows[at + LANE_FIRST] = first | 0;
    rows[at + LANE_COUNT] = count | 0;
    rows[at + LANE_TAG] = tag | 0;
    if (hasAux(type)) this.aux[slot] = aux[0] as number;
    this.length++;
  }

  /**
   * Takes the oldest entry out and says where in `rows` it stands, until the next `push`; its `aux`, if it has one, goes into the cell.
   * The lane must not be empty.
   */
  shift(aux: Float64Array): number {
    const slot = this.head;
    const at = slot << STRIDE_BITS;
    this.head = (slot + 1) & this.mask;
    this.length--;
    if (hasAux(this.rows[at + LANE_TYPE] as number)) aux[0] = this.aux[slot] as number;
    return at;
  }

  /** Link (of a timer: actor) and type of the entry `ahead` places behind the oldest. */
  peek(ahead: number): { readonly link: number; readonly type: number } {
    const at = ((this.head + ahead) & this.mask) << STRIDE_BITS;
    return { link: this.rows[at + LANE_LINK] as number, type: this.rows[at + LANE_TYPE] as number };
  }

  /** Empties every packet on a link, oldest first, and hands each one's type and cargo to `lose`. */
  dropAllOn(link: number, lose: (type: number, first: number) => void): void {
    const rows = this.rows;
    // What is let go may put more into the lane, never onto this link: those that are there now are all there are.
    for (let i = 0, length = this.length; i < length; i++) {
      const at = ((this.head + i) & this.mask) << STRIDE_BITS;
      const type = rows[at + LANE_TYPE] as number;
      if (rows[at + LANE_LINK] !== link || type <= LANE_TIMER) continue;
      rows[at + LANE_TYPE] = LANE_VOID;
      lose(type, rows[at + LANE_FIRST] as number);
    }
  }

  private grow(): void {
    const rows = new Int32Array(this.rows.length * 2);
    const aux = new Float64Array(this.aux.length * 2);
    for (let i = 0; i < this.length; i++) {
      const slot = (this.head + i) & this.mask;
      for (let j = 0; j <= LANE_TAG; j++) rows[(i << STRIDE_BITS) + j] = this.rows[(slot << STRIDE_BITS) + j] as number;
      aux[i] = this.aux[slot] as number;
    }
    this.rows = rows;
    this.aux = aux;
    this.head = 0;
    this.mask = this.mask * 2 + 1;
  }

  save(): unknown {
    const { rows, aux, head, mask, length } = this;
    return { rows: rows.slice(), aux: aux.slice(), head, mask, length };
  }

  load(saved: unknown): void {
    const copy = saved as {
      rows: Int32Array<ArrayBuffer>;
      aux: Float64Array<ArrayBuffer>;
      head: number;
      mask: number;
      length: number;
    };
    this.rows = copy.rows.slice();
    this.aux = copy.aux.slice();
    this.head = copy.head;
    this.mask = copy.mask;
    this.length = copy.length;
  }
}
