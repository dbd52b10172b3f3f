// What a topic says about its log, by Kafka's own keys in the document; here in ns and bytes. Used by `partition-log.ts` and `compaction.ts`.

export interface LogSettings {
  /** `max.message.bytes`: of one batch. */
  readonly batchBytesMax: number;
  /** `message.timestamp.after.max.ms`: how far ahead of the broker's clock a record may be stamped. */
  readonly timestampAheadNsMax: number;
  /** `segment.bytes`, `segment.ms`. */
  readonly segmentBytes: number;
  readonly segmentNs: number;
  /** `cleanup.policy` contains `delete`, `compact`. */
  readonly isDeleted: boolean;
  readonly isCompacted: boolean;
  /** `retention.ms`, `retention.bytes`; -1 = no end. */
  readonly retentionNs: number;
  readonly retentionBytes: number;
  /** `min.cleanable.dirty.ratio`, `min.compaction.lag.ms`, `max.compaction.lag.ms`, `delete.retention.ms`. */
  readonly cleanableRatioMin: number;
  readonly compactionLagNsMin: number;
  readonly compactionLagNsMax: number;
  readonly deleteRetentionNs: number;
}
