// Where a new card is put: in line with the cards there are, where it touches none. Pure.

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Least distance between two cards, and the grid that cards snap to. */
const GAP = 24;
const GRID = 8;

/** Upper left corner of the first free place: down each column in turn, within the height of the drawing; else below it. */
export function freeSpot(
  cards: readonly Box[],
  size: { readonly width: number; readonly height: number },
): { x: number; y: number } {
  if (cards.length === 0) return { x: 0, y: 0 };
  const top = Math.min(...cards.map((card) => card.y));
  const bottom = Math.max(...cards.map((card) => card.y + card.height));
  const columns = [...new Set(cards.map((card) => card.x))].sort((a, b) => a - b);
  for (const x of columns) {
    for (let y = snapped(top); y + size.height <= bottom; y += GRID) {
      if (!cards.some((card) => isNear(card, { x, y, ...size }))) return { x, y };
    }
  }
  return { x: columns[0] as number, y: snapped(bottom + GAP) };
}

const snapped = (length: number): number => Math.ceil(length / GRID) * GRID;

const isNear = (a: Box, b: Box): boolean =>
  a.x < b.x + b.width + GAP && b.x < a.x + a.width + GAP && a.y < b.y + b.height + GAP && b.y < a.y + a.height + GAP;
