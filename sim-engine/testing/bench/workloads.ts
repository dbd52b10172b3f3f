// The workloads of `npm run bench`, each one run through the front door with books, oracle, histogram and digest on, and
// measured in this process. `shell/cli/bench.ts` and its smoke test call it; it prints nothing and compares with nobody.

import { readFileSync } from 'node:fs';
import { quantile } from '../../kernel/histogram.ts';
import { addQueue, bind, declareExchange, newRouting, route } from '../../nodes/rabbitmq/routing.ts';
import { Simulation } from '../../simulation/simulation.ts';
import type { NodeDocument, ScenarioDocument, WireDocument } from '../../topology/document.ts';
import { parseScenario } from '../../topology/parse.ts';
import { ALL_LATENCIES, DEAD_LETTERED, PROCESSED } from '../../world/books.ts';
import { node, simulationOf, started, wire } from '../drawing.ts';

export const WORKLOADS = ['w1', 'w1-noack', 'checkpoint', 'growth', 'topic-bindings'] as const;
export type Workload = (typeof WORKLOADS)[number];

/** Messages of each workload unless told otherwise. */
export const DEFAULT_COUNTS: { readonly [workload in Workload]: number } = {
  w1: 2_000_000,
  'w1-noack': 2_000_000,
  checkpoint: 1_000_000,
  growth: 400_000,
  'topic-bindings': 1_000_000,
};

/** What every workload answers with; times of a message in microseconds. */
export interface Measured {
  readonly w: Workload;
  readonly events: number;
  readonly done: number;
  readonly dlq: number;
  /** CPU seconds of the run loop alone. */
  readonly cpu: number;
  readonly meanUs: number;
  readonly p50: number;
  readonly p99: number;
  readonly digest: string;
}

export interface CheckpointMeasured extends Measured {
  readonly w: 'checkpoint';
  readonly inFlight: number;
  /** Medians over several copies. */
  readonly saveMs: number;
  readonly restoreMs: number;
  /** Whether the run went on after a restore exactly as it had before. */
  readonly isSameAfterRestore: boolean;
}

export interface GrowthMeasured extends Measured {
  readonly w: 'growth';
  readonly sizes: readonly { readonly nodes: number; readonly nsPerEvent: number }[];
  /** ns per event of the largest drawing over that of the smallest. */
  readonly ratio: number;
}

export interface TopicMeasured extends Measured {
  readonly w: 'topic-bindings';
  readonly sizes: readonly { readonly bindings: number; readonly nsPerPublish: number }[];
  /** ns per publish with the most bindings over that with the fewest. */
  readonly ratio: number;
}

export function runWorkload(workload: Workload, count: number): Measured {
  switch (workload) {
    case 'w1':
    case 'w1-noack':
      return runScenario(workload, count);
    case 'checkpoint':
      return runCheckpoint(count);
    case 'growth':
      return runGrowth(count);
    case 'topic-bindings':
      return runTopicBindings(count);
  }
}

// ------------------------------------------------------------------ one line, one server

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
  const simulation = started(Simulation.create(parsed.value));
  const cpu = new CpuClock();
  cpu.during(() => simulation.advanceTo(count * W1_GAP_NS));
  while (settledCount(simulation) < count) cpu.during(() => simulation.advanceTo(simulation.timeNs + SECOND_NS));
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

// ------------------------------------------------------------------ the same traffic in ever larger drawings

const GROWTH_NODES = [10, 100, 1000, 5000];
const NODES_PER_CHAIN = 5;
const CHAIN_RATE = 100;
const GROWTH_ROUNDS = 3;

/** Chains of sender, queue, two workers and dead-letter queue: as many events in all, spread over more and more nodes. */
function runGrowth(count: number): GrowthMeasured {
  const best = new Map<number, number[]>(GROWTH_NODES.map((nodes) => [nodes, []]));
  let last: Measured | undefined;
  let cpuSeconds = 0;
  for (let round = 0; round < GROWTH_ROUNDS; round++) {
    for (const nodes of GROWTH_NODES) {
      const simulation = chains(nodes / NODES_PER_CHAIN);
      const secondsNs = (count / CHAIN_RATE / (nodes / NODES_PER_CHAIN)) * SECOND_NS;
      // The first part warms caches and compiler, and the queues fill to what they hold on average.
      simulation.advanceTo(Math.round(secondsNs / 4));
      const before = simulation.world.events;
      const cpu = new CpuClock();
      cpu.during(() => simulation.advanceTo(Math.round(secondsNs * 1.25)));
      best.get(nodes)?.push((cpu.seconds * 1e9) / (simulation.world.events - before));
      cpuSeconds += cpu.seconds;
      last = measured('growth', simulation, cpuSeconds);
    }
  }
  const sizes = GROWTH_NODES.map((nodes) => ({ nodes, nsPerEvent: rounded(median(best.get(nodes) as number[]), 1) }));
  const [smallest, largest] = [sizes[0], sizes.at(-1)] as [{ nsPerEvent: number }, { nsPerEvent: number }];
  return { ...(last as Measured), w: 'growth', sizes, ratio: rounded(largest.nsPerEvent / smallest.nsPerEvent, 3) };
}

function chains(count: number): Simulation {
  const nodes: NodeDocument[] = [];
  const wires: WireDocument[] = [];
  for (let i = 0; i < count; i++) {
    nodes.push(
      node(`s${i}`, 'sender', { rate: CHAIN_RATE, keys: 10 }),
      node(`q${i}`, 'queue', {}),
      node(`d${i}`, 'dead-letter-queue', {}),
    );
    wires.push(wire('publish', `s${i}`, `q${i}`, {}), wire('dead-letter', `q${i}`, `d${i}`));
    for (const worker of [`w${i}a`, `w${i}b`]) {
      nodes.push(
        node(worker, 'service', { work: { law: 'exponential', mean: '10ms' }, failure: 0.05, retryBase: '50ms', concurrency: 2 }),
      );
      wires.push(wire('deliver', `q${i}`, worker, { delay: '1ms' }));
    }
  }
  return simulationOf({ nodes, wires });
}

// ------------------------------------------------------------------ a topic exchange with ever more bindings

const TOPIC_BINDINGS = [10, 10_000];
const TOPIC_ROUNDS = 5;
const TOPIC_KEYS = 1000;
/** Regions share their word among bindings, shops have one each. */
const REGIONS = 97;
const BINDING_KEYS: readonly ((i: number) => string)[] = [
  (i) => `order.r${i % REGIONS}.shop${i}`,
  (i) => `order.*.shop${i}`,
  (i) => `*.r${i % REGIONS}.shop${i}`,
  (i) => `#.shop${i}`,
];

/** `count` publishes in all, each to the one queue of its shop, in turns through a few bindings and through many of the same forms. */
function runTopicBindings(count: number): TopicMeasured {
  const exchanges = TOPIC_BINDINGS.map((bindings) => ({ bindings, publish: topicOf(bindings), ns: [] as number[] }));
  const perRound = Math.ceil(count / TOPIC_ROUNDS / exchanges.length);
  const whole = new CpuClock();
  let copies = 0;
  for (let round = 0; round < TOPIC_ROUNDS; round++) {
    for (const { publish, ns } of exchanges) {
      publish(TOPIC_KEYS);
      const cpu = new CpuClock();
      whole.during(() => cpu.during(() => (copies += publish(perRound))));
      ns.push((cpu.seconds * 1e9) / perRound);
    }
  }
  const sizes = exchanges.map(({ bindings, ns }) => ({ bindings, nsPerPublish: rounded(median(ns), 1) }));
  const [fewest, most] = [sizes[0], sizes.at(-1)] as [{ nsPerPublish: number }, { nsPerPublish: number }];
  return {
    w: 'topic-bindings',
    events: perRound * TOPIC_ROUNDS * exchanges.length,
    done: copies,
    dlq: 0,
    cpu: rounded(whole.seconds, 4),
    // Routing takes no simulated time, and nothing of it is a run.
    meanUs: 0,
    p50: 0,
    p99: 0,
    digest: '',
    sizes,
    ratio: rounded(most.nsPerPublish / fewest.nsPerPublish, 3),
  };
}

/** A topic exchange with so many queues; what comes back publishes and answers with the number of copies. */
function topicOf(bindings: number): (publishes: number) => number {
  const routing = newRouting('4.3');
  const spec = { isDurable: true, isAutoDelete: false, isInternal: false, args: new Map() };
  declareExchange(routing, { name: 'orders', type: 'topic', ...spec });
  for (let i = 0; i < bindings; i++) {
    const key = (BINDING_KEYS[i % BINDING_KEYS.length] as (i: number) => string)(i);
    addQueue(routing, `q${i}`);
    bind(routing, { source: 'orders', destination: `q${i}`, toExchange: false, key, args: new Map() });
  }
  // Spread over all bindings by a step that shares no factor with their number.
  const messages = Array.from({ length: TOPIC_KEYS }, (_, n) => {
    const shop = (n * 7919) % bindings;
    const key = `order.r${shop % REGIONS}.shop${shop}`;
    return { key, cc: [], bcc: [], headers: null, messageId: null, correlationId: null };
  });
  return (publishes) => {
    let copies = 0;
    for (let n = 0; n < publishes; n++)
      copies += route(routing, 'orders', messages[n % TOPIC_KEYS] as (typeof messages)[0]).length;
    return copies;
  };
}

// ------------------------------------------------------------------ shared

class CpuClock {
  seconds = 0;

  during(work: () => void): void {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    this.seconds += (user + system) / 1e6;
  }
}

function settledCount(simulation: Simulation): number {
  const { delivery } = simulation.world.books;
  return (delivery[PROCESSED] as number) + (delivery[DEAD_LETTERED] as number);
}

function measured(w: Workload, simulation: Simulation, cpuSeconds: number): Measured {
  const { books } = simulation.world;
  const done = books.delivery[PROCESSED] as number;
  const { counts } = books.latencies;
  const offset = books.latencies.offset(ALL_LATENCIES);
  return {
    w,
    events: simulation.world.events,
    done,
    dlq: books.delivery[DEAD_LETTERED] as number,
    cpu: rounded(cpuSeconds, 4),
    meanUs: rounded((books.totals[0] as number) / done / 1000, 2),
    p50: rounded(quantile(counts, offset, 0.5) / 1000, 2),
    p99: rounded(quantile(counts, offset, 0.99) / 1000, 2),
    digest: simulation.digest,
  };
}

export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] as number;
}

export const rounded = (value: number, digits: number): number => Number(value.toFixed(digits));
