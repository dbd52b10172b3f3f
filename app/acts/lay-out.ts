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
/** Between parts of a drawing that no wire joins. */
const ISLAND_GAP = 64;
/** Width over height of the free part of a screen. */
const SCREEN_SHAPE = 1.7;

/** New positions of the nodes that stand on the canvas itself; what lies in a container keeps its place in it. */
export function laidOut(topology: TopologyDocument, sizeOf: (node: NodeDocument) => Size): ReadonlyMap<string, Position> {
  const outermost = outermostOf(topology);
  const below = stacked(topology);
  const nodes = new Map(topology.nodes.filter(({ id }) => outermost(id) === id).map((node) => [node.id, node]));
  const isLower = new Set(below.values());
  const sizes = new Map<string, Size>();
  for (const node of nodes.values()) {
    if (isLower.has(node.id)) continue;
    const own = sizeOf(node);
    const lower = nodes.get(below.get(node.id) ?? '');
    const under = lower && sizeOf(lower);
    sizes.set(node.id, {
      width: Math.max(own.width, under?.width ?? 0),
      height: own.height + (under === undefined ? 0 : GAPS.nodesep + under.height),
    });
  }
  const wires = topology.wires
    .map(({ from, to }): [string, string] => [outermost(from), outermost(to)])
    .filter(([from, to]) => from !== to && sizes.has(from) && sizes.has(to));
  const places = packed(islandsOf([...sizes.keys()], wires).map((ids) => island(ids, sizes, wires, topology)));
  for (const [upper, lower] of below) {
    const at = places.get(upper);
    const node = nodes.get(upper);
    if (at === undefined || node === undefined) continue;
    places.set(lower, { x: at.x, y: snapped(at.y + sizeOf(node).height + GAPS.nodesep) });
  }
  return places;
}

/** Cards that hang together by wires, laid out by themselves from 0, 0. */
interface Island extends Size {
  readonly places: ReadonlyMap<string, Position>;
}

function island(
  ids: readonly string[],
  sizes: ReadonlyMap<string, Size>,
  wires: readonly (readonly [string, string])[],
  topology: TopologyDocument,
): Island {
  const graph = new Graph();
  graph.setGraph({ rankdir: 'LR', ...GAPS });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const id of ids) graph.setNode(id, { ...sizes.get(id) });
  for (const [from, to] of wires) if (graph.hasNode(from)) graph.setEdge(from, to);
  layout(graph);
  inOrder(graph, topology);
  const boxes = ids.map((id) => ({ id, ...(graph.node(id) as { x: number; y: number } & Size) }));
  const left = Math.min(...boxes.map(({ x, width }) => x - width / 2));
  const top = Math.min(...boxes.map(({ y, height }) => y - height / 2));
  return {
    width: Math.max(...boxes.map(({ x, width }) => x + width / 2)) - left,
    height: Math.max(...boxes.map(({ y, height }) => y + height / 2)) - top,
    places: new Map(
      boxes.map(({ id, x, y, width, height }) => [id, { x: snapped(x - width / 2 - left), y: snapped(y - height / 2 - top) }]),
    ),
  };
}

/** Nodes in groups that hang together, in the order of the document. */
function islandsOf(ids: readonly string[], wires: readonly (readonly [string, string])[]): readonly (readonly string[])[] {
  const near = new Map(ids.map((id) => [id, [] as string[]]));
  for (const [from, to] of wires) {
    near.get(from)?.push(to);
    near.get(to)?.push(from);
  }
  const seen = new Set<string>();
  const islands: string[][] = [];
  for (const id of ids) {
    if (seen.has(id)) continue;
    const group: string[] = [id];
    seen.add(id);
    for (const member of group) {
      for (const other of near.get(member) ?? []) {
        if (seen.has(other)) continue;
        seen.add(other);
        group.push(other);
      }
    }
    islands.push(group);
  }
  return islands;
}

/** Islands below each other in as many columns as make the whole about as wide as a screen. */
function packed(islands: readonly Island[]): Map<string, Position> {
  const total = islands.reduce((sum, { height }) => sum + height + ISLAND_GAP, 0);
  const width = Math.max(0, ...islands.map((each) => each.width)) + ISLAND_GAP;
  const columns = Math.max(1, Math.round(Math.sqrt((SCREEN_SHAPE * total) / Math.max(1, width))));
  const full = total / columns;
  const places = new Map<string, Position>();
  let x = 0;
  let y = 0;
  for (const { height, places: own } of islands) {
    // The next column begins where more than half of this one would hang over.
    if (y > 0 && y + height / 2 > full) {
      x += snapped(width);
      y = 0;
    }
    for (const [id, at] of own) places.set(id, { x: at.x + x, y: at.y + y });
    y += snapped(height + ISLAND_GAP);
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
