// Facts about the log of a partition that no vector holds: reading, rolling, deleting, truncating.

import { describe, expect, it } from 'vitest';
import { clonePlain } from '../../kernel/plain-state.ts';
import { assignEpoch, endOfEpoch } from './leader-epochs.ts';
import type { Batch } from './log-segment.ts';
import type { LogSettings } from './log-settings.ts';
import {
  appendBatch,
  appendMarker,
  applyRetention,
  lastStableOffset,
  moveLogStart,
  newAppended,
  newLogSlice,
  newPartitionLog,
  type PartitionLog,
  raiseHighWatermark,
  readLog,
  sizeBytes,
  sliceEnd,
  truncateLog,
  visitRecords,
} from './partition-log.ts';
import { expireProducers } from './producer-state.ts';

const SETTINGS: LogSettings = {
  batchBytesMax: 1000,
  timestampAheadNsMax: 3600e9,
  segmentBytes: 250,
  segmentNs: 7 * 86400e9,
  isDeleted: true,
  isCompacted: false,
  retentionNs: -1,
  retentionBytes: -1,
  cleanableRatioMin: 0.5,
  compactionLagNsMin: 0,
  compactionLagNsMax: Infinity,
  deleteRetentionNs: 86400e9,
};

let items = 0;
function batch(more: Partial<Batch> = {}): Batch {
  const recordCount = more.recordCount ?? 1;
  const numbers = Array.from({ length: recordCount }, () => items++);
  return {
    producerId: -1,
    producerEpoch: -1,
    baseSequence: -1,
    recordCount,
    sizeBytes: 100,
    timestampNs: 0,
    leaderEpoch: 0,
    isTransactional: false,
    keys: numbers.map(() => -1),
    items: numbers,
    recordFlags: null,
    from: 0,
    ...more,
  };
}

const append = (log: PartitionLog, more: Partial<Batch> = {}, settings = SETTINGS) => {
  const out = newAppended();
  appendBatch(log, settings, batch(more), 0, out);
  return out;
};

function logOf(batches: number, more: Partial<Batch> = {}): PartitionLog {
  const log = newPartitionLog(0);
  for (let i = 0; i < batches; i++) append(log, more);
  return log;
}

/** Offsets that a reader gets from an offset on. */
function offsetsFrom(log: PartitionLog, offset: number, limit = log.highWatermark, bytesMax = Infinity, isDecided = false) {
  const slice = newLogSlice();
  if (!readLog(log, offset, limit, bytesMax, true, slice)) return 'out of range';
  const seen: number[] = [];
  if (slice.segment !== null) visitRecords(log, slice, offset, isDecided, (at) => seen.push(at));
  return seen;
}

describe('a reader', () => {
  it('sees what lies below the high watermark and nothing else (K3)', () => {
    const log = logOf(2);
    expect(offsetsFrom(log, 0)).toEqual([]);
    raiseHighWatermark(log, 1);
    expect(offsetsFrom(log, 0)).toEqual([0]);
    expect(offsetsFrom(log, 1)).toEqual([]);
    expect(offsetsFrom(log, 2)).toEqual([]);
    expect(offsetsFrom(log, 3)).toBe('out of range');
  });

  it('never loses sight of what it could see (K2)', () => {
    const log = logOf(3);
    raiseHighWatermark(log, 2);
    raiseHighWatermark(log, 1);
    expect(offsetsFrom(log, 0)).toEqual([0, 1]);
    raiseHighWatermark(log, 9);
    expect(log.highWatermark).toBe(3);
  });

  it('gets whole batches and skips in them what it has already', () => {
    const log = logOf(2, { recordCount: 3 });
    raiseHighWatermark(log, 6);
    expect(offsetsFrom(log, 1)).toEqual([1, 2, 3, 4, 5]);
    expect(offsetsFrom(log, 4)).toEqual([4, 5]);
  });

  it('gets one batch at least, however large, and no more than its limit else', () => {
    const log = logOf(2, { sizeBytes: 120 });
    raiseHighWatermark(log, 2);
    expect(offsetsFrom(log, 0, 2, 10)).toEqual([0]);
    expect(offsetsFrom(log, 0, 2, 239)).toEqual([0]);
    expect(offsetsFrom(log, 0, 2, 240)).toEqual([0, 1]);
    const slice = newLogSlice();
    expect(readLog(log, 0, 2, 10, false, slice)).toBe(true);
    expect(slice.batchEnd - slice.batch).toBe(0);
  });

  it('reads a segment at a time, and goes on behind what it got', () => {
    const log = logOf(5);
    raiseHighWatermark(log, 5);
    expect(log.segments.map(({ baseOffset }) => baseOffset)).toEqual([0, 2, 4]);
    const slice = newLogSlice();
    readLog(log, 0, 5, Infinity, true, slice);
    expect(sliceEnd(slice)).toBe(2);
    expect(offsetsFrom(log, 2)).toEqual([2, 3]);
  });

  it('that wants what is decided gets nothing of an open transaction, nor of one given up (K33)', () => {
    const log = newPartitionLog(0);
    append(log);
    append(log, { producerId: 7, producerEpoch: 0, baseSequence: 0, isTransactional: true });
    append(log);
    raiseHighWatermark(log, 3);
    expect(lastStableOffset(log)).toBe(1);
    appendMarker(log, SETTINGS, 7, 0, 0, false, 0, 0);
    raiseHighWatermark(log, 4);
    expect(lastStableOffset(log)).toBe(4);
    const decided = [0, 2].map((offset) => offsetsFrom(log, offset, 4, Infinity, true));
    expect(decided).toEqual([[0], [2]]);
    expect(offsetsFrom(log, 0, 4, Infinity, false)).toEqual([0, 1]);
  });
});

describe('an append', () => {
  it('of too large a batch, or of one from the future, is refused and leaves no trace', () => {
    const log = newPartitionLog(0);
    expect(append(log, { sizeBytes: 1001 })).toMatchObject({ error: 'RecordTooLarge', baseOffset: -1 });
    expect(append(log, { timestampNs: 3601e9 })).toMatchObject({ error: 'InvalidTimestamp' });
    expect(append(log, { timestampNs: 3600e9 })).toMatchObject({ error: null, baseOffset: 0 });
    expect(log.logEnd).toBe(1);
  });

  it('without a key is refused by a topic that is compacted', () => {
    const log = newPartitionLog(0);
    const compacted = { ...SETTINGS, isCompacted: true };
    expect(append(log, { recordCount: 2, keys: [4, -1] }, compacted)).toMatchObject({ error: 'InvalidRecord', baseOffset: -1 });
    expect(append(log, { recordCount: 2, keys: [4, 5] }, compacted)).toMatchObject({ error: null, baseOffset: 0 });
    expect(log.logEnd).toBe(2);
  });

  it('that was made before is answered with the offset of then, up to five batches back (K16)', () => {
    const log = newPartitionLog(0);
    const send = (baseSequence: number) => append(log, { producerId: 1, producerEpoch: 0, baseSequence });
    for (let i = 0; i < 6; i++) expect(send(i).baseOffset).toBe(i);
    expect(send(1)).toMatchObject({ isDuplicate: true, baseOffset: 1 });
    expect(send(0)).toMatchObject({ isDuplicate: false, error: 'OutOfOrderSequence' });
    expect(log.logEnd).toBe(6);
  });

  it('begins a segment when the last is full, or open for too long by the clock of the records', () => {
    const log = logOf(2);
    expect(log.segments).toHaveLength(1);
    append(log, { sizeBytes: 60 });
    expect(log.segments).toHaveLength(2);
    append(log, { sizeBytes: 10, timestampNs: 10e9 }, { ...SETTINGS, segmentNs: 9e9 });
    expect(log.segments.map(({ baseOffset }) => baseOffset)).toEqual([0, 2, 3]);
  });
});

describe('a producer that is silent', () => {
  it('is forgotten after producer.id.expiration.ms, and may then begin anywhere', () => {
    const log = newPartitionLog(0);
    append(log, { producerId: 1, producerEpoch: 0, baseSequence: 0, timestampNs: 5 });
    expireProducers(log.producers, 10, 6);
    expect(append(log, { producerId: 1, producerEpoch: 0, baseSequence: 7 })).toMatchObject({ error: 'OutOfOrderSequence' });
    expireProducers(log.producers, 11, 6);
    expect(append(log, { producerId: 1, producerEpoch: 0, baseSequence: 7 })).toMatchObject({ error: null });
  });

  it('is kept while its transaction is open', () => {
    const log = newPartitionLog(0);
    append(log, { producerId: 1, producerEpoch: 0, baseSequence: 0, isTransactional: true });
    expireProducers(log.producers, 1e18, 1);
    expect(log.producers.entries.has(1)).toBe(true);
  });
});

describe('the start of the log', () => {
  it('moves up with retention, never beyond what readers see (K31)', () => {
    const log = logOf(5);
    raiseHighWatermark(log, 3);
    const settings = { ...SETTINGS, retentionNs: 10 };
    expect(applyRetention(log, settings, 11).map(({ baseOffset }) => baseOffset)).toEqual([0]);
    expect([log.logStart, sizeBytes(log)]).toEqual([2, 300]);
    expect(offsetsFrom(log, 1)).toBe('out of range');
  });

  it('is moved by an operator only as far as readers see', () => {
    const log = logOf(3);
    raiseHighWatermark(log, 2);
    expect([moveLogStart(log, 3), moveLogStart(log, 1), log.logStart]).toEqual([false, true, 1]);
  });
});

describe('a replica that follows another leader', () => {
  it('gives up what lies above, and answers with what that was', () => {
    const log = logOf(5);
    assignEpoch(log.epochs, 1, 4);
    raiseHighWatermark(log, 2);
    const lost = truncateLog(log, 3, 0);
    expect(lost).toHaveLength(2);
    expect([log.logEnd, log.highWatermark, log.segments.length]).toEqual([3, 2, 2]);
    expect(endOfEpoch(log.epochs, 0, log.logEnd)).toEqual({ epoch: 0, endOffset: 3 });
    expect(append(log).baseOffset).toBe(3);
  });

  it('remembers producers as of there: what was cut off may be sent again', () => {
    const log = newPartitionLog(0);
    const send = (baseSequence: number) => append(log, { producerId: 1, producerEpoch: 0, baseSequence });
    for (let i = 0; i < 4; i++) send(i);
    truncateLog(log, 2, 0);
    expect(send(3)).toMatchObject({ error: 'OutOfOrderSequence' });
    expect(send(1)).toMatchObject({ isDuplicate: true, baseOffset: 1 });
    expect(send(2)).toMatchObject({ isDuplicate: false, error: null, baseOffset: 2 });
  });

  it('takes a transaction that was cut off as never begun, and one whose marker was cut off as open', () => {
    const log = newPartitionLog(0);
    append(log, { producerId: 1, producerEpoch: 0, baseSequence: 0, isTransactional: true });
    appendMarker(log, SETTINGS, 1, 0, 0, false, 0, 0);
    append(log, { producerId: 2, producerEpoch: 0, baseSequence: 0, isTransactional: true });
    truncateLog(log, 1, 0);
    expect([log.unstableFrom, log.aborted]).toEqual([0, []]);
  });
});

describe('the state of a log', () => {
  it('is plain: a copy goes on as the log itself does', () => {
    const log = logOf(3, { recordCount: 2 });
    const copy = clonePlain(log);
    for (const one of [log, copy]) append(one, { producerId: 1, producerEpoch: 0, baseSequence: 0, items: [77], keys: [5] });
    expect(copy).toEqual(log);
  });
});
