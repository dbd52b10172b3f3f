// Version 0 to 1. The draft kept its nodes in an object under their ids, and its wires named their ends `source` and
// `target`. Since version 1 both are lists whose members carry their id, so that any id can be used and order is kept.

import { isObject, type JsonObject, member } from '../shapes.ts';
import type { Migration } from './migrate.ts';

export const DRAFT_TO_FIRST: Migration = {
  from: 0,
  topology: (document) => ({
    ...document,
    nodes: nodesAsList(member(document, 'nodes')),
    wires: wiresWithNewEnds(member(document, 'wires')),
  }),
  // The draft of a scenario differed in its topology alone, which has a version of its own.
  scenario: (document) => document,
};

/** What is not as the draft had it is left alone: the parser then says what is wrong with it. */
function nodesAsList(nodes: unknown): unknown {
  if (!isObject(nodes)) return nodes;
  return Object.entries(nodes).map(([id, node]) => (isObject(node) ? { ...node, id } : node));
}

function wiresWithNewEnds(wires: unknown): unknown {
  if (!Array.isArray(wires)) return wires;
  return wires.map((wire: unknown) => (isObject(wire) ? renamed(renamed(wire, 'source', 'from'), 'target', 'to') : wire));
}

function renamed(object: JsonObject, old: string, now: string): JsonObject {
  if (!Object.hasOwn(object, old) || Object.hasOwn(object, now)) return object;
  const { [old]: value, ...rest } = object;
  return { ...rest, [now]: value };
}
