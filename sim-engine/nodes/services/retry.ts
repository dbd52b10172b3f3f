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
  /**
   * Where it waits: in the queue; in the worker, as in the brief's sample, and then through the queue; or in the worker, which
   * then goes on with it itself, so that nothing behind it overtakes.
   */
  readonly waits: 'in-queue' | 'in-worker' | 'in-place';
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
    waits: params.retryWait as RetryPolicy['waits'],
  };
}
