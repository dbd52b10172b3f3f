// Judges what Kafka's clients decide by themselves: kafka/murmur2 and adaptive-partitioner (which partition), exponential-backoff (how long to
// wait), producer-config and defaults (what settings come to), offset-reset (where a consumer goes on).

import { clientBackoffMs } from '../../nodes/kafka/client-backoff.ts';
import { defaultOf } from '../../nodes/kafka/defaults.ts';
import { murmur2, toPositive } from '../../nodes/kafka/murmur2.ts';
import { type IsolationLevel, lagOf, NO_OFFSET, type OffsetReset, startOf, visibleEnd } from '../../nodes/kafka/offsets.ts';
import { newSticky, nextSticky, noteQueueSizes, partitionOfKey } from '../../nodes/kafka/partitioner.ts';
import { type ProducerSettings, producerSettings } from '../../nodes/kafka/producer-settings.ts';
import type { VectorCase, VectorFormat } from './format.ts';
import { differences } from './kafka-differences.ts';

function judgedMurmur2({ input, expected }: VectorCase): readonly string[] {
  const bytes = Buffer.from((input as { readonly keyBase64: string }).keyBase64, 'base64');
  const recorded = expected as { readonly partition: Readonly<Record<string, number>> };
  const hash = murmur2(bytes);
  const partition = Object.fromEntries(
    Object.keys(recorded.partition).map((count) => [count, partitionOfKey(bytes, Number(count))]),
  );
  return differences({ murmur2: hash, positive: toPositive(hash), partition }, expected);
}

function judgedPartitioner({ input, expected }: VectorCase): readonly string[] {
  const { queueSizes, partitionIds, length, randoms } = input as {
    readonly queueSizes: readonly number[];
    readonly partitionIds: readonly number[];
    readonly length: number;
    readonly randoms: readonly number[];
  };
  const sticky = newSticky();
  noteQueueSizes(sticky, queueSizes, partitionIds, length);
  const found: Record<string, unknown> = { adaptive: sticky.cumulative.length > 0 };
  if (expected.adaptive === true) {
    found.cumulativeFrequencyTable = sticky.cumulative;
    found.partitionForRandom = randoms.map((draw) => nextSticky(sticky, draw, partitionIds, partitionIds.length));
  }
  return differences(found, expected);
}

/** By how much a bound may be missed: Java rounds what it draws. */
const BACKOFF_TOLERANCE_MS = 1;

function judgedBackoff({ input, expected }: VectorCase): readonly string[] {
  const { initialMs, multiplier, maxMs, jitter, attempts } = input as {
    readonly initialMs: number;
    readonly multiplier: number;
    readonly maxMs: number;
    readonly jitter: number;
    readonly attempts: readonly number[];
  };
  const { noJitterMs, minMs, maxMs: mostMs } = expected as Readonly<Record<string, readonly number[]>>;
  const spec = { initialMs, multiplier, maxMs, jitter };
  const exact = attempts.map((attempt) => clientBackoffMs({ ...spec, jitter: 0 }, attempt, 0));
  const faults = [...differences({ noJitterMs: exact }, { noJitterMs })];
  for (const [i, attempt] of attempts.entries()) {
    for (const [u, bound] of [
      [0, minMs?.[i]],
      [1, mostMs?.[i]],
    ] as readonly (readonly [number, number | undefined])[]) {
      const waitMs = clientBackoffMs(spec, attempt, u);
      if (bound === undefined || Math.abs(waitMs - bound) > BACKOFF_TOLERANCE_MS) {
        faults.push(`attempt ${attempt} at draw ${u}: ${waitMs} ms, recorded ${bound}`);
      }
    }
  }
  return faults;
}

/** The recorded snapshot is the last one before 4.0 made one of the rules an error. */
const SNAPSHOT = '3.9';

function judgedSettings({ input, expected }: VectorCase): readonly string[] {
  const found = producerSettings(new Map(Object.entries(input.set as Readonly<Record<string, string>>)), SNAPSHOT);
  if (typeof found === 'string') return expected.accepted === false ? [] : [`refused: ${found}`];
  return differences({ accepted: true, effective: byKey(found) }, expected);
}

const byKey = ({ acks, isIdempotent, retries, inFlightMax, deliveryTimeoutMs }: ProducerSettings): unknown => ({
  acks,
  'enable.idempotence': isIdempotent,
  retries,
  'max.in.flight.requests.per.connection': inFlightMax,
  'delivery.timeout.ms': deliveryTimeoutMs,
});

function judgedDefault({ input, expected }: VectorCase): readonly string[] {
  const { scope, config } = input as { readonly scope: string; readonly config: string };
  const found: Record<string, unknown> = { default: defaultOf(scope, config, '4.0') };
  if ('previousDefault' in expected) found.previousDefault = defaultOf(scope, config, '3.9');
  const { changedIn: _, ...recorded } = expected;
  return differences(found, recorded);
}

function judgedReset({ input, expected }: VectorCase): readonly string[] {
  const { position, isolationLevel, autoOffsetReset, ...rest } = input as {
    readonly position: number | null;
    readonly isolationLevel: IsolationLevel;
    readonly autoOffsetReset: OffsetReset;
    readonly [mark: string]: unknown;
  };
  const marks = {
    logStart: rest.logStartOffset as number,
    lastStable: rest.lastStableOffset as number,
    highWatermark: rest.highWatermark as number,
    logEnd: rest.logEndOffset as number,
  };
  const start = startOf(position ?? NO_OFFSET, marks, isolationLevel, autoOffsetReset);
  if (start.outcome === 'error') return differences(start, expected);
  const lag = lagOf(start.position, visibleEnd(marks, isolationLevel));
  return differences({ ...start, recordsVisible: lag, lag }, expected);
}

const format = (name: string, judge: (one: VectorCase) => readonly string[]): VectorFormat => ({
  key: `kafka/${name}`,
  judge: (one) => ({ faults: judge(one) }),
});

export const KAFKA_CLIENT_FORMATS: readonly VectorFormat[] = [
  format('murmur2', judgedMurmur2),
  format('adaptive-partitioner', judgedPartitioner),
  format('exponential-backoff', judgedBackoff),
  format('producer-config', judgedSettings),
  format('defaults', judgedDefault),
  format('offset-reset', judgedReset),
];
