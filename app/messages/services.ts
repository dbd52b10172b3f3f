// Words of what services, calls and lanes show when somebody looks closer: they are no part of the first load.

import { EN } from './en-services.ts';
import { filled } from './text.ts';

export type ServiceWord = keyof typeof EN;

/** The sentence under `key` with its holes filled. */
export const worded = (key: ServiceWord, values: { readonly [hole: string]: string | number } = {}): string =>
  filled(EN[key], values);
