// Edits that a run made by itself, as the commands of its scenario ask, brought into the drawing and into every drawing that undo
// and redo know: undo takes back what people did, never what the scenario did. Pure.

import type { Command } from '../../sim-engine/simulation/commands.ts';
import type { NodeDocument } from '../../sim-engine/topology/document.ts';
import { cardSize } from '../node-views/node-views.ts';
import { addNode, type Drawing, remove, setParam, topologyOf, withTopology } from '../store/drawing.ts';
import type { History } from '../store/history.ts';
import { freeSpot } from './free-spot.ts';

export function withScripted(history: History<Drawing>, command: Command): History<Drawing> {
  // Drawings that were the same stay the same, or an open gesture would become a step by itself.
  const known = new Map<Drawing, Drawing>();
  const follow = (drawing: Drawing): Drawing => {
    const next = known.get(drawing) ?? withCommand(drawing, command);
    known.set(drawing, next);
    return next;
  };
  const { past, present, future, before } = history;
  return {
    past: past.map(follow),
    present: follow(present),
    future: future.map(follow),
    before: before === null ? null : follow(before),
  };
}

/** The drawing after a command; what it cannot have there is left out. Faults change no drawing. */
export function withCommand(drawing: Drawing, command: Command): Drawing {
  const topology = topologyOf(drawing);
  const has = (id: string) => topology.nodes.some((node) => node.id === id) || topology.wires.some((wire) => wire.id === id);
  switch (command.type) {
    case 'edit':
      return command.edits.reduce(withCommand, drawing);
    case 'setParam':
      return has(command.target) ? setParam(drawing, command.target, command.field, command.value) : drawing;
    case 'addNode':
      return has(command.node.id) ? drawing : addNode(drawing, placed(drawing, command.node));
    case 'addWire': {
      const { wire } = command;
      if (has(wire.id) || !has(wire.from) || !has(wire.to)) return drawing;
      return withTopology(drawing, { ...topology, wires: [...topology.wires, wire] });
    }
    case 'removeNode':
      return has(command.node) ? remove(drawing, new Set([command.node])) : drawing;
    case 'removeWire':
      return has(command.wire) ? remove(drawing, new Set([command.wire])) : drawing;
    default:
      return drawing;
  }
}

/** A command may say nothing of where its node stands. */
function placed(drawing: Drawing, node: NodeDocument): NodeDocument {
  if (node.position !== undefined) return node;
  const cards = topologyOf(drawing)
    .nodes.filter(({ parent }) => parent === node.parent)
    .map((one) => ({ ...(one.position ?? { x: 0, y: 0 }), ...cardSize(one, false) }));
  return { ...node, position: freeSpot(cards, cardSize(node, false)) };
}
