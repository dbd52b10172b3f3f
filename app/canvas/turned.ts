// The drawing for a narrow screen: the same flow turned to run down. Columns of the wide drawing become rows that fit the width.
// Only a way of looking: the positions in the document stay as they are. Pure.

import type { NodeDocument, Position } from '../../sim-engine/topology/document.ts';

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Nodes that begin within this distance stand in one column. */
const COLUMN = 150;
const ROW_GAP = 46;
const GAP = 13;

/** Positions of all nodes in rows of at most `width`. */
export function turned(
  nodes: readonly NodeDocument[],
  sizeOf: (node: NodeDocument) => Size,
  width: number,
): ReadonlyMap<string, Position> {
  const positions = new Map<string, Position>();
  let y = 0;
  for (const row of columnsOf(nodes).flatMap((column) => rowsOf(column, sizeOf, width))) {
    const sizes = row.map(sizeOf);
    const used = sizes.reduce((sum, size) => sum + size.width, 0);
    const gap = Math.min((width - used) / Math.max(1, row.length - 1), 24);
    const height = Math.max(...sizes.map((size) => size.height));
    let x = (width - used - gap * (row.length - 1)) / 2;
    row.forEach((node, ix) => {
      const size = sizes[ix] as Size;
      positions.set(node.id, { x, y: y + (height - size.height) / 2 });
      x += size.width + gap;
    });
    y += height + ROW_GAP;
  }
  return positions;
}

function columnsOf(nodes: readonly NodeDocument[]): NodeDocument[][] {
  const at = (node: NodeDocument) => node.position ?? { x: 0, y: 0 };
  const ordered = [...nodes].sort((a, b) => at(a).x - at(b).x || (a.id < b.id ? -1 : 1));
  const columns: NodeDocument[][] = [];
  let start = Number.NEGATIVE_INFINITY;
  for (const node of ordered) {
    if (at(node).x - start > COLUMN) {
      columns.push([]);
      start = at(node).x;
    }
    columns.at(-1)?.push(node);
  }
  for (const column of columns) column.sort((a, b) => at(a).y - at(b).y || (a.id < b.id ? -1 : 1));
  return columns;
}

function rowsOf(column: readonly NodeDocument[], sizeOf: (node: NodeDocument) => Size, width: number): NodeDocument[][] {
  const rows: NodeDocument[][] = [[]];
  let used = 0;
  for (const node of column) {
    const own = sizeOf(node).width;
    if (used > 0 && used + own > width) {
      rows.push([]);
      used = 0;
    }
    rows.at(-1)?.push(node);
    used += own + GAP;
  }
  return rows;
}
