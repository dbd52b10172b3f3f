// An exchange inside a RabbitMQ broker, and the relations that start at it: bindings, and the way to its alternate exchange. Plain data.
// `key` is the name that a definitions file of the server has for a field; what starts with no `x-` there is no argument.

import { declareFields, declareNode, declareWire } from '../declare.ts';
import type { Fields } from '../fields.ts';
import type { NodeKind, WireKind } from '../node-kind.ts';

/** A name, a routing key: a short text of AMQP. The server counts bytes, the form characters. */
const SHORT_TEXT_MAX = 255;
const WEIGHT_MAX = 10_000;
const TABLE_MAX = 50;

const EXCHANGE_FIELDS = declareFields('rabbitmq-exchange', {
  /** Empty: its id. */
  name: {
    kind: 'text',
    maxLength: SHORT_TEXT_MAX,
    reserved: { prefix: 'amq.', but: ['amq.direct', 'amq.fanout', 'amq.topic', 'amq.headers', 'amq.match'] },
    default: '',
    key: 'name',
    live: false,
  },
  type: {
    kind: 'choice',
    choices: [{ value: 'direct' }, { value: 'fanout' }, { value: 'topic' }, { value: 'headers' }, { value: 'x-consistent-hash' }],
    default: 'direct',
    key: 'type',
    live: false,
  },
  hashOn: {
    kind: 'choice',
    choices: [
      { value: 'routing-key' },
      { value: 'header' },
      { value: 'message_id' },
      { value: 'correlation_id' },
      { value: 'timestamp' },
    ],
    default: 'routing-key',
    key: 'hash-property',
    live: false,
    when: { field: 'type', is: ['x-consistent-hash'] },
  },
  hashHeader: {
    kind: 'text',
    maxLength: SHORT_TEXT_MAX,
    default: '',
    key: 'hash-header',
    live: false,
    when: { field: 'hashOn', is: ['header'] },
  },
  durable: { kind: 'flag', default: true, key: 'durable', live: false },
  autoDelete: { kind: 'flag', default: false, key: 'auto_delete', live: false, advanced: true },
  internal: { kind: 'flag', default: false, key: 'internal', live: false, advanced: true },
});

const BINDING_FIELDS = declareFields('binding', {
  routingKey: { kind: 'text', maxLength: SHORT_TEXT_MAX, default: '', key: 'routing_key', live: true },
  /** Asked of the headers, where a headers exchange is at its start. */
  arguments: { kind: 'table', maxCount: TABLE_MAX, default: {}, key: 'arguments', live: true },
  /** Stands in the place of the key, where a hash ring is at its start. */
  weight: { kind: 'int', unit: 'buckets', min: 1, max: WEIGHT_MAX, default: 1, key: 'routing_key', live: true, advanced: true },
});

const NO_FIELDS = {} as const satisfies Fields;

/** Port types of the parts of a broker: what may be published to or bound to, and what lies behind an exchange. */
export const TO_EXCHANGE = 'amqp-exchange';
export const TO_QUEUE = 'amqp-queue';
const BINDS = 'amqp-binds';
const UNROUTED = 'amqp-unrouted';

export const RABBITMQ_EXCHANGE: NodeKind<'rabbitmq-exchange', typeof EXCHANGE_FIELDS> = declareNode({
  type: 'rabbitmq-exchange',
  group: 'rabbitmq',
  isPart: true,
  link: 'https://www.rabbitmq.com/docs/exchanges',
  fields: EXCHANGE_FIELDS,
  ports: [
    { name: 'in', direction: 'in', type: TO_EXCHANGE },
    { name: 'bindings', direction: 'out', type: BINDS },
    { name: 'alternate', direction: 'out', type: UNROUTED, maxWires: 1 },
  ],
  gauges: [
    { name: 'published', unit: 'messages', type: 'total' },
    { name: 'unroutable', unit: 'messages', type: 'total' },
  ],
  holdsMessages: false,
});

/** From an exchange to a queue or to another exchange: which messages go on. */
export const BINDING: WireKind<'binding', typeof BINDING_FIELDS> = declareWire({
  type: 'binding',
  from: [BINDS],
  to: [TO_EXCHANGE, TO_QUEUE],
  fields: BINDING_FIELDS,
  travels: false,
  carries: 'connection',
  isRepeatable: true,
  isInner: true,
});

/** Where an exchange sends what no binding of it takes. */
export const ALTERNATE: WireKind<'alternate', typeof NO_FIELDS> = declareWire({
  type: 'alternate',
  from: [UNROUTED],
  to: [TO_EXCHANGE],
  fields: NO_FIELDS,
  travels: false,
  carries: 'connection',
  isRepeatable: true,
  isInner: true,
});
