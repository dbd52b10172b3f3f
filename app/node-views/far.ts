// What a card says from far away, where there is room for one figure and a bar. Pure.

import { count, figure } from '../ui/format.ts';

/** A rate in as few digits as tell it. */
export const farRate = (rate: number): string => (rate >= 10 ? count(Math.round(rate)) : figure(rate));

/** Letters that fill the bar: the largest number that a tray tells apart. */
const FULL = 1_000_000;

/** How far a number of letters fills the bar: by powers of ten, since a queue of ten and one of ten thousand stand side by side. */
export const fillOf = (letters: number): number => Math.min(1, Math.log10(1 + letters) / Math.log10(FULL));
