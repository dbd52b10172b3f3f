// How problems are collected and told. The parser reports codes with a place; page and command line ask here for the place,
// the sentence and the remedy in words. Nothing here decides what is wrong.

import type { PROBLEM_MESSAGES } from '../messages/en/problems.ts';
import { EN, type Messages, say } from '../messages/en.ts';
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

export interface DescribedProblem {
  /**
   * Where, for people: "nodes › orders › params › ackDeadline"; line and column of a text that cannot be read; or
   * "check, column 9" in a text of one line.
   */
  readonly place: string;
  readonly sentence: string;
  /** What to do about it. */
  readonly remedy: string;
}

/** A problem in words. Holes that end in `Kind` hold a kind's type and are shown by its name. */
export function describeProblem(problem: Problem, messages: Messages = EN): DescribedProblem {
  const key = `problem.${problem.code}`;
  const values = inWords(problem.values ?? {}, messages);
  const withNearest = `${key}.remedy.nearest`;
  const hasNearest = Object.hasOwn(values, 'nearest') && Object.hasOwn(messages, withNearest);
  return {
    place: placeInWords(problem, messages),
    sentence: say(key, values, messages),
    remedy: say(hasNearest ? withNearest : `${key}.remedy`, values, messages),
  };
}

function inWords(values: ProblemValues, messages: Messages): ProblemValues {
  const named = new Map<string, string | number>();
  for (const [hole, value] of Object.entries(values)) {
    const label = `kind.${value}.label`;
    named.set(hole, hole.endsWith('Kind') && Object.hasOwn(messages, label) ? say(label, {}, messages) : value);
  }
  return Object.fromEntries(named);
}

function placeInWords(problem: Problem, messages: Messages): string {
  const { line, column } = problem.values ?? {};
  // A text of one line, such as a check, may end its path with the column itself.
  const path = line === undefined && problem.at.at(-1) === column ? problem.at.slice(0, -1) : problem.at;
  const steps = path.map((step) => (typeof step === 'number' ? say('place.item', { number: step + 1 }, messages) : step));
  const joined = steps.join(' › ');
  if (column === undefined) return joined === '' ? say('place.document', {}, messages) : joined;
  if (line === undefined) return say('place.path-and-column', { path: joined, column }, messages);
  const where = say('place.line', { line, column }, messages);
  return joined === '' ? where : say('place.line-and-path', { line, column, path: joined }, messages);
}
