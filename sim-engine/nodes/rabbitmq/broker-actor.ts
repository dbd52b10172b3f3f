// A RabbitMQ broker at work: gets the packets of clients and gives each to the part that makes it an operation of the machine (`broker.ts`):
// sessions, publishes, deliveries. What the machine tells goes the same ways back. It dies and comes back as a whole.

import type { LinkIx, MsgIx } from '../../kernel/ids.ts';
import { clonePlain } from '../../kernel/plain-state.ts';
import { StatefulActor } from '../../world/actor.ts';
import type { Inside } from '../../world/inside.ts';
import * as packet from '../../world/packet-types.ts';
import { actorPlace, CRASH, REMOVED } from '../../world/reasons.ts';
import type { World } from '../../world/world.ts';
import type { Params } from '../fields.ts';
import type { ActorSelf, Connection, Container, NodeBehaviour, PartRef } from '../node-kind.ts';
import { type ActorCore, type ActorState, LOOK_FOR_SILENCE, newActorState, TAKEN, WAKE } from './actor-state.ts';
import { Broker } from './broker.ts';
import type { BrokerOutput, BrokerState } from './broker-core.ts';
import { BrokerDeliveries } from './broker-deliveries.ts';
import { BrokerDrawing } from './broker-drawing.ts';
import { type BrokerContents, brokerInside, exchangeInside, queueInside, repliesInside } from './broker-inside.ts';
import { BrokerPublishes } from './broker-publishes.ts';
import { BrokerSessions } from './broker-sessions.ts';
import { PEER_GONE } from './client-session.ts';
import { rabbitConsumer } from './consumer.ts';
import type { Delivery } from './delivery.ts';
import { isInner } from './drawn-topology.ts';
import type { Entry } from './entry-line.ts';
import type { Message, Version } from './model.ts';
import { rabbitPublisher } from './publisher.ts';
import type { Parting, Queue } from './queue.ts';

/** What waits in a queue, also for its time or for its dead letters to arrive. */
const keptIn = (queue: Queue): number => queue.ready + queue.delayed.length + queue.retained.length;

/** What is read from a stream is still there. */
const outOf = (queue: Queue): number => (queue.stream === null ? queue.unacked.size : 0);

/** What is told when a resource runs short, and when it does so no longer. */
const ALARM_NOTICES = {
  memory: ['notice.rabbitmq.memory-alarm', 'notice.rabbitmq.memory-alarm-over'],
  disk: ['notice.rabbitmq.disk-alarm', 'notice.rabbitmq.disk-alarm-over'],
} as const;

class BrokerActor extends StatefulActor implements ActorCore, BrokerOutput, Container {
  override state: ActorState = newActorState();
  readonly world: World;
  readonly place: number;
  readonly broker: Broker;
  readonly connections: (Connection | null)[] = [];
  private params: Params;
  private readonly nodeId: string;
  private readonly drawing: BrokerDrawing;
  private readonly sessions: BrokerSessions;
  private readonly publishes: BrokerPublishes;
  private readonly deliveries: BrokerDeliveries;

  constructor(world: World, self: ActorSelf) {
    super(self.ix);
    this.world = world;
    this.place = actorPlace(self.ix);
    const { nodeId, params, parts } = self;
    this.nodeId = nodeId;
    this.params = params;
    const options = { nodes: params.nodes as number, electionNs: params.electionTime as number };
    this.broker = new Broker(params.version as Version, this, options);
    this.drawing = new BrokerDrawing(this, parts);
    this.sessions = new BrokerSessions(this, this.drawing);
    this.publishes = new BrokerPublishes(this, this.drawing);
    this.deliveries = new BrokerDeliveries(this, this.drawing, this.publishes);
    this.publishes.setPace(params.queuePace as number);
    // In order of id, so that the books know the queues in an order that does not change.
    for (const { id, kind } of parts) if (kind !== 'rabbitmq-exchange') world.books.subscription(id, this.ix);
  }

  override save(): unknown {
    return { ...(super.save() as object), machine: clonePlain(this.broker.state) };
  }

  override load(saved: unknown): void {
    super.load(saved);
    this.broker.state = clonePlain((saved as { readonly machine: BrokerState }).machine);
    this.drawing.read();
  }

  // ---------------------------------------------------------------- what is drawn

  override attach(slot: number, connection: Connection): void {
    this.connections[slot] = connection;
    if (isInner(connection)) this.drawing.attachInner(connection);
  }

  override onConnected(slot: number): void {
    if (isInner(this.connections[slot])) this.followDrawing();
  }

  override onDisconnected(slot: number): void {
    const connection = this.connections[slot];
    this.connections[slot] = null;
    if (connection && isInner(connection)) {
      this.drawing.detachInner(connection);
      this.followDrawing();
      return;
    }
    this.sessions.leave(slot, 'client-left');
    this.afterwards();
  }

  override onWireParams(slot: number, connection: Connection): void {
    this.attach(slot, connection);
    if (isInner(connection)) this.followDrawing();
  }

  onParts(parts: readonly PartRef[]): void {
    this.drawing.onParts(parts);
    this.followDrawing();
  }

  private followDrawing(): void {
    this.drawing.follow();
    this.afterwards();
  }

  override onParams(params: Params): void {
    this.params = params;
    this.publishes.setPace(params.queuePace as number);
    this.followParams();
    this.afterwards();
  }

  /** Alarms are on, and nodes down, as the drawing says; whoever watches is told what changes. */
  private followParams(): void {
    const { broker } = this;
    const { diskAlarm, memoryAlarm, nodesDown } = this.params;
    this.followAlarm('memory', memoryAlarm as boolean);
    this.followAlarm('disk', diskAlarm as boolean);
    const down = new Set(String(nodesDown).split(',').map(Number));
    for (let node = 1; node <= broker.nodes; node++) {
      const isRunning = broker.state.running.has(node);
      if (down.has(node) !== isRunning) continue;
      if (isRunning) broker.killNode(node);
      else broker.startNode(node);
      this.world.notice(isRunning ? 'notice.rabbitmq.node-down' : 'notice.rabbitmq.node-up', this.nodeId, { number: node });
    }
  }

  private followAlarm(resource: 'memory' | 'disk', isOn: boolean): void {
    const { broker } = this;
    if (broker.state.alarms.has(resource) === isOn) return;
    broker.setAlarm(resource, isOn);
    this.world.notice(ALARM_NOTICES[resource][isOn ? 0 : 1], this.nodeId);
  }

  // ---------------------------------------------------------------- packets and time

  override onPacket(link: LinkIx, type: number, first: number, _count: number): void {
    const slot = this.world.links.toSlot[link] as number;
    this.take(slot, type, first, this.world.tag, this.world.aux[0] as number);
    this.afterwards();
  }

  private take(slot: number, type: number, first: number, tag: number, aux: number): void {
    const { sessions, state } = this;
    if (type === packet.AMQP_OPEN) return sessions.open(slot, first, tag);
    const session = state.sessions.get(slot);
    if (session === undefined) return sessions.loseLate(type, first);
    session.heardNs[0] = this.world.now[0] as number;
    if (type === packet.AMQP_HEARTBEAT) {
      this.send(slot, packet.AMQP_HEARTBEAT, 0, 0);
      return;
    }
    if (this.broker.isHeldUp(session.connection, type === packet.PUBLISH) || state.inFlow.has(session.connection)) {
      const parked = state.parked.get(session.connection) ?? [];
      parked.push({ slot, type, first, tag, aux });
      state.parked.set(session.connection, parked);
      return;
    }
    switch (type) {
      case packet.PUBLISH:
        return this.publishes.onPublish(session, slot, first as MsgIx);
      case packet.ACK:
      case packet.RETRY:
      case packet.REJECT:
        return this.deliveries.onSettle(session, type, first, tag, aux);
      case packet.AMQP_CONSUMERS:
        return sessions.setConsumers(slot, session, first);
    }
  }

  readOn(connection: number): void {
    const unread = this.state.parked.get(connection) ?? [];
    this.state.parked.delete(connection);
    for (const { aux, first, slot, tag, type } of unread) this.take(slot, type, first, tag, aux);
  }

  send(slot: number, type: number, first: number, tag: number): void {
    const connection = this.connections[slot];
    if (connection) this.world.send(connection.out, type, first, 1, tag);
  }

  override onTimer(timer: number, arg: number): void {
    if (timer === WAKE) this.broker.wake(arg);
    else if (timer === LOOK_FOR_SILENCE) this.sessions.closeSilent();
    else if (timer === TAKEN) this.publishes.takeHandedOver();
    else if (timer === PEER_GONE) this.sessions.leave(arg, 'client-left');
    this.afterwards();
  }

  /** An operation is over. */
  private afterwards(): void {
    this.sessions.tellRefused();
  }

  // ---------------------------------------------------------------- what the machine tells

  nowNs(): number {
    return this.world.now[0] as number;
  }

  wake(queue: number, dueNs: number): void {
    this.world.at[0] = dueNs;
    this.world.arm(this.ix, WAKE, queue);
  }

  kept(queue: Queue, message: Message, from: number): number {
    return this.deliveries.kept(queue, message, from);
  }

  decided(message: Message): void {
    this.publishes.decided(message);
  }

  wentOut(queue: Queue, entry: Entry): void {
    this.deliveries.wentOut(queue, entry);
  }

  deliver(delivery: Delivery): void {
    this.deliveries.deliver(delivery);
  }

  /** Clients of a run are pushed what they get. */
  polled(): void {}

  cameBack(queue: Queue, entry: Entry, isDelayed: boolean): void {
    this.deliveries.cameBack(queue, entry, isDelayed);
  }

  gone(queue: Queue, entry: Entry, why: Parting): void {
    this.deliveries.gone(queue, entry, why);
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
    this.sessions.onChannelClosed(channel, code);
  }

  connectionClosed(connection: number, code: number): void {
    this.sessions.onConnectionClosed(connection, code);
  }

  blocked(connection: number, isBlocked: boolean): void {
    for (const [slot, session] of this.state.sessions) {
      if (session.connection === connection) this.send(slot, isBlocked ? packet.FLOW_STOP : packet.FLOW_GO, 0, 0);
    }
    if (!isBlocked) this.readOn(connection);
  }

  // ---------------------------------------------------------------- life and death

  override onStart(): void {
    this.drawing.read();
    this.setUp();
    this.afterwards();
  }

  /** A server that has just come up gets what is drawn. */
  private setUp(): void {
    this.drawing.channel();
    this.drawing.declareAll();
    this.followParams();
  }

  /** The process dies: its sockets close, what was not on disk is gone. */
  override onCrash(): void {
    this.sessions.onCrash();
    this.publishes.loseAll(CRASH);
    this.broker.restart();
  }

  override onRestart(): void {
    this.state.admin = 0;
    this.setUp();
    this.broker.rearm();
    this.afterwards();
  }

  override onRemoved(): void {
    this.sessions.onRemoved();
    this.publishes.loseAll(REMOVED);
    this.deliveries.onRemoved();
  }

  // ---------------------------------------------------------------- what people see

  inside(part: string): Inside {
    const { broker, connections, drawing, state, world } = this;
    const { queueParts, replyParts } = drawing.drawn;
    const nameOf = (id: string): string => drawing.nameOf(id);
    const contents: BrokerContents = { broker, connections, nodes: broker.nodes, state, world, nameOf };
    if (part === '') return brokerInside(contents);
    if (replyParts.has(part)) return repliesInside(contents, part);
    const name = nameOf(part);
    if (!queueParts.has(part)) return exchangeInside(contents, name);
    const queue = broker.named(name);
    return queue === undefined ? [] : queueInside(contents, queue);
  }

  samplePart(part: string, out: Float64Array, at: number): void {
    const { queueParts, replyParts } = this.drawing.drawn;
    if (!queueParts.has(part)) {
      const published = this.state.published.get(part);
      out[at] = published?.count ?? 0;
      out[at + 1] = published?.unroutable ?? 0;
      if (replyParts.has(part)) out[at + 2] = this.replyReaders(part);
      return;
    }
    const queue = this.broker.named(this.drawing.nameOf(part));
    const ready = queue === undefined ? 0 : keptIn(queue);
    const inFlight = queue === undefined ? 0 : outOf(queue);
    out[at] = ready + inFlight;
    out[at + 1] = ready;
    out[at + 2] = inFlight;
    out[at + 3] = queue?.consumers.size ?? 0;
  }

  private replyReaders(part: string): number {
    let count = 0;
    for (const slot of this.state.sessions.keys()) {
      const connection = this.connections[slot];
      if (connection?.selfId === part && connection.port === 'out') count++;
    }
    return count;
  }

  override sample(out: Float64Array, at: number): void {
    const { broker, state } = this;
    let ready = 0;
    let inFlight = 0;
    for (const queue of broker.state.queues.values()) {
      ready += keptIn(queue);
      inFlight += outOf(queue);
    }
    out[at] = ready + inFlight;
    out[at + 1] = ready;
    out[at + 2] = inFlight;
    // Without the one on which the drawing declares.
    out[at + 3] = new Set([...state.sessions.values()].map(({ connection }) => connection)).size;
    out[at + 4] = state.redeliveries;
    out[at + 5] = state.unroutable;
    let byDefault = 0;
    for (const [part, { count }] of state.published) if (!this.drawing.drawn.exchangeParts.has(part)) byDefault += count;
    out[at + 6] = byDefault;
  }
}

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
