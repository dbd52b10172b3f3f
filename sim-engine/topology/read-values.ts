// Single values out of a document: numbers, durations, sizes, words. Skeleton, parameters and laws are read with these; each
// answers with the value in the engine's unit, or with undefined and a problem at its place.

import { assert } from '../kernel/assert.ts';
import type { Problem } from './document.ts';
import { listed, type Place, report, shown } from './problems.ts';
import { nearest } from './suggest.ts';
import { parseBytes, parseDuration } from './units.ts';

/** A number within its limits. -0 becomes 0: the two are the same number to everybody but a digest. */
export function readNumber(
  raw: unknown,
  limits: { readonly min: number; readonly max: number },
  isWhole: boolean,
  place: Place | undefined,
  problems: Problem[],
): number | undefined {
  if (typeof raw !== 'number') report(problems, 'not-a-number', place, { found: shown(raw) });
  else if (!Number.isFinite(raw)) report(problems, 'not-finite', place, { value: String(raw) });
  else if (isWhole && !Number.isInteger(raw)) report(problems, 'not-whole', place, { found: String(raw) });
  else if (!(raw >= limits.min && raw <= limits.max)) {
    report(problems, 'out-of-range', place, { value: raw, least: limits.min, most: limits.max });
  } else return raw === 0 ? 0 : raw;
  return undefined;
}

/** A duration in ns, or undefined with a problem that says what is missing. */
export function readDuration(value: unknown, place: Place | undefined, problems: Problem[]): number | undefined {
  if (typeof value !== 'string') {
    const isBare = typeof value === 'number';
    report(problems, isBare ? 'duration-without-unit' : 'not-a-duration', place, { found: shown(value) });
    return undefined;
  }
  const duration = parseDuration(value);
  if (duration.ok) return duration.value;
  if (duration.fault === 'too-fine') report(problems, 'duration-too-fine', place, { found: shown(value) });
  else if (duration.fault === 'too-large') report(problems, 'duration-too-long', place, { found: shown(value) });
  else if (/^\d+(\.\d+)?$/.test(value)) report(problems, 'duration-without-unit', place, { found: shown(value) });
  else report(problems, 'not-a-duration', place, { found: shown(value) });
  return undefined;
}

/** A duration out of a declaration, in ns. */
export function nsOf(text: string): number {
  const duration = parseDuration(text);
  assert(duration.ok, `a declaration holds "${text}" where a duration belongs`);
  return duration.value;
}

/** A size in bytes: a number, or text with a unit. */
export function readSize(raw: unknown, place: Place | undefined, problems: Problem[]): number | undefined {
  if (typeof raw === 'number') return raw;
  const size = typeof raw === 'string' ? parseBytes(raw) : undefined;
  if (size?.ok) return size.value;
  report(problems, 'not-a-size', place, { found: shown(raw) });
  return undefined;
}

/** One of a few words. */
export function readWord(
  raw: unknown,
  words: readonly string[],
  place: Place | undefined,
  problems: Problem[],
): string | undefined {
  if (typeof raw === 'string' && words.includes(raw)) return raw;
  const meant = typeof raw === 'string' ? nearest(raw, words) : undefined;
  const values = { value: shown(raw), known: listed(words) };
  report(problems, 'unknown-choice', place, meant === undefined ? values : { ...values, nearest: meant });
  return undefined;
}
