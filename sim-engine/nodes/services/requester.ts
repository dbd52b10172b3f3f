// The requester at work: sends requests when they are due (`demand.ts`), keeps each open until its reply comes or its
// deadline, tries again, and throws away replies that nobody waits for any more. It knows no broker. Invariants P1, P2, P4 and P5
// of docs/semantics/patterns.md.

import { assert } from '../../kernel/assert.ts';
import type { Law } from '../../kernel/distributions.ts';
import { floor } from '../../kernel/exact-math.ts';
import type { LinkIx, OblIx, StreamIx } from '../../kernel/ids.ts';
import { KeyLaw } from '../../kernel/key-law.ts';
import type { LawSpec } from '../../kernel/law-spec.ts';
import { backoffInto, firstPrevious, usesDraw } from '../../parts/backoff.ts';
import {
  abandon,
  abandonAll,
  keepOpen,
  newOpenRequests,
  nextDeadlineNs,
  type OpenRequests,
  openRequest,
  type ReplyVerdict,
  setDeadline,
  takeReply,
  takeTimedOut,
} from '../../parts/open-requests.ts';
import { type Actor, StatefulActor } from '../../world/actor.ts';
import { DROPPED, EXPIRED, SKIPPED } from '../../world/books.ts';
import { factsOf, factsShape, type Inside, untilNs } from '../../world/inside.ts';
import { actorPlace, DUPLICATE, FORGOTTEN, LATE, UNKNOWN } from '../../world/reasons.ts';
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
  type Settlement,
} from '../node-kind.ts';
import { type MessageTraits, Outlets } from '../publishing.ts';
import { behaviourOf } from '../registry.ts';
import { Demand, type DemandHost } from './demand.ts';
import { REQUESTER } from './requester.declaration.ts';
import { openRequestsTable } from './requester-inside.ts';
import { type RetryPolicy, retryPolicyOf } from './retry.ts';
import {
  type Allowance,
  allowanceSpecOf,
  newAllowance,
  onAnswer,
  onFailedAttempt,
  onFirstAttempt,
  takeRetry,
  tokensLeft,
} from './retry-allowance.ts';

const NEXT = 0;
const THOUGHT = 1;
/** The deadline of the attempt that is out longest. */
const DUE = 2;
/** The wait before another attempt is over. */
const AGAIN = 3;

const STATE = factsShape('requester.state', {
  asked: 'count',
  'held-back': 'count',
  'next-due': 'duration?',
  budget: 'count?',
});

const TIMERS_MASK = 0x3fffffff;

/** Replies it has room for at once. Reading one takes no time, so this only keeps the way to it filled. */
const READS_AHEAD = 1000;

/** Whose change begins a new budget. */
const BUDGET_FIELDS = ['budget', 'budgetTokens', 'budgetRatio'];

/** A full budget, as the parameters want it. */
function newBudget(params: Params): Allowance {
  const tokens = params.budgetTokens as number;
  const ratio = params.budgetRatio as number;
  const grpc = { maxTokens: tokens, tokenRatio: ratio };
  return newAllowance(allowanceSpecOf(params.budget, { awsCapacity: tokens, grpc, share: ratio }));
}

/** A request whose caller still waits. The number of its message is one above its number among the open requests. */
interface Request {
  number: number;
  /** Attempts sent, the first included. */
  attempts: number;
  /** State that the last backoff left behind, see `parts/backoff.ts`; undefined before the first. */
  previousDelay: number | undefined;
  /** What its last retry took from the budget; 0 before the first. */
  lastCost: number;
  /** Between two attempts, with a number that has timed out for good: the next attempt gets another. */
  isRenumbered: boolean;
  /** What every attempt carries alike. */
  readonly key: number;
  readonly sizeBytes: number;
  /** When it was asked, ns. */
  readonly askedNs: number;
}

interface RequesterState {
  requests: OpenRequests;
  /** Whose callers wait, by number, in the order in which they were asked or got their number. */
  open: Map<number, Request>;
  /** The first number that this life of the process knows of. */
  firstKnown: number;
  allowance: Allowance;
  /** Numbers of requests whose next attempt waits for a channel that takes no more. */
  blocked: number[];
  /** For when the deadline timer is set, ns, in a cell; infinity if it is not. One that an earlier one took the place of is passed over. */
  dueNs: Float64Array;
  timers: number;
  timedOut: number;
  retried: number;
  forgotten: number;
  foreign: number;
  mixedUp: number;
  /** [time from asking to the answer, summed over the answered; the same to the end over all completed], ns. */
  times: Float64Array;
}

class Requester extends StatefulActor implements ConsumerHost, PublisherHost, DemandHost {
  override state: RequesterState = {
    requests: newOpenRequests(),
    open: new Map(),
    firstKnown: 0,
    allowance: { kind: 'none' },
    blocked: [],
    dueNs: new Float64Array([Number.POSITIVE_INFINITY]),
    timers: 0,
    timedOut: 0,
    retried: 0,
    forgotten: 0,
    foreign: 0,
    mixedUp: 0,
    times: new Float64Array(2),
  };
  private readonly world: World;
  private readonly nodeId: string;
  private readonly place: number;
  private readonly outlets: Outlets;
  private readonly demand: Demand;
  private readonly consumers: (ConsumerClient | null)[] = [];
  private readonly backoffStream: StreamIx;
  private readonly backoffCell = new Float64Array(2);
  private readonly traits: MessageTraits = { key: -1, sizeBytes: 0, type: 0, flags: 0, causeSender: 0, causeNumber: 0 };
  /** Client of the reply that is being read in this very call, -1 between calls. */
  private reading = -1;
  /** It has left the drawing. Such a one is not made anew when a run is put back, so that nothing of it need be kept. */
  isGone = false;
  private params!: Params;
  private sizeLaw!: Law;
  private keyLaw: KeyLaw | null = null;
  private retry!: RetryPolicy;
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
    const timers = { arrival: NEXT, thought: THOUGHT };
    this.demand = new Demand(world, this, self.nodeId, this.outlets, REQUESTER.fields, timers, self.params);
    this.state.allowance = newBudget(self.params);
  }

  protected override statefulParts() {
    const count = this.consumers.length > this.outlets.clients.length ? this.consumers.length : this.outlets.clients.length;
    const clients = Array.from({ length: count }, (_, slot) => this.consumers[slot] ?? this.outlets.clients[slot] ?? null);
    return [this.demand, ...clients];
  }

  private readParams(params: Params): void {
    const { world, nodeId } = this;
    this.params = params;
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
    else {
      this.consumers[slot]?.onDisconnected?.();
      this.consumers[slot] = null;
    }
    this.pump();
  }

  override onWireParams(slot: number, connection: Connection): void {
    this.consumers[slot]?.onParams(connection);
    this.outlets.clients[slot]?.onParams(connection);
  }

  override onStart(): void {
    for (const consumer of this.consumers) consumer?.start();
    this.outlets.start();
    this.demand.onStart();
  }

  /** Nobody is left who could take an answer: what was open is forgotten, and whatever still comes for it is unknown. */
  override onCrash(): void {
    const { state } = this;
    state.forgotten += state.open.size;
    abandonAll(state.requests);
    state.open.clear();
    state.firstKnown = state.requests.next;
    state.allowance = newBudget(this.params);
    this.demand.onCrash();
    state.blocked = [];
    state.dueNs[0] = Number.POSITIVE_INFINITY;
    for (const consumer of this.consumers) consumer?.onCrash();
    this.outlets.onCrash();
  }

  override onRestart(): void {
    for (const consumer of this.consumers) consumer?.start();
    this.outlets.start();
    this.demand.onRestart();
  }

  override onRemoved(): void {
    this.isGone = true;
    for (const consumer of this.consumers) consumer?.onDisconnected?.();
    this.outlets.onCrash();
  }

  override onParams(params: Params): void {
    const before = this.params;
    this.readParams(params);
    if (BUDGET_FIELDS.some((field) => before[field] !== params[field])) this.state.allowance = newBudget(params);
    this.demand.onParams(params);
  }

  // ---------------------------------------------------------------- asking

  override onTimer(timer: number, arg: number): void {
    if (timer === NEXT) this.demand.onArrival(arg);
    else if (timer === THOUGHT) this.demand.onThought();
    else if (timer === DUE) this.onDeadline(arg);
    else if (timer === AGAIN) this.onAgain(arg);
    else if (timer >= CLIENT_TIMERS) {
      const consumer = this.consumers[clientOfTimer(timer)];
      if (consumer) consumer.onTimer(ownTimerOf(timer), arg);
      else this.outlets.onTimer(timer, arg);
    }
  }

  onDue(): void {
    this.pump();
  }

  /** Sends whatever is due, as long as every wire takes it: attempts that were held back first, then new requests. */
  private pump(): void {
    const { state, outlets } = this;
    // Nobody to ask.
    if (outlets.count === 0) this.giveUpBlocked();
    while (state.blocked.length > 0 && outlets.areOpen) {
      const request = state.open.get(state.blocked.shift() as number);
      // It may have been answered while it was held back.
      if (request !== undefined) this.tryAgain(request);
    }
    this.demand.pump();
  }

  issue(): void {
    const { state, world } = this;
    onFirstAttempt(state.allowance, world.now[0] as number);
    this.sizeLaw.drawInto(world.drawn);
    const request: Request = {
      number: openRequest(state.requests, this.dueNs()),
      attempts: 0,
      previousDelay: undefined,
      lastCost: 0,
      isRenumbered: false,
      key: this.keyLaw === null ? -1 : this.keyLaw.draw(),
      sizeBytes: world.drawn[0] as number,
      askedNs: world.now[0] as number,
    };
    state.open.set(request.number, request);
    this.sendAttempt(request);
  }

  private tryAgain(request: Request): void {
    const { state } = this;
    state.retried++;
    if (request.isRenumbered) {
      state.open.delete(request.number);
      request.number = openRequest(state.requests, this.dueNs());
      request.isRenumbered = false;
      state.open.set(request.number, request);
    } else setDeadline(state.requests, request.number, this.dueNs());
    this.sendAttempt(request);
  }

  /** When an attempt that is sent now is given up. */
  private dueNs(): number {
    return (this.world.now[0] as number) + this.timeoutNs;
  }

  /** There must be a wire, and all must be open. */
  private sendAttempt(request: Request): void {
    const { traits, world } = this;
    const { messages } = world;
    request.attempts++;
    traits.key = request.key;
    traits.sizeBytes = request.sizeBytes;
    const msg = messages.upcoming;
    const dueNs = this.dueNs();
    this.outlets.publish(request.number + 1, traits);
    // On a bad wire it may be lost, and its place free, before this line.
    if (messages.refs[msg] !== 0 && dueNs !== Number.POSITIVE_INFINITY) messages.deadlineNs[msg] = dueNs;
    if (dueNs < (this.state.dueNs[0] as number)) this.armDue();
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
    const firstNs = nextDeadlineNs(state.requests);
    state.dueNs[0] = firstNs;
    if (firstNs === Number.POSITIVE_INFINITY) return;
    world.at[0] = firstNs;
    state.timers = (state.timers + 1) & TIMERS_MASK;
    world.arm(this.ix, DUE, state.timers);
  }

  private onDeadline(timer: number): void {
    if (timer === this.state.timers) this.endOverdue();
  }

  /** Ends every attempt whose deadline is here. */
  private endOverdue(): void {
    const { state, world } = this;
    const nowNs = world.now[0] as number;
    for (let number = takeTimedOut(state.requests, nowNs); number >= 0; number = takeTimedOut(state.requests, nowNs)) {
      this.endAttempt(state.open.get(number) as Request);
    }
    this.armDue();
  }

  private endAttempt(request: Request): void {
    const { retry, state, world } = this;
    onFailedAttempt(state.allowance);
    const { backoff } = retry;
    const isLast = backoff === null || (retry.maxAttempts > 0 && request.attempts >= retry.maxAttempts);
    const cost = isLast ? 0 : takeRetry(state.allowance, world.now[0] as number, true);
    if (backoff === null || cost === 0) {
      this.giveUp(request);
      return;
    }
    request.lastCost = cost;
    request.isRenumbered = this.retriesAnew;
    if (!request.isRenumbered) keepOpen(state.requests, request.number);
    const previous = request.previousDelay ?? firstPrevious(backoff);
    const u = usesDraw(backoff.strategy) ? world.streams.uniform(this.backoffStream) : 0;
    backoffInto(backoff, request.attempts - 1, u, previous, this.backoffCell);
    request.previousDelay = this.backoffCell[1] as number;
    world.at[0] = (world.now[0] as number) + floor((this.backoffCell[0] as number) + 0.5);
    world.arm(this.ix, AGAIN, request.number);
  }

  private onAgain(number: number): void {
    // Answered meanwhile.
    if (!this.state.open.has(number)) return;
    this.state.blocked.push(number);
    this.pump();
  }

  private giveUpBlocked(): void {
    const { state } = this;
    const { blocked } = state;
    state.blocked = [];
    for (const number of blocked) {
      const request = state.open.get(number);
      if (request === undefined) continue;
      // Its last attempt timed out before, and there will be no other.
      if (!request.isRenumbered) abandon(state.requests, number);
      this.giveUp(request);
    }
  }

  private giveUp(request: Request): void {
    this.state.timedOut++;
    this.complete(request);
  }

  /** Once for every request: its caller knows, and goes on. Gives how long it took, ns. */
  private complete(request: Request): number {
    const { state } = this;
    const wasOpen = state.open.delete(request.number);
    assert(wasOpen, 'a request completes exactly once');
    const tookNs = (this.world.now[0] as number) - request.askedNs;
    state.times[1] = (state.times[1] as number) + tookNs;
    if (this.demand.isClosed) this.demand.think();
    return tookNs;
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
    if (nextDeadlineNs(this.state.requests) <= (this.world.now[0] as number)) this.endOverdue();
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
    if (this.matchesNumbers && asker !== this.ix && isThere(world.actors[asker])) return this.onForeign(obl);
    const meant = asker === this.ix ? (messages.causeNumber[msg] as number) - 1 : -1;
    const taken = this.matchesNumbers || state.open.size === 0 ? meant : this.oldestOut(meant);
    const verdict = takeReply(state.requests, world.now[0] as number, taken < state.firstKnown ? -1 : taken);
    if (verdict === 'completed') {
      if (taken !== meant) this.mixUp();
      this.answer(state.open.get(taken) as Request, obl, attempt);
    } else this.discard(obl, verdict);
    return 'ack';
  }

  /** The request whose attempt has been out longest, or `otherwise` if none is. */
  private oldestOut(otherwise: number): number {
    for (const { number, isRenumbered } of this.state.open.values()) if (!isRenumbered) return number;
    return otherwise;
  }

  private mixUp(): void {
    this.state.mixedUp++;
    this.world.oracle.misroutedReplies++;
  }

  private answer(request: Request, obl: number, attempt: number): void {
    const { state, world } = this;
    const isFirst = world.obligations.succeed(obl);
    world.tellOf(obl, isFirst ? 'processed' : 'repeated', this.place, attempt);
    world.settled++;
    onAnswer(state.allowance, request.lastCost);
    state.times[0] = (state.times[0] as number) + this.complete(request);
  }

  /** Nobody waits for it: into the bin. */
  private discard(obl: number, verdict: ReplyVerdict): void {
    const { place, world } = this;
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

  inside(): Inside {
    const { consumers, nodeId, outlets, state, world } = this;
    const { allowance, blocked, open, requests } = state;
    const againNs = world.timersOf(this.ix, AGAIN);
    return [
      factsOf(STATE, {
        asked: this.demand.state.issued,
        'held-back': this.demand.state.heldBack + blocked.length,
        'next-due': untilNs(world, world.timersOf(this.ix, NEXT).get(this.demand.state.schedules)),
        budget: tokensLeft(allowance),
      }),
      openRequestsTable({ world, nodeId, open, requests, blocked, againNs }),
      ...consumers.flatMap((consumer) => consumer?.inside?.() ?? []),
      ...outlets.inside(),
    ];
  }

  override sample(out: Float64Array, at: number): void {
    const { state } = this;
    out[at] = state.open.size;
    out[at + 1] = this.demand.state.issued;
    out[at + 2] = state.requests.completedCount;
    out[at + 3] = state.timedOut;
    out[at + 4] = state.retried;
    out[at + 5] = state.forgotten;
    out[at + 6] = state.requests.lateCount;
    out[at + 7] = state.requests.duplicateCount;
    out[at + 8] = state.requests.unknownCount;
    out[at + 9] = state.foreign;
    out[at + 10] = state.mixedUp;
    out[at + 11] = (state.times[0] as number) / 1e9;
    out[at + 12] = (state.times[1] as number) / 1e9;
    out[at + 13] = this.demand.state.heldBack + state.blocked.length;
  }
}

/** Whether somebody is there who may wait for a reply. */
const isThere = (actor: Actor | null | undefined): boolean => actor instanceof Requester && !actor.isGone;

export const REQUESTER_BEHAVIOUR: NodeBehaviour = {
  expand(_self, _params, _parts, plan) {
    plan.actor('', (world, actor) => new Requester(world, actor));
  },
};
