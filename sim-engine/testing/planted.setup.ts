// Plants into each test that holds an invariant the fault that it must see, and skips every other test: a run with this set up must be
// red in all that it runs. Loaded by vitest.config.ts when `npm run mutants` asks for it, and read by mutants/hunt.ts.

import fc from 'fast-check';
import { afterEach, beforeEach } from 'vitest';
import { rowOf } from './invariants/lists.ts';
import type { Heal } from './mutants/planting.ts';
import { testMutant } from './mutants/test-mutants.ts';

// The first counterexample will do.
fc.configureGlobal({ endOnFailure: true });

let heal: Heal | undefined;

beforeEach((context) => {
  const { file, name } = context.task;
  const row = rowOf(file.name, name);
  if (row === undefined) context.skip();
  else heal = testMutant(row.mutant).plant();
});

afterEach(() => {
  heal?.();
  heal = undefined;
});
