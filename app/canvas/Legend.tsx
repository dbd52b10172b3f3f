// What the wires say at the moment: letters one by one, their rate as width, or as dashes. Small, at the edge of the canvas.

import { useRef, useState } from 'react';
import { LETTERS_MAX } from '../../sim-engine/protocol/frame.ts';
import { text } from '../messages/text.ts';
import { usePicture } from '../store/LiveText.tsx';
import { isDense } from '../store/readings.ts';
import { count } from '../ui/format.ts';
import { WIDTH_STEPS } from './letters.ts';

export function Legend({ isStill }: { readonly isStill: boolean }) {
  const [isWide, setWide] = useState(false);
  const now = useRef(isWide);
  usePicture('calm', ({ frame }) => {
    if (frame === null || isDense(frame) === now.current) return;
    now.current = isDense(frame);
    setWide(now.current);
  });
  if (!isWide) {
    return <p className="legend">{text(isStill ? 'canvas.legend.dashes' : 'canvas.legend.letters')}</p>;
  }
  return (
    <ul className="legend" data-testid="legend">
      {WIDTH_STEPS.map(({ below, width }) => (
        <li key={width}>
          <i style={{ height: width }} />
          {Number.isFinite(below) ? text('canvas.legend.to', { rate: count(below) }) : text('canvas.legend.more')}
        </li>
      ))}
      <li>{text('canvas.legend.width', { count: count(LETTERS_MAX) })}</li>
    </ul>
  );
}
