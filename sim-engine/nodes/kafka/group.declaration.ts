// A consumer group of a Kafka cluster, and the relations inside of it: which topics the group reads, and where it passes on what it fails at.
// Plain data. A consumer's wire begins at it.

import { declareFields, declareNode, declareWire } from '../declare.ts';
import type { Fields } from '../fields.ts';
import type { NodeKind, WireKind } from '../node-kind.ts';

const GROUP_FIELDS = declareFields('kafka-group', {
  rewind: {
    kind: 'duration',
    min: '0s',
    max: '49d',
    default: '0s',
    key: '--reset-offsets --by-duration',
    live: true,
    advanced: true,
  },
});

export const KAFKA_GROUP: NodeKind<'kafka-group', typeof GROUP_FIELDS> = declareNode({
  type: 'kafka-group',
  group: 'kafka',
  fields: GROUP_FIELDS,
  ports: [
    { name: 'in', direction: 'in', type: 'kafka-subscriber' },
    { name: 'out', direction: 'out', type: 'kafka-deliveries' },
    { name: 'failed', direction: 'out', type: 'kafka-failures' },
  ],
  gauges: [
    { name: 'consumer_lag', unit: 'messages', type: 'level', exported: 'consumer_lag' },
    { name: 'members', unit: 'members', type: 'level' },
    { name: 'fetched', unit: 'messages', type: 'total' },
    { name: 'lag_seconds', unit: 'seconds', type: 'level', isLargest: true },
    { name: 'generation', unit: '', type: 'level' },
  ],
  isPart: true,
  holdsMessages: false,
});

const NO_FIELDS = {} as const satisfies Fields;

/** A group reads a topic. */
export const KAFKA_SUBSCRIBE: WireKind<'kafka-subscribe', typeof NO_FIELDS> = declareWire({
  type: 'kafka-subscribe',
  from: ['kafka-topic'],
  to: ['kafka-subscriber'],
  fields: NO_FIELDS,
  travels: false,
  carries: 'connection',
  isInner: true,
});

const PASS_ON_FIELDS = declareFields('kafka-pass-on', {
  as: {
    kind: 'choice',
    choices: [{ value: 'retry' }, { value: 'dead-letter' }],
    default: 'retry',
    live: true,
  },
  delay: {
    kind: 'duration',
    min: '0s',
    max: '7d',
    default: '1s',
    live: true,
    when: { field: 'as', is: ['retry'] },
  },
});

/** What the members of a group fail at they publish to this topic, and commit: a retry topic, or the one for dead letters. */
export const KAFKA_PASS_ON: WireKind<'kafka-pass-on', typeof PASS_ON_FIELDS> = declareWire({
  type: 'kafka-pass-on',
  from: ['kafka-failures'],
  to: ['kafka-records'],
  fields: PASS_ON_FIELDS,
  travels: false,
  carries: 'connection',
  isInner: true,
});
