// The runner of queueing/closed: that whole runs of a requester agree with it, and that a wrong number is seen.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { testMutant } from '../mutants/test-mutants.ts';
import { CLOSED_LOOP_FORMAT } from './closed-loop.ts';
import type { VectorCase } from './format.ts';

const { cases } = JSON.parse(readFileSync('sim-engine/testing/vectors/queueing/closed.json', 'utf8')) as {
  readonly cases: readonly VectorCase[];
};
/** Of the table in docs/semantics/queueing.md, section 7; its load is low enough for both checks. */
const TEN: VectorCase = {
  name: 'N10 Z10',
  input: { clients: 10, thinkTime: 10, servers: 1 },
  expected: { throughput: 0.78542, responseTime: 2.73208, L: 0.78542 * 2.73208, utilisationPerServer: 0.78542 },
};

describe('a closed loop', () => {
  it('P4: of the recorded ones agrees with theory', () => {
    const [first] = cases;
    if (first === undefined) throw new Error('no case');
    expect(CLOSED_LOOP_FORMAT.judge(first).faults).toEqual([]);
  });

  it('of ten callers agrees with theory in every request, and what is a sixth off on average is seen', () => {
    const wrong = { ...TEN, expected: { ...TEN.expected, responseTime: 3.2, throughput: 0.9 } };
    expect(CLOSED_LOOP_FORMAT.judge(wrong).faults).toEqual([
      expect.stringMatching(/^throughput 0\.78\d+, theory 0\.90000$/),
      expect.stringMatching(/^responseTime 2\.\d+, theory 3\.2000$/),
    ]);
  });

  it('whose callers think a nanosecond less is seen', () => {
    const heal = testMutant('thinks-less').plant();
    try {
      expect(CLOSED_LOOP_FORMAT.judge({ ...TEN, validation: {} }).faults[0]).toMatch(
        /^request 1 asked at \d+ ns, theory \d+ ns$/,
      );
    } finally {
      heal();
    }
  });
});
