// Whether an actor is up, crashed, stalled or gone, what each change brings with it, and what becomes of what reaches one that
// is not up. What a stall holds up is kept in `standing-still.ts`.

import type { ActorIx } from '../kernel/ids.ts';
import type { Actor } from './actor.ts';
import { type ActorTable, CRASHED, GONE, STALLED, UP } from './actor-table.ts';
import type { Cargo } from './cargo.ts';
import type { Clock } from './clock.ts';
import { type LinkTable, RELATION } from './links.ts';
import type { Network } from './network.ts';
import { actorPlace, DOWN, REMOVED } from './reasons.ts';
import type { StandingStill } from './standing-still.ts';
import type { Notices } from './trace.ts';

export class Lives {
  private readonly clock: Clock;
  private readonly table: ActorTable;
  private readonly links: LinkTable;
  private readonly network: Network;
  private readonly cargo: Cargo;
  private readonly standingStill: StandingStill;
  private readonly notices: Notices;
  private readonly actors: readonly (Actor | null)[];
  private readonly nodeIds: string[];

  constructor(
    clock: Clock,
    table: ActorTable,
    links: LinkTable,
    network: Network,
    cargo: Cargo,
    standingStill: StandingStill,
    notices: Notices,
    actors: readonly (Actor | null)[],
    nodeIds: string[],
  ) {
    this.clock = clock;
    this.table = table;
    this.links = links;
    this.network = network;
    this.cargo = cargo;
    this.standingStill = standingStill;
    this.notices = notices;
    this.actors = actors;
    this.nodeIds = nodeIds;
  }

  // ---------------------------------------------------------------- from one condition to the next

  /** A place for a new actor; `World.actors[ix]` is set by the caller. */
  begin(nodeId: string): ActorIx {
    const { table } = this;
    const ix = table.slots.alloc() as ActorIx;
    table.condition[ix] = UP;
    table.epoch[ix] = 0;
    table.slowFactor[ix] = 1;
    table.stalledUntilNs[ix] = 0;
    table.heldHead[ix] = 0;
    table.heldTail[ix] = 0;
    table.stallArmedNs[ix] = Number.POSITIVE_INFINITY;
    this.nodeIds[ix] = nodeId;
    return ix;
  }

  /** False if it was down already. */
  crash(actor: ActorIx): boolean {
    const { table } = this;
    if (((table.condition[actor] as number) & (CRASHED | GONE)) !== 0) return false;
    table.condition[actor] = CRASHED;
    table.stalledUntilNs[actor] = 0;
    table.epoch[actor] = (table.epoch[actor] as number) + 1;
    this.standingStill.drop(actor, DOWN);
    this.actors[actor]?.onCrash();
    this.network.setModes(actor);
    this.tell('notice.crashed', 'notice.crashed.member', actor);
    return true;
  }

  /** False if it was not down. */
  restart(actor: ActorIx): boolean {
    const { table } = this;
    if (((table.condition[actor] as number) & CRASHED) === 0) return false;
    table.condition[actor] = UP;
    table.epoch[actor] = (table.epoch[actor] as number) + 1;
    this.network.setModes(actor);
    this.actors[actor]?.onRestart();
    this.tell('notice.restarted', 'notice.restarted.member', actor);
    return true;
  }

  /** Nothing happens at this actor until `untilNs`; packets and timers wait in their order. */
  stall(actor: ActorIx, untilNs: number): boolean {
    const { table } = this;
    if (table.condition[actor] !== UP && table.condition[actor] !== STALLED) return false;
    table.condition[actor] = STALLED;
    if (untilNs > (table.stalledUntilNs[actor] as number)) table.stalledUntilNs[actor] = untilNs;
    if ((table.stalledUntilNs[actor] as number) < (table.stallArmedNs[actor] as number)) this.standingStill.armEnd(actor);
    this.tell('notice.stalled', 'notice.stalled.member', actor);
    return true;
  }

  setSlow(actor: ActorIx, factor: number): void {
    this.table.slowFactor[actor] = factor;
  }

  /** The node leaves for good; its links must be gone before. */
  remove(actor: ActorIx): void {
    const { table } = this;
    table.condition[actor] = GONE;
    table.epoch[actor] = (table.epoch[actor] as number) + 1;
    this.standingStill.drop(actor, REMOVED);
    this.actors[actor]?.onRemoved();
  }

  /** `ofMember`: of one of several that make up a node. */
  private tell(key: string, ofMember: string, actor: ActorIx): void {
    const number = this.actors[actor]?.memberNumber;
    const name = this.nodeIds[actor] as string;
    if (number === undefined) this.notices.tell(this.clock.now, key, name);
    else this.notices.tell(this.clock.now, ofMember, name, { number });
  }

  /** UP, CRASHED, STALLED or GONE: a stall whose time is over counts as over, though what it held up goes on only now. */
  condition(actor: ActorIx): number {
    const condition = this.table.condition[actor] as number;
    const isOver = condition === STALLED && (this.table.stalledUntilNs[actor] as number) <= (this.clock.now[0] as number);
    return isOver ? UP : condition;
  }

  // ---------------------------------------------------------------- what reaches those who are not simply up

  /** Whether a timer of an actor that is not up fires all the same: no; a stall holds it up, and who is down has none. */
  isTimerDue(actor: ActorIx, timer: number, arg: number): boolean {
    if (this.table.condition[actor] === STALLED) this.standingStill.holdTimer(actor, timer, arg);
    return false;
  }

  /** Whether a packet reaches an actor that is not up; if not it is held up if the actor is stalled, lost if it is down. */
  isReachable(link: number, type: number, first: number, count: number, tag: number): boolean {
    const to = this.links.to[link] as ActorIx;
    const condition = this.table.condition[to];
    // A relation is part of the store behind the node: it is there when the process is not.
    if (this.links.sort[link] === RELATION && condition !== GONE) return true;
    if (condition === STALLED) {
      this.standingStill.holdPacket(to, link, type, first, count, tag);
      return false;
    }
    this.clock.isTickDirty = true;
    this.cargo.lose(link, type, first, actorPlace(to), condition === GONE ? REMOVED : DOWN, 1);
    return false;
  }
}
