// The way from what is there at once to the words that come later. Nobody ever sees a key instead of words: a sentence waits until
// it can be said, and a label keeps its place empty until then.

import { useEffect, useSyncExternalStore } from 'react';
import { AT_ONCE } from '../../sim-engine/messages/en/at-once.ts';

type LateWords = Pick<typeof import('./words.ts'), 'describeProblem' | 'say'>;

let words: LateWords | null = null;
let underway: Promise<LateWords> | null = null;
const listeners = new Set<() => void>();

/** All words, as soon as they are there. What could not be loaded is asked for again the next time. */
export function lateWords(): Promise<LateWords> {
  underway ??= import('./words.ts').then(
    ({ describeProblem, say }) => {
      words = { describeProblem, say };
      for (const listener of listeners) listener();
      return words;
    },
    (error: unknown) => {
      underway = null;
      throw error;
    },
  );
  return underway;
}

const listen = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

/** All words once they are there, null before; asks for nothing. */
export const useLateWords = (): LateWords | null => useSyncExternalStore(listen, () => words);

/** A label on a card: empty until it is there, and asked for at once. */
export function useLabel(key: string): string {
  const late = useLateWords();
  const atOnce = Object.hasOwn(AT_ONCE, key) ? AT_ONCE[key] : undefined;
  const isMissing = atOnce === undefined && late === null;
  useEffect(() => {
    // Without a connection labels stay empty until something else asks for the words.
    if (isMissing) lateWords().catch(() => undefined);
  }, [isMissing]);
  return atOnce ?? late?.say(key) ?? '';
}
