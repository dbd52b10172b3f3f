// Whether a client has a retry left in its budget: one of the three of `parts/retry-budget.ts`, or none, behind the same questions.
// All callers of a requester share one, and all calls of a service on the same wire.

import { floor } from '../../kernel/exact-math.ts';
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

/** How long a share of requests remembers them, ns, and how many retries in that time need no request. */
const RATIO_WINDOW_NS = 10_000_000_000;
const RATIO_FLOOR = 1;

export type AllowanceSpec =
  | { readonly kind: 'none' }
  | { readonly kind: 'aws'; readonly spec: AwsQuotaSpec }
  | { readonly kind: 'grpc'; readonly spec: GrpcThrottleSpec }
  | { readonly kind: 'ratio'; readonly spec: RatioBudgetSpec };

/** Plain state, with what it goes by. */
export type Allowance =
  | { readonly kind: 'none' }
  | { readonly kind: 'aws'; readonly spec: AwsQuotaSpec; readonly quota: AwsQuota }
  | { readonly kind: 'grpc'; readonly spec: GrpcThrottleSpec; readonly throttle: GrpcThrottle }
  | { readonly kind: 'ratio'; readonly spec: RatioBudgetSpec; readonly budget: RatioBudget };

/** What each kind of budget goes by; the one that is asked for reads its own. */
export interface AllowanceSettings {
  readonly awsCapacity: number;
  readonly grpc: GrpcThrottleSpec;
  /** Retries per request. */
  readonly share: number;
}

/** `kind` is the choice of a field; any but the three means that retries are not counted. */
export function allowanceSpecOf(kind: unknown, { awsCapacity, grpc, share }: AllowanceSettings): AllowanceSpec {
  switch (kind) {
    case 'aws':
      return { kind, spec: { ...AWS_QUOTA_DEFAULTS, capacity: awsCapacity } };
    case 'grpc':
      return { kind, spec: grpc };
    case 'ratio':
      return { kind, spec: { ratio: share, floor: RATIO_FLOOR, windowNs: RATIO_WINDOW_NS } };
    default:
      return { kind: 'none' };
  }
}

/** A full one. */
export function newAllowance(spec: AllowanceSpec): Allowance {
  switch (spec.kind) {
    case 'none':
      return spec;
    case 'aws':
      return { ...spec, quota: newAwsQuota(spec.spec) };
    case 'grpc':
      return { ...spec, throttle: newGrpcThrottle(spec.spec) };
    case 'ratio':
      return { ...spec, budget: newRatioBudget() };
  }
}

/** Of a budget that is still of the same kind what was counted so far goes on; another begins full. */
export const renewedAllowance = (allowance: Allowance, spec: AllowanceSpec): Allowance =>
  allowance.kind === spec.kind ? ({ ...allowance, ...spec } as Allowance) : newAllowance(spec);

export function onFirstAttempt(allowance: Allowance, nowNs: number): void {
  if (allowance.kind === 'ratio') countRequest(allowance.spec, allowance.budget, nowNs);
}

/** `lastCost` is what the last retry of the request cost, 0 if there was none. */
export function onAnswer(allowance: Allowance, lastCost: number): void {
  if (allowance.kind === 'aws') returnAwsSuccess(allowance.spec, allowance.quota, lastCost);
  else if (allowance.kind === 'grpc') grpcSucceeded(allowance.spec, allowance.throttle);
}

/** An attempt has failed or timed out, whether or not there may be another. */
export function onFailedAttempt(allowance: Allowance): void {
  if (allowance.kind === 'grpc') grpcFailed(allowance.throttle);
}

/** Takes a retry: what it costs, in tokens where there are any; 0 when there is none left. `wasTimeout`: what the last attempt ended by. */
export function takeRetry(allowance: Allowance, nowNs: number, wasTimeout: boolean): number {
  switch (allowance.kind) {
    case 'none':
      return 1;
    case 'aws':
      return takeAwsRetry(allowance.spec, allowance.quota, wasTimeout);
    case 'grpc':
      return mayGrpcRetry(allowance.spec, allowance.throttle) ? 1 : 0;
    case 'ratio':
      return takeRatioRetry(allowance.spec, allowance.budget, nowNs) ? 1 : 0;
  }
}

/** Tokens that are left, whole, of a budget that has any; null of one that has none. */
export function tokensLeft(allowance: Allowance): number | null {
  if (allowance.kind === 'aws') return allowance.quota.tokens;
  return allowance.kind === 'grpc' ? floor(allowance.throttle.milliTokens / 1000) : null;
}
