// A queue inside a RabbitMQ broker, and the relation by which it hands on what dies in it. Plain data. A field whose `key` begins with
// `x-` is an argument of the queue's declaration; with its default it is left out (`declared-arguments.ts`).

import { declareFields, declareNode, declareWire } from '../declare.ts';
import type { NodeKind, WireKind } from '../node-kind.ts';
import { TO_EXCHANGE, TO_QUEUE } from './exchange.declaration.ts';

const SHORT_TEXT_MAX = 255;

const QUEUE_FIELDS = declareFields('rabbitmq-queue', {
  /** Empty: its id. */
  name: {
    kind: 'text',
    maxLength: SHORT_TEXT_MAX,
    reserved: { prefix: 'amq.', but: [] },
    default: '',
    key: 'name',
    live: false,
  },
  type: {
    kind: 'choice',
    choices: [{ value: 'classic' }, { value: 'quorum' }, { value: 'stream' }],
    default: 'classic',
    key: 'x-queue-type',
    live: false,
  },
  messageTtl: {
    kind: 'duration',
    min: '0s',
    max: '49d',
    default: '0s',
    key: 'x-message-ttl',
    live: true,
    when: { field: 'type', is: ['classic', 'quorum'] },
  },
  maxLength: {
    kind: 'int',
    unit: 'messages',
    min: 0,
    max: 4_000_000,
    default: 0,
    zero: 'zero.no-limit',
    key: 'x-max-length',
    live: true,
    when: { field: 'type', is: ['classic', 'quorum'] },
  },
  maxLengthBytes: {
    kind: 'bytes',
    unit: 'bytes',
    min: 0,
    max: 1e12,
    default: 0,
    key: 'x-max-length-bytes',
    live: true,
    advanced: true,
  },
  overflow: {
    kind: 'choice',
    choices: [{ value: 'drop-head' }, { value: 'reject-publish' }, { value: 'reject-publish-dlx' }],
    default: 'drop-head',
    key: 'x-overflow',
    live: true,
    when: { field: 'type', is: ['classic', 'quorum'] },
  },
  /** -1: none. */
  deliveryLimit: {
    kind: 'int',
    unit: 'returns',
    min: -1,
    max: 1_000_000,
    default: 20,
    key: 'x-delivery-limit',
    live: true,
    when: { field: 'type', is: ['quorum'] },
  },
  maxPriority: {
    kind: 'int',
    unit: 'levels',
    min: 0,
    max: 255,
    default: 0,
    key: 'x-max-priority',
    live: false,
    when: { field: 'type', is: ['classic'] },
  },
  singleActiveConsumer: {
    kind: 'flag',
    default: false,
    key: 'x-single-active-consumer',
    live: false,
    advanced: true,
    when: { field: 'type', is: ['classic', 'quorum'] },
  },
  expires: {
    kind: 'duration',
    min: '0s',
    max: '49d',
    default: '0s',
    key: 'x-expires',
    live: true,
    advanced: true,
    when: { field: 'type', is: ['classic', 'quorum'] },
  },
  deadLetterStrategy: {
    kind: 'choice',
    choices: [{ value: 'at-most-once' }, { value: 'at-least-once' }],
    default: 'at-most-once',
    key: 'x-dead-letter-strategy',
    live: true,
    advanced: true,
    when: { field: 'type', is: ['quorum'] },
  },
  delayedRetryType: {
    kind: 'choice',
    choices: [{ value: 'disabled' }, { value: 'all' }, { value: 'failed' }, { value: 'returned' }],
    default: 'disabled',
    key: 'x-delayed-retry-type',
    live: true,
    advanced: true,
    when: { field: 'type', is: ['quorum'] },
  },
  delayedRetryMin: {
    kind: 'duration',
    min: '0s',
    max: '49d',
    default: '0s',
    key: 'x-delayed-retry-min',
    live: true,
    when: { field: 'delayedRetryType', is: ['all', 'failed', 'returned'] },
  },
  delayedRetryMax: {
    kind: 'duration',
    min: '0s',
    max: '49d',
    default: '0s',
    key: 'x-delayed-retry-max',
    live: true,
    when: { field: 'delayedRetryType', is: ['all', 'failed', 'returned'] },
  },
  consumerTimeout: {
    kind: 'duration',
    min: '1s',
    max: '49d',
    default: '30min',
    key: 'x-consumer-timeout',
    live: true,
    advanced: true,
    when: { field: 'type', is: ['quorum'] },
  },
  groupSize: {
    kind: 'int',
    unit: 'nodes',
    min: 1,
    max: 7,
    default: 3,
    key: 'x-quorum-initial-group-size',
    live: false,
    advanced: true,
    when: { field: 'type', is: ['quorum'] },
  },
  leaderLocator: {
    kind: 'choice',
    choices: [{ value: 'client-local' }, { value: 'balanced' }],
    default: 'client-local',
    key: 'x-queue-leader-locator',
    live: false,
    advanced: true,
  },
  maxAge: {
    kind: 'duration',
    min: '0s',
    max: '104d',
    default: '0s',
    key: 'x-max-age',
    live: true,
    when: { field: 'type', is: ['stream'] },
  },
  segmentBytes: {
    kind: 'bytes',
    unit: 'bytes',
    min: 1000,
    max: 3_000_000_000,
    default: 500_000_000,
    key: 'x-stream-max-segment-size-bytes',
    live: false,
    advanced: true,
    when: { field: 'type', is: ['stream'] },
  },
  durable: { kind: 'flag', default: true, key: 'durable', live: false },
  exclusive: { kind: 'flag', default: false, key: 'exclusive', live: false, advanced: true },
  autoDelete: { kind: 'flag', default: false, key: 'auto_delete', live: false, advanced: true },
});

const DEAD_LETTER_FIELDS = declareFields('rabbitmq-dead-letter', {
  /** Empty: the routing keys it had. To a queue the way is the default exchange and the queue's name, and this is not asked. */
  routingKey: { kind: 'text', maxLength: SHORT_TEXT_MAX, default: '', key: 'x-dead-letter-routing-key', live: true },
});

const GIVES_UP = 'amqp-gives-up';

export const RABBITMQ_QUEUE: NodeKind<'rabbitmq-queue', typeof QUEUE_FIELDS> = declareNode({
  type: 'rabbitmq-queue',
  group: 'rabbitmq',
  isPart: true,
  link: 'https://www.rabbitmq.com/docs/queues',
  fields: QUEUE_FIELDS,
  ports: [
    { name: 'in', direction: 'in', type: TO_QUEUE },
    { name: 'out', direction: 'out', type: 'amqp-deliveries' },
    { name: 'dead-letters', direction: 'out', type: GIVES_UP, maxWires: 1 },
  ],
  gauges: [
    { name: 'queue_size', unit: 'messages', type: 'level', exported: 'queue_size' },
    { name: 'ready', unit: 'messages', type: 'level' },
    { name: 'in_flight', unit: 'messages', type: 'level' },
    { name: 'consumers', unit: 'consumers', type: 'level' },
  ],
  leftOut: ['replicas'],
  holdsMessages: true,
});

/** Where a queue hands what dies in it: an exchange, or by the default exchange a queue. */
export const RABBITMQ_DEAD_LETTER: WireKind<'rabbitmq-dead-letter', typeof DEAD_LETTER_FIELDS> = declareWire({
  type: 'rabbitmq-dead-letter',
  from: [GIVES_UP],
  to: [TO_EXCHANGE, TO_QUEUE],
  fields: DEAD_LETTER_FIELDS,
  travels: false,
  carries: 'connection',
  isRepeatable: true,
  isInner: true,
});
