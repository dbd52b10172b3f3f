// How the calls on a wire stand now, and its breaker over time: a ribbon that one can read the run off.

import { useRef, useState } from 'react';
import { BREAKER, FRAME, WIRE } from '../../sim-engine/protocol/frame.ts';
import type { WireDocument } from '../../sim-engine/topology/document.ts';
import { worded } from '../messages/services.ts';
import { stretches, type Turn } from '../node-views/breaker-history.ts';
import { BREAKER_SHAPES, BREAKER_WORDS, breakers } from '../node-views/breakers.ts';
import { LiveText, usePicture } from '../store/LiveText.tsx';
import { currentPlaces } from '../store/lab.ts';
import { fieldOf } from '../store/params.ts';
import { count, durationText } from '../ui/format.ts';
import './now.css';

/** So much of the run is seen on the ribbon, simulated time. */
const SPAN_NS = 60e9;
const WIDTH = 256;
const HEIGHT = 26;

export function CallNow({ wire }: { readonly wire: WireDocument }) {
  const of = (place: number) => (frame: Float64Array, places: { wire(id: string): number }) => {
    const at = places.wire(wire.id);
    return at < 0 ? '–' : count(frame[at + place] as number);
  };
  return (
    <div className="inspector-section">
      <h3>{worded('call.now')}</h3>
      {fieldOf(wire, 'breaker') !== 'none' && <Ribbon id={wire.id} />}
      <dl className="inspector-gauges now-figures">
        <div>
          <dt>{worded('call.out.label')}</dt>
          <dd data-now="out">
            <LiveText read={of(WIRE.CALLS_OUT)} />
          </dd>
        </div>
        <div>
          <dt>{worded('call.waiting.label')}</dt>
          <dd data-now="waiting">
            <LiveText read={of(WIRE.CALLS_WAITING)} />
          </dd>
        </div>
      </dl>
    </div>
  );
}

interface Seen {
  readonly state: number;
  readonly turns: readonly Turn[];
  readonly atNs: number;
}

/** Anew at human speed only: when the breaker turned, and as the window of time moves on by a step. */
function Ribbon({ id }: { readonly id: string }) {
  const [{ state, turns, atNs }, see] = useState<Seen>({ state: BREAKER.CLOSED, turns: [], atNs: 0 });
  const last = useRef('');
  usePicture('calm', ({ frame }) => {
    const at = currentPlaces()?.wire(id) ?? -1;
    if (frame === null || at < 0) return;
    const now = frame[at + WIRE.BREAKER] as number;
    const timeNs = frame[FRAME.SIM_TIME_NS] as number;
    const known = breakers.of(id);
    const key = `${now} ${known.length} ${Math.floor((timeNs / SPAN_NS) * WIDTH)}`;
    if (key === last.current) return;
    last.current = key;
    see({ state: now, turns: [...known], atNs: timeNs });
  });
  const word = worded(BREAKER_WORDS.get(state) ?? 'call.closed');
  const opened = turns.filter((turn) => turn.state === BREAKER.OPEN && turn.fromNs > atNs - SPAN_NS).length;
  const times =
    opened === 0
      ? worded('call.ribbon.never')
      : opened === 1
        ? worded('call.ribbon.once')
        : worded('call.ribbon.opened', { times: opened });
  return (
    <figure className="ribbon">
      <figcaption>
        <svg width="20" height="12" viewBox="-10 -6 20 12" aria-hidden="true" data-state={BREAKER_WORDS.get(state)}>
          <path d={BREAKER_SHAPES.get(state) ?? ''} />
        </svg>
        <b data-testid="breaker-now">{word}</b>
        <span>{times}</span>
      </figcaption>
      <svg
        className="ribbon-time"
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={worded('call.ribbon.label', { span: durationText(SPAN_NS), now: word, times: opened })}
        data-testid="breaker-ribbon"
      >
        {stretches(turns, atNs - SPAN_NS, atNs).map((stretch) => (
          <Piece key={stretch.from} {...stretch} />
        ))}
      </svg>
      <p>
        <span>{worded('call.ribbon.from', { span: durationText(SPAN_NS) })}</span>
        <span>{worded('call.ribbon.now')}</span>
      </p>
    </figure>
  );
}

/** Closed is a line that runs through, probing a dashed one, open a raised block: told apart without colour. */
function Piece({ from, to, state }: { readonly from: number; readonly to: number; readonly state: number }) {
  const [x, right] = [from * WIDTH, to * WIDTH];
  const width = Math.max(1, right - x);
  if (state === BREAKER.OPEN) return <rect className="is-open" x={x} y="2" width={width} height="14" />;
  return <path className={state === BREAKER.CLOSED ? 'is-closed' : 'is-probing'} d={`M${x} 21H${x + width}`} />;
}
