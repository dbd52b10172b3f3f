// A small run of every workload of `npm run bench`: that it measures what it says. How fast it is, is never tested.

import { describe, expect, it } from 'vitest';
import { collectionsIn, lastJsonLine } from './compare.ts';
import type { GrowthMeasured } from './meter.ts';
import { type CheckpointMeasured, GROWING_WORKLOADS, runWorkload } from './workloads.ts';

describe('the bench', () => {
  it('settles every message of one line with one server, and the same ones with and without receipts', () => {
    const w1 = runWorkload('w1', 5000);
    const forgetful = runWorkload('w1-noack', 5000);
    expect(w1.done).toBe(5000);
    expect(forgetful.done).toBe(5000);
    // Receipts cost events, not time: the same draws make the same waits.
    expect(forgetful.meanUs).toBe(w1.meanUs);
    expect(w1.events).toBeGreaterThan(forgetful.events + 4900);
    expect(w1.digest).not.toBe(forgetful.digest);
  });

  it('reads every record of W2 once', () => {
    const { dlq, done, meanUs } = runWorkload('w2', 20_000);
    expect(done).toBe(20_000);
    expect(dlq).toBe(0);
    // Six workers, busy for four fifths of the time, and a millisecond and more on the way.
    expect(meanUs).toBeGreaterThan(5000);
    expect(meanUs).toBeLessThan(20_000);
  });

  it('works on every copy of W3, and few are left dead after three retries', () => {
    const { done, dlq, meanUs } = runWorkload('w3', 1000);
    expect(done + dlq).toBe(20_000);
    expect(dlq).toBeLessThan(5);
    // 1 % of them wait for 100 ms and more on the way.
    expect(meanUs).toBeGreaterThan(5000);
    expect(meanUs).toBeLessThan(9000);
  });

  it('copies a run with as many messages in flight as asked, and goes on as before', () => {
    const measured = runWorkload('checkpoint', 20_000) as CheckpointMeasured;
    expect(measured.inFlight).toBeGreaterThanOrEqual(20_000);
    expect(measured.inFlight).toBeLessThan(25_000);
    expect(measured.isSameAfterRestore).toBe(true);
  });

  // The one that fills a window of a million ids first takes too long here.
  it.each(GROWING_WORKLOADS.filter((workload) => workload !== 'dedup'))(
    'sends the same traffic through few and through many: %s',
    (workload) => {
      const measured = runWorkload(workload, 4000) as GrowthMeasured;
      expect(measured.sizes.length).toBeGreaterThan(1);
      for (const { ns } of measured.sizes) expect(ns).toBeGreaterThan(0);
      expect(measured.ratio).toBeCloseTo((measured.sizes.at(-1)?.ns ?? 0) / (measured.sizes[0]?.ns ?? 0), 1);
      expect(measured.events).toBeGreaterThan(3000);
    },
  );

  it('finds the last line of an output and counts collections in it', () => {
    const text = [
      '[1:0x1] 35 ms: Scavenge 4.0 (4.1) -> 3.9 (5.1) MB, 0.5 / 0.0 ms  (average mu = 1.000)',
      '[1:0x1] 60 ms: Mark-Compact 9.0 (9.1) -> 5.9 (9.1) MB, 2.5 / 0.0 ms',
      '{"done":7}',
      '',
    ].join('\n');
    expect(collectionsIn(text)).toBe(2);
    expect(lastJsonLine<{ done: number }>(text).done).toBe(7);
  });
});
