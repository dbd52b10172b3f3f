// A tray of letters: rows of ten, head of the line at the top right, next to the way out. Up to sixty every letter is drawn, then
// tens are tied into bundles marked 10, and what no longer fits becomes a filled bar beside the figure. Pure layout; the canvas
// draws it.

import type { Mark } from '../ui/letter-marks.ts';
import type { Painter } from './node-view.ts';

const PER_ROW = 10;
const TRAY_PITCH = 17.8;
export const TRAY_WIDTH = PER_ROW * TRAY_PITCH;
const ROW_HEIGHT = 13;
const BUNDLE_ROW_HEIGHT = 17;
const SINGLES_MAX = 60;
const BAR_HEIGHT = 14;
/** Where a bar is when it ends above one of these words. */
const DECADES = ['1k', '10k', '100k', '1M'];

export interface TrayOptions {
  readonly x: number;
  readonly y: number;
  readonly rows: number;
  readonly state: 'waiting' | 'dead';
  /** Whether empty places show as dots. */
  readonly hasDots: boolean;
}

export const trayHeight = (rows: number): number => rows * ROW_HEIGHT;

/** How a number of letters is shown in a tray of so many rows. */
export type TrayLook = 'letters' | 'small-letters' | 'bundles' | 'bar';
export function trayLook(letters: number, rows: number): TrayLook {
  if (letters <= rows * PER_ROW && letters <= SINGLES_MAX) return 'letters';
  if (letters <= SINGLES_MAX) return 'small-letters';
  const cells = Math.floor(letters / 10) + (letters % 10);
  const bundleRows = Math.floor(trayHeight(rows) / BUNDLE_ROW_HEIGHT);
  return cells <= bundleRows * PER_ROW ? 'bundles' : 'bar';
}

export function paintTray(painter: Painter, letters: number, { x, y, rows, state, hasDots }: TrayOptions): void {
  const look = trayLook(letters, rows);
  if (look === 'bar') {
    // By powers of ten, a million fills it; the figure below is exact.
    const share = Math.min(1, Math.log10(letters / 100) / 4);
    const top = y + trayHeight(rows) / 2 - 7;
    painter.bar(x, top, TRAY_WIDTH, BAR_HEIGHT, share, state);
    for (const [ix, decade] of DECADES.entries()) {
      painter.word(decade, x + (TRAY_WIDTH * (ix + 1)) / DECADES.length, top + BAR_HEIGHT + 9);
    }
    return;
  }
  const isSmall = look === 'small-letters';
  const shownRows = isSmall ? SINGLES_MAX / PER_ROW : rows;
  const rowHeight = look === 'bundles' ? BUNDLE_ROW_HEIGHT : trayHeight(rows) / shownRows;
  const bundles = look === 'bundles' ? Math.floor(letters / 10) : 0;
  const cells = bundles + letters - bundles * 10;
  const places = look === 'bundles' ? cells : shownRows * PER_ROW;
  const bundle: Mark = state === 'waiting' ? 'bundle-waiting' : 'bundle-dead';
  for (let ix = 0; ix < places; ix++) {
    const cellX = x + TRAY_WIDTH - TRAY_PITCH * (ix % PER_ROW) - TRAY_PITCH / 2;
    const cellY = y + Math.floor(ix / PER_ROW) * rowHeight + rowHeight / 2 + (look === 'bundles' ? 1 : 0);
    if (ix < bundles) painter.mark(bundle, cellX, cellY);
    else if (ix < cells) painter.mark(state, cellX, cellY, isSmall ? 0.68 : 1);
    else if (hasDots && !isSmall) painter.dot(cellX, cellY);
  }
}
