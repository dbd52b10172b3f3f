// Looks up the words of the page by key, as far as the page needs them before its first letter moves: `text` for its own chrome,
// `named` for what kinds are called. What is loaded later uses `asked.ts` and `say.ts` as well.

import { AT_ONCE } from '../../sim-engine/messages/en/at-once.ts';
import { type Holes, sayFrom } from '../../sim-engine/messages/say.ts';
import { EN, type MessageKey } from './en.ts';

export type { MessageKey };

/** The sentence under `key` with its holes filled. */
export const text = (key: MessageKey, values: Holes = {}): string => filled(EN[key], values);

/** The same for words that the engine declares and that are there at once: names of kinds, and why a wire cannot be drawn. */
export const named = (key: string, values: Holes = {}): string => sayFrom(AT_ONCE, key, values);

/** Holes that nobody fills stay as they are. */
export const filled = (words: string, values: Holes): string =>
  words.replace(/\{(\w+)\}/g, (hole, name: string) => (Object.hasOwn(values, name) ? String(values[name]) : hole));
