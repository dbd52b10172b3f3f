// The two books. The publish book has one entry per message put on its way to a channel, the delivery book one obligation per
// accepted message and subscription; each entry stands in exactly one class, so the sums always add up. Actors and world
// move entries; nobody else writes here.

import type { Arena, Saveable } from '../kernel/arena.ts';
import { f64, i32, Table } from '../kernel/arena.ts';
import { imul } from '../kernel/exact-math.ts';
import { HistogramRows } from '../kernel/histogram-rows.ts';
import type { SubIx } from '../kernel/ids.ts';

/** Classes of the publish book. */
export const PUB_ON_WIRE = 0;
export const PUB_ACCEPTED = 1;
export const PUB_REFUSED = 2;
export const PUB_UNROUTABLE = 3;
export const PUB_LOST = 4;
export const PUB_CLASSES = 5;

/** Classes of the delivery book; up to IN_FLIGHT an obligation is open, DEAD_LETTERED rests, the others are closed. */
export const WAITING = 0;
export const DELAYED = 1;
export const ON_WIRE = 2;
export const IN_FLIGHT = 3;
export const PROCESSED = 4;
export const EXPIRED = 5;
export const DROPPED = 6;
export const LOST = 7;
export const DEAD_LETTERED = 8;
export const SKIPPED = 9;
export const DLV_CLASSES = 10;

export const isClosed = (cls: number): boolean => cls >= PROCESSED && cls !== DEAD_LETTERED;

/** Weight of each class in the checksum of the totals: odd constants, publish classes first. */
const WEIGHTS = new Int32Array(PUB_CLASSES + DLV_CLASSES);
for (let i = 0; i < WEIGHTS.length; i++) WEIGHTS[i] = imul(0x9e3779b1 ^ imul(i + 1, 0x85ebca6b), 0x27d4eb2f) | 1;

const WEIGHT_ON_WIRE = WEIGHTS[PUB_ON_WIRE] as number;

/** Where a reason was counted: book and class, place, reason. */
export interface ReasonCount {
  readonly book: 'publish' | 'delivery';
  readonly cls: number;
  readonly place: number;
  readonly reason: number;
  readonly count: number;
}

class SubscriptionTable extends Table {
  /** Actor whose subscription it is: a queue, or the topic of a direct subscription. */
  owner = i32();
  histogram = i32();
  repeats = f64();
  failed = f64();
  latencySumNs = f64();

  constructor(arena: Arena) {
    super(64);
    this.allocate(arena);
  }
}

/** Row of the histogram of everything processed, whatever the subscription. */
export const ALL_LATENCIES = 1;

export class Books implements Saveable {
  /** Entries ever opened: each book's left-hand side, counted apart from its classes so that the sum is a check. */
  readonly opened = new Float64Array(2);
  /** All latencies, failed attempts, repeats: [latency sum ns, failed, repeats, delayed after a failed attempt]. */
  readonly totals = new Float64Array(4);
  readonly subs: SubscriptionTable;
  readonly latencies: HistogramRows;
  /** Classes by subscription, DLV_CLASSES numbers each; by accepting actor, PUB_CLASSES numbers each. */
  bySub = new Float64Array(64 * DLV_CLASSES);
  byActor = new Float64Array(64 * PUB_CLASSES);
  private reasons = new Map<number, number>();
  private names = new Map<string, SubIx>();
  /** Sum of total * weight over all classes, modulo 2^32: in an array, since a field cannot hold every 32-bit number unboxed. */
  private readonly sums = new Int32Array(1);

  /** What the digest mixes at each tick. */
  get checksum(): number {
    return this.sums[0] as number;
  }

  constructor(arena: Arena) {
    this.subs = new SubscriptionTable(arena);
    this.latencies = new HistogramRows(arena);
    this.latencies.alloc();
    arena.register(this);
  }

  // ---------------------------------------------------------------- publish book

  /** A message is on its way to the channel `actor`. */
  openPublish(actor: number): void {
    this.opened[0] = (this.opened[0] as number) + 1;
    const at = actor * PUB_CLASSES;
    if (at + PUB_CLASSES > this.byActor.length) this.byActor = widened(this.byActor, at + PUB_CLASSES);
    const byActor = this.byActor;
    byActor[at] = (byActor[at] as number) + 1;
    this.sums[0] = (this.sums[0] as number) + WEIGHT_ON_WIRE;
  }

  /** An entry that is on the wire turns out to be on its way to another channel: which broker leads its partition is only known now. */
  movePublish(from: number, to: number): void {
    const at = to * PUB_CLASSES;
    if (at + PUB_CLASSES > this.byActor.length) this.byActor = widened(this.byActor, at + PUB_CLASSES);
    const { byActor } = this;
    byActor[from * PUB_CLASSES] = (byActor[from * PUB_CLASSES] as number) - 1;
    byActor[at] = (byActor[at] as number) + 1;
  }

  /** An entry that was on the wire comes to its end. */
  closePublish(actor: number, cls: number): void {
    const byActor = this.byActor;
    const at = actor * PUB_CLASSES;
    byActor[at] = (byActor[at] as number) - 1;
    byActor[at + cls] = (byActor[at + cls] as number) + 1;
    this.sums[0] = (this.sums[0] as number) - WEIGHT_ON_WIRE + (WEIGHTS[cls] as number);
  }

  /** Totals of the publish book by class. Adds up all channels: not for the hot path. */
  get publish(): Float64Array {
    return columnSums(this.byActor, PUB_CLASSES);
  }

  /** Totals of the delivery book by class. Adds up all subscriptions: not for the hot path. */
  get delivery(): Float64Array {
    return columnSums(this.bySub, DLV_CLASSES);
  }

  // ---------------------------------------------------------------- delivery book

  /** The subscription of this name, begun if it is new. */
  subscription(name: string, owner: number): SubIx {
    const known = this.names.get(name);
    if (known !== undefined) return known;
    const sub = this.subs.slots.alloc() as SubIx;
    this.subs.owner[sub] = owner;
    this.names.set(name, sub);
    if ((sub + 1) * DLV_CLASSES > this.bySub.length) this.bySub = widened(this.bySub, (sub + 1) * DLV_CLASSES);
    return sub;
  }

  openDelivery(sub: number, cls: number): void {
    this.opened[1] = (this.opened[1] as number) + 1;
    const at = sub * DLV_CLASSES + cls;
    this.bySub[at] = (this.bySub[at] as number) + 1;
    this.sums[0] = (this.sums[0] as number) + (WEIGHTS[PUB_CLASSES + cls] as number);
  }

  moveDelivery(sub: number, from: number, to: number): void {
    const bySub = this.bySub;
    const base = sub * DLV_CLASSES;
    bySub[base + from] = (bySub[base + from] as number) - 1;
    bySub[base + to] = (bySub[base + to] as number) + 1;
    this.sums[0] = (this.sums[0] as number) + (WEIGHTS[PUB_CLASSES + to] as number) - (WEIGHTS[PUB_CLASSES + from] as number);
  }

  /** A first success: how long it took from sending to here, in `latencyCell[0]` ns. */
  recordLatency(sub: number, latencyCell: Float64Array): void {
    let row = this.subs.histogram[sub] as number;
    if (row === 0) {
      row = this.latencies.alloc();
      this.subs.histogram[sub] = row;
    }
    const latencyNs = latencyCell[0] as number;
    this.latencies.record(row, ALL_LATENCIES, latencyCell);
    this.subs.latencySumNs[sub] = (this.subs.latencySumNs[sub] as number) + latencyNs;
    this.totals[0] = (this.totals[0] as number) + latencyNs;
  }

  /** Work on something that was done already. */
  countRepeat(sub: number): void {
    this.subs.repeats[sub] = (this.subs.repeats[sub] as number) + 1;
    this.totals[2] = (this.totals[2] as number) + 1;
  }

  /** A failed attempt. */
  countFailed(sub: number): void {
    this.subs.failed[sub] = (this.subs.failed[sub] as number) + 1;
    this.totals[1] = (this.totals[1] as number) + 1;
  }

  /** Obligations that wait for another attempt, gauge-like: +1 when one begins to wait, -1 when it ends. */
  countRetrying(by: number): void {
    this.totals[3] = (this.totals[3] as number) + by;
  }

  // ---------------------------------------------------------------- reasons

  countReason(isDelivery: boolean, cls: number, place: number, reason: number): void {
    const key = ((place * 64 + reason) * 16 + cls) * 2 + (isDelivery ? 1 : 0);
    this.reasons.set(key, (this.reasons.get(key) ?? 0) + 1);
  }

  /** Every reason counted so far, in order of place, reason and class. */
  reasonCounts(): readonly ReasonCount[] {
    const keys = [...this.reasons.keys()].sort((a, b) => a - b);
    return keys.map((key) => {
      const rest = (key - (key % 2)) / 2;
      const cls = rest % 16;
      const reason = ((rest - cls) / 16) % 64;
      const place = ((rest - cls) / 16 - reason) / 64;
      return { book: key % 2 === 1 ? 'delivery' : 'publish', cls, place, reason, count: this.reasons.get(key) as number };
    });
  }

  /** Why the books do not balance, or null if they do. */
  imbalance(): string | null {
    const publishBook = this.publish;
    const deliveryBook = this.delivery;
    const publish = sum(publishBook);
    if (publish !== this.opened[0]) return `publish book: sent ${this.opened[0]}, classes add up to ${publish}`;
    const delivery = sum(deliveryBook);
    if (delivery !== this.opened[1]) return `delivery book: owed ${this.opened[1]}, classes add up to ${delivery}`;
    for (let cls = 0; cls < PUB_CLASSES; cls++) {
      if ((publishBook[cls] as number) < 0) return `publish book: class ${cls} is negative`;
    }
    for (let cls = 0; cls < DLV_CLASSES; cls++) {
      if ((deliveryBook[cls] as number) < 0) return `delivery book: class ${cls} is negative`;
    }
    return null;
  }

  save(): unknown {
    return {
      opened: this.opened.slice(),
      totals: this.totals.slice(),
      bySub: this.bySub.slice(0, this.subs.high * DLV_CLASSES),
      byActor: this.byActor.slice(),
      reasons: [...this.reasons],
      names: [...this.names],
      checksum: this.sums[0],
    };
  }

  load(saved: unknown): void {
    const copy = saved as {
      opened: Float64Array;
      totals: Float64Array;
      bySub: Float64Array;
      byActor: Float64Array;
      reasons: [number, number][];
      names: [string, SubIx][];
      checksum: number;
    };
    this.opened.set(copy.opened);
    this.totals.set(copy.totals);
    this.bySub = refilled(this.bySub, copy.bySub);
    this.byActor = refilled(this.byActor, copy.byActor);
    this.reasons = new Map(copy.reasons);
    this.names = new Map(copy.names);
    this.sums[0] = copy.checksum;
  }
}

/** Sums of the columns of a matrix stored row by row. */
function columnSums(matrix: Float64Array, columns: number): Float64Array {
  const sums = new Float64Array(columns);
  for (let at = 0; at < matrix.length; at++) sums[at % columns] = (sums[at % columns] as number) + (matrix[at] as number);
  return sums;
}

function sum(numbers: Float64Array): number {
  let total = 0;
  for (const number of numbers) total += number;
  return total;
}

function widened(array: Float64Array<ArrayBuffer>, atLeast: number): Float64Array<ArrayBuffer> {
  let length = array.length;
  while (length <= atLeast) length *= 2;
  const larger = new Float64Array(length);
  larger.set(array);
  return larger;
}

function refilled(array: Float64Array<ArrayBuffer>, content: Float64Array): Float64Array<ArrayBuffer> {
  const target = array.length < content.length ? new Float64Array(content.length) : array;
  target.fill(0);
  target.set(content);
  return target;
}
