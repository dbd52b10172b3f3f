// What was done to the run, on the axis of time: a flag with its name at its moment, a wash through all lanes to its end. Placed by
// reference as the lines are; a flag opens the list.

import { Zap } from 'lucide-react';
import { useRef } from 'react';
import { text } from '../messages/asked.ts';
import { wasWords } from '../store/fault-words.ts';
import { type Act, isEnd, oppositeOf, useFaults } from '../store/faults.ts';
import { usePicture } from '../store/LiveText.tsx';
import { useLab } from '../store/lab.ts';
import { openPanel } from '../store/panels.ts';
import { useNames } from '../store/use-names.ts';
import { useIsNarrow } from '../ui/media.ts';
import { shownWindow } from './axis.ts';
import { shareOf } from './lane-lines.ts';

/** Older ones are in the list. */
const FLAGS_MAX = 40;
/** Room a flag needs before the next one, px: a figure that need not be exact. */
const LETTER = 6;
const FLAG = 30;
/** On a phone the next flag stands no nearer than a finger needs. */
const FINGER = 44;

export function FaultMarks({ left, width }: { readonly left: number; readonly width: number }) {
  const marks = useFaults((faults) => faults.marks).slice(-FLAGS_MAX);
  const isNarrow = useIsNarrow();
  const speed = useLab((lab) => lab.speed);
  const flags = useRef<HTMLDivElement>(null);
  const washes = useRef<HTMLDivElement>(null);
  const name = useNames();
  const words = marks.map(({ command }) => wasWords(command, name));

  usePicture('brisk', ({ timeNs }) => {
    const windowNs = shownWindow(speed);
    const xOf = (atNs: number) => width * shareOf(atNs, timeNs, windowNs);
    let nextX = Number.POSITIVE_INFINITY;
    // Flags that would lie on one another are one flag, that of the latest, with the number of the others.
    let shown: HTMLElement | null = null;
    let more = 0;
    for (let ix = marks.length - 1; ix >= 0; ix--) {
      const flag = flags.current?.children[ix] as HTMLElement | undefined;
      const wash = washes.current?.children[ix] as HTMLElement | undefined;
      const mark = marks[ix];
      if (flag === undefined || wash === undefined || mark === undefined) continue;
      const x = xOf(mark.atNs);
      const nowX = xOf(timeNs);
      const endX = mark.endNs !== null ? Math.min(xOf(mark.endNs), nowX) : goesOn(mark.command) ? nowX : x;
      const isShown = mark.atNs <= timeNs && endX >= 0;
      flag.hidden = !isShown;
      wash.hidden = !isShown;
      if (!isShown) continue;
      const from = Math.max(0, x);
      const place = `translateX(${(left + from).toFixed(1)}px)`;
      flag.style.transform = place;
      wash.style.transform = place;
      wash.style.width = `${Math.max(0, endX - from).toFixed(1)}px`;
      flag.classList.toggle('is-before', x < 0);
      // Where the next one is too near, or the edge, a flag shows its sign alone.
      const room = Math.min(nextX, width + 80) - from;
      if (shown !== null && nextX - from < (isNarrow ? FINGER : FLAG)) {
        flag.classList.add('is-under');
        note(shown, ++more);
        continue;
      }
      flag.classList.remove('is-under');
      shown = flag;
      more = 0;
      note(flag, 0);
      flag.classList.toggle('is-tight', room < (words[ix] as string).length * LETTER + FLAG);
      nextX = from;
    }
  });

  const keys = marks.map(({ atNs, index }, ix) => `${index} ${atNs} ${words[ix]}`);
  return (
    <div className="marks">
      {/* A layer of their own, so that two at once are no darker than one. */}
      <div className="marks-washes" ref={washes}>
        {keys.map((key) => (
          <i key={key} hidden />
        ))}
      </div>
      <div ref={flags} data-testid="fault-marks">
        {keys.map((key, ix) => (
          <div key={key} className="mark" hidden>
            <button
              type="button"
              className="mark-flag"
              title={words[ix]}
              aria-label={text('faults.open', { what: words[ix] as string })}
              onClick={() => openPanel({ kind: 'faults' })}
            >
              <Zap size={12} strokeWidth={1.75} />
              <span>{words[ix]}</span>
            </button>
          </div>
        ))}
      </div>
    </div>
  );
}

/** Whether it lasts until something ends it. */
const goesOn = (act: Act): boolean => !isEnd(act) && oppositeOf(act) !== null;

function note(flag: HTMLElement, more: number): void {
  const button = flag.firstElementChild as HTMLElement;
  const words = `+${more}`;
  if (more === 0) delete button.dataset.more;
  else if (button.dataset.more !== words) button.dataset.more = words;
}
