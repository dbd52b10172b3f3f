// The frame of a panel of details beside the drawing: title, way back, close. What stands in it is an island's.

import { ArrowLeft, X } from 'lucide-react';
import { type ReactNode, useEffect, useRef } from 'react';
import { text } from '../messages/asked.ts';
import { IconButton } from '../ui/IconButton.tsx';
import { closePanel, goBack, usePanels } from './panels.ts';
import '../ui/details.css';

export interface PanelFrameProps {
  readonly label: string;
  readonly title: string;
  readonly sub?: ReactNode;
  readonly seal?: ReactNode;
  readonly children: ReactNode;
}

export function PanelFrame({ label, title, sub, seal, children }: PanelFrameProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  const hasBefore = usePanels((panels) => panels.before !== null);
  // Whoever opened it by key reads on here, and is back where they were when it closes.
  useEffect(() => {
    const opener = document.activeElement;
    heading.current?.focus({ preventScroll: true });
    return () => {
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus({ preventScroll: true });
    };
  }, []);
  return (
    <aside
      className="panel details"
      aria-label={label}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        closePanel();
      }}
    >
      <header className="details-head">
        {hasBefore && <IconButton label={text('panel.back')} icon={ArrowLeft} onClick={goBack} />}
        {seal}
        <div>
          <h2 ref={heading} tabIndex={-1}>
            {title}
          </h2>
          {sub && <p>{sub}</p>}
        </div>
        <IconButton label={text('panel.close')} icon={X} onClick={closePanel} />
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a journey has nothing to focus in it, and must be scrolled by key all the same. */}
      <section className="details-body" aria-label={title} tabIndex={0}>
        {children}
      </section>
    </aside>
  );
}
