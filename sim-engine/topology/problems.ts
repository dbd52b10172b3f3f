// How problems are collected: codes, each with a place. `describe-problem.ts` puts them into words. Nothing here decides what is
// wrong.

import type { PROBLEM_MESSAGES } from '../messages/en/problems.ts';
import type { Problem } from './document.ts';
import { PROBLEMS_MAX } from './limits.ts';

type CodeOf<Key> = Key extends `problem.${infer Code}.remedy` ? Code : never;
/** Every code that has a sentence and a remedy: reporting any other does not compile. */
export type ProblemCode = CodeOf<keyof typeof PROBLEM_MESSAGES>;

export type Path = readonly (string | number)[];
export type ProblemValues = { readonly [hole: string]: string | number };

/** A place in the document while it is walked: a link to the container, so that no path is built unless it is needed. */
export interface Place {
  readonly parent: Place | undefined;
  readonly key: string | number;
}

export const inside = (parent: Place | undefined, key: string | number): Place => ({ parent, key });

export function placeOf(path: Path): Place | undefined {
  let place: Place | undefined;
  for (const key of path) place = inside(place, key);
  return place;
}

function pathOf(place: Place | undefined): Path {
  const path: (string | number)[] = [];
  for (let at = place; at !== undefined; at = at.parent) path.push(at.key);
  return path.reverse();
}

/** Adds a problem. One too many takes the place of the last and says that there are more. */
export function report(problems: Problem[], code: ProblemCode, place: Place | undefined, values?: ProblemValues): void {
  if (problems.length >= PROBLEMS_MAX) {
    problems[PROBLEMS_MAX - 1] = { code: 'more-problems', at: [], values: { shown: PROBLEMS_MAX - 1 } };
    return;
  }
  problems.push(values === undefined ? { code, at: pathOf(place) } : { code, at: pathOf(place), values });
}

/** Whether further search is in vain, because nothing more would be listed. */
export const isFull = (problems: readonly Problem[]): boolean => problems[PROBLEMS_MAX - 1]?.code === 'more-problems';

/** A value out of a document, short enough to stand in a sentence. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return clipped(value);
  if (Array.isArray(value)) return '[…]';
  if (typeof value === 'object' && value !== null) return '{…}';
  if (value === undefined) return 'null';
  return typeof value === 'symbol' ? 'symbol' : clipped(String(value));
}

const SHOWN_MAX = 60;
const clipped = (text: string): string => (text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX - 1)}…` : text);

/** Names in a row, as many as fit a sentence: "a, b, c and 4 more"; with another sign between them "a → b → … → z". */
export function listed(names: readonly string[], between = ', '): string {
  const last = names.length - 1;
  if (last <= LISTED_MAX) return names.join(between);
  const first = names.slice(0, LISTED_MAX);
  if (between === ', ') return `${first.join(', ')} and ${names.length - LISTED_MAX} more`;
  return [...first, '…', names[last]].join(between);
}
const LISTED_MAX = 12;
