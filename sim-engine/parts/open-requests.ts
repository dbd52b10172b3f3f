// What a requester waits for: open requests with their deadlines, and what becomes of the replies. Every request is completed once,
// by its reply or by its deadline; whatever else comes back is late, a duplicate or unknown, and is counted. A reply at the deadline
// is late. The state is plain. Pinned by testing/vectors/patterns/request-reply.json; P1 and P2 of docs/semantics/patterns.md.

import { assert } from '../kernel/assert.ts';
import { type DeadlineHeap, newDeadlineHeap, popDeadline, pushDeadline } from './deadline-heap.ts';

export type ReplyVerdict = 'completed' | 'late' | 'duplicate' | 'unknown';

export interface OpenRequests {
  /** Requests issued: the correlation number of the next one. */
  next: number;
  openCount: number;
  completedCount: number;
  timedOutCount: number;
  lateCount: number;
  duplicateCount: number;
  unknownCount: number;
  /** OPEN, ANSWERED or TIMED_OUT of the last requests, by number modulo its length, a power of two. */
  fates: Uint8Array;
  /** Of the open requests that have one; those answered meanwhile stay until they are on top. */
  deadlines: DeadlineHeap;
}

const OPEN = 1;
const ANSWERED = 2;
const TIMED_OUT = 3;

/** A power of two. */
const FIRST_SIZE = 64;
/** Closed requests that are remembered at least. The reply to one closed earlier counts as late. */
const REMEMBERED = 262_144;

export const newOpenRequests = (): OpenRequests => ({
  next: 0,
  openCount: 0,
  completedCount: 0,
  timedOutCount: 0,
  lateCount: 0,
  duplicateCount: 0,
  unknownCount: 0,
  fates: new Uint8Array(FIRST_SIZE),
  deadlines: newDeadlineHeap(),
});

/** Opens a request and gives its correlation number: 0, 1, 2 and so on. */
export function openRequest(requests: OpenRequests, deadlineNs: number): number {
  const number = requests.next++;
  while (number >= requests.fates.length && mustGrow(requests, number)) growFates(requests);
  requests.fates[number & (requests.fates.length - 1)] = OPEN;
  requests.openCount++;
  setDeadline(requests, number, deadlineNs);
  return number;
}

/** A request that has just timed out is tried again: it is open as before, with no deadline until `setDeadline` gives it one. */
export function keepOpen(requests: OpenRequests, number: number): void {
  const at = number & (requests.fates.length - 1);
  assert(requests.fates[at] === TIMED_OUT, 'only what has timed out is tried again');
  requests.fates[at] = OPEN;
  requests.openCount++;
  requests.timedOutCount--;
}

/** Gives an open request that has no deadline one. Infinity is none. */
export function setDeadline(requests: OpenRequests, number: number, deadlineNs: number): void {
  if (deadlineNs !== Number.POSITIVE_INFINITY) pushDeadline(requests.deadlines, deadlineNs, number);
}

/** What a reply to request `number` means, counted; of no request of ours, a number that was never given, it is unknown. */
export function takeReply(requests: OpenRequests, nowNs: number, number: number): ReplyVerdict {
  assert(nextDeadlineNs(requests) > nowNs, 'deadlines come before the replies of the same instant');
  if (!(number >= 0 && number < requests.next)) {
    requests.unknownCount++;
    return 'unknown';
  }
  const isRemembered = requests.next - number <= requests.fates.length;
  const at = number & (requests.fates.length - 1);
  if (isRemembered && requests.fates[at] === OPEN) {
    requests.fates[at] = ANSWERED;
    requests.openCount--;
    requests.completedCount++;
    return 'completed';
  }
  if (isRemembered && requests.fates[at] === ANSWERED) {
    requests.duplicateCount++;
    return 'duplicate';
  }
  requests.lateCount++;
  return 'late';
}

/** The next request whose deadline has come, now timed out, or -1. Of equal deadlines the request that is older. */
export function takeTimedOut(requests: OpenRequests, nowNs: number): number {
  if (nextDeadlineNs(requests) > nowNs) return -1;
  const number = requests.deadlines.who[0] as number;
  popDeadline(requests.deadlines);
  requests.fates[number & (requests.fates.length - 1)] = TIMED_OUT;
  requests.openCount--;
  requests.timedOutCount++;
  return number;
}

/** When the next open request times out, Infinity when none is open. */
export function nextDeadlineNs(requests: OpenRequests): number {
  const { deadlines } = requests;
  while (deadlines.count > 0 && !isOpen(requests, deadlines.who[0] as number)) popDeadline(deadlines);
  return deadlines.count === 0 ? Number.POSITIVE_INFINITY : (deadlines.dueNs[0] as number);
}

/** Nobody waits for this open request any more: it counts as timed out. */
export function abandon(requests: OpenRequests, number: number): void {
  assert(isOpen(requests, number), 'only what is open can be given up');
  requests.fates[number & (requests.fates.length - 1)] = TIMED_OUT;
  requests.openCount--;
  requests.timedOutCount++;
}

/** What a crash does: nobody waits any more. Their replies will be late. Gives how many were open. */
export function abandonAll(requests: OpenRequests): number {
  const { fates, openCount } = requests;
  for (let at = 0; at < fates.length; at++) if (fates[at] === OPEN) fates[at] = TIMED_OUT;
  requests.deadlines.count = 0;
  requests.openCount = 0;
  return openCount;
}

function isOpen(requests: OpenRequests, number: number): boolean {
  return requests.next - number <= requests.fates.length && requests.fates[number & (requests.fates.length - 1)] === OPEN;
}

/** A request that is still open keeps its cell however many follow it. */
function mustGrow({ fates }: OpenRequests, number: number): boolean {
  return fates.length < REMEMBERED || fates[number & (fates.length - 1)] === OPEN;
}

function growFates(requests: OpenRequests): void {
  const { fates, next } = requests;
  const grown = new Uint8Array(fates.length * 2);
  const last = next - 1;
  for (let number = last - fates.length; number < last; number++) {
    if (number >= 0) grown[number & (grown.length - 1)] = fates[number & (fates.length - 1)] as number;
  }
  requests.fates = grown;
}
