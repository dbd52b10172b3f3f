// What a wire on which somebody asks says beside its middle: how its breaker stands, as a switch and as a word, and how many calls
// wait until they may go out. Written from the frames.

import { useRef } from 'react';
import { WIRE } from '../../sim-engine/protocol/frame.ts';
import { worded } from '../messages/services.ts';
import { usePicture, write } from '../store/LiveText.tsx';
import { currentPlaces } from '../store/lab.ts';
import { BREAKER_SHAPES, BREAKER_WORDS } from './breakers.ts';
import './calls.css';

const LETTER = 5.6;
const SWITCH = 24;
const PADDING = 12;

/** Above a wire that lies, at the right of one that stands: both leave the letters on it free. */
const AWAY = { above: 20, beside: 10 } as const;

/** `points`: along the wire, x and y in turn. */
export function CallChip({ id, points }: { readonly id: string; readonly points: Float32Array }) {
  const middle = points.length >> 2;
  const at = (ix: number) => [points[2 * ix] as number, points[2 * ix + 1] as number] as const;
  const [[x, y], [beforeX, beforeY], [afterX, afterY]] = [at(middle), at(middle - 1), at(middle + 1)];
  const isUpright = Math.abs(afterY - beforeY) > Math.abs(afterX - beforeX);
  const chip = useRef<SVGGElement>(null);
  const plate = useRef<SVGRectElement>(null);
  const blade = useRef<SVGPathElement>(null);
  const label = useRef<SVGTextElement>(null);
  usePicture('calm', ({ frame }) => {
    const place = currentPlaces()?.wire(id) ?? -1;
    if (frame === null || place < 0) return;
    const state = frame[place + WIRE.BREAKER] as number;
    const waiting = frame[place + WIRE.CALLS_WAITING] as number;
    const word = BREAKER_WORDS.get(state);
    const words = [
      ...(word === undefined ? [] : [worded(word)]),
      ...(waiting > 0 ? [worded('call.waits', { count: waiting })] : []),
    ].join(', ');
    write(label.current, words);
    chip.current?.setAttribute('visibility', words === '' ? 'hidden' : 'visible');
    if (chip.current !== null) chip.current.dataset.state = word ?? '';
    const shape = BREAKER_SHAPES.get(state) ?? '';
    if (blade.current?.getAttribute('d') !== shape) blade.current?.setAttribute('d', shape);
    const lead = shape === '' ? 0 : SWITCH;
    const width = words.length * LETTER + PADDING + lead;
    const left = isUpright ? AWAY.beside : -width / 2;
    plate.current?.setAttribute('width', String(width));
    plate.current?.setAttribute('x', String(left));
    blade.current?.setAttribute('transform', `translate(${left + 15} 0)`);
    label.current?.setAttribute('x', String(left + (width + lead) / 2));
  });
  return (
    <g ref={chip} className="call-chip" transform={`translate(${x} ${isUpright ? y : y - AWAY.above})`} visibility="hidden">
      <rect ref={plate} y={-9} height={18} rx="5" />
      <path ref={blade} />
      <text ref={label} y="4" textAnchor="middle" />
    </g>
  );
}
