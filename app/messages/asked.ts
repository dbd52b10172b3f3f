// Words of dialogs that are loaded when somebody asks for them: they are no part of the first load.

import { EN } from './en-asked.ts';
import { filled } from './text.ts';

type AskedKey = keyof typeof EN;

/** The sentence under `key` with its holes filled. */
export const asked = (key: AskedKey, values: { readonly [hole: string]: string | number } = {}): string =>
  filled(EN[key], values);
