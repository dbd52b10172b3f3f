// The runners themselves: that they judge what the actors use, that they see a wrong number, and that nothing they do not
// know is passed over.

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BACKOFF_FORMAT } from './backoff.ts';
import { DLQ_RETRIES_FORMAT } from './dlq-retries.ts';
import type { VectorCase, VectorFormat } from './format.ts';
import { QUEUEING_FORMATS } from './queueing.ts';
import { importsReachedFrom, namedImportsOf } from './reached-functions.ts';
import { BUILT, formatKey, replay } from './registry.ts';

const RUNNERS = 'sim-engine/testing/runners';
const VECTORS = 'sim-engine/testing/vectors';

/**
 * Functions that a runner judges and no actor uses yet, by file. An entry that an actor has come to use, or that no runner
 * uses any more, fails the test: the list says what is still owed and nothing else.
 */
const AWAITING_AN_ACTOR: ReadonlyMap<string, readonly string[]> = new Map([
  ['parts/circuit-breaker', ['breakerRatesInto', 'forceState']],
  ['parts/commit-watermark', ['fetchOffsets', 'markDone', 'newCommitWatermark']],
  ['parts/lanes', ['laneHash']],
  // What a page asks about routing before anything runs.
  ['nodes/rabbitmq/declared-routing', ['declaredRouting']],
  ['nodes/rabbitmq/model', ['keyedMessage']],
  ['nodes/kafka/offsets', ['lagOf', 'visibleEnd']],
  ['nodes/kafka/partition-log', ['appendMarker', 'moveLogStart', 'rollSegment']],
  ['nodes/kafka/partitioner', ['partitionOfKey']],
]);

function casesOf(key: string): readonly VectorCase[] {
  return (JSON.parse(readFileSync(`${VECTORS}/${key}.json`, 'utf8')) as { readonly cases: readonly VectorCase[] }).cases;
}

function named(key: string, name: string): VectorCase {
  const one = casesOf(key).find((candidate) => candidate.name === name);
  if (one === undefined) throw new Error(`no case ${name}`);
  return one;
}

const byCode = (a: string, b: string): number => (a < b ? -1 : 1);

describe('what a runner judges', () => {
  it('is used by an actor of the engine', () => {
    const reached = importsReachedFrom('sim-engine/nodes/behaviours.ts', 'sim-engine/nodes/');
    const isReached = (file: string, name: string): boolean => reached.some((one) => one.file === file && one.name === name);
    const used = readdirSync(RUNNERS)
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
      .flatMap((file) => namedImportsOf(`${RUNNERS}/${file}`))
      .filter(({ file }) => /^sim-engine\/(parts|nodes)\//.test(file))
      // Where a runner looks up what a gauge is called: names, nothing that a run is made of.
      .filter(({ file }) => file !== 'sim-engine/nodes/declarations.ts');
    expect(used.map(({ name }) => name)).toEqual(expect.arrayContaining(['backoffInto', 'firstPrevious']));
    const notReached = used.filter(({ file, name }) => !isReached(file, name)).map(({ file, name }) => `${file} ${name}`);
    const awaited = [...AWAITING_AN_ACTOR].flatMap(([part, names]) => names.map((name) => `sim-engine/${part}.ts ${name}`));
    expect([...new Set(notReached)].sort(byCode)).toEqual(awaited.sort(byCode));
    // The question can be answered with no.
    expect(isReached('sim-engine/parts/backoff.ts', 'grown')).toBe(false);
  });
});

describe('a recorded fact', () => {
  it('of patterns/dlq-retries agrees with a real run', () => {
    for (const one of casesOf('patterns/dlq-retries'))
      expect([one.name, DLQ_RETRIES_FORMAT.judge(one).faults]).toEqual([one.name, []]);
  });

  it('of patterns/dlq-retries that is one delivery off is seen', () => {
    const one = named('patterns/dlq-retries', 'max3-fails4');
    const wrong = { ...one, expected: { ...one.expected, deliveries: 4 } };
    expect(DLQ_RETRIES_FORMAT.judge(wrong).faults).toEqual(['deliveries: 3, recorded 4']);
    const early = { ...one, expected: { ...one.expected, delaysSeconds: [2, 2] } };
    expect(DLQ_RETRIES_FORMAT.judge(early).faults).toEqual(['delaysSeconds: [2,4], recorded [2,2]']);
  });

  it('of patterns/backoff that is a millionth of a second off is seen', () => {
    const one = named('patterns/backoff', 'randomized-97');
    expect(BACKOFF_FORMAT.judge(one).faults).toEqual([]);
    const delays = one.expected.delaysMs as readonly number[];
    const wrong = { ...one, expected: { delaysMs: delays.map((delay, retry) => (retry === 3 ? delay + 0.001 : delay)) } };
    expect(BACKOFF_FORMAT.judge(wrong).faults).toEqual(['retry 3: 337.5 ms, recorded 337.501 ms']);
  });

  it('of queueing theory about two servers agrees in every message, and in the long run', () => {
    const format = QUEUEING_FORMATS.find(({ key }) => key === 'queueing/mmc') as VectorFormat;
    const one = named('queueing/mmc', 'mmc-c2-rho0.7');
    expect(format.judge(one).faults).toEqual([]);
    // The same numbers, said to be those of three servers: theory of one, run of the other.
    const faults = format.judge({ ...one, input: { ...one.input, c: 3 } }).faults.join('; ');
    for (const measure of ['utilisation', 'L', 'W', 'pWait']) expect(faults).toContain(`${measure} `);
  });
});

describe('a vector file', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'vectors-'));
    for (const name of ['queueing', 'unheard-of', 'definitions']) mkdirSync(join(folder, name));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  function written(path: string, text: string): string {
    writeFileSync(join(folder, path), text);
    return join(folder, path);
  }

  it('is known by its kind, else by its folder and name', () => {
    expect(formatKey('anywhere/patterns/backoff.json', { cases: [] })).toBe('patterns/backoff');
    expect(formatKey('anywhere/rabbitmq/ttl.json', { kind: 'scenario' })).toBe('scenario');
  });

  it('that nobody knows fails with each of its cases', () => {
    const path = written('unheard-of/thing.json', JSON.stringify({ cases: [{}, {}, {}] }));
    expect(replay(path)).toMatchObject({
      name: 'unheard-of/thing',
      passed: 0,
      failed: 3,
      remark: 'unknown format unheard-of/thing',
    });
  });

  it('that nobody knows fails once when it has no cases, and once as a whole in a folder of definitions', () => {
    expect(replay(written('unheard-of/bare.json', '{}'))).toMatchObject({ passed: 0, failed: 1 });
    expect(replay(written('definitions/one.json', JSON.stringify({ cases: [{}, {}] })))).toMatchObject({ passed: 0, failed: 1 });
  });

  it('that is cut off fails once', () => {
    expect(replay(written('queueing/mm1.json', '{"cases": ['))).toMatchObject({ passed: 0, failed: 1, remark: 'not JSON' });
  });

  it('whose case cannot be read fails with that case and goes on with the next', () => {
    const one = { name: 'odd', input: { lambda: 1, service: { dist: 'gamma' } }, expected: {} };
    const path = written('queueing/mg1.json', JSON.stringify({ cases: [one, one] }));
    const { passed, failed, faults } = replay(path);
    expect([passed, failed, faults.length]).toEqual([0, 2, 2]);
  });

  it('of an approximation is printed and counted in neither number', () => {
    const result = replay(`${VECTORS}/queueing/ggc_approx.json`);
    expect([result.passed, result.failed]).toEqual([0, 0]);
    expect(result.details).toHaveLength(casesOf('queueing/ggc_approx').length);
  });

  it('exists for every system that is built', () => {
    expect([...BUILT].sort((a, b) => (a < b ? -1 : 1))).toEqual([
      'consistent-hash',
      'definitions',
      'headers',
      'kafka/adaptive-partitioner',
      'kafka/assignor-cooperative-sticky',
      'kafka/assignor-range',
      'kafka/assignor-roundrobin',
      'kafka/assignor-sticky',
      'kafka/defaults',
      'kafka/exponential-backoff',
      'kafka/idempotent-producer',
      'kafka/initial-rebalance-delay',
      'kafka/murmur2',
      'kafka/offset-reset',
      'kafka/producer-config',
      'kafka/retention',
      'patterns/autoscale',
      'patterns/backoff',
      'patterns/circuit-breaker',
      'patterns/dedup-ttl',
      'patterns/dlq-retries',
      'patterns/event-sourcing',
      'patterns/lanes',
      'patterns/out-of-order-commit',
      'patterns/outbox',
      'patterns/request-reply',
      'patterns/retry-budget',
      'patterns/retry-math',
      'patterns/token-bucket',
      'queueing/batch',
      'queueing/closed',
      'queueing/erlangA',
      'queueing/fluid',
      'queueing/geogeo1',
      'queueing/gm1',
      'queueing/jackson',
      'queueing/md1',
      'queueing/mg1',
      'queueing/mm1',
      'queueing/mmc',
      'queueing/mmck',
      'queueing/mminf',
      'queueing/priority',
      'queueing/tail',
      'routing',
      'scenario',
      'topic',
    ]);
    // A key without a folder is the kind that the files of RabbitMQ give themselves; many have that of a scenario.
    const fileOf = (key: string): string => (key.includes('/') ? key : `rabbitmq/${key === 'scenario' ? 'dispatch' : key}`);
    // A file of definitions is one case as a whole.
    const listed = BUILT.filter((key) => key !== 'definitions');
    for (const key of listed) expect([key, casesOf(fileOf(key)).length > 1]).toEqual([key, true]);
    expect(readdirSync(`${VECTORS}/rabbitmq/definitions`).length).toBeGreaterThan(1);
  });
});
