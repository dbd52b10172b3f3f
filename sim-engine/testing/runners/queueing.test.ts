// The runners of queueing theory: that whole runs agree with a case of each family, and that each sees what is wrong: another number,
// another law, another discipline. The whole folder is for `npm run vectors`.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Expiry } from '../../nodes/textbook/expiry.ts';
import { prototypeOfKind, replaceMethod } from '../mutants/planting.ts';
import type { VectorCase, VectorFormat } from './format.ts';
import { QUEUEING_FORMATS } from './queueing.ts';

const FOLDER = 'sim-engine/testing/vectors/queueing';

function formatOf(family: string): VectorFormat {
  return QUEUEING_FORMATS.find(({ key }) => key === `queueing/${family}`) as VectorFormat;
}

function named(family: string, name: string): VectorCase {
  const { cases } = JSON.parse(readFileSync(`${FOLDER}/${family}.json`, 'utf8')) as { readonly cases: readonly VectorCase[] };
  const one = cases.find((candidate) => candidate.name === name);
  if (one === undefined) throw new Error(`no case ${name}`);
  return one;
}

const withInput = (one: VectorCase, input: Record<string, unknown>): VectorCase => ({
  ...one,
  input: { ...one.input, ...input },
});
const faultsOf = (family: string, one: VectorCase): string => formatOf(family).judge(one).faults.join('; ');

/** A case of each family and the same case with another input: theory of the one, run of the other. */
const FAMILIES: readonly (readonly [family: string, name: string, other: Record<string, unknown>, seen: string])[] = [
  ['gm1', 'gm1-erlang-1-rho0.3', { interarrival: { dist: 'exponential', mean: 3.33333333333333 } }, 'Lq'],
  ['mminf', 'mminf-a2', { lambda: 3 }, 'L '],
  ['batch', 'mxm1-geom2-rho0.8', { meanBatch: 3, batchRate: 0.8 / 3 }, 'W '],
  ['mmck', 'mmck-c8-K8-a6', { c: 6, K: 6 }, 'utilisation '],
  ['erlangA', 'erlangA-c1-l1.5-theta0.5', { theta: 1 }, 'L '],
  ['geogeo1', 'geo-p0.4-s0.5', { p: 0.35 }, 'W '],
  [
    'jackson',
    'jackson-split-merge',
    {
      routing: [
        [0, 0.1, 0.9, 0],
        [0, 0, 0, 1],
        [0, 0, 0, 1],
        [0, 0, 0, 0],
      ],
    },
    'station 1: L ',
  ],
  ['jackson', 'tandem-pct-1-1', { mu: [1, 2] }, 'end to end: sojourn p95'],
  ['fluid', 'fluid-0', { burstRate: 151 }, 'backlogAtBurstEnd'],
  ['fluid', 'fluid-4', { initialBacklog: 0 }, 'maxWaitSeconds'],
  ['tail', 'fanout-10', { n: 5 }, 'meanMaxOfNExp'],
];

describe('theory and run', () => {
  it.each(process.env.LONG_RUNS === '1' ? FAMILIES : FAMILIES.slice(0, 3))(
    'of queueing/%s agree about %s, and another drawing is seen',
    (family, name, other, seen) => {
      const one = named(family, name);
      expect(formatOf(family).judge(one).faults).toEqual([]);
      expect(faultsOf(family, withInput(one, other))).toContain(seen);
    },
  );

  it.runIf(process.env.LONG_RUNS === '1')('agree about retries: what fails goes to the back of its line', () => {
    const one = named('jackson', 'jackson-retry-feedback-50pct');
    expect(formatOf('jackson').judge(one).faults).toEqual([]);
    expect(faultsOf('jackson', withInput(one, { routing: [[0.4]] }))).toContain('station 0: utilisation');
  });

  it.runIf(process.env.LONG_RUNS === '1')('agree about urgent classes, with and without interruptions', () => {
    const one = named('priority', 'prio-7-deterministic');
    expect(formatOf('priority').judge(one).faults).toEqual([]);
    const plain = one.expected.nonPreemptive as { readonly W: readonly number[]; readonly Wq: readonly number[] };
    const wrong = { ...one, expected: { ...one.expected, nonPreemptive: { W: [9, 9, 9], Wq: plain.Wq } } };
    expect(faultsOf('priority', wrong)).toContain('nonPreemptive class 2: W ');
    const swapped = { ...one, expected: { ...one.expected, preemptiveResume: { W: plain.W } } };
    expect(faultsOf('priority', swapped)).toContain('preemptiveResume class 1: W ');
  });
});

describe('the exact check', () => {
  /** What a case says while a method of the queue, or of a part of it, is replaced. */
  function faultsWith(
    family: string,
    name: string,
    method: string,
    make: Parameters<typeof replaceMethod>[2],
    part: object = prototypeOfKind('queue'),
  ): string {
    const heal = replaceMethod(part, method, make);
    try {
      return faultsOf(family, named(family, name));
    } finally {
      heal();
    }
  }

  it('sees a queue that holds one more than it should', () => {
    const fault = faultsWith(
      'mmck',
      'mmck-c1-K10-a1.2',
      'held',
      (held) =>
        function () {
          return (held.call(this) as number) - 1;
        },
    );
    expect(fault).toMatch(/message \d+ of source came at \d+ ns, theory -1 ns/);
  });

  it('sees patience that begins a nanosecond late', () => {
    const fault = faultsWith(
      'erlangA',
      'erlangA-c10-l11-theta0.2',
      'begin',
      (begin) =>
        function (obl) {
          this.world.now[0] += 1;
          begin.call(this, obl);
          this.world.now[0] -= 1;
        },
      Expiry.prototype,
    );
    expect(fault).toMatch(/message \d+ of source expired at \d+ ns, theory \d+ ns/);
  });

  it('sees a queue that looks at no priority', () => {
    const fault = faultsWith('priority', 'prio-2-exponential', 'lineOf', () => () => 0);
    expect(fault).toMatch(/message \d+ of source\d began at \d+ ns, theory \d+ ns/);
  });
});
