// What is declared of a field beside its sentence: limits and default, as one line for people. Pure.

import type { Field, LawDocument } from '../../sim-engine/nodes/fields.ts';
import { printBytes } from '../../sim-engine/topology/units.ts';
import { text } from '../messages/asked.ts';
import { say } from '../messages/say.ts';
import { numberForm } from '../store/sliders.ts';
import { figure } from '../ui/format.ts';

/** "From 0 to 10,000,000 /s; 1 /s if left alone." */
export function factsOf(field: Field): string {
  const limits = limitsOf(field);
  const value = defaultText(field);
  if (limits === null) return value === '' ? '' : text('inspector.default', { value });
  return text('inspector.limits', { ...limits, value });
}

export const isDefault = (field: Field, value: unknown): boolean => JSON.stringify(value) === JSON.stringify(field.default);

function limitsOf(field: Field): { readonly min: string; readonly max: string } | null {
  const form = numberForm(field);
  if (form !== null) return { min: figure(form.min), max: withUnit(form.max, form.unit) };
  if (field.kind === 'duration') return { min: spaced(field.min), max: spaced(field.max) };
  if (field.kind === 'bytes') return { min: spaced(String(printBytes(field.min))), max: spaced(String(printBytes(field.max))) };
  return null;
}

function defaultText(field: Field): string {
  const form = numberForm(field);
  if (form !== null) return withUnit(form.shown(field.default as number), form.unit);
  switch (field.kind) {
    case 'duration':
      return spaced(field.default);
    case 'bytes':
      return spaced(String(printBytes(field.default)));
    case 'flag':
      return text(field.default ? 'inspector.on' : 'inspector.off');
    case 'choice':
      return say(field.choices.find(({ value }) => value === field.default)?.label ?? field.default);
    case 'distribution':
      return lawText(field.default);
    default:
      return '';
  }
}

function lawText(law: LawDocument): string {
  const { mean, value } = law as { readonly mean?: string | number; readonly value?: string | number };
  const length = mean ?? value;
  const name = text(`law.${law.law}`);
  return length === undefined ? name : text('inspector.law', { law: name, mean: spaced(String(length)) });
}

const withUnit = (value: number, unit: string): string => `${figure(value)} ${unit}`.trim();

/** "450ms" as "450 ms". */
export const spaced = (quantityText: string): string => quantityText.replace(/(\d)([A-Za-zµ])/, '$1 $2');
