// The words of the page for what is loaded after the first letter moves: those that `text.ts` knows, and all others. Nothing that
// is there at once may import this.

import { EN as AT_ONCE } from './en.ts';
import { EN as ASKED } from './en-asked.ts';
import { filled } from './text.ts';

export type MessageKey = keyof typeof AT_ONCE | keyof typeof ASKED;

const EN: { readonly [key in MessageKey]: string } = { ...AT_ONCE, ...ASKED };

/** The sentence under `key` with its holes filled. */
export const text = (key: MessageKey, values: { readonly [hole: string]: string | number } = {}): string =>
  filled(EN[key], values);
