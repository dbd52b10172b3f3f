// What each subscription is owed: one obligation per accepted message and subscription. It knows how many places could still
// cause its work (`causes`) and how many packets merely speak of it (`mentions`); when the last cause is gone and the work
// was never done, it closes by itself with the name of that place. Nothing can vanish.

import type { Arena } from '../kernel/arena.ts';
import { i32, Table, u8, u16 } from '../kernel/arena.ts';
import type { MsgIx, OblIx } from '../kernel/ids.ts';
import type { Books } from './books.ts';
import { DELAYED, DROPPED, EXPIRED, isClosed, LOST, PROCESSED, SKIPPED } from './books.ts';
import { type MessageTable, TRACED } from './messages.ts';
import type { Oracle } from './oracle.ts';
import { DUPLICATE, FORGOTTEN, RECOGNISED } from './reasons.ts';
import { stopNumber, type Trace } from './trace.ts';

const STOP_LOST = stopNumber('lost');
const STOP_DROPPED = stopNumber('dropped');
const STOP_EXPIRED = stopNumber('expired');
const STOP_SKIPPED = stopNumber('skipped');

/** Nothing was written that is to be published. */
const ANNOUNCED_NONE = 0;
/** It was written and is not published yet. */
const ANNOUNCED_LATER = 1;
const ANNOUNCED = 2;
/** It was written, and whoever was to publish it has let go of it. */
const ANNOUNCED_NEVER = 3;

export class Obligations extends Table {
  msg = i32();
  sub = i32();
  /** Class of the delivery book. */
  cls = u8();
  /** Last attempt handed out, from 1; 0 before the first. */
  attempts = i32();
  causes = u16();
  mentions = u16();
  /**
   * Actor of the channel that keeps it, 0 while none does; the next three are that actor's own notes, which it clears as it lets
   * go. So a free slot reads 0 from `attempts` on, and a new obligation need not write it.
   */
  holder = i32();
  spot = u8();
  lease = i32();
  reason = u8();
  /** Place that took it for done already and let it go, 0 if none did: what the books say if that was a mistake. */
  recognisedAt = i32();
  /** Whether what was written on its behalf is published by a later step: one of the values below, ANNOUNCED_NONE in every free slot. */
  announcement = u8();

  /** What the backoff before the last retry left behind, for laws that build on it (`parts/backoff.ts`). */
  private previousDelays = new Map<number, number>();

  private readonly messages: MessageTable;
  private readonly books: Books;
  private readonly oracle: Oracle;
  private readonly trace: Trace;
  private readonly now: Float64Array;
  private readonly latency = new Float64Array(1);

  constructor(arena: Arena, messages: MessageTable, books: Books, oracle: Oracle, trace: Trace, now: Float64Array) {
    super(1024);
    this.allocate(arena);
    this.messages = messages;
    this.books = books;
    this.oracle = oracle;
    this.trace = trace;
    this.now = now;
  }

  /** A new obligation of class `cls`; the caller holds its first cause. */
  open(msg: number, sub: number, cls: number): OblIx {
    this.messages.refs[msg] = (this.messages.refs[msg] as number) + 1;
    return this.openAccepted(msg, sub, cls);
  }

  /** The same for a message that its channel has just accepted: the reference of the publish entry passes to the obligation. */
  openAccepted(msg: number, sub: number, cls: number): OblIx {
    const obl = this.slots.alloc();
    this.msg[obl] = msg | 0;
    this.sub[obl] = sub | 0;
    this.cls[obl] = cls | 0;
    this.causes[obl] = 1;
    this.books.openDelivery(sub, cls);
    return obl as OblIx;
  }

  addCause(obl: number): void {
    this.causes[obl] = (this.causes[obl] as number) + 1;
  }

  addMention(obl: number): void {
    this.mentions[obl] = (this.mentions[obl] as number) + 1;
  }

  dropMention(obl: number): void {
    const mentions = (this.mentions[obl] as number) - 1;
    this.mentions[obl] = mentions;
    if (mentions === 0 && this.causes[obl] === 0) this.forget(obl);
  }

  /** One place that could cause the work lets go: `endCause` with LOST, for when it was the last one and the work undone. */
  dropCause(obl: number, place: number, reason: number): void {
    this.endCause(obl, LOST, place, reason);
  }

  /**
   * One place that could cause the work lets go. If it was the last one and the work was never done, the obligation closes
   * as `cls` (LOST, DROPPED, EXPIRED or SKIPPED) at `place` for `reason`.
   */
  endCause(obl: number, cls: number, place: number, reason: number): void {
    const causes = (this.causes[obl] as number) - 1;
    this.causes[obl] = causes;
    if (causes > 0) return;
    if (!isClosed(this.cls[obl] as number)) this.closeUndone(obl, cls, place, reason);
    if (this.announcement[obl] === ANNOUNCED_LATER) this.missAnnouncement(obl);
    if (this.mentions[obl] === 0) this.forget(obl);
  }

  /** What is written on its behalf is committed, and a later step of whoever wrote is to publish it. */
  oweAnnouncement(obl: number): void {
    if (this.announcement[obl] !== ANNOUNCED_NONE) return;
    this.announcement[obl] = ANNOUNCED_LATER;
    if (this.causes[obl] === 0) this.missAnnouncement(obl);
  }

  /** Whoever works on it has published what it was to publish. */
  announce(obl: number): void {
    if (this.announcement[obl] === ANNOUNCED_NEVER) this.oracle.unannounced(-1);
    this.announcement[obl] = ANNOUNCED;
  }

  private missAnnouncement(obl: number): void {
    this.announcement[obl] = ANNOUNCED_NEVER;
    this.oracle.unannounced(1);
  }

  /**
   * Whoever holds it decides that its work will never be done: it closes as `cls` (EXPIRED, SKIPPED or DROPPED) at `place` for
   * `reason`, though there are other causes left. One that is closed stays as it is.
   */
  conclude(obl: number, cls: number, place: number, reason: number): void {
    if (!isClosed(this.cls[obl] as number)) this.closeUndone(obl, cls, place, reason);
  }

  /** Moves an open or resting obligation to another open or resting class; a closed one stays as it is. */
  moveTo(obl: number, cls: number): void {
    const from = this.cls[obl] as number;
    if (from === cls || isClosed(from)) return;
    this.cls[obl] = cls;
    this.books.moveDelivery(this.sub[obl] as number, from, cls);
    if (cls === DELAYED) this.books.countRetrying(1);
    else if (from === DELAYED) this.books.countRetrying(-1);
  }

  /** A first or a further success of the work. True if it was the first. */
  succeed(obl: number): boolean {
    const sub = this.sub[obl] as number;
    const msg = this.msg[obl] as number;
    const messages = this.messages;
    this.oracle.effect(sub, messages.sender[msg] as number, messages.number[msg] as number, messages.key[msg] as number);
    return this.closeDone(obl);
  }

  /** True if it was open. */
  private closeDone(obl: number): boolean {
    const sub = this.sub[obl] as number;
    const from = this.cls[obl] as number;
    if (isClosed(from)) {
      this.books.countRepeat(sub);
      return false;
    }
    this.cls[obl] = PROCESSED;
    this.books.moveDelivery(sub, from, PROCESSED);
    if (from === DELAYED) this.books.countRetrying(-1);
    this.latency[0] = (this.now[0] as number) - (this.messages.createdNs[this.msg[obl] as number] as number);
    this.books.recordLatency(sub, this.latency);
    return true;
  }

  /** Its effect is there, whoever brought it about and whether anybody was told. */
  findInPlace(obl: number): void {
    const msg = this.msg[obl] as number;
    const { number, sender } = this.messages;
    this.oracle.madeUp(this.sub[obl] as number, sender[msg] as number, number[msg] as number);
  }

  /** Work that found its effect in place: it is the first success all the same if nobody had told of one. True if so. */
  succeedAgain(obl: number): boolean {
    this.findInPlace(obl);
    return this.closeDone(obl);
  }

  isOpen(obl: number): boolean {
    return !isClosed(this.cls[obl] as number);
  }

  message(obl: number): MsgIx {
    return this.msg[obl] as MsgIx;
  }

  private closeUndone(obl: number, ended: number, lastPlace: number, lastReason: number): void {
    // Who acknowledges what was done before lets go of it on purpose: the channel that then forgets it has lost nothing.
    const isRecognised = ended === LOST && lastReason === FORGOTTEN && this.recognisedAt[obl] !== 0;
    const cls = isRecognised ? DROPPED : ended;
    const place = isRecognised ? (this.recognisedAt[obl] as number) : lastPlace;
    const reason = isRecognised ? RECOGNISED : lastReason;
    const from = this.cls[obl] as number;
    const sub = this.sub[obl] as number;
    const msg = this.msg[obl] as number;
    this.cls[obl] = cls;
    this.books.moveDelivery(sub, from, cls);
    if (from === DELAYED) this.books.countRetrying(-1);
    this.books.countReason(true, cls, place, reason);
    const messages = this.messages;
    // What a duplicate was for has happened already.
    if (reason !== DUPLICATE && (cls === LOST || cls === DROPPED || cls === EXPIRED || cls === SKIPPED)) {
      this.oracle.missed(sub, messages.sender[msg] as number, messages.number[msg] as number);
    }
    if (((messages.flags[msg] as number) & TRACED) !== 0) {
      const attempts = this.attempts[obl] as number;
      const [sender, number] = [messages.sender[msg] as number, messages.number[msg] as number];
      this.trace.write(this.now, sender, number, stopOf(cls), place, attempts, reason);
    }
  }

  previousDelay(obl: number): number | undefined {
    return this.previousDelays.get(obl);
  }

  rememberDelay(obl: number, previous: number): void {
    this.previousDelays.set(obl, previous);
  }

  /** Its attempts begin anew, and so does its backoff. */
  beginAnew(obl: number): void {
    this.attempts[obl] = 0;
    this.previousDelays.delete(obl);
  }

  override save(): unknown {
    return { columns: super.save(), delays: [...this.previousDelays] };
  }

  override load(saved: unknown): void {
    const copy = saved as { columns: unknown; delays: [number, number][] };
    super.load(copy.columns);
    this.previousDelays = new Map(copy.delays);
  }

  private forget(obl: number): void {
    if (this.previousDelays.size > 0) this.previousDelays.delete(obl);
    this.attempts[obl] = 0;
    if (this.announcement[obl] !== ANNOUNCED_NONE) this.announcement[obl] = ANNOUNCED_NONE;
    if (this.recognisedAt[obl] !== 0) this.recognisedAt[obl] = 0;
    this.messages.release(this.msg[obl] as number);
    this.slots.free(obl);
  }
}

/** The stop of a journey that closes undone as `cls`. */
function stopOf(cls: number): number {
  if (cls === LOST) return STOP_LOST;
  if (cls === EXPIRED) return STOP_EXPIRED;
  return cls === SKIPPED ? STOP_SKIPPED : STOP_DROPPED;
}
