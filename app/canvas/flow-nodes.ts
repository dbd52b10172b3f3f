// The drawing in the terms of React Flow: nodes with sizes we know beforehand (so nothing has to be measured first) and edges that
// carry their shape. Objects are kept while what they show is the same, so that React renders only what changed.

import type { Edge, Node } from '@xyflow/react';
import { nodeKind, wireKind } from '../../sim-engine/nodes/declarations.ts';
import { portAt } from '../../sim-engine/topology/connect.ts';
import type { NodeDocument, TopologyDocument, WireDocument } from '../../sim-engine/topology/document.ts';
import { named, text } from '../messages/text.ts';
import { cardSize, kindName } from '../node-views/node-views.ts';
import { cornerOf, isContainer, outerFirst } from '../store/containers.ts';
import { nodeName } from '../store/node-name.ts';
import { type Box, type WireShape, wireShapes } from './geometry.ts';
import type { Scene } from './letters.ts';
import { turned } from './turned.ts';

export type CardNode = Node<{ readonly node: NodeDocument; readonly isNarrow: boolean }, 'card' | 'container'>;
export type WireEdge = Edge<{ readonly shape: WireShape; readonly kind: string }, 'wire'>;

export interface FlowDrawing {
  readonly nodes: CardNode[];
  readonly edges: WireEdge[];
  readonly scene: Omit<Scene, 'isStill'>;
}

/** Room for the drawing on a narrow screen, between its margins and above the deck. */
const NARROW_ROOM = { width: 374, height: 324 };
const UNPLACED = { x: 0, y: 0 };

/**
 * What lies in a container stands in its coordinates and after it in the list, as React Flow wants it. On a narrow screen there is
 * no room for frames around frames: the parts stand in the stream like all others.
 */
export function flowDrawing(
  topology: TopologyDocument,
  selection: ReadonlySet<string>,
  isNarrow: boolean,
  before: FlowDrawing | null,
): FlowDrawing {
  const sizeOf = (node: NodeDocument) => cardSize(node, isNarrow);
  const drawn = isNarrow ? topology.nodes.filter((node) => !isContainer(node)) : outerFirst(topology);
  const turnedAt = isNarrow ? turned(inSight(topology, drawn), sizeOf, NARROW_ROOM) : null;
  const keptNodes = new Map(before?.nodes.map((node) => [node.id, node]));
  const boxes = new Map<string, Box>();
  const nodes = drawn.map((node): CardNode => {
    const position = turnedAt?.get(node.id) ?? node.position ?? UNPLACED;
    const size = sizeOf(node);
    const outer = isNarrow ? undefined : boxes.get(node.parent ?? '');
    boxes.set(node.id, { id: node.id, x: position.x + (outer?.x ?? 0), y: position.y + (outer?.y ?? 0), ...size });
    const card = cardNode(node, position, size, selection.has(node.id), isNarrow);
    return keep(keptNodes.get(node.id), outer === undefined ? card : { ...card, parentId: outer.id });
  });
  const shapes = wireShapes(boxes, topology.wires, isNarrow ? 'down' : 'right');
  const keptEdges = new Map(before?.edges.map((edge) => [edge.id, edge]));
  const names = new Map(topology.nodes.map((node) => [node.id, nodeName(node)]));
  const edges = topology.wires.flatMap((wire) => {
    const shape = shapes.get(wire.id);
    return shape === undefined
      ? []
      : [keepEdge(keptEdges.get(wire.id), wireEdge(wire, shape, selection.has(wire.id), topology, names))];
  });
  const cards = drawn.map((node) => ({ node, box: boxes.get(node.id) as Box }));
  return { nodes, edges, scene: { shapes, cards, isNarrow } };
}

/** Where each node is seen, whatever it lies in. */
const inSight = (topology: TopologyDocument, nodes: readonly NodeDocument[]): readonly NodeDocument[] =>
  nodes.map((node) => (node.parent === undefined ? node : { ...node, position: cornerOf(topology, node) }));

function cardNode(
  node: NodeDocument,
  position: { x: number; y: number },
  { width, height }: { width: number; height: number },
  selected: boolean,
  isNarrow: boolean,
): CardNode {
  return {
    id: node.id,
    type: isContainer(node) ? 'container' : 'card',
    ...(isContainer(node) ? { zIndex: -1 } : {}),
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
  // Bindings between the same two are told apart by it.
  const key = wire.params?.routingKey;
  return {
    id: wire.id,
    type: 'wire',
    source: wire.from,
    target: wire.to,
    sourceHandle: port(wire.from, 'from'),
    targetHandle: port(wire.to, 'to'),
    selected,
    zIndex: 5,
    ariaLabel: text(key ? 'canvas.wire.key' : 'canvas.wire', {
      wire: named(kind?.label ?? wire.kind),
      from: names.get(wire.from) ?? wire.from,
      to: names.get(wire.to) ?? wire.to,
      key: String(key),
    }),
    data: { shape, kind: wire.kind },
  };
}

function keep(old: CardNode | undefined, next: CardNode): CardNode {
  const isSame =
    old !== undefined &&
    old.data.node === next.data.node &&
    old.data.isNarrow === next.data.isNarrow &&
    old.selected === next.selected &&
    old.parentId === next.parentId &&
    old.width === next.width &&
    old.height === next.height &&
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
