// The reader's side of a textbook queue, run by a service. It states how many messages it has room for, gives each place
// back with the receipt that frees it, and states it anew when nothing has come for a while: so a lost word costs time, never
// a message.

import type { LinkIx, OblIx } from '../../kernel/ids.ts';
import { factsOf, factsShape, type Inside } from '../../world/inside.ts';
import * as packet from '../../world/packet-types.ts';
import type { World } from '../../world/world.ts';
import {
  type Connection,
  type ConsumerClient,
  type ConsumerFactory,
  type ConsumerHost,
  clientTimer,
  type Settlement,
} from '../node-kind.ts';

const POLL = 0;
const POLLS_MASK = 0x3fffffff;

/** Room of a reader that takes whatever comes: neither acknowledging nor bounded by a desk. */
const UNBOUNDED = 1_000_000_000;

const ROOM = factsShape('consumer.room', { room: 'count', has: 'count' });

interface ConsumerState {
  /** When the last delivery came, ns: a cell, since a field that outgrows 31 bits changes the shape of its object. */
  lastReceiptNs: Float64Array;
  /** Places it has stated and that nothing has come for yet, as far as it knows. */
  granted: number;
  /** Poll timers ever set: an older one is passed over. */
  polls: number;
  /** What the room that was stated last was worked out from. */
  room: number;
}

const newConsumerState = (): ConsumerState => ({ lastReceiptNs: new Float64Array(1), granted: 0, polls: 0, room: 0 });

class TextbookConsumer implements ConsumerClient {
  state: ConsumerState = newConsumerState();
  private readonly world: World;
  private readonly host: ConsumerHost;
  private readonly client: number;
  private readonly out: LinkIx;
  private readonly peerId: string;
  private acknowledges = true;
  private desk = 0;
  private pollTimeoutNs = 0;

  constructor(world: World, host: ConsumerHost, client: number, connection: Connection) {
    this.world = world;
    this.host = host;
    this.client = client;
    this.out = connection.out;
    this.peerId = connection.peerId;
    this.readParams(connection);
  }

  start(): void {
    this.state.lastReceiptNs[0] = this.world.now[0] as number;
    this.stateRoom();
    this.armPoll();
  }

  onParams(connection: Connection): void {
    const { desk, pollTimeoutNs } = this;
    this.readParams(connection);
    if (desk !== this.desk) this.stateRoom();
    if (pollTimeoutNs !== this.pollTimeoutNs) this.armPoll();
  }

  onConcurrency(_count: number): void {
    if (this.room() !== this.state.room) this.stateRoom();
  }

  settle(obl: OblIx, attempt: number, outcome: Settlement, delayNs: number, freesPlace: boolean): void {
    if (!this.acknowledges) {
      if (freesPlace) this.freePlace();
      return;
    }
    const world = this.world;
    world.obligations.addMention(obl);
    world.aux[0] = delayNs;
    const type = outcome === 'ack' ? packet.ACK : outcome === 'retry' ? packet.RETRY : packet.REJECT;
    world.send(this.out, type, obl, 1, freesPlace && this.grantsAgain() ? -attempt : attempt);
  }

  freePlace(): void {
    if (this.isUnbounded() || !this.grantsAgain()) return;
    this.world.send(this.out, packet.PLACE, 0, 1, 0);
  }

  /**
   * Whether the place that is about to be free is given back. Not if there are places enough without it: because a packet was
   * doubled, or because there are fewer now than when it was stated.
   */
  private grantsAgain(): boolean {
    const heldThen = this.host.held(this.client) - 1;
    if (this.state.granted + heldThen >= this.room()) return false;
    this.state.granted++;
    return true;
  }

  /** Every replica of the host is a reader with a desk of its own. */
  private room(): number {
    return this.desk === 0 ? this.host.concurrency() : this.desk * (this.host.replicas?.() ?? 1);
  }

  onPacket(_link: LinkIx, type: number, first: number, _count: number): void {
    if (type === packet.DELIVER) {
      this.state.lastReceiptNs[0] = this.world.now[0] as number;
      if (this.state.granted > 0) this.state.granted--;
      this.host.onDelivery(this.client, first as OblIx, this.world.tag);
    } else if (type === packet.HELLO) this.stateRoom();
  }

  onTimer(_timer: number, poll: number): void {
    if (poll !== this.state.polls) return;
    if ((this.world.now[0] as number) >= (this.state.lastReceiptNs[0] as number) + this.pollTimeoutNs) {
      this.state.lastReceiptNs[0] = this.world.now[0] as number;
      this.stateRoom();
    }
    this.armPoll();
  }

  inside(): Inside {
    const { state } = this;
    const room = this.isUnbounded() ? null : state.granted;
    return [factsOf(ROOM, { room, has: this.host.held(this.client) }, this.peerId)];
  }

  onCrash(): void {
    this.state = newConsumerState();
  }

  private readParams(connection: Connection): void {
    this.acknowledges = connection.params.acknowledge as boolean;
    this.desk = connection.params.desk as number;
    this.pollTimeoutNs = connection.params.pollTimeout as number;
  }

  private isUnbounded(): boolean {
    return !this.acknowledges && this.desk === 0;
  }

  private stateRoom(): void {
    const room = this.room();
    const free = room - this.host.held(this.client);
    this.state.room = room;
    this.state.granted = free > 0 ? free : 0;
    this.world.send(this.out, packet.CREDIT, 0, 1, this.isUnbounded() && room > 0 ? UNBOUNDED : this.state.granted);
  }

  private armPoll(): void {
    this.world.at[0] = (this.state.lastReceiptNs[0] as number) + this.pollTimeoutNs;
    this.state.polls = (this.state.polls + 1) & POLLS_MASK;
    this.world.arm(this.host.ix, clientTimer(this.client, POLL), this.state.polls);
  }
}

export const textbookConsumer: ConsumerFactory = (world, host, client, connection) =>
  new TextbookConsumer(world, host, client, connection);
