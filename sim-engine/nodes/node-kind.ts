// THE interfaces: what a node kind and a wire kind declare (plain data, imported by the app too) and what they do
// (behaviour, loaded with the engine alone). A new kind is one folder, one line in `declarations.ts` and one line in
// `behaviours.ts`.

import type { ActorIx, LinkIx, MsgIx, OblIx } from '../kernel/ids.ts';
import type { Actor } from '../world/actor.ts';
import type { Inside } from '../world/inside.ts';
import type { World } from '../world/world.ts';
import type { Fields, MessageKey, Params } from './fields.ts';

// ------------------------------------------------------------------ declarations

export type PaletteGroup = 'ends' | 'channels' | 'between' | 'rabbitmq' | 'kafka';

/** What may be wired to what: a wire goes from an out port to an in port whose types one wire kind joins. */
export interface Port {
  readonly name: string;
  readonly direction: 'in' | 'out';
  readonly type: string;
  /** How many wires the port takes at most; absent = any number (fan-in, fan-out). */
  readonly maxWires?: number;
  /** Fields that a wire drawn from here begins with in place of its defaults, because only so it works here. */
  readonly begins?: { readonly [field: string]: string };
  readonly label: MessageKey;
}

/** A measure a node offers. `read` order is the order of this list: `sample` writes one number per gauge. */
export interface Gauge {
  readonly name: string;
  readonly unit: string;
  readonly label: MessageKey;
  readonly help: MessageKey;
  /** `level`: a height now. `total`: only ever grows. */
  readonly type: 'level' | 'total';
  /** The exported measure this one stands for, when it is one of the brief's. */
  readonly exported?: 'queue_size' | 'consumer_lag';
  /** Of a node with several actors the largest counts, and not their sum. */
  readonly isLargest?: boolean;
}

export interface NodeKind<Type extends string = string, F extends Fields = Fields> {
  readonly type: Type;
  readonly label: MessageKey;
  /** Two sentences on what the thing is. */
  readonly about: MessageKey;
  /** One sentence: what the model leaves out or stands for (from FIDELITY.md). */
  readonly fidelity: MessageKey;
  /** The real documentation, if the kind is a product's. */
  readonly link?: string;
  readonly group: PaletteGroup;
  readonly fields: F;
  readonly ports: readonly Port[];
  readonly gauges: readonly Gauge[];
  /** Kinds of nodes this one may hold; present = the node is a container. */
  readonly accepts?: readonly string[];
  /** It lies in a container and cannot stand alone. */
  readonly isPart?: boolean;
  /**
   * While this field has one of these values only a share of what comes goes on along each wire: in a circle that leads through
   * here a message does not travel for ever.
   */
  readonly partsWays?: { readonly field: string; readonly is: readonly string[] };
  /** Parameters that one may look for and that the model leaves out: asking for one is a problem that says so. */
  readonly leftOut?: readonly string[];
  /** Whether messages on the books wait here: the ends of the app's `queue_size` and so on. */
  readonly holdsMessages: boolean;
}

/** Which end of a wire runs a client of the other end: see `ClientRole`. */
export type ClientRole = 'publisher' | 'consumer';

export interface WireKind<Type extends string = string, F extends Fields = Fields> {
  readonly type: Type;
  readonly label: MessageKey;
  readonly about: MessageKey;
  /** Port types it joins. */
  readonly from: readonly string[];
  readonly to: readonly string[];
  /** Own fields; a travelling wire also has the fields of `LINK_FIELDS`. */
  readonly fields: F;
  /** true: a network link with delay and faults. false: a relation that costs no time. */
  readonly travels: boolean;
  /** Which protocol the links speak, see `world/links.ts`. */
  readonly carries: 'call' | 'connection';
  /** Several of this kind may join the same two nodes, and one may lead back to where it starts: each means something of its own. */
  readonly isRepeatable?: boolean;
  /** As of a node. */
  readonly leftOut?: readonly string[];
  /** Joins parts of one container only. */
  readonly isInner?: boolean;
  /** The end that runs a client of the node at the other end, and as what. Absent: the two nodes speak directly. */
  readonly client?: { readonly end: 'from' | 'to'; readonly role: ClientRole };
}

// ------------------------------------------------------------------ behaviour

/** A wire as an actor sees it: its own end. */
export interface Connection {
  /** Document id of the wire. */
  readonly wireId: string;
  readonly kind: WireKind;
  /** Port of this actor's node at which the wire ends. */
  readonly port: string;
  /** Link on which this actor sends. */
  readonly out: LinkIx;
  /** Link on which this actor receives. */
  readonly in: LinkIx;
  readonly params: Params;
  /** Document id of what the wire ends at here: this actor's node, or a part of it. */
  readonly selfId: string;
  /** Document id of the node at the other end. */
  readonly peerId: string;
  readonly peerKind: string;
  /** Where the other end has several actors: the links to and from each, the ones above first. Absent: it is just one. */
  readonly doors?: readonly Door[];
}

/** Links to and from one of several actors of a node. */
export interface Door {
  readonly out: LinkIx;
  readonly in: LinkIx;
}

/** What a behaviour knows of its node while it expands. */
export interface NodeRef {
  readonly id: string;
  readonly kind: string;
}

/** A node inside a container: it adds state to its container's actors and has no actor of its own. */
export interface PartRef {
  readonly id: string;
  readonly kind: string;
  readonly params: Params;
}

/** How a behaviour says what its node compiles to. */
export interface PlanBuilder {
  /**
   * Adds an actor. `member` tells several actors of one node apart ('' when there is one); the pair (node id, member)
   * is the actor's name for ever: random streams, adoption and digests go by it.
   */
  actor(member: string, create: ActorFactory): void;
  /** Joins two of the node's actors by a relation: both are told of a connection whose port is `inside`. */
  join(from: string, to: string): void;
}

/** Makes the actor object. Everything it remembers must live in its plain `state`, so that it can be copied. */
export type ActorFactory = (world: World, self: ActorSelf) => Actor;

/** What a new actor is handed. `params` and `connections` are replaced on edits, see `Actor.onRewired`. */
export interface ActorSelf {
  readonly ix: ActorIx;
  readonly nodeId: string;
  readonly member: string;
  readonly params: Params;
  /** What the node holds, in order of id; replaced on edits, see `Container.onParts`. */
  readonly parts: readonly PartRef[];
}

/** An actor of a node that holds parts is told when these change. */
export interface Container {
  /** Parts have come, gone or have new values. Wires to them come and go as ever, the old ones before, the new ones after. */
  onParts(parts: readonly PartRef[]): void;
}

export interface NodeBehaviour {
  /** One drawing node becomes one or many actors and inner links. */
  expand(self: NodeRef, params: Params, parts: readonly PartRef[], plan: PlanBuilder): void;
  /** Members at which every wire to the node or to a part of it ends, each with links of its own; absent = the one without a name. */
  doors?(params: Params): readonly string[];
  /** The client library of this kind of node, for the other end of a wire. */
  readonly publisher?: PublisherFactory;
  readonly consumer?: ConsumerFactory;
}

// ------------------------------------------------------------------ clients

/**
 * What a sender or service sees of a publisher client, whatever the broker. All that it remembers is in `state`, which its
 * host saves along with its own. Its timers are the host's: number `clientTimer(client, k)`, k from 0 to 3.
 */
export interface PublisherClient {
  state: object;
  /** Hands a message over, and with it one reference to it. Only while `isOpen`. */
  offer(msg: MsgIx): void;
  /** Whether it takes messages now; when that changes, `host.onFlow` is called. */
  isOpen(): boolean;
  onPacket(link: LinkIx, type: number, first: number, count: number): void;
  onTimer(timer: number, arg: number): void;
  /** The host crashed: forget everything. `start` follows when it is back. */
  onCrash(): void;
  /** The wire is gone for good: no answer will come any more, and the host is told so of every message. */
  onDisconnected(): void;
  start(): void;
  onParams(connection: Connection): void;
  /** What it holds now, beside what its host tells of it: see `Actor.inside`. */
  inside?(): Inside;
}
/** What a publisher client asks of its host. */
export interface PublisherHost {
  readonly ix: ActorIx;
  /** The client takes messages again (true) or no longer (false). */
  onFlow(client: number, isOpen: boolean): void;
  /**
   * The fate of one offered message is known to the sender: it was handed over without asking for an answer, or the broker
   * confirmed or refused it, or never answered. The message is still there during the call.
   */
  onOutcome(client: number, outcome: 'handed-over' | 'confirmed' | 'refused' | 'given-up', msg: MsgIx): void;
}
export type PublisherFactory = (world: World, host: PublisherHost, client: number, connection: Connection) => PublisherClient;

/** What a service does with a delivery when it is through with it. */
export type Settlement = 'ack' | 'retry' | 'reject';

/** What a service sees of a consumer client, whatever the broker. */
export interface ConsumerClient {
  state: object;
  start(): void;
  /**
   * Settles one delivery. `retry` asks for it again after `delayNs`; `reject` gives up. `freesPlace` says that the
   * service has room for another one by the same act.
   */
  settle(obl: OblIx, attempt: number, outcome: Settlement, delayNs: number, freesPlace: boolean): void;
  /** The service has room for one more, without settling anything now. */
  freePlace(): void;
  /** The service can now work on `count` at once, or has another number of replicas. */
  onConcurrency(count: number): void;
  onPacket(link: LinkIx, type: number, first: number, count: number): void;
  onTimer(timer: number, arg: number): void;
  onCrash(): void;
  /** The wire is gone for good: a client that has fetched more than it has handed over lets go of it. */
  onDisconnected?(): void;
  onParams(connection: Connection): void;
  /** What it holds now, beside what its host tells of it: see `Actor.inside`. */
  inside?(): Inside;
}
/** What a consumer client asks of its host. */
export interface ConsumerHost {
  readonly ix: ActorIx;
  /** A delivery arrived. The host now holds one cause of the obligation. */
  onDelivery(client: number, obl: OblIx, attempt: number): void;
  /** How many deliveries the host can work on at once. */
  concurrency(): number;
  /** How many replicas of the host work; absent = it is always one. */
  replicas?(): number;
  /** How many deliveries of this client the host holds now. */
  held(client: number): number;
}
/** First timer number that belongs to clients; a host's own timers are below. */
export const CLIENT_TIMERS = 16;
const TIMERS_PER_CLIENT = 4;
export const clientTimer = (client: number, timer: number): number => CLIENT_TIMERS + client * TIMERS_PER_CLIENT + timer;
export const clientOfTimer = (timer: number): number => (timer - CLIENT_TIMERS) >> 2;
export const ownTimerOf = (timer: number): number => (timer - CLIENT_TIMERS) & 3;

export type ConsumerFactory = (world: World, host: ConsumerHost, client: number, connection: Connection) => ConsumerClient;
