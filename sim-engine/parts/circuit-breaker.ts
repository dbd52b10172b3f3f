// Stops calls to something that fails, and lets a few through to see whether it has healed: the breakers of resilience4j, Polly v8
// and Hystrix, behind one set of operations. Services call it; it keeps plain state, is told the time with every operation, and
// changes by itself only when it is told. Pinned by testing/vectors/patterns/circuit-breaker.json; section 5 and P18 to P22 of
// docs/semantics/patterns.md.

import { HYSTRIX_DEFAULTS, type HystrixSpec, hystrixClear, hystrixRecord, hystrixSettle } from './circuit-breaker-hystrix.ts';
import { POLLY_DEFAULTS, type PollySpec, pollyClear, pollyRecord, pollySettle } from './circuit-breaker-polly.ts';
import {
  RESILIENCE4J_DEFAULTS,
  type Resilience4jSpec,
  resilience4jAcquire,
  resilience4jForce,
  resilience4jRates,
  resilience4jRecord,
  resilience4jSettle,
} from './circuit-breaker-resilience4j.ts';
import { acquireSingleProbe, type Breaker, type BreakerState } from './circuit-breaker-state.ts';
import { newCallWindow, newSliceWindow } from './outcome-window.ts';

export type BreakerSpec = Resilience4jSpec | PollySpec | HystrixSpec;

/** The defaults of each library, by its name. */
export const BREAKER_DEFAULTS = {
  resilience4j: RESILIENCE4J_DEFAULTS,
  polly: POLLY_DEFAULTS,
  hystrix: HYSTRIX_DEFAULTS,
} as const;

/** A closed breaker that has seen no call. It is made for this spec: another one needs a new breaker. */
export function newBreaker(spec: BreakerSpec): Breaker {
  const isResilience4j = spec.kind === 'resilience4j';
  return {
    state: 'closed',
    untilNs: Number.POSITIVE_INFINITY,
    permitsLeft: 0,
    isJudgedByProbes: false,
    calls: newCallWindow(isResilience4j && spec.windowType === 'count' ? spec.windowSize : 0),
    slices: newSliceWindow(),
    probes: newCallWindow(isResilience4j ? spec.permittedHalfOpen : 0),
  };
}

/** Asks to make a call. A call that may go out must be followed by exactly one of `onSuccess`, `onFailure` and `onIgnored`. */
export function tryAcquire(spec: BreakerSpec, breaker: Breaker, nowNs: number): boolean {
  return spec.kind === 'resilience4j' ? resilience4jAcquire(spec, breaker, nowNs) : acquireSingleProbe(breaker, nowNs);
}

/** A call ended well, `durationNs` after it went out. It may have gone out in an earlier state of the breaker. */
export function onSuccess(spec: BreakerSpec, breaker: Breaker, nowNs: number, durationNs: number): void {
  record(spec, breaker, nowNs, false, durationNs);
}

/** A call failed, `durationNs` after it went out. It may have gone out in an earlier state of the breaker. */
export function onFailure(spec: BreakerSpec, breaker: Breaker, nowNs: number, durationNs: number): void {
  record(spec, breaker, nowNs, true, durationNs);
}

function record(spec: BreakerSpec, breaker: Breaker, nowNs: number, isFailed: boolean, durationNs: number): void {
  switch (spec.kind) {
    case 'resilience4j':
      return resilience4jRecord(spec, breaker, nowNs, isFailed, durationNs);
    case 'polly':
      return pollyRecord(spec, breaker, nowNs, isFailed);
    default:
      return hystrixRecord(spec, breaker, nowNs, isFailed);
  }
}

/**
 * A call ended in a way that says nothing of what it called: the permission is given back and nothing is counted. (Polly calls an
 * outcome it does not handle a success: hand it in as one.)
 */
export function onIgnored(spec: BreakerSpec, breaker: Breaker, nowNs: number): void {
  settle(spec, breaker, nowNs);
  if (breaker.state === 'half-open' && breaker.permitsLeft < permittedHalfOpen(spec)) breaker.permitsLeft++;
}

/** Puts the breaker in a state, as if it had got there by itself now. */
export function forceState(spec: BreakerSpec, breaker: Breaker, state: BreakerState, nowNs: number): void {
  if (spec.kind === 'resilience4j') return resilience4jForce(spec, breaker, state, nowNs);
  breaker.state = state;
  breaker.permitsLeft = state === 'half-open' ? 1 : 0;
  breaker.untilNs = state === 'open' ? nowNs + waitOpenNs(spec) + strictNs(spec) : Number.POSITIVE_INFINITY;
  if (state !== 'closed') return;
  if (spec.kind === 'polly') pollyClear(breaker);
  else hystrixClear(breaker);
}

/** The state at `nowNs`. An open breaker stays open, however late it is, until somebody asks to make a call. */
export function breakerState(spec: BreakerSpec, breaker: Breaker, nowNs: number): BreakerState {
  settle(spec, breaker, nowNs);
  return breaker.state;
}

/**
 * From when on time alone makes a difference, ns: an open breaker lets a call through from then on, a half-open one that waits only
 * so long for its probes opens. Infinity when it waits for calls.
 */
export const nextTransitionNs = (breaker: Breaker): number => breaker.untilNs;

/**
 * What the breaker judges by: calls in its window to `out[0]`, the failed ones among them to `out[1]`, the slow ones to `out[2]`.
 * Only resilience4j knows slow ones.
 */
export function breakerCountsInto(spec: BreakerSpec, breaker: Breaker, nowNs: number, out: Float64Array): void {
  settle(spec, breaker, nowNs);
  const window = breaker.isJudgedByProbes
    ? breaker.probes
    : spec.kind === 'resilience4j' && spec.windowType === 'count'
      ? breaker.calls
      : breaker.slices;
  out[0] = window.total;
  out[1] = window.failed;
  out[2] = window.slow;
}

/** resilience4j's rates in percent, -1 below the minimum of calls: of failed calls to `out[0]`, of slow ones to `out[1]`. */
export function breakerRatesInto(spec: Resilience4jSpec, breaker: Breaker, nowNs: number, out: Float64Array): void {
  settle(spec, breaker, nowNs);
  resilience4jRates(spec, breaker, out);
}

/** Calls that a half-open breaker lets through before it has judged them. */
export function permittedHalfOpen(spec: BreakerSpec): number {
  return spec.kind === 'resilience4j' ? spec.permittedHalfOpen : 1;
}

/** How long an open breaker lets nothing through, ns. */
export function waitOpenNs(spec: BreakerSpec): number {
  if (spec.kind === 'resilience4j') return spec.waitOpenNs;
  return spec.kind === 'polly' ? spec.breakNs : spec.sleepWindowNs;
}

/** resilience4j and Hystrix still refuse at the very end of the wait, Polly does not. */
const strictNs = (spec: BreakerSpec): number => (spec.kind === 'polly' ? 0 : 1);

function settle(spec: BreakerSpec, breaker: Breaker, nowNs: number): void {
  if (spec.kind === 'resilience4j') resilience4jSettle(spec, breaker, nowNs);
  else if (spec.kind === 'polly') pollySettle(spec, breaker, nowNs);
  else hystrixSettle(spec, breaker, nowNs);
}
