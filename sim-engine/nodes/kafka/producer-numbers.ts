// How an idempotent producer numbers its batches: for each partition an epoch and a sequence of its own. A batch that was given up leaves a
// gap only if it never arrived; until that is known nothing new is numbered in its partition, and if there is a gap the partition goes on
// in a new epoch. Plain data and what happens to it; the producer calls it.
// Follows `TransactionManager` (its part for idempotence) and `TxnPartitionEntry`; semantics 9; K16.

import { sequenceAfter } from './producer-state.ts';

/** As much of a batch as is numbered. */
export interface NumberedBatch {
  readonly partition: number;
  readonly msgs: readonly number[];
  /** Its records are numbered from here on; -1 = not yet. */
  sequence: number;
  epoch: number;
  /** Its numbers are others than those that it last went out with. */
  isRenumbered: boolean;
}

/** Of one partition. */
interface Numbers {
  epoch: number;
  /** Sequence of the next record. */
  next: number;
  /** Of the last record that is known to be there; -1 = none is. */
  acked: number;
  /** Numbered batches that are not over. */
  outstanding: number;
  /** One was given up that may have arrived or not. */
  isUnresolved: boolean;
}

export interface NumbersState {
  /** The newest; a partition goes over to it when nothing of it is outstanding. */
  epoch: number;
  readonly byPartition: Map<number, Numbers>;
}

export const newNumbers = (): NumbersState => ({ epoch: 0, byPartition: new Map() });

function numbersOf(state: NumbersState, partition: number): Numbers {
  const known = state.byPartition.get(partition);
  if (known !== undefined) return known;
  const made: Numbers = { epoch: state.epoch, next: 0, acked: -1, outstanding: 0, isUnresolved: false };
  state.byPartition.set(partition, made);
  return made;
}

/** Whether a batch that has no number yet has to wait until it is known what became of those before it. */
export const awaitsNumbers = ({ byPartition }: NumbersState, partition: number): boolean =>
  byPartition.get(partition)?.isUnresolved === true;

/** It goes out for the first time. */
export function numberBatch(state: NumbersState, batch: NumberedBatch): void {
  const numbers = numbersOf(state, batch.partition);
  if (numbers.epoch !== state.epoch && numbers.outstanding === 0) beginAnew(state, numbers);
  batch.sequence = numbers.next;
  batch.epoch = numbers.epoch;
  numbers.next = sequenceAfter(numbers.next, batch.msgs.length);
  numbers.outstanding++;
}

/** A numbered batch is over. `others`: those of its partition that are not, in any order. */
export function numberedIsOver(
  state: NumbersState,
  batch: NumberedBatch,
  outcome: 'confirmed' | 'refused' | 'given-up',
  others: readonly NumberedBatch[],
): void {
  const numbers = numbersOf(state, batch.partition);
  numbers.outstanding--;
  if (batch.epoch === numbers.epoch) {
    if (outcome === 'confirmed') numbers.acked = sequenceAfter(batch.sequence, batch.msgs.length - 1);
    else if (outcome === 'given-up') numbers.isUnresolved = true;
    else closeGap(numbers, batch, others);
  }
  if (!numbers.isUnresolved || numbers.outstanding > 0) return;
  numbers.isUnresolved = false;
  const expected = numbers.acked === -1 ? 0 : sequenceAfter(numbers.acked, 1);
  if (expected === numbers.next) return;
  state.epoch++;
  beginAnew(state, numbers);
}

function beginAnew(state: NumbersState, numbers: Numbers): void {
  numbers.epoch = state.epoch;
  numbers.next = 0;
  numbers.acked = -1;
}

/** The broker wanted none of a batch: those behind it move up. */
function closeGap(numbers: Numbers, { msgs, sequence }: NumberedBatch, others: readonly NumberedBatch[]): void {
  for (const other of others) {
    if (other.sequence <= sequence || other.epoch !== numbers.epoch) continue;
    other.sequence -= msgs.length;
    other.isRenumbered = true;
  }
  numbers.next -= msgs.length;
}

/**
 * The broker found a batch out of order. One before it has failed, and it is only to be tried again; or nothing is missing that could still
 * come: then there is a gap, and all that is outstanding is numbered anew in a new epoch. `all`: with the batch itself.
 */
export function numberedOutOfOrder(state: NumbersState, batch: NumberedBatch, all: readonly NumberedBatch[]): void {
  const numbers = numbersOf(state, batch.partition);
  const isNext = batch.sequence === (numbers.acked === -1 ? 0 : sequenceAfter(numbers.acked, 1));
  if (batch.epoch !== numbers.epoch || batch.isRenumbered || (!numbers.isUnresolved && !isNext)) return;
  state.epoch++;
  beginAnew(state, numbers);
  numbers.isUnresolved = false;
  for (const one of [...all].sort((a, b) => a.sequence - b.sequence)) {
    one.sequence = numbers.next;
    one.epoch = numbers.epoch;
    one.isRenumbered = true;
    numbers.next = sequenceAfter(numbers.next, one.msgs.length);
  }
}
