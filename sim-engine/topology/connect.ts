// What may be wired to what, purely from ports and wire kinds. The canvas asks `canConnect` while a wire is being drawn, the
// parser asks `checkWires` for a whole document; so a drawing that could be made can also be loaded. Knows no kind by name.

import { MESSAGES_END_AT } from '../nodes/declarations.ts';
import type { NodeKind, Port, WireKind } from '../nodes/node-kind.ts';
import type { Problem } from './document.ts';
import { inside, isFull, listed, type Place, type ProblemCode, type ProblemValues, report } from './problems.ts';
import { KINDS, type KindRegistry } from './registry.ts';

export type Connectable =
  | { readonly ok: true; readonly wire: WireKind }
  | { readonly ok: false; readonly code: ProblemCode; readonly values: ProblemValues };

/** The kind of wire that joins a node of one kind to a node of another along the flow of messages, or why there is none. */
export function canConnect(fromKind: string, toKind: string, kinds: KindRegistry = KINDS): Connectable {
  const from = kinds.nodeKinds.get(fromKind);
  const to = kinds.nodeKinds.get(toKind);
  if (from === undefined) return { ok: false, code: 'unknown-kind', values: { found: fromKind, known: knownKinds(kinds) } };
  if (to === undefined) return { ok: false, code: 'unknown-kind', values: { found: toKind, known: knownKinds(kinds) } };
  const [wire] = wiresBetween(from, to, kinds);
  if (wire !== undefined) return { ok: true, wire };
  return { ok: false, ...whyNot(from, to, kinds) };
}

/** All kinds of wire that fit, in the order of their declaration. */
export function wiresBetween(from: NodeKind, to: NodeKind, kinds: KindRegistry = KINDS): readonly WireKind[] {
  if (from.accepts !== undefined || to.accepts !== undefined) return [];
  return [...kinds.wireKinds.values()].filter((wire) => portAt(from, wire, 'from') && portAt(to, wire, 'to'));
}

/** The port of a node at which a wire of this kind starts (`from`) or ends (`to`). The first that fits. */
export function portAt(node: NodeKind, wire: WireKind, end: 'from' | 'to'): Port | undefined {
  const direction = end === 'from' ? 'out' : 'in';
  return node.ports.find((port) => port.direction === direction && wire[end].includes(port.type));
}

const knownKinds = (kinds: KindRegistry): string => listed([...kinds.nodeKinds.keys()]);

function whyNot(from: NodeKind, to: NodeKind, kinds: KindRegistry): { code: ProblemCode; values: ProblemValues } {
  const values = { fromKind: from.type, toKind: to.type };
  if (from.accepts !== undefined) return { code: 'wire-out-of-container', values: { ...values, parts: listed(from.accepts) } };
  if (to.accepts !== undefined) return { code: 'wire-into-container', values: { ...values, parts: listed(to.accepts) } };
  if (wiresBetween(to, from, kinds).length > 0) return { code: 'wire-wrong-way', values };
  const everyKind = [...kinds.nodeKinds.values()];
  const between = everyKind.filter(
    (kind) =>
      !MESSAGES_END_AT.has(kind.type) && wiresBetween(from, kind, kinds).length > 0 && wiresBetween(kind, to, kinds).length > 0,
  );
  if (between.length > 0) return { code: 'wire-needs-between', values: { ...values, between: typesOf(between) } };
  const next = everyKind.filter((kind) => wiresBetween(from, kind, kinds).length > 0);
  if (next.length === 0) return { code: 'wire-from-end', values };
  return { code: 'wire-forbidden', values: { ...values, next: typesOf(next) } };
}

const typesOf = (kinds: readonly NodeKind[]): string => listed(kinds.map((kind) => kind.type));

// ------------------------------------------------------------------ a whole document

/** A wire whose skeleton is sound. */
export interface SketchedWire {
  readonly id: string;
  readonly kind: string;
  readonly from: string;
  readonly to: string;
  readonly place: Place;
}
export interface SketchedNode {
  readonly id: string;
  readonly kind: string;
  readonly parent?: string;
  readonly place: Place;
}

/**
 * The rules for every wire by itself and for the wires of one port and one pair together. Answers with the wires that join
 * what may be joined.
 */
export function checkWires(
  wires: readonly SketchedWire[],
  nodes: ReadonlyMap<string, SketchedNode>,
  kinds: KindRegistry,
  problems: Problem[],
): readonly SketchedWire[] {
  const sound: SketchedWire[] = [];
  const pairs = new Map<string, string>();
  const wiresAtPort = new Map<string, number>();
  for (const wire of wires) {
    if (isFull(problems)) break;
    const kind = kinds.wireKinds.get(wire.kind);
    const from = endOf(wire, 'from', nodes, problems);
    const to = endOf(wire, 'to', nodes, problems);
    if (from === undefined || to === undefined || kind === undefined) continue;
    if (wire.from === wire.to && !kind.isRepeatable) {
      report(problems, 'wire-to-itself', wire.place, { wire: wire.id, node: wire.from });
    } else if (checkFit(wire, kind, from, to, kinds, problems)) {
      sound.push(wire);
      if (!kind.isRepeatable) checkDoubled(wire, pairs, problems);
      countAtPort(wire, kind, 'from', from, wiresAtPort, kinds, problems);
      countAtPort(wire, kind, 'to', to, wiresAtPort, kinds, problems);
    }
  }
  return sound;
}

function endOf(
  wire: SketchedWire,
  end: 'from' | 'to',
  nodes: ReadonlyMap<string, SketchedNode>,
  problems: Problem[],
): SketchedNode | undefined {
  const node = nodes.get(wire[end]);
  if (node === undefined) report(problems, 'wire-dangling', inside(wire.place, end), { wire: wire.id, end, node: wire[end] });
  return node;
}

function checkFit(
  wire: SketchedWire,
  kind: WireKind,
  from: SketchedNode,
  to: SketchedNode,
  kinds: KindRegistry,
  problems: Problem[],
): boolean {
  const fromKind = kinds.nodeKinds.get(from.kind);
  const toKind = kinds.nodeKinds.get(to.kind);
  // An unknown kind is a problem of its node. Saying more about its wires would be guessing.
  if (fromKind === undefined || toKind === undefined) return false;
  const fitting = wiresBetween(fromKind, toKind, kinds);
  if (fitting.includes(kind)) return !kind.isInner || checkInner(wire, from, to, problems);
  if (fitting.length > 0) {
    const values = { fromKind: from.kind, toKind: to.kind, found: wire.kind, known: listed(fitting.map((fit) => fit.type)) };
    report(problems, 'wire-of-wrong-kind', inside(wire.place, 'kind'), values);
    return false;
  }
  const { code, values } = whyNot(fromKind, toKind, kinds);
  report(problems, code, wire.place, { ...values, wire: wire.id, from: from.id, to: to.id });
  return false;
}

/** Both ends of what goes on inside a container lie in the same one. */
function checkInner(wire: SketchedWire, from: SketchedNode, to: SketchedNode, problems: Problem[]): boolean {
  if (from.parent === to.parent) return true;
  report(problems, 'wire-between-containers', wire.place, { wire: wire.id, from: from.id, to: to.id });
  return false;
}

/**
 * Two wires of one kind between the same two nodes would be two subscriptions, or one reader counted twice, that look like
 * one line: every message copied twice, or a reader with a double share. Who wants that says so with a second node or with
 * concurrency. Wires of different kinds between a pair do different things and are allowed.
 */
function checkDoubled(wire: SketchedWire, pairs: Map<string, string>, problems: Problem[]): void {
  const pair = `${wire.kind}\n${wire.from}\n${wire.to}`;
  const first = pairs.get(pair);
  if (first === undefined) pairs.set(pair, wire.id);
  else report(problems, 'wire-doubled', wire.place, { wire: wire.id, first, from: wire.from, to: wire.to });
}

function countAtPort(
  wire: SketchedWire,
  kind: WireKind,
  end: 'from' | 'to',
  node: SketchedNode,
  wiresAtPort: Map<string, number>,
  kinds: KindRegistry,
  problems: Problem[],
): void {
  const nodeKind = kinds.nodeKinds.get(node.kind);
  const port = nodeKind && portAt(nodeKind, kind, end);
  if (port?.maxWires === undefined) return;
  const key = `${node.id}\n${port.name}`;
  const count = (wiresAtPort.get(key) ?? 0) + 1;
  wiresAtPort.set(key, count);
  if (count <= port.maxWires) return;
  report(problems, 'port-full', wire.place, { wire: wire.id, node: node.id, wireKind: wire.kind, most: port.maxWires });
}

/** Parts lie in containers that accept them, and no container lies in itself. */
export function checkParents(nodes: ReadonlyMap<string, SketchedNode>, kinds: KindRegistry, problems: Problem[]): void {
  const settled = new Set<string>();
  for (const node of nodes.values()) {
    if (isFull(problems)) return;
    if (node.parent === undefined) {
      checkStandsAlone(node, kinds, problems);
      continue;
    }
    const place = inside(node.place, 'parent');
    const parent = nodes.get(node.parent);
    const parentKind = parent && kinds.nodeKinds.get(parent.kind);
    if (parent === undefined) report(problems, 'parent-missing', place, { node: node.id, parent: node.parent });
    else if (parentKind === undefined) continue;
    else if (parentKind.accepts === undefined) {
      report(problems, 'parent-no-container', place, { node: node.id, parent: node.parent, parentKind: parent.kind });
    } else if (kinds.nodeKinds.has(node.kind) && !parentKind.accepts.includes(node.kind)) {
      const values = { nodeKind: node.kind, parentKind: parent.kind, parent: node.parent, parts: listed(parentKind.accepts) };
      report(problems, 'parent-refuses', place, values);
    }
    checkAncestors(node, nodes, settled, problems);
  }
}

/** A part lies in a container. */
function checkStandsAlone(node: SketchedNode, kinds: KindRegistry, problems: Problem[]): void {
  if (!kinds.nodeKinds.get(node.kind)?.isPart) return;
  const homes = [...kinds.nodeKinds.values()].filter(({ accepts }) => accepts?.includes(node.kind)).map(({ type }) => type);
  report(problems, 'parent-needed', node.place, { node: node.id, nodeKind: node.kind, homes: listed(homes) });
}

/** Follows the parents of `node`; each node is followed once in all, so that long chains cost no more than their length. */
function checkAncestors(
  node: SketchedNode,
  nodes: ReadonlyMap<string, SketchedNode>,
  settled: Set<string>,
  problems: Problem[],
): void {
  const chain = new Set<string>();
  let at: SketchedNode | undefined = node;
  while (at !== undefined && !settled.has(at.id) && !chain.has(at.id)) {
    chain.add(at.id);
    at = at.parent === undefined ? undefined : nodes.get(at.parent);
  }
  if (at !== undefined && chain.has(at.id)) {
    const loop = [...chain].slice([...chain].indexOf(at.id));
    report(problems, 'parent-cycle', inside(at.place, 'parent'), { loop: listed([...loop, at.id], ' → ') });
  }
  for (const id of chain) settled.add(id);
}
