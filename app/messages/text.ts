// Looks up the words of the page by key. `text` is for the page's own chrome, `say` (from the engine) for everything that is
// declared there: kinds, fields, gauges, problems, notices.

import { EN, type MessageKey } from './en.ts';

export { say } from '../../sim-engine/messages/en.ts';
export type { MessageKey };

/** The sentence under `key` with its holes filled. */
export function text(key: MessageKey, values: { readonly [hole: string]: string | number } = {}): string {
  return EN[key].replace(/\{(\w+)\}/g, (hole, name: string) => (Object.hasOwn(values, name) ? String(values[name]) : hole));
}
