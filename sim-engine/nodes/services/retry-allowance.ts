// Whether a client has a retry left in its budget: one of the three of `parts/retry-budget.ts`, or none, behind the same questions.
// All callers of a requester share one.

import {
  AWS_QUOTA_DEFAULTS,
  type AwsQuota,
  type AwsQuotaSpec,
  countRequest,
  type GrpcThrottle,
  type GrpcThrottleSpec,
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
import type { Params } from '../fields.ts';

/** How long a share of requests remembers them, ns, and how many retries in that time need no request. */
const RATIO_WINDOW_NS = 10_000_000_000;
const RATIO_FLOOR = 1;

/** Plain state. */
export type Allowance =
  | { readonly kind: 'none' }
  | { readonly kind: 'aws'; readonly spec: AwsQuotaSpec; readonly quota: AwsQuota }
  | { readonly kind: 'grpc'; readonly spec: GrpcThrottleSpec; readonly throttle: GrpcThrottle }
  | { readonly kind: 'ratio'; readonly spec: RatioBudgetSpec; readonly budget: RatioBudget };

/** A full one, as the parameters want it. */
export function newAllowance(params: Params): Allowance {
  switch (params.budget) {
    case 'aws': {
      const spec = { ...AWS_QUOTA_DEFAULTS, capacity: params.budgetTokens as number };
      return { kind: 'aws', spec, quota: newAwsQuota(spec) };
    }
    case 'grpc': {
      const spec = { maxTokens: params.budgetTokens as number, tokenRatio: params.budgetRatio as number };
      return { kind: 'grpc', spec, throttle: newGrpcThrottle(spec) };
    }
    case 'ratio': {
      const spec = { ratio: params.budgetRatio as number, floor: RATIO_FLOOR, windowNs: RATIO_WINDOW_NS };
      return { kind: 'ratio', spec, budget: newRatioBudget() };
    }
    default:
      return { kind: 'none' };
  }
}

export function onFirstAttempt(allowance: Allowance, nowNs: number): void {
  if (allowance.kind === 'ratio') countRequest(allowance.spec, allowance.budget, nowNs);
}

/** `lastCost` is what the last retry of the request cost, 0 if there was none. */
export function onAnswer(allowance: Allowance, lastCost: number): void {
  if (allowance.kind === 'aws') returnAwsSuccess(allowance.spec, allowance.quota, lastCost);
  else if (allowance.kind === 'grpc') grpcSucceeded(allowance.spec, allowance.throttle);
}

/** An attempt timed out, whether or not there may be another. */
export function onTimeout(allowance: Allowance): void {
  if (allowance.kind === 'grpc') grpcFailed(allowance.throttle);
}

/** Takes a retry: what it costs, in tokens where there are any; 0 when there is none left. */
export function takeRetry(allowance: Allowance, nowNs: number): number {
  switch (allowance.kind) {
    case 'none':
      return 1;
    case 'aws':
      return takeAwsRetry(allowance.spec, allowance.quota, true);
    case 'grpc':
      return mayGrpcRetry(allowance.spec, allowance.throttle) ? 1 : 0;
    case 'ratio':
      return takeRatioRetry(allowance.spec, allowance.budget, nowNs) ? 1 : 0;
  }
}
