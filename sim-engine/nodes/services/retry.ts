// What a service does after a failed attempt: which backoff its parameters name, and whether there is another attempt at all.

import type { BackoffSpec, BackoffStrategy } from '../../parts/backoff.ts';
import type { Params } from '../fields.ts';

/** Words of the `retry` field and the strategy each stands for. 'none' gives up at once and has no strategy. */
const STRATEGIES: ReadonlyMap<string, BackoffStrategy> = new Map([
  ['fixed', 'constant'],
  ['linear', 'linear'],
  ['exponential', 'none'],
  ['exponential-full', 'full'],
  ['exponential-equal', 'equal'],
  ['decorrelated', 'decorrelated'],
  ['randomized', 'randomized'],
  ['polly-constant', 'pollyJitterConstant'],
  ['polly-linear', 'pollyJitterLinear'],
  ['polly-decorrelated', 'pollyDecorrelatedV2'],
]);

export interface RetryPolicy {
  /** null: give up at the first failure. */
  readonly backoff: BackoffSpec | null;
  /** Deliveries in all, the first included; 0 = no limit. */
  readonly maxAttempts: number;
  /** Whether the wait happens in the worker, as in the brief's sample, or in the queue. */
  readonly waitsInWorker: boolean;
}

/** Times in ns. */
export function retryPolicyOf(params: Params): RetryPolicy {
  const strategy = STRATEGIES.get(params.retry as string);
  return {
    backoff:
      strategy === undefined
        ? null
        : {
            strategy,
            base: params.retryBase as number,
            cap: params.retryCap as number,
            multiplier: params.retryMultiplier as number,
            randomizationFactor: params.retryRandomization as number,
          },
    maxAttempts: params.maxAttempts as number,
    waitsInWorker: params.retryWait === 'in-worker',
  };
}
