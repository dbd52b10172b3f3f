// Document to plan: every node expands to its actors, every wire finds its two ends. Everything is sorted by id before, so that
// names, positions, comments and the order in the file never change a run.

import { assert } from '../kernel/assert.ts';
import { nodeKind, wireKind } from '../nodes/declarations.ts';
import type { ActorFactory, NodeKind, PartRef, WireKind } from '../nodes/node-kind.ts';
import { behaviourOf } from '../nodes/registry.ts';
import type { ParsedNode, ParsedTopology, ParsedWire } from './document.ts';
import { actorName, INSIDE, type Plan, type PlannedActor, type PlannedEnd, type PlannedWire } from './plan.ts';

/** `topology` must be free of problems: what `parseTopology` returns. */
export function compile(topology: ParsedTopology): Plan {
  const nodes = [...topology.nodes].sort(byId);
  const byName = new Map(nodes.map((node) => [node.id, node]));
  const actors: PlannedActor[] = [];
  const inside: PlannedWire[] = [];
  for (const node of nodes) {
    if (node.parent === undefined) expand(node, partsOf(node, nodes), actors, inside);
  }
  const wires = [...topology.wires].sort(byId).map((wire) => plannedWire(wire, byName));
  return { actors, wires: [...wires, ...inside] };
}

function expand(node: ParsedNode, parts: readonly PartRef[], actors: PlannedActor[], inside: PlannedWire[]): void {
  const { id: nodeId, kind, params } = node;
  const before = actors.length;
  const end = (member: string): PlannedEnd => ({
    nodeId,
    nodeKind: kind,
    actor: actorName(nodeId, member),
    doors: [],
    port: 'inside',
  });
  behaviourOf(kind).expand({ id: nodeId, kind }, params, parts, {
    actor(member: string, create: ActorFactory) {
      actors.push({ name: actorName(nodeId, member), nodeId, member, kind, params, parts, create });
    },
    join(from: string, to: string) {
      // No id of a document has an empty part.
      inside.push({ id: `${nodeId}//${from}/${to}`, kind: INSIDE, from: end(from), to: end(to), params: {} });
    },
  });
  assert(actors.length > before, `node ${nodeId} expands to at least one actor`);
}

const partsOf = (container: ParsedNode, nodes: readonly ParsedNode[]): readonly PartRef[] =>
  nodes.filter((node) => node.parent === container.id).map(({ id, kind, params }) => ({ id, kind, params }));

function plannedWire(wire: ParsedWire, nodes: ReadonlyMap<string, ParsedNode>): PlannedWire {
  const kind = wireKind(wire.kind);
  const from = nodes.get(wire.from);
  const to = nodes.get(wire.to);
  assert(kind !== undefined && from !== undefined && to !== undefined, `wire ${wire.id} is valid`);
  const ends = { from: endOf(from, kind, 'out', nodes), to: endOf(to, kind, 'in', nodes) };
  assert(ends.from.doors.length === 0 || ends.to.doors.length === 0, `wire ${wire.id} has many doors at one end at most`);
  return { id: wire.id, kind, ...ends, params: wire.params };
}

function endOf(node: ParsedNode, kind: WireKind, direction: 'in' | 'out', nodes: ReadonlyMap<string, ParsedNode>): PlannedEnd {
  const declared = nodeKind(node.kind) as NodeKind;
  const types = direction === 'out' ? kind.from : kind.to;
  const port = declared.ports.find((candidate) => candidate.direction === direction && types.includes(candidate.type));
  assert(port !== undefined, `${node.kind} has a port for ${kind.type}`);
  // A wire to a part ends at its container's actors: parts have none of their own. What joins two parts is known to the one without a name.
  const owner = nodes.get(node.parent ?? node.id) as ParsedNode;
  const members = kind.isInner === true ? undefined : behaviourOf(owner.kind).doors?.(owner.params);
  const [actor, ...doors] = (members ?? ['']).map((member) => actorName(owner.id, member));
  return { nodeId: node.id, nodeKind: node.kind, actor: actor as string, doors, port: port.name };
}

function byId(a: { readonly id: string }, b: { readonly id: string }): number {
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}
