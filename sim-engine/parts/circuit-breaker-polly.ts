// The breaker of Polly v8: CircuitStateController, AdvancedCircuitBehavior and RollingHealthMetrics. It judges only when a failure
// comes back; its window is made of ten sub-windows, each of which begins with the first event after the one before is over.

import type { Breaker } from './circuit-breaker-state.ts';
import { clearSlices, expireSlices, newestSlice, openSlice, recordInSlice } from './outcome-window.ts';

export interface PollySpec {
  readonly kind: 'polly';
  /** Share of failed calls, 0 to 1. It opens at this share and above. */
  readonly failureRatio: number;
  /** Below so many calls in the window it does not open. */
  readonly minimumThroughput: number;
  readonly samplingNs: number;
  readonly breakNs: number;
}

/** CircuitBreakerStrategyOptions. */
export const POLLY_DEFAULTS: PollySpec = {
  kind: 'polly',
  failureRatio: 0.1,
  minimumThroughput: 100,
  samplingNs: 30e9,
  breakNs: 5e9,
};

const SUB_WINDOWS = 10;
/** Polly's timer ticks every 20 ms: a window too short for ten ticks is not divided. */
const DIVIDED_FROM_NS = SUB_WINDOWS * 20e6;

export function pollyRecord(spec: PollySpec, breaker: Breaker, nowNs: number, isFailed: boolean): void {
  if (breaker.state === 'half-open') {
    if (isFailed) open(spec, breaker, nowNs);
    else close(breaker);
    return;
  }
  const { slices } = breaker;
  recordInSlice(slices, currentSlice(spec, breaker, nowNs), isFailed, false);
  if (breaker.state === 'open' || !isFailed) return;
  if (slices.total >= spec.minimumThroughput && slices.failed / slices.total >= spec.failureRatio) open(spec, breaker, nowNs);
}

/** Forgets what is a sampling time old, and gives the sub-window that an event of now belongs to. */
function currentSlice(spec: PollySpec, breaker: Breaker, nowNs: number): number {
  const { slices } = breaker;
  const isDivided = spec.samplingNs >= DIVIDED_FROM_NS;
  if (nowNs - newestSlice(slices) >= (isDivided ? spec.samplingNs / SUB_WINDOWS : spec.samplingNs)) openSlice(slices, nowNs);
  pollySettle(spec, breaker, nowNs);
  return newestSlice(slices);
}

/** What time alone has done until now. */
export function pollySettle(spec: PollySpec, breaker: Breaker, nowNs: number): void {
  expireSlices(breaker.slices, nowNs - spec.samplingNs);
}

function open(spec: PollySpec, breaker: Breaker, nowNs: number): void {
  breaker.state = 'open';
  breaker.untilNs = nowNs + spec.breakNs;
  breaker.permitsLeft = 0;
}

function close(breaker: Breaker): void {
  breaker.state = 'closed';
  breaker.untilNs = Number.POSITIVE_INFINITY;
  breaker.permitsLeft = 0;
  pollyClear(breaker);
}

export function pollyClear(breaker: Breaker): void {
  clearSlices(breaker.slices);
}
