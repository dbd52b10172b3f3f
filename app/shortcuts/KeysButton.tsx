// Opens the list of keys, by a press or by the key "?". The list itself is loaded when it is opened for the first time. A phone has
// no keys to list; a narrow window of a machine with a keyboard has.

import { Keyboard } from 'lucide-react';
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { text } from '../messages/asked.ts';
import { isKey, KEYS } from '../store/keys.ts';
import { useIsNarrow, useMedia } from '../ui/media.ts';
import { goToRegion } from './regions.ts';

const KeysDialog = lazy(async () => ({ default: (await import('./KeysDialog.tsx')).KeysDialog }));

export function KeysButton() {
  const [isOpen, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const isNarrow = useIsNarrow();
  const hasPointer = useMedia('(any-pointer: fine)');
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (isKey(event, 'region') && !isInDialog(event.target)) {
        event.preventDefault();
        goToRegion(event.shiftKey);
        return;
      }
      if (!isKey(event, 'keys') || event.defaultPrevented || isWritten(event.target)) return;
      event.preventDefault();
      setOpen(true);
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
  const close = () => {
    setOpen(false);
    // What had the focus before may be gone: at the start of the page a list of keys may have opened above another dialog.
    if (document.activeElement === document.body) button.current?.focus();
  };
  return (
    <>
      {(!isNarrow || hasPointer) && (
        <button
          ref={button}
          type="button"
          className="btn ghost only"
          aria-label={text('keys.open')}
          title={text('keys.open.help', { key: KEYS.keys })}
          aria-haspopup="dialog"
          aria-keyshortcuts={KEYS.keys}
          onClick={() => setOpen(true)}
        >
          <Keyboard size={16} strokeWidth={1.75} />
        </button>
      )}
      {isOpen && (
        <Suspense>
          <KeysDialog onClose={close} />
        </Suspense>
      )}
    </>
  );
}

const isWritten = (target: EventTarget | null): boolean =>
  target instanceof Element &&
  target.closest('input:not([type=range]), select, textarea, dialog, [contenteditable], [role=menu], [role=dialog]') !== null;

const isInDialog = (target: EventTarget | null): boolean => target instanceof Element && target.closest('dialog') !== null;
