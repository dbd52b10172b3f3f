// What lies at a service and waits for a place: one line for all places, or one line for each (lanes by key). Plain data.

import { clearRing, type IntRing, newRing, popRing, pushRing, shiftRing } from '../../kernel/int-ring.ts';

/** Numbers of one piece of work that waits: obligation, attempt, connection it came by, number of the call (0 = a delivery). */
const COLUMNS = 4;

export interface Desk {
  /** At least one line. */
  lines: IntRing[];
  count: number;
}

/** What `takeFrom` writes, and `putOn` reads. */
export interface DeskRow {
  obl: number;
  attempt: number;
  slot: number;
  call: number;
}

export const newDesk = (): Desk => ({ lines: [newRing()], count: 0 });

export function putOn(desk: Desk, line: number, row: DeskRow): void {
  while (desk.lines.length <= line) desk.lines.push(newRing());
  const ring = desk.lines[line] as IntRing;
  pushRing(ring, row.obl);
  pushRing(ring, row.attempt);
  pushRing(ring, row.slot);
  pushRing(ring, row.call);
  desk.count++;
}

export const waitsIn = (desk: Desk, line: number): number => (desk.lines[line]?.count ?? 0) / COLUMNS;

/** Takes the oldest, or the newest, out of a line that is not empty. */
export function takeFrom(desk: Desk, line: number, isNewest: boolean, row: DeskRow): void {
  const ring = desk.lines[line] as IntRing;
  if (isNewest) {
    row.call = popRing(ring);
    row.slot = popRing(ring);
    row.attempt = popRing(ring);
    row.obl = popRing(ring);
  } else {
    row.obl = shiftRing(ring);
    row.attempt = shiftRing(ring);
    row.slot = shiftRing(ring);
    row.call = shiftRing(ring);
  }
  desk.count--;
}

/** Takes everything off, line by line from the front, and hands it over. What `each` puts back lies behind. */
export function clearDesk(desk: Desk, row: DeskRow, each: (row: DeskRow) => void): void {
  for (let line = 0; line < desk.lines.length; line++) {
    for (let left = waitsIn(desk, line); left > 0; left--) {
      takeFrom(desk, line, false, row);
      each(row);
    }
  }
  if (desk.count === 0) for (const ring of desk.lines) clearRing(ring);
}
