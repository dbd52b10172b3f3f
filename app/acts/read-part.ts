// Reads what was copied elsewhere, through the engine's own parser. Loaded when something is pasted.

import { nodeKind } from '../../sim-engine/nodes/declarations.ts';
import {
  type NodeDocument,
  type Position,
  type Result,
  SCENARIO_FORMAT,
  type TopologyDocument,
} from '../../sim-engine/topology/document.ts';
import { parseScenario, parseTopology } from '../../sim-engine/topology/parse.ts';
import { cornerOf } from '../store/containers.ts';
import { type Drawing, topologyOf } from '../store/drawing.ts';
import { containerAt, grownToHold } from './containers.ts';

/** A topology, or that of a scenario. Parts that were copied without what they lay in come into what is drawn here and takes them. */
export function readPart(source: string, drawn: TopologyDocument): Result<TopologyDocument> {
  const isScenario = source.slice(0, 2000).includes(SCENARIO_FORMAT);
  if (isScenario) {
    const parsed = parseScenario(source);
    return parsed.ok ? { ok: true, value: parsed.value.topology.document } : parsed;
  }
  const parsed = parseTopology(source);
  if (parsed.ok) return { ok: true, value: parsed.value.document };
  return (parsed.problems.every(({ code }) => code === 'parent-needed') && atHome(JSON.parse(source), drawn)) || parsed;
}

/** The part in containers of this drawing, which are not copied: those it was taken from, or the last that take it; null without one. */
function atHome(part: TopologyDocument, drawn: TopologyDocument): Result<TopologyDocument> | null {
  const homes = new Map<string, NodeDocument>();
  const nodes: NodeDocument[] = [];
  for (const node of part.nodes) {
    if (node.parent !== undefined || !nodeKind(node.kind)?.isPart) {
      nodes.push(node);
      continue;
    }
    const takes = (one: NodeDocument | null | undefined) => one && nodeKind(one.kind)?.accepts?.includes(node.kind);
    const around = containerAt(drawn, node.position ?? { x: 0, y: 0 });
    const home = takes(around) ? around : drawn.nodes.findLast(takes);
    if (!home || part.nodes.some(({ id }) => id === home.id)) return null;
    homes.set(home.id, { id: home.id, kind: home.kind });
    nodes.push({ ...node, parent: home.id });
  }
  const parsed = parseTopology(JSON.stringify({ ...part, nodes: [...homes.values(), ...nodes] }));
  if (!parsed.ok) return null;
  const { document } = parsed.value;
  return { ok: true, value: { ...document, nodes: document.nodes.filter(({ id }) => !homes.has(id)) } };
}

/** Where a copy stands that is put so far beside its original; in a container in its coordinates, and below its name. */
export function placeOf(topology: TopologyDocument, { parent, position }: NodeDocument, off: number): Position {
  const { x, y } = { x: (position?.x ?? 0) + off, y: (position?.y ?? 0) + off };
  const home = topology.nodes.find(({ id }) => id === parent);
  if (home === undefined) return { x, y };
  const corner = cornerOf(topology, home);
  return { x: Math.max(24, x - corner.x), y: Math.max(48, y - corner.y) };
}

/** The drawing with what these lie in as large as they need. */
export function withRoomFor(drawing: Drawing, ids: readonly string[]): Drawing {
  const homes = topologyOf(drawing).nodes.flatMap(({ id, parent }) => (parent !== undefined && ids.includes(id) ? [parent] : []));
  return homes.reduce(grownToHold, drawing);
}
