// Retry topics in one act: a chain of topics behind a consumer group, each read again after a longer wait, and at its end one for dead letters.
// Laid out below what the cluster has, as one step of undo. Loaded when it is asked for.
// Follows Spring Kafka's `@RetryableTopic`: three attempts, and the delay in the name of each topic.

import type { NodeDocument, TopologyDocument, WireDocument } from '../../sim-engine/topology/document.ts';
import { NAME_MAX } from '../../sim-engine/topology/limits.ts';
import { text } from '../messages/asked.ts';
import { cardSize } from '../node-views/node-views.ts';
import { type Drawing, freeId, topologyOf, withTopology } from '../store/drawing.ts';
import { edit, select, tell, useLab } from '../store/lab.ts';
import { nodeName } from '../store/node-name.ts';
import { focusOnCanvas } from '../ui/focus.ts';
import { grownToHold } from './containers.ts';
import { type Box, freeSpot, pushedDown } from './free-spot.ts';

/** Before the second and the third attempt, ms; after that a record ends with the dead letters. */
const DELAYS_MS = [1000, 2000];
/** Between the rows of the chain, and between topics and the groups that read them. */
const ROW_GAP = 24;
const COLUMN_GAP = 64;
const GRID = 8;
/** Where the first topic of a new cluster stands in it. */
const FIRST = { x: 24, y: 56 };

interface Chained {
  readonly drawing: Drawing;
  /** What was added, but for wires. */
  readonly ids: readonly string[];
  /** Name of the group that has the chain. */
  readonly group: string;
}

/** Adds the chain to the group that is selected, to the only one that has none, or with a cluster of its own; and tells which. */
export function addRetryTopics(): void {
  let chained: Chained | string = '';
  edit((now) => {
    chained = withRetryTopics(now, useLab.getState().selection);
    return typeof chained === 'string' ? now : chained.drawing;
  });
  // What `edit` did to it is beyond the compiler.
  const outcome = chained as Chained | string;
  if (typeof outcome === 'string') {
    if (outcome !== '') tell(text('pattern.retry-topics.there', { group: outcome }));
    return;
  }
  select(outcome.ids);
  focusOnCanvas(outcome.ids[0]);
  tell(text('pattern.retry-topics.added', { group: outcome.group }));
}

/** Pure. `selection`: ids of what is selected. Answers with the name of the group if the one that is meant has a chain already. */
export function withRetryTopics(drawing: Drawing, selection: ReadonlySet<string>): Chained | string {
  const topology = topologyOf(drawing);
  const groups = topology.nodes.filter(({ kind, parent }) => kind === 'kafka-group' && parent !== undefined);
  const isBare = ({ id }: NodeDocument) => !topology.wires.some(({ from, kind }) => kind === 'kafka-pass-on' && from === id);
  const chosen = groups.filter(({ id }) => selection.has(id));
  const bare = groups.filter(isBare);
  const group = chosen.length === 1 ? chosen[0] : bare.length === 1 ? bare[0] : undefined;
  if (group !== undefined) return isBare(group) ? withChain(drawing, group.id) : nodeName(group);
  const added = withCluster(drawing);
  const chained = withChain(added.drawing, added.group);
  return { ...chained, ids: [...added.ids, ...chained.ids] };
}

// ------------------------------------------------------------------ a cluster for it

/** A cluster with a topic and a group, which a worker reads for. */
function withCluster(drawing: Drawing): { readonly drawing: Drawing; readonly group: string; readonly ids: readonly string[] } {
  const draft = new Draft(drawing);
  const cluster = draft.add({ id: 'kafka', kind: 'kafka', name: 'Kafka' });
  const topic = draft.add({ id: 'orders', kind: 'kafka-topic', name: 'orders', parent: cluster, position: FIRST });
  const bare = draft.node(topic);
  const x = snapped(FIRST.x + cardSize(bare, false).width + COLUMN_GAP);
  const group = draft.add({
    id: 'processing',
    kind: 'kafka-group',
    name: 'processing',
    parent: cluster,
    position: { x, y: FIRST.y },
  });
  const worker = draft.add({ id: 'processor', kind: 'service', name: 'Processor' });
  draft.wire('kafka-subscribe', topic, group);
  draft.wire('kafka-consume', group, worker, { offsetReset: 'earliest', commit: 'after' });
  const grown = topologyOf(grownToHold(draft.drawing, cluster)).nodes.find(({ id }) => id === cluster) as NodeDocument;
  const size = cardSize(grown, false);
  const at = freeSpot(boxesOf(topologyOf(drawing)), size);
  draft.place(cluster, at);
  draft.place(worker, { x: snapped(at.x + size.width + 2 * COLUMN_GAP), y: at.y + FIRST.y });
  return { drawing: draft.drawing, group, ids: [cluster, topic, group, worker] };
}

// ------------------------------------------------------------------ the chain

function withChain(drawing: Drawing, groupId: string): Chained {
  const draft = new Draft(drawing);
  const group = draft.node(groupId);
  const cluster = group.parent as string;
  const { nodes, wires } = draft.topology;
  const topic = nodes.find(({ id }) =>
    wires.some(({ from, kind, to }) => kind === 'kafka-subscribe' && from === id && to === groupId),
  );
  const stem = topic ?? group;
  const readers = wires.filter(({ from, kind }) => kind === 'kafka-consume' && from === groupId);
  const inCluster = nodes
    .filter(({ parent }) => parent === cluster)
    .map((node) => ({ ...(node.position ?? FIRST), ...cardSize(node, false) }));
  const columns = columnsOf(topic, group);
  let y = snapped(Math.max(...inCluster.map((box) => box.y + box.height)) + ROW_GAP);
  const ids: string[] = [];
  let before = groupId;
  const addTopic = (suffix: string): string => {
    const { partitions } = topic?.params ?? {};
    const params = suffix === 'dlt' || partitions === undefined ? {} : { params: { partitions } };
    return draft.add({
      id: `${stem.id}-${suffix}`,
      kind: 'kafka-topic',
      name: named(stem, suffix),
      parent: cluster,
      position: { x: columns.topic, y },
      ...params,
    });
  };
  for (const delayMs of DELAYS_MS) {
    const suffix = `retry-${delayMs}`;
    const retry = addTopic(suffix);
    const next = draft.add({
      id: `${groupId}-${suffix}`,
      kind: 'kafka-group',
      name: named(group, suffix),
      parent: cluster,
      position: { x: columns.group, y },
    });
    draft.wire('kafka-subscribe', retry, next);
    draft.wire('kafka-pass-on', before, retry, { delay: `${delayMs / 1000}s` });
    for (const { params = {}, to } of readers) draft.wire('kafka-consume', next, to, params);
    y = snapped(y + Math.max(...[retry, next].map((id) => cardSize(draft.node(id), false).height)) + ROW_GAP);
    ids.push(retry, next);
    before = next;
  }
  const dead = addTopic('dlt');
  draft.wire('kafka-pass-on', before, dead, { as: 'dead-letter' });
  // As many attempts as there are topics to make them from: after the last one it is given up.
  for (const { to } of readers) draft.setParam(to, 'maxAttempts', DELAYS_MS.length + 1);
  return { drawing: withRoom(draft.drawing, cluster), ids: [...ids, dead], group: nodeName(group) };
}

/** Topics to the left of the groups that read them, in the columns that there are. */
function columnsOf(topic: NodeDocument | undefined, group: NodeDocument): { readonly topic: number; readonly group: number } {
  const left = topic?.position?.x ?? FIRST.x;
  const right = left + cardSize(topic ?? { id: '', kind: 'kafka-topic' }, false).width + COLUMN_GAP;
  return { topic: left, group: snapped(Math.max(group.position?.x ?? 0, right)) };
}

const named = (node: NodeDocument, suffix: string): string => `${nodeName(node).slice(0, NAME_MAX - 20)}-${suffix}`;

/** The cluster is as large as it must be, and what stood below it makes room. */
function withRoom(drawing: Drawing, cluster: string): Drawing {
  const grown = grownToHold(drawing, cluster);
  const topology = topologyOf(grown);
  const boxes = boxesOf(topology);
  const moved = new Map(
    [...pushedDown(boxes, boxes.find(({ id }) => id === cluster) as (typeof boxes)[number])].map(([{ id }, to]) => [id, to]),
  );
  const nodes = topology.nodes.map((node) => ({
    ...node,
    ...(moved.has(node.id) ? { position: moved.get(node.id) } : {}),
  })) as readonly NodeDocument[];
  return moved.size === 0 ? grown : withTopology(grown, { ...topology, nodes });
}

const boxesOf = ({ nodes }: TopologyDocument): readonly (Box & { readonly id: string })[] =>
  nodes
    .filter(({ parent }) => parent === undefined)
    .map((node) => ({ id: node.id, ...(node.position ?? { x: 0, y: 0 }), ...cardSize(node, false) }));

const snapped = (length: number): number => Math.ceil(length / GRID) * GRID;

/** A drawing to which one thing after the other is added. */
class Draft {
  drawing: Drawing;

  constructor(drawing: Drawing) {
    this.drawing = drawing;
  }

  get topology(): TopologyDocument {
    return topologyOf(this.drawing);
  }

  node(id: string): NodeDocument {
    return this.topology.nodes.find((node) => node.id === id) as NodeDocument;
  }

  /** Under the first id like that which is free: that is the answer. */
  add(node: NodeDocument): string {
    const { topology } = this;
    const id = freeId(this.drawing, node.id.slice(0, 34));
    this.drawing = withTopology(this.drawing, { ...topology, nodes: [...topology.nodes, { ...node, id }] });
    return id;
  }

  wire(kind: string, from: string, to: string, params?: WireDocument['params']): void {
    const { topology } = this;
    const wire: WireDocument = {
      id: freeId(this.drawing, `${from}-${to}`.slice(0, 36)),
      kind,
      from,
      to,
      ...(params === undefined ? {} : { params }),
    };
    this.drawing = withTopology(this.drawing, { ...topology, wires: [...topology.wires, wire] });
  }

  place(id: string, position: NodeDocument['position']): void {
    this.change(id, (node) => ({ ...node, ...(position === undefined ? {} : { position }) }));
  }

  setParam(id: string, field: string, value: unknown): void {
    this.change(id, (node) => ({ ...node, params: { ...node.params, [field]: value } }));
  }

  private change(id: string, how: (node: NodeDocument) => NodeDocument): void {
    const { topology } = this;
    this.drawing = withTopology(this.drawing, {
      ...topology,
      nodes: topology.nodes.map((node) => (node.id === id ? how(node) : node)),
    });
  }
}
