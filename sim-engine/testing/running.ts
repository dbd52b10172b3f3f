// What tests do with a run besides letting it go on: give it commands, read its gauges, and see that its books balance meanwhile.

import type { Command } from '../simulation/commands.ts';
import { type Ledger, ledgerOf } from '../simulation/ledger.ts';
import { Measures } from '../simulation/measures.ts';
import type { Simulation } from '../simulation/simulation.ts';
import { TICK_NS } from '../world/world.ts';

const SECOND_NS = 1e9;

/** Carried out at the next tick. */
export const give = (simulation: Simulation, command: Command): void => simulation.schedule(simulation.timeNs + TICK_NS, command);

/** Runs to a time; the books balance at every hundredth of the way. */
export function runTo(simulation: Simulation, seconds: number): Ledger {
  const from = simulation.timeNs;
  for (let part = 1; part <= 100; part++) {
    simulation.advanceTo(Math.floor(from + ((seconds * SECOND_NS - from) * part) / 100));
    if (!ledgerOf(simulation.world).balances) throw new Error(`the books do not balance at ${simulation.timeNs} ns`);
  }
  return ledgerOf(simulation.world);
}

/** What a gauge of a node shows now; NaN if it has none of that name. */
export const gaugeOf = (simulation: Simulation, id: string, name: string): number =>
  new Measures(simulation)
    .get(name)
    ?.series()
    .find((one) => one.node === id)
    ?.read() ?? Number.NaN;
