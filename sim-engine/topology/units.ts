// Durations and sizes as people write them ("250ms", "10KB") to and from the whole nanoseconds and bytes the engine counts
// in. Parser, forms and command line use the same functions. Never rounds: what is not a whole number is refused.

/** Nanoseconds of each unit, longest first. */
const DURATION_UNITS: readonly (readonly [unit: string, ns: number])[] = [
  ['d', 86_400_000_000_000],
  ['h', 3_600_000_000_000],
  ['min', 60_000_000_000],
  ['s', 1_000_000_000],
  ['ms', 1_000_000],
  ['us', 1_000],
  ['ns', 1],
];
const BYTE_UNITS: readonly (readonly [unit: string, bytes: number])[] = [
  ['TB', 1e12],
  ['GB', 1e9],
  ['MB', 1e6],
  ['KB', 1e3],
  ['B', 1],
];
/** Read, never written: powers of two for those who think in them. The Greek letters are what keyboards make of "us". */
const NS_BY_UNIT: ReadonlyMap<string, number> = new Map([...DURATION_UNITS, ['µs', 1_000], ['μs', 1_000]]);
const BYTES_BY_UNIT: ReadonlyMap<string, number> = new Map([
  ...BYTE_UNITS,
  ['kB', 1e3],
  ['KiB', 1024],
  ['MiB', 1_048_576],
  ['GiB', 1_073_741_824],
  ['TiB', 1_099_511_627_776],
]);

/** Why a text is no quantity: no number with a unit, not a whole number of the smallest unit, or beyond 2^53. */
export type QuantityFault = 'malformed' | 'too-fine' | 'too-large';
export type Quantity = { readonly ok: true; readonly value: number } | { readonly ok: false; readonly fault: QuantityFault };

const DIGITS_MAX = 20;
/** Exact up to 10^22. */
const POWERS_OF_TEN = Array.from({ length: DIGITS_MAX + 1 }, (_, digits) => Number(`1e${digits}`));

/** "1.5s" as 1500000000. A text without a unit is `malformed`: 5 of what? */
export function parseDuration(text: string): Quantity {
  return parseQuantity(text, NS_BY_UNIT);
}

/** "10KB" as 10000, "1KiB" as 1024. A rate may say so: "10MB/s". A unit is asked for; bare numbers are the caller's. */
export function parseBytes(text: string): Quantity {
  return parseQuantity(text.endsWith('/s') ? text.slice(0, -2) : text, BYTES_BY_UNIT);
}

/** Digits, perhaps a point and more digits, perhaps a blank, a unit. By hand: a document may hold half a million of them. */
function parseQuantity(text: string, units: ReadonlyMap<string, number>): Quantity {
  const wholeEnd = endOfDigits(text, 0);
  const hasPoint = text.charCodeAt(wholeEnd) === POINT;
  const decimalsFrom = hasPoint ? wholeEnd + 1 : wholeEnd;
  const end = hasPoint ? endOfDigits(text, decimalsFrom) : wholeEnd;
  const unit = units.get(text.slice(text.charCodeAt(end) === BLANK ? end + 1 : end));
  const isSound = wholeEnd > 0 && wholeEnd <= DIGITS_MAX && (!hasPoint || end > decimalsFrom) && end - decimalsFrom <= DIGITS_MAX;
  if (unit === undefined || !isSound) return { ok: false, fault: 'malformed' };
  const whole = text.slice(0, wholeEnd);
  return hasPoint ? exactFraction(whole, text.slice(decimalsFrom, end), unit) : safe(Number(whole) * unit);
}

const POINT = 0x2e;
const BLANK = 0x20;

function endOfDigits(text: string, from: number): number {
  let at = from;
  for (let code = text.charCodeAt(at); code >= 0x30 && code <= 0x39; code = text.charCodeAt(at)) at++;
  return at;
}

/** Decimal fractions in whole numbers throughout: in floating point 1.1 s would not be 1100000000 ns for every digit. */
function exactFraction(whole: string, decimals: string, unit: number): Quantity {
  const fraction = decimals.endsWith('0') ? decimals.replace(/0+$/, '') : decimals;
  const digits = whole + fraction;
  const scale = POWERS_OF_TEN[fraction.length] as number;
  // Common lengths need no big numbers, which are ten times as slow.
  if (digits.length <= 15 && unit % scale === 0) return safe(Number(digits) * (unit / scale));
  const scaled = BigInt(digits) * BigInt(unit);
  return scaled % BigInt(scale) === 0n ? safe(Number(scaled / BigInt(scale))) : { ok: false, fault: 'too-fine' };
}

const safe = (value: number): Quantity => (Number.isSafeInteger(value) ? { ok: true, value } : { ok: false, fault: 'too-large' });

/**
 * The shortest exact way to write a duration: 1500000000 as "1.5s", 90000000000 as "90s", 0 as "0s". `parseDuration` of
 * the answer is `ns` again. `ns` is a whole number from 0 to 2^53 - 1.
 */
export function printDuration(ns: number): string {
  if (ns === 0) return '0s';
  for (const [unit, size] of DURATION_UNITS) {
    // Minutes and longer only when whole: nobody reads 1.5min faster than 90s.
    const text = printIn(ns, size, size > 1_000_000_000 ? 0 : 3);
    if (text !== null) return text + unit;
  }
  return `${ns}ns`;
}

/** The shortest exact way to write a size: 10000 as "10KB". `bytes` is a whole number from 0 to 2^53 - 1. */
export function printBytes(bytes: number): string {
  if (bytes === 0) return '0B';
  for (const [unit, size] of BYTE_UNITS) {
    const text = printIn(bytes, size, 3);
    if (text !== null) return text + unit;
  }
  return `${bytes}B`;
}

/** `value` in units of `size` with at most `digits` decimals, or null if that would not be exact or starts with 0. */
function printIn(value: number, size: number, digits: number): string | null {
  if (value < size) return null;
  const rest = value % size;
  const whole = (value - rest) / size;
  if (rest === 0) return String(whole);
  const step = size / (digits === 0 ? 1 : 1000);
  if (digits === 0 || rest % step !== 0) return null;
  return `${whole}.${String(rest / step)
    .padStart(digits, '0')
    .replace(/0+$/, '')}`;
}
