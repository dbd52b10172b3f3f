// The skeleton of the documents as data: which keys an object has, what each holds, what may be left out. The parser checks
// against it and the JSON Schema is printed from it, so that the two cannot differ. Parameters are not here: the fields of
// each kind say what they may be (`params.ts`).

import type { Problem } from './document.ts';
import { SCENARIO_FORMAT, TOPOLOGY_FORMAT } from './document.ts';
import {
  COMMANDS_MAX,
  EXPECTATIONS_MAX,
  ID_PATTERN,
  KNOBS_MAX,
  NAME_MAX,
  NODES_MAX,
  POSITION_MAX,
  RUN_NS_MAX,
  SEED_MAX,
  SIZE_MAX,
  SPEED_MAX,
  SPEED_MIN,
  TEXT_MAX,
  WIRES_MAX,
} from './limits.ts';
import { inside, isFull, listed, type Place, type ProblemCode, report, shown } from './problems.ts';
import { readDuration } from './read-values.ts';
import { nearest } from './suggest.ts';
import { printDuration } from './units.ts';

export type Shape =
  | { readonly is: 'text'; readonly most: number }
  | { readonly is: 'id' }
  | { readonly is: 'word'; readonly value: string }
  | { readonly is: 'number'; readonly least: number; readonly most: number; readonly isWhole: boolean }
  | { readonly is: 'duration'; readonly leastNs: number; readonly mostNs: number }
  /** An object of which only the outside is checked here. */
  | { readonly is: 'params' }
  /** Checked by whoever asked. */
  | { readonly is: 'elsewhere' }
  | { readonly is: 'list'; readonly of: ObjectShape; readonly most: number; readonly tooMany: ProblemCode }
  | ObjectShape;

export interface ObjectShape {
  readonly is: 'object';
  readonly required: { readonly [key: string]: Shape };
  readonly optional: { readonly [key: string]: Shape };
}

const TEXT: Shape = { is: 'text', most: TEXT_MAX };
const NAME: Shape = { is: 'text', most: NAME_MAX };
const WHOLE: Shape = { is: 'number', least: 0, most: 1_000_000, isWhole: true };
const COORDINATE: Shape = { is: 'number', least: -POSITION_MAX, most: POSITION_MAX, isWhole: false };
const LENGTH: Shape = { is: 'number', least: 1, most: SIZE_MAX, isWhole: false };
const TIME: Shape = { is: 'duration', leastNs: 0, mostNs: RUN_NS_MAX };

const KNOB_SHAPE: ObjectShape = { is: 'object', required: { field: NAME }, optional: {} };

export const NODE_SHAPE: ObjectShape = {
  is: 'object',
  required: { id: { is: 'id' }, kind: NAME },
  optional: {
    name: NAME,
    parent: NAME,
    position: { is: 'object', required: { x: COORDINATE, y: COORDINATE }, optional: {} },
    size: { is: 'object', required: { width: LENGTH, height: LENGTH }, optional: {} },
    params: { is: 'params' },
    view: {
      is: 'object',
      required: { knobs: { is: 'list', of: KNOB_SHAPE, most: KNOBS_MAX, tooMany: 'too-many-knobs' } },
      optional: {},
    },
    comment: TEXT,
  },
};

export const WIRE_SHAPE: ObjectShape = {
  is: 'object',
  required: { id: { is: 'id' }, kind: NAME, from: NAME, to: NAME },
  optional: { params: { is: 'params' }, comment: TEXT },
};

export const TOPOLOGY_SHAPE: ObjectShape = {
  is: 'object',
  required: {
    format: { is: 'word', value: TOPOLOGY_FORMAT },
    version: WHOLE,
    nodes: { is: 'list', of: NODE_SHAPE, most: NODES_MAX, tooMany: 'too-many-nodes' },
    wires: { is: 'list', of: WIRE_SHAPE, most: WIRES_MAX, tooMany: 'too-many-wires' },
  },
  optional: { $schema: TEXT, engineRevision: WHOLE, name: NAME, comment: TEXT },
};

const COMMAND_SHAPE: ObjectShape = { is: 'object', required: { at: TIME, do: TEXT }, optional: {} };
const EXPECTATION_SHAPE: ObjectShape = { is: 'object', required: { check: TEXT }, optional: { why: TEXT } };

export const SCENARIO_SHAPE: ObjectShape = {
  is: 'object',
  required: { format: { is: 'word', value: SCENARIO_FORMAT }, version: WHOLE, title: NAME, topology: TOPOLOGY_SHAPE },
  optional: {
    $schema: TEXT,
    engineRevision: WHOLE,
    about: TEXT,
    seed: { is: 'number', least: 0, most: SEED_MAX, isWhole: true },
    duration: { is: 'duration', leastNs: 1_000_000, mostNs: RUN_NS_MAX },
    speed: { is: 'number', least: SPEED_MIN, most: SPEED_MAX, isWhole: false },
    commands: { is: 'list', of: COMMAND_SHAPE, most: COMMANDS_MAX, tooMany: 'too-many-commands' },
    expect: { is: 'list', of: EXPECTATION_SHAPE, most: EXPECTATIONS_MAX, tooMany: 'too-many-expectations' },
  },
};

export type JsonObject = { readonly [key: string]: unknown };

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const ID = new RegExp(ID_PATTERN);
export const isId = (value: unknown): value is string => typeof value === 'string' && ID.test(value);

/** The own member of an object. What lies on the prototype is no part of a document. */
export const member = (object: JsonObject, key: string): unknown => (Object.hasOwn(object, key) ? object[key] : undefined);

/** Whether `value` has this shape; every way in which it has not is added to `problems`. */
export function checkShape(value: unknown, shape: Shape, place: Place | undefined, problems: Problem[]): boolean {
  switch (shape.is) {
    case 'text':
      return checkText(value, shape.most, place, problems);
    case 'id':
      return checkId(value, place, problems);
    case 'word':
      // Which format a document has was settled before its shape is looked at.
      return value === shape.value || complain('wrong-format', place, problems, { found: shown(value), expected: shape.value });
    case 'number':
      return checkNumber(value, shape, place, problems);
    case 'duration':
      return checkDuration(value, shape, place, problems);
    case 'params':
      return isObject(value) || complain('not-an-object', place, problems, { found: shown(value) });
    case 'elsewhere':
      return true;
    case 'list':
      return checkList(value, shape, place, problems);
    case 'object':
      return checkObject(value, shape, place, problems);
  }
}

function complain(
  code: ProblemCode,
  place: Place | undefined,
  problems: Problem[],
  values?: { [hole: string]: string | number },
): false {
  report(problems, code, place, values);
  return false;
}

function checkText(value: unknown, most: number, place: Place | undefined, problems: Problem[]): boolean {
  if (typeof value !== 'string') return complain('not-text', place, problems, { found: shown(value) });
  return value.length <= most || complain('text-too-long', place, problems, { length: value.length, most });
}

function checkId(value: unknown, place: Place | undefined, problems: Problem[]): boolean {
  if (typeof value !== 'string') return complain('not-text', place, problems, { found: shown(value) });
  return isId(value) || complain('bad-id', place, problems, { id: shown(value), better: idLike(value) });
}

/** An id as near to `text` as the pattern allows. */
function idLike(text: string): string {
  const id = text
    .slice(0, TEXT_MAX)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40);
  return id === '' ? 'orders' : id;
}

interface NumberLimits {
  readonly least: number;
  readonly most: number;
  readonly isWhole: boolean;
}

function checkNumber(value: unknown, limits: NumberLimits, place: Place | undefined, problems: Problem[]): boolean {
  if (typeof value !== 'number') return complain('not-a-number', place, problems, { found: shown(value) });
  if (limits.isWhole && !Number.isInteger(value)) return complain('not-whole', place, problems, { found: shown(value) });
  const isWithin = value >= limits.least && value <= limits.most;
  return isWithin || complain('out-of-range', place, problems, { value, least: limits.least, most: limits.most });
}

function checkDuration(
  value: unknown,
  { leastNs, mostNs }: { leastNs: number; mostNs: number },
  place: Place | undefined,
  problems: Problem[],
): boolean {
  const ns = readDuration(value, place, problems);
  if (ns === undefined) return false;
  if (ns >= leastNs && ns <= mostNs) return true;
  const limits = { least: printDuration(leastNs), most: printDuration(mostNs) };
  return complain('out-of-range', place, problems, { value: String(value), ...limits });
}

function checkList(
  value: unknown,
  shape: { of: ObjectShape; most: number; tooMany: ProblemCode },
  place: Place | undefined,
  problems: Problem[],
): boolean {
  if (!Array.isArray(value)) return complain('not-a-list', place, problems, { found: shown(value) });
  if (value.length > shape.most) return complain(shape.tooMany, place, problems, { count: value.length, most: shape.most });
  let isSound = true;
  for (const [index, item] of value.entries()) {
    if (isFull(problems)) return false;
    if (!checkShape(item, shape.of, inside(place, nameInList(item, index)), problems)) isSound = false;
  }
  return isSound;
}

/** How a member of a list is called in a path: by its id if it has a sound one, else by its number. */
export function nameInList(item: unknown, index: number): string | number {
  const id = isObject(item) ? member(item, 'id') : undefined;
  return isId(id) ? id : index;
}

function checkObject(value: unknown, shape: ObjectShape, place: Place | undefined, problems: Problem[]): boolean {
  if (!isObject(value)) return complain('not-an-object', place, problems, { found: shown(value) });
  const before = problems.length;
  for (const key of Object.keys(value)) {
    if (value[key] === undefined || isFull(problems)) continue;
    const inner = shapeOf(shape, key);
    if (inner !== undefined) checkShape(value[key], inner, inside(place, key), problems);
    else reportUnknownKey(key, shape, place, problems);
  }
  for (const key of Object.keys(shape.required)) {
    if (member(value, key) === undefined) report(problems, 'key-missing', place, { key });
  }
  return problems.length === before && !isFull(problems);
}

function shapeOf(shape: ObjectShape, key: string): Shape | undefined {
  if (Object.hasOwn(shape.required, key)) return shape.required[key];
  return Object.hasOwn(shape.optional, key) ? shape.optional[key] : undefined;
}

function reportUnknownKey(key: string, shape: ObjectShape, place: Place | undefined, problems: Problem[]): void {
  const known = [...Object.keys(shape.required), ...Object.keys(shape.optional)];
  const meant = nearest(key, known);
  const values = { key: shown(key), known: listed(known) };
  report(problems, 'unknown-key', inside(place, shown(key)), meant === undefined ? values : { ...values, nearest: meant });
}
