// Copies of messages in a queue, and the lines in which those that are ready stand: taken at the head, added at the end, or put back
// where they stood. Plain data, changed in place; the queues of this folder decide who stands where.

import type { Message } from './model.ts';

/** A copy of a message in one queue. */
export interface Entry {
  /** Its place in the order of arrival, from 1, for good. */
  readonly position: number;
  readonly message: Message;
  /** When it expires, ns; Infinity = never. It keeps this while it is out and comes back. */
  readonly expiresNs: number;
  /** What it counts in a limit of bytes. */
  readonly bytes: number;
  /** Line it stands in. */
  readonly level: number;
  /** It was handed out before. */
  isRedelivered: boolean;
  /** Deliveries that failed: `x-delivery-count`. */
  failedCount: number;
  /** Deliveries that came back: `x-acquired-count`. */
  returnedCount: number;
  /** What the books of the run know it by: the obligation; 0 = none. */
  obligation: number;
}

export interface Line {
  /** From `head` on; what is before it is null. */
  readonly items: (Entry | null)[];
  head: number;
}

const SLACK = 64;

export const newLine = (): Line => ({ items: [], head: 0 });

export const lineLength = (line: Line): number => line.items.length - line.head;

export const headOf = (line: Line): Entry | null => (line.head < line.items.length ? (line.items[line.head] as Entry) : null);

export function pushEntry(line: Line, entry: Entry): void {
  line.items.push(entry);
}

/** Takes the head. There must be one. */
export function shiftEntry(line: Line): Entry {
  const { items } = line;
  const entry = items[line.head] as Entry;
  items[line.head++] = null;
  if (line.head === items.length) {
    items.length = 0;
    line.head = 0;
  } else if (line.head > SLACK && line.head * 2 > items.length) {
    items.splice(0, line.head);
    line.head = 0;
  }
  return entry;
}

/** Puts an entry back into a line that is in order of positions. */
export function insertEntry(line: Line, entry: Entry): void {
  const { items } = line;
  let low = line.head;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((items[middle] as Entry).position < entry.position) low = middle + 1;
    else high = middle;
  }
  if (low === line.head && line.head > 0) items[--line.head] = entry;
  else items.splice(low, 0, entry);
}

export function* entriesOf(line: Line): Generator<Entry> {
  for (let at = line.head; at < line.items.length; at++) yield line.items[at] as Entry;
}

export function clearLine(line: Line): void {
  line.items.length = 0;
  line.head = 0;
}
