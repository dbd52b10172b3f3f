// Judges queueing/priority: several classes at one server, either the queue handing out the most urgent first, or the server taking
// everything and letting the more urgent interrupt. Exact by playing the rule with the run's own draws, statistical per class. How
// long a message takes is its size, so that classes may differ.

import type { Simulation } from '../../simulation/simulation.ts';
import { ACK, DELIVER } from '../../world/packet-types.ts';
import { node, simulationOf, wire } from '../drawing.ts';
import type { Judgement, VectorCase, VectorFormat } from './format.ts';
import { differences, drawsOf, EXACT_MESSAGES, type Fates, fatesOf, newFates } from './queueing-exact.ts';
import { exponential, lawOf, MEAN_SERVICE_NS } from './queueing-laws.ts';
import { isJudgedByStatistics, messagesFor, runMeters, statisticalFaults } from './queueing-meter.ts';
import { tapActor } from './tapped-actor.ts';

const SEED = 1;
/** The highest priority: that of the first class. */
const PRIORITY_MAX = 9;
/** Bytes that take one time unit of the case. */
const UNIT_BYTES = 1_000_000;

interface PriorityClass {
  readonly lambda: number;
  readonly serviceMean: number;
}

interface PriorityInput {
  readonly classes: readonly PriorityClass[];
  readonly serviceDist: 'exponential' | 'deterministic';
}

interface PriorityExpected {
  readonly utilisation: number;
  readonly nonPreemptive?: { readonly Wq: readonly number[]; readonly W: readonly number[] };
  readonly preemptiveResume?: { readonly W: readonly number[] };
}

type Discipline = 'nonPreemptive' | 'preemptiveResume';
const DISCIPLINES: readonly Discipline[] = ['nonPreemptive', 'preemptiveResume'];

export const PRIORITY_FORMAT: VectorFormat = {
  key: 'queueing/priority',
  judge(one: VectorCase): Judgement {
    const input = one.input as unknown as PriorityInput;
    const expected = one.expected as unknown as PriorityExpected;
    const faults: string[] = [];
    const details: string[] = [];
    for (const discipline of DISCIPLINES) {
      if (expected[discipline] === undefined) continue;
      faults.push(...exactFaults(input, discipline).map((fault) => `${discipline}, ${fault}`));
      if (!isJudgedByStatistics(expected.utilisation)) continue;
      const measured = measure(input, discipline, messagesFor(one.validation));
      faults.push(...statisticalFaultsOf(measured, expected, discipline));
      const shown = measured.map(({ W }, k) => `W${k + 1} ${W.toPrecision(4)}/${expected[discipline]?.W[k]}`);
      details.push(`${discipline} ${shown.join('  ')}`);
    }
    return { faults, details: details.join('; ') };
  },
};

/** Nanoseconds of a time unit, so that the shortest mean is as long as in the other families. */
const unitOf = ({ classes }: PriorityInput): number =>
  Math.round(MEAN_SERVICE_NS / Math.min(...classes.map(({ serviceMean }) => serviceMean)) / 1000) * 1000;
const perKilobyteOf = (input: PriorityInput): number => (unitOf(input) * 1000) / UNIT_BYTES;
const rateOf = ({ classes }: PriorityInput): number => classes.reduce((sum, { lambda }) => sum + lambda, 0);
const sourceOf = (k: number): string => `source${k}`;

/** A sender for each class, one line, one server. */
function runOf(input: PriorityInput, discipline: Discipline, limits: readonly number[], traceEvery: number): Simulation {
  const isPreemptive = discipline === 'preemptiveResume';
  return simulationOf(
    {
      nodes: [
        ...input.classes.map(({ lambda, serviceMean }, k) =>
          node(sourceOf(k), 'sender', {
            arrivals: 'gaps',
            gaps: lawOf(exponential(1 / lambda), unitOf(input)),
            size:
              input.serviceDist === 'deterministic'
                ? { law: 'constant', value: serviceMean * UNIT_BYTES }
                : { law: 'exponential', mean: serviceMean * UNIT_BYTES },
            priority: PRIORITY_MAX - k,
            limit: limits[k] ?? 0,
          }),
        ),
        node('line', 'queue', { ackDeadline: '0s', order: isPreemptive ? 'oldest' : 'strict' }),
        node('server', 'service', {
          work: { law: 'constant', value: '0s' },
          perKilobyte: `${perKilobyteOf(input)}ns`,
          retry: 'none',
          ...(isPreemptive ? { deskOrder: 'urgent-first', interrupts: true } : {}),
        }),
      ],
      wires: [
        ...input.classes.map((_, k) => wire('publish', sourceOf(k), 'line', { delay: '0s' })),
        wire('deliver', 'line', 'server', { delay: '0s', pollTimeout: '1h', desk: isPreemptive ? 100_000 : 0 }),
      ],
      seed: SEED,
    },
    { traceEvery },
  );
}

// ------------------------------------------------------------------ exact

function exactFaults(input: PriorityInput, discipline: Discipline): readonly string[] {
  const rate = rateOf(input);
  const limits = input.classes.map(({ lambda }) => Math.ceil((EXACT_MESSAGES * lambda) / rate));
  const simulation = runOf(input, discipline, limits, 1);
  const arrivals = arrivalsOf(input, limits, simulation);
  const wanted = discipline === 'nonPreemptive' ? playedThrough(arrivals) : playedWithInterruptions(arrivals);
  const found = fatesOf(simulation, wanted, unitOf(input) / rate);
  // Work that was interrupted begins again: only its first beginning would be compared, and its journey tells the last.
  if (discipline === 'preemptiveResume') for (const { began } of found.values()) began.fill(-1);
  return differences(found, wanted);
}

interface Arrivals {
  readonly cameNs: Float64Array;
  readonly workNs: Float64Array;
}

/** When each message of each class comes and how long it takes, from the run's own draws. */
function arrivalsOf(input: PriorityInput, limits: readonly number[], simulation: Simulation): readonly Arrivals[] {
  const draw = drawsOf(simulation);
  return input.classes.map((_, k) => {
    const gap = draw(sourceOf(k), 'arrivals', 'gaps');
    const size = draw(sourceOf(k), 'size', 'size');
    const cameNs = new Float64Array(limits[k] as number);
    const workNs = new Float64Array(limits[k] as number);
    let now = 0;
    for (let i = 0; i < cameNs.length; i++) {
      cameNs[i] = now += gap();
      workNs[i] = Math.floor((size() * perKilobyteOf(input)) / 1000);
    }
    return { cameNs, workNs };
  });
}

const emptyFates = (arrivals: readonly Arrivals[]): readonly Fates[] =>
  arrivals.map(({ cameNs }) => {
    const fates = newFates(cameNs.length);
    fates.came.set(cameNs);
    return fates;
  });
const bySource = (fates: readonly Fates[]): ReadonlyMap<string, Fates> =>
  new Map(fates.map((column, k) => [sourceOf(k), column]));

/** Whenever the server is free it takes the most urgent of those that have come, the oldest of them first; nothing is interrupted. */
function playedThrough(arrivals: readonly Arrivals[]): ReadonlyMap<string, Fates> {
  const fates = emptyFates(arrivals);
  const next = fates.map(() => 0);
  const cameOf = (k: number): number => fates[k]?.came[next[k] as number] ?? Number.POSITIVE_INFINITY;
  let freeNs = 0;
  for (;;) {
    let chosen = fates.findIndex((_, k) => cameOf(k) <= freeNs);
    // Nobody has come yet: the server waits for whoever comes first.
    if (chosen < 0) chosen = fates.reduce((first, _, k) => (cameOf(k) < cameOf(first) ? k : first), 0);
    const column = fates[chosen] as Fates;
    const i = next[chosen] as number;
    if (i >= column.came.length) break;
    next[chosen] = i + 1;
    column.began[i] = Math.max(freeNs, column.came[i] as number);
    column.ended[i] = freeNs = (column.began[i] as number) + (arrivals[chosen]?.workNs[i] as number);
  }
  return bySource(fates);
}

/** The server works on the most urgent that is there, at any moment; what gives way goes on later where it was. */
function playedWithInterruptions(arrivals: readonly Arrivals[]): ReadonlyMap<string, Fates> {
  const fates = emptyFates(arrivals);
  const leftNs = arrivals.map(({ workNs }) => workNs.slice());
  const next = arrivals.map(() => 0);
  /** By class, the first that is not done. */
  const head = arrivals.map(() => 0);
  let nowNs = 0;
  for (;;) {
    const working = head.findIndex((at, k) => at < (next[k] as number));
    const comes = arrivals.reduce(
      (first, { cameNs }, k) => {
        const at = cameNs[next[k] as number] ?? Number.POSITIVE_INFINITY;
        return at < first.at ? { at, k } : first;
      },
      { at: Number.POSITIVE_INFINITY, k: -1 },
    );
    if (working < 0 && comes.k < 0) break;
    const at = working < 0 ? -1 : (head[working] as number);
    const left = working < 0 ? Number.POSITIVE_INFINITY : (leftNs[working]?.[at] as number);
    if (nowNs + left <= comes.at) {
      nowNs += left;
      (fates[working] as Fates).ended[at] = nowNs;
      head[working] = at + 1;
    } else {
      if (working >= 0) (leftNs[working] as Float64Array)[at] = left - (comes.at - nowNs);
      nowNs = comes.at;
      next[comes.k] = (next[comes.k] as number) + 1;
    }
  }
  return bySource(fates);
}

// ------------------------------------------------------------------ statistical

interface Means {
  readonly W: number;
  readonly Wq: number;
}

/** Mean sojourn and wait of each class, in the units of the case. */
function measure(input: PriorityInput, discipline: Discipline, messages: number): readonly Means[] {
  const simulation = runOf(input, discipline, [], 0);
  const { world } = simulation;
  const { messages: table, obligations } = world;
  const ixOf = (id: string): number => simulation.assembly.actorsOfNode(id)[0]?.ix as number;
  const classes = input.classes.map((_, k) => ({ began: 0, waitNs: 0, ended: 0, sojournNs: 0, ix: ixOf(sourceOf(k)) }));
  const byActor = new Map(classes.map((one) => [one.ix, one]));
  const ageNs = (obl: number): number => (world.now[0] as number) - (table.createdNs[obligations.msg[obl] as number] as number);
  const classOf = (obl: number) => byActor.get(table.sender[obligations.msg[obl] as number] as number);
  tapActor(world, ixOf('server'), (type, obl) => {
    const one = type === DELIVER ? classOf(obl) : undefined;
    if (one === undefined) return;
    one.began++;
    one.waitNs += ageNs(obl);
  });
  tapActor(world, ixOf('line'), (type, obl) => {
    const one = type === ACK ? classOf(obl) : undefined;
    if (one === undefined) return;
    one.ended++;
    one.sojournNs += ageNs(obl);
  });
  const meter = {
    restart(): void {
      for (const one of classes) one.began = one.waitNs = one.ended = one.sojournNs = 0;
    },
  };
  runMeters(simulation, [meter], messages, unitOf(input) / rateOf(input));
  const unitNs = unitOf(input);
  return classes.map(({ began, waitNs, ended, sojournNs }) => ({ W: sojournNs / ended / unitNs, Wq: waitNs / began / unitNs }));
}

/** What takes everything onto its desk has no wait that could be told from its work: there the sojourn is judged alone. */
function statisticalFaultsOf(measured: readonly Means[], expected: PriorityExpected, discipline: Discipline): readonly string[] {
  return measured.flatMap(({ W, Wq }, k) => {
    const wanted = expected[discipline]?.W[k] ?? Number.NaN;
    const wait = discipline === 'nonPreemptive' ? (expected.nonPreemptive?.Wq[k] ?? Number.NaN) : undefined;
    const found = wait === undefined ? { W } : { W, Wq };
    return statisticalFaults(
      found,
      wait === undefined ? { W: wanted } : { W: wanted, Wq: wait },
      `${discipline} class ${k + 1}: `,
    );
  });
}
