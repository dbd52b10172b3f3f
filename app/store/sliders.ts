// Which fields are dragged, and how: limits, unit and the form in which people read the number. Used by the settings and by the
// controls that stand on cards.

import type { Field } from '../../sim-engine/nodes/fields.ts';
import type { NodeDocument } from '../../sim-engine/topology/document.ts';
import { text } from '../messages/text.ts';
import { fieldsOf, isShown } from './params.ts';

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
/** Units that are only the name of what is counted say nothing beside a label that says it; signs such as × stand for themselves. */
function unitOf(unit: string): string {
  if (unit === 'messages' || unit === 'attempts' || unit === 'at once') return '';
  return unit === 'keys' || unit === 'callers' ? text(`unit.${unit}`) : unit;
}

/** Whether the control of a field may stand on a card: it is dragged, and a run takes it at once. */
export const canBeKnob = (field: Field): boolean => field.live && numberForm(field) !== null;

/** Fields whose controls stand on the card of this node, in the order of the document; those that do not matter now left out. */
export function knobsOf(node: NodeDocument): readonly { readonly name: string; readonly field: Field }[] {
  if (node.view === undefined) return [];
  const fields = fieldsOf(node);
  return node.view.knobs.flatMap(({ field: name }) => {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    return field !== undefined && canBeKnob(field) && isShown(node, field) ? [{ name, field }] : [];
  });
}
