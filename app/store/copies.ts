// Copies of parts of a drawing: what a copy holds, and how it comes into a drawing under ids and names of its own. Pure.

import type { NodeDocument, Position, TopologyDocument, WireDocument } from '../../sim-engine/topology/document.ts';
import { DOCUMENT_VERSION, TOPOLOGY_FORMAT } from '../../sim-engine/topology/document.ts';
import { cornerOf, laidInto, withInside } from './containers.ts';
import { type Drawing, freeId, topologyOf, withTopology } from './drawing.ts';
import { whyNoWire } from './wiring.ts';

/**
 * Some nodes with what lies in them and the wires between them, as a document by itself. What lies in a container that is not taken
 * stands where it was seen, or, `isStaying`, still says what it lies in.
 */
export function partOf(topology: TopologyDocument, ids: ReadonlySet<string>, isStaying = false): TopologyDocument {
  const taken = withInside(topology, ids);
  return {
    format: TOPOLOGY_FORMAT,
    version: DOCUMENT_VERSION,
    nodes: topology.nodes
      .filter((node) => taken.has(node.id))
      .map((node) => {
        if (node.parent === undefined || isStaying || taken.has(node.parent)) return node;
        return laidInto(topology, node, null, cornerOf(topology, node));
      }),
    wires: topology.wires.filter((wire) => taken.has(wire.from) && taken.has(wire.to)),
  };
}

export interface Copied {
  readonly drawing: Drawing;
  /** Ids of the copies, in the order of the nodes of the part. */
  readonly ids: readonly string[];
}

/** Adds copies of all nodes and wires of `part`. `placed` says where a copy stands. */
export function withCopies(drawing: Drawing, part: TopologyDocument, placed: (node: NodeDocument) => Position): Copied {
  let next = drawing;
  const newId = new Map<string, string>();
  const there = new Set(topologyOf(drawing).nodes.map(({ id }) => id));
  const within = new Set(part.nodes.map(({ id }) => id));
  for (const node of part.nodes) {
    const id = freeId(next, stem(node.id));
    newId.set(node.id, id);
    const { parent, name, params, ...others } = node;
    const isTaken = parent !== undefined && within.has(parent);
    const topology = topologyOf(next);
    const copy: NodeDocument = {
      ...others,
      id,
      ...(params && { params: isTaken ? params : withOwnName(topology, parent, params) }),
      ...(name === undefined ? {} : { name: freeName(topology, name) }),
      ...(parent !== undefined && (isTaken || there.has(parent)) ? { parent } : {}),
      position: isTaken ? (node.position ?? { x: 0, y: 0 }) : placed(node),
    };
    next = withTopology(next, { ...topology, nodes: [...topology.nodes, copy] });
  }
  // A copy lies in the copy of its container, or in that itself where it stays behind: known once all have their ids.
  const copies = new Set(newId.values());
  const inCopies = (node: NodeDocument): NodeDocument => {
    const holder = copies.has(node.id) ? newId.get(node.parent ?? '') : undefined;
    return holder === undefined ? node : { ...node, parent: holder };
  };
  const topology = topologyOf(next);
  next = withTopology(next, { ...topology, nodes: topology.nodes.map(inCopies) });
  for (const wire of part.wires) next = withWire(next, wire, newId.get(wire.from) as string, newId.get(wire.to) as string);
  return { drawing: next, ids: part.nodes.map(({ id }) => newId.get(id) as string) };
}

/** What a broker calls one of its parts it calls no other: a copy beside the original is called by its id. */
function withOwnName({ nodes }: TopologyDocument, parent: string | undefined, params: NonNullable<NodeDocument['params']>) {
  const { name, ...others } = params;
  return name && nodes.some((node) => node.parent === parent && node.params?.name === name) ? others : params;
}

/** Leads to each copy the wires that lead to its original from outside, where there is room for one more. */
export function withWiresOf(drawing: Drawing, originals: readonly string[], copies: readonly string[]): Drawing {
  let next = drawing;
  const copyOf = new Map(originals.map((id, ix) => [id, copies[ix] as string]));
  for (const wire of topologyOf(drawing).wires) {
    const [from, to] = [copyOf.get(wire.from), copyOf.get(wire.to)];
    if ((from === undefined) === (to === undefined)) continue;
    const [begin, end] = [from ?? wire.from, to ?? wire.to];
    if (whyNoWire(topologyOf(next), begin, end) === null) next = withWire(next, wire, begin, end);
  }
  return next;
}

function withWire(drawing: Drawing, wire: WireDocument, from: string, to: string): Drawing {
  const topology = topologyOf(drawing);
  const copy = { ...wire, id: freeId(drawing, `${from}-${to}`.slice(0, 36)), from, to };
  return withTopology(drawing, { ...topology, wires: [...topology.wires, copy] });
}

/** `worker` of `worker-3`; short enough that a number still fits an id. */
const stem = (id: string): string => id.replace(/-\d+$/, '').slice(0, 34);

/** "Worker 3" becomes the first of "Worker 4", "Worker 5" ... that nobody is called. */
function freeName({ nodes }: TopologyDocument, name: string): string {
  const taken = new Set(nodes.map((node) => node.name));
  if (!taken.has(name)) return name;
  const [, word, number] = /^(.*?)(?: (\d+))?$/s.exec(name) as unknown as [string, string, string | undefined];
  let next = Number(number ?? 1) + 1;
  while (taken.has(`${word} ${next}`)) next++;
  return `${word} ${next}`;
}
