// Events in the order in which they were committed, numbered from 1, as columns that grow by doubling: the log of an event store and
// the outbox of a store. Plain data, so that it is part of an actor's state and copied with it.

import { assert } from '../../kernel/assert.ts';

/** One event as it is written and read. */
export interface EventRow {
  /** Of the stream it belongs to, -1 = none. */
  key: number;
  /** Which event of its stream it is, from 0; -1 where streams are not kept. */
  seq: number;
  /** As the message says whose effect it is: an index into its sender's types. */
  type: number;
  sizeBytes: number;
  /** The message it was committed on behalf of. */
  causeSender: number;
  causeNumber: number;
  /** When it was committed, ns. */
  bornNs: number;
}

export interface EventLog {
  /** Events up to this number are not in the columns. */
  base: number;
  /** Number of the last event. */
  last: number;
  keys: Int32Array;
  seqs: Int32Array;
  types: Uint8Array;
  sizes: Int32Array;
  causeSenders: Int32Array;
  causeNumbers: Uint32Array;
  bornNs: Float64Array;
}

const LEAST_ROOM = 16;

/** `base` events are said to have been before, without anything being kept of them. */
export const newEventLog = (base = 0): EventLog => ({
  base,
  last: base,
  keys: new Int32Array(LEAST_ROOM),
  seqs: new Int32Array(LEAST_ROOM),
  types: new Uint8Array(LEAST_ROOM),
  sizes: new Int32Array(LEAST_ROOM),
  causeSenders: new Int32Array(LEAST_ROOM),
  causeNumbers: new Uint32Array(LEAST_ROOM),
  bornNs: new Float64Array(LEAST_ROOM),
});

export const newEventRow = (): EventRow => ({
  key: -1,
  seq: -1,
  type: 0,
  sizeBytes: 0,
  causeSender: 0,
  causeNumber: 0,
  bornNs: 0,
});

/** The number that the event gets. */
export function appendEvent(log: EventLog, row: EventRow): number {
  const at = log.last - log.base;
  if (at === log.keys.length) grow(log, at * 2);
  log.keys[at] = row.key;
  log.seqs[at] = row.seq;
  log.types[at] = row.type;
  log.sizes[at] = row.sizeBytes;
  log.causeSenders[at] = row.causeSender;
  log.causeNumbers[at] = row.causeNumber;
  log.bornNs[at] = row.bornNs;
  return ++log.last;
}

/** Writes event `number` into `row`. It must be in the columns. */
export function eventInto(log: EventLog, number: number, row: EventRow): void {
  const at = number - log.base - 1;
  assert(at >= 0, 'an event that is asked for is still kept');
  assert(number <= log.last, 'an event that is asked for has happened');
  row.key = log.keys[at] as number;
  row.seq = log.seqs[at] as number;
  row.type = log.types[at] as number;
  row.sizeBytes = log.sizes[at] as number;
  row.causeSender = log.causeSenders[at] as number;
  row.causeNumber = log.causeNumbers[at] as number;
  row.bornNs = log.bornNs[at] as number;
}

export const keyOfEvent = (log: EventLog, number: number): number => log.keys[number - log.base - 1] as number;

/** Lets go of all events up to `number`. Nothing is moved until half the room is empty. */
export function trimLog(log: EventLog, number: number): void {
  const gone = number - log.base;
  if (gone < LEAST_ROOM || gone * 2 < log.keys.length) return;
  const end = log.last - log.base;
  for (const column of [log.keys, log.seqs, log.types, log.sizes, log.causeSenders, log.causeNumbers, log.bornNs]) {
    column.copyWithin(0, gone, end);
  }
  log.base = number;
}

function grow(log: EventLog, room: number): void {
  log.keys = widened(log.keys, new Int32Array(room));
  log.seqs = widened(log.seqs, new Int32Array(room));
  log.types = widened(log.types, new Uint8Array(room));
  log.sizes = widened(log.sizes, new Int32Array(room));
  log.causeSenders = widened(log.causeSenders, new Int32Array(room));
  log.causeNumbers = widened(log.causeNumbers, new Uint32Array(room));
  log.bornNs = widened(log.bornNs, new Float64Array(room));
}

function widened<T extends { set(from: T): void }>(column: T, larger: T): T {
  larger.set(column);
  return larger;
}
