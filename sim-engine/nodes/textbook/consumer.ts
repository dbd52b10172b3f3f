// The reader's side of a textbook queue, run by a service. It states how many messages it has room for, gives each place
// back with the receipt that frees it, and states it anew when nothing has come for a while: so a lost word costs time, never
// a message.

import type { LinkIx, OblIx } from '../../kernel/ids.ts';
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

/** Room of a reader that takes whatever comes: neither acknowledging nor bounded by a desk. */
const UNBOUNDED = 1_000_000_000;

interface ConsumerState {
  /** When the last delivery came, ns: a cell, since a field that outgrows 31 bits changes the shape of its object. */
  lastReceiptNs: Float64Array;
}

class TextbookConsumer implements ConsumerClient {
  state: ConsumerState = { lastReceiptNs: new Float64Array(1) };
  private readonly world: World;
  private readonly host: ConsumerHost;
  private readonly client: number;
  private readonly out: LinkIx;
  private acknowledges = true;
  private desk = 0;
  private pollTimeoutNs = 0;

  constructor(world: World, host: ConsumerHost, client: number, connection: Connection) {
    this.world = world;
    this.host = host;
    this.client = client;
    this.out = connection.out;
    this.readParams(connection);
  }

  start(): void {
    this.state.lastReceiptNs[0] = this.world.now[0] as number;
    this.stateRoom();
    this.armPoll();
  }

  onParams(connection: Connection): void {
    const desk = this.desk;
    this.readParams(connection);
    if (desk !== this.desk) this.stateRoom();
  }

  onConcurrency(_count: number): void {
    if (this.desk === 0) this.stateRoom();
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
    world.send(this.out, type, obl, 1, freesPlace ? -attempt : attempt);
  }

  freePlace(): void {
    if (this.isUnbounded()) return;
    this.world.send(this.out, packet.PLACE, 0, 1, 0);
  }

  onPacket(_link: LinkIx, type: number, first: number, _count: number): void {
    if (type === packet.DELIVER) {
      this.state.lastReceiptNs[0] = this.world.now[0] as number;
      this.host.onDelivery(this.client, first as OblIx, this.world.tag);
    } else if (type === packet.HELLO) this.stateRoom();
  }

  onTimer(_timer: number, _arg: number): void {
    if ((this.world.now[0] as number) >= (this.state.lastReceiptNs[0] as number) + this.pollTimeoutNs) {
      this.state.lastReceiptNs[0] = this.world.now[0] as number;
      this.stateRoom();
    }
    this.armPoll();
  }

  onCrash(): void {
    this.state = { lastReceiptNs: new Float64Array(1) };
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
    const desk = this.desk === 0 ? this.host.concurrency() : this.desk;
    const free = desk - this.host.held(this.client);
    this.world.send(this.out, packet.CREDIT, 0, 1, this.isUnbounded() ? UNBOUNDED : free > 0 ? free : 0);
  }

  private armPoll(): void {
    this.world.at[0] = (this.state.lastReceiptNs[0] as number) + this.pollTimeoutNs;
    this.world.arm(this.host.ix, clientTimer(this.client, POLL), 0);
  }
}

export const textbookConsumer: ConsumerFactory = (world, host, client, connection) =>
  new TextbookConsumer(world, host, client, connection);
