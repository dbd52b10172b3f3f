// The strip at the foot of the screen: every letter ever sent stands in exactly one cell, and the sum is checked with every
// reading. The double rule and "adds up" are there only while it holds.

import { Check } from 'lucide-react';
import { Fragment, useRef, useState } from 'react';
import { type MessageKey, text } from '../messages/text.ts';
import { SEAL_OF } from '../store/class-seals.ts';
import { usePicture, write } from '../store/LiveText.tsx';
import { useLab } from '../store/lab.ts';
import { type Panel, togglePanel } from '../store/panels.ts';
import { count } from '../ui/format.ts';
import { oneStop } from '../ui/one-stop.ts';
import { Seal, type SealName } from '../ui/Seal.tsx';
import { CELLS, type Cell, makesCopies, PASSING, PUBLISH_CELLS, publishStripOf, stripOf } from './cells.ts';
import './ledger.css';

type Figures = Map<string, HTMLElement>;

export function Ledger() {
  // Another drawing or another run begins with the plain sum again.
  const revision = useLab((lab) => lab.layout?.revision);
  return <Strip key={revision} />;
}

function Strip() {
  const figures = useRef<Figures>(new Map());
  const strip = useRef<HTMLDivElement>(null);
  const verdict = useRef<HTMLElement>(null);
  // Copies once made are there for the rest of the run, and so is the second line.
  const [isCopied, setIsCopied] = useState(false);

  usePicture('calm', ({ frame }) => {
    if (frame === null) return;
    if (!isCopied && makesCopies(frame)) {
      setIsCopied(true);
      return;
    }
    const { sum, cells, off } = stripOf(frame, isCopied);
    const publish = isCopied ? publishStripOf(frame) : null;
    show(figures.current, 'total', sum);
    for (const cell of CELLS) show(figures.current, cell, cells[cell]);
    if (publish !== null) {
      show(figures.current, 'publish-total', publish.sum);
      for (const cell of PUBLISH_CELLS) show(figures.current, `publish-${cell}`, publish.cells[cell]);
    }
    const isBalanced = off === 0 && (publish?.off ?? 0) === 0;
    strip.current?.toggleAttribute('data-balanced', isBalanced);
    write(
      verdict.current,
      isBalanced ? text('ledger.adds-up') : text('ledger.off-by', { difference: off || (publish?.off ?? 0) }),
    );
  });

  const ref = (name: string) => (element: HTMLElement | null) => {
    if (element === null) figures.current.delete(name);
    else figures.current.set(name, element);
  };

  return (
    <section className="ledger" ref={strip} aria-label={text('ledger.label')} data-testid="ledger">
      {isCopied && (
        <div className="ledger-line" ref={oneStop}>
          <Figure seal="sent" word="sent" name="publish-total" figureRef={ref('publish-total')} isTotal />
          <Operator sign="=" />
          {PUBLISH_CELLS.map((cell, ix) => (
            <Fragment key={cell}>
              {ix > 0 && <Operator sign="+" />}
              <Figure
                seal={SEAL_OF[cell]}
                word={cell}
                name={`publish-${cell}`}
                figureRef={ref(`publish-${cell}`)}
                book="publish"
              />
            </Fragment>
          ))}
        </div>
      )}
      <div className="ledger-line" ref={oneStop}>
        <Figure seal="sent" word={isCopied ? 'owed' : 'sent'} name="total" figureRef={ref('total')} isTotal />
        <Operator sign="=" />
        {CELLS.map((cell, ix) => (
          <Fragment key={cell}>
            {ix > 0 && <Operator sign="+" isPassing={PASSING.includes(cell)} />}
            <Figure
              seal={SEAL_OF[cell]}
              word={cell}
              name={cell}
              figureRef={ref(cell)}
              book={isCopied ? 'delivery' : undefined}
              isPassing={PASSING.includes(cell)}
            />
          </Fragment>
        ))}
        <p className="ledger-verdict" data-testid="verdict">
          <Check size={14} strokeWidth={2.2} aria-hidden="true" />
          <span ref={verdict} />
        </p>
      </div>
    </section>
  );
}

/** Zeros are lighter, never hidden; a passing cell hides with its sign while it is zero. */
function show(figures: Figures, name: string, value: number): void {
  const element = figures.get(name);
  if (element === undefined) return;
  write(element, count(value));
  element.closest('.ledger-cell')?.classList.toggle('is-zero', value === 0);
}

interface FigureProps {
  readonly seal: SealName;
  readonly word: Cell | 'sent' | 'owed' | 'accepted';
  readonly name: string;
  readonly figureRef: (element: HTMLElement | null) => void;
  /** The book it counts, where the two are shown apart. */
  readonly book?: 'publish' | 'delivery' | undefined;
  readonly isTotal?: boolean;
  readonly isPassing?: boolean;
}

function Figure({ seal, word, name, figureRef, book, isTotal = false, isPassing = false }: FigureProps) {
  const help: MessageKey = `ledger.${word}.help`;
  const look = {
    className: `ledger-cell is-zero${isTotal ? ' is-total' : ''}${isPassing ? ' is-passing' : ''}`,
    title: text(help),
    'data-cell': name,
  };
  const content = (
    <>
      <Seal name={seal} />
      <span>
        <b ref={figureRef}>0</b>
        <em>{text(`ledger.${word}`)}</em>
      </span>
    </>
  );
  if (word === 'sent' || word === 'owed') return <div {...look}>{content}</div>;
  const panel: Panel =
    word === 'dead' ? { kind: 'dead' } : { kind: 'letters', of: word, ...(book === undefined ? {} : { book }) };
  return (
    <button type="button" {...look} onClick={() => togglePanel(panel)}>
      {content}
    </button>
  );
}

/** The sign before a passing cell goes with it. */
function Operator({ sign, isPassing = false }: { sign: string; isPassing?: boolean }) {
  return (
    <span className={`ledger-sign${isPassing ? ' is-passing' : ''}`} aria-hidden="true">
      {sign}
    </span>
  );
}
