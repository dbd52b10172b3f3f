// W2 through a Kafka cluster: ten producers write records of ten thousand keys to a topic of twelve partitions, which a group of six
// workers reads; each record is a batch of its own, a worker commits when five hundred are done. And the same group of workers at ever
// more partitions.

import type { Simulation } from '../../simulation/simulation.ts';
import type { NodeDocument, WireDocument } from '../../topology/document.ts';
import { node, type ParamsDocument, simulationOf, wire } from '../drawing.ts';

const PRODUCERS = 10;
const WORKERS = 6;
const KEYS = 10_000;
const NETWORK = { delay: '500us' };

const part = (id: string, kind: string, params: ParamsDocument = {}): NodeDocument => ({
  ...node(id, kind, params),
  parent: 'kafka',
});

export interface Traffic {
  readonly brokers: number;
  readonly partitions: number;
  /** Records in all; each producer sends its share of them. Without it they send for ever. */
  readonly count?: number;
}

/** 4,000 records a second at random, one replica of each. */
export function keyedOrders({ brokers, count, partitions }: Traffic): Simulation {
  const producers = Array.from({ length: PRODUCERS }, (_, at) => `producer-${at}`);
  const workers = Array.from({ length: WORKERS }, (_, at) => `worker-${at}`);
  const sender = { arrivals: 'gaps', gaps: { law: 'exponential', mean: '2500us' }, limit: (count ?? 0) / PRODUCERS, keys: KEYS };
  const wires: WireDocument[] = [wire('kafka-subscribe', 'orders', 'readers')];
  for (const producer of producers) wires.push(wire('kafka-produce', producer, 'orders', { ...NETWORK, linger: '0s' }));
  for (const worker of workers) {
    const params = { ...NETWORK, offsetReset: 'earliest', commit: 'after', commitEvery: 500 };
    wires.push(wire('kafka-consume', 'readers', worker, params));
  }
  return simulationOf({
    nodes: [
      node('kafka', 'kafka', { brokers, initialRebalanceDelay: '0s' }),
      part('orders', 'kafka-topic', { partitions }),
      part('readers', 'kafka-group'),
      ...producers.map((id) => node(id, 'sender', sender)),
      ...workers.map((id) => node(id, 'service', { work: { law: 'exponential', mean: '1200us' }, failure: 0, retry: 'none' })),
    ],
    wires,
  });
}
