// Turns the tree of a check back into text: the one spelling of every check, with its forms written out. `parseCheck` of it
// gives the same tree. It is also how a check names what it saw.

import { printDuration } from '../topology/units.ts';
import {
  type Clause,
  type Comparison,
  type Condition,
  type Expression,
  type Literal,
  QUANTILE_WINDOW_NS,
  RATE_WINDOW_NS,
  type Test,
} from './check.ts';
import type { MeasureRef } from './readings.ts';

export function printCheck(check: { readonly clauses: readonly Clause[] }): string {
  return check.clauses.map(printClause).join(' and ');
}

function printClause(clause: Clause): string {
  const { form, condition } = clause;
  const text = printCondition(condition);
  if (form === 'within') return `within ${printDuration(clause.limitNs)}: ${text}`;
  if (form === 'event' && condition.kind === 'hold') return text;
  if (form === 'end' && (condition.kind === 'did' || condition.kind === 'knob' || condition.kind === 'uses')) return text;
  return `${form}: ${text}`;
}

function printCondition(condition: Condition): string {
  switch (condition.kind) {
    case 'all':
      return condition.of.map(printComparison).join(' and ');
    case 'hold':
      return `hold ${printDuration(condition.lastsNs)}: ${printCondition(condition.condition)}`;
    case 'did':
      return `did: ${printAction(condition.action, condition.argument)}${printTestUnlessOnce(condition.test)}`;
    case 'knob':
      return `knob: ${condition.node}.${condition.field} ${printTest(condition.test)}`;
    case 'uses':
      return `uses: ${condition.kinds.join(' -> ')}`;
  }
}

export const printAction = (action: string, argument: string | undefined): string =>
  argument === undefined ? action : `${action}{${printText(argument)}}`;

function printTestUnlessOnce(test: Test): string {
  const isOnce = test.op === '>=' && test.value.kind === 'number' && test.value.value === 1 && test.value.unit === '';
  return isOnce ? '' : ` ${printTest(test)}`;
}

function printTest(test: Test): string {
  if (test.op === 'in') return `in ${printLiteral(test.low)}..${printLiteral(test.high)}`;
  return `${test.op} ${printLiteral(test.value)}`;
}

function printLiteral(literal: Literal): string {
  return literal.kind === 'number' ? `${literal.value}${literal.unit}` : printText(literal.text);
}

function printComparison(comparison: Comparison): string {
  if (comparison.kind === 'range') {
    const { of, low, high } = comparison;
    return `${printExpression(of)} in ${printExpression(low)}..${printExpression(high)}`;
  }
  return comparison.rest.reduce(
    (text, { op, right }) => `${text} ${op} ${printExpression(right)}`,
    printExpression(comparison.first),
  );
}

/** How tightly each kind of expression binds; brackets stand where a looser one is inside a tighter one. */
function tightness(expression: Expression): number {
  if (expression.kind === 'binary') return expression.op === '+' || expression.op === '-' ? 1 : 2;
  return expression.kind === 'negative' ? 3 : 4;
}

export function printExpression(expression: Expression): string {
  switch (expression.kind) {
    case 'number':
      return printLiteral(expression);
    case 'measure':
      return printMeasure(expression.ref);
    case 'rate':
      return `rate(${printMeasure(expression.of)}${printWindow(expression.windowNs, RATE_WINDOW_NS)})`;
    case 'quantile':
      return `${printShare(expression.share)}(${printMeasure(expression.of)}${printWindow(expression.windowNs, QUANTILE_WINDOW_NS)})`;
    case 'slope':
      return `slope(${printExpression(expression.of)}) over ${printDuration(expression.windowNs)}`;
    case 'negative':
      return `-${printInside(expression.of, 3)}`;
    case 'binary': {
      const own = tightness(expression);
      // Arithmetic is read from left to right, so an equally tight operand needs brackets on the right only.
      return `${printInside(expression.left, own)} ${expression.op} ${printInside(expression.right, own + 1)}`;
    }
  }
}

function printInside(expression: Expression, least: number): string {
  const text = printExpression(expression);
  return tightness(expression) < least ? `(${text})` : text;
}

const printWindow = (windowNs: number, usualNs: number): string => (windowNs === usualNs ? '' : `, ${printDuration(windowNs)}`);

/** 0.99 as p99. Shifted by two places as text: a multiplication by 100 would not be exact. */
const printShare = (share: number): string => `p${Number(`${share}e2`)}`;

export function printMeasure({ name, labels }: MeasureRef): string {
  const texts = Object.keys(labels)
    .sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
    .map((label) => printLabel(label, labels[label] as string));
  return texts.length === 0 ? name : `${name}{${texts.join(',')}}`;
}

/** A node's name stands alone; one that begins with a digit is quoted, so that it is not read as a quantile. */
const printLabel = (label: string, value: string): string =>
  label === 'node' ? printText(value) : `${label}=${printText(value)}`;

/** A word as it is, anything else in double quotes. */
const printText = (text: string): string =>
  /^[A-Za-z_][\w.-]*$/.test(text) ? text : `"${text.replace(/["\\]/g, (sign) => `\\${sign}`)}"`;
