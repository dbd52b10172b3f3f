// Leafs through a class of letters, as many at a time as the engine answers.

import { text } from '../messages/text.ts';
import { count } from '../ui/format.ts';

/** `LETTERS_PER_PAGE` and `LETTERS_LISTED_MAX` of the engine. */
export const PAGE = 50;
export const LISTED_MAX = 1000;

export interface PagesProps {
  readonly from: number;
  /** How many are on this page. */
  readonly shown: number;
  readonly total: number;
  readonly onPage: (from: number) => void;
}

export function Pages({ from, shown, total, onPage }: PagesProps) {
  if (from === 0 && total <= PAGE) return null;
  return (
    <div className="letters-pages">
      <button type="button" className="btn small" disabled={from === 0} onClick={() => onPage(from - PAGE)}>
        {text('letters.page.previous')}
      </button>
      <span>
        {text('letters.page', { from: count(from + 1), to: count(from + shown), total: count(total) })}
        {from + PAGE >= LISTED_MAX && <> {text('letters.page.last', { most: count(LISTED_MAX) })}</>}
      </span>
      <button
        type="button"
        className="btn small"
        disabled={from + PAGE >= Math.min(total, LISTED_MAX)}
        onClick={() => onPage(from + PAGE)}
      >
        {text('letters.page.next')}
      </button>
    </div>
  );
}
