// The kinds of a drawing with those of RabbitMQ, for tests and runners that read drawings of brokers. Kinds that stand in THE list take
// the place of what is said here.

import { NODE_KINDS, WIRE_KINDS } from '../nodes/declarations.ts';
import { declareFields, declareNode } from '../nodes/declare.ts';
import { ALTERNATE, BINDING, RABBITMQ_EXCHANGE } from '../nodes/rabbitmq/exchange.declaration.ts';
import { RABBITMQ_DEAD_LETTER, RABBITMQ_QUEUE } from '../nodes/rabbitmq/queue.declaration.ts';
import { registryOf } from '../topology/registry.ts';

/** As far as a definitions file knows of a broker: what it holds, and its version. */
const BROKER = declareNode({
  type: 'rabbitmq',
  group: 'channels',
  fields: declareFields('rabbitmq', {
    version: {
      kind: 'choice',
      choices: [{ value: '4.3' }, { value: '4.0' }, { value: '3.10' }],
      default: '4.3',
      live: false,
    },
  }),
  ports: [],
  gauges: [],
  accepts: [RABBITMQ_EXCHANGE.type, RABBITMQ_QUEUE.type],
  holdsMessages: true,
});

export const RABBITMQ_KINDS = registryOf(
  [BROKER, RABBITMQ_EXCHANGE, RABBITMQ_QUEUE, ...NODE_KINDS],
  [BINDING, ALTERNATE, RABBITMQ_DEAD_LETTER, ...WIRE_KINDS],
);
