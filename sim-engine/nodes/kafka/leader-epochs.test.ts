// Facts about leader epochs, after the examples of `LeaderEpochFileCacheTest`.

import { describe, expect, it } from 'vitest';
import { assignEpoch, dropEpochsBefore, dropEpochsFrom, endOfEpoch, latestEpoch, newLeaderEpochs } from './leader-epochs.ts';

function epochs(...entries: readonly (readonly [number, number])[]) {
  const cache = newLeaderEpochs();
  for (const [epoch, start] of entries) assignEpoch(cache, epoch, start);
  return cache;
}

describe('a leader epoch', () => {
  it('ends where the next one that is known begins, the latest at the end of the log (K11)', () => {
    const cache = epochs([2, 10], [4, 20], [5, 30]);
    expect(endOfEpoch(cache, 2, 40)).toEqual({ epoch: 2, endOffset: 20 });
    expect(endOfEpoch(cache, 3, 40)).toEqual({ epoch: 2, endOffset: 20 });
    expect(endOfEpoch(cache, 5, 40)).toEqual({ epoch: 5, endOffset: 40 });
    expect(latestEpoch(cache)).toBe(5);
  });

  it('older than all that is known ends where that begins; a later one is unknown', () => {
    const cache = epochs([5, 10], [6, 20]);
    expect(endOfEpoch(cache, 4, 30)).toEqual({ epoch: 4, endOffset: 10 });
    expect(endOfEpoch(cache, 7, 30)).toEqual({ epoch: -1, endOffset: -1 });
    expect(endOfEpoch(newLeaderEpochs(), 0, 30)).toEqual({ epoch: -1, endOffset: -1 });
  });

  it('takes away the entries that it contradicts', () => {
    const cache = epochs([1, 10], [2, 20], [3, 30]);
    assignEpoch(cache, 2, 15);
    expect([cache.epochs, cache.starts]).toEqual([
      [1, 2],
      [10, 15],
    ]);
    assignEpoch(cache, 4, 15);
    expect([cache.epochs, cache.starts]).toEqual([
      [1, 4],
      [10, 15],
    ]);
  });

  it('stays as far as it covers the start of the log, and goes from its end', () => {
    const cache = epochs([1, 0], [2, 20], [3, 30]);
    dropEpochsBefore(cache, 25);
    expect([cache.epochs, cache.starts]).toEqual([
      [2, 3],
      [25, 30],
    ]);
    const exact = epochs([1, 0], [2, 20], [3, 30]);
    dropEpochsBefore(exact, 20);
    expect([exact.epochs, exact.starts]).toEqual([
      [2, 3],
      [20, 30],
    ]);
    dropEpochsFrom(cache, 30);
    expect([cache.epochs, cache.starts]).toEqual([[2], [25]]);
  });
});
