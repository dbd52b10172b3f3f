// What a broker's actor keeps besides the machine, as plain data, and what its parts share of it: those that hold sessions, take publishes,
// hand deliveries out and declare what is drawn know little of each other, and meet in the actor.

import type { ActorIx } from '../../kernel/ids.ts';
import type { World } from '../../world/world.ts';
import type { Connection } from '../node-kind.ts';
import type { Broker } from './broker.ts';
import type { Ended } from './broker-inside.ts';
import { type CreditFlow, newCreditFlow } from './credit-flow.ts';
import type { Message } from './model.ts';
import type { AskedBy } from './reply-addresses.ts';

/** Timers of a broker. */
export const WAKE = 0;
export const LOOK_FOR_SILENCE = 2;
/** A queue has taken what a channel handed it. */
export const TAKEN = 3;

/** The broker's side of a client's session. */
export interface Session {
  /** The client's number of it. */
  readonly number: number;
  readonly channel: number;
  readonly connection: number;
  consumers: number;
  /** When the client was last heard of, ns. */
  readonly heardNs: Float64Array;
}

/** A packet that is left unread. */
export interface Parked {
  readonly slot: number;
  readonly type: number;
  readonly first: number;
  readonly tag: number;
  readonly aux: number;
}

/** A publish that its queues have not taken yet. */
export interface HandedOver {
  readonly channel: number;
  /** Part that it was sent to. */
  readonly part: string;
  readonly message: Message;
  readonly isMandatory: boolean;
  readonly queues: readonly string[];
  readonly dueNs: number;
}

export interface ActorState {
  /** By slot. */
  readonly sessions: Map<number, Session>;
  /** Slot of a channel of the machine. */
  readonly slots: Map<number, number>;
  /** By document id of a client's node: the connection that its wires share. */
  readonly shared: Map<string, number>;
  /** By connection: what is left unread during an alarm. */
  readonly parked: Map<number, Parked[]>;
  /** In order of when it is taken. */
  readonly handedOver: HandedOver[];
  readonly flow: CreditFlow;
  /** Connections that are not read, since a channel of theirs has no credit left. */
  readonly inFlow: Set<number>;
  /** Publishes that wait for queues without a leader: how many, and whether one has taken it. */
  readonly undecided: Map<number, { left: number; isTaken: boolean }>;
  /** Channel on which the drawing declares. */
  admin: number;
  isLooking: boolean;
  redeliveries: number;
  unroutable: number;
  /** By document id of the part that publishers send to. */
  readonly published: Map<string, { count: number; unroutable: number }>;
  deadLettered: number;
  /**
   * Of records of streams, by what the first reader is owed: what each reader is owed, by its consumer tag. The first to read a record
   * takes over what was owed to nobody in particular.
   */
  readonly readings: Map<number, Map<string, number>>;
  /** Questions that a direct reply may come for. */
  readonly asked: AskedBy;
  /** Why the last sessions ended, latest first. */
  endings: Ended[];
}

export const newActorState = (): ActorState => ({
  sessions: new Map(),
  slots: new Map(),
  shared: new Map(),
  parked: new Map(),
  handedOver: [],
  flow: newCreditFlow(),
  inFlow: new Set(),
  undecided: new Map(),
  admin: 0,
  isLooking: false,
  redeliveries: 0,
  unroutable: 0,
  published: new Map(),
  deadLettered: 0,
  readings: new Map(),
  asked: new Map(),
  endings: [],
});

/** The actor as its parts see it. */
export interface ActorCore {
  readonly ix: ActorIx;
  readonly world: World;
  /** Where in the books it is. */
  readonly place: number;
  readonly state: ActorState;
  /** The machine. */
  readonly broker: Broker;
  /** By slot. */
  readonly connections: readonly (Connection | null)[];
  /** To the client at the other end of a wire. */
  send(slot: number, type: number, first: number, tag: number): void;
  /** Reads what a connection was left unread of, until something holds it up again. */
  readOn(connection: number): void;
}
