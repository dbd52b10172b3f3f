// The broker's side of its clients' sessions: a client opens one and gets a channel, reads with so many consumers, falls silent, leaves or
// is thrown out, and what was left unread of it is lost.

import type { ActorIx, MsgIx } from '../../kernel/ids.ts';
import * as packet from '../../world/packet-types.ts';
import { CUT } from '../../world/reasons.ts';
import { type Connection, clientTimer } from '../node-kind.ts';
import { type ActorCore, LOOK_FOR_SILENCE, type Session } from './actor-state.ts';
import type { BrokerDrawing } from './broker-drawing.ts';
import type { Ending } from './broker-inside.ts';
import { SOCKET_CLOSED } from './client-session.ts';
import { forgetChannel } from './credit-flow.ts';
import type { HeaderValue } from './model.ts';

const SILENCE_CHECK_NS = 5_000_000_000;
const SILENT_BEATS = 2;
const ENDINGS_KEPT = 20;

/** Where a reader of a stream begins: a number counts as such, anything else is the server's to read. */
const offsetOf = (text: string): HeaderValue => (/^[0-9]+$/.test(text) ? Number(text) : text);

/** A session that the machine has ended, with the code. */
interface Refusal {
  readonly slot: number;
  readonly code: number;
}

export class BrokerSessions {
  private readonly actor: ActorCore;
  private readonly drawing: BrokerDrawing;
  /** Those that ended while the machine was at work; empty between operations, so it is no part of the state. */
  private readonly refused: Refusal[] = [];

  constructor(actor: ActorCore, drawing: BrokerDrawing) {
    this.actor = actor;
    this.drawing = drawing;
  }

  // ---------------------------------------------------------------- coming

  open(slot: number, consumers: number, number: number): void {
    const { actor } = this;
    const { broker, state, world } = actor;
    this.leave(slot, 'client-left');
    const connection = actor.connections[slot];
    if (!connection) return;
    const node = this.nodeFor(slot, connection);
    if (node === 0) {
      actor.send(slot, packet.AMQP_CLOSED, 0, number);
      return;
    }
    const id = this.connectionFor(connection, node);
    const channel = broker.openChannel(id);
    const session: Session = {
      number,
      channel,
      connection: id,
      consumers: 0,
      heardNs: new Float64Array([world.now[0] as number]),
    };
    state.sessions.set(slot, session);
    state.slots.set(channel, slot);
    this.lookForSilence();
    actor.send(slot, packet.AMQP_OPENED, 0, number);
    if (connection.params.confirm === true) broker.selectConfirms(channel);
    if (connection.port === 'out') {
      broker.qos(channel, connection.params.prefetch as number, false);
      this.setConsumers(slot, session, consumers);
    }
  }

  /** The node that a client reaches: the one it asks for, or one that runs, in turn by wire; 0 if that is down. */
  private nodeFor(slot: number, { params }: Connection): number {
    const { nodes, state } = this.actor.broker;
    const { running } = state;
    const asked = params.node as number;
    if (asked > 0) return running.has(asked) ? asked : 0;
    for (let turn = 0; turn < nodes; turn++) {
      const node = ((slot + turn) % nodes) + 1;
      if (running.has(node)) return node;
    }
    return 0;
  }

  private connectionFor({ params, peerId }: Connection, node: number): number {
    const { broker, state } = this.actor;
    if (params.connection !== 'shared') return broker.openConnection(node);
    const there = state.shared.get(peerId);
    if (there !== undefined && broker.state.connections.has(there)) return there;
    const id = broker.openConnection(node);
    state.shared.set(peerId, id);
    return id;
  }

  setConsumers(slot: number, session: Session, count: number): void {
    const { broker, connections } = this.actor;
    const connection = connections[slot] as Connection;
    const { acknowledge, exclusive, priority } = connection.params;
    // Of its replies a channel has one reader.
    const wanted = this.drawing.drawn.replyParts.has(connection.selfId) ? 1 : count;
    const queue = this.drawing.nameOf(connection.selfId);
    const args = new Map<string, HeaderValue>();
    // A stream knows no priorities, and refuses who reads with one.
    if (broker.named(queue)?.stream) args.set('x-stream-offset', offsetOf(connection.params.streamOffset as string));
    else args.set('x-priority', priority as number);
    const { channel } = session;
    while (session.consumers < wanted) {
      const tag = `${connection.wireId}#${++session.consumers}`;
      const code = broker.consume(channel, queue, tag, acknowledge === 'automatic', exclusive as boolean, args);
      if (code !== 0) return;
    }
    while (session.consumers > wanted) broker.cancel(channel, `${connection.wireId}#${session.consumers--}`);
  }

  // ---------------------------------------------------------------- going

  /** The client's side of a session is gone. */
  leave(slot: number, how: Ending): void {
    const session = this.forget(slot);
    if (session === undefined) return;
    this.noteEnding(slot, how, 0);
    const { broker } = this.actor;
    if (this.isShared(session)) broker.closeChannel(session.channel);
    else broker.closeConnection(session.connection);
  }

  private noteEnding(slot: number, how: Ending, code: number): void {
    const { connections, state, world } = this.actor;
    const client = connections[slot]?.peerId;
    if (client === undefined) return;
    const ended = { client, how, code, atNs: world.now[0] as number };
    state.endings = [ended, ...state.endings.slice(0, ENDINGS_KEPT - 1)];
  }

  /** Whether others go on with the connection of a session that has ended. */
  private isShared({ connection }: Session): boolean {
    return [...this.actor.state.sessions.values()].some((other) => other.connection === connection);
  }

  /** What it had not been read of is lost. */
  private forget(slot: number): Session | undefined {
    const { asked, flow, inFlow, parked, sessions, slots } = this.actor.state;
    const session = sessions.get(slot);
    if (session === undefined) return undefined;
    sessions.delete(slot);
    asked.delete(session.channel);
    forgetChannel(flow, session.channel);
    inFlow.delete(session.connection);
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

  /** What comes on a channel that is closed already. */
  loseLate(type: number, first: number): void {
    const { ix, place, world } = this.actor;
    if (type === packet.PUBLISH) world.losePublish(ix, first as MsgIx, place, CUT);
    else if (type === packet.ACK || type === packet.RETRY || type === packet.REJECT) world.obligations.dropMention(first);
  }

  // ---------------------------------------------------------------- ended by the machine

  onChannelClosed(channel: number, code: number): void {
    const slot = this.actor.state.slots.get(channel);
    if (slot !== undefined) this.refused.push({ slot, code });
  }

  onConnectionClosed(connection: number, code: number): void {
    for (const [slot, session] of this.actor.state.sessions) {
      if (session.connection === connection) this.refused.push({ slot, code });
    }
  }

  /** Tells the clients whose sessions the machine has ended. Called at the end of every operation. */
  tellRefused(): void {
    const { refused } = this;
    for (let at = 0; at < refused.length; at++) {
      const { code, slot } = refused[at] as Refusal;
      const session = this.forget(slot);
      if (session === undefined) continue;
      this.noteEnding(slot, 'refused', code);
      this.actor.send(slot, packet.AMQP_CLOSED, 0, code);
      if (!this.isShared(session)) this.actor.broker.closeConnection(session.connection);
    }
    if (refused.length > 0) refused.length = 0;
  }

  // ---------------------------------------------------------------- silence

  private lookForSilence(): void {
    const { ix, state, world } = this.actor;
    if (state.isLooking) return;
    state.isLooking = true;
    world.at[0] = (world.now[0] as number) + SILENCE_CHECK_NS;
    world.arm(ix, LOOK_FOR_SILENCE, 0);
  }

  /** Clients that have said nothing for two heartbeats count as dead. */
  closeSilent(): void {
    const { connections, state, world } = this.actor;
    state.isLooking = false;
    for (const [slot, { heardNs }] of [...state.sessions]) {
      const heartbeatNs = connections[slot]?.params.heartbeat as number;
      const silenceNs = (world.now[0] as number) - (heardNs[0] as number);
      if (heartbeatNs > 0 && silenceNs > heartbeatNs * SILENT_BEATS) this.leave(slot, 'no-heartbeat');
    }
    if (state.sessions.size > 0) this.lookForSilence();
  }

  // ---------------------------------------------------------------- death of the broker

  /** The process dies: its sockets close. */
  onCrash(): void {
    const { state } = this.actor;
    for (const [slot, session] of [...state.sessions]) {
      this.forget(slot);
      this.closeSocket(slot, session.number);
    }
    state.shared.clear();
    state.endings = [];
    state.isLooking = false;
    this.refused.length = 0;
  }

  /** The host of a dead process closes its sockets; the other side hears of it as soon as the network lets it, behind all else. */
  private closeSocket(slot: number, session: number): void {
    const { connections, world } = this.actor;
    const connection = connections[slot];
    if (!connection) return;
    const { links } = world;
    const { out } = connection;
    if (links.isCut[out] === 1) return;
    const tail = links.tail[out] as number;
    const soonest = (world.now[0] as number) + (links.delayNs[out] as number) + (links.extraNs[out] as number);
    const lastNs = tail === 0 ? 0 : (world.packets.dueNs[tail] as number);
    world.at[0] = soonest > lastNs ? soonest : lastNs;
    world.arm(links.to[out] as ActorIx, clientTimer(links.toSlot[out] as number, SOCKET_CLOSED), session);
  }

  onRemoved(): void {
    for (const slot of [...this.actor.state.sessions.keys()]) this.forget(slot);
  }
}
