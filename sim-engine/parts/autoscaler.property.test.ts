// Laws P58 and P59 of docs/semantics/patterns.md, and the windows of the autoscaler against a twin that keeps every poll.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clonePlain } from '../kernel/plain-state.ts';
import {
  type AutoscalerSpec,
  desiredReplicas,
  KEDA_KAFKA_DEFAULTS,
  lagMetric,
  newAutoscaler,
  pollAutoscaler,
  workingReplicas,
} from './autoscaler.ts';

const SECOND = 1e9;
const lags = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 2000 })), { minLength: 1, maxLength: 20 });

describe('the rule', () => {
  it('P58: never wants more replicas than partitions, unless idle ones are allowed', () => {
    let capped = 0;
    fc.assert(
      fc.property(lags, fc.integer({ min: 1, max: 200 }), fc.integer({ min: 0, max: 20 }), (partitions, threshold, current) => {
        const spec = { ...KEDA_KAFKA_DEFAULTS, threshold };
        const metric = lagMetric(spec, partitions, partitions.length);
        const replicas = Math.min(current, partitions.length);
        const desired = desiredReplicas(spec, metric, replicas);
        // The division of whole numbers lets one more slip through, as in KEDA itself.
        const isCapped = Math.floor(partitions.reduce((sum, lag) => sum + lag, 0) / threshold) > partitions.length;
        if (isCapped) capped++;
        expect(desired).toBeLessThanOrEqual(partitions.length + (isCapped ? 0 : 1));
      }),
      { numRuns: 1000, seed: 58 },
    );
    expect(capped).toBeGreaterThan(100);
  });

  it('P59: drains a lag within the time that the threshold was sized for', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 100_000 }),
        (perSecond, seconds, lag) => {
          const spec = { ...KEDA_KAFKA_DEFAULTS, threshold: perSecond * seconds, maxReplicas: 1_000_000, tolerance: 0 };
          expect(lag / (desiredReplicas(spec, lag, 1) * perSecond)).toBeLessThanOrEqual(seconds);
        },
      ),
      { numRuns: 500, seed: 59 },
    );
  });
});

describe('an autoscaler', () => {
  it('P60, P61: wants and has working what a twin finds that keeps every poll and every start', () => {
    const anySpec: fc.Arbitrary<AutoscalerSpec> = fc.record({
      threshold: fc.integer({ min: 1, max: 20 }),
      activation: fc.integer({ min: 0, max: 5 }),
      minReplicas: fc.integer({ min: 0, max: 2 }),
      maxReplicas: fc.integer({ min: 2, max: 30 }),
      isIdleAllowed: fc.constant(true),
      isLimitedToLagging: fc.constant(false),
      tolerance: fc.constantFrom(0, 0.1, 0.5),
      cooldownNs: fc.constantFrom(0, 60 * SECOND, 300 * SECOND),
      stabilizationDownNs: fc.constantFrom(0, 60 * SECOND, 300 * SECOND),
      stabilizationUpNs: fc.constantFrom(0, 0, 45 * SECOND),
      startUpNs: fc.constantFrom(0, 5 * SECOND, 120 * SECOND),
    });
    const polls = fc.array(
      fc.record({
        gapNs: fc.integer({ min: 1, max: 60 }).map((s) => s * SECOND),
        metric: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 300 })),
      }),
      { minLength: 10, maxLength: 120 },
    );
    const seen = { ups: 0, downs: 0, zeros: 0 };
    fc.assert(
      fc.property(anySpec, fc.integer({ min: 0, max: 5 }), polls, (spec, first, script) => {
        let scaler = newAutoscaler(first, 0);
        let wanted = first;
        let activeNs = 0;
        let history: { readonly atNs: number; readonly replicas: number }[] = [];
        // When each wanted replica works, oldest first.
        const replicas: number[] = Array.from({ length: first }, () => 0);
        let nowNs = 0;
        for (const { gapNs, metric } of script) {
          nowNs += gapNs;
          const isActive = metric > spec.activation;
          if (isActive) activeNs = nowNs;
          const clamp = (count: number): number => Math.min(spec.maxReplicas, Math.max(1, spec.minReplicas, count));
          const before = wanted;
          if (wanted === 0) wanted = isActive || spec.minReplicas > 0 ? clamp(1) : 0;
          else if (!isActive && spec.minReplicas === 0 && nowNs - activeNs > spec.cooldownNs) {
            wanted = 0;
            history = [];
          } else {
            const ratio = metric / (spec.threshold * wanted);
            const isNear = ratio >= 1 - spec.tolerance && ratio <= 1 + spec.tolerance;
            history.push({ atNs: nowNs, replicas: clamp(isNear ? wanted : Math.ceil(metric / spec.threshold)) });
            const within = (windowNs: number): number[] =>
              history.filter(({ atNs }) => atNs > nowNs - windowNs || atNs === nowNs).map((one) => one.replicas);
            const least = Math.min(...within(spec.stabilizationUpNs));
            const most = Math.max(...within(spec.stabilizationDownNs));
            if (wanted < least) wanted = least;
            else if (wanted > most) wanted = most;
          }
          while (replicas.length < wanted) replicas.push(nowNs + spec.startUpNs);
          replicas.length = wanted;
          if (wanted > before) seen.ups++;
          if (wanted < before) seen.downs++;
          if (wanted === 0) seen.zeros++;
          expect(pollAutoscaler(spec, scaler, nowNs, metric)).toBe(wanted);
          expect(workingReplicas(scaler, nowNs)).toBe(replicas.filter((readyNs) => readyNs <= nowNs).length);
          if (metric % 10 === 0) scaler = clonePlain(scaler);
        }
      }),
      { numRuns: 500, seed: 60 },
    );
    expect(Math.min(seen.ups, seen.downs, seen.zeros)).toBeGreaterThan(500);
  });
});
