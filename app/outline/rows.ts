// The drawing as a tree of rows: nodes, in them what lies in them, their knobs, their counts, and their wires as ways to the node at
// the other end. Which rows are seen, and where a key leads from one of them. Pure.

import { nodeKind } from '../../sim-engine/nodes/declarations.ts';
import type { Field } from '../../sim-engine/nodes/fields.ts';
import type { Gauge } from '../../sim-engine/nodes/node-kind.ts';
import type { NodeDocument, TopologyDocument, WireDocument } from '../../sim-engine/topology/document.ts';
import { text } from '../messages/asked.ts';
import { say } from '../messages/say.ts';
import { nodeName } from '../store/node-name.ts';
import { fieldOf, fieldsOf, isShown } from '../store/params.ts';
import { canBeKnob } from '../store/sliders.ts';

interface Place {
  readonly key: string;
  /** What people call it, and what the first letters they type are held against. */
  readonly label: string;
  /** From 1. */
  readonly level: number;
  /** Key of the row that this one is in. */
  readonly parent: string | null;
  /** Its place among the rows of its parent, from 1, and how many those are. */
  readonly position: number;
  readonly siblings: number;
}

export type Row = Place &
  (
    | { readonly kind: 'node'; readonly node: NodeDocument; readonly isExpanded: boolean }
    | { readonly kind: 'knob'; readonly node: NodeDocument; readonly name: string; readonly field: Field }
    | { readonly kind: 'count'; readonly node: NodeDocument; readonly gauge: Gauge }
    | { readonly kind: 'wire'; readonly wire: WireDocument; readonly other: string }
  );

export const keyOfNode = (id: string): string => `node ${id}`;

/** The rows that are seen while these are expanded, from top to bottom. */
export function rowsOf(topology: TopologyDocument, expanded: ReadonlySet<string>): readonly Row[] {
  const ids = new Set(topology.nodes.map(({ id }) => id));
  const outer = topology.nodes.filter(({ parent }) => parent === undefined || !ids.has(parent));
  return outer.flatMap((node, ix) =>
    nodeRows(topology, expanded, node, { parent: null, level: 1, position: ix + 1, siblings: outer.length }),
  );
}

function nodeRows(
  topology: TopologyDocument,
  expanded: ReadonlySet<string>,
  node: NodeDocument,
  place: Omit<Place, 'key' | 'label'>,
): readonly Row[] {
  const key = keyOfNode(node.id);
  const isExpanded = expanded.has(key);
  const row: Row = { ...place, kind: 'node', key, label: nodeName(node), node, isExpanded };
  if (!isExpanded) return [row];
  const inside = topology.nodes.filter(({ parent }) => parent === node.id);
  const leaves = leavesOf(topology, node);
  const siblings = inside.length + leaves.length;
  const under = { level: place.level + 1, parent: key, siblings };
  return [
    row,
    ...inside.flatMap((part, ix) => nodeRows(topology, expanded, part, { ...under, position: ix + 1 })),
    ...leaves.map((leaf, ix): Row => ({ ...leaf, ...under, position: inside.length + ix + 1 })),
  ];
}

type Leaf<R = Row> = R extends Row ? Omit<R, 'level' | 'parent' | 'position' | 'siblings'> : never;

function leavesOf({ nodes, wires }: TopologyDocument, node: NodeDocument): readonly Leaf[] {
  const nameOf = (id: string): string => {
    const node = nodes.find((other) => other.id === id);
    return node === undefined ? id : nodeName(node);
  };
  const knobs = Object.entries(fieldsOf(node)).filter(
    ([name, field]) => canBeKnob(field, fieldOf(node, name)) && !field.advanced && isShown(node, field),
  );
  return [
    ...knobs.map(
      ([name, field]): Leaf => ({ kind: 'knob', key: `knob ${node.id} ${name}`, label: say(field.label), node, name, field }),
    ),
    ...(nodeKind(node.kind)?.gauges ?? []).map(
      (gauge): Leaf => ({ kind: 'count', key: `count ${node.id} ${gauge.name}`, label: say(gauge.label), node, gauge }),
    ),
    ...wires.flatMap((wire): Leaf[] => {
      const isOut = wire.from === node.id;
      if (!isOut && wire.to !== node.id) return [];
      const other = isOut ? wire.to : wire.from;
      const label = text(isOut ? 'outline.to' : 'outline.from', { name: nameOf(other) });
      return [{ kind: 'wire', key: `wire ${node.id} ${wire.id}`, label, wire, other }];
    }),
  ];
}

/** What a key asks for: another row, or another state of this one. */
export type Step =
  | { readonly to: string }
  | { readonly expand: string }
  | { readonly collapse: string }
  /** Every row beside this one. */
  | { readonly expandAll: readonly string[] };

/** Where a key leads from the row `at`; null where it leads nowhere. Keys as the keyboard names them; one letter looks ahead. */
export function stepFrom(rows: readonly Row[], at: string, pressed: string): Step | null {
  const ix = rows.findIndex(({ key }) => key === at);
  const row = rows[ix];
  if (row === undefined) return null;
  const goTo = (next: Row | undefined): Step | null => (next === undefined ? null : { to: next.key });
  switch (pressed) {
    case 'ArrowDown':
      return goTo(rows[ix + 1]);
    case 'ArrowUp':
      return goTo(rows[ix - 1]);
    case 'Home':
      return goTo(rows[0]);
    case 'End':
      return goTo(rows.at(-1));
    case 'ArrowRight':
      if (row.kind !== 'node') return null;
      return row.isExpanded ? goTo(rows[ix + 1]?.parent === row.key ? rows[ix + 1] : undefined) : { expand: row.key };
    case 'ArrowLeft':
      if (row.kind === 'node' && row.isExpanded) return { collapse: row.key };
      return row.parent === null ? null : { to: row.parent };
    case '*':
      return { expandAll: rows.filter((one) => one.kind === 'node' && one.parent === row.parent).map(({ key }) => key) };
    default:
      return pressed.length === 1 ? goTo(startingWith(rows, ix, pressed)) : null;
  }
}

/** The next row after this one, going round, that begins with a letter. */
function startingWith(rows: readonly Row[], ix: number, letter: string): Row | undefined {
  const wanted = letter.toLowerCase();
  return [...rows.slice(ix + 1), ...rows.slice(0, ix + 1)].find(({ label }) => label.toLowerCase().startsWith(wanted));
}
