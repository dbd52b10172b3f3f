// The world an actor lives in: time, the event list, links, messages, books, oracle, trace. It moves time from event to event
// and hands packets and timers to actors; it knows no broker and no drawing. The simulation drives it.

import { Arena, f64, i32, Table, u8, u16 } from '../kernel/arena.ts';
import { assert } from '../kernel/assert.ts';
import { Digest } from '../kernel/digest.ts';
import { Law } from '../kernel/distributions.ts';
import { EventWheel } from '../kernel/event-wheel.ts';
import { floor } from '../kernel/exact-math.ts';
import type { ActorIx, EventIx, LinkIx, MsgIx, StreamIx } from '../kernel/ids.ts';
import type { LawSpec } from '../kernel/law-spec.ts';
import { Streams } from '../kernel/rng.ts';
import type { Actor } from './actor.ts';
import { Books, ON_WIRE, PUB_LOST } from './books.ts';
import { LANE_COUNT, LANE_FIRST, LANE_LINK, LANE_TAG, LANE_TIMER, LANE_TYPE, Lane } from './lane.ts';
import { Leases } from './leases.ts';
import {
  ALONE,
  CALL,
  HELD_UP,
  HELD_UP_TIMER,
  IN_LINE,
  LinkTable,
  MODE_DIRECT,
  MODE_NETWORK,
  PacketTable,
  RELATION,
} from './links.ts';
import { Losses } from './losses.ts';
import { MessageTable, TRACED } from './messages.ts';
import { Obligations } from './obligations.ts';
import { Oracle } from './oracle.ts';
import { CARRIES, carriesOf } from './packet-types.ts';
import { actorPlace, CUT, DOWN, LOSS, linkPlace, REMOVED } from './reasons.ts';
import { type JourneyStop, Notices, stopNumber, Trace } from './trace.ts';

export type { Actor } from './actor.ts';

/** A tick: 1 ms of simulated time, where commands apply and the totals of the books enter the digest. */
export const TICK_NS = 1_000_000;
/** More events than this in one instant are a loop of the drawing, not a run. */
export const INSTANT_EVENTS_MAX = 100_000;
/** What was held up and goes on in one instant is no loop: each gives room for so many events that may follow of it. */
const EVENTS_PER_HELD_UP = 20;
/** Events handled between two looks at a larger budget: a whole number that stays one. */
const BUDGET_MAX = 1_000_000_000;
/** Messages under way at most; at the bound the run stops with a sentence. */
export const MESSAGES_MAX = 4_000_000;

/** Kinds of event on the wheel that are not timers of an actor (those are 0 and up). */
const LINK_HEAD = -1;
const PACKET_ALONE = -2;
/** The end of a fault that was given for a time; `arg` says of which. */
const FAULT_END = -3;
/** A stall may be over: it lets one thing go on that it held up, and comes again for the next. */
const STALL_END = -4;
/** In the digest a timer is told from a packet by this. */
const DIGEST_TIMER = 0x100;
const DIGEST_TICK = 0x10000;
/** Retransmission time-out of a connection, ns: what one loss costs instead of the packet (RFC 6298 puts the least at 1 s; Linux uses 200 ms). */
const RETRANSMIT_NS = 200_000_000;

/** Of a packet that the network loses as it is sent: the model does not say where on the way. */
const SOMEWHERE = Number.NaN;

export const UP = 0;
export const CRASHED = 1;
export const STALLED = 2;
const GONE = 4;

/** Faults that can end by themselves. */
export const FAULT_CRASH = 0;
export const FAULT_SLOW = 1;
export const FAULT_CUT = 2;
export const FAULT_DELAY = 3;
export const FAULT_LOSS = 4;
export const FAULT_POISON = 5;
const FAULT_KINDS = 8;

/** Why `run` came back. */
export type RunEnd = 'limit' | 'budget' | 'stopped';

/** Why a run stopped by itself: a key of the message file and its values. */
export interface StopReason {
  readonly key: string;
  readonly values: { readonly [hole: string]: string | number };
}

class ActorTable extends Table {
  condition = u8();
  /** Raised by every crash, restart and removal: timers set before it never fire, nor those set by a node that is down. */
  epoch = u16();
  slowFactor = f64();
  stalledUntilNs = f64();
  /** What a stall holds up, oldest first, and when its end is on the event list, the earliest time if it is there twice. */
  heldHead = i32();
  heldTail = i32();
  stallArmedNs = f64();

  constructor(arena: Arena) {
    super(64);
    this.allocate(arena);
  }
}

/** What a link is made of; see `LinkTable`. Rates in bytes a second, 0 = unlimited. */
export interface LinkTraits {
  readonly delayNs: number;
  readonly jitterNs: number;
  readonly loss: number;
  readonly duplication: number;
  readonly bandwidth: number;
}
export const INSTANT_LINK: LinkTraits = { delayNs: 0, jitterNs: 0, loss: 0, duplication: 0, bandwidth: 0 };

export class World {
  readonly seed: number;
  readonly arena = new Arena();
  /** Time of the run, ns, in a cell: float64 values that pass through calls are boxed, cells are not. */
  readonly now = new Float64Array(1);
  /** Argument of `arm`: the time at which it shall fire. */
  readonly at = new Float64Array(1);
  /** Argument of `send` and of `onPacket`: a length of time that travels with a packet (RETRY). */
  readonly aux = new Float64Array(1);
  /** Result of `Law.drawInto`. */
  readonly drawn = new Float64Array(1);
  /** Argument of `onPacket`: the `tag` of the packet. */
  tag = 0;

  readonly digest = new Digest(this.arena);
  readonly streams = new Streams(this.arena);
  readonly wheel = new EventWheel(this.arena);
  readonly messages = new MessageTable(this.arena);
  readonly books = new Books(this.arena);
  readonly oracle = new Oracle(this.arena);
  readonly trace = new Trace(this.arena);
  readonly notices = new Notices(this.arena);
  readonly losses = new Losses(this.arena);
  readonly obligations = new Obligations(this.arena, this.messages, this.books, this.oracle, this.trace, this.now);
  readonly leases = new Leases(this.arena);
  readonly links = new LinkTable(this.arena);
  readonly packets = new PacketTable(this.arena);
  readonly actorTable = new ActorTable(this.arena);
  private readonly lane = new Lane(this.arena);

  /** Actors by index; 0 is nobody. */
  readonly actors: (Actor | null)[] = [null];
  /** Document ids of the nodes behind the actors, and of the wires behind the links. */
  readonly nodeIds: string[] = [''];
  readonly wireIds: string[] = [''];

  /** Events handled so far. */
  events = 0;
  /** Deliveries settled so far, first successes and resting ones: what "step one message" waits for. */
  settled = 0;
  stopped: StopReason | null = null;
  /** How often each fault was given, by `who * FAULT_KINDS + fault`: a later one outlives the end of an earlier one. */
  private faultsGiven = new Map<number, number>();
  /** Next place among events of one time, and the end of the current tick: in cells, since both outgrow 31 bits. */
  private readonly seq = new Float64Array(1);
  private readonly tickEnd = new Float64Array([TICK_NS]);
  private isTickDirty = false;
  private instantEvents = 0;

  constructor(seed: number) {
    this.seed = seed;
    this.arena.register({ save: () => this.saveScalars(), load: (saved) => this.loadScalars(saved) });
  }

  // ---------------------------------------------------------------- for actors: randomness and time

  /** A law with its own stream, named after who draws and what for. */
  law(spec: LawSpec, owner: string, purpose: string): Law {
    return new Law(spec, this.streams, this.stream(owner, purpose));
  }

  stream(owner: string, purpose: string): StreamIx {
    return this.streams.open(this.seed, `${owner}\n${purpose}`);
  }

  /**
   * Sets a timer of `actor` for the time in `at`. A timer for a later instant can be taken back by what is returned; one for
   * this very instant cannot, and 0 is returned.
   */
  arm(actor: ActorIx, timer: number, arg: number): EventIx {
    const epoch = this.actorTable.epoch[actor] as number;
    if ((this.at[0] as number) <= (this.now[0] as number)) {
      this.lane.push(actor, LANE_TIMER, timer, arg, epoch, this.aux);
      return 0 as EventIx;
    }
    return this.wheel.insert(this.at, this.seq, actor, timer, arg, epoch);
  }

  cancel(event: EventIx): void {
    if (event !== 0) this.wheel.cancel(event);
  }

  slowFactor(actor: ActorIx): number {
    return this.actorTable.slowFactor[actor] as number;
  }

  // ---------------------------------------------------------------- for actors: packets

  /**
   * Puts a packet on a link. Whatever it carries passes from the caller to the packet, and from the packet to whoever
   * receives it; if the network loses it, the world lets it go in the books. A packet type that needs a length of time reads
   * it from `aux`.
   */
  send(link: LinkIx, type: number, first: number, count: number, tag: number): void {
    const links = this.links;
    links.carried[link] = (links.carried[link] as number) + count;
    if (links.mode[link] === MODE_DIRECT) {
      this.lane.push(link, type, first, count, tag, this.aux);
      return;
    }
    this.transmit(link, type, first, count, tag);
  }

  /** Lets go of what a packet carries, because it ended at `place` for `reason`, so far along its link: 0 to 1, or somewhere. */
  loseCargo(link: number, type: number, first: number, place: number, reason: number, share: number): void {
    const carries = carriesOf[type];
    if (carries !== CARRIES.NOTHING) {
      const msg = carries === CARRIES.MESSAGE ? first : (this.obligations.msg[first] as number);
      const { number, sender } = this.messages;
      this.losses.write(this.now, link, share, sender[msg] as number, number[msg] as number);
    }
    switch (carries) {
      case CARRIES.MESSAGE:
        this.losePublish(this.links.to[link] as ActorIx, first as MsgIx, place, reason);
        return;
      case CARRIES.CAUSE:
      case CARRIES.OWED:
        this.obligations.dropCause(first, place, reason);
        return;
      case CARRIES.MENTION:
        this.obligations.dropMention(first);
        return;
    }
  }

  /** A message on its way to the channel `actor` is gone: its entry of the publish book closes. */
  losePublish(actor: ActorIx, msg: MsgIx, place: number, reason: number): void {
    const messages = this.messages;
    this.books.closePublish(actor, PUB_LOST);
    this.books.countReason(false, PUB_LOST, place, reason);
    this.oracle.missedPublish(actor, messages.sender[msg] as number, messages.number[msg] as number);
    this.tell(msg, 'lost', place, 0, reason);
    messages.release(msg);
  }

  // ---------------------------------------------------------------- for actors: telling

  /** Writes a stop of a message's journey, if it is followed; `reason` where it ends there. */
  tell(msg: number, stop: JourneyStop, place: number, attempt: number, reason = 0): void {
    if (!this.trace.isOn) return;
    const messages = this.messages;
    if (((messages.flags[msg] as number) & TRACED) === 0) return;
    const [sender, number] = [messages.sender[msg] as number, messages.number[msg] as number];
    this.trace.write(this.now, sender, number, stopNumber(stop), place, attempt, reason);
  }

  /** The same for the message of an obligation. */
  tellOf(obl: number, stop: JourneyStop, place: number, attempt: number, reason = 0): void {
    if (this.trace.isOn) this.tell(this.obligations.msg[obl] as number, stop, place, attempt, reason);
  }

  notice(key: string, about: string, values: { readonly [hole: string]: string | number } = {}): void {
    this.notices.write({ atNs: this.now[0] as number, key, values: { node: about, ...values }, about });
  }

  /** Stops the run after this event, with a sentence. */
  stop(key: string, values: { readonly [hole: string]: string | number }): void {
    this.stopped ??= { key, values };
  }

  // ---------------------------------------------------------------- making and unmaking

  /** A place for a new actor; `actors[ix]` is set by the caller. */
  newActor(nodeId: string): ActorIx {
    const ix = this.actorTable.slots.alloc() as ActorIx;
    this.actorTable.condition[ix] = UP;
    this.actorTable.epoch[ix] = 0;
    this.actorTable.slowFactor[ix] = 1;
    this.actorTable.stalledUntilNs[ix] = 0;
    this.actorTable.heldHead[ix] = 0;
    this.actorTable.heldTail[ix] = 0;
    this.actorTable.stallArmedNs[ix] = Number.POSITIVE_INFINITY;
    this.nodeIds[ix] = nodeId;
    return ix;
  }

  newLink(from: ActorIx, to: ActorIx, toSlot: number, sort: number, isForward: boolean, wire: number, wireId: string): LinkIx {
    const link = this.links.slots.alloc() as LinkIx;
    const links = this.links;
    links.from[link] = from;
    links.to[link] = to;
    links.toSlot[link] = toSlot;
    links.sort[link] = sort;
    links.isForward[link] = isForward ? 1 : 0;
    links.wire[link] = wire;
    links.faultLoss[link] = -1;
    links.stream[link] = this.stream(wireId, isForward ? 'forward' : 'back');
    this.wireIds[link] = wireId;
    this.setTraits(link, INSTANT_LINK);
    return link;
  }

  setTraits(link: LinkIx, traits: LinkTraits): void {
    const links = this.links;
    links.delayNs[link] = traits.delayNs;
    links.jitterNs[link] = traits.jitterNs;
    links.loss[link] = traits.loss;
    links.duplication[link] = traits.duplication;
    links.bytesPerNs[link] = traits.bandwidth / 1e9;
    this.setMode(link);
  }

  /** A cut: calls on the way are lost at once, a connection stands still until it is healed. */
  cut(link: LinkIx): void {
    const links = this.links;
    if (links.isCut[link] === 1) return;
    links.isCut[link] = 1;
    this.setMode(link);
    if (links.sort[link] === CALL) this.dropAllOn(link, CUT);
    else if (links.armed[link] !== 0) {
      this.wheel.cancel(links.armed[link] as EventIx);
      links.armed[link] = 0;
    }
  }

  heal(link: LinkIx): void {
    const links = this.links;
    if (links.isCut[link] === 0) return;
    links.isCut[link] = 0;
    this.setMode(link);
    if (links.sort[link] === CALL || links.head[link] === 0) return;
    // A connection sends again whatever the cut held up, in order.
    let dueNs = (this.now[0] as number) + this.delayOf(link);
    for (let packet = links.head[link] as number; packet !== 0; packet = this.packets.next[packet] as number) {
      if (dueNs < (this.packets.dueNs[packet] as number)) dueNs = this.packets.dueNs[packet] as number;
      this.packets.dueNs[packet] = dueNs;
      this.packets.seq[packet] = this.nextSeq();
    }
    this.armHead(link);
  }

  setExtraDelay(link: LinkIx, extraNs: number): void {
    this.links.extraNs[link] = extraNs;
    this.setMode(link);
  }

  /** -1 = the wire's own share again. */
  setFaultLoss(link: LinkIx, share: number): void {
    this.links.faultLoss[link] = share;
    this.setMode(link);
  }

  removeLink(link: LinkIx): void {
    this.links.isRemoved[link] = 1;
    this.setMode(link);
    this.dropAllOn(link, REMOVED);
  }

  crash(actor: ActorIx): boolean {
    const table = this.actorTable;
    if (((table.condition[actor] as number) & (CRASHED | GONE)) !== 0) return false;
    table.condition[actor] = CRASHED;
    table.stalledUntilNs[actor] = 0;
    table.epoch[actor] = (table.epoch[actor] as number) + 1;
    this.dropHeldUp(actor, DOWN);
    this.actors[actor]?.onCrash();
    this.setModes(actor);
    this.notice('notice.crashed', this.nodeIds[actor] as string);
    return true;
  }

  restart(actor: ActorIx): boolean {
    const table = this.actorTable;
    if (((table.condition[actor] as number) & CRASHED) === 0) return false;
    table.condition[actor] = UP;
    table.epoch[actor] = (table.epoch[actor] as number) + 1;
    this.setModes(actor);
    this.actors[actor]?.onRestart();
    this.notice('notice.restarted', this.nodeIds[actor] as string);
    return true;
  }

  /** Nothing happens at this actor until `untilNs`; packets and timers wait in their order. */
  stall(actor: ActorIx, untilNs: number): boolean {
    const table = this.actorTable;
    if (table.condition[actor] !== UP && table.condition[actor] !== STALLED) return false;
    table.condition[actor] = STALLED;
    if (untilNs > (table.stalledUntilNs[actor] as number)) table.stalledUntilNs[actor] = untilNs;
    if ((table.stalledUntilNs[actor] as number) < (table.stallArmedNs[actor] as number)) this.armStallEnd(actor);
    this.notice('notice.stalled', this.nodeIds[actor] as string);
    return true;
  }

  setSlow(actor: ActorIx, factor: number): void {
    this.actorTable.slowFactor[actor] = factor;
  }

  /**
   * Notes that a fault was given to an actor or a link; with `forNs` its end is set. Called before the fault takes hold, so
   * that the end of an earlier one no longer matters.
   */
  beginFault(who: number, fault: number, forNs: number | undefined): void {
    const key = who * FAULT_KINDS + fault;
    const given = ((this.faultsGiven.get(key) ?? 0) + 1) & 0xffff;
    this.faultsGiven.set(key, given);
    this.isTickDirty = true;
    if (forNs === undefined) return;
    this.at[0] = (this.now[0] as number) + forNs;
    this.wheel.insert(this.at, this.seq, who, FAULT_END, fault, given);
  }

  private endFault(who: number, fault: number, given: number): void {
    if (this.faultsGiven.get(who * FAULT_KINDS + fault) !== given) return;
    this.events++;
    this.isTickDirty = true;
    this.digest.mix(this.now, who, FAULT_END, fault, 0);
    switch (fault) {
      case FAULT_CRASH:
        this.restart(who as ActorIx);
        return;
      case FAULT_SLOW:
        this.setSlow(who as ActorIx, 1);
        return;
      case FAULT_CUT:
        this.heal(who as LinkIx);
        return;
      case FAULT_DELAY:
        this.setExtraDelay(who as LinkIx, 0);
        return;
      case FAULT_LOSS:
        this.setFaultLoss(who as LinkIx, -1);
        return;
      case FAULT_POISON:
        this.actors[who]?.onCommand({ type: 'poison', share: -1 });
        return;
    }
  }

  /** The node leaves for good; its links must be gone before. */
  removeActor(actor: ActorIx): void {
    const table = this.actorTable;
    table.condition[actor] = GONE;
    table.epoch[actor] = (table.epoch[actor] as number) + 1;
    this.dropHeldUp(actor, REMOVED);
    this.actors[actor]?.onRemoved();
  }

  condition(actor: ActorIx): number {
    const condition = this.actorTable.condition[actor] as number;
    const isOver = condition === STALLED && (this.actorTable.stalledUntilNs[actor] as number) <= (this.now[0] as number);
    return isOver ? UP : condition;
  }

  // ---------------------------------------------------------------- the loop

  /**
   * Handles events due before `limitNs`, at most `budget` of them. At 'limit' the clock stands at the limit and the tick that
   * ends there is closed. The order of events depends on nothing but their keys (time, seq): what is on the wheel for this
   * instant was issued before anything in the lane, so it goes first.
   */
  run(limitNs: number, budget: number): RunEnd {
    // What a command has put into the lane of this instant comes after what the wheel holds for it, and so waits like that.
    if (limitNs <= (this.now[0] as number)) return this.stopped === null ? 'limit' : 'stopped';
    const { lane, wheel, now } = this;
    let left = budget < BUDGET_MAX ? budget : BUDGET_MAX;
    while (this.stopped === null) {
      if (left <= 0) {
        if (budget <= BUDGET_MAX) return 'budget';
        left = BUDGET_MAX;
      }
      left--;
      const event = wheel.next(limitNs);
      if (lane.length > 0 && (event === 0 || !wheel.isAt(event, now))) {
        const at = lane.shift(this.aux);
        const { rows } = lane;
        const type = rows[at + LANE_TYPE] as number;
        const first = rows[at + LANE_FIRST] as number;
        const count = rows[at + LANE_COUNT] as number;
        const tag = rows[at + LANE_TAG] as number;
        if (type > LANE_TIMER) {
          this.tag = tag;
          this.handlePacket(rows[at + LANE_LINK] as number, type, first, count);
        } else if (type === LANE_TIMER) this.handleTimer(rows[at + LANE_LINK] as number, first, count, tag);
        continue;
      }
      if (event === 0) {
        this.reach(limitNs);
        return this.stopped === null ? 'limit' : 'stopped';
      }
      if (!wheel.isAt(event, now)) {
        wheel.timeInto(event, now);
        this.instantEvents = 0;
        // The tick that ends may be the last one.
        if ((now[0] as number) >= (this.tickEnd[0] as number) && !this.beginTick()) return 'stopped';
      }
      const who = wheel.whoOf(event);
      const what = wheel.whatOf(event);
      const arg = wheel.argOf(event);
      const epoch = wheel.epochOf(event);
      wheel.take(event);
      if (what >= 0) this.handleTimer(who, what, arg, epoch);
      else this.handleOther(who, what, arg, epoch);
    }
    return 'stopped';
  }

  /** Time of the next event before `limitNs`, or Infinity. */
  nextEventNs(limitNs: number): number {
    if (this.lane.length > 0) return this.now[0] as number;
    const event = this.wheel.next(limitNs);
    return event === 0 ? Number.POSITIVE_INFINITY : this.wheel.timeOf(event);
  }

  /** Time has passed the end of the tick: false if the run stops here. */
  private beginTick(): boolean {
    this.closeTick();
    this.tickEnd[0] = (floor((this.now[0] as number) / TICK_NS) + 1) * TICK_NS;
    return this.stopped === null;
  }

  private reach(limitNs: number): void {
    if (limitNs > (this.now[0] as number)) {
      this.now[0] = limitNs;
      this.instantEvents = 0;
    }
    if (limitNs >= (this.tickEnd[0] as number)) {
      this.closeTick();
      this.tickEnd[0] = (floor(limitNs / TICK_NS) + 1) * TICK_NS;
    }
  }

  /** The totals of the books enter the digest, in every tick in which something happened. */
  private closeTick(): void {
    if (!this.isTickDirty) return;
    this.isTickDirty = false;
    this.digest.mix(this.tickEnd, 0, DIGEST_TICK, this.books.checksum, 0);
    if (this.messages.live > MESSAGES_MAX) this.stop('notice.bound.messages', { limit: MESSAGES_MAX });
    else if (this.obligations.live > MESSAGES_MAX) this.stop('notice.bound.obligations', { limit: MESSAGES_MAX });
  }

  /** What is on the event list besides timers. */
  private handleOther(who: number, what: number, arg: number, epoch: number): void {
    if (what === FAULT_END) this.endFault(who, arg, epoch);
    else if (what === STALL_END) this.endStall(who as ActorIx);
    else if (what === LINK_HEAD) {
      const links = this.links;
      const packet = links.head[who] as number;
      const following = this.packets.next[packet] as number;
      links.head[who] = following;
      links.armed[who] = 0;
      if (following === 0) links.tail[who] = 0;
      else this.armHead(who as LinkIx);
      this.arrive(packet);
    } else {
      assert(what === PACKET_ALONE, 'an event is a timer, the head of a link or a packet');
      this.arrive(arg);
    }
  }

  private countEvent(actor: number): void {
    this.events++;
    this.isTickDirty = true;
    if (++this.instantEvents >= INSTANT_EVENTS_MAX) this.stopLoop(actor);
  }

  /** A timer of an earlier life of the actor is passed over. */
  private handleTimer(actor: number, timer: number, arg: number, epoch: number): void {
    const table = this.actorTable;
    if (epoch !== table.epoch[actor]) return;
    if (table.condition[actor] !== UP && !this.isTimerDue(actor as ActorIx, timer, arg)) return;
    this.countEvent(actor);
    this.digest.mix(this.now, actor, DIGEST_TIMER + timer, arg, 0);
    (this.actors[actor] as Actor).onTimer(timer, arg);
  }

  /** `tag` and `aux` are set by the caller. */
  private handlePacket(link: number, type: number, first: number, count: number): void {
    const to = this.links.to[link] as number;
    if (this.actorTable.condition[to] !== UP && !this.isReachable(link, type, first, count)) return;
    this.countEvent(to);
    this.digest.mix(this.now, to, type, first, count);
    (this.actors[to] as Actor).onPacket(link as LinkIx, type, first, count);
  }

  // ---------------------------------------------------------------- those who are not simply up

  /** Whether a timer of an actor that is not up fires all the same: no; a stall holds it up, and who is down has none. */
  private isTimerDue(actor: ActorIx, timer: number, arg: number): boolean {
    if (this.actorTable.condition[actor] === STALLED) {
      const held = this.newPacket(actor, LANE_TIMER, timer, arg, this.actorTable.epoch[actor] as number);
      this.packets.standing[held] = HELD_UP_TIMER;
      this.holdUp(actor, held);
    }
    return false;
  }

  private holdUp(actor: ActorIx, held: number): void {
    const { actorTable, packets } = this;
    const tail = actorTable.heldTail[actor] as number;
    if (tail === 0) actorTable.heldHead[actor] = held;
    else packets.next[tail] = held;
    actorTable.heldTail[actor] = held;
  }

  /** Takes out the oldest of what a stall holds up; the slot is the caller's to free. */
  private takeHeldUp(actor: ActorIx): number {
    const { actorTable, packets } = this;
    const held = actorTable.heldHead[actor] as number;
    const following = packets.next[held] as number;
    actorTable.heldHead[actor] = following;
    if (following === 0) actorTable.heldTail[actor] = 0;
    return held;
  }

  /** Its place is before all other events of its time, so that what was held up goes before what comes only now. */
  private armStallEnd(actor: ActorIx): void {
    this.at[0] = this.actorTable.stalledUntilNs[actor] as number;
    this.actorTable.stallArmedNs[actor] = this.at[0];
    this.wheel.insertAs(this.at, 0, actor, STALL_END, 0);
  }

  private endStall(actor: ActorIx): void {
    const table = this.actorTable;
    table.stallArmedNs[actor] = Number.POSITIVE_INFINITY;
    if (table.condition[actor] !== STALLED) return;
    if ((table.stalledUntilNs[actor] as number) > (this.now[0] as number)) {
      this.armStallEnd(actor);
      return;
    }
    table.condition[actor] = UP;
    if (table.heldHead[actor] === 0) return;
    this.instantEvents -= EVENTS_PER_HELD_UP;
    this.goOnWith(actor, this.takeHeldUp(actor));
    // The rest follows one by one, each an event of its own, before anything else of this instant.
    if (table.heldHead[actor] === 0 || table.condition[actor] !== UP) return;
    table.condition[actor] = STALLED;
    this.armStallEnd(actor);
  }

  private goOnWith(actor: ActorIx, held: number): void {
    const { packets } = this;
    if (packets.standing[held] === HELD_UP) {
      this.arrive(held);
      return;
    }
    const timer = packets.first[held] as number;
    const arg = packets.count[held] as number;
    const epoch = packets.tag[held] as number;
    this.freePacket(held);
    this.handleTimer(actor, timer, arg, epoch);
  }

  /** The process that stood still dies: what had reached it is lost, its timers with it. */
  private dropHeldUp(actor: ActorIx, reason: number): void {
    const { actorTable, packets } = this;
    while (actorTable.heldHead[actor] !== 0) {
      const held = this.takeHeldUp(actor);
      const isLost = packets.standing[held] === HELD_UP && packets.isDoomed[held] === 0;
      const link = packets.link[held] as number;
      const type = packets.type[held] as number;
      const first = packets.first[held] as number;
      this.freePacket(held);
      if (isLost) this.loseCargo(link, type, first, actorPlace(actor), reason, 1);
    }
  }

  /** A packet for an actor that is not up: held up if it is stalled, lost if it is down. */
  private isReachable(link: number, type: number, first: number, count: number): boolean {
    const to = this.links.to[link] as ActorIx;
    // A relation is part of the store behind the node: it is there when the process is not.
    if (this.links.sort[link] === RELATION && this.actorTable.condition[to] !== GONE) return true;
    if (this.actorTable.condition[to] === STALLED) {
      const packet = this.newPacket(link, type, first, count, this.tag);
      this.packets.standing[packet] = HELD_UP;
      this.holdUp(to, packet);
      return false;
    }
    this.isTickDirty = true;
    this.loseCargo(link, type, first, actorPlace(to), this.actorTable.condition[to] === GONE ? REMOVED : DOWN, 1);
    return false;
  }

  private stopLoop(actor: number): void {
    const names = new Set<string>();
    names.add(this.nodeIds[actor] as string);
    for (let i = 0; i < this.lane.length && i < 64; i++) {
      const { link, type } = this.lane.peek(i);
      const isTimer = type === LANE_TIMER;
      if (!isTimer) names.add(this.nodeIds[this.links.from[link] as number] as string);
      names.add(this.nodeIds[isTimer ? link : (this.links.to[link] as number)] as string);
    }
    this.stop('notice.loop', { nodes: [...names].sort((a, b) => (a < b ? -1 : 1)).join(', '), limit: INSTANT_EVENTS_MAX });
  }

  // ---------------------------------------------------------------- the network

  private transmit(link: LinkIx, type: number, first: number, count: number, tag: number): void {
    const links = this.links;
    const stream = links.stream[link] as StreamIx;
    const share = (links.faultLoss[link] as number) >= 0 ? (links.faultLoss[link] as number) : (links.loss[link] as number);
    // A process that is down says nothing any more; what the store behind it does is no word of the process.
    if (links.sort[link] !== RELATION && this.actorTable.condition[links.from[link] as number] === CRASHED) {
      return this.loseCargo(link, type, first, actorPlace(links.from[link] as number), DOWN, 0);
    }
    if (links.sort[link] === CALL) {
      if (links.isRemoved[link] === 1) return this.loseCargo(link, type, first, linkPlace(link), REMOVED, SOMEWHERE);
      if (links.isCut[link] === 1) return this.loseCargo(link, type, first, linkPlace(link), CUT, SOMEWHERE);
      if (share > 0 && this.streams.uniform(stream) < share) {
        return this.loseCargo(link, type, first, linkPlace(link), LOSS, SOMEWHERE);
      }
      if ((links.duplication[link] as number) > 0 && this.streams.uniform(stream) < (links.duplication[link] as number)) {
        this.enqueue(link, type, this.copyCargo(link, type, first), count, tag, 0);
      }
      this.enqueue(link, type, first, count, tag, 0);
      return;
    }
    if (links.isRemoved[link] === 1) return this.loseCargo(link, type, first, linkPlace(link), REMOVED, SOMEWHERE);
    let lateNs = 0;
    // Each loss costs one retransmission time-out, which doubles, at most 16 times: a connection loses nothing.
    for (let round = 0, wait = RETRANSMIT_NS; share > 0 && round < 16 && this.streams.uniform(stream) < share; round++, wait *= 2)
      lateNs += wait;
    this.enqueue(link, type, first, count, tag, lateNs);
  }

  /** What the second of two doubled packets carries. */
  private copyCargo(link: number, type: number, first: number): number {
    const obligations = this.obligations;
    switch (carriesOf[type]) {
      case CARRIES.MESSAGE:
        this.messages.refs[first] = (this.messages.refs[first] as number) + 1;
        this.books.openPublish(this.links.to[link] as number);
        return first;
      case CARRIES.CAUSE:
        obligations.addCause(first);
        return first;
      case CARRIES.MENTION:
        obligations.addMention(first);
        return first;
      case CARRIES.OWED:
        return obligations.open(obligations.msg[first] as number, obligations.sub[first] as number, ON_WIRE);
      default:
        return first;
    }
  }

  private enqueue(link: LinkIx, type: number, first: number, count: number, tag: number, lateNs: number): void {
    const links = this.links;
    const nowNs = this.now[0] as number;
    let dueNs = nowNs;
    const bytesPerNs = links.bytesPerNs[link] as number;
    if (bytesPerNs > 0) {
      const begin = (links.busyUntilNs[link] as number) > nowNs ? (links.busyUntilNs[link] as number) : nowNs;
      dueNs = begin + floor(this.cargoBytes(type, first) / bytesPerNs);
      links.busyUntilNs[link] = dueNs;
    }
    dueNs += this.delayOf(link) + lateNs;
    const jitterNs = links.jitterNs[link] as number;
    if (jitterNs > 0) dueNs += floor(this.streams.uniform(links.stream[link] as StreamIx) * (jitterNs + 1));
    const tail = links.tail[link] as number;
    const isConnection = links.sort[link] !== CALL;
    if (isConnection && tail !== 0 && (this.packets.dueNs[tail] as number) > dueNs) dueNs = this.packets.dueNs[tail] as number;
    if (dueNs <= nowNs && tail === 0 && links.isCut[link] === 0) {
      this.lane.push(link, type, first, count, tag, this.aux);
      return;
    }
    const packet = this.newPacket(link, type, first, count, tag);
    this.packets.dueNs[packet] = dueNs;
    if (tail !== 0 && (this.packets.dueNs[tail] as number) > dueNs) {
      this.armAlone(packet);
      return;
    }
    links.tail[link] = packet;
    if (tail !== 0) {
      this.packets.next[tail] = packet;
      return;
    }
    links.head[link] = packet;
    if (links.isCut[link] === 0) this.armHead(link);
  }

  private nextSeq(): number {
    const seq = (this.seq[0] as number) + 1;
    this.seq[0] = seq;
    return seq;
  }

  private newPacket(link: number, type: number, first: number, count: number, tag: number): number {
    const packet = this.packets.slots.alloc();
    const packets = this.packets;
    packets.next[packet] = 0;
    packets.link[packet] = link;
    packets.type[packet] = type;
    packets.first[packet] = first;
    packets.count[packet] = count;
    packets.tag[packet] = tag;
    packets.aux[packet] = this.aux[0] as number;
    packets.sentNs[packet] = this.now[0] as number;
    packets.seq[packet] = this.nextSeq();
    packets.standing[packet] = IN_LINE;
    packets.isDoomed[packet] = 0;
    return packet;
  }

  private freePacket(packet: number): void {
    this.packets.link[packet] = 0;
    this.packets.slots.free(packet);
  }

  private armHead(link: LinkIx): void {
    const head = this.links.head[link] as number;
    this.at[0] = this.packets.dueNs[head] as number;
    this.links.armed[link] = this.wheel.insertAs(this.at, this.packets.seq[head] as number, link, LINK_HEAD, 0);
  }

  private armAlone(packet: number): void {
    this.packets.standing[packet] = ALONE;
    this.at[0] = this.packets.dueNs[packet] as number;
    this.wheel.insertAs(this.at, this.packets.seq[packet] as number, this.packets.link[packet] as number, PACKET_ALONE, packet);
  }

  private arrive(packet: number): void {
    const packets = this.packets;
    const link = packets.link[packet] as number;
    const type = packets.type[packet] as number;
    const first = packets.first[packet] as number;
    const count = packets.count[packet] as number;
    this.tag = packets.tag[packet] as number;
    this.aux[0] = packets.aux[packet] as number;
    const isDoomed = packets.isDoomed[packet] === 1;
    this.freePacket(packet);
    if (isDoomed) return;
    this.handlePacket(link, type, first, count);
  }

  /** Ends every packet on a link, in order; those that stand elsewhere keep their place, empty. A cut spares what has arrived. */
  private dropAllOn(link: LinkIx, reason: number): void {
    const links = this.links;
    const packets = this.packets;
    if (links.armed[link] !== 0) this.wheel.cancel(links.armed[link] as EventIx);
    links.armed[link] = 0;
    for (let packet = links.head[link] as number; packet !== 0; ) {
      const following = packets.next[packet] as number;
      const type = packets.type[packet] as number;
      const first = packets.first[packet] as number;
      const share = this.shareOf(packet);
      this.freePacket(packet);
      this.loseCargo(link, type, first, linkPlace(link), reason, share);
      packet = following;
    }
    links.head[link] = 0;
    links.tail[link] = 0;
    for (let packet = 1; packet < packets.high; packet++) {
      const isThere = packets.standing[packet] === ALONE || (packets.standing[packet] === HELD_UP && reason === REMOVED);
      if (packets.link[packet] !== link || !isThere || packets.isDoomed[packet] === 1) continue;
      packets.isDoomed[packet] = 1;
      const first = packets.first[packet] as number;
      this.loseCargo(link, packets.type[packet] as number, first, linkPlace(link), reason, this.shareOf(packet));
    }
    this.lane.dropAllOn(link, (type, first) => this.loseCargo(link, type, first, linkPlace(link), reason, SOMEWHERE));
    this.isTickDirty = true;
  }

  /** How far along its link a packet is now. */
  private shareOf(packet: number): number {
    const sentNs = this.packets.sentNs[packet] as number;
    const travelsNs = (this.packets.dueNs[packet] as number) - sentNs;
    const share = travelsNs > 0 ? ((this.now[0] as number) - sentNs) / travelsNs : 1;
    return share < 1 ? share : 1;
  }

  private delayOf(link: number): number {
    return (this.links.delayNs[link] as number) + (this.links.extraNs[link] as number);
  }

  /** Bytes that the line needs time for: the message itself; answers and receipts weigh nothing. */
  private cargoBytes(type: number, first: number): number {
    switch (carriesOf[type]) {
      case CARRIES.MESSAGE:
        return this.messages.sizeBytes[first] as number;
      case CARRIES.CAUSE:
      case CARRIES.OWED:
        return this.messages.sizeBytes[this.obligations.msg[first] as number] as number;
      default:
        return 0;
    }
  }

  private setMode(link: LinkIx): void {
    const links = this.links;
    const isPlain =
      links.delayNs[link] === 0 &&
      links.extraNs[link] === 0 &&
      links.jitterNs[link] === 0 &&
      links.loss[link] === 0 &&
      (links.faultLoss[link] as number) <= 0 &&
      links.duplication[link] === 0 &&
      links.bytesPerNs[link] === 0 &&
      links.isCut[link] === 0 &&
      links.isRemoved[link] === 0 &&
      links.head[link] === 0 &&
      this.actorTable.condition[links.from[link] as number] !== CRASHED;
    links.mode[link] = isPlain ? MODE_DIRECT : MODE_NETWORK;
  }

  /** Of every link that leads away from an actor: whether it speaks at all has changed. */
  private setModes(actor: ActorIx): void {
    for (let link = 1; link < this.links.high; link++) if (this.links.from[link] === actor) this.setMode(link as LinkIx);
  }

  // ---------------------------------------------------------------- copies

  private saveScalars(): unknown {
    return {
      numbers: [
        this.now[0],
        this.events,
        this.settled,
        this.seq[0],
        this.tickEnd[0],
        this.isTickDirty ? 1 : 0,
        this.instantEvents,
      ],
      stopped: this.stopped,
      faultsGiven: [...this.faultsGiven],
    };
  }

  private loadScalars(saved: unknown): void {
    const copy = saved as {
      numbers: [number, number, number, number, number, number, number];
      stopped: StopReason | null;
      faultsGiven: [number, number][];
    };
    this.faultsGiven = new Map(copy.faultsGiven);
    let dirty: number;
    [this.now[0], this.events, this.settled, this.seq[0], this.tickEnd[0], dirty, this.instantEvents] = copy.numbers;
    this.isTickDirty = dirty === 1;
    this.stopped = copy.stopped;
  }
}
