// Judges patterns/circuit-breaker: the breaker of each library, step by step, by the operations that the service uses.

import {
  BREAKER_DEFAULTS,
  type BreakerSpec,
  breakerCountsInto,
  breakerRatesInto,
  breakerState,
  forceState,
  newBreaker,
  onFailure,
  onIgnored,
  onSuccess,
  tryAcquire,
} from '../../parts/circuit-breaker.ts';
import type { Breaker } from '../../parts/circuit-breaker-state.ts';
import type { Judgement, VectorCase, VectorFormat } from './format.ts';

const MS = 1e6;
/** Rates are recorded with four decimals. */
const RATE_TOLERANCE = 1e-4;
const STATES = { CLOSED: 'closed', OPEN: 'open', HALF_OPEN: 'half-open' } as const;

interface Step {
  readonly t: number;
  readonly op: 'call' | 'acquire' | 'record' | 'force';
  readonly outcome?: 'success' | 'failure' | 'ignored';
  readonly durationMs?: number;
  readonly state?: keyof typeof STATES;
}

interface Found {
  permitted?: boolean;
  state?: string;
  failureRate?: number;
  slowRate?: number;
  buffered?: number;
}

export const CIRCUIT_BREAKER_FORMAT: VectorFormat = {
  key: 'patterns/circuit-breaker',
  judge(one: VectorCase): Judgement {
    const { impl, config, steps } = one.input as {
      readonly impl: keyof typeof BREAKER_DEFAULTS;
      readonly config: Config;
      readonly steps: readonly Step[];
    };
    const expected = (one.expected as { readonly steps: readonly Found[] }).steps;
    const spec = specOf(impl, config);
    const breaker = newBreaker(spec);
    const faults: string[] = [];
    if (expected.length !== steps.length) faults.push(`${steps.length} steps but ${expected.length} recorded`);
    for (const [i, step] of steps.entries()) {
      const found = taken(spec, breaker, step);
      for (const [name, wanted] of Object.entries(expected[i] ?? {})) {
        const seen = found[name as keyof Found];
        const isSame =
          typeof wanted === 'number' ? Math.abs((seen as number) - wanted) <= RATE_TOLERANCE : seen === (wanted as unknown);
        if (!isSame) faults.push(`step ${i}: ${name} ${seen}, recorded ${wanted}`);
      }
    }
    return { faults };
  },
};

type Config = { readonly [name: string]: number | string | null | undefined };

/** Names of the vectors, in ms, to those of the specs, in ns. */
function specOf(impl: keyof typeof BREAKER_DEFAULTS, config: Config): BreakerSpec {
  const spec: Record<string, unknown> = { ...BREAKER_DEFAULTS[impl] };
  for (const [name, value] of Object.entries(config)) {
    if (value === null || value === undefined) continue;
    const known = name.endsWith('Ms') ? `${name.slice(0, -2)}Ns` : name;
    if (!Object.hasOwn(spec, known)) throw new Error(`${impl} has no ${name}`);
    spec[known] = typeof value === 'string' ? value.toLowerCase() : known === name ? value : value * MS;
  }
  return spec as unknown as BreakerSpec;
}

function taken(spec: BreakerSpec, breaker: Breaker, step: Step): Found {
  const nowNs = step.t * MS;
  const found: Found = {};
  if (step.op === 'force') forceState(spec, breaker, STATES[step.state as keyof typeof STATES], nowNs);
  if (step.op === 'call' || step.op === 'acquire') found.permitted = tryAcquire(spec, breaker, nowNs);
  if (step.op === 'record' || (step.op === 'call' && found.permitted)) recorded(spec, breaker, step, nowNs);
  const state = breakerState(spec, breaker, nowNs);
  found.state = Object.entries(STATES).find(([, ours]) => ours === state)?.[0] ?? state;
  const cells = new Float64Array(3);
  breakerCountsInto(spec, breaker, nowNs, cells);
  found.buffered = cells[0] as number;
  if (spec.kind === 'resilience4j') {
    breakerRatesInto(spec, breaker, nowNs, cells);
    found.failureRate = cells[0] as number;
    found.slowRate = cells[1] as number;
  }
  return found;
}

function recorded(spec: BreakerSpec, breaker: Breaker, step: Step, nowNs: number): void {
  const durationNs = (step.durationMs ?? 0) * MS;
  if (step.outcome === 'success') onSuccess(spec, breaker, nowNs, durationNs);
  else if (step.outcome === 'failure') onFailure(spec, breaker, nowNs, durationNs);
  else onIgnored(spec, breaker, nowNs);
}
