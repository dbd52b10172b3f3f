// What can be done to a node or a wire by its menu, with values worth trying first: what ends a fault that is on stands before what
// begins one. Pure.

import { nodeKind, wireKind } from '../../sim-engine/nodes/declarations.ts';
import type { TopologyDocument } from '../../sim-engine/topology/document.ts';
import { type Act, type FaultMark, isEnd, oppositeOf, targetOf } from '../store/faults.ts';

const S = 1e9;

/** Acts to choose from; null for a wire that costs no time and cannot fail, and for what is not drawn. */
export function choicesFor(topology: TopologyDocument, id: string, running: readonly Act[]): readonly Act[] | null {
  const node = topology.nodes.find((one) => one.id === id);
  const wire = topology.wires.find((one) => one.id === id);
  const own = running.filter((act) => targetOf(act) === id);
  const ends = own.flatMap((act) => oppositeOf(act) ?? []);
  if (node !== undefined) return [...ends, ...nodeActs(id, node.kind, own)];
  if (wire === undefined || wireKind(wire.kind)?.travels !== true) return null;
  return [
    ...ends,
    { type: 'cut', wire: id, forNs: 5 * S },
    { type: 'cut', wire: id },
    { type: 'delay', wire: id, extraNs: 0.2 * S, forNs: 10 * S },
    { type: 'delay', wire: id, extraNs: 2 * S, forNs: 10 * S },
    { type: 'lose', wire: id, share: 0.1, forNs: 10 * S },
    { type: 'lose', wire: id, share: 0.5, forNs: 10 * S },
  ];
}

function nodeActs(node: string, kind: string, own: readonly Act[]): readonly Act[] {
  const isDown = own.some((act) => act.type === 'crash');
  const acts: Act[] = [];
  if (!isDown) acts.push({ type: 'crash', node, forNs: 5 * S }, { type: 'crash', node });
  acts.push({ type: 'slow', node, factor: 3, forNs: 10 * S }, { type: 'slow', node, factor: 10, forNs: 10 * S });
  if (!isDown) acts.push({ type: 'stall', node, forNs: 5 * S });
  // Sending and redriving are done by the process itself.
  if (kind === 'sender' && !isDown)
    acts.push({ type: 'burst', node, count: 50 }, { type: 'burst', node, count: 200, overNs: 2 * S });
  if (kind === 'sender') acts.push({ type: 'poison', node, share: 0.2, forNs: 10 * S });
  if (nodeKind(kind)?.ports.some((port) => port.type === 'dead-letters') && !isDown) {
    acts.push({ type: 'redrive', node, count: 1 }, { type: 'redrive', node });
  }
  return acts;
}

/** Faults that are on at a moment. What only happens once is never on. */
export function runningAt(marks: readonly FaultMark[], nowNs: number): readonly Act[] {
  return marks
    .filter(({ atNs, endNs, command }) => {
      if (atNs > nowNs || isEnd(command) || command.type === 'burst' || command.type === 'redrive') return false;
      return endNs === null || endNs > nowNs;
    })
    .map(({ command }) => command);
}
