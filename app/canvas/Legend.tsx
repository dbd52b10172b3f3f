// What the wires say at the moment: letters one by one, their rate as width, or as dashes. Small, at the edge of the canvas.

import { lazy, Suspense, useRef, useState } from 'react';
import { LETTERS_MAX } from '../../sim-engine/protocol/frame.ts';
import { text } from '../messages/text.ts';
import { topologyOf } from '../store/drawing.ts';
import { usePicture } from '../store/LiveText.tsx';
import { currentPlaces, present, useLab } from '../store/lab.ts';
import { isDense } from '../store/readings.ts';
import { count } from '../ui/format.ts';
import { WIDTH_STEPS } from './letters.ts';
import { isTooFast } from './too-fast.ts';

const CallLegend = lazy(async () => ({ default: (await import('./CallLegend.tsx')).CallLegend }));

export function Legend({ isStill }: { readonly isStill: boolean }) {
  const [isWide, setWide] = useState(false);
  const now = useRef(isWide);
  const [isFast, setFast] = useState(false);
  const wasFast = useRef(isFast);
  usePicture('calm', ({ frame }) => {
    if (frame === null) return;
    const fast = isTooFastNow(frame, wasFast.current);
    if (fast !== wasFast.current) setFast(fast);
    wasFast.current = fast;
    if (isDense(frame) === now.current) return;
    now.current = isDense(frame);
    setWide(now.current);
  });
  const hasCalls = useLab((lab) => {
    const drawing = present(lab);
    return drawing !== null && topologyOf(drawing).wires.some(({ kind }) => kind === 'call');
  });
  if (!isWide) {
    return (
      <div className="legend is-words">
        <Suspense>{hasCalls && !isStill && <CallLegend />}</Suspense>
        <p>{text(isStill ? 'canvas.legend.dashes' : isFast ? 'canvas.legend.fast' : 'canvas.legend.letters')}</p>
      </div>
    );
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

/** Now: a run that stands lets every letter be seen, and while nothing is on its way it is as it was `before`. */
function isTooFastNow(frame: Float64Array, before: boolean): boolean {
  const places = currentPlaces();
  const { isRunning, speed } = useLab.getState();
  if (!isRunning || places === null) return false;
  return isTooFast(frame, places.letters, speed) ?? before;
}
