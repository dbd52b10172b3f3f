// A list of steps as a document holds it, and what can be done with it. The crash that is set between two steps stays with the step it
// comes after. Pure functions that answer with new values.

import type { StepKind, StepsField } from '../../sim-engine/nodes/fields.ts';

/** A bare word is the step with all defaults. */
export type StepDocument = string | { readonly do: string; readonly [field: string]: unknown };

/** A list, and after how many of its steps there is a crash; 0 = never. */
export interface StepList {
  readonly steps: readonly StepDocument[];
  readonly crashAfter: number;
}

export const wordOf = (step: StepDocument): string => (typeof step === 'string' ? step : step.do);

export const kindOf = ({ steps }: StepsField, step: StepDocument): StepKind | undefined => steps[wordOf(step)];

/** Value of a field of a step, in document form. */
export const stepValue = (kind: StepKind, step: StepDocument, field: string): unknown =>
  (typeof step === 'string' ? undefined : step[field]) ?? kind.fields[field]?.default;

/** `undefined` = back to the default. */
export function withValue(step: StepDocument, field: string, value: unknown): StepDocument {
  const { [field]: _, ...others } = typeof step === 'string' ? { do: step } : step;
  if (value !== undefined) return { ...others, do: wordOf(step), [field]: value };
  return Object.keys(others).length > 1 ? { ...others, do: wordOf(step) } : wordOf(step);
}

/** The first kind comes first and once. */
export const kindsToAdd = (field: StepsField): readonly string[] => Object.keys(field.steps).slice(1);

/** Where a new step goes: before the receipt that ends the list, else to the end. */
export const placeForNew = (steps: readonly StepDocument[]): number =>
  steps.length > 1 && wordOf(steps.at(-1) as StepDocument) === 'acknowledge' ? steps.length - 1 : steps.length;

export function added({ steps, crashAfter }: StepList, at: number, word: string): StepList {
  return { steps: steps.toSpliced(at, 0, word), crashAfter: crashAfter > at ? crashAfter + 1 : crashAfter };
}

/** The first one stays. */
export function removed(list: StepList, at: number): StepList {
  const { steps, crashAfter } = list;
  if (at === 0 || at >= steps.length) return list;
  return { steps: steps.toSpliced(at, 1), crashAfter: crashAfter > at ? crashAfter - 1 : crashAfter };
}

/** The step at `from` comes to stand at `to`; nothing comes before the first one, which stays. */
export function moved(list: StepList, from: number, to: number): StepList {
  const { steps, crashAfter } = list;
  const place = Math.min(Math.max(to, 1), steps.length - 1);
  const step = steps[from];
  if (from === 0 || step === undefined || place === from) return list;
  return { steps: steps.toSpliced(from, 1).toSpliced(place, 0, step), crashAfter: crashStays(crashAfter, from, place) };
}

/** The crash keeps the step it comes after, unless that is the one that moved: then it keeps its gap. */
function crashStays(crashAfter: number, from: number, to: number): number {
  const after = crashAfter - 1;
  if (crashAfter === 0 || after === from) return crashAfter;
  if (from < after && to >= after) return crashAfter - 1;
  return from > after && to <= after ? crashAfter + 1 : crashAfter;
}
