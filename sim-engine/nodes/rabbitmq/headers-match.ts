// Whether the headers of a message match the arguments of a binding to a headers exchange. Pure functions, used by `exchange.ts`.
// semantics/rabbitmq.md 2.2; vectors/rabbitmq/headers.json; the rules are those of rabbit_exchange_type_headers.

import type { AmqpDouble, HeaderTable, HeaderValue, Version } from './model.ts';

const X_MATCH = 'x-match';

/** Whether a binding may have these arguments: `x-match` absent, or one of four words as text. */
export function isHeadersBinding(args: HeaderTable): boolean {
  const match = args.get(X_MATCH);
  return match === undefined || match === 'all' || match === 'any' || match === 'all-with-x' || match === 'any-with-x';
}

export function matchHeaders(version: Version, args: HeaderTable, headers: HeaderTable | null): boolean {
  const match = args.get(X_MATCH);
  const isAny = match === 'any' || match === 'any-with-x';
  const withX = match === 'all-with-x' || match === 'any-with-x';
  for (const [name, wanted] of args) {
    if (name === X_MATCH || (!withX && name.startsWith('x-'))) continue;
    if (isMet(version, wanted, headers?.get(name)) === isAny) return isAny;
  }
  // With nothing left to ask, `all` holds of any message and `any` of none.
  return !isAny;
}

/** An argument without a value asks only that the header is there. */
function isMet(version: Version, wanted: HeaderValue, found: HeaderValue | undefined): boolean {
  if (found === undefined) return false;
  if (wanted === null) return true;
  // Up to 3.10 the server compared with `==`, for which 1 and 1.0 are one number. Inside arrays and tables each value brings
  // its type along, so there they never were.
  if (version === '3.10' && isNumber(wanted) && isNumber(found)) return numberOf(wanted) === numberOf(found);
  return isSameValue(wanted, found);
}

/** Kind and value alike; arrays and tables whole, tables also in the order of their keys, as a list of the server is. */
export function isSameValue(a: HeaderValue, b: HeaderValue): boolean {
  if (a === b) return true;
  if (isDouble(a) || isDouble(b)) return isDouble(a) && isDouble(b) && numberOf(a) === numberOf(b);
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (isTable(a) || isTable(b)) return isTable(a) && isTable(b) && isSameTable(a, b);
  if (!isList(a) || !isList(b)) return false;
  return a.length === b.length && a.every((value, i) => isSameValue(value, b[i] as HeaderValue));
}

function isSameTable(a: HeaderTable, b: HeaderTable): boolean {
  if (a.size !== b.size) return false;
  const others = [...b];
  return [...a].every(([name, value], i) => {
    const [otherName, other] = others[i] as readonly [string, HeaderValue];
    return name === otherName && isSameValue(value, other);
  });
}

/** A double, be it that its fraction says so or it itself. */
export function isDouble(value: HeaderValue): value is number | AmqpDouble {
  if (typeof value === 'number') return !Number.isInteger(value);
  return typeof value === 'object' && value !== null && !isList(value) && !isTable(value);
}
export const isTable = (value: HeaderValue): value is HeaderTable => value instanceof Map;
export const isList = (value: HeaderValue): value is readonly HeaderValue[] => Array.isArray(value);
const isNumber = (value: HeaderValue): value is number | AmqpDouble => typeof value === 'number' || isDouble(value);
export const numberOf = (value: number | AmqpDouble): number => (typeof value === 'number' ? value : value.double);
