// What comparisons are made of, for `conditions.ts`: arithmetic over measures, and the watches that read a run and remember
// the recent past. A watch is shared by all parts of a check that name the same thing.

import { HISTOGRAM_BUCKETS } from '../kernel/histogram.ts';
import { type Comparison, type Expression, inBaseUnits, type Op, PER_SECOND_NAMES, RATE_WINDOW_NS } from './check.ts';
import { printExpression } from './print-check.ts';
import type { MeasureRef, Readings } from './readings.ts';
import { DistributionWindow, SampleWindow } from './windows.ts';

/** true, false, or null = nothing to measure. */
export type Truth = boolean | null;

export type ComparisonRun = (simTimeNs: number) => Truth;
type Value = (simTimeNs: number) => number;

/** Neither NaN (nothing measured) nor the endless result of a division by zero. */
export const isKnown = (value: number): boolean => Number.isFinite(value);

export function comparisonRun(comparison: Comparison, watches: Watches, named: Map<string, Watch>): ComparisonRun {
  if (comparison.kind === 'range') {
    const [of, low, high] = [comparison.of, comparison.low, comparison.high].map((part) => prepare(part, watches, named));
    return pairwise([low as Value, of as Value, high as Value], ['<=', '<=']);
  }
  const values = [comparison.first, ...comparison.rest.map((link) => link.right)].map((part) => prepare(part, watches, named));
  return pairwise(
    values,
    comparison.rest.map((link) => link.op),
  );
}

/** Compares each value with the next. False as soon as one pair is; unknown if a pair is and none is false. */
function pairwise(values: readonly Value[], ops: readonly Op[]): ComparisonRun {
  return (simTimeNs) => {
    let truth: Truth = true;
    let left = (values[0] as Value)(simTimeNs);
    for (const [i, op] of ops.entries()) {
      const right = (values[i + 1] as Value)(simTimeNs);
      if (!isKnown(left) || !isKnown(right)) truth = null;
      else if (!compare(left, op, right)) return false;
      left = right;
    }
    return truth;
  };
}

function prepareBinary(op: '+' | '-' | '*' | '/', left: Value, right: Value): Value {
  switch (op) {
    case '+':
      return (simTimeNs) => left(simTimeNs) + right(simTimeNs);
    case '-':
      return (simTimeNs) => left(simTimeNs) - right(simTimeNs);
    case '*':
      return (simTimeNs) => left(simTimeNs) * right(simTimeNs);
    case '/':
      return (simTimeNs) => left(simTimeNs) / right(simTimeNs);
  }
}

/** Prepares an expression; every measure in it is added to `named`, for the sentence. */
function prepare(expression: Expression, watches: Watches, named: Map<string, Watch>): Value {
  switch (expression.kind) {
    case 'number': {
      const value = inBaseUnits(expression);
      return () => value;
    }
    case 'negative': {
      const of = prepare(expression.of, watches, named);
      return (simTimeNs) => -of(simTimeNs);
    }
    case 'binary':
      return prepareBinary(expression.op, prepare(expression.left, watches, named), prepare(expression.right, watches, named));
    default: {
      const watch = watches.watch(expression);
      named.set(printExpression(expression), watch);
      return (simTimeNs) => watch.value(simTimeNs);
    }
  }
}

export function compare(left: number, op: Op, right: number): boolean {
  switch (op) {
    case '==':
      return left === right;
    case '!=':
      return left !== right;
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    case '>=':
      return left >= right;
  }
}

type Watched = Extract<Expression, { readonly kind: 'measure' | 'rate' | 'quantile' | 'slope' }>;

/** Something that is read, with or without a memory. */
export interface Watch {
  /** Behind the number in a sentence, with its space. */
  readonly unit: string;
  /** Takes in what is to be remembered of this moment. */
  advance(simTimeNs: number): void;
  /** Value at the moment of the last advance; NaN = nothing to measure. */
  value(simTimeNs: number): number;
}

/** All that one check reads, each thing once however often it is named. */
export class Watches {
  readonly readings: Readings;
  /** In order of need: what a slope is taken of comes before the slope. */
  private readonly all = new Map<string, Watch>();

  constructor(readings: Readings) {
    this.readings = readings;
  }

  advance(simTimeNs: number): void {
    for (const watch of this.all.values()) watch.advance(simTimeNs);
  }

  watch(expression: Watched): Watch {
    const text = printExpression(expression);
    const known = this.all.get(text);
    if (known !== undefined) return known;
    const watch = this.create(expression);
    this.all.set(text, watch);
    return watch;
  }

  private create(expression: Watched): Watch {
    switch (expression.kind) {
      case 'measure': {
        const { ref } = expression;
        return PER_SECOND_NAMES.has(ref.name)
          ? new RateWatch(this.readings, ref, RATE_WINDOW_NS)
          : new PlainWatch(this.readings, ref);
      }
      case 'rate':
        return new RateWatch(this.readings, expression.of, expression.windowNs);
      case 'quantile':
        return new QuantileWatch(this.readings, expression.of, expression.share, expression.windowNs);
      case 'slope':
        return new SlopeWatch(prepare(expression.of, this, new Map()), expression.windowNs);
    }
  }
}

class PlainWatch implements Watch {
  readonly unit: string;
  private readonly readings: Readings;
  private readonly ref: MeasureRef;

  constructor(readings: Readings, ref: MeasureRef) {
    this.readings = readings;
    this.ref = ref;
    this.unit = isInSeconds(ref) ? ' s' : '';
  }

  advance(): void {}

  value(): number {
    return this.readings.read(this.ref);
  }
}

class RateWatch implements Watch {
  readonly unit = ' /s';
  private readonly readings: Readings;
  private readonly ref: MeasureRef;
  private readonly window: SampleWindow;

  constructor(readings: Readings, ref: MeasureRef, windowNs: number) {
    this.readings = readings;
    this.ref = ref;
    this.window = new SampleWindow(windowNs);
  }

  advance(simTimeNs: number): void {
    this.window.push(simTimeNs, this.readings.read(this.ref));
  }

  value(): number {
    return this.window.rate();
  }
}

class SlopeWatch implements Watch {
  readonly unit = ' /s';
  private readonly of: Value;
  private readonly window: SampleWindow;

  constructor(of: Value, windowNs: number) {
    this.of = of;
    this.window = new SampleWindow(windowNs);
  }

  advance(simTimeNs: number): void {
    this.window.push(simTimeNs, this.of(simTimeNs));
  }

  value(): number {
    return this.window.slope();
  }
}

class QuantileWatch implements Watch {
  readonly unit: string;
  private readonly readings: Readings;
  private readonly ref: MeasureRef;
  private readonly share: number;
  private readonly scale: number;
  private readonly window: DistributionWindow;
  private readonly counts = new Float64Array(HISTOGRAM_BUCKETS);

  constructor(readings: Readings, ref: MeasureRef, share: number, windowNs: number) {
    this.readings = readings;
    this.ref = ref;
    this.share = share;
    this.window = new DistributionWindow(windowNs);
    // Distributions of time are counted in nanoseconds.
    this.scale = isInSeconds(ref) ? 1e9 : 1;
    this.unit = isInSeconds(ref) ? ' s' : '';
  }

  advance(simTimeNs: number): void {
    if (!this.window.isDue(simTimeNs)) return;
    this.readCounts();
    this.window.keep(simTimeNs, this.counts);
  }

  value(simTimeNs: number): number {
    this.readCounts();
    return this.window.quantile(simTimeNs, this.counts, this.share) / this.scale;
  }

  private readCounts(): void {
    this.counts.fill(0);
    this.readings.histogram(this.ref, this.counts);
  }
}

/** Measures of time say so in their names. */
const isInSeconds = ({ name }: MeasureRef): boolean => name.endsWith('_seconds') || name === 'oldest_age';
