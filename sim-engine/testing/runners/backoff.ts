// Judges patterns/backoff: the delays of one retry after another, from the function that the service uses.

import { type BackoffSpec, type BackoffStrategy, backoffInto, firstPrevious } from '../../parts/backoff.ts';
import type { Judgement, VectorCase, VectorFormat } from './format.ts';

/** Delays are recorded with six decimals. */
const TOLERANCE_MS = 1e-6;

export const BACKOFF_FORMAT: VectorFormat = {
  key: 'patterns/backoff',
  judge(one: VectorCase): Judgement {
    const input = one.input as {
      readonly strategy: BackoffStrategy;
      readonly baseMs: number;
      readonly capMs?: number | null;
      readonly multiplier?: number | null;
      readonly randomizationFactor?: number | null;
      readonly retries: number;
      readonly u: readonly number[];
    };
    const spec: BackoffSpec = {
      strategy: input.strategy,
      base: input.baseMs,
      cap: input.capMs ?? Number.POSITIVE_INFINITY,
      multiplier: input.multiplier ?? 2,
      randomizationFactor: input.randomizationFactor ?? 0.5,
    };
    const expected = (one.expected as { readonly delaysMs: readonly number[] }).delaysMs;
    const faults: string[] = [];
    if (expected.length !== input.retries) faults.push(`${input.retries} retries but ${expected.length} recorded delays`);
    const cell = new Float64Array(2);
    let previous = firstPrevious(spec);
    expected.forEach((wanted, retry) => {
      backoffInto(spec, retry, input.u[retry] as number, previous, cell);
      previous = cell[1] as number;
      const found = cell[0] as number;
      if (!(Math.abs(found - wanted) <= TOLERANCE_MS)) faults.push(`retry ${retry}: ${found} ms, recorded ${wanted} ms`);
    });
    return { faults };
  },
};
