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
import {
  AWS_QUOTA_DEFAULTS,
  type AwsQuota,
  countRequest,
  type GrpcThrottle,
  grpcFailed,
  grpcSucceeded,
  mayGrpcRetry,
  newAwsQuota,
  newGrpcThrottle,
  newRatioBudget,
  type RatioBudget,
  type RatioBudgetSpec,
  returnAwsSuccess,
  takeAwsRetry,
  takeRatioRetry,
} from '../../parts/retry-budget.ts';
import {
  newTokenBucket,
  nextTokenNs,
  type TokenBucket,
  type TokenBucketSpec,
  takeToken,
  tokenBucketSpec,
} from '../../parts/token-bucket.ts';
import type { Params } from '../fields.ts';

/** gRFC A6: ten tokens, a tenth for each success. */
const GRPC_THROTTLE = { maxTokens: 10, tokenRatio: 0.1 } as const;
/** Retries that a share of the requests allows without any request, and how long requests count. */
const RATIO_FLOOR = 1;
const RATIO_WINDOW_NS = 10_000_000_000;

export interface GuardSpec {
  /** Calls out at once; 0 = any number. */
  readonly atOnce: number;
  readonly breaker: BreakerSpec | null;
  readonly bucket: TokenBucketSpec | null;
  readonly budget: 'none' | 'aws' | 'grpc' | 'ratio';
  readonly ratio: RatioBudgetSpec;
}

export interface GuardState {
  breaker: Breaker | null;
  bucket: TokenBucket | null;
  aws: AwsQuota;
  grpc: GrpcThrottle;
  ratio: RatioBudget;
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
    budget: params.budget as GuardSpec['budget'],
    ratio: { ratio: params.budgetShare as number, floor: RATIO_FLOOR, windowNs: RATIO_WINDOW_NS },
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
  aws: newAwsQuota(AWS_QUOTA_DEFAULTS),
  grpc: newGrpcThrottle(GRPC_THROTTLE),
  ratio: newRatioBudget(),
  opened: 0,
});

/** A guard whose settings have changed begins anew; the others keep what they know. */
export function renewGuards(before: GuardSpec, spec: GuardSpec, guards: GuardState, nowNs: number): void {
  const fresh = newGuards(spec, nowNs);
  if (!isSamePlain(before.breaker, spec.breaker)) guards.breaker = fresh.breaker;
  if (!isSamePlain(before.bucket, spec.bucket)) guards.bucket = fresh.bucket;
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

// ------------------------------------------------------------------ the budget of retries

/** A first try goes out. */
export function noteRequest(spec: GuardSpec, guards: GuardState, nowNs: number): void {
  if (spec.budget === 'ratio') countRequest(spec.ratio, guards.ratio, nowNs);
}

/** A try has failed, whether or not there may be another. */
export function noteFailed(spec: GuardSpec, guards: GuardState): void {
  if (spec.budget === 'grpc') grpcFailed(guards.grpc);
}

/** After a failed try: what another one costs, in the budget's own money; -1 if there is none. */
export function takeRetry(spec: GuardSpec, guards: GuardState, nowNs: number, wasTimeout: boolean): number {
  switch (spec.budget) {
    case 'aws': {
      const cost = takeAwsRetry(AWS_QUOTA_DEFAULTS, guards.aws, wasTimeout);
      return cost === 0 ? -1 : cost;
    }
    case 'grpc':
      return mayGrpcRetry(GRPC_THROTTLE, guards.grpc) ? 0 : -1;
    case 'ratio':
      return takeRatioRetry(spec.ratio, guards.ratio, nowNs) ? 0 : -1;
    default:
      return 0;
  }
}

/** A call was answered; `lastCost` is what its last retry cost, 0 at the first try. */
export function noteAnswered(spec: GuardSpec, guards: GuardState, lastCost: number): void {
  if (spec.budget === 'aws') returnAwsSuccess(AWS_QUOTA_DEFAULTS, guards.aws, lastCost);
  else if (spec.budget === 'grpc') grpcSucceeded(GRPC_THROTTLE, guards.grpc);
}

/** How open the breaker is, as a gauge: 0 closed or none, 1 half-open, 2 open. */
export function openness({ breaker }: GuardState): number {
  if (breaker === null || breaker.state === 'closed') return 0;
  return breaker.state === 'open' ? 2 : 1;
}
