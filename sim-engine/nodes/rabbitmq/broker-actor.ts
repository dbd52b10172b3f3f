// A RabbitMQ broker at work: translates packets of clients into operations of the machine (`broker.ts`) and what that tells into packets
// and entries of the books. The drawing says what is declared; connections come, stall, break and come again.

import type { ActorIx, LinkIx, MsgIx, OblIx, SubIx } from '../../kernel/ids.ts';
import { clonePlain } from '../../kernel/plain-state.ts';
import { StatefulActor } from '../../world/actor.ts';
import {
  DEAD_LETTERED,
  DELAYED,
  DROPPED,
  EXPIRED,
  LOST,
  ON_WIRE,
  PUB_ACCEPTED,
  PUB_REFUSED,
  PUB_UNROUTABLE,
  SKIPPED,
  WAITING,
} from '../../world/books.ts';
import type { Inside } from '../../world/inside.ts';
import { MODE_DIRECT } from '../../world/links.ts';
import * as packet from '../../world/packet-types.ts';
import {
  actorPlace,
  CRASH,
  CUT,
  FORGOTTEN,
  FULL,
  MAX_ATTEMPTS,
  OVERFLOW,
  REJECTED,
  REMOVED,
  TOO_OLD,
  UNKNOWN,
} from '../../world/reasons.ts';
import type { World } from '../../world/world.ts';
import type { Params, TableEntry } from '../fields.ts';
import { type ActorSelf, type Connection, type Container, clientTimer, type NodeBehaviour, type PartRef } from '../node-kind.ts';
import { Broker } from './broker.ts';
import type { BrokerOutput, BrokerState } from './broker-core.ts';
import { brokerInside, type Ended, type Ending, exchangeInside, queueInside, repliesInside } from './broker-inside.ts';
import { BY_NETWORK, PEER_GONE, SOCKET_CLOSED } from './client-session.ts';
import { BY_REJECT, rabbitConsumer } from './consumer.ts';
import { type CreditFlow, forgetChannel, handOver, isOutOfCredit, newCreditFlow, taken } from './credit-flow.ts';
import { headerTable } from './declared-arguments.ts';
import type { Delivery } from './delivery.ts';
import { REPLY_PREFIX, REPLY_QUEUE } from './direct-replies.ts';
import { type Drawn, drawnTopology, type InnerWire, isInner } from './drawn-topology.ts';
import type { Entry } from './entry-line.ts';
import type { HeaderTable, HeaderValue, Message, Version } from './model.ts';
import { rabbitPublisher } from './publisher.ts';
import type { Parting, Queue } from './queue.ts';
import { type AskedBy, isAskedBy, noteQuestion } from './reply-addresses.ts';
import { route } from './routing.ts';

const WAKE = 0;
const LOOK_FOR_SILENCE = 2;
/** A queue has taken what a channel handed it. */
const TAKEN = 3;

const SILENCE_CHECK_NS = 5_000_000_000;
const SILENT_BEATS = 2;
const MS = 1_000_000;
const SECOND_NS = 1_000_000_000;
const ENDINGS_KEPT = 20;
const NO_HEADERS: HeaderTable = new Map();

/** Where a reader of a stream begins: a number counts as such, anything else is the server's to read. */
const offsetOf = (text: string): HeaderValue => (/^[0-9]+$/.test(text) ? Number(text) : text);

const hasHoles = (value: HeaderValue): boolean =>
  typeof value === 'string' ? value.includes('{') : Array.isArray(value) && (value as readonly HeaderValue[]).some(hasHoles);

/** The broker's side of a client's session. */
interface Session {
  /** The client's number of it. */
  readonly number: number;
  readonly channel: number;
  readonly connection: number;
  consumers: number;
  /** When the client was last heard of, ns. */
  readonly heardNs: Float64Array;
}

interface Parked {
  readonly slot: number;
  readonly type: number;
  readonly first: number;
  readonly tag: number;
  readonly aux: number;
}

/** A publish that its queues have not taken yet. */
interface HandedOver {
  readonly channel: number;
  /** Part that it was sent to. */
  readonly part: string;
  readonly message: Message;
  readonly isMandatory: boolean;
  readonly queues: readonly string[];
  readonly dueNs: number;
}

interface ActorState {
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

const newActorState = (): ActorState => ({
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

/** What waits in a queue, also for its time or for its dead letters to arrive. */
const keptIn = (queue: Queue): number => queue.ready + queue.delayed.length + queue.retained.length;

/** What is read from a stream is still there. */
const outOf = (queue: Queue): number => (queue.stream === null ? queue.unacked.size : 0);

class BrokerActor extends StatefulActor implements BrokerOutput, Container {
  override state: ActorState = newActorState();
  private readonly world: World;
  private readonly place: number;
  private readonly broker: Broker;
  private readonly nodes: number;
  private readonly connections: (Connection | null)[] = [];
  /** Wires between parts, by id; each is attached at both its ends. */
  private readonly inner = new Map<string, InnerWire>();
  private parts: readonly PartRef[];
  private drawn: Drawn;
  private params: Params;
  /** How long the process of a queue is busy with one publish, ns; 0 = it takes no time. */
  private paceNs = 0;
  /** Headers of publish wires, read once. */
  private readonly tables = new WeakMap<readonly TableEntry[], HeaderTable>();
  /** The publish under way, and whether a queue has it. */
  private current = 0;
  private isCurrentTaken = false;
  /** Sessions that ended while the machine was at work, each with the code. */
  private readonly ended: { readonly slot: number; readonly code: number }[] = [];

  constructor(world: World, self: ActorSelf) {
    super(self.ix);
    this.world = world;
    this.place = actorPlace(self.ix);
    this.params = self.params;
    this.readPace();
    this.parts = self.parts;
    this.nodes = self.params.nodes as number;
    const options = { nodes: this.nodes, electionNs: self.params.electionTime as number };
    this.broker = new Broker(self.params.version as Version, this, options);
    this.drawn = drawnTopology(this.parts, []);
    // In order of id, so that the books know the queues in an order that does not change.
    for (const { id, kind } of this.parts) if (kind !== 'rabbitmq-exchange') this.subscription(id);
  }

  private subscription(part: string): SubIx {
    return this.world.books.subscription(part, this.ix);
  }

  // ---------------------------------------------------------------- what is drawn

  override attach(slot: number, connection: Connection): void {
    this.connections[slot] = connection;
    if (isInner(connection)) this.attachInner(connection);
  }

  /** Both ends of such a wire are here: the end it begins at tells where it leads, and the other where from. */
  private attachInner({ kind, params, peerId, selfId, wireId, port }: Connection): void {
    const isStart = port !== 'in';
    this.inner.set(wireId, {
      id: wireId,
      kind: kind.type,
      params,
      from: isStart ? selfId : peerId,
      to: isStart ? peerId : selfId,
    });
  }

  override onConnected(slot: number): void {
    if (isInner(this.connections[slot])) this.declareDrawn();
  }

  override onDisconnected(slot: number): void {
    const connection = this.connections[slot];
    this.connections[slot] = null;
    if (connection && isInner(connection)) {
      this.inner.delete(connection.wireId);
      this.declareDrawn();
      return;
    }
    this.leaveSession(slot, 'client-left');
    this.afterwards();
  }

  override onWireParams(slot: number, connection: Connection): void {
    this.attach(slot, connection);
    if (isInner(connection)) this.declareDrawn();
  }

  onParts(parts: readonly PartRef[]): void {
    this.parts = parts;
    this.declareDrawn();
  }

  override onParams(params: Params): void {
    this.params = params;
    this.readPace();
    this.followParams();
    this.afterwards();
  }

  private readPace(): void {
    const { queuePace } = this.params;
    this.paceNs = queuePace === 0 ? 0 : SECOND_NS / (queuePace as number);
  }

  private followParams(): void {
    const { diskAlarm, memoryAlarm, nodesDown } = this.params;
    this.broker.setAlarm('memory', memoryAlarm as boolean);
    this.broker.setAlarm('disk', diskAlarm as boolean);
    const down = new Set(String(nodesDown).split(',').map(Number));
    for (let node = 1; node <= this.nodes; node++) {
      const isRunning = this.broker.state.running.has(node);
      if (down.has(node) && isRunning) this.broker.killNode(node);
      else if (!down.has(node) && !isRunning) this.broker.startNode(node);
    }
  }

  /** Makes the server have what is drawn: declares what is new, deletes what is gone, changes what is otherwise. */
  private declareDrawn(): void {
    const before = this.drawn;
    this.drawn = drawnTopology(this.parts, [...this.inner.values()]);
    const { admin } = this.state;
    if (admin === 0) return;
    const { broker, drawn } = this;
    for (const name of before.bindings.keys()) {
      const binding = before.bindings.get(name);
      if (binding !== undefined && !drawn.bindings.has(name)) broker.unbind(this.adminChannel(), binding);
    }
    for (const name of before.queues.keys()) {
      if (!drawn.queues.has(name)) broker.deleteQueue(this.adminChannel(), name, false, false);
    }
    for (const [name, spec] of before.exchanges) {
      if (drawn.exchanges.get(name)?.type !== spec.type) broker.deleteExchange(this.adminChannel(), name, false);
    }
    this.declareAll();
    this.afterwards();
  }

  private declareAll(): void {
    const { broker, drawn } = this;
    for (const spec of drawn.exchanges.values()) {
      if (broker.checkExchange(this.adminChannel(), spec.name) !== 0) broker.declareExchange(this.adminChannel(), spec);
      const alternate = spec.args.get('alternate-exchange');
      broker.setAlternate(spec.name, typeof alternate === 'string' ? alternate : null);
    }
    for (const spec of drawn.queues.values()) {
      if (broker.named(spec.name) === undefined) broker.declareQueue(this.adminChannel(), spec);
      else broker.changeArguments(spec.name, spec.args);
    }
    for (const binding of drawn.bindings.values()) broker.bind(this.adminChannel(), binding);
  }

  /** The drawing's own channel, opened anew if a refusal has closed it. */
  private adminChannel(): number {
    const { state } = this;
    if (!this.broker.isOpen(state.admin)) state.admin = this.broker.openChannel(this.broker.openConnection(this.firstRunning()));
    return state.admin;
  }

  private firstRunning(): number {
    for (let node = 1; node <= this.nodes; node++) if (this.broker.state.running.has(node)) return node;
    return 1;
  }

  override onStart(): void {
    this.drawn = drawnTopology(this.parts, [...this.inner.values()]);
    this.adminChannel();
    this.declareAll();
    this.followParams();
    this.afterwards();
  }

  // ---------------------------------------------------------------- packets

  override onPacket(link: LinkIx, type: number, first: number, _count: number): void {
    const slot = this.world.links.toSlot[link] as number;
    this.take(slot, type, first, this.world.tag, this.world.aux[0] as number);
    this.afterwards();
  }

  private take(slot: number, type: number, first: number, tag: number, aux: number): void {
    if (type === packet.AMQP_OPEN) return this.onOpen(slot, first, tag);
    const session = this.state.sessions.get(slot);
    if (session === undefined) return this.loseLate(type, first);
    session.heardNs[0] = this.world.now[0] as number;
    if (type === packet.AMQP_HEARTBEAT) {
      this.send(slot, packet.AMQP_HEARTBEAT, 0, 0);
      return;
    }
    if (this.broker.isHeldUp(session.connection, type === packet.PUBLISH) || this.state.inFlow.has(session.connection)) {
      const parked = this.state.parked.get(session.connection) ?? [];
      parked.push({ slot, type, first, tag, aux });
      this.state.parked.set(session.connection, parked);
      return;
    }
    switch (type) {
      case packet.PUBLISH:
        return this.onPublish(session, slot, first as MsgIx);
      case packet.ACK:
      case packet.RETRY:
      case packet.REJECT:
        return this.onSettle(session, type, first, tag, aux);
      case packet.AMQP_CONSUMERS:
        return this.setConsumers(slot, session, first);
    }
  }

  /** What comes on a channel that is closed already. */
  private loseLate(type: number, first: number): void {
    if (type === packet.PUBLISH) this.losePublish(first, CUT);
    else if (type === packet.ACK || type === packet.RETRY || type === packet.REJECT) this.world.obligations.dropMention(first);
  }

  private losePublish(msg: number, reason: number): void {
    this.world.losePublish(this.ix as ActorIx, msg as MsgIx, this.place, reason);
  }

  private send(slot: number, type: number, first: number, tag: number): void {
    const connection = this.connections[slot];
    if (connection) this.world.send(connection.out, type, first, 1, tag);
  }

  // ---------------------------------------------------------------- sessions

  private onOpen(slot: number, consumers: number, number: number): void {
    this.leaveSession(slot, 'client-left');
    const connection = this.connections[slot];
    if (!connection) return;
    const node = this.nodeFor(slot, connection);
    if (node === 0) {
      this.send(slot, packet.AMQP_CLOSED, 0, number);
      return;
    }
    const id = this.connectionFor(connection, node);
    const channel = this.broker.openChannel(id);
    const session: Session = {
      number,
      channel,
      connection: id,
      consumers: 0,
      heardNs: new Float64Array([this.world.now[0] as number]),
    };
    this.state.sessions.set(slot, session);
    this.state.slots.set(channel, slot);
    this.lookForSilence();
    this.send(slot, packet.AMQP_OPENED, 0, number);
    if (connection.params.confirm === true) this.broker.selectConfirms(channel);
    if (connection.port === 'out') {
      this.broker.qos(channel, connection.params.prefetch as number, false);
      this.setConsumers(slot, session, consumers);
    }
  }

  /** The node that a client reaches: the one it asks for, or one that runs, in turn by wire; 0 if that is down. */
  private nodeFor(slot: number, { params }: Connection): number {
    const { running } = this.broker.state;
    const asked = params.node as number;
    if (asked > 0) return running.has(asked) ? asked : 0;
    for (let turn = 0; turn < this.nodes; turn++) {
      const node = ((slot + turn) % this.nodes) + 1;
      if (running.has(node)) return node;
    }
    return 0;
  }

  private connectionFor({ params, peerId }: Connection, node: number): number {
    if (params.connection !== 'shared') return this.broker.openConnection(node);
    const { shared } = this.state;
    const there = shared.get(peerId);
    if (there !== undefined && this.broker.state.connections.has(there)) return there;
    const id = this.broker.openConnection(node);
    shared.set(peerId, id);
    return id;
  }

  private setConsumers(slot: number, session: Session, count: number): void {
    const connection = this.connections[slot] as Connection;
    const { acknowledge, exclusive, priority } = connection.params;
    // Of its replies a channel has one reader.
    const wanted = this.drawn.replyParts.has(connection.selfId) ? 1 : count;
    const queue = this.nameOf(connection.selfId);
    const args = new Map<string, HeaderValue>([['x-priority', priority as number]]);
    if (this.broker.named(queue)?.stream) args.set('x-stream-offset', offsetOf(connection.params.streamOffset as string));
    const { channel } = session;
    while (session.consumers < wanted) {
      const tag = `${connection.wireId}#${++session.consumers}`;
      const code = this.broker.consume(channel, queue, tag, acknowledge === 'automatic', exclusive as boolean, args);
      if (code !== 0) return;
    }
    while (session.consumers > wanted) this.broker.cancel(channel, `${connection.wireId}#${session.consumers--}`);
  }

  private nameOf(part: string): string {
    return this.drawn.names.get(part) ?? part;
  }

  /** The client's side of a session is gone. */
  private leaveSession(slot: number, how: Ending): void {
    const session = this.forgetSession(slot);
    if (session === undefined) return;
    this.noteEnding(slot, how, 0);
    const others = [...this.state.sessions.values()].some(({ connection }) => connection === session.connection);
    if (others) this.broker.closeChannel(session.channel);
    else this.broker.closeConnection(session.connection);
  }

  private noteEnding(slot: number, how: Ending, code: number): void {
    const { state } = this;
    const client = this.connections[slot]?.peerId;
    if (client === undefined) return;
    state.endings = [{ client, how, code, atNs: this.nowNs() }, ...state.endings.slice(0, ENDINGS_KEPT - 1)];
  }

  /** What it had not been read of is lost. */
  private forgetSession(slot: number): Session | undefined {
    const { parked, sessions, slots } = this.state;
    const session = sessions.get(slot);
    if (session === undefined) return undefined;
    sessions.delete(slot);
    this.state.asked.delete(session.channel);
    forgetChannel(this.state.flow, session.channel);
    this.state.inFlow.delete(session.connection);
    slots.delete(session.channel);
    const unread = parked.get(session.connection);
    if (unread !== undefined) {
      for (const one of unread) if (one.slot === slot) this.loseLate(one.type, one.first);
      const rest = unread.filter((one) => one.slot !== slot);
      if (rest.length === 0) parked.delete(session.connection);
      else parked.set(session.connection, rest);
    }
    return session;
  }

  /** Tells the clients whose sessions the machine has ended. */
  private afterwards(): void {
    for (let at = 0; at < this.ended.length; at++) {
      const { code, slot } = this.ended[at] as { readonly slot: number; readonly code: number };
      const session = this.forgetSession(slot);
      if (session === undefined) continue;
      this.noteEnding(slot, 'refused', code);
      this.send(slot, packet.AMQP_CLOSED, 0, code);
      const others = [...this.state.sessions.values()].some(({ connection }) => connection === session.connection);
      if (!others) this.broker.closeConnection(session.connection);
    }
    if (this.ended.length > 0) this.ended.length = 0;
  }

  private lookForSilence(): void {
    const { state, world } = this;
    if (state.isLooking) return;
    state.isLooking = true;
    world.at[0] = (world.now[0] as number) + SILENCE_CHECK_NS;
    world.arm(this.ix, LOOK_FOR_SILENCE, 0);
  }

  /** Clients that have said nothing for two heartbeats count as dead. */
  private closeSilent(): void {
    const { state, world } = this;
    state.isLooking = false;
    for (const [slot, { heardNs }] of [...state.sessions]) {
      const heartbeatNs = this.connections[slot]?.params.heartbeat as number;
      const silenceNs = (world.now[0] as number) - (heardNs[0] as number);
      if (heartbeatNs > 0 && silenceNs > heartbeatNs * SILENT_BEATS) this.leaveSession(slot, 'no-heartbeat');
    }
    if (state.sessions.size > 0) this.lookForSilence();
  }

  // ---------------------------------------------------------------- publishing

  private onPublish(session: Session, slot: number, msg: MsgIx): void {
    const connection = this.connections[slot] as Connection;
    const message = this.messageOf(connection, msg);
    const isMandatory = connection.params.mandatory as boolean;
    if (this.paceNs > 0) this.giveToQueues(session, connection.selfId, message, isMandatory);
    else this.publish(session.channel, connection.selfId, message, isMandatory);
  }

  /** The channel hands a message to its queues, which take their time for it. */
  private giveToQueues({ channel, connection }: Session, part: string, message: Message, isMandatory: boolean): void {
    const { flow, handedOver, inFlow } = this.state;
    const queues = route(this.broker.state.routing, message.exchange, message);
    const dueNs = handOver(flow, channel, queues, this.nowNs(), this.paceNs);
    let at = handedOver.length;
    while (at > 0 && (handedOver[at - 1] as HandedOver).dueNs > dueNs) at--;
    handedOver.splice(at, 0, { channel, part, message, isMandatory, queues, dueNs });
    this.world.at[0] = dueNs;
    this.world.arm(this.ix as ActorIx, TAKEN, 0);
    if (inFlow.has(connection) || !isOutOfCredit(flow, channel)) return;
    inFlow.add(connection);
    this.tellFlow(connection, packet.FLOW_STOP);
  }

  /** What is due has been taken, and its channel may get more credit. */
  private takeHandedOver(): void {
    const { flow, handedOver } = this.state;
    while (handedOver.length > 0 && (handedOver[0] as HandedOver).dueNs <= this.nowNs()) {
      const { channel, isMandatory, message, part, queues } = handedOver.shift() as HandedOver;
      // What was read is taken even if whoever sent it has left.
      this.publish(this.broker.isOpen(channel) ? channel : this.adminChannel(), part, message, isMandatory);
      taken(flow, channel, queues);
      const connection = this.broker.state.channels.get(channel)?.connection ?? 0;
      if (this.state.inFlow.has(connection) && !isOutOfCredit(flow, channel)) this.goOn(connection);
    }
  }

  /** The channel has credit again: its connection is read on. */
  private goOn(connection: number): void {
    const { inFlow } = this.state;
    inFlow.delete(connection);
    this.readOn(connection);
    // What was unread may have used the credit up again.
    if (!inFlow.has(connection)) this.tellFlow(connection, packet.FLOW_GO);
  }

  /** To a client it is a network that takes no more, and not an alarm. */
  private tellFlow(connection: number, type: number): void {
    for (const [slot, session] of this.state.sessions)
      if (session.connection === connection) this.send(slot, type, 0, BY_NETWORK);
  }

  private publish(channel: number, part: string, message: Message, isMandatory: boolean): void {
    const msg = message.content;
    this.current = msg;
    this.isCurrentTaken = false;
    const published = this.publishedTo(part);
    published.count++;
    const { code, openAt, refusedBy } = this.broker.publish(channel, message, isMandatory);
    this.current = 0;
    if (openAt > 0) this.state.undecided.set(msg, { left: openAt, isTaken: this.isCurrentTaken });
    else if (!this.isCurrentTaken) {
      if (code === 0 && refusedBy === 0) published.unroutable++;
      this.closePublish(msg, code !== 0 ? UNKNOWN : refusedBy > 0 ? FULL : 0);
    }
  }

  private publishedTo(part: string): { count: number; unroutable: number } {
    const { published } = this.state;
    const known = published.get(part);
    if (known !== undefined) return known;
    const counts = { count: 0, unroutable: 0 };
    published.set(part, counts);
    return counts;
  }

  /** A message that no queue has: refused for a reason, or 0 = unroutable. */
  private closePublish(msg: number, reason: number): void {
    const { books, messages, oracle } = this.world;
    if (reason === 0) {
      this.state.unroutable++;
      books.closePublish(this.ix, PUB_UNROUTABLE);
    } else {
      books.closePublish(this.ix, PUB_REFUSED);
      books.countReason(false, PUB_REFUSED, this.place, reason);
    }
    oracle.missedPublish(this.ix, messages.sender[msg] as number, messages.number[msg] as number);
    this.world.tell(msg, reason === 0 ? 'unroutable' : 'refused', this.place, 0, reason);
    messages.release(msg);
  }

  /** What AMQP sees of a message: the wire's template, filled with the message's own. */
  private messageOf({ params, peerId, selfId }: Connection, msg: number): Message {
    const { messages } = this.world;
    const isToQueue = this.drawn.queueParts.has(selfId);
    const isReply = this.drawn.replyParts.has(selfId);
    const replyTo = params.replyTo as string;
    const priority = messages.priority[msg] as number;
    const expirationNs = params.expiration as number;
    return {
      exchange: isToQueue || isReply ? '' : this.nameOf(selfId),
      key: isReply ? this.addressFor(msg) : isToQueue ? this.nameOf(selfId) : this.filled(params.routingKey as string, msg),
      cc: [],
      bcc: [],
      headers: this.headersOf(params.headers as readonly TableEntry[], msg),
      isPersistent: params.persistent as boolean,
      priority: priority === 0 ? -1 : priority,
      expiration: expirationNs === 0 ? null : String(expirationNs / MS),
      messageId: params.messageId === true ? this.idOf(msg) : null,
      correlationId: isReply ? this.questionOf(msg) : replyTo === '' ? null : this.idOf(msg),
      replyTo: replyTo === '' ? null : replyTo === REPLY_QUEUE ? this.askedWith(peerId, msg) : replyTo,
      bodyBytes: messages.sizeBytes[msg] as number,
      deaths: null,
      failedDeliveries: 0,
      content: msg,
    };
  }

  private idOf(msg: number): string {
    const { messages } = this.world;
    return this.idOfNumber(messages.sender[msg] as number, messages.number[msg] as number);
  }

  private idOfNumber(sender: number, number: number): string {
    return `${this.world.nodeIds[sender]}-${number}`;
  }

  // ---------------------------------------------------------------- direct replies

  /** The channel on which a client reads direct replies; 0 if it does not. */
  private replyChannelOf(client: string): number {
    for (const [slot, { channel }] of this.state.sessions) {
      const connection = this.connections[slot];
      if (connection?.peerId === client && this.drawn.replyParts.has(connection.selfId)) return channel;
    }
    return 0;
  }

  /** The address that a question carries; the bare name, which the server refuses, while its client reads no replies. */
  private askedWith(client: string, msg: number): string {
    const channel = this.replyChannelOf(client);
    if (channel === 0) return REPLY_QUEUE;
    noteQuestion(this.state.asked, channel, this.world.messages.number[msg] as number);
    return `${REPLY_PREFIX}${channel}`;
  }

  /** Where a reply goes: to the address that its question carried. Without one it is a key that nobody has. */
  private addressFor(msg: number): string {
    const { messages, nodeIds } = this.world;
    const number = messages.causeNumber[msg] as number;
    const client = number === 0 ? undefined : nodeIds[messages.causeSender[msg] as number];
    const channel = client === undefined ? 0 : this.replyChannelOf(client);
    return isAskedBy(this.state.asked, channel, number) ? `${REPLY_PREFIX}${channel}` : REPLY_PREFIX;
  }

  private questionOf(msg: number): string | null {
    const { messages } = this.world;
    const number = messages.causeNumber[msg] as number;
    return number === 0 ? null : this.idOfNumber(messages.causeSender[msg] as number, number);
  }

  /** A reply goes straight to its reader, and is acknowledged as it goes. */
  private deliverReply(connection: Connection, { message, tag }: Delivery): void {
    const { obligations } = this.world;
    const obl = this.accept(message.content, this.subscription(connection.selfId), WAITING);
    obligations.attempts[obl] = 1;
    this.world.tellOf(obl, 'delivered', this.place, 1);
    this.sendOut(connection, obl, tag);
    obligations.endCause(obl, LOST, this.place, FORGOTTEN);
  }

  private headersOf(entries: readonly TableEntry[], msg: number): HeaderTable {
    if (entries.length === 0) return NO_HEADERS;
    const table = this.tables.get(entries) ?? headerTable(entries);
    this.tables.set(entries, table);
    return [...table.values()].some(hasHoles)
      ? new Map(Array.from(table, ([name, value]) => [name, this.filledValue(value, msg)]))
      : table;
  }

  private filledValue(value: HeaderValue, msg: number): HeaderValue {
    if (typeof value === 'string') return this.filled(value, msg);
    return Array.isArray(value) ? (value as readonly HeaderValue[]).map((item) => this.filledValue(item, msg)) : value;
  }

  /** A text with its holes filled: `{key}`, `{type}` and `{number}` of the message. */
  private filled(template: string, msg: number): string {
    if (!template.includes('{')) return template;
    const { messages } = this.world;
    return template
      .replaceAll('{key}', String(messages.key[msg]))
      .replaceAll('{type}', this.typeOf(msg))
      .replaceAll('{number}', String(messages.number[msg]));
  }

  /**
   * Its type as its sender calls it. A result has the type of what it is the result of, by that one's sender; where nobody can be asked,
   * the names are those of the one sender that has any, else it is a number.
   */
  private typeOf(msg: number): string {
    const { messages, typeNames } = this.world;
    const type = messages.type[msg] as number;
    const cause = messages.causeNumber[msg] === 0 ? -1 : (messages.causeSender[msg] as number);
    const [only] = typeNames.size === 1 ? typeNames.values() : [];
    const names = typeNames.get(messages.sender[msg] as number) ?? typeNames.get(cause) ?? only;
    return names?.[type] ?? String(type);
  }

  // ---------------------------------------------------------------- settling

  private onSettle({ channel }: Session, type: number, obl: number, tag: number, aux: number): void {
    const { obligations } = this.world;
    this.world.tellOf(obl, type === packet.ACK ? 'acknowledged' : 'returned', this.place, obligations.attempts[obl] as number);
    if (type === packet.ACK) this.broker.ack(channel, tag, false);
    else if (type === packet.REJECT) this.broker.nack(channel, tag, false, false);
    else if (aux === BY_REJECT) this.broker.reject(channel, tag, true);
    else this.broker.nack(channel, tag, false, true);
    obligations.dropMention(obl);
  }

  // ---------------------------------------------------------------- what the machine tells

  nowNs(): number {
    return this.world.now[0] as number;
  }

  wake(queue: number, dueNs: number): void {
    this.world.at[0] = dueNs;
    this.world.arm(this.ix as ActorIx, WAKE, queue);
  }

  kept(queue: Queue, message: Message, from: number): number {
    const { obligations } = this.world;
    const cls = this.classIn(queue, message);
    if (from !== 0) {
      this.handOver(from, cls, message);
      return from;
    }
    const sub = this.subscription(this.drawn.parts.get(queue.spec.name) ?? queue.spec.name);
    const msg = message.content;
    const obl = message.deaths !== null && msg !== this.current ? obligations.open(msg, sub, cls) : this.accept(msg, sub, cls);
    obligations.holder[obl] = this.ix;
    return obl;
  }

  private accept(msg: number, sub: SubIx, cls: number): OblIx {
    const { books, messages, obligations, oracle } = this.world;
    const late = this.state.undecided.get(msg);
    if (msg === this.current ? this.isCurrentTaken : (late?.isTaken ?? true)) return obligations.open(msg, sub, cls);
    if (msg === this.current) this.isCurrentTaken = true;
    else if (late !== undefined) late.isTaken = true;
    books.closePublish(this.ix, PUB_ACCEPTED);
    oracle.acceptedPublish(this.ix, messages.sender[msg] as number, messages.number[msg] as number);
    this.world.tell(msg, 'accepted', this.place, 0);
    return obligations.openAccepted(msg, sub, cls);
  }

  decided(message: Message, _isTaken: boolean): void {
    const late = this.state.undecided.get(message.content);
    if (late === undefined || --late.left > 0) return;
    this.state.undecided.delete(message.content);
    if (!late.isTaken) this.closePublish(message.content, FULL);
  }

  /** A dead letter takes what was owed for it along. */
  private handOver(obl: number, cls: number, message: Message): void {
    const { obligations } = this.world;
    const reason = REASON_OF[message.deaths?.last?.reason ?? 'rejected'];
    if (cls !== WAITING) this.state.deadLettered++;
    if (cls === DEAD_LETTERED && obligations.isOpen(obl)) this.world.books.countReason(true, DEAD_LETTERED, this.place, reason);
    obligations.moveTo(obl, cls);
    this.world.tellOf(
      obl,
      cls === DEAD_LETTERED ? 'dead-lettered' : 'delayed',
      this.place,
      obligations.attempts[obl] as number,
      reason,
    );
  }

  /**
   * Where the books have a message that lies ready in a queue: waiting, unless it died before and this is not where it died. Then it
   * is delayed in a queue that gives it back by itself or that somebody reads, a lane of retries, and dead-lettered where it rests.
   */
  private classIn(queue: Queue, { deaths }: Message): number {
    if (deaths === null || deaths.entries.some((death) => death.queue === queue.spec.name)) return WAITING;
    const { deadLetterExchange, messageTtlMs } = queue.settings;
    const givesBack = deadLetterExchange !== null && messageTtlMs !== Number.POSITIVE_INFINITY;
    return givesBack || queue.consumers.size > 0 ? DELAYED : DEAD_LETTERED;
  }

  wentOut(queue: Queue, entry: Entry): void {
    // Of a stream it matters who reads.
    if (queue.stream === null) this.countAttempt(entry);
  }

  private countAttempt(entry: Entry): void {
    const { obligations } = this.world;
    const obl = entry.obligation;
    const attempt = (obligations.attempts[obl] as number) + 1;
    obligations.attempts[obl] = attempt;
    if (entry.isRedelivered) this.state.redeliveries++;
    this.world.tellOf(obl, 'delivered', this.place, attempt);
  }

  deliver(delivery: Delivery): void {
    const { channel, entry, tag } = delivery;
    const slot = this.state.slots.get(channel);
    const connection = slot === undefined ? null : this.connections[slot];
    if (!connection) return;
    if (entry === null) {
      this.deliverReply(connection, delivery);
      return;
    }
    if (delivery.queueType === 'stream') {
      entry.obligation = this.readingOf(entry.obligation, connection.selfId, delivery.consumerTag);
      this.countAttempt(entry);
    }
    this.sendOut(connection, entry.obligation, tag);
  }

  /** What a reader of a stream is owed of a record, of which `first` is what its first reader is owed. */
  private readingOf(first: number, part: string, tag: string): number {
    const { obligations } = this.world;
    const { readings } = this.state;
    const known = readings.get(first) ?? new Map<string, number>();
    readings.set(first, known);
    const mine = known.get(tag);
    if (mine !== undefined) return mine;
    let obl = first;
    if (known.size > 0) {
      obl = obligations.open(obligations.msg[first] as number, this.subscription(`${part}\n${tag}`), WAITING);
      obligations.holder[obl] = this.ix;
    }
    known.set(tag, obl);
    return obl;
  }

  private sendOut(connection: Connection, obl: OblIx | number, tag: number): void {
    const { links, obligations } = this.world;
    obligations.addCause(obl);
    // On a link without delay it is there in this very instant: no book need see it on the way.
    if (links.mode[connection.out] !== MODE_DIRECT) obligations.moveTo(obl, ON_WIRE);
    this.world.aux[0] = obligations.attempts[obl] as number;
    this.world.send(connection.out, packet.DELIVER, obl, 1, tag);
  }

  polled(): void {}

  cameBack(queue: Queue, entry: Entry, isDelayed: boolean): void {
    this.world.obligations.moveTo(entry.obligation, isDelayed ? DELAYED : this.classIn(queue, entry.message));
  }

  gone(queue: Queue, { obligation: obl }: Entry, why: Parting): void {
    if (obl === 0) return;
    const { obligations } = this.world;
    if (queue.stream !== null && (why === 'acknowledged' || why === 'forgotten')) {
      // A stream keeps what was read, and whoever has not done its work may read it again.
      if (why === 'forgotten') obligations.moveTo(obl, WAITING);
      return;
    }
    const [cls, reason] = PARTING[why];
    if (cls !== LOST) this.world.settled++;
    if (queue.stream !== null) this.endReadings(obl, cls, reason);
    obligations.holder[obl] = 0;
    obligations.endCause(obl, cls, this.place, reason);
  }

  /** A record is gone from its stream: nobody will read it any more. */
  private endReadings(first: number, cls: number, reason: number): void {
    const { obligations } = this.world;
    for (const obl of this.state.readings.get(first)?.values() ?? []) {
      if (obl === first) continue;
      obligations.holder[obl] = 0;
      obligations.endCause(obl, cls, this.place, reason);
    }
    this.state.readings.delete(first);
  }

  confirmed(channel: number, publish: number, isAck: boolean): void {
    this.tellChannel(channel, isAck ? packet.CONFIRM : packet.REFUSE, publish);
  }

  returned(channel: number): void {
    this.tellChannel(channel, packet.AMQP_RETURNED, this.broker.state.channels.get(channel)?.publishes ?? 0);
  }

  cancelled(channel: number): void {
    this.tellChannel(channel, packet.AMQP_CANCELLED, 0);
  }

  private tellChannel(channel: number, type: number, tag: number): void {
    const slot = this.state.slots.get(channel);
    if (slot !== undefined) this.send(slot, type, 0, tag);
  }

  channelClosed(channel: number, code: number): void {
    const slot = this.state.slots.get(channel);
    if (slot !== undefined) this.ended.push({ slot, code });
  }

  connectionClosed(connection: number, code: number): void {
    for (const [slot, session] of this.state.sessions) if (session.connection === connection) this.ended.push({ slot, code });
  }

  blocked(connection: number, isBlocked: boolean): void {
    for (const [slot, session] of this.state.sessions) {
      if (session.connection === connection) this.send(slot, isBlocked ? packet.FLOW_STOP : packet.FLOW_GO, 0, 0);
    }
    if (!isBlocked) this.readOn(connection);
  }

  /** Reads what was left unread, until something holds it up again. */
  private readOn(connection: number): void {
    const unread = this.state.parked.get(connection) ?? [];
    this.state.parked.delete(connection);
    for (const { aux, first, slot, tag, type } of unread) this.take(slot, type, first, tag, aux);
  }

  // ---------------------------------------------------------------- time, life and death

  override onTimer(timer: number, arg: number): void {
    if (timer === WAKE) this.broker.wake(arg);
    else if (timer === LOOK_FOR_SILENCE) this.closeSilent();
    else if (timer === TAKEN) this.takeHandedOver();
    else if (timer === PEER_GONE) this.leaveSession(arg, 'client-left');
    this.afterwards();
  }

  /** The process dies: its sockets close, what was not on disk is gone. */
  override onCrash(): void {
    for (const [slot, session] of [...this.state.sessions]) {
      this.forgetSession(slot);
      this.closeSocket(slot, session.number);
    }
    for (const msg of [...this.state.undecided.keys()]) this.loseUndecided(msg, CRASH);
    this.loseHandedOver(CRASH);
    this.broker.restart();
    this.state.shared.clear();
    this.state.endings = [];
    this.state.isLooking = false;
    this.ended.length = 0;
  }

  private loseHandedOver(reason: number): void {
    const { flow, handedOver } = this.state;
    for (const { message } of handedOver) this.losePublish(message.content, reason);
    handedOver.length = 0;
    flow.busyUntil.clear();
  }

  private loseUndecided(msg: number, reason: number): void {
    const late = this.state.undecided.get(msg);
    this.state.undecided.delete(msg);
    if (late?.isTaken === false) this.losePublish(msg, reason);
  }

  /** The host of a dead process closes its sockets; the other side hears of it as soon as the network lets it, behind all else. */
  private closeSocket(slot: number, session: number): void {
    const connection = this.connections[slot];
    if (!connection) return;
    const { world } = this;
    const { links } = world;
    const { out } = connection;
    if (links.isCut[out] === 1) return;
    const tail = links.tail[out] as number;
    const soonest = this.nowNs() + (links.delayNs[out] as number) + (links.extraNs[out] as number);
    const lastNs = tail === 0 ? 0 : (world.packets.dueNs[tail] as number);
    world.at[0] = soonest > lastNs ? soonest : lastNs;
    world.arm(links.to[out] as ActorIx, clientTimer(links.toSlot[out] as number, SOCKET_CLOSED), session);
  }

  override onRestart(): void {
    this.state.admin = 0;
    this.adminChannel();
    this.declareAll();
    this.followParams();
    this.broker.rearm();
    this.afterwards();
  }

  override onRemoved(): void {
    for (const slot of [...this.state.sessions.keys()]) this.forgetSession(slot);
    for (const msg of [...this.state.undecided.keys()]) this.loseUndecided(msg, REMOVED);
    this.loseHandedOver(REMOVED);
    const { obligations } = this.world;
    for (const entry of this.broker.allEntries()) {
      if (entry.obligation === 0) continue;
      this.endReadings(entry.obligation, LOST, REMOVED);
      obligations.holder[entry.obligation] = 0;
      obligations.endCause(entry.obligation, LOST, this.place, REMOVED);
    }
  }

  override save(): unknown {
    return { ...(super.save() as object), machine: clonePlain(this.broker.state) };
  }

  override load(saved: unknown): void {
    super.load(saved);
    this.broker.state = clonePlain((saved as { readonly machine: BrokerState }).machine);
    this.drawn = drawnTopology(this.parts, [...this.inner.values()]);
  }

  // ---------------------------------------------------------------- what people see

  inside(part: string): Inside {
    const { broker, connections, nodes, state, world } = this;
    const contents = { broker, connections, nodes, state, world, nameOf: (id: string) => this.nameOf(id) };
    if (part === '') return brokerInside(contents);
    const name = this.nameOf(part);
    if (this.drawn.replyParts.has(part)) return repliesInside(contents, part);
    if (!this.drawn.queueParts.has(part)) return exchangeInside(contents, name);
    const queue = broker.named(name);
    return queue === undefined ? [] : queueInside(contents, queue);
  }

  samplePart(part: string, out: Float64Array, at: number): void {
    if (!this.drawn.queueParts.has(part)) {
      const published = this.state.published.get(part);
      out[at] = published?.count ?? 0;
      out[at + 1] = published?.unroutable ?? 0;
      if (this.drawn.replyParts.has(part)) out[at + 2] = this.replyReaders(part);
      return;
    }
    const queue = this.broker.named(this.nameOf(part));
    const ready = queue === undefined ? 0 : keptIn(queue);
    const inFlight = queue === undefined ? 0 : outOf(queue);
    out[at] = ready + inFlight;
    out[at + 1] = ready;
    out[at + 2] = inFlight;
    out[at + 3] = queue?.consumers.size ?? 0;
  }

  private replyReaders(part: string): number {
    let count = 0;
    for (const slot of this.state.sessions.keys()) if (this.connections[slot]?.selfId === part && this.isReader(slot)) count++;
    return count;
  }

  private isReader(slot: number): boolean {
    return this.connections[slot]?.port === 'out';
  }

  override sample(out: Float64Array, at: number): void {
    let ready = 0;
    let inFlight = 0;
    for (const queue of this.broker.state.queues.values()) {
      ready += keptIn(queue);
      inFlight += outOf(queue);
    }
    out[at] = ready + inFlight;
    out[at + 1] = ready;
    out[at + 2] = inFlight;
    // Without the one on which the drawing declares.
    out[at + 3] = new Set([...this.state.sessions.values()].map(({ connection }) => connection)).size;
    out[at + 4] = this.state.redeliveries;
    out[at + 5] = this.state.unroutable;
    let byDefault = 0;
    for (const [part, { count }] of this.state.published) if (!this.drawn.exchangeParts.has(part)) byDefault += count;
    out[at + 6] = byDefault;
  }
}

const REASON_OF = { rejected: REJECTED, expired: TOO_OLD, maxlen: OVERFLOW, delivery_limit: MAX_ATTEMPTS } as const;

/** How an obligation closes when its copy leaves a queue like this, if nobody else can cause the work. */
const PARTING: Readonly<Record<Parting, readonly [number, number]>> = {
  acknowledged: [LOST, FORGOTTEN],
  forgotten: [LOST, FORGOTTEN],
  dropped: [DROPPED, OVERFLOW],
  rejected: [DROPPED, REJECTED],
  expired: [EXPIRED, TOO_OLD],
  maxlen: [DROPPED, OVERFLOW],
  delivery_limit: [DROPPED, MAX_ATTEMPTS],
  purged: [LOST, REMOVED],
  deleted: [LOST, REMOVED],
  restart: [LOST, CRASH],
  retention: [SKIPPED, TOO_OLD],
};

export const RABBITMQ_BEHAVIOUR: NodeBehaviour = {
  expand(_self, _params, _parts, plan) {
    plan.actor('', (world, actor) => new BrokerActor(world, actor));
  },
};

/** A part has no actor of its own; the wires that end at it run the library. */
export const RABBITMQ_PART_BEHAVIOUR: NodeBehaviour = {
  expand() {},
  publisher: rabbitPublisher,
  consumer: rabbitConsumer,
};
