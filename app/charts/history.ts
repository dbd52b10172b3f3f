// What the charts remember of a run: a bounded row of samples in simulated time, each made from a frame. Rates and quantiles are
// taken over a stretch of the run, not over one frame, so that they mean the same at any speed and frame rate.

import { DELIVERY_CLASSES, FRAME } from '../../sim-engine/protocol/frame.ts';
import type { ChartedGauge } from '../store/charted.ts';
import type { Places } from '../store/readings.ts';

/** Samples kept in all; what is shown is the newest part of them. */
const SAMPLES_MAX = 1200;
/** Numbers of frames kept in all, 8 bytes each: what a gauge was before somebody asked for it. The oldest go first. */
const NUMBERS_MAX = 1_000_000;
/** Samples shown across the width of a chart. */
const SHOWN = 240;
/** A rate looks back over this share of what is shown, a quantile over the larger one. */
const RATE_SHARE = 1 / 20;
const QUANTILE_SHARE = 1 / 6;
const LATENCY_FRAMES_MAX = 600;

export const SERIES = ['done', 'failed', 'dead', 'p50', 'p95', 'p99', 'ready', 'inFlight', 'delayed', 'resting'] as const;
type Series = (typeof SERIES)[number];

/**
 * One sample: simulated time, ns, and a number for each series; NaN where there is nothing to say. Gauges that somebody asked for
 * stand in it as well, each under `seriesOfGauge`, and in those before as far as their frames are kept.
 */
export type Sample = { readonly timeNs: number } & { readonly [series in Series]: number } & { readonly [gauge: string]: number };

/** A gauge to be remembered as well; of one that only grows the growth per second. */
export interface Followed extends ChartedGauge {
  readonly isTotal: boolean;
}
/** What is taken from a frame besides its header. */
export interface Watched {
  /** Nodes whose sizes are summed, and dead-letter queues. */
  readonly queues: readonly string[];
  readonly resting?: readonly string[];
  readonly gauges?: readonly Followed[];
}

/** No series of the header has a blank in its name. */
export const seriesOfGauge = ({ node, gauge }: ChartedGauge): string => `${node} ${gauge}`;

const PROCESSED = FRAME.DELIVERY_BOOK + DELIVERY_CLASSES.indexOf('processed');
const DEAD = FRAME.DELIVERY_BOOK + DELIVERY_CLASSES.indexOf('deadLettered');

interface Totals {
  readonly timeNs: number;
  readonly done: number;
  readonly failed: number;
  readonly dead: number;
  /** Gauges that only grow, by series. */
  readonly gauges: ReadonlyMap<string, number>;
}

/** What a frame said besides its letters, and where in it. */
interface Kept {
  readonly numbers: Float64Array;
  readonly places: Places;
}

/** Latencies of what was done between two frames, as the frame tells them. */
interface Latencies {
  readonly timeNs: number;
  readonly count: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

export class RunHistory {
  readonly samples: Sample[] = [];
  /** The newest sample with the counts of the newest frame, so that a line ends where the card and the ledger are. */
  latest: Sample | null = null;
  #totals: Totals[] = [];
  #latencies: Latencies[] = [];
  #lastDone = 0;
  /** One for each sample; null for those that had to go. */
  #kept: (Kept | null)[] = [];
  #keptNumbers = 0;
  #followed: ReadonlySet<string> = new Set();

  /** Takes in a frame. `windowNs`: simulated time that the charts show. */
  note(frame: Float64Array, places: Places, windowNs: number, watched: Watched): void {
    const timeNs = frame[FRAME.SIM_TIME_NS] as number;
    const last = this.samples.at(-1);
    // An edit gives frames another layout, but it is the same run. One that goes back tells what follows anew; another run begins at 0.
    if (last === undefined || timeNs < last.timeNs) this.#goBack(timeNs, frame);
    this.#follow(watched.gauges ?? [], windowNs);
    this.#noteLatencies(frame, timeNs);
    const newest = this.samples.at(-1);
    if (newest === undefined || timeNs - newest.timeNs >= windowNs / SHOWN) this.#push(frame, places, timeNs, windowNs, watched);
    const levels = { ...countsOf(frame, places, watched), ...levelsOf(frame, places, watched) };
    this.latest = { ...(this.samples.at(-1) as Sample), timeNs, ...levels };
  }

  /** Another drawing: nothing of what was remembered belongs to it. */
  clear(): void {
    this.samples.length = 0;
    this.latest = null;
    this.#kept = [];
    this.#keptNumbers = 0;
  }

  /** Gives gauges that were not asked for until now the past that is kept. */
  #follow(gauges: readonly Followed[], windowNs: number): void {
    for (const followed of gauges) if (!this.#followed.has(seriesOfGauge(followed))) this.#recall(followed, windowNs);
    this.#followed = new Set(gauges.map(seriesOfGauge));
  }

  #recall(followed: Followed, windowNs: number): void {
    const series = seriesOfGauge(followed);
    const values = this.#kept.map((kept) => kept?.numbers[kept.places.gauge(followed.node, followed.gauge)] ?? Number.NaN);
    const times = this.samples.map(({ timeNs }) => timeNs);
    let first = 0;
    this.samples.forEach((sample, ix) => {
      while (first < ix && sample.timeNs - (times[first + 1] as number) >= windowNs * RATE_SHARE) first++;
      const [before, now] = [values[first] as number, values[ix] as number];
      const seconds = (sample.timeNs - (times[first] as number)) / 1e9;
      const rate = seconds > 0 ? Math.max(0, (now - before) / seconds) : Number.NaN;
      this.samples[ix] = { ...sample, [series]: followed.isTotal ? rate : now };
    });
    if (!followed.isTotal) return;
    // The growth of what comes next is measured from these.
    this.#totals = this.#totals.map((totals) => {
      const value = values[times.indexOf(totals.timeNs)] ?? Number.NaN;
      return Number.isNaN(value) ? totals : { ...totals, gauges: new Map([...totals.gauges, [series, value]]) };
    });
  }

  #keep(frame: Float64Array, places: Places): void {
    const numbers = frame.slice(0, places.letters);
    this.#kept.push({ numbers, places });
    this.#keptNumbers += numbers.length;
    for (let ix = 0; this.#keptNumbers > NUMBERS_MAX && ix < this.#kept.length; ix++) this.#forget(ix);
  }

  #forget(ix: number): void {
    this.#keptNumbers -= this.#kept[ix]?.numbers.length ?? 0;
    this.#kept[ix] = null;
  }

  #goBack(timeNs: number, frame: Float64Array): void {
    while (this.samples.length > 0 && (this.samples.at(-1) as Sample).timeNs >= timeNs) {
      this.#forget(this.samples.length - 1);
      this.#kept.pop();
      this.samples.pop();
    }
    this.#totals = this.#totals.filter((totals) => totals.timeNs < timeNs);
    this.#latencies = this.#latencies.filter((latencies) => latencies.timeNs < timeNs);
    this.#lastDone = frame[PROCESSED] as number;
  }

  #noteLatencies(frame: Float64Array, timeNs: number): void {
    const done = frame[PROCESSED] as number;
    const count = done - this.#lastDone;
    this.#lastDone = done;
    const p50 = frame[FRAME.LATENCY_P50_NS] as number;
    if (count <= 0 || Number.isNaN(p50)) return;
    const [p95, p99] = [frame[FRAME.LATENCY_P95_NS], frame[FRAME.LATENCY_P99_NS]] as [number, number];
    this.#latencies.push({ timeNs, count, p50, p95, p99 });
    if (this.#latencies.length > LATENCY_FRAMES_MAX) this.#latencies.shift();
  }

  #push(frame: Float64Array, places: Places, timeNs: number, windowNs: number, watched: Watched): void {
    const totals: Totals = {
      timeNs,
      done: frame[PROCESSED] as number,
      failed: frame[FRAME.FAILED] as number,
      dead: frame[DEAD] as number,
      gauges: totalsOf(frame, places, watched),
    };
    this.#totals.push(totals);
    while (this.#totals.length > 2 && timeNs - (this.#totals[1] as Totals).timeNs >= windowNs * RATE_SHARE) this.#totals.shift();
    while (this.#latencies.length > 0 && timeNs - (this.#latencies[0] as Latencies).timeNs > windowNs * QUANTILE_SHARE) {
      this.#latencies.shift();
    }
    const first = this.#totals[0] as Totals;
    const seconds = (timeNs - first.timeNs) / 1e9;
    const rate = (key: 'done' | 'failed' | 'dead') => (seconds > 0 ? (totals[key] - first[key]) / seconds : Number.NaN);
    const [p50, p95, p99] = quantilesOf(this.#latencies);
    this.samples.push({
      timeNs,
      done: rate('done'),
      failed: rate('failed'),
      // A redrive takes letters off the shelf again; a rate of deaths is never negative.
      dead: Math.max(0, rate('dead')),
      p50,
      p95,
      p99,
      ...countsOf(frame, places, watched),
      ...levelsOf(frame, places, watched),
      ...growth(first, totals, seconds),
    });
    this.#keep(frame, places);
    if (this.samples.length <= SAMPLES_MAX) return;
    this.#forget(0);
    this.#kept.shift();
    this.samples.shift();
  }
}

type Counts = { readonly [count in 'ready' | 'inFlight' | 'delayed' | 'resting']: number };

function countsOf(frame: Float64Array, places: Places, { queues, resting = [] }: Watched): Counts {
  const sum = (gauge: string, nodes: readonly string[]) =>
    nodes.reduce((total, id) => total + (frame[places.gauge(id, gauge)] ?? 0), 0);
  return {
    ready: sum('ready', queues),
    inFlight: sum('in_flight', queues),
    delayed: sum('delayed', queues),
    resting: sum('dlq_size', resting),
  };
}

type Readings = { readonly [series: string]: number };

function levelsOf(frame: Float64Array, places: Places, { gauges = [] }: Watched): Readings {
  const levels = gauges.filter(({ isTotal }) => !isTotal);
  return Object.fromEntries(
    levels.map((followed) => [seriesOfGauge(followed), frame[places.gauge(followed.node, followed.gauge)] ?? Number.NaN]),
  );
}

function totalsOf(frame: Float64Array, places: Places, { gauges = [] }: Watched): ReadonlyMap<string, number> {
  const totals = gauges.filter(({ isTotal }) => isTotal);
  return new Map(
    totals.map((followed) => [seriesOfGauge(followed), frame[places.gauge(followed.node, followed.gauge)] ?? Number.NaN]),
  );
}

/** Growth per second of the gauges that were followed then already. What was taken out and put back counts from 0 again. */
function growth(first: Totals, now: Totals, seconds: number): Readings {
  return Object.fromEntries(
    [...now.gauges].map(([series, value]) => {
      const before = first.gauges.get(series);
      return [series, before === undefined || seconds <= 0 ? Number.NaN : Math.max(0, (value - before) / seconds)];
    }),
  );
}

/**
 * p50, p95 and p99 over several frames. Of each frame three quantiles are known; half of its letters stand for the first, the next
 * 45 in a hundred for the second, the rest for the third. Exact for frames of one letter, which is what a calm run has.
 */
export function quantilesOf(frames: readonly Latencies[]): [p50: number, p95: number, p99: number] {
  const points: { value: number; weight: number }[] = [];
  let total = 0;
  for (const { count, p50, p95, p99 } of frames) {
    total += count;
    if (count === 1) points.push({ value: p50, weight: 1 });
    else
      points.push(
        { value: p50, weight: count * 0.5 },
        { value: p95, weight: count * 0.45 },
        { value: p99, weight: count * 0.05 },
      );
  }
  if (total === 0) return [Number.NaN, Number.NaN, Number.NaN];
  points.sort((a, b) => a.value - b.value);
  const at = (share: number): number => {
    let reached = 0;
    for (const { value, weight } of points) {
      reached += weight;
      if (reached >= share * total - 1e-9) return value;
    }
    return (points.at(-1) as { value: number }).value;
  };
  return [at(0.5), at(0.95), at(0.99)];
}
