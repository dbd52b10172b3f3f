// What the parts of a server share: its state, whom it tells what comes of an operation, and what all of them ask of it. `broker.ts` is
// the server; what it does is in files of its own, each a part of it: see README.md.

import type { Channel } from './channel.ts';
import type { Delivery } from './delivery.ts';
import type { Entry } from './entry-line.ts';
import type { DeathReason, Message, ReplyCode, Version } from './model.ts';
import type { Policy } from './policies.ts';
import type { Parting, Queue, QueueHost, Retained } from './queue.ts';
import { newRouting, type RoutingState } from './routing.ts';

/** What a broker tells those around it. */
export interface BrokerOutput {
  nowNs(): number;
  deliver(delivery: Delivery): void;
  /** The answer to `get`, with how many are ready behind it. */
  polled(delivery: Delivery, remaining: number): void;
  /** A publish on a confirming channel is answered. */
  confirmed(channel: number, publish: number, isAck: boolean): void;
  /** `mandatory` and no queue: 312. */
  returned(channel: number, message: Message): void;
  /** The server cancels a consumer. */
  cancelled(channel: number, consumerTag: string): void;
  channelClosed(channel: number, code: ReplyCode): void;
  connectionClosed(connection: number, code: ReplyCode): void;
  /** An alarm holds a connection up, or does so no longer. */
  blocked(connection: number, isBlocked: boolean): void;
  /** Asks to be woken at `dueNs`, for queue `queue`. */
  wake(queue: number, dueNs: number): void;
  /** A queue keeps a copy now, in place of one that died (`from`, 0 = none): answers with what it is known by. */
  kept(queue: Queue, message: Message, from: number): number;
  /** A copy is out: given to a consumer or taken by `get`. */
  wentOut(queue: Queue, entry: Entry): void;
  /** A copy that was out is ready again, or waits for its time. */
  cameBack(queue: Queue, entry: Entry, isDelayed: boolean): void;
  /** A copy is gone from its queue for good, and nothing took its place. */
  gone(queue: Queue, entry: Entry, why: Parting): void;
  /** A queue that was without a leader has taken a publish after all, or will not have it. */
  decided(message: Message, isTaken: boolean): void;
}

export interface Connection {
  readonly id: number;
  /** Node it leads to. */
  readonly node: number;
  readonly channels: Set<number>;
  /** It published while an alarm was on, and is not read from until none is. */
  isBlocked: boolean;
}

export interface BrokerState {
  readonly routing: RoutingState;
  readonly queues: Map<number, Queue>;
  readonly byName: Map<string, number>;
  readonly connections: Map<number, Connection>;
  readonly channels: Map<number, Channel>;
  policies: Policy[];
  readonly alarms: Set<string>;
  /** Nodes that run. */
  readonly running: Set<number>;
  /** The last number given to a queue, connection, channel, consumer, generated name. */
  serials: number;
  /** When deliveries are looked through for late ones next, ns; Infinity = not (3.10, 4.0). */
  checkNs: number;
}

export const newBrokerState = (version: Version, nodes: number): BrokerState => ({
  routing: newRouting(version),
  queues: new Map(),
  byName: new Map(),
  connections: new Map(),
  channels: new Map(),
  policies: [],
  alarms: new Set(),
  running: new Set(Array.from({ length: nodes }, (_, at) => at + 1)),
  serials: 0,
  checkNs: Number.POSITIVE_INFINITY,
});

/** Something a queue did that the rest of the broker learns once the operation is over, in order. */
export type Aftermath =
  | { readonly type: 'death'; readonly queue: Queue; readonly entry: Entry; readonly reason: DeathReason }
  | { readonly type: 'retained'; readonly queue: Queue; readonly retained: Retained }
  | { readonly type: 'settle'; readonly queue: Queue; readonly position: number };

/** The server, as its parts see it. */
export interface BrokerCore extends QueueHost {
  readonly state: BrokerState;
  readonly out: BrokerOutput;
  /** Nodes of the cluster. */
  readonly nodes: number;
  /** How long a queue is without a leader when that leader's node dies. */
  readonly electionNs: number;
  /** What the operation under way leaves to do, in order; empty between operations, so it is no part of the state. */
  readonly aftermath: Aftermath[];
  named(name: string): Queue | undefined;
  /** Asks to be woken when a queue has something to do by itself, if that is sooner than asked for already. */
  arm(queue: Queue): void;
  /** The queue is gone with all it holds. */
  dropQueue(queue: Queue, why: Parting): void;
  /** Those who read from a queue learn that they do so no longer. */
  tellConsumers(queue: Queue): void;
  dropConnection(id: number): void;
  settleAftermath(): void;
}

/** Of a classic queue: its node is gone. */
export const isAway = (queue: Queue): boolean => queue.node === 0 && queue.type === 'classic';
