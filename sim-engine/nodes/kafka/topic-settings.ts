// What a topic of the drawing says about its logs, as the log takes it.

import type { Params } from '../fields.ts';
import type { LogSettings } from './log-settings.ts';

/** In a field of lengths of time or of bytes where 0 means that there is no end. */
const endless = (value: number): number => (value === 0 ? -1 : value);

export function logSettings(params: Params): LogSettings {
  const cleanup = params.cleanupPolicy as string;
  const lagMaxNs = params.maxCompactionLag as number;
  return {
    batchBytesMax: params.maxMessageBytes as number,
    timestampAheadNsMax: Number.POSITIVE_INFINITY,
    segmentBytes: params.segmentBytes as number,
    segmentNs: params.segmentTime as number,
    isDeleted: cleanup !== 'compact',
    isCompacted: cleanup !== 'delete',
    retentionNs: endless(params.retentionTime as number),
    retentionBytes: endless(params.retentionBytes as number),
    cleanableRatioMin: params.minDirtyRatio as number,
    compactionLagNsMin: params.minCompactionLag as number,
    compactionLagNsMax: lagMaxNs === 0 ? Number.POSITIVE_INFINITY : lagMaxNs,
    deleteRetentionNs: params.deleteRetention as number,
  };
}
