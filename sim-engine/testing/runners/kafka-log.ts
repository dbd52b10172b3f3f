// Judges kafka/idempotent-producer and retention by the log of a partition: scripts enter by the operations that a broker does on it.

import { type Batch, newSegment } from '../../nodes/kafka/log-segment.ts';
import type { LogSettings } from '../../nodes/kafka/log-settings.ts';
import {
  appendBatch,
  appendMarker,
  applyRetention,
  lastStableOffset,
  moveLogStart,
  newAppended,
  newPartitionLog,
  type PartitionLog,
  raiseHighWatermark,
  rollSegment,
} from '../../nodes/kafka/partition-log.ts';
import type { VectorCase, VectorFormat } from './format.ts';
import { differences } from './kafka-differences.ts';

/** A log that goes on for ever in one segment. */
const ENDLESS: LogSettings = {
  batchBytesMax: Infinity,
  timestampAheadNsMax: Infinity,
  segmentBytes: Infinity,
  segmentNs: Infinity,
  isDeleted: false,
  isCompacted: false,
  retentionNs: -1,
  retentionBytes: -1,
  cleanableRatioMin: 1,
  compactionLagNsMin: 0,
  compactionLagNsMax: Infinity,
  deleteRetentionNs: 0,
};

/** Without a producer; what its records hold is nobody's matter. */
const batchOf = (recordCount: number, sizeBytes: number, timestampNs: number): Batch => ({
  producerId: -1,
  producerEpoch: -1,
  baseSequence: -1,
  recordCount,
  sizeBytes,
  timestampNs,
  leaderEpoch: 0,
  isTransactional: false,
  keys: new Int32Array(recordCount),
  items: new Int32Array(recordCount),
  recordFlags: null,
  from: 0,
});

interface Op {
  readonly op: string;
  readonly pid: number;
  readonly epoch: number;
  readonly firstSeq: number;
  readonly records: number;
  readonly transactional: boolean;
  readonly commit: boolean;
  readonly coordinatorEpoch: number;
  readonly offset: number;
}

/** Does one step of a script; answers with what it says. */
function apply(log: PartitionLog, step: Op): Record<string, unknown> {
  switch (step.op) {
    case 'produce': {
      const out = newAppended();
      const batch = batchOf(step.records, 1, 0);
      batch.producerId = step.pid;
      batch.producerEpoch = step.epoch;
      batch.baseSequence = step.firstSeq;
      batch.isTransactional = step.transactional;
      appendBatch(log, ENDLESS, batch, 0, out);
      if (out.error !== null) return { result: out.error };
      return { result: out.isDuplicate ? 'duplicate' : 'appended', baseOffset: out.baseOffset };
    }
    case 'endTxn': {
      const { error, offset, hasCompleted } = appendMarker(
        log,
        ENDLESS,
        step.pid,
        step.epoch,
        step.coordinatorEpoch,
        step.commit,
        0,
        0,
      );
      return error === null ? { result: 'appended', baseOffset: offset, completedTxn: hasCompleted } : { result: error };
    }
    case 'highWatermark':
      raiseHighWatermark(log, step.offset === -1 ? log.logEnd : step.offset);
      return { result: 'ok' };
    default:
      throw new Error(`no operation ${step.op}`);
  }
}

function judgedProducers({ input, expected }: VectorCase): readonly string[] {
  const log = newPartitionLog(0);
  const recorded = (expected as { readonly results: readonly object[] }).results;
  return (input.ops as readonly Op[]).flatMap((step, i) => {
    const found = {
      ...apply(log, step),
      logEndOffset: log.logEnd,
      highWatermark: log.highWatermark,
      firstUnstableOffset: log.unstableFrom === -1 ? null : log.unstableFrom,
      lastStableOffset: lastStableOffset(log),
    };
    return differences(found, recorded[i] ?? {}, `step ${i}: `);
  });
}

interface RetentionInput {
  readonly segments: readonly {
    readonly baseOffset: number;
    readonly sizeBytes: number;
    readonly largestTimestampMs: number;
  }[];
  readonly logEndOffset: number;
  readonly highWatermark: number;
  readonly logStartOffset: number;
  readonly nowMs: number;
  readonly retentionMs: number;
  readonly retentionBytes: number;
  readonly cleanupPolicy: readonly string[];
}

/**
 * Appends a batch to each segment, then has the next one begun; what lay before the first is gone. Moments are in ms: the log only takes
 * one from another, and those of a calendar have too many ns for a number.
 */
function logOf({ segments, logEndOffset, highWatermark, logStartOffset }: RetentionInput): PartitionLog {
  const log = newPartitionLog(0);
  const begin = segments[0]?.baseOffset ?? 0;
  log.logStart = log.highWatermark = log.logEnd = begin;
  log.segments = [newSegment(begin, 0)];
  for (const [i, { baseOffset, sizeBytes, largestTimestampMs }] of segments.entries()) {
    if (i > 0) rollSegment(log, largestTimestampMs);
    const end = segments[i + 1]?.baseOffset ?? logEndOffset;
    if (end === baseOffset) continue;
    appendBatch(log, ENDLESS, batchOf(end - baseOffset, sizeBytes, largestTimestampMs), 0, newAppended());
  }
  raiseHighWatermark(log, highWatermark);
  moveLogStart(log, logStartOffset);
  return log;
}

function judgedRetention(one: VectorCase): readonly string[] {
  const input = one.input as unknown as RetentionInput;
  const { retentionMs, retentionBytes, cleanupPolicy, nowMs } = input;
  const log = logOf(input);
  const settings = {
    ...ENDLESS,
    isDeleted: cleanupPolicy.includes('delete'),
    isCompacted: cleanupPolicy.includes('compact'),
    retentionNs: retentionMs,
    retentionBytes,
  };
  const before = log.segments.map(({ baseOffset }) => baseOffset);
  const deletedBaseOffsets = applyRetention(log, settings, nowMs).map(({ baseOffset }) => baseOffset);
  const remainingBaseOffsets = log.segments.map(({ baseOffset }) => baseOffset);
  return differences(
    {
      deletedBaseOffsets,
      logStartOffset: log.logStart,
      remainingBaseOffsets,
      rolledNewActiveSegment: remainingBaseOffsets.some((baseOffset) => !before.includes(baseOffset)),
    },
    one.expected,
  );
}

export const KAFKA_LOG_FORMATS: readonly VectorFormat[] = [
  { key: 'kafka/idempotent-producer', judge: (one) => ({ faults: judgedProducers(one) }) },
  { key: 'kafka/retention', judge: (one) => ({ faults: judgedRetention(one) }) },
];
