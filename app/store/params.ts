// Parameters as they stand in a document, with the declared default where the document says nothing. For cards and forms.

import { fieldsOfWire, nodeKind } from '../../sim-engine/nodes/declarations.ts';
import type { Field, Fields } from '../../sim-engine/nodes/fields.ts';
import type { NodeDocument, WireDocument } from '../../sim-engine/topology/document.ts';

export const isWire = (thing: NodeDocument | WireDocument): thing is WireDocument => 'from' in thing;

export function fieldsOf(thing: NodeDocument | WireDocument): Fields {
  return isWire(thing) ? fieldsOfWire(thing.kind) : (nodeKind(thing.kind)?.fields ?? {});
}

/** Value of a field in document form. */
export function fieldOf(thing: NodeDocument | WireDocument, field: string): unknown {
  const declared = fieldsOf(thing)[field];
  const value = thing.params?.[field] ?? declared?.default;
  // A choice such as a version may stand there as a number.
  if (typeof value !== 'number' || declared?.kind !== 'choice') return value;
  return declared.choices.find((choice) => Number(choice.value) === value)?.value ?? value;
}

/** Whether a field matters while the others of its node stand as they do. */
export function isShown(thing: NodeDocument | WireDocument, field: Field): boolean {
  if (field.when === undefined) return true;
  const deciding = fieldsOf(thing)[field.when.field];
  if (deciding !== undefined && !isShown(thing, deciding)) return false;
  return field.when.is.includes(String(fieldOf(thing, field.when.field)));
}
