// How many replicas a service should have, from what waits for it: KEDA's metric of the lags of a topic or the size of a queue, the
// rule of the Kubernetes autoscaler with its tolerance and its stabilization windows, KEDA's way from none to one and back, and the
// time a replica takes to start. Services call it at every poll; it keeps plain state and takes no time itself. Pinned by
// testing/vectors/patterns/autoscale.json; section 15 and P58 to P61 of docs/semantics/patterns.md.

import { ceil, floor, max, min } from '../kernel/exact-math.ts';

export interface AutoscalerSpec {
  /** What one replica is meant to have waiting: messages of lag, or of a queue. */
  readonly threshold: number;
  /** With no more than this waiting there may be no replica at all. */
  readonly activation: number;
  readonly minReplicas: number;
  readonly maxReplicas: number;
  /** Whether there may be more replicas than partitions. Means nothing for a queue. */
  readonly isIdleAllowed: boolean;
  /** Counts only partitions with a lag as places to work. Means nothing for a queue. */
  readonly isLimitedToLagging: boolean;
  /** The ratio of what waits to what is meant to wait changes nothing within 1 plus or minus this. */
  readonly tolerance: number;
  /** How long nothing must have been waiting before the last replica goes. */
  readonly cooldownNs: number;
  /** Fewer replicas only when every poll of so long wanted fewer. */
  readonly stabilizationDownNs: number;
  /** More replicas only when every poll of so long wanted more. */
  readonly stabilizationUpNs: number;
  /** From wanted to working. */
  readonly startUpNs: number;
}

/**
 * KEDA's kafka scaler (threshold 10), its cooldownPeriod of 300 s and 100 replicas at most (keda.sh, ScaledObject specification);
 * the tolerance and the windows of the HorizontalPodAutoscaler (kubernetes.io). A start takes what it takes: none here.
 */
export const KEDA_KAFKA_DEFAULTS: AutoscalerSpec = {
  threshold: 10,
  activation: 0,
  minReplicas: 0,
  maxReplicas: 100,
  isIdleAllowed: false,
  isLimitedToLagging: false,
  tolerance: 0.1,
  cooldownNs: 300e9,
  stabilizationDownNs: 300e9,
  stabilizationUpNs: 0,
  startUpNs: 0,
};

/** KEDA's SQS scaler: what it counts is visible and in flight. */
export const KEDA_SQS_DEFAULTS: AutoscalerSpec = { ...KEDA_KAFKA_DEFAULTS, threshold: 5 };

/**
 * The lags of the first `count` partitions as one number, at most what as many replicas as there are places to work are meant to have
 * waiting. A partition marked in `stuck`, whose committed offset has not moved since the poll before, is left out (KEDA's
 * excludePersistentLag).
 */
export function lagMetric(spec: AutoscalerSpec, lags: ArrayLike<number>, count: number, stuck?: Uint8Array): number {
  let total = 0;
  let lagging = 0;
  for (let i = 0; i < count; i++) {
    const lag = lags[i] as number;
    if (lag <= 0) continue;
    lagging++;
    if (stuck === undefined || stuck[i] === 0) total += lag;
  }
  if (spec.isIdleAllowed && !spec.isLimitedToLagging) return total;
  const places = spec.isLimitedToLagging ? lagging : count;
  // The scaler divides whole numbers: half a replica too much is not too much.
  return floor(total / spec.threshold) > places ? places * spec.threshold : total;
}

/** The replicas that `metric` calls for when there are `current`, time left aside. */
export function desiredReplicas(spec: AutoscalerSpec, metric: number, current: number): number {
  if (metric <= spec.activation && spec.minReplicas === 0) return 0;
  // From none to one it is KEDA who scales; the autoscaler takes over from there.
  if (current === 0) return clamped(spec, 1);
  return clamped(spec, wantedBy(spec, metric, current));
}

function wantedBy(spec: AutoscalerSpec, metric: number, current: number): number {
  const ratio = metric / (spec.threshold * current);
  return ratio >= 1 - spec.tolerance && ratio <= 1 + spec.tolerance ? current : ceil(metric / spec.threshold);
}

/** The autoscaler itself never goes below one. */
const clamped = (spec: AutoscalerSpec, replicas: number): number =>
  min(spec.maxReplicas, max(spec.minReplicas, max(1, replicas)));

export interface Autoscaler {
  /** Replicas that are wanted, working or starting. */
  wanted: number;
  /** When something was waiting last. */
  lastActiveNs: number;
  /** What polls wanted, for the two windows. */
  down: Extremes;
  up: Extremes;
  /** When those that are starting will work, oldest first. */
  startingNs: Float64Array;
  startingCount: number;
}

/** Begins with replicas that work already. */
export const newAutoscaler = (replicas: number, nowNs: number): Autoscaler => ({
  wanted: replicas,
  lastActiveNs: nowNs,
  down: newExtremes(),
  up: newExtremes(),
  startingNs: new Float64Array(8),
  startingCount: 0,
});

/** One poll: the replicas wanted from now on. */
export function pollAutoscaler(spec: AutoscalerSpec, scaler: Autoscaler, nowNs: number, metric: number): number {
  if (metric > spec.activation) scaler.lastActiveNs = nowNs;
  const before = scaler.wanted;
  scaler.wanted = afterPoll(spec, scaler, nowNs, metric);
  settleStarts(scaler, nowNs);
  for (let i = before; i < scaler.wanted; i++) start(scaler, nowNs + spec.startUpNs);
  // Those that do not work yet are the first to go.
  if (scaler.wanted < before) scaler.startingCount = max(0, scaler.startingCount - (before - scaler.wanted));
  return scaler.wanted;
}

/** Replicas that work at `nowNs`. */
export function workingReplicas(scaler: Autoscaler, nowNs: number): number {
  settleStarts(scaler, nowNs);
  return scaler.wanted - scaler.startingCount;
}

/** When the next replica begins to work, Infinity when none is starting. */
export const nextStartNs = (scaler: Autoscaler): number =>
  scaler.startingCount === 0 ? Number.POSITIVE_INFINITY : (scaler.startingNs[0] as number);

function afterPoll(spec: AutoscalerSpec, scaler: Autoscaler, nowNs: number, metric: number): number {
  const isActive = metric > spec.activation;
  if (scaler.wanted === 0) return isActive || spec.minReplicas > 0 ? clamped(spec, 1) : 0;
  if (!isActive && spec.minReplicas === 0 && nowNs - scaler.lastActiveNs > spec.cooldownNs) {
    clearExtremes(scaler.down);
    clearExtremes(scaler.up);
    return 0;
  }
  const wanted = clamped(spec, wantedBy(spec, metric, scaler.wanted));
  const most = pushExtreme(scaler.down, nowNs, wanted, nowNs - spec.stabilizationDownNs, true);
  const least = pushExtreme(scaler.up, nowNs, wanted, nowNs - spec.stabilizationUpNs, false);
  if (scaler.wanted < least) return least;
  return scaler.wanted > most ? most : scaler.wanted;
}

function start(scaler: Autoscaler, readyNs: number): void {
  if (scaler.startingCount === scaler.startingNs.length) {
    const larger = new Float64Array(scaler.startingNs.length * 2);
    larger.set(scaler.startingNs);
    scaler.startingNs = larger;
  }
  // A start that was made shorter meanwhile may overtake.
  let at = scaler.startingCount++;
  for (; at > 0 && (scaler.startingNs[at - 1] as number) > readyNs; at--) {
    scaler.startingNs[at] = scaler.startingNs[at - 1] as number;
  }
  scaler.startingNs[at] = readyNs;
}

function settleStarts(scaler: Autoscaler, nowNs: number): void {
  let done = 0;
  while (done < scaler.startingCount && (scaler.startingNs[done] as number) <= nowNs) done++;
  if (done === 0) return;
  scaler.startingNs.copyWithin(0, done, scaler.startingCount);
  scaler.startingCount -= done;
}

// ------------------------------------------------------------------ the greatest or least of a window

/** What can still become the greatest, or the least, of a window that moves: oldest and most extreme first. */
interface Extremes {
  count: number;
  atNs: Float64Array;
  values: Int32Array;
}

const newExtremes = (): Extremes => ({ count: 0, atNs: new Float64Array(8), values: new Int32Array(8) });

function clearExtremes(extremes: Extremes): void {
  extremes.count = 0;
}

/** Adds a value and gives the extreme of all that came after `sinceNs`, the new one included. */
function pushExtreme(extremes: Extremes, nowNs: number, value: number, sinceNs: number, isMost: boolean): number {
  let gone = 0;
  while (gone < extremes.count && (extremes.atNs[gone] as number) <= sinceNs) gone++;
  if (gone > 0) {
    extremes.atNs.copyWithin(0, gone, extremes.count);
    extremes.values.copyWithin(0, gone, extremes.count);
    extremes.count -= gone;
  }
  while (extremes.count > 0) {
    const last = extremes.values[extremes.count - 1] as number;
    if (isMost ? last > value : last < value) break;
    extremes.count--;
  }
  if (extremes.count === extremes.atNs.length) {
    const atNs = new Float64Array(extremes.count * 2);
    const values = new Int32Array(extremes.count * 2);
    atNs.set(extremes.atNs);
    values.set(extremes.values);
    extremes.atNs = atNs;
    extremes.values = values;
  }
  extremes.atNs[extremes.count] = nowNs;
  extremes.values[extremes.count] = value;
  extremes.count++;
  return extremes.values[0] as number;
}
