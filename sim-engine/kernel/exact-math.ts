// Arithmetic that gives the same bits on every host. Everyone in the engine who needs more than + - * / takes it from here; no
// other file of the engine names `Math`, whose transcendental functions differ between Node, Chromium and Firefox, even
// between versions of one of them. What is re-exported is exact by the language's own definition.

import { EXP2_HIGH, EXP2_LOW } from './tables/exp2-fractions.ts';

export const imul = Math.imul;
export const clz32 = Math.clz32;
export const floor = Math.floor;
export const ceil = Math.ceil;
export const sqrt = Math.sqrt;
export const min = Math.min;
export const max = Math.max;
const abs = Math.abs;

const LEAST_EXPONENT = -1074;
const GREATEST_EXPONENT = 1023;

/** POWERS[e - LEAST_EXPONENT] = 2^e, for every e that a float64 can hold. Doubling is exact. */
const POWERS = new Float64Array(GREATEST_EXPONENT - LEAST_EXPONENT + 1);
for (let i = 0, power = Number.MIN_VALUE; i < POWERS.length; i++, power *= 2) POWERS[i] = power;

const FRACTIONS_HIGH = Float64Array.from(EXP2_HIGH);
const FRACTIONS_LOW = Float64Array.from(EXP2_LOW);

const THIRTY_TWO_OVER_LN2 = 46.16624130844683;
/** ln 2 / 32 in two parts. The first has 36 bits, so that its product with a whole number of 17 bits is exact. */
const LN2_OVER_32_HIGH = 0.021660849392446835;
const LN2_OVER_32_LOW = 5.145609244655338e-14;
const LN2 = 32 * LN2_OVER_32_HIGH + 32 * LN2_OVER_32_LOW;

/** Beyond these e^x is more than the greatest float64, or less than half of the least. */
const EXP_OVERFLOW = 709.782712893384;
const EXP_UNDERFLOW = -745.1332191019412;

/** e^x within 0.6 ulp; 1 ulp where the result is subnormal. */
export function exp(x: number): number {
  if (!(x <= EXP_OVERFLOW)) return x > EXP_OVERFLOW ? Infinity : x;
  if (x < EXP_UNDERFLOW) return 0;
  const steps = floor(x * THIRTY_TWO_OVER_LN2 + 0.5);
  return exp2OfSteps(steps, x - steps * LN2_OVER_32_HIGH - steps * LN2_OVER_32_LOW);
}

/** 2^x within 0.6 ulp; exact for whole x; 1 ulp where the result is subnormal. */
export function exp2(x: number): number {
  if (!(x < 1024)) return x >= 1024 ? Infinity : x;
  if (x < -1075) return 0;
  const steps = floor(x * 32 + 0.5);
  return exp2OfSteps(steps, (x - steps / 32) * LN2);
}

/** 2^(steps/32) * e^rest, for a rest of at most ln 2 / 64 = 0.0109 either way. */
function exp2OfSteps(steps: number, rest: number): number {
  const fraction = steps & 31;
  const exponent = steps >> 5;
  const high = FRACTIONS_HIGH[fraction] as number;
  const scaled = high + ((FRACTIONS_LOW[fraction] as number) + high * expm1OfSmall(rest));
  // Two cases lie beyond the table though the result does not: just below 2^1024, and at half of the least float64.
  if (exponent > GREATEST_EXPONENT) return scaled * 2 * (POWERS[GREATEST_EXPONENT - LEAST_EXPONENT] as number);
  if (exponent < LEAST_EXPONENT) return scaled * 0.5 * (POWERS[0] as number);
  return scaled * (POWERS[exponent - LEAST_EXPONENT] as number);
}

/** e^x - 1 for |x| <= 0.0109: the Taylor series, whose term x^8/8! is below 2^-67 there. */
function expm1OfSmall(x: number): number {
  return x + x * x * (1 / 2 + x * (1 / 6 + x * (1 / 24 + x * (1 / 120 + x * (1 / 720 + x * (1 / 5040))))));
}

/** One float64 and its two halves; which half is the upper depends on the host. */
const bits = new Float64Array(1);
const halves = new Uint32Array(bits.buffer);
bits[0] = 1;
const UPPER = halves[1] === 0 ? 0 : 1;

/** Numbers below it are subnormal: lifted into the normal range they show their exponent. */
const LEAST_NORMAL = 2.2250738585072014e-308;
const TWO_TO_54 = 18014398509481984;
/** Upper half of sqrt(1/2), so that a mantissa is taken between sqrt(1/2) and sqrt(2). */
const SQRT_HALF_UPPER = 0x3fe6a09e;
const ONE_UPPER = 0x3ff00000;
/** ln 2 in two parts. The first has 32 bits, so that its product with an exponent is exact. */
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;

/**
 * Natural logarithm within 1 ulp; of 0 -Infinity, of a negative number NaN. With x = 2^k (1 + f) and s = f / (2 + f) it is
 * k ln 2 + f - (f^2/2 - s (f^2/2 + R)), the arrangement of fdlibm's e_log.c that loses least; R = 2 artanh(s) / s - 2 is taken
 * from its series, with z = s^2 <= 0.0295, of which ten terms leave less than 2^-60, in place of a fitted polynomial.
 */
export function ln(x: number): number {
  if (!(x > 0 && x < Infinity)) return x === 0 ? -Infinity : x > 0 ? x : NaN;
  const lift = x < LEAST_NORMAL ? 54 : 0;
  const lifted = lift === 0 ? x : x * TWO_TO_54;
  bits[0] = lifted;
  const power = (((halves[UPPER] as number) + (ONE_UPPER - SQRT_HALF_UPPER)) >>> 20) - 1023;
  // Multiplying by the power costs less than writing the half back: a processor waits for a word put together from two stores.
  const f = lifted * (POWERS[-power - LEAST_EXPONENT] as number) - 1;
  const k = power - lift;
  const halfSquare = 0.5 * f * f;
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const odd = 2 / 3 + w * (2 / 7 + w * (2 / 11 + w * (2 / 15 + w * (2 / 19 + w * (2 / 23)))));
  const even = 2 / 5 + w * (2 / 9 + w * (2 / 13 + w * (2 / 17 + w * (2 / 21))));
  return s * (halfSquare + z * (odd + z * even)) + k * LN2_LOW - halfSquare + f + k * LN2_HIGH;
}

/** Beyond it the hyperbolic tangent rounds to 1. */
const TANH_ONE = 22;
/** Below it the continued fraction loses less than the exponential. */
const TANH_SMALL = 0.55;

/** Hyperbolic tangent within 1 ulp. */
export function tanh(x: number): number {
  const size = abs(x);
  if (!(size < TANH_ONE)) return size >= TANH_ONE ? (x < 0 ? -1 : 1) : x;
  if (size < 1e-9) return x;
  const value = size < TANH_SMALL ? tanhOfSmall(size) : tanhOfLarge(size);
  return x < 0 ? -value : value;
}

/** tanh x = x / (1 + c), with Lambert's c = x^2 / (3 + x^2 / (5 + ...)); written as x less a correction of at most a tenth. */
function tanhOfSmall(x: number): number {
  const square = x * x;
  const c = square / (3 + square / (5 + square / (7 + square / (9 + square / (11 + square / (13 + square / 15))))));
  return x - (x * c) / (1 + c);
}

/** 1 - 2 / (e^2x + 1), with e^2x, its sum with 1 and the difference each kept in two parts: one rounding is left at the end. */
function tanhOfLarge(x: number): number {
  const steps = floor(2 * x * THIRTY_TWO_OVER_LN2 + 0.5);
  const rest = 2 * x - steps * LN2_OVER_32_HIGH - steps * LN2_OVER_32_LOW;
  const power = POWERS[(steps >> 5) - LEAST_EXPONENT] as number;
  const fraction = FRACTIONS_HIGH[steps & 31] as number;
  const high = fraction * power;
  const low = ((FRACTIONS_LOW[steps & 31] as number) + fraction * expm1OfSmall(rest)) * power;
  const sum = high + 1;
  const sumLow = high - sum + 1 + low;
  const quotient = 2 / sum;
  const quotientLow = (-quotient * sumLow) / (sum + sumLow);
  const difference = 1 - quotient;
  return difference + (1 - difference - quotient - quotientLow);
}
