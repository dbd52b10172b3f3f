// The numbers of an idempotent producer: what it does when a batch was given up, when one is found out of order, and when one is not wanted.

import { describe, expect, it } from 'vitest';
import {
  awaitsNumbers,
  type NumberedBatch,
  newNumbers,
  numberBatch,
  numberedIsOver,
  numberedOutOfOrder,
} from './producer-numbers.ts';

const batch = (partition = 0, records = 1): NumberedBatch => ({
  partition,
  msgs: Array.from({ length: records }, (_, i) => i),
  sequence: -1,
  epoch: -1,
  isRenumbered: false,
});

/** Batches of the partition 0, with so many records each. */
function numbered(...sizes: readonly number[]) {
  const state = newNumbers();
  const batches = sizes.map((size) => batch(0, size));
  for (const one of batches) numberBatch(state, one);
  return { state, batches: batches as [NumberedBatch, ...NumberedBatch[]] };
}
const standing = (batches: readonly NumberedBatch[]) => batches.map(({ epoch, sequence }) => [epoch, sequence]);

describe('batches of a partition', () => {
  it('are numbered on, by their records, each partition for itself', () => {
    const { state, batches } = numbered(2, 3, 1);
    const elsewhere = batch(1);
    numberBatch(state, elsewhere);
    expect(standing([...batches, elsewhere])).toEqual([
      [0, 0],
      [0, 2],
      [0, 5],
      [0, 0],
    ]);
  });

  it('wait for numbers once one was given up, until all that are out are over', () => {
    const { state, batches } = numbered(1, 1);
    numberedIsOver(state, batches[0], 'given-up', []);
    expect(awaitsNumbers(state, 0)).toBe(true);
    expect(awaitsNumbers(state, 1)).toBe(false);
    numberedIsOver(state, batches[1] as NumberedBatch, 'confirmed', []);
    expect(awaitsNumbers(state, 0)).toBe(false);
    // The second was taken, so the first had arrived: there is no gap.
    const next = batch();
    numberBatch(state, next);
    expect(standing([next])).toEqual([[0, 2]]);
  });

  it('go on in a new epoch if the last of them was given up, and other partitions when nothing of theirs is out', () => {
    const { state, batches } = numbered(1, 1);
    const elsewhere = batch(1);
    numberBatch(state, elsewhere);
    numberedIsOver(state, batches[0], 'confirmed', []);
    numberedIsOver(state, batches[1] as NumberedBatch, 'given-up', []);
    const [here, there] = [batch(), batch(1)];
    numberBatch(state, here);
    numberBatch(state, there);
    expect(standing([here, there])).toEqual([
      [1, 0],
      [0, 1],
    ]);
    for (const one of [elsewhere, there]) numberedIsOver(state, one, 'confirmed', []);
    const later = batch(1);
    numberBatch(state, later);
    expect(standing([later])).toEqual([[1, 0]]);
  });

  it('found out of order keep their numbers while one before them is missing', () => {
    const { state, batches } = numbered(1, 1);
    numberedOutOfOrder(state, batches[1] as NumberedBatch, batches);
    expect(standing(batches)).toEqual([
      [0, 0],
      [0, 1],
    ]);
  });

  it('found out of order with nothing missing before them are all numbered anew', () => {
    const { state, batches } = numbered(2, 1, 1);
    numberedIsOver(state, batches[0], 'confirmed', []);
    const left = batches.slice(1);
    numberedOutOfOrder(state, left[0] as NumberedBatch, [...left].reverse());
    expect(standing(left)).toEqual([
      [1, 0],
      [1, 1],
    ]);
    // What was said of their old numbers says nothing of the new ones.
    numberedOutOfOrder(state, left[0] as NumberedBatch, left);
    expect(state.epoch).toBe(1);
  });

  it('move up when the broker does not want one', () => {
    const { state, batches } = numbered(2, 1);
    numberedIsOver(state, batches[0], 'refused', batches.slice(1));
    const next = batch();
    numberBatch(state, next);
    expect(standing([batches[1] as NumberedBatch, next])).toEqual([
      [0, 0],
      [0, 1],
    ]);
  });
});
