// The workloads of `npm run bench`, each one run through the front door with books, oracle, histogram and digest on, and
// measured in this process. `shell/cli/bench.ts` and its smoke test call it; it prints nothing and compares with nobody.

import { readFileSync } from 'node:fs';
import { Simulation } from '../../simulation/simulation.ts';
import type { ScenarioDocument } from '../../topology/document.ts';
import { parseScenario } from '../../topology/parse.ts';
import { DEAD_LETTERED, PROCESSED } from '../../world/books.ts';
import { node, simulationOf, started, wire } from '../drawing.ts';
import { runGrowing } from './growing.ts';
import { keyedOrders } from './kafka-w2.ts';
import { CpuClock, type Measured, measured, median, rounded } from './meter.ts';
import { retryLadders } from './rabbitmq-w3.ts';
import { runTopicBindings } from './topic-bindings.ts';

/** Those that compare the same traffic through few and through many of something. */
export const GROWING_WORKLOADS = ['growth', 'steps', 'lanes', 'breakers', 'dedup', 'topic-bindings', 'partitions'] as const;

export const WORKLOADS = ['w1', 'w1-noack', 'w2', 'w3', 'checkpoint', ...GROWING_WORKLOADS] as const;
export type Workload = (typeof WORKLOADS)[number];

/** Messages of each workload unless told otherwise. */
export const DEFAULT_COUNTS: { readonly [workload in Workload]: number } = {
  w1: 2_000_000,
  'w1-noack': 2_000_000,
  w2: 2_000_000,
  w3: 100_000,
  checkpoint: 1_000_000,
  growth: 400_000,
  steps: 200_000,
  lanes: 200_000,
  breakers: 200_000,
  dedup: 200_000,
  'topic-bindings': 1_000_000,
  partitions: 200_000,
};

export interface CheckpointMeasured extends Measured {
  readonly w: 'checkpoint';
  readonly inFlight: number;
  /** Medians over several copies. */
  readonly saveMs: number;
  readonly restoreMs: number;
  /** Whether the run went on after a restore exactly as it had before. */
  readonly isSameAfterRestore: boolean;
}

export function runWorkload(workload: Workload, count: number): Measured {
  switch (workload) {
    case 'w1':
    case 'w1-noack':
      return runScenario(workload, count);
    case 'w2':
      return runKeyedOrders(count);
    case 'w3':
      return runRetryLadders(count);
    case 'checkpoint':
      return runCheckpoint(count);
    case 'topic-bindings':
      return runTopicBindings(count);
    default:
      return runGrowing(workload, count);
  }
}

// ------------------------------------------------------------------ against the peer

const SECOND_NS = 1e9;
/** Mean gap between two messages in the scenario files. */
const W1_GAP_NS = 1_250_000;

function runScenario(workload: 'w1' | 'w1-noack', count: number): Measured {
  const document = JSON.parse(readFileSync(`sim-engine/scenarios/bench/${workload}.json`, 'utf8')) as ScenarioDocument;
  const nodes = document.topology.nodes.map((node) =>
    node.kind === 'sender' ? { ...node, params: { ...node.params, limit: count } } : node,
  );
  const parsed = parseScenario(JSON.stringify({ ...document, topology: { ...document.topology, nodes } }));
  if (!parsed.ok) throw new Error(`${workload}.json has problems: ${JSON.stringify(parsed.problems)}`);
  return untilSettled(workload, started(Simulation.create(parsed.value)), count, count * W1_GAP_NS);
}

/** Mean gap between two records of all producers. */
const W2_GAP_NS = 250_000;
const W2_PARTITIONS = 12;

const runKeyedOrders = (count: number): Measured =>
  untilSettled('w2', keyedOrders({ brokers: 1, partitions: W2_PARTITIONS, count }), count, count * W2_GAP_NS);

/** Mean gap between two messages, and copies of each. */
const W3_GAP_NS = 1_000_000;
const W3_COPIES = 20;

const runRetryLadders = (count: number): Measured =>
  untilSettled('w3', retryLadders(count), count * W3_COPIES, count * W3_GAP_NS);

/** Goes on until so many deliveries are settled, which should be so soon after `aheadNs`. */
function untilSettled(workload: Workload, simulation: Simulation, deliveries: number, aheadNs: number): Measured {
  const cpu = new CpuClock();
  cpu.during(() => simulation.advanceTo(aheadNs));
  while (settledCount(simulation) < deliveries) cpu.during(() => simulation.advanceTo(simulation.timeNs + SECOND_NS));
  return measured(workload, simulation, cpu.seconds);
}

// ------------------------------------------------------------------ a copy of a crowded run

const COPIES = 7;
const BURST_SIZE = 1000;
const BURST_EVERY_NS = 1_000_000;

/** `count` messages wait in front of ten slow workers while the run is copied and put back. */
function runCheckpoint(count: number): CheckpointMeasured {
  const simulation = simulationOf({
    nodes: [
      node('source', 'sender', {
        arrivals: 'bursts',
        burstSize: BURST_SIZE,
        burstEvery: '1ms',
        limit: Math.ceil(count * 1.5),
        keys: 100,
      }),
      node('line', 'queue', {}),
      ...Array.from({ length: 10 }, (_, i) => node(`worker-${i}`, 'service', { work: { law: 'exponential', mean: '2ms' } })),
    ],
    wires: [
      wire('publish', 'source', 'line', { delay: '1ms' }),
      ...Array.from({ length: 10 }, (_, i) => wire('deliver', 'line', `worker-${i}`, { delay: '1ms', desk: 10 })),
    ],
  });
  const cpu = new CpuClock();
  // Workers settle some while the crowd comes in: go on until so many are under way at once.
  for (let at = 1; simulation.world.messages.live < count && at <= 2 * (count / BURST_SIZE) + 10; at++) {
    cpu.during(() => simulation.advanceTo(at * BURST_EVERY_NS));
  }
  const inFlight = simulation.world.messages.live;
  let checkpoint = simulation.checkpoint();
  const saves: number[] = [];
  for (let i = 0; i < COPIES; i++) {
    const start = performance.now();
    checkpoint = simulation.checkpoint();
    saves.push(performance.now() - start);
  }
  const aheadNs = simulation.timeNs + SECOND_NS;
  cpu.during(() => simulation.advanceTo(aheadNs));
  const straight = simulation.digest;
  const restores: number[] = [];
  for (let i = 0; i < COPIES; i++) {
    const start = performance.now();
    simulation.restore(checkpoint);
    restores.push(performance.now() - start);
  }
  cpu.during(() => simulation.advanceTo(aheadNs));
  return {
    ...measured('checkpoint', simulation, cpu.seconds),
    w: 'checkpoint',
    inFlight,
    saveMs: rounded(median(saves), 2),
    restoreMs: rounded(median(restores), 2),
    isSameAfterRestore: simulation.digest === straight,
  };
}

// ------------------------------------------------------------------ shared

function settledCount(simulation: Simulation): number {
  const { delivery } = simulation.world.books;
  return (delivery[PROCESSED] as number) + (delivery[DEAD_LETTERED] as number);
}
