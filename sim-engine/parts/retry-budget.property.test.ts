// Laws P15 to P17 of docs/semantics/patterns.md, and the share of the requests against a twin that keeps every one.

import fc from 'fast-check';
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

const spec = fc.integer({ min: 1, max: 100 }).map((capacity) => ({ ...AWS_QUOTA_DEFAULTS, capacity }));

describe('the standard quota', () => {
  it('P15: retries of any stretch are paid by its first tokens and its successes', () => {
    fc.assert(
      fc.property(
        spec,
        fc.array(fc.constantFrom('error', 'timeout', 'success', 'success after retry'), { maxLength: 200 }),
        (quotaSpec, script) => {
          const quota = newAwsQuota(quotaSpec);
          // Of every stretch that begins somewhere: tokens at its start, and what came and went since.
          const stretches: { readonly start: number; gained: number; spent: number }[] = [];
          let lastCost = 0;
          for (const event of script) {
            stretches.push({ start: quota.tokens, gained: 0, spent: 0 });
            let gained = 0;
            let spent = 0;
            if (event === 'success') {
              returnAwsSuccess(quotaSpec, quota, 0);
              gained = quotaSpec.firstSuccessGain;
            } else if (event === 'success after retry') {
              if (lastCost > 0) returnAwsSuccess(quotaSpec, quota, lastCost);
              gained = lastCost;
              lastCost = 0;
            } else {
              spent = takeAwsRetry(quotaSpec, quota, event === 'timeout');
              if (spent > 0) lastCost = spent;
            }
            for (const stretch of stretches) {
              stretch.gained += gained;
              stretch.spent += spent;
              expect(stretch.spent).toBeLessThanOrEqual(stretch.start + stretch.gained);
            }
            expect(quota.tokens).toBeLessThanOrEqual(quotaSpec.capacity);
            expect(quota.tokens).toBeGreaterThanOrEqual(0);
          }
        },
      ),
      { numRuns: 300, seed: 15 },
    );
  });

  it('P17: C clients that all fail retry C times capacity over cost at first', () => {
    fc.assert(
      fc.property(spec, fc.integer({ min: 1, max: 50 }), (quotaSpec, clients) => {
        const quotas = Array.from({ length: clients }, () => newAwsQuota(quotaSpec));
        let retries = 0;
        for (let round = 0; round < 30; round++) {
          for (const quota of quotas) if (takeAwsRetry(quotaSpec, quota, false) > 0) retries++;
        }
        expect(retries).toBe(clients * Math.floor(quotaSpec.capacity / quotaSpec.retryCost));
      }),
      { numRuns: 100, seed: 17 },
    );
  });
});

describe('in a full outage', () => {
  const outage = fc.integer({ min: 200, max: 400 });

  it('P16: retries of the AWS quota and of gRPC come to an end', () => {
    fc.assert(
      fc.property(spec, outage, (quotaSpec, failures) => {
        const quota = newAwsQuota(quotaSpec);
        const grpc = { maxTokens: quotaSpec.capacity, tokenRatio: 0.1 };
        const throttle = newGrpcThrottle(grpc);
        let last = 0;
        for (let i = 0; i < failures; i++) {
          grpcFailed(throttle);
          if (takeAwsRetry(quotaSpec, quota, false) > 0) last = i;
          if (mayGrpcRetry(grpc, throttle)) last = i;
        }
        expect(last).toBeLessThan(quotaSpec.capacity);
        // One success is not enough, unless it is half of all tokens.
        grpcSucceeded(grpc, throttle);
        expect(mayGrpcRetry(grpc, throttle)).toBe(0.1 * 2 > quotaSpec.capacity);
      }),
      { numRuns: 100, seed: 16 },
    );
  });

  it('P16: retries of a share come at that share of the requests', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.05, max: 1, noNaN: true }), fc.integer({ min: 1, max: 20 }), (ratio, perSlice) => {
        const shared = { ratio, floor: 0, windowNs: 10e9 };
        const budget = newRatioBudget();
        let requests = 0;
        let retries = 0;
        for (let slice = 0; slice < 200; slice++) {
          for (let i = 0; i < perSlice; i++) {
            countRequest(shared, budget, slice * 1e9);
            requests++;
            if (takeRatioRetry(shared, budget, slice * 1e9)) retries++;
          }
        }
        // To the retry that a window may not divide.
        expect(Math.abs(retries - ratio * requests)).toBeLessThanOrEqual(requests / (10 * perSlice) + 1);
      }),
      { numRuns: 100, seed: 160 },
    );
  });
});

describe('a share of the requests', () => {
  it('allows a retry when a twin that keeps every request and retry finds room for it', () => {
    const step = fc.record({
      gapNs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 1e8 }), fc.integer({ min: 0, max: 2e10 })),
      isRetry: fc.boolean(),
    });
    let refused = 0;
    fc.assert(
      fc.property(
        fc.record({
          ratio: fc.double({ min: 0, max: 1, noNaN: true }),
          floor: fc.integer({ min: 0, max: 3 }),
          windowNs: fc.constantFrom(1e9, 10e9),
        }),
        fc.array(step, { minLength: 30, maxLength: 200 }),
        (shared, script) => {
          const budget = newRatioBudget();
          const requests: number[] = [];
          const retries: number[] = [];
          let nowNs = 0;
          for (const { gapNs, isRetry } of script) {
            nowNs += gapNs;
            const tenth = (ns: number): number => Math.floor(ns / (shared.windowNs / 10));
            const inWindow = (all: readonly number[]): number => all.filter((ns) => tenth(ns) > tenth(nowNs) - 10).length;
            if (!isRetry) {
              countRequest(shared, budget, nowNs);
              requests.push(nowNs);
              continue;
            }
            const hasRoom = inWindow(retries) + 1 <= shared.ratio * inWindow(requests) + shared.floor;
            expect(takeRatioRetry(shared, budget, nowNs)).toBe(hasRoom);
            if (hasRoom) retries.push(nowNs);
            else refused++;
          }
        },
      ),
      { numRuns: 500, seed: 4 },
    );
    expect(refused).toBeGreaterThan(1000);
  });
});
