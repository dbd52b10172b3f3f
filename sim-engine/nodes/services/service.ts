// The service at work, shown as worker: takes deliveries on its desk, works on as many at once as it has places, each by its
// list of steps, and settles them through the consumer client of the wire they came on. It knows no broker. Calls of other services
// are worked on in the same way, at the same places, and answered.

import { assert } from '../../kernel/assert.ts';
import type { Law } from '../../kernel/distributions.ts';
import { floor, imul, max } from '../../kernel/exact-math.ts';
import type { LinkIx, OblIx, StreamIx } from '../../kernel/ids.ts';
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
import { type FreeLanes, freeLane, newFreeLanes, takeFreeLane } from '../../parts/lanes.ts';
import { StatefulActor } from '../../world/actor.ts';
import { IN_FLIGHT } from '../../world/books.ts';
import { POISON } from '../../world/messages.ts';
import * as packet from '../../world/packet-types.ts';
import { actorPlace, CRASH, FORGOTTEN, REMOVED } from '../../world/reasons.ts';
import { FAULT_CRASH, type World } from '../../world/world.ts';
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
import { clearDesk, type Desk, type DeskRow, newDesk, putOn, takeFrom, waitsIn } from './desk.ts';
import { openness } from './guards.ts';
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

/** Timers of a place: its step is over, its wait before another attempt is over. */
const STEP_ENDS = 0;
const WAIT_ENDS = 1;
/** Everything that ends at this instant has ended: now the place that is free longest can be told. */
const FILL = 2;

/** One delivery being worked on. Places are used again, the one that was free last goes first; in lanes the key says which. */
interface Place {
  readonly ix: number;
  obl: number;
  attempt: number;
  client: number;
  /** The caller's number of the call that is worked on, 0 for a delivery. */
  call: number;
  /** Index into the instructions of what is going on now. */
  step: number;
  /** How often it was begun again without leaving the place. */
  again: number;
  /** Slot of the wire that the result goes out on, once it is drawn; -1 before. */
  outlet: number;
  isAcknowledged: boolean;
  hasSucceeded: boolean;
  /** Raised by each delivery that takes the place: a timer set for an earlier one is passed over. */
  serial: number;
}

/** A timer's argument names the place and its serial; the engine allows at most 10,000 places. */
const PLACE_BITS = 14;
const SERIAL_MASK = 0xffff;

interface ServiceState {
  places: Place[];
  free: number[];
  /** The same in order of how long they are free, while that decides who begins. */
  longestFree: FreeLanes;
  isFillArmed: boolean;
  busy: number;
  /** Deliveries that no place is free for. */
  desk: Desk;
  /** By client: how many deliveries it has here, on the desk or being worked on. */
  held: number[];
  /** Places whose `publish` step waits until a channel takes messages again. */
  blocked: number[];
  called: number;
  turnedAway: number;
  skipped: number;
  /** Messages, or keys, that are remembered as done. */
  memory: DedupWindow;
  received: number;
  processed: number;
  failed: number;
  published: number;
  /** [sum over places of the time they were busy, up to when], ns: in one array, since fields that outgrow 31 bits change shape. */
  busyTime: Float64Array;
  /** When each place's delivery began, ns. */
  beganNs: Float64Array;
}

class Service extends StatefulActor implements ConsumerHost, PublisherHost, CallerHost {
  override state: ServiceState = {
    places: [],
    free: [],
    longestFree: newFreeLanes(0),
    isFillArmed: false,
    busy: 0,
    desk: newDesk(),
    held: [],
    blocked: [],
    called: 0,
    turnedAway: 0,
    skipped: 0,
    memory: newDedupWindow(),
    received: 0,
    processed: 0,
    failed: 0,
    published: 0,
    busyTime: new Float64Array(2),
    beganNs: new Float64Array(16),
  };
  private readonly world: World;
  private readonly nodeId: string;
  private readonly place: number;
  private readonly consumers: (ConsumerClient | null)[] = [];
  private readonly outlets: Outlets;
  /** By slot: the wires on which it asks, and the links on which it answers. */
  private readonly callers: (Caller | null)[] = [];
  private readonly answers: (LinkIx | null)[] = [];
  private readonly failureStream: StreamIx;
  private readonly backoffStream: StreamIx;
  private readonly routingStream: StreamIx;
  private readonly crashStream: StreamIx;
  private readonly backoffCell = new Float64Array(2);
  private readonly traits: MessageTraits = { key: -1, sizeBytes: 0, type: 0, flags: 0, causeSender: 0, causeNumber: 0 };
  private readonly row: DeskRow = { obl: 0, attempt: 0, slot: 0, call: 0 };
  private program!: Program;
  private retry!: RetryPolicy;
  private places = 1;
  private failFirst = 0;
  private poisonRule = 'fails';
  /** Whether the key says which place a delivery goes to. */
  private hasLanes = false;
  private takesLongestFree = false;
  /** What each kilobyte of a message adds to the work, ns. */
  private perKilobyteNs = 0;
  private takesNewest = false;
  private callsWaiting = 0;
  private memorySpec: DedupSpec = { ttlNs: 0, maxCount: 0 };
  private remembersKeys = false;
  private keepsMemory = false;
  /** Whether places are being filled right now: who leaves one meanwhile need not do it again. */
  private isFilling = false;
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
    if (this.takesLongestFree) this.state.longestFree = newFreeLanes(this.places);
  }

  protected override statefulParts() {
    const { callers, consumers, outlets } = this;
    const count = max(consumers.length, outlets.clients.length, callers.length);
    return Array.from({ length: count }, (_, slot) => consumers[slot] ?? outlets.clients[slot] ?? callers[slot] ?? null);
  }

  private readParams(params: Params): void {
    this.places = params.concurrency as number;
    this.failFirst = params.failFirst as number;
    this.poisonRule = params.poison as string;
    this.retry = retryPolicyOf(params);
    this.hasLanes = params.assignment === 'by-key';
    this.takesLongestFree = params.assignment === 'longest-free';
    this.perKilobyteNs = params.perKilobyte as number;
    this.memorySpec = { ttlNs: params.memoryTtl as number, maxCount: params.memoryBound as number };
    this.remembersKeys = params.memory === 'key';
    this.keepsMemory = params.memoryKept as boolean;
    this.callsWaiting = params.callsWaiting as number;
    this.takesNewest = params.deskOrder === 'newest-first';
    this.routesByShare = params.routing === 'one-by-share';
    this.crashAfter = params.crashAfter as number;
    this.crashChance = params.crashChance as number;
    this.restartAfterNs = params.restartAfter as number;
    this.program = programOf(this.world, this.nodeId, params, this.world.law(params.work as LawSpec, this.nodeId, 'work'));
  }

  // ---------------------------------------------------------------- life

  override attach(slot: number, connection: Connection): void {
    if (connection.port === 'out') {
      this.outlets.attach(slot, connection);
      return;
    }
    if (connection.port === 'calls') {
      this.callers[slot] = new Caller(this.world, this, slot, connection);
      return;
    }
    if (connection.port === 'asked') {
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
    this.consumers[slot] = null;
    this.answers[slot] = null;
    this.keepBusyTime();
    clearDesk(this.state.desk, this.row, (row) => {
      if (row.slot === slot) this.letGo(row.obl, row.call, REMOVED);
      else this.putOnDesk(row);
    });
    for (let ix = 0; ix < this.state.places.length; ix++) {
      const place = this.state.places[ix];
      if (place?.client !== slot) continue;
      this.letGo(place.obl, place.call, REMOVED);
      this.forgetCall(place);
      this.vacate(ix);
      this.state.blocked = this.state.blocked.filter((blocked) => blocked !== ix);
    }
    this.state.held[slot] = 0;
    this.fillPlaces();
  }

  override onWireParams(slot: number, connection: Connection): void {
    this.consumers[slot]?.onParams(connection);
    this.outlets.onParams(slot, connection);
    this.callers[slot]?.onParams(connection);
  }

  override onParams(params: Params): void {
    const { places, hasLanes, takesLongestFree } = this;
    this.readParams(params);
    const isSameRule = hasLanes === this.hasLanes && takesLongestFree === this.takesLongestFree;
    if (places === this.places && isSameRule) return;
    if (!isSameRule || this.hasLanes || this.takesLongestFree) this.assignAnew();
    if (places !== this.places) for (const consumer of this.consumers) consumer?.onConcurrency(this.places);
    this.fillPlaces();
  }

  override onStart(): void {
    for (const consumer of this.consumers) consumer?.start();
    this.outlets.start();
  }

  override onCrash(): void {
    this.letEverythingGo(CRASH);
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
    this.keepBusyTime();
    for (const place of state.places) {
      if (place.obl === 0) continue;
      world.oracle.wasted(this.workedNs(place));
      this.letGo(place.obl, place.call, reason);
    }
    clearDesk(state.desk, this.row, ({ obl, call }) => this.letGo(obl, call, reason));
    state.places = [];
    state.free = [];
    state.isFillArmed = false;
    this.countFree();
    state.blocked = [];
    state.busy = 0;
    state.held = state.held.map(() => 0);
  }

  /** What it has of a piece of work: one of the causes of a delivery, or only the word of a call. */
  private letGo(obl: number, call: number, reason: number): void {
    if (call === 0) this.world.obligations.dropCause(obl, this.place, reason);
    else this.world.obligations.dropMention(obl);
  }

  // ---------------------------------------------------------------- deliveries

  concurrency(): number {
    return this.places;
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
    const { row } = this;
    row.obl = obl;
    row.attempt = attempt;
    row.slot = client;
    row.call = 0;
    const ix = this.placeFor(row);
    if (ix >= 0) this.begin(ix, row);
    else this.putOnDesk(row);
  }

  override onPacket(link: LinkIx, type: number, first: number, count: number): void {
    const slot = this.world.links.toSlot[link] as number;
    const consumer = this.consumers[slot];
    if (consumer) consumer.onPacket(link, type, first, count);
    else if (type === packet.CALL) this.onCall(slot, first, this.world.tag);
    else if (type === packet.ANSWER) this.callers[slot]?.onPacket(first);
    else this.outlets.onPacket(slot, link, type, first, count);
  }

  override onTimer(timer: number, arg: number): void {
    if (timer === STEP_ENDS || timer === WAIT_ENDS) {
      const ix = arg & ((1 << PLACE_BITS) - 1);
      const place = this.state.places[ix];
      // The delivery it was set for has left the place, because its wire was taken away.
      if (place === undefined || place.obl === 0 || place.serial !== arg >>> PLACE_BITS) return;
      if (timer === STEP_ENDS) this.onStepEnds(ix, place);
      else if (this.retry.waits === 'in-place') this.beginAgain(ix, place);
      else this.settle(ix, 'retry', 0);
    } else if (timer === FILL) {
      this.state.isFillArmed = false;
      this.fillPlaces();
    } else if (timer >= CLIENT_TIMERS) {
      const slot = clientOfTimer(timer);
      const client = this.consumers[slot] ?? this.callers[slot];
      if (client) client.onTimer(ownTimerOf(timer), arg);
      else this.outlets.onTimer(timer, arg);
    }
  }

  /** Another service asks. While all places are busy a call waits its turn with everything else, as far as there may be any. */
  private onCall(slot: number, obl: number, call: number): void {
    const { row, state } = this;
    state.called++;
    row.obl = obl;
    row.attempt = 1;
    row.slot = slot;
    row.call = call;
    const ix = this.placeFor(row);
    if (ix >= 0) this.begin(ix, row);
    else if (state.desk.count < this.callsWaiting) this.putOnDesk(row);
    else {
      state.turnedAway++;
      this.world.obligations.dropMention(obl);
      this.answer(slot, call, packet.ANSWER_REFUSED);
    }
  }

  private answer(slot: number, call: number, result: number): void {
    const link = this.answers[slot];
    if (link) this.world.send(link, packet.ANSWER, result, 1, call);
  }

  /** Line of the desk, and number of the place, that a piece of work belongs to; with free places all stand in one line. */
  private laneOf(row: DeskRow): number {
    if (!this.hasLanes) return 0;
    const { messages, obligations } = this.world;
    const msg = obligations.msg[row.obl] as number;
    const key = messages.key[msg] as number;
    return (key >= 0 ? key : (messages.number[msg] as number)) % this.places;
  }

  private putOnDesk(row: DeskRow): void {
    putOn(this.state.desk, this.laneOf(row), row);
  }

  /** Number of the place that can begin this now, -1 if it must wait. */
  private placeFor(row: DeskRow): number {
    const { state } = this;
    if (state.busy >= this.places) return -1;
    if (this.takesLongestFree && !this.isFilling) {
      this.fillSoon();
      return -1;
    }
    if (this.hasLanes) {
      const lane = this.laneOf(row);
      return (state.places[lane]?.obl ?? 0) === 0 ? lane : -1;
    }
    if (this.takesLongestFree) return takeFreeLane(state.longestFree);
    return state.free.length > 0 ? (state.free.pop() as number) : state.places.length;
  }

  /** Takes from the desk as much as there are places for. */
  private fillPlaces(): void {
    const { desk } = this.state;
    if (this.isFilling) return;
    if (this.hasLanes) {
      for (let lane = 0; lane < this.places && desk.count > 0; lane++) this.fillLane(lane);
      return;
    }
    this.isFilling = true;
    while (desk.count > 0 && this.state.busy < this.places) this.beginNext(0);
    this.isFilling = false;
  }

  private fillSoon(): void {
    if (this.state.isFillArmed) return;
    this.state.isFillArmed = true;
    this.world.at[0] = this.world.now[0] as number;
    this.world.arm(this.ix, FILL, 0);
  }

  /** A place may be free again within its turn, when what begins there is over at once. */
  private fillLane(lane: number): void {
    if (this.isFilling) return;
    this.isFilling = true;
    while (waitsIn(this.state.desk, lane) > 0 && (this.state.places[lane]?.obl ?? 0) === 0) this.beginNext(lane);
    this.isFilling = false;
  }

  private beginNext(line: number): void {
    takeFrom(this.state.desk, line, this.takesNewest, this.row);
    const ix = this.placeFor(this.row);
    this.begin(ix, this.row);
  }

  /** The number of lanes, or whether there are any, has changed: what waits is sorted anew, what is in work stays where it is. */
  private assignAnew(): void {
    const { state } = this;
    const waiting: DeskRow[] = [];
    clearDesk(state.desk, this.row, (row) => waiting.push({ ...row }));
    for (const row of waiting) this.putOnDesk(row);
    state.free = [];
    for (const place of state.places) if (place.obl === 0) state.free.push(place.ix);
    this.countFree();
  }

  /** All places that are free now, as if they were free for equally long. */
  private countFree(): void {
    const { state } = this;
    state.longestFree = newFreeLanes(this.takesLongestFree ? this.places : 0);
    const { longestFree } = state;
    longestFree.count = 0;
    for (let ix = 0; ix < longestFree.heap.length; ix++) {
      if ((state.places[ix]?.obl ?? 0) === 0) longestFree.heap[longestFree.count++] = ix;
    }
  }

  // ---------------------------------------------------------------- steps

  private begin(ix: number, { obl, attempt, slot, call }: DeskRow): void {
    const { state, world } = this;
    this.keepBusyTime();
    for (let at = state.places.length; at <= ix; at++) state.places.push(emptyPlace(at));
    while (ix >= state.beganNs.length) state.beganNs = doubled(state.beganNs);
    const place = state.places[ix] as Place;
    place.obl = obl;
    place.attempt = attempt;
    place.client = slot;
    place.call = call;
    place.step = 0;
    place.again = 0;
    place.outlet = -1;
    place.isAcknowledged = false;
    place.hasSucceeded = false;
    place.serial = (place.serial + 1) & SERIAL_MASK;
    state.beganNs[ix] = world.now[0] as number;
    state.busy++;
    world.tellOf(obl, 'begun', this.place, attempt);
    if (!this.crashesNow(1)) this.goOn(ix);
  }

  /** Another attempt on what failed, without letting anything else into its place. */
  private beginAgain(ix: number, place: Place): void {
    place.step = 0;
    place.again++;
    place.outlet = -1;
    this.world.tellOf(place.obl, 'begun', this.place, this.triesOf(place));
    if (!this.crashesNow(1)) this.goOn(ix);
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
    this.world.beginFault(this.ix, FAULT_CRASH, this.restartAfterNs);
    this.world.crash(this.ix);
  }

  /** Goes through the instructions from the current one on, until one takes time or the list ends. */
  private goOn(ix: number): void {
    const place = this.state.places[ix] as Place;
    const { instructions, settlesLast } = this.program;
    while (place.step < instructions.length) {
      const { operation, takes } = instructions[place.step] as Instruction;
      if (takes !== null) {
        this.startStep(ix, place, takes);
        return;
      }
      if (operation === PUBLISH) {
        if (!this.publishResult(ix, place)) return;
      } else if (operation === ASK) {
        if (this.startCall(ix, place)) return;
      } else if (operation === CHECK || operation === REMEMBER) {
        if (operation === CHECK ? this.isRemembered(place) : !this.remember(place)) {
          this.skip(ix, place);
          return;
        }
      } else if (operation === MARK) {
        this.remember(place);
      } else if (operation === ACKNOWLEDGE && !(settlesLast && place.step === instructions.length - 1)) this.acknowledge(place);
      place.step++;
      if (place.step < instructions.length && this.crashesNow(place.step + 1)) return;
    }
    this.finish(ix, place);
  }

  private acknowledge(place: Place): void {
    if (place.isAcknowledged) return;
    place.isAcknowledged = true;
    if (place.call === 0) this.consumers[place.client]?.settle(place.obl as OblIx, place.attempt, 'ack', 0, false);
    else this.answer(place.client, place.call, packet.ANSWER_OK);
  }

  private startStep(ix: number, place: Place, takes: Law): void {
    const { world } = this;
    takes.drawInto(world.drawn);
    if (this.perKilobyteNs > 0 && this.program.instructions[place.step]?.operation === WORK) {
      const bytes = world.messages.sizeBytes[world.obligations.msg[place.obl] as number] as number;
      world.drawn[0] = (world.drawn[0] as number) + floor((bytes * this.perKilobyteNs) / 1000);
    }
    const slow = world.slowFactor(this.ix);
    const lengthNs = slow === 1 ? (world.drawn[0] as number) : floor((world.drawn[0] as number) * slow);
    world.at[0] = (world.now[0] as number) + lengthNs;
    world.arm(this.ix, STEP_ENDS, (place.serial << PLACE_BITS) | ix);
  }

  private onStepEnds(ix: number, place: Place): void {
    const instruction = this.program.instructions[place.step];
    if (instruction !== undefined && this.hasFailed(place, instruction)) {
      this.fail(ix, place);
      return;
    }
    // The transaction finds that it was done before: it changes nothing.
    if (instruction?.once === true && !this.remember(place)) {
      this.skip(ix, place);
      return;
    }
    this.onStepDone(ix, place, true);
  }

  /** A step that took time is over; `isDone` says whether it did what it is there for. */
  private onStepDone(ix: number, place: Place, isDone: boolean): void {
    if (isDone && place.step === this.program.deed) this.succeed(place);
    place.step++;
    if (place.step >= this.program.instructions.length || !this.crashesNow(place.step + 1)) this.goOn(ix);
  }

  private succeed(place: Place): void {
    const { state, world } = this;
    place.hasSucceeded = true;
    state.processed++;
    if (place.call === 0) world.settled++;
    // Whoever asked is the one who owes the work.
    if (place.call !== 0) return;
    const msg = world.obligations.msg[place.obl] as number;
    if (world.obligations.succeed(place.obl)) world.tell(msg, 'processed', this.place, this.triesOf(place));
    else {
      world.oracle.wasted(this.workedNs(place));
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
  private publishResult(ix: number, place: Place): boolean {
    const { outlets, state, traits, world } = this;
    if (outlets.count === 0) {
      // Nobody wants to hear of it.
      if (this.program.announces) world.obligations.announce(place.obl);
      return true;
    }
    if (this.routesByShare && place.outlet < 0) place.outlet = outlets.drawByShare(world.streams.uniform(this.routingStream));
    if (place.outlet >= 0 ? !outlets.isOpen(place.outlet) : !outlets.areOpen) {
      state.blocked.push(ix);
      return false;
    }
    const { messages } = world;
    const cause = world.obligations.msg[place.obl] as number;
    traits.key = messages.key[cause] as number;
    traits.sizeBytes = messages.sizeBytes[cause] as number;
    traits.type = messages.type[cause] as number;
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
  private finish(ix: number, place: Place): void {
    const client = this.consumers[place.client];
    const { obl, attempt } = place;
    if (!place.hasSucceeded) this.succeed(place);
    if (place.call !== 0) {
      this.acknowledge(place);
      this.leave(ix, place);
      this.crashesNow(this.program.instructions.length + 1);
      return;
    }
    if (this.program.settlesLast && !place.isAcknowledged) client?.settle(obl as OblIx, attempt, 'ack', 0, true);
    else client?.freePlace();
    this.leave(ix, place);
    this.crashesNow(this.program.instructions.length + 1);
  }

  /** Somebody has done this before: it is taken off the hands of whoever sent it, and nothing more is done. */
  private skip(ix: number, place: Place): void {
    const { call, obl } = place;
    this.state.skipped++;
    this.world.tellOf(obl, 'recognised', this.place, this.triesOf(place));
    if (call !== 0) {
      this.acknowledge(place);
      this.leave(ix, place);
      return;
    }
    this.world.obligations.recognisedAt[obl] = this.place;
    if (!place.isAcknowledged) this.consumers[place.client]?.settle(obl as OblIx, place.attempt, 'ack', 0, true);
    else this.consumers[place.client]?.freePlace();
    this.leave(ix, place);
  }

  private leave(ix: number, place: Place): void {
    const { call, client, obl } = place;
    if (call === 0) this.state.held[client] = (this.state.held[client] as number) - 1;
    this.vacate(ix);
    this.letGo(obl, call, FORGOTTEN);
    if (this.state.desk.count === 0) return;
    if (this.hasLanes) this.fillLane(ix);
    else if (this.takesLongestFree) this.fillSoon();
    else this.fillPlaces();
  }

  private vacate(ix: number): void {
    this.keepBusyTime();
    const place = this.state.places[ix] as Place;
    place.obl = 0;
    place.client = -1;
    place.call = 0;
    if (this.takesLongestFree) {
      if (ix < this.places) freeLane(this.state.longestFree, ix, this.world.now[0] as number);
    } else if (!this.hasLanes) this.state.free.push(ix);
    this.state.busy--;
  }

  // ---------------------------------------------------------------- failure

  private fail(ix: number, place: Place): void {
    const { state, world } = this;
    const { obl } = place;
    const msg = world.obligations.msg[obl] as number;
    state.failed++;
    if (place.call !== 0) {
      world.oracle.wasted(this.workedNs(place));
      if (!place.isAcknowledged) this.answer(place.client, place.call, packet.ANSWER_FAILED);
      this.leave(ix, place);
      return;
    }
    world.books.countFailed(world.obligations.sub[obl] as number);
    const tries = this.triesOf(place);
    world.tell(msg, 'failed', this.place, tries);
    if (this.poisonRule === 'crashes' && ((world.messages.flags[msg] as number) & POISON) !== 0) {
      this.crashAndComeBack();
      return;
    }
    world.oracle.wasted(this.workedNs(place));
    if (place.isAcknowledged) {
      // The receipt is out already: nobody will ask for this again.
      this.consumers[place.client]?.freePlace();
      this.leave(ix, place);
      return;
    }
    const { retry } = this;
    if (retry.backoff === null || (retry.maxAttempts > 0 && tries >= retry.maxAttempts)) {
      world.tell(msg, 'given-up', this.place, tries);
      this.settle(ix, 'reject', 0);
      return;
    }
    this.drawBackoff(obl, tries);
    const delayNs = floor((this.backoffCell[0] as number) + 0.5);
    if (retry.waits === 'in-queue') {
      this.settle(ix, 'retry', delayNs);
      return;
    }
    world.at[0] = (world.now[0] as number) + delayNs;
    world.arm(this.ix, WAIT_ENDS, (place.serial << PLACE_BITS) | ix);
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

  private settle(ix: number, outcome: 'retry' | 'reject', delayNs: number): void {
    const place = this.state.places[ix] as Place;
    this.consumers[place.client]?.settle(place.obl as OblIx, place.attempt, outcome, delayNs, true);
    this.leave(ix, place);
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
  private startCall(ix: number, place: Place): boolean {
    const { share, to, question, options } = this.program.instructions[place.step] as Instruction;
    const caller = this.callerTo(to);
    if (caller === undefined || !this.isWithin(share, place)) return false;
    if (!caller.ask(ix, place.serial, place.obl, question, options)) this.onHeldBack(ix, place, caller.whenHeldBack);
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
    const place = this.state.places[ix];
    if (place === undefined || place.obl === 0 || place.serial !== serial) return;
    const onConflict = this.program.instructions[place.step]?.onConflict;
    if (result === 'answered') this.onStepDone(ix, place, true);
    else if (result === 'held-back') this.onHeldBack(ix, place, this.callers[slot]?.whenHeldBack ?? 'fail');
    else if (result !== 'conflict' || onConflict === 'fail') this.fail(ix, place);
    else if (onConflict === 'skip') this.skip(ix, place);
    else this.onStepDone(ix, place, false);
  }

  private onHeldBack(ix: number, place: Place, whenHeldBack: WhenHeldBack): void {
    if (place.call !== 0 || whenHeldBack === 'fail' || place.isAcknowledged) this.fail(ix, place);
    else if (whenHeldBack === 'requeue') this.settle(ix, 'retry', this.retry.backoff?.base ?? 0);
    else {
      this.world.tellOf(place.obl, 'given-up', this.place, this.triesOf(place));
      this.settle(ix, 'reject', 0);
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
      const place = this.state.places[ix];
      if (place && place.obl !== 0) this.goOn(ix);
    }
  }

  // ---------------------------------------------------------------- gauges

  private workedNs(place: Place): number {
    return (this.world.now[0] as number) - (this.state.beganNs[place.ix] as number);
  }

  private keepBusyTime(): void {
    const { state } = this;
    const time = state.busyTime;
    const nowNs = this.world.now[0] as number;
    if (time[1] === nowNs) return;
    time[0] = (time[0] as number) + state.busy * (nowNs - (time[1] as number));
    time[1] = nowNs;
  }

  override sample(out: Float64Array, at: number): void {
    const { state } = this;
    out[at] = state.busy;
    out[at + 1] = state.desk.count;
    out[at + 2] = state.busy / this.places;
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
    out[at + 16] =
      ((state.busyTime[0] as number) + state.busy * ((this.world.now[0] as number) - (state.busyTime[1] as number))) / 1e9;
  }
}

const emptyPlace = (ix: number): Place => ({
  ix,
  obl: 0,
  attempt: 0,
  client: -1,
  call: 0,
  step: 0,
  again: 0,
  outlet: -1,
  isAcknowledged: false,
  hasSucceeded: false,
  serial: 0,
});

function doubled(array: Float64Array): Float64Array {
  const larger = new Float64Array(array.length * 2);
  larger.set(array);
  return larger;
}

export const SERVICE_BEHAVIOUR: NodeBehaviour = {
  expand(_self, _params, _parts, plan) {
    plan.actor('', (world, actor) => new Service(world, actor));
  },
};
