// The messages of a run, one slot each while anything still refers to them. Identity is (sender, number): the slot is used
// again once the message is settled everywhere.

import type { Arena } from '../kernel/arena.ts';
import { f64, i32, Table, u8, u16, u32 } from '../kernel/arena.ts';

/** Bits of `flags`. */
export const POISON = 1;
/** Its journey is written down. Watching only: nothing a model does may depend on it. */
export const TRACED = 2;
/** Its sender numbers what it sends: a channel may recognise what it has already. */
export const NUMBERED = 4;

export class MessageTable extends Table {
  /** When it was first sent, ns. A resend keeps it. */
  createdNs = f64();
  /** Actor that sent it, and which of its messages it is, from 1. */
  sender = i32();
  number = u32();
  /** Key, or -1. */
  key = i32();
  sizeBytes = i32();
  /** Index into the sender's message types. */
  type = u8();
  flags = u8();
  /** From 0 to 9, the highest the most urgent; 0 in every free slot. */
  priority = u8();
  /** Row of the header store; 0 = no headers, and so in every slot until a kind that has headers writes one. */
  headers = i32();
  /** Message that caused this one as its result, as sender and number; 0 = none, and so in every free slot. */
  causeSender = i32();
  causeNumber = u32();
  /** Until when its sender wants an answer, ns; 0 = whenever, and so in every free slot. */
  deadlineNs = f64();
  /** Which event of the stream of its key it is, from 1; 0 = no event of a stream, and so in every free slot. */
  eventNumber = u32();
  /** Who still needs the slot: open publish entries, obligations, copies kept for a resend. */
  refs = u16();

  constructor(arena: Arena) {
    super(1024);
    this.allocate(arena);
  }

  /** The slot that the next new message gets. */
  get upcoming(): number {
    return this.slots.freeHead !== 0 ? this.slots.freeHead : this.slots.high;
  }

  /** One reference less; the last one gives the slot back. */
  release(msg: number): void {
    const refs = (this.refs[msg] as number) - 1;
    this.refs[msg] = refs;
    if (refs > 0) return;
    if (this.priority[msg] !== 0) this.priority[msg] = 0;
    if (this.causeNumber[msg] !== 0) {
      this.causeSender[msg] = 0;
      this.causeNumber[msg] = 0;
    }
    if (this.deadlineNs[msg] !== 0) this.deadlineNs[msg] = 0;
    if (this.eventNumber[msg] !== 0) this.eventNumber[msg] = 0;
    this.slots.free(msg);
  }
}
