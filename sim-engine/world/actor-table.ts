// What the world keeps of every actor besides its own memory: whether it is up, how slow it is, what a stall holds up for it.

import { type Arena, f64, i32, Table, u8, u16 } from '../kernel/arena.ts';

/** Values of `condition`. */
export const UP = 0;
export const CRASHED = 1;
export const STALLED = 2;
/** It left the drawing. */
export const GONE = 4;

export class ActorTable extends Table {
  condition = u8();
  /** Raised by every crash, restart and removal: timers set before it never fire, nor those set by a node that is down. */
  epoch = u16();
  slowFactor = f64();
  stalledUntilNs = f64();
  /** What a stall holds up, oldest first, and when its end is on the event list, the earliest time if it is there twice. */
  heldHead = i32();
  heldTail = i32();
  stallArmedNs = f64();

  constructor(arena: Arena) {
    super(64);
    this.allocate(arena);
  }
}
