// How long a Kafka client waits before it tries again or reconnects. Used by producer and consumer clients; keeps no state, takes no
// time, and the uniform draw is handed in. Follows `ExponentialBackoff`; vectors/kafka/exponential-backoff.json; K21.

import { assert } from '../../kernel/assert.ts';
import { exp2, floor, max, min } from '../../kernel/exact-math.ts';

export interface ClientBackoff {
  readonly initialMs: number;
  /** A whole number, not negative. */
  readonly multiplier: number;
  readonly maxMs: number;
  /** Share by which a wait strays either way, 0 to 1. */
  readonly jitter: number;
}

/** What every Java client has of these: doubling, a fifth either way. Source: `CommonClientConfigs`. */
export const CLIENT_MULTIPLIER = 2;
export const CLIENT_JITTER = 0.2;

/**
 * Whole ms before the next try after `failures` (from 0) in a row; `u` is uniform from 0 to 1 and not looked at without jitter. A longest
 * wait that is not above the first one holds for all, without jitter. Else growth ends at the power that makes the longest wait of the
 * first, found by logarithms: rounded as in Java, so that the last step may come out one ms short.
 */
export function clientBackoffMs({ initialMs, multiplier, maxMs, jitter }: ClientBackoff, failures: number, u: number): number {
  assert(multiplier >= 0, 'a wait is multiplied by a whole number');
  if (maxMs <= initialMs) return maxMs;
  // Nothing grows from nothing, by whatever it is multiplied; by 1, the power at which growth ends would be none at all.
  if (initialMs === 0) return 0;
  const failuresMax = log(maxMs / max(initialMs, 1)) / log(multiplier);
  const term = initialMs * power(multiplier, min(failures, failuresMax));
  return min(maxMs, floor(jitter === 0 ? term : (1 - jitter + 2 * jitter * u) * term));
}

/** Whether a wait depends on the draw. One that does not must not consume one. */
export const usesBackoffDraw = ({ initialMs, maxMs, jitter }: ClientBackoff): boolean => maxMs > initialMs && jitter > 0;

// ------------------------------------------------------------------ logarithm and power to the last bit

// Whether a wait is cut off one ms short hangs on the last bit of a logarithm and of a power, so they are taken here in whole numbers
// with 120 binary digits behind the point and rounded once, as `Math.log` and `Math.pow` of Java do in every case that was recorded.
const FRACTION = 120n;
const ONE = 1n << FRACTION;
const scale = exp2(120);

const timesFixed = (a: bigint, b: bigint): bigint => (a * b) >> FRACTION;
const overFixed = (a: bigint, b: bigint): bigint => (a << FRACTION) / b;

/** Natural logarithm of a number of at least 1, rounded to nearest. */
const log = (x: number): number => Number(lnFixed(BigInt(x * scale))) / scale;

/** base^exponent for a whole base of at least 2 and an exponent of at least 0, rounded to nearest. */
function power(base: number, exponent: number): number {
  if (exponent === 0) return 1;
  const doublings = timesFixed(BigInt(exponent * scale), overFixed(lnFixed(BigInt(base) << FRACTION), LN2));
  const whole = doublings >> FRACTION;
  return Number(expFixed(timesFixed(doublings - (whole << FRACTION), LN2)) << whole) / scale;
}

/** e^x for x below 1: the Taylor series, until its terms are nothing. */
function expFixed(x: bigint): bigint {
  let sum = ONE;
  let term = ONE;
  for (let i = 1n; term > 0n; i++) {
    term = timesFixed(term, x) / i;
    sum += term;
  }
  return sum;
}

/** Natural logarithm of x of at least 1: halved until it is below 2, then 2 artanh((x - 1) / (x + 1)). */
function lnFixed(x: bigint): bigint {
  let halvings = 0n;
  for (; x >= ONE << 1n; x >>= 1n) halvings++;
  return halvings * LN2 + 2n * artanhFixed(overFixed(x - ONE, x + ONE));
}

function artanhFixed(z: bigint): bigint {
  const square = timesFixed(z, z);
  let sum = 0n;
  for (let term = z, i = 1n; term > 0n; term = timesFixed(term, square), i += 2n) sum += term / i;
  return sum;
}

const LN2 = 2n * artanhFixed(ONE / 3n);
