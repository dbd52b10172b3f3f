// Questions of a log about its offsets: where a moment lies (what `ListOffsets` answers for a timestamp), and whether a record still stands at
// an offset after compaction.

import type { PartitionLog } from './partition-log.ts';

/** First offset of the first batch with a record of that time or later, ns; the end of the log if there is none. */
export function offsetAtTime({ logEnd, logStart, segments }: PartitionLog, timeNs: number): number {
  for (const segment of segments) {
    if (segment.largestTimestampNs < timeNs) continue;
    for (let batch = 0; batch < segment.batchCount; batch++) {
      if ((segment.timestampNs[batch] as number) < timeNs) continue;
      const offset = segment.baseOffset + (segment.firstDelta[batch] as number);
      return offset < logStart ? logStart : offset;
    }
  }
  return logEnd;
}

/** Records of a segment stand in the order of their offsets, with gaps where the cleaner has been. */
export function hasRecordAt({ segments }: PartitionLog, offset: number): boolean {
  let at = segments.length - 1;
  while (at >= 0 && (segments[at]?.baseOffset as number) > offset) at--;
  const segment = segments[at];
  if (segment === undefined) return false;
  const { recordCount, recordDelta } = segment;
  const delta = offset - segment.baseOffset;
  let [low, high] = [0, recordCount];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((recordDelta[middle] as number) < delta) low = middle + 1;
    else high = middle;
  }
  return low < recordCount && recordDelta[low] === delta;
}
