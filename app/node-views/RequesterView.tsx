// A requester's card: its open requests as letters in a tray, and below it the bin into which replies fall that come too late, twice or
// for nobody.

import { text } from '../messages/text.ts';
import { LiveDuration, LiveText } from '../store/LiveText.tsx';
import { rates } from '../store/lab.ts';
import { fieldOf } from '../store/params.ts';
import type { Places } from '../store/readings.ts';
import { count } from '../ui/format.ts';
import { REDUCED_MOTION } from '../ui/media.ts';
import { Bins } from './bin.ts';
import type { CardProps, NodeView } from './node-view.ts';
import { paintTray, trayHeight } from './tray.ts';

const ROWS = 2;
const TRAY_TOP = 47;
const BIN_TOP = TRAY_TOP + trayHeight(ROWS) + 7;
const BIN_HEIGHT = 30;
const BIN_MIDDLE = BIN_TOP + BIN_HEIGHT / 2;
/** From right to left, clear of the figure. */
const BIN_RIGHT = 158;
const BIN_PITCH = 15.5;

const bins = new Bins();
let motion: MediaQueryList | undefined;

const gaugeOf = (frame: Float64Array, places: Places, id: string, name: string): number => frame[places.gauge(id, name)] ?? 0;

const thrownAway = (frame: Float64Array, places: Places, id: string): number =>
  gaugeOf(frame, places, id, 'late') + gaugeOf(frame, places, id, 'duplicate') + gaugeOf(frame, places, id, 'unknown');

/** Mean time to an answer over the last seconds, ns. */
function answerNs(frame: Float64Array, places: Places, id: string): number {
  const answers = rates.at(frame, places.gauge(id, 'answered'));
  return answers > 0 ? (rates.at(frame, places.gauge(id, 'answer_seconds')) / answers) * 1e9 : Number.NaN;
}

function RequesterBody({ node: { id }, isNarrow }: CardProps) {
  if (isNarrow) return null;
  return (
    <div className="card-foot">
      <div className="card-shelf" style={{ height: BIN_HEIGHT }}>
        <span className="lbl">{text('card.bin')}</span>
        <LiveText className="card-more" read={(frame, places) => count(thrownAway(frame, places, id))} />
      </div>
      <dl className="card-figures">
        <div>
          <dt>{text('card.answered')}</dt>
          <dd>
            <LiveText read={(frame, places) => count(gaugeOf(frame, places, id, 'answered'))} />
          </dd>
        </div>
        <div>
          <dt>{text('card.timed-out')}</dt>
          <dd>
            <LiveText read={(frame, places) => count(gaugeOf(frame, places, id, 'timed_out'))} />
          </dd>
        </div>
        <div>
          <dt>{text('card.answer-takes')}</dt>
          <dd>
            <LiveDuration read={(frame, places) => answerNs(frame, places, id)} />
          </dd>
        </div>
      </dl>
    </div>
  );
}

/** Also in words, for whoever cannot count the letters: how many requests are open. */
function OpenCount({ node: { id } }: CardProps) {
  return (
    <span className="card-rate">
      <LiveText read={(frame, places) => count(gaugeOf(frame, places, id, 'open_requests'))} />{' '}
      <i className="unit">{text('card.open')}</i>
    </span>
  );
}

export const REQUESTER_VIEW: NodeView = {
  size: (isNarrow) => (isNarrow ? { width: 150, height: 52 } : { width: 204, height: BIN_TOP + BIN_HEIGHT + 46 }),
  subline(node) {
    const timeout = fieldOf(node, 'timeout');
    return typeof timeout === 'string' && !/^0/.test(timeout)
      ? text('card.timeout', { time: timeout.replace(/(\d)([a-z])/, '$1 $2') })
      : '';
  },
  Aside: OpenCount,
  Body: RequesterBody,
  paint(painter, { id }, frame, places, isNarrow) {
    motion ??= matchMedia(REDUCED_MOTION);
    const falls = bins.of(id, frame, thrownAway(frame, places, id));
    if (isNarrow) return;
    const open = gaugeOf(frame, places, id, 'open_requests');
    paintTray(painter, open, { x: 13, y: TRAY_TOP, rows: ROWS, state: 'waiting', hasDots: true });
    falls.forEach((share, ix) => {
      const fallen = motion?.matches ? 1 : share * share;
      painter.mark('lost', BIN_RIGHT - (falls.length - 1 - ix) * BIN_PITCH, TRAY_TOP + (BIN_MIDDLE - TRAY_TOP) * fallen);
    });
  },
};
