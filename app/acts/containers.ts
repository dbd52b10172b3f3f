// Putting cards into containers and taking them out: which container a card that is let go lies in, and what the drawing is then.
// A card belongs where its middle is. Pure.

import type { NodeDocument, Position, TopologyDocument } from '../../sim-engine/topology/document.ts';
import { cardSize } from '../node-views/node-views.ts';
import { cornerOf, isContainer, laidInto, outerFirst, whyNotInside, withInside } from '../store/containers.ts';
import { type Drawing, topologyOf, withTopology } from '../store/drawing.ts';
import { freeSpot } from './free-spot.ts';

const NOBODY: ReadonlySet<string> = new Set();
/** Where the first part of a container stands: beside its edge, below its name. */
const FIRST_PART: Position = { x: 24, y: 48 };

/** The innermost container around a point of the drawing, but for some that are in the hand. */
export function containerAt(
  topology: TopologyDocument,
  point: Position,
  except: ReadonlySet<string> = NOBODY,
): NodeDocument | null {
  if (!topology.nodes.some(isContainer)) return null;
  const inHand = withInside(topology, except);
  const around = outerFirst(topology).findLast((node) => {
    if (!isContainer(node) || inHand.has(node.id)) return false;
    const { x, y } = cornerOf(topology, node);
    const { width, height } = cardSize(node, false);
    return point.x >= x && point.x < x + width && point.y >= y && point.y < y + height;
  });
  return around ?? null;
}

/** Where a card in the hand would come to lie, and why it cannot. */
export interface Landing {
  readonly node: NodeDocument;
  readonly container: NodeDocument | null;
  readonly reason: string | null;
}

/** What becomes of these cards if they are let go where they are now: one that stays where it lay is not named. */
export function landings(topology: TopologyDocument, ids: readonly string[]): readonly Landing[] {
  if (!topology.nodes.some(isContainer)) return [];
  const inHand = new Set(ids);
  return topology.nodes.flatMap((node) => {
    if (!inHand.has(node.id)) return [];
    const { x, y } = cornerOf(topology, node);
    const { width, height } = cardSize(node, false);
    const container = containerAt(topology, { x: x + width / 2, y: y + height / 2 }, inHand);
    if (container?.id === node.parent) return [];
    return [{ node, container, reason: container && whyNotInside(node.kind, container) }];
  });
}

/** The drawing with these cards in their new places. Nothing moves on the screen. */
export function landed(drawing: Drawing, all: readonly Landing[]): Drawing {
  if (all.length === 0) return drawing;
  const topology = topologyOf(drawing);
  const changed = new Map(
    all.map(({ node, container }) => [node.id, laidInto(topology, node, container, cornerOf(topology, node))]),
  );
  return withTopology(drawing, { ...topology, nodes: topology.nodes.map((node) => changed.get(node.id) ?? node) });
}

/** The drawing with a card in a container where there is room, or out of all of them where it is. */
export function moveInto(drawing: Drawing, id: string, container: NodeDocument | null): Drawing {
  const topology = topologyOf(drawing);
  const node = topology.nodes.find((one) => one.id === id);
  if (node === undefined) return drawing;
  const moved = container === null ? laidInto(topology, node, null, cornerOf(topology, node)) : { ...node, parent: container.id };
  const placed = container === null ? moved : { ...moved, position: spotInside(topology, container, node) };
  return withTopology(drawing, { ...topology, nodes: topology.nodes.map((one) => (one.id === id ? placed : one)) });
}

/** A free place among the parts of a container, in its coordinates: below those of its kind, or else beside all. */
export function spotInside({ nodes }: TopologyDocument, container: NodeDocument, node: NodeDocument): Position {
  const parts = nodes.filter((one) => one.parent === container.id && one.id !== node.id);
  if (parts.length === 0) return FIRST_PART;
  const boxes = parts.map((one) => ({ ...(one.position ?? FIRST_PART), ...cardSize(one, false) }));
  return freeSpot(boxes, cardSize(node, false), parts.findLast(({ kind }) => kind === node.kind)?.position?.x);
}

/** The drawing with a container as large as what lies in it needs. */
export function grownToHold(drawing: Drawing, id: string): Drawing {
  const topology = topologyOf(drawing);
  const container = topology.nodes.find((node) => node.id === id);
  if (container === undefined) return drawing;
  const size = cardSize(container, false);
  const parts = topology.nodes.filter(({ parent }) => parent === id);
  const reach = (far: (part: NodeDocument) => number, least: number) => Math.max(least, ...parts.map(far)) + FIRST_PART.x;
  const width = reach(({ position, ...part }) => (position?.x ?? 0) + cardSize(part, false).width, size.width - FIRST_PART.x);
  const height = reach(({ position, ...part }) => (position?.y ?? 0) + cardSize(part, false).height, size.height - FIRST_PART.x);
  if (width === size.width && height === size.height) return drawing;
  const grown: NodeDocument = { ...container, size: { width, height } };
  return withTopology(drawing, { ...topology, nodes: topology.nodes.map((node) => (node.id === id ? grown : node)) });
}

/** Containers that this card could be put into, from the keyboard as well. */
export function containersFor(topology: TopologyDocument, node: NodeDocument): readonly NodeDocument[] {
  const inHand = withInside(topology, new Set([node.id]));
  return topology.nodes.filter(
    (one) => isContainer(one) && !inHand.has(one.id) && one.id !== node.parent && whyNotInside(node.kind, one) === null,
  );
}
