// The document as the page edits it: the JSON of the file, whole, so that saving loses nothing. Pure functions that answer with
// a new document. Whether an edit is allowed is the engine's to say; here nothing is checked.

import { nodeKind } from '../../sim-engine/nodes/declarations.ts';
import {
  type NodeDocument,
  type Position,
  SCENARIO_FORMAT,
  type ScenarioDocument,
  type TopologyDocument,
  type WireDocument,
} from '../../sim-engine/topology/document.ts';
import { NAME_MAX } from '../../sim-engine/topology/limits.ts';
import { withInside } from './containers.ts';
import { nodeName } from './node-name.ts';
import { whyNoWire, wireBetween } from './wiring.ts';

/** A file as it was opened: a scenario, or a bare topology. */
export type Drawing = ScenarioDocument | TopologyDocument;

export const isScenario = (drawing: Drawing): drawing is ScenarioDocument => drawing.format === SCENARIO_FORMAT;

export const topologyOf = (drawing: Drawing): TopologyDocument => (isScenario(drawing) ? drawing.topology : drawing);

export function titleOf(drawing: Drawing): string {
  return (isScenario(drawing) ? drawing.title : drawing.name) ?? '';
}

/** Calls a drawing otherwise; the same document where it is called so already, or by nothing. */
export function retitle(drawing: Drawing, title: string): Drawing {
  const wanted = title.trim().slice(0, NAME_MAX);
  if (wanted === '' || wanted === titleOf(drawing)) return drawing;
  return isScenario(drawing) ? { ...drawing, title: wanted } : { ...drawing, name: wanted };
}

/** What people call a node or a wire: its name, "from → to" for a wire; the id itself for what is no longer drawn. */
export function nameOf(topology: TopologyDocument, id: string): string {
  const { nodes, wires } = topology;
  const node = nodes.find((one) => one.id === id);
  if (node !== undefined) return nodeName(node);
  const wire = wires.find((one) => one.id === id);
  return wire === undefined ? id : `${nameOf(topology, wire.from)} → ${nameOf(topology, wire.to)}`;
}

/** The holes of a notice, with names where the engine knows ids alone: `node` is one id, `nodes` a list with commas. */
export function namesIn(drawing: Drawing | null, values: Holes): Holes {
  if (drawing === null) return values;
  const topology = topologyOf(drawing);
  const { node, nodes } = values;
  return {
    ...values,
    ...(typeof node === 'string' ? { node: nameOf(topology, node) } : {}),
    ...(typeof nodes === 'string'
      ? {
          nodes: nodes
            .split(', ')
            .map((id) => nameOf(topology, id))
            .join(', '),
        }
      : {}),
  };
}
type Holes = { readonly [hole: string]: string | number };

export function withTopology(drawing: Drawing, topology: TopologyDocument): Drawing {
  return isScenario(drawing) ? { ...drawing, topology } : topology;
}

function withNodes(drawing: Drawing, nodes: readonly NodeDocument[]): Drawing {
  return withTopology(drawing, { ...topologyOf(drawing), nodes });
}

function withWires(drawing: Drawing, wires: readonly WireDocument[]): Drawing {
  return withTopology(drawing, { ...topologyOf(drawing), wires });
}

/** Moves some nodes. Answers with the same document when none of them moved. */
export function moveNodes(drawing: Drawing, positions: ReadonlyMap<string, Position>): Drawing {
  const { nodes } = topologyOf(drawing);
  const hasMoved = nodes.some((node) => {
    const to = positions.get(node.id);
    return to !== undefined && (to.x !== node.position?.x || to.y !== node.position?.y);
  });
  if (!hasMoved) return drawing;
  return withNodes(
    drawing,
    // A card that stays is the same object: it is not rendered anew for each step of another one's drag.
    nodes.map((node) => {
      const position = positions.get(node.id);
      return position === undefined ? node : { ...node, position };
    }),
  );
}

/** Sets a parameter of a node or a wire; `undefined` = back to the default. */
export function setParam(drawing: Drawing, target: string, field: string, value: unknown): Drawing {
  const topology = topologyOf(drawing);
  const change = <T extends NodeDocument | WireDocument>(thing: T): T => {
    if (thing.id !== target) return thing;
    const { [field]: _, ...others } = thing.params ?? {};
    return { ...thing, params: value === undefined ? others : { ...others, [field]: value } };
  };
  return withTopology(drawing, { ...topology, nodes: topology.nodes.map(change), wires: topology.wires.map(change) });
}

/** Gives a node another name; without one it is called by its id. */
export function renameNode(drawing: Drawing, id: string, name: string): Drawing {
  const node = topologyOf(drawing).nodes.find((one) => one.id === id);
  const wanted = name.trim().slice(0, NAME_MAX);
  if (node === undefined || wanted === nodeName(node)) return drawing;
  const { name: _, ...others } = node;
  return withNode(drawing, wanted === '' ? others : { ...others, name: wanted });
}

/** Puts the control of a field onto the card, or takes it away. */
export function setKnob(drawing: Drawing, id: string, field: string, isKnob: boolean): Drawing {
  const node = topologyOf(drawing).nodes.find((one) => one.id === id);
  if (node === undefined) return drawing;
  const { view, ...others } = node;
  const kept = (view?.knobs ?? []).filter((knob) => knob.field !== field);
  const knobs = isKnob ? [...kept, { field }] : kept;
  return withNode(drawing, knobs.length === 0 ? others : { ...others, view: { knobs } });
}

function withNode(drawing: Drawing, changed: NodeDocument): Drawing {
  return withNodes(
    drawing,
    topologyOf(drawing).nodes.map((node) => (node.id === changed.id ? changed : node)),
  );
}

export function addNode(drawing: Drawing, node: NodeDocument): Drawing {
  return withNodes(drawing, [...topologyOf(drawing).nodes, node]);
}

/** Draws a wire, from this port where several kinds of wires lead there; the same document where none does. */
export function connect(drawing: Drawing, from: string, to: string, port?: string | null): Drawing {
  const topology = topologyOf(drawing);
  const wire = wireBetween(topology, from, to, port);
  if (wire === null || whyNoWire(topology, from, to, port) !== null) return drawing;
  return withWires(drawing, [...topology.wires, { id: freeId(drawing, `${from}-${to}`.slice(0, 36)), ...wire, from, to }]);
}

/** A beginner's wire is one to or from a queue, even where a sender may be wired to a worker directly. */
function channelsFirst(nodes: readonly NodeDocument[]): readonly NodeDocument[] {
  const isChannel = ({ kind }: NodeDocument) => nodeKind(kind)?.group === 'channels' || nodeKind(kind)?.isPart === true;
  return [...nodes.filter(isChannel), ...nodes.filter((node) => !isChannel(node))];
}

/** Nodes that a wire can be drawn to from here. */
export const wireTargets = (topology: TopologyDocument, from: string): readonly NodeDocument[] =>
  channelsFirst(topology.nodes.filter(({ id }) => whyNoWire(topology, from, id) === null));

/** Nodes from which a wire can be drawn to this one. */
export const wireSources = (topology: TopologyDocument, to: string): readonly NodeDocument[] =>
  channelsFirst(topology.nodes.filter(({ id }) => whyNoWire(topology, id, to) === null));

/** Takes nodes away with what lies in them and every wire that ends at one of them, and wires by themselves. */
export function remove(drawing: Drawing, things: ReadonlySet<string>): Drawing {
  const topology = topologyOf(drawing);
  const ids = withInside(topology, things);
  return withTopology(drawing, {
    ...topology,
    nodes: topology.nodes.filter((node) => !ids.has(node.id)),
    wires: topology.wires.filter((wire) => !ids.has(wire.id) && !ids.has(wire.from) && !ids.has(wire.to)),
  });
}

/** `worker`, or the first of `worker-2`, `worker-3` ... that nothing is called yet. Nodes and wires share one set of ids. */
export function freeId(drawing: Drawing, wanted: string): string {
  const { nodes, wires } = topologyOf(drawing);
  const taken = new Set([...nodes, ...wires].map((thing) => thing.id));
  if (!taken.has(wanted)) return wanted;
  let number = 2;
  while (taken.has(`${wanted}-${number}`)) number++;
  return `${wanted}-${number}`;
}
