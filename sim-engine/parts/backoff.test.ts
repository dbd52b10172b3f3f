import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { BACKOFF_STRATEGIES, type BackoffSpec, type BackoffStrategy, backoffInto, firstPrevious, usesDraw } from './backoff.ts';

interface VectorCase {
  readonly name: string;
  readonly input: {
    readonly strategy: BackoffStrategy;
    readonly baseMs: number;
    readonly capMs: number;
    readonly multiplier?: number;
    readonly randomizationFactor?: number | null;
    readonly retries: number;
    readonly u: readonly number[];
  };
  readonly expected: { readonly delaysMs: readonly number[] };
}

function delays(spec: BackoffSpec, draws: readonly number[]): number[] {
  const out = new Float64Array(2);
  let previous = firstPrevious(spec);
  return draws.map((u, retry) => {
    backoffInto(spec, retry, u, previous, out);
    previous = out[1] as number;
    return out[0] as number;
  });
}

const spec = (strategy: BackoffStrategy, rest: Partial<BackoffSpec> = {}): BackoffSpec => ({
  strategy,
  base: 100,
  cap: 20_000,
  multiplier: 2,
  randomizationFactor: 0.5,
  ...rest,
});

const VECTORS = new URL('../testing/vectors/patterns/backoff.json', import.meta.url);

describe('recorded delays', () => {
  const { cases } = JSON.parse(readFileSync(VECTORS, 'utf8')) as { cases: VectorCase[] };
  it.each(cases)('$name', ({ input, expected }) => {
    const recorded = spec(input.strategy, {
      base: input.baseMs,
      cap: input.capMs,
      multiplier: input.multiplier ?? 2,
      randomizationFactor: input.randomizationFactor ?? 0.5,
    });
    const computed = delays(recorded, input.u.slice(0, input.retries));
    expect(computed).toHaveLength(expected.delaysMs.length);
    // The file prints 6 decimals; one tenth more for the rounding of delays of days.
    for (const [i, delay] of computed.entries()) expect(Math.abs(delay - (expected.delaysMs[i] as number))).toBeLessThan(6e-7);
  });

  it('every strategy was recorded', () => {
    expect(new Set(cases.map((one) => one.input.strategy))).toEqual(new Set(BACKOFF_STRATEGIES));
  });
});

describe('backoff', () => {
  it('doubles until the cap without jitter: the retry waves after an outage', () => {
    expect(delays(spec('none', { cap: 1000 }), [0.1, 0.9, 0.3, 0.3, 0.3])).toEqual([100, 200, 400, 800, 1000]);
  });

  it('only the strategies without jitter use no draw', () => {
    for (const strategy of BACKOFF_STRATEGIES) {
      const low = delays(spec(strategy), [0.1, 0.1, 0.1]);
      const high = delays(spec(strategy), [0.9, 0.9, 0.9]);
      expect(low.join() !== high.join()).toBe(usesDraw(strategy));
    }
  });

  it('decorrelated jitter grows from the delay before, not from the number of the retry', () => {
    expect(delays(spec('decorrelated'), [0.5, 0.5])).toEqual([200, 350]);
    const out = new Float64Array(2);
    backoffInto(spec('decorrelated'), 7, 0.5, 200, out);
    expect([...out]).toEqual([350, 350]);
  });

  it('the randomized delay may pass the cap by its factor, as in resilience4j', () => {
    expect(delays(spec('randomized', { cap: 100 }), [1])).toEqual([150]);
  });

  it('after ten thousand retries every strategy still gives a delay', () => {
    const out = new Float64Array(2);
    for (const strategy of ['none', 'full', 'linear', 'pollyDecorrelatedV2'] as const) {
      const endless = spec(strategy);
      let previous = firstPrevious(endless);
      for (let retry = 0; retry < 10_000; retry++) {
        backoffInto(endless, retry, 1 - 2 ** -33, previous, out);
        previous = out[1] as number;
        expect(out[0]).toBeLessThanOrEqual(20_000);
        expect(out[0]).toBeGreaterThan(0);
      }
    }
  });
});
