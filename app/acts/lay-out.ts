// Places all cards by their wires, along the flow from left to right. Loaded when it is asked for.

import { Graph, layout } from '@dagrejs/dagre';
import { wireKind } from '../../sim-engine/nodes/declarations.ts';
import type { NodeDocument, Position, TopologyDocument } from '../../sim-engine/topology/document.ts';

interface Size {
  readonly width: number;
  readonly height: number;
}

const GRID = 8;
/** Between two ranks there must be room for letters to travel, between two cards of one for their wires. */
const GAPS = { ranksep: 132, nodesep: 32, edgesep: 24 };

/** New positions of the nodes that stand on the canvas itself; what lies in a container keeps its place in it. */
export function laidOut(topology: TopologyDocument, sizeOf: (node: NodeDocument) => Size): ReadonlyMap<string, Position> {
  const outermost = outermostOf(topology);
  const below = stacked(topology);
  const nodes = new Map(topology.nodes.filter(({ id }) => outermost(id) === id).map((node) => [node.id, node]));
  const graph = new Graph();
  graph.setGraph({ rankdir: 'LR', ...GAPS });
  graph.setDefaultEdgeLabel(() => ({}));
  const isLower = new Set(below.values());
  for (const node of nodes.values()) {
    if (isLower.has(node.id)) continue;
    const own = sizeOf(node);
    const lower = nodes.get(below.get(node.id) ?? '');
    const under = lower && sizeOf(lower);
    graph.setNode(node.id, {
      width: Math.max(own.width, under?.width ?? 0),
      height: own.height + (under === undefined ? 0 : GAPS.nodesep + under.height),
    });
  }
  for (const { from, to } of topology.wires) {
    const [begin, end] = [outermost(from), outermost(to)];
    if (begin !== end && graph.hasNode(begin) && graph.hasNode(end)) graph.setEdge(begin, end);
  }
  layout(graph);
  inOrder(graph, topology);
  const places = new Map<string, Position>();
  for (const id of graph.nodes()) {
    const { x, y, width, height } = graph.node(id) as { x: number; y: number } & Size;
    const at = { x: snapped(x - width / 2), y: snapped(y - height / 2) };
    places.set(id, at);
    const lower = below.get(id);
    if (lower !== undefined) {
      const own = sizeOf(nodes.get(id) as NodeDocument);
      places.set(lower, { x: at.x, y: snapped(at.y + own.height + GAPS.nodesep) });
    }
  }
  return places;
}

/** Cards that are wired alike and stand in one column keep the order in which they stood: Worker 1 above Worker 2. */
function inOrder(graph: Graph, { nodes }: TopologyDocument): void {
  const columns = new Map<string, string[]>();
  const at = (id: string) => graph.node(id) as { x: number; y: number } & Size;
  for (const { id } of nodes) {
    if (!graph.hasNode(id)) continue;
    const ends = [graph.predecessors(id), graph.successors(id)].map((ids) => [...(ids ?? [])].sort().join(' '));
    const alike = `${Math.round(at(id).x)} ${at(id).height} ${ends.join(' > ')}`;
    columns.set(alike, [...(columns.get(alike) ?? []), id]);
  }
  const before = new Map(nodes.map((node) => [node.id, node.position?.y ?? 0]));
  for (const ids of columns.values()) {
    const heights = ids.map((id) => at(id).y).sort((a, b) => a - b);
    const ordered = [...ids].sort((a, b) => (before.get(a) ?? 0) - (before.get(b) ?? 0));
    ordered.forEach((id, ix) => {
      at(id).y = heights[ix] as number;
    });
  }
}

/** What is reached by a relation alone, such as dead letters, stands below what it belongs to: the lower one by the upper one. */
function stacked({ nodes, wires }: TopologyDocument): ReadonlyMap<string, string> {
  const travels = (kind: string) => wireKind(kind)?.travels !== false;
  const isCarried = new Set(wires.filter(({ kind }) => travels(kind)).flatMap(({ from, to }) => [from, to]));
  const ids = new Set(nodes.filter((node) => node.parent === undefined).map((node) => node.id));
  const below = new Map<string, string>();
  const isTaken = new Set<string>();
  for (const { kind, from, to } of wires) {
    if (travels(kind) || isCarried.has(to) || below.has(from) || isTaken.has(to) || isTaken.has(from)) continue;
    if (!ids.has(from) || !ids.has(to) || below.has(to)) continue;
    below.set(from, to);
    isTaken.add(to);
  }
  return below;
}

/** The container on the canvas itself in which a node lies, or the node. */
function outermostOf({ nodes }: TopologyDocument): (id: string) => string {
  const parents = new Map(nodes.map((node) => [node.id, node.parent]));
  return (id) => {
    let at = id;
    // As many steps as there are nodes are enough, also for a file that lies about its containers.
    for (let step = 0; step < nodes.length; step++) {
      const parent = parents.get(at);
      if (parent === undefined || !parents.has(parent)) break;
      at = parent;
    }
    return at;
  };
}

const snapped = (length: number): number => Math.round(length / GRID) * GRID;
