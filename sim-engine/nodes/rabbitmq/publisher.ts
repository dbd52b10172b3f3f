// The publisher of the library, run by a sender or a service: publishes on its channel, with confirms keeps each message until the broker
// answers, and sends it again after a nack or a lost connection, which may double it.

import type { LinkIx, MsgIx } from '../../kernel/ids.ts';
import { PUB_REFUSED } from '../../world/books.ts';
import type { Inside } from '../../world/inside.ts';
import * as packet from '../../world/packet-types.ts';
import { actorPlace, BLOCKED } from '../../world/reasons.ts';
import type { World } from '../../world/world.ts';
import type { Connection, PublisherClient, PublisherFactory, PublisherHost } from '../node-kind.ts';
import { sessionTable, unconfirmedTable } from './client-inside.ts';
import { BY_NETWORK, newSession, Session, type SessionState, type SessionUser } from './client-session.ts';

interface Unconfirmed {
  msg: number;
  resendsLeft: number;
  /** It came back as unroutable; the answer follows. */
  isReturned: boolean;
}

interface PublisherState {
  readonly session: SessionState;
  /** An alarm holds the connection up. */
  isBlocked: boolean;
  /** The socket takes no more: the broker reads no further for now. */
  isFull: boolean;
  publishes: number;
  /** By number of the publish, in order. */
  readonly pending: Map<number, Unconfirmed>;
  wasOpen: boolean;
  /** What the broker would not have, gave back as unroutable, and what was given up while it was blocked. */
  nacked: number;
  returned: number;
  unsent: number;
}

const newState = (session: number): PublisherState => ({
  session: newSession(session),
  isBlocked: false,
  isFull: false,
  publishes: 0,
  pending: new Map(),
  wasOpen: false,
  nacked: 0,
  returned: 0,
  unsent: 0,
});

class RabbitPublisher implements PublisherClient, SessionUser {
  state: PublisherState = newState(0);
  private readonly world: World;
  private readonly host: PublisherHost;
  private readonly client: number;
  private readonly out: LinkIx;
  private readonly peerId: string;
  private readonly connection: Session;
  private confirms = false;
  private window = 0;
  private resends = 0;
  private resendsNacked = true;
  private resendsReturned = false;
  private waitsForAlarm = true;

  constructor(world: World, host: PublisherHost, client: number, connection: Connection) {
    this.world = world;
    this.host = host;
    this.client = client;
    this.out = connection.out;
    this.peerId = connection.peerId;
    this.connection = new Session(world, host, client, connection, this);
    this.readParams(connection);
  }

  get session(): SessionState {
    return this.state.session;
  }

  consumers(): number {
    return 0;
  }

  onParams(connection: Connection): void {
    this.connection.onParams(connection);
    this.readParams(connection);
    this.tellFlow();
  }

  private readParams({ params }: Connection): void {
    this.confirms = params.confirm as boolean;
    this.window = params.window as number;
    this.resends = params.resends as number;
    this.resendsNacked = params.onNack === 'resend';
    this.resendsReturned = params.onReturn === 'resend';
    this.waitsForAlarm = params.onBlocked === 'wait';
  }

  start(): void {
    this.connection.open();
  }

  isOpen(): boolean {
    const { isBlocked, isFull, pending, session } = this.state;
    return (
      session.condition === 'open' &&
      !isFull &&
      (!isBlocked || !this.waitsForAlarm) &&
      (this.window === 0 || pending.size < this.window)
    );
  }

  offer(msg: MsgIx): void {
    this.state.wasOpen = true;
    if (this.state.isBlocked) this.giveUpUnsent(msg);
    else if (this.confirms) {
      this.world.messages.refs[msg] = (this.world.messages.refs[msg] as number) + 1;
      this.publish({ msg, resendsLeft: this.resends, isReturned: false });
    } else {
      this.send(msg, 0);
      this.host.onOutcome(this.client, 'handed-over', msg);
    }
    this.tellFlow();
  }

  /** The client does not wait for the end of an alarm: what it would send is refused by itself. */
  private giveUpUnsent(msg: MsgIx): void {
    const { books, links, messages, oracle } = this.world;
    const place = actorPlace(this.host.ix);
    const broker = links.to[this.out] as number;
    this.state.unsent++;
    books.openPublish(broker);
    books.closePublish(broker, PUB_REFUSED);
    books.countReason(false, PUB_REFUSED, place, BLOCKED);
    oracle.missedPublish(broker, messages.sender[msg] as number, messages.number[msg] as number);
    this.world.tell(msg, 'refused', place, 0, BLOCKED);
    this.host.onOutcome(this.client, 'refused', msg);
    messages.release(msg);
  }

  private publish(entry: Unconfirmed): void {
    const publish = ++this.state.publishes;
    this.state.pending.set(publish, entry);
    this.send(entry.msg, publish);
  }

  private send(msg: number, publish: number): void {
    this.world.books.openPublish(this.world.links.to[this.out] as number);
    this.world.send(this.out, packet.PUBLISH, msg, 1, publish);
  }

  private publishAgain(entry: Unconfirmed): void {
    const { messages } = this.world;
    entry.resendsLeft--;
    entry.isReturned = false;
    messages.refs[entry.msg] = (messages.refs[entry.msg] as number) + 1;
    this.world.tell(entry.msg, 'sent', actorPlace(this.host.ix), this.resends - entry.resendsLeft + 1);
    this.publish(entry);
  }

  onPacket(_link: LinkIx, type: number): void {
    const { tag } = this.world;
    this.connection.hear();
    switch (type) {
      case packet.AMQP_OPENED:
        return this.connection.onOpened(tag);
      case packet.AMQP_CLOSED:
      case packet.AMQP_CANCELLED:
        return this.connection.lose();
      case packet.CONFIRM:
        return this.onAnswer(tag, true);
      case packet.REFUSE:
        return this.onAnswer(tag, false);
      case packet.AMQP_RETURNED: {
        const entry = this.state.pending.get(tag);
        this.state.returned++;
        if (entry !== undefined) entry.isReturned = true;
        return;
      }
      case packet.FLOW_STOP:
      case packet.FLOW_GO:
        if (tag === BY_NETWORK) this.state.isFull = type === packet.FLOW_STOP;
        else this.state.isBlocked = type === packet.FLOW_STOP;
        return this.tellFlow();
    }
  }

  private onAnswer(publish: number, isAck: boolean): void {
    const entry = this.state.pending.get(publish);
    if (entry === undefined) return;
    this.state.pending.delete(publish);
    if (!isAck) this.state.nacked++;
    const sendsAgain = isAck ? entry.isReturned && this.resendsReturned : this.resendsNacked;
    if (sendsAgain && entry.resendsLeft > 0) this.publishAgain(entry);
    else this.settle(entry, isAck && !entry.isReturned ? 'confirmed' : 'refused');
    this.tellFlow();
  }

  private settle({ msg }: Unconfirmed, outcome: 'confirmed' | 'refused' | 'given-up'): void {
    this.host.onOutcome(this.client, outcome, msg as MsgIx);
    this.world.messages.release(msg);
  }

  onTimer(timer: number, arg: number): void {
    this.connection.onTimer(timer, arg);
  }

  /** What is unconfirmed may be there or not: it is sent again as soon as there is a channel, under new numbers. */
  onOpened(): void {
    const open = [...this.state.pending.values()];
    this.state.pending.clear();
    this.state.publishes = 0;
    this.state.isBlocked = false;
    this.state.isFull = false;
    for (const entry of open) {
      if (entry.resendsLeft > 0) this.publishAgain(entry);
      else this.settle(entry, 'given-up');
    }
    this.tellFlow();
  }

  onLost(): void {
    this.tellFlow();
  }

  /** The host is told when the answer to `isOpen` changes. */
  private tellFlow(): void {
    const isOpen = this.isOpen();
    if (isOpen === this.state.wasOpen) return;
    this.state.wasOpen = isOpen;
    this.host.onFlow(this.client, isOpen);
  }

  inside(): Inside {
    const { peerId, state, world } = this;
    const session = sessionTable(world, state.session, state, peerId);
    const isAsking = this.confirms || state.pending.size > 0;
    return isAsking ? [session, unconfirmedTable(world, state.pending, peerId)] : [session];
  }

  onDisconnected(): void {
    for (const entry of this.state.pending.values()) this.settle(entry, 'given-up');
    this.state.pending.clear();
  }

  onCrash(): void {
    this.connection.closeSocket();
    for (const { msg } of this.state.pending.values()) this.world.messages.release(msg);
    const { nacked, returned, session, unsent } = this.state;
    this.state = { ...newState(session.session), nacked, returned, unsent };
  }
}

export const rabbitPublisher: PublisherFactory = (world, host, client, connection) =>
  new RabbitPublisher(world, host, client, connection);
