// Judges one check over one run: the caller says "look" at every point of the grid and at the end, and gets a verdict with
// what was seen. Reads gauges, books and oracle through `Readings` alone; it has no clock and never changes the run.

import { assert } from '../kernel/assert.ts';
import { say } from '../messages/en.ts';
import { printDuration } from '../topology/units.ts';
import type { BoundCheck } from './bind-check.ts';
import { CHECK_GRID_NS, type Clause } from './check.ts';
import { type ConditionRun, conditionRun, HoldRun } from './conditions.ts';
import { Watches } from './expressions.ts';
import type { Readings } from './readings.ts';

export type Verdict = 'holds' | 'failed' | 'open';

export interface CheckResult {
  /** The check as it was written. */
  readonly check: string;
  readonly held: boolean;
  /** Simulated time at which it was decided; null if the run ended before what the check waited for. */
  readonly atNs: number | null;
  /** What was seen, with numbers and units: a sentence for each clause that held, or for each that failed. */
  readonly sentence: string;
}

/** Evaluates one bound check from `startNs` on. Times of forms count from there. */
export class CheckRun {
  private readonly bound: BoundCheck;
  private readonly watches: Watches;
  private readonly clauses: readonly ClauseRun[];
  private readonly startNs: number;
  private lastNs: number | null = null;
  private result: CheckResult | null = null;

  constructor(bound: BoundCheck, readings: Readings, startNs = 0) {
    this.bound = bound;
    this.startNs = startNs;
    this.watches = new Watches(readings);
    this.clauses = bound.check.clauses.map((clause) => new ClauseRun(clause, this.watches, startNs));
  }

  /** Looks at the run at a point of the grid, when everything before that moment has happened. Each point once, in order. */
  observe(simTimeNs: number): void {
    assert(this.result === null, 'a check is observed after its end');
    assert(simTimeNs % CHECK_GRID_NS === 0, 'a check is observed beside the grid');
    assert(simTimeNs >= this.startNs, 'a check is observed before its start');
    assert(this.lastNs === null || simTimeNs > this.lastNs, 'a check is observed twice at one moment');
    this.look(simTimeNs);
  }

  /** Ends the run at `simTimeNs`, on the grid or not, and judges what is still open. */
  finish(simTimeNs: number): CheckResult {
    if (this.result !== null) return this.result;
    assert(this.lastNs === null || simTimeNs >= this.lastNs, 'a check ends before it was last observed');
    if (this.lastNs === null || simTimeNs > this.lastNs) this.look(simTimeNs);
    for (const clause of this.clauses) clause.finish(simTimeNs);
    const failed = this.clauses.filter((clause) => clause.verdict === 'failed');
    const told = failed.length > 0 ? failed : this.clauses;
    this.result = {
      check: this.bound.check.text,
      held: failed.length === 0,
      atNs: failed.length === 0 ? latest(this.clauses) : earliest(failed),
      sentence: told.map((clause) => clause.sentence).join(' '),
    };
    return this.result;
  }

  /** What is certain so far. `holds` and `failed` are final. */
  get verdict(): Verdict {
    if (this.clauses.some((clause) => clause.verdict === 'failed')) return 'failed';
    return this.clauses.every((clause) => clause.verdict === 'holds') ? 'holds' : 'open';
  }

  private look(simTimeNs: number): void {
    this.lastNs = simTimeNs;
    if (this.clauses.every((clause) => clause.verdict !== 'open')) return;
    this.watches.advance(simTimeNs);
    for (const clause of this.clauses) clause.look(simTimeNs);
  }
}

const latest = (clauses: readonly ClauseRun[]): number | null =>
  clauses.reduce<number | null>(
    (at, clause) => (at === null || (clause.atNs !== null && clause.atNs > at) ? clause.atNs : at),
    null,
  );

const earliest = (clauses: readonly ClauseRun[]): number | null =>
  clauses.reduce<number | null>(
    (at, clause) => (at === null || (clause.atNs !== null && clause.atNs < at) ? clause.atNs : at),
    null,
  );

// ------------------------------------------------------------------ clauses

/** How it was decided: part of the key of the sentence. */
type Outcome = 'held' | 'failed' | 'cut-short' | 'unmeasured';

/** One clause on its way to a verdict. */
class ClauseRun {
  verdict: Verdict = 'open';
  atNs: number | null = null;
  sentence = '';
  private readonly clause: Clause;
  private readonly condition: ConditionRun;
  private readonly deadlineNs: number;
  /** Whether the condition was ever true or false: what was never measured proves nothing. */
  private wasKnown = false;

  constructor(clause: Clause, watches: Watches, startNs: number) {
    this.clause = clause;
    this.condition = conditionRun(clause.condition, watches);
    this.deadlineNs = clause.form === 'within' ? startNs + clause.limitNs : Number.POSITIVE_INFINITY;
  }

  look(simTimeNs: number): void {
    if (this.verdict !== 'open') return;
    const { form } = this.clause;
    if (simTimeNs > this.deadlineNs) {
      // What is true now came too late.
      this.decide('failed', this.deadlineNs, simTimeNs, 'failed');
      return;
    }
    // The end is judged in `finish`; until then only what has a memory must look.
    if (form === 'end' && !this.condition.remembers) return;
    const truth = this.condition.truth(simTimeNs);
    if (truth !== null) this.wasKnown = true;
    if (truth === true && (form === 'within' || form === 'event')) this.decide('holds', simTimeNs, simTimeNs, 'held');
    else if (truth === false && form === 'always') this.decide('failed', simTimeNs, simTimeNs, 'failed');
    else if (truth === true && form === 'never') this.decide('failed', simTimeNs, simTimeNs, 'failed');
    else if (simTimeNs === this.deadlineNs) this.decide('failed', simTimeNs, simTimeNs, 'failed');
  }

  finish(simTimeNs: number): void {
    if (this.verdict !== 'open') return;
    const { form } = this.clause;
    if (form === 'within') this.decide('failed', null, simTimeNs, 'cut-short');
    else if (form === 'event') this.decide('failed', null, simTimeNs, 'failed');
    else if (form === 'end') this.finishEnd(simTimeNs);
    else if (this.wasKnown) this.decide('holds', simTimeNs, simTimeNs, 'held');
    else this.decide('failed', null, simTimeNs, 'unmeasured');
  }

  private finishEnd(simTimeNs: number): void {
    const truth = this.condition.truth(simTimeNs);
    if (truth === null) this.decide('failed', simTimeNs, simTimeNs, 'unmeasured');
    else if (truth) this.decide('holds', simTimeNs, simTimeNs, 'held');
    else this.decide('failed', simTimeNs, simTimeNs, 'failed');
  }

  private decide(verdict: Verdict, atNs: number | null, seenNs: number, outcome: Outcome): void {
    this.verdict = verdict;
    this.atNs = atNs;
    const seen = this.condition.seen(seenNs).join(', ');
    const at = printDuration(seenNs);
    if (outcome === 'unmeasured') {
      this.sentence = say('check.unmeasured', { at, seen });
    } else if (this.clause.form === 'within') {
      this.sentence = say(`check.within.${outcome}`, { at, seen, limit: printDuration(this.deadlineNs) });
    } else if (this.clause.form === 'event' && this.condition instanceof HoldRun) {
      const { sinceNs, longestNs, lastsNs } = this.condition;
      const values = { from: printDuration(sinceNs ?? 0), longest: printDuration(longestNs), needed: printDuration(lastsNs) };
      this.sentence = say(`check.hold.${outcome}`, { at, seen, ...values });
    } else {
      this.sentence = say(`check.${this.clause.form}.${outcome}`, { at, seen });
    }
  }
}
