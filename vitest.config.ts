// Unit, property and golden tests, run on plain Node beside the code they are about. End-to-end stories are Playwright's.

import { defineConfig } from 'vitest/config';

const isLong = process.env.LONG_RUNS === '1';
/** Plants a fault into each test that holds an invariant and skips all others: a part of `npm run mutants`. */
const isPlanted = process.env.PLANTED === '1';

/** What both sides have in common. */
const shared = {
  environment: 'node',
  // Style sheets are read by a test as they are written, not as nothing.
  css: true,
  testTimeout: isLong ? 300_000 : 60_000,
  setupFiles: [
    ...(isLong ? ['sim-engine/testing/long-runs.setup.ts'] : []),
    ...(isPlanted ? ['sim-engine/testing/planted.setup.ts'] : []),
  ],
};

export default defineConfig({
  test: {
    // Two cores are what CI has; a property test on a busy machine may take its time.
    maxWorkers: 2,
    projects: [
      {
        test: {
          ...shared,
          name: 'sim-engine',
          include: ['sim-engine/**/*.test.ts'],
          // No module of the engine has a state, so that all tests may share what was loaded once: that takes a third off their time. A
          // fault that is planted is kept to the one file.
          isolate: isPlanted,
        },
      },
      // The page has stores that outlive a test file.
      { test: { ...shared, name: 'app', include: ['app/**/*.test.{ts,tsx}'] } },
    ],
  },
});
