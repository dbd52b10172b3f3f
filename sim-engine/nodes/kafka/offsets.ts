// Where a consumer begins to read, when it is sent somewhere else, and how far behind it is. Used by the consumer client, which learns the
// marks of a partition from the broker's answers.
// Follows `UnifiedLog.read`, `Partition.fetchOffsetForTimestamp`, `FetchCollector`; vectors/kafka/offset-reset.json; K3, K29.

import { max } from '../../kernel/exact-math.ts';

/** `isolation.level`. */
export type IsolationLevel = 'read_uncommitted' | 'read_committed';
/** `auto.offset.reset`. */
export type OffsetReset = 'latest' | 'earliest' | 'none';

/** The marks of a partition, as its leader tells them. */
export interface LogMarks {
  readonly logStart: number;
  readonly lastStable: number;
  readonly highWatermark: number;
  readonly logEnd: number;
}

/** No committed offset. */
export const NO_OFFSET = -1;

/** First offset that a reader of this level may not see. */
export const visibleEnd = ({ lastStable, highWatermark }: LogMarks, isolation: IsolationLevel): number =>
  isolation === 'read_committed' ? lastStable : highWatermark;

/** Whether a fetch at an offset is answered with records, or with none yet. Between the high watermark and the end there are none yet. */
export const isInLog = (offset: number, { logStart, logEnd }: LogMarks): boolean => offset >= logStart && offset <= logEnd;

export type Start =
  | { readonly outcome: 'fetch' | 'reset'; readonly position: number }
  | { readonly outcome: 'error'; readonly error: 'NoOffsetForPartition' | 'OffsetOutOfRange' };

/**
 * Where a consumer goes on that is at `position` (its own, or the committed one; NO_OFFSET = neither): there, if the log reaches so far,
 * else where `reset` says. `latest` skips what is in the log already, `earliest` may read again what was read before.
 */
export function startOf(position: number, marks: LogMarks, isolation: IsolationLevel, reset: OffsetReset): Start {
  if (position !== NO_OFFSET && isInLog(position, marks)) return { outcome: 'fetch', position };
  switch (reset) {
    case 'latest':
      return { outcome: 'reset', position: visibleEnd(marks, isolation) };
    case 'earliest':
      return { outcome: 'reset', position: marks.logStart };
    case 'none':
      return { outcome: 'error', error: position === NO_OFFSET ? 'NoOffsetForPartition' : 'OffsetOutOfRange' };
  }
}

/** The client's own lag: what it could see and has not fetched. */
export const lagOf = (position: number, end: number): number => max(0, end - position);
