// The drawing in the terms of React Flow: nodes with sizes we know beforehand (so nothing has to be measured first) and edges that
// carry their shape. Objects are kept while what they show is the same, so that React renders only what changed.

import type { Edge, Node } from '@xyflow/react';
import { nodeKind, wireKind } from '../../sim-engine/nodes/declarations.ts';
import { portAt } from '../../sim-engine/topology/connect.ts';
import type { NodeDocument, TopologyDocument, WireDocument } from '../../sim-engine/topology/document.ts';
import { say, text } from '../messages/text.ts';
import { kindName, nodeView } from '../node-views/node-views.ts';
import { nodeName } from '../store/drawing.ts';
import { type Box, type WireShape, wireShapes } from './geometry.ts';
import type { Scene } from './letters.ts';
import { turned } from './turned.ts';

export type CardNode = Node<{ readonly node: NodeDocument; readonly isNarrow: boolean }, 'card'>;
export type WireEdge = Edge<{ readonly shape: WireShape }, 'wire'>;

export interface FlowDrawing {
  readonly nodes: CardNode[];
  readonly edges: WireEdge[];
  readonly scene: Omit<Scene, 'isStill'>;
}

/** Room for the drawing on a narrow screen, between its margins and above the deck. */
const NARROW_ROOM = { width: 374, height: 380 };
const UNPLACED = { x: 0, y: 0 };

export function flowDrawing(
  topology: TopologyDocument,
  selection: ReadonlySet<string>,
  isNarrow: boolean,
  before: FlowDrawing | null,
): FlowDrawing {
  const sizeOf = (node: NodeDocument) => nodeView(node.kind).size(isNarrow);
  const turnedAt = isNarrow ? turned(topology.nodes, sizeOf, NARROW_ROOM) : null;
  const keptNodes = new Map(before?.nodes.map((node) => [node.id, node]));
  const nodes = topology.nodes.map((node): CardNode => {
    const position = turnedAt?.get(node.id) ?? node.position ?? UNPLACED;
    return keep(keptNodes.get(node.id), cardNode(node, position, sizeOf(node), selection.has(node.id), isNarrow));
  });
  const boxes = new Map(
    nodes.map(({ id, position, width = 0, height = 0 }): [string, Box] => [id, { id, ...position, width, height }]),
  );
  const shapes = wireShapes(boxes, topology.wires, isNarrow ? 'down' : 'right');
  const keptEdges = new Map(before?.edges.map((edge) => [edge.id, edge]));
  const names = new Map(topology.nodes.map((node) => [node.id, nodeName(node)]));
  const edges = topology.wires.flatMap((wire) => {
    const shape = shapes.get(wire.id);
    return shape === undefined
      ? []
      : [keepEdge(keptEdges.get(wire.id), wireEdge(wire, shape, selection.has(wire.id), topology, names))];
  });
  const cards = topology.nodes.map((node) => ({ node, box: boxes.get(node.id) as Box }));
  return { nodes, edges, scene: { shapes, cards, isNarrow } };
}

function cardNode(
  node: NodeDocument,
  position: { x: number; y: number },
  { width, height }: { width: number; height: number },
  selected: boolean,
  isNarrow: boolean,
): CardNode {
  return {
    id: node.id,
    type: 'card',
    position,
    width,
    height,
    measured: { width, height },
    selected,
    draggable: !isNarrow,
    ariaLabel: text('canvas.node', { name: nodeName(node), kind: kindName(node.kind) }),
    data: { node, isNarrow },
  };
}

function wireEdge(
  wire: WireDocument,
  shape: WireShape,
  selected: boolean,
  topology: TopologyDocument,
  names: ReadonlyMap<string, string>,
): WireEdge {
  const kind = wireKind(wire.kind);
  const port = (id: string, end: 'from' | 'to') => {
    const nodeOf = nodeKind(topology.nodes.find((node) => node.id === id)?.kind ?? '');
    return (nodeOf && kind && portAt(nodeOf, kind, end)?.name) ?? null;
  };
  return {
    id: wire.id,
    type: 'wire',
    source: wire.from,
    target: wire.to,
    sourceHandle: port(wire.from, 'from'),
    targetHandle: port(wire.to, 'to'),
    selected,
    zIndex: 5,
    ariaLabel: text('canvas.wire', {
      wire: say(kind?.label ?? wire.kind),
      from: names.get(wire.from) ?? wire.from,
      to: names.get(wire.to) ?? wire.to,
    }),
    data: { shape },
  };
}

function keep(old: CardNode | undefined, next: CardNode): CardNode {
  const isSame =
    old !== undefined &&
    old.data.node === next.data.node &&
    old.data.isNarrow === next.data.isNarrow &&
    old.selected === next.selected &&
    old.position.x === next.position.x &&
    old.position.y === next.position.y;
  return isSame ? old : next;
}

function keepEdge(old: WireEdge | undefined, next: WireEdge): WireEdge {
  const isSame =
    old !== undefined &&
    old.selected === next.selected &&
    old.ariaLabel === next.ariaLabel &&
    old.source === next.source &&
    old.target === next.target &&
    old.data?.shape.d === next.data?.shape.d;
  return isSame ? old : next;
}
