// Reads the laws of vectors/queueing: from how a case names a distribution to how a drawing does.

import type { LawDocument } from '../../nodes/fields.ts';

/** Simulated length of the mean service time, ns: long enough that rounding to whole nanoseconds is far below every tolerance. */
export const MEAN_SERVICE_NS = 10_000_000;

export type CaseLaw =
  | { readonly dist: 'deterministic'; readonly value: number }
  | { readonly dist: 'exponential'; readonly mean: number }
  | { readonly dist: 'erlang'; readonly k: number; readonly mean: number }
  | { readonly dist: 'hyperexponential2'; readonly p1: number; readonly rate1: number; readonly rate2: number }
  | { readonly dist: 'uniform'; readonly low: number; readonly high: number }
  | { readonly dist: 'twoPoint'; readonly p1: number; readonly v1: number; readonly v2: number }
  | { readonly dist: 'lognormal'; readonly mean: number; readonly scv: number };

export function meanOf(law: CaseLaw): number {
  switch (law.dist) {
    case 'deterministic':
      return law.value;
    case 'hyperexponential2':
      return law.p1 / law.rate1 + (1 - law.p1) / law.rate2;
    case 'uniform':
      return (law.low + law.high) / 2;
    case 'twoPoint':
      return law.p1 * law.v1 + (1 - law.p1) * law.v2;
    default:
      return law.mean;
  }
}

/** A length in whole nanoseconds, as a document has it. */
export const lengthOf = (units: number, unitNs: number): string => `${Math.round(units * unitNs)}ns`;

/** `unitNs`: nanoseconds that one time unit of the case lasts. */
export function lawOf(law: CaseLaw, unitNs: number): LawDocument {
  const length = (units: number): string => lengthOf(units, unitNs);
  switch (law.dist) {
    case 'deterministic':
      return { law: 'constant', value: length(law.value) };
    case 'exponential':
      return { law: 'exponential', mean: length(law.mean) };
    case 'erlang':
      return { law: 'erlang', shape: law.k, mean: length(law.mean) };
    case 'hyperexponential2':
      return { law: 'hyperexponential', share: law.p1, mean1: length(1 / law.rate1), mean2: length(1 / law.rate2) };
    case 'uniform':
      return { law: 'uniform', low: length(law.low), high: length(law.high) };
    case 'twoPoint':
      return { law: 'two-point', share: law.p1, value1: length(law.v1), value2: length(law.v2) };
    case 'lognormal':
      return { law: 'log-normal', mean: length(law.mean), scv: law.scv };
    default:
      throw new Error(`no law for ${JSON.stringify(law)}`);
  }
}

export const exponential = (mean: number): CaseLaw => ({ dist: 'exponential', mean });
