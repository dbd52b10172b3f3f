// Lets through so many per second and a burst on top: starts full, refills continuously, gives one token per message. Nothing is
// refilled: the state is the time at which the bucket will be full again, to an exact fraction of a nanosecond, and a token taken
// puts it off by the time that one token takes. So nothing drifts, however often it is asked. Senders, services and relays call it;
// the state is plain. Pinned by testing/vectors/patterns/token-bucket.json; P62 of docs/semantics/patterns.md.

import { assert } from '../kernel/assert.ts';
import { floor } from '../kernel/exact-math.ts';

/** Made by `tokenBucketSpec`: a rate of `tokens` per `perNs`, and what follows from it, in whole ns and parts of which `tokens` make one. */
export interface TokenBucketSpec {
  readonly tokens: number;
  readonly perNs: number;
  /** Tokens that fit, whole. */
  readonly burst: number;
  /** How long one token takes to come. */
  readonly tokenNs: number;
  readonly tokenParts: number;
  /** How long all but one take to come: as far ahead of now the bucket may be full and still give one. */
  readonly aheadNs: number;
  readonly aheadParts: number;
}

/** When the bucket is full again, or was. */
export interface TokenBucket {
  fullNs: number;
  /** Below `tokens` of the spec. */
  fullParts: number;
}

const SECOND_NS = 1e9;
/** A float64 says no more than this of a rate: 2^52. */
const RATE_DIGITS = 4_503_599_627_370_496;
/** Half of all simulated time, ns. */
const FILL_NS_MAX = 4_503_599_627_370_496;

/**
 * A bucket of a rate per second, from 1e-6 to 1e9, and a whole burst, which must fill within 52 days. The rate is taken as the
 * simplest ratio of whole numbers that it can be told from: 0.1 is one in ten seconds, though no float64 is a tenth.
 */
export function tokenBucketSpec(ratePerSecond: number, burst: number): TokenBucketSpec {
  assert(ratePerSecond >= 1e-6 && ratePerSecond <= SECOND_NS, 'the rate of a token bucket is out of bounds');
  assert(burst >= 1 && floor(burst) === burst, 'the burst of a token bucket is a whole number');
  assert((burst / ratePerSecond) * SECOND_NS <= FILL_NS_MAX, 'the burst of a token bucket does not fill within 52 days');
  const { numerator: perNs, denominator: tokens } = simplestRatio(SECOND_NS / ratePerSecond);
  const ahead = BigInt(burst - 1) * BigInt(perNs);
  return {
    tokens,
    perNs,
    burst,
    tokenNs: floor(perNs / tokens),
    tokenParts: perNs % tokens,
    aheadNs: Number(ahead / BigInt(tokens)),
    aheadParts: Number(ahead % BigInt(tokens)),
  };
}

/** The simplest ratio of whole numbers that agrees with a number of at least 1 in all its digits. */
function simplestRatio(value: number): { readonly numerator: number; readonly denominator: number } {
  // Its continued fraction: the convergents are the best ratios there are.
  let numerator = floor(value);
  let denominator = 1;
  let numeratorBefore = 1;
  let denominatorBefore = 0;
  let rest = value - numerator;
  while (rest > 0) {
    const error = numerator / denominator - value;
    if ((error < 0 ? -error : error) * RATE_DIGITS <= value) break;
    const times = floor(1 / rest);
    rest = 1 / rest - times;
    const numeratorNext = times * numerator + numeratorBefore;
    const denominatorNext = times * denominator + denominatorBefore;
    numeratorBefore = numerator;
    denominatorBefore = denominator;
    numerator = numeratorNext;
    denominator = denominatorNext;
  }
  return { numerator, denominator };
}

export const newTokenBucket = (nowNs: number): TokenBucket => ({ fullNs: nowNs, fullParts: 0 });

/** Takes a token if there is one. */
export function takeToken(spec: TokenBucketSpec, bucket: TokenBucket, nowNs: number): boolean {
  if (!hasToken(spec, bucket, nowNs)) return false;
  if (bucket.fullNs < nowNs) {
    bucket.fullNs = nowNs;
    bucket.fullParts = 0;
  }
  bucket.fullNs += spec.tokenNs;
  bucket.fullParts += spec.tokenParts;
  if (bucket.fullParts >= spec.tokens) {
    bucket.fullParts -= spec.tokens;
    bucket.fullNs++;
  }
  return true;
}

function hasToken({ aheadNs, aheadParts }: TokenBucketSpec, { fullNs, fullParts }: TokenBucket, nowNs: number): boolean {
  const restNs = fullNs - aheadNs - nowNs;
  return restNs < 0 || (restNs === 0 && fullParts <= aheadParts);
}

/** When there is a token again, if nobody takes one before: the first nanosecond, not before now. */
export function nextTokenNs(spec: TokenBucketSpec, bucket: TokenBucket, nowNs: number): number {
  if (hasToken(spec, bucket, nowNs)) return nowNs;
  return bucket.fullNs - spec.aheadNs + (bucket.fullParts > spec.aheadParts ? 1 : 0);
}

/** Tokens there are, with the fraction of the one that is coming, as far as a float64 says it. For dials. */
export function tokensAt(spec: TokenBucketSpec, { fullNs, fullParts }: TokenBucket, nowNs: number): number {
  if (fullNs < nowNs) return spec.burst;
  const missingNs = fullNs - nowNs + fullParts / spec.tokens;
  return spec.burst - (missingNs * spec.tokens) / spec.perNs;
}
