// Facts of section 4 of docs/semantics/patterns.md that recorded cases do not show.

import { describe, expect, it } from 'vitest';
import {
  AWS_QUOTA_DEFAULTS,
  countRequest,
  grpcFailed,
  grpcSucceeded,
  mayGrpcRetry,
  newAwsQuota,
  newGrpcThrottle,
  newRatioBudget,
  returnAwsSuccess,
  takeAwsRetry,
  takeRatioRetry,
} from './retry-budget.ts';

const SECOND = 1e9;

describe('the standard quota of the AWS SDKs', () => {
  it('allows a hundred retries after failures at the start, or fifty after timeouts', () => {
    const count = (wasTimeout: boolean): number => {
      const quota = newAwsQuota(AWS_QUOTA_DEFAULTS);
      let retries = 0;
      while (takeAwsRetry(AWS_QUOTA_DEFAULTS, quota, wasTimeout) > 0) retries++;
      return retries;
    };
    expect([count(false), count(true)]).toEqual([100, 50]);
  });

  it('gives back what the last retry cost, and never holds more than its capacity', () => {
    const quota = newAwsQuota(AWS_QUOTA_DEFAULTS);
    const cost = takeAwsRetry(AWS_QUOTA_DEFAULTS, quota, true);
    expect([cost, quota.tokens]).toEqual([10, 490]);
    returnAwsSuccess(AWS_QUOTA_DEFAULTS, quota, cost);
    returnAwsSuccess(AWS_QUOTA_DEFAULTS, quota, 0);
    expect(quota.tokens).toBe(500);
  });
});

describe('the throttling of gRPC', () => {
  it('stops retries at half of the tokens and counts in thousandths: ten successes of a tenth are a token', () => {
    const spec = { maxTokens: 10, tokenRatio: 0.1 };
    const throttle = newGrpcThrottle(spec);
    for (let i = 0; i < 4; i++) grpcFailed(throttle);
    expect(mayGrpcRetry(spec, throttle)).toBe(true);
    grpcFailed(throttle);
    expect(mayGrpcRetry(spec, throttle)).toBe(false);
    grpcFailed(throttle);
    for (let i = 0; i < 10; i++) grpcSucceeded(spec, throttle);
    expect([throttle.milliTokens, mayGrpcRetry(spec, throttle)]).toEqual([5000, false]);
    grpcSucceeded(spec, throttle);
    expect(mayGrpcRetry(spec, throttle)).toBe(true);
  });
});

describe('a share of the requests', () => {
  const spec = { ratio: 0.1, floor: 2, windowNs: 10 * SECOND };

  it('allows the floor without a request and one more for every ten', () => {
    const budget = newRatioBudget();
    const take = (): number => {
      let taken = 0;
      while (takeRatioRetry(spec, budget, 0)) taken++;
      return taken;
    };
    expect(take()).toBe(2);
    for (let i = 0; i < 30; i++) countRequest(spec, budget, 0);
    expect(take()).toBe(3);
  });

  it('forgets requests and retries when their tenth has left the window', () => {
    const budget = newRatioBudget();
    for (let i = 0; i < 10; i++) countRequest(spec, budget, SECOND);
    for (let i = 0; i < 3; i++) expect(takeRatioRetry(spec, budget, 2 * SECOND - 1)).toBe(true);
    expect(takeRatioRetry(spec, budget, 11 * SECOND - 1)).toBe(false);
    expect([takeRatioRetry(spec, budget, 11 * SECOND), takeRatioRetry(spec, budget, 11 * SECOND)]).toEqual([true, true]);
    expect(takeRatioRetry(spec, budget, 11 * SECOND)).toBe(false);
  });
});
