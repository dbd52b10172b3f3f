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

/** Widths of rows that are tried, as factors of the screen's: a long drawing is larger on the screen when its rows are wider. */
const WIDTHS = [1, 1.2, 1.4, 1.6, 1.8, 2];

type SizeOf = (node: NodeDocument) => Size;

/** Positions of all nodes, in rows of the width with which the whole drawing is shown largest on a screen of this size. */
export function turned(nodes: readonly NodeDocument[], sizeOf: SizeOf, screen: Size): ReadonlyMap<string, Position> {
  let best: { readonly positions: ReadonlyMap<string, Position>; readonly scale: number } | null = null;
  for (const factor of WIDTHS) {
    const positions = inRows(nodes, sizeOf, screen.width * factor);
    const { width, height } = extentOf(nodes, sizeOf, positions);
    const scale = Math.min(1, screen.width / width, screen.height / height);
    if (best === null || scale > best.scale) best = { positions, scale };
  }
  return best?.positions ?? new Map();
}

function extentOf(nodes: readonly NodeDocument[], sizeOf: SizeOf, positions: ReadonlyMap<string, Position>): Size {
  const placed = nodes.map((node) => ({ at: positions.get(node.id) ?? { x: 0, y: 0 }, size: sizeOf(node) }));
  const left = Math.min(...placed.map(({ at }) => at.x));
  const right = Math.max(...placed.map(({ at, size }) => at.x + size.width));
  return { width: right - left, height: Math.max(...placed.map(({ at, size }) => at.y + size.height)) };
}

/** Positions of all nodes in rows of at most `width`. */
function inRows(nodes: readonly NodeDocument[], sizeOf: SizeOf, width: number): ReadonlyMap<string, Position> {
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

function rowsOf(column: readonly NodeDocument[], sizeOf: SizeOf, width: number): NodeDocument[][] {
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
