// What the log cleaner does to a compacted topic: of the records of a key only the last one stays, where it stands. The broker actor asks
// whether a log is worth cleaning, and has it cleaned. It works on a log of `partition-log.ts`.
// Follows `LogCleaner`, `LogCleanerManager`, `CleanedTransactionMetadata`; semantics 16; K32.

import { max, min } from '../../kernel/exact-math.ts';
import {
  batchAtOrAfter,
  beginBatch,
  CONTROL,
  firstOffsetOf,
  lastOffsetOf,
  NO_KEY,
  newSegment,
  putRecord,
  recordOffset,
  recordsEnd,
  type Segment,
  TOMBSTONE,
} from './log-segment.ts';
import type { LogSettings } from './log-settings.ts';
import { isAbortedBatch, lastStableOffset, type PartitionLog } from './partition-log.ts';

export interface Cleanable {
  /** From here on nothing was compacted yet. */
  readonly firstDirty: number;
  /** From here on nothing may be: the last segment, what is not stable, what is younger than `min.compaction.lag.ms`. */
  readonly firstUncleanable: number;
  /** Bytes that could be compacted now, as a share of those and of what was compacted before. */
  readonly dirtyRatio: number;
  /** A record has waited for `max.compaction.lag.ms`: the ratio no longer matters. */
  readonly isOverdue: boolean;
}

export function cleanableOf(log: PartitionLog, settings: LogSettings, nowNs: number): Cleanable {
  const firstDirty = log.cleanedTo < log.logStart || log.cleanedTo > log.logEnd ? log.logStart : log.cleanedTo;
  const closed = log.segments.slice(0, -1);
  const dirty = closed.filter((segment, i) => endOf(log, i) > firstDirty && segment.batchCount > 0);
  const active = log.segments[log.segments.length - 1] as Segment;
  let end = min(lastStableOffset(log), active.baseOffset);
  if (settings.compactionLagNsMin > 0) {
    const young = dirty.find(({ largestTimestampNs }) => largestTimestampNs > nowNs - settings.compactionLagNsMin);
    if (young !== undefined) end = min(end, young.baseOffset);
  }
  const firstUncleanable = max(firstDirty, end);
  let cleanBytes = 0;
  let dirtyBytes = 0;
  for (let i = 0; i < closed.length; i++) {
    const { baseOffset, sizeBytes } = closed[i] as Segment;
    if (endOf(log, i) <= firstDirty) cleanBytes += sizeBytes;
    else if (baseOffset < firstUncleanable) dirtyBytes += sizeBytes;
  }
  return {
    firstDirty,
    firstUncleanable,
    dirtyRatio: dirtyBytes === 0 ? 0 : dirtyBytes / (cleanBytes + dirtyBytes),
    isOverdue: dirtyBytes > 0 && dirty.some(({ firstTimestampNs }) => firstTimestampNs < nowNs - settings.compactionLagNsMax),
  };
}

/** Whether the cleaner takes a log on: once more of it is dirty than `min.cleanable.dirty.ratio`. */
export const isWorthCleaning = ({ dirtyRatio, isOverdue }: Cleanable, { cleanableRatioMin }: LogSettings): boolean =>
  isOverdue || dirtyRatio > cleanableRatioMin;

const endOf = (log: PartitionLog, segment: number): number => log.segments[segment + 1]?.baseOffset ?? log.logEnd;

/**
 * Compacts everything below `firstUncleanable`. Answers with the items of the records that went. A tombstone, and the marker of a transaction,
 * stay until `delete.retention.ms` after they were compacted first; a record without a key does not belong here and goes.
 */
export function compact(log: PartitionLog, settings: LogSettings, nowNs: number): number[] {
  const { firstDirty, firstUncleanable } = cleanableOf(log, settings, nowNs);
  if (firstUncleanable <= firstDirty) return [];
  const latest = latestOffsets(log, firstDirty, firstUncleanable);
  const gone: number[] = [];
  const kept: Segment[] = [];
  for (const segment of log.segments) {
    if (segment.baseOffset >= firstUncleanable) kept.push(segment);
    else keepInto(kept, cleaned(log, settings, segment, latest, firstUncleanable, nowNs, gone), settings);
  }
  log.segments = kept;
  log.cleanedTo = firstUncleanable;
  return gone;
}

/** The last offset of each key in the dirty part of the log. */
function latestOffsets(log: PartitionLog, firstDirty: number, end: number): Map<number, number> {
  const latest = new Map<number, number>();
  for (const segment of log.segments) {
    if (segment.baseOffset >= end) break;
    for (let batch = batchAtOrAfter(segment, firstDirty); batch < segment.batchCount; batch++) {
      if (isAbortedBatch(log, segment, batch)) continue;
      const recordEnd = recordsEnd(segment, batch);
      for (let record = segment.firstRecord[batch] as number; record < recordEnd; record++) {
        const offset = recordOffset(segment, record);
        const key = segment.key[record] as number;
        if (offset < end && key !== NO_KEY) latest.set(key, offset);
      }
    }
  }
  return latest;
}

function cleaned(
  log: PartitionLog,
  settings: LogSettings,
  segment: Segment,
  latest: ReadonlyMap<number, number>,
  end: number,
  nowNs: number,
  gone: number[],
): Segment {
  const copy = newSegment(segment.baseOffset, segment.createdNs);
  for (let batch = 0; batch < segment.batchCount; batch++) {
    if (firstOffsetOf(segment, batch) >= end) copyBatch(segment, batch, copy, () => true);
    else cleanBatch(log, settings, segment, batch, copy, latest, nowNs, gone);
  }
  return copy;
}

function cleanBatch(
  log: PartitionLog,
  settings: LogSettings,
  segment: Segment,
  batch: number,
  copy: Segment,
  latest: ReadonlyMap<number, number>,
  nowNs: number,
  gone: number[],
): void {
  const deleteFromNs = segment.deleteFromNs.get(batch) ?? nowNs + settings.deleteRetentionNs;
  const mayDelete = nowNs >= deleteFromNs;
  const isControl = ((segment.flags[batch] as number) & CONTROL) !== 0;
  const isAborted = isAbortedBatch(log, segment, batch);
  let hasTombstone = isControl;
  const at = copyBatch(segment, batch, copy, (record) => {
    const offset = recordOffset(segment, record);
    const key = segment.key[record] as number;
    const isTombstone = ((segment.recordFlags[record] as number) & TOMBSTONE) !== 0;
    const isKept = !isAborted && key !== NO_KEY && offset >= (latest.get(key) ?? -1) && !(isTombstone && mayDelete);
    if (!isKept) gone.push(segment.item[record] as number);
    else if (isTombstone) hasTombstone = true;
    return isKept;
  });
  const isEmpty = recordsEnd(copy, at) === (copy.firstRecord[at] as number);
  // An empty batch stays while it is the last one of its producer: by it the sequence goes on after a restart.
  if (isEmpty && !(isControl && !mayDelete) && !isLastOfProducer(log, segment, batch)) dropLastBatch(copy);
  else if (hasTombstone) copy.deleteFromNs.set(at, deleteFromNs);
}

function isLastOfProducer(log: PartitionLog, segment: Segment, batch: number): boolean {
  const entry = log.producers.entries.get(segment.producerId[batch] as number);
  if (entry === undefined || entry.epoch !== segment.producerEpoch[batch]) return false;
  return entry.lastOffsets[entry.lastOffsets.length - 1] === lastOffsetOf(segment, batch);
}

/** Bytes of a batch's head, of which an empty one consists. */
const HEAD_BYTES = 61;

/** Copies a batch with those of its records that `isKept` wants; answers with its place. */
function copyBatch(from: Segment, batch: number, to: Segment, isKept: (record: number) => boolean): number {
  const first = from.firstRecord[batch] as number;
  const end = recordsEnd(from, batch);
  const at = beginBatch(
    to,
    firstOffsetOf(from, batch),
    lastOffsetOf(from, batch),
    from.batchBytes[batch] as number,
    from.timestampNs[batch] as number,
    from.leaderEpoch[batch] as number,
  );
  to.producerId[at] = from.producerId[batch] as number;
  to.producerEpoch[at] = from.producerEpoch[batch] as number;
  to.baseSequence[at] = from.baseSequence[batch] as number;
  to.flags[at] = from.flags[batch] as number;
  const deleteFromNs = from.deleteFromNs.get(batch);
  if (deleteFromNs !== undefined) to.deleteFromNs.set(at, deleteFromNs);
  let keptCount = 0;
  for (let record = first; record < end; record++) {
    if (!isKept(record)) continue;
    keptCount++;
    const item = from.item[record] as number;
    putRecord(to, recordOffset(from, record), from.key[record] as number, item, from.recordFlags[record] as number);
  }
  shrink(to, at, keptCount, end - first);
  return at;
}

/** Records are taken to be of one size within their batch. */
function shrink(segment: Segment, batch: number, keptCount: number, count: number): void {
  if (keptCount === count) return;
  const bytes = segment.batchBytes[batch] as number;
  const head = min(HEAD_BYTES, bytes);
  const left = (head + ((bytes - head) * keptCount) / count) | 0;
  segment.batchBytes[batch] = left;
  segment.sizeBytes -= bytes - left;
}

function dropLastBatch(segment: Segment): void {
  const at = --segment.batchCount;
  segment.sizeBytes -= segment.batchBytes[at] as number;
  segment.deleteFromNs.delete(at);
}

/** Small segments that stand side by side become one, up to `segment.bytes`. */
function keepInto(kept: Segment[], segment: Segment, settings: LogSettings): void {
  const last = kept[kept.length - 1];
  if (last === undefined || last.sizeBytes + segment.sizeBytes > settings.segmentBytes) {
    // One without a batch holds nothing; the segment before it reaches up to the next.
    if (segment.batchCount > 0 || last === undefined) kept.push(segment);
    return;
  }
  for (let batch = 0; batch < segment.batchCount; batch++) copyBatch(segment, batch, last, () => true);
  if (segment.largestTimestampNs > last.largestTimestampNs) last.largestTimestampNs = segment.largestTimestampNs;
}
