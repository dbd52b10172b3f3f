// Brings a document of an older version up to the present one, a version at a time, before its shape is checked. The parser
// calls it. A migration only moves what lies elsewhere now; it never judges, and what it does not understand it leaves alone.

import type { JsonObject } from '../shapes.ts';
import { DRAFT_TO_FIRST } from './draft-to-first.ts';

export type DocumentFormat = 'topology' | 'scenario';

/** From version `from` to the next. The version number itself is raised by `migrate`. */
export interface Migration {
  readonly from: number;
  readonly topology: (document: JsonObject) => JsonObject;
  readonly scenario: (document: JsonObject) => JsonObject;
}

/** One for every version before the present one, oldest first. */
export const MIGRATIONS: readonly Migration[] = [DRAFT_TO_FIRST];

/** The document as the present version writes it. `document.version` is a whole number from 0 to the present version. */
export function migrate(document: JsonObject, format: DocumentFormat, migrations: readonly Migration[] = MIGRATIONS): JsonObject {
  let migrated = document;
  for (const migration of migrations) {
    if (migrated.version !== migration.from) continue;
    migrated = { ...migration[format](migrated), version: migration.from + 1 };
  }
  return migrated;
}
