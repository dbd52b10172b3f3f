// A segment of a partition's log: batches and their records, in columns that grow by doubling, so that a record costs a few bytes and a
// batch a few more. Offsets are kept as distances from the segment's first, as in Kafka's own files. Owned by `partition-log.ts`;
// nothing here knows the rest of the log.

/** Bits of a batch's flags. */
export const TRANSACTIONAL = 1;
/** A transaction marker; it takes one offset and holds no record for a reader. */
export const CONTROL = 2;
/** Of a marker: the transaction counts. Else it does not. */
export const COMMIT = 4;

/** Bit of a record's flags: a key without a value. */
export const TOMBSTONE = 1;

/** A record without a key. */
export const NO_KEY = -1;

export interface Segment {
  readonly baseOffset: number;
  /** Bytes of all its batches. */
  sizeBytes: number;
  /** Newest timestamp of any batch, ns; of a segment without one when it was begun. Decides about retention. */
  largestTimestampNs: number;
  /** Newest timestamp of its first batch, ns; -1 = there is none. Decides when a next segment is begun. */
  firstTimestampNs: number;
  readonly createdNs: number;

  batchCount: number;
  /** Offset of the first and of the last record, as distances from `baseOffset`. Compaction leaves them as they were. */
  firstDelta: Int32Array;
  lastDelta: Int32Array;
  /** Which record of the segment is its first; those of a batch end where those of the next begin. */
  firstRecord: Int32Array;
  batchBytes: Int32Array;
  /** Newest timestamp, ns. */
  timestampNs: Float64Array;
  leaderEpoch: Int32Array;
  producerId: Float64Array;
  producerEpoch: Int32Array;
  baseSequence: Int32Array;
  flags: Uint8Array;

  recordCount: number;
  recordDelta: Int32Array;
  key: Int32Array;
  /** Who the record is outside of the log: whatever number its owner gave it. */
  item: Int32Array;
  recordFlags: Uint8Array;

  /** Of a batch, by its place: from when on its tombstones and its marker may go, ns. Set when it is first compacted. */
  readonly deleteFromNs: Map<number, number>;
}

/** A batch as it is handed to a log. Its records stand in `keys`, `items` and `recordFlags` from `from` on. */
export interface Batch {
  producerId: number;
  producerEpoch: number;
  baseSequence: number;
  recordCount: number;
  sizeBytes: number;
  /** Newest timestamp of its records, ns. */
  timestampNs: number;
  leaderEpoch: number;
  isTransactional: boolean;
  keys: ArrayLike<number>;
  items: ArrayLike<number>;
  /** Bits of each record; null = none has any. */
  recordFlags: ArrayLike<number> | null;
  from: number;
}

const NONE = 0;

export function newSegment(baseOffset: number, nowNs: number): Segment {
  return {
    baseOffset,
    sizeBytes: 0,
    largestTimestampNs: nowNs,
    firstTimestampNs: -1,
    createdNs: nowNs,
    batchCount: 0,
    firstDelta: new Int32Array(NONE),
    lastDelta: new Int32Array(NONE),
    firstRecord: new Int32Array(NONE),
    batchBytes: new Int32Array(NONE),
    timestampNs: new Float64Array(NONE),
    leaderEpoch: new Int32Array(NONE),
    producerId: new Float64Array(NONE),
    producerEpoch: new Int32Array(NONE),
    baseSequence: new Int32Array(NONE),
    flags: new Uint8Array(NONE),
    recordCount: 0,
    recordDelta: new Int32Array(NONE),
    key: new Int32Array(NONE),
    item: new Int32Array(NONE),
    recordFlags: new Uint8Array(NONE),
    deleteFromNs: new Map(),
  };
}

/** Where the records of a batch end: the place behind its last. */
export const recordsEnd = (segment: Segment, batch: number): number =>
  batch + 1 < segment.batchCount ? (segment.firstRecord[batch + 1] as number) : segment.recordCount;

export const firstOffsetOf = (segment: Segment, batch: number): number =>
  segment.baseOffset + (segment.firstDelta[batch] as number);
export const lastOffsetOf = (segment: Segment, batch: number): number =>
  segment.baseOffset + (segment.lastDelta[batch] as number);
export const recordOffset = (segment: Segment, record: number): number =>
  segment.baseOffset + (segment.recordDelta[record] as number);

/** Opens a place for a batch at the end, of which the records are still to be put. */
export function beginBatch(
  segment: Segment,
  baseOffset: number,
  lastOffset: number,
  sizeBytes: number,
  timestampNs: number,
  leaderEpoch: number,
): number {
  const at = segment.batchCount;
  if (at === segment.firstDelta.length) growBatches(segment);
  segment.batchCount = at + 1;
  segment.firstDelta[at] = baseOffset - segment.baseOffset;
  segment.lastDelta[at] = lastOffset - segment.baseOffset;
  segment.firstRecord[at] = segment.recordCount;
  segment.batchBytes[at] = sizeBytes;
  segment.timestampNs[at] = timestampNs;
  segment.leaderEpoch[at] = leaderEpoch;
  segment.producerId[at] = -1;
  segment.producerEpoch[at] = -1;
  segment.baseSequence[at] = -1;
  segment.flags[at] = 0;
  segment.sizeBytes += sizeBytes;
  if (at === 0) {
    segment.firstTimestampNs = timestampNs;
    segment.largestTimestampNs = timestampNs;
  } else if (timestampNs > segment.largestTimestampNs) segment.largestTimestampNs = timestampNs;
  return at;
}

export function putRecord(segment: Segment, offset: number, key: number, item: number, flags: number): void {
  const at = segment.recordCount;
  if (at === segment.recordDelta.length) growRecords(segment);
  segment.recordCount = at + 1;
  segment.recordDelta[at] = offset - segment.baseOffset;
  segment.key[at] = key;
  segment.item[at] = item;
  segment.recordFlags[at] = flags;
}

/** Which batch holds an offset, or else the first one behind it; `batchCount` if there is none. */
export function batchAtOrAfter(segment: Segment, offset: number): number {
  const delta = offset - segment.baseOffset;
  let low = 0;
  for (let high = segment.batchCount; low < high; ) {
    const middle = (low + high) >> 1;
    if ((segment.lastDelta[middle] as number) >= delta) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Takes away the batches from one on. */
export function cutBatches(segment: Segment, from: number): void {
  if (from >= segment.batchCount) return;
  for (let batch = from; batch < segment.batchCount; batch++) {
    segment.sizeBytes -= segment.batchBytes[batch] as number;
    segment.deleteFromNs.delete(batch);
  }
  segment.recordCount = segment.firstRecord[from] as number;
  segment.batchCount = from;
  segment.largestTimestampNs = from === 0 ? segment.createdNs : (segment.timestampNs[0] as number);
  for (let batch = 1; batch < from; batch++) {
    const timestampNs = segment.timestampNs[batch] as number;
    if (timestampNs > segment.largestTimestampNs) segment.largestTimestampNs = timestampNs;
  }
  if (from === 0) segment.firstTimestampNs = -1;
}

const SMALLEST = 16;

function growBatches(segment: Segment): void {
  const length = segment.firstDelta.length === 0 ? SMALLEST : segment.firstDelta.length * 2;
  segment.firstDelta = grownInts(segment.firstDelta, length);
  segment.lastDelta = grownInts(segment.lastDelta, length);
  segment.firstRecord = grownInts(segment.firstRecord, length);
  segment.batchBytes = grownInts(segment.batchBytes, length);
  segment.timestampNs = grownFloats(segment.timestampNs, length);
  segment.leaderEpoch = grownInts(segment.leaderEpoch, length);
  segment.producerId = grownFloats(segment.producerId, length);
  segment.producerEpoch = grownInts(segment.producerEpoch, length);
  segment.baseSequence = grownInts(segment.baseSequence, length);
  segment.flags = grownBytes(segment.flags, length);
}

function growRecords(segment: Segment): void {
  const length = segment.recordDelta.length === 0 ? SMALLEST : segment.recordDelta.length * 2;
  segment.recordDelta = grownInts(segment.recordDelta, length);
  segment.key = grownInts(segment.key, length);
  segment.item = grownInts(segment.item, length);
  segment.recordFlags = grownBytes(segment.recordFlags, length);
}

function grownInts(column: Int32Array, length: number): Int32Array {
  const larger = new Int32Array(length);
  larger.set(column);
  return larger;
}

function grownFloats(column: Float64Array, length: number): Float64Array {
  const larger = new Float64Array(length);
  larger.set(column);
  return larger;
}

function grownBytes(column: Uint8Array, length: number): Uint8Array {
  const larger = new Uint8Array(length);
  larger.set(column);
  return larger;
}
