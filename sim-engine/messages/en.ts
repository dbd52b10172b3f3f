// English sentences of the engine: fields, problems, notices, gauges. The app has a message file of its own for its
// chrome; these lie here so that the command line prints the same words. Holes are written {name}. The
// page loads all of this after its first letter moves; what it needs before stands in `en/at-once.ts`.

import { CHECK_MESSAGES } from './en/checks.ts';
import { FIELD_MESSAGES } from './en/fields.ts';
import { INSIDE_MESSAGES } from './en/inside.ts';
import { KIND_MESSAGES } from './en/kinds.ts';
import { NOTICE_MESSAGES } from './en/notices.ts';
import { PROBLEM_MESSAGES } from './en/problems.ts';
import { type Holes, type Messages, sayFrom } from './say.ts';

export type { Messages };

export const EN: Messages = {
  ...FIELD_MESSAGES,
  ...KIND_MESSAGES,
  ...PROBLEM_MESSAGES,
  ...NOTICE_MESSAGES,
  ...CHECK_MESSAGES,
  ...INSIDE_MESSAGES,
};

/** The sentence under `key`, its holes filled from `values`. A missing key answers with itself, so that a gap shows. */
export const say = (key: string, values: Holes = {}, messages: Messages = EN): string => sayFrom(messages, key, values);
