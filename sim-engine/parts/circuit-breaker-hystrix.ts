// The breaker of Hystrix: HystrixCircuitBreaker and the health counts of HystrixCommandMetrics. Its buckets are those of the clock;
// the library looks at them every 500 ms, here they are looked at whenever an outcome comes back.

import { floor } from '../kernel/exact-math.ts';
import type { Breaker } from './circuit-breaker-state.ts';
import { clearSlices, expireSlices, recordInSlice } from './outcome-window.ts';

export interface HystrixSpec {
  readonly kind: 'hystrix';
  /** Below so many calls in the window it does not open. */
  readonly requestVolumeThreshold: number;
  /** Whole per cent of calls. It opens at this percentage and above. */
  readonly errorThresholdPercentage: number;
  readonly sleepWindowNs: number;
  readonly rollingNs: number;
  /** Parts of the window. */
  readonly buckets: number;
}

/** HystrixCommandProperties. */
export const HYSTRIX_DEFAULTS: HystrixSpec = {
  kind: 'hystrix',
  requestVolumeThreshold: 20,
  errorThresholdPercentage: 50,
  sleepWindowNs: 5e9,
  rollingNs: 10e9,
  buckets: 10,
};

export function hystrixRecord(spec: HystrixSpec, breaker: Breaker, nowNs: number, isFailed: boolean): void {
  if (breaker.state === 'half-open' && !isFailed) {
    breaker.state = 'closed';
    breaker.untilNs = Number.POSITIVE_INFINITY;
    breaker.permitsLeft = 0;
    hystrixClear(breaker);
    return;
  }
  const { slices } = breaker;
  hystrixSettle(spec, breaker, nowNs);
  recordInSlice(slices, bucketOf(spec, nowNs), isFailed, false);
  if (breaker.state === 'half-open') open(spec, breaker, nowNs);
  else if (breaker.state === 'closed' && slices.total >= spec.requestVolumeThreshold) {
    // In this order, as the library does: 29 of 100 are a little less than 29 per cent.
    if ((slices.failed / slices.total) * 100 >= spec.errorThresholdPercentage) open(spec, breaker, nowNs);
  }
}

/** What time alone has done until now. */
export function hystrixSettle(spec: HystrixSpec, breaker: Breaker, nowNs: number): void {
  expireSlices(breaker.slices, bucketOf(spec, nowNs) - spec.buckets);
}

const bucketOf = (spec: HystrixSpec, nowNs: number): number => floor(nowNs / (spec.rollingNs / spec.buckets));

function open(spec: HystrixSpec, breaker: Breaker, nowNs: number): void {
  breaker.state = 'open';
  // It is left when the time is after the end of the sleep window.
  breaker.untilNs = nowNs + spec.sleepWindowNs + 1;
  breaker.permitsLeft = 0;
}

export function hystrixClear(breaker: Breaker): void {
  clearSlices(breaker.slices);
}
