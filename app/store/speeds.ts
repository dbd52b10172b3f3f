// The speeds one can choose: 1-2-5 steps from a thousandth of real time to a thousand times, and as fast as it goes. Evenly
// spaced steps of a slider are thus equal factors.

import { text } from '../messages/text.ts';

const DECADES = [0.001, 0.01, 0.1, 1, 10, 100];

/** Simulated seconds a second, slowest first. The last is without a limit. */
export const SPEEDS: readonly number[] = [
  ...DECADES.flatMap((ten) => [ten, ten * 2, ten * 5].map((speed) => Number(speed.toPrecision(1)))),
  1000,
  Number.POSITIVE_INFINITY,
];

/** Index of the step that is the smallest factor away. */
export function speedIndex(speed: number): number {
  if (speed === Number.POSITIVE_INFINITY) return SPEEDS.length - 1;
  const distance = (step: number) => Math.abs(Math.log(step / speed));
  let best = 0;
  for (let ix = 1; ix < SPEEDS.length - 1; ix++) {
    if (distance(SPEEDS[ix] as number) < distance(SPEEDS[best] as number)) best = ix;
  }
  return best;
}

export const nearestSpeed = (speed: number): number => SPEEDS[speedIndex(speed)] as number;

export function speedText(speed: number): string {
  return Number.isFinite(speed) ? text('transport.speed.factor', { factor: speed }) : text('transport.speed.max.short');
}
