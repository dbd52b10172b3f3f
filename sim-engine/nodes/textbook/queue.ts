// The textbook queue at work: holds messages in order, hands each to the reader that has waited longest, waits for its
// acknowledgement, and gives it out again when none comes. Readers say how many they have room for (CREDIT, PLACE, ACK);
// nothing is handed out without room. It knows neither senders nor services, only packets.

import { floor } from '../../kernel/exact-math.ts';
import type { ActorIx, LinkIx, MsgIx, SubIx } from '../../kernel/ids.ts';
import { clearRing, type IntRing, newRing, pushRing, removeFromRing, shiftRing } from '../../kernel/int-ring.ts';
import { StatefulActor } from '../../world/actor.ts';
import { DEAD_LETTERED, DELAYED, DROPPED, LOST, ON_WIRE, PUB_ACCEPTED, PUB_REFUSED, WAITING } from '../../world/books.ts';
import { type LeaseList, newLeaseList } from '../../world/leases.ts';
import { MODE_DIRECT } from '../../world/links.ts';
import * as packet from '../../world/packet-types.ts';
import { actorPlace, CRASH, FORGOTTEN, FULL, MAX_ATTEMPTS, OVERFLOW, REJECTED, REMOVED } from '../../world/reasons.ts';
import type { World } from '../../world/world.ts';
import type { Params } from '../fields.ts';
import type { ActorSelf, Connection, NodeBehaviour } from '../node-kind.ts';
import { textbookConsumer } from './consumer.ts';
import { textbookPublisher } from './publisher.ts';

/** Where this queue keeps an obligation: `spot` of the obligation table. */
const READY = 1;
const LEASED = 2;
const SLEEPING = 3;
/** Acknowledged while it lay ready or asleep again: passed over when its turn comes. */
const DONE_MEANWHILE = 4;

const DEADLINE = 0;
const WAKE = 1;

const TIMERS_MASK = 0x3fffffff;

/** A reader with no stated bound, which forgets receipts (`acknowledge` off, desk 0). */
const NEVER_NS = 9e15;

interface QueueState {
  readyHead: number;
  readyTail: number;
  ready: number;
  delayed: number;
  leases: LeaseList;
  /** For when a timer is set, ns, in a cell; infinity if none is. A timer that a later one took the place of is passed over. */
  deadlineNs: Float64Array;
  deadlineTimers: number;
  /** Room each connection has stated, and whether it stands in the line of readers. */
  credit: number[];
  isInLine: boolean[];
  line: IntRing;
  isBlocking: boolean;
  /** Publishes that came while it was full and blocking: message, connection, tag. */
  parked: IntRing;
  redeliveries: number;
}

class Queue extends StatefulActor {
  override state: QueueState = {
    readyHead: 0,
    readyTail: 0,
    ready: 0,
    delayed: 0,
    leases: newLeaseList(),
    deadlineNs: new Float64Array([Number.POSITIVE_INFINITY]),
    deadlineTimers: 0,
    credit: [],
    isInLine: [],
    line: newRing(),
    isBlocking: false,
    parked: newRing(),
    redeliveries: 0,
  };
  private readonly world: World;
  private readonly place: number;
  private readonly sub: SubIx;
  private readonly connections: (Connection | null)[] = [];
  private readonly out: LinkIx[] = [];
  private readonly acknowledges: boolean[] = [];
  private deadLetters: Connection | null = null;
  private ackDeadlineNs = 0;
  private maxAttempts = 0;
  private capacity = 0;
  private overflow = 'refuse';
  private isReturnedToFront = false;
  private isDurable = true;

  constructor(world: World, self: ActorSelf) {
    super(self.ix);
    this.world = world;
    this.place = actorPlace(self.ix);
    this.sub = world.books.subscription(self.nodeId, self.ix);
    this.readParams(self.params);
  }

  override attach(slot: number, connection: Connection): void {
    this.connections[slot] = connection;
    this.out[slot] = connection.out;
    this.acknowledges[slot] = connection.params.acknowledge !== false;
    if (this.state.credit[slot] === undefined) this.state.credit[slot] = 0;
    if (this.state.isInLine[slot] === undefined) this.state.isInLine[slot] = false;
    if (connection.port === 'dead') this.deadLetters = connection;
  }

  override onWireParams(slot: number, connection: Connection): void {
    this.attach(slot, connection);
  }

  override onDisconnected(slot: number): void {
    const connection = this.connections[slot];
    this.connections[slot] = null;
    if (connection === this.deadLetters) this.deadLetters = null;
    this.state.credit[slot] = 0;
    this.leaveLine(slot);
    this.returnLeases(slot);
    this.dispatch();
  }

  override onParams(params: Params): void {
    this.readParams(params);
    this.afterRoom();
    this.dispatch();
  }

  private readParams(params: Params): void {
    this.ackDeadlineNs = params.ackDeadline as number;
    this.maxAttempts = params.maxAttempts as number;
    this.capacity = params.capacity as number;
    this.overflow = params.overflow as string;
    this.isReturnedToFront = params.returnTo === 'front';
    this.isDurable = params.durable as boolean;
  }

  // ---------------------------------------------------------------- packets

  override onPacket(link: LinkIx, type: number, first: number, _count: number): void {
    const slot = this.world.links.toSlot[link] as number;
    const tag = this.world.tag;
    switch (type) {
      case packet.PUBLISH:
        return this.onPublish(first as MsgIx, slot, tag);
      case packet.ACK:
        return this.onAck(first, slot, tag);
      case packet.RETRY:
        return this.onRetry(first, slot, tag);
      case packet.REJECT:
        return this.onReject(first, slot, tag);
      case packet.CREDIT:
        this.state.credit[slot] = tag;
        this.joinLine(slot);
        return this.dispatch();
      case packet.PLACE:
        this.state.credit[slot] = (this.state.credit[slot] as number) + 1;
        this.joinLine(slot);
        return this.dispatch();
      case packet.FLOW_ASK:
        return this.onFlowAsk(slot);
      case packet.FEED:
        return this.onFeed(first);
      case packet.REDRIVE:
        return this.onRedrive(first);
    }
  }

  private onPublish(msg: MsgIx, slot: number, tag: number): void {
    if (this.hasRoom()) {
      this.accept(msg, slot, tag);
      this.dispatch();
      return;
    }
    if (this.overflow === 'block') {
      const parked = this.state.parked;
      pushRing(parked, msg);
      pushRing(parked, slot);
      pushRing(parked, tag);
      this.world.send(this.out[slot] as LinkIx, packet.FLOW_STOP, 0, 1, 0);
      this.state.isBlocking = true;
      return;
    }
    if (this.overflow === 'drop-oldest' && this.state.ready > 0) {
      this.dropOldest();
      this.accept(msg, slot, tag);
      this.dispatch();
      return;
    }
    this.refuse(msg, slot, tag);
  }

  private accept(msg: MsgIx, slot: number, tag: number): void {
    const world = this.world;
    const messages = world.messages;
    world.books.closePublish(this.ix, PUB_ACCEPTED);
    world.oracle.acceptedPublish(this.ix, messages.sender[msg] as number, messages.number[msg] as number);
    world.tell(msg, 'accepted', this.place, 0);
    const obl = world.obligations.openAccepted(msg, this.sub, WAITING);
    if (tag !== 0) world.send(this.out[slot] as LinkIx, packet.CONFIRM, 0, 1, tag);
    this.keepReady(obl, false);
  }

  private refuse(msg: MsgIx, slot: number, tag: number): void {
    const world = this.world;
    const messages = world.messages;
    world.books.closePublish(this.ix, PUB_REFUSED);
    world.books.countReason(false, PUB_REFUSED, this.place, FULL);
    world.oracle.missedPublish(this.ix, messages.sender[msg] as number, messages.number[msg] as number);
    world.tell(msg, 'refused', this.place, 0);
    messages.release(msg);
    if (tag !== 0) world.send(this.out[slot] as LinkIx, packet.REFUSE, 0, 1, tag);
  }

  /** A topic cannot be held back: its copy finds room, makes room, or is dropped. */
  private onFeed(obl: number): void {
    if (!this.hasRoom() && !(this.overflow === 'drop-oldest' && this.state.ready > 0)) {
      this.world.obligations.endCause(obl, DROPPED, this.place, FULL);
      return;
    }
    if (!this.hasRoom()) this.dropOldest();
    this.world.obligations.moveTo(obl, WAITING);
    this.keepReady(obl, false);
    this.dispatch();
  }

  private onRedrive(obl: number): void {
    const obligations = this.world.obligations;
    obligations.beginAnew(obl);
    obligations.moveTo(obl, WAITING);
    this.world.tellOf(obl, 'redriven', this.place, 0);
    this.keepReady(obl, false);
    this.dispatch();
  }

  private onAck(obl: number, slot: number, tag: number): void {
    const obligations = this.world.obligations;
    if (tag < 0) this.regainPlace(slot);
    this.world.tellOf(obl, 'acknowledged', this.place, tag < 0 ? -tag : tag);
    if (obligations.holder[obl] === this.ix) {
      // A late acknowledgement counts: the work is done, whoever has it now.
      if (obligations.spot[obl] === LEASED) {
        this.endLease(obl);
        this.letGo(obl);
      } else if (obligations.spot[obl] === READY) {
        obligations.spot[obl] = DONE_MEANWHILE;
        this.state.ready--;
      } else if (obligations.spot[obl] === SLEEPING) {
        obligations.spot[obl] = DONE_MEANWHILE;
        this.state.delayed--;
      }
      this.afterRoom();
    }
    obligations.dropMention(obl);
    this.dispatch();
  }

  private onRetry(obl: number, slot: number, tag: number): void {
    const delayNs = this.world.aux[0] as number;
    if (tag < 0) this.regainPlace(slot);
    if (this.isCurrent(obl, tag)) {
      this.endLease(obl);
      this.takeBack(obl, delayNs);
    }
    this.world.obligations.dropMention(obl);
    this.dispatch();
  }

  private onReject(obl: number, slot: number, tag: number): void {
    if (tag < 0) this.regainPlace(slot);
    if (this.isCurrent(obl, tag)) {
      this.endLease(obl);
      this.giveUp(obl, REJECTED);
      this.afterRoom();
    }
    this.world.obligations.dropMention(obl);
    this.dispatch();
  }

  /** Whether word of an attempt is about the one that is out now: a late one about an earlier attempt changes nothing. */
  private isCurrent(obl: number, tag: number): boolean {
    const obligations = this.world.obligations;
    const attempt = tag < 0 ? -tag : tag;
    return obligations.holder[obl] === this.ix && obligations.spot[obl] === LEASED && obligations.attempts[obl] === attempt;
  }

  // ---------------------------------------------------------------- keeping and handing out

  private hasRoom(): boolean {
    return this.capacity === 0 || this.state.ready + this.state.delayed < this.capacity;
  }

  private keepReady(obl: number, isAtFront: boolean): void {
    const obligations = this.world.obligations;
    const state = this.state;
    obligations.holder[obl] = this.ix;
    obligations.spot[obl] = READY;
    if (isAtFront) {
      obligations.next[obl] = state.readyHead;
      state.readyHead = obl;
      if (state.readyTail === 0) state.readyTail = obl;
    } else {
      obligations.next[obl] = 0;
      if (state.readyTail === 0) state.readyHead = obl;
      else obligations.next[state.readyTail] = obl;
      state.readyTail = obl;
    }
    state.ready++;
  }

  /** The head of the line of ready messages, taken out of it; 0 if there is none. */
  private takeReady(): number {
    const obligations = this.world.obligations;
    const state = this.state;
    while (state.readyHead !== 0) {
      const obl = state.readyHead;
      state.readyHead = obligations.next[obl] as number;
      if (state.readyHead === 0) state.readyTail = 0;
      obligations.next[obl] = 0;
      if (obligations.spot[obl] === READY) {
        state.ready--;
        return obl;
      }
      this.letGo(obl);
    }
    return 0;
  }

  /** Hands ready messages to the readers in line, the one that has waited longest first. */
  private dispatch(): void {
    const state = this.state;
    while (state.ready > 0 && state.line.count > 0) {
      const slot = shiftRing(state.line);
      state.isInLine[slot] = false;
      if ((state.credit[slot] as number) <= 0) continue;
      const obl = this.takeReady();
      if (obl === 0) {
        this.joinLine(slot);
        return;
      }
      state.credit[slot] = (state.credit[slot] as number) - 1;
      this.handOut(obl, slot);
      this.joinLine(slot);
      if (this.state.isBlocking) this.afterRoom();
    }
  }

  private handOut(obl: number, slot: number): void {
    const world = this.world;
    const obligations = world.obligations;
    const attempt = (obligations.attempts[obl] as number) + 1;
    obligations.attempts[obl] = attempt;
    if (attempt > 1) this.state.redeliveries++;
    // On a link without delay it is there in this very instant: no book need see it on the way.
    if (world.links.mode[this.out[slot] as LinkIx] !== MODE_DIRECT) obligations.moveTo(obl, ON_WIRE);
    world.tellOf(obl, 'delivered', this.place, attempt);
    if (this.acknowledges[slot]) {
      world.at[0] = this.ackDeadlineNs === 0 ? NEVER_NS : (world.now[0] as number) + this.ackDeadlineNs;
      obligations.spot[obl] = LEASED;
      obligations.lease[obl] = world.leases.add(this.state.leases, obl, slot, world.at);
      obligations.addCause(obl);
      if ((world.at[0] as number) < (this.state.deadlineNs[0] as number)) this.armDeadline();
    } else {
      // Forgotten at delivery: the packet alone can still cause the work.
      obligations.holder[obl] = 0;
      obligations.spot[obl] = 0;
    }
    world.send(this.out[slot] as LinkIx, packet.DELIVER, obl, 1, attempt);
  }

  private endLease(obl: number): void {
    const obligations = this.world.obligations;
    this.world.leases.remove(this.state.leases, obligations.lease[obl] as number);
    obligations.lease[obl] = 0;
    obligations.spot[obl] = 0;
  }

  /** The queue no longer keeps it: whoever works on it alone can still cause the work. */
  private letGo(obl: number): void {
    const obligations = this.world.obligations;
    obligations.holder[obl] = 0;
    obligations.spot[obl] = 0;
    obligations.dropCause(obl, this.place, FORGOTTEN);
  }

  /** A message comes back unworked: again at once, later, or never. */
  private takeBack(obl: number, delayNs: number): void {
    const world = this.world;
    const obligations = world.obligations;
    if (this.maxAttempts > 0 && (obligations.attempts[obl] as number) >= this.maxAttempts) {
      this.giveUp(obl, MAX_ATTEMPTS);
      this.afterRoom();
      return;
    }
    if (delayNs > 0) {
      obligations.holder[obl] = this.ix;
      obligations.spot[obl] = SLEEPING;
      obligations.moveTo(obl, DELAYED);
      world.tellOf(obl, 'delayed', this.place, obligations.attempts[obl] as number);
      this.state.delayed++;
      world.at[0] = (world.now[0] as number) + delayNs;
      world.arm(this.ix, WAKE, obl);
      return;
    }
    obligations.moveTo(obl, WAITING);
    this.keepReady(obl, this.isReturnedToFront);
  }

  private giveUp(obl: number, reason: number): void {
    const world = this.world;
    const obligations = world.obligations;
    obligations.holder[obl] = 0;
    obligations.spot[obl] = 0;
    world.settled++;
    if (this.deadLetters === null) {
      obligations.endCause(obl, DROPPED, this.place, reason);
      return;
    }
    if (obligations.isOpen(obl)) world.books.countReason(true, DEAD_LETTERED, this.place, reason);
    obligations.moveTo(obl, ON_WIRE);
    world.send(this.deadLetters.out, packet.DEAD_LETTER, obl, 1, reason);
  }

  private dropOldest(): void {
    const obl = this.takeReady();
    this.world.obligations.holder[obl] = 0;
    this.world.obligations.spot[obl] = 0;
    this.world.obligations.endCause(obl, DROPPED, this.place, OVERFLOW);
  }

  /** There may be room again: those who were held back come first, then the flow opens. */
  private afterRoom(): void {
    const { state, world } = this;
    if (!state.isBlocking) return;
    const parked = state.parked;
    while (parked.count > 0 && this.hasRoom()) {
      const msg = shiftRing(parked) as MsgIx;
      const slot = shiftRing(parked);
      const tag = shiftRing(parked);
      this.accept(msg, slot, tag);
    }
    if (parked.count > 0 || !this.hasRoom()) return;
    state.isBlocking = false;
    const share = this.roomForEach();
    for (let slot = 0; slot < this.connections.length; slot++) {
      if (this.isPublisher(slot)) world.send(this.out[slot] as LinkIx, packet.FLOW_GO, 0, 1, share);
    }
  }

  private onFlowAsk(slot: number): void {
    const { state, world } = this;
    if (this.overflow === 'block' && !this.hasRoom()) state.isBlocking = true;
    if (state.isBlocking) world.send(this.out[slot] as LinkIx, packet.FLOW_STOP, 0, 1, 0);
    else world.send(this.out[slot] as LinkIx, packet.FLOW_GO, 0, 1, this.overflow === 'block' ? this.roomForEach() : 0);
  }

  /** Room, shared out evenly among the senders so that what they hold back does not come all at once; 0 = unlimited. */
  private roomForEach(): number {
    if (this.capacity === 0) return 0;
    let publishers = 0;
    for (let slot = 0; slot < this.connections.length; slot++) if (this.isPublisher(slot)) publishers++;
    const share = floor((this.capacity - this.state.ready - this.state.delayed) / publishers);
    return share > 1 ? share : 1;
  }

  private isPublisher(slot: number): boolean {
    return this.connections[slot]?.kind.type === 'publish';
  }

  // ---------------------------------------------------------------- readers

  private joinLine(slot: number): void {
    const state = this.state;
    if (state.isInLine[slot] || (state.credit[slot] as number) <= 0) return;
    state.isInLine[slot] = true;
    pushRing(state.line, slot);
  }

  private leaveLine(slot: number): void {
    if (!this.state.isInLine[slot]) return;
    this.state.isInLine[slot] = false;
    removeFromRing(this.state.line, slot);
  }

  private regainPlace(slot: number): void {
    this.state.credit[slot] = (this.state.credit[slot] as number) + 1;
    this.joinLine(slot);
  }

  // ---------------------------------------------------------------- deadlines

  override onTimer(timer: number, arg: number): void {
    if (timer === DEADLINE) this.onDeadline(arg);
    else this.onWake(arg);
  }

  /** Only the head of the leases has a timer, and it is not moved when that one is settled early: it looks again. */
  private armDeadline(): void {
    const { leases } = this.world;
    const head = this.state.leases.head;
    if (head === 0 || (leases.dueNs[head] as number) >= NEVER_NS) return;
    this.world.at[0] = leases.dueNs[head] as number;
    this.state.deadlineNs[0] = leases.dueNs[head] as number;
    this.state.deadlineTimers = (this.state.deadlineTimers + 1) & TIMERS_MASK;
    this.world.arm(this.ix, DEADLINE, this.state.deadlineTimers);
  }

  private onDeadline(timer: number): void {
    if (timer !== this.state.deadlineTimers) return;
    const { leases, obligations, now } = this.world;
    this.state.deadlineNs[0] = Number.POSITIVE_INFINITY;
    for (;;) {
      const head = this.state.leases.head;
      if (head === 0 || (leases.dueNs[head] as number) > (now[0] as number)) break;
      const obl = leases.obl[head] as number;
      this.endLease(obl);
      this.world.tellOf(obl, 'returned', this.place, obligations.attempts[obl] as number);
      this.takeBack(obl, 0);
    }
    this.armDeadline();
    this.dispatch();
  }

  private onWake(obl: number): void {
    const obligations = this.world.obligations;
    if (obligations.spot[obl] === DONE_MEANWHILE) {
      this.letGo(obl);
      return;
    }
    this.state.delayed--;
    obligations.moveTo(obl, WAITING);
    this.keepReady(obl, this.isReturnedToFront);
    this.dispatch();
  }

  private returnLeases(slot: number): void {
    const { leases } = this.world;
    for (let lease = this.state.leases.head; lease !== 0; ) {
      const following = leases.next[lease] as number;
      if (slot < 0 || leases.slot[lease] === slot) {
        const obl = leases.obl[lease] as number;
        this.endLease(obl);
        this.takeBack(obl, 0);
      }
      lease = following;
    }
  }

  // ---------------------------------------------------------------- life and death

  override onCrash(): void {
    const state = this.state;
    this.dropParked(CRASH);
    state.isBlocking = false;
    state.deadlineNs[0] = Number.POSITIVE_INFINITY;
    for (let slot = 0; slot < state.credit.length; slot++) state.credit[slot] = 0;
    for (let slot = 0; slot < state.isInLine.length; slot++) state.isInLine[slot] = false;
    clearRing(state.line);
    if (!this.isDurable) this.dropEverything(LOST, CRASH);
  }

  /** What is on disk is there again: what was handed out is ready, and so is what was asleep, since nobody kept its time. */
  override onRestart(): void {
    this.returnLeases(-1);
    this.wakeEverything();
    for (let slot = 0; slot < this.connections.length; slot++) {
      const kind = this.connections[slot]?.kind.type;
      if (kind === 'deliver' || kind === 'publish') this.world.send(this.out[slot] as LinkIx, packet.HELLO, 0, 1, 0);
    }
  }

  override onRemoved(): void {
    this.dropParked(REMOVED);
    this.dropEverything(LOST, REMOVED);
  }

  private wakeEverything(): void {
    const { obligations } = this.world;
    for (let obl = 1; obl < obligations.high; obl++) {
      if (obligations.holder[obl] !== this.ix) continue;
      if (obligations.spot[obl] === SLEEPING) {
        this.state.delayed--;
        obligations.moveTo(obl, WAITING);
        this.keepReady(obl, false);
      } else if (obligations.spot[obl] === DONE_MEANWHILE && !this.isInReadyList(obl)) this.letGo(obl);
    }
  }

  private isInReadyList(obl: number): boolean {
    return this.world.obligations.next[obl] !== 0 || this.state.readyTail === obl;
  }

  private dropEverything(cls: number, reason: number): void {
    const { state, world } = this;
    const { obligations } = world;
    while (state.leases.head !== 0) {
      const obl = world.leases.obl[state.leases.head] as number;
      this.endLease(obl);
      this.drop(obl, cls, reason);
    }
    for (let obl = this.takeReady(); obl !== 0; obl = this.takeReady()) this.drop(obl, cls, reason);
    for (let obl = 1; obl < obligations.high; obl++) {
      if (obligations.holder[obl] === this.ix && obligations.spot[obl] !== 0) this.drop(obl, cls, reason);
    }
    state.delayed = 0;
  }

  private drop(obl: number, cls: number, reason: number): void {
    const { obligations } = this.world;
    obligations.holder[obl] = 0;
    obligations.spot[obl] = 0;
    obligations.endCause(obl, cls, this.place, reason);
  }

  private dropParked(reason: number): void {
    const parked = this.state.parked;
    while (parked.count > 0) {
      const msg = shiftRing(parked) as MsgIx;
      shiftRing(parked);
      shiftRing(parked);
      this.world.losePublish(this.ix as ActorIx, msg, this.place, reason);
    }
  }

  // ---------------------------------------------------------------- gauges

  override sample(out: Float64Array, at: number): void {
    const { state, world } = this;
    let oldest = state.readyHead;
    while (oldest !== 0 && world.obligations.spot[oldest] !== READY) oldest = world.obligations.next[oldest] as number;
    out[at] = state.ready + state.leases.count;
    out[at + 1] = state.ready;
    out[at + 2] = state.leases.count;
    out[at + 3] = state.delayed;
    const createdNs = oldest === 0 ? 0 : (world.messages.createdNs[world.obligations.msg[oldest] as number] as number);
    out[at + 4] = oldest === 0 ? 0 : ((world.now[0] as number) - createdNs) / 1e9;
    out[at + 5] = state.redeliveries;
  }
}

export const QUEUE_BEHAVIOUR: NodeBehaviour = {
  expand(_self, _params, _parts, plan) {
    plan.actor('', (world, actor) => new Queue(world, actor));
  },
  publisher: textbookPublisher,
  consumer: textbookConsumer,
};
