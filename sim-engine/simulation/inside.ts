// What a node holds at this moment, as tables: those of all its actors, or of a part by the actors of its container. Asked by the
// engine's host; reads only, and every table is bounded.

import type { Inside } from '../world/inside.ts';
import type { Simulation } from './simulation.ts';

/** Nothing for a node that is not in the drawing, or of a kind that has nothing to show. */
export function insideOf({ assembly, topology, world }: Simulation, node: string): Inside {
  const container = topology.nodes.find(({ id }) => id === node)?.parent;
  const actors = assembly.actorsOfNode(container ?? node);
  const isOneOfSeveral = actors.length > 1;
  return actors.flatMap(({ ix, member }) => {
    const tables = world.actors[ix]?.inside?.(container === undefined ? '' : node) ?? [];
    return isOneOfSeveral && member !== '' ? tables.map((table) => ({ ...table, member })) : tables;
  });
}
