// The circuit breakers once more, without rings or sums: every outcome is kept for ever and counted anew whenever somebody asks.

import type { BreakerSpec } from '../../parts/circuit-breaker.ts';

interface Outcome {
  readonly atNs: number;
  readonly isFailed: boolean;
  readonly isSlow: boolean;
}

interface SubWindow {
  readonly startNs: number;
  readonly outcomes: Outcome[];
}

export class PlainBreaker {
  private state: 'closed' | 'open' | 'half-open' = 'closed';
  private readonly spec: BreakerSpec;
  private outcomes: Outcome[] = [];
  /** Polly's, all there ever were since it closed. */
  private subWindows: SubWindow[] = [];
  private probes: Outcome[] | undefined;
  private openedNs = 0;
  private halfOpenNs = 0;
  private inFlight = 0;
  private returned = 0;

  constructor(spec: BreakerSpec) {
    this.spec = spec;
  }

  tryAcquire(nowNs: number): boolean {
    this.giveUpProbes(nowNs);
    if (this.state === 'open' && this.isOver(nowNs)) this.halfOpen(nowNs);
    if (this.state === 'closed') return true;
    if (this.state === 'open' || this.inFlight - this.returned >= this.permitted()) return false;
    this.inFlight++;
    return true;
  }

  onOutcome(nowNs: number, isFailed: boolean, durationNs: number): void {
    this.giveUpProbes(nowNs);
    const { spec } = this;
    const outcome = { atNs: nowNs, isFailed, isSlow: spec.kind === 'resilience4j' && durationNs > spec.slowCallNs };
    if (spec.kind === 'resilience4j') {
      (this.probes ?? this.outcomes).push(outcome);
      if (this.state === 'open') return;
      const { total, failed, slow } = this.counts(nowNs);
      if (total < this.minimum()) return;
      const isAbove = (100 * failed) / total >= spec.failureRateThreshold || (100 * slow) / total >= spec.slowCallRateThreshold;
      if (isAbove) this.open(nowNs);
      else if (this.state === 'half-open') this.close();
      return;
    }
    if (this.state === 'half-open' && !isFailed) return this.close();
    if (spec.kind === 'polly') {
      if (this.state === 'half-open') return this.open(nowNs);
      const widthNs = spec.samplingNs < 200e6 ? spec.samplingNs : spec.samplingNs / 10;
      let last = this.subWindows.at(-1);
      if (last === undefined || nowNs - last.startNs >= widthNs) {
        last = { startNs: nowNs, outcomes: [] };
        this.subWindows.push(last);
      }
      last.outcomes.push(outcome);
      const { total, failed } = this.counts(nowNs);
      const isBroken = isFailed && total >= spec.minimumThroughput && failed / total >= spec.failureRatio;
      if (this.state === 'closed' && isBroken) this.open(nowNs);
      return;
    }
    this.outcomes.push(outcome);
    if (this.state === 'half-open') return this.open(nowNs);
    const { total, failed } = this.counts(nowNs);
    const isBroken = total >= spec.requestVolumeThreshold && Math.trunc((failed / total) * 100) >= spec.errorThresholdPercentage;
    if (this.state === 'closed' && isBroken) this.open(nowNs);
  }

  onIgnored(nowNs: number): void {
    this.giveUpProbes(nowNs);
    if (this.state === 'half-open' && this.returned < this.inFlight) this.returned++;
  }

  stateAt(nowNs: number): string {
    this.giveUpProbes(nowNs);
    return this.state;
  }

  counts(nowNs: number): { readonly total: number; readonly failed: number; readonly slow: number } {
    const seen = this.remembered(nowNs);
    const failed = seen.filter((one) => one.isFailed).length;
    return { total: seen.length, failed, slow: seen.filter((one) => one.isSlow).length };
  }

  private remembered(nowNs: number): readonly Outcome[] {
    const { spec } = this;
    // resilience4j's window of probes holds as many as it lets through, late outcomes included.
    if (this.probes !== undefined) return this.probes.slice(-this.permitted());
    if (spec.kind === 'polly') {
      return this.subWindows.filter(({ startNs }) => nowNs - startNs < spec.samplingNs).flatMap(({ outcomes }) => outcomes);
    }
    if (spec.kind === 'hystrix') {
      const widthNs = spec.rollingNs / spec.buckets;
      const oldest = Math.floor(nowNs / widthNs) - spec.buckets + 1;
      return this.outcomes.filter(({ atNs }) => Math.floor(atNs / widthNs) >= oldest);
    }
    if (spec.windowType === 'count') return this.outcomes.slice(-spec.windowSize);
    const oldest = Math.floor(nowNs / 1e9) - spec.windowSize + 1;
    return this.outcomes.filter(({ atNs }) => Math.floor(atNs / 1e9) >= oldest);
  }

  private minimum(): number {
    const { spec } = this;
    if (spec.kind !== 'resilience4j') return 0;
    if (this.probes !== undefined) return Math.min(spec.minimumCalls, spec.permittedHalfOpen);
    return spec.windowType === 'count' ? Math.min(spec.minimumCalls, spec.windowSize) : spec.minimumCalls;
  }

  private permitted(): number {
    return this.spec.kind === 'resilience4j' ? this.spec.permittedHalfOpen : 1;
  }

  private isOver(nowNs: number): boolean {
    const { spec, openedNs } = this;
    if (spec.kind === 'polly') return nowNs >= openedNs + spec.breakNs;
    return nowNs > openedNs + (spec.kind === 'hystrix' ? spec.sleepWindowNs : spec.waitOpenNs);
  }

  private giveUpProbes(nowNs: number): void {
    const { spec } = this;
    if (this.state !== 'half-open' || spec.kind !== 'resilience4j' || spec.maxWaitHalfOpenNs === 0) return;
    const endNs = this.halfOpenNs + spec.maxWaitHalfOpenNs;
    if (nowNs >= endNs) this.open(endNs);
  }

  private halfOpen(nowNs: number): void {
    this.state = 'half-open';
    this.halfOpenNs = nowNs;
    this.inFlight = this.returned = 0;
    if (this.spec.kind === 'resilience4j') this.probes = [];
  }

  private open(nowNs: number): void {
    this.state = 'open';
    this.openedNs = nowNs;
  }

  private close(): void {
    this.state = 'closed';
    this.outcomes = [];
    this.subWindows = [];
    this.probes = undefined;
  }
}
