// Judges queueing/jackson: lines and services in a network, where each result goes on by chance to another line or leaves; what comes
// back to its own line is a failed attempt that is tried again. A larger circle cannot be drawn and fails by name. Statistical only:
// theory is exact about means of the whole, not about single messages.

import type { Simulation } from '../../simulation/simulation.ts';
import type { NodeDocument, WireDocument } from '../../topology/document.ts';
import { ACK, PUBLISH } from '../../world/packet-types.ts';
import { INSTANT, node, simulationOf, wire } from '../drawing.ts';
import type { Judgement, VectorCase, VectorFormat } from './format.ts';
import { exponential, lawOf, MEAN_SERVICE_NS } from './queueing-laws.ts';
import {
  detailsOf,
  isJudgedByStatistics,
  Lengths,
  type Measured,
  messagesFor,
  runMeters,
  StationMeter,
  statisticalFaults,
} from './queueing-meter.ts';
import { tapActor } from './tapped-actor.ts';

const SEED = 1;
const UNIT_NS = MEAN_SERVICE_NS;

/** `routing[i][j]`: chance that what leaves i goes to j. */
interface Network {
  readonly external: readonly number[];
  readonly routing: readonly (readonly number[])[];
  readonly mu: readonly number[];
  readonly servers: readonly number[];
}

interface JacksonExpected {
  readonly stations?: readonly Measured[];
  readonly totalL?: number;
  readonly meanEndToEndSojourn: number;
  readonly endToEndPct?: { readonly [quantile: string]: number };
}

export const JACKSON_FORMAT: VectorFormat = {
  key: 'queueing/jackson',
  judge(one: VectorCase): Judgement {
    const network = networkOf(one.input);
    const expected = one.expected as unknown as JacksonExpected;
    const utilisations = (expected.stations ?? []).map((station) => station.utilisation ?? 0);
    if (!isJudgedByStatistics(Math.max(0, ...utilisations, (one.validation?.bottleneckUtilisation as number) ?? 0)))
      return { faults: [], details: 'too busy to be judged' };
    return judgeNetwork(network, expected, messagesFor(one.validation));
  },
};

function networkOf(input: Readonly<Record<string, unknown>>): Network {
  const mu = input.mu as readonly number[];
  const tandem = mu.map((_, i) => mu.map((_, j) => (j === i + 1 ? 1 : 0)));
  const first = mu.map((_, i) => (i === 0 ? (input.lambda as number) : 0));
  return {
    mu,
    external: (input.external as readonly number[] | undefined) ?? first,
    routing: (input.routing as readonly (readonly number[])[] | undefined) ?? tandem,
    servers: (input.servers as readonly number[] | undefined) ?? mu.map(() => 1),
  };
}

function judgeNetwork(network: Network, expected: JacksonExpected, messages: number): Judgement {
  const simulation = runOf(network);
  const meters = network.mu.map((_, i) => new StationMeter(simulation, `line${i}`, `server${i}`));
  // In a tandem of single servers nobody overtakes: the k-th to leave is the k-th that came.
  const journey = expected.endToEndPct === undefined ? undefined : new JourneyMeter(simulation, network.mu.length - 1);
  const external = network.external.reduce((sum, rate) => sum + rate, 0);
  runMeters(simulation, journey === undefined ? meters : [...meters, journey], messages, UNIT_NS / external);
  const measured = meters.map((meter, i) => meter.measured(network.servers[i] as number, UNIT_NS));
  const faults: string[] = [];
  const details: string[] = [];
  const compare = (found: Measured, wanted: Measured, about: string): void => {
    faults.push(...statisticalFaults(found, wanted, about));
    details.push(detailsOf(found, wanted, about));
  };
  expected.stations?.forEach((wanted, i) => {
    compare(measured[i] as Measured, wanted, `station ${i}: `);
  });
  const L = measured.reduce((sum, one) => sum + one.L, 0);
  const whole: Measured = {
    L,
    W: L / external,
    ...(journey === undefined ? {} : { sojournPct: journey.lengths.quantiles(UNIT_NS) }),
  };
  const wanted: Measured = { W: expected.meanEndToEndSojourn };
  if (expected.totalL !== undefined) wanted.L = expected.totalL;
  if (expected.endToEndPct !== undefined) wanted.sojournPct = expected.endToEndPct;
  compare(whole, wanted, 'end to end: ');
  return { faults, details: details.join('  ') };
}

/** From the first line to the end at the last. */
class JourneyMeter {
  readonly lengths = new Lengths();
  private readonly cameNs: number[] = [];
  private left = 0;

  constructor(simulation: Simulation, last: number) {
    const { now } = simulation.world;
    const tap = (id: string, wanted: number, note: () => void): void =>
      tapActor(simulation.world, simulation.assembly.actorsOfNode(id)[0]?.ix as number, (type) => {
        if (type === wanted) note();
      });
    tap('line0', PUBLISH, () => this.cameNs.push(now[0] as number));
    tap(`line${last}`, ACK, () => this.lengths.add((now[0] as number) - (this.cameNs[this.left++] as number)));
  }

  restart(): void {
    this.lengths.clear();
  }
}

/** Where nothing is left to do: what comes is thrown away. */
const EXIT = node('exit', 'queue', { capacity: 1, overflow: 'drop-newest' });

function runOf({ external, routing, mu, servers }: Network): Simulation {
  const nodes: NodeDocument[] = [EXIT];
  const wires: WireDocument[] = [];
  mu.forEach((rate, i) => {
    nodes.push(node(`line${i}`, 'queue', { ackDeadline: '0s' }));
    const work = lawOf(exponential(1 / rate), UNIT_NS);
    const again = { failure: routing[i]?.[i] ?? 0, retry: 'fixed', retryBase: '0s', maxAttempts: 0 };
    nodes.push(node(`server${i}`, 'service', { concurrency: servers[i], work, routing: 'one-by-share', ...again }));
    wires.push(wire('deliver', `line${i}`, `server${i}`, { ...INSTANT, pollTimeout: '1h' }));
    let leaves = 1;
    routing[i]?.forEach((share, j) => {
      leaves -= share;
      if (share > 0 && i !== j) wires.push(wire('publish', `server${i}`, `line${j}`, { ...INSTANT, share }));
    });
    if (leaves > 1e-9) wires.push(wire('publish', `server${i}`, 'exit', { ...INSTANT, share: leaves }));
  });
  external.forEach((rate, i) => {
    if (rate === 0) return;
    nodes.push(node(`source${i}`, 'sender', { arrivals: 'gaps', gaps: lawOf(exponential(1 / rate), UNIT_NS) }));
    wires.push(wire('publish', `source${i}`, `line${i}`, INSTANT));
  });
  return simulationOf({ nodes, wires, seed: SEED });
}
