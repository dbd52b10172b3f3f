// Problems in words, for page and command line: the place, the sentence and the remedy. Apart from `problems.ts`, since it brings
// all words along.

import { EN, type Messages, say } from '../messages/en.ts';
import type { Problem } from './document.ts';
import type { ProblemValues } from './problems.ts';

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
