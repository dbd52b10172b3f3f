// What the kinds of the Kafka folder do: a cluster is a controller and its brokers, each an actor; topics and groups are parts of it, whose
// wires run the clients of the Java library.

import type { NodeBehaviour } from '../node-kind.ts';
import { KafkaBroker } from './broker-actor.ts';
import { kafkaConsumer } from './consumer-client.ts';
import { Controller } from './controller-actor.ts';
import { kafkaProducer } from './producer-client.ts';

const brokersOf = (count: unknown): readonly string[] => Array.from({ length: count as number }, (_, i) => String(i + 1));

export const KAFKA_BEHAVIOUR: NodeBehaviour = {
  expand(_self, params, _parts, plan) {
    const brokers = brokersOf(params.brokers);
    plan.actor('', (world, actor) => new Controller(world, actor));
    for (const broker of brokers) plan.actor(broker, (world, actor) => new KafkaBroker(world, actor));
    for (const [i, broker] of brokers.entries()) {
      plan.join('', broker);
      for (const other of brokers.slice(i + 1)) plan.join(broker, other);
    }
  },
  doors: (params) => brokersOf(params.brokers),
};

/** A part has no actor of its own; the wires that end at it run the library. */
export const KAFKA_PART_BEHAVIOUR: NodeBehaviour = {
  expand() {},
  publisher: kafkaProducer,
  consumer: kafkaConsumer,
};
