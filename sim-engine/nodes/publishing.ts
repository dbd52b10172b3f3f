// What all who publish share (senders, services, the relay of a store): handing one message to every outgoing wire, each through its
// own publisher client.

import { assert } from '../kernel/assert.ts';
import type { ActorIx, LinkIx, MsgIx } from '../kernel/ids.ts';
import { type Inside, InsideRows, type InsideTable, listShape } from '../world/inside.ts';
import { TRACED } from '../world/messages.ts';
import type { World } from '../world/world.ts';
import { type Connection, clientOfTimer, ownTimerOf, type PublisherClient, type PublisherHost } from './node-kind.ts';
import { behaviourOf } from './registry.ts';

/** Everything a new message is made of but its time and its number. */
export interface MessageTraits {
  key: number;
  sizeBytes: number;
  type: number;
  flags: number;
  causeSender: number;
  causeNumber: number;
  /** From 0, which is what it has without being told, to 9. */
  priority?: number;
  /** When it came to be, ns, if not just now. */
  bornNs?: number;
  /** Which event of the stream of its key it is, from 1; absent or 0 = none. */
  eventNumber?: number;
}

const WIRES_OUT = listShape('wires.out', { receiver: 'node', takes: 'word' });

export class Outlets {
  /** By connection slot; null where the slot is no outlet or the wire is gone. */
  readonly clients: (PublisherClient | null)[] = [];
  /** By connection slot: document id of the node at the other end. */
  private readonly peers: string[] = [];
  /** By connection slot: how much of what goes to one wire alone goes to this one, beside the others. */
  private readonly shares: number[] = [];
  private readonly world: World;
  private readonly host: PublisherHost;

  constructor(world: World, host: PublisherHost) {
    this.world = world;
    this.host = host;
  }

  attach(slot: number, connection: Connection): void {
    const factory = behaviourOf(connection.peerKind).publisher;
    assert(factory !== undefined, `${connection.peerKind} offers no publisher`);
    this.clients[slot] = factory(this.world, this.host, slot, connection);
    this.peers[slot] = connection.peerId;
    this.readShare(slot, connection);
    this.recount();
  }

  onParams(slot: number, connection: Connection): void {
    this.readShare(slot, connection);
    this.clients[slot]?.onParams(connection);
  }

  private readShare(slot: number, { params }: Connection): void {
    this.shares[slot] = (params.share as number | undefined) ?? 1;
  }

  detach(slot: number): void {
    const client = this.clients[slot];
    this.clients[slot] = null;
    this.recount();
    client?.onDisconnected();
  }

  /** How many wires a message goes out on. */
  count = 0;
  /** The client, while there is just one: the common case, and the hot one. */
  private only: PublisherClient | null = null;

  /** Whether every wire would take a message now. */
  get areOpen(): boolean {
    if (this.only !== null) return this.only.isOpen();
    for (const client of this.clients) if (client && !client.isOpen()) return false;
    return true;
  }

  private recount(): void {
    const clients = this.clients.filter((client) => client);
    this.count = clients.length;
    this.only = clients.length === 1 ? (clients[0] as PublisherClient) : null;
  }

  isOpen(slot: number): boolean {
    return this.clients[slot]?.isOpen() ?? true;
  }

  /** Slot of the wire that a uniform draw `u` falls on, by the shares of the wires; -1 if all shares are 0. */
  drawByShare(u: number): number {
    let sum = 0;
    for (let slot = 0; slot < this.clients.length; slot++) if (this.clients[slot]) sum += this.shares[slot] as number;
    let left = u * sum;
    let last = -1;
    for (let slot = 0; slot < this.clients.length; slot++) {
      const share = this.clients[slot] ? (this.shares[slot] as number) : 0;
      if (share === 0) continue;
      last = slot;
      left -= share;
      if (left < 0) return slot;
    }
    return last;
  }

  /** A new message numbered `number`, offered on one wire alone, which must be open; nothing if the wire is gone. */
  publishTo(slot: number, number: number, traits: MessageTraits): void {
    const client = this.clients[slot];
    if (client) client.offer(this.newMessage(number, traits, 1));
  }

  /** A new message numbered `number`, offered on every wire. There must be one, and all must be open. */
  publish(number: number, traits: MessageTraits): void {
    const msg = this.newMessage(number, traits, this.count);
    if (this.only !== null) this.only.offer(msg);
    else for (const client of this.clients) if (client) client.offer(msg);
  }

  private newMessage(number: number, traits: MessageTraits, refs: number): MsgIx {
    const { world } = this;
    const { messages } = world;
    const msg = messages.slots.alloc() as MsgIx;
    const sender = this.host.ix as ActorIx;
    messages.createdNs[msg] = world.now[0] as number;
    messages.sender[msg] = sender | 0;
    messages.number[msg] = number;
    messages.key[msg] = traits.key | 0;
    messages.sizeBytes[msg] = traits.sizeBytes | 0;
    messages.type[msg] = traits.type | 0;
    messages.flags[msg] = traits.flags | 0;
    if (traits.causeNumber !== 0) {
      messages.causeSender[msg] = traits.causeSender;
      messages.causeNumber[msg] = traits.causeNumber;
    }
    if (traits.priority) messages.priority[msg] = traits.priority;
    if (traits.bornNs !== undefined) messages.createdNs[msg] = traits.bornNs;
    if (traits.eventNumber) messages.eventNumber[msg] = traits.eventNumber;
    messages.refs[msg] = refs;
    if (world.trace.isOn && world.trace.isFollowed(sender, number)) {
      messages.flags[msg] = traits.flags | TRACED;
      world.tell(msg, 'sent', sender * 2, 1);
    }
    return msg;
  }

  onPacket(slot: number, link: LinkIx, type: number, first: number, count: number): void {
    this.clients[slot]?.onPacket(link, type, first, count);
  }

  onTimer(timer: number, arg: number): void {
    this.clients[clientOfTimer(timer)]?.onTimer(ownTimerOf(timer), arg);
  }

  onCrash(): void {
    for (const client of this.clients) client?.onCrash();
  }

  /** The wires out, and what the clients on them hold. */
  inside(): Inside {
    if (this.count === 0) return [];
    const rows = new InsideRows(WIRES_OUT);
    const tables: InsideTable[] = [];
    for (let slot = 0; slot < this.clients.length; slot++) {
      const client = this.clients[slot];
      if (!client) continue;
      rows.add({ receiver: this.peers[slot] as string, takes: client.isOpen() ? 'inside.word.takes' : 'inside.word.holds-back' });
      tables.push(...(client.inside?.() ?? []));
    }
    return [rows.table(this.count), ...tables];
  }

  start(): void {
    for (const client of this.clients) client?.start();
  }
}
