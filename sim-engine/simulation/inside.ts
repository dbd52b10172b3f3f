// What a node holds at this moment, as tables: those of all its actors, or of a part by the actors of its container, whose lists are put
// together. Asked by the engine's host; reads only, and every table is bounded.

import { type Inside, type InsideCell, type InsideTable, ROWS_TOLD_MAX } from '../world/inside.ts';
import type { Simulation } from './simulation.ts';

/** Nothing for a node that is not in the drawing, or of a kind that has nothing to show. `detail`: of this alone, as a cell of it says. */
export function insideOf({ assembly, topology, world }: Simulation, node: string, detail = ''): Inside {
  const container = topology.nodes.find(({ id }) => id === node)?.parent;
  const actors = assembly.actorsOfNode(container ?? node);
  const isOneOfSeveral = actors.length > 1;
  const told = actors.map(({ ix, member }) => {
    const own = world.actors[ix]?.inside?.(container === undefined ? '' : node, detail) ?? [];
    return isOneOfSeveral && member !== '' ? own.map((table) => ({ ...table, member })) : own;
  });
  return container === undefined ? told.flat() : together(told);
}

/**
 * What several actors list of one part under one title is one list, in order of its first column. Tables stand as the actor has them who
 * tells most.
 */
function together(told: readonly Inside[]): Inside {
  const byTitle = new Map<string, InsideTable>();
  const tables = [...told].sort((a, b) => b.length - a.length).flat();
  for (const table of tables) {
    const { isFacts, member, title, ...rest } = table;
    const known = byTitle.get(title);
    const isAlone = tables.filter((other) => other.title === title).length === 1;
    if (isFacts && !isAlone) byTitle.set(`${title} ${member}`, table);
    else byTitle.set(title, known === undefined ? { ...rest, isFacts, title } : joined(known, table));
  }
  return [...byTitle.values()];
}

function joined(a: InsideTable, b: InsideTable): InsideTable {
  const columns = [...a.columns];
  b.columns.forEach((column, at) => {
    if (columns.some(({ key }) => key === column.key)) return;
    const before = b.columns[at - 1]?.key;
    columns.splice(columns.findIndex(({ key }) => key === before) + 1, 0, column);
  });
  const places = (table: InsideTable) => columns.map(({ key }) => table.columns.findIndex((column) => column.key === key));
  const rows = [a, b].flatMap((table) => {
    const from = places(table);
    return table.rows.map((row) => from.map((at) => row[at] ?? null));
  });
  rows.sort((one, other) => compared(one[0] ?? null, other[0] ?? null));
  return { ...a, columns, rows: rows.slice(0, ROWS_TOLD_MAX), total: a.total + b.total };
}

/** Texts that end in a number in order of it: `orders-9` before `orders-10`. */
function compared(a: InsideCell, b: InsideCell): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const [name, number] = ending(a);
  const [otherName, otherNumber] = ending(b);
  return name === otherName ? number - otherNumber : name < otherName ? -1 : 1;
}

function ending(cell: InsideCell): readonly [name: string, number: number] {
  const found = /^(.*?)(\d*)$/.exec(String(cell));
  return [found?.[1] ?? '', Number(found?.[2])];
}
