// When a sender's next message is due: one small schedule per kind of arrivals, all behind the same two questions. A schedule
// keeps no state of its own; what must survive a checkpoint is in the `ArrivalState` it is handed.

import { floor } from '../../kernel/exact-math.ts';
import type { StreamIx } from '../../kernel/ids.ts';
import type { LawSpec } from '../../kernel/law-spec.ts';
import type { World } from '../../world/world.ts';
import type { Params } from '../fields.ts';

/** Plain state of a schedule. */
export interface ArrivalState {
  /** From when the schedule counts, ns, and how many moments it has named since. */
  baseNs: number;
  count: number;
}

export const newArrivalState = (): ArrivalState => ({ baseNs: 0, count: 0 });

export interface Schedule {
  /** Writes the time of the next due moment to `world.at`, after now; false if none will come. */
  next(state: ArrivalState): boolean;
  /** How many messages are due at the moment that `next` named: 0 where a moment turns out to be empty. */
  due(state: ArrivalState): number;
}

const SECOND_NS = 1e9;

/**
 * Patterns of the world outside, which a crash of the sender does not move: after it they go on where they would be, and what was
 * due meanwhile is not sent. The others begin anew.
 */
export const goesOnByItself = (arrivals: unknown): boolean => arrivals === 'ramp' || arrivals === 'day' || arrivals === 'times';

/** The schedule that the parameters of a sender ask for. Draws come from the sender's stream `arrivals`. */
export function scheduleOf(world: World, owner: string, params: Params): Schedule {
  switch (params.arrivals) {
    case 'constant':
      return inBatches(world, owner, params, constant(world, params.rate as number));
    case 'poisson':
      return inBatches(world, owner, params, poisson(world, owner, params.rate as number));
    case 'gaps':
      return inBatches(world, owner, params, byLaw(world, owner, params.gaps as LawSpec));
    case 'bursts':
      return bursts(world, params.burstSize as number, params.burstEvery as number);
    case 'ramp': {
      const points: Points = [
        [0, params.rate as number],
        [params.rampOver as number, params.rampTo as number],
      ];
      return byCurve(world, owner, points, false);
    }
    case 'day':
      return byCurve(world, owner, params.dayCurve as Points, true);
    default:
      return byTimes(world, params.times as readonly number[], params.startAt as number);
  }
}

/** The k-th message comes at base + k / rate, each rounded by itself: a rate of 100.5 stays 100.5. */
function constant(world: World, rate: number): Schedule {
  return {
    next(state) {
      if (rate <= 0) return false;
      state.count++;
      world.at[0] = state.baseNs + floor((state.count * SECOND_NS) / rate + 0.5);
      return true;
    },
    due: () => 1,
  };
}

function poisson(world: World, owner: string, rate: number): Schedule {
  if (rate <= 0) return { next: () => false, due: () => 0 };
  return byLaw(world, owner, { law: 'exponential', mean: SECOND_NS / rate });
}

function byLaw(world: World, owner: string, spec: LawSpec): Schedule {
  const law = world.law(spec, owner, 'arrivals');
  return {
    next() {
      law.drawInto(world.drawn);
      world.at[0] = (world.now[0] as number) + (world.drawn[0] as number);
      return true;
    },
    due: () => 1,
  };
}

/** At each moment of a schedule as many messages as the batch is large: all alike, or geometric on 1, 2, ... from the stream `batches`. */
function inBatches(world: World, owner: string, params: Params, schedule: Schedule): Schedule {
  const size = params.batchSize as number;
  if (params.batches === 'constant') return { next: schedule.next, due: () => floor(size + 0.5) };
  // Not every kind that sends by a schedule sends in batches.
  if (params.batches !== 'geometric') return schedule;
  const law = world.law({ law: 'geometric', share: 1 / size, unit: 1 }, owner, 'batches');
  return {
    next: schedule.next,
    due() {
      law.drawInto(world.drawn);
      return world.drawn[0] as number;
    },
  };
}

function bursts(world: World, size: number, everyNs: number): Schedule {
  return {
    next() {
      world.at[0] = (world.now[0] as number) + everyNs;
      return true;
    },
    due: () => size,
  };
}

type Points = readonly (readonly [number, number])[];

/**
 * Random arrivals whose rate follows a curve, linear between its points: candidates come at the highest rate, and each
 * stands with probability rate(now) / highest (thinning, Lewis and Shedler 1979).
 */
function byCurve(world: World, owner: string, points: Points, repeats: boolean): Schedule {
  let highest = 0;
  for (const [, rate] of points) if (rate > highest) highest = rate;
  const last = points[points.length - 1];
  if (highest <= 0 || last === undefined) return { next: () => false, due: () => 0 };
  const law = world.law({ law: 'exponential', mean: SECOND_NS / highest }, owner, 'arrivals');
  const thinning: StreamIx = world.stream(owner, 'thinning');
  const periodNs = last[0];
  return {
    next() {
      law.drawInto(world.drawn);
      world.at[0] = (world.now[0] as number) + (world.drawn[0] as number);
      return true;
    },
    due(state) {
      const sinceNs = (world.now[0] as number) - state.baseNs;
      const atNs = repeats && periodNs > 0 ? sinceNs - floor(sinceNs / periodNs) * periodNs : sinceNs;
      return world.streams.uniform(thinning) * highest < rateAt(points, atNs) ? 1 : 0;
    },
  };
}

/** Rate of a curve at a time, constant before its first and after its last point. */
export function rateAt(points: Points, atNs: number): number {
  let previous: readonly [number, number] | undefined;
  for (const point of points) {
    if (atNs < point[0]) {
      if (previous === undefined) return point[1];
      return previous[1] + ((point[1] - previous[1]) * (atNs - previous[0])) / (point[0] - previous[0]);
    }
    previous = point;
  }
  return previous === undefined ? 0 : previous[1];
}

/** Times of the run, counted from `startNs`; those that are past are passed over. */
function byTimes(world: World, times: readonly number[], startNs: number): Schedule {
  return {
    next(state) {
      const nowNs = world.now[0] as number;
      while (state.count < times.length && startNs + (times[state.count] as number) < nowNs) state.count++;
      if (state.count >= times.length) return false;
      world.at[0] = startNs + (times[state.count] as number);
      state.count++;
      return true;
    },
    due: () => 1,
  };
}
