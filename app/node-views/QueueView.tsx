// A queue's card: a tray one can count, what waits for its next attempt, and three figures.

import { text } from '../messages/text.ts';
import { LiveDuration, LiveText } from '../store/LiveText.tsx';
import { count } from '../ui/format.ts';
import { fillOf } from './far.ts';
import type { CardProps, NodeView } from './node-view.ts';
import { paintTray, trayHeight } from './tray.ts';

const ROWS = 4;
const TRAY_TOP = 47;
const SHELF_TOP = TRAY_TOP + trayHeight(ROWS) + 7;
const SHELF_HEIGHT = 30;
const SHELF_LETTERS = 8;

function QueueBody({ node: { id } }: CardProps) {
  return (
    <div className="card-foot">
      <div className="card-shelf" style={{ height: SHELF_HEIGHT }}>
        <span className="lbl">{text('card.to-retry')}</span>
        <LiveText
          className="card-more"
          read={(frame, places) => {
            const delayed = frame[places.gauge(id, 'delayed')] ?? 0;
            return delayed > SHELF_LETTERS || delayed === 0 ? count(delayed) : '';
          }}
        />
      </div>
      <dl className="card-figures">
        <div>
          <dt>{text('card.waiting')}</dt>
          <dd>
            <LiveText read={(frame, places) => count(frame[places.gauge(id, 'ready')] ?? 0)} />
          </dd>
        </div>
        <div>
          <dt>{text('card.in-flight')}</dt>
          <dd>
            <LiveText read={(frame, places) => count(frame[places.gauge(id, 'in_flight')] ?? 0)} />
          </dd>
        </div>
        <div>
          <dt>{text('card.oldest')}</dt>
          <dd>
            <LiveDuration read={(frame, places) => ageNs(frame[places.gauge(id, 'oldest_age')] ?? 0)} />
          </dd>
        </div>
      </dl>
    </div>
  );
}

/** Less than a millisecond is nothing to a reader. */
const ageNs = (seconds: number): number => (seconds < 0.001 ? 0 : seconds * 1e9);

export const QUEUE_VIEW: NodeView = {
  size: () => ({ width: 204, height: SHELF_TOP + SHELF_HEIGHT + 46 }),
  Body: QueueBody,
  farFigure: ({ id }, frame, places) => count(frame[places.gauge(id, 'ready')] ?? 0),
  fill: ({ id }, frame, places) => fillOf(frame[places.gauge(id, 'ready')] ?? 0),
  paint(painter, { id }, frame, places) {
    const ready = frame[places.gauge(id, 'ready')] ?? 0;
    paintTray(painter, ready, { x: 13, y: TRAY_TOP, rows: ROWS, state: 'waiting', hasDots: true });
    const delayed = frame[places.gauge(id, 'delayed')] ?? 0;
    if (delayed > SHELF_LETTERS) {
      painter.mark('retry', 150, SHELF_TOP + SHELF_HEIGHT / 2);
      return;
    }
    for (let ix = 0; ix < delayed; ix++) painter.mark('retry', 185 - ix * 15, SHELF_TOP + SHELF_HEIGHT / 2);
  },
};
