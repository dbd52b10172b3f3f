// Deliveries that a channel has handed out and waits for: obligation, link, deadline. Each channel keeps its own as a list
// in order of deadline with one armed head, so that a deadline per message never costs a timer per message.

import type { Arena } from '../kernel/arena.ts';
import { f64, i32, Table } from '../kernel/arena.ts';

/** Ends of one list, part of the owner's state. */
export interface LeaseList {
  head: number;
  tail: number;
  count: number;
}

export const newLeaseList = (): LeaseList => ({ head: 0, tail: 0, count: 0 });

export class Leases extends Table {
  previous = i32();
  obl = i32();
  /** Which of the owner's connections it was handed out on. */
  slot = i32();
  dueNs = f64();

  constructor(arena: Arena) {
    super(256);
    this.allocate(arena);
  }

  /** Adds a lease due at `due[0]` to a list, behind all that are due at that time or before. */
  add(list: LeaseList, obl: number, slot: number, due: Float64Array): number {
    const lease = this.slots.alloc();
    const dueNs = due[0] as number;
    this.obl[lease] = obl | 0;
    this.slot[lease] = slot | 0;
    this.dueNs[lease] = dueNs;
    let after = list.tail;
    // A deadline that was shortened while leases were out is the only reason to walk.
    while (after !== 0 && (this.dueNs[after] as number) > dueNs) after = this.previous[after] as number;
    const following = after === 0 ? list.head : (this.next[after] as number);
    this.previous[lease] = after;
    this.next[lease] = following;
    if (after === 0) list.head = lease;
    else this.next[after] = lease;
    if (following === 0) list.tail = lease;
    else this.previous[following] = lease;
    list.count++;
    return lease;
  }

  remove(list: LeaseList, lease: number): void {
    const previous = this.previous[lease] as number;
    const following = this.next[lease] as number;
    if (previous === 0) list.head = following;
    else this.next[previous] = following;
    if (following === 0) list.tail = previous;
    else this.previous[following] = previous;
    list.count--;
    this.slots.free(lease);
  }
}
