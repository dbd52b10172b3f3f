// THE list of what can be drawn: one line a kind. The app builds palette, forms, cards and charts from it.

import type { Fields } from './fields.ts';
import { KAFKA } from './kafka/cluster.declaration.ts';
import { KAFKA_CONSUME } from './kafka/consumer.declaration.ts';
import { KAFKA_GROUP, KAFKA_PASS_ON, KAFKA_SUBSCRIBE } from './kafka/group.declaration.ts';
import { KAFKA_PRODUCE } from './kafka/producer.declaration.ts';
import { KAFKA_TOPIC } from './kafka/topic.declaration.ts';
import { LINK_FIELDS } from './link-fields.ts';
import type { NodeKind, WireKind } from './node-kind.ts';
import { RABBITMQ, RABBITMQ_CONSUME, RABBITMQ_PUBLISH } from './rabbitmq/broker.declaration.ts';
import { ALTERNATE, BINDING, RABBITMQ_EXCHANGE } from './rabbitmq/exchange.declaration.ts';
import { RABBITMQ_DEAD_LETTER, RABBITMQ_QUEUE } from './rabbitmq/queue.declaration.ts';
import { RABBITMQ_REPLIES } from './rabbitmq/replies.declaration.ts';
import { AUTOSCALER, SCALING, WATCH } from './services/autoscaler.declaration.ts';
import { CALL } from './services/calls.declaration.ts';
import { DIRECT } from './services/direct.declaration.ts';
import { REQUESTER } from './services/requester.declaration.ts';
import { SENDER } from './services/sender.declaration.ts';
import { SERVICE } from './services/service.declaration.ts';
import { EVENT_STORE } from './stores/event-store.declaration.ts';
import { PROJECTION } from './stores/projection.declaration.ts';
import { STORE } from './stores/store.declaration.ts';
import { DEAD_LETTER_QUEUE } from './textbook/dead-letter-queue.declaration.ts';
import { QUEUE } from './textbook/queue.declaration.ts';
import { TOPIC } from './textbook/topic.declaration.ts';
import { DEAD_LETTER, DELIVER, FEED, PUBLISH, SUBSCRIBE } from './textbook/wires.declaration.ts';

export const NODE_KINDS: readonly NodeKind[] = [
  SENDER,
  REQUESTER,
  SERVICE,
  QUEUE,
  TOPIC,
  DEAD_LETTER_QUEUE,
  STORE,
  EVENT_STORE,
  PROJECTION,
  AUTOSCALER,
  RABBITMQ,
  RABBITMQ_EXCHANGE,
  RABBITMQ_QUEUE,
  RABBITMQ_REPLIES,
  KAFKA,
  KAFKA_TOPIC,
  KAFKA_GROUP,
];
export const WIRE_KINDS: readonly WireKind[] = [
  PUBLISH,
  DELIVER,
  SUBSCRIBE,
  FEED,
  CALL,
  DIRECT,
  DEAD_LETTER,
  WATCH,
  SCALING,
  RABBITMQ_PUBLISH,
  RABBITMQ_CONSUME,
  BINDING,
  ALTERNATE,
  RABBITMQ_DEAD_LETTER,
  KAFKA_PRODUCE,
  KAFKA_CONSUME,
  KAFKA_SUBSCRIBE,
  KAFKA_PASS_ON,
];

/** Kinds at which every message ends: what they send is never what came in, so that no circle of wires leads through them. */
export const MESSAGES_END_AT: ReadonlySet<string> = new Set([REQUESTER.type, PROJECTION.type, AUTOSCALER.type]);

const nodeKinds = new Map(NODE_KINDS.map((kind) => [kind.type, kind]));
const wireKinds = new Map(WIRE_KINDS.map((kind) => [kind.type, kind]));

export const nodeKind = (type: string): NodeKind | undefined => nodeKinds.get(type);
export const wireKind = (type: string): WireKind | undefined => wireKinds.get(type);

const wireFields = new Map<string, Fields>(
  WIRE_KINDS.map((kind) => [kind.type, kind.travels ? { ...kind.fields, ...LINK_FIELDS } : kind.fields]),
);
/** Own fields of a wire kind and, if it travels, those of the link. */
export const fieldsOfWire = (type: string): Fields => wireFields.get(type) ?? {};
