// What an actor answers, and the base that gives the optional answers their defaults. A node of the drawing compiles to one
// or many actors; everything one does is an answer to a packet, a timer or a command.

import type { ActorIx, LinkIx } from '../kernel/ids.ts';
import { clonePlain } from '../kernel/plain-state.ts';
import type { Params } from '../nodes/fields.ts';
import type { Connection } from '../nodes/node-kind.ts';
import type { Inside } from './inside.ts';
import type { LayoutPlaces } from './samples.ts';

/** A command as it reaches an actor: names resolved, times in ns. */
export type CompiledCommand =
  | { readonly type: 'redrive'; readonly count: number }
  /** One dead letter alone, by its obligation. */
  | { readonly type: 'redrive-one'; readonly obligation: number }
  | { readonly type: 'burst'; readonly count: number; readonly overNs: number }
  /** `share` -1 = the sender's own again. */
  | { readonly type: 'poison'; readonly share: number };

export interface Actor {
  readonly ix: ActorIx;
  /** Of one of several that make up a node: how people count it, from 1. */
  readonly memberNumber?: number;
  onPacket(link: LinkIx, type: number, first: number, count: number): void;
  onTimer(timer: number, arg: number): void;
  onCommand(command: CompiledCommand): void;
  /** Writes the gauges of its kind, in declared order, to `out` from `at` on. Reads only. */
  sample(out: Float64Array, at: number): void;
  /** Of a container: the gauges of the part's kind in the same way, as far as they are this actor's; `part` is its document id. */
  samplePart?(part: string, out: Float64Array, at: number): void;
  /** Of a container with groups: records of a topic that a group has not committed, as far as they are this actor's. Reads only. */
  lagOf?(topic: string, group: string): number;
  /** Of a kind that asks others: state of the breaker, calls out, calls held back on the wire of this slot, as `WIRE` of the frame has them. */
  sampleWire?(slot: number, out: Float64Array, at: number): void;
  /** Of a kind with lanes: of each of the first `most` what `LANE` of the frame has, but for the node. Answers with how many. */
  sampleLanes?(out: Float64Array, at: number, most: number): number;
  /**
   * Of a container: rows of one of its parts, or of itself where `part` is '', as `ROW` of the frame has them, but for the node. Answers
   * with how many of at most `most`. Reads only.
   */
  sampleRows?(part: string, places: LayoutPlaces, out: Float64Array, at: number, most: number): number;

  /**
   * What it holds now, as tables for people; `part`: of this part of it alone, by its document id, '' for all; `detail`: what lies in
   * something that a cell of the sort `detail` named, '' for all. Reads only, and is asked when somebody looks, never in a run.
   */
  inside?(part: string, detail: string): Inside;

  /** A wire now ends here, as connection number `slot` (never reused). Sends nothing: its start comes with `onConnected`. */
  attach(slot: number, connection: Connection): void;
  /** The wire is live: say what has to be said on it. */
  onConnected(slot: number): void;
  /** The wire is gone for good; what travelled on it is settled already. */
  onDisconnected(slot: number): void;
  /** A field of the wire has a new value. */
  onWireParams(slot: number, connection: Connection): void;
  /** Fields of the node have new values. */
  onParams(params: Params): void;

  onStart(): void;
  /** The process dies: everything held only in memory is let go, with CRASH as the reason. */
  onCrash(): void;
  onRestart(): void;
  /** The node leaves the drawing: like a crash for good, with REMOVED as the reason, what is on disk included. */
  onRemoved(): void;

  /** Everything it remembers, as a copy of plain data. */
  save(): unknown;
  load(saved: unknown): void;
}

/** Part of an actor with a state of its own, saved along with it: a client of some broker. */
export interface Stateful {
  state: object;
}

/**
 * An actor whose memory is one plain `state` plus that of its clients. Hold nothing else that changes: what is not in
 * `state` does not survive a restore.
 */
export abstract class StatefulActor implements Actor {
  readonly ix: ActorIx;
  abstract state: object;

  constructor(ix: ActorIx) {
    this.ix = ix;
  }

  abstract onPacket(link: LinkIx, type: number, first: number, count: number): void;
  abstract onTimer(timer: number, arg: number): void;
  abstract sample(out: Float64Array, at: number): void;
  abstract attach(slot: number, connection: Connection): void;
  abstract onParams(params: Params): void;

  onCommand(_command: CompiledCommand): void {}
  onConnected(_slot: number): void {}
  onDisconnected(_slot: number): void {}
  onWireParams(_slot: number, _connection: Connection): void {}
  onStart(): void {}
  onCrash(): void {}
  onRestart(): void {}
  onRemoved(): void {}

  /** Clients in order of their slots; null where a slot has none. */
  protected statefulParts(): readonly (Stateful | null)[] {
    return [];
  }

  save(): unknown {
    return {
      own: clonePlain(this.state),
      parts: this.statefulParts().map((part) => (part === null ? null : clonePlain(part.state))),
    };
  }

  load(saved: unknown): void {
    const copy = saved as { own: object; parts: readonly (object | null)[] };
    this.state = clonePlain(copy.own);
    const parts = this.statefulParts();
    for (let i = 0; i < parts.length; i++) {
      const part = parts[i];
      const state = copy.parts[i];
      if (part && state) part.state = clonePlain(state);
    }
  }
}
