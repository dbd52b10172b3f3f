// Whether a value is a command at all: for logs that come from outside, in a link or out of a browser's store. It looks at form
// alone, so that nothing the engine is handed can surprise it; whether a node exists or a setting is allowed is asked by whoever
// carries the command out.

import { RUN_NS_MAX } from '../topology/limits.ts';
import type { Command } from './commands.ts';

type Part = 'id' | 'text' | 'thing' | 'time' | 'count' | 'share' | 'factor' | 'message' | 'any';
type Type = Exclude<Command['type'], 'edit'>;
/** A part with a question mark may be absent. A part that a command gains must be named here before this compiles again. */
type Shapes = {
  readonly [type in Type]: {
    readonly [part in Exclude<keyof Extract<Command, { type: type }>, 'type'>]-?: Part | `${Part}?`;
  };
};

/** `edit` holds others and stands apart. */
const SHAPES: Shapes = {
  setParam: { target: 'id', field: 'text', value: 'any?' },
  addNode: { node: 'thing' },
  removeNode: { node: 'id' },
  addWire: { wire: 'thing' },
  removeWire: { wire: 'id' },
  crash: { node: 'id', forNs: 'time?' },
  restart: { node: 'id' },
  slow: { node: 'id', factor: 'factor', forNs: 'time?' },
  stall: { node: 'id', forNs: 'time' },
  cut: { wire: 'id', forNs: 'time?' },
  heal: { wire: 'id' },
  delay: { wire: 'id', extraNs: 'time', forNs: 'time?' },
  lose: { wire: 'id', share: 'share?', forNs: 'time?' },
  poison: { node: 'id', share: 'share?', forNs: 'time?' },
  burst: { node: 'id', count: 'count', overNs: 'time?' },
  redrive: { node: 'id', count: 'count?', message: 'message?' },
};

/** Most work a number in a command may ask for: a burst of a billion is an accident or an attack. */
const COUNT_MAX = 10_000_000;
const FACTOR_MAX = 1_000_000;

const IS_PART: { readonly [part in Part]: (value: unknown) => boolean } = {
  id: (value) => typeof value === 'string',
  text: (value) => typeof value === 'string',
  thing: (value) => isObject(value) && typeof value.id === 'string' && typeof value.kind === 'string',
  time: (value) => isWholeUpTo(value, RUN_NS_MAX),
  count: (value) => isWholeUpTo(value, COUNT_MAX),
  share: (value) => typeof value === 'number' && value >= 0 && value <= 1,
  factor: (value) => typeof value === 'number' && value > 0 && value <= FACTOR_MAX,
  message: (value) =>
    isObject(value) &&
    hasOnly(value, ['sender', 'number']) &&
    typeof value.sender === 'string' &&
    isWholeUpTo(value.number, Number.MAX_SAFE_INTEGER),
  any: () => true,
};

/** True if `value` has the form of a command. It must have passed the limits of depth and size of a document. */
export function isCommand(value: unknown): value is Command {
  if (!isObject(value)) return false;
  const { type } = value;
  if (type === 'edit') return hasOnly(value, ['type', 'edits']) && Array.isArray(value.edits) && value.edits.every(isSingleEdit);
  if (typeof type !== 'string' || !Object.hasOwn(SHAPES, type)) return false;
  const shape: { readonly [part: string]: Part | `${Part}?` } = SHAPES[type as Type];
  if (!hasOnly(value, ['type', ...Object.keys(shape)])) return false;
  return Object.entries(shape).every(([part, kind]) => {
    const isOptional = kind.endsWith('?');
    return value[part] === undefined ? isOptional : IS_PART[(isOptional ? kind.slice(0, -1) : kind) as Part](value[part]);
  });
}

const EDITS: ReadonlySet<unknown> = new Set(['setParam', 'addNode', 'removeNode', 'addWire', 'removeWire']);

const isSingleEdit = (value: unknown): boolean => isObject(value) && EDITS.has(value.type) && isCommand(value);

const hasOnly = (value: object, parts: readonly string[]): boolean => Object.keys(value).every((key) => parts.includes(key));

const isWholeUpTo = (value: unknown, most: number): boolean =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= most;

const isObject = (value: unknown): value is { readonly [key: string]: unknown } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
