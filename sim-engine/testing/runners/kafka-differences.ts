// How the runners of vectors/kafka say that what they found is not what was recorded.

import { isSamePlain } from '../../kernel/plain-state.ts';

/** A line for each field that differs or is missing on either side. */
export function differences(found: object, recorded: object, where = ''): readonly string[] {
  const mine = new Map(Object.entries(found));
  const theirs = new Map(Object.entries(recorded));
  return [...new Set([...mine.keys(), ...theirs.keys()])]
    .filter((field) => !isSamePlain(mine.get(field), theirs.get(field)))
    .map((field) => `${where}${field} ${JSON.stringify(mine.get(field))}, recorded ${JSON.stringify(theirs.get(field))}`);
}
