// Faults that were given for a time, and how they end. Giving one is the act itself (a crash, a cut), done by whoever injects it;
// here stands only which of several on the same actor or link is the last, so that it outlives the end of the earlier ones.

import type { Arena, Saveable } from '../kernel/arena.ts';
import type { Digest } from '../kernel/digest.ts';
import type { ActorIx, LinkIx } from '../kernel/ids.ts';
import type { Actor } from './actor.ts';
import { type Clock, FAULT_END } from './clock.ts';
import type { Lives } from './lives.ts';
import type { Network } from './network.ts';

/** Faults that can end by themselves. */
export const FAULT_CRASH = 0;
export const FAULT_SLOW = 1;
export const FAULT_CUT = 2;
export const FAULT_DELAY = 3;
export const FAULT_LOSS = 4;
export const FAULT_POISON = 5;
const FAULT_KINDS = 8;

export class Faults implements Saveable {
  /** How often each fault was given, by `who * FAULT_KINDS + fault`. */
  private given = new Map<number, number>();
  private readonly clock: Clock;
  private readonly digest: Digest;
  private readonly network: Network;
  private readonly lives: Lives;
  private readonly actors: readonly (Actor | null)[];

  constructor(arena: Arena, clock: Clock, digest: Digest, network: Network, lives: Lives, actors: readonly (Actor | null)[]) {
    this.clock = clock;
    this.digest = digest;
    this.network = network;
    this.lives = lives;
    this.actors = actors;
    arena.register(this);
  }

  /**
   * Notes that a fault was given to an actor or a link; with `forNs` its end is set. Called before the fault takes hold, so
   * that the end of an earlier one no longer matters.
   */
  begin(who: number, fault: number, forNs: number | undefined): void {
    const { clock } = this;
    const key = who * FAULT_KINDS + fault;
    const given = ((this.given.get(key) ?? 0) + 1) & 0xffff;
    this.given.set(key, given);
    clock.isTickDirty = true;
    if (forNs === undefined) return;
    clock.at[0] = (clock.now[0] as number) + forNs;
    clock.wheel.insert(clock.at, clock.seq, who, FAULT_END, fault, given);
  }

  /** The time of the `given`-th fault of its sort is over: false if a later one was given meanwhile, and nothing ends. */
  end(who: number, fault: number, given: number): boolean {
    if (this.given.get(who * FAULT_KINDS + fault) !== given) return false;
    this.clock.isTickDirty = true;
    this.digest.mix(this.clock.now, who, FAULT_END, fault, 0);
    this.takeBack(who, fault);
    return true;
  }

  private takeBack(who: number, fault: number): void {
    switch (fault) {
      case FAULT_CRASH:
        this.lives.restart(who as ActorIx);
        return;
      case FAULT_SLOW:
        this.lives.setSlow(who as ActorIx, 1);
        return;
      case FAULT_CUT:
        this.network.heal(who as LinkIx);
        return;
      case FAULT_DELAY:
        this.network.setExtraDelay(who as LinkIx, 0);
        return;
      case FAULT_LOSS:
        this.network.setFaultLoss(who as LinkIx, -1);
        return;
      case FAULT_POISON:
        this.actors[who]?.onCommand({ type: 'poison', share: -1 });
        return;
    }
  }

  save(): unknown {
    return [...this.given];
  }

  load(saved: unknown): void {
    this.given = new Map(saved as [number, number][]);
  }
}
