// A word that the engine declares, on a card: its place is kept until it is there.

import { useLabel } from './late.ts';

/** `isInLine`: within a sentence or beside a figure, so without its capital. */
export function Label({ of: key, isInLine }: { readonly of: string; readonly isInLine?: boolean }) {
  const label = useLabel(key);
  return label === '' ? '\u00a0' : isInLine ? label.toLowerCase() : label;
}
