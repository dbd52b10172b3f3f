// The breaker of resilience4j: CircuitBreakerStateMachine and CircuitBreakerMetrics. It judges at every outcome, also a good one; a
// slow call is as bad as a failed one, under a threshold of its own; half-open it lets several probes through and judges them
// together.

import { floor, min } from '../kernel/exact-math.ts';
import type { Breaker, BreakerState } from './circuit-breaker-state.ts';
import { clearCalls, clearSlices, expireSlices, recordCall, recordInSlice } from './outcome-window.ts';

export interface Resilience4jSpec {
  readonly kind: 'resilience4j';
  /** Per cent of calls. It opens at this rate and above. */
  readonly failureRateThreshold: number;
  /** Per cent of calls. It opens at this rate and above. */
  readonly slowCallRateThreshold: number;
  /** A call that takes longer is slow. */
  readonly slowCallNs: number;
  /** The last calls, or the last whole seconds of the clock. */
  readonly windowType: 'count' | 'time';
  /** Calls, or seconds. */
  readonly windowSize: number;
  /** Below it there is no rate. A window of calls caps it. */
  readonly minimumCalls: number;
  readonly waitOpenNs: number;
  /** Probes of a half-open breaker. */
  readonly permittedHalfOpen: number;
  /** After so long a half-open breaker opens, whatever its probes do; 0: it waits for them for ever. */
  readonly maxWaitHalfOpenNs: number;
}

/** CircuitBreakerConfig. */
export const RESILIENCE4J_DEFAULTS: Resilience4jSpec = {
  kind: 'resilience4j',
  failureRateThreshold: 50,
  slowCallRateThreshold: 100,
  slowCallNs: 60e9,
  windowType: 'count',
  windowSize: 100,
  minimumCalls: 100,
  waitOpenNs: 60e9,
  permittedHalfOpen: 10,
  maxWaitHalfOpenNs: 0,
};

const SECOND_NS = 1e9;

export function resilience4jAcquire(spec: Resilience4jSpec, breaker: Breaker, nowNs: number): boolean {
  resilience4jSettle(spec, breaker, nowNs);
  if (breaker.state === 'closed') return true;
  if (breaker.state === 'open') {
    if (nowNs < breaker.untilNs) return false;
    halfOpen(spec, breaker, nowNs);
  }
  if (breaker.permitsLeft === 0) return false;
  breaker.permitsLeft--;
  return true;
}

export function resilience4jRecord(
  spec: Resilience4jSpec,
  breaker: Breaker,
  nowNs: number,
  isFailed: boolean,
  durationNs: number,
): void {
  resilience4jSettle(spec, breaker, nowNs);
  const isSlow = durationNs > spec.slowCallNs;
  if (breaker.isJudgedByProbes) recordCall(breaker.probes, isFailed, isSlow);
  else if (spec.windowType === 'count') recordCall(breaker.calls, isFailed, isSlow);
  else recordInSlice(breaker.slices, floor(nowNs / SECOND_NS), isFailed, isSlow);
  // What comes back after it opened is counted and changes nothing.
  if (breaker.state === 'open' || !hasEnough(spec, breaker)) return;
  if (isAbove(spec, breaker)) open(spec, breaker, nowNs);
  else if (breaker.state === 'half-open') close(breaker);
}

/** What time alone has done until now: seconds left the window, the wait for probes is over. */
export function resilience4jSettle(spec: Resilience4jSpec, breaker: Breaker, nowNs: number): void {
  if (spec.windowType === 'time') expireSlices(breaker.slices, floor(nowNs / SECOND_NS) - spec.windowSize);
  if (breaker.state === 'half-open' && nowNs >= breaker.untilNs) open(spec, breaker, breaker.untilNs);
}

export function resilience4jForce(spec: Resilience4jSpec, breaker: Breaker, state: BreakerState, nowNs: number): void {
  resilience4jSettle(spec, breaker, nowNs);
  if (state === 'open') open(spec, breaker, nowNs);
  else if (state === 'closed') close(breaker);
  else halfOpen(spec, breaker, nowNs);
}

export function resilience4jRates(spec: Resilience4jSpec, breaker: Breaker, out: Float64Array): void {
  const { total, failed, slow } = judgedBy(spec, breaker);
  const isKnown = hasEnough(spec, breaker);
  out[0] = isKnown ? (failed * 100) / total : -1;
  out[1] = isKnown ? (slow * 100) / total : -1;
}

function judgedBy(spec: Resilience4jSpec, breaker: Breaker) {
  if (breaker.isJudgedByProbes) return breaker.probes;
  return spec.windowType === 'count' ? breaker.calls : breaker.slices;
}

function hasEnough(spec: Resilience4jSpec, breaker: Breaker): boolean {
  const { total } = judgedBy(spec, breaker);
  if (total === 0) return false;
  if (breaker.isJudgedByProbes) return total >= min(spec.minimumCalls, spec.permittedHalfOpen);
  return total >= (spec.windowType === 'count' ? min(spec.minimumCalls, spec.windowSize) : spec.minimumCalls);
}

function isAbove(spec: Resilience4jSpec, breaker: Breaker): boolean {
  const { total, failed, slow } = judgedBy(spec, breaker);
  return failed * 100 >= spec.failureRateThreshold * total || slow * 100 >= spec.slowCallRateThreshold * total;
}

/** The outcomes that led to it stay to be seen, and late ones join them. */
function open(spec: Resilience4jSpec, breaker: Breaker, nowNs: number): void {
  breaker.state = 'open';
  // It is left when the time is after the end of the wait.
  breaker.untilNs = nowNs + spec.waitOpenNs + 1;
  breaker.permitsLeft = 0;
}

function halfOpen(spec: Resilience4jSpec, breaker: Breaker, nowNs: number): void {
  breaker.state = 'half-open';
  breaker.untilNs = spec.maxWaitHalfOpenNs > 0 ? nowNs + spec.maxWaitHalfOpenNs : Number.POSITIVE_INFINITY;
  breaker.permitsLeft = spec.permittedHalfOpen;
  breaker.isJudgedByProbes = true;
  clearCalls(breaker.probes);
}

function close(breaker: Breaker): void {
  breaker.state = 'closed';
  breaker.untilNs = Number.POSITIVE_INFINITY;
  breaker.permitsLeft = 0;
  breaker.isJudgedByProbes = false;
  clearCalls(breaker.calls);
  clearSlices(breaker.slices);
}
