// Facts of section 11 of docs/semantics/patterns.md, Uber's consumer proxy.

import { describe, expect, it } from 'vitest';
import { fetchOffsets, markDone, newCommitWatermark, rewindToCommitted, roomToFetch } from './commit-watermark.ts';

describe('the commit watermark', () => {
  it('P44: stays before a message that never ends, and the window stops the fetch in the end', () => {
    const mark = newCommitWatermark(100);
    const windowMax = 50;
    let fetched = 0;
    while (roomToFetch(mark, windowMax) > 0) {
      const offset = fetchOffsets(mark, 1);
      fetched++;
      if (offset !== 103) markDone(mark, offset);
    }
    // Three that were committed, and the window from the one that is stuck on.
    expect([fetched, mark.committed]).toEqual([53, 103]);
    // Moved out of the way it counts as done.
    markDone(mark, 103);
    expect([mark.committed, roomToFetch(mark, windowMax)]).toEqual([153, 50]);
  });

  it('P43: after a crash all from the committed offset on are fetched again, also those that were done', () => {
    const mark = newCommitWatermark(0);
    fetchOffsets(mark, 40);
    for (let offset = 0; offset < 40; offset++) if (offset !== 5) markDone(mark, offset);
    rewindToCommitted(mark);
    expect([mark.committed, fetchOffsets(mark, 3)]).toEqual([5, 5]);
    expect([markDone(mark, 7), markDone(mark, 5), markDone(mark, 6), mark.committed]).toEqual([true, true, true, 8]);
  });

  it('takes an offset that is done twice once', () => {
    const mark = newCommitWatermark(0);
    fetchOffsets(mark, 3);
    expect([markDone(mark, 1), markDone(mark, 1), markDone(mark, 0), markDone(mark, 0)]).toEqual([true, false, true, false]);
    expect(mark.committed).toBe(2);
  });

  it('refuses an offset that was never fetched', () => {
    expect(() => markDone(newCommitWatermark(7), 7)).toThrow('never fetched');
  });
});
