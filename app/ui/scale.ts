// Sliders for quantities that span many sizes: the handle moves by equal factors, values snap to two figures. Pure.

export interface Range {
  readonly min: number;
  readonly max: number;
}

const STEPS = 200;

/** A range worth dragging over: from a twentieth to twenty times the start, within the limits. */
export function draggable(start: number, limits: Range): Range {
  const middle = start > 0 ? start : Math.max(limits.min, 1);
  const max = Math.min(limits.max, tidy(middle * 20));
  return { min: limits.min === 0 ? 0 : Math.max(limits.min, tidy(middle / 20)), max };
}

/** Place of a value on a slider of `STEPS` steps. The lowest step is the minimum itself, which may be 0. */
export function toStep(value: number, { min, max }: Range): number {
  const floor = lowest({ min, max });
  if (value <= floor) return value <= min ? 0 : 1;
  return Math.min(STEPS, Math.round(1 + ((STEPS - 1) * Math.log(value / floor)) / Math.log(max / floor)));
}

export function fromStep(step: number, { min, max }: Range): number {
  if (step <= 0) return min;
  if (step >= STEPS) return max;
  const floor = lowest({ min, max });
  return tidy(floor * (max / floor) ** ((step - 1) / (STEPS - 1)));
}

export const SLIDER_STEPS = STEPS;

/** Two figures: nobody wants a rate of 23.7419. */
export const tidy = (value: number): number => Number(value.toPrecision(2));

/** A logarithm needs a start above 0. */
const lowest = ({ min, max }: Range): number => (min > 0 ? min : max / 1000);
