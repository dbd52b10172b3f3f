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
/** Fewer where a figure tells of more. */
const DESK_LETTERS_LED = 5;
const OUTCOMES_MIDDLE = 97;
const DESK_HEIGHT = 22;
/** Of ten, beside which the rate has room: `.card-outcomes .lbl` ends before them, in a language of longer words too. */
const OUTCOMES_PITCH = 11;

const outcomes = new Outcomes();

const LANE_PITCH = 14;
const LANES_SHOWN = 6;
/** Rows of lanes on the card of a service that works by key; 0 without lanes. */
const lanesOn = (node: NodeDocument, isNarrow: boolean): number =>
  isNarrow || fieldOf(node, 'assignment') !== 'by-key' ? 0 : Math.min(Number(fieldOf(node, 'concurrency')), LANES_SHOWN);

type PaintLanes = typeof import('./lanes-view.ts').paintLanes;
let paintLanes: PaintLanes | null = null;
let isAskedFor = false;
/** What draws lanes, once it is there: not before the first service that has some. */
function laneRows(): PaintLanes | null {
  if (!isAskedFor) {
    isAskedFor = true;
    import('./lanes-view.ts').then(
      (loaded) => {
        paintLanes = loaded.paintLanes;
      },
      () => {
        isAskedFor = false;
      },
    );
  }
  return paintLanes;
}

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
      <div className="card-desk" style={{ height: deskHeight(node, isNarrow) }}>
        <span className="lbl card-more">
          {lanesOn(node, isNarrow) === 0 && <LiveText read={(frame, places) => deskWords(frame, places, id)} />}{' '}
          {!isNarrow && text('card.busy')}{' '}
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
  const all = frame[places.gauge(node.id, 'places')] || Number(fieldOf(node, 'concurrency'));
  const busy = rates.at(frame, places.gauge(node.id, 'busy_seconds')) / all;
  return Number.isNaN(busy) ? 0 : Math.min(1, busy);
}

const deskHeight = (node: NodeDocument, isNarrow: boolean): number =>
  DESK_HEIGHT + Math.max(0, lanesOn(node, isNarrow) - 1) * LANE_PITCH;

/** Only what the desk cannot show as letters. */
function deskWords(frame: Float64Array, places: Places, id: string): string {
  const held = (frame[places.gauge(id, 'busy')] ?? 0) + (frame[places.gauge(id, 'desk')] ?? 0);
  return held > DESK_LETTERS ? `+${held - DESK_LETTERS_LED}` : '';
}

function meanOf(value: unknown): string {
  const law = value as { readonly mean?: unknown; readonly value?: unknown } | undefined;
  const mean = law?.mean ?? law?.value;
  return typeof mean === 'string' ? mean.replace(/(\d)([a-z])/, '$1 $2') : '';
}

export const SERVICE_VIEW: NodeView = {
  size: (isNarrow, node) => ({ width: isNarrow ? 114 : 178, height: 92 + deskHeight(node, isNarrow) }),
  subline(node) {
    const mean = meanOf(fieldOf(node, 'work'));
    return mean === '' || !JSON.stringify(fieldOf(node, 'steps')).includes('"work"') ? '' : text('card.work', { mean });
  },
  Body: ServiceBody,
  farFigure: (node, frame, places) => farRate(rates.at(frame, places.gauge(node.id, 'processed'))),
  fill: (node, frame, places) => busyShare(frame, places, node),
  paint(painter, node, frame, places, isNarrow) {
    const { id } = node;
    const busy = frame[places.gauge(id, 'busy')] ?? 0;
    const held = busy + (frame[places.gauge(id, 'desk')] ?? 0);
    const lanes = lanesOn(node, isNarrow);
    if (lanes > 0) laneRows()?.(painter, id, frame, places, DESK_MIDDLE, LANE_PITCH, lanes);
    else {
      const shown = isNarrow ? Math.min(held, 3) : held > DESK_LETTERS ? DESK_LETTERS_LED : held;
      const asking = frame[places.gauge(id, 'calls_out')] ?? 0;
      if (held === 0) painter.mark('ghost', 20, DESK_MIDDLE);
      for (let ix = 0; ix < shown; ix++) {
        painter.mark(ix < Math.min(asking, busy) ? 'asking' : ix < busy ? 'work' : 'waiting', 20 + ix * 15.5, DESK_MIDDLE);
      }
    }
    const below = OUTCOMES_MIDDLE + deskHeight(node, isNarrow) - DESK_HEIGHT;
    const step = isNarrow ? 9.6 : OUTCOMES_PITCH;
    const ends = outcomes.of(id, frame, places);
    for (let ix = 0; ix < 10; ix++) {
      const x = (isNarrow ? 14 : 18) + ix * step;
      const outcome = ends[ix - (10 - ends.length)];
      if (outcome === undefined) painter.dot(x, below);
      else painter.mark(outcome === 'failed' ? 'retry' : outcome, x, below, isNarrow ? 0.7 : 0.82);
    }
  },
};
