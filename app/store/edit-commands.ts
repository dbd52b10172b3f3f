// What the engine has to be told so that the run follows the drawing: the difference between two documents as commands. Edits,
// undo and redo all come through here, so that a run can never drift from what is drawn. Positions, names and comments are
// no difference.

import type { Command } from '../../sim-engine/simulation/commands.ts';
import type { NodeDocument, WireDocument } from '../../sim-engine/topology/document.ts';
import { outerFirst } from './containers.ts';
import { type Drawing, topologyOf } from './drawing.ts';

/** The one command that leads from `before` to `after`, or null if the run does not care. */
export function commandBetween(before: Drawing, after: Drawing): Command | null {
  if (before === after) return null;
  const old = topologyOf(before);
  const next = topologyOf(after);
  const oldWires = byId(old.wires);
  const oldNodes = byId(old.nodes);
  const nextWires = byId(next.wires);
  const nextNodes = byId(next.nodes);
  const outerOld = outerFirst(old);
  const outerNext = outerFirst(next);
  const kept = new Set<string>();
  // A container that goes takes along what lies in it, and every node its wires.
  for (const { id } of outerNext) {
    const [was, is] = [oldNodes.get(id), nextNodes.get(id)];
    if (isSameThing(was, is) && (is?.parent === undefined || kept.has(is.parent))) kept.add(id);
  }
  const keptNode = (node: NodeDocument) => kept.has(node.id);
  const keptWire = (wire: WireDocument) =>
    isSameThing(oldWires.get(wire.id), nextWires.get(wire.id)) && kept.has(wire.from) && kept.has(wire.to);
  const edits: Command[] = [
    // Wires go before their nodes and come after them, parts go before their containers and come after them.
    ...old.wires.filter((wire) => !keptWire(wire)).map(({ id }): Command => ({ type: 'removeWire', wire: id })),
    ...outerOld
      .filter((node) => !keptNode(node))
      .reverse()
      .map(({ id }): Command => ({ type: 'removeNode', node: id })),
    ...outerNext.filter((node) => !keptNode(node)).map((node): Command => ({ type: 'addNode', node })),
    ...next.wires.filter((wire) => !keptWire(wire)).map((wire): Command => ({ type: 'addWire', wire })),
    ...next.nodes.filter(keptNode).flatMap((node) => paramCommands(oldNodes.get(node.id) as NodeDocument, node)),
    ...next.wires.filter(keptWire).flatMap((wire) => paramCommands(oldWires.get(wire.id) as WireDocument, wire)),
  ];
  return edits.length > 1 ? { type: 'edit', edits } : (edits[0] ?? null);
}

type Thing = NodeDocument | WireDocument;

const byId = <T extends Thing>(things: readonly T[]): ReadonlyMap<string, T> => new Map(things.map((thing) => [thing.id, thing]));

/** Same id is not enough: an id may have been given to something else meanwhile. */
function isSameThing(a: Thing | undefined, b: Thing | undefined): boolean {
  if (a === undefined || b === undefined || a.kind !== b.kind) return false;
  if ('from' in a && 'from' in b) return a.from === b.from && a.to === b.to;
  return (a as NodeDocument).parent === (b as NodeDocument).parent;
}

function paramCommands(before: Thing, after: Thing): Command[] {
  if (before.params === after.params) return [];
  const old = before.params ?? {};
  const next = after.params ?? {};
  const fields = [...new Set([...Object.keys(old), ...Object.keys(next)])].sort((a, b) => (a < b ? -1 : 1));
  return fields
    .filter((field) => JSON.stringify(old[field]) !== JSON.stringify(next[field]))
    .map((field) => ({ type: 'setParam', target: after.id, field, value: next[field] }));
}
