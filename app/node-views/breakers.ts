// The breakers of the present run over time. Loaded with the first wire that has one; notes from then on.

import { BREAKER } from '../../sim-engine/protocol/frame.ts';
import type { ServiceWord } from '../messages/services.ts';
import { currentPlaces, onFrame } from '../store/lab.ts';
import { BreakerHistory } from './breaker-history.ts';

export const breakers = new BreakerHistory();

onFrame((frame) => {
  const places = currentPlaces();
  if (places !== null) breakers.note(frame, places);
});

/** What a breaker is called as it stands. */
export const BREAKER_WORDS = new Map<number, ServiceWord>([
  [BREAKER.CLOSED, 'call.closed'],
  [BREAKER.HALF_OPEN, 'call.half-open'],
  [BREAKER.OPEN, 'call.open'],
]);

/** The same as a shape: a switch that lets through, one on its way, one that stands apart. */
export const BREAKER_SHAPES = new Map<number, string>([
  [BREAKER.CLOSED, 'M-7 0H7'],
  [BREAKER.HALF_OPEN, 'M-7 0H-3L2.5 -2.6M3.5 0H7'],
  [BREAKER.OPEN, 'M-7 0H-3L1 -4.6M3.5 0H7'],
]);
