// The arguments of a queue in a definitions file as fields of a drawing: each goes to the field that has its name as key. Pure; which
// arguments a server refuses was looked at before.

import type { Field, Fields } from '../nodes/fields.ts';
import type { HeaderTable, HeaderValue } from '../nodes/rabbitmq/model.ts';
import type { Problem } from '../topology/document.ts';
import { parseParam } from '../topology/params.ts';
import { type ProblemCode, type ProblemValues, shown } from '../topology/problems.ts';
import { isObject, type JsonObject } from '../topology/shapes.ts';
import { printDuration } from '../topology/units.ts';

export const QUEUE_TYPE = 'x-queue-type';
/** These two are wires in a drawing. */
export const DLX = 'x-dead-letter-exchange';
export const DLX_KEY = 'x-dead-letter-routing-key';
const MAX_AGE = 'x-max-age';
const MS_NS = 1_000_000;

/** A field with its value in document form, or a remark on why there is none, or both. */
type Drawn =
  | Record<string, never>
  | { readonly param: string; readonly value: unknown }
  | { readonly note: ProblemCode; readonly values?: ProblemValues }
  | { readonly param: string; readonly value: unknown; readonly note: ProblemCode; readonly values: ProblemValues };

export function drawnArgument(fields: Fields, argument: string, value: unknown): Drawn {
  if (argument === DLX || argument === DLX_KEY) return {};
  const [param, field] = Object.entries(fields).find(([, one]) => one.key === argument) ?? [];
  if (param === undefined || field === undefined) return { note: 'definitions-argument' };
  if (value === 0 && isUnsetByZero(field)) {
    // No time at all is less than the ms in which the server counts, and more than the nothing that means no limit.
    return field.kind === 'duration' ? { param, value: '1ns' } : { note: 'definitions-zero' };
  }
  const drawn = field.kind !== 'duration' ? value : argument === MAX_AGE ? ageOf(value) : durationOf(value);
  const parsed = parseParam(field, drawn, []);
  if (parsed.ok) return drawn === field.default ? {} : { param, value: drawn };
  const { code, values } = parsed.problems[0] as Problem;
  if (code !== 'out-of-range' || !('max' in field)) return { note: 'definitions-argument' };
  const most = { found: shown(value), most: values?.most ?? '' };
  return { param, value: field.max, note: 'definitions-clamped', values: most };
}

/** Whether a field says by 0 that it is not set at all. */
const isUnsetByZero = (field: Field): boolean => field.default === 0 || (field.kind === 'duration' && field.default === '0s');

const durationOf = (value: unknown): unknown => (typeof value === 'number' && value >= 0 ? printDuration(value * MS_NS) : value);

const AGE_UNITS_S: { readonly [unit: string]: number } = { Y: 31_536_000, M: 2_592_000, D: 86_400, h: 3_600, m: 60, s: 1 };

/** The age of a stream, `7D`, as a length of time. */
function ageOf(value: unknown): unknown {
  const [, count, unit] = typeof value === 'string' ? (/^(\d+)([YMDhms])$/.exec(value) ?? []) : [];
  return count === undefined ? value : durationOf(Number(count) * (AGE_UNITS_S[unit as string] as number) * 1000);
}

/** A table out of the file in the broker's own words. */
export const headerTableOf = (object: JsonObject): HeaderTable =>
  new Map(Object.entries(object).map(([name, value]) => [name, headerOf(value)]));

function headerOf(value: unknown): HeaderValue {
  if (Array.isArray(value)) return value.map(headerOf);
  if (!isObject(value)) return value as HeaderValue;
  return Object.keys(value).length === 1 && typeof value.double === 'number' ? { double: value.double } : headerTableOf(value);
}
