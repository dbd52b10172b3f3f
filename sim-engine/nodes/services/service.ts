// The service at work, shown as worker: takes deliveries on its desk, works on as many at once as it has places, each by its
// list of steps, and settles them through the consumer client of the wire they came on. It knows no broker. Calls of other services
// are worked on in the same way, at the same places, and answered.

import { assert } from '../../kernel/assert.ts';
import type { Law } from '../../kernel/distributions.ts';
import { floor, imul, max, min } from '../../kernel/exact-math.ts';
import type { LinkIx, MsgIx, OblIx, StreamIx } from '../../kernel/ids.ts';
import type { LawSpec } from '../../kernel/law-spec.ts';
import { backoffInto, firstPrevious, usesDraw } from '../../parts/backoff.ts';
import {
  checkAndMark,
  type DedupSpec,
  type DedupWindow,
  forgetAll,
  isSeen,
  newDedupWindow,
  seenCount,
} from '../../parts/dedup-window.ts';
import { StatefulActor } from '../../world/actor.ts';
import { STALLED, UP } from '../../world/actor-table.ts';
import { EXPIRED, IN_FLIGHT, PUB_ACCEPTED, PUB_REFUSED } from '../../world/books.ts';
import { FAULT_CRASH } from '../../world/faults.ts';
import type { Inside } from '../../world/inside.ts';
import { POISON } from '../../world/messages.ts';
import type { PacketType } from '../../world/packet-types.ts';
import * as packet from '../../world/packet-types.ts';
import { actorPlace, CRASH, FORGOTTEN, FULL, LATE, REJECTED, REMOVED } from '../../world/reasons.ts';
import { LANE, LANE_HEAD, LANE_STRIDE } from '../../world/samples.ts';
import type { World } from '../../world/world.ts';
import type { Params } from '../fields.ts';
import {
  type ActorSelf,
  CLIENT_TIMERS,
  type Connection,
  type ConsumerClient,
  type ConsumerHost,
  clientOfTimer,
  type NodeBehaviour,
  ownTimerOf,
  type PublisherHost,
} from '../node-kind.ts';
import { type MessageTraits, Outlets } from '../publishing.ts';
import { behaviourOf } from '../registry.ts';
import { Caller, type CallerHost, type CallResult, type WhenHeldBack } from './caller.ts';
import { directPublisher } from './direct.ts';
import { openness } from './guards.ts';
import { type Place, Places, type PlacesHost, timerArgOf } from './places.ts';
import {
  ACKNOWLEDGE,
  ASK,
  CHARGE,
  CHECK,
  type Instruction,
  MARK,
  type Program,
  PUBLISH,
  programOf,
  REMEMBER,
  WORK,
} from './program.ts';
import { type RetryPolicy, retryPolicyOf } from './retry.ts';
import { serviceInside } from './service-inside.ts';

/** Timers of a place: its step is over, its wait before another attempt is over. */
const STEP_ENDS = 0;
const WAIT_ENDS = 1;
/** Everything that ends at this instant has ended: now the place that is free longest can be told. */
const FILL = 2;
/** A process that stood still goes on, with as many replicas as it was told meanwhile. */
const SCALED = 3;

interface ServiceState {
  /** By client: how many deliveries it has here, on the desk or being worked on. */
  held: number[];
  /** Numbers of the places whose `publish` step waits until a channel takes messages again. */
  blocked: number[];
  called: number;
  turnedAway: number;
  skipped: number;
  tooLate: number;
  /** Messages, or keys, that are remembered as done. */
  memory: DedupWindow;
  received: number;
  processed: number;
  failed: number;
  /** How many of those were calls, which are in no book of ours: whoever asked is the one who owes the work. */
  callsProcessed: number;
  callsFailed: number;
  published: number;
  /** How many replicas there are to be, by the last word of an autoscaler. */
  told: number;
}

class Service extends StatefulActor implements ConsumerHost, PublisherHost, CallerHost, PlacesHost {
  override state: ServiceState = {
    held: [],
    blocked: [],
    called: 0,
    turnedAway: 0,
    skipped: 0,
    tooLate: 0,
    memory: newDedupWindow(),
    received: 0,
    processed: 0,
    failed: 0,
    callsProcessed: 0,
    callsFailed: 0,
    published: 0,
    told: 1,
  };
  private readonly world: World;
  private readonly nodeId: string;
  private readonly place: number;
  private readonly consumers: (ConsumerClient | null)[] = [];
  private readonly places: Places;
  private readonly outlets: Outlets;
  /** By slot: the wires on which it asks, and the links on which it answers. */
  private readonly callers: (Caller | null)[] = [];
  private readonly answers: (LinkIx | null)[] = [];
  /** By slot: document id of the node at the other end. */
  private readonly peers: string[] = [];
  /** The wire on which it is told how many replicas work; -1 without one. */
  private scaledSlot = -1;
  private readonly failureStream: StreamIx;
  private readonly backoffStream: StreamIx;
  private readonly routingStream: StreamIx;
  private readonly crashStream: StreamIx;
  private readonly backoffCell = new Float64Array(2);
  private readonly traits: MessageTraits = { key: -1, sizeBytes: 0, type: 0, flags: 0, causeSender: 0, causeNumber: 0 };
  private program!: Program;
  private retry!: RetryPolicy;
  private failFirst = 0;
  private poisonRule = 'fails';
  /** What each kilobyte of a message adds to the work, ns. */
  private perKilobyteNs = 0;
  private callsWaiting = 0;
  private skipsExpired = false;
  private memorySpec: DedupSpec = { ttlNs: 0, maxCount: 0 };
  private remembersKeys = false;
  private keepsMemory = false;
  private routesByShare = false;
  /** After how many steps, `receive` included, it crashes, how often of all times, and when it is back; 0 = never. */
  private crashAfter = 0;
  private crashChance = 1;
  private restartAfterNs = 0;

  constructor(world: World, self: ActorSelf) {
    super(self.ix);
    this.world = world;
    this.nodeId = self.nodeId;
    this.place = actorPlace(self.ix);
    this.outlets = new Outlets(world, this);
    this.failureStream = world.stream(self.nodeId, 'failure');
    this.backoffStream = world.stream(self.nodeId, 'backoff');
    this.routingStream = world.stream(self.nodeId, 'routing');
    this.crashStream = world.stream(self.nodeId, 'crash');
    this.readParams(self.params);
    this.places = new Places(world, this, FILL, self.params);
  }

  protected override statefulParts() {
    const { callers, consumers, outlets } = this;
    const count = max(consumers.length, outlets.clients.length, callers.length);
    const clients = Array.from({ length: count }, (_, slot) => consumers[slot] ?? outlets.clients[slot] ?? callers[slot] ?? null);
    return [this.places, ...clients];
  }

  private readParams(params: Params): void {
    this.failFirst = params.failFirst as number;
    this.poisonRule = params.poison as string;
    this.retry = retryPolicyOf(params);
    this.perKilobyteNs = params.perKilobyte as number;
    this.memorySpec = { ttlNs: params.memoryTtl as number, maxCount: params.memoryBound as number };
    this.remembersKeys = params.memory === 'key';
    this.keepsMemory = params.memoryKept as boolean;
    this.skipsExpired = params.skipsExpired as boolean;
    this.callsWaiting = params.callsWaiting as number;
    this.routesByShare = params.routing === 'one-by-share';
    this.crashAfter = params.crashAfter as number;
    this.crashChance = params.crashChance as number;
    this.restartAfterNs = params.restartAfter as number;
    this.program = programOf(this.world, this.nodeId, params, this.world.law(params.work as LawSpec, this.nodeId, 'work'));
  }

  // ---------------------------------------------------------------- life

  override attach(slot: number, connection: Connection): void {
    this.peers[slot] = connection.peerId;
    if (connection.port === 'out') {
      this.outlets.attach(slot, connection);
      return;
    }
    if (connection.port === 'calls') {
      this.callers[slot] = new Caller(this.world, this, slot, connection);
      return;
    }
    if (connection.port === 'scaled') {
      this.scaledSlot = slot;
      return;
    }
    if (connection.port === 'asked' || connection.kind.type === 'direct') {
      this.answers[slot] = connection.out;
      return;
    }
    const factory = behaviourOf(connection.peerKind).consumer;
    assert(factory !== undefined, `${connection.peerKind} offers no consumer`);
    this.consumers[slot] = factory(this.world, this, slot, connection);
    if (this.state.held[slot] === undefined) this.state.held[slot] = 0;
  }

  override onConnected(slot: number): void {
    this.consumers[slot]?.start();
    this.outlets.clients[slot]?.start();
    this.resumeBlocked();
  }

  /** What came on the wire goes with it: nobody could take the receipt. */
  override onDisconnected(slot: number): void {
    if (this.outlets.clients[slot]) {
      this.outlets.detach(slot);
      this.resumeBlocked();
      return;
    }
    const caller = this.callers[slot];
    if (caller) {
      this.callers[slot] = null;
      this.abandonCalls(slot, caller);
      return;
    }
    if (slot === this.scaledSlot) {
      this.scaledSlot = -1;
      this.onScale(1);
      return;
    }
    this.consumers[slot] = null;
    this.answers[slot] = null;
    this.places.dropOf(
      slot,
      ({ obl, call }) => this.letGo(obl, call, REMOVED),
      (place) => {
        this.letGo(place.obl, place.call, REMOVED);
        this.forgetCall(place);
        this.places.vacate(place);
        this.state.blocked = this.state.blocked.filter((blocked) => blocked !== place.ix);
      },
    );
    this.state.held[slot] = 0;
    this.places.fill();
  }

  override onWireParams(slot: number, connection: Connection): void {
    this.consumers[slot]?.onParams(connection);
    this.outlets.onParams(slot, connection);
    this.callers[slot]?.onParams(connection);
  }

  override onParams(params: Params): void {
    const { count } = this.places;
    this.readParams(params);
    this.places.onParams(params);
    if (count !== this.places.count) this.stateConcurrency();
  }

  /** The word comes by a relation, which reaches a process that stands still or is down too. */
  private onScale(replicas: number): void {
    const { world } = this;
    this.state.told = replicas;
    if (world.condition(this.ix) !== STALLED) {
      this.scale();
      return;
    }
    world.at[0] = world.now[0] as number;
    world.arm(this.ix, SCALED, 0);
  }

  private scale(): void {
    const { told } = this.state;
    if (told === this.replicas()) return;
    this.places.scale(told);
    // One that is down states it when it is back.
    if (this.world.condition(this.ix) === UP) this.stateConcurrency();
  }

  private stateConcurrency(): void {
    for (const consumer of this.consumers) consumer?.onConcurrency(this.concurrency());
  }

  override onStart(): void {
    for (const consumer of this.consumers) consumer?.start();
    this.outlets.start();
  }

  override onCrash(): void {
    this.letEverythingGo(CRASH);
    this.scale();
    if (!this.keepsMemory) forgetAll(this.state.memory);
    for (const consumer of this.consumers) consumer?.onCrash();
    this.outlets.onCrash();
    for (const caller of this.callers) caller?.onCrash();
  }

  override onRestart(): void {
    this.onStart();
  }

  override onRemoved(): void {
    this.letEverythingGo(REMOVED);
    this.outlets.onCrash();
  }

  private letEverythingGo(reason: number): void {
    const { state, world } = this;
    this.places.dropAll(
      (place) => {
        world.oracle.wasted(this.places.workedNs(place));
        this.letGo(place.obl, place.call, reason);
      },
      ({ obl, call }) => this.letGo(obl, call, reason),
    );
    state.blocked = [];
    state.held = state.held.map(() => 0);
  }

  /** What it has of a piece of work: one of the causes of a delivery, or only the word of a call. */
  private letGo(obl: number, call: number, reason: number): void {
    if (call <= 0) this.world.obligations.dropCause(obl, this.place, reason);
    else this.world.obligations.dropMention(obl);
  }

  // ---------------------------------------------------------------- deliveries

  concurrency(): number {
    return this.replicas() === 0 ? 0 : this.places.count;
  }

  replicas(): number {
    return this.places.state.replicas;
  }

  held(client: number): number {
    return this.state.held[client] as number;
  }

  onDelivery(client: number, obl: OblIx, attempt: number): void {
    const { state, world } = this;
    state.received++;
    state.held[client] = (state.held[client] as number) + 1;
    // A late delivery of an attempt that the channel has taken back already does not change where the message stands.
    if (world.obligations.attempts[obl] === attempt) world.obligations.moveTo(obl, IN_FLIGHT);
    this.places.offer(obl, attempt, client, 0, Number.POSITIVE_INFINITY);
  }

  override onPacket(link: LinkIx, type: number, first: number, count: number): void {
    const slot = this.world.links.toSlot[link] as number;
    const consumer = this.consumers[slot];
    if (consumer) consumer.onPacket(link, type, first, count);
    else if (type === packet.PUBLISH) this.onPublish(slot, first as MsgIx, this.world.tag);
    else if (packet.isQuestion(type)) this.onCall(slot, first, this.world.tag);
    else if (type === packet.ANSWER) this.callers[slot]?.onPacket(first);
    else if (type === packet.SCALE) this.onScale(first);
    else this.outlets.onPacket(slot, link, type, first, count);
  }

  override onTimer(timer: number, arg: number): void {
    if (timer === STEP_ENDS || timer === WAIT_ENDS) {
      // The delivery it was set for may have left the place, because its wire was taken away.
      const place = this.places.ofTimer(arg);
      if (place === undefined) return;
      if (timer === STEP_ENDS) this.onStepEnds(place);
      else if (this.retry.waits === 'in-place' || place.call < 0) this.beginAgain(place);
      else this.settle(place, 'retry', 0);
    } else if (timer === FILL) {
      this.places.onFill();
    } else if (timer === SCALED) {
      this.scale();
    } else if (timer >= CLIENT_TIMERS) {
      const slot = clientOfTimer(timer);
      const client = this.consumers[slot] ?? this.callers[slot];
      if (client) client.onTimer(ownTimerOf(timer), arg);
      else this.outlets.onTimer(timer, arg);
    }
  }

  /** Another service asks. While all places are busy a call waits its turn with everything else, as far as there may be any. */
  private onCall(slot: number, obl: number, call: number): void {
    const { state, world } = this;
    state.called++;
    if (this.places.offer(obl, 1, slot, call, this.callsWaiting)) return;
    state.turnedAway++;
    world.obligations.dropMention(obl);
    this.answer(slot, call, packet.ANSWER_REFUSED);
  }

  /** A message comes straight from its sender: it is worked on here, or refused. */
  private onPublish(slot: number, msg: MsgIx, tag: number): void {
    const { places, state, world } = this;
    const { books, messages, obligations, oracle } = world;
    if (!places.hasRoom(this.callsWaiting)) {
      state.turnedAway++;
      books.closePublish(this.ix, PUB_REFUSED);
      books.countReason(false, PUB_REFUSED, this.place, FULL);
      oracle.missedPublish(this.ix, messages.sender[msg] as number, messages.number[msg] as number);
      world.tell(msg, 'refused', this.place, 0, FULL);
      messages.release(msg);
      world.send(this.answers[slot] as LinkIx, packet.REFUSE, 0, 1, tag);
      return;
    }
    state.received++;
    books.closePublish(this.ix, PUB_ACCEPTED);
    oracle.acceptedPublish(this.ix, messages.sender[msg] as number, messages.number[msg] as number);
    world.tell(msg, 'accepted', this.place, 0);
    const obl = obligations.openAccepted(msg, books.subscription(this.nodeId, this.ix), IN_FLIGHT);
    obligations.attempts[obl] = 1;
    places.offer(obl, 1, slot, -tag, Number.POSITIVE_INFINITY);
  }

  private answerSender(place: Place, type: PacketType): void {
    const link = this.answers[place.slot];
    if (link) this.world.send(link, type, 0, 1, -place.call);
  }

  private answer(slot: number, call: number, result: number): void {
    const link = this.answers[slot];
    if (link) this.world.send(link, packet.ANSWER, result, 1, call);
  }

  // ---------------------------------------------------------------- steps

  begin(place: Place): void {
    if (this.skipsExpired && place.call <= 0 && this.isTooLate(place)) {
      this.passOver(place);
      return;
    }
    this.world.tellOf(place.obl, 'begun', this.place, place.attempt);
    if (!this.crashesNow(1)) this.goOn(place);
  }

  /** Whether whoever asked has given up meanwhile. */
  private isTooLate({ obl }: Place): boolean {
    const { messages, now, obligations } = this.world;
    const deadlineNs = messages.deadlineNs[obligations.msg[obl] as number] as number;
    return deadlineNs !== 0 && (now[0] as number) >= deadlineNs;
  }

  /** Nobody waits for it any more: it is taken off the queue without a stroke of work. */
  private passOver(place: Place): void {
    this.state.tooLate++;
    this.world.obligations.conclude(place.obl, EXPIRED, this.place, LATE);
    if (place.call === 0) this.consumers[place.slot]?.settle(place.obl as OblIx, place.attempt, 'ack', 0, true);
    else this.answerSender(place, packet.REFUSE);
    this.leave(place);
  }

  /** Another attempt on what failed, without letting anything else into its place. */
  private beginAgain(place: Place): void {
    place.step = 0;
    place.isResting = false;
    place.again++;
    place.outlet = -1;
    this.world.tellOf(place.obl, 'begun', this.place, this.triesOf(place));
    if (!this.crashesNow(1)) this.goOn(place);
  }

  /** Attempts on the message so far, this one included. */
  private triesOf(place: Place): number {
    return place.attempt + place.again;
  }

  /** Whether the crash that is set after `steps` steps comes now; everything it held is gone then. */
  private crashesNow(steps: number): boolean {
    if (this.crashAfter !== steps) return false;
    if (this.crashChance < 1 && this.world.streams.uniform(this.crashStream) >= this.crashChance) return false;
    this.crashAndComeBack();
    return true;
  }

  private crashAndComeBack(): void {
    this.world.faults.begin(this.ix, FAULT_CRASH, this.restartAfterNs);
    this.world.lives.crash(this.ix);
  }

  /** Goes through the instructions from the current one on, until one takes time or the list ends. */
  private goOn(place: Place): void {
    const { instructions, settlesLast } = this.program;
    while (place.step < instructions.length) {
      const { operation, takes } = instructions[place.step] as Instruction;
      if (takes !== null) {
        this.startStep(place, takes);
        return;
      }
      if (operation === PUBLISH) {
        if (!this.publishResult(place)) return;
      } else if (operation === ASK) {
        if (this.startCall(place)) return;
      } else if (operation === CHECK || operation === REMEMBER) {
        if (operation === CHECK ? this.isRemembered(place) : !this.remember(place)) {
          this.skip(place);
          return;
        }
      } else if (operation === MARK) {
        this.remember(place);
      } else if (operation === ACKNOWLEDGE && !(settlesLast && place.step === instructions.length - 1)) this.acknowledge(place);
      place.step++;
      if (place.step < instructions.length && this.crashesNow(place.step + 1)) return;
    }
    this.finish(place);
  }

  private acknowledge(place: Place): void {
    if (place.isAcknowledged) return;
    place.isAcknowledged = true;
    if (place.call === 0) this.consumers[place.slot]?.settle(place.obl as OblIx, place.attempt, 'ack', 0, false);
    else if (place.call > 0) this.answer(place.slot, place.call, packet.ANSWER_OK);
    else this.answerSender(place, packet.CONFIRM);
  }

  private startStep(place: Place, takes: Law): void {
    const { world } = this;
    takes.drawInto(world.drawn);
    if (this.perKilobyteNs > 0 && this.program.instructions[place.step]?.operation === WORK) {
      const bytes = world.messages.sizeBytes[world.obligations.msg[place.obl] as number] as number;
      world.drawn[0] = (world.drawn[0] as number) + floor((bytes * this.perKilobyteNs) / 1000);
    }
    const slow = world.slowFactor(this.ix);
    const lengthNs = slow === 1 ? (world.drawn[0] as number) : floor((world.drawn[0] as number) * slow);
    world.at[0] = (world.now[0] as number) + lengthNs;
    this.places.noteEnd(place);
    world.arm(this.ix, STEP_ENDS, timerArgOf(place));
  }

  resume(place: Place, leftNs: number): void {
    const { world } = this;
    world.tellOf(place.obl, 'begun', this.place, this.triesOf(place));
    world.at[0] = (world.now[0] as number) + leftNs;
    this.places.noteEnd(place);
    world.arm(this.ix, STEP_ENDS, timerArgOf(place));
  }

  private onStepEnds(place: Place): void {
    const instruction = this.program.instructions[place.step];
    if (instruction !== undefined && this.hasFailed(place, instruction)) {
      this.fail(place);
      return;
    }
    // The transaction finds that it was done before: it changes nothing.
    if (instruction?.once === true && !this.remember(place)) {
      this.skip(place);
      return;
    }
    this.onStepDone(place, true);
  }

  /** A step that took time is over; `isDone` says whether it did what it is there for. */
  private onStepDone(place: Place, isDone: boolean): void {
    if (isDone && place.step === this.program.deed) this.succeed(place);
    place.step++;
    if (place.step >= this.program.instructions.length || !this.crashesNow(place.step + 1)) this.goOn(place);
  }

  /** `isNew`: whether it brought its effect about, and did not find it in place. */
  private succeed(place: Place, isNew = true): void {
    const { state, world } = this;
    const { obligations } = world;
    place.hasSucceeded = true;
    state.processed++;
    if (place.call <= 0) world.settled++;
    if (place.call > 0) {
      state.callsProcessed++;
      return;
    }
    const msg = obligations.msg[place.obl] as number;
    if (isNew ? obligations.succeed(place.obl) : obligations.succeedAgain(place.obl)) {
      // Whoever asked has given up: the answer is of no use to anybody.
      if (this.isTooLate(place)) world.oracle.wasted(this.places.workedNs(place));
      world.tell(msg, 'processed', this.place, this.triesOf(place));
    } else {
      world.oracle.wasted(this.places.workedNs(place));
      world.tell(msg, 'repeated', this.place, this.triesOf(place));
    }
  }

  /** Poison and the first attempts fail at whatever can fail; the rest is chance. */
  private hasFailed(place: Place, { operation, fails }: Instruction): boolean {
    if (operation !== WORK && operation !== CHARGE) return false;
    const { world } = this;
    const isPoison = ((world.messages.flags[world.obligations.msg[place.obl] as number] as number) & POISON) !== 0;
    if (isPoison && this.poisonRule !== 'ignored') return true;
    if (this.triesOf(place) <= this.failFirst) return true;
    return fails > 0 && world.streams.uniform(this.failureStream) < fails;
  }

  /** Hands the result to every outgoing wire, or to one drawn by share; false if it is blocked: the place waits at this step. */
  private publishResult(place: Place): boolean {
    const { outlets, state, traits, world } = this;
    if (outlets.count === 0) {
      // Nobody wants to hear of it.
      if (this.program.announces) world.obligations.announce(place.obl);
      return true;
    }
    if (this.routesByShare && place.outlet < 0) place.outlet = outlets.drawByShare(world.streams.uniform(this.routingStream));
    if (place.outlet >= 0 ? !outlets.isOpen(place.outlet) : !outlets.areOpen) {
      state.blocked.push(place.ix);
      return false;
    }
    const { messages } = world;
    const cause = world.obligations.msg[place.obl] as number;
    traits.key = messages.key[cause] as number;
    traits.sizeBytes = messages.sizeBytes[cause] as number;
    traits.type = messages.type[cause] as number;
    traits.priority = messages.priority[cause] as number;
    traits.flags = 0;
    traits.causeSender = messages.sender[cause] as number;
    traits.causeNumber = messages.number[cause] as number;
    state.published++;
    if (this.program.announces) world.obligations.announce(place.obl);
    world.tell(cause, 'published', this.place, this.triesOf(place));
    if (place.outlet >= 0) outlets.publishTo(place.outlet, state.published, traits);
    else outlets.publish(state.published, traits);
    place.outlet = -1;
    return true;
  }

  /** The list is at its end: the last receipt goes out, and the place is free for the next. */
  private finish(place: Place): void {
    const client = this.consumers[place.slot];
    const { obl, attempt } = place;
    if (!place.hasSucceeded) this.succeed(place);
    if (place.call !== 0) {
      this.acknowledge(place);
      this.leave(place);
      this.crashesNow(this.program.instructions.length + 1);
      return;
    }
    if (this.program.settlesLast && !place.isAcknowledged) client?.settle(obl as OblIx, attempt, 'ack', 0, true);
    else client?.freePlace();
    this.leave(place);
    this.crashesNow(this.program.instructions.length + 1);
  }

  /** Somebody has done this before: it is taken off the hands of whoever sent it, and nothing more is done. */
  private skip(place: Place): void {
    const { call, obl } = place;
    this.state.skipped++;
    this.world.tellOf(obl, 'recognised', this.place, this.triesOf(place));
    if (call <= 0) this.world.obligations.recognisedAt[obl] = this.place;
    if (call !== 0) {
      this.acknowledge(place);
      this.leave(place);
      return;
    }
    if (!place.isAcknowledged) this.consumers[place.slot]?.settle(obl as OblIx, place.attempt, 'ack', 0, true);
    else this.consumers[place.slot]?.freePlace();
    this.leave(place);
  }

  private leave(place: Place, reason = FORGOTTEN): void {
    const { call, obl, slot } = place;
    if (call === 0) this.state.held[slot] = (this.state.held[slot] as number) - 1;
    this.places.vacate(place);
    this.letGo(obl, call, reason);
    this.places.fillAfter(place);
  }

  // ---------------------------------------------------------------- failure

  private fail(place: Place): void {
    const { state, world } = this;
    const { obl } = place;
    const msg = world.obligations.msg[obl] as number;
    state.failed++;
    if (place.call > 0) {
      state.callsFailed++;
      world.oracle.wasted(this.places.workedNs(place));
      if (!place.isAcknowledged) this.answer(place.slot, place.call, packet.ANSWER_FAILED);
      this.leave(place);
      return;
    }
    world.books.countFailed(world.obligations.sub[obl] as number);
    const tries = this.triesOf(place);
    world.tell(msg, 'failed', this.place, tries);
    if (this.poisonRule === 'crashes' && ((world.messages.flags[msg] as number) & POISON) !== 0) {
      this.crashAndComeBack();
      return;
    }
    world.oracle.wasted(this.places.workedNs(place));
    if (place.isAcknowledged) {
      // The receipt is out already: nobody will ask for this again.
      this.consumers[place.slot]?.freePlace();
      this.leave(place);
      return;
    }
    const { retry } = this;
    // What came straight from its sender has no queue to wait in.
    const isHopeless = place.call < 0 && retry.waits === 'in-queue';
    if (isHopeless || retry.backoff === null || (retry.maxAttempts > 0 && tries >= retry.maxAttempts)) {
      world.tell(msg, 'given-up', this.place, tries);
      this.settle(place, 'reject', 0);
      return;
    }
    this.drawBackoff(obl, tries);
    const delayNs = floor((this.backoffCell[0] as number) + 0.5);
    if (retry.waits === 'in-queue') {
      this.settle(place, 'retry', delayNs);
      return;
    }
    place.isResting = true;
    world.at[0] = (world.now[0] as number) + delayNs;
    world.arm(this.ix, WAIT_ENDS, timerArgOf(place));
  }

  private drawBackoff(obl: number, tries: number): void {
    const { obligations, streams } = this.world;
    const backoff = this.retry.backoff;
    assert(backoff !== null, 'a retry without a backoff');
    const previous = obligations.previousDelay(obl) ?? firstPrevious(backoff);
    const u = usesDraw(backoff.strategy) ? streams.uniform(this.backoffStream) : 0;
    backoffInto(backoff, tries - 1, u, previous, this.backoffCell);
    if (this.backoffCell[1] !== previous) obligations.rememberDelay(obl, this.backoffCell[1] as number);
  }

  private settle(place: Place, outcome: 'retry' | 'reject', delayNs: number): void {
    if (place.call < 0) {
      this.answerSender(place, packet.REFUSE);
      this.leave(place, REJECTED);
      return;
    }
    this.consumers[place.slot]?.settle(place.obl as OblIx, place.attempt, outcome, delayNs, true);
    this.leave(place);
  }

  // ---------------------------------------------------------------- memory of what was done

  private isRemembered({ obl }: Place): boolean {
    const { messages, now, obligations } = this.world;
    const msg = obligations.msg[obl] as number;
    const sender = this.remembersKeys ? 0 : (messages.sender[msg] as number);
    const id = this.remembersKeys ? (messages.key[msg] as number) : (messages.number[msg] as number);
    return isSeen(this.memorySpec, this.state.memory, now[0] as number, sender, id);
  }

  /** True if it was not remembered before. */
  private remember({ obl }: Place): boolean {
    const { messages, now, obligations } = this.world;
    const msg = obligations.msg[obl] as number;
    const sender = this.remembersKeys ? 0 : (messages.sender[msg] as number);
    const id = this.remembersKeys ? (messages.key[msg] as number) : (messages.number[msg] as number);
    return checkAndMark(this.memorySpec, this.state.memory, now[0] as number, sender, id);
  }

  // ---------------------------------------------------------------- calls

  /** True if the place waits now, or has let go of what it had; false if nobody is asked. */
  private startCall(place: Place): boolean {
    const { share, to, question, options } = this.program.instructions[place.step] as Instruction;
    const caller = this.callerTo(to);
    if (caller === undefined || !this.isWithin(share, place)) return false;
    if (!caller.ask(place.ix, place.serial, place.obl, question, options)) this.onHeldBack(place, caller.whenHeldBack);
    return true;
  }

  private callerTo(to: string): Caller | undefined {
    for (const caller of this.callers) if (caller && (to === '' || caller.peerId === to)) return caller;
    return undefined;
  }

  /** Whether a message is among the share for which a step is done: its number decides, so that all its attempts agree. */
  private isWithin(share: number, place: Place): boolean {
    if (share >= 1) return true;
    const { messages, obligations } = this.world;
    const number = messages.number[obligations.msg[place.obl] as number] as number;
    return imul(number, 0x9e3779b1) >>> 0 < share * 4294967296;
  }

  onCallEnded(slot: number, ix: number, serial: number, result: CallResult): void {
    const place = this.places.find(ix, serial);
    if (place === undefined) return;
    const onConflict = this.program.instructions[place.step]?.onConflict;
    if (result === 'answered') this.onStepDone(place, true);
    else if (result === 'held-back') this.onHeldBack(place, this.callers[slot]?.whenHeldBack ?? 'fail');
    else if (result !== 'known' && (result !== 'conflict' || onConflict === 'fail')) this.fail(place);
    else if (result === 'conflict' && onConflict === 'skip') this.skip(place);
    else {
      if (place.step === this.program.deed) this.succeed(place, false);
      this.onStepDone(place, false);
    }
  }

  private onHeldBack(place: Place, whenHeldBack: WhenHeldBack): void {
    if (place.call !== 0 || whenHeldBack === 'fail' || place.isAcknowledged) this.fail(place);
    else if (whenHeldBack === 'requeue') this.settle(place, 'retry', this.retry.backoff?.base ?? 0);
    else {
      this.world.tellOf(place.obl, 'given-up', this.place, this.triesOf(place));
      this.settle(place, 'reject', 0);
    }
  }

  /** The wire to the other service is gone: no answer will come. */
  private abandonCalls(slot: number, caller: Caller): void {
    for (const { place: ix, serial } of caller.letAllGo()) this.onCallEnded(slot, ix, serial, 'timed-out');
  }

  /** A place lets go of what it asked for. */
  private forgetCall(place: Place): void {
    for (const caller of this.callers) caller?.forget(place.ix);
  }

  // ---------------------------------------------------------------- results

  onFlow(_client: number, isOpen: boolean): void {
    if (isOpen) this.resumeBlocked();
    else this.world.notice('notice.held-back', this.nodeId);
  }

  onOutcome(): void {}

  private resumeBlocked(): void {
    const waiting = this.state.blocked;
    if (waiting.length === 0) return;
    this.state.blocked = [];
    for (const ix of waiting) {
      const place = this.places.takenAt(ix);
      if (place !== undefined) this.goOn(place);
    }
  }

  // ---------------------------------------------------------------- gauges

  override sample(out: Float64Array, at: number): void {
    const { state } = this;
    const { busy, desk, interrupted } = this.places.state;
    out[at] = busy;
    out[at + 1] = desk.count + interrupted.length;
    // While replicas that go finish what they hold, more is at work than there are places.
    out[at + 2] = busy / max(busy, this.places.count, 1);
    out[at + 3] = state.received;
    out[at + 4] = state.processed;
    out[at + 5] = state.failed;
    out[at + 6] = state.called;
    out[at + 7] = state.turnedAway;
    out[at + 8] = state.skipped;
    out[at + 9] = seenCount(this.memorySpec, state.memory, this.world.now[0] as number);
    for (let gauge = 10; gauge < 16; gauge++) out[at + gauge] = 0;
    for (const caller of this.callers) {
      if (!caller) continue;
      const { guards, heldBack, late, out: callsOut, timedOut } = caller.state;
      out[at + 10] = max(out[at + 10] as number, openness(guards));
      out[at + 11] = (out[at + 11] as number) + guards.opened;
      out[at + 12] = (out[at + 12] as number) + late;
      out[at + 13] = (out[at + 13] as number) + callsOut;
      out[at + 14] = (out[at + 14] as number) + timedOut;
      out[at + 15] = (out[at + 15] as number) + heldBack;
    }
    out[at + 16] = state.tooLate;
    out[at + 17] = this.places.busySeconds();
    out[at + 18] = this.places.count;
  }

  inside(): Inside {
    const { callers, consumers, outlets, peers, places, program, state, world } = this;
    return [
      ...serviceInside({
        world,
        places,
        program,
        peers,
        blocked: state.blocked,
        memory: state.memory,
        memorySpec: this.memorySpec,
        restsUntilNs: () => world.timersOf(this.ix, WAIT_ENDS),
      }),
      ...callers.flatMap((caller) => caller?.inside() ?? []),
      ...consumers.flatMap((consumer) => consumer?.inside?.() ?? []),
      ...outlets.inside(),
    ];
  }

  sampleWire(slot: number, out: Float64Array, at: number): void {
    const caller = this.callers[slot];
    if (!caller) return;
    const { guards, out: callsOut, waiting } = caller.state;
    out[at] = guards.breaker === null ? 0 : openness(guards) + 1;
    out[at + 1] = callsOut;
    out[at + 2] = waiting.length;
  }

  sampleLanes(out: Float64Array, at: number, most: number): number {
    const { places } = this;
    if (!places.areLanes) return 0;
    const lanes = min(places.count, most);
    for (let lane = 0, to = at; lane < lanes; lane++, to += LANE_STRIDE) {
      out[to + LANE.NUMBER] = lane;
      out[to + LANE.HEAD] = this.headOf(places.takenAt(lane));
      out[to + LANE.BEHIND] = places.behind(lane);
    }
    return lanes;
  }

  private headOf(place: Place | undefined): number {
    if (place === undefined) return LANE_HEAD.FREE;
    if (place.isResting) return LANE_HEAD.TO_RETRY;
    return this.program.instructions[place.step]?.operation === ASK ? LANE_HEAD.ASKING : LANE_HEAD.IN_WORK;
  }
}

export const SERVICE_BEHAVIOUR: NodeBehaviour = {
  expand(_self, _params, _parts, plan) {
    plan.actor('', (world, actor) => new Service(world, actor));
  },
  publisher: directPublisher,
};
