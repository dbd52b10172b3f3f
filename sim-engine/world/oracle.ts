// What no real dashboard knows: which effects happened twice, which never will, where the order of a key broke, and how
// much work was for nothing. It only listens; no model may ask it anything.

import type { Arena, Saveable } from '../kernel/arena.ts';
import { clonePlain } from '../kernel/plain-state.ts';
import type { RangeSet } from '../kernel/range-set.ts';
import { addToRanges, isInRanges, newRangeSet, removeFromRanges } from '../kernel/range-set.ts';

/** Effects of one sender's messages at one subscription, or their acceptance at one channel: "done" is then "accepted". */
interface EffectRow {
  readonly sender: number;
  done: RangeSet;
  /** Numbers that were lost for good as far as is known; a copy that still succeeds takes one out again. */
  missed: RangeSet;
  /** Highest number done so far, by key. */
  lastByKey: Float64Array;
}

export class Oracle implements Saveable {
  /** A business effect applied more than once: number of surplus effects. */
  duplicateEffects = 0;
  /** Messages whose effect will never happen. */
  missedEffects = 0;
  /** First effects that came after a later one of the same sender and key. */
  orderBreaks = 0;
  /** Work whose result nobody used: failed, crashed, or done again. Whole ns and pieces. */
  wastedWorkNs = 0;
  wastedWorks = 0;
  /** Replies that a requester took for the answer to something else. */
  misroutedReplies = 0;
  private rows = new Map<number, EffectRow>();
  /** The row asked for last at each place: most places hear of one sender only. */
  private recent: (EffectRow | undefined)[] = [];

  constructor(arena: Arena) {
    arena.register(this);
  }

  /** A first or a surplus success of message `number` of `sender` at a subscription. */
  effect(sub: number, sender: number, number: number, key: number): void {
    const row = this.rowOf(sub * 2, sender);
    if (!addToRanges(row.done, number)) {
      this.duplicateEffects++;
      return;
    }
    if (row.missed.ends.length > 0 && removeFromRanges(row.missed, number)) this.missedEffects--;
    if (key < 0) return;
    if (key >= row.lastByKey.length) {
      const larger = new Float64Array(key * 2 + 16);
      larger.set(row.lastByKey);
      row.lastByKey = larger;
    }
    if (number < (row.lastByKey[key] as number)) this.orderBreaks++;
    else row.lastByKey[key] = number;
  }

  /** An obligation ended without its work: nobody will do it, unless a copy does. */
  missed(sub: number, sender: number, number: number): void {
    const row = this.rowOf(sub * 2, sender);
    if (isInRanges(row.done, number) || !addToRanges(row.missed, number)) return;
    this.missedEffects++;
  }

  /** A message never reached the channel of this actor. */
  missedPublish(actor: number, sender: number, number: number): void {
    const row = this.rowOf(actor * 2 + 1, sender);
    if (isInRanges(row.done, number) || !addToRanges(row.missed, number)) return;
    this.missedEffects++;
  }

  /** A copy of it did reach the channel. */
  acceptedPublish(actor: number, sender: number, number: number): void {
    const row = this.rowOf(actor * 2 + 1, sender);
    addToRanges(row.done, number);
    if (row.missed.ends.length > 0 && removeFromRanges(row.missed, number)) this.missedEffects--;
  }

  /** The effect came about by another way than work on its delivery. */
  madeUp(sub: number, sender: number, number: number): void {
    const row = this.rowOf(sub * 2, sender);
    addToRanges(row.done, number);
    if (row.missed.ends.length > 0 && removeFromRanges(row.missed, number)) this.missedEffects--;
  }

  /** What was written was to be published, and nobody is left who would: `count` -1 = somebody did all the same. */
  unannounced(count: 1 | -1): void {
    this.missedEffects += count;
  }

  wasted(workNs: number): void {
    this.wastedWorkNs += workNs;
    this.wastedWorks++;
  }

  private rowOf(place: number, sender: number): EffectRow {
    const recent = this.recent[place];
    if (recent !== undefined && recent.sender === sender) return recent;
    const at = place * SENDERS_MAX + sender;
    let row = this.rows.get(at);
    if (row === undefined) {
      row = { sender, done: newRangeSet(), missed: newRangeSet(), lastByKey: new Float64Array(0) };
      this.rows.set(at, row);
    }
    while (this.recent.length <= place) this.recent.push(undefined);
    this.recent[place] = row;
    return row;
  }

  save(): unknown {
    return {
      counts: [
        this.duplicateEffects,
        this.missedEffects,
        this.orderBreaks,
        this.wastedWorkNs,
        this.wastedWorks,
        this.misroutedReplies,
      ],
      rows: clonePlain(this.rows),
    };
  }

  load(saved: unknown): void {
    const copy = saved as { counts: number[]; rows: Map<number, EffectRow> };
    const counts = copy.counts as [number, number, number, number, number, number];
    [this.duplicateEffects, this.missedEffects, this.orderBreaks, this.wastedWorkNs, this.wastedWorks, this.misroutedReplies] =
      counts;
    this.rows = clonePlain(copy.rows);
    this.recent = [];
  }
}

/** More actors than any run has: makes one number of (place, sender). */
const SENDERS_MAX = 1048576;
