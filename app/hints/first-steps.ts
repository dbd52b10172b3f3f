// The first steps of somebody new, from what can be seen of them: send more, watch the line grow, add a worker, see it healed. Pure;
// follows whatever the learner does, also in another order, and never asks for what is done already.

export type Step = 'raise' | 'more' | 'grows' | 'wire' | 'shares' | 'heals' | 'still' | 'healed';

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
/** A line turns when it has come back by so many letters, or by this share of it: less is chance. */
const TURN = 6;
const TURN_SHARE = 1 / 20;

/** So many times the work that each had at the beginning is more than a worker or two can help with. */
const FAR_TOO_MUCH = 4;

/** Whether what is sent is out of all proportion to who works on it: then the remedy is to send less. */
export const isFarTooMuch = ({ rate, startRate, readers, startReaders }: Seen): boolean =>
  rate * startReaders >= FAR_TOO_MUCH * startRate * Math.max(readers, 1);

export interface Progress {
  readonly step: Step;
  /** Longest line so far; forgotten when it came and went by chance, before anything was done. */
  readonly longest: number;
  readonly hasActed: boolean;
  readonly readers: number;
  readonly way: Way;
}

/** Where the line goes, and its shortest and longest since it last turned or the workers were others. */
interface Way {
  readonly to: 'longer' | 'shorter' | 'unknown';
  readonly low: number;
  readonly high: number;
}

export const START: Progress = {
  step: 'raise',
  longest: 0,
  hasActed: false,
  readers: 0,
  way: { to: 'unknown', low: 0, high: 0 },
};

export function progressOf({ step, longest, hasActed, readers, way }: Progress, seen: Seen): Progress {
  const { waiting } = seen;
  const acted = hasActed || seen.rate > seen.startRate || seen.readers > seen.startReaders;
  const next = {
    longest: !acted && waiting <= SHORT_LINE ? 0 : Math.max(longest, waiting),
    hasActed: acted,
    readers: seen.readers,
    way: seen.readers === readers ? wayOf(way, waiting) : ({ to: 'unknown', low: waiting, high: waiting } as const),
  };
  return { ...next, step: step === 'healed' ? step : stepOf(next, seen) };
}

function wayOf({ to, low, high }: Way, waiting: number): Way {
  const turn = Math.max(TURN, waiting * TURN_SHARE);
  if (to !== 'longer' && waiting >= low + turn) return { to: 'longer', low: waiting, high: waiting };
  if (to !== 'shorter' && waiting <= high - turn) return { to: 'shorter', low: waiting, high: waiting };
  return { to, low: Math.min(low, waiting), high: Math.max(high, waiting) };
}

function stepOf({ longest, way }: Omit<Progress, 'step'>, seen: Seen): Step {
  if (longest >= LONG_LINE && seen.waiting <= SHORT_LINE) return 'healed';
  if (longest < LONG_LINE) return seen.rate > seen.startRate ? 'more' : 'raise';
  if (seen.hasLooseWorker) return 'wire';
  if (way.to === 'shorter') return 'heals';
  if (seen.readers <= seen.startReaders) return 'grows';
  return way.to === 'longer' ? 'still' : 'shares';
}
