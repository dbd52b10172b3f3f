// How long a client waits before it tries again: the strategies of the AWS article "Exponential Backoff and Jitter", of Polly and
// of resilience4j. Services and clients call it; it keeps no state and takes no time, and the uniform draw is handed in.
// Pinned by testing/vectors/patterns/backoff.json; invariants P6 and P7 of docs/semantics/patterns.md.

import { exp2, min, sqrt, tanh } from '../kernel/exact-math.ts';

/**
 * With x = min(cap, base * multiplier^retry), and u uniform between 0 and 1:
 *
 * - `none`: x, without jitter.
 * - `constant`: base. `linear`: base * (retry + 1).
 * - `full`: u * x. `equal`: x/2 + u * x/2.
 * - `decorrelated`: base + u * (3 * the previous delay - base), of which the first is base.
 * - `randomized` (resilience4j): x * (1 - f) + u * 2f * x with the randomization factor f. It is x that is capped, so a delay
 *   may be up to f above the cap.
 * - `pollyJitterConstant`, `pollyJitterLinear`: constant and linear, 25 % either way.
 * - `pollyDecorrelatedV2`: (f(t) - f of the retry before) * base / 1.4 with t = retry + u and f(t) = 2^t tanh(sqrt(4t)).
 *
 * Everything but `randomized` is capped at the very end.
 */
export const BACKOFF_STRATEGIES = [
  'none',
  'constant',
  'linear',
  'full',
  'equal',
  'decorrelated',
  'randomized',
  'pollyJitterConstant',
  'pollyJitterLinear',
  'pollyDecorrelatedV2',
] as const;
export type BackoffStrategy = (typeof BACKOFF_STRATEGIES)[number];

export interface BackoffSpec {
  readonly strategy: BackoffStrategy;
  /** In any one unit of time; delays come out in the same. */
  readonly base: number;
  /** In the unit of `base`. */
  readonly cap: number;
  /** Growth per retry, at least 1, of the exponential strategies. */
  readonly multiplier: number;
  /** Share of the delay, 0 to 1, by which `randomized` strays either way. */
  readonly randomizationFactor: number;
}

/** Polly's PFactor, and the reciprocal of its RpScalingFactor, which brings the median of the first delay near base. */
const POLLY_P_FACTOR = 4;
const POLLY_SCALING = 1.4;
/** Polly's JitterFactor: the width of the band around the delay. */
const POLLY_JITTER = 0.5;

/** State before the first retry: the delay that `decorrelated` grows from; for `pollyDecorrelatedV2` f of no time at all. */
export function firstPrevious(spec: BackoffSpec): number {
  return spec.strategy === 'decorrelated' ? spec.base : 0;
}

/** Whether a strategy looks at `u`. One that does not must not consume a draw. */
export function usesDraw(strategy: BackoffStrategy): boolean {
  return strategy !== 'none' && strategy !== 'constant' && strategy !== 'linear';
}

/**
 * The delay before retry `retry` (from 0) goes to `out[0]`, the state for the retry after it to `out[1]`. `u` is a uniform draw,
 * `previous` the state that the retry before left, or `firstPrevious`.
 */
export function backoffInto(spec: BackoffSpec, retry: number, u: number, previous: number, out: Float64Array): void {
  const { base, cap } = spec;
  out[1] = previous;
  switch (spec.strategy) {
    case 'none':
      out[0] = grown(spec, retry);
      return;
    case 'constant':
      out[0] = min(cap, base);
      return;
    case 'linear':
      out[0] = min(cap, base * (retry + 1));
      return;
    case 'full':
      out[0] = u * grown(spec, retry);
      return;
    case 'equal':
      out[0] = grown(spec, retry) * (0.5 + u / 2);
      return;
    case 'decorrelated':
      out[0] = min(cap, base + u * (3 * previous - base));
      out[1] = out[0];
      return;
    case 'randomized':
      out[0] = grown(spec, retry) * (1 - spec.randomizationFactor + u * 2 * spec.randomizationFactor);
      return;
    case 'pollyJitterConstant':
      out[0] = min(cap, base * pollyJitter(u));
      return;
    case 'pollyJitterLinear':
      out[0] = min(cap, base * (retry + 1) * pollyJitter(u));
      return;
    case 'pollyDecorrelatedV2':
      pollyDecorrelatedInto(spec, retry + u, previous, out);
  }
}

/** base * multiplier^retry, at most the cap; the power by repeated multiplication, so that it is the same on every host. */
function grown(spec: BackoffSpec, retry: number): number {
  const { cap, multiplier } = spec;
  let delay = spec.base;
  for (let i = 0; i < retry && delay < cap; i++) delay *= multiplier;
  return min(cap, delay);
}

function pollyJitter(u: number): number {
  return 1 - POLLY_JITTER / 2 + u * POLLY_JITTER;
}

function pollyDecorrelatedInto(spec: BackoffSpec, t: number, previous: number, out: Float64Array): void {
  const f = exp2(t) * tanh(sqrt(POLLY_P_FACTOR * t));
  out[1] = f;
  // After a thousand retries f is no number any more. Polly then waits for the longest delay, and so does this.
  out[0] = f === Infinity ? spec.cap : min(spec.cap, ((f - previous) * spec.base) / POLLY_SCALING);
}
