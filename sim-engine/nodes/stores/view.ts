// What a projection has made of the events so far: of each stream its state and the event it stands for. Plain data; a snapshot is a
// copy of it. P31 to P33 of docs/semantics/patterns.md.

import { clonePlain } from '../../kernel/plain-state.ts';
import { addToRanges, isInRanges, newRangeSet, type RangeSet } from '../../kernel/range-set.ts';
import { type FoldVerdict, foldEvent, NOTHING_YET, newFold } from '../../parts/event-fold.ts';
import type { EventRow } from './event-log.ts';
import { unbrokenUpTo } from './relay.ts';
import type { StreamKind } from './trip.ts';

/** A state and a place in a stream as one number: states of all kinds are fewer than this, less one. */
const STATES_MAX = 16;

export interface View {
  /** By key: (seq + 1) * STATES_MAX + state + 1. */
  streams: Map<number, number>;
  /** Streams by state. */
  inState: number[];
  /** Numbers of the events that are in it. */
  taken: RangeSet;
  count: number;
  /** Messages whose event is in it: numbers by sender. */
  causes: Map<number, RangeSet>;
}

export const newView = (): View => ({
  streams: new Map(),
  inState: new Array<number>(STATES_MAX).fill(0),
  taken: newRangeSet(),
  count: 0,
  causes: new Map(),
});

export const copyOfView = (view: View): View => clonePlain(view);

/** The last event up to which nothing is missing. */
export const completeUpTo = (view: View): number => unbrokenUpTo(view.taken);

/** The event of a stream that is in the view, -1 = none. */
export function seqInView(view: View, key: number): number {
  const packed = view.streams.get(key);
  return packed === undefined ? -1 : (packed - (packed % STATES_MAX)) / STATES_MAX - 1;
}

/** State of a stream in the view, -1 = none. */
export const stateInView = (view: View, key: number): number => ((view.streams.get(key) ?? 0) % STATES_MAX) - 1;

const fold = newFold();

/** Takes event `number` in, if it is the next of its stream and means something there. */
export function takeEvent(view: View, kind: StreamKind, number: number, row: EventRow): FoldVerdict {
  const packed = view.streams.get(row.key) ?? 0;
  const before = (packed % STATES_MAX) - 1;
  fold.state = before;
  fold.seq = (packed - (packed % STATES_MAX)) / STATES_MAX - 1;
  fold.gapAt = -1;
  fold.illegalAt = -1;
  // An event that the kind of stream does not know leads nowhere; one that is in the view already is ignored before that is asked.
  const event = kind.eventOf(row.type);
  const verdict = event < 0 && row.seq > fold.seq ? 'stopped' : foldEvent(kind.table, fold, row.seq, event);
  if (verdict !== 'applied') return verdict;
  view.streams.set(row.key, (fold.seq + 1) * STATES_MAX + fold.state + 1);
  if (before !== NOTHING_YET) view.inState[before] = (view.inState[before] as number) - 1;
  view.inState[fold.state] = (view.inState[fold.state] as number) + 1;
  view.count++;
  addToRanges(view.taken, number);
  if (row.causeNumber !== 0) {
    const numbers = view.causes.get(row.causeSender) ?? newRangeSet();
    if (!view.causes.has(row.causeSender)) view.causes.set(row.causeSender, numbers);
    addToRanges(numbers, row.causeNumber);
  }
  return verdict;
}

/** Whether the event that a message caused is in the view. */
export function knowsEffectOf(view: View, sender: number, number: number): boolean {
  const numbers = view.causes.get(sender);
  return numbers !== undefined && isInRanges(numbers, number);
}
