// The way of direct replies inside a RabbitMQ broker, `amq.rabbitmq.reply-to`: no queue, though a client consumes from it and names it
// in its questions. Plain data.

import { declareFields, declareNode } from '../declare.ts';
import type { NodeKind } from '../node-kind.ts';

/** Port type of what replies may be published to. */
export const TO_REPLIES = 'amqp-replies';

const REPLIES_FIELDS = declareFields('rabbitmq-replies', {});

export const RABBITMQ_REPLIES: NodeKind<'rabbitmq-replies', typeof REPLIES_FIELDS> = declareNode({
  type: 'rabbitmq-replies',
  group: 'rabbitmq',
  isPart: true,
  link: 'https://www.rabbitmq.com/docs/direct-reply-to',
  fields: REPLIES_FIELDS,
  ports: [
    { name: 'in', direction: 'in', type: TO_REPLIES },
    // The server refuses whoever would acknowledge replies.
    { name: 'out', direction: 'out', type: 'amqp-deliveries', begins: { acknowledge: 'automatic' } },
  ],
  gauges: [
    { name: 'published', unit: 'messages', type: 'total' },
    { name: 'unroutable', unit: 'messages', type: 'total' },
    { name: 'consumers', unit: 'consumers', type: 'level' },
  ],
  holdsMessages: false,
});
