// Where a new card is put: in line with the cards there are, where it touches none; and who makes room for one that grows. Pure.

interface Size {
  readonly width: number;
  readonly height: number;
}
export interface Box extends Size {
  readonly x: number;
  readonly y: number;
}

/** Least distance between two cards, and the grid that cards snap to. */
const GAP = 24;
const GRID = 8;

/** Room for a wire and the letters on it. */
const WIRE_GAP = 112;
/** A drawing that grows to the right up to here can be seen whole in its true size beside the panels of a usual screen. */
const WIDE = 960;

/**
 * Upper left corner of the first free place. With `column` it is in the column that begins there, where others of its kind
 * stand and their wires come in. Else it is to the right, where the stream goes, as long as the drawing stays narrow; then down each
 * column in turn within the height of the drawing, or below it.
 */
export function freeSpot(cards: readonly Box[], size: Size, column?: number): { x: number; y: number } {
  if (cards.length === 0) return { x: 0, y: 0 };
  const top = snapped(Math.min(...cards.map((card) => card.y)));
  const bottom = Math.max(...cards.map((card) => card.y + card.height));
  const below = snapped(bottom + GAP);
  const left = Math.min(...cards.map((card) => card.x));
  const beside = columnAfter(cards);
  if (column === undefined && beside + size.width - left <= WIDE) return { x: beside, y: top };
  const columns = column === undefined ? [...new Set(cards.map((card) => card.x))].sort((a, b) => a - b) : [column];
  const last = column === undefined ? bottom - size.height : below;
  for (const x of columns) {
    for (let y = top; y <= last; y += GRID) {
      if (!cards.some((card) => isNear(card, { x, y, ...size }))) return { x, y };
    }
  }
  return { x: columns[0] as number, y: below };
}

/** A column to the right of all cards, with room for wires. */
export const columnAfter = (cards: readonly Box[]): number =>
  snapped(Math.max(...cards.map((card) => card.x + card.width)) + WIRE_GAP);

/** And one to the left. */
export const columnBefore = (cards: readonly Box[], { width }: Pick<Size, 'width'>): number =>
  -snapped(width + WIRE_GAP - Math.min(...cards.map((card) => card.x)));

const snapped = (length: number): number => Math.ceil(length / GRID) * GRID;

const isNear = (a: Box, b: Box): boolean =>
  a.x < b.x + b.width + GAP && b.x < a.x + a.width + GAP && a.y < b.y + b.height + GAP && b.y < a.y + a.height + GAP;

/** Where cards go that a card which has grown would lie upon: down, and those below them too. Only those that move are named. */
export function pushedDown<Card extends Box>(cards: readonly Card[], grown: Card): ReadonlyMap<Card, { x: number; y: number }> {
  const moved = new Map<Card, { x: number; y: number }>();
  const standing: Box[] = [grown];
  const below = cards.filter((card) => card !== grown && card.y >= grown.y).sort((a, b) => a.y - b.y);
  for (const card of below) {
    // As near as they stood before is near enough; what touches makes room.
    const above = standing.filter(
      (other) => other.x < card.x + card.width && card.x < other.x + other.width && other.y + other.height > card.y,
    );
    if (above.length === 0) continue;
    const y = snapped(Math.max(...above.map((other) => other.y + other.height)) + GAP);
    moved.set(card, { x: card.x, y });
    standing.push({ ...card, y });
  }
  return moved;
}
