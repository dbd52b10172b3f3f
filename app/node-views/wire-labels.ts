// What is written on the wires inside a broker: the key of a binding, or how many headers it asks for, as the exchange at its start
// looks at it. Pure.

import type { NodeDocument, TopologyDocument, WireDocument } from '../../sim-engine/topology/document.ts';
import { rabbitText } from '../messages/rabbitmq.ts';
import { fieldOf } from '../store/params.ts';

const known = new WeakMap<TopologyDocument, ReadonlyMap<string, string>>();

/** By id of the wire, for all that have something written on them. Kept for as long as the drawing is. */
export function wireLabels(topology: TopologyDocument): ReadonlyMap<string, string> {
  const before = known.get(topology);
  if (before !== undefined) return before;
  const nodes = new Map(topology.nodes.map((node) => [node.id, node]));
  const labels = new Map(
    topology.wires.flatMap((wire) => {
      const label = labelOf(wire, nodes.get(wire.from));
      return label === '' ? [] : [[wire.id, label] as const];
    }),
  );
  known.set(topology, labels);
  return labels;
}

function labelOf(wire: WireDocument, source: NodeDocument | undefined): string {
  switch (wire.kind) {
    case 'binding':
      return source === undefined ? '' : bindingLabel(wire, String(fieldOf(source, 'type')));
    case 'alternate':
      return rabbitText('label.alternate');
    case 'rabbitmq-dead-letter':
      return String(fieldOf(wire, 'routingKey'));
    default:
      return '';
  }
}

function bindingLabel(wire: WireDocument, type: string): string {
  switch (type) {
    case 'fanout':
      return rabbitText('label.all');
    case 'headers':
      return headersLabel(fieldOf(wire, 'arguments') as object);
    case 'x-consistent-hash':
      return rabbitText('label.weight', { weight: Number(fieldOf(wire, 'weight')) });
    default:
      return String(fieldOf(wire, 'routingKey')) || rabbitText('label.no-key');
  }
}

/** Arguments that begin with x- are about the binding itself. */
function headersLabel(args: object): string {
  const count = Object.keys(args).filter((name) => !name.startsWith('x-')).length;
  if (count === 0) return rabbitText('label.headers.none');
  return count === 1 ? rabbitText('label.headers.one') : rabbitText('label.headers', { count });
}
