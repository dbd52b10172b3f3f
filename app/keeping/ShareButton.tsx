// A link to this run at this moment, on the clipboard; where the browser refuses that, in a field to copy it from.

import { Link } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { text } from '../messages/text.ts';
import { tell } from '../store/lab.ts';
import { moment } from '../ui/format.ts';
import './keeping.css';

const CopyByHand = lazy(async () => ({ default: (await import('./CopyByHand.tsx')).CopyByHand }));

export interface Shared {
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
      {byHand !== null && (
        <Suspense>
          <CopyByHand shared={byHand} onClose={() => setByHand(null)} />
        </Suspense>
      )}
    </>
  );
}

async function makeLink(): Promise<Shared | null> {
  const [{ workNow }, { writeLink }] = await Promise.all([import('./saving.ts'), import('./link.ts')]);
  const work = await workNow();
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
