// What happens still in this instant, first in, first out: packets on links without delay and timers set for now. A ring of
// columns that grows by doubling; the kernel's loop drains it before time moves on.

import type { Arena, Saveable } from '../kernel/arena.ts';

/** `type` of an entry that is a timer: `link` is then the actor, `first` the timer, `count` its argument, `tag` the epoch. */
export const LANE_TIMER = 0;

export class Lane implements Saveable {
  link = new Int32Array(256);
  type = new Uint8Array(256);
  first = new Int32Array(256);
  count = new Int32Array(256);
  tag = new Int32Array(256);
  aux = new Float64Array(256);
  head = 0;
  length = 0;
  mask = 255;

  constructor(arena: Arena) {
    arena.register(this);
  }

  /** Adds an entry; its `aux` is read from the cell. */
  push(link: number, type: number, first: number, count: number, tag: number, aux: Float64Array): void {
    if (this.length > this.mask) this.grow();
    const at = (this.head + this.length) & this.mask;
    this.link[at] = link;
    this.type[at] = type;
    this.first[at] = first;
    this.count[at] = count;
    this.tag[at] = tag;
    this.aux[at] = aux[0] as number;
    this.length++;
  }

  private grow(): void {
    const size = (this.mask + 1) * 2;
    const unrolled = <A extends Int32Array | Uint8Array | Float64Array>(old: A, larger: A): A => {
      for (let i = 0; i < this.length; i++) larger[i] = old[(this.head + i) & this.mask] as number;
      return larger;
    };
    this.link = unrolled(this.link, new Int32Array(size));
    this.type = unrolled(this.type, new Uint8Array(size));
    this.first = unrolled(this.first, new Int32Array(size));
    this.count = unrolled(this.count, new Int32Array(size));
    this.tag = unrolled(this.tag, new Int32Array(size));
    this.aux = unrolled(this.aux, new Float64Array(size));
    this.head = 0;
    this.mask = size - 1;
  }

  save(): unknown {
    const taken = (column: Int32Array | Uint8Array | Float64Array): number[] => {
      const out: number[] = [];
      for (let i = 0; i < this.length; i++) out.push(column[(this.head + i) & this.mask] as number);
      return out;
    };
    return [this.link, this.type, this.first, this.count, this.tag, this.aux].map(taken);
  }

  load(saved: unknown): void {
    const [link, type, first, count, tag, aux] = saved as [number[], number[], number[], number[], number[], number[]];
    this.head = 0;
    this.length = 0;
    const cell = new Float64Array(1);
    for (let i = 0; i < link.length; i++) {
      cell[0] = aux[i] as number;
      this.push(link[i] as number, type[i] as number, first[i] as number, count[i] as number, tag[i] as number, cell);
    }
  }
}
