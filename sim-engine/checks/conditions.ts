// What is true or not at one moment, for `check-run.ts`: comparisons, holds, actions, settings and shapes of the drawing.
// Each can also say what it looks at. Nothing here decides when a condition has to be true.

import { say } from '../messages/en.ts';
import { type Comparison, type Condition, type Did, inBaseUnits, type Knob, type Test, type Uses } from './check.ts';
import { type ComparisonRun, compare, comparisonRun, isKnown, type Truth, type Watch, type Watches } from './expressions.ts';
import { printAction } from './print-check.ts';
import type { Readings } from './readings.ts';

export interface ConditionRun {
  /** Whether `truth` must be asked at every point of the grid. */
  readonly remembers: boolean;
  /** Asked at most once a moment where `remembers` is true, in order of time. */
  truth(simTimeNs: number): Truth;
  /** What it looks at, each with its value at this moment. */
  seen(simTimeNs: number): readonly string[];
}

export function conditionRun(condition: Condition, watches: Watches): ConditionRun {
  switch (condition.kind) {
    case 'all':
      return new AllRun(condition.of, watches);
    case 'hold':
      return new HoldRun(condition.lastsNs, conditionRun(condition.condition, watches));
    case 'did':
      return new DidRun(condition, watches.readings);
    case 'knob':
      return new KnobRun(condition, watches.readings);
    case 'uses':
      return new UsesRun(condition, watches.readings);
  }
}

/** True while its condition has been true for long enough without a break. Nothing to measure is a break. */
export class HoldRun implements ConditionRun {
  readonly remembers = true;
  readonly lastsNs: number;
  sinceNs: number | null = null;
  longestNs = 0;
  private readonly condition: ConditionRun;
  private lastNs = -1;
  private last: Truth = null;

  constructor(lastsNs: number, condition: ConditionRun) {
    this.lastsNs = lastsNs;
    this.condition = condition;
  }

  truth(simTimeNs: number): Truth {
    // The last point of the grid may be the end of the run, and is then asked about again.
    if (simTimeNs === this.lastNs) return this.last;
    this.lastNs = simTimeNs;
    const truth = this.condition.truth(simTimeNs);
    if (truth !== true) {
      this.sinceNs = null;
      this.last = truth;
      return truth;
    }
    this.sinceNs ??= simTimeNs;
    const lasted = simTimeNs - this.sinceNs;
    if (lasted > this.longestNs) this.longestNs = lasted;
    this.last = lasted >= this.lastsNs;
    return this.last;
  }

  seen(simTimeNs: number): readonly string[] {
    return this.condition.seen(simTimeNs);
  }
}

/** True if all its comparisons are, false if one is false, unknown otherwise. */
class AllRun implements ConditionRun {
  readonly remembers = false;
  private readonly comparisons: readonly ComparisonRun[];
  private readonly named: ReadonlyMap<string, Watch>;

  constructor(comparisons: readonly Comparison[], watches: Watches) {
    const named = new Map<string, Watch>();
    this.comparisons = comparisons.map((comparison) => comparisonRun(comparison, watches, named));
    this.named = named;
  }

  truth(simTimeNs: number): Truth {
    let truth: Truth = true;
    for (const compare of this.comparisons) {
      const one = compare(simTimeNs);
      if (one === false) return false;
      if (one === null) truth = null;
    }
    return truth;
  }

  seen(simTimeNs: number): readonly string[] {
    return Array.from(this.named, ([name, watch]) => {
      const value = watch.value(simTimeNs);
      return isKnown(value) ? say('check.seen', { name, value: short(value) + watch.unit }) : say('check.seen.unknown', { name });
    });
  }
}

class DidRun implements ConditionRun {
  readonly remembers = false;
  private readonly did: Did;
  private readonly readings: Readings;

  constructor(did: Did, readings: Readings) {
    this.did = did;
    this.readings = readings;
  }

  truth(): Truth {
    return passes(this.given(), this.did.test);
  }

  seen(): readonly string[] {
    return [say('check.seen.did', { name: printAction(this.did.action, this.did.argument), value: this.given() })];
  }

  private given(): number {
    return this.readings.commandsGiven(this.did.action, this.did.argument);
  }
}

class KnobRun implements ConditionRun {
  readonly remembers = false;
  private readonly knob: Knob;
  private readonly readings: Readings;

  constructor(knob: Knob, readings: Readings) {
    this.knob = knob;
    this.readings = readings;
  }

  /** Unknown while the node is not there: it may have been taken out of the drawing. */
  truth(): Truth {
    const value = this.value();
    return value === undefined ? null : passes(value, this.knob.test);
  }

  seen(): readonly string[] {
    const name = `${this.knob.node}.${this.knob.field}`;
    const value = this.value();
    return [value === undefined ? say('check.seen.unknown', { name }) : say('check.seen', { name, value: String(value) })];
  }

  private value(): number | string | boolean | undefined {
    return this.readings.knob(this.knob.node, this.knob.field);
  }
}

class UsesRun implements ConditionRun {
  readonly remembers = false;
  private readonly uses: Uses;
  private readonly readings: Readings;

  constructor(uses: Uses, readings: Readings) {
    this.uses = uses;
    this.readings = readings;
  }

  truth(): Truth {
    const { kinds } = this.uses;
    const drawn = this.readings.kinds();
    const joined = this.readings.joined();
    const isJoined = (kind: string, i: number): boolean =>
      i === 0 || joined.some(([from, to]) => from === kinds[i - 1] && to === kind);
    return kinds.every((kind, i) => drawn.includes(kind) && isJoined(kind, i));
  }

  seen(): readonly string[] {
    const key = this.truth() === true ? 'check.seen.uses' : 'check.seen.uses-not';
    return [say(key, { name: this.uses.kinds.join(' -> ') })];
  }
}

/** Words are equal or not; a number meets a number. Unlike kinds are never equal. */
function passes(value: number | string | boolean, test: Test): boolean {
  if (test.op === 'in') {
    return typeof value === 'number' && value >= inBaseUnits(test.low) && value <= inBaseUnits(test.high);
  }
  if (test.value.kind === 'number') return typeof value === 'number' && compare(value, test.op, inBaseUnits(test.value));
  const isEqual = String(value) === test.value.text;
  return test.op === '==' ? isEqual : !isEqual;
}

/** Six significant digits are more than anybody reads. */
const short = (value: number): string => String(Number(value.toPrecision(6)));
