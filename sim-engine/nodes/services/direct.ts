// The sender's side of a message that goes straight to a service. It waits for the answer as far as its time-out allows and keeps
// nothing to send again: whoever calls directly has no queue to fall back on.

import type { LinkIx, MsgIx } from '../../kernel/ids.ts';
import { type Inside, InsideRows, listShape, nameOfMessage, untilNs } from '../../world/inside.ts';
import * as packet from '../../world/packet-types.ts';
import type { World } from '../../world/world.ts';
import { type Connection, clientTimer, type PublisherClient, type PublisherFactory, type PublisherHost } from '../node-kind.ts';

const ANSWER_DUE = 0;
const TAGS_MASK = 0x3fffffff;

const UNANSWERED = listShape('direct.unanswered', { letter: 'message', 'answer-due': 'duration' });

interface DirectState {
  tags: number;
  /** Messages that wait for their answer, by tag, oldest first, and when that is due, ns. */
  pending: Map<number, { msg: number; dueNs: number }>;
  isArmed: boolean;
}

class DirectPublisher implements PublisherClient {
  state: DirectState = { tags: 0, pending: new Map(), isArmed: false };
  private readonly world: World;
  private readonly host: PublisherHost;
  private readonly client: number;
  private readonly out: LinkIx;
  private readonly peerId: string;
  private timeoutNs = 0;

  constructor(world: World, host: PublisherHost, client: number, connection: Connection) {
    this.world = world;
    this.host = host;
    this.client = client;
    this.out = connection.out;
    this.peerId = connection.peerId;
    this.onParams(connection);
  }

  onParams(connection: Connection): void {
    this.timeoutNs = connection.params.timeout as number;
  }

  start(): void {}

  isOpen(): boolean {
    return true;
  }

  offer(msg: MsgIx): void {
    const { state, world } = this;
    world.books.openPublish(world.links.to[this.out] as number);
    world.messages.refs[msg] = (world.messages.refs[msg] as number) + 1;
    state.tags = (state.tags + 1) & TAGS_MASK;
    const dueNs = this.timeoutNs > 0 ? (world.now[0] as number) + this.timeoutNs : Number.POSITIVE_INFINITY;
    state.pending.set(state.tags, { msg, dueNs });
    world.send(this.out, packet.PUBLISH, msg, 1, state.tags);
    this.arm();
  }

  onPacket(_link: LinkIx, type: number, _first: number, _count: number): void {
    if (type === packet.CONFIRM) this.end(this.world.tag, 'confirmed');
    else if (type === packet.REFUSE) this.end(this.world.tag, 'refused');
  }

  /** The oldest has the earliest time unless the time-out was shortened meanwhile; then the others are seen a little late. */
  onTimer(): void {
    const { state, world } = this;
    state.isArmed = false;
    for (const [tag, { dueNs }] of state.pending) {
      if (dueNs > (world.now[0] as number)) break;
      this.end(tag, 'given-up');
    }
    this.arm();
  }

  onCrash(): void {
    const { messages } = this.world;
    for (const { msg } of this.state.pending.values()) messages.release(msg);
    this.state = { tags: this.state.tags, pending: new Map(), isArmed: false };
  }

  inside(): Inside {
    const { state, world } = this;
    const rows = new InsideRows(UNANSWERED);
    for (const { msg, dueNs } of state.pending.values()) {
      if (rows.isFull) break;
      rows.add({ letter: nameOfMessage(world, msg), 'answer-due': untilNs(world, dueNs) });
    }
    return [rows.table(state.pending.size, this.peerId)];
  }

  onDisconnected(): void {
    for (const tag of [...this.state.pending.keys()]) this.end(tag, 'given-up');
  }

  private arm(): void {
    const { state, world } = this;
    if (state.isArmed) return;
    const next = state.pending.values().next().value;
    if (next === undefined || next.dueNs === Number.POSITIVE_INFINITY) return;
    state.isArmed = true;
    world.at[0] = next.dueNs;
    world.arm(this.host.ix, clientTimer(this.client, ANSWER_DUE), 0);
  }

  private end(tag: number, outcome: 'confirmed' | 'refused' | 'given-up'): void {
    const open = this.state.pending.get(tag);
    // A second answer, or one that comes when nobody waits any more.
    if (open === undefined) return;
    this.state.pending.delete(tag);
    this.host.onOutcome(this.client, outcome, open.msg as MsgIx);
    this.world.messages.release(open.msg);
  }
}

export const directPublisher: PublisherFactory = (world, host, client, connection) =>
  new DirectPublisher(world, host, client, connection);
