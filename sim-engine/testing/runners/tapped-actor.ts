// Listens to what reaches an actor without touching it: a stand-in that tells an observer of each packet and passes everything on.
// The observer only reads. Used where a gauge on a grid would be too coarse to check a theory by.

import type { ActorIx, LinkIx } from '../../kernel/ids.ts';
import type { Params } from '../../nodes/fields.ts';
import type { Connection } from '../../nodes/node-kind.ts';
import type { Actor, CompiledCommand } from '../../world/actor.ts';
import type { World } from '../../world/world.ts';

export type PacketObserver = (type: number, first: number) => void;

/**
 * Puts the stand-in in the actor's place; `observe` hears of each packet just before the actor does, `beforeTimer` that one of its
 * timers is about to fire. Restoring a checkpoint makes all actors anew, without it.
 */
export function tapActor(world: World, ix: number, observe: PacketObserver, beforeTimer?: () => void): void {
  const actor = world.actors[ix];
  if (!actor) throw new Error(`there is no actor ${ix}`);
  world.actors[ix] = new TappedActor(actor, observe, beforeTimer);
}

class TappedActor implements Actor {
  readonly ix: ActorIx;
  private readonly actor: Actor;
  private readonly observe: PacketObserver;
  private readonly beforeTimer: (() => void) | undefined;

  constructor(actor: Actor, observe: PacketObserver, beforeTimer: (() => void) | undefined) {
    this.ix = actor.ix;
    this.actor = actor;
    this.observe = observe;
    this.beforeTimer = beforeTimer;
  }

  onPacket(link: LinkIx, type: number, first: number, count: number): void {
    this.observe(type, first);
    this.actor.onPacket(link, type, first, count);
  }
  onTimer(timer: number, arg: number): void {
    this.beforeTimer?.();
    this.actor.onTimer(timer, arg);
  }
  onCommand(command: CompiledCommand): void {
    this.actor.onCommand(command);
  }
  sample(out: Float64Array, at: number): void {
    this.actor.sample(out, at);
  }
  attach(slot: number, connection: Connection): void {
    this.actor.attach(slot, connection);
  }
  onConnected(slot: number): void {
    this.actor.onConnected(slot);
  }
  onDisconnected(slot: number): void {
    this.actor.onDisconnected(slot);
  }
  onWireParams(slot: number, connection: Connection): void {
    this.actor.onWireParams(slot, connection);
  }
  onParams(params: Params): void {
    this.actor.onParams(params);
  }
  onStart(): void {
    this.actor.onStart();
  }
  onCrash(): void {
    this.actor.onCrash();
  }
  onRestart(): void {
    this.actor.onRestart();
  }
  onRemoved(): void {
    this.actor.onRemoved();
  }
  save(): unknown {
    return this.actor.save();
  }
  load(saved: unknown): void {
    this.actor.load(saved);
  }
}
