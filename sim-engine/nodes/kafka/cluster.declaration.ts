// A Kafka cluster in the drawing: a container of topics and groups. Plain data.

import { declareFields, declareNode } from '../declare.ts';
import type { NodeKind } from '../node-kind.ts';
import { KAFKA_GROUP } from './group.declaration.ts';
import { KAFKA_TOPIC } from './topic.declaration.ts';

const BROKERS_MAX = 9;

const CLUSTER_FIELDS = declareFields('kafka', {
  brokers: { kind: 'int', unit: 'brokers', min: 1, max: BROKERS_MAX, default: 3, live: false },
  /** Numbers, separated by commas. */
  brokersDown: { kind: 'text', maxLength: 20, default: '', live: true, advanced: true },
  initialRebalanceDelay: {
    kind: 'duration',
    min: '0s',
    max: '1h',
    default: '3s',
    key: 'group.initial.rebalance.delay.ms',
    live: false,
    advanced: true,
  },
  minSessionTimeout: {
    kind: 'duration',
    min: '1ms',
    max: '1h',
    default: '6s',
    key: 'group.min.session.timeout.ms',
    live: false,
    advanced: true,
  },
  maxSessionTimeout: {
    kind: 'duration',
    min: '1ms',
    max: '1d',
    default: '30min',
    key: 'group.max.session.timeout.ms',
    live: false,
    advanced: true,
  },
  retentionCheck: {
    kind: 'duration',
    min: '100ms',
    max: '1d',
    default: '5min',
    key: 'log.retention.check.interval.ms',
    live: true,
    advanced: true,
  },
  offsetsRetention: {
    kind: 'duration',
    min: '1min',
    max: '49d',
    default: '7d',
    key: 'offsets.retention.minutes',
    live: false,
    advanced: true,
  },
});

export const KAFKA: NodeKind<'kafka', typeof CLUSTER_FIELDS> = declareNode({
  type: 'kafka',
  group: 'kafka',
  link: 'https://kafka.apache.org/documentation/',
  fields: CLUSTER_FIELDS,
  ports: [],
  gauges: [
    { name: 'records', unit: 'messages', type: 'level' },
    { name: 'log_bytes', unit: 'bytes', type: 'level' },
    { name: 'partitions', unit: 'partitions', type: 'level' },
    { name: 'members', unit: 'members', type: 'level' },
    { name: 'appended', unit: 'messages', type: 'total' },
    { name: 'fetched', unit: 'messages', type: 'total' },
  ],
  accepts: [KAFKA_TOPIC.type, KAFKA_GROUP.type],
  holdsMessages: true,
});
