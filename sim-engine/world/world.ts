// The world an actor lives in: what it may ask of it, and the loop, which moves time from event to event and hands packets and
// timers to actors. What becomes of them in between is said in the files beside it. It knows no broker and no drawing. The
// simulation drives it.

import { Arena } from '../kernel/arena.ts';
import { assert } from '../kernel/assert.ts';
import { Digest } from '../kernel/digest.ts';
import { Law } from '../kernel/distributions.ts';
import { floor } from '../kernel/exact-math.ts';
import type { ActorIx, EventIx, LinkIx, MsgIx, StreamIx } from '../kernel/ids.ts';
import type { LawSpec } from '../kernel/law-spec.ts';
import { Streams } from '../kernel/rng.ts';
import type { Actor } from './actor.ts';
import { ActorTable, STALLED, UP } from './actor-table.ts';
import { Books } from './books.ts';
import { Cargo } from './cargo.ts';
import { Clock, FAULT_END, LINK_HEAD, PACKET_ALONE, STALL_END } from './clock.ts';
import { Faults } from './faults.ts';
import { LANE_COUNT, LANE_FIRST, LANE_LINK, LANE_TAG, LANE_TIMER, LANE_TYPE, Lane } from './lane.ts';
import { Leases } from './leases.ts';
import { HELD_UP, LinkTable, MODE_DIRECT, PacketTable } from './links.ts';
import { Lives } from './lives.ts';
import { Losses } from './losses.ts';
import { MessageTable } from './messages.ts';
import { Network } from './network.ts';
import { Obligations } from './obligations.ts';
import { Oracle } from './oracle.ts';
import { Payloads } from './payloads.ts';
import { StandingStill } from './standing-still.ts';
import { type JourneyStop, Notices, Trace } from './trace.ts';

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

/** In the digest a timer is told from a packet by this. */
const DIGEST_TIMER = 0x100;
const DIGEST_TICK = 0x10000;

/** Why `run` came back. */
export type RunEnd = 'limit' | 'budget' | 'stopped';

/** Why a run stopped by itself: a key of the message file and its values. */
export interface StopReason {
  readonly key: string;
  readonly values: { readonly [hole: string]: string | number };
}

export class World {
  readonly seed: number;
  readonly arena = new Arena();
  private readonly clock = new Clock(this.arena);
  /** Time of the run, ns. */
  readonly now = this.clock.now;
  /** Argument of `arm`: the time at which it shall fire. */
  readonly at = this.clock.at;
  readonly wheel = this.clock.wheel;
  /** Argument of `send` and of `onPacket`: a length of time that travels with a packet (RETRY). */
  readonly aux = new Float64Array(1);
  /** Result of `Law.drawInto`. */
  readonly drawn = new Float64Array(1);
  /** Argument of `onPacket`: the `tag` of the packet. */
  tag = 0;

  /** Actors by index, and the document ids of the nodes behind them; 0 is nobody. */
  readonly actors: (Actor | null)[] = [null];
  readonly nodeIds: string[] = [''];
  /** By actor that sends: what its types of messages are called. Follows from the drawing and is no part of the state. */
  readonly typeNames = new Map<number, readonly string[]>();
  /** Document ids of the wires behind the links. */
  readonly wireIds: string[] = [''];

  readonly digest = new Digest(this.arena);
  readonly streams = new Streams(this.arena);
  readonly messages = new MessageTable(this.arena);
  readonly books = new Books(this.arena);
  readonly oracle = new Oracle(this.arena);
  readonly trace = new Trace(this.arena);
  readonly notices = new Notices(this.arena);
  readonly losses = new Losses(this.arena);
  readonly obligations = new Obligations(this.arena, this.messages, this.books, this.oracle, this.trace, this.now);
  readonly leases = new Leases(this.arena);
  readonly payloads = new Payloads(this.arena);
  readonly links = new LinkTable(this.arena);
  readonly packets = new PacketTable(this.arena);
  private readonly actorTable = new ActorTable(this.arena);
  private readonly lane = new Lane(this.arena);

  private readonly cargo: Cargo;
  readonly network: Network;
  private readonly standingStill: StandingStill;
  readonly lives: Lives;
  readonly faults: Faults;

  /** Events handled so far. */
  events = 0;
  /** Deliveries settled so far, first successes and resting ones: what "step one message" waits for. */
  settled = 0;
  stopped: StopReason | null = null;
  /** End of the current tick, in a cell, since it outgrows 31 bits. */
  private readonly tickEnd = new Float64Array([TICK_NS]);
  private instantEvents = 0;

  constructor(seed: number) {
    const { actorTable, actors, arena, aux, books, clock, digest, lane, links, losses } = this;
    const { messages, nodeIds, notices, now, obligations, oracle, packets, payloads, streams, trace, wireIds } = this;
    this.seed = seed;
    const cargo = new Cargo(now, links, messages, obligations, books, oracle, trace, losses, payloads);
    const network = new Network(seed, clock, aux, links, packets, lane, cargo, streams, actorTable, wireIds);
    const standingStill = new StandingStill(clock, actorTable, packets, network, cargo);
    const lives = new Lives(clock, actorTable, links, network, cargo, standingStill, notices, actors, nodeIds);
    this.cargo = cargo;
    this.network = network;
    this.standingStill = standingStill;
    this.lives = lives;
    this.faults = new Faults(arena, clock, digest, network, lives, actors);
    this.arena.register({ save: () => this.saveScalars(), load: (saved) => this.loadScalars(saved) });
  }

  // ---------------------------------------------------------------- for actors: randomness and time

  /** A law with its own stream, named after who draws and what for. */
  law(spec: LawSpec, owner: string, purpose: string): Law {
    return new Law(spec, this.streams, this.stream(owner, purpose));
  }

  stream(owner: string, purpose: string): StreamIx {
    return this.streams.openFor(this.seed, owner, purpose);
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
    return this.wheel.insert(this.at, this.clock.seq, actor, timer, arg, epoch);
  }

  cancel(event: EventIx): void {
    if (event !== 0) this.wheel.cancel(event);
  }

  /** When the timers of an actor are due, ns, by their argument; not those of this very instant. For `Actor.inside` alone. */
  timersOf(actor: ActorIx, timer: number): ReadonlyMap<number, number> {
    return this.wheel.dueByArg(actor, timer, this.actorTable.epoch[actor] as number);
  }

  slowFactor(actor: ActorIx): number {
    return this.actorTable.slowFactor[actor] as number;
  }

  /** UP, CRASHED, STALLED or GONE. */
  condition(actor: ActorIx): number {
    return this.lives.condition(actor);
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
    this.network.transmit(link, type, first, count, tag);
  }

  /** A message on its way to the channel `actor` is gone: its entry of the publish book closes. */
  losePublish(actor: ActorIx, msg: MsgIx, place: number, reason: number): void {
    this.cargo.losePublish(actor, msg, place, reason);
  }

  // ---------------------------------------------------------------- for actors: telling

  /** Writes a stop of a message's journey, if it is followed; `reason` where it ends there. */
  tell(msg: number, stop: JourneyStop, place: number, attempt: number, reason = 0): void {
    if (this.trace.isOn) this.trace.tell(this.now, this.messages, msg, stop, place, attempt, reason);
  }

  /** The same for the message of an obligation. */
  tellOf(obl: number, stop: JourneyStop, place: number, attempt: number, reason = 0): void {
    if (this.trace.isOn) this.tell(this.obligations.msg[obl] as number, stop, place, attempt, reason);
  }

  notice(key: string, about: string, values: { readonly [hole: string]: string | number } = {}): void {
    this.notices.tell(this.now, key, about, values);
  }

  /** Stops the run after this event, with a sentence. */
  stop(key: string, values: { readonly [hole: string]: string | number }): void {
    this.stopped ??= { key, values };
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
    if (!this.clock.isTickDirty) return;
    this.clock.isTickDirty = false;
    this.digest.mix(this.tickEnd, 0, DIGEST_TICK, this.books.checksum, 0);
    if (this.messages.live > MESSAGES_MAX) this.stop('notice.bound.messages', { limit: MESSAGES_MAX });
    else if (this.obligations.live > MESSAGES_MAX) this.stop('notice.bound.obligations', { limit: MESSAGES_MAX });
  }

  /** What is on the event list besides timers. */
  private handleOther(who: number, what: number, arg: number, epoch: number): void {
    if (what === LINK_HEAD) this.arrive(this.network.takeHead(who as LinkIx));
    else if (what === PACKET_ALONE) this.arrive(arg);
    else if (what === STALL_END) this.endStall(who as ActorIx);
    else {
      assert(what === FAULT_END, 'an event is a timer, the head of a link, a packet, or the end of a fault or a stall');
      if (this.faults.end(who, arg, epoch)) this.events++;
    }
  }

  /** A packet whose time has come: one whose wire was cut under it has nothing left to hand over. */
  private arrive(packet: number): void {
    const packets = this.packets;
    const link = packets.link[packet] as number;
    const type = packets.type[packet] as number;
    const first = packets.first[packet] as number;
    const count = packets.count[packet] as number;
    this.tag = packets.tag[packet] as number;
    this.aux[0] = packets.aux[packet] as number;
    const isDoomed = packets.isDoomed[packet] === 1;
    this.network.freePacket(packet);
    if (isDoomed) return;
    this.handlePacket(link, type, first, count);
  }

  private countEvent(actor: number): void {
    this.events++;
    this.clock.isTickDirty = true;
    if (++this.instantEvents >= INSTANT_EVENTS_MAX) this.stopLoop(actor);
  }

  /** A timer of an earlier life of the actor is passed over. */
  private handleTimer(actor: number, timer: number, arg: number, epoch: number): void {
    const table = this.actorTable;
    if (epoch !== table.epoch[actor]) return;
    if (table.condition[actor] !== UP && !this.lives.isTimerDue(actor as ActorIx, timer, arg)) return;
    this.countEvent(actor);
    this.digest.mix(this.now, actor, DIGEST_TIMER + timer, arg, 0);
    (this.actors[actor] as Actor).onTimer(timer, arg);
  }

  /** `tag` and `aux` are set by the caller. */
  private handlePacket(link: number, type: number, first: number, count: number): void {
    const to = this.links.to[link] as number;
    if (this.actorTable.condition[to] !== UP && !this.lives.isReachable(link, type, first, count, this.tag)) return;
    this.countEvent(to);
    this.digest.mix(this.now, to, type, first, count);
    (this.actors[to] as Actor).onPacket(link as LinkIx, type, first, count);
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

  // ---------------------------------------------------------------- what stood still goes on

  private endStall(actor: ActorIx): void {
    const { actorTable: table, standingStill } = this;
    table.stallArmedNs[actor] = Number.POSITIVE_INFINITY;
    if (table.condition[actor] !== STALLED) return;
    if ((table.stalledUntilNs[actor] as number) > (this.now[0] as number)) {
      standingStill.armEnd(actor);
      return;
    }
    table.condition[actor] = UP;
    if (table.heldHead[actor] === 0) return;
    this.instantEvents -= EVENTS_PER_HELD_UP;
    this.goOnWith(actor, standingStill.take(actor));
    // The rest follows one by one, each an event of its own, before anything else of this instant.
    if (table.heldHead[actor] === 0 || table.condition[actor] !== UP) return;
    table.condition[actor] = STALLED;
    standingStill.armEnd(actor);
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
    this.network.freePacket(held);
    this.handleTimer(actor, timer, arg, epoch);
  }

  // ---------------------------------------------------------------- copies

  private saveScalars(): unknown {
    const { clock, events, instantEvents, settled, stopped } = this;
    const numbers = [this.now[0], events, settled, clock.seq[0], this.tickEnd[0], clock.isTickDirty ? 1 : 0, instantEvents];
    return { numbers, stopped };
  }

  private loadScalars(saved: unknown): void {
    const copy = saved as { numbers: [number, number, number, number, number, number, number]; stopped: StopReason | null };
    const { clock } = this;
    let dirty: number;
    [this.now[0], this.events, this.settled, clock.seq[0], this.tickEnd[0], dirty, this.instantEvents] = copy.numbers;
    clock.isTickDirty = dirty === 1;
    this.stopped = copy.stopped;
  }
}
