// What may not wait in a queue any longer: draws how long each message has, keeps its deadline while it lies here, and sets a timer
// for the first. What becomes of one whose time is over is the queue's business.

import type { Law } from '../../kernel/distributions.ts';
import type { ActorIx } from '../../kernel/ids.ts';
import type { LawSpec } from '../../kernel/law-spec.ts';
import type { Stateful } from '../../world/actor.ts';
import type { World } from '../../world/world.ts';
import type { Params } from '../fields.ts';
import { dueOf, firstDue, forgetPatience, givePatience, newPatience, type Patience, takeFirst } from './patience.ts';

const TIMERS_MASK = 0x3fffffff;

interface ExpiryState {
  patience: Patience;
  /** For when a timer is set, ns, in a cell; infinity if none is. A timer that a later one took the place of is passed over. */
  armedNs: Float64Array;
  timers: number;
}

export class Expiry implements Stateful {
  state: ExpiryState = { patience: newPatience(), armedNs: new Float64Array([Number.POSITIVE_INFINITY]), timers: 0 };
  private readonly world: World;
  private readonly actor: ActorIx;
  private readonly nodeId: string;
  private readonly timer: number;
  private rule = 'never';
  private law: Law | null = null;

  /** `timer`: number of the timer of `actor` that calls `isDue`. */
  constructor(world: World, actor: ActorIx, nodeId: string, timer: number, params: Params) {
    this.world = world;
    this.actor = actor;
    this.nodeId = nodeId;
    this.timer = timer;
    this.readParams(params);
  }

  private readParams(params: Params): void {
    this.rule = params.expiry as string;
    this.law = this.rule === 'never' ? null : this.world.law(params.timeToLive as LawSpec, this.nodeId, 'patience');
  }

  onParams(params: Params): void {
    this.readParams(params);
    if (this.rule !== 'never') this.arm();
    else if (this.state.patience.live > 0) this.state.patience = newPatience();
  }

  onCrash(): void {
    this.state.armedNs[0] = Number.POSITIVE_INFINITY;
  }

  /** The time of a message begins that has not lain here before. */
  begin(obl: number): void {
    const { law, world } = this;
    if (law === null) return;
    law.drawInto(world.drawn);
    const dueNs = (world.now[0] as number) + (world.drawn[0] as number);
    // 0 says that there is no deadline, and the first nanosecond of a run is as good.
    world.at[0] = dueNs < 1 ? 1 : dueNs;
    givePatience(this.state.patience, obl, world.at);
    this.arm();
  }

  forget(obl: number): void {
    if (this.state.patience.live > 0) forgetPatience(this.state.patience, obl);
  }

  /** Whether its time is over in this instant, or was before. */
  isHere(obl: number): boolean {
    if (this.law === null) return false;
    const dueNs = dueOf(this.state.patience, obl);
    return dueNs !== 0 && dueNs <= (this.world.now[0] as number);
  }

  /** At the very moment when its time is over it may still be handed out: a time of 0 is for what is taken at once. */
  isOver(obl: number): boolean {
    if (this.law === null) return false;
    const dueNs = dueOf(this.state.patience, obl);
    return dueNs !== 0 && dueNs < (this.world.now[0] as number);
  }

  arm(): void {
    const { state, world } = this;
    if (this.rule !== 'on-time') return;
    const dueNs = firstDue(state.patience);
    if (dueNs >= (state.armedNs[0] as number)) return;
    world.at[0] = dueNs;
    state.armedNs[0] = dueNs;
    state.timers = (state.timers + 1) & TIMERS_MASK;
    world.arm(this.actor, this.timer, state.timers);
  }

  /** Whether a timer is the last one set, and there may be something to take; to be followed by `arm`. */
  isDue(timer: number): boolean {
    if (timer !== this.state.timers) return false;
    this.state.armedNs[0] = Number.POSITIVE_INFINITY;
    return this.rule === 'on-time';
  }

  /** The next obligation whose time is over now, or 0. Its deadline stays known. */
  takeDue(): number {
    const { patience } = this.state;
    return firstDue(patience) <= (this.world.now[0] as number) ? takeFirst(patience) : 0;
  }
}
