// Laws of lengths ({ "law": "exponential", "mean": "5ms" }) from the document's form to plain numbers. `params.ts` calls it for
// fields of kind `distribution`; the JSON Schema is printed from the same table. It draws nothing.

import { assert } from '../kernel/assert.ts';
import type { LawSpec } from '../kernel/law-spec.ts';
import type { DistributionField } from '../nodes/fields.ts';
import type { Problem } from './document.ts';
import { inside, listed, type Place, report, shown } from './problems.ts';
import { nsOf, readDuration, readNumber, readSize, readWord } from './read-values.ts';
import { isObject, type JsonObject, member } from './shapes.ts';
import { nearest } from './suggest.ts';

/** What one parameter of a law may be. A `length` is a duration or a size, after the field's `of`. */
export type LawParameter =
  | { readonly is: 'length' }
  | { readonly is: 'number'; readonly min: number; readonly max: number; readonly isWhole: boolean };

const LENGTH: LawParameter = { is: 'length' };
const SHARE: LawParameter = { is: 'number', min: 0, max: 1, isWhole: false };
/** With share 0 a geometric law would never end. */
const SHARE_ABOVE_0: LawParameter = { is: 'number', min: 1e-6, max: 1, isWhole: false };
const SHAPE: LawParameter = { is: 'number', min: 1, max: 1000, isWhole: true };
const SCV: LawParameter = { is: 'number', min: 0, max: 1000, isWhole: false };

/** Parameters of each law, in the order people write them. Meaning: `kernel/law-spec.ts`. */
const PARAMETERS = {
  constant: { value: LENGTH },
  uniform: { low: LENGTH, high: LENGTH },
  exponential: { mean: LENGTH },
  erlang: { shape: SHAPE, mean: LENGTH },
  hyperexponential: { share: SHARE, mean1: LENGTH, mean2: LENGTH },
  'two-point': { share: SHARE, value1: LENGTH, value2: LENGTH },
  normal: { mean: LENGTH, deviation: LENGTH },
  'log-normal': { mean: LENGTH, scv: SCV },
  geometric: { share: SHARE_ABOVE_0, unit: LENGTH },
} satisfies { readonly [law in LawSpec['law']]: { readonly [parameter: string]: LawParameter } };

export const LAW_PARAMETERS: ReadonlyMap<string, { readonly [parameter: string]: LawParameter }> = new Map(
  Object.entries(PARAMETERS),
);

const LAWS: readonly string[] = [...LAW_PARAMETERS.keys()];

/** A law with its lengths in ns or bytes, or undefined with problems. */
export function readLaw(
  raw: unknown,
  field: DistributionField,
  place: Place | undefined,
  problems: Problem[],
): LawSpec | undefined {
  if (!isObject(raw)) {
    report(problems, 'not-a-law', place, { found: shown(raw) });
    return undefined;
  }
  const law = readWord(member(raw, 'law'), LAWS, inside(place, 'law'), problems);
  if (law === undefined) return undefined;
  const parameters = LAW_PARAMETERS.get(law);
  assert(parameters !== undefined, `law ${law} has no parameters`);
  const numbers = readParameters(raw, law, parameters, field, place, problems);
  if (numbers === undefined) return undefined;
  if ((numbers.low ?? 0) > (numbers.high ?? numbers.low ?? 0)) {
    report(problems, 'low-above-high', place, { low: shown(raw.low), high: shown(raw.high) });
    return undefined;
  }
  // The table above says of each law which numbers it has, and all of them were read.
  return { law, ...numbers } as unknown as LawSpec;
}

function readParameters(
  raw: JsonObject,
  law: string,
  parameters: { readonly [parameter: string]: LawParameter },
  field: DistributionField,
  place: Place | undefined,
  problems: Problem[],
): { [parameter: string]: number } | undefined {
  const before = problems.length;
  for (const key of Object.keys(raw)) {
    if (key !== 'law' && !Object.hasOwn(parameters, key)) reportUnknown(key, law, parameters, place, problems);
  }
  const numbers: { [parameter: string]: number } = {};
  for (const [name, parameter] of Object.entries(parameters)) {
    const given = member(raw, name);
    const here = inside(place, name);
    if (given === undefined) report(problems, 'law-incomplete', place, { law, parameter: name });
    else numbers[name] = readParameter(given, parameter, field, here, problems) ?? 0;
  }
  return problems.length === before ? numbers : undefined;
}

function reportUnknown(
  key: string,
  law: string,
  parameters: { readonly [parameter: string]: LawParameter },
  place: Place | undefined,
  problems: Problem[],
): void {
  const known = Object.keys(parameters);
  const meant = nearest(key, known);
  const values = { law, parameter: shown(key), known: listed(known) };
  const here = inside(place, shown(key));
  report(problems, 'law-parameter-unknown', here, meant === undefined ? values : { ...values, nearest: meant });
}

function readParameter(
  given: unknown,
  parameter: LawParameter,
  field: DistributionField,
  place: Place,
  problems: Problem[],
): number | undefined {
  if (parameter.is === 'number') return readNumber(given, parameter, parameter.isWhole, place, problems);
  if (field.of === 'bytes') {
    assert(typeof field.max === 'number', 'a law of bytes has a number as its limit');
    const bytes = readSize(given, place, problems);
    return bytes === undefined ? undefined : readNumber(bytes, { min: 0, max: field.max }, true, place, problems);
  }
  assert(typeof field.max === 'string', 'a law of durations has text as its limit');
  const ns = readDuration(given, place, problems);
  if (ns === undefined || ns <= nsOf(field.max)) return ns;
  report(problems, 'out-of-range', place, { value: shown(given), least: '0s', most: field.max });
  return undefined;
}
