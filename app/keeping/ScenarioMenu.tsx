// The title in the bar, and what it opens: the scenarios that come with the lab and earlier work. The list itself is loaded when it
// is opened for the first time.

import { ChevronDown } from 'lucide-react';
import { lazy, type ReactNode, Suspense, useEffect, useRef, useState } from 'react';
import { text } from '../messages/text.ts';
import { titleOf } from '../store/drawing.ts';
import { present, useLab } from '../store/lab.ts';
import { Logo } from '../ui/Logo.tsx';
import { useKeeping } from './keeping.ts';
import './keeping.css';

const ScenarioList = lazy(async () => ({ default: (await import('./ScenarioList.tsx')).ScenarioList }));

/** `actions`: buttons that stand above the list, where the bar has no room for them. */
export function ScenarioMenu({ actions }: { readonly actions?: ReactNode }) {
  const [isOpen, setIsOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const title = useLab((lab) => {
    const drawing = present(lab);
    return (drawing && titleOf(drawing)) || text('app.untitled');
  });
  useEffect(() => {
    if (!isOpen) return;
    // A press anywhere else closes it, as any menu.
    const onPress = (event: PointerEvent) => {
      if (event.target instanceof Node && root.current?.contains(event.target) === false) setIsOpen(false);
    };
    window.addEventListener('pointerdown', onPress, true);
    return () => window.removeEventListener('pointerdown', onPress, true);
  }, [isOpen]);
  const close = () => {
    setIsOpen(false);
    button.current?.focus();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape is heard from whatever has the focus inside.
    <div
      ref={root}
      className="bar bar-title panel"
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !isOpen) return;
        event.stopPropagation();
        close();
      }}
    >
      <h1>
        <button
          ref={button}
          type="button"
          className="btn ghost title-button"
          aria-expanded={isOpen}
          aria-controls="scenarios"
          title={text('scenarios.open')}
          onClick={() => setIsOpen(!isOpen)}
        >
          <Logo />
          <span className="unseen">{text('app.name')}: </span>
          <span className="title-text">{title}</span>
          <ChevronDown size={14} strokeWidth={1.75} />
        </button>
      </h1>
      <CopyChip />
      <section id="scenarios" className="panel scenarios" aria-label={text('scenarios.label')} hidden={!isOpen}>
        {actions !== undefined && (
          // biome-ignore lint/a11y/noStaticElementInteractions lint/a11y/useKeyWithClickEvents: a press of a button inside, by finger or key, closes the list, so that what comes of it is seen.
          <div className="scenarios-actions" onClick={() => setIsOpen(false)}>
            {actions}
          </div>
        )}
        {isOpen && (
          <Suspense fallback={<p className="scenarios-text">{text('scenarios.loading')}</p>}>
            <ScenarioList onDone={close} />
          </Suspense>
        )}
      </section>
    </div>
  );
}

function CopyChip() {
  const isCopy = useKeeping((state) => state.isCopy);
  if (!isCopy) return null;
  return (
    <span className="copy-chip" title={text('keeping.copy.help')}>
      {text('keeping.copy')}
      <span className="unseen">. {text('keeping.copy.help')}</span>
    </span>
  );
}
