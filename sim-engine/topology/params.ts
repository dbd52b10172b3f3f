// Parameters of a node or wire, from the document's form to the engine's: defaults filled in, durations in whole ns, sizes in
// bytes, every value within its declared limits. Generated from the field declarations; no kind is known here by name.

import { assert } from '../kernel/assert.ts';
import type {
  BytesField,
  ChoiceField,
  DurationField,
  Field,
  Fields,
  Params,
  RateCurveField,
  Step,
  StepKind,
  StepsField,
  TableEntry,
  TableValue,
  TextField,
  TimesField,
  Value,
  Weight,
  WeightsField,
} from '../nodes/fields.ts';
import type { Problem, Result } from './document.ts';
import { readLaw } from './laws.ts';
import { inside, isFull, listed, type Path, type Place, placeOf, report, shown } from './problems.ts';
import { nsOf, readDuration, readNumber, readSize, readWord } from './read-values.ts';
import { isObject, member } from './shapes.ts';
import { nearest } from './suggest.ts';
import { printDuration } from './units.ts';

/**
 * All parameters of one node or wire. `raw` is the document's `params` (undefined = all defaults), `at` its path. What is
 * wrong is added to `problems`; the field then has its default, so that the search can go on.
 */
export function parseParams(fields: Fields, raw: unknown, at: Path, problems: Problem[]): Params {
  return readParams(fields, raw, placeOf(at), problems);
}

/** One parameter, as the `setParam` command gives it. `undefined` = back to the default. */
export function parseParam(field: Field, raw: unknown, at: Path): Result<Value> {
  const problems: Problem[] = [];
  const value = raw === undefined ? defaultOf(field) : readValue(field, raw, placeOf(at), problems);
  return value === undefined || problems.length > 0 ? { ok: false, problems } : { ok: true, value };
}

const defaultsOf = new WeakMap<Fields, Params>();

/** The default of every field, in the engine's units. The lists in it are shared: nobody may change them. */
export function defaultParams(fields: Fields): Params {
  const known = defaultsOf.get(fields);
  if (known !== undefined) return known;
  const defaults = Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, defaultOf(field)]));
  defaultsOf.set(fields, defaults);
  return defaults;
}

function defaultOf(field: Field): Value {
  const problems: Problem[] = [];
  const value = readValue(field, field.default, undefined, problems);
  assert(value !== undefined, `the default of ${field.label} does not fit its own declaration`);
  return value;
}

/** As `parseParams`, for who holds a place already. */
export function readParams(
  fields: Fields,
  raw: unknown,
  place: Place | undefined,
  problems: Problem[],
  leftOut: readonly string[] = [],
): Params {
  const defaults = defaultParams(fields);
  if (raw === undefined) return defaults;
  if (!isObject(raw)) {
    report(problems, 'not-an-object', place, { found: shown(raw) });
    return defaults;
  }
  const params: { [field: string]: Value } = { ...defaults };
  for (const name of Object.keys(raw)) {
    if (isFull(problems)) break;
    const given = raw[name];
    if (given === undefined) continue;
    const here = inside(place, name);
    if (leftOut.includes(name)) report(problems, 'left-out', here, { field: name });
    else if (!Object.hasOwn(fields, name)) reportUnknownField(name, fields, here, problems);
    else params[name] = readValue(fields[name] as Field, given, here, problems) ?? (defaults[name] as Value);
  }
  return params;
}

export function reportUnknownField(name: string, fields: Fields, place: Place, problems: Problem[]): void {
  const known = Object.keys(fields);
  if (known.length === 0) {
    report(problems, 'field-of-none', place, { field: shown(name) });
    return;
  }
  const meant = nearest(name, known);
  const values = { field: shown(name), known: listed(known) };
  report(problems, 'unknown-field', place, meant === undefined ? values : { ...values, nearest: meant });
}

function readValue(field: Field, raw: unknown, place: Place | undefined, problems: Problem[]): Value | undefined {
  switch (field.kind) {
    case 'int':
      return readNumber(raw, field, true, place, problems);
    case 'ratio':
    case 'rate':
      return readNumber(raw, field, false, place, problems);
    case 'duration':
      return readLength(raw, field, place, problems);
    case 'bytes':
      return readBytes(raw, field, place, problems);
    case 'distribution':
      return readLaw(raw, field, place, problems);
    case 'choice':
      return readChoice(raw, field, place, problems);
    case 'flag':
      if (typeof raw === 'boolean') return raw;
      report(problems, 'not-yes-or-no', place, { found: shown(raw) });
      return undefined;
    case 'text':
      return readText(raw, field, place, problems);
    case 'rate-curve':
      return readCurve(raw, field, place, problems);
    case 'times':
      return readTimes(raw, field, place, problems);
    case 'weights':
      return readWeights(raw, field, place, problems);
    case 'table':
      return readTable(raw, field.maxCount, place, problems);
    case 'steps':
      return readSteps(raw, field, place, problems);
  }
}

function readLength(raw: unknown, field: DurationField, place: Place | undefined, problems: Problem[]): number | undefined {
  const ns = readDuration(raw, place, problems);
  if (ns === undefined) return undefined;
  if (ns >= nsOf(field.min) && ns <= nsOf(field.max)) return ns;
  report(problems, 'out-of-range', place, { value: shown(raw), least: field.min, most: field.max });
  return undefined;
}

function readBytes(raw: unknown, field: BytesField, place: Place | undefined, problems: Problem[]): number | undefined {
  const bytes = readSize(raw, place, problems);
  return bytes === undefined ? undefined : readNumber(bytes, field, true, place, problems);
}

function readChoice(raw: unknown, field: ChoiceField, place: Place | undefined, problems: Problem[]): string | undefined {
  const words = field.choices.map((choice) => choice.value);
  // A version written as a number: 4.0 is 4 to everybody but people.
  const meant = typeof raw === 'number' ? words.find((word) => Number(word) === raw) : undefined;
  return meant ?? readWord(raw, words, place, problems);
}

function readText(raw: unknown, field: TextField, place: Place | undefined, problems: Problem[]): string | undefined {
  if (typeof raw !== 'string') report(problems, 'not-text', place, { found: shown(raw) });
  else if (raw.length > field.maxLength) {
    report(problems, 'text-too-long', place, { length: raw.length, most: field.maxLength });
  } else if (isReserved(raw, field)) {
    report(problems, 'name-reserved', place, { name: shown(raw), prefix: field.reserved?.prefix ?? '' });
  } else return raw;
  return undefined;
}

const isReserved = (text: string, { reserved }: TextField): boolean =>
  reserved !== undefined && text.startsWith(reserved.prefix) && !reserved.but.includes(text);

/** A list with at least one and at most `most` members, each read by `readItem`. */
function readList<Item>(
  raw: unknown,
  most: number,
  place: Place | undefined,
  problems: Problem[],
  readItem: (item: unknown, place: Place) => Item | undefined,
): Item[] | undefined {
  if (!Array.isArray(raw)) report(problems, 'not-a-list', place, { found: shown(raw) });
  else if (raw.length === 0) report(problems, 'list-empty', place);
  else if (raw.length > most) report(problems, 'list-too-long', place, { count: raw.length, most });
  else return readItems(raw, place, problems, readItem);
  return undefined;
}

function readItems<Item>(
  raw: readonly unknown[],
  place: Place | undefined,
  problems: Problem[],
  readItem: (item: unknown, place: Place) => Item | undefined,
): Item[] | undefined {
  const items: Item[] = [];
  for (let index = 0; index < raw.length && !isFull(problems); index++) {
    const read = readItem(raw[index], inside(place, index));
    if (read !== undefined) items.push(read);
  }
  return items.length === raw.length ? items : undefined;
}

function readCurve(
  raw: unknown,
  field: RateCurveField,
  place: Place | undefined,
  problems: Problem[],
): readonly (readonly [number, number])[] | undefined {
  let before = -1;
  const rates = { min: 0, max: field.maxRate };
  return readList(raw, field.maxPoints, place, problems, (item, here) => {
    if (!Array.isArray(item) || item.length !== 2) {
      report(problems, 'not-a-curve-point', here, { found: shown(item) });
      return undefined;
    }
    const ns = readDuration(item[0], inside(here, 0), problems);
    const rate = readNumber(item[1], rates, false, inside(here, 1), problems);
    if (ns === undefined || rate === undefined) return undefined;
    if (ns <= before) {
      report(problems, 'curve-not-ascending', here, { value: shown(item[0]), before: printDuration(before) });
      return undefined;
    }
    before = ns;
    return [ns, rate] as const;
  });
}

/** Moments, sorted: a list of moments means the same in any order. */
function readTimes(
  raw: unknown,
  field: TimesField,
  place: Place | undefined,
  problems: Problem[],
): readonly number[] | undefined {
  const times = readList(raw, field.maxCount, place, problems, (item, here) => readDuration(item, here, problems));
  return times?.sort((a, b) => a - b);
}

const WEIGHT_LIMITS = { min: 0, max: 1e9 };
const WEIGHT_NAME_MAX = 100;

function readWeights(
  raw: unknown,
  field: WeightsField,
  place: Place | undefined,
  problems: Problem[],
): readonly Weight[] | undefined {
  const names = new Set<string>();
  const weights = readList(raw, field.maxCount, place, problems, (item, here) => readWeight(item, names, here, problems));
  if (weights?.every(({ weight }) => weight === 0)) {
    report(problems, 'weights-all-zero', place);
    return undefined;
  }
  return weights;
}

function readWeight(item: unknown, names: Set<string>, place: Place, problems: Problem[]): Weight | undefined {
  if (!isObject(item)) {
    report(problems, 'not-a-weight', place, { found: shown(item) });
    return undefined;
  }
  const extra = Object.keys(item).find((key) => key !== 'name' && key !== 'weight');
  const name = member(item, 'name');
  if (extra !== undefined || typeof name !== 'string' || name === '') {
    report(problems, 'not-a-weight', place, { found: shown(extra ?? name ?? '{}') });
    return undefined;
  }
  const weight = readNumber(member(item, 'weight'), WEIGHT_LIMITS, false, inside(place, 'weight'), problems);
  if (name.length > WEIGHT_NAME_MAX) {
    report(problems, 'text-too-long', inside(place, 'name'), { length: name.length, most: WEIGHT_NAME_MAX });
    return undefined;
  }
  if (names.has(name)) {
    report(problems, 'weight-named-twice', place, { name: shown(name) });
    return undefined;
  }
  names.add(name);
  return weight === undefined ? undefined : { name, weight };
}

/** As long as AMQP has room for in a short text. */
const TABLE_NAME_MAX = 255;

/** Values by name. What JSON can say is a value of a table, so only sizes and names are looked at. */
function readTable(raw: unknown, most: number, place: Place | undefined, problems: Problem[]): readonly TableEntry[] | undefined {
  if (!isObject(raw)) {
    report(problems, 'not-an-object', place, { found: shown(raw) });
    return undefined;
  }
  const names = Object.keys(raw);
  if (names.length > most) {
    report(problems, 'list-too-long', place, { count: names.length, most });
    return undefined;
  }
  const tooLong = names.find((name) => name.length > TABLE_NAME_MAX);
  if (tooLong !== undefined) {
    report(problems, 'text-too-long', inside(place, shown(tooLong)), { length: tooLong.length, most: TABLE_NAME_MAX });
    return undefined;
  }
  return names.map((name) => ({ name, value: tableValue(raw[name]) }));
}

function tableValue(raw: unknown): TableValue {
  if (Array.isArray(raw)) return raw.map(tableValue);
  if (!isObject(raw)) return raw as TableValue;
  const names = Object.keys(raw);
  if (names.length === 1 && typeof raw.double === 'number') return { double: raw.double };
  return { table: names.map((name) => ({ name, value: tableValue(raw[name]) })) };
}

/** Steps: each at most once, the first one of the set before all others. */
function readSteps(raw: unknown, field: StepsField, place: Place | undefined, problems: Problem[]): readonly Step[] | undefined {
  const [first] = Object.keys(field.steps) as [string];
  const steps = readList(raw, field.maxCount, place, problems, (item, here) => readStep(item, field, here, problems));
  if (steps === undefined) return undefined;
  if (steps[0]?.do !== first) report(problems, 'step-not-first', place, { step: first });
  else if (steps.some((step, index) => index > 0 && step.do === first)) report(problems, 'step-twice', place, { step: first });
  else return steps;
  return undefined;
}

/** A bare word, or an object whose `do` is that word and whose other members are the fields of the step. */
function readStep(raw: unknown, field: StepsField, place: Place | undefined, problems: Problem[]): Step | undefined {
  const words = Object.keys(field.steps);
  if (!isObject(raw)) {
    const word = readWord(raw, words, place, problems);
    return word === undefined ? undefined : { do: word, params: defaultParams((field.steps[word] as StepKind).fields) };
  }
  const { do: name, ...fields } = raw;
  if (name === undefined) {
    report(problems, 'key-missing', place, { key: 'do' });
    return undefined;
  }
  const word = readWord(name, words, inside(place, 'do'), problems);
  if (word === undefined) return undefined;
  return { do: word, params: readParams((field.steps[word] as StepKind).fields, fields, place, problems) };
}
