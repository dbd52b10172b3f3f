// Judges patterns/autoscale: the metric of the lags and the replicas it calls for, by the rule that the service uses.

import { type AutoscalerSpec, desiredReplicas, KEDA_KAFKA_DEFAULTS, lagMetric } from '../../parts/autoscaler.ts';
import type { Judgement, VectorCase, VectorFormat } from './format.ts';

export const AUTOSCALE_FORMAT: VectorFormat = {
  key: 'patterns/autoscale',
  judge(one: VectorCase): Judgement {
    const input = one.input as {
      readonly partitionLags: readonly number[];
      readonly lagThreshold?: number;
      readonly activationLagThreshold?: number;
      readonly minReplicas?: number;
      readonly maxReplicas?: number;
      readonly currentReplicas: number;
      readonly allowIdleConsumers?: boolean;
      readonly limitToPartitionsWithLag?: boolean;
    };
    const { threshold, activation, minReplicas, maxReplicas, isIdleAllowed, isLimitedToLagging } = KEDA_KAFKA_DEFAULTS;
    const spec: AutoscalerSpec = {
      ...KEDA_KAFKA_DEFAULTS,
      threshold: input.lagThreshold ?? threshold,
      activation: input.activationLagThreshold ?? activation,
      minReplicas: input.minReplicas ?? minReplicas,
      maxReplicas: input.maxReplicas ?? maxReplicas,
      isIdleAllowed: input.allowIdleConsumers ?? isIdleAllowed,
      isLimitedToLagging: input.limitToPartitionsWithLag ?? isLimitedToLagging,
    };
    const metric = lagMetric(spec, input.partitionLags, input.partitionLags.length);
    const desired = desiredReplicas(spec, metric, input.currentReplicas);
    const faults: string[] = [];
    if (metric !== one.expected.metric) faults.push(`metric ${metric}, recorded ${one.expected.metric}`);
    if (desired !== one.expected.desired) faults.push(`desired ${desired}, recorded ${one.expected.desired}`);
    return { faults };
  },
};
