// What the log of a partition remembers of each producer that has an id: its epoch, the sequence numbers of its last five batches, and
// the transaction it has open. By these a batch that was sent again is recognised, and one that is out of turn is refused. Owned by
// `partition-log.ts`; it neither sends nor stores a record.
// Follows `ProducerStateManager`, `ProducerStateEntry` and `ProducerAppendInfo`; vectors/kafka/idempotent-producer.json; K16, K33, K34.

/** Batches of a producer that are remembered; no more may be in flight for idempotence to hold. */
const BATCHES_KEPT = 5;
const SEQUENCE_MAX = 2147483647;
const NO_EPOCH = -1;

/** Marks a producer without an id: not idempotent, nothing is remembered of it. */
export const NO_PRODUCER = -1;

export interface ProducerEntry {
  /** -1 = never heard of. */
  epoch: number;
  /** Epoch of the transaction coordinator that wrote the last marker; -1 = none. */
  coordinatorEpoch: number;
  /** Of the last batch, ns. */
  lastTimestampNs: number;
  /** Where its open transaction begins; -1 = none is open. */
  openFrom: number;
  /** Of the last batches, oldest first: sequence of the last record, offset of the last record, and records before that one. */
  lastSequences: number[];
  lastOffsets: number[];
  offsetDeltas: number[];
}

export interface ProducerState {
  readonly entries: Map<number, ProducerEntry>;
  /** Transactions whose end is decided but whose marker is not below the high watermark yet: where each began, and its marker. */
  decidedFrom: number[];
  decidedMarkers: number[];
}

export type ProducerError = 'InvalidProducerEpoch' | 'OutOfOrderSequence' | 'InvalidTxnState' | 'TransactionCoordinatorFenced';

export const newProducerState = (): ProducerState => ({ entries: new Map(), decidedFrom: [], decidedMarkers: [] });

/** The sequence `count` records after another: after the largest comes 0. */
export function sequenceAfter(sequence: number, count: number): number {
  const left = SEQUENCE_MAX - sequence;
  return count > left ? count - left - 1 : sequence + count;
}

function sequenceBefore(sequence: number, count: number): number {
  return sequence < count ? SEQUENCE_MAX - (count - sequence) + 1 : sequence - count;
}

/** Offset of the first record of a remembered batch with just these sequences and this epoch; -1 if there is none. */
export function duplicateBase(state: ProducerState, producerId: number, epoch: number, first: number, last: number): number {
  const entry = state.entries.get(producerId);
  if (entry === undefined || entry.epoch !== epoch) return -1;
  for (let i = 0; i < entry.lastSequences.length; i++) {
    const delta = entry.offsetDeltas[i] as number;
    if (entry.lastSequences[i] !== last || sequenceBefore(last, delta) !== first) continue;
    return (entry.lastOffsets[i] as number) - delta;
  }
  return -1;
}

/** Why a batch that is no duplicate may not be appended; null if it may. A producer never heard of may begin anywhere. */
export function batchError(
  state: ProducerState,
  producerId: number,
  epoch: number,
  first: number,
  isTransactional: boolean,
): ProducerError | null {
  const entry = state.entries.get(producerId);
  if (entry === undefined) return null;
  if (epoch < entry.epoch) return 'InvalidProducerEpoch';
  const lastSequence = epoch === entry.epoch ? (entry.lastSequences[entry.lastSequences.length - 1] ?? -1) : -1;
  const expected = lastSequence === -1 ? 0 : sequenceAfter(lastSequence, 1);
  if (first !== expected) return 'OutOfOrderSequence';
  return entry.openFrom !== -1 && !isTransactional ? 'InvalidTxnState' : null;
}

/** Remembers a batch that is in the log now. */
export function noteBatch(
  state: ProducerState,
  producerId: number,
  epoch: number,
  last: number,
  baseOffset: number,
  lastOffset: number,
  isTransactional: boolean,
  timestampNs: number,
): void {
  const entry = entryOf(state, producerId);
  noteEpoch(entry, epoch);
  if (entry.lastSequences.length === BATCHES_KEPT) {
    entry.lastSequences.shift();
    entry.lastOffsets.shift();
    entry.offsetDeltas.shift();
  }
  entry.lastSequences.push(last);
  entry.lastOffsets.push(lastOffset);
  entry.offsetDeltas.push(lastOffset - baseOffset);
  entry.lastTimestampNs = timestampNs;
  if (isTransactional && entry.openFrom === -1) entry.openFrom = baseOffset;
}

/** Why a transaction marker may not be written; null if it may. */
export function markerError(
  state: ProducerState,
  producerId: number,
  epoch: number,
  coordinatorEpoch: number,
): ProducerError | null {
  const entry = state.entries.get(producerId);
  if (entry === undefined) return null;
  if (epoch < entry.epoch) return 'InvalidProducerEpoch';
  return coordinatorEpoch < entry.coordinatorEpoch ? 'TransactionCoordinatorFenced' : null;
}

/** Remembers a marker; answers with where the transaction that it ends began, -1 if none was open. */
export function noteMarker(
  state: ProducerState,
  producerId: number,
  epoch: number,
  coordinatorEpoch: number,
  offset: number,
  timestampNs: number,
): number {
  const entry = entryOf(state, producerId);
  const { openFrom } = entry;
  noteEpoch(entry, epoch);
  entry.coordinatorEpoch = coordinatorEpoch;
  entry.lastTimestampNs = timestampNs;
  entry.openFrom = -1;
  if (openFrom !== -1) {
    state.decidedFrom.push(openFrom);
    state.decidedMarkers.push(offset);
  }
  return openFrom;
}

/** Forgets transactions whose markers every reader can see. */
export function settleDecided(state: ProducerState, highWatermark: number): void {
  if (state.decidedFrom.length === 0) return;
  const isLeft = (_: number, i: number): boolean => (state.decidedMarkers[i] as number) >= highWatermark;
  state.decidedFrom = state.decidedFrom.filter(isLeft);
  state.decidedMarkers = state.decidedMarkers.filter((marker) => marker >= highWatermark);
}

/** Where the oldest transaction begins that is open, or decided by a marker nobody can see yet; -1 = there is none. */
export function firstUnstable(state: ProducerState): number {
  let first = -1;
  for (const { openFrom } of state.entries.values()) {
    if (openFrom !== -1 && (first === -1 || openFrom < first)) first = openFrom;
  }
  for (const from of state.decidedFrom) if (first === -1 || from < first) first = from;
  return first;
}

/** Forgets producers that have been silent for `expirationNs` and have no transaction open (`producer.id.expiration.ms`). */
export function expireProducers(state: ProducerState, nowNs: number, expirationNs: number): void {
  for (const [producerId, entry] of state.entries) {
    if (entry.openFrom === -1 && nowNs - entry.lastTimestampNs >= expirationNs) state.entries.delete(producerId);
  }
}

function entryOf(state: ProducerState, producerId: number): ProducerEntry {
  const known = state.entries.get(producerId);
  if (known !== undefined) return known;
  const entry: ProducerEntry = {
    epoch: NO_EPOCH,
    coordinatorEpoch: -1,
    lastTimestampNs: 0,
    openFrom: -1,
    lastSequences: [],
    lastOffsets: [],
    offsetDeltas: [],
  };
  state.entries.set(producerId, entry);
  return entry;
}

/** With another epoch sequences begin anew. */
function noteEpoch(entry: ProducerEntry, epoch: number): void {
  if (entry.epoch === epoch) return;
  entry.epoch = epoch;
  entry.lastSequences = [];
  entry.lastOffsets = [];
  entry.offsetDeltas = [];
}
