// The runners of vectors/kafka: that every carried case agrees, that a wrong record is seen, and that what is not built is named.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { VectorCase } from './format.ts';
import { KAFKA_AWAITED, KAFKA_FORMATS } from './kafka.ts';
import { replay } from './registry.ts';

const VECTORS = 'sim-engine/testing/vectors';

const casesOf = (key: string): readonly VectorCase[] =>
  (JSON.parse(readFileSync(`${VECTORS}/${key}.json`, 'utf8')) as { readonly cases: readonly VectorCase[] }).cases;

/** A format, a case of it, and a change to what is recorded. */
const TAMPERED: readonly (readonly [string, string | undefined, (expected: Record<string, unknown>) => unknown])[] = [
  ['murmur2', 'kafka', (expected) => ({ ...expected, murmur2: (expected.murmur2 as number) + 1 })],
  ['murmur2', 'kafka', (expected) => ({ ...expected, partition: { ...(expected.partition as object), 5: 1 } })],
  ['adaptive-partitioner', 'queues [0, 41, 1] len 3', (expected) => ({ ...expected, cumulativeFrequencyTable: [41, 42, 83] })],
  ['adaptive-partitioner', 'queues [1, 1, 1] len 3', (expected) => ({ ...expected, adaptive: true })],
  [
    'exponential-backoff',
    'initial=50 mult=2 max=10000 jitter=0.2',
    (expected) => ({ ...expected, noJitterMs: (expected.noJitterMs as number[]).map((ms) => (ms === 9999 ? 10000 : ms)) }),
  ],
  [
    'exponential-backoff',
    undefined,
    (expected) => ({ ...expected, maxMs: (expected.maxMs as number[]).map((ms, i) => (i === 2 ? ms + 2 : ms)) }),
  ],
  ['producer-config', 'retries=3', (expected) => ({ ...expected, accepted: false })],
  [
    'producer-config',
    'enable.idempotence=true, acks=1, retries=3, max.in.flight.requests.per.connection=1',
    () => ({ accepted: true }),
  ],
  ['defaults', 'producer linger.ms', (expected) => ({ ...expected, previousDefault: 5 })],
  ['offset-reset', 'case 6', (expected) => ({ ...expected, position: 44 })],
  ['offset-reset', 'case 35', (expected) => ({ ...expected, error: 'OffsetOutOfRange' })],
  ['retention', 'time: exactly retention.ms old is kept', (expected) => ({ ...expected, logStartOffset: 10 })],
  [
    'retention',
    'time: the active segment too, a fresh one is rolled',
    (expected) => ({ ...expected, rolledNewActiveSegment: false }),
  ],
  ['initial-rebalance-delay', 'generated 16', (expected) => ({ ...expected, joinPhaseEndsAtMs: 17000 })],
  ['initial-rebalance-delay', 'generated 16', (expected) => ({ ...expected, membersInFirstGeneration: 8 })],
  [
    'idempotent-producer',
    'duplicate must match both ends of the range',
    (expected) => ({
      results: (expected.results as object[]).map((result, i) => (i === 2 ? { ...result, baseOffset: 7 } : result)),
    }),
  ],
  [
    'idempotent-producer',
    'abort then reuse same epoch',
    (expected) => ({
      results: (expected.results as object[]).map((result, i) => (i === 4 ? { ...result, lastStableOffset: 4 } : result)),
    }),
  ],
  ['assignor-range', undefined, (expected) => ({ ...expected, sizes: [1] })],
  ['assignor-sticky', 'AbstractStickyAssignorTest.testStickiness#2', (expected) => ({ ...expected, keptByPreviousOwner: 0 })],
  [
    'assignor-cooperative-sticky',
    'AbstractStickyAssignorTest.testAddRemoveConsumerOneTopic#6',
    (expected) => ({ ...expected, unassigned: [] }),
  ],
];

describe('what Kafka was seen to do', () => {
  it.each(KAFKA_FORMATS.map(({ key }) => key))('agrees in every case of %s', (key) => {
    const { passed, failed, faults } = replay(`${VECTORS}/${key}.json`);
    expect([passed, failed, faults]).toEqual([casesOf(key).length, 0, []]);
  });

  it.each(TAMPERED.map((row, i) => [row[0], row[1] ?? 'the first case', i] as const))(
    'in %s, %s, is not what a changed record says (%i)',
    (_, __, i) => {
      const [name, caseName, change] = TAMPERED[i] as (typeof TAMPERED)[number];
      const key = `kafka/${name}`;
      const one = casesOf(key).find((candidate) => caseName === undefined || candidate.name === caseName) as VectorCase;
      const format = KAFKA_FORMATS.find((candidate) => candidate.key === key);
      expect(format?.judge(one).faults).toEqual([]);
      expect(format?.judge({ ...one, expected: change(one.expected) as Record<string, unknown> }).faults.length).toBeGreaterThan(
        0,
      );
    },
  );

  it('judges a log whose first records are gone, by the clock of a calendar: exactly retention.ms old stays', () => {
    const segments = [
      { baseOffset: 66, sizeBytes: 100, largestTimestampMs: 1_700_000_000_000 },
      { baseOffset: 84, sizeBytes: 100, largestTimestampMs: 1_700_000_000_001 },
      { baseOffset: 90, sizeBytes: 100, largestTimestampMs: 1_700_000_000_002 },
    ];
    const marks = { logEndOffset: 95, highWatermark: 95, logStartOffset: 70, nowMs: 1_700_000_060_001 };
    const one = {
      name: 'late',
      input: { segments, ...marks, retentionMs: 60_000, retentionBytes: -1, cleanupPolicy: ['delete'] },
      expected: { deletedBaseOffsets: [66], logStartOffset: 84, remainingBaseOffsets: [84, 90], rolledNewActiveSegment: false },
    };
    expect(KAFKA_FORMATS.find(({ key }) => key === 'kafka/retention')?.judge(one).faults).toEqual([]);
  });

  it('refuses a group that nobody joins, and what is no time, with a sentence', () => {
    const judge = (joinTimesMs: readonly unknown[], rebalanceTimeoutMs: unknown = 9000) => {
      const input = { groupInitialRebalanceDelayMs: 3000, rebalanceTimeoutMs, joinTimesMs };
      return KAFKA_FORMATS.find(({ key }) => key === 'kafka/initial-rebalance-delay')?.judge({ name: '', input, expected: {} });
    };
    expect(() => judge([])).toThrow('nobody joins');
    expect(() => judge(['x'])).toThrow('x is no time in ms');
    expect(() => judge([0], -1)).toThrow('-1 is no time in ms');
  });

  it('is known where nothing is built yet: its cases fail, and the line says what they wait for', () => {
    for (const [key, remark] of KAFKA_AWAITED) {
      expect(replay(`${VECTORS}/${key}.json`)).toMatchObject({ passed: 0, failed: casesOf(key).length, remark });
    }
  });

  it('does not hang on the order in which members are named', () => {
    for (const { key, judge } of KAFKA_FORMATS.filter((format) => format.key.includes('assignor'))) {
      for (const one of casesOf(key)) {
        const members = [...(one.input.members as readonly unknown[])].reverse();
        expect([one.name, judge({ ...one, input: { ...one.input, members } }).faults]).toEqual([one.name, []]);
      }
    }
  });
});
