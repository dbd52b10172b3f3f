// A figure that follows the run: text written by reference at a calm pace, only when it changed. React renders it once.

import { useEffect, useRef } from 'react';
import { duration } from '../ui/format.ts';
import { currentPlaces, pictureLoop } from './lab.ts';
import type { Drawer, Pace } from './picture.ts';
import type { Places } from './readings.ts';

/** Calls `draw` at a pace for as long as the component is there. */
export function usePicture(pace: Pace, draw: Drawer): void {
  const latest = useRef(draw);
  useEffect(() => {
    latest.current = draw;
  });
  useEffect(() => pictureLoop.add((picture) => latest.current(picture), pace), [pace]);
}

/** Writes only what changed: a text that is written anew is laid out anew. */
export function write(element: Element | null, words: string): void {
  if (element !== null && element.textContent !== words) element.textContent = words;
}

/** What is shown before the first frame. */
const NOTHING_YET = '–';

export interface LiveTextProps {
  readonly read: (frame: Float64Array, places: Places, timeNs: number) => string;
  readonly pace?: Pace;
  readonly className?: string;
}

export function LiveText({ read, pace = 'calm', className }: LiveTextProps) {
  const element = useRef<HTMLSpanElement>(null);
  usePicture(pace, ({ frame, timeNs }) => {
    const places = currentPlaces();
    if (frame !== null && places !== null) write(element.current, read(frame, places, timeNs));
  });
  return (
    <span ref={element} className={className}>
      {NOTHING_YET}
    </span>
  );
}

/** A length of time, the figure and its unit written together. `read` gives ns. */
export function LiveDuration({ read }: { readonly read: (frame: Float64Array, places: Places) => number }) {
  const figure = useRef<HTMLSpanElement>(null);
  const unit = useRef<HTMLElement>(null);
  usePicture('calm', ({ frame }) => {
    const places = currentPlaces();
    if (frame === null || places === null) return;
    const now = duration(read(frame, places));
    write(figure.current, now.figure);
    write(unit.current, now.unit);
  });
  return (
    <>
      <span ref={figure}>{NOTHING_YET}</span>
      <i ref={unit} className="unit" />
    </>
  );
}
