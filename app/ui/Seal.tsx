// The state of a letter as a seal of 16 to 48 px with its full glyph: in the ledger, in lists and headings. Two torn outlines and
// an open letter stand for the classes that have no letter of their own on the canvas. The word stands beside it.

import type { ReactNode } from 'react';

export type SealName = 'sent' | 'wire' | 'waiting' | 'work' | 'retry' | 'done' | 'dead' | 'expired' | 'lost' | 'turned-away';

const TORN =
  'M13.5 5H4.5A2.5 2.5 0 0 0 2 7.5v9A2.5 2.5 0 0 0 4.5 19H12l1.6-3-2.4-3.2 2.6-3.4-1.6-2.4zM17 5h2.5A2.5 2.5 0 0 1 22 7.5v9a2.5 2.5 0 0 1-2.5 2.5H16l1.6-3-2.4-3.2 2.6-3.4-1.6-2.4z';
const HAND =
  'M18 11V6a2 2 0 0 0-2-2a2 2 0 0 0-2 2M14 10V4a2 2 0 0 0-2-2a2 2 0 0 0-2 2v2M10 10.5V6a2 2 0 0 0-2-2a2 2 0 0 0-2 2v8M18 8a2 2 0 1 1 4 0v6a8 8 0 0 1-8 8h-2c-2.8 0-4.5-.86-5.99-2.34l-3.6-3.6a2 2 0 0 1 2.83-2.82L7 15';

const SEALS: { readonly [name in SealName]: ReactNode } = {
  sent: (
    <g stroke="var(--ink)" strokeWidth="1.5">
      <rect x="2.7" y="5.7" width="18.6" height="12.6" rx="2" />
      <path d="M4 8l8 5.6L20 8" />
    </g>
  ),
  wire: (
    <>
      <path d="M1 12h4M19 12h4" stroke="var(--edge)" strokeWidth="1.5" />
      <rect x="5.5" y="7.5" width="13" height="9" rx="1.5" fill="var(--waiting)" />
      <path d="M7 9.5l5 3.5 5-3.5" stroke="var(--on-waiting)" strokeWidth="1.3" />
    </>
  ),
  waiting: (
    <>
      <rect x="2" y="5" width="20" height="14" rx="2.5" fill="var(--waiting)" />
      <path d="M4 8l8 5.6L20 8" stroke="var(--on-waiting)" strokeWidth="1.7" />
    </>
  ),
  work: (
    <>
      <rect
        x="2.2"
        y="4.2"
        width="19.6"
        height="15.6"
        rx="2.5"
        fill="var(--work-soft)"
        stroke="var(--work)"
        strokeWidth="2"
        strokeDasharray="3.4 2.2"
      />
      <path transform="translate(6.2 6.1) scale(.485)" stroke="var(--ink)" strokeWidth="2.9" d={HAND} />
    </>
  ),
  done: (
    <>
      <circle cx="12" cy="12" r="9" fill="var(--done)" />
      <path d="M8 12.3l2.8 2.8L16.2 9.4" stroke="var(--on-done)" strokeWidth="2" />
    </>
  ),
  retry: (
    <>
      <path d="M22.4 12 17.2 20.1H6.8L1.6 12 6.8 3.9H17.2z" fill="var(--retry)" />
      <path d="M15.8 9.6A4.6 4.6 0 1 0 16.6 13M16.4 7.4v2.7h-2.7" stroke="var(--on-retry)" strokeWidth="1.8" />
    </>
  ),
  dead: (
    <>
      <path d="M12 1.8 22.2 12 12 22.2 1.8 12z" fill="var(--dead)" />
      <path d="M12 5.6v4.6M12 13.2v.1M7.4 13.4v3.4h9.2v-3.4" stroke="var(--on-dead)" strokeWidth="1.9" />
    </>
  ),
  lost: (
    <g stroke="var(--lost)">
      <path d={TORN} strokeWidth="1.5" />
      <path d="M4.9 9.9l4.2 4.2M9.1 9.9l-4.2 4.2" strokeWidth="1.7" />
    </g>
  ),
  expired: (
    <g stroke="var(--lost)">
      <path d={TORN} strokeWidth="1.5" />
      <path d="M5 8.8h4.4M5 15.2h4.4M5.4 8.8c0 3.2 3.6 3.2 3.6 6.4M9 8.8c0 3.2-3.6 3.2-3.6 6.4" strokeWidth="1.4" />
    </g>
  ),
  'turned-away': (
    <g stroke="var(--lost)" strokeWidth="1.5">
      <rect x="2.7" y="5.7" width="18.6" height="12.6" rx="2" />
      <path d="M8 9.5l8 5M16 9.5l-8 5" />
    </g>
  ),
};

export function Seal({ name, size = 18 }: { name: SealName; size?: number }) {
  return (
    <svg
      className="seal"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      {SEALS[name]}
    </svg>
  );
}
