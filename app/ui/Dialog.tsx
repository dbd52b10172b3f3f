// A dialog in the middle of the page. The browser keeps the focus in it, closes it with Escape, and gives the focus back.

import { X } from 'lucide-react';
import { type ReactNode, useId, useLayoutEffect, useRef } from 'react';
import { createPortal } from 'react-dom';
import './dialog.css';

export interface DialogProps {
  readonly title: string;
  readonly closeLabel: string;
  readonly className?: string;
  readonly children: ReactNode;
  readonly onClose: () => void;
}

export function Dialog({ title, closeLabel, className = '', children, onClose }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    // Whoever takes it away by other means than closing it gives the focus back as well, as long as it is on the page.
    return () => element?.close();
  }, []);
  return createPortal(
    <dialog
      ref={dialog}
      className={`panel dialog ${className}`}
      aria-labelledby={id}
      // One that was opened again at once is still open when it hears that it was closed.
      onClose={() => dialog.current?.open === false && onClose()}
      // Keys of the page and of the panel it was opened from are not meant here.
      onKeyDown={(event) => event.stopPropagation()}
    >
      <header>
        <h2 id={id}>{title}</h2>
        <button type="button" className="btn ghost only" aria-label={closeLabel} onClick={() => dialog.current?.close()}>
          <X size={16} strokeWidth={1.75} />
        </button>
      </header>
      {children}
    </dialog>,
    document.body,
  );
}
