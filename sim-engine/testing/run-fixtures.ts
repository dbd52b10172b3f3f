// Runs for tests, in a few words: out of a scenario file of the repository, or of one sender, one queue and one worker.

import { readFileSync } from 'node:fs';
import { Simulation, type SimulationOptions } from '../simulation/simulation.ts';
import { parseScenario } from '../topology/parse.ts';

/** Text of a scenario of the repository, by its name. */
export const scenarioText = (name: string): string => readFileSync(new URL(`../scenarios/${name}.json`, import.meta.url), 'utf8');

/** A run of a scenario or topology, at time 0. */
export function runOf(text: string, options: SimulationOptions = {}): Simulation {
  const parsed = parseScenario(text);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const created = Simulation.create(parsed.value, options);
  if (!created.ok) throw new Error(JSON.stringify(created.problems));
  return created.value;
}

interface LineParams {
  readonly sender?: object;
  readonly queue?: object;
  readonly worker?: object;
  /** Of both wires. */
  readonly wires?: object;
}

/** `shop` sends to `orders`, which hands out to `worker`; what `orders` gives up on rests at `dead`. */
export const lineText = ({ sender, queue, worker, wires }: LineParams): string =>
  JSON.stringify({
    format: 'broker-lab/topology',
    version: 1,
    nodes: [
      { id: 'shop', kind: 'sender', params: sender },
      { id: 'orders', kind: 'queue', params: queue },
      { id: 'worker', kind: 'service', params: worker },
      { id: 'dead', kind: 'dead-letter-queue' },
    ],
    wires: [
      { id: 'shop-orders', kind: 'publish', from: 'shop', to: 'orders', params: wires },
      { id: 'orders-worker', kind: 'deliver', from: 'orders', to: 'worker', params: wires },
      { id: 'orders-dead', kind: 'dead-letter', from: 'orders', to: 'dead' },
    ],
  });
