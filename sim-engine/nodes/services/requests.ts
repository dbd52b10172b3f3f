// The requests of one requester that are still open, and what it remembers of those that are not: whether each was answered or timed
// out, so that a reply nobody waits for can be told to be late or a duplicate. Plain state; no messages, no time of its own.

import { assert } from '../../kernel/assert.ts';

/** A request whose caller still waits. */
export interface OpenRequest {
  /** Number of the message of its latest attempt. */
  number: number;
  /** Attempts sent, the first included. */
  attempts: number;
  /** State that the last backoff left behind, see `parts/backoff.ts`; undefined before the first. */
  previousDelay: number | undefined;
  /** What every attempt carries alike. */
  readonly key: number;
  readonly sizeBytes: number;
  /** When it was asked, and when its latest attempt is given up, ns; infinity without a deadline. */
  readonly askedNs: number;
  dueNs: number;
}

export interface RequestsState {
  /** Out on their way, by number, in order of their deadlines unless the time-out was shortened meanwhile. */
  awaiting: Map<number, OpenRequest>;
  isInOrder: boolean;
  /** Between two attempts, by number. */
  resting: Map<number, OpenRequest>;
  /** Numbers given so far, and the first that this life of the process knows of. */
  numbers: number;
  firstKnown: number;
  /** What became of the latest numbers: a ring by number, as long as a power of two. */
  fates: Uint8Array;
}

export const ANSWERED = 1;
export const TIMED_OUT = 2;

const FATES_MIN = 256;
/** Numbers whose fate is remembered at most. */
export const FATES_MAX = 65536;

export const newRequests = (numbers: number): RequestsState => ({
  awaiting: new Map(),
  isInOrder: true,
  resting: new Map(),
  numbers,
  firstKnown: numbers + 1,
  fates: new Uint8Array(FATES_MIN),
});

export const openCount = (state: RequestsState): number => state.awaiting.size + state.resting.size;

/** The next number, with no fate yet. */
export function newNumber(state: RequestsState): number {
  const number = ++state.numbers;
  const { fates } = state;
  if (fates.length < FATES_MAX && number - state.firstKnown >= fates.length) state.fates = doubledRing(fates, number);
  state.fates[number & (state.fates.length - 1)] = 0;
  return number;
}

/** The fates of the numbers before `number`, at their places in a ring of twice the length. */
function doubledRing(fates: Uint8Array, number: number): Uint8Array {
  const larger = new Uint8Array(fates.length * 2);
  for (let old = number - fates.length; old < number; old++) {
    larger[old & (larger.length - 1)] = fates[old & (fates.length - 1)] as number;
  }
  return larger;
}

export function rememberFate(state: RequestsState, number: number, fate: number): void {
  const { fates, numbers } = state;
  if (numbers - number < fates.length) fates[number & (fates.length - 1)] = fate;
}

/** What a reply to `number` is, if that request is not open. */
export function verdictOn(state: RequestsState, number: number): 'late' | 'duplicate' | 'unknown' {
  const { fates, numbers, firstKnown } = state;
  if (number < firstKnown || number > numbers) return 'unknown';
  // Whatever became of one so long ago, its reply is late by now.
  if (numbers - number >= fates.length) return 'late';
  return fates[number & (fates.length - 1)] === ANSWERED ? 'duplicate' : 'late';
}

export const findOpen = (state: RequestsState, number: number): OpenRequest | undefined =>
  state.awaiting.get(number) ?? state.resting.get(number);

/** The one that has waited longest for its latest attempt; those between two attempts come last. */
export function oldestOpen(state: RequestsState): OpenRequest | undefined {
  for (const request of state.awaiting.values()) return request;
  for (const request of state.resting.values()) return request;
  return undefined;
}

/** An attempt is on its way from now on. */
export function awaitReply(state: RequestsState, request: OpenRequest): void {
  assert(!state.awaiting.has(request.number), 'a request is on its way once');
  state.resting.delete(request.number);
  state.awaiting.set(request.number, request);
}

/** Between two attempts from now on. */
export function rest(state: RequestsState, request: OpenRequest): void {
  state.awaiting.delete(request.number);
  state.resting.set(request.number, request);
}

/** It is over: its caller knows. */
export function close(state: RequestsState, request: OpenRequest, fate: number): void {
  const wasAwaiting = state.awaiting.delete(request.number);
  const wasResting = state.resting.delete(request.number);
  assert(wasAwaiting !== wasResting, 'a request completes exactly once');
  rememberFate(state, request.number, fate);
}
