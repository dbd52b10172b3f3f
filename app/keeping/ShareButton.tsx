// A link to this run at this moment, on the clipboard; where the browser refuses that, in a field to copy it from.

import { Link, X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { createPortal } from 'react-dom';
import { text } from '../messages/text.ts';
import { tell } from '../store/lab.ts';
import { moment } from '../ui/format.ts';
import { workNow } from './saving.ts';
import './keeping.css';

interface Shared {
  readonly address: string;
  readonly time: string;
}

export function ShareButton() {
  const [byHand, setByHand] = useState<Shared | null>(null);
  const share = async () => {
    // Asked for at once: some browsers allow the clipboard only while the click is still fresh.
    const making = makeLink();
    const isCopied = await copy(making.then((shared) => shared?.address ?? ''));
    const shared = await making;
    if (shared === null) return;
    if (isCopied) tell(text('share.copied', { time: shared.time }));
    else setByHand(shared);
  };
  return (
    <>
      <button
        type="button"
        className="btn ghost"
        aria-label={text('share.do')}
        title={text('share.help')}
        onClick={() => void share()}
      >
        <Link size={16} strokeWidth={1.75} />
        <span>{text('share.do')}</span>
      </button>
      {byHand !== null && <CopyByHand shared={byHand} onClose={() => setByHand(null)} />}
    </>
  );
}

async function makeLink(): Promise<Shared | null> {
  const [work, { writeLink }] = await Promise.all([workNow(), import('./link.ts')]);
  if (work === null) {
    tell(text('share.no-run'));
    return null;
  }
  const hash = await writeLink(work);
  if (hash !== null) return { address: location.href.replace(/#.*$/s, '') + hash, time: moment(work.atNs) };
  tell(text('share.too-large'));
  return null;
}

async function copy(address: Promise<string>): Promise<boolean> {
  try {
    const blob = address.then((words) => {
      if (words === '') throw new Error('nothing to copy');
      return new Blob([words], { type: 'text/plain' });
    });
    await navigator.clipboard.write([new ClipboardItem({ 'text/plain': blob })]);
    return true;
  } catch {
    return false;
  }
}

function CopyByHand({ shared, onClose }: { readonly shared: Shared; readonly onClose: () => void }) {
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
