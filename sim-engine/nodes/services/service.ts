// The service at work, shown as worker: takes deliveries on its desk, works on as many at once as it has places, each by its
// list of steps, and settles them through the consumer client of the wire they came on. It knows no broker. Calls of other services
// are worked on in the same way, at the same places, and answered.

import { assert } from '../../kernel/assert.ts';
import type { Law } from '../../kernel/distributions.ts';
import { floor, max, min } from '../../kernel/exact-math.ts';
import type { LinkIx, MsgIx, OblIx, StreamIx } from '../../kernel/ids.ts';
import type { LawSpec } from '../../kernel/law-spec.ts';
import { StatefulActor } from '../../world/actor.ts';
import { STALLED, UP } from '../../world/actor-table.ts';
import { EXPIRED, IN_FLIGHT, PUB_ACCEPTED, PUB_REFUSED } from '../../world/books.ts';
import { FAULT_CRASH } from '../../world/faults.ts';
import type { Inside } from '../../world/inside.ts';
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
import { Outlets } from '../publishing.ts';
import { behaviourOf } from '../registry.ts';
import type { CallerHost, CallResult, WhenHeldBack } from './caller.ts';
import { CallsOut } from './calls-out.ts';
import { directPublisher } from './direct.ts';
import { Failure } from './failure.ts';
import { Memory } from './memory.ts';
import { type Place, Places, type PlacesHost, timerArgOf, triesOf } from './places.ts';
import { ACKNOWLEDGE, ASK, CHECK, type Instruction, MARK, type Program, PUBLISH, programOf, REMEMBER, WORK } from './program.ts';
import { Results } from './results.ts';
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
  called: number;
  turnedAway: number;
  skipped: number;
  tooLate: number;
  received: number;
  processed: number;
  failed: number;
  /** How many of those were calls, which are in no book of ours: whoever asked is the one who owes the work. */
  callsProcessed: number;
  callsFailed: number;
  /** How many replicas there are to be, by the last word of an autoscaler. */
  told: number;
}

class Service extends StatefulActor implements ConsumerHost, PublisherHost, CallerHost, PlacesHost {
  override state: ServiceState = {
    held: [],
    called: 0,
    turnedAway: 0,
    skipped: 0,
    tooLate: 0,
    received: 0,
    processed: 0,
    failed: 0,
    callsProcessed: 0,
    callsFailed: 0,
    told: 1,
  };
  private readonly world: World;
  private readonly nodeId: string;
  private readonly place: number;
  private readonly consumers: (ConsumerClient | null)[] = [];
  private readonly places: Places;
  private readonly outlets: Outlets;
  private readonly results: Results;
  private readonly callsOut: CallsOut;
  private readonly failure: Failure;
  /** Messages, or keys, that are remembered as done. */
  private readonly memory: Memory;
  /** By slot: the links on which it answers. */
  private readonly answers: (LinkIx | null)[] = [];
  /** By slot: document id of the node at the other end. */
  private readonly peers: string[] = [];
  /** The wire on which it is told how many replicas work; -1 without one. */
  private scaledSlot = -1;
  private readonly crashStream: StreamIx;
  private program!: Program;
  /** What each kilobyte of a message adds to the work, ns. */
  private perKilobyteNs = 0;
  private callsWaiting = 0;
  private skipsExpired = false;
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
    this.crashStream = world.stream(self.nodeId, 'crash');
    this.results = new Results(world, self.nodeId, this.place, this.outlets, self.params);
    this.callsOut = new CallsOut(world, this);
    this.failure = new Failure(world, self.nodeId, self.params);
    this.memory = new Memory(world, self.params);
    this.readParams(self.params);
    this.places = new Places(world, this, FILL, self.params);
  }

  protected override statefulParts() {
    const { callsOut, consumers, memory, outlets, places, results } = this;
    const count = max(consumers.length, outlets.clients.length, callsOut.slots);
    const clients = Array.from({ length: count }, (_, slot) => consumers[slot] ?? outlets.clients[slot] ?? callsOut.at(slot));
    return [places, memory, results, ...clients];
  }

  private readParams(params: Params): void {
    this.perKilobyteNs = params.perKilobyte as number;
    this.skipsExpired = params.skipsExpired as boolean;
    this.callsWaiting = params.callsWaiting as number;
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
      this.callsOut.attach(slot, connection);
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
    const caller = this.callsOut.at(slot);
    if (caller !== null) {
      this.callsOut.detach(slot, caller);
      return;
    }
    if (slot === this.scaledSlot) {
      this.scaledSlot = -1;
      this.onScale(1);
      return;
    }
    this.consumers[slot]?.onDisconnected?.();
    this.consumers[slot] = null;
    this.answers[slot] = null;
    this.places.dropOf(
      slot,
      ({ obl, call }) => this.letGo(obl, call, REMOVED),
      (place) => {
        this.letGo(place.obl, place.call, REMOVED);
        this.callsOut.forget(place);
        this.places.vacate(place);
        this.results.forget(place);
      },
    );
    this.state.held[slot] = 0;
    this.places.fill();
  }

  override onWireParams(slot: number, connection: Connection): void {
    this.consumers[slot]?.onParams(connection);
    this.outlets.onParams(slot, connection);
    this.callsOut.at(slot)?.onParams(connection);
  }

  override onParams(params: Params): void {
    const { count } = this.places;
    this.readParams(params);
    this.failure.onParams(params);
    this.memory.onParams(params);
    this.results.onParams(params);
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
    this.memory.onCrash();
    for (const consumer of this.consumers) consumer?.onCrash();
    this.outlets.onCrash();
    this.callsOut.onCrash();
  }

  override onRestart(): void {
    this.onStart();
  }

  override onRemoved(): void {
    this.letEverythingGo(REMOVED);
    for (const consumer of this.consumers) consumer?.onDisconnected?.();
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
    this.results.forgetAll();
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
    else if (type === packet.ANSWER) this.callsOut.at(slot)?.onPacket(first);
    else if (type === packet.SCALE) this.onScale(first);
    else this.outlets.onPacket(slot, link, type, first, count);
  }

  override onTimer(timer: number, arg: number): void {
    if (timer === STEP_ENDS || timer === WAIT_ENDS) {
      // The delivery it was set for may have left the place, because its wire was taken away.
      const place = this.places.ofTimer(arg);
      if (place === undefined) return;
      if (timer === STEP_ENDS) this.onStepEnds(place);
      else if (this.failure.waitsInPlace || place.call < 0) this.beginAgain(place);
      else this.settle(place, 'retry', 0);
    } else if (timer === FILL) {
      this.places.onFill();
    } else if (timer === SCALED) {
      this.scale();
    } else if (timer >= CLIENT_TIMERS) {
      const slot = clientOfTimer(timer);
      const client = this.consumers[slot] ?? this.callsOut.at(slot);
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
    this.world.tellOf(place.obl, 'begun', this.place, triesOf(place));
    if (!this.crashesNow(1)) this.goOn(place);
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
        if (!this.results.publish(place, this.program.announces)) return;
      } else if (operation === ASK) {
        if (this.startCall(place, instructions[place.step] as Instruction)) return;
      } else if (operation === CHECK || operation === REMEMBER) {
        if (operation === CHECK ? this.memory.isRemembered(place.obl) : !this.memory.remember(place.obl)) {
          this.skip(place);
          return;
        }
      } else if (operation === MARK) {
        this.memory.remember(place.obl);
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
    world.tellOf(place.obl, 'begun', this.place, triesOf(place));
    world.at[0] = (world.now[0] as number) + leftNs;
    this.places.noteEnd(place);
    world.arm(this.ix, STEP_ENDS, timerArgOf(place));
  }

  private onStepEnds(place: Place): void {
    const instruction = this.program.instructions[place.step];
    if (instruction !== undefined && this.failure.hasFailed(place, instruction)) {
      this.fail(place);
      return;
    }
    // The transaction finds that it was done before: it changes nothing.
    if (instruction?.once === true && !this.memory.remember(place.obl)) {
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
      world.tell(msg, 'processed', this.place, triesOf(place));
    } else {
      world.oracle.wasted(this.places.workedNs(place));
      world.tell(msg, 'repeated', this.place, triesOf(place));
    }
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
    this.world.tellOf(obl, 'recognised', this.place, triesOf(place));
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
    const tries = triesOf(place);
    world.tell(msg, 'failed', this.place, tries);
    if (this.failure.isDeadly(msg)) {
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
    if (this.failure.isFinal(place)) {
      world.tell(msg, 'given-up', this.place, tries);
      this.settle(place, 'reject', 0);
      return;
    }
    const delayNs = this.failure.drawWaitNs(place);
    if (this.failure.waitsInQueue) {
      this.settle(place, 'retry', delayNs);
      return;
    }
    place.isResting = true;
    world.at[0] = (world.now[0] as number) + delayNs;
    world.arm(this.ix, WAIT_ENDS, timerArgOf(place));
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

  // ---------------------------------------------------------------- calls

  /** True if the place waits now, or has let go of what it had; false if nobody is asked. */
  private startCall(place: Place, instruction: Instruction): boolean {
    const asked = this.callsOut.ask(place, instruction);
    if (asked === 'nobody') return false;
    if (asked !== 'under-way') this.onHeldBack(place, asked);
    return true;
  }

  onCallEnded(slot: number, ix: number, serial: number, result: CallResult): void {
    const place = this.places.find(ix, serial);
    if (place === undefined) return;
    const onConflict = this.program.instructions[place.step]?.onConflict;
    if (result === 'answered') this.onStepDone(place, true);
    else if (result === 'held-back') this.onHeldBack(place, this.callsOut.at(slot)?.whenHeldBack ?? 'fail');
    else if (result !== 'known' && (result !== 'conflict' || onConflict === 'fail')) this.fail(place);
    else if (result === 'conflict' && onConflict === 'skip') this.skip(place);
    else {
      if (place.step === this.program.deed) this.succeed(place, false);
      this.onStepDone(place, false);
    }
  }

  private onHeldBack(place: Place, whenHeldBack: WhenHeldBack): void {
    if (place.call !== 0 || whenHeldBack === 'fail' || place.isAcknowledged) this.fail(place);
    else if (whenHeldBack === 'requeue') this.settle(place, 'retry', this.failure.baseWaitNs);
    else {
      this.world.tellOf(place.obl, 'given-up', this.place, triesOf(place));
      this.settle(place, 'reject', 0);
    }
  }

  // ---------------------------------------------------------------- results

  onFlow(_client: number, isOpen: boolean): void {
    if (isOpen) this.resumeBlocked();
    else this.world.notice('notice.held-back', this.nodeId);
  }

  onOutcome(): void {}

  private resumeBlocked(): void {
    for (const ix of this.results.takeBlocked()) {
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
    out[at + 9] = this.memory.count();
    this.callsOut.sample(out, at + 10);
    out[at + 16] = state.tooLate;
    out[at + 17] = this.places.busySeconds();
    out[at + 18] = this.places.count;
  }

  inside(): Inside {
    const { callsOut, consumers, memory, outlets, peers, places, program, results, world } = this;
    return [
      ...serviceInside({
        world,
        places,
        program,
        peers,
        blocked: results.state.blocked,
        memory: memory.state,
        memorySpec: memory.spec,
        restsUntilNs: () => world.timersOf(this.ix, WAIT_ENDS),
      }),
      ...callsOut.inside(),
      ...consumers.flatMap((consumer) => consumer?.inside?.() ?? []),
      ...outlets.inside(),
    ];
  }

  sampleWire(slot: number, out: Float64Array, at: number): void {
    this.callsOut.sampleWire(slot, out, at);
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
