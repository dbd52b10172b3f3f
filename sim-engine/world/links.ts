// Links, one direction of a wire each, and the packets on them. Two sorts: a call may lose, delay, reorder or double what it
// carries; a connection keeps order and loses nothing, so that its loss is a later arrival and its cut a standstill. Fault
// rules know no broker: pass, deliver after, drop.

import type { Arena } from '../kernel/arena.ts';
import { f64, i32, Table, u8 } from '../kernel/arena.ts';

/** Links that speak a call or a connection, or that are no network at all: a relation costs no time and never fails. */
export const CALL = 0;
export const CONNECTION = 1;
export const RELATION = 2;

/** How `send` treats a link: straight into the lane of this instant, or through the network. */
export const MODE_DIRECT = 0;
export const MODE_NETWORK = 1;

export class LinkTable extends Table {
  from = i32();
  to = i32();
  /** Which of the receiver's connections this link belongs to. */
  toSlot = i32();
  mode = u8();
  sort = u8();
  isCut = u8();
  isRemoved = u8();
  /** 1 along the wire, 0 against it. */
  isForward = u8();
  /** Index of the wire, in order of first appearance. */
  wire = i32();
  delayNs = f64();
  jitterNs = f64();
  loss = f64();
  duplication = f64();
  bytesPerNs = f64();
  /** Injected: added to the delay; share lost instead of `loss`, or -1. */
  extraNs = f64();
  faultLoss = f64();
  stream = i32();
  /** When the sender's side is free again, with limited bandwidth. */
  busyUntilNs = f64();
  /** Packets in order of arrival: only the head is on the event list. */
  head = i32();
  tail = i32();
  armed = i32();
  carried = f64();

  constructor(arena: Arena) {
    super(64);
    this.allocate(arena);
  }
}

/** A packet stands in its link's line, or has an event of its own. */
export const IN_LINE = 0;
export const ALONE = 1;
/** It has arrived, but its receiver stands still: `next` chains what waits for that actor, packets and timers, in order. */
export const HELD_UP = 2;
/** A timer among those: `link` is the actor, `first` the timer, `count` its argument, `tag` the epoch. */
export const HELD_UP_TIMER = 3;

/** Packets under way, a slot each. `next` chains those of one link in order of arrival. */
export class PacketTable extends Table {
  link = i32();
  type = u8();
  first = i32();
  count = i32();
  tag = i32();
  aux = f64();
  sentNs = f64();
  dueNs = f64();
  seq = f64();
  /** Where it stands: one of the four below. */
  standing = u8();
  /** 1 if the wire was cut under it: it ends where it is due. */
  isDoomed = u8();

  constructor(arena: Arena) {
    super(256);
    this.allocate(arena);
  }
}
