// What every hint is made of.

import { X } from 'lucide-react';
import { useEffect } from 'react';
import { announcer } from '../store/announcer.ts';

export function Dismiss({ label, onClick }: { readonly label: string; readonly onClick: () => void }) {
  return (
    <button type="button" className="btn ghost only" aria-label={label} title={label} onClick={onClick}>
      <X size={14} strokeWidth={1.75} />
    </button>
  );
}

/** Those who listen hear it among the announcements. */
export function Words({ words }: { readonly words: string }) {
  useEffect(() => announcer.tell('hint', words), [words]);
  return <p>{words}</p>;
}
