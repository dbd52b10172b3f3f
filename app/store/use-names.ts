// What people call the nodes and wires of the present drawing, for lists that speak of them by id.

import { nameOf, topologyOf } from './drawing.ts';
import { present, useLab } from './lab.ts';

export function useNames(): (id: string) => string {
  const drawing = useLab(present);
  return (id) => (drawing === null ? id : nameOf(topologyOf(drawing), id));
}
