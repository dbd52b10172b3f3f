// English sentences of the engine: fields, problems, notices, gauges. The app has a message file of its own for its
// chrome; these lie here so that the command line prints the same words. Holes are written {name}.

import { CHECK_MESSAGES } from './en/checks.ts';
import { FIELD_MESSAGES } from './en/fields.ts';
import { KIND_MESSAGES } from './en/kinds.ts';
import { NOTICE_MESSAGES } from './en/notices.ts';
import { PROBLEM_MESSAGES } from './en/problems.ts';

export type Messages = { readonly [key: string]: string };

export const EN: Messages = {
  ...FIELD_MESSAGES,
  ...KIND_MESSAGES,
  ...PROBLEM_MESSAGES,
  ...NOTICE_MESSAGES,
  ...CHECK_MESSAGES,
};

/** The sentence under `key`, its holes filled from `values`. A missing key answers with itself, so that a gap shows. */
export function say(key: string, values: { readonly [hole: string]: string | number } = {}, messages: Messages = EN): string {
  const sentence = Object.hasOwn(messages, key) ? (messages[key] as string) : key;
  return sentence.replace(/\{(\w+)\}/g, (hole, name: string) => (Object.hasOwn(values, name) ? String(values[name]) : hole));
}
