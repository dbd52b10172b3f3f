// Finds what somebody may have meant: the known name nearest to a misspelt one. The parser asks for kinds, fields, keys
// and choices. It only compares; whether a name is known is decided elsewhere.

import { min } from '../kernel/exact-math.ts';

/** Names longer than this are no slip of the finger, and comparing them would cost time. */
const COMPARED_MAX = 60;

/** The known name that needs the fewest changes, if at most a third of its letters change. Ties go to the first. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  if (name.length > COMPARED_MAX) return undefined;
  let best: string | undefined;
  let bestChanges = Number.POSITIVE_INFINITY;
  for (const candidate of known) {
    const changes = changesBetween(name.toLowerCase(), candidate.toLowerCase());
    const allowed = 1 + ((candidate.length / 3) | 0);
    if (changes <= allowed && changes < bestChanges) {
      best = candidate;
      bestChanges = changes;
    }
  }
  return best;
}

/** Letters inserted, removed, replaced or swapped with a neighbour (optimal string alignment). */
export function changesBetween(a: string, b: string): number {
  let twoAgo: number[] = [];
  let oneAgo = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (oneAgo[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isSwapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swapped = isSwapped ? (twoAgo[j - 2] as number) + 1 : replaced;
      row.push(min(replaced, swapped, (oneAgo[j] as number) + 1, (row[j - 1] as number) + 1));
    }
    twoAgo = oneAgo;
    oneAgo = row;
  }
  return oneAgo[b.length] as number;
}
