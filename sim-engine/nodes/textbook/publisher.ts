// The publisher's side of a textbook channel, run by a sender or a service. Without `confirm` it hands over and forgets; with
// it, it keeps every message until the channel answers and sends it again when no answer comes, which may double it.

import type { LinkIx, MsgIx } from '../../kernel/ids.ts';
import { type Inside, InsideRows, listShape, nameOfMessage, untilNs } from '../../world/inside.ts';
import * as packet from '../../world/packet-types.ts';
import { actorPlace } from '../../world/reasons.ts';
import type { World } from '../../world/world.ts';
import { type Connection, clientTimer, type PublisherClient, type PublisherFactory, type PublisherHost } from '../node-kind.ts';

const TIMERS_MASK = 0x3fffffff;

const ANSWER_DUE = 0;
const ASK_AGAIN = 1;

const UNCONFIRMED = listShape('publisher.unconfirmed', {
  letter: 'message',
  'resends-left': 'count',
  'answer-due': 'duration',
});

interface Pending {
  msg: number;
  resendsLeft: number;
  dueNs: number;
}

interface PublisherState {
  isStopped: boolean;
  /** How many more it may send before it must ask; -1 = any number. */
  allowance: number;
  tags: number;
  /** By tag, in order of the time at which the answer is due, unless the time-out was shortened while some were out. */
  pending: Map<number, Pending>;
  isInOrder: boolean;
  /** For when a timer is set, ns, in a cell; infinity if none is. A timer that an earlier one took the place of is passed over. */
  armedNs: Float64Array;
  timers: number;
  /** Whether a timer is set to ask a channel that stopped the flow whether it is open again. */
  isAsking: boolean;
}

const newPublisherState = (tags: number): PublisherState => ({
  isStopped: false,
  allowance: -1,
  tags,
  pending: new Map(),
  isInOrder: true,
  armedNs: new Float64Array([Number.POSITIVE_INFINITY]),
  timers: 0,
  isAsking: false,
});

class TextbookPublisher implements PublisherClient {
  state: PublisherState = newPublisherState(0);
  private readonly world: World;
  private readonly host: PublisherHost;
  private readonly client: number;
  private readonly out: LinkIx;
  private readonly peerId: string;
  private confirms = false;
  private timeoutNs = 0;
  private resends = 0;

  constructor(world: World, host: PublisherHost, client: number, connection: Connection) {
    this.world = world;
    this.host = host;
    this.client = client;
    this.out = connection.out;
    this.peerId = connection.peerId;
    this.onParams(connection);
  }

  onParams(connection: Connection): void {
    this.confirms = connection.params.confirm as boolean;
    if ((connection.params.timeout as number) < this.timeoutNs && this.state.pending.size > 0) this.state.isInOrder = false;
    this.timeoutNs = connection.params.timeout as number;
    this.resends = connection.params.resends as number;
  }

  start(): void {}

  isOpen(): boolean {
    return !this.state.isStopped && this.state.allowance !== 0;
  }

  offer(msg: MsgIx): void {
    const world = this.world;
    world.books.openPublish(world.links.to[this.out] as number);
    if (!this.confirms) {
      world.send(this.out, packet.PUBLISH, msg, 1, 0);
      if (this.state.allowance > 0) this.spendAllowance();
      this.host.onOutcome(this.client, 'handed-over', msg);
      return;
    }
    world.messages.refs[msg] = (world.messages.refs[msg] as number) + 1;
    const tag = ++this.state.tags;
    this.state.pending.set(tag, { msg, resendsLeft: this.resends, dueNs: (world.now[0] as number) + this.timeoutNs });
    world.send(this.out, packet.PUBLISH, msg, 1, tag);
    if (this.state.allowance > 0) this.spendAllowance();
    if ((world.now[0] as number) + this.timeoutNs < (this.state.armedNs[0] as number)) this.armHead();
  }

  onPacket(_link: LinkIx, type: number, _first: number, _count: number): void {
    switch (type) {
      case packet.CONFIRM:
        return this.settle(this.world.tag, 'confirmed');
      case packet.REFUSE:
        return this.settle(this.world.tag, 'refused');
      case packet.FLOW_STOP:
        if (!this.state.isStopped) {
          this.state.isStopped = true;
          this.host.onFlow(this.client, false);
        }
        if (!this.state.isAsking) this.armAsking();
        return;
      case packet.FLOW_GO:
        return this.open(this.world.tag === 0 ? -1 : this.world.tag);
      case packet.HELLO:
        return this.open(-1);
    }
  }

  onTimer(timer: number, arg: number): void {
    if (timer === ASK_AGAIN) {
      this.state.isAsking = false;
      if (!this.isOpen()) this.ask();
      return;
    }
    if (arg !== this.state.timers) return;
    this.state.armedNs[0] = Number.POSITIVE_INFINITY;
    const nowNs = this.world.now[0] as number;
    // A resend goes to the end of the map.
    for (const [tag, pending] of this.state.pending) {
      if (pending.dueNs > nowNs) {
        if (this.state.isInOrder) break;
        continue;
      }
      // What a channel lets wait at its door needs no second copy.
      if (this.state.isStopped) this.waitAnew(tag, pending);
      else this.onNoAnswer(tag, pending);
    }
    this.armHead();
  }

  /** What it has handed over and no word has come of, while it asks for one. */
  inside(): Inside {
    const { state, world } = this;
    if (!this.confirms && state.pending.size === 0) return [];
    const rows = new InsideRows(UNCONFIRMED);
    for (const { msg, dueNs, resendsLeft } of state.pending.values()) {
      if (rows.isFull) break;
      rows.add({ letter: nameOfMessage(world, msg), 'resends-left': resendsLeft, 'answer-due': untilNs(world, dueNs) });
    }
    return [rows.table(state.pending.size, this.peerId)];
  }

  onDisconnected(): void {
    for (const tag of [...this.state.pending.keys()]) this.settle(tag, 'given-up');
  }

  onCrash(): void {
    for (const pending of this.state.pending.values()) this.world.messages.release(pending.msg);
    this.state = newPublisherState(this.state.tags);
  }

  private onNoAnswer(tag: number, pending: Pending): void {
    if (pending.resendsLeft === 0) {
      this.settle(tag, 'given-up');
      return;
    }
    const world = this.world;
    pending.resendsLeft--;
    this.waitAnew(tag, pending);
    world.messages.refs[pending.msg] = (world.messages.refs[pending.msg] as number) + 1;
    world.books.openPublish(world.links.to[this.out] as number);
    world.tell(pending.msg, 'sent', actorPlace(this.host.ix), this.resends - pending.resendsLeft + 1);
    world.send(this.out, packet.PUBLISH, pending.msg, 1, tag);
  }

  private settle(tag: number, outcome: 'confirmed' | 'refused' | 'given-up'): void {
    const pending = this.state.pending.get(tag);
    // A second answer to the same message: the first one counted.
    if (pending === undefined) return;
    this.state.pending.delete(tag);
    this.host.onOutcome(this.client, outcome, pending.msg as MsgIx);
    this.world.messages.release(pending.msg);
  }

  /** The word that opens the flow again may be lost: the channel is asked for it again and again. */
  private armAsking(): void {
    this.state.isAsking = true;
    this.world.at[0] = (this.world.now[0] as number) + this.timeoutNs;
    this.world.arm(this.host.ix, clientTimer(this.client, ASK_AGAIN), 0);
  }

  private waitAnew(tag: number, pending: Pending): void {
    pending.dueNs = (this.world.now[0] as number) + this.timeoutNs;
    this.state.pending.delete(tag);
    this.state.pending.set(tag, pending);
  }

  private open(allowance: number): void {
    const wasOpen = this.isOpen();
    this.state.isStopped = false;
    this.state.allowance = allowance;
    if (!wasOpen) this.host.onFlow(this.client, true);
  }

  private spendAllowance(): void {
    if (--this.state.allowance === 0) this.ask();
  }

  private ask(): void {
    this.world.send(this.out, packet.FLOW_ASK, 0, 1, 0);
    if (!this.state.isAsking) this.armAsking();
  }

  private armHead(): void {
    const { state, world } = this;
    let firstNs = Number.POSITIVE_INFINITY;
    for (const { dueNs } of state.pending.values()) {
      if (dueNs < firstNs) firstNs = dueNs;
      if (state.isInOrder) break;
    }
    if (state.pending.size === 0) {
      state.isInOrder = true;
      return;
    }
    world.at[0] = firstNs;
    state.armedNs[0] = firstNs;
    state.timers = (state.timers + 1) & TIMERS_MASK;
    world.arm(this.host.ix, clientTimer(this.client, ANSWER_DUE), state.timers);
  }
}

export const textbookPublisher: PublisherFactory = (world, host, client, connection) =>
  new TextbookPublisher(world, host, client, connection);
