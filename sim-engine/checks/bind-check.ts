// Asks a run whether it knows everything that a check names, so that a slip is told before the run and not after it. Called
// once a check, by whoever is about to judge it. Reads names and kinds, never a value that could change the verdict.

import { HISTOGRAM_BUCKETS } from '../kernel/histogram.ts';
import { NODE_KINDS } from '../nodes/declarations.ts';
import type { Problem, Result } from '../topology/document.ts';
import { listed } from '../topology/problems.ts';
import { nearest } from '../topology/suggest.ts';
import { ACTIONS } from './actions.ts';
import {
  type Check,
  type CheckCode,
  type Comparison,
  type Condition,
  checkProblem,
  type Did,
  type Expression,
  type Knob,
  PER_SECOND_NAMES,
  type Uses,
} from './check.ts';
import { printExpression, printMeasure } from './print-check.ts';
import type { MeasureRef, Readings } from './readings.ts';

/** Windows of one check. The longest keeps 15 MB of counts for as long as the check is judged. */
export const WINDOWS_MAX = 8;

declare const bound: unique symbol;
/** A check whose names are all known to the run it is about to be judged on. */
export type BoundCheck = { readonly check: Check; readonly [bound]: true };

export function bindCheck(check: Check, readings: Readings): Result<BoundCheck> {
  const binder = new Binder(check, readings);
  for (const clause of check.clauses) binder.visitCondition(clause.condition);
  binder.countWindows();
  if (binder.problems.length > 0) return { ok: false, problems: binder.problems };
  return { ok: true, value: { check } as BoundCheck };
}

class Binder {
  readonly problems: Problem[] = [];
  private readonly check: Check;
  private readonly readings: Readings;
  private readonly windows = new Set<string>();

  constructor(check: Check, readings: Readings) {
    this.check = check;
    this.readings = readings;
  }

  visitCondition(condition: Condition): void {
    if (condition.kind === 'hold') this.visitCondition(condition.condition);
    else if (condition.kind === 'did') this.visitDid(condition);
    else if (condition.kind === 'knob') this.visitKnob(condition);
    else if (condition.kind === 'uses') this.visitUses(condition);
    else for (const comparison of condition.of) this.visitComparison(comparison);
  }

  countWindows(): void {
    const count = this.windows.size;
    if (count > WINDOWS_MAX) this.report('check-too-many-windows', undefined, { count, most: WINDOWS_MAX });
  }

  private visitComparison(comparison: Comparison): void {
    const isRange = comparison.kind === 'range';
    const parts = isRange
      ? [comparison.of, comparison.low, comparison.high]
      : [comparison.first, ...comparison.rest.map((link) => link.right)];
    for (const part of parts) this.visit(part);
  }

  private visit(expression: Expression): void {
    switch (expression.kind) {
      case 'number':
        break;
      case 'negative':
        this.visit(expression.of);
        break;
      case 'binary':
        this.visit(expression.left);
        this.visit(expression.right);
        break;
      case 'slope':
        this.windows.add(printExpression(expression));
        this.visit(expression.of);
        break;
      case 'measure':
        this.visitMeasure(expression.ref, expression);
        break;
      case 'rate':
        if (this.isKnown(expression.of, expression)) this.visitRate(expression.of, expression);
        break;
      case 'quantile':
        this.windows.add(printExpression(expression));
        if (!this.isKnown(expression.of, expression)) break;
        if (!this.isDistribution(expression.of)) this.reportMeasure('check-no-distribution', expression.of, expression);
    }
  }

  private visitMeasure(ref: MeasureRef, expression: Expression): void {
    if (!this.isKnown(ref, expression)) return;
    if (this.isDistribution(ref)) this.reportMeasure('check-needs-quantile', ref, expression);
    else if (PER_SECOND_NAMES.has(ref.name)) this.visitRate(ref, expression);
  }

  private visitRate(ref: MeasureRef, expression: Expression): void {
    this.windows.add(printExpression(expression));
    if (!this.readings.isTotal(ref)) this.reportMeasure('check-rate-of-level', ref, expression);
  }

  private visitDid(did: Did): void {
    this.wantOneOf('check-unknown-action', 'action', did.action, ACTIONS, did);
  }

  private visitUses(uses: Uses): void {
    const known = NODE_KINDS.map((kind) => kind.type);
    for (const kind of uses.kinds) this.wantOneOf('check-unknown-kind', 'name', kind, known, uses);
  }

  private visitKnob(knob: Knob): void {
    const { node, field, test } = knob;
    const found = this.readings.knob(node, field);
    if (found === undefined) {
      this.report('check-unknown-knob', knob, { node, field });
      return;
    }
    const value = test.op === 'in' ? test.low : test.value;
    if ((typeof found === 'number') === (value.kind === 'number')) return;
    const written = value.kind === 'number' ? `${value.value}${value.unit}` : value.text;
    this.report('check-knob-type', knob, { node, field, value: written, found: String(found) });
  }

  private isKnown(ref: MeasureRef, member: object): boolean {
    const missing = this.readings.whyNot(ref);
    if (missing === null) return true;
    const known = missing.known ?? (missing.code === 'unknown-measure' ? this.readings.measureNames() : []);
    const wrong =
      missing.code === 'unknown-measure' ? ref.name : missing.values[missing.code === 'unknown-label' ? 'label' : 'value'];
    const near = wrong === undefined ? undefined : nearest(wrong, known);
    const values = { measure: ref.name, ...missing.values, known: listed(known) };
    this.report(`check-${missing.code}`, member, near === undefined ? values : { ...values, nearest: near });
    return false;
  }

  private isDistribution(ref: MeasureRef): boolean {
    return this.readings.histogram(ref, new Float64Array(HISTOGRAM_BUCKETS));
  }

  private wantOneOf(code: CheckCode, hole: string, name: string, known: readonly string[], member: object): void {
    if (known.includes(name)) return;
    const near = nearest(name, known);
    const values = { [hole]: name, known: known.join(', ') };
    this.report(code, member, near === undefined ? values : { ...values, nearest: near });
  }

  private reportMeasure(code: CheckCode, ref: MeasureRef, member: object): void {
    this.report(code, member, { measure: printMeasure(ref) });
  }

  private report(code: CheckCode, member: object | undefined, values: { readonly [hole: string]: string | number }): void {
    this.problems.push(checkProblem(code, (member === undefined ? undefined : this.check.columns.get(member)) ?? 1, values));
  }
}
