// Reads what was copied elsewhere, through the engine's own parser. Loaded when something is pasted.

import { type Result, SCENARIO_FORMAT, type TopologyDocument } from '../../sim-engine/topology/document.ts';
import { parseScenario, parseTopology } from '../../sim-engine/topology/parse.ts';

/** A topology, or that of a scenario. */
export function readPart(source: string): Result<TopologyDocument> {
  const isScenario = source.slice(0, 2000).includes(SCENARIO_FORMAT);
  if (isScenario) {
    const parsed = parseScenario(source);
    return parsed.ok ? { ok: true, value: parsed.value.topology.document } : parsed;
  }
  const parsed = parseTopology(source);
  return parsed.ok ? { ok: true, value: parsed.value.document } : parsed;
}
