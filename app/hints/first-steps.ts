// The first steps of somebody new, from what can be seen of them: send more, watch the line grow, add a worker, see it healed. Pure;
// follows whatever the learner does, also in another order, and never asks for what is done already.

export type Step = 'raise' | 'more' | 'grows' | 'wire' | 'heals' | 'still' | 'healed';

/** What is looked at, a few times a second. */
export interface Seen {
  /** Letters a second that the first sender is set to, now and at the beginning. */
  readonly rate: number;
  readonly startRate: number;
  /** Letters that wait in the queue. */
  readonly waiting: number;
  /** Workers that read the queue, now and at the beginning. */
  readonly readers: number;
  readonly startReaders: number;
  /** Whether a worker stands there that reads nothing. */
  readonly hasLooseWorker: boolean;
}

/** So many letters are a line that everybody sees, and so few are none. */
export const LONG_LINE = 10;
const SHORT_LINE = 2;
/** A line that was this much shorter once grows again. */
const GROWN_BY = 6;

export interface Progress {
  readonly step: Step;
  /** Longest line so far, and the shortest since a worker came. */
  readonly longest: number;
  readonly shortest: number;
}

export const START: Progress = { step: 'raise', longest: 0, shortest: Number.POSITIVE_INFINITY };

export function progressOf({ step, longest, shortest }: Progress, seen: Seen): Progress {
  const { waiting } = seen;
  const hasMore = seen.readers > seen.startReaders;
  const next = {
    longest: Math.max(longest, waiting),
    shortest: hasMore ? Math.min(shortest, waiting) : Number.POSITIVE_INFINITY,
  };
  return { ...next, step: step === 'healed' ? step : stepOf(next, hasMore, seen) };
}

function stepOf({ longest, shortest }: Omit<Progress, 'step'>, hasMore: boolean, seen: Seen): Step {
  if (longest >= LONG_LINE && seen.waiting <= SHORT_LINE) return 'healed';
  if (longest < LONG_LINE) return seen.rate > seen.startRate ? 'more' : 'raise';
  if (seen.hasLooseWorker) return 'wire';
  if (!hasMore) return 'grows';
  return seen.waiting >= shortest + GROWN_BY ? 'still' : 'heals';
}
