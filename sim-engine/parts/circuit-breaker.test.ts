// Facts of the three libraries that recorded cases do not show, from their sources.

import { describe, expect, it } from 'vitest';
import {
  BREAKER_DEFAULTS,
  breakerCountsInto,
  breakerRatesInto,
  breakerState,
  forceState,
  newBreaker,
  nextTransitionNs,
  onFailure,
  onIgnored,
  onSuccess,
  tryAcquire,
} from './circuit-breaker.ts';

const SECOND = 1e9;
const { resilience4j, polly, hystrix } = BREAKER_DEFAULTS;

describe('resilience4j', () => {
  const spec = { ...resilience4j, windowSize: 10, minimumCalls: 4, permittedHalfOpen: 3 };

  it('opens at a success when that brings enough calls, as Polly does not', () => {
    const breaker = newBreaker(spec);
    for (let i = 0; i < 3; i++) onFailure(spec, breaker, 0, 0);
    onSuccess(spec, breaker, 0, 0);
    expect(breakerState(spec, breaker, 0)).toBe('open');
    const cautious = { ...polly, failureRatio: 0.5, minimumThroughput: 4 };
    const other = newBreaker(cautious);
    for (let i = 0; i < 3; i++) onFailure(cautious, other, 0, 0);
    onSuccess(cautious, other, 0, 0);
    expect(breakerState(cautious, other, 0)).toBe('closed');
  });

  it('calls slow what takes longer than the threshold, not as long', () => {
    const breaker = newBreaker(spec);
    const rates = new Float64Array(2);
    for (let i = 0; i < 4; i++) onSuccess(spec, breaker, 0, spec.slowCallNs + (i % 2));
    breakerRatesInto(spec, breaker, 0, rates);
    expect([...rates]).toEqual([0, 50]);
  });

  it('waits for probes that never return for ever, unless it is told how long', () => {
    const breaker = newBreaker(spec);
    forceState(spec, breaker, 'half-open', 0);
    for (let asked = 0; asked < 9; asked++) tryAcquire(spec, breaker, 0);
    expect([breakerState(spec, breaker, 1e15), nextTransitionNs(breaker)]).toEqual(['half-open', Number.POSITIVE_INFINITY]);
    const impatient = { ...spec, maxWaitHalfOpenNs: 7 * SECOND };
    forceState(impatient, breaker, 'half-open', 0);
    expect(nextTransitionNs(breaker)).toBe(7 * SECOND);
    expect(breakerState(impatient, breaker, 7 * SECOND - 1)).toBe('half-open');
    expect(breakerState(impatient, breaker, 20 * SECOND)).toBe('open');
    // Open since the wait for the probes ended, not since somebody looked.
    expect(tryAcquire(impatient, breaker, 67 * SECOND)).toBe(false);
    expect(tryAcquire(impatient, breaker, 67 * SECOND + 1)).toBe(true);
  });

  it('judges the probes of the second time by themselves', () => {
    const breaker = newBreaker(spec);
    forceState(spec, breaker, 'half-open', 0);
    for (let i = 0; i < 3; i++) if (tryAcquire(spec, breaker, 0)) onFailure(spec, breaker, 0, 0);
    expect(breakerState(spec, breaker, 0)).toBe('open');
    const nowNs = nextTransitionNs(breaker);
    const states: string[] = [];
    for (let i = 0; i < 3; i++) {
      if (tryAcquire(spec, breaker, nowNs)) onSuccess(spec, breaker, nowNs, 0);
      states.push(breakerState(spec, breaker, nowNs));
    }
    expect(states).toEqual(['half-open', 'half-open', 'closed']);
  });

  it('counts what comes back after it opened, and changes nothing by it', () => {
    const breaker = newBreaker(spec);
    const counts = new Float64Array(3);
    for (let i = 0; i < 4; i++) onFailure(spec, breaker, 0, 0);
    const untilNs = nextTransitionNs(breaker);
    onFailure(spec, breaker, SECOND, 0);
    onSuccess(spec, breaker, SECOND, 0);
    breakerCountsInto(spec, breaker, SECOND, counts);
    expect([...counts]).toEqual([6, 5, 0]);
    expect([breakerState(spec, breaker, SECOND), nextTransitionNs(breaker)]).toEqual(['open', untilNs]);
  });

  it('does not give back more permissions than it gave', () => {
    const breaker = newBreaker(spec);
    forceState(spec, breaker, 'half-open', 0);
    for (let i = 0; i < 5; i++) onIgnored(spec, breaker, 0);
    let probes = 0;
    for (let asked = 0; asked < 9; asked++) if (tryAcquire(spec, breaker, 0)) probes++;
    expect(probes).toBe(3);
  });

  it('forgets whole seconds of the clock: a call of the last nanosecond is as old as the first of its second', () => {
    const timed = { ...spec, windowType: 'time' as const, windowSize: 2 };
    const breaker = newBreaker(timed);
    const counts = new Float64Array(3);
    onFailure(timed, breaker, SECOND - 1, 0);
    breakerCountsInto(timed, breaker, 2 * SECOND - 1, counts);
    expect(counts[0]).toBe(1);
    breakerCountsInto(timed, breaker, 2 * SECOND, counts);
    expect(counts[0]).toBe(0);
  });
});

describe('Polly', () => {
  it('does not divide a window below 200 ms: one event may make all of it new', () => {
    const spec = { ...polly, samplingNs: 199e6, minimumThroughput: 2, failureRatio: 0.5 };
    const breaker = newBreaker(spec);
    onFailure(spec, breaker, 0, 0);
    onSuccess(spec, breaker, 198e6, 0);
    onFailure(spec, breaker, 199e6, 0);
    expect(breakerState(spec, breaker, 199e6)).toBe('closed');
    const divided = { ...spec, samplingNs: 200e6 };
    const other = newBreaker(divided);
    onFailure(divided, other, 0, 0);
    onSuccess(divided, other, 198e6, 0);
    onFailure(divided, other, 200e6, 0);
    expect(breakerState(divided, other, 200e6)).toBe('open');
  });

  it('lets the next call through at the very end of the break, the others one nanosecond later', () => {
    for (const spec of [resilience4j, polly, hystrix]) {
      const breaker = newBreaker(spec);
      forceState(spec, breaker, 'open', 0);
      const waitNs = spec.kind === 'resilience4j' ? 60 * SECOND : 5 * SECOND;
      expect(tryAcquire(spec, breaker, waitNs - 1)).toBe(false);
      expect(tryAcquire(spec, breaker, waitNs)).toBe(spec.kind === 'polly');
      expect(tryAcquire(spec, breaker, waitNs + 1)).toBe(spec.kind !== 'polly');
    }
  });
});

describe('Hystrix', () => {
  it('reckons its percentage in floats: 29 of 100 are a little less than 29 per cent', () => {
    const opensAt = (errorThresholdPercentage: number): string => {
      const spec = { ...hystrix, requestVolumeThreshold: 100, errorThresholdPercentage };
      const breaker = newBreaker(spec);
      for (let i = 0; i < 100; i++) (i < 29 ? onFailure : onSuccess)(spec, breaker, 0, 0);
      return breakerState(spec, breaker, 0);
    };
    expect([opensAt(28), opensAt(29)]).toEqual(['open', 'closed']);
  });

  it('opens again at a probe that failed, for a whole sleep window', () => {
    const breaker = newBreaker(hystrix);
    forceState(hystrix, breaker, 'open', 0);
    expect(tryAcquire(hystrix, breaker, 6 * SECOND)).toBe(true);
    expect(tryAcquire(hystrix, breaker, 6 * SECOND)).toBe(false);
    onFailure(hystrix, breaker, 7 * SECOND, 0);
    expect(nextTransitionNs(breaker)).toBe(12 * SECOND + 1);
  });
});

describe('any breaker', () => {
  it('of a window of an hour costs no more cells than seconds in which it was called', () => {
    const spec = { ...resilience4j, windowType: 'time' as const, windowSize: 3600 };
    const breaker = newBreaker(spec);
    for (let call = 0; call < 2000; call++) onSuccess(spec, breaker, ((call - (call % 2)) / 2) * 500 * SECOND, 0);
    expect(breaker.slices.count).toBe(8);
    expect(breaker.slices.starts.length).toBe(8);
  });
});
