// Where the run is in time, and the list of what is still to come: what every part of the world shares that sets events. It
// hands nothing out; the loop in `world.ts` does.

import type { Arena } from '../kernel/arena.ts';
import { EventWheel } from '../kernel/event-wheel.ts';

/** Kinds of event on the wheel that are not timers of an actor (those are 0 and up). */
export const LINK_HEAD = -1;
export const PACKET_ALONE = -2;
/** The end of a fault that was given for a time; `arg` says of which. */
export const FAULT_END = -3;
/** A stall may be over: it lets one thing go on that it held up, and comes again for the next. */
export const STALL_END = -4;

export class Clock {
  /** Time of the run, ns, in a cell: float64 values that pass through calls are boxed, cells are not. */
  readonly now = new Float64Array(1);
  /** Argument of whoever sets an event: the time at which it shall come. */
  readonly at = new Float64Array(1);
  /** Last place given among events of one time, in a cell, since it outgrows 31 bits. */
  readonly seq = new Float64Array(1);
  readonly wheel: EventWheel;
  /** Whether something has happened in this tick, so that the totals of the books enter the digest at its end. */
  isTickDirty = false;

  constructor(arena: Arena) {
    this.wheel = new EventWheel(arena);
  }

  nextSeq(): number {
    const seq = (this.seq[0] as number) + 1;
    this.seq[0] = seq;
    return seq;
  }
}
