// What can be done to the drawing from several places: add, copy, paste, delete, lay out. Each is one step of undo and leaves the
// selection and the focus where one would look for them.

import { NODE_KINDS, nodeKind } from '../../sim-engine/nodes/declarations.ts';
import type { NodeKind, Port } from '../../sim-engine/nodes/node-kind.ts';
import type { NodeDocument, Position, TopologyDocument } from '../../sim-engine/topology/document.ts';
import { BYTES_MAX } from '../../sim-engine/topology/limits.ts';
import { named, text } from '../messages/text.ts';
import { cardSize } from '../node-views/node-views.ts';
import { cornerOf, laidInto, whyNotInside, withInside } from '../store/containers.ts';
import { partOf, withCopies, withWiresOf } from '../store/copies.ts';
import { addNode, type Drawing, freeId, moveNodes, nameOf, remove, setKnob, topologyOf } from '../store/drawing.ts';
import { edit, present, refuseFor, select, tell, useLab } from '../store/lab.ts';
import { focusOnCanvas } from '../ui/focus.ts';
import { containerAt, grownToHold, spotInside } from './containers.ts';
import { type Box, columnAfter, columnBefore, freeSpot, pushedDown } from './free-spot.ts';

const GRID = 8;
/** How far a pasted part stands from what it was copied from. */
const PASTE_STEP = 32;

const drawingNow = (): Drawing | null => present(useLab.getState());

/** Boxes of the cards that stand on the canvas itself. */
function boxesOf({ nodes }: TopologyDocument): (Box & { readonly id: string })[] {
  return nodes
    .filter((node) => node.parent === undefined)
    .map((node) => ({ id: node.id, ...(node.position ?? { x: 0, y: 0 }), ...cardSize(node, false) }));
}

/** Puts the control of a field onto its card, or takes it off. Cards that it would lie upon make room. */
export function showKnob(id: string, field: string, isKnob: boolean): void {
  edit((now) => {
    const next = setKnob(now, id, field, isKnob);
    const boxes = boxesOf(topologyOf(next));
    const grown = boxes.find((box) => box.id === id);
    const moved = grown === undefined || !isKnob ? [] : [...pushedDown(boxes, grown)];
    return moveNodes(next, new Map(moved.map(([box, to]) => [box.id, to])));
  });
}

/**
 * Adds a node of a kind: with its middle at `at`, in the container that lies there, or where there is room; a part for which no container
 * is drawn together with one. Answers with its id, or with null where a container refuses it, which is told.
 */
export function addKind(kind: NodeKind, at?: Position): string | null {
  const reason = at === undefined ? null : whyNotAt(kind, at);
  if (reason !== null) {
    tell(reason);
    return null;
  }
  let added: NodeDocument | undefined;
  edit((now) => {
    const node = newNode(now, kind, at);
    const topology = topologyOf(now);
    if (at === undefined) added = inHome(topology, node, kind);
    else {
      const container = containerAt(topology, at);
      added = container === null ? node : laidInto(topology, node, container, cornerOf(topology, node));
    }
    if (kind.isPart && added.parent === undefined) {
      const [home, part] = withHome(now, added, kind, at);
      added = part;
      return grownToHold(addNode(addNode(now, home), part), home.id);
    }
    return added.parent === undefined ? addNode(now, added) : grownToHold(addNode(now, added), added.parent);
  });
  if (added === undefined) return null;
  select([added.id]);
  return added.id;
}

/** Why a node of this kind cannot be let go at a point of the drawing, in a sentence; null where it can. */
export function whyNotAt(kind: NodeKind, at: Position): string | null {
  const drawing = drawingNow();
  const container = drawing && containerAt(topologyOf(drawing), at);
  if (container) return whyNotInside(kind.type, container);
  // Where no container is drawn that takes it, one comes along with it.
  return kind.isPart && drawing && homeFor(topologyOf(drawing), kind) !== undefined ? needsHome(kind) : null;
}

const needsHome = ({ label, type }: NodeKind): string =>
  text('container.needed', {
    kind: named(label),
    containers: NODE_KINDS.filter(({ accepts }) => accepts?.includes(type))
      .map((kind) => named(kind.label))
      .join(', '),
  });

/** The container that was drawn last, of those that take a part. */
const homeFor = ({ nodes }: TopologyDocument, { type }: NodeKind): NodeDocument | undefined =>
  nodes.findLast((node) => nodeKind(node.kind)?.accepts?.includes(type));

function inHome(topology: TopologyDocument, node: NodeDocument, kind: NodeKind): NodeDocument {
  const home = kind.isPart ? homeFor(topology, kind) : undefined;
  return home === undefined ? node : { ...node, parent: home.id, position: spotInside(topology, home, node) };
}

/** A container for a part that nothing drawn takes, and the part in it. */
function withHome(
  drawing: Drawing,
  part: NodeDocument,
  { type }: NodeKind,
  at: Position | undefined,
): [NodeDocument, NodeDocument] {
  const home = NODE_KINDS.find(({ accepts }) => accepts?.includes(type)) as NodeKind;
  const container = newNode(drawing, home, at);
  return [container, { ...part, parent: container.id, position: spotInside(topologyOf(drawing), container, part) }];
}

/** Id and name say the same: `worker-2`, "Worker 2". */
function newNode(drawing: Drawing, { label, ports, type }: NodeKind, at: Position | undefined): NodeDocument {
  const wanted = named(label)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-');
  const id = freeId(drawing, wanted);
  const number = id.slice(wanted.length + 1);
  const topology = topologyOf(drawing);
  const bare: NodeDocument = { id, kind: type, name: number === '' ? named(label) : `${named(label)} ${number}` };
  // Where the drawing is turned for a narrow screen the positions are those of the wide one all the same.
  const size = cardSize(bare, false);
  const boxes = boxesOf(topology);
  const hasBroker = topology.nodes.some((node) => nodeKind(node.kind)?.accepts);
  const column =
    topology.nodes.findLast((node) => node.kind === type)?.position?.x ?? (hasBroker ? columnOf(ports, boxes, size) : undefined);
  const position =
    at === undefined
      ? freeSpot(boxes, size, column)
      : { x: snapped(at.x - size.width / 2), y: snapped(at.y - Math.min(size.height / 2, 26)) };
  return { ...bare, position };
}

/** Who works stands behind a broker and who only sends before it: from the other side their wires would lead back over it. */
function columnOf(ports: readonly Port[], boxes: readonly Box[], size: { readonly width: number }): number | undefined {
  if (ports.some(({ type }) => type === 'works')) return columnAfter(boxes);
  return ports.some(({ type }) => type === 'offers') ? columnBefore(boxes, size) : undefined;
}

const snapped = (length: number): number => Math.round(length / GRID) * GRID;

/** Takes nodes and wires away. The focus goes to what stood next to them. */
export function removeThings(things: ReadonlySet<string>): void {
  const drawing = drawingNow();
  if (drawing === null || things.size === 0) return;
  const topology = topologyOf(drawing);
  const ids = withInside(topology, things);
  const heir = heirOf(topology, ids);
  // Wires that go because their card goes are not worth a word.
  const { wires } = topology;
  const told = [...ids].filter((id) => !wires.some((wire) => wire.id === id && (ids.has(wire.from) || ids.has(wire.to))));
  const [first] = told;
  const words =
    told.length === 1
      ? text('notice.deleted', { name: nameOf(topology, first as string) })
      : text('notice.deleted.many', { count: told.length });
  edit((now) => remove(now, ids));
  tell(words);
  select([...useLab.getState().selection].filter((id) => !ids.has(id)));
  focusOnCanvas(heir);
}

/** Who is next to what goes: an end of a wire, whoever is wired to a node, or the card before it. */
function heirOf({ nodes, wires }: TopologyDocument, ids: ReadonlySet<string>): string | undefined {
  const stays = (id: string | undefined) => id !== undefined && !ids.has(id);
  const near = wires
    .filter((wire) => ids.has(wire.id) || ids.has(wire.from) || ids.has(wire.to))
    .flatMap(({ from, to }) => [from, to])
    .find(stays);
  if (near !== undefined) return near;
  const first = nodes.findIndex((node) => ids.has(node.id));
  return (nodes.slice(0, Math.max(first, 0)).findLast((node) => stays(node.id)) ?? nodes.find((node) => stays(node.id)))?.id;
}

/** Copies nodes together with their wires, also those to nodes that are not copied: one more worker on the same queue. */
export function duplicate(ids: ReadonlySet<string>): readonly string[] {
  let copies: readonly string[] = [];
  edit((now) => {
    const topology = topologyOf(now);
    const part = partOf(topology, ids, true);
    if (part.nodes.length === 0) return now;
    const isOne = part.nodes.length === 1;
    const copied = withCopies(now, part, (node) => {
      const { x, y } = node.position ?? { x: 0, y: 0 };
      if (!isOne) return { x: x + PASTE_STEP, y: y + PASTE_STEP };
      const holder = topology.nodes.find((one) => one.id === node.parent);
      if (holder !== undefined) return spotInside(topology, holder, { ...node, id: '' });
      return freeSpot(boxesOf(topology), cardSize(node, false), x);
    });
    copies = copied.ids;
    return withWiresOf(
      copied.drawing,
      part.nodes.map(({ id }) => id),
      copied.ids,
    );
  });
  if (copies.length > 0) {
    select(copies);
    focusOnCanvas(copies[0]);
  }
  return copies;
}

/** The selected nodes as JSON text, a small drawing by itself; null when none is selected. */
export function copyText(): string | null {
  const { selection } = useLab.getState();
  const drawing = drawingNow();
  const part = drawing && partOf(topologyOf(drawing), selection);
  return part === null || part.nodes.length === 0 ? null : JSON.stringify(part, null, 2);
}

let pasted = { source: '', times: 0 };

/** Adds what a text holds, if it is a drawing or a part of one. Text of another sort is told of and nothing happens. */
export async function pasteText(source: string): Promise<void> {
  if (source.length > BYTES_MAX) {
    tell(text('paste.too-large'));
    return;
  }
  if (!source.trimStart().startsWith('{')) {
    tell(text('paste.no-drawing'));
    return;
  }
  const { placeOf, readPart, withRoomFor } = await import('./read-part.ts');
  const drawing = drawingNow();
  if (drawing === null) return;
  const part = readPart(source, topologyOf(drawing));
  if (!part.ok) {
    await refuseFor(text('paste.refused'), part.problems);
    return;
  }
  pasted = { source, times: pasted.source === source ? pasted.times + 1 : 1 };
  const off = PASTE_STEP * pasted.times;
  let copies: readonly string[] = [];
  edit((now) => {
    const copied = withCopies(now, part.value, (node) => placeOf(topologyOf(now), node, off));
    copies = copied.ids;
    return withRoomFor(copied.drawing, copies);
  });
  select(copies);
  focusOnCanvas(copies[0]);
}

/** Puts every card where its wires are short and run with the flow. */
export async function layOut(): Promise<void> {
  const { laidOut } = await import('./lay-out.ts');
  edit((now) =>
    moveNodes(
      now,
      laidOut(topologyOf(now), (node) => cardSize(node, false)),
    ),
  );
}
