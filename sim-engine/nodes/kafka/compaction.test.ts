// Facts about the log cleaner, after `LogCleanerTest` and `LogCleanerManagerTest`.

import { describe, expect, it } from 'vitest';
import { cleanableOf, compact, isWorthCleaning } from './compaction.ts';
import { NO_KEY, TOMBSTONE } from './log-segment.ts';
import type { LogSettings } from './log-settings.ts';
import {
  appendBatch,
  appendMarker,
  newAppended,
  newLogSlice,
  newPartitionLog,
  type PartitionLog,
  raiseHighWatermark,
  readLog,
  rollSegment,
  sliceEnd,
  visitRecords,
} from './partition-log.ts';

const DAY = 86400e9;
const SETTINGS: LogSettings = {
  batchBytesMax: Infinity,
  timestampAheadNsMax: Infinity,
  segmentBytes: 1e9,
  segmentNs: Infinity,
  isDeleted: false,
  isCompacted: true,
  retentionNs: -1,
  retentionBytes: -1,
  cleanableRatioMin: 0.5,
  compactionLagNsMin: 0,
  compactionLagNsMax: Infinity,
  deleteRetentionNs: DAY,
};

/** Keys as letters; a small letter is a tombstone, '-' has no key. Items count from 0. */
function put(log: PartitionLog, keys: string, producer?: { readonly id: number; readonly sequence: number }, timestampNs = 0) {
  const codes = [...keys].map((key) => (key === '-' ? NO_KEY : key.toUpperCase().charCodeAt(0)));
  const out = newAppended();
  // As a topic takes them that is not compacted yet: later it would refuse records without a key.
  appendBatch(
    log,
    { ...SETTINGS, isCompacted: false },
    {
      producerId: producer?.id ?? -1,
      producerEpoch: producer === undefined ? -1 : 0,
      baseSequence: producer?.sequence ?? -1,
      recordCount: codes.length,
      sizeBytes: 61 + 10 * codes.length,
      timestampNs,
      leaderEpoch: 0,
      isTransactional: false,
      keys: codes,
      items: codes.map((_, i) => log.logEnd + i),
      recordFlags: [...keys].map((key) => (key !== '-' && key === key.toLowerCase() ? TOMBSTONE : 0)),
      from: 0,
    },
    0,
    out,
  );
  expect(out.error).toBeNull();
}

/** Every batch is a segment of its own; the last one is active. */
function logOf(...batches: readonly string[]): PartitionLog {
  const log = newPartitionLog(0);
  for (const [i, keys] of batches.entries()) {
    if (i > 0) rollSegment(log, 0);
    put(log, keys);
  }
  raiseHighWatermark(log, log.logEnd);
  return log;
}

/** What is left, as key and offset. */
function left(log: PartitionLog): string {
  const seen: string[] = [];
  const slice = newLogSlice();
  for (let at = log.logStart; at < log.highWatermark; at = sliceEnd(slice)) {
    readLog(log, at, log.highWatermark, Infinity, true, slice);
    if (slice.segment === null || slice.batchEnd === slice.batch) break;
    visitRecords(log, slice, at, false, (offset, key) =>
      seen.push(`${key === NO_KEY ? '-' : String.fromCharCode(key)}${offset}`),
    );
  }
  return seen.join(' ');
}

describe('compaction', () => {
  it('keeps the last record of each key where it stands, and leaves the active segment alone (K32)', () => {
    const log = logOf('AB', 'AC', 'A');
    expect(compact(log, SETTINGS, 0)).toEqual([0]);
    expect(left(log)).toBe('B1 A2 C3 A4');
    expect(log.logEnd).toBe(5);
    rollSegment(log, 0);
    expect(compact(log, SETTINGS, 0)).toEqual([2]);
    expect(left(log)).toBe('B1 C3 A4');
  });

  it('does not go beyond what is stable', () => {
    const log = logOf('A', 'A', 'A', 'B');
    log.highWatermark = 2;
    expect(compact(log, SETTINGS, 0)).toEqual([0]);
    expect(log.cleanedTo).toBe(2);
  });

  it('drops records without a key, which do not belong into a compacted topic', () => {
    const log = logOf('A-', 'B');
    expect(compact(log, SETTINGS, 0)).toEqual([1]);
  });

  it('keeps a tombstone for delete.retention.ms after it was compacted first, then lets it go', () => {
    const log = logOf('A', 'a', 'B', 'C');
    expect(compact(log, SETTINGS, 0)).toEqual([0]);
    expect(left(log)).toBe('A1 B2 C3');
    rollSegment(log, 0);
    put(log, 'D');
    raiseHighWatermark(log, log.logEnd);
    expect(compact(log, SETTINGS, DAY - 1)).toEqual([]);
    rollSegment(log, 0);
    put(log, 'E');
    raiseHighWatermark(log, log.logEnd);
    expect(compact(log, SETTINGS, DAY)).toEqual([1]);
    expect(left(log)).toBe('B2 C3 D4 E5');
  });

  it('keeps the empty batch of a producer that wrote nothing since: its sequence goes on', () => {
    const log = newPartitionLog(0);
    put(log, 'A', { id: 1, sequence: 0 });
    rollSegment(log, 0);
    put(log, 'A');
    rollSegment(log, 0);
    put(log, 'B');
    raiseHighWatermark(log, log.logEnd);
    compact(log, SETTINGS, 0);
    expect(left(log)).toBe('A1 B2');
    expect(log.segments[0]).toMatchObject({ batchCount: 2, recordCount: 1 });
  });

  it('drops what a transaction that was given up has written', () => {
    const log = newPartitionLog(0);
    put(log, 'A');
    const batch = { producerId: 1, producerEpoch: 0, baseSequence: 0, recordCount: 1, sizeBytes: 71, timestampNs: 0 };
    appendBatch(
      log,
      SETTINGS,
      { ...batch, leaderEpoch: 0, isTransactional: true, keys: [65], items: [1], recordFlags: null, from: 0 },
      0,
      newAppended(),
    );
    appendMarker(log, SETTINGS, 1, 0, 0, false, 0, 0);
    rollSegment(log, 0);
    put(log, 'B');
    raiseHighWatermark(log, log.logEnd);
    expect(compact(log, SETTINGS, 0)).toEqual([1]);
    expect(left(log)).toBe('A0 B3');
  });

  it('puts small segments together', () => {
    const log = logOf('A', 'B', 'C', 'D');
    compact(log, { ...SETTINGS, segmentBytes: 150 }, 0);
    expect(log.segments.map(({ baseOffset, batchCount }) => [baseOffset, batchCount])).toEqual([
      [0, 2],
      [2, 1],
      [3, 1],
    ]);
    expect(left(log)).toBe('A0 B1 C2 D3');
  });
});

describe('a log is worth cleaning', () => {
  it('when more than min.cleanable.dirty.ratio of it is dirty', () => {
    const log = logOf('A', 'B', 'C', 'D');
    expect(cleanableOf(log, SETTINGS, 0)).toMatchObject({ firstDirty: 0, firstUncleanable: 3, dirtyRatio: 1 });
    compact(log, SETTINGS, 0);
    expect(isWorthCleaning(cleanableOf(log, SETTINGS, 0), SETTINGS)).toBe(false);
    rollSegment(log, 0);
    put(log, 'E');
    raiseHighWatermark(log, log.logEnd);
    // Three clean segments of 71 bytes in one, a dirty one of 71.
    expect(cleanableOf(log, SETTINGS, 0).dirtyRatio).toBe(0.25);
  });

  it('when a record waits for longer than max.compaction.lag.ms, and not before min.compaction.lag.ms', () => {
    const log = newPartitionLog(0);
    put(log, 'A', undefined, 1000);
    rollSegment(log, 1000);
    put(log, 'B', undefined, 2000);
    raiseHighWatermark(log, 2);
    const settings = { ...SETTINGS, cleanableRatioMin: 1, compactionLagNsMax: 500 };
    expect([1500, 1501].map((now) => isWorthCleaning(cleanableOf(log, settings, now), settings))).toEqual([false, true]);
    expect(cleanableOf(log, { ...SETTINGS, compactionLagNsMin: 400 }, 1399).firstUncleanable).toBe(0);
    expect(cleanableOf(log, { ...SETTINGS, compactionLagNsMin: 400 }, 1400).firstUncleanable).toBe(1);
  });
});
