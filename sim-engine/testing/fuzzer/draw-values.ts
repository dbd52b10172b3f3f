// Draws a value for any declared field, in the form of a document, from the declaration alone: a new kind is fuzzed without a line
// here. Bounds below the declared ones keep a run short; they are the only thing known of single fields.

import type { Field, Fields, LawDocument, StepKind, TextField } from '../../nodes/fields.ts';
import { LAW_PARAMETERS } from '../../topology/laws.ts';
import { parseDuration } from '../../topology/units.ts';
import type { Dice } from './dice.ts';

const MS_NS = 1_000_000;
/** Nothing in a fuzzed run lasts longer, ns, unless a field's own bounds say so. */
const LENGTH_MAX_NS = 2_000 * MS_NS;
const RATE_MAX = 300;
const INT_MAX = 12;
const BYTES_MAX = 20_000;

/** Where the general bounds would make a run endless or empty. */
const INT_BOUNDS: ReadonlyMap<string, readonly [number, number]> = new Map([
  ['limit', [0, 400]],
  ['burstSize', [1, 60]],
  ['callers', [1, 8]],
  ['capacity', [0, 25]],
]);
const DURATION_BOUNDS_NS: ReadonlyMap<string, readonly [number, number]> = new Map([
  ['pollTimeout', [20 * MS_NS, 3_000 * MS_NS]],
  ['burstEvery', [50 * MS_NS, 1_000 * MS_NS]],
  ['timeout', [5 * MS_NS, 500 * MS_NS]],
  ['delay', [0, 40 * MS_NS]],
  ['jitter', [0, 40 * MS_NS]],
  ['retryCap', [0, 3_000 * MS_NS]],
  ['offsetsRetention', [60_000 * MS_NS, 90_000 * MS_NS]],
]);
/** A loss as high as one in two lets little happen behind it. */
const RATIO_BOUNDS: ReadonlyMap<string, readonly [number, number]> = new Map([
  ['loss', [0, 0.3]],
  ['duplication', [0, 0.3]],
  ['failure', [0, 0.6]],
  ['poison', [0, 0.3]],
]);

/** Values for a random part of the fields; the others keep their defaults. */
export function drawParams(dice: Dice, fields: Fields, share: number): { [field: string]: unknown } {
  const params: { [field: string]: unknown } = {};
  for (const [name, field] of Object.entries(fields)) if (dice.chance(share)) params[name] = drawValue(dice, name, field);
  return params;
}

export function drawValue(dice: Dice, name: string, field: Field): unknown {
  switch (field.kind) {
    case 'int': {
      const [low, high] = INT_BOUNDS.get(name) ?? [0, INT_MAX];
      return dice.int(Math.max(low, field.min), Math.min(high, field.max));
    }
    case 'ratio': {
      const [low, high] = RATIO_BOUNDS.get(name) ?? [0, 4];
      return between(dice, Math.max(low, field.min), Math.min(high, field.max));
    }
    case 'rate':
      return dice.int(Math.ceil(field.min), Math.min(RATE_MAX, field.max));
    case 'bytes':
      return dice.chance(0.3) ? field.min : dice.int(Math.max(field.min, 5_000), 200_000);
    case 'duration':
      return drawDuration(dice, ...durationBounds(name, field.min, field.max));
    case 'distribution':
      return drawLaw(dice, field.of);
    case 'choice':
      return dice.pick(field.choices).value;
    case 'flag':
      return dice.chance(0.5);
    case 'text':
      return drawText(dice, field);
    case 'rate-curve':
      return drawCurve(dice);
    case 'times':
      return Array.from({ length: dice.int(1, 20) }, () => drawDuration(dice, 0, LENGTH_MAX_NS));
    case 'weights':
      return Array.from({ length: dice.int(1, 5) }, (_, i) => ({ name: `name-${i}`, weight: i === 0 ? 1 : dice.int(0, 5) }));
    case 'table':
      return Object.fromEntries(
        Array.from({ length: dice.int(0, Math.min(3, field.maxCount)) }, (_, i) => [`name-${i}`, drawCell(dice)]),
      );
    case 'steps': {
      const [first, ...others] = Object.keys(field.steps) as [string, ...string[]];
      const drawn = dice.shuffled(others).slice(0, dice.int(0, Math.min(others.length, field.maxCount - 1)));
      return [first, ...drawn.map((word) => drawStep(dice, word, (field.steps[word] as StepKind).fields))];
    }
  }
}

/** A bare word, or the step with some of its fields set. */
function drawStep(dice: Dice, word: string, fields: Fields): unknown {
  const params = drawParams(dice, fields, 0.5);
  return Object.keys(params).length === 0 ? word : { do: word, ...params };
}

/** Now and then the edge itself, else anywhere in between. */
function between(dice: Dice, low: number, high: number): number {
  if (dice.chance(0.2)) return low;
  if (dice.chance(0.05)) return high;
  return Number((low + dice.share() * (high - low)).toFixed(4));
}

function durationBounds(name: string, min: string, max: string): readonly [number, number] {
  const [low, high] = DURATION_BOUNDS_NS.get(name) ?? [0, LENGTH_MAX_NS];
  return [Math.max(low, nsOf(min)), Math.min(high, nsOf(max))];
}

function nsOf(text: string): number {
  const parsed = parseDuration(text);
  if (!parsed.ok) throw new Error(`${text} is no duration`);
  return parsed.value;
}

/** Mostly short, sometimes none at all, sometimes odd nanoseconds. */
function drawDuration(dice: Dice, lowNs: number, highNs: number): string {
  if (dice.chance(0.15)) return `${lowNs}ns`;
  const share = dice.share();
  const ns = Math.floor(lowNs + share * share * (highNs - lowNs));
  return `${dice.chance(0.5) ? ns : Math.max(lowNs, ns - (ns % MS_NS))}ns`;
}

function drawLaw(dice: Dice, of: 'duration' | 'bytes'): LawDocument {
  const law = dice.pick([...LAW_PARAMETERS.keys()]);
  const drawn: { [parameter: string]: unknown } = { law };
  for (const [name, parameter] of Object.entries(LAW_PARAMETERS.get(law) ?? {})) {
    if (parameter.is === 'length') drawn[name] = of === 'bytes' ? dice.int(0, BYTES_MAX) : drawDuration(dice, MS_NS, 60 * MS_NS);
    else if (parameter.isWhole) drawn[name] = dice.int(parameter.min, Math.min(parameter.max, 6));
    else drawn[name] = Math.max(parameter.min, 0.05, Number(dice.share().toFixed(3)));
  }
  if (law === 'uniform')
    Object.assign(
      drawn,
      of === 'bytes' ? { low: 10, high: dice.int(10, BYTES_MAX) } : { low: '1ms', high: `${dice.int(1, 60)}ms` },
    );
  // One of these is what the parser asks for.
  return drawn as unknown as LawDocument;
}

function drawCurve(dice: Dice): (readonly [string, number])[] {
  let ms = 0;
  return Array.from({ length: dice.int(1, 5) }, (_, i) => {
    ms += i === 0 ? 0 : dice.int(1, 900);
    return [`${ms}ms`, dice.int(0, RATE_MAX)] as const;
  });
}

/** A value of a table: of every kind one. */
const drawCell = (dice: Dice): unknown => dice.pick([null, true, 'x', 1, 1.5, { double: 1 }, ['x', 1], { inner: 'x' }]);

/** Texts that mean something to some field: numbers of nodes, keys and patterns, holes, an offset, the address of direct replies. */
const TEXTS = ['1', '2', '1,2', 'a.b', '#', 'a.*', '{type}', 'first', 'amq.rabbitmq.reply-to'];

function drawText(dice: Dice, { maxLength, reserved }: TextField): string {
  const known = TEXTS.filter((text) => text.length <= maxLength && (reserved === undefined || !text.startsWith(reserved.prefix)));
  return dice.chance(0.6) ? dice.pick(known) : 'x'.repeat(dice.int(0, Math.min(8, maxLength)));
}
