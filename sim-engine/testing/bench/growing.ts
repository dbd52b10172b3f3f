// The same traffic through ever more of something: nodes, steps, lanes, breakers, ids that are remembered. What one event or one message
// costs should hardly notice. Each run goes through the front door; its first part warms compiler and caches and fills what it holds.

import type { Simulation } from '../../simulation/simulation.ts';
import type { NodeDocument, WireDocument } from '../../topology/document.ts';
import { PROCESSED } from '../../world/books.ts';
import { node, simulationOf, wire } from '../drawing.ts';
import { keyedOrders } from './kafka-w2.ts';
import { CpuClock, type GrowthMeasured, growthOf, type Measured, measured } from './meter.ts';

const SECOND_NS = 1e9;
const ROUNDS = 3;

interface Growing {
  readonly of: string;
  readonly per: 'event' | 'message';
  readonly sizes: readonly number[];
  readonly draw: (size: number) => Simulation;
  /** Messages of a drawing of this size in a simulated second. */
  readonly rate: (size: number) => number;
  /** Messages that pass before the measuring begins, where a quarter of them is too few. */
  readonly warmUp?: (size: number) => number;
}

const NODES_PER_CHAIN = 5;
const CHAIN_RATE = 100;
const LINE_RATE = 5000;
/** Of all producers of keyed orders. */
const KEYED_RATE = 4000;
const MILLION = 1_000_000;

const WORK = { law: 'exponential', mean: '150us' };
const QUICK = { do: 'sleep', takes: { law: 'constant', value: '5us' } };
const NEAR = { delay: '1ms' };
const RESILIENCE4J = { ...NEAR, breaker: 'resilience4j', timeout: '1s' };

export const GROWING = {
  growth: {
    of: 'nodes',
    per: 'event',
    sizes: [10, 100, 1000, 5000],
    draw: (nodes) => chains(nodes / NODES_PER_CHAIN),
    rate: (nodes) => (CHAIN_RATE * nodes) / NODES_PER_CHAIN,
  },
  steps: {
    of: 'steps',
    per: 'message',
    sizes: [3, 10],
    draw: (steps) => line({ work: WORK, steps: ['receive', ...Array(steps - 3).fill(QUICK), 'work', 'acknowledge'] }),
    rate: () => LINE_RATE,
  },
  lanes: {
    of: 'lanes',
    per: 'event',
    sizes: [10, 10_000],
    draw: (lanes) => line({ work: { law: 'exponential', mean: '1ms' }, assignment: 'by-key', concurrency: lanes }),
    rate: () => LINE_RATE,
  },
  breakers: { of: 'breakers', per: 'event', sizes: [10, 1000], draw: callers, rate: () => LINE_RATE },
  dedup: {
    of: 'ids',
    per: 'event',
    sizes: [10, MILLION],
    draw: (ids) =>
      line({ work: WORK, memoryTtl: '24h', memoryBound: ids, steps: ['receive', 'check', 'work', 'mark', 'acknowledge'] }),
    rate: () => LINE_RATE,
    warmUp: (ids) => 1.1 * ids,
  },
  partitions: {
    of: 'partitions',
    per: 'event',
    sizes: [6, 600, 6000],
    draw: (partitions) => keyedOrders({ brokers: 3, partitions }),
    rate: () => KEYED_RATE,
  },
} as const satisfies { readonly [workload: string]: Growing };

/** Everything of the list, `count` messages measured at each size in each round, sizes in turns. */
export function runGrowing(w: keyof typeof GROWING, count: number): GrowthMeasured {
  const { of, per, sizes, draw, rate, warmUp }: Growing = GROWING[w];
  const times = new Map<number, number[]>(sizes.map((size) => [size, []]));
  let last: Measured | undefined;
  let cpuSeconds = 0;
  for (let round = 0; round < ROUNDS; round++) {
    for (const size of sizes) {
      const simulation = draw(size);
      const before = Math.max(count / 4, warmUp?.(size) ?? 0);
      const untilNs = (messages: number): number => Math.round((messages / rate(size)) * SECOND_NS);
      simulation.advanceTo(untilNs(before));
      const counted = (): number =>
        per === 'event' ? simulation.world.events : (simulation.world.books.delivery[PROCESSED] as number);
      const start = counted();
      const cpu = new CpuClock();
      cpu.during(() => simulation.advanceTo(untilNs(before + count)));
      times.get(size)?.push((cpu.seconds * 1e9) / (counted() - start));
      cpuSeconds += cpu.seconds;
      last = measured(w, simulation, cpuSeconds);
    }
  }
  return { ...(last as Measured), of, per, ...growthOf(times) };
}

/** One sender, one queue, one service. */
function line(service: object): Simulation {
  return simulationOf({
    nodes: [
      node('source', 'sender', { rate: LINE_RATE, keys: 100_000 }),
      node('line', 'queue', {}),
      node('worker', 'service', { ...service }),
    ],
    wires: [wire('publish', 'source', 'line', NEAR), wire('deliver', 'line', 'worker', { ...NEAR, desk: 100 })],
  });
}

/** So many services at one queue, each of which asks one other through a breaker of its own. */
function callers(count: number): Simulation {
  const workers = Array.from({ length: count }, (_, i) => `worker-${i}`);
  const params = {
    concurrency: 2,
    work: { law: 'exponential', mean: '100us' },
    steps: ['receive', 'call', 'work', 'acknowledge'],
  };
  return simulationOf({
    nodes: [
      node('source', 'sender', { rate: LINE_RATE }),
      node('line', 'queue', {}),
      node('asked', 'service', { concurrency: 100, work: { law: 'exponential', mean: '1ms' }, failure: 0.01 }),
      ...workers.map((id) => node(id, 'service', params)),
    ],
    wires: [
      wire('publish', 'source', 'line', NEAR),
      ...workers.flatMap((id) => [wire('deliver', 'line', id, NEAR), wire('call', id, 'asked', RESILIENCE4J)]),
    ],
  });
}

/** Chains of sender, queue, two workers and dead-letter queue: as many events in all, spread over more and more nodes. */
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
