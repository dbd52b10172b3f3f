// The way to a moment of a run that begins at 0: in legs, so that the page stays awake, charts fill on the way, and whoever has
// waited long enough can call it off. The legs never change the run: they are stretches of one and the same way.

import type { Status } from '../../sim-engine/protocol/messages.ts';
import type { Done } from '../engine-client/engine-client.ts';

export interface Moment {
  /** Simulated time, whole ns. */
  readonly atNs: number;
  /** Events handled by then: a run that was paused between two events of one instant comes back to just there. */
  readonly events: number;
}

/** What carries the run: the engine's client. */
export interface Vehicle {
  runTo(timeNs: number, events?: number): Promise<Done>;
}

/** So many frames on the way fill a chart as a run that was watched does. */
const LEGS = 200;
const LEG_NS_MIN = 1e6;
/** A leg that took longer is followed by shorter ones, wall clock ms. */
const LEG_MS_MAX = 100;
/** As often as that a leg is cut in half. On a machine that is busy with something else every leg takes long, however short it is. */
const HALVINGS_MAX = 4;
const LEG_MS_MIN = 20;

/**
 * Brings a run from time 0 to a moment, paused there. Answers with the status it came to, which is earlier when the run stopped
 * by itself; with null if it was called off or refused.
 */
export async function travel(
  vehicle: Vehicle,
  goal: Moment,
  isWanted: () => boolean,
  now: () => number = () => performance.now(),
): Promise<Status | null> {
  const usualNs = Math.max(LEG_NS_MIN, Math.ceil(goal.atNs / LEGS));
  const shortestNs = Math.max(1, Math.floor(usualNs / 2 ** HALVINGS_MAX));
  let legNs = usualNs;
  let reachedNs = 0;
  let status: Status;
  do {
    if (!isWanted()) return null;
    const startedMs = now();
    const done = await vehicle.runTo(Math.min(goal.atNs, reachedNs + legNs));
    if (!done.ok) return null;
    status = done.status;
    if (status.stopped !== null) return status;
    reachedNs = Math.max(status.simTimeNs, reachedNs + 1);
    const tookMs = now() - startedMs;
    if (tookMs > LEG_MS_MAX) legNs = Math.max(shortestNs, Math.floor(legNs / 2));
    else if (tookMs < LEG_MS_MIN) legNs = Math.min(usualNs, legNs * 2);
  } while (status.simTimeNs < goal.atNs);
  // The events of the last instant that had happened already.
  if (status.events < goal.events) {
    const done = await vehicle.runTo(goal.atNs, goal.events);
    return done.ok ? done.status : null;
  }
  return status;
}
