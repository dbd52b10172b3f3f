// What is worth telling, said politely and once; and where the problems of what was refused are shown.

import { X } from 'lucide-react';
import { lazy, Suspense } from 'react';
import { text } from '../messages/text.ts';
import { dismiss, useLab } from '../store/lab.ts';
import './notices.css';

/** Nothing was refused yet. */
const ProblemList = lazy(async () => ({ default: (await import('./ProblemList.tsx')).ProblemList }));

export function Notices() {
  const notices = useLab((lab) => lab.notices);
  return (
    // Told to those who listen by the announcements, one sentence at a time.
    <div className="notices" role="status" aria-live="off" aria-label={text('notices.label')}>
      {notices.map(({ id, sentence }) => (
        <p key={id} className="notice">
          <span>{sentence}</span>
          <button type="button" className="btn ghost only" aria-label={text('notices.dismiss')} onClick={() => dismiss(id)}>
            <X size={14} strokeWidth={1.75} />
          </button>
        </p>
      ))}
    </div>
  );
}

export function Problems() {
  const refusal = useLab((lab) => lab.refusal);
  return <Suspense>{refusal !== null && <ProblemList refusal={refusal} />}</Suspense>;
}
