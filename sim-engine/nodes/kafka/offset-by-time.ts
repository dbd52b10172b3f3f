// Where in a log a moment lies: the first batch that is not older. What `ListOffsets` answers for a timestamp.

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
