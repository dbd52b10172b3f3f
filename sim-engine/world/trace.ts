// The journeys of sampled and of chosen messages, and the notices of a run, in rings of a stated size. Watching only: nothing
// a model does depends on it, and the digest never sees it.

import type { Arena, Saveable } from '../kernel/arena.ts';
import { assert } from '../kernel/assert.ts';
import { type MessageTable, TRACED } from './messages.ts';

/** What can happen to a message, as written in a journey: keys of the message file under `journey.`. */
export const JOURNEY_STOPS = [
  'sent',
  'accepted',
  'refused',
  'unroutable',
  'lost',
  'waiting',
  'delivered',
  'begun',
  'failed',
  'processed',
  'delayed',
  'returned',
  'dead-lettered',
  'redriven',
  'dropped',
  'repeated',
  'acknowledged',
  'given-up',
  'published',
  'expired',
  'skipped',
  'recognised',
] as const;
export type JourneyStop = (typeof JOURNEY_STOPS)[number];
const stops = new Map<string, number>(JOURNEY_STOPS.map((stop, ix) => [stop, ix]));
export const stopNumber = (stop: JourneyStop): number => stops.get(stop) as number;

/** One number for a message: its sender and which of the sender's it is. */
export const traceKey = (sender: number, number: number): number => sender * 4294967296 + number;

export interface TraceEntry {
  readonly atNs: number;
  readonly sender: number;
  readonly number: number;
  readonly stop: JourneyStop;
  /** A place of `reasons.ts`. */
  readonly place: number;
  readonly attempt: number;
  /** Why it ended there, a number of `reasons.ts`; 0 for a stop that ends nothing. */
  readonly reason: number;
}

/** Journey entries kept unless told otherwise: the oldest make room. Every checkpoint copies them, so they are few. */
export const TRACE_ENTRIES = 16384;
/** Numbers of an entry besides its time: sender, number, stop and reason, place, attempt. */
const COLUMNS = 5;
/** Stop and reason share a column, so that the trace takes no more room for the few entries that have a reason. */
const STOP_ROOM = 64;

export class Trace implements Saveable {
  private entriesMax = TRACE_ENTRIES;
  private atNs = new Float64Array(TRACE_ENTRIES);
  private rows = new Uint32Array(TRACE_ENTRIES * COLUMNS);
  private written = 0;
  /** Every `sampleEvery`-th message of each sender is followed; 0 = none but chosen ones. */
  private every = 0;
  /** Messages chosen before they were sent, by `traceKey`. */
  private readonly chosen = new Set<number>();

  constructor(arena: Arena) {
    arena.register(this);
  }

  /** Whether anything is followed at all: what is asked first, on every stop of every message. */
  isOn = false;

  get sampleEvery(): number {
    return this.every;
  }
  set sampleEvery(every: number) {
    this.every = every;
    this.isOn ||= every > 0;
  }

  /** Keeps so many entries from now on. To be asked before the first one is written. */
  keep(entries: number): void {
    assert(this.written === 0, 'the length of a trace is settled before it begins');
    this.entriesMax = entries;
    this.atNs = new Float64Array(entries);
    this.rows = new Uint32Array(entries * COLUMNS);
  }

  choose(sender: number, number: number): void {
    this.isOn = true;
    this.chosen.add(traceKey(sender, number));
  }

  isFollowed(sender: number, number: number): boolean {
    if (this.every > 0 && number % this.every === 1 % this.every) return true;
    return this.chosen.size > 0 && this.chosen.has(traceKey(sender, number));
  }

  write(now: Float64Array, sender: number, number: number, stop: number, place: number, attempt: number, reason = 0): void {
    const entry = this.written % this.entriesMax;
    const at = entry * COLUMNS;
    this.atNs[entry] = now[0] as number;
    this.rows[at] = sender;
    this.rows[at + 1] = number;
    this.rows[at + 2] = reason * STOP_ROOM + stop;
    this.rows[at + 3] = place;
    this.rows[at + 4] = attempt;
    this.written++;
  }

  /** Writes a stop of the journey of the message in slot `msg`, if it is followed; `reason` where it ends there. */
  tell(
    now: Float64Array,
    messages: MessageTable,
    msg: number,
    stop: JourneyStop,
    place: number,
    attempt: number,
    reason: number,
  ): void {
    if (((messages.flags[msg] as number) & TRACED) === 0) return;
    this.write(now, messages.sender[msg] as number, messages.number[msg] as number, stopNumber(stop), place, attempt, reason);
  }

  /** The entries of one message that are still kept, in order of time. */
  journey(sender: number, number: number): readonly TraceEntry[] {
    return this.entries().filter((entry) => entry.sender === sender && entry.number === number);
  }

  /** Everything still kept, in order of time. */
  entries(): readonly TraceEntry[] {
    const entries: TraceEntry[] = [];
    for (let i = this.firstKept; i < this.written; i++) entries.push(this.entryAt(i));
    return entries;
  }

  /** The entries of several messages that are still kept, each message's in order of time, by `traceKey`. */
  entriesOf(keys: ReadonlySet<number>): ReadonlyMap<number, readonly TraceEntry[]> {
    const found = new Map<number, TraceEntry[]>();
    for (let i = this.firstKept; i < this.written; i++) {
      const at = (i % this.entriesMax) * COLUMNS;
      const key = traceKey(this.rows[at] as number, this.rows[at + 1] as number);
      if (!keys.has(key)) continue;
      const known = found.get(key);
      if (known === undefined) found.set(key, [this.entryAt(i)]);
      else known.push(this.entryAt(i));
    }
    return found;
  }

  /** The latest `most` entries with this stop, newest first. */
  latest(stop: JourneyStop, most: number): readonly TraceEntry[] {
    const wanted = stopNumber(stop);
    const found: TraceEntry[] = [];
    for (let i = this.written - 1; i >= this.firstKept && found.length < most; i--) {
      if ((this.rows[(i % this.entriesMax) * COLUMNS + 2] as number) % STOP_ROOM === wanted) found.push(this.entryAt(i));
    }
    return found;
  }

  private get firstKept(): number {
    return this.written > this.entriesMax ? this.written - this.entriesMax : 0;
  }

  private entryAt(i: number): TraceEntry {
    const entry = i % this.entriesMax;
    const read = (column: number): number => this.rows[entry * COLUMNS + column] as number;
    return {
      atNs: this.atNs[entry] as number,
      sender: read(0),
      number: read(1),
      stop: JOURNEY_STOPS[read(2) % STOP_ROOM] as JourneyStop,
      place: read(3),
      attempt: read(4),
      reason: (read(2) - (read(2) % STOP_ROOM)) / STOP_ROOM,
    };
  }

  save(): unknown {
    const kept = this.written < this.entriesMax ? this.written : this.entriesMax;
    return { written: this.written, atNs: this.atNs.slice(0, kept), rows: this.rows.slice(0, kept * COLUMNS) };
  }

  load(saved: unknown): void {
    const copy = saved as { written: number; atNs: Float64Array; rows: Uint32Array };
    this.atNs.set(copy.atNs);
    this.rows.set(copy.rows);
    this.written = copy.written;
  }
}

/** Something worth telling in words. `key` names a sentence of the message file. */
export interface WorldNotice {
  readonly atNs: number;
  readonly key: string;
  readonly values: { readonly [hole: string]: string | number };
  readonly about: string;
}

/** Notices kept: the oldest make room. */
export const NOTICES_MAX = 1000;

export class Notices implements Saveable {
  private kept: WorldNotice[] = [];
  /** Notices ever written. */
  written = 0;

  constructor(arena: Arena) {
    arena.register(this);
  }

  write(notice: WorldNotice): void {
    this.kept.push(notice);
    if (this.kept.length > NOTICES_MAX) this.kept.shift();
    this.written++;
  }

  /** Writes what is to be told now about a node or a wire, which the sentence calls `node`. */
  tell(now: Float64Array, key: string, about: string, values: WorldNotice['values'] = {}): void {
    this.write({ atNs: now[0] as number, key, values: { node: about, ...values }, about });
  }

  /** Notices from the `since`-th on (counted from 0), as far as they are still kept. */
  since(since: number): readonly WorldNotice[] {
    const first = this.written - this.kept.length;
    return this.kept.slice(since > first ? since - first : 0);
  }

  save(): unknown {
    return { kept: this.kept.slice(), written: this.written };
  }

  load(saved: unknown): void {
    const copy = saved as { kept: WorldNotice[]; written: number };
    this.kept = copy.kept.slice();
    this.written = copy.written;
  }
}
