// Judges patterns/retry-budget: the budget of each client, event by event, by the operations that the service uses.

import {
  AWS_QUOTA_DEFAULTS,
  grpcFailed,
  grpcSucceeded,
  mayGrpcRetry,
  newAwsQuota,
  newGrpcThrottle,
  returnAwsSuccess,
  takeAwsRetry,
} from '../../parts/retry-budget.ts';
import type { Judgement, VectorCase, VectorFormat } from './format.ts';

/** Tokens are recorded with the rounding of sums of tenths. */
const TOKENS_TOLERANCE = 1e-6;

interface Found {
  readonly tokens: number;
  readonly retryAllowed?: boolean;
}

interface AwsEvent {
  readonly kind: 'success' | 'successAfterRetry' | 'error' | 'timeout' | 'throttle';
  readonly lastCost?: number;
}

export const RETRY_BUDGET_FORMAT: VectorFormat = {
  key: 'patterns/retry-budget',
  judge(one: VectorCase): Judgement {
    const found = one.input.algorithm === 'grpcThrottle' ? grpcSteps(one.input) : awsSteps(one.input);
    const wanted = (one.expected as { readonly steps: readonly Found[] }).steps;
    const faults: string[] = [];
    if (found.length !== wanted.length) faults.push(`${found.length} events but ${wanted.length} recorded`);
    for (const [i, { tokens, retryAllowed }] of wanted.entries()) {
      const seen = found[i];
      if (!(Math.abs((seen?.tokens ?? Number.NaN) - tokens) <= TOKENS_TOLERANCE))
        faults.push(`event ${i}: ${seen?.tokens} tokens, recorded ${tokens}`);
      if (seen?.retryAllowed !== retryAllowed)
        faults.push(`event ${i}: retryAllowed ${seen?.retryAllowed}, recorded ${retryAllowed}`);
    }
    return { faults };
  },
};

function awsSteps(input: VectorCase['input']): readonly Found[] {
  if (input.algorithm !== 'awsStandardQuota') throw new Error(`no budget ${input.algorithm}`);
  const spec = { ...AWS_QUOTA_DEFAULTS, capacity: (input.capacity as number | undefined) ?? AWS_QUOTA_DEFAULTS.capacity };
  const quota = newAwsQuota(spec);
  return (input.events as readonly AwsEvent[]).map(({ kind, lastCost }) => {
    if (kind === 'success' || kind === 'successAfterRetry') {
      returnAwsSuccess(spec, quota, kind === 'success' ? 0 : (lastCost as number));
      return { tokens: quota.tokens };
    }
    const retryAllowed = takeAwsRetry(spec, quota, kind !== 'error') > 0;
    return { tokens: quota.tokens, retryAllowed };
  });
}

function grpcSteps(input: VectorCase['input']): readonly Found[] {
  const spec = { maxTokens: input.maxTokens as number, tokenRatio: input.tokenRatio as number };
  const throttle = newGrpcThrottle(spec);
  return (input.events as readonly ('success' | 'failure')[]).map((event) => {
    if (event === 'success') grpcSucceeded(spec, throttle);
    else grpcFailed(throttle);
    return { tokens: throttle.milliTokens / 1000, retryAllowed: mayGrpcRetry(spec, throttle) };
  });
}
