// Facts about the built-in partitioner; the examples are those of `BuiltInPartitioner` and of its test.

import { describe, expect, it } from 'vitest';
import {
  newSticky,
  nextSticky,
  noteAppended,
  noteQueueSizes,
  partitionOfKey,
  partitionOfNumber,
  roundRobinPartition,
} from './partitioner.ts';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('a record with a key', () => {
  it('goes where the digits of the key go, over all partitions (K14)', () => {
    for (const key of [0, 7, 10, 42, 999, 1_234_567_890, 2_147_483_647]) {
      for (const count of [1, 3, 12, 50])
        expect([key, partitionOfNumber(key, count)]).toEqual([key, partitionOfKey(utf8(String(key)), count)]);
    }
  });

  it('goes to another partition when there is one more, for most keys: order per key breaks', () => {
    const keys = Array.from({ length: 1000 }, (_, key) => key);
    const moved = keys.filter((key) => partitionOfNumber(key, 12) !== partitionOfNumber(key, 13)).length;
    expect(moved).toBeGreaterThan(800);
  });
});

describe('records without a key', () => {
  it('stay with a partition until a batch of bytes has gone there and the batch at hand is full (K15)', () => {
    const sticky = newSticky();
    nextSticky(sticky, 4, [0, 1, 2], 3);
    expect(sticky.partition).toBe(1);
    expect(noteAppended(sticky, 99, 100, true)).toBe(false);
    expect(noteAppended(sticky, 1, 100, false)).toBe(false);
    expect(noteAppended(sticky, 50, 100, true)).toBe(true);
  });

  it('leave it at twice as many bytes, full batch or not (KIP-794)', () => {
    const sticky = newSticky();
    nextSticky(sticky, 0, [0, 1], 2);
    expect(noteAppended(sticky, 199, 100, false)).toBe(false);
    expect(noteAppended(sticky, 1, 100, false)).toBe(true);
    nextSticky(sticky, 1, [0, 1], 2);
    expect(noteAppended(sticky, 99, 100, true)).toBe(false);
  });

  it('are dealt by how short the queues are: 0, 3 and 1 batches weigh 4, 1 and 3', () => {
    const sticky = newSticky();
    noteQueueSizes(sticky, [0, 3, 1], [0, 1, 2], 3);
    expect(sticky.cumulative).toEqual([4, 5, 8]);
    expect([0, 3, 4, 5, 7, 8].map((draw) => nextSticky(sticky, draw, [0, 1, 2], 3))).toEqual([0, 0, 1, 2, 2, 0]);
  });

  it('take any partition when none has a leader', () => {
    expect(nextSticky(newSticky(), 5, [], 3)).toBe(2);
  });

  it('go around under the round-robin partitioner, past those without a leader', () => {
    expect([0, 1, 2, 3].map((turn) => roundRobinPartition(turn, [0, 2], 3))).toEqual([0, 2, 0, 2]);
    expect(roundRobinPartition(4, [], 3)).toBe(1);
  });
});
