// Where the parts of a container stand that nobody has placed yet: along the flow from left to right, a column after the other, what
// belongs together near one another. Plain and quick, for drawings of thousands of parts; the page can lay out anew with more care.

import { ceil, floor, max, sqrt } from '../kernel/exact-math.ts';
import type { Position } from '../topology/document.ts';

/** Between the corners of two cards: room for a card, its wires and their letters. */
const COLUMN = 304;
const ROW = 136;
/** Beside the container's edge, and below its name. */
const MARGIN: Position = { x: 24, y: 56 };
const CARD = { width: 204, height: 112 };
const GRID = 8;
/** A column with more cards than this, or than a square of all of them is high, goes on beside itself. */
const ROWS_MIN = 8;

export interface LaidParts {
  readonly positions: ReadonlyMap<string, Position>;
  readonly size: { readonly width: number; readonly height: number };
}

/** `ids` in the order in which they would be listed; `edges` along the flow. */
export function layParts(ids: readonly string[], edges: readonly (readonly [string, string])[]): LaidParts {
  const columns = ranked(ids, edges);
  const rowsMax = max(ROWS_MIN, ceil(sqrt(ids.length)));
  const placed = columns.flatMap((column) => split(column, rowsMax));
  const rows = placed.reduce((most, column) => max(most, column.length), 1);
  const positions = new Map<string, Position>();
  for (const [x, column] of placed.entries()) {
    const top = floor(((rows - column.length) * ROW) / 2 / GRID) * GRID;
    for (const [y, id] of column.entries()) positions.set(id, { x: MARGIN.x + x * COLUMN, y: MARGIN.y + top + y * ROW });
  }
  const size = {
    width: 2 * MARGIN.x + max(placed.length - 1, 0) * COLUMN + CARD.width,
    height: MARGIN.y + MARGIN.x + (rows - 1) * ROW + CARD.height,
  };
  return { positions, size };
}

/** Columns by the longest way to each; a circle is cut where it is entered first. */
function ranked(ids: readonly string[], edges: readonly (readonly [string, string])[]): readonly (readonly string[])[] {
  const after = new Map<string, string[]>(ids.map((id) => [id, []]));
  const before = new Map<string, string[]>(ids.map((id) => [id, []]));
  for (const [from, to] of edges) {
    if (from === to) continue;
    after.get(from)?.push(to);
    before.get(to)?.push(from);
  }
  const open = new Map(ids.map((id) => [id, (before.get(id) as string[]).length]));
  const rank = new Map<string, number>();
  const ready = ids.filter((id) => open.get(id) === 0);
  let nextOpen = 0;
  while (rank.size < ids.length) {
    while (ready.length === 0 && rank.has(ids[nextOpen] as string)) nextOpen++;
    const id = ready.shift() ?? (ids[nextOpen] as string);
    if (rank.has(id)) continue;
    const ranks = (before.get(id) as string[]).map((one) => rank.get(one) ?? -1);
    rank.set(id, ranks.reduce((most, one) => max(most, one), -1) + 1);
    for (const next of after.get(id) as string[]) {
      open.set(next, (open.get(next) as number) - 1);
      if (open.get(next) === 0) ready.push(next);
    }
  }
  return ordered(ids, rank, before);
}

/** In each column by the mean height of what leads there, so that wires cross little. */
function ordered(
  ids: readonly string[],
  rank: ReadonlyMap<string, number>,
  before: ReadonlyMap<string, readonly string[]>,
): readonly (readonly string[])[] {
  const columns: string[][] = [];
  for (const id of ids) {
    const column = rank.get(id) as number;
    while (columns.length <= column) columns.push([]);
    columns[column]?.push(id);
  }
  const height = new Map<string, number>();
  for (const column of columns) {
    const mean = new Map(column.map((id, at) => [id, meanOf(before.get(id) ?? [], height) ?? at]));
    column.sort((a, b) => (mean.get(a) as number) - (mean.get(b) as number));
    for (const [at, id] of column.entries()) height.set(id, (at + 0.5) / column.length);
  }
  return columns;
}

function meanOf(ids: readonly string[], height: ReadonlyMap<string, number>): number | undefined {
  const heights = ids.flatMap((id) => height.get(id) ?? []);
  return heights.length === 0 ? undefined : heights.reduce((sum, one) => sum + one, 0) / heights.length;
}

function split(column: readonly string[], rowsMax: number): readonly (readonly string[])[] {
  const count = ceil(column.length / rowsMax);
  const rows = ceil(column.length / max(count, 1));
  return Array.from({ length: count }, (_, i) => column.slice(i * rows, (i + 1) * rows));
}
