// What a service counts and holds, as plain data, and what its parts share of it: those that work and those that give receipts know of the
// wires and of each other's counts only through the service.

import type { ActorIx, LinkIx } from '../../kernel/ids.ts';
import type { World } from '../../world/world.ts';
import type { ConsumerClient } from '../node-kind.ts';

/** Timers of a place: its step is over, its wait before another attempt is over. */
export const STEP_ENDS = 0;
export const WAIT_ENDS = 1;
/** Everything that ends at this instant has ended: now the place that is free longest can be told. */
export const FILL = 2;
/** A process that stood still goes on, with as many replicas as it was told meanwhile. */
export const SCALED = 3;

export interface ServiceState {
  /** By client: how many deliveries it has here, on the desk or being worked on. */
  held: number[];
  called: number;
  turnedAway: number;
  skipped: number;
  tooLate: number;
  received: number;
  processed: number;
  failed: number;
  /** How many of those were calls, which are in no book of ours: whoever asked is the one who owes the work. */
  callsProcessed: number;
  callsFailed: number;
  /** How many replicas there are to be, by the last word of an autoscaler. */
  told: number;
}

export const newServiceState = (): ServiceState => ({
  held: [],
  called: 0,
  turnedAway: 0,
  skipped: 0,
  tooLate: 0,
  received: 0,
  processed: 0,
  failed: 0,
  callsProcessed: 0,
  callsFailed: 0,
  told: 1,
});

/** The service as its parts see it. */
export interface ServiceCore {
  readonly ix: ActorIx;
  readonly world: World;
  readonly nodeId: string;
  /** Where in the books it is. */
  readonly place: number;
  readonly state: ServiceState;
  /** By slot: who brings deliveries. */
  readonly consumers: readonly (ConsumerClient | null)[];
  /** By slot: the links on which it answers. */
  readonly answers: readonly (LinkIx | null)[];
}
