// The exact check of vectors/queueing: what a run did with each of its first messages, read from their journeys, against what theory
// makes of the run's own draws. Both sides are columns of nanoseconds, so that a difference of one is seen.

import type { LawSpec } from '../../kernel/law-spec.ts';
import type { Params } from '../../nodes/fields.ts';
import type { Simulation } from '../../simulation/simulation.ts';
import { TRACE_ENTRIES } from '../../world/trace.ts';
import { World } from '../../world/world.ts';

export const EXACT_MESSAGES = 20_000;

/** When each message came, began and ended, was turned away or ran out of time, ns; -1 = it never did. By number, from 0. */
export interface Fates {
  readonly came: Float64Array;
  readonly refused: Float64Array;
  readonly began: Float64Array;
  readonly ended: Float64Array;
  readonly expired: Float64Array;
}

export function newFates(count: number = EXACT_MESSAGES): Fates {
  const column = (): Float64Array => new Float64Array(count).fill(-1);
  return { came: column(), refused: column(), began: column(), ended: column(), expired: column() };
}

const COLUMN_OF_STOP: ReadonlyMap<string, keyof Fates> = new Map([
  ['accepted', 'came'],
  ['refused', 'refused'],
  ['begun', 'began'],
  ['processed', 'ended'],
  ['expired', 'expired'],
]);

/** The draws of a run again: the same laws on streams of the same seed and names. Each call makes one that begins anew. */
export function drawsOf(simulation: Simulation): (node: string, purpose: string, of: string | LawSpec) => () => number {
  const world = new World(simulation.seed);
  const paramsOf = (id: string): Params => simulation.topology.nodes.find((one) => one.id === id)?.params ?? {};
  return (node, purpose, of) => {
    const law = world.law(typeof of === 'string' ? (paramsOf(node)[of] as LawSpec) : of, node, purpose);
    return () => {
      law.drawInto(world.drawn);
      return world.drawn[0] as number;
    };
  };
}

/** Entries that a journey without failures has at most, with room to spare. */
const STOPS_MAX = 8;
/** Arrivals between two looks at the trace; what they leave behind must fit in it several times over. */
const ARRIVALS_PER_LOOK = TRACE_ENTRIES / STOPS_MAX / 4;

/** What becomes of the messages of some senders, each up to the number of messages that is wanted of it. Runs the simulation. */
export function fatesOf(
  simulation: Simulation,
  wanted: ReadonlyMap<string, Fates>,
  meanGapNs: number,
): ReadonlyMap<string, Fates> {
  const found = new Map<number, Fates>();
  const byId = new Map<string, Fates>();
  for (const [id, { came }] of wanted) {
    const fates = newFates(came.length);
    byId.set(id, fates);
    found.set(simulation.assembly.actorsOfNode(id)[0]?.ix as number, fates);
  }
  const lookNs = Math.ceil(meanGapNs * ARRIVALS_PER_LOOK);
  const lastNs = lastMomentOf(wanted.values());
  while (simulation.timeNs <= lastNs) {
    const fromNs = simulation.timeNs;
    simulation.advanceTo(fromNs + lookNs);
    for (const { atNs, sender, number, stop } of simulation.world.trace.entries()) {
      if (atNs < fromNs) continue;
      const column = COLUMN_OF_STOP.get(stop);
      const fates = found.get(sender);
      if (column !== undefined && fates !== undefined && number <= fates.came.length) fates[column][number - 1] = atNs;
    }
  }
  return byId;
}

function lastMomentOf(all: Iterable<Fates>): number {
  let lastNs = 0;
  for (const fates of all) for (const column of Object.values(fates)) for (const at of column) if (at > lastNs) lastNs = at;
  return lastNs;
}

const FAULTS_MAX = 3;

/** The first messages whose fate is not the predicted one. */
export function differences(found: ReadonlyMap<string, Fates>, wanted: ReadonlyMap<string, Fates>): readonly string[] {
  const faults: string[] = [];
  for (const [id, fates] of wanted) {
    for (let i = 0; i < fates.came.length && faults.length < FAULTS_MAX; i++) {
      for (const column of Object.keys(fates) as (keyof Fates)[]) {
        const is = found.get(id)?.[column][i];
        const should = fates[column][i];
        if (is !== should) faults.push(`message ${i + 1} of ${id} ${column} at ${is} ns, theory ${should} ns`);
      }
    }
  }
  return faults;
}
