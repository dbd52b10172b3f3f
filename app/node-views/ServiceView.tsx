// A worker's card: its desk with the letters it holds, how busy it is, and how its last ten attempts ended.

import { useRef } from 'react';
import type { NodeDocument } from '../../sim-engine/topology/document.ts';
import { text } from '../messages/text.ts';
import { LiveText, usePicture } from '../store/LiveText.tsx';
import { currentPlaces, rates } from '../store/lab.ts';
import { fieldOf } from '../store/params.ts';
import type { Places } from '../store/readings.ts';
import { figure } from '../ui/format.ts';
import { farRate } from './far.ts';
import type { CardProps, NodeView } from './node-view.ts';
import { Outcomes } from './outcomes.ts';

const DESK_MIDDLE = 57;
const DESK_LETTERS = 7;
const OUTCOMES_MIDDLE = 97;
/** Of ten, beside which the rate has room: `.card-outcomes .lbl` ends before them, in a language of longer words too. */
const OUTCOMES_PITCH = 11;

const outcomes = new Outcomes();

function ServiceBody({ node, isNarrow }: CardProps) {
  const { id } = node;
  const bar = useRef<HTMLDivElement>(null);
  usePicture('brisk', ({ frame }) => {
    const places = currentPlaces();
    if (frame === null || places === null) return;
    bar.current?.style.setProperty('--share', String(busyShare(frame, places, node)));
  });
  return (
    <div className="card-foot">
      <div className="card-desk">
        <span className="lbl card-more">
          <LiveText read={(frame, places) => deskWords(frame, places, id)} /> {!isNarrow && text('card.busy')}{' '}
          <LiveText read={(frame, places) => (busyShare(frame, places, node) * 100).toFixed(0)} />
          <i className="unit">{text('card.percent')}</i>
        </span>
      </div>
      <div className="card-bar" ref={bar} />
      <div className="card-outcomes">
        <span className="unseen">{text('card.outcomes')}</span>
        {!isNarrow && (
          <span className="lbl">
            <LiveText read={(frame, places) => figure(rates.at(frame, places.gauge(id, 'processed')))} />
            {text('unit.per-second')}
          </span>
        )}
      </div>
    </div>
  );
}

/** Share of its places that were at work over the last seconds. A worker with one place is, at any moment, busy or not. */
function busyShare(frame: Float64Array, places: Places, node: NodeDocument): number {
  const busy = rates.at(frame, places.gauge(node.id, 'busy_seconds')) / Number(fieldOf(node, 'concurrency'));
  return Number.isNaN(busy) ? 0 : Math.min(1, busy);
}

/** Only what the desk cannot show as letters. */
function deskWords(frame: Float64Array, places: Places, id: string): string {
  const held = (frame[places.gauge(id, 'busy')] ?? 0) + (frame[places.gauge(id, 'desk')] ?? 0);
  return held > DESK_LETTERS ? `+${held - DESK_LETTERS}` : '';
}

function meanOf(value: unknown): string {
  const law = value as { readonly mean?: unknown; readonly value?: unknown } | undefined;
  const mean = law?.mean ?? law?.value;
  return typeof mean === 'string' ? mean.replace(/(\d)([a-z])/, '$1 $2') : '';
}

export const SERVICE_VIEW: NodeView = {
  size: (isNarrow) => ({ width: isNarrow ? 114 : 178, height: 114 }),
  subline(node) {
    const mean = meanOf(fieldOf(node, 'work'));
    return mean === '' ? '' : text('card.work', { mean });
  },
  Body: ServiceBody,
  farFigure: (node, frame, places) => farRate(rates.at(frame, places.gauge(node.id, 'processed'))),
  fill: (node, frame, places) => busyShare(frame, places, node),
  paint(painter, { id }, frame, places, isNarrow) {
    const busy = frame[places.gauge(id, 'busy')] ?? 0;
    const held = busy + (frame[places.gauge(id, 'desk')] ?? 0);
    const shown = Math.min(held, isNarrow ? 3 : DESK_LETTERS);
    if (held === 0) painter.mark('ghost', 20, DESK_MIDDLE);
    for (let ix = 0; ix < shown; ix++) painter.mark(ix < busy ? 'work' : 'waiting', 20 + ix * 15.5, DESK_MIDDLE);
    const step = isNarrow ? 9.6 : OUTCOMES_PITCH;
    const ends = outcomes.of(id, frame, places);
    for (let ix = 0; ix < 10; ix++) {
      const x = (isNarrow ? 14 : 18) + ix * step;
      const outcome = ends[ix - (10 - ends.length)];
      if (outcome === undefined) painter.dot(x, OUTCOMES_MIDDLE);
      else painter.mark(outcome === 'done' ? 'done' : 'retry', x, OUTCOMES_MIDDLE, isNarrow ? 0.7 : 0.82);
    }
  },
};
