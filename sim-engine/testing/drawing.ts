// Makes a run out of nodes and wires, for runners, fuzzer and tests that draw their own topologies. It goes through the parser like
// any document; what it refuses is a mistake of the caller's and is thrown.

import { Simulation, type SimulationOptions } from '../simulation/simulation.ts';
import type { NodeDocument, ParsedScenario, TimedCommandDocument, WireDocument } from '../topology/document.ts';
import { DOCUMENT_VERSION, SCENARIO_FORMAT, TOPOLOGY_FORMAT } from '../topology/document.ts';
import { parseScenarioDocument } from '../topology/parse.ts';

export type ParamsDocument = { readonly [field: string]: unknown };

export const node = (id: string, kind: string, params: ParamsDocument = {}): NodeDocument => ({ id, kind, params });

/** Nodes inside of a container. */
export const partsOf =
  (parent: string) =>
  (id: string, kind: string, params: ParamsDocument = {}): NodeDocument => ({ ...node(id, kind, params), parent });

/** A wire named after its ends. */
export const wire = (kind: string, from: string, to: string, params: ParamsDocument = {}): WireDocument => ({
  id: `${from}-${to}`,
  kind,
  from,
  to,
  params,
});

/** Of a wire: there at once. */
export const INSTANT = { delay: '0s' } as const;

/** A law by which everything takes the same time. */
export const lasting = (value: string) => ({ law: 'constant', value });

/** Times of a sender: so many messages, one every so many milliseconds, from 0 on. */
export const every = (ms: number, count: number): readonly string[] => Array.from({ length: count }, (_, ix) => `${ix * ms}ms`);

export interface Drawing {
  readonly nodes: readonly NodeDocument[];
  readonly wires: readonly WireDocument[];
  readonly commands?: readonly TimedCommandDocument[];
  readonly seed?: number;
}

export function scenarioOf({ nodes, wires, commands, seed }: Drawing): ParsedScenario {
  const parsed = parseScenarioDocument({
    format: SCENARIO_FORMAT,
    version: DOCUMENT_VERSION,
    title: 'drawn by a test',
    topology: { format: TOPOLOGY_FORMAT, version: DOCUMENT_VERSION, nodes, wires },
    ...(commands === undefined ? {} : { commands }),
    ...(seed === undefined ? {} : { seed }),
  });
  if (!parsed.ok) throw new Error(`the drawing has problems: ${JSON.stringify(parsed.problems.slice(0, 5))}`);
  return parsed.value;
}

export function simulationOf(drawing: Drawing, options: SimulationOptions = {}): Simulation {
  return started(Simulation.create(scenarioOf(drawing), options));
}

export function started(result: ReturnType<typeof Simulation.create>): Simulation {
  if (!result.ok) throw new Error(`the run does not start: ${JSON.stringify(result.problems)}`);
  return result.value;
}
