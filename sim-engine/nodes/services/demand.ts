// What a sender or a requester is to send, and when: by a schedule (an open loop) or by callers who each wait for their answer and
// think (a closed one), up to a limit. What is due while a channel takes no more is held back here. What goes out, and how, is the
// node's business.

import type { Law } from '../../kernel/distributions.ts';
import type { ActorIx } from '../../kernel/ids.ts';
import type { LawSpec } from '../../kernel/law-spec.ts';
import { isSamePlain } from '../../kernel/plain-state.ts';
import type { Stateful } from '../../world/actor.ts';
import type { World } from '../../world/world.ts';
import type { Fields, Params } from '../fields.ts';
import type { Outlets } from '../publishing.ts';
import { type ArrivalState, goesOnByItself, newArrivalState, type Schedule, scheduleOf } from './arrivals.ts';

interface DemandState {
  /** How many went out so far: the number of the last. */
  issued: number;
  /** Due, but held back by a channel that takes no more. */
  heldBack: number;
  arrivals: ArrivalState;
  /** Schedules begun so far: an arrival that an older one armed is passed over. */
  schedules: number;
  /** Callers that found the limit reached. */
  resting: number;
}

/** What a demand asks of its node. */
export interface DemandHost {
  readonly ix: ActorIx;
  /** Sends the next one, number `state.issued`: every wire takes it. */
  issue(): void;
  /** Something has become due: to be followed by `pump`, after whatever goes before. */
  onDue(): void;
}

/** Numbers of the timers of its node that call `onArrival` and `onThought`. */
interface DemandTimers {
  readonly arrival: number;
  readonly thought: number;
}

export class Demand implements Stateful {
  state: DemandState = { issued: 0, heldBack: 0, arrivals: newArrivalState(), schedules: 0, resting: 0 };
  isClosed = false;
  private readonly world: World;
  private readonly host: DemandHost;
  private readonly nodeId: string;
  private readonly outlets: Outlets;
  private readonly fields: Fields;
  private readonly timers: DemandTimers;
  private params!: Params;
  private schedule!: Schedule;
  private thinkLaw!: Law;
  private limit = 0;

  /** `fields` are those of the node's kind. */
  constructor(
    world: World,
    host: DemandHost,
    nodeId: string,
    outlets: Outlets,
    fields: Fields,
    timers: DemandTimers,
    params: Params,
  ) {
    this.world = world;
    this.host = host;
    this.nodeId = nodeId;
    this.outlets = outlets;
    this.fields = fields;
    this.timers = timers;
    this.readParams(params);
  }

  private readParams(params: Params): void {
    const { world, nodeId } = this;
    this.params = params;
    this.isClosed = params.loop === 'closed';
    this.limit = params.limit as number;
    this.schedule = scheduleOf(world, nodeId, params);
    this.thinkLaw = world.law(params.think as LawSpec, nodeId, 'think');
  }

  onParams(params: Params): void {
    const wasSpent = this.isSpent();
    const before = this.params;
    this.readParams(params);
    if (this.isClosed) this.wakeCallers();
    else if (isOtherSchedule(this.fields, before, params)) this.beginAnew();
    else if (wasSpent) this.goOn();
  }

  onStart(): void {
    if (this.isClosed) this.startCallers();
    else this.beginAnew();
  }

  onCrash(): void {
    this.state.heldBack = 0;
    this.state.resting = 0;
  }

  onRestart(): void {
    if (this.isClosed) this.startCallers();
    else this.goOn();
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
    // Gaps are counted from the start of the node, not from the start of the run.
    if (fromNs > nowNs && this.params.arrivals !== 'times' && this.params.arrivals !== 'constant')
      world.at[0] = (world.at[0] as number) + fromNs - nowNs;
    world.arm(this.host.ix, this.timers.arrival, state.schedules);
  }

  private isSpent(): boolean {
    return this.limit > 0 && this.state.issued + this.state.heldBack >= this.limit;
  }

  onArrival(schedule: number): void {
    const { state, world } = this;
    if (schedule !== state.schedules) return;
    const count = this.schedule.due(state.arrivals);
    if (count > 0) this.add(count);
    if (this.isSpent()) return;
    if (this.schedule.next(state.arrivals)) world.arm(this.host.ix, this.timers.arrival, schedule);
  }

  // ---------------------------------------------------------------- closed loop

  private startCallers(): void {
    for (let caller = 0; caller < (this.params.callers as number); caller++) this.think();
  }

  /** The limit may have been raised: those who rest begin to think again. */
  private wakeCallers(): void {
    const { state } = this;
    if (this.limit > 0 && state.issued >= this.limit) return;
    for (; state.resting > 0; state.resting--) this.think();
  }

  /** Of a closed loop: a caller has its answer and thinks about the next. */
  think(): void {
    const { world } = this;
    this.thinkLaw.drawInto(world.drawn);
    const startNs = this.params.startAt as number;
    const fromNs = startNs > (world.now[0] as number) ? startNs : (world.now[0] as number);
    world.at[0] = fromNs + (world.drawn[0] as number);
    world.arm(this.host.ix, this.timers.thought, 0);
  }

  onThought(): void {
    this.add(1);
  }

  // ---------------------------------------------------------------- what is due

  /** So many more are due now, whatever the schedule says. */
  add(count: number): void {
    this.state.heldBack += count;
    this.host.onDue();
  }

  /** Sends what is due, as long as every wire takes it. */
  pump(): void {
    const { state, outlets } = this;
    if (state.heldBack === 0) return;
    if (outlets.count === 0) {
      // Nobody to send to: what the clock asks for is not kept, but a caller stays until somebody listens.
      if (!this.isClosed) state.heldBack = 0;
      return;
    }
    while (state.heldBack > 0 && outlets.areOpen) {
      if (this.limit > 0 && state.issued >= this.limit) {
        if (this.isClosed) state.resting += state.heldBack;
        state.heldBack = 0;
        return;
      }
      state.heldBack--;
      state.issued++;
      this.host.issue();
    }
  }
}

/** Whether a change of fields changes when something is due: of the fields that these arrivals use, or of the arrivals. */
function isOtherSchedule(fields: Fields, before: Params, after: Params): boolean {
  return Object.entries(fields).some(([name, field]) => {
    const isUsed = field.when?.field === 'arrivals' && field.when.is.includes(after.arrivals as string);
    return (isUsed || name === 'arrivals') && !isSamePlain(before[name], after[name]);
  });
}
