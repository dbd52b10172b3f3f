// The bindings that start at an exchange, those that take what is tried first. Pure.

import type { TopologyDocument, WireDocument } from '../../sim-engine/topology/document.ts';
import { wireLabels } from '../node-views/wire-labels.ts';
import { nameOf } from '../store/drawing.ts';

export interface TriedBinding {
  readonly id: string;
  readonly label: string;
  /** Name of what it leads to. */
  readonly to: string;
  readonly isTaken: boolean;
}

export function bindingsOf(topology: TopologyDocument, exchange: string, lit: readonly string[]): readonly TriedBinding[] {
  const taken = new Set(lit);
  const labels = wireLabels(topology);
  const own = topology.wires.filter(({ kind, from }) => kind === 'binding' && from === exchange);
  const shown = ({ id, to }: WireDocument): TriedBinding => ({
    id,
    label: labels.get(id) ?? '',
    to: nameOf(topology, to),
    isTaken: taken.has(id),
  });
  return [...own.filter(({ id }) => taken.has(id)), ...own.filter(({ id }) => !taken.has(id))].map(shown);
}
