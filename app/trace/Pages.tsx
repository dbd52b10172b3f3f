// Leafs through a class of letters, as many at a time as the engine answers.

import { text } from '../messages/asked.ts';
import { count } from '../ui/format.ts';

/** `LETTERS_PER_PAGE` of the engine. */
export const PAGE = 50;

export interface PagesProps {
  readonly from: number;
  /** How many are on this page. */
  readonly shown: number;
  /** How many can be leafed through, and how many there are. */
  readonly listed: number;
  readonly total: number;
  /** What has ended comes newest first, as far as it is remembered; all else oldest first. */
  readonly isEnded?: boolean;
  readonly onPage: (from: number) => void;
}

export function Pages({ from, shown, listed, total, isEnded = false, onPage }: PagesProps) {
  if (from === 0 && listed <= PAGE) return null;
  const ending = isEnded ? '.ended' : '';
  const numbers = { from: count(from + 1), to: count(from + shown), total: count(isEnded ? listed : total) };
  return (
    <div className="letters-pages">
      <Leaf isLast={from === 0} words={text(`letters.page.previous${ending}`)} onPress={() => onPage(Math.max(0, from - PAGE))} />
      <span role="status">
        {text(`letters.page${ending}`, numbers)}
        {!isEnded && from + PAGE >= listed && listed < total && <> {text('letters.page.last', { most: count(listed) })}</>}
      </span>
      <Leaf isLast={from + PAGE >= listed} words={text(`letters.page.next${ending}`)} onPress={() => onPage(from + PAGE)} />
    </div>
  );
}

/** Keeps the focus at either end, which a disabled button would lose. */
function Leaf({ isLast, words, onPress }: { isLast: boolean; words: string; onPress: () => void }) {
  return (
    <button type="button" className="btn small" aria-disabled={isLast} onClick={() => !isLast && onPress()}>
      {words}
    </button>
  );
}
