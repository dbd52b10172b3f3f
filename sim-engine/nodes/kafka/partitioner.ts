// Which partition a record goes to, as the built-in partitioner of the Java producer decides it: by the hash of its key, or, without
// a key, the one that is sticky until a batch's worth of bytes has gone to it (KIP-480, KIP-794). Called by the producer client,
// which hands in every random draw; nothing here knows a batch or a broker.
// Follows `BuiltInPartitioner` and `RoundRobinPartitioner`; vectors/kafka/murmur2.json, adaptive-partitioner.json; K14, K15.

import { floor } from '../../kernel/exact-math.ts';
import { murmur2, toPositive } from './murmur2.ts';

/** Partition of a serialized key, over all partitions of the topic, whatever is down. */
export const partitionOfKey = (key: Uint8Array, partitionCount: number): number => toPositive(murmur2(key)) % partitionCount;

/** No digits of a key are more than these: 10 of an unsigned 32-bit integer. */
const digits = new Uint8Array(10);
const ZERO = 48;

/**
 * Partition of a key of the simulation, a whole number from 0 on. It goes over the wire as its decimal digits, like the
 * `str(user_id).encode()` of a Python client.
 */
export function partitionOfNumber(key: number, partitionCount: number): number {
  let at = digits.length;
  for (let left = key; at === digits.length || left > 0; left = floor(left / 10)) digits[--at] = ZERO + (left % 10);
  digits.copyWithin(0, at);
  return toPositive(murmur2(digits, digits.length - at)) % partitionCount;
}

// ------------------------------------------------------------------ records without a key

/** What a producer remembers of one topic. */
export interface StickyState {
  /** The partition that records without a key go to now; -1 = none chosen yet. */
  partition: number;
  /** Bytes that have gone to it. */
  producedBytes: number;
  /** Running sums of the weights by which the next one is drawn, and whose they are; empty = every partition with a leader alike. */
  cumulative: number[];
  partitionIds: number[];
}

export const newSticky = (): StickyState => ({ partition: -1, producedBytes: 0, cumulative: [], partitionIds: [] });

/**
 * Learns how many batches wait for each partition that has a leader. Only the first `length` of them may be chosen: those behind are
 * of brokers that have not taken a ready batch for `partitioner.availability.timeout.ms`. The emptier a queue, the heavier its weight,
 * longest + 1 - its own; where all are equal and none is left out, chance alone decides.
 */
export function noteQueueSizes(
  state: StickyState,
  queueSizes: readonly number[],
  partitionIds: readonly number[],
  length: number,
): void {
  state.cumulative = [];
  state.partitionIds = [];
  if (length < 1 || queueSizes.length < 2) return;
  let longest = queueSizes[0] as number;
  let areEqual = true;
  for (let i = 1; i < length; i++) {
    const size = queueSizes[i] as number;
    if (size !== queueSizes[0]) areEqual = false;
    if (size > longest) longest = size;
  }
  if (areEqual && length === queueSizes.length) return;
  let sum = 0;
  for (let i = 0; i < length; i++) {
    sum += longest + 1 - (queueSizes[i] as number);
    state.cumulative.push(sum);
    state.partitionIds.push(partitionIds[i] as number);
  }
}

/**
 * Moves on to the next partition and answers with it. `draw` is a random integer of 31 bits; `available` are the partitions that have a
 * leader, in ascending order, and if there is none any of the `partitionCount` will do.
 */
export function nextSticky(state: StickyState, draw: number, available: readonly number[], partitionCount: number): number {
  state.producedBytes = 0;
  state.partition = drawnPartition(state, draw, available, partitionCount);
  return state.partition;
}

function drawnPartition(state: StickyState, draw: number, available: readonly number[], partitionCount: number): number {
  const { cumulative } = state;
  if (cumulative.length === 0) {
    return available.length > 0 ? (available[draw % available.length] as number) : draw % partitionCount;
  }
  const weighted = draw % (cumulative[cumulative.length - 1] as number);
  let low = 0;
  for (let high = cumulative.length - 1; low < high; ) {
    const middle = (low + high) >> 1;
    if ((cumulative[middle] as number) > weighted) high = middle;
    else low = middle + 1;
  }
  return state.partitionIds[low] as number;
}

/**
 * Counts what has gone to the sticky partition; true if it is time to move on: after `batchBytes`, but not before the batch at hand is
 * full (`isQueueFull`), so that no fragment of one is left behind, and at twice as many bytes in any case.
 */
export function noteAppended(state: StickyState, bytes: number, batchBytes: number, isQueueFull: boolean): boolean {
  state.producedBytes += bytes;
  return (state.producedBytes >= batchBytes && isQueueFull) || state.producedBytes >= batchBytes * 2;
}

/** The opt-in `RoundRobinPartitioner`: record after record around those with a leader. `turn` counts records from 0. */
export function roundRobinPartition(turn: number, available: readonly number[], partitionCount: number): number {
  const positive = toPositive(turn | 0);
  return available.length > 0 ? (available[positive % available.length] as number) : positive % partitionCount;
}
