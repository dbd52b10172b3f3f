// What a reader of an event stream makes of it: a state and the position it stands for. An event it has seen is ignored; a gap and a
// transition that the table does not know stop it, so that it never shows a state nobody was in. And the check of who appends: the
// stream must end where the writer believes. Projections and event stores call it; states and events are whole numbers, and what
// they are called is data. Pinned by testing/vectors/patterns/event-sourcing.json; P31 to P35 of docs/semantics/patterns.md.

import { assert } from '../kernel/assert.ts';

/** Which event leads from which state to which. The first event of a stream is one that may follow `NOTHING_YET`. */
export interface TransitionTable {
  readonly states: readonly string[];
  readonly events: readonly string[];
  /** State after the event, by (state + 1) * number of events + event; -1 where there is none. */
  readonly next: Int8Array;
}

/** The state before the first event. */
export const NOTHING_YET = -1;

export interface TransitionRow {
  /** Empty before the first event. */
  readonly from: string;
  readonly event: string;
  readonly to: string;
}

export function transitionTable(rows: readonly TransitionRow[]): TransitionTable {
  const states = [...new Set(rows.flatMap(({ from, to }) => (from === '' ? [to] : [from, to])))];
  const events = [...new Set(rows.map(({ event }) => event))];
  const next = new Int8Array((states.length + 1) * events.length).fill(-1);
  for (const { from, event, to } of rows) {
    next[(states.indexOf(from) + 1) * events.length + events.indexOf(event)] = states.indexOf(to);
  }
  return { states, events, next };
}

/** The trip of the brief: it may be cancelled until it has started. */
export const TRIP: TransitionTable = transitionTable([
  { from: '', event: 'trip_requested', to: 'REQUESTED' },
  { from: 'REQUESTED', event: 'trip_accepted', to: 'ACCEPTED' },
  { from: 'REQUESTED', event: 'trip_cancelled', to: 'CANCELLED' },
  { from: 'ACCEPTED', event: 'driver_arrived', to: 'ARRIVED' },
  { from: 'ACCEPTED', event: 'trip_cancelled', to: 'CANCELLED' },
  { from: 'ARRIVED', event: 'trip_started', to: 'STARTED' },
  { from: 'ARRIVED', event: 'trip_cancelled', to: 'CANCELLED' },
  { from: 'STARTED', event: 'trip_completed', to: 'COMPLETED' },
]);

/** What a projection knows of one stream. A snapshot is a copy of it. */
export interface Fold {
  state: number;
  /** The last event that is in `state`, -1 before the first. */
  seq: number;
  ignored: number;
  /** The event that is missing, -1 when none is: the fold waits for it. */
  gapAt: number;
  /** The event that had no transition, -1 when there was none: the fold stands still. */
  illegalAt: number;
}

export const newFold = (): Fold => ({ state: NOTHING_YET, seq: -1, ignored: 0, gapAt: -1, illegalAt: -1 });

export type FoldVerdict = 'applied' | 'ignored' | 'stopped';

/** Takes the next event that was delivered. One that stopped takes nothing until it is rebuilt or told to go on. */
export function foldEvent(table: TransitionTable, fold: Fold, seq: number, event: number): FoldVerdict {
  if (fold.gapAt >= 0 || fold.illegalAt >= 0) return 'stopped';
  if (seq <= fold.seq) {
    fold.ignored++;
    return 'ignored';
  }
  if (seq > fold.seq + 1) {
    fold.gapAt = fold.seq + 1;
    return 'stopped';
  }
  const next = nextState(table, fold.state, event);
  if (next < 0) {
    fold.illegalAt = seq;
    return 'stopped';
  }
  fold.state = next;
  fold.seq = seq;
  return 'applied';
}

/** The state that an event leads to, -1 where the table knows none. */
export function nextState({ events, next }: TransitionTable, state: number, event: number): number {
  return event >= 0 && event < events.length ? (next[(state + 1) * events.length + event] as number) : -1;
}

/** Reads on after the last applied event, as after a gap: what was skipped is delivered again. */
export function resumeFold(fold: Fold): void {
  fold.gapAt = -1;
  fold.illegalAt = -1;
}

/** The end of an event stream. */
export interface StreamEnd {
  /** The last event, -1 for an empty stream. */
  lastSeq: number;
}

/** Appends `count` events if the stream ends where the writer saw it end; of two writers who saw the same, one. */
export function appendExpecting(stream: StreamEnd, expectedLast: number, count: number): boolean {
  assert(count >= 1, 'an append brings an event at least');
  if (stream.lastSeq !== expectedLast) return false;
  stream.lastSeq += count;
  return true;
}
