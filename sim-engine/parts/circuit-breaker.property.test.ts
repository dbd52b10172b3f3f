// Laws P18 to P22 of docs/semantics/patterns.md, and every library's breaker against a twin that keeps all outcomes and counts anew.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clonePlain } from '../kernel/plain-state.ts';
import { PlainBreaker } from '../testing/slow-twins/plain-breaker.ts';
import {
  BREAKER_DEFAULTS,
  type BreakerSpec,
  breakerCountsInto,
  breakerState,
  newBreaker,
  nextTransitionNs,
  onFailure,
  onIgnored,
  onSuccess,
  permittedHalfOpen,
  tryAcquire,
  waitOpenNs,
} from './circuit-breaker.ts';
import type { Breaker } from './circuit-breaker-state.ts';

const MS = 1e6;
const ms = (min: number, max: number) => fc.integer({ min, max }).map((length) => length * MS);

const resilience4j: fc.Arbitrary<BreakerSpec> = fc.record({
  kind: fc.constant('resilience4j' as const),
  failureRateThreshold: fc.integer({ min: 1, max: 100 }),
  slowCallRateThreshold: fc.integer({ min: 1, max: 100 }),
  slowCallNs: ms(1, 100),
  windowType: fc.constantFrom('count' as const, 'time' as const),
  windowSize: fc.integer({ min: 1, max: 12 }),
  minimumCalls: fc.integer({ min: 1, max: 12 }),
  waitOpenNs: ms(1, 3000),
  permittedHalfOpen: fc.integer({ min: 1, max: 5 }),
  maxWaitHalfOpenNs: fc.oneof(fc.constant(0), ms(1, 2000)),
});
const polly: fc.Arbitrary<BreakerSpec> = fc.record({
  kind: fc.constant('polly' as const),
  failureRatio: fc.double({ min: 0.01, max: 1, noNaN: true }),
  minimumThroughput: fc.integer({ min: 2, max: 10 }),
  samplingNs: ms(50, 5000),
  breakNs: ms(1, 3000),
});
const hystrix: fc.Arbitrary<BreakerSpec> = fc.record({
  kind: fc.constant('hystrix' as const),
  requestVolumeThreshold: fc.integer({ min: 1, max: 10 }),
  errorThresholdPercentage: fc.integer({ min: 1, max: 100 }),
  sleepWindowNs: ms(1, 3000),
  rollingNs: fc.constantFrom(1000 * MS, 10_000 * MS),
  buckets: fc.constantFrom(1, 10),
});
const anySpec = fc.oneof(resilience4j, polly, hystrix);

/** A call is asked for, or one that went out comes back. */
const step = fc.record({
  gapNs: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 20 * MS }), ms(1, 50), ms(100, 4000)),
  op: fc.constantFrom('ask', 'ask', 'ask', 'success', 'failure', 'failure', 'ignored'),
  durationNs: ms(0, 120),
});
const steps = fc.array(step, { minLength: 40, maxLength: 160 });

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

interface Look {
  readonly nowNs: number;
  readonly before: string;
  readonly after: string;
  readonly wasPermitted: boolean | undefined;
  readonly totalBefore: number;
}

/** Takes the steps; only what went out can come back. */
function run(spec: BreakerSpec, script: readonly Step[], look: (breaker: Breaker, at: Look) => void): void {
  const breaker = newBreaker(spec);
  const counts = new Float64Array(3);
  let nowNs = 1e15;
  let out = 0;
  for (const { gapNs, op, durationNs } of script) {
    nowNs += gapNs;
    const before = breakerState(spec, breaker, nowNs);
    breakerCountsInto(spec, breaker, nowNs, counts);
    const totalBefore = counts[0] as number;
    let wasPermitted: boolean | undefined;
    if (op === 'ask') {
      wasPermitted = tryAcquire(spec, breaker, nowNs);
      if (wasPermitted) out++;
    } else if (out > 0) {
      out--;
      if (op === 'ignored') onIgnored(spec, breaker, nowNs);
      else if (op === 'success') onSuccess(spec, breaker, nowNs, durationNs);
      else onFailure(spec, breaker, nowNs, durationNs);
    }
    look(breaker, { nowNs, before, after: breakerState(spec, breaker, nowNs), wasPermitted, totalBefore });
  }
}

describe('a circuit breaker', () => {
  it('does what its twin does that keeps every outcome and counts anew', () => {
    const reached = new Set<string>();
    fc.assert(
      fc.property(anySpec, steps, (spec, script) => {
        const twin = new PlainBreaker(spec);
        const counts = new Float64Array(3);
        let i = 0;
        let out = 0;
        let halfOpened = 0;
        run(spec, script, (breaker, { nowNs, before, after, wasPermitted }) => {
          const { op, durationNs } = script[i++] as Step;
          if (op === 'ask') {
            const isPermitted = twin.tryAcquire(nowNs);
            if (wasPermitted !== isPermitted) expect(wasPermitted).toBe(isPermitted);
            if (isPermitted) out++;
          } else if (out > 0) {
            out--;
            if (op === 'ignored') twin.onIgnored(nowNs);
            else twin.onOutcome(nowNs, op === 'failure', durationNs);
          }
          if (after !== twin.stateAt(nowNs)) expect(after).toBe(twin.stateAt(nowNs));
          breakerCountsInto(spec, breaker, nowNs, counts);
          const { total, failed, slow } = twin.counts(nowNs);
          if (counts[0] !== total || counts[1] !== failed || counts[2] !== slow)
            expect([...counts]).toEqual([total, failed, slow]);
          if (before === 'open' && after === 'half-open') halfOpened++;
          reached.add(`${spec.kind} ${after} ${Math.min(halfOpened, 3)}`);
        });
      }),
      { numRuns: 1000, seed: 18 },
    );
    // Closed, open and half-open; the latter two also for the first, second and third time, and closed after each.
    expect(reached.size).toBe(3 * (4 + 4 + 3));
  });

  it('P18: lets nothing through while it is open, until its wait is over', () => {
    fc.assert(
      fc.property(anySpec, steps, (spec, script) => {
        let openedNs = -1;
        run(spec, script, (breaker, { nowNs, before, after, wasPermitted }) => {
          if (before !== 'open' && after === 'open' && !(spec.kind === 'resilience4j' && spec.maxWaitHalfOpenNs > 0))
            openedNs = nowNs;
          if (after === 'open') {
            expect(wasPermitted ?? false).toBe(false);
            if (openedNs >= 0)
              expect(nextTransitionNs(breaker) - openedNs - waitOpenNs(spec)).toBe(spec.kind === 'polly' ? 0 : 1);
          }
          if (before === 'open' && wasPermitted === true) {
            expect(after).toBe('half-open');
            if (openedNs >= 0) expect(nowNs - openedNs).toBeGreaterThanOrEqual(waitOpenNs(spec));
          }
        });
      }),
      { numRuns: 1000, seed: 19 },
    );
  });

  it('P19: has at most the permitted calls out when half-open', () => {
    fc.assert(
      fc.property(anySpec, steps, (spec, script) => {
        let probes = 0;
        let i = 0;
        run(spec, script, (breaker, { before, after, wasPermitted }) => {
          const { op } = script[i++] as Step;
          if (after !== 'half-open') probes = 0;
          else {
            if (before !== 'half-open') probes = 0;
            if (wasPermitted === true) probes++;
            if (op === 'ignored' && before === 'half-open') probes = Math.max(0, probes - 1);
            expect(probes).toBeLessThanOrEqual(permittedHalfOpen(spec));
            expect(breaker.permitsLeft).toBeLessThanOrEqual(permittedHalfOpen(spec));
          }
        });
      }),
      { numRuns: 1000, seed: 20 },
    );
  });

  it('P20: never opens before the minimum volume', () => {
    fc.assert(
      fc.property(anySpec, steps, (spec, script) => {
        const counts = new Float64Array(3);
        run(spec, script, (breaker, { nowNs, before, after }) => {
          if (before !== 'closed' || after !== 'open') return;
          breakerCountsInto(spec, breaker, nowNs, counts);
          const least =
            spec.kind === 'resilience4j'
              ? Math.min(spec.minimumCalls, spec.windowType === 'count' ? spec.windowSize : Number.POSITIVE_INFINITY)
              : spec.kind === 'polly'
                ? spec.minimumThroughput
                : spec.requestVolumeThreshold;
          expect(counts[0]).toBeGreaterThanOrEqual(least);
        });
      }),
      { numRuns: 1000, seed: 21 },
    );
  });

  it('P21: is closed again a wait and its probes after what it calls has healed', () => {
    fc.assert(
      fc.property(anySpec, steps, ms(1, 50), (spec, script, probeNs) => {
        // A breaker that gives its probes up before they are back never closes, nor does one that finds them slow.
        if (spec.kind === 'resilience4j' && (spec.slowCallNs < probeNs || spec.maxWaitHalfOpenNs > 0)) return;
        run(spec, script, (breaker, { nowNs, after }) => {
          if (after !== 'open') return;
          const healed = clonePlain(breaker);
          let timeNs = Math.max(nowNs, nextTransitionNs(healed));
          expect(timeNs - nowNs).toBeLessThanOrEqual(waitOpenNs(spec) + 1);
          // One after another: the slowest way to make the probes.
          for (let probe = 0; breakerState(spec, healed, timeNs) !== 'closed'; probe++) {
            expect(probe).toBeLessThan(permittedHalfOpen(spec));
            expect(tryAcquire(spec, healed, timeNs)).toBe(true);
            timeNs += probeNs;
            onSuccess(spec, healed, timeNs, probeNs);
          }
        });
      }),
      { numRuns: 300, seed: 22 },
    );
  });

  it('P22: n breakers of their own send n times the permitted probes', () => {
    fc.assert(
      fc.property(anySpec, fc.integer({ min: 1, max: 20 }), (spec, n) => {
        const open = newBreaker(spec);
        let nowNs = 1e15;
        while (breakerState(spec, open, nowNs) === 'closed' && tryAcquire(spec, open, nowNs)) onFailure(spec, open, nowNs, 0);
        nowNs = nextTransitionNs(open);
        let probes = 0;
        for (let i = 0; i < n; i++) {
          const breaker = clonePlain(open);
          for (let asked = 0; asked < 10; asked++) if (tryAcquire(spec, breaker, nowNs)) probes++;
        }
        expect(probes).toBe(n * permittedHalfOpen(spec));
      }),
      { numRuns: 300, seed: 23 },
    );
  });

  it('goes on from a copy of its state as it would have gone on itself', () => {
    fc.assert(
      fc.property(anySpec, steps, steps, (spec, first, second) => {
        let copy: Breaker | undefined;
        let original: Breaker | undefined;
        run(spec, [...first], (breaker) => {
          original = breaker;
          copy = clonePlain(breaker);
        });
        let nowNs = 1e15 + 1e12;
        for (const { gapNs, op, durationNs } of second) {
          nowNs += gapNs;
          for (const breaker of [original, copy] as Breaker[]) {
            if (op === 'ask') tryAcquire(spec, breaker, nowNs);
            else if (op === 'failure') onFailure(spec, breaker, nowNs, durationNs);
            else onSuccess(spec, breaker, nowNs, durationNs);
          }
        }
        expect(copy).toEqual(original);
      }),
      { numRuns: 200, seed: 24 },
    );
  });
});

describe('the defaults of the libraries', () => {
  it.each(Object.entries(BREAKER_DEFAULTS))('%s opens on failures alone and never on successes alone', (_, spec) => {
    const good = newBreaker(spec);
    const bad = newBreaker(spec);
    for (let i = 0; i < 200; i++) {
      onSuccess(spec, good, i, 0);
      onFailure(spec, bad, i, 0);
    }
    expect([breakerState(spec, good, 200), breakerState(spec, bad, 200)]).toEqual(['closed', 'open']);
  });
});
