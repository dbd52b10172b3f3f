// The textbook queue at work: holds messages in its order, hands each to the reader that has waited longest, waits for its
// acknowledgement, gives it out again when none comes, and lets go of what has waited too long. Readers say how many they have room for (CREDIT, PLACE, ACK);
// nothing is handed out without room. It knows neither senders nor services, only packets.

import type { LinkIx, MsgIx } from '../../kernel/ids.ts';
import { StatefulActor } from '../../world/actor.ts';
import { UP } from '../../world/actor-table.ts';
import { DEAD_LETTERED, DELAYED, DROPPED, EXPIRED, LOST, ON_WIRE, WAITING } from '../../world/books.ts';
import type { Inside } from '../../world/inside.ts';
import { type LeaseList, newLeaseList } from '../../world/leases.ts';
import { MODE_DIRECT } from '../../world/links.ts';
import * as packet from '../../world/packet-types.ts';
import { actorPlace, CRASH, FORGOTTEN, FULL, MAX_ATTEMPTS, OVERFLOW, REJECTED, REMOVED, TOO_OLD } from '../../world/reasons.ts';
import type { World } from '../../world/world.ts';
import type { Params, Weight } from '../fields.ts';
import type { ActorSelf, Connection, NodeBehaviour } from '../node-kind.ts';
import { textbookConsumer } from './consumer.ts';
import { Door, type DoorHost } from './door.ts';
import { Expiry } from './expiry.ts';
import { textbookPublisher } from './publisher.ts';
import { queueInside } from './queue-inside.ts';
import { Readers } from './readers.ts';
import {
  emptyLines,
  leastUrgent,
  mostUrgent,
  newReadyLines,
  nextByWeight,
  type Order,
  PRIORITIES,
  pushBack,
  pushFront,
  type ReadyLines,
  shiftLine,
  unlink,
} from './ready-lines.ts';

/** Where this queue keeps an obligation: `spot` of the obligation table. */
const READY = 1;
const LEASED = 2;
const SLEEPING = 3;
/** Acknowledged while it lay ready or asleep again: passed over when its turn comes. */
const DONE_MEANWHILE = 4;

const DEADLINE = 0;
const WAKE = 1;
const EXPIRY = 2;

const TIMERS_MASK = 0x3fffffff;

/** A reader with no stated bound, which forgets receipts (`acknowledge` off, desk 0). */
const NEVER_NS = 9e15;

interface QueueState {
  lines: ReadyLines;
  ready: number;
  delayed: number;
  leases: LeaseList;
  /** For when a timer is set, ns, in a cell; infinity if none is. A timer that a later one took the place of is passed over. */
  deadlineNs: Float64Array;
  deadlineTimers: number;
  redeliveries: number;
}

class Queue extends StatefulActor implements DoorHost {
  override state: QueueState = {
    lines: newReadyLines(),
    ready: 0,
    delayed: 0,
    leases: newLeaseList(),
    deadlineNs: new Float64Array([Number.POSITIVE_INFINITY]),
    deadlineTimers: 0,
    redeliveries: 0,
  };
  private readonly world: World;
  private readonly place: number;
  private readonly door: Door;
  private readonly expiry: Expiry;
  /** Whether anything has a deadline here: asked for every message, so that it is not looked up far away. */
  private expires = false;
  private readonly readers = new Readers();
  readonly connections: (Connection | null)[] = [];
  readonly out: LinkIx[] = [];
  private readonly acknowledges: boolean[] = [];
  /** Of each reader, whether what it failed at comes as a new message. */
  private readonly sendsAnew: boolean[] = [];
  private deadLetters: Connection | null = null;
  private ackDeadlineNs = 0;
  private maxAttempts = 0;
  private capacity = 0;
  private overflow = 'refuse';
  private countsInFlight = false;
  private order: Order = 'oldest';
  private weights: readonly number[] = [];
  private isReturnedToFront = false;
  private isDurable = true;

  constructor(world: World, self: ActorSelf) {
    super(self.ix);
    this.world = world;
    this.place = actorPlace(self.ix);
    this.door = new Door(world, this, world.books.subscription(self.nodeId, self.ix));
    this.expiry = new Expiry(world, self.ix, self.nodeId, EXPIRY, self.params);
    this.readParams(self.params);
  }

  protected override statefulParts() {
    return [this.door, this.expiry, this.readers];
  }

  override attach(slot: number, connection: Connection): void {
    this.connections[slot] = connection;
    this.out[slot] = connection.out;
    this.acknowledges[slot] = connection.params.acknowledge !== false;
    this.sendsAnew[slot] = connection.params.retryAs === 'new';
    this.readers.attach(slot);
    if (connection.port === 'dead') this.deadLetters = connection;
  }

  override onWireParams(slot: number, connection: Connection): void {
    this.attach(slot, connection);
  }

  override onDisconnected(slot: number): void {
    const connection = this.connections[slot];
    this.connections[slot] = null;
    if (connection === this.deadLetters) this.deadLetters = null;
    this.readers.detach(slot);
    this.returnLeases(slot);
    this.dispatch();
  }

  override onParams(params: Params): void {
    const { isByPriority, order } = this;
    this.readParams(params);
    // Strict or by weights, the lines are the same.
    if (order !== this.order && !(isByPriority && this.isByPriority)) this.layAnew();
    this.expiry.onParams(params);
    this.door.afterRoom();
    this.dispatch();
  }

  private readParams(params: Params): void {
    this.ackDeadlineNs = params.ackDeadline as number;
    this.maxAttempts = params.maxAttempts as number;
    this.capacity = params.capacity as number;
    this.overflow = params.overflow as string;
    this.isReturnedToFront = params.returnTo === 'front';
    this.isDurable = params.durable as boolean;
    this.countsInFlight = params.capacityCounts === 'all';
    this.order = params.order as Order;
    const weights = params.priorityWeights as readonly Weight[];
    this.weights = Array.from({ length: PRIORITIES }, (_, priority) => weights[priority]?.weight ?? 1);
    this.expires = params.expiry !== 'never';
    this.door.setWindow(params.dedupWindow as number);
  }

  private get isByPriority(): boolean {
    return this.order === 'strict' || this.order === 'weighted';
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
        this.readers.setRoom(slot, tag);
        return this.dispatch();
      case packet.PLACE:
        this.readers.addPlace(slot);
        return this.dispatch();
      case packet.FLOW_ASK:
        return this.door.onFlowAsk(slot, this.overflow === 'block');
      case packet.FEED:
        return this.onFeed(first);
      case packet.REDRIVE:
        return this.onRedrive(first);
      case packet.SIZE_ASK:
        return this.onSizeAsk(slot, first === 1, tag);
    }
  }

  private onPublish(msg: MsgIx, slot: number, tag: number): void {
    if (this.door.isSentAgain(msg)) {
      this.door.confirmAgain(msg, slot, tag);
      return;
    }
    if (this.hasRoom()) {
      this.accept(msg, slot, tag);
      this.dispatch();
      return;
    }
    if (this.overflow === 'block') {
      this.door.park(msg, slot, tag);
      return;
    }
    if (this.overflow === 'drop-oldest' && this.state.ready > 0) {
      this.dropOldest();
      this.accept(msg, slot, tag);
      this.dispatch();
      return;
    }
    if (this.overflow === 'drop-newest')
      this.world.obligations.endCause(this.door.admit(msg, slot, tag), DROPPED, this.place, FULL);
    else this.door.refuse(msg, slot, tag);
  }

  private accept(msg: MsgIx, slot: number, tag: number): void {
    this.keepNew(this.door.admit(msg, slot, tag));
  }

  /** A topic cannot be held back: its copy finds room, makes room, or is dropped. */
  private onFeed(obl: number): void {
    if (!this.hasRoom() && !(this.overflow === 'drop-oldest' && this.state.ready > 0)) {
      this.world.obligations.endCause(obl, DROPPED, this.place, FULL);
      return;
    }
    if (!this.hasRoom()) this.dropOldest();
    this.world.obligations.moveTo(obl, WAITING);
    this.keepNew(obl);
    this.dispatch();
  }

  private onRedrive(obl: number): void {
    const obligations = this.world.obligations;
    obligations.beginAnew(obl);
    obligations.moveTo(obl, WAITING);
    this.world.tellOf(obl, 'redriven', this.place, 0);
    this.keepNew(obl);
    this.dispatch();
  }

  /** The question comes by a relation, which reaches a process that is down or stands still too: that one does not answer. */
  private onSizeAsk(slot: number, countsInFlight: boolean, question: number): void {
    const { state, world } = this;
    if (world.condition(this.ix) !== UP) return;
    const size = countsInFlight ? state.ready + state.leases.count : state.ready;
    world.send(this.out[slot] as LinkIx, packet.SIZE, size, 1, question);
  }

  private onAck(obl: number, slot: number, tag: number): void {
    const obligations = this.world.obligations;
    if (tag < 0) this.readers.addPlace(slot);
    this.world.tellOf(obl, 'acknowledged', this.place, tag < 0 ? -tag : tag);
    if (obligations.holder[obl] === this.ix) {
      // A late acknowledgement counts: the work is done, whoever has it now.
      if (obligations.spot[obl] === LEASED) {
        this.endLease(obl);
        this.letGo(obl);
      } else if (obligations.spot[obl] === READY) {
        this.state.ready--;
        // A line that is taken from its old end alone passes over it when its turn comes; in any other it might never come.
        if (this.order === 'oldest' && !this.expires) obligations.spot[obl] = DONE_MEANWHILE;
        else {
          unlink(this.state.lines, this.lineOf(obl), obl, obligations);
          this.letGo(obl);
        }
      } else if (obligations.spot[obl] === SLEEPING) {
        obligations.spot[obl] = DONE_MEANWHILE;
        this.state.delayed--;
      }
      this.door.afterRoom();
    }
    obligations.dropMention(obl);
    this.dispatch();
  }

  private onRetry(obl: number, slot: number, tag: number): void {
    const delayNs = this.world.aux[0] as number;
    if (tag < 0) this.readers.addPlace(slot);
    if (this.isCurrent(obl, tag)) {
      this.endLease(obl);
      if (this.sendsAnew[slot]) this.beginAnew(obl);
      this.takeBack(obl, delayNs);
    }
    this.world.obligations.dropMention(obl);
    this.dispatch();
  }

  /**
   * The reader sends it again as a new message and lets go of the one it had: the copy takes over the obligation, and nothing that was
   * counted of the one before.
   */
  private beginAnew(obl: number): void {
    this.world.obligations.beginAnew(obl);
    if (this.expires) this.expiry.forget(obl);
  }

  private onReject(obl: number, slot: number, tag: number): void {
    if (tag < 0) this.readers.addPlace(slot);
    if (this.isCurrent(obl, tag)) {
      this.endLease(obl);
      this.giveUp(obl, REJECTED);
      this.door.afterRoom();
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

  hasRoom(): boolean {
    return this.capacity === 0 || this.held() < this.capacity;
  }

  room(): number {
    return this.capacity === 0 ? Number.POSITIVE_INFINITY : this.capacity - this.held();
  }

  /** What the capacity counts. */
  private held(): number {
    const { ready, delayed, leases } = this.state;
    return this.countsInFlight ? ready + delayed + leases.count : ready + delayed;
  }

  /** Keeps what has not lain here before: its time begins. */
  keepNew(obl: number): void {
    if (this.expires) this.expiry.begin(obl);
    this.keepReady(obl, this.order === 'newest');
  }

  private keepReady(obl: number, isAtFront: boolean): void {
    const obligations = this.world.obligations;
    obligations.holder[obl] = this.ix;
    obligations.spot[obl] = READY;
    this.layInLine(obl, isAtFront);
    this.state.ready++;
  }

  /** A message that has lain here before is ready again, unless its time ran out meanwhile. */
  private keepAgain(obl: number, isAtFront: boolean): void {
    const obligations = this.world.obligations;
    const isTooOld = this.expires && this.expiry.isHere(obl);
    obligations.moveTo(obl, WAITING);
    // No attempt is known of what was sent anew.
    if (obligations.attempts[obl] === 0) this.keepNew(obl);
    else if (isTooOld) {
      this.expire(obl);
      this.door.afterRoom();
    } else this.keepReady(obl, isAtFront);
  }

  private layInLine(obl: number, isAtFront: boolean): void {
    const { lines } = this.state;
    const { obligations } = this.world;
    if (isAtFront) pushFront(lines, this.lineOf(obl), obl, obligations);
    else pushBack(lines, this.lineOf(obl), obl, obligations);
  }

  private lineOf(obl: number): number {
    const { messages, obligations } = this.world;
    return this.isByPriority ? (messages.priority[obligations.msg[obl] as number] as number) : 0;
  }

  /** Everything ready is laid anew for another order, by when it was sent. */
  private layAnew(): void {
    const { messages, obligations } = this.world;
    const sentNs = (obl: number): number => messages.createdNs[obligations.msg[obl] as number] as number;
    const ready = emptyLines(this.state.lines, obligations).sort((a, b) => sentNs(a) - sentNs(b));
    for (const obl of ready) this.layInLine(obl, this.order === 'newest');
  }

  /** The ready message whose turn it is, taken out of its line; 0 if there is none. */
  private takeReady(): number {
    const obligations = this.world.obligations;
    const { lines } = this.state;
    for (;;) {
      const line = this.order === 'oldest' || this.order === 'newest' ? 0 : this.nextLine();
      const obl = line < 0 ? 0 : shiftLine(lines, line, obligations);
      if (obl === 0) return 0;
      if (obligations.spot[obl] !== READY) {
        this.letGo(obl);
        continue;
      }
      this.state.ready--;
      if (!this.expires || !this.expiry.isOver(obl)) return obl;
      this.expire(obl);
    }
  }

  private nextLine(): number {
    const { lines } = this.state;
    return this.order === 'strict' ? mostUrgent(lines) : nextByWeight(lines, this.weights);
  }

  /** Hands ready messages to the readers in line, the one that has waited longest first. */
  private dispatch(): void {
    const { door, readers, state } = this;
    while (state.ready > 0 && readers.areWaiting) {
      const slot = readers.next();
      if (slot < 0) continue;
      const obl = this.takeReady();
      if (obl === 0) {
        // All there was had waited too long.
        readers.putBack(slot);
        if (!door.state.isBlocking) return;
        door.afterRoom();
        continue;
      }
      readers.takePlace(slot);
      this.handOut(obl, slot);
      if (door.state.isBlocking) door.afterRoom();
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
      this.release(obl);
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
    this.release(obl);
    this.world.obligations.dropCause(obl, this.place, FORGOTTEN);
  }

  /** Takes back everything this queue had noted of an obligation. */
  private release(obl: number): void {
    const obligations = this.world.obligations;
    obligations.holder[obl] = 0;
    obligations.spot[obl] = 0;
    if (this.expires) this.expiry.forget(obl);
  }

  /** A message comes back unworked: again at once, later, or never. */
  private takeBack(obl: number, delayNs: number): void {
    const world = this.world;
    const obligations = world.obligations;
    if (this.maxAttempts > 0 && (obligations.attempts[obl] as number) >= this.maxAttempts) {
      this.giveUp(obl, MAX_ATTEMPTS);
      this.door.afterRoom();
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
    this.keepAgain(obl, this.isReturnedToFront);
  }

  private giveUp(obl: number, reason: number): void {
    const world = this.world;
    const obligations = world.obligations;
    this.release(obl);
    world.settled++;
    if (this.deadLetters === null) {
      obligations.endCause(obl, DROPPED, this.place, reason);
      return;
    }
    if (obligations.isOpen(obl)) world.books.countReason(true, DEAD_LETTERED, this.place, reason);
    obligations.moveTo(obl, ON_WIRE);
    world.send(this.deadLetters.out, packet.DEAD_LETTER, obl, 1, reason);
  }

  /** Of several lines, the oldest of the least urgent one. */
  private dropOldest(): void {
    const obl = this.takeOldest();
    this.release(obl);
    this.world.obligations.endCause(obl, DROPPED, this.place, OVERFLOW);
  }

  private takeOldest(): number {
    const { obligations } = this.world;
    const { lines } = this.state;
    for (;;) {
      const line = leastUrgent(lines);
      const obl = (this.order === 'newest' ? lines.tails[line] : lines.heads[line]) as number;
      unlink(lines, line, obl, obligations);
      if (obligations.spot[obl] === READY) {
        this.state.ready--;
        return obl;
      }
      this.letGo(obl);
    }
  }

  // ---------------------------------------------------------------- deadlines

  override onTimer(timer: number, arg: number): void {
    if (timer === DEADLINE) this.onDeadline(arg);
    else if (timer === WAKE) this.onWake(arg);
    else this.onExpiry(arg);
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
    this.keepAgain(obl, this.isReturnedToFront);
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

  // ---------------------------------------------------------------- what has waited too long

  private expire(obl: number): void {
    this.release(obl);
    this.world.settled++;
    this.world.obligations.endCause(obl, EXPIRED, this.place, TOO_OLD);
  }

  private onExpiry(timer: number): void {
    if (!this.expiry.isDue(timer)) return;
    const { obligations } = this.world;
    for (let obl = this.expiry.takeDue(); obl !== 0; obl = this.expiry.takeDue()) {
      // What a reader has, and what sleeps, is looked at when it comes back.
      if (obligations.spot[obl] !== READY) continue;
      unlink(this.state.lines, this.lineOf(obl), obl, obligations);
      this.state.ready--;
      this.expire(obl);
    }
    this.expiry.arm();
    this.door.afterRoom();
    this.dispatch();
  }

  // ---------------------------------------------------------------- life and death

  override onCrash(): void {
    this.door.onCrash(CRASH);
    this.state.deadlineNs[0] = Number.POSITIVE_INFINITY;
    this.expiry.onCrash();
    this.readers.onCrash();
    if (this.isDurable) return;
    this.dropEverything(LOST, CRASH);
    this.door.forgetNumbers();
  }

  /** What is on disk is there again: what was handed out is ready, and so is what was asleep, since nobody kept its time. */
  override onRestart(): void {
    this.returnLeases(-1);
    this.wakeEverything();
    this.expiry.arm();
    for (let slot = 0; slot < this.connections.length; slot++) {
      const kind = this.connections[slot]?.kind.type;
      if (kind === 'deliver' || kind === 'publish') this.world.send(this.out[slot] as LinkIx, packet.HELLO, 0, 1, 0);
    }
  }

  override onRemoved(): void {
    this.door.dropParked(REMOVED);
    this.dropEverything(LOST, REMOVED);
  }

  private wakeEverything(): void {
    const { obligations } = this.world;
    for (let obl = 1; obl < obligations.high; obl++) {
      if (obligations.holder[obl] !== this.ix) continue;
      if (obligations.spot[obl] === SLEEPING) {
        this.state.delayed--;
        this.keepAgain(obl, false);
      } else if (obligations.spot[obl] === DONE_MEANWHILE && !this.isInReadyList(obl)) this.letGo(obl);
    }
  }

  private isInReadyList(obl: number): boolean {
    return this.world.obligations.next[obl] !== 0 || this.state.lines.tails.includes(obl);
  }

  private dropEverything(cls: number, reason: number): void {
    const { state, world } = this;
    const { obligations } = world;
    while (state.leases.head !== 0) {
      const obl = world.leases.obl[state.leases.head] as number;
      this.endLease(obl);
      this.drop(obl, cls, reason);
    }
    for (const obl of emptyLines(state.lines, obligations)) {
      if (obligations.spot[obl] === READY) this.drop(obl, cls, reason);
      else this.letGo(obl);
    }
    state.ready = 0;
    for (let obl = 1; obl < obligations.high; obl++) {
      if (obligations.holder[obl] === this.ix && obligations.spot[obl] !== 0) this.drop(obl, cls, reason);
    }
    state.delayed = 0;
  }

  private drop(obl: number, cls: number, reason: number): void {
    this.release(obl);
    this.world.obligations.endCause(obl, cls, this.place, reason);
  }

  // ---------------------------------------------------------------- gauges

  override sample(out: Float64Array, at: number): void {
    const { state, world } = this;
    const createdNs = this.oldestSentNs();
    out[at] = state.ready + state.leases.count;
    out[at + 1] = state.ready;
    out[at + 2] = state.leases.count;
    out[at + 3] = state.delayed;
    out[at + 4] = createdNs < 0 ? 0 : ((world.now[0] as number) - createdNs) / 1e9;
    out[at + 5] = state.redeliveries;
  }

  inside(): Inside {
    const { connections, door, expiry, order, readers, state, weights, world } = this;
    const { spot } = world.obligations;
    return queueInside({
      world,
      state: {
        ...state,
        credit: readers.state.credit,
        parked: door.state.parked,
        patience: expiry.state.patience,
      },
      connections,
      order,
      weights,
      isReady: (obl) => spot[obl] === READY,
      wakesNs: () => world.timersOf(this.ix, WAKE),
      isAsleep: (obl) => spot[obl] === SLEEPING,
    });
  }

  /** When the message at the old end of its line was sent, ns, of all lines the earliest; -1 if nothing is ready. */
  private oldestSentNs(): number {
    const { messages, obligations } = this.world;
    const { heads, tails } = this.state.lines;
    let earliestNs = -1;
    for (let line = 0; line < PRIORITIES; line++) {
      let obl = (this.order === 'newest' ? tails[line] : heads[line]) as number;
      while (obl !== 0 && obligations.spot[obl] !== READY)
        obl = (this.order === 'newest' ? obligations.lease[obl] : obligations.next[obl]) as number;
      if (obl === 0) continue;
      const sentNs = messages.createdNs[obligations.msg[obl] as number] as number;
      if (earliestNs < 0 || sentNs < earliestNs) earliestNs = sentNs;
    }
    return earliestNs;
  }
}

export const QUEUE_BEHAVIOUR: NodeBehaviour = {
  expand(_self, _params, _parts, plan) {
    plan.actor('', (world, actor) => new Queue(world, actor));
  },
  publisher: textbookPublisher,
  consumer: textbookConsumer,
};
