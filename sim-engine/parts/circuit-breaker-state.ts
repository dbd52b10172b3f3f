// What every circuit breaker keeps: plain data, one shape for all libraries, so that an actor can hold a thousand of them.

import type { CallWindow, SliceWindow } from './outcome-window.ts';

export type BreakerState = 'closed' | 'open' | 'half-open';

export interface Breaker {
  state: BreakerState;
  /** From when on an open breaker lets a call through, or a half-open one waits no longer for its probes; else Infinity. */
  untilNs: number;
  /** Calls that a half-open breaker still lets through. */
  permitsLeft: number;
  /** The outcomes shown and judged are those of `probes`: since it was half-open last, until it closes. resilience4j only. */
  isJudgedByProbes: boolean;
  calls: CallWindow;
  slices: SliceWindow;
  probes: CallWindow;
}

/** Asks a breaker that probes with a single call, as Polly's and Hystrix' do. Its call that never returns is never replaced. */
export function acquireSingleProbe(breaker: Breaker, nowNs: number): boolean {
  if (breaker.state === 'closed') return true;
  if (breaker.state === 'open') {
    if (nowNs < breaker.untilNs) return false;
    breaker.state = 'half-open';
    breaker.untilNs = Number.POSITIVE_INFINITY;
    breaker.permitsLeft = 1;
  }
  if (breaker.permitsLeft === 0) return false;
  breaker.permitsLeft--;
  return true;
}
