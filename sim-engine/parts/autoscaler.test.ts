// Facts of section 15 of docs/semantics/patterns.md, of KEDA and of the HorizontalPodAutoscaler.

import { describe, expect, it } from 'vitest';
import {
  type AutoscalerSpec,
  desiredReplicas,
  KEDA_KAFKA_DEFAULTS,
  KEDA_SQS_DEFAULTS,
  lagMetric,
  newAutoscaler,
  nextStartNs,
  pollAutoscaler,
  workingReplicas,
} from './autoscaler.ts';

const SECOND = 1e9;
const spec: AutoscalerSpec = { ...KEDA_KAFKA_DEFAULTS, minReplicas: 1 };

describe('the metric of lags', () => {
  it('is capped at what one replica per partition is meant to have, by a division of whole numbers', () => {
    expect(lagMetric(spec, [1000, 0, 0], 3)).toBe(30);
    // 39 / 10 is 3, no more than the partitions.
    expect(lagMetric(spec, [39, 0, 0], 3)).toBe(39);
    expect(lagMetric({ ...spec, isIdleAllowed: true }, [1000, 0, 0], 3)).toBe(1000);
    expect(lagMetric({ ...spec, isLimitedToLagging: true }, [1000, 0, 5], 3)).toBe(20);
  });

  it('P60: of a stuck partition drives useless scaling unless it is left out', () => {
    expect(lagMetric(spec, [0, 500, 4], 3)).toBe(30);
    expect(lagMetric(spec, [0, 500, 4], 3, Uint8Array.of(0, 1, 0))).toBe(4);
  });
});

describe('the rule', () => {
  it('changes nothing within a tenth of what is meant to wait', () => {
    expect([90, 110].map((metric) => desiredReplicas(spec, metric, 10))).toEqual([10, 10]);
    expect([89, 111].map((metric) => desiredReplicas(spec, metric, 10))).toEqual([9, 12]);
  });

  it('goes from none to one when more waits than the activation, and to none when no more does', () => {
    const lazy = { ...spec, minReplicas: 0, activation: 5 };
    expect([5, 6, 600].map((metric) => desiredReplicas(lazy, metric, 0))).toEqual([0, 1, 1]);
    expect([5, 6, 600].map((metric) => desiredReplicas(lazy, metric, 1))).toEqual([0, 1, 60]);
  });

  it('of a queue counts five messages a replica', () => {
    expect(desiredReplicas(KEDA_SQS_DEFAULTS, 51, 3)).toBe(11);
  });
});

describe('an autoscaler', () => {
  it('scales up at once and down when five minutes wanted fewer', () => {
    const scaler = newAutoscaler(1, 0);
    const poll = (second: number, metric: number): number => pollAutoscaler(spec, scaler, second * SECOND, metric);
    expect(poll(0, 100)).toBe(10);
    expect([poll(30, 20), poll(299, 20)]).toEqual([10, 10]);
    expect(poll(300, 20)).toBe(2);
  });

  it('does not follow a dip when it may only scale up on what a whole window wanted', () => {
    const slow = { ...spec, stabilizationUpNs: 60 * SECOND };
    const scaler = newAutoscaler(2, 0);
    const poll = (second: number, metric: number): number => pollAutoscaler(slow, scaler, second * SECOND, metric);
    expect([poll(0, 20), poll(30, 200), poll(59, 300)]).toEqual([2, 2, 2]);
    expect(poll(60, 300)).toBe(20);
  });

  it('keeps its last replica until nothing has waited for the cooldown, and a moment more', () => {
    const scaler = newAutoscaler(3, 0);
    const lazy = { ...spec, minReplicas: 0, stabilizationDownNs: 0 };
    const poll = (second: number, metric: number): number => pollAutoscaler(lazy, scaler, second * SECOND, metric);
    expect([poll(10, 30), poll(20, 0), poll(310, 0), poll(311, 0)]).toEqual([3, 1, 1, 0]);
    expect([poll(400, 500), poll(430, 500)]).toEqual([1, 50]);
  });

  it('has replicas that are starting, and gives up those first', () => {
    const started = { ...spec, startUpNs: 30 * SECOND, stabilizationDownNs: 0 };
    const scaler = newAutoscaler(1, 0);
    pollAutoscaler(started, scaler, 0, 50);
    pollAutoscaler(started, scaler, 10 * SECOND, 70);
    expect([workingReplicas(scaler, 0), nextStartNs(scaler)]).toEqual([1, 30 * SECOND]);
    expect([workingReplicas(scaler, 30 * SECOND), nextStartNs(scaler)]).toEqual([5, 40 * SECOND]);
    pollAutoscaler(started, scaler, 35 * SECOND, 60);
    expect([scaler.wanted, workingReplicas(scaler, 35 * SECOND)]).toEqual([6, 5]);
    pollAutoscaler(started, scaler, 36 * SECOND, 30);
    expect([scaler.wanted, workingReplicas(scaler, 36 * SECOND), nextStartNs(scaler)]).toEqual([3, 3, Number.POSITIVE_INFINITY]);
  });

  it('P61: whose replicas start later than a burst lasts has none more working while it lasts', () => {
    const late = { ...spec, startUpNs: 120 * SECOND, stabilizationDownNs: 0 };
    const scaler = newAutoscaler(1, 0);
    const working: number[] = [];
    for (let second = 0; second <= 300; second += 30) {
      pollAutoscaler(late, scaler, second * SECOND, second < 60 ? 100 : 0);
      working.push(workingReplicas(scaler, second * SECOND));
    }
    expect(Math.max(...working)).toBe(1);
  });
});
