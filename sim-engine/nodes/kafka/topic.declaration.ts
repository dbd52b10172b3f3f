// A topic of a Kafka cluster. Plain data. A producer's wire ends at it.

import { declareFields, declareNode } from '../declare.ts';
import type { NodeKind } from '../node-kind.ts';

const PARTITIONS_MAX = 10_000;
const GIB = 1024 * 1024 * 1024;

const TOPIC_FIELDS = declareFields('kafka-topic', {
  partitions: { kind: 'int', unit: 'partitions', min: 1, max: PARTITIONS_MAX, default: 1, key: 'num.partitions', live: true },
  cleanupPolicy: {
    kind: 'choice',
    choices: [{ value: 'delete' }, { value: 'compact' }, { value: 'compact-delete' }],
    default: 'delete',
    key: 'cleanup.policy',
    live: true,
  },
  retentionTime: { kind: 'duration', min: '0s', max: '49d', default: '7d', key: 'retention.ms', live: true },
  retentionBytes: {
    kind: 'bytes',
    unit: 'bytes',
    min: 0,
    max: 1e15,
    default: 0,
    key: 'retention.bytes',
    live: true,
    advanced: true,
  },
  segmentBytes: {
    kind: 'bytes',
    unit: 'bytes',
    min: 14,
    max: 2 * GIB - 1,
    default: GIB,
    key: 'segment.bytes',
    live: true,
    advanced: true,
  },
  segmentTime: { kind: 'duration', min: '1ms', max: '49d', default: '7d', key: 'segment.ms', live: true, advanced: true },
  maxMessageBytes: {
    kind: 'bytes',
    unit: 'bytes',
    min: 0,
    max: GIB,
    default: 1_048_588,
    key: 'max.message.bytes',
    live: true,
    advanced: true,
  },
  minDirtyRatio: {
    kind: 'ratio',
    unit: '%',
    min: 0,
    max: 1,
    default: 0.5,
    key: 'min.cleanable.dirty.ratio',
    live: true,
    advanced: true,
    when: { field: 'cleanupPolicy', is: ['compact', 'compact-delete'] },
  },
  minCompactionLag: {
    kind: 'duration',
    min: '0s',
    max: '49d',
    default: '0s',
    key: 'min.compaction.lag.ms',
    live: true,
    advanced: true,
    when: { field: 'cleanupPolicy', is: ['compact', 'compact-delete'] },
  },
  maxCompactionLag: {
    kind: 'duration',
    min: '0s',
    max: '49d',
    default: '0s',
    key: 'max.compaction.lag.ms',
    live: true,
    advanced: true,
    when: { field: 'cleanupPolicy', is: ['compact', 'compact-delete'] },
  },
  deleteRetention: {
    kind: 'duration',
    min: '0s',
    max: '49d',
    default: '1d',
    key: 'delete.retention.ms',
    live: true,
    advanced: true,
    when: { field: 'cleanupPolicy', is: ['compact', 'compact-delete'] },
  },
});

export const KAFKA_TOPIC: NodeKind<'kafka-topic', typeof TOPIC_FIELDS> = declareNode({
  type: 'kafka-topic',
  group: 'kafka',
  fields: TOPIC_FIELDS,
  ports: [
    { name: 'in', direction: 'in', type: 'kafka-records' },
    { name: 'out', direction: 'out', type: 'kafka-topic' },
  ],
  gauges: [
    { name: 'records', unit: 'messages', type: 'level' },
    { name: 'log_bytes', unit: 'bytes', type: 'level' },
    { name: 'appended', unit: 'messages', type: 'total' },
  ],
  isPart: true,
  holdsMessages: false,
});
