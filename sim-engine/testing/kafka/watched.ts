// What who watches a run of Kafka shares with its laws: who is there, and how a law speaks. The views name what a law reads of clients that
// keep to themselves.

import type { NumberMap } from '../../kernel/number-map.ts';
import type { KafkaBroker } from '../../nodes/kafka/broker-actor.ts';
import type { ClientConnection, ConnectionState } from '../../nodes/kafka/client-connection.ts';
import type { ConsumerCore } from '../../nodes/kafka/consumer-core.ts';
import type { Simulation } from '../../simulation/simulation.ts';

export interface BatchView {
  readonly number: number;
  readonly partition: number;
  readonly msgs: readonly number[];
  readonly bytes: number;
  readonly createdNs: number;
  readonly attempts: number;
  readonly notBeforeNs: number;
  readonly isUnsent: boolean;
  /** It was given up while its request was under way. */
  readonly isOver: boolean;
}

/** What a producer holds and has been told, as far as a law asks for it. */
export interface ProducerView {
  readonly state: {
    readonly connection: ConnectionState;
    readonly queues: Iterable<readonly [number, readonly BatchView[]]>;
    readonly inFlight: NumberMap<readonly BatchView[]>;
  };
  readonly host: { readonly ix: number };
  readonly network: ClientConnection;
  readonly topic: string;
  readonly acks: number;
  readonly isIdempotent: boolean;
  readonly batchBytes: number;
  readonly bufferBytes: number;
  readonly inFlightMax: number;
  readonly lingerNs: number;
  readonly deliveryTimeoutNs: number;
  readonly backoff: { readonly initialMs: number; readonly maxMs: number };
}

export interface Fault {
  /** Number of the law. */
  readonly law: number;
  readonly text: string;
}

/** A producer or consumer as its host runs it. */
export type ClientView =
  | { readonly role: 'producer'; readonly hostIx: number; readonly producer: ProducerView }
  | { readonly role: 'consumer'; readonly hostIx: number; readonly consumer: ConsumerCore };

export interface WatchedBroker {
  readonly ix: number;
  readonly broker: KafkaBroker;
}

/** What the laws see of the run. */
export interface Watched {
  readonly simulation: Simulation;
  readonly nowNs: number;
  /** What is looked at now and then may be that old, ns: twice the time between two looks. */
  readonly slackNs: number;
  readonly clients: readonly ClientView[];
  readonly brokers: readonly WatchedBroker[];
  /** Since when an actor has been up without a break, ns; Infinity = it is not. */
  upSinceNs(ix: number): number;
  blame(law: number, text: string): void;
  /** A law had something to judge, and was kept. */
  count(law: number): void;
}
