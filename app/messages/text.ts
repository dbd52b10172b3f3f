// Looks up the words of the page by key. `text` is for the page's own chrome, `say` (from the engine) for everything that is
// declared there: kinds, fields, gauges, problems, notices.

import { EN, type MessageKey } from './en.ts';

export { say } from '../../sim-engine/messages/en.ts';
export type { MessageKey };

type Holes = { readonly [hole: string]: string | number };

/** The sentence under `key` with its holes filled. */
export const text = (key: MessageKey, values: Holes = {}): string => filled(EN[key], values);

/** Holes that nobody fills stay as they are. */
export const filled = (words: string, values: Holes): string =>
  words.replace(/\{(\w+)\}/g, (hole, name: string) => (Object.hasOwn(values, name) ? String(values[name]) : hole));
