// The requester at work: sends requests when its schedule or its callers say so, keeps each open until its reply comes or its
// deadline, tries again, and throws away replies that nobody waits for any more. It knows no broker. Invariants P1, P2, P4 and P5
// of docs/semantics/patterns.md.

import { assert } from '../../kernel/assert.ts';
import type { Law } from '../../kernel/distributions.ts';
import { floor } from '../../kernel/exact-math.ts';
import type { LinkIx, OblIx, StreamIx } from '../../kernel/ids.ts';
import { KeyLaw } from '../../kernel/key-law.ts';
import type { LawSpec } from '../../kernel/law-spec.ts';
import { isSamePlain } from '../../kernel/plain-state.ts';
import { backoffInto, firstPrevious, usesDraw } from '../../parts/backoff.ts';
import { StatefulActor } from '../../world/actor.ts';
import { DROPPED, EXPIRED, SKIPPED } from '../../world/books.ts';
import { actorPlace, DUPLICATE, FORGOTTEN, LATE, UNKNOWN } from '../../world/reasons.ts';
import type { World } from '../../world/world.ts';
import type { Fields, Params } from '../fields.ts';
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
  type Settlement,
} from '../node-kind.ts';
import { behaviourOf } from '../registry.ts';
import { type ArrivalState, goesOnByItself, newArrivalState, type Schedule, scheduleOf } from './arrivals.ts';
import { type MessageTraits, Outlets } from './publishing.ts';
import { REQUESTER } from './requester.declaration.ts';
import * as requests from './requests.ts';
import { type RetryPolicy, retryPolicyOf } from './retry.ts';

const NEXT = 0;
const THOUGHT = 1;
/** The deadline of the attempt that is out longest. */
const DUE = 2;
/** The wait before another attempt is over. */
const AGAIN = 3;

const TIMERS_MASK = 0x3fffffff;

/** Replies it has room for at once. Reading one takes no time, so this only keeps the way to it filled. */
const READS_AHEAD = 1000;

interface RequesterState {
  requests: requests.RequestsState;
  /** Requests due, but held back by a channel that takes no more. */
  heldBack: number;
  /** Numbers of requests whose next attempt waits for a channel that takes no more. */
  blocked: number[];
  /** Callers that found the limit reached. */
  idle: number;
  arrivals: ArrivalState;
  /** Schedules begun so far: an arrival that an older one armed is passed over. */
  schedules: number;
  /** For when the deadline timer is set, ns, in a cell; infinity if it is not. One that an earlier one took the place of is passed over. */
  dueNs: Float64Array;
  timers: number;
  asked: number;
  answered: number;
  timedOut: number;
  retried: number;
  forgotten: number;
  late: number;
  duplicate: number;
  unknown: number;
  foreign: number;
  misrouted: number;
  /** [time from asking to the answer, summed over the answered; the same to the end over all completed], ns. */
  times: Float64Array;
}

class Requester extends StatefulActor implements ConsumerHost, PublisherHost {
  override state: RequesterState = {
    requests: requests.newRequests(0),
    heldBack: 0,
    blocked: [],
    idle: 0,
    arrivals: newArrivalState(),
    schedules: 0,
    dueNs: new Float64Array([Number.POSITIVE_INFINITY]),
    timers: 0,
    asked: 0,
    answered: 0,
    timedOut: 0,
    retried: 0,
    forgotten: 0,
    late: 0,
    duplicate: 0,
    unknown: 0,
    foreign: 0,
    misrouted: 0,
    times: new Float64Array(2),
  };
  private readonly world: World;
  private readonly nodeId: string;
  private readonly place: number;
  private readonly outlets: Outlets;
  private readonly consumers: (ConsumerClient | null)[] = [];
  private readonly backoffStream: StreamIx;
  private readonly backoffCell = new Float64Array(2);
  private readonly traits: MessageTraits = { key: -1, sizeBytes: 0, type: 0, flags: 0, causeSender: 0, causeNumber: 0 };
  /** Client of the reply that is being read in this very call, -1 between calls. */
  private reading = -1;
  private params!: Params;
  private schedule!: Schedule;
  private thinkLaw!: Law;
  private sizeLaw!: Law;
  private keyLaw: KeyLaw | null = null;
  private retry!: RetryPolicy;
  private isClosed = false;
  private limit = 0;
  private timeoutNs = 0;
  private matchesNumbers = true;
  private retriesAnew = false;

  constructor(world: World, self: ActorSelf) {
    super(self.ix);
    this.world = world;
    this.nodeId = self.nodeId;
    this.place = actorPlace(self.ix);
    this.outlets = new Outlets(world, this);
    this.backoffStream = world.stream(self.nodeId, 'backoff');
    this.readParams(self.params);
  }

  protected override statefulParts() {
    const count = this.consumers.length > this.outlets.clients.length ? this.consumers.length : this.outlets.clients.length;
    return Array.from({ length: count }, (_, slot) => this.consumers[slot] ?? this.outlets.clients[slot] ?? null);
  }

  private readParams(params: Params): void {
    const { world, nodeId } = this;
    this.params = params;
    this.isClosed = params.loop === 'closed';
    this.limit = params.limit as number;
    this.schedule = scheduleOf(world, nodeId, params);
    this.thinkLaw = world.law(params.think as LawSpec, nodeId, 'think');
    this.sizeLaw = world.law(params.size as LawSpec, nodeId, 'size');
    const keys = params.keys as number;
    this.keyLaw = keys === 0 ? null : new KeyLaw({ law: 'uniform', keys }, world.streams, world.stream(nodeId, 'keys'));
    this.retry = retryPolicyOf(params);
    this.timeoutNs = params.timeout === 0 ? Number.POSITIVE_INFINITY : (params.timeout as number);
    this.matchesNumbers = params.matching === 'numbers';
    this.retriesAnew = params.retryAs === 'new';
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
  }

  override onConnected(slot: number): void {
    this.consumers[slot]?.start();
    this.outlets.clients[slot]?.start();
    this.pump();
  }

  override onDisconnected(slot: number): void {
    if (this.outlets.clients[slot]) this.outlets.detach(slot);
    else this.consumers[slot] = null;
    this.pump();
  }

  override onWireParams(slot: number, connection: Connection): void {
    this.consumers[slot]?.onParams(connection);
    this.outlets.clients[slot]?.onParams(connection);
  }

  override onStart(): void {
    for (const consumer of this.consumers) consumer?.start();
    this.outlets.start();
    if (this.isClosed) this.startCallers();
    else this.beginAnew();
  }

  /** Nobody is left who could take an answer: what was open is forgotten, and whatever still comes for it is unknown. */
  override onCrash(): void {
    const { state } = this;
    state.forgotten += requests.openCount(state.requests);
    state.requests = requests.newRequests(state.requests.numbers);
    state.heldBack = 0;
    state.blocked = [];
    state.idle = 0;
    state.dueNs[0] = Number.POSITIVE_INFINITY;
    for (const consumer of this.consumers) consumer?.onCrash();
    this.outlets.onCrash();
  }

  override onRestart(): void {
    for (const consumer of this.consumers) consumer?.start();
    this.outlets.start();
    if (this.isClosed) this.startCallers();
    else this.goOn();
  }

  override onRemoved(): void {
    this.outlets.onCrash();
  }

  override onParams(params: Params): void {
    const wasLimited = this.isSpent();
    const before = this.params;
    const { timeoutNs } = this;
    this.readParams(params);
    // What is out keeps its deadline, and what goes out from now on may be due before it.
    if (this.timeoutNs < timeoutNs && this.state.requests.awaiting.size > 0) this.state.requests.isInOrder = false;
    if (this.isClosed) this.wakeCallers();
    else if (isOtherSchedule(before, params)) this.beginAnew();
    else if (wasLimited) this.goOn();
  }

  // ---------------------------------------------------------------- open loop

  /** A new schedule counts from now; what the old one had armed no longer matters. */
  private beginAnew(): void {
    const { arrivals } = this.state;
    const startNs = this.params.startAt as number;
    const nowNs = this.world.now[0] as number;
    arrivals.count = 0;
    arrivals.baseNs = nowNs > startNs ? nowNs : startNs;
    this.armNext(arrivals.baseNs);
  }

  /** The schedule comes to life again after a pause. */
  private goOn(): void {
    if (!goesOnByItself(this.params.arrivals)) {
      this.beginAnew();
      return;
    }
    this.state.arrivals.count = 0;
    this.armNext(this.state.arrivals.baseNs);
  }

  /** Arms the first arrival at or after `fromNs`. */
  private armNext(fromNs: number): void {
    const { state, world } = this;
    state.schedules++;
    if (this.isSpent()) return;
    const nowNs = world.now[0] as number;
    if (!this.schedule.next(state.arrivals)) return;
    // Gaps are counted from the start of the requester, not from the start of the run.
    if (fromNs > nowNs && this.params.arrivals !== 'times' && this.params.arrivals !== 'constant')
      world.at[0] = (world.at[0] as number) + fromNs - nowNs;
    world.arm(this.ix, NEXT, state.schedules);
  }

  private isSpent(): boolean {
    return this.limit > 0 && this.state.asked + this.state.heldBack >= this.limit;
  }

  private onArrival(schedule: number): void {
    const { state, world } = this;
    if (schedule !== state.schedules) return;
    state.heldBack += this.schedule.due(state.arrivals);
    this.pump();
    if (this.isSpent()) return;
    if (this.schedule.next(state.arrivals)) world.arm(this.ix, NEXT, schedule);
  }

  // ---------------------------------------------------------------- closed loop

  private startCallers(): void {
    for (let caller = 0; caller < (this.params.callers as number); caller++) this.think();
  }

  /** The limit may have been raised: those who rest begin to think again. */
  private wakeCallers(): void {
    const { state } = this;
    if (this.limit > 0 && state.asked >= this.limit) return;
    for (; state.idle > 0; state.idle--) this.think();
  }

  private think(): void {
    const { world } = this;
    this.thinkLaw.drawInto(world.drawn);
    const startNs = this.params.startAt as number;
    const fromNs = startNs > (world.now[0] as number) ? startNs : (world.now[0] as number);
    world.at[0] = fromNs + (world.drawn[0] as number);
    world.arm(this.ix, THOUGHT, 0);
  }

  // ---------------------------------------------------------------- asking

  override onTimer(timer: number, arg: number): void {
    if (timer === NEXT) this.onArrival(arg);
    else if (timer === THOUGHT) {
      this.state.heldBack++;
      this.pump();
    } else if (timer === DUE) this.onDue(arg);
    else if (timer === AGAIN) this.onAgain(arg);
    else if (timer >= CLIENT_TIMERS) {
      const consumer = this.consumers[clientOfTimer(timer)];
      if (consumer) consumer.onTimer(ownTimerOf(timer), arg);
      else this.outlets.onTimer(timer, arg);
    }
  }

  /** Sends whatever is due, as long as every wire takes it: attempts that were held back first, then new requests. */
  private pump(): void {
    const { state, outlets } = this;
    if (outlets.count === 0) {
      // Nobody to ask. What the clock asks for is not kept, but a caller stays until somebody listens.
      if (!this.isClosed) state.heldBack = 0;
      this.giveUpBlocked();
      return;
    }
    while (state.blocked.length > 0 && outlets.areOpen) {
      const request = state.requests.resting.get(state.blocked.shift() as number);
      // It may have been answered while it was held back.
      if (request !== undefined) this.sendAttempt(request);
    }
    while (state.heldBack > 0 && outlets.areOpen) {
      if (this.limit > 0 && state.asked >= this.limit) {
        if (this.isClosed) state.idle += state.heldBack;
        state.heldBack = 0;
        return;
      }
      state.heldBack--;
      this.ask();
    }
  }

  private ask(): void {
    const { state, world } = this;
    state.asked++;
    this.sizeLaw.drawInto(world.drawn);
    this.sendAttempt({
      number: requests.newNumber(state.requests),
      attempts: 0,
      previousDelay: undefined,
      key: this.keyLaw === null ? -1 : this.keyLaw.draw(),
      sizeBytes: world.drawn[0] as number,
      askedNs: world.now[0] as number,
      dueNs: 0,
    });
  }

  /** There must be a wire, and all must be open. */
  private sendAttempt(request: requests.OpenRequest): void {
    const { state, traits, world } = this;
    const { messages } = world;
    if (request.attempts > 0) {
      state.retried++;
      if (this.retriesAnew) this.renumber(request);
    }
    request.attempts++;
    request.dueNs = (world.now[0] as number) + this.timeoutNs;
    requests.awaitReply(state.requests, request);
    traits.key = request.key;
    traits.sizeBytes = request.sizeBytes;
    const msg = messages.upcoming;
    this.outlets.publish(request.number, traits);
    // On a bad wire it may be lost, and its place free, before this line.
    if (messages.refs[msg] !== 0 && request.dueNs !== Number.POSITIVE_INFINITY) messages.deadlineNs[msg] = request.dueNs;
    if (request.dueNs < (state.dueNs[0] as number)) this.armDue();
  }

  /** The next attempt is a request of its own: nobody can tell that it is the same one again, and replies to the one before are late. */
  private renumber(request: requests.OpenRequest): void {
    const { state } = this;
    state.requests.resting.delete(request.number);
    requests.rememberFate(state.requests, request.number, requests.TIMED_OUT);
    request.number = requests.newNumber(state.requests);
    state.requests.resting.set(request.number, request);
  }

  onFlow(_client: number, isOpen: boolean): void {
    if (isOpen) this.pump();
    else this.world.notice('notice.held-back', this.nodeId);
  }

  /** Whether the request was taken makes no difference to its caller: only a reply answers it, and only time ends it. */
  onOutcome(): void {}

  // ---------------------------------------------------------------- deadlines

  private armDue(): void {
    const { state, world } = this;
    const { awaiting } = state.requests;
    let firstNs = Number.POSITIVE_INFINITY;
    for (const { dueNs } of awaiting.values()) {
      if (dueNs < firstNs) firstNs = dueNs;
      if (state.requests.isInOrder) break;
    }
    state.dueNs[0] = firstNs;
    if (awaiting.size === 0) state.requests.isInOrder = true;
    if (firstNs === Number.POSITIVE_INFINITY) return;
    world.at[0] = firstNs;
    state.timers = (state.timers + 1) & TIMERS_MASK;
    world.arm(this.ix, DUE, state.timers);
  }

  private onDue(timer: number): void {
    if (timer === this.state.timers) this.endOverdue();
  }

  /** Ends every attempt whose deadline is here. */
  private endOverdue(): void {
    const { state, world } = this;
    const nowNs = world.now[0] as number;
    state.dueNs[0] = Number.POSITIVE_INFINITY;
    const overdue: requests.OpenRequest[] = [];
    for (const request of state.requests.awaiting.values()) {
      if (request.dueNs <= nowNs) overdue.push(request);
      else if (state.requests.isInOrder) break;
    }
    for (const request of overdue) this.endAttempt(request);
    this.armDue();
  }

  private endAttempt(request: requests.OpenRequest): void {
    const { retry, state, world } = this;
    if (retry.backoff === null || (retry.maxAttempts > 0 && request.attempts >= retry.maxAttempts)) {
      this.complete(request, requests.TIMED_OUT);
      return;
    }
    requests.rest(state.requests, request);
    const { backoff } = retry;
    const previous = request.previousDelay ?? firstPrevious(backoff);
    const u = usesDraw(backoff.strategy) ? world.streams.uniform(this.backoffStream) : 0;
    backoffInto(backoff, request.attempts - 1, u, previous, this.backoffCell);
    request.previousDelay = this.backoffCell[1] as number;
    world.at[0] = (world.now[0] as number) + floor((this.backoffCell[0] as number) + 0.5);
    world.arm(this.ix, AGAIN, request.number);
  }

  private onAgain(number: number): void {
    const { state } = this;
    // Answered meanwhile.
    if (!state.requests.resting.has(number)) return;
    state.blocked.push(number);
    this.pump();
  }

  private giveUpBlocked(): void {
    const { state } = this;
    const { blocked } = state;
    state.blocked = [];
    for (const number of blocked) {
      const request = state.requests.resting.get(number);
      if (request !== undefined) this.complete(request, requests.TIMED_OUT);
    }
  }

  /** Once for every request: its caller knows, and goes on. */
  private complete(request: requests.OpenRequest, fate: number): void {
    const { state } = this;
    requests.close(state.requests, request, fate);
    const tookNs = (this.world.now[0] as number) - request.askedNs;
    if (fate === requests.ANSWERED) {
      state.answered++;
      state.times[0] = (state.times[0] as number) + tookNs;
    } else state.timedOut++;
    state.times[1] = (state.times[1] as number) + tookNs;
    if (this.isClosed) this.think();
  }

  // ---------------------------------------------------------------- replies

  concurrency(): number {
    return READS_AHEAD;
  }

  held(client: number): number {
    return client === this.reading ? 1 : 0;
  }

  /** A reply is read, judged and settled in one go. */
  onDelivery(client: number, obl: OblIx, attempt: number): void {
    this.reading = client;
    // A reply in the very instant of the deadline is late.
    if ((this.state.dueNs[0] as number) <= (this.world.now[0] as number)) this.endOverdue();
    const outcome = this.read(obl, attempt);
    const delayNs = outcome === 'retry' ? (this.params.giveBackAfter as number) : 0;
    this.consumers[client]?.settle(obl, attempt, outcome, delayNs, true);
    this.world.obligations.dropCause(obl, this.place, FORGOTTEN);
    this.reading = -1;
  }

  private read(obl: number, attempt: number): Settlement {
    const { state, world } = this;
    const { messages } = world;
    const msg = world.obligations.msg[obl] as number;
    const asker = messages.causeSender[msg] as number;
    const number = asker === this.ix ? (messages.causeNumber[msg] as number) : 0;
    const request = this.matchesNumbers ? this.waitingFor(number) : requests.oldestOpen(state.requests);
    if (request !== undefined) {
      this.answer(request, obl, attempt, number);
      return 'ack';
    }
    if (this.matchesNumbers && asker !== this.ix && world.actors[asker] instanceof Requester) return this.onForeign(obl);
    this.discard(obl, requests.verdictOn(state.requests, number));
    return 'ack';
  }

  /** The open request that a reply to `number` completes. After an attempt with a number of its own timed out, none. */
  private waitingFor(number: number): requests.OpenRequest | undefined {
    const { state } = this;
    return this.retriesAnew ? state.requests.awaiting.get(number) : requests.findOpen(state.requests, number);
  }

  private answer(request: requests.OpenRequest, obl: number, attempt: number, number: number): void {
    const { state, world } = this;
    if (number !== request.number) {
      state.misrouted++;
      world.oracle.misroutedReplies++;
    }
    const isFirst = world.obligations.succeed(obl);
    world.tellOf(obl, isFirst ? 'processed' : 'repeated', this.place, attempt);
    world.settled++;
    this.complete(request, requests.ANSWERED);
  }

  /** Nobody waits for it: into the bin. */
  private discard(obl: number, verdict: 'late' | 'duplicate' | 'unknown'): void {
    const { place, state, world } = this;
    state[verdict]++;
    world.settled++;
    if (verdict === 'late') world.obligations.conclude(obl, EXPIRED, place, LATE);
    else if (verdict === 'duplicate') world.obligations.conclude(obl, SKIPPED, place, DUPLICATE);
    else world.obligations.conclude(obl, DROPPED, place, UNKNOWN);
  }

  /** A reply to somebody else who reads the same queue. */
  private onForeign(obl: number): Settlement {
    this.state.foreign++;
    if (this.params.foreign === 'give-back') return 'retry';
    if (this.params.foreign === 'reject') return 'reject';
    this.world.settled++;
    this.world.obligations.conclude(obl, DROPPED, this.place, UNKNOWN);
    return 'ack';
  }

  override onPacket(link: LinkIx, type: number, first: number, count: number): void {
    const slot = this.world.links.toSlot[link] as number;
    const consumer = this.consumers[slot];
    if (consumer) consumer.onPacket(link, type, first, count);
    else this.outlets.onPacket(slot, link, type, first, count);
  }

  // ---------------------------------------------------------------- gauges

  override sample(out: Float64Array, at: number): void {
    const { state } = this;
    out[at] = requests.openCount(state.requests);
    out[at + 1] = state.asked;
    out[at + 2] = state.answered;
    out[at + 3] = state.timedOut;
    out[at + 4] = state.retried;
    out[at + 5] = state.forgotten;
    out[at + 6] = state.late;
    out[at + 7] = state.duplicate;
    out[at + 8] = state.unknown;
    out[at + 9] = state.foreign;
    out[at + 10] = state.misrouted;
    out[at + 11] = (state.times[0] as number) / 1e9;
    out[at + 12] = (state.times[1] as number) / 1e9;
    out[at + 13] = state.heldBack + state.blocked.length;
  }
}

/** Whether a change of fields changes when requests are due: of the fields that these arrivals use, or of the arrivals. */
function isOtherSchedule(before: Params, after: Params): boolean {
  return Object.entries(REQUESTER.fields as Fields).some(([name, field]) => {
    const isUsed = field.when?.field === 'arrivals' && field.when.is.includes(after.arrivals as string);
    return (isUsed || name === 'arrivals') && !isSamePlain(before[name], after[name]);
  });
}

export const REQUESTER_BEHAVIOUR: NodeBehaviour = {
  expand(_self, _params, _parts, plan) {
    plan.actor('', (world, actor) => new Requester(world, actor));
  },
};
