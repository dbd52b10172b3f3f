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

/** `x`, `y`: middle of the wire. */
export function CallChip({ id, x, y }: { readonly id: string; readonly x: number; readonly y: number }) {
  const chip = useRef<SVGGElement>(null);
  const plate = useRef<SVGRectElement>(null);
  const blade = useRef<SVGPathElement>(null);
  const label = useRef<SVGTextElement>(null);
  usePicture('calm', ({ frame }) => {
    const at = currentPlaces()?.wire(id) ?? -1;
    if (frame === null || at < 0) return;
    const state = frame[at + WIRE.BREAKER] as number;
    const waiting = frame[at + WIRE.CALLS_WAITING] as number;
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
    plate.current?.setAttribute('width', String(width));
    plate.current?.setAttribute('x', String(-width / 2));
    blade.current?.setAttribute('transform', `translate(${-width / 2 + 15} 0)`);
    label.current?.setAttribute('x', String(lead / 2));
  });
  return (
    <g ref={chip} className="call-chip" transform={`translate(${x} ${y - 20})`} visibility="hidden">
      <rect ref={plate} y={-9} height={18} rx="5" />
      <path ref={blade} />
      <text ref={label} y="4" textAnchor="middle" />
    </g>
  );
}
