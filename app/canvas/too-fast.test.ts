import { describe, expect, it } from 'vitest';
import { FRAME, LETTER, LETTER_STRIDE } from '../../sim-engine/protocol/frame.ts';
import { isTooFast } from './too-fast.ts';

/** A frame of letters that are on their way for so long, ms. */
function frameOf(...flightsMs: readonly number[]): Float64Array {
  const frame = new Float64Array(FRAME.HEADER_LENGTH + flightsMs.length * LETTER_STRIDE);
  frame[FRAME.LETTER_COUNT] = flightsMs.length;
  flightsMs.forEach((ms, ix) => {
    const at = FRAME.HEADER_LENGTH + ix * LETTER_STRIDE;
    frame[at + LETTER.SENT_AT_NS] = 7e9;
    frame[at + LETTER.DUE_AT_NS] = 7e9 + ms * 1e6;
  });
  return frame;
}
const isFast = (speed: number, ...flightsMs: readonly number[]) => isTooFast(frameOf(...flightsMs), FRAME.HEADER_LENGTH, speed);

describe('letters that pass too fast to be seen', () => {
  it('are those of two pictures or less, at the speed of the run', () => {
    expect(isFast(1, 400, 400)).toBe(false);
    expect(isFast(10, 400, 400)).toBe(false);
    expect(isFast(20, 400, 400)).toBe(true);
    expect(isFast(1, 5)).toBe(true);
    expect(isFast(0.1, 5)).toBe(false);
    expect(isFast(Number.POSITIVE_INFINITY, 60_000)).toBe(true);
  });

  it('are spoken of when they are most of what is on its way', () => {
    expect(isFast(1, 5, 5, 400)).toBe(true);
    expect(isFast(1, 5, 400, 400)).toBe(false);
  });

  it('are unknown while nothing is on its way', () => {
    expect(isFast(1000)).toBeNull();
  });
});
