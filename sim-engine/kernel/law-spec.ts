// The laws that lengths of time and of bytes can follow, as plain numbers. `distributions.ts` draws from them.

/**
 * A law of non-negative lengths, in nanoseconds or in bytes.
 *
 * - `constant`: always `value`.
 * - `uniform`: any length from `low` to `high`, all equally likely.
 * - `exponential`: memoryless, squared coefficient of variation (scv) 1.
 * - `erlang`: sum of `shape` exponentials, scv 1/shape.
 * - `hyperexponential`: two-phase; with probability `share` exponential of `mean1`, else of `mean2`; scv at least 1.
 * - `two-point`: `value1` with probability `share`, else `value2`.
 * - `normal`: bell curve cut off at 0 (a draw below 0 becomes 0).
 * - `log-normal`: by its own mean and scv (not those of the logarithm).
 * - `geometric`: k units with probability (1 - share)^(k-1) * share, k = 1, 2, ...: the law of a tick loop.
 */
export type LawSpec =
  | { readonly law: 'constant'; readonly value: number }
  | { readonly law: 'uniform'; readonly low: number; readonly high: number }
  | { readonly law: 'exponential'; readonly mean: number }
  | { readonly law: 'erlang'; readonly shape: number; readonly mean: number }
  | { readonly law: 'hyperexponential'; readonly share: number; readonly mean1: number; readonly mean2: number }
  | { readonly law: 'two-point'; readonly share: number; readonly value1: number; readonly value2: number }
  | { readonly law: 'normal'; readonly mean: number; readonly deviation: number }
  | { readonly law: 'log-normal'; readonly mean: number; readonly scv: number }
  | { readonly law: 'geometric'; readonly share: number; readonly unit: number };
