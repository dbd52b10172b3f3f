// Makes every property that names no number of runs of its own try ten times as many cases. Loaded by vitest.config.ts for
// `npm run test:long` only.

import fc from 'fast-check';

fc.configureGlobal({ numRuns: 1000 });
