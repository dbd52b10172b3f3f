// Opens and closes the outline, by a press or by the key O. The outline itself is loaded when it is opened for the first time.

import { ListTree } from 'lucide-react';
import { lazy, Suspense, useEffect } from 'react';
import { create } from 'zustand';
import { text } from '../messages/text.ts';
import { isKey, KEYS } from '../store/keys.ts';

const OutlinePanel = lazy(async () => ({ default: (await import('./OutlinePanel.tsx')).OutlinePanel }));

const useOpen = create<{ readonly isOpen: boolean }>(() => ({ isOpen: false }));
const toggle = (): void => useOpen.setState(({ isOpen }) => ({ isOpen: !isOpen }));

export function OutlineButton() {
  const isOpen = useOpen((open) => open.isOpen);
  useEffect(() => {
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
  return (
    <button
      type="button"
      className="btn ghost only"
      aria-label={text('outline.open')}
      title={text('outline.open.help', { key: text('key.outline') })}
      aria-expanded={isOpen}
      aria-keyshortcuts={KEYS.outline}
      onClick={toggle}
    >
      <ListTree size={16} strokeWidth={1.75} />
    </button>
  );
}

export function Outline() {
  const isOpen = useOpen((open) => open.isOpen);
  if (!isOpen) return null;
  return (
    <Suspense>
      <OutlinePanel onClose={toggle} />
    </Suspense>
  );
}

function onKey(event: KeyboardEvent): void {
  if (!isKey(event, 'outline') || event.defaultPrevented || isWritten(event.target)) return;
  event.preventDefault();
  toggle();
}

const isWritten = (target: EventTarget | null): boolean =>
  target instanceof Element &&
  target.closest('input:not([type=range]), select, textarea, dialog, [contenteditable], [role=menu], [role=dialog]') !== null;
