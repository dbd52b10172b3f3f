// Whether letters pass faster than anybody can see them: then the legend must not promise that each is drawn.

import { FRAME, LETTER, LETTER_STRIDE } from '../../sim-engine/protocol/frame.ts';

/** A letter on its way for less than this, ms of the wall clock, is seen for two pictures at most. */
const SEEN_MS = 34;
/** Letters of a frame that are looked at: they say enough, and there may be thousands. */
const LOOKED_AT_MAX = 100;

/**
 * Of a frame whose letters begin at `lettersAt`, at `speed` simulated seconds a second: whether most of what is on its way is there
 * too shortly to be seen; null while nothing is on its way.
 */
export function isTooFast(frame: Float64Array, lettersAt: number, speed: number): boolean | null {
  const count = Math.min(frame[FRAME.LETTER_COUNT] as number, LOOKED_AT_MAX);
  if (count === 0) return null;
  let fast = 0;
  for (let letter = 0; letter < count; letter++) {
    const at = lettersAt + letter * LETTER_STRIDE;
    const flightNs = (frame[at + LETTER.DUE_AT_NS] as number) - (frame[at + LETTER.SENT_AT_NS] as number);
    if (flightNs / (speed * 1e6) < SEEN_MS) fast++;
  }
  return fast * 2 > count;
}
