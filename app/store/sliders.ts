// Which fields are dragged, and how: limits, unit and the form in which people read the number. Used by the settings and by the
// controls that stand on cards.

import type { Field, LawDocument } from '../../sim-engine/nodes/fields.ts';
import type { NodeDocument } from '../../sim-engine/topology/document.ts';
import { parseDuration, printDuration } from '../../sim-engine/topology/units.ts';
import { text } from '../messages/text.ts';
import { durationText, figure } from '../ui/format.ts';
import { fieldOf, fieldsOf, isShown } from './params.ts';

export interface NumberForm {
  readonly min: number;
  readonly max: number;
  readonly unit: string;
  readonly isWhole: boolean;
  /** Equal steps instead of equal factors. */
  readonly isEven: boolean;
  /** From the document to what is shown, and back. */
  readonly shown: (value: number) => number;
  readonly meant: (value: number) => number;
}

const same = (value: number): number => value;

/** The form of a field that is one number; null for all others. */
export function numberForm(field: Field): NumberForm | null {
  switch (field.kind) {
    case 'int':
      return { ...plain(field), isWhole: true, unit: unitOf(field.unit) };
    case 'rate':
      return { ...plain(field), unit: text('unit.per-second') };
    case 'ratio':
      return field.unit === '%' ? percent(field) : { ...plain(field), unit: field.unit };
    default:
      return null;
  }
}

const plain = ({ min, max }: { min: number; max: number }) => ({
  min,
  max,
  isWhole: false,
  isEven: false,
  shown: same,
  meant: same,
});
const percent = ({ min, max }: { min: number; max: number }): NumberForm => ({
  min: min * 100,
  max: max * 100,
  unit: text('unit.percent'),
  isWhole: false,
  isEven: true,
  shown: (value) => Number((value * 100).toPrecision(6)),
  meant: (value) => Number((value / 100).toPrecision(6)),
});
/** How the control of a field is dragged. */
export interface SliderForm {
  readonly min: number;
  readonly max: number;
  readonly isWhole: boolean;
  readonly isEven: boolean;
  /** The default, as far as it is one number: where the tick stands. */
  readonly usual: number;
  /** From the document to the number that is dragged, and back into what the document held before. */
  readonly shown: (value: unknown) => number;
  readonly meant: (shown: number, before: unknown) => unknown;
  /** The number and its unit, which of a duration depends on the number. */
  readonly words: (shown: number) => { readonly figure: string; readonly unit: string };
}

/** The slider of a field as it stands; null where dragging would teach nothing, and for a law that has no mean. */
export function sliderForm(field: Field, value: unknown): SliderForm | null {
  const form = numberForm(field);
  if (form !== null) {
    const shown = (from: unknown) => form.shown(Number(from));
    const words = (number: number) => ({ figure: figure(number), unit: form.unit });
    return { ...form, usual: shown(field.default), shown, words, meant: (number) => form.meant(number) };
  }
  if (!field.live) return null;
  if (field.kind === 'duration') {
    const meant = (ns: number) => printDuration(Math.round(ns));
    return { ...lengths(nsOf(field.min), nsOf(field.max)), usual: nsOf(field.default), shown: nsOf, meant };
  }
  if (field.kind !== 'distribution' || field.of !== 'duration' || meanKey(value) === null) return null;
  const meant = (ns: number, before: unknown) => ({
    ...(before as LawDocument),
    [meanKey(before) ?? 'mean']: printDuration(Math.round(ns)),
  });
  return { ...lengths(1, nsOf(field.max)), usual: meanOf(field.default), shown: meanOf, meant };
}

/** Durations span many sizes, and are read in the unit that suits them. */
const lengths = (min: number, max: number) => {
  const words = (ns: number) => {
    const [number = '', unit = ''] = durationText(ns).split(' ');
    return { figure: number, unit };
  };
  return { min, max, words, isWhole: true, isEven: false };
};

/** Where a law keeps the length that it is mostly; null for one of several lengths. */
export function meanKey(law: unknown): 'mean' | 'value' | null {
  if (typeof law !== 'object' || law === null) return null;
  return 'mean' in law ? 'mean' : 'value' in law ? 'value' : null;
}

function meanOf(law: unknown): number {
  const key = meanKey(law);
  return key === null ? Number.NaN : nsOf((law as { readonly [key: string]: unknown })[key]);
}

function nsOf(length: unknown): number {
  const parsed = parseDuration(String(length));
  return parsed.ok ? parsed.value : Number.NaN;
}

/** Units that are only the name of what is counted say nothing beside a label that says it; signs such as × stand for themselves. */
function unitOf(unit: string): string {
  if (unit === 'keys' || unit === 'callers') return text(`unit.${unit}`);
  return /[a-z]/.test(unit) ? '' : unit;
}

/** Whether the control of a field may stand on a card: it is dragged, and a run takes it at once. */
export const canBeKnob = (field: Field, value: unknown): boolean => field.live && sliderForm(field, value) !== null;

/** Fields whose controls stand on the card of this node, in the order of the document; those that do not matter now left out. */
export function knobsOf(node: NodeDocument): readonly { readonly name: string; readonly field: Field }[] {
  if (node.view === undefined) return [];
  const fields = fieldsOf(node);
  return node.view.knobs.flatMap(({ field: name }) => {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    return field !== undefined && canBeKnob(field, fieldOf(node, name)) && isShown(node, field) ? [{ name, field }] : [];
  });
}
