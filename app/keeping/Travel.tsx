// Shown while a run is made again up to its moment and that takes long enough to be noticed. It covers the page: until the run is
// where its drawing is, nothing can be done to it.

import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { text } from '../messages/text.ts';
import { callTravelOff, useLab } from '../store/lab.ts';
import { moment } from '../ui/format.ts';
import './keeping.css';

const SHOWN_AFTER_MS = 400;

export function Travel() {
  const toNs = useLab((lab) => lab.travelToNs);
  return toNs === null ? null : <Journey toNs={toNs} />;
}

function Journey({ toNs }: { readonly toNs: number }) {
  const [isLong, setIsLong] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setIsLong(true), SHOWN_AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
  return isLong ? <TravelDialog toNs={toNs} /> : null;
}

function TravelDialog({ toNs }: { readonly toNs: number }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    // Closed, and not only taken away, it gives the focus back.
    return () => element?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      className="panel keeping-dialog"
      aria-labelledby="travel-title"
      onCancel={(event) => {
        event.preventDefault();
        callTravelOff();
      }}
    >
      <h2 id="travel-title">{text('keeping.travel', { time: moment(toNs) })}</h2>
      <p>{text('keeping.travel.text')}</p>
      <button type="button" className="btn" onClick={callTravelOff}>
        {text('keeping.travel.off')}
      </button>
    </dialog>
  );
}
