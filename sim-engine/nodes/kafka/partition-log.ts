// One replica of a partition as its leader keeps it: an append-only log in segments, with the marks that say what readers may see. Records
// leave it whole segments at a time, by retention, or one by one where a later record has their key (`compaction.ts`). The broker actor
// calls it; it knows no client, no other replica and no clock.
// Follows `UnifiedLog`, `LocalLog`, `LogSegment`; vectors/kafka/idempotent-producer.json, retention.json; K1, K2, K31, K33, K34.

import { assert } from '../../kernel/assert.ts';
import { max, min } from '../../kernel/exact-math.ts';
import {
  assignEpoch,
  dropEpochsBefore,
  dropEpochsFrom,
  type LeaderEpochs,
  latestEpoch,
  newLeaderEpochs,
} from './leader-epochs.ts';
import {
  type Batch,
  batchAtOrAfter,
  beginBatch,
  COMMIT,
  CONTROL,
  cutBatches,
  firstOffsetOf,
  lastOffsetOf,
  NO_KEY,
  newSegment,
  putRecord,
  recordsEnd,
  type Segment,
  TRANSACTIONAL,
} from './log-segment.ts';
import type { LogSettings } from './log-settings.ts';
import {
  batchError,
  duplicateBase,
  firstUnstable,
  markerError,
  NO_PRODUCER,
  newProducerState,
  noteBatch,
  noteMarker,
  type ProducerError,
  type ProducerState,
  sequenceAfter,
  settleDecided,
} from './producer-state.ts';

export interface PartitionLog {
  /** Oldest first; there is always one, the last of which takes what is appended. */
  segments: Segment[];
  /** First offset that readers may ask for. */
  logStart: number;
  /** First offset that no reader may see. */
  highWatermark: number;
  /** Offset of the next record. */
  logEnd: number;
  /** First offset of a transaction that is not settled for every reader; -1 = there is none. */
  unstableFrom: number;
  producers: ProducerState;
  readonly epochs: LeaderEpochs;
  /** Transactions that were given up and are still in the log: whose, first offset, offset of the marker. */
  aborted: AbortedTransaction[];
  /** What lies below it was compacted before. */
  cleanedTo: number;
}

interface AbortedTransaction {
  readonly producerId: number;
  readonly firstOffset: number;
  readonly markerOffset: number;
}

export type AppendError = ProducerError | 'RecordTooLarge' | 'InvalidTimestamp' | 'InvalidRecord';

/** What became of an append. One object is used again and again. */
export interface Appended {
  error: AppendError | null;
  /** The log had it already; nothing was appended. */
  isDuplicate: boolean;
  /** Offset of its first record; -1 with an error. */
  baseOffset: number;
}

export const newAppended = (): Appended => ({ error: null, isDuplicate: false, baseOffset: -1 });

export function newPartitionLog(nowNs: number): PartitionLog {
  return {
    segments: [newSegment(0, nowNs)],
    logStart: 0,
    highWatermark: 0,
    logEnd: 0,
    unstableFrom: -1,
    producers: newProducerState(),
    epochs: newLeaderEpochs(),
    aborted: [],
    cleanedTo: 0,
  };
}

/** Readers that want only what is decided see offsets below this one. */
export function lastStableOffset({ unstableFrom, highWatermark }: PartitionLog): number {
  return unstableFrom !== -1 && unstableFrom < highWatermark ? unstableFrom : highWatermark;
}

export function sizeBytes(log: PartitionLog): number {
  let sum = 0;
  for (const segment of log.segments) sum += segment.sizeBytes;
  return sum;
}

const activeSegment = (log: PartitionLog): Segment => log.segments[log.segments.length - 1] as Segment;

// ------------------------------------------------------------------ appending

/** A batch of a client: recognised if it was sent before, refused if it is out of turn, else appended at the end. */
export function appendBatch(log: PartitionLog, settings: LogSettings, batch: Batch, nowNs: number, out: Appended): void {
  const { producerId, producerEpoch, baseSequence, recordCount, isTransactional } = batch;
  assert(recordCount > 0, 'a batch holds a record');
  out.baseOffset = -1;
  out.isDuplicate = false;
  out.error = null;
  if (batch.sizeBytes > settings.batchBytesMax) out.error = 'RecordTooLarge';
  else if (batch.timestampNs - nowNs > settings.timestampAheadNsMax) out.error = 'InvalidTimestamp';
  // The cleaner would not know what such a record stands for. Source: `LogValidator.validateRecord`.
  else if (settings.isCompacted && hasRecordWithoutKey(batch)) out.error = 'InvalidRecord';
  if (out.error !== null) return;
  const lastSequence = sequenceAfter(baseSequence, recordCount - 1);
  if (producerId !== NO_PRODUCER) {
    out.baseOffset = duplicateBase(log.producers, producerId, producerEpoch, baseSequence, lastSequence);
    out.isDuplicate = out.baseOffset !== -1;
    if (out.isDuplicate) return;
    out.error = batchError(log.producers, producerId, producerEpoch, baseSequence, isTransactional);
    if (out.error !== null) return;
  }
  out.baseOffset = log.logEnd;
  putBatch(log, settings, batch, nowNs);
  if (producerId === NO_PRODUCER) return;
  noteBatch(
    log.producers,
    producerId,
    producerEpoch,
    lastSequence,
    out.baseOffset,
    log.logEnd - 1,
    isTransactional,
    batch.timestampNs,
  );
  if (isTransactional) refreshUnstable(log);
}

function hasRecordWithoutKey({ from, keys, recordCount }: Batch): boolean {
  for (let i = from; i < from + recordCount; i++) if (keys[i] === NO_KEY) return true;
  return false;
}

function putBatch(log: PartitionLog, settings: LogSettings, batch: Batch, nowNs: number): void {
  const { recordCount, recordFlags, keys, items, from } = batch;
  const baseOffset = log.logEnd;
  const segment = segmentFor(log, settings, batch.sizeBytes, batch.timestampNs, nowNs);
  noteLeaderEpoch(log, batch.leaderEpoch);
  const at = beginBatch(segment, baseOffset, baseOffset + recordCount - 1, batch.sizeBytes, batch.timestampNs, batch.leaderEpoch);
  segment.producerId[at] = batch.producerId;
  segment.producerEpoch[at] = batch.producerEpoch;
  segment.baseSequence[at] = batch.baseSequence;
  if (batch.isTransactional) segment.flags[at] = TRANSACTIONAL;
  for (let i = 0; i < recordCount; i++) {
    const flags = recordFlags === null ? 0 : (recordFlags[from + i] as number);
    putRecord(segment, baseOffset + i, keys[from + i] as number, items[from + i] as number, flags);
  }
  log.logEnd = baseOffset + recordCount;
}

/** Bytes of a marker: the head of a batch and one small record. */
const MARKER_BYTES = 78;

/** What became of a marker. */
export interface MarkerAppended {
  readonly error: ProducerError | null;
  readonly offset: number;
  /** Whether there was anything to end. */
  readonly hasCompleted: boolean;
}

/** The transaction coordinator ends a producer's transaction: the marker takes an offset of its own. */
export function appendMarker(
  log: PartitionLog,
  settings: LogSettings,
  producerId: number,
  producerEpoch: number,
  coordinatorEpoch: number,
  isCommit: boolean,
  leaderEpoch: number,
  nowNs: number,
): MarkerAppended {
  const error = markerError(log.producers, producerId, producerEpoch, coordinatorEpoch);
  if (error !== null) return { error, offset: -1, hasCompleted: false };
  const offset = log.logEnd;
  const segment = segmentFor(log, settings, MARKER_BYTES, nowNs, nowNs);
  noteLeaderEpoch(log, leaderEpoch);
  const at = beginBatch(segment, offset, offset, MARKER_BYTES, nowNs, leaderEpoch);
  segment.producerId[at] = producerId;
  segment.producerEpoch[at] = producerEpoch;
  segment.flags[at] = TRANSACTIONAL | CONTROL | (isCommit ? COMMIT : 0);
  log.logEnd = offset + 1;
  const firstOffset = noteMarker(log.producers, producerId, producerEpoch, coordinatorEpoch, offset, nowNs);
  if (firstOffset !== -1 && !isCommit) log.aborted.push({ producerId, firstOffset, markerOffset: offset });
  refreshUnstable(log);
  return { error: null, offset, hasCompleted: firstOffset !== -1 };
}

function noteLeaderEpoch(log: PartitionLog, leaderEpoch: number): void {
  if (leaderEpoch !== latestEpoch(log.epochs)) assignEpoch(log.epochs, leaderEpoch, log.logEnd);
}

function refreshUnstable(log: PartitionLog): void {
  const first = firstUnstable(log.producers);
  log.unstableFrom = first === -1 ? -1 : max(first, log.logStart);
}

/** The segment that takes a batch: a new one where the last is full, or has been open for too long by the clock of the records. */
function segmentFor(log: PartitionLog, settings: LogSettings, bytes: number, timestampNs: number, nowNs: number): Segment {
  const active = activeSegment(log);
  if (active.sizeBytes === 0) return active;
  const isFull = active.sizeBytes > settings.segmentBytes - bytes;
  const isOld = timestampNs - active.firstTimestampNs > settings.segmentNs;
  return isFull || isOld ? rollSegment(log, nowNs) : active;
}

/** Begins a new segment. An empty one is begun again in its place. */
export function rollSegment(log: PartitionLog, nowNs: number): Segment {
  if (activeSegment(log).batchCount === 0 && activeSegment(log).baseOffset === log.logEnd) log.segments.pop();
  const segment = newSegment(log.logEnd, nowNs);
  log.segments.push(segment);
  return segment;
}

// ------------------------------------------------------------------ marks

/** The high watermark moves forward, never back and never past the end of this replica's log (K2). */
export function raiseHighWatermark(log: PartitionLog, offset: number): void {
  const reached = min(offset, log.logEnd);
  if (reached <= log.highWatermark) return;
  log.highWatermark = reached;
  if (log.producers.decidedFrom.length === 0) return;
  settleDecided(log.producers, reached);
  refreshUnstable(log);
}

/** Records below an offset are given up: `DeleteRecords`. False if readers cannot see so far. */
export function moveLogStart(log: PartitionLog, offset: number): boolean {
  if (offset > log.highWatermark) return false;
  if (offset <= log.logStart) return true;
  log.logStart = offset;
  dropEpochsBefore(log.epochs, offset);
  if (log.aborted.length > 0) log.aborted = log.aborted.filter(({ markerOffset }) => markerOffset >= offset);
  if (log.unstableFrom !== -1) refreshUnstable(log);
  return true;
}

// ------------------------------------------------------------------ reading

/** A piece of one segment, whole batches. One object is used again and again. */
export interface LogSlice {
  segment: Segment | null;
  batch: number;
  /** The batch behind the last one. */
  batchEnd: number;
  bytes: number;
}

export const newLogSlice = (): LogSlice => ({ segment: null, batch: 0, batchEnd: 0, bytes: 0 });

/**
 * Finds what a fetch gets: from `offset` on the whole batches below `limit` (the high watermark, or the last stable offset), as many as
 * `bytesMax` holds, of one segment; with `hasOneAtLeast` the first batch however large. False: the offset is not in the log.
 */
export function readLog(
  log: PartitionLog,
  offset: number,
  limit: number,
  bytesMax: number,
  hasOneAtLeast: boolean,
  out: LogSlice,
): boolean {
  out.segment = null;
  out.batch = 0;
  out.batchEnd = 0;
  out.bytes = 0;
  if (offset < log.logStart || offset > log.logEnd) return false;
  for (let at = segmentAt(log, offset); at < log.segments.length && out.segment === null; at++) {
    const segment = log.segments[at] as Segment;
    if (segment.baseOffset >= limit) break;
    const batch = batchAtOrAfter(segment, offset);
    if (batch < segment.batchCount) sliceSegment(segment, batch, limit, bytesMax, hasOneAtLeast, out);
  }
  return true;
}

function sliceSegment(
  segment: Segment,
  batch: number,
  limit: number,
  bytesMax: number,
  hasOneAtLeast: boolean,
  out: LogSlice,
): void {
  const { batchBytes, batchCount, lastDelta } = segment;
  const deltaLimit = limit - segment.baseOffset;
  out.segment = segment;
  out.batch = batch;
  let end = batch;
  let bytes = 0;
  while (end < batchCount && (lastDelta[end] as number) < deltaLimit) {
    const more = batchBytes[end] as number;
    if (bytes + more > bytesMax && !(hasOneAtLeast && end === batch)) break;
    bytes += more;
    end++;
  }
  out.batchEnd = end;
  out.bytes = bytes;
}

/** Where a reader goes on after a slice: behind its last batch. */
export const sliceEnd = ({ segment, batchEnd }: LogSlice): number => lastOffsetOf(segment as Segment, batchEnd - 1) + 1;

/** Whether the records of a batch belong to a transaction that was given up. */
export function isAbortedBatch(log: PartitionLog, segment: Segment, batch: number): boolean {
  if (log.aborted.length === 0 || ((segment.flags[batch] as number) & TRANSACTIONAL) === 0) return false;
  const producerId = segment.producerId[batch];
  const offset = firstOffsetOf(segment, batch);
  return log.aborted.some((one) => one.producerId === producerId && one.firstOffset <= offset && offset < one.markerOffset);
}

/** Which segment holds an offset: the last one that begins at or below it. */
function segmentAt(log: PartitionLog, offset: number): number {
  let low = 0;
  for (let high = log.segments.length - 1; low < high; ) {
    const middle = (low + high + 1) >> 1;
    if ((log.segments[middle] as Segment).baseOffset <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

// ------------------------------------------------------------------ retention

/**
 * One pass over the log: segments go that lie below its start, then as many of the oldest as are more than the size limit, then those of
 * which every record is too old. Answers with those that went. Nothing a reader cannot see yet goes, and nothing behind a segment that
 * stays (K31).
 */
export function applyRetention(log: PartitionLog, settings: LogSettings, nowNs: number): Segment[] {
  const gone = deleteOldest(log, nowNs, (_, next) => next !== undefined && next.baseOffset <= log.logStart);
  if (!settings.isDeleted) return gone;
  let surplus = sizeBytes(log) - settings.retentionBytes;
  if (settings.retentionBytes >= 0 && surplus >= 0) {
    gone.push(
      ...deleteOldest(log, nowNs, (segment) => {
        if (surplus < segment.sizeBytes) return false;
        surplus -= segment.sizeBytes;
        return true;
      }),
    );
  }
  if (settings.retentionNs >= 0) {
    gone.push(...deleteOldest(log, nowNs, (segment) => nowNs - segment.largestTimestampNs > settings.retentionNs));
  }
  return gone;
}

function deleteOldest(
  log: PartitionLog,
  nowNs: number,
  mayGo: (segment: Segment, next: Segment | undefined) => boolean,
): Segment[] {
  let count = 0;
  for (; count < log.segments.length; count++) {
    const segment = log.segments[count] as Segment;
    const next = log.segments[count + 1];
    const end = next === undefined ? log.logEnd : next.baseOffset;
    if (log.highWatermark < end || !mayGo(segment, next)) break;
    if (next === undefined && segment.sizeBytes === 0) break;
  }
  if (count === 0) return [];
  // There is always a segment: a new one is begun before the last one goes.
  if (count === log.segments.length) rollSegment(log, nowNs);
  const gone = log.segments.splice(0, count);
  moveLogStart(log, (log.segments[0] as Segment).baseOffset);
  return gone;
}

// ------------------------------------------------------------------ truncation

/** A replica follows a leader whose log is another one from `offset` on: what lies there is taken away. Answers with the items that went. */
export function truncateLog(log: PartitionLog, offset: number, nowNs: number): number[] {
  if (offset >= log.logEnd) {
    dropEpochsFrom(log.epochs, log.logEnd);
    return [];
  }
  const gone: number[] = [];
  while (log.segments.length > 1 && activeSegment(log).baseOffset >= offset) {
    const segment = log.segments.pop() as Segment;
    for (let i = 0; i < segment.recordCount; i++) gone.push(segment.item[i] as number);
  }
  if (activeSegment(log).baseOffset > offset) {
    log.segments = [newSegment(offset, nowNs)];
  } else {
    const active = activeSegment(log);
    const batch = batchAtOrAfter(active, offset);
    if (batch < active.batchCount) {
      for (let i = active.firstRecord[batch] as number; i < active.recordCount; i++) gone.push(active.item[i] as number);
      cutBatches(active, batch);
    }
  }
  log.logEnd = offset;
  log.logStart = min(log.logStart, offset);
  log.highWatermark = min(log.highWatermark, offset);
  log.cleanedTo = min(log.cleanedTo, offset);
  dropEpochsFrom(log.epochs, offset);
  log.aborted = log.aborted.filter(({ markerOffset }) => markerOffset < offset);
  rebuildProducers(log);
  return gone;
}

/** What is remembered of producers, from the batches that are left; of those whose batches retention took, as it was. */
function rebuildProducers(log: PartitionLog): void {
  const before = log.producers;
  const oldest = (log.segments[0] as Segment).baseOffset;
  log.producers = newProducerState();
  for (const [producerId, entry] of before.entries) {
    const last = entry.lastOffsets[entry.lastOffsets.length - 1];
    if (last !== undefined && last < oldest) log.producers.entries.set(producerId, entry);
  }
  for (const segment of log.segments) {
    for (let batch = 0; batch < segment.batchCount; batch++) rememberBatch(log, segment, batch);
  }
  settleDecided(log.producers, log.highWatermark);
  refreshUnstable(log);
}

function rememberBatch(log: PartitionLog, segment: Segment, batch: number): void {
  const producerId = segment.producerId[batch] as number;
  if (producerId === NO_PRODUCER) return;
  const epoch = segment.producerEpoch[batch] as number;
  const flags = segment.flags[batch] as number;
  const first = firstOffsetOf(segment, batch);
  const last = lastOffsetOf(segment, batch);
  const timestampNs = segment.timestampNs[batch] as number;
  if ((flags & CONTROL) !== 0) {
    noteMarker(log.producers, producerId, epoch, -1, last, timestampNs);
    return;
  }
  const lastSequence = sequenceAfter(segment.baseSequence[batch] as number, last - first);
  noteBatch(log.producers, producerId, epoch, lastSequence, first, last, (flags & TRANSACTIONAL) !== 0, timestampNs);
}

/** Calls `visit` with each record of a slice from `offset` on, in order, markers and given-up transactions left out if `isDecided`. */
export function visitRecords(
  log: PartitionLog,
  slice: LogSlice,
  offset: number,
  isDecided: boolean,
  visit: (offset: number, key: number, item: number) => void,
): void {
  const segment = slice.segment as Segment;
  for (let batch = slice.batch; batch < slice.batchEnd; batch++) {
    if (isDecided && isAbortedBatch(log, segment, batch)) continue;
    const end = recordsEnd(segment, batch);
    for (let record = segment.firstRecord[batch] as number; record < end; record++) {
      const at = segment.baseOffset + (segment.recordDelta[record] as number);
      if (at >= offset) visit(at, segment.key[record] as number, segment.item[record] as number);
    }
  }
}
