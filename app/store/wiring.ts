// What may be wired to what in this drawing, and why not, in words. The rules are the engine's (`topology/connect.ts`); here they
// are asked before a wire is drawn, so that a wrong one is refused while it is still in the hand.

import { nodeKind, wireKind } from '../../sim-engine/nodes/declarations.ts';
import { type Connectable, canConnect, portAt, wiresBetween } from '../../sim-engine/topology/connect.ts';
import type { NodeDocument, TopologyDocument, WireDocument } from '../../sim-engine/topology/document.ts';
import { named, text } from '../messages/text.ts';
import { nodeName } from './node-name.ts';

/** What a wire that is drawn from one node to another is, by the kinds of the two and the port; null where none leads there. */
export function wireBetween(
  { nodes }: TopologyDocument,
  from: string,
  to: string,
  port?: string | null,
): Pick<WireDocument, 'kind' | 'params'> | null {
  const kindOf = (id: string) => nodes.find((node) => node.id === id)?.kind;
  const [fromKind, toKind] = [kindOf(from), kindOf(to)];
  if (from === to || fromKind === undefined || toKind === undefined) return null;
  const connectable = connectableAt(fromKind, toKind, port);
  if (!connectable.ok) return null;
  const { wire } = connectable;
  const source = nodeKind(fromKind);
  const params = source && portAt(source, wire, 'from')?.begins;
  return { kind: wire.type, ...(params && { params }) };
}

/** What leads from that port of one kind to another kind; without a port what is meant most often. */
function connectableAt(fromKind: string, toKind: string, port: string | null | undefined): Connectable {
  const [from, to] = [nodeKind(fromKind), nodeKind(toKind)];
  const wires = from === undefined || to === undefined ? [] : wiresBetween(from, to);
  const wire = wires.find((one) => from !== undefined && portAt(from, one, 'from')?.name === port);
  return wire === undefined ? canConnect(fromKind, toKind) : { ok: true, wire };
}

/** Ports of one node from which different kinds of wires lead to another; one or none where there is no choice. */
export function portsBetween(from: NodeDocument, to: NodeDocument): readonly { readonly port: string; readonly wire: string }[] {
  const [source, target] = [nodeKind(from.kind), nodeKind(to.kind)];
  if (source === undefined || target === undefined) return [];
  return wiresBetween(source, target).flatMap((wire) => {
    const port = portAt(source, wire, 'from')?.name;
    return port === undefined ? [] : [{ port, wire: wire.label }];
  });
}

/** Why no wire can be drawn from one node to another, in a sentence or two; null where one can. */
export function whyNoWire(topology: TopologyDocument, from: string, to: string, port?: string | null): string | null {
  const [source, target] = [from, to].map((id) => topology.nodes.find((node) => node.id === id));
  if (source === undefined || target === undefined) return text('wiring.gone');
  const names = { from: nodeName(source), to: nodeName(target) };
  if (from === to) return text('wiring.itself', names);
  const connectable = connectableAt(source.kind, target.kind, port);
  if (!connectable.ok) {
    const values = worded(connectable.values);
    const sentence = named(`problem.${connectable.code}`, values);
    // Of an end of the line the remedy would speak of a wire that is drawn already.
    return connectable.code === 'wire-from-end' ? sentence : `${sentence} ${named(`problem.${connectable.code}.remedy`, values)}`;
  }
  const { wires } = topology;
  const kind = connectable.wire.type;
  const { isInner, isRepeatable } = connectable.wire;
  if (isInner && source.parent !== target.parent) return text('wiring.apart', names);
  const isThere = wires.some((wire) => wire.from === from && wire.to === to && wire.kind === kind);
  if (isThere && !isRepeatable) return text('wiring.doubled', names);
  for (const end of ['from', 'to'] as const) {
    const node = end === 'from' ? source : target;
    const declared = nodeKind(node.kind);
    const most = declared && portAt(declared, connectable.wire, end)?.maxWires;
    const taken = wires.filter((wire) => wire.kind === kind && wire[end] === node.id).length;
    if (most !== undefined && taken >= most) {
      return text('wiring.full', { node: nodeName(node), wire: named(connectable.wire.label).toLowerCase(), most });
    }
  }
  return leadsBack(topology, from, to, kind) ? text('wiring.circle', names) : null;
}

/** Whether this wire would close a circle of wires that carry messages: whether one comes back from its end to its beginning. */
function leadsBack({ wires }: TopologyDocument, from: string, to: string, kind: string): boolean {
  if (!wireKind(kind)?.travels) return false;
  const onward = onwardBy(wires);
  const seen = new Set([to]);
  for (const node of seen) {
    if (node === from) return true;
    for (const next of onward.get(node) ?? []) seen.add(next);
  }
  return false;
}

/** Kept for as long as the wires are: every card is asked about while one wire is in the hand. */
const onwardOf = new WeakMap<readonly WireDocument[], ReadonlyMap<string, readonly string[]>>();

function onwardBy(wires: readonly WireDocument[]): ReadonlyMap<string, readonly string[]> {
  const known = onwardOf.get(wires);
  if (known !== undefined) return known;
  const onward = new Map<string, string[]>();
  for (const { kind, from, to } of wires) {
    if (!wireKind(kind)?.travels) continue;
    const list = onward.get(from);
    if (list === undefined) onward.set(from, [to]);
    else list.push(to);
  }
  onwardOf.set(wires, onward);
  return onward;
}

/** Holes that hold kinds, as words of people. */
function worded(values: { readonly [hole: string]: string | number }): { [hole: string]: string | number } {
  return Object.fromEntries(
    Object.entries(values).map(([hole, value]) => [
      hole,
      String(value)
        .split(', ')
        .map((kind) => {
          const declared = nodeKind(kind);
          return declared === undefined ? kind : named(declared.label).toLowerCase();
        })
        .join(', '),
    ]),
  );
}
