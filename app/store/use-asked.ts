// An answer of the engine that is kept fresh while somebody looks at it: asked anew when the run has moved on, at most once a
// second unless more is asked for. For lists of a panel; figures that follow the run are read from frames.

import { useEffect, useRef, useState } from 'react';
import { FRAME } from '../../sim-engine/protocol/frame.ts';
import { usePicture } from './LiveText.tsx';
import { quietly } from './lab.ts';

const EVERY_MS = 1000;

/**
 * The latest answer to `ask`, null before the first. Another `topic` is another question. `everyMs`: how long an answer stands at least;
 * infinity while nobody sees it.
 */
export function useAsked<T>(topic: string, ask: () => Promise<T>, everyMs = EVERY_MS): T | null {
  const [answered, setAnswered] = useState<{ readonly topic: string; readonly answer: T } | null>(null);
  const asked = useRef({ topic: '', events: Number.NaN, timeNs: Number.NaN, wallMs: Number.NEGATIVE_INFINITY });
  const isThere = useRef(true);
  useEffect(() => {
    isThere.current = true;
    return () => {
      isThere.current = false;
    };
  }, []);
  usePicture('calm', ({ frame, wallMs }) => {
    const timeNs = frame?.[FRAME.SIM_TIME_NS] ?? Number.NaN;
    const events = frame?.[FRAME.EVENTS] ?? Number.NaN;
    const last = asked.current;
    const isNew = last.topic !== topic;
    if (!isNew && (wallMs - last.wallMs < everyMs || (timeNs === last.timeNs && events === last.events))) return;
    asked.current = { topic, events, timeNs, wallMs };
    quietly(
      ask().then((answer) => {
        if (isThere.current && asked.current.topic === topic) setAnswered({ topic, answer });
      }),
    );
  });
  return answered?.topic === topic ? answered.answer : null;
}
