// What stands between a caller and the service it asks: how many calls may be out at once, how many a second, whether the breaker is
// closed, and whether there is budget left for another try. One set of them for each wire; the state is plain.

import { isSamePlain } from '../../kernel/plain-state.ts';
import {
  BREAKER_DEFAULTS,
  type BreakerSpec,
  breakerState,
  newBreaker,
  nextTransitionNs,
  onFailure,
  onIgnored,
  onSuccess,
  tryAcquire,
} from '../../parts/circuit-breaker.ts';
import type { Breaker } from '../../parts/circuit-breaker-state.ts';
import { AWS_QUOTA_DEFAULTS } from '../../parts/retry-budget.ts';
import {
  newTokenBucket,
  nextTokenNs,
  type TokenBucket,
  type TokenBucketSpec,
  takeToken,
  tokenBucketSpec,
} from '../../parts/token-bucket.ts';
import type { Params } from '../fields.ts';
import { type Allowance, type AllowanceSpec, allowanceSpecOf, newAllowance, renewedAllowance } from './retry-allowance.ts';

/** gRFC A6: ten tokens, a tenth for each success. */
const GRPC_THROTTLE = { maxTokens: 10, tokenRatio: 0.1 } as const;

export interface GuardSpec {
  /** Calls out at once; 0 = any number. */
  readonly atOnce: number;
  readonly breaker: BreakerSpec | null;
  readonly bucket: TokenBucketSpec | null;
  readonly allowance: AllowanceSpec;
}

export interface GuardState {
  breaker: Breaker | null;
  bucket: TokenBucket | null;
  /** The budget of its retries. */
  allowance: Allowance;
  /** How often the breaker has opened. */
  opened: number;
}

/** From the fields of the wire; what is 0 there is the library's own default. */
export function guardSpecOf(params: Params): GuardSpec {
  const rate = params.rateLimit as number;
  return {
    atOnce: params.atOnce as number,
    breaker: breakerSpecOf(params),
    bucket: rate > 0 ? tokenBucketSpec(rate, params.rateBurst as number) : null,
    allowance: allowanceSpecOf(params.budget, {
      awsCapacity: AWS_QUOTA_DEFAULTS.capacity,
      grpc: GRPC_THROTTLE,
      share: params.budgetShare as number,
    }),
  };
}

function breakerSpecOf(params: Params): BreakerSpec | null {
  const threshold = params.breakerThreshold as number;
  const minimum = params.breakerMinimum as number;
  const openNs = params.breakerOpen as number;
  const slowNs = params.breakerSlow as number;
  const probes = params.breakerProbes as number;
  switch (params.breaker) {
    case 'resilience4j': {
      const own = BREAKER_DEFAULTS.resilience4j;
      return {
        ...own,
        failureRateThreshold: threshold > 0 ? threshold * 100 : own.failureRateThreshold,
        minimumCalls: minimum > 0 ? minimum : own.minimumCalls,
        waitOpenNs: openNs > 0 ? openNs : own.waitOpenNs,
        slowCallNs: slowNs > 0 ? slowNs : own.slowCallNs,
        permittedHalfOpen: probes > 0 ? probes : own.permittedHalfOpen,
      };
    }
    case 'polly': {
      const own = BREAKER_DEFAULTS.polly;
      return {
        ...own,
        failureRatio: threshold > 0 ? threshold : own.failureRatio,
        minimumThroughput: minimum > 0 ? minimum : own.minimumThroughput,
        breakNs: openNs > 0 ? openNs : own.breakNs,
      };
    }
    case 'hystrix': {
      const own = BREAKER_DEFAULTS.hystrix;
      return {
        ...own,
        errorThresholdPercentage: threshold > 0 ? threshold * 100 : own.errorThresholdPercentage,
        requestVolumeThreshold: minimum > 0 ? minimum : own.requestVolumeThreshold,
        sleepWindowNs: openNs > 0 ? openNs : own.sleepWindowNs,
      };
    }
    default:
      return null;
  }
}

export const newGuards = (spec: GuardSpec, nowNs: number): GuardState => ({
  breaker: spec.breaker === null ? null : newBreaker(spec.breaker),
  bucket: spec.bucket === null ? null : newTokenBucket(nowNs),
  allowance: newAllowance(spec.allowance),
  opened: 0,
});

/**
 * A guard whose settings have changed begins anew, the budget only if it is one of another kind; the others keep what they know.
 */
export function renewGuards(before: GuardSpec, spec: GuardSpec, guards: GuardState, nowNs: number): void {
  const fresh = newGuards(spec, nowNs);
  if (!isSamePlain(before.breaker, spec.breaker)) guards.breaker = fresh.breaker;
  if (!isSamePlain(before.bucket, spec.bucket)) guards.bucket = fresh.bucket;
  guards.allowance = renewedAllowance(guards.allowance, spec.allowance);
}

/** Asks for a call to go out while `out` others are; who is let out must be followed by `noteEnd` or `noteForgotten`. */
export function letsOut(spec: GuardSpec, guards: GuardState, nowNs: number, out: number): boolean {
  if (spec.atOnce > 0 && out >= spec.atOnce) return false;
  if (spec.breaker !== null && guards.breaker !== null && !tryAcquire(spec.breaker, guards.breaker, nowNs)) return false;
  if (spec.bucket === null || guards.bucket === null || takeToken(spec.bucket, guards.bucket, nowNs)) return true;
  noteForgotten(spec, guards, nowNs);
  return false;
}

/** From when on time alone may let the next call out, ns; infinity when it takes an answer. */
export function nextLookNs(spec: GuardSpec, guards: GuardState, nowNs: number): number {
  const { breaker, bucket } = guards;
  if (breaker !== null && breaker.state === 'open') return nextTransitionNs(breaker);
  if (bucket !== null && spec.bucket !== null) return nextTokenNs(spec.bucket, bucket, nowNs);
  return breaker === null ? Number.POSITIVE_INFINITY : nextTransitionNs(breaker);
}

/** A call that was let out has ended, `tookNs` after it went. True if the breaker opened by it. */
export function noteEnd(spec: GuardSpec, guards: GuardState, nowNs: number, isGood: boolean, tookNs: number): boolean {
  if (spec.breaker === null || guards.breaker === null) return false;
  const before = breakerState(spec.breaker, guards.breaker, nowNs);
  if (isGood) onSuccess(spec.breaker, guards.breaker, nowNs, tookNs);
  else onFailure(spec.breaker, guards.breaker, nowNs, tookNs);
  const isOpened = before !== 'open' && guards.breaker.state === 'open';
  if (isOpened) guards.opened++;
  return isOpened;
}

/** A call that was let out will not be heard of: whoever made it is gone. */
export function noteForgotten(spec: GuardSpec, guards: GuardState, nowNs: number): void {
  if (spec.breaker !== null && guards.breaker !== null) onIgnored(spec.breaker, guards.breaker, nowNs);
}

/** How open the breaker is, as a gauge: 0 closed or none, 1 half-open, 2 open. */
export function openness({ breaker }: GuardState): number {
  if (breaker === null || breaker.state === 'closed') return 0;
  return breaker.state === 'open' ? 2 : 1;
}
