// The look of a drawing apart from what runs: names, places, sizes, comments, knobs on cards. No edit of them is a command, so a run
// that is made again from its commands has to be given them back.

import type { NodeDocument } from '../../sim-engine/topology/document.ts';
import { type Drawing, topologyOf, withTopology } from './drawing.ts';

/** What runs in `ran`, with the looks that `looks` has for the same nodes and wires. */
export function withLooks(ran: Drawing, looks: Drawing): Drawing {
  const topology = topologyOf(ran);
  const nodes = new Map(topologyOf(looks).nodes.map((node) => [node.id, node]));
  const wires = new Map(topologyOf(looks).wires.map((wire) => [wire.id, wire]));
  return withTopology(looks, {
    ...topologyOf(looks),
    nodes: topology.nodes.map(({ id, kind, parent, params, ...own }) => {
      const { id: _, kind: __, parent: ___, params: ____, ...look } = nodes.get(id) ?? { id, kind, ...own };
      return {
        ...look,
        id,
        kind,
        ...(parent === undefined ? {} : { parent }),
        ...(params === undefined ? {} : { params }),
      } as NodeDocument;
    }),
    wires: topology.wires.map((wire) => {
      const { comment } = wires.get(wire.id) ?? wire;
      return comment === undefined ? wire : { ...wire, comment };
    }),
  });
}
