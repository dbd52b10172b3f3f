// Line glyphs of the node kinds on a 20 px grid, own drawings after the integration-pattern vocabulary: pipe = channel, pipe with
// a cross = dead letters, stacked pipes = topic. A kind without a drawing of its own gets a plain box.

import type { ReactNode } from 'react';

const PIPE = (
  <>
    <path d="M5 5.5h10M5 14.5h10" />
    <ellipse cx="15" cy="10" rx="2.4" ry="4.5" />
    <path d="M5 5.5a2.4 4.5 0 0 0 0 9" />
  </>
);

const GLYPHS: { readonly [kind: string]: ReactNode } = {
  sender: (
    <>
      <rect x="2.5" y="6" width="9" height="8" rx="1.5" />
      <path d="M2.8 7l4.2 3 4.2-3M13.5 10h4M15.5 7.8 17.7 10l-2.2 2.2" />
    </>
  ),
  requester: (
    <>
      <path d="M3.2 4.5h8.6a1.3 1.3 0 0 1 1.3 1.3v4.4a1.3 1.3 0 0 1 -1.3 1.3H7l-3.8 2.6z" />
      <path d="M6.2 8h4M15 8.2h1.6a1 1 0 0 1 1 1v7.3l-2.6 -1.9h-3.6a1 1 0 0 1 -1 -1" />
    </>
  ),
  service: (
    <>
      <path d="M2.3 10h4M4.3 7.8 6.5 10l-2.2 2.2" />
      <rect x="8.5" y="4.5" width="9" height="11" rx="1.5" />
      <path d="M10.8 10.2l1.6 1.6 2.8-3.2" />
    </>
  ),
  queue: PIPE,
  'dead-letter-queue': (
    <>
      {PIPE}
      <path d="M6.2 8.2l3.6 3.6M9.8 8.2l-3.6 3.6" />
    </>
  ),
  store: (
    <>
      <ellipse cx="10" cy="5" rx="6" ry="2.3" />
      <path d="M4 5v10c0 1.3 2.7 2.3 6 2.3s6-1 6-2.3V5M4 10c0 1.3 2.7 2.3 6 2.3s6-1 6-2.3" />
    </>
  ),
  'event-store': (
    <>
      <rect x="2.5" y="7" width="11.6" height="6" rx="1" />
      <path d="M6.4 7v6M10.2 7v6M14.1 10h3.4M15.6 7.8l2 2.2-2 2.2" />
    </>
  ),
  projection: (
    <>
      <rect x="2.8" y="3.6" width="14.4" height="10" rx="1.5" />
      <path d="M6.4 11V8.8M10 11V6.4M13.6 11V9.6M7 16.6h6" />
    </>
  ),
  autoscaler: (
    <>
      <rect x="2.5" y="11" width="4" height="5.5" rx="1" />
      <rect x="8" y="11" width="4" height="5.5" rx="1" />
      <rect x="13.5" y="11" width="4" height="5.5" rx="1" strokeDasharray="1.6 1.4" />
      <path d="M4.5 7.2h10.5M12.6 4.6l2.6 2.6-2.6 2.6" />
    </>
  ),
  wire: (
    <>
      <path d="M5.4 14.6 14 6" />
      <circle cx="4" cy="16" r="1.9" />
      <circle cx="15.4" cy="4.6" r="1.9" fill="currentColor" />
    </>
  ),
  rabbitmq: (
    <>
      <rect x="3" y="3.5" width="14" height="5.5" rx="1.4" />
      <rect x="3" y="11" width="14" height="5.5" rx="1.4" />
      <path d="M6 6.2h.01M6 13.7h.01M9.5 6.2h4.5M9.5 13.7h4.5" />
    </>
  ),
  'rabbitmq-exchange': <path d="M2.5 10h5.5M8 10c3 0 2.6-5 6-5h3M8 10h9M8 10c3 0 2.6 5 6 5h3" />,
  'rabbitmq-queue': PIPE,
  'rabbitmq-replies': <path d="M7.5 5 3 9.5 7.5 14M3.5 9.5H13a4 4 0 0 1 4 4V16" />,
  kafka: <path d="M3 4h14v12H3zM3 8h14M3 12h14" />,
  'kafka-topic': <path d="M2.5 5h11v4h-11zM2.5 11h15v4h-15zM6 5v4M10 5v4M6 11v4M10 11v4M14 11v4" />,
  'retry-topics': (
    <path d="M2.5 4h9v3.5h-9zM2.5 12.5h9V16h-9zM13 5.8h2.5a2 2 0 0 1 2 2v4.4a2 2 0 0 1-2 2H13M15 12l-2 2.2 2 2.2" />
  ),
  'kafka-group': (
    <path d="M7 9a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM2.5 16c0-5 9-5 9 0M13 8.5a2.2 2.2 0 1 0 0-4.4M14 11c2.2.4 3.5 2 3.5 5" />
  ),
  topic: (
    <>
      <rect x="2.5" y="4" width="15" height="3.4" rx=".8" />
      <rect x="2.5" y="8.3" width="15" height="3.4" rx=".8" />
      <rect x="2.5" y="12.6" width="15" height="3.4" rx=".8" />
      <path d="M7.5 4v3.4M12.5 4v3.4M7.5 8.3v3.4M7.5 12.6V16M12.5 12.6V16" />
    </>
  ),
};

export function KindGlyph({ kind, size = 20 }: { kind: string; size?: number }) {
  return (
    <svg
      className="glyph"
      width={size}
      height={size}
      viewBox="0 0 20 20"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.35"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      {GLYPHS[kind] ?? <rect x="3" y="4" width="14" height="12" rx="1.8" />}
    </svg>
  );
}
