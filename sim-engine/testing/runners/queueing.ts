// Judges queueing/mm1, mmc, md1, mg1, gm1, mminf, batch, mmck, erlangA and geogeo1, all of them one line with one service, by the two
// checks of vectors/queueing/README.md; the others of that folder stand in files of their own. It holds the theory, no broker.

import type { LawDocument } from '../../nodes/fields.ts';
import type { Simulation } from '../../simulation/simulation.ts';
import { node, type ParamsDocument, simulationOf, wire } from '../drawing.ts';
import type { Judgement, VectorCase, VectorFormat } from './format.ts';
import { differences, drawsOf, EXACT_MESSAGES, type Fates, fatesOf, newFates } from './queueing-exact.ts';
import { FLUID_FORMAT, TAIL_FORMAT } from './queueing-formulas.ts';
import { JACKSON_FORMAT } from './queueing-jackson.ts';
import { type CaseLaw, exponential, lawOf, lengthOf, MEAN_SERVICE_NS, meanOf } from './queueing-laws.ts';
import {
  detailsOf,
  isJudgedByStatistics,
  type Measured,
  messagesFor,
  runMeters,
  StationMeter,
  statisticalFaults,
} from './queueing-meter.ts';
import { PRIORITY_FORMAT } from './queueing-priority.ts';

const SEED = 1;
const TICK_NS = 1_000_000;
/** Concurrency that nothing in a case comes near. */
const SERVERS_UNLIMITED = 10_000;

/** A single station: how messages come, how long each takes, how many are worked on at once. */
interface Station {
  readonly servers: number;
  readonly service: LawDocument;
  readonly gaps: LawDocument;
  /** Parameters of the sender that say how many come at a time. */
  readonly batches: ParamsDocument;
  /** Between two messages, on average, ns. */
  readonly meanGapNs: number;
  /** How many are in the system at most; 0 = any number. */
  readonly capacity: number;
  /** How long each waits before it gives up; undefined = for ever. */
  readonly patience: LawDocument | undefined;
  /** Nanoseconds that one time unit of the case lasts. */
  readonly unitNs: number;
}

const FAMILIES = ['mm1', 'mmc', 'md1', 'mg1', 'gm1', 'mminf', 'batch', 'mmck', 'erlangA', 'geogeo1'] as const;

export const QUEUEING_FORMATS: readonly VectorFormat[] = [
  ...FAMILIES.map((family) => ({ key: `queueing/${family}`, judge: (one: VectorCase) => judge(family, one) })),
  PRIORITY_FORMAT,
  JACKSON_FORMAT,
  FLUID_FORMAT,
  TAIL_FORMAT,
];

function judge(family: (typeof FAMILIES)[number], one: VectorCase): Judgement {
  const input = one.input as unknown as QueueingInput;
  const station = family === 'geogeo1' ? tickStationOf(input) : stationOf(family, input);
  const expected = expectedOf(one.expected as unknown as CaseExpected);
  const faults = [...exactFaults(station)];
  if (!isJudgedByStatistics(expected.utilisation)) return { faults, details: 'exact only' };
  const measured = measure(station, messagesFor(one.validation));
  faults.push(...statisticalFaults(measured, expected));
  return { faults, details: detailsOf(measured, expected) };
}

// ------------------------------------------------------------------ from a case to a station

interface QueueingInput {
  readonly lambda?: number;
  readonly interarrival?: CaseLaw;
  /** Rate of one server, where service is exponential. */
  readonly mu?: number;
  readonly c?: number;
  /** A constant length, or a law. */
  readonly service?: number | CaseLaw;
  readonly serviceMean?: number;
  readonly K?: number;
  /** Rate at which one that waits gives up. */
  readonly theta?: number;
  readonly batchRate?: number;
  readonly batchSize?: number;
  readonly meanBatch?: number;
  /** Of a tick loop: chances per tick that one comes and that the one at the server leaves. */
  readonly p?: number;
  readonly s?: number;
}

function stationOf(family: string, input: QueueingInput): Station {
  const service = serviceOf(input);
  const unitNs = MEAN_SERVICE_NS / (input.serviceMean ?? meanOf(service));
  const gaps = input.interarrival ?? exponential(1 / given(input.batchRate ?? input.lambda, 'rate of arrivals'));
  const { batchSize, meanBatch } = input;
  return {
    servers: family === 'mminf' ? SERVERS_UNLIMITED : (input.c ?? 1),
    service: lawOf(service, unitNs),
    gaps: lawOf(gaps, unitNs),
    batches:
      batchSize !== undefined
        ? { batches: 'constant', batchSize }
        : meanBatch !== undefined
          ? { batches: 'geometric', batchSize: meanBatch }
          : {},
    meanGapNs: (unitNs * meanOf(gaps)) / (batchSize ?? meanBatch ?? 1),
    capacity: input.K ?? 0,
    patience: input.theta === undefined ? undefined : lawOf(exponential(1 / input.theta), unitNs),
    unitNs,
  };
}

/** Both times are whole numbers of ticks, at least one. */
function tickStationOf({ p, s }: QueueingInput): Station {
  const ticks = (share: number): LawDocument => ({ law: 'geometric', share, unit: lengthOf(1, TICK_NS) });
  const come = given(p, 'chance of an arrival');
  return {
    servers: 1,
    service: ticks(given(s, 'chance of a departure')),
    gaps: ticks(come),
    batches: {},
    meanGapNs: TICK_NS / come,
    capacity: 0,
    patience: undefined,
    unitNs: TICK_NS,
  };
}

function given(value: number | undefined, what: string): number {
  if (value === undefined) throw new Error(`the case names no ${what}`);
  return value;
}

function serviceOf({ mu, service }: QueueingInput): CaseLaw {
  if (typeof service === 'number') return { dist: 'deterministic', value: service };
  return service ?? exponential(1 / given(mu, 'service time'));
}

/** The same measure has another name in some families. */
interface CaseExpected extends Measured {
  readonly utilisationPerServer?: number;
  readonly pWaitAccepted?: number;
  readonly L_afterTick?: number;
  readonly W_ticks?: number;
}

function expectedOf(expected: CaseExpected): Measured {
  const measures: Record<string, unknown> = {
    utilisation: expected.utilisation ?? expected.utilisationPerServer,
    pWait: expected.pWait ?? expected.pWaitAccepted,
    L: expected.L ?? expected.L_afterTick,
    Lq: expected.Lq,
    W: expected.W ?? expected.W_ticks,
    Wq: expected.Wq,
    sojournPct: expected.sojournPct,
  };
  return Object.fromEntries(Object.entries(measures).filter(([, value]) => value !== undefined && value !== null)) as Measured;
}

/** One line and one service of many places, without any time on the wires. */
function runOf(station: Station, limit: number, traceEvery: number): Simulation {
  const { capacity, patience } = station;
  const line = {
    ackDeadline: '0s',
    ...(capacity === 0 ? {} : { capacity, capacityCounts: 'all', overflow: 'refuse' }),
    ...(patience === undefined ? {} : { expiry: 'on-time', timeToLive: patience }),
  };
  return simulationOf(
    {
      nodes: [
        node('source', 'sender', { arrivals: 'gaps', gaps: station.gaps, limit, ...station.batches }),
        node('line', 'queue', line),
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

function exactFaults(station: Station): readonly string[] {
  const simulation = runOf(station, EXACT_MESSAGES, 1);
  const wanted = new Map([['source', predicted(station, simulation)]]);
  return differences(fatesOf(simulation, wanted, station.meanGapNs), wanted);
}

/**
 * Kiefer and Wolfowitz: the next message begins when it has come and the server that is free first is free; with one server
 * that is Lindley's recursion. One that finds the system full is turned away, one whose patience is shorter than its wait gives up;
 * neither takes a server's time.
 */
function predicted(station: Station, simulation: Simulation): Fates {
  const draw = drawsOf(simulation);
  const gap = draw('source', 'arrivals', 'gaps');
  const work = draw('server', 'work', 'work');
  const patience = station.patience === undefined ? undefined : draw('line', 'patience', 'timeToLive');
  const batch = batchSizes(station.batches, draw);
  const fates = newFates();
  const freeAt = new Float64Array(station.servers);
  let inSystem: number[] = [];
  let nowNs = 0;
  let left = 0;
  for (let i = 0; i < EXACT_MESSAGES; i++) {
    if (left === 0) {
      nowNs += gap();
      left = batch();
    }
    left--;
    if (station.capacity > 0) {
      inSystem = inSystem.filter((end) => end > nowNs);
      if (inSystem.length >= station.capacity) {
        fates.refused[i] = nowNs;
        continue;
      }
    }
    fates.came[i] = nowNs;
    const first = indexOfLeast(freeAt);
    const startNs = Math.max(nowNs, freeAt[first] as number);
    const giveUpNs = patience === undefined ? Number.POSITIVE_INFINITY : nowNs + patience();
    if (giveUpNs < startNs) {
      fates.expired[i] = giveUpNs;
      continue;
    }
    fates.began[i] = startNs;
    fates.ended[i] = freeAt[first] = startNs + work();
    if (station.capacity > 0) inSystem.push(fates.ended[i] as number);
  }
  return fates;
}

function batchSizes(batches: ParamsDocument, draw: ReturnType<typeof drawsOf>): () => number {
  const size = (batches.batchSize ?? 1) as number;
  if (batches.batches !== 'geometric') return () => size;
  return draw('source', 'batches', { law: 'geometric', share: 1 / size, unit: 1 });
}

function indexOfLeast(numbers: Float64Array): number {
  let least = 0;
  for (let i = 1; i < numbers.length; i++) if ((numbers[i] as number) < (numbers[least] as number)) least = i;
  return least;
}

// ------------------------------------------------------------------ statistical

function measure(station: Station, messages: number): Measured {
  const simulation = runOf(station, 0, 0);
  // Where messages leave unserved, no packet says so.
  const leaveUnserved = station.capacity > 0 || station.patience !== undefined;
  const meter = new StationMeter(simulation, 'line', 'server', leaveUnserved);
  runMeters(simulation, [meter], messages, station.meanGapNs);
  const measured = meter.measured(station.servers, station.unitNs);
  if (station.patience === undefined) return measured;
  // Who gave up had to wait as well.
  const gaveUp = meter.arrived - measured.began;
  return { ...measured, pWait: (meter.waited + gaveUp) / meter.arrived };
}
