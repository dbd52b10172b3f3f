// THE list of what the kinds do: one line a kind. Loaded with the engine, never by the app.

import { KAFKA_BEHAVIOUR, KAFKA_PART_BEHAVIOUR } from './kafka/cluster.ts';
import { RABBITMQ_BEHAVIOUR, RABBITMQ_PART_BEHAVIOUR } from './rabbitmq/broker-actor.ts';
import { registerBehaviours } from './registry.ts';
import { AUTOSCALER_BEHAVIOUR } from './services/autoscaler.ts';
import { REQUESTER_BEHAVIOUR } from './services/requester.ts';
import { SENDER_BEHAVIOUR } from './services/sender.ts';
import { SERVICE_BEHAVIOUR } from './services/service.ts';
import { EVENT_STORE_BEHAVIOUR } from './stores/event-store.ts';
import { PROJECTION_BEHAVIOUR } from './stores/projection.ts';
import { STORE_BEHAVIOUR } from './stores/store.ts';
import { DEAD_LETTER_QUEUE_BEHAVIOUR } from './textbook/dead-letter-queue.ts';
import { QUEUE_BEHAVIOUR } from './textbook/queue.ts';
import { TOPIC_BEHAVIOUR } from './textbook/topic.ts';

registerBehaviours([
  ['sender', SENDER_BEHAVIOUR],
  ['requester', REQUESTER_BEHAVIOUR],
  ['service', SERVICE_BEHAVIOUR],
  ['queue', QUEUE_BEHAVIOUR],
  ['topic', TOPIC_BEHAVIOUR],
  ['dead-letter-queue', DEAD_LETTER_QUEUE_BEHAVIOUR],
  ['store', STORE_BEHAVIOUR],
  ['event-store', EVENT_STORE_BEHAVIOUR],
  ['projection', PROJECTION_BEHAVIOUR],
  ['autoscaler', AUTOSCALER_BEHAVIOUR],
  ['rabbitmq', RABBITMQ_BEHAVIOUR],
  ['rabbitmq-exchange', RABBITMQ_PART_BEHAVIOUR],
  ['rabbitmq-queue', RABBITMQ_PART_BEHAVIOUR],
  ['rabbitmq-replies', RABBITMQ_PART_BEHAVIOUR],
  ['kafka', KAFKA_BEHAVIOUR],
  ['kafka-topic', KAFKA_PART_BEHAVIOUR],
  ['kafka-group', KAFKA_PART_BEHAVIOUR],
]);
