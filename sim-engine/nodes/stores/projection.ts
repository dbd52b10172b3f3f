// The projection at work: takes events one after the other, each once and in the order of its stream, and makes a view of them that
// can be lost and built again from the event store. It lags by what its work takes; who reads the view sees what is in it. Section 8
// and P31 to P33 of docs/semantics/patterns.md.

import { assert } from '../../kernel/assert.ts';
import type { Law } from '../../kernel/distributions.ts';
import type { LinkIx, OblIx } from '../../kernel/ids.ts';
import { clearRing, type IntRing, newRing, peekRing, pushRing, shiftRing } from '../../kernel/int-ring.ts';
import type { LawSpec } from '../../kernel/law-spec.ts';
import { StatefulActor } from '../../world/actor.ts';
import { DROPPED, IN_FLIGHT } from '../../world/books.ts';
import type { Inside } from '../../world/inside.ts';
import * as packet from '../../world/packet-types.ts';
import { actorPlace, CRASH, DUPLICATE, FORGOTTEN, REMOVED, UNKNOWN } from '../../world/reasons.ts';
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
  type Settlement,
} from '../node-kind.ts';
import { behaviourOf } from '../registry.ts';
import { CatchingUp, type CatchingUpHost } from './catching-up.ts';
import { newEventRow } from './event-log.ts';
import type { EventStore } from './event-store.ts';
import { DESK_COLUMNS, projectionInside } from './projection-inside.ts';
import { slowed } from './relay.ts';
import { type StreamKind, streamKind } from './trip.ts';
import { completeUpTo, copyOfView, knowsEffectOf, newView, seqInView, takeEvent, type View } from './view.ts';

const WORKED = 0;
/** What was asked of the event store did not come. */
const ANSWER_DUE = 1;
const PAGE_READ = 2;

const TIMERS_MASK = 0x3fffffff;
interface ProjectionState {
  view: View;
  snapshot: View | null;
  desk: IntRing;
  held: number[];
  /** Subscription by connection, as the deliveries say; -1 before the first. */
  subs: number[];
  /** The head of the desk is being worked on. */
  isWorking: boolean;
  /** It takes nothing any more until it is told to. */
  isStanding: boolean;
  /** Timers of works and pages: those of what was given up are passed over. */
  timers: number;
  sinceSnapshot: number;
  folded: number;
  refolded: number;
  ignored: number;
  gaps: number;
  reads: number;
  staleReads: number;
}

class Projection extends StatefulActor implements ConsumerHost, CatchingUpHost {
  override state: ProjectionState = {
    view: newView(),
    snapshot: null,
    desk: newRing(),
    held: [],
    subs: [],
    isWorking: false,
    isStanding: false,
    timers: 0,
    sinceSnapshot: 0,
    folded: 0,
    refolded: 0,
    ignored: 0,
    gaps: 0,
    reads: 0,
    staleReads: 0,
  };
  private readonly world: World;
  private readonly nodeId: string;
  private readonly place: number;
  private readonly consumers: (ConsumerClient | null)[] = [];
  private readonly answers: (LinkIx | null)[] = [];
  /** By slot: document id of the node at the other end. */
  private readonly peers: string[] = [];
  private readonly catchingUp: CatchingUp;
  private readonly row = newEventRow();
  private readonly kind: StreamKind;
  private workLaw!: Law;
  private onGap = 'ask';
  private gapWaitNs = 0;
  private isOnDisk = false;
  private snapshotEvery = 0;
  private version = 1;

  constructor(world: World, self: ActorSelf) {
    super(self.ix);
    this.world = world;
    this.nodeId = self.nodeId;
    this.place = actorPlace(self.ix);
    this.kind = streamKind(self.params.streams);
    this.catchingUp = new CatchingUp(world, this, ANSWER_DUE, self.params);
    this.readParams(self.params);
  }

  protected override statefulParts() {
    return [this.catchingUp, ...Array.from(this.consumers, (consumer) => consumer ?? null)];
  }

  private readParams(params: Params): void {
    this.workLaw = this.world.law(params.work as LawSpec, this.nodeId, 'work');
    this.onGap = params.onGap as string;
    this.gapWaitNs = params.gapWait as number;
    this.isOnDisk = params.kept === 'on-disk';
    this.snapshotEvery = params.snapshotEvery as number;
    this.version = params.version as number;
  }

  // ---------------------------------------------------------------- life

  override attach(slot: number, connection: Connection): void {
    this.peers[slot] = connection.peerId;
    if (connection.port === 'calls') {
      this.catchingUp.attach(slot, connection);
      return;
    }
    if (connection.port === 'asked') {
      this.answers[slot] = connection.out;
      return;
    }
    const factory = behaviourOf(connection.peerKind).consumer;
    assert(factory !== undefined, `${connection.peerKind} offers no consumer`);
    this.consumers[slot] = factory(this.world, this, slot, connection);
    this.state.held[slot] ??= 0;
    this.state.subs[slot] ??= -1;
  }

  override onConnected(slot: number): void {
    this.consumers[slot]?.start();
    if (slot === this.catchingUp.sourceSlot) this.catchUp();
  }

  override onDisconnected(slot: number): void {
    const wasSource = slot === this.catchingUp.sourceSlot;
    this.answers[slot] = null;
    this.catchingUp.detach(slot);
    if (wasSource) {
      this.catchingUp.giveUp();
      if (this.catchingUp.hasSource) this.catchUp();
      else this.begin();
    }
    if (!this.consumers[slot]) return;
    this.consumers[slot].onDisconnected?.();
    this.consumers[slot] = null;
    const { desk } = this.state;
    for (let left = desk.count / DESK_COLUMNS; left > 0; left--) {
      const obl = shiftRing(desk);
      const attempt = shiftRing(desk);
      const from = shiftRing(desk);
      if (from === slot) this.world.obligations.dropCause(obl, this.place, REMOVED);
      else this.putOnDesk(obl, attempt, from);
    }
    this.state.held[slot] = 0;
    this.interrupt();
    this.begin();
  }

  override onWireParams(slot: number, connection: Connection): void {
    this.consumers[slot]?.onParams(connection);
    this.catchingUp.onWireParams(slot, connection);
  }

  override onParams(params: Params): void {
    const { onGap, version } = this;
    this.readParams(params);
    this.catchingUp.onParams(params);
    if (version !== this.version) this.loseView(null);
    if (onGap !== this.onGap) this.state.isStanding = false;
    this.begin();
  }

  /** What was there before the run was taken in before the run; a view that comes later has to read it all. */
  override onStart(): void {
    for (const consumer of this.consumers) consumer?.start();
    if (this.world.now[0] === 0) this.takeHistory();
    else this.catchUp();
  }

  private takeHistory(): void {
    const store = this.catchingUp.eventStore();
    if (store === null) return;
    for (let number = 1; number <= store.history; number++) {
      store.eventInto(number, this.row);
      takeEvent(this.state.view, this.kind, number, this.row);
    }
    this.state.sinceSnapshot = store.history;
    this.takeSnapshot();
  }

  override onCrash(): void {
    this.letGoOfDesk(CRASH);
    for (const consumer of this.consumers) consumer?.onCrash();
    this.catchingUp.giveUp();
    const { state } = this;
    state.isWorking = false;
    state.isStanding = false;
    if (!this.isOnDisk) this.dropView(state.snapshot);
  }

  override onRestart(): void {
    for (const consumer of this.consumers) consumer?.start();
    this.catchUp();
  }

  override onRemoved(): void {
    this.letGoOfDesk(REMOVED);
    for (const consumer of this.consumers) consumer?.onDisconnected?.();
  }

  private letGoOfDesk(reason: number): void {
    const { desk } = this.state;
    while (desk.count > 0) {
      this.world.obligations.dropCause(shiftRing(desk), this.place, reason);
      shiftRing(desk);
      shiftRing(desk);
    }
    clearRing(desk);
    this.state.held = this.state.held.map(() => 0);
  }

  // ---------------------------------------------------------------- deliveries

  concurrency(): number {
    return 1;
  }

  held(client: number): number {
    return this.state.held[client] as number;
  }

  onDelivery(client: number, obl: OblIx, attempt: number): void {
    const { state, world } = this;
    state.held[client] = (state.held[client] as number) + 1;
    state.subs[client] = world.obligations.sub[obl] as number;
    if (world.obligations.attempts[obl] === attempt) world.obligations.moveTo(obl, IN_FLIGHT);
    this.putOnDesk(obl, attempt, client);
    this.begin();
  }

  private putOnDesk(obl: number, attempt: number, client: number): void {
    const { desk } = this.state;
    pushRing(desk, obl);
    pushRing(desk, attempt);
    pushRing(desk, client);
  }

  override onPacket(link: LinkIx, type: number, first: number, count: number): void {
    const slot = this.world.links.toSlot[link] as number;
    const consumer = this.consumers[slot];
    if (consumer) consumer.onPacket(link, type, first, count);
    else if (type === packet.EVENTS) this.catchingUp.onEvents(first, count);
    else if (type === packet.READ || type === packet.CALL) this.onRead(slot, first);
    else if (this.answers[slot]) this.refuse(slot, first);
  }

  override onTimer(timer: number, arg: number): void {
    if (timer >= CLIENT_TIMERS) this.consumers[clientOfTimer(timer)]?.onTimer(ownTimerOf(timer), arg);
    else if (timer === ANSWER_DUE) this.catchingUp.onAnswerDue(arg);
    else if (arg !== this.state.timers) return;
    else if (timer === WORKED) this.onWorked();
    else this.catchingUp.onPageRead();
  }

  /** Takes up the oldest delivery, unless something else is in hand. */
  private begin(): void {
    const { state, world } = this;
    if (state.isWorking || state.isStanding || this.catchingUp.isUnderWay || state.desk.count === 0) return;
    state.isWorking = true;
    world.tellOf(peekRing(state.desk, 0), 'begun', this.place, peekRing(state.desk, 1));
    this.armOwn(WORKED, slowed(this.workLaw, world, world.slowFactor(this.ix)));
  }

  private armOwn(timer: number, lengthNs: number): void {
    const { state, world } = this;
    state.timers = (state.timers + 1) & TIMERS_MASK;
    world.at[0] = (world.now[0] as number) + lengthNs;
    world.arm(this.ix, timer, state.timers);
  }

  /** What was begun is not finished; it lies where it lay. */
  private interrupt(): void {
    if (!this.state.isWorking) return;
    this.state.isWorking = false;
    this.passOver();
  }

  private onWorked(): void {
    const { row, state, world } = this;
    const { messages, obligations } = world;
    state.isWorking = false;
    const obl = peekRing(state.desk, 0);
    const msg = obligations.msg[obl] as number;
    if (messages.eventNumber[msg] === 0) {
      world.settled++;
      obligations.conclude(obl, DROPPED, this.place, UNKNOWN);
      this.finish('ack', 0);
      return;
    }
    row.key = messages.key[msg] as number;
    row.seq = (messages.eventNumber[msg] as number) - 1;
    row.type = messages.type[msg] as number;
    row.causeSender = messages.causeSender[msg] as number;
    row.causeNumber = messages.causeNumber[msg] as number;
    const verdict = takeEvent(state.view, this.kind, messages.number[msg] as number, row);
    if (verdict === 'applied') this.onApplied(obl, msg);
    else if (verdict === 'ignored') this.onIgnored(obl);
    else this.onStopped(row.key, row.seq);
  }

  private onApplied(obl: number, msg: number): void {
    const { state, world } = this;
    const attempt = peekRing(state.desk, 1);
    state.folded++;
    world.settled++;
    world.tell(msg, world.obligations.succeed(obl) ? 'processed' : 'repeated', this.place, attempt);
    this.countForSnapshot();
    this.finish('ack', 0);
  }

  private onIgnored(obl: number): void {
    const { state, world } = this;
    state.ignored++;
    world.tellOf(obl, 'recognised', this.place, peekRing(state.desk, 1));
    world.obligations.conclude(obl, DROPPED, this.place, DUPLICATE);
    this.finish('ack', 0);
  }

  /** The head of the desk is through. */
  private finish(outcome: Settlement, delayNs: number): void {
    const { state, world } = this;
    const obl = shiftRing(state.desk);
    const attempt = shiftRing(state.desk);
    const client = shiftRing(state.desk);
    this.consumers[client]?.settle(obl as OblIx, attempt, outcome, delayNs, true);
    state.held[client] = (state.held[client] as number) - 1;
    world.obligations.dropCause(obl, this.place, FORGOTTEN);
    this.begin();
  }

  /** An event is missing before this one, or this one has no meaning where the stream stands. */
  private onStopped(key: number, seq: number): void {
    const { state } = this;
    const isGap = seq > seqInView(state.view, key) + 1;
    if (isGap) state.gaps++;
    if (isGap && this.onGap === 'give-back') {
      this.finish('retry', this.gapWaitNs);
    } else if (isGap && this.onGap === 'ask' && this.catchingUp.hasSource) {
      this.catchingUp.fillIn(key);
    } else this.stand();
  }

  private stand(): void {
    this.state.isStanding = true;
    this.world.notice('notice.projection-stands', this.nodeId);
  }

  // ---------------------------------------------------------------- losing and rebuilding

  /** The view is gone but for a snapshot. */
  private dropView(snapshot: View | null): void {
    const { state } = this;
    state.view = snapshot === null ? newView() : copyOfView(snapshot);
    state.snapshot = snapshot;
    state.sinceSnapshot = 0;
  }

  private loseView(snapshot: View | null): void {
    this.interrupt();
    this.catchingUp.giveUp();
    this.dropView(snapshot);
    this.state.isStanding = false;
    this.catchUp();
  }

  /** Reads everything that is missing, from the first event on that is, before it takes another delivery. */
  private catchUp(): void {
    if (!this.catchingUp.hasSource || this.catchingUp.state.isRebuilding) return;
    this.interrupt();
    this.catchingUp.rebuild(completeUpTo(this.state.view) + 1);
  }

  seqInView(key: number): number {
    return seqInView(this.state.view, key);
  }

  armPage(lengthNs: number): void {
    this.armOwn(PAGE_READ, lengthNs);
  }

  passOver(): void {
    this.state.timers = (this.state.timers + 1) & TIMERS_MASK;
  }

  onCaughtUp(): void {
    this.begin();
  }

  onStuck(): void {
    this.stand();
  }

  /** False if the event has no meaning where the stream stands. */
  refold(store: EventStore, number: number): boolean {
    const { row, state, world } = this;
    store.eventInto(number, row);
    const verdict = takeEvent(state.view, this.kind, number, row);
    if (verdict !== 'applied') return verdict === 'ignored';
    state.refolded++;
    // Its delivery may have been lost on the way: the effect is there all the same.
    for (const sub of state.subs) if (sub >= 0) world.oracle.madeUp(sub, this.catchingUp.sourceIx, number);
    this.countForSnapshot();
    return true;
  }

  private countForSnapshot(): void {
    this.state.sinceSnapshot++;
    this.takeSnapshot();
  }

  private takeSnapshot(): void {
    const { state } = this;
    if (this.snapshotEvery === 0 || state.sinceSnapshot < this.snapshotEvery) return;
    state.sinceSnapshot = 0;
    state.snapshot = copyOfView(state.view);
  }

  // ---------------------------------------------------------------- reading the view

  /** Reading costs nothing and shows what is there: perhaps not yet what the one who asks has just written. */
  private onRead(slot: number, obl: number): void {
    const { state, world } = this;
    const { messages, obligations } = world;
    const msg = obligations.msg[obl] as number;
    state.reads++;
    if (!knowsEffectOf(state.view, messages.sender[msg] as number, messages.number[msg] as number)) state.staleReads++;
    this.answer(slot, obl, packet.ANSWER_OK);
  }

  /** A view is never written by hand. */
  private refuse(slot: number, obl: number): void {
    this.answer(slot, obl, packet.ANSWER_REFUSED);
  }

  private answer(slot: number, obl: number, result: number): void {
    const { world } = this;
    const link = this.answers[slot];
    if (link) world.send(link, packet.ANSWER, result, 1, world.tag);
    world.obligations.dropMention(obl);
  }

  // ---------------------------------------------------------------- gauges

  inside(): Inside {
    const { catchingUp, consumers, kind, peers, state, version, world } = this;
    const tables = projectionInside({ world, catchingUp, kind, version, peers, state });
    return [...tables, ...consumers.flatMap((consumer) => consumer?.inside?.() ?? [])];
  }

  override sample(out: Float64Array, at: number): void {
    const { kind, state, world } = this;
    const { view } = state;
    const store = this.catchingUp.eventStore();
    const last = store?.log.last ?? 0;
    const complete = completeUpTo(view);
    const isBehind = store !== null && complete < last;
    if (isBehind) store.eventInto(complete + 1, this.row);
    const completed = view.inState[kind.completed] ?? 0;
    const cancelled = view.inState[kind.cancelled] ?? 0;
    out[at] = view.count;
    // Not below 0: a view may also hold events of queues that this store knows nothing of.
    out[at + 1] = last > view.count ? last - view.count : 0;
    out[at + 2] = isBehind ? ((world.now[0] as number) - this.row.bornNs) / 1e9 : 0;
    out[at + 3] = state.desk.count / DESK_COLUMNS;
    out[at + 4] = state.folded;
    out[at + 5] = state.refolded;
    out[at + 6] = state.ignored;
    out[at + 7] = state.gaps;
    out[at + 8] = state.isStanding ? 1 : 0;
    out[at + 9] = this.catchingUp.state.isRebuilding ? 1 : 0;
    out[at + 10] = this.catchingUp.state.rebuilds;
    out[at + 11] = view.streams.size;
    out[at + 12] = view.streams.size - completed - cancelled;
    out[at + 13] = completed;
    out[at + 14] = cancelled;
    out[at + 15] = state.reads;
    out[at + 16] = state.staleReads;
  }
}

export const PROJECTION_BEHAVIOUR: NodeBehaviour = {
  expand(_self, _params, _parts, plan) {
    plan.actor('', (world, actor) => new Projection(world, actor));
  },
};
