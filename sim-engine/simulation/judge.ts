// Has the checks of a run look at it, at every point of their grid and at the end. Command line, lessons and tests make one before
// the run begins, so that a misspelt name is told then. It watches and decides nothing about the run.

import { bindCheck } from '../checks/bind-check.ts';
import { CHECK_GRID_NS } from '../checks/check.ts';
import { type CheckResult, CheckRun, type Verdict } from '../checks/check-run.ts';
import { parseCheck } from '../checks/parse-check.ts';
import type { Problem, Result } from '../topology/document.ts';
import { SimulationReadings } from './readings.ts';
import type { Simulation, Watcher } from './simulation.ts';

/** A check as text, and where it stands in a file or a command line, for its problems. */
export interface WrittenCheck {
  readonly text: string;
  readonly at: readonly (string | number)[];
}

export class Judge implements Watcher {
  readonly gridNs = CHECK_GRID_NS;
  private readonly simulation: Simulation;
  private readonly readings: SimulationReadings;
  private readonly runs: readonly CheckRun[];
  private observedNs = -1;

  private constructor(simulation: Simulation, readings: SimulationReadings, runs: readonly CheckRun[]) {
    this.simulation = simulation;
    this.readings = readings;
    this.runs = runs;
    if (simulation.timeNs % CHECK_GRID_NS === 0) this.observe(simulation.timeNs);
    simulation.watch(this);
  }

  /** Begins to watch; times in checks count from now. Or the problems of all checks that cannot be judged on this run. */
  static create(simulation: Simulation, checks: readonly WrittenCheck[]): Result<Judge> {
    const readings = new SimulationReadings(simulation);
    const problems: Problem[] = [];
    const runs: CheckRun[] = [];
    for (const { text, at } of checks) {
      const parsed = parseCheck(text);
      const bound = parsed.ok ? bindCheck(parsed.value, readings) : parsed;
      if (bound.ok) runs.push(new CheckRun(bound.value, readings, simulation.timeNs));
      else problems.push(...bound.problems.map((problem) => ({ ...problem, at })));
    }
    if (problems.length > 0) return { ok: false, problems };
    return { ok: true, value: new Judge(simulation, readings, runs) };
  }

  observe(timeNs: number): void {
    // A run that is asked to go where it is passes the same point again.
    if (timeNs <= this.observedNs) return;
    this.observedNs = timeNs;
    this.readings.remember(timeNs);
    for (const run of this.runs) run.observe(timeNs);
  }

  /** What is certain so far, in the order of the checks. */
  get verdicts(): readonly Verdict[] {
    return this.runs.map((run) => run.verdict);
  }

  /** Ends the watching and judges what is still open. */
  finish(): readonly CheckResult[] {
    this.simulation.unwatch(this);
    const { timeNs } = this.simulation;
    if (timeNs > this.observedNs) this.readings.remember(timeNs);
    return this.runs.map((run) => run.finish(timeNs));
  }
}
