// A dead-letter queue's card: the letters that were given up on, each still there to be counted.

import { LiveText } from '../store/LiveText.tsx';
import { count } from '../ui/format.ts';
import { fillOf } from './far.ts';
import type { CardProps, NodeView } from './node-view.ts';
import { paintTray, trayHeight } from './tray.ts';

const ROWS = 3;
const TRAY_TOP = 47;

function DeadCount({ node: { id } }: CardProps) {
  return (
    <span className="card-rate">
      <LiveText read={(frame, places) => count(frame[places.gauge(id, 'dlq_size')] ?? 0)} />
    </span>
  );
}

export const DEAD_LETTER_VIEW: NodeView = {
  size: (isNarrow) => (isNarrow ? { width: 150, height: 52 } : { width: 204, height: TRAY_TOP + trayHeight(ROWS) + 10 }),
  Aside: DeadCount,
  farFigure: ({ id }, frame, places) => count(frame[places.gauge(id, 'dlq_size')] ?? 0),
  fill: ({ id }, frame, places) => fillOf(frame[places.gauge(id, 'dlq_size')] ?? 0),
  paint(painter, { id }, frame, places, isNarrow) {
    if (isNarrow) return;
    const resting = frame[places.gauge(id, 'dlq_size')] ?? 0;
    paintTray(painter, resting, { x: 13, y: TRAY_TOP, rows: ROWS, state: 'dead', hasDots: false });
  },
};
