// What tests do with a run besides letting it begin: go on, give it commands, read its measures, and see that its books balance meanwhile.

import type { Command } from '../simulation/commands.ts';
import { type Ledger, ledgerOf } from '../simulation/ledger.ts';
import { Measures } from '../simulation/measures.ts';
import type { Simulation } from '../simulation/simulation.ts';
import { TICK_NS } from '../world/world.ts';

const SECOND_NS = 1e9;

/** Goes on to a time, ns. A command that was refused on the way is a mistake of the test's, and there the books balance. */
export function goOn(simulation: Simulation, untilNs: number): void {
  simulation.advanceTo(untilNs);
  if (simulation.refused.length > 0) throw new Error(`refused: ${JSON.stringify(simulation.refused)}`);
  const imbalance = simulation.world.books.imbalance();
  if (imbalance !== null) throw new Error(imbalance);
}

/** Goes on to a time, and looks at the books at every hundredth of the way. */
export function runTo(simulation: Simulation, seconds: number): Ledger {
  const from = simulation.timeNs;
  for (let part = 1; part <= 100; part++) goOn(simulation, Math.floor(from + ((seconds * SECOND_NS - from) * part) / 100));
  return ledgerOf(simulation.world);
}

/** Carried out at the next tick. */
export const give = (simulation: Simulation, command: Command): void => simulation.schedule(simulation.timeNs + TICK_NS, command);

/** A measure of one node, or of all that have it. */
export function readingOf(measures: Measures, name: string, node?: string): number {
  const measure = measures.get(name);
  if (measure === undefined) throw new Error(`no measure ${name}`);
  if (node === undefined) return measure.total();
  const series = measure.series().find((one) => one.node === node);
  if (series === undefined) throw new Error(`no ${name} of ${node}`);
  return series.read();
}

export const gaugeOf = (simulation: Simulation, node: string, name: string): number =>
  readingOf(new Measures(simulation), name, node);
