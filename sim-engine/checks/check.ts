// A check as a tree: what `parse-check.ts` makes of text, `print-check.ts` turns back and `check-run.ts` judges. Plain data;
// lengths of time are whole nanoseconds of simulated time, names are as written.

import type { CHECK_MESSAGES } from '../messages/en/checks.ts';
import type { Problem } from '../topology/document.ts';
import type { MeasureRef } from './readings.ts';

/** How long a text may be and how deep brackets and forms may be nested. */
export const CHECK_TEXT_MAX = 2_000;
export const CHECK_DEPTH_MAX = 32;

/** Conditions are looked at every 100 ms of simulated time. */
export const CHECK_GRID_NS = 100_000_000;

/** A window shorter than this says more about the grid than about the run; a longer one would hold too much. */
export const WINDOW_NS_MIN = 1_000_000_000;
export const WINDOW_NS_MAX = 600_000_000_000;

/** Windows when a check names none: quantiles cover the last 30 s, rates the last 10 s, slopes the last 60 s. */
export const QUANTILE_WINDOW_NS = 30_000_000_000;
export const RATE_WINDOW_NS = 10_000_000_000;
export const SLOPE_WINDOW_NS = 60_000_000_000;

/** Totals that mean a rate when they stand alone: messages a second over the last 10 s. */
export const PER_SECOND_NAMES: ReadonlySet<string> = new Set(['throughput', 'goodput', 'arrivals']);

/**
 * A parsed check. It holds if every clause holds. `columns` says where in `text` (from 1) a member of the tree begins, for
 * problems that only `bindCheck` can see; it is no part of the check's meaning.
 */
export interface Check {
  readonly text: string;
  readonly clauses: readonly Clause[];
  readonly columns: ReadonlyMap<object, number>;
}

/**
 * When a condition has to be true. `within`: at some moment up to `limitNs`. `event`: at some moment of the run. `always`:
 * at every moment. `never`: at none. `end`: at the end of the run.
 */
export type Clause =
  | { readonly form: 'within'; readonly limitNs: number; readonly condition: Condition }
  | { readonly form: 'always' | 'never' | 'end' | 'event'; readonly condition: Condition };

/**
 * What is true or not at one moment. `hold`: `condition` has been true for `lastsNs` without a break; standing alone, as in
 * "hold 60s: lost == 0", it is a clause of the form `event`.
 */
export type Condition =
  | { readonly kind: 'all'; readonly of: readonly Comparison[] }
  | { readonly kind: 'hold'; readonly lastsNs: number; readonly condition: Condition }
  | Did
  | Knob
  | Uses;

/** How often a command of this type was given so far, and whether that passes the test. */
export interface Did {
  readonly kind: 'did';
  readonly action: string;
  readonly argument?: string;
  readonly test: Test;
}
/** The present value of a setting, in its compiled unit: lengths of time in seconds. */
export interface Knob {
  readonly kind: 'knob';
  readonly node: string;
  readonly field: string;
  readonly test: Test;
}
/** Whether nodes of these kinds are drawn, each wired to the next. */
export interface Uses {
  readonly kind: 'uses';
  readonly kinds: readonly string[];
}

export type Op = '==' | '!=' | '<' | '<=' | '>' | '>=';

/** `first op right` and so on, each value with its neighbour: a == b == c. Or a range with both its ends. */
export type Comparison =
  | { readonly kind: 'chain'; readonly first: Expression; readonly rest: readonly Link[] }
  | { readonly kind: 'range'; readonly of: Expression; readonly low: Expression; readonly high: Expression };
export interface Link {
  readonly op: Op;
  readonly right: Expression;
}

export type Test =
  | { readonly op: Op; readonly value: Literal }
  | { readonly op: 'in'; readonly low: NumberLiteral; readonly high: NumberLiteral };
export type Literal = NumberLiteral | { readonly kind: 'word'; readonly text: string };

export interface NumberLiteral {
  readonly kind: 'number';
  readonly value: number;
  readonly unit: Unit;
}

export type Expression =
  | NumberLiteral
  | { readonly kind: 'measure'; readonly ref: MeasureRef }
  | { readonly kind: 'rate'; readonly of: MeasureRef; readonly windowNs: number }
  | { readonly kind: 'quantile'; readonly share: number; readonly of: MeasureRef; readonly windowNs: number }
  | { readonly kind: 'slope'; readonly of: Expression; readonly windowNs: number }
  | { readonly kind: 'negative'; readonly of: Expression }
  | { readonly kind: 'binary'; readonly op: '+' | '-' | '*' | '/'; readonly left: Expression; readonly right: Expression };

/** What a number may be counted in. Lengths of time become seconds, percent a share, `/min` a rate per second. */
export type Unit = '' | 'ns' | 'us' | 'ms' | 's' | 'min' | 'h' | '%' | '/s' | '/min';

/** As divisors or factors, so that 450 ms is exactly the number 0.45. */
const SCALES: { readonly [unit in Unit]: readonly [factor: number, divisor: number] } = {
  '': [1, 1],
  ns: [1, 1_000_000_000],
  us: [1, 1_000_000],
  ms: [1, 1_000],
  s: [1, 1],
  min: [60, 1],
  h: [3_600, 1],
  '%': [1, 100],
  '/s': [1, 1],
  '/min': [1, 60],
};
export const UNITS: readonly string[] = Object.keys(SCALES).filter((unit) => unit !== '');
export const isUnit = (text: string): text is Unit => Object.hasOwn(SCALES, text);

/** The number in base units: seconds, shares, events a second. */
export function inBaseUnits({ value, unit }: NumberLiteral): number {
  const [factor, divisor] = SCALES[unit];
  return (value * factor) / divisor;
}

/** The names of forms; with a length of time before the colon or without. */
export const TIMED_FORMS: readonly string[] = ['within', 'hold'];
export const FORMS: readonly string[] = [...TIMED_FORMS, 'always', 'never', 'end', 'event', 'did', 'knob', 'uses'];

type CodeOf<Key> = Key extends `problem.${infer Code}.remedy` ? Code : never;
type OwnCode = CodeOf<keyof typeof CHECK_MESSAGES>;
/** Codes with a sentence and a remedy: reporting any other does not compile. */
export type CheckCode = Extract<OwnCode, `check-${string}`>;
export type CommandCode = Extract<OwnCode, `command-${string}`>;

/** A problem of a check's text; `column` counts from 1 and is also a value, so that the sentence can name it. */
export function checkProblem(
  code: CheckCode,
  column: number,
  values: { readonly [hole: string]: string | number } = {},
): Problem {
  return { code, at: ['check', column], values: { ...values, column } };
}
