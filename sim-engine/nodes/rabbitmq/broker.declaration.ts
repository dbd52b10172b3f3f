// A RabbitMQ broker in the drawing: a container of exchanges and queues, and the wires on which clients of the library speak with it.
// Plain data. A publisher's wire ends at an exchange or, through the default exchange, at a queue; a consumer's begins at a queue.

import { declareFields, declareNode, declareWire } from '../declare.ts';
import { SHARE_FIELDS } from '../link-fields.ts';
import type { NodeKind, WireKind } from '../node-kind.ts';
import { RABBITMQ_EXCHANGE, TO_EXCHANGE, TO_QUEUE } from './exchange.declaration.ts';
import { RABBITMQ_QUEUE } from './queue.declaration.ts';
import { RABBITMQ_REPLIES, TO_REPLIES } from './replies.declaration.ts';

const SHORT_TEXT_MAX = 255;
const TABLE_MAX = 50;
const NODES_MAX = 5;
const WINDOW_MAX = 65_535;

const BROKER_FIELDS = declareFields('rabbitmq', {
  version: {
    kind: 'choice',
    choices: [{ value: '4.3' }, { value: '4.0' }, { value: '3.10' }],
    default: '4.3',
    live: false,
  },
  nodes: { kind: 'int', unit: 'nodes', min: 1, max: NODES_MAX, default: 1, live: false },
  /** Numbers, separated by commas. */
  nodesDown: { kind: 'text', maxLength: 20, default: '', live: true, advanced: true },
  electionTime: { kind: 'duration', min: '1ms', max: '1min', default: '250ms', live: false, advanced: true },
  memoryAlarm: { kind: 'flag', default: false, live: true },
  diskAlarm: { kind: 'flag', default: false, live: true, advanced: true },
  /** Publishes a second that the process of one queue takes. */
  queuePace: { kind: 'rate', min: 0, max: 1_000_000, default: 0, zero: 'zero.no-limit', live: true, advanced: true },
  /** Of the picture alone: the server always has it. */
  defaultExchange: { kind: 'flag', default: false, live: true, advanced: true },
});

/** Of both ends of the library: how it holds its connection. */
const CLIENT_FIELDS = {
  connection: {
    kind: 'choice',
    choices: [{ value: 'own' }, { value: 'shared' }],
    default: 'own',
    live: false,
    advanced: true,
  },
  /** 0: whichever runs. */
  node: { kind: 'int', unit: 'node', min: 0, max: NODES_MAX, default: 0, live: false, advanced: true },
  heartbeat: { kind: 'duration', min: '0s', max: '1h', default: '60s', key: 'heartbeat', live: true, advanced: true },
  reconnect: {
    kind: 'choice',
    choices: [{ value: 'at-once' }, { value: 'backoff' }, { value: 'never' }],
    default: 'backoff',
    live: true,
    advanced: true,
  },
  reconnectAfter: {
    kind: 'duration',
    min: '1ms',
    max: '1h',
    default: '5s',
    live: true,
    advanced: true,
    when: { field: 'reconnect', is: ['backoff'] },
  },
} as const;

const PUBLISH_FIELDS = declareFields('rabbitmq-publish', {
  routingKey: { kind: 'text', maxLength: SHORT_TEXT_MAX, default: '', key: 'routing_key', live: true },
  headers: { kind: 'table', maxCount: TABLE_MAX, default: {}, key: 'headers', live: true, advanced: true },
  messageId: { kind: 'flag', default: false, key: 'message_id', live: true, advanced: true },
  persistent: { kind: 'flag', default: false, key: 'delivery_mode', live: true },
  mandatory: { kind: 'flag', default: false, key: 'mandatory', live: true },
  /** Where a question's reply is to go; `amq.rabbitmq.reply-to` is the channel that asks. */
  replyTo: { kind: 'text', maxLength: SHORT_TEXT_MAX, default: '', key: 'reply_to', live: true, advanced: true },
  expiration: { kind: 'duration', min: '0s', max: '49d', default: '0s', key: 'expiration', live: true, advanced: true },
  confirm: { kind: 'flag', default: false, key: 'confirm.select', live: false },
  window: {
    kind: 'int',
    unit: 'messages',
    min: 0,
    max: WINDOW_MAX,
    default: 0,
    zero: 'zero.no-limit',
    live: true,
    advanced: true,
  },
  resends: {
    kind: 'int',
    unit: 'times',
    min: 0,
    max: 100,
    default: 3,
    live: true,
    advanced: true,
  },
  onNack: {
    kind: 'choice',
    choices: [{ value: 'resend' }, { value: 'give-up' }],
    default: 'resend',
    live: true,
    advanced: true,
  },
  onReturn: {
    kind: 'choice',
    choices: [{ value: 'give-up' }, { value: 'resend' }],
    default: 'give-up',
    live: true,
    advanced: true,
  },
  onBlocked: {
    kind: 'choice',
    choices: [{ value: 'wait' }, { value: 'give-up' }],
    default: 'wait',
    live: true,
    advanced: true,
  },
  ...SHARE_FIELDS,
  ...CLIENT_FIELDS,
});

const CONSUME_FIELDS = declareFields('rabbitmq-consume', {
  prefetch: {
    kind: 'int',
    unit: 'messages',
    min: 0,
    max: WINDOW_MAX,
    default: 0,
    zero: 'zero.no-limit',
    key: 'prefetch_count',
    live: false,
  },
  acknowledge: {
    kind: 'choice',
    choices: [{ value: 'manual' }, { value: 'automatic' }],
    default: 'manual',
    key: 'no_ack',
    live: false,
  },
  onRetry: {
    kind: 'choice',
    choices: [{ value: 'requeue' }, { value: 'reject' }, { value: 'dead-letter' }],
    default: 'requeue',
    live: true,
    when: { field: 'acknowledge', is: ['manual'] },
  },
  priority: { kind: 'int', unit: 'levels', min: -100, max: 100, default: 0, key: 'x-priority', live: false, advanced: true },
  exclusive: { kind: 'flag', default: false, key: 'exclusive', live: false, advanced: true },
  /** Asked of a stream only: first, last, next, a number, or a length of time such as 1h. */
  streamOffset: { kind: 'text', maxLength: 30, default: 'next', key: 'x-stream-offset', live: false, advanced: true },
  ...CLIENT_FIELDS,
});

export const RABBITMQ: NodeKind<'rabbitmq', typeof BROKER_FIELDS> = declareNode({
  type: 'rabbitmq',
  group: 'rabbitmq',
  link: 'https://www.rabbitmq.com/docs',
  fields: BROKER_FIELDS,
  ports: [],
  gauges: [
    { name: 'queue_size', unit: 'messages', type: 'level' },
    { name: 'ready', unit: 'messages', type: 'level' },
    { name: 'in_flight', unit: 'messages', type: 'level' },
    { name: 'connections', unit: 'connections', type: 'level' },
    { name: 'redeliveries', unit: 'deliveries', type: 'total' },
    { name: 'unroutable', unit: 'messages', type: 'total' },
    { name: 'default_published', unit: 'messages', type: 'total' },
  ],
  leftOut: ['diskWriteTime', 'partitionHandling', 'permissions'],
  accepts: [RABBITMQ_EXCHANGE.type, RABBITMQ_QUEUE.type, RABBITMQ_REPLIES.type],
  holdsMessages: true,
});

/** A sender or service publishes. */
export const RABBITMQ_PUBLISH: WireKind<'rabbitmq-publish', typeof PUBLISH_FIELDS> = declareWire({
  type: 'rabbitmq-publish',
  from: ['offers'],
  to: [TO_EXCHANGE, TO_QUEUE, TO_REPLIES],
  fields: PUBLISH_FIELDS,
  travels: true,
  carries: 'connection',
  leftOut: ['transactions'],
  client: { end: 'from', role: 'publisher' },
});

/** A queue pushes messages to a consumer of it. */
export const RABBITMQ_CONSUME: WireKind<'rabbitmq-consume', typeof CONSUME_FIELDS> = declareWire({
  type: 'rabbitmq-consume',
  from: ['amqp-deliveries'],
  to: ['works', 'reads'],
  fields: CONSUME_FIELDS,
  travels: true,
  carries: 'connection',
  leftOut: ['unsentLimit', 'streamFilter'],
  client: { end: 'to', role: 'consumer' },
});
