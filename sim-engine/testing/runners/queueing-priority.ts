// Judges queueing/priority: several classes at one server, the queue handing out the most urgent first. Exact by playing the rule with
// the run's own draws, statistical per class. What the service cannot do yet fails by name.

import type { Simulation } from '../../simulation/simulation.ts';
import { DELIVER } from '../../world/packet-types.ts';
import { node, simulationOf, wire } from '../drawing.ts';
import type { Judgement, VectorCase, VectorFormat } from './format.ts';
import { differences, drawsOf, EXACT_MESSAGES, type Fates, fatesOf, newFates } from './queueing-exact.ts';
import { type CaseLaw, exponential, lawOf, MEAN_SERVICE_NS } from './queueing-laws.ts';
import { isJudgedByStatistics, messagesFor, runMeters, statisticalFaults } from './queueing-meter.ts';
import { tapActor } from './tapped-actor.ts';

const SEED = 1;
/** The highest priority: that of the first class. */
const PRIORITY_MAX = 9;

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
  readonly preemptiveResume?: unknown;
}

export const PRIORITY_FORMAT: VectorFormat = {
  key: 'queueing/priority',
  judge(one: VectorCase): Judgement {
    const input = one.input as unknown as PriorityInput;
    const expected = one.expected as unknown as PriorityExpected;
    const faults: string[] = [];
    let details = '';
    if (new Set(input.classes.map(({ serviceMean }) => serviceMean)).size > 1) {
      faults.push('non-preemptive: a service whose work depends on the sender is not built');
    } else {
      faults.push(...exactFaults(input));
      if (isJudgedByStatistics(expected.utilisation)) {
        const waits = waitsOf(input, messagesFor(one.validation));
        faults.push(...statisticalFaultsOf(waits, input, expected));
        details = waits.map((wait, k) => `Wq${k + 1} ${wait.toPrecision(4)}/${expected.nonPreemptive?.Wq[k]}`).join('  ');
      }
    }
    if (expected.preemptiveResume !== undefined)
      faults.push('preemptive resume: a service that interrupts its work is not built');
    return { faults, details };
  },
};

const serviceOf = ({ classes, serviceDist }: PriorityInput): CaseLaw => {
  const mean = classes[0]?.serviceMean ?? 1;
  return serviceDist === 'deterministic' ? { dist: 'deterministic', value: mean } : exponential(mean);
};
const unitOf = ({ classes }: PriorityInput): number => MEAN_SERVICE_NS / (classes[0]?.serviceMean ?? 1);
const rateOf = ({ classes }: PriorityInput): number => classes.reduce((sum, { lambda }) => sum + lambda, 0);
const sourceOf = (k: number): string => `source${k}`;

/** A sender for each class, one line, one server. */
function runOf(input: PriorityInput, limits: readonly number[], traceEvery: number): Simulation {
  const unitNs = unitOf(input);
  return simulationOf(
    {
      nodes: [
        ...input.classes.map(({ lambda }, k) =>
          node(sourceOf(k), 'sender', {
            arrivals: 'gaps',
            gaps: lawOf(exponential(1 / lambda), unitNs),
            priority: PRIORITY_MAX - k,
            limit: limits[k] ?? 0,
          }),
        ),
        node('line', 'queue', { ackDeadline: '0s', order: 'strict' }),
        node('server', 'service', { work: lawOf(serviceOf(input), unitNs), retry: 'none' }),
      ],
      wires: [
        ...input.classes.map((_, k) => wire('publish', sourceOf(k), 'line', { delay: '0s' })),
        wire('deliver', 'line', 'server', { delay: '0s', pollTimeout: '1h' }),
      ],
      seed: SEED,
    },
    { traceEvery },
  );
}

// ------------------------------------------------------------------ exact

function exactFaults(input: PriorityInput): readonly string[] {
  const rate = rateOf(input);
  const limits = input.classes.map(({ lambda }) => Math.ceil((EXACT_MESSAGES * lambda) / rate));
  const simulation = runOf(input, limits, 1);
  const wanted = predicted(input, limits, simulation);
  return differences(fatesOf(simulation, wanted, unitOf(input) / rate), wanted);
}

/** Whenever the server is free it takes the most urgent of those that have come, the oldest of them first; nothing is interrupted. */
function predicted(input: PriorityInput, limits: readonly number[], simulation: Simulation): ReadonlyMap<string, Fates> {
  const draw = drawsOf(simulation);
  const work = draw('server', 'work', 'work');
  const fates = input.classes.map((_, k) => {
    const column = newFates(limits[k]);
    const gap = draw(sourceOf(k), 'arrivals', 'gaps');
    let cameNs = 0;
    for (let i = 0; i < column.came.length; i++) column.came[i] = cameNs += gap();
    return column;
  });
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
    column.ended[i] = freeNs = (column.began[i] as number) + work();
  }
  return new Map(fates.map((column, k) => [sourceOf(k), column]));
}

// ------------------------------------------------------------------ statistical

/** Mean wait of each class, in the units of the case. */
function waitsOf(input: PriorityInput, messages: number): readonly number[] {
  const simulation = runOf(input, [], 0);
  const { world } = simulation;
  const { obligations } = world;
  const ixOf = (id: string): number => simulation.assembly.actorsOfNode(id)[0]?.ix as number;
  const classes = input.classes.map((_, k) => ({ began: 0, waitNs: 0, ix: ixOf(sourceOf(k)) }));
  const byActor = new Map(classes.map((one) => [one.ix, one]));
  tapActor(world, ixOf('server'), (type, obl) => {
    if (type !== DELIVER) return;
    const msg = obligations.msg[obl] as number;
    const one = byActor.get(world.messages.sender[msg] as number);
    if (one === undefined) return;
    one.began++;
    one.waitNs += (world.now[0] as number) - (world.messages.createdNs[msg] as number);
  });
  const meter = {
    restart(): void {
      for (const one of classes) one.began = one.waitNs = 0;
    },
  };
  runMeters(simulation, [meter], messages, unitOf(input) / rateOf(input));
  return classes.map(({ began, waitNs }) => waitNs / began / unitOf(input));
}

function statisticalFaultsOf(waits: readonly number[], input: PriorityInput, expected: PriorityExpected): readonly string[] {
  return waits.flatMap((Wq, k) => {
    const serviceMean = input.classes[k]?.serviceMean ?? 0;
    const wanted = { W: expected.nonPreemptive?.W[k] ?? Number.NaN, Wq: expected.nonPreemptive?.Wq[k] ?? Number.NaN };
    return statisticalFaults({ W: Wq + serviceMean, Wq }, wanted, `class ${k + 1}: `);
  });
}
