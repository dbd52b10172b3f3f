// Whether a client may try again: three budgets that keep retries from drowning what they call. The standard quota of the AWS SDKs,
// the throttling of gRPC, and a share of the requests of a window with a small floor. Services and requesters call it, one budget
// per client; the state is plain, and only the last one looks at the time. Pinned by testing/vectors/patterns/retry-budget.json;
// P15 to P17 of docs/semantics/patterns.md.

import { floor, max, min } from '../kernel/exact-math.ts';
import { expireSlices, newSliceWindow, recordInSlice, type SliceWindow } from './outcome-window.ts';

// ------------------------------------------------------------------ AWS standard mode

/** smithy-typescript, util-retry/constants. */
export const AWS_QUOTA_DEFAULTS = { capacity: 500, retryCost: 5, timeoutRetryCost: 10, firstSuccessGain: 1 } as const;

export interface AwsQuotaSpec {
  /** Tokens at the start, and at most. */
  readonly capacity: number;
  readonly retryCost: number;
  /** After a timeout or when throttled. */
  readonly timeoutRetryCost: number;
  /** What a success at the first try gives. */
  readonly firstSuccessGain: number;
}

export interface AwsQuota {
  tokens: number;
}

export const newAwsQuota = (spec: AwsQuotaSpec): AwsQuota => ({ tokens: spec.capacity });

/** After a failure: what the retry costs, taken from the quota; 0 when it is not allowed. */
export function takeAwsRetry(spec: AwsQuotaSpec, quota: AwsQuota, wasTimeout: boolean): number {
  const cost = wasTimeout ? spec.timeoutRetryCost : spec.retryCost;
  if (quota.tokens < cost) return 0;
  quota.tokens -= cost;
  return cost;
}

/** After a success. `lastCost` is what its last retry cost and is given back, 0 for a success at the first try. */
export function returnAwsSuccess(spec: AwsQuotaSpec, quota: AwsQuota, lastCost: number): void {
  quota.tokens = min(spec.capacity, quota.tokens + (lastCost > 0 ? lastCost : spec.firstSuccessGain));
}

// ------------------------------------------------------------------ gRPC throttling

export interface GrpcThrottleSpec {
  /** Tokens at the start, and at most. */
  readonly maxTokens: number;
  /** What a success gives; three decimals count, as in gRPC. */
  readonly tokenRatio: number;
}

/** In thousandths of a token, as gRPC counts: a tenth is no sum of powers of two, and ten of them must make one. */
export interface GrpcThrottle {
  milliTokens: number;
}

const MILLI = 1000;

export const newGrpcThrottle = (spec: GrpcThrottleSpec): GrpcThrottle => ({ milliTokens: spec.maxTokens * MILLI });

export function grpcFailed(throttle: GrpcThrottle): void {
  throttle.milliTokens = max(0, throttle.milliTokens - MILLI);
}

export function grpcSucceeded(spec: GrpcThrottleSpec, throttle: GrpcThrottle): void {
  throttle.milliTokens = min(spec.maxTokens * MILLI, throttle.milliTokens + floor(spec.tokenRatio * MILLI + 0.5));
}

/** Retries go out only while more than half of the tokens are there. */
export const mayGrpcRetry = (spec: GrpcThrottleSpec, throttle: GrpcThrottle): boolean =>
  throttle.milliTokens * 2 > spec.maxTokens * MILLI;

// ------------------------------------------------------------------ a share of the requests

export interface RatioBudgetSpec {
  /** Retries per request. */
  readonly ratio: number;
  /** Retries in a window that are allowed without any request. */
  readonly floor: number;
  /** How long requests and retries are remembered. */
  readonly windowNs: number;
}

/** By tenths of the window. */
export interface RatioBudget {
  requests: SliceWindow;
  retries: SliceWindow;
}

const TENTHS = 10;

export const newRatioBudget = (): RatioBudget => ({ requests: newSliceWindow(), retries: newSliceWindow() });

/** A first try went out. */
export function countRequest(spec: RatioBudgetSpec, budget: RatioBudget, nowNs: number): void {
  recordInSlice(budget.requests, settledTenth(spec, budget, nowNs), false, false);
}

/** Asks for a retry and counts it if it is allowed: the retries of a window stay within ratio times its requests plus the floor. */
export function takeRatioRetry(spec: RatioBudgetSpec, budget: RatioBudget, nowNs: number): boolean {
  const tenth = settledTenth(spec, budget, nowNs);
  if (budget.retries.total + 1 > spec.ratio * budget.requests.total + spec.floor) return false;
  recordInSlice(budget.retries, tenth, false, false);
  return true;
}

function settledTenth(spec: RatioBudgetSpec, budget: RatioBudget, nowNs: number): number {
  const tenth = floor(nowNs / (spec.windowNs / TENTHS));
  expireSlices(budget.requests, tenth - TENTHS);
  expireSlices(budget.retries, tenth - TENTHS);
  return tenth;
}
