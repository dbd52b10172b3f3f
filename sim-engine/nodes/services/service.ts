// The service at work, shown as worker: takes deliveries on its desk, works on as many at once as it has places, each by its
// list of steps, and settles them through the consumer client of the wire they came on. It knows no broker.

import { assert } from '../../kernel/assert.ts';
import type { Law } from '../../kernel/distributions.ts';
import { floor } from '../../kernel/exact-math.ts';
import type { LinkIx, OblIx, StreamIx } from '../../kernel/ids.ts';
import { clearRing, type IntRing, newRing, pushRing, shiftRing } from '../../kernel/int-ring.ts';
import type { LawSpec } from '../../kernel/law-spec.ts';
import { backoffInto, firstPrevious, usesDraw } from '../../parts/backoff.ts';
import { StatefulActor } from '../../world/actor.ts';
import { IN_FLIGHT } from '../../world/books.ts';
import { POISON } from '../../world/messages.ts';
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
import { behaviourOf } from '../registry.ts';
import { type MessageTraits, Outlets } from './publishing.ts';
import { type RetryPolicy, retryPolicyOf } from './retry.ts';

/** Steps after `receive`, as numbers. */
const WORK = 1;
const PUBLISH = 2;
const ACKNOWLEDGE = 3;
const STEP_NUMBERS: ReadonlyMap<string, number> = new Map([
  ['work', WORK],
  ['publish', PUBLISH],
  ['acknowledge', ACKNOWLEDGE],
]);

const WORK_ENDS = 0;
const WAIT_ENDS = 1;

/** A worker that a poison message crashed is started again after this, ns: a supervisor's usual pause. */
const SUPERVISOR_PAUSE_NS = 5_000_000_000;

/** One delivery being worked on. Places are used again, the lowest free one first. */
interface Place {
  readonly ix: number;
  obl: number;
  attempt: number;
  client: number;
  /** Index into the steps of what is going on now. */
  step: number;
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
  busy: number;
  /** Deliveries on the desk that no place is free for: obligation, attempt, client. */
  desk: IntRing;
  /** By client: how many deliveries it has here, on the desk or being worked on. */
  held: number[];
  /** Places whose `publish` step waits until a channel takes messages again. */
  blocked: number[];
  received: number;
  processed: number;
  failed: number;
  published: number;
  /** [sum over places of the time they were busy, up to when], ns: in one array, since fields that outgrow 31 bits change shape. */
  busyTime: Float64Array;
  /** When each place's delivery began, ns. */
  beganNs: Float64Array;
}

class Service extends StatefulActor implements ConsumerHost, PublisherHost {
  override state: ServiceState = {
    places: [],
    free: [],
    busy: 0,
    desk: newRing(),
    held: [],
    blocked: [],
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
  private readonly failureStream: StreamIx;
  private readonly backoffStream: StreamIx;
  private readonly backoffCell = new Float64Array(2);
  private readonly traits: MessageTraits = { key: -1, sizeBytes: 0, type: 0, flags: 0, causeSender: 0, causeNumber: 0 };
  private steps: number[] = [];
  /** Whether the last step settles, so that the receipt also frees the place. */
  private settlesLast = false;
  private work!: Law;
  private retry!: RetryPolicy;
  private places = 1;
  private failure = 0;
  private failFirst = 0;
  private poisonRule = 'fails';

  constructor(world: World, self: ActorSelf) {
    super(self.ix);
    this.world = world;
    this.nodeId = self.nodeId;
    this.place = actorPlace(self.ix);
    this.outlets = new Outlets(world, this);
    this.failureStream = world.stream(self.nodeId, 'failure');
    this.backoffStream = world.stream(self.nodeId, 'backoff');
    this.readParams(self.params);
  }

  protected override statefulParts() {
    const count = this.consumers.length > this.outlets.clients.length ? this.consumers.length : this.outlets.clients.length;
    return Array.from({ length: count }, (_, slot) => this.consumers[slot] ?? this.outlets.clients[slot] ?? null);
  }

  private readParams(params: Params): void {
    this.places = params.concurrency as number;
    this.work = this.world.law(params.work as LawSpec, this.nodeId, 'work');
    this.failure = params.failure as number;
    this.failFirst = params.failFirst as number;
    this.poisonRule = params.poison as string;
    this.retry = retryPolicyOf(params);
    this.steps = [];
    for (const step of params.steps as readonly string[]) {
      const number = STEP_NUMBERS.get(step);
      if (number !== undefined) this.steps.push(number);
    }
    this.settlesLast = this.steps[this.steps.length - 1] === ACKNOWLEDGE;
  }

  // ---------------------------------------------------------------- life

  override attach(slot: number, connection: Connection): void {
    if (connection.port === 'out') {
      this.outlets.attach(slot, connection);
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
    this.consumers[slot] = null;
    this.keepBusyTime();
    const desk = this.state.desk;
    for (let left = desk.count; left > 0; left -= 3) {
      const obl = shiftRing(desk);
      const attempt = shiftRing(desk);
      const client = shiftRing(desk);
      if (client === slot) this.world.obligations.dropCause(obl, this.place, REMOVED);
      else this.putOnDesk(obl, attempt, client);
    }
    for (let ix = 0; ix < this.state.places.length; ix++) {
      const place = this.state.places[ix];
      if (place?.client !== slot) continue;
      this.world.obligations.dropCause(place.obl, this.place, REMOVED);
      this.vacate(ix);
      this.state.blocked = this.state.blocked.filter((blocked) => blocked !== ix);
    }
    this.state.held[slot] = 0;
    this.takeFromDesk();
  }

  override onWireParams(slot: number, connection: Connection): void {
    this.consumers[slot]?.onParams(connection);
    this.outlets.clients[slot]?.onParams(connection);
  }

  override onParams(params: Params): void {
    const places = this.places;
    this.readParams(params);
    if (places === this.places) return;
    for (const consumer of this.consumers) consumer?.onConcurrency(this.places);
    this.takeFromDesk();
  }

  override onStart(): void {
    for (const consumer of this.consumers) consumer?.start();
    this.outlets.start();
  }

  override onCrash(): void {
    this.letEverythingGo(CRASH);
    for (const consumer of this.consumers) consumer?.onCrash();
    this.outlets.onCrash();
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
      world.obligations.dropCause(place.obl, this.place, reason);
    }
    while (state.desk.count > 0) {
      world.obligations.dropCause(shiftRing(state.desk), this.place, reason);
      shiftRing(state.desk);
      shiftRing(state.desk);
    }
    clearRing(state.desk);
    state.places = [];
    state.free = [];
    state.blocked = [];
    state.busy = 0;
    state.held = state.held.map(() => 0);
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
    if (state.busy < this.places) this.begin(obl, attempt, client);
    else this.putOnDesk(obl, attempt, client);
  }

  override onPacket(link: LinkIx, type: number, first: number, count: number): void {
    const slot = this.world.links.toSlot[link] as number;
    const consumer = this.consumers[slot];
    if (consumer) consumer.onPacket(link, type, first, count);
    else this.outlets.onPacket(slot, link, type, first, count);
  }

  override onTimer(timer: number, arg: number): void {
    if (timer === WORK_ENDS || timer === WAIT_ENDS) {
      const ix = arg & ((1 << PLACE_BITS) - 1);
      const place = this.state.places[ix];
      // The delivery it was set for has left the place, because its wire was taken away.
      if (place === undefined || place.obl === 0 || place.serial !== arg >>> PLACE_BITS) return;
      if (timer === WORK_ENDS) this.onWorkEnds(ix, place);
      else this.settle(ix, 'retry', 0);
    } else if (timer >= CLIENT_TIMERS) {
      const consumer = this.consumers[clientOfTimer(timer)];
      if (consumer) consumer.onTimer(ownTimerOf(timer), arg);
      else this.outlets.onTimer(timer, arg);
    }
  }

  private putOnDesk(obl: number, attempt: number, client: number): void {
    pushRing(this.state.desk, obl);
    pushRing(this.state.desk, attempt);
    pushRing(this.state.desk, client);
  }

  private takeFromDesk(): void {
    const { desk } = this.state;
    while (desk.count > 0 && this.state.busy < this.places) {
      const obl = shiftRing(desk);
      const attempt = shiftRing(desk);
      this.begin(obl, attempt, shiftRing(desk));
    }
  }

  // ---------------------------------------------------------------- steps

  private begin(obl: number, attempt: number, client: number): void {
    const { state, world } = this;
    this.keepBusyTime();
    const ix = state.free.length > 0 ? (state.free.pop() as number) : state.places.length;
    const place = state.places[ix];
    if (place === undefined) {
      state.places[ix] = { ix, obl, attempt, client, step: 0, isAcknowledged: false, hasSucceeded: false, serial: 1 };
    } else {
      place.obl = obl;
      place.attempt = attempt;
      place.client = client;
      place.step = 0;
      place.isAcknowledged = false;
      place.hasSucceeded = false;
      place.serial = (place.serial + 1) & SERIAL_MASK;
    }
    if (ix >= state.beganNs.length) state.beganNs = doubled(state.beganNs);
    state.beganNs[ix] = world.now[0] as number;
    state.busy++;
    world.tellOf(obl, 'begun', this.place, attempt);
    this.goOn(ix);
  }

  /** Goes through the steps from the current one on, until one takes time or the list ends. */
  private goOn(ix: number): void {
    const place = this.state.places[ix] as Place;
    while (place.step < this.steps.length) {
      const step = this.steps[place.step];
      if (step === WORK) {
        this.startWork(ix, place);
        return;
      }
      if (step === PUBLISH) {
        if (!this.publishResult(ix, place)) return;
      } else if (!this.settlesLast || place.step < this.steps.length - 1) {
        place.isAcknowledged = true;
        this.consumers[place.client]?.settle(place.obl as OblIx, place.attempt, 'ack', 0, false);
      }
      place.step++;
    }
    this.finish(ix, place);
  }

  private startWork(ix: number, place: Place): void {
    const { world } = this;
    this.work.drawInto(world.drawn);
    const slow = world.slowFactor(this.ix);
    const lengthNs = slow === 1 ? (world.drawn[0] as number) : floor((world.drawn[0] as number) * slow);
    world.at[0] = (world.now[0] as number) + lengthNs;
    world.arm(this.ix, WORK_ENDS, (place.serial << PLACE_BITS) | ix);
  }

  private onWorkEnds(ix: number, place: Place): void {
    if (this.hasFailed(place)) {
      this.fail(ix, place);
      return;
    }
    this.succeed(place);
    place.step++;
    this.goOn(ix);
  }

  private succeed(place: Place): void {
    const { state, world } = this;
    place.hasSucceeded = true;
    state.processed++;
    world.settled++;
    const msg = world.obligations.msg[place.obl] as number;
    if (world.obligations.succeed(place.obl)) world.tell(msg, 'processed', this.place, place.attempt);
    else {
      world.oracle.wasted(this.workedNs(place));
      world.tell(msg, 'repeated', this.place, place.attempt);
    }
  }

  private hasFailed(place: Place): boolean {
    const { world } = this;
    const isPoison = ((world.messages.flags[world.obligations.msg[place.obl] as number] as number) & POISON) !== 0;
    if (isPoison && this.poisonRule !== 'ignored') return true;
    if (place.attempt <= this.failFirst) return true;
    return this.failure > 0 && world.streams.uniform(this.failureStream) < this.failure;
  }

  /** Hands the result to every outgoing wire; false if one is blocked: the place waits at this step. */
  private publishResult(ix: number, place: Place): boolean {
    const { outlets, state, traits, world } = this;
    if (outlets.count === 0) return true;
    if (!outlets.areOpen) {
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
    world.tell(cause, 'published', this.place, place.attempt);
    outlets.publish(state.published, traits);
    return true;
  }

  /** The list is at its end: the last receipt goes out, and the place is free for the next. */
  private finish(ix: number, place: Place): void {
    const client = this.consumers[place.client];
    const { obl, attempt } = place;
    if (!place.hasSucceeded) this.succeed(place);
    if (this.settlesLast) client?.settle(obl as OblIx, attempt, 'ack', 0, true);
    else client?.freePlace();
    this.leave(ix, place);
  }

  private leave(ix: number, place: Place): void {
    const { obl, client } = place;
    this.state.held[client] = (this.state.held[client] as number) - 1;
    this.vacate(ix);
    this.world.obligations.dropCause(obl, this.place, FORGOTTEN);
    if (this.state.desk.count > 0) this.takeFromDesk();
  }

  private vacate(ix: number): void {
    this.keepBusyTime();
    const place = this.state.places[ix] as Place;
    place.obl = 0;
    place.client = -1;
    place.step = this.steps.length;
    this.state.free.push(ix);
    this.state.busy--;
  }

  // ---------------------------------------------------------------- failure

  private fail(ix: number, place: Place): void {
    const { state, world } = this;
    const { obl, attempt } = place;
    const msg = world.obligations.msg[obl] as number;
    state.failed++;
    world.books.countFailed(world.obligations.sub[obl] as number);
    world.tell(msg, 'failed', this.place, attempt);
    if (this.poisonRule === 'crashes' && ((world.messages.flags[msg] as number) & POISON) !== 0) {
      world.beginFault(this.ix, FAULT_CRASH, SUPERVISOR_PAUSE_NS);
      world.crash(this.ix);
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
    if (retry.backoff === null || (retry.maxAttempts > 0 && attempt >= retry.maxAttempts)) {
      world.tell(msg, 'given-up', this.place, attempt);
      this.settle(ix, 'reject', 0);
      return;
    }
    this.drawBackoff(obl, attempt);
    const delayNs = floor((this.backoffCell[0] as number) + 0.5);
    if (!retry.waitsInWorker) {
      this.settle(ix, 'retry', delayNs);
      return;
    }
    world.at[0] = (world.now[0] as number) + delayNs;
    world.arm(this.ix, WAIT_ENDS, (place.serial << PLACE_BITS) | ix);
  }

  private drawBackoff(obl: number, attempt: number): void {
    const { obligations, streams } = this.world;
    const backoff = this.retry.backoff;
    assert(backoff !== null, 'a retry without a backoff');
    const previous = obligations.previousDelay(obl) ?? firstPrevious(backoff);
    const u = usesDraw(backoff.strategy) ? streams.uniform(this.backoffStream) : 0;
    backoffInto(backoff, attempt - 1, u, previous, this.backoffCell);
    if (this.backoffCell[1] !== previous) obligations.rememberDelay(obl, this.backoffCell[1] as number);
  }

  private settle(ix: number, outcome: 'retry' | 'reject', delayNs: number): void {
    const place = this.state.places[ix] as Place;
    this.consumers[place.client]?.settle(place.obl as OblIx, place.attempt, outcome, delayNs, true);
    this.leave(ix, place);
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
    out[at + 1] = state.desk.count / 3;
    out[at + 2] = state.busy / this.places;
    out[at + 3] = state.received;
    out[at + 4] = state.processed;
    out[at + 5] = state.failed;
    out[at + 6] =
      ((state.busyTime[0] as number) + state.busy * ((this.world.now[0] as number) - (state.busyTime[1] as number))) / 1e9;
  }
}

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
