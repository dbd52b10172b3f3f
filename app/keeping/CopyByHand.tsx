// A link in a field to copy it from by hand, where the browser keeps the clipboard to itself.

import { X } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { createPortal } from 'react-dom';
import { text } from '../messages/asked.ts';
import type { Shared } from './ShareButton.tsx';

export function CopyByHand({ shared, onClose }: { readonly shared: Shared; readonly onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
    field.current?.select();
  }, []);
  return createPortal(
    <dialog ref={dialog} className="panel keeping-dialog" aria-labelledby="by-hand-title" onClose={onClose}>
      <header>
        <h2 id="by-hand-title">{text('share.by-hand', { time: shared.time })}</h2>
        <button
          type="button"
          className="btn ghost only"
          aria-label={text('share.by-hand.close')}
          onClick={() => dialog.current?.close()}
        >
          <X size={16} strokeWidth={1.75} />
        </button>
      </header>
      <p>{text('share.by-hand.text')}</p>
      <input
        ref={field}
        className="mono"
        readOnly
        value={shared.address}
        aria-labelledby="by-hand-title"
        onFocus={(event) => event.target.select()}
      />
    </dialog>,
    document.body,
  );
}
