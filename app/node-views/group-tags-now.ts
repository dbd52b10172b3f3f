// The letters of the groups that are drawn now, worked out once for a drawing.

import { topologyOf } from '../store/drawing.ts';
import { present, useLab } from '../store/lab.ts';
import { groupTags } from './group-tags.ts';

const NO_TAGS: ReadonlyMap<string, string> = new Map();
let tagsOf: { readonly nodes: object; readonly tags: ReadonlyMap<string, string> } | null = null;

/** By id of the group. */
export function tagsNow(): ReadonlyMap<string, string> {
  const drawing = present(useLab.getState());
  if (drawing === null) return NO_TAGS;
  const { nodes } = topologyOf(drawing);
  if (tagsOf?.nodes !== nodes) tagsOf = { nodes, tags: groupTags(nodes) };
  return tagsOf.tags;
}
