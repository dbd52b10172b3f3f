// Judges queueing/mm1, mmc, md1 and mg1 by the two checks of vectors/queueing/README.md. Exact: predicted from the draws alone, every
// start and end agrees to the nanosecond. Statistical: measured over a long run, against the closed forms. It holds the theory,
// no broker.

import { bucketOf, HISTOGRAM_BUCKETS, quantile } from '../../kernel/histogram.ts';
import type { LawSpec } from '../../kernel/law-spec.ts';
import type { LawDocument } from '../../nodes/fields.ts';
import type { Simulation } from '../../simulation/simulation.ts';
import { ACK, DELIVER, PUBLISH } from '../../world/packet-types.ts';
import { TRACE_ENTRIES } from '../../world/trace.ts';
import { World } from '../../world/world.ts';
import { node, simulationOf, wire } from '../drawing.ts';
import type { Judgement, VectorCase, VectorFormat } from './format.ts';
import { tapActor } from './tapped-actor.ts';

const SEED = 1;
/** Simulated length of the mean service time, ns: long enough that rounding to whole nanoseconds is far below every tolerance. */
const MEAN_SERVICE_NS = 10_000_000;

const EXACT_MESSAGES = 20_000;
const STATISTICAL_MESSAGES_MIN = 200_000;
const STATISTICAL_UTILISATION_MAX = 0.9;
const WARM_UP_SHARE = 0.1;

/** A single station: how messages come, how long each takes, how many are worked on at once. */
interface Station {
  readonly servers: number;
  readonly service: LawDocument;
  readonly meanGapNs: number;
  /** Nanoseconds that one time unit of the case lasts. */
  readonly unitNs: number;
}

export const QUEUEING_FORMATS: readonly VectorFormat[] = ['mm1', 'mmc', 'md1', 'mg1'].map((family) => ({
  key: `queueing/${family}`,
  judge,
}));

function judge(one: VectorCase): Judgement {
  const station = stationOf(one.input as unknown as QueueingInput);
  const expected = one.expected as unknown as QueueingExpected;
  const faults = [...exactFaults(station)];
  if (expected.utilisation > STATISTICAL_UTILISATION_MAX) return { faults, details: 'exact only' };
  const forWidth = (one.validation?.['messagesForRelHalfWidth_0.05'] as number | undefined) ?? 0;
  const measured = measure(station, Math.max(STATISTICAL_MESSAGES_MIN, forWidth));
  faults.push(...statisticalFaults(measured, expected));
  return { faults, details: detailsOf(measured, expected) };
}

// ------------------------------------------------------------------ from a case to a station

interface QueueingInput {
  readonly lambda: number;
  /** Rate of one server, where service is exponential. */
  readonly mu?: number;
  readonly c?: number;
  /** A constant length, or a law. */
  readonly service?: number | ServiceInput;
  readonly serviceMean?: number;
}

type ServiceInput =
  | { readonly dist: 'deterministic'; readonly value: number }
  | { readonly dist: 'exponential'; readonly mean: number }
  | { readonly dist: 'erlang'; readonly k: number; readonly mean: number }
  | { readonly dist: 'hyperexponential2'; readonly p1: number; readonly rate1: number; readonly rate2: number }
  | { readonly dist: 'uniform'; readonly low: number; readonly high: number }
  | { readonly dist: 'twoPoint'; readonly p1: number; readonly v1: number; readonly v2: number }
  | { readonly dist: 'lognormal'; readonly mean: number; readonly scv: number };

function stationOf(input: QueueingInput): Station {
  const service = serviceOf(input);
  const mean = input.serviceMean ?? meanOf(service);
  const unitNs = MEAN_SERVICE_NS / mean;
  return { servers: input.c ?? 1, service: lawOf(service, unitNs), meanGapNs: unitNs / input.lambda, unitNs };
}

function serviceOf({ mu, service }: QueueingInput): ServiceInput {
  if (typeof service === 'number') return { dist: 'deterministic', value: service };
  if (service !== undefined) return service;
  if (mu === undefined) throw new Error('the case names no service time');
  return { dist: 'exponential', mean: 1 / mu };
}

function meanOf(service: ServiceInput): number {
  switch (service.dist) {
    case 'deterministic':
      return service.value;
    case 'hyperexponential2':
      return service.p1 / service.rate1 + (1 - service.p1) / service.rate2;
    case 'uniform':
      return (service.low + service.high) / 2;
    case 'twoPoint':
      return service.p1 * service.v1 + (1 - service.p1) * service.v2;
    default:
      return service.mean;
  }
}

function lawOf(service: ServiceInput, unitNs: number): LawDocument {
  const length = (units: number): string => `${Math.round(units * unitNs)}ns`;
  switch (service.dist) {
    case 'deterministic':
      return { law: 'constant', value: length(service.value) };
    case 'exponential':
      return { law: 'exponential', mean: length(service.mean) };
    case 'erlang':
      return { law: 'erlang', shape: service.k, mean: length(service.mean) };
    case 'hyperexponential2':
      return {
        law: 'hyperexponential',
        share: service.p1,
        mean1: length(1 / service.rate1),
        mean2: length(1 / service.rate2),
      };
    case 'uniform':
      return { law: 'uniform', low: length(service.low), high: length(service.high) };
    case 'twoPoint':
      return { law: 'two-point', share: service.p1, value1: length(service.v1), value2: length(service.v2) };
    case 'lognormal':
      return { law: 'log-normal', mean: length(service.mean), scv: service.scv };
    default:
      throw new Error(`no law for ${JSON.stringify(service)}`);
  }
}

/** One line and one service of many places, without any time on the wires. */
function runOf(station: Station, limit: number, traceEvery: number): Simulation {
  const gaps = { law: 'exponential', mean: `${Math.round(station.meanGapNs)}ns` };
  return simulationOf(
    {
      nodes: [
        node('source', 'sender', { arrivals: 'gaps', gaps, limit }),
        node('line', 'queue', { ackDeadline: '0s' }),
        node('server', 'service', { concurrency: station.servers, work: station.service, retry: 'none' }),
      ],
      wires: [
        wire('publish', 'source', 'line', { delay: '0s' }),
        wire('deliver', 'line', 'server', { delay: '0s', pollTimeout: '1h' }),
      ],
      seed: SEED,
    },
    { traceEvery },
  );
}

// ------------------------------------------------------------------ exact

/** Entries that a journey without failures has at most, with room to spare. */
const STOPS_MAX = 8;
/** Arrivals between two looks at the trace; what they leave behind must fit in it several times over. */
const ARRIVALS_PER_LOOK = TRACE_ENTRIES / STOPS_MAX / 4;

/** The first messages whose start or end is not the predicted one. */
function exactFaults(station: Station): readonly string[] {
  const simulation = runOf(station, EXACT_MESSAGES, 1);
  const wanted = predicted(station, simulation);
  const arrivals = new Float64Array(EXACT_MESSAGES).fill(-1);
  const starts = arrivals.slice();
  const ends = arrivals.slice();
  const columns = new Map([
    ['accepted', arrivals],
    ['begun', starts],
    ['processed', ends],
  ]);
  const lookNs = Math.ceil(station.meanGapNs * ARRIVALS_PER_LOOK);
  const lastNs = wanted.ends.reduce((latest, end) => Math.max(latest, end), 0);
  while (simulation.timeNs <= lastNs + MEAN_SERVICE_NS) {
    const fromNs = simulation.timeNs;
    simulation.advanceTo(fromNs + lookNs);
    for (const { atNs, number, stop } of simulation.world.trace.entries()) {
      if (atNs < fromNs) continue;
      const column = columns.get(stop);
      if (column !== undefined) column[number - 1] = atNs;
    }
  }
  const faults: string[] = [];
  for (let i = 0; i < EXACT_MESSAGES && faults.length < 3; i++) {
    if (arrivals[i] !== wanted.arrivals[i])
      faults.push(`message ${i + 1} came at ${arrivals[i]} ns, drawn ${wanted.arrivals[i]} ns`);
    if (starts[i] !== wanted.starts[i]) faults.push(`message ${i + 1} began at ${starts[i]} ns, theory ${wanted.starts[i]} ns`);
    if (ends[i] !== wanted.ends[i]) faults.push(`message ${i + 1} ended at ${ends[i]} ns, theory ${wanted.ends[i]} ns`);
  }
  return faults;
}

interface Predicted {
  readonly arrivals: Float64Array;
  readonly starts: Float64Array;
  readonly ends: Float64Array;
}

/**
 * Kiefer and Wolfowitz: the next message begins when it has come and the server that is free first is free; with one server
 * that is Lindley's recursion. The draws are those of the run: the same laws on streams of the same seed and names.
 */
function predicted(station: Station, simulation: Simulation): Predicted {
  const draws = new World(simulation.seed);
  const paramsOf = (id: string) => simulation.topology.nodes.find((one) => one.id === id)?.params ?? {};
  const gaps = draws.law(paramsOf('source').gaps as LawSpec, 'source', 'arrivals');
  const work = draws.law(paramsOf('server').work as LawSpec, 'server', 'work');
  const arrivals = new Float64Array(EXACT_MESSAGES);
  const starts = new Float64Array(EXACT_MESSAGES);
  const ends = new Float64Array(EXACT_MESSAGES);
  const freeAt = new Float64Array(station.servers);
  let nowNs = 0;
  for (let i = 0; i < EXACT_MESSAGES; i++) {
    gaps.drawInto(draws.drawn);
    nowNs += draws.drawn[0] as number;
    arrivals[i] = nowNs;
    const first = indexOfLeast(freeAt);
    starts[i] = Math.max(nowNs, freeAt[first] as number);
    work.drawInto(draws.drawn);
    ends[i] = (starts[i] as number) + (draws.drawn[0] as number);
    freeAt[first] = ends[i] as number;
  }
  return { arrivals, starts, ends };
}

function indexOfLeast(numbers: Float64Array): number {
  let least = 0;
  for (let i = 1; i < numbers.length; i++) if ((numbers[i] as number) < (numbers[least] as number)) least = i;
  return least;
}

// ------------------------------------------------------------------ statistical

interface QueueingExpected {
  readonly utilisation: number;
  readonly pWait: number;
  readonly L: number;
  readonly Lq: number;
  readonly W: number;
  readonly Wq: number;
  readonly sojournPct?: { readonly [quantile: string]: number };
}

/** In the units of the case. */
interface MeasuredStation {
  readonly utilisation: number;
  readonly pWait: number;
  readonly L: number;
  readonly Lq: number;
  readonly W: number;
  readonly Wq: number;
  readonly sojournPct: { readonly [quantile: string]: number };
}

const QUANTILES: readonly (readonly [name: string, q: number])[] = [
  ['p50', 0.5],
  ['p90', 0.9],
  ['p95', 0.95],
  ['p99', 0.99],
  ['p999', 0.999],
];

/**
 * Counts what comes, begins and ends at one station as packets pass. Numbers in the system are integrals over time, waits and
 * sojourns are summed per message: two independent sides of Little's law.
 */
class StationMeter {
  inSystem = 0;
  waiting = 0;
  systemArea = 0;
  waitingArea = 0;
  arrived = 0;
  waited = 0;
  began = 0;
  waitNs = 0;
  ended = 0;
  sojournNs = 0;
  readonly sojourns = new Uint32Array(HISTOGRAM_BUCKETS);
  private lastNs = 0;
  private readonly now: Float64Array;
  private readonly cameNs: Float64Array;
  private readonly world: World;
  /** By number of message, which is its place in the line. */
  private next = 0;

  constructor(world: World, messages: number) {
    this.world = world;
    this.now = world.now;
    this.cameNs = new Float64Array(messages + 1);
  }

  /** Starts all sums anew, at the end of the warm-up; what is in the system stays. */
  restart(): void {
    this.keepAreas();
    this.systemArea = this.waitingArea = this.arrived = this.waited = this.began = this.waitNs = this.ended = this.sojournNs = 0;
    this.sojourns.fill(0);
  }

  onCome(): void {
    this.keepAreas();
    this.arrived++;
    this.cameNs[this.next++] = this.now[0] as number;
    this.inSystem++;
    this.waiting++;
  }

  onBegin(obl: number): void {
    this.keepAreas();
    this.waiting--;
    this.began++;
    const waitNs = (this.now[0] as number) - this.cameNsOf(obl);
    if (waitNs > 0) this.waited++;
    this.waitNs += waitNs;
  }

  onEnd(obl: number): void {
    this.keepAreas();
    this.inSystem--;
    this.ended++;
    const sojournNs = (this.now[0] as number) - this.cameNsOf(obl);
    this.sojournNs += sojournNs;
    const bucket = bucketOf(sojournNs);
    this.sojourns[bucket] = (this.sojourns[bucket] as number) + 1;
  }

  private cameNsOf(obl: number): number {
    const { messages, obligations } = this.world;
    return this.cameNs[(messages.number[obligations.msg[obl] as number] as number) - 1] as number;
  }

  keepAreas(): void {
    const nowNs = this.now[0] as number;
    this.systemArea += this.inSystem * (nowNs - this.lastNs);
    this.waitingArea += this.waiting * (nowNs - this.lastNs);
    this.lastNs = nowNs;
  }
}

/** Place of `busy_seconds` among the gauges of a service. */
const BUSY_SECONDS = 6;

function measure(station: Station, messages: number): MeasuredStation {
  const warmUp = Math.ceil(messages * WARM_UP_SHARE);
  const simulation = runOf(station, 0, 0);
  const { world } = simulation;
  const actorOf = (id: string): number => simulation.assembly.actorsOfNode(id)[0]?.ix as number;
  // Poisson counts: what comes in the time of n messages is never this far above n.
  const meter = new StationMeter(world, 2 * (messages + warmUp));
  const server = actorOf('server');
  tapActor(world, actorOf('line'), (type, obl) => {
    if (type === PUBLISH) meter.onCome();
    else if (type === ACK) meter.onEnd(obl);
  });
  tapActor(world, server, (type, obl) => {
    if (type === DELIVER) meter.onBegin(obl);
  });
  const gauges = new Float64Array(16);
  const busySeconds = (): number => {
    world.actors[server]?.sample(gauges, 0);
    return gauges[BUSY_SECONDS] as number;
  };
  const fromNs = Math.round(warmUp * station.meanGapNs);
  const lengthNs = Math.round(messages * station.meanGapNs);
  simulation.advanceTo(fromNs);
  meter.restart();
  const busyBefore = busySeconds();
  simulation.advanceTo(fromNs + lengthNs);
  meter.keepAreas();
  const quantiles = QUANTILES.map(([name, q]) => [name, quantile(meter.sojourns, 0, q) / station.unitNs] as const);
  return {
    utilisation: ((busySeconds() - busyBefore) * 1e9) / lengthNs / station.servers,
    pWait: meter.waited / meter.began,
    L: meter.systemArea / lengthNs,
    Lq: meter.waitingArea / lengthNs,
    W: meter.sojournNs / meter.ended / station.unitNs,
    Wq: meter.waitNs / meter.began / station.unitNs,
    sojournPct: Object.fromEntries(quantiles),
  };
}

const RELATIVE = 0.1;
const P_WAIT_ABSOLUTE = 0.05;
const QUANTILE_RELATIVE = 0.15;
const JUDGED_QUANTILES = ['p50', 'p90', 'p95'];

function statisticalFaults(measured: MeasuredStation, expected: QueueingExpected): readonly string[] {
  const faults: string[] = [];
  const within = (what: string, found: number, wanted: number, allowed: number): void => {
    if (!(Math.abs(found - wanted) <= allowed)) faults.push(`${what} ${found.toPrecision(5)}, theory ${wanted.toPrecision(5)}`);
  };
  within('utilisation', measured.utilisation, expected.utilisation, RELATIVE * expected.utilisation);
  within('L', measured.L, expected.L, RELATIVE * expected.L);
  within('W', measured.W, expected.W, RELATIVE * expected.W);
  within('Lq', measured.Lq, expected.Lq, RELATIVE * expected.L);
  within('Wq', measured.Wq, expected.Wq, RELATIVE * expected.W);
  within('pWait', measured.pWait, expected.pWait, P_WAIT_ABSOLUTE);
  for (const name of JUDGED_QUANTILES) {
    const wanted = expected.sojournPct?.[name];
    if (wanted !== undefined) within(`sojourn ${name}`, measured.sojournPct[name] as number, wanted, QUANTILE_RELATIVE * wanted);
  }
  return faults;
}

function detailsOf(measured: MeasuredStation, expected: QueueingExpected): string {
  const names = ['utilisation', 'L', 'Lq', 'W', 'Wq', 'pWait'] as const;
  const parts = names.map((name) => `${name} ${measured[name].toPrecision(4)}/${expected[name].toPrecision(4)}`);
  for (const [name] of QUANTILES) {
    const wanted = expected.sojournPct?.[name];
    if (wanted !== undefined)
      parts.push(`${name} ${(measured.sojournPct[name] as number).toPrecision(4)}/${wanted.toPrecision(4)}`);
  }
  return parts.join('  ');
}
