// What lies in what: a part stands in the coordinates of its container and moves with it. Pure functions over the document. Which
// kinds a container holds is the engine's to say; here it is asked before a card is let go, so that a wrong place is refused while
// the card is still in the hand.

import { nodeKind } from '../../sim-engine/nodes/declarations.ts';
import type { NodeDocument, Position, TopologyDocument } from '../../sim-engine/topology/document.ts';
import { named, text } from '../messages/text.ts';
import { nodeName } from './node-name.ts';

/** Kinds that a node of this kind holds; undefined where it is no container. */
const held = (kind: string): readonly string[] | undefined => nodeKind(kind)?.accepts;

export const isContainer = ({ kind }: NodeDocument): boolean => held(kind) !== undefined;

/** What a node lies in, from the nearest container to the outermost. Ends in a circle too, which only a file can have. */
function holdersOf({ nodes }: TopologyDocument, node: NodeDocument): readonly NodeDocument[] {
  const holders: NodeDocument[] = [];
  let at: NodeDocument | undefined = node;
  while (at?.parent !== undefined && holders.length < nodes.length) {
    const { parent }: NodeDocument = at;
    at = nodes.find(({ id }) => id === parent);
    if (at !== undefined) holders.push(at);
  }
  return holders;
}

/** Upper left corner of a node in the drawing, whatever it lies in. */
export function cornerOf(topology: TopologyDocument, node: NodeDocument): Position {
  const all = [node, ...holdersOf(topology, node)];
  return {
    x: all.reduce((x, { position }) => x + (position?.x ?? 0), 0),
    y: all.reduce((y, { position }) => y + (position?.y ?? 0), 0),
  };
}

/** Containers before what lies in them, whatever the order of the document. */
export function outerFirst(topology: TopologyDocument): readonly NodeDocument[] {
  const { nodes } = topology;
  if (!nodes.some((node) => node.parent !== undefined)) return nodes;
  const depth = new Map(nodes.map((node) => [node, holdersOf(topology, node).length]));
  return [...nodes].sort((a, b) => (depth.get(a) as number) - (depth.get(b) as number));
}

/** These nodes and everything that lies in them, at any depth. */
export function withInside(topology: TopologyDocument, ids: ReadonlySet<string>): ReadonlySet<string> {
  const all = new Set(ids);
  for (const node of outerFirst(topology)) if (node.parent !== undefined && all.has(node.parent)) all.add(node.id);
  return all;
}

/** Why a node of this kind cannot lie in a container, in a sentence; null where it can. */
export function whyNotInside(kind: string, container: NodeDocument): string | null {
  const kinds = held(container.kind) ?? [];
  if (kinds.includes(kind)) return null;
  const word = (type: string) => named(nodeKind(type)?.label ?? type);
  return text('container.refuses', {
    kind: word(kind),
    container: nodeName(container),
    parts: kinds.map((type) => word(type).toLowerCase()).join(', '),
  });
}

/** The same node in this container, or on the canvas itself; `corner` is of the drawing, and it stays where the eye sees it. */
export function laidInto(
  topology: TopologyDocument,
  node: NodeDocument,
  container: NodeDocument | null,
  corner: Position,
): NodeDocument {
  const { parent: _, ...alone } = node;
  if (container === null) return { ...alone, position: corner };
  const { x, y } = cornerOf(topology, container);
  return { ...alone, parent: container.id, position: { x: corner.x - x, y: corner.y - y } };
}
