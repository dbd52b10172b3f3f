// The letter by which a consumer group is known on the tapes: that of its name, or another where two begin alike. Pure.

import type { NodeDocument } from '../../sim-engine/topology/document.ts';

/** By id, in the order of the drawing. */
export function groupTags(nodes: readonly NodeDocument[]): ReadonlyMap<string, string> {
  const tags = new Map<string, string>();
  const taken = new Set<string>();
  for (const { id, kind, name } of nodes) {
    if (kind !== 'kafka-group') continue;
    const letters = [...(name ?? id).toLowerCase(), ...'abcdefghijklmnopqrstuvwxyz'].filter((letter) => /\p{L}|\d/u.test(letter));
    const tag = letters.find((letter) => !taken.has(letter)) ?? '·';
    taken.add(tag);
    tags.set(id, tag);
  }
  return tags;
}
