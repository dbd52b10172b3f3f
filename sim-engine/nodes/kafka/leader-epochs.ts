// The leader epochs of a partition: with which offset each began. A replica that comes back finds by them where its log parts from that of
// its leader. Owned by `partition-log.ts`. Follows `LeaderEpochFileCache`; K11.

/** Ascending in both. */
export interface LeaderEpochs {
  readonly epochs: number[];
  readonly starts: number[];
}

export const newLeaderEpochs = (): LeaderEpochs => ({ epochs: [], starts: [] });

/** -1 = none yet. */
export const latestEpoch = ({ epochs }: LeaderEpochs): number => epochs[epochs.length - 1] ?? -1;

/** An epoch begins. Entries that it contradicts, not older or not before it, are taken away. */
export function assignEpoch(cache: LeaderEpochs, epoch: number, startOffset: number): void {
  const { epochs, starts } = cache;
  const last = epochs.length - 1;
  if (last >= 0 && epochs[last] === epoch && startOffset >= (starts[last] as number)) return;
  while (epochs.length > 0) {
    const at = epochs.length - 1;
    if ((epochs[at] as number) < epoch && (starts[at] as number) < startOffset) break;
    epochs.pop();
    starts.pop();
  }
  epochs.push(epoch);
  starts.push(startOffset);
}

export interface EpochEnd {
  /** The latest epoch not above the one asked for; -1 = nothing is known. */
  readonly epoch: number;
  /** Where it ended: where the next one begins, or the end of the log. -1 = nothing is known. */
  readonly endOffset: number;
}

const UNKNOWN: EpochEnd = { epoch: -1, endOffset: -1 };

/** Where an epoch ended in a log that ends at `logEnd`. */
export function endOfEpoch({ epochs, starts }: LeaderEpochs, epoch: number, logEnd: number): EpochEnd {
  const last = epochs.length - 1;
  if (last < 0 || epoch === -1) return UNKNOWN;
  if (epochs[last] === epoch) return { epoch, endOffset: logEnd };
  const higher = epochs.findIndex((known) => known > epoch);
  if (higher === -1) return UNKNOWN;
  // What is older than all that is known has left the log: it ends where that begins.
  return { epoch: higher === 0 ? epoch : (epochs[higher - 1] as number), endOffset: starts[higher] as number };
}

/** The log begins at `startOffset` now. The epoch that holds there stays. */
export function dropEpochsBefore(cache: LeaderEpochs, startOffset: number): void {
  const { epochs, starts } = cache;
  let gone = 0;
  while (gone < starts.length && (starts[gone] as number) <= startOffset) gone++;
  if (gone === 0) return;
  starts[gone - 1] = startOffset;
  epochs.splice(0, gone - 1);
  starts.splice(0, gone - 1);
}

/** The log ends at `endOffset` now. */
export function dropEpochsFrom({ epochs, starts }: LeaderEpochs, endOffset: number): void {
  while (starts.length > 0 && (starts[starts.length - 1] as number) >= endOffset) {
    epochs.pop();
    starts.pop();
  }
}
