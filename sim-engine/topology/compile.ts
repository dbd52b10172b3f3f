// Document to plan: every node expands to its actors, every wire finds its two ends. Everything is sorted by id before, so that
// names, positions, comments and the order in the file never change a run.

import { assert } from '../kernel/assert.ts';
import { nodeKind, wireKind } from '../nodes/declarations.ts';
import type { ActorFactory, NodeKind, PartRef, WireKind } from '../nodes/node-kind.ts';
import { behaviourOf } from '../nodes/registry.ts';
import type { ParsedNode, ParsedTopology, ParsedWire } from './document.ts';
import { actorName, type Plan, type PlannedActor, type PlannedEnd, type PlannedWire } from './plan.ts';

/** `topology` must be free of problems: what `parseTopology` returns. */
export function compile(topology: ParsedTopology): Plan {
  const nodes = [...topology.nodes].sort(byId);
  const byName = new Map(nodes.map((node) => [node.id, node]));
  const actors: PlannedActor[] = [];
  for (const node of nodes) {
    if (node.parent === undefined) actors.push(...actorsOf(node, partsOf(node, nodes)));
  }
  const wires = [...topology.wires].sort(byId).map((wire) => plannedWire(wire, byName));
  return { actors, wires };
}

function actorsOf(node: ParsedNode, parts: readonly PartRef[]): PlannedActor[] {
  const actors: PlannedActor[] = [];
  const { id: nodeId, kind, params } = node;
  behaviourOf(kind).expand({ id: nodeId, kind }, params, parts, {
    actor(member: string, create: ActorFactory) {
      actors.push({ name: actorName(nodeId, member), nodeId, member, kind, params, parts, create });
    },
  });
  assert(actors.length > 0, `node ${nodeId} expands to at least one actor`);
  return actors;
}

const partsOf = (container: ParsedNode, nodes: readonly ParsedNode[]): readonly PartRef[] =>
  nodes.filter((node) => node.parent === container.id).map(({ id, kind, params }) => ({ id, kind, params }));

function plannedWire(wire: ParsedWire, nodes: ReadonlyMap<string, ParsedNode>): PlannedWire {
  const kind = wireKind(wire.kind);
  const from = nodes.get(wire.from);
  const to = nodes.get(wire.to);
  assert(kind !== undefined && from !== undefined && to !== undefined, `wire ${wire.id} is valid`);
  return { id: wire.id, kind, from: endOf(from, kind, 'out'), to: endOf(to, kind, 'in'), params: wire.params };
}

function endOf(node: ParsedNode, kind: WireKind, direction: 'in' | 'out'): PlannedEnd {
  const declared = nodeKind(node.kind) as NodeKind;
  const types = direction === 'out' ? kind.from : kind.to;
  const port = declared.ports.find((candidate) => candidate.direction === direction && types.includes(candidate.type));
  assert(port !== undefined, `${node.kind} has a port for ${kind.type}`);
  // A wire to a part ends at its container's actor: parts have none of their own.
  return { nodeId: node.id, nodeKind: node.kind, actor: actorName(node.parent ?? node.id, ''), port: port.name };
}

function byId(a: { readonly id: string }, b: { readonly id: string }): number {
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}
