// Decimal numbers with 420 places after the point, and the few functions the engine computes by itself: the slow twin of
// kernel/exact-math.ts. Only tests call it. Plain series on whole numbers; it never touches the host's Math.

/** Places after the point: 76 digits remain of e^-745, the least number a float64 can show. */
const PLACES = 420n;

/** A decimal number: the value times 10^420, rounded towards -infinity by each operation. */
export type BigDecimal = bigint;

export const ONE: BigDecimal = 10n ** PLACES;

/** The exact value of a finite float64, cut after 420 places. */
export function decimalOf(value: number): BigDecimal {
  let halvings = 0n;
  let whole = value;
  while (whole % 1 !== 0) {
    whole *= 2;
    halvings++;
  }
  return (BigInt(whole) * ONE) >> halvings;
}

export const times = (a: BigDecimal, b: BigDecimal): BigDecimal => (a * b) / ONE;
export const over = (a: BigDecimal, b: BigDecimal): BigDecimal => (a * ONE) / b;

/** The series of e^x after 2^10 halvings of the argument, then as many squarings. */
export function bigExp(x: BigDecimal): BigDecimal {
  if (x < 0n) return over(ONE, bigExp(-x));
  const HALVINGS = 10n;
  // Squaring doubles an error as often as there are halvings, and a great power magnifies it: 330 more digits pay for both.
  const guard = 10n ** 330n;
  const one = ONE * guard;
  const small = (x * guard) >> HALVINGS;
  let sum = one;
  let term = one;
  for (let i = 1n; term !== 0n; i++) {
    term = (term * small) / (one * i);
    sum += term;
  }
  for (let i = 0n; i < HALVINGS; i++) sum = (sum * sum) / one;
  return sum / guard;
}

/** 2 artanh((m - 1) / (m + 1)) of the mantissa m, and a whole number of ln 2. */
export function bigLn(x: BigDecimal): BigDecimal {
  if (x <= 0n) throw new RangeError('the logarithm needs a number above 0');
  let twos = 0n;
  let mantissa = x;
  for (; mantissa > 2n * ONE; twos++) mantissa /= 2n;
  // Doubling what lies below 1 is exact, so small numbers lose nothing.
  for (; mantissa < ONE; twos--) mantissa *= 2n;
  return twos * LN2 + lnOfMantissa(mantissa);
}

function lnOfMantissa(mantissa: BigDecimal): BigDecimal {
  const s = over(mantissa - ONE, mantissa + ONE);
  const square = times(s, s);
  let power = s;
  let sum = 0n;
  for (let i = 1n; power !== 0n; i += 2n) {
    sum += power / i;
    power = times(power, square);
  }
  return 2n * sum;
}

const LN2: BigDecimal = lnOfMantissa(2n * ONE);

export const bigExp2 = (x: BigDecimal): BigDecimal => bigExp(times(x, LN2));

export function bigTanh(x: BigDecimal): BigDecimal {
  const square = bigExp(2n * x);
  return over(square - ONE, square + ONE);
}

/** What one unit in the last place of a float64 is worth: the power of two of which it is less than 2^53 times. */
function ulpOf(value: number): number {
  let step = Number.MIN_VALUE;
  while (Math.abs(value) / step >= 2 ** 53) step *= 2;
  return step;
}

/** How far `value` lies from `exact`, in units in the last place of `value`. */
export function ulpsBetween(value: number, exact: BigDecimal): number {
  const MILLION = 1000000n;
  const difference = decimalOf(value) - exact;
  const size = difference < 0n ? -difference : difference;
  // A subnormal ulp cut after 420 places keeps 97 digits.
  return Number((size * MILLION) / decimalOf(ulpOf(value))) / 1e6;
}
