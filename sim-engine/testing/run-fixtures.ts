// Runs for tests, in a few words: out of a scenario file of the repository, or of one sender, one queue and one worker.

import { readFileSync } from 'node:fs';
import { Simulation, type SimulationOptions } from '../simulation/simulation.ts';
import { DOCUMENT_VERSION, TOPOLOGY_FORMAT } from '../topology/document.ts';
import { parseScenario } from '../topology/parse.ts';
import { type Drawing, node, type ParamsDocument, wire } from './drawing.ts';

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

export interface LineParams {
  readonly sender?: ParamsDocument;
  readonly queue?: ParamsDocument;
  readonly worker?: ParamsDocument;
  /** Of both wires that travel. */
  readonly wires?: ParamsDocument;
  /** Of the second of them alone. */
  readonly deliver?: ParamsDocument;
}

/** `shop` sends to `orders`, which hands out to `worker`; what `orders` gives up on rests at `dead`. */
export const lineDrawing = ({ sender, queue, worker, wires, deliver }: LineParams): Drawing => ({
  nodes: [
    node('shop', 'sender', sender),
    node('orders', 'queue', queue),
    node('worker', 'service', worker),
    node('dead', 'dead-letter-queue'),
  ],
  wires: [
    wire('publish', 'shop', 'orders', wires),
    wire('deliver', 'orders', 'worker', { ...wires, ...deliver }),
    wire('dead-letter', 'orders', 'dead'),
  ],
});

/** The same as text. */
export const lineText = (params: LineParams): string =>
  JSON.stringify({ format: TOPOLOGY_FORMAT, version: DOCUMENT_VERSION, ...lineDrawing(params) });
