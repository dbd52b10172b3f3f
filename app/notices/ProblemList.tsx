// The problems of a file or an edit that was refused, each with its place, a sentence and what to do about it; and what there is to be
// said of a file that was taken.

import { Info, TriangleAlert, X } from 'lucide-react';
import { lazy, Suspense, useEffect, useRef } from 'react';
import { text } from '../messages/text.ts';
import { dismissRefusal, type Refusal } from '../store/lab.ts';
import { focusIfLost } from '../ui/focus.ts';

/** Only where a file of another system was opened. */
const RemarkList = lazy(async () => ({ default: (await import('./RemarkList.tsx')).RemarkList }));

export function ProblemList({ refusal }: { readonly refusal: Refusal }) {
  const close = useRef<HTMLButtonElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is refused next takes the focus again.
  useEffect(() => {
    const before = document.activeElement;
    close.current?.focus();
    return () => {
      if (before instanceof HTMLElement && before !== document.body && before.isConnected) before.focus({ preventScroll: true });
      else focusIfLost(undefined);
    };
  }, [refusal]);
  const { title, note, problems } = refusal;
  return (
    <section
      className={note === undefined ? 'panel problems' : 'panel problems is-told'}
      role={note === undefined ? 'alertdialog' : 'dialog'}
      aria-labelledby="problems-title"
      aria-describedby="problems-kept"
      onKeyDown={(event) => event.key === 'Escape' && dismissRefusal()}
    >
      <header>
        {note === undefined ? <TriangleAlert size={18} strokeWidth={1.75} /> : <Info size={18} strokeWidth={1.75} />}
        <h2 id="problems-title">{title}</h2>
        <button ref={close} type="button" className="btn ghost only" aria-label={text('problems.close')} onClick={dismissRefusal}>
          <X size={16} strokeWidth={1.75} />
        </button>
      </header>
      <p id="problems-kept">{note ?? text('problems.kept')}</p>
      {note === undefined ? (
        <ul>
          {problems.map(({ place, sentence, remedy }) => (
            <li key={`${place} ${sentence}`}>
              <span className="problem-place mono">{place}</span>
              <b>{sentence}</b>
              <span>{remedy}</span>
            </li>
          ))}
        </ul>
      ) : (
        <Suspense>
          <RemarkList remarks={problems} />
        </Suspense>
      )}
    </section>
  );
}
