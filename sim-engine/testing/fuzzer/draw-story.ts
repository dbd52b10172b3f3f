// Draws what one seed of the fuzzer is about: a topology of any kinds, wires and fields, and a script of edits, faults and commands
// for its run. Everything follows from the seed and from the declarations.

import { fieldsOfWire, NODE_KINDS, WIRE_KINDS } from '../../nodes/declarations.ts';
import type { Fields } from '../../nodes/fields.ts';
import type { NodeKind, WireKind } from '../../nodes/node-kind.ts';
import type { Command } from '../../simulation/commands.ts';
import { editDocument } from '../../simulation/edit-document.ts';
import { portAt, wiresBetween } from '../../topology/connect.ts';
import type { NodeDocument, TopologyDocument, WireDocument } from '../../topology/document.ts';
import { DOCUMENT_VERSION, TOPOLOGY_FORMAT } from '../../topology/document.ts';
import { validateTopology } from '../../topology/parse.ts';
import { Dice } from './dice.ts';
import { drawCluster } from './draw-cluster.ts';
import { drawParams, drawValue } from './draw-values.ts';

const MS_NS = 1_000_000;

export interface ScriptedCommand {
  readonly atNs: number;
  readonly command: Command;
  readonly stamp: 'tick' | 'nanosecond';
}

export interface Story {
  readonly seed: number;
  /**
   * `calm`: one road without any mishap, on which theory promises that nothing is lost, doubled or overtaken. `wild`: anything.
   * `cluster`: Kafka alone, with the faults of its brokers, members and hosts, under its own laws.
   */
  readonly mood: 'calm' | 'wild' | 'cluster';
  readonly topology: TopologyDocument;
  readonly script: readonly ScriptedCommand[];
  /** When the script is over; after it senders are silenced and the rest is let run out. */
  readonly endNs: number;
  readonly drainNs: number;
  /** Time between two looks of the checkers, ns. */
  readonly everyNs: number;
}

const CALM_SHARE = 0.15;
/** Of so many seeds one is of Kafka alone. */
const CLUSTER_EVERY = 5;
const COMMANDS_MAX = 48;

export function drawStory(seed: number): Story {
  const dice = new Dice(seed);
  if (seed % CLUSTER_EVERY === 0) return { seed, mood: 'cluster', ...drawCluster(dice), drainNs: 1_000 * MS_NS };
  const mood = dice.chance(CALM_SHARE) ? 'calm' : 'wild';
  const topology = mood === 'calm' ? drawCalmTopology(dice) : drawWildTopology(dice);
  const endNs = dice.int(1_000, 5_000) * MS_NS + dice.int(0, MS_NS - 1);
  const script = mood === 'calm' ? drawCalmScript(dice, topology, endNs) : drawWildScript(dice, topology, endNs);
  const drainNs = mood === 'calm' ? 600_000 * MS_NS : 4_000 * MS_NS;
  return { seed, mood, topology, script, endNs, drainNs, everyNs: MS_NS };
}

const documentOf = (nodes: readonly NodeDocument[], wires: readonly WireDocument[]): TopologyDocument => ({
  format: TOPOLOGY_FORMAT,
  version: DOCUMENT_VERSION,
  nodes,
  wires,
});

// ------------------------------------------------------------------ wild

/** Nodes of every kind stand in a row; wires lead to the right only, so that there are no circles. */
function drawWildTopology(dice: Dice): TopologyDocument {
  const row = drawRow(dice).map((kind, i) => drawNode(dice, kind, `n${i}`));
  const nodes = [
    ...NODE_KINDS.filter(({ accepts }) => accepts !== undefined).map((kind) => drawNode(dice, kind, homeOf(kind))),
    ...row,
  ];
  let document = documentOf(nodes, []);
  const pairs = dice.shuffled(pairsOf(nodes));
  // As many of each kind of wire, though some kinds have many more places where they could lie.
  for (const wireKind of WIRE_KINDS) {
    for (const [from, to] of pairs.filter(([, , kind]) => kind === wireKind).slice(0, dice.int(1, nodes.length))) {
      document = withWire(document, drawWire(dice, wireKind, from, to));
    }
  }
  return withLogs(dice, withViews(dice, withReplies(dice, document)));
}

/** A service writes to an event store, whose events a view reads by a queue of its own; it asks for what is lost on the way. */
function withViews(dice: Dice, start: TopologyDocument): TopologyDocument {
  const of = (type: string): readonly NodeDocument[] => start.nodes.filter(({ kind }) => kind === type);
  const wireOf = (type: string): WireKind => WIRE_KINDS.find((kind) => kind.type === type) as WireKind;
  const queue = drawNode(dice, NODE_KINDS.find((kind) => kind.type === 'queue') as NodeKind, 'events0');
  const view = dice.pick(of('projection'));
  const store = dice.pick(of('event-store'));
  const writer = dice.pick(of('service'));
  const append = { do: 'write', how: dice.pick(['write', 'append']), to: store.id, onConflict: 'go-on' };
  const steps = ['receive', append, 'acknowledge'];
  const nodes = start.nodes.map((one) =>
    one === writer ? { ...one, params: { ...one.params, steps, retryBase: '10ms' } } : one,
  );
  let document = documentOf([...nodes, queue], start.wires);
  document = withWire(document, drawWire(dice, wireOf('call'), writer, store));
  document = withWire(document, drawWire(dice, wireOf('publish'), store, queue));
  document = withWire(document, drawWire(dice, wireOf('deliver'), queue, view));
  return withWire(document, drawWire(dice, wireOf('call'), view, store));
}

/** Two topics that somebody writes to and a group reads, with one or two services in it: alone, chance seldom lays all of that. */
function withLogs(dice: Dice, start: TopologyDocument): TopologyDocument {
  const of = (type: string): readonly NodeDocument[] => start.nodes.filter(({ kind }) => kind === type);
  let document = start;
  const lay = (type: string, from: NodeDocument | undefined, to: NodeDocument | undefined): void => {
    const kind = WIRE_KINDS.find((one) => one.type === type) as WireKind;
    if (from && to) document = withWire(document, drawWire(dice, kind, from, to));
  };
  const [group] = of('kafka-group');
  for (const topic of of('kafka-topic').slice(0, 2)) {
    lay('kafka-produce', dice.pick(of('sender')), topic);
    lay('kafka-subscribe', topic, group);
  }
  for (const service of dice.shuffled(of('service')).slice(0, dice.int(1, 2))) lay('kafka-consume', group, service);
  return document;
}

/** Replies lead back to the left, through a queue or two that whoever asked may share. */
function withReplies(dice: Dice, start: TopologyDocument): TopologyDocument {
  const of = (type: string): readonly NodeDocument[] => start.nodes.filter(({ kind }) => kind === type);
  const kindOf = (type: string): NodeKind => NODE_KINDS.find((kind) => kind.type === type) as NodeKind;
  const wireOf = (type: string): WireKind => WIRE_KINDS.find((kind) => kind.type === type) as WireKind;
  const doors = Array.from({ length: dice.int(1, 2) }, (_, i) => drawNode(dice, kindOf('queue'), `replies${i}`));
  let document = documentOf([...start.nodes, ...doors], start.wires);
  for (const requester of of('requester')) {
    document = withWire(document, drawWire(dice, wireOf('deliver'), dice.pick(doors), requester));
    // A question that nobody works on has no answer: it goes to a queue that somebody reads.
    const read = of('queue').filter(({ id }) => document.wires.some(({ from, kind }) => from === id && kind === 'deliver'));
    if (read.length > 0) document = withWire(document, drawWire(dice, wireOf('publish'), requester, dice.pick(read)));
  }
  for (const service of of('service')) {
    for (const door of doors)
      if (dice.chance(0.7)) document = withWire(document, drawWire(dice, wireOf('publish'), service, door));
  }
  return document;
}

/** Who only sends stands first, who only takes last, and in between come rounds of all others, so that roads are long. */
function drawRow(dice: Dice): readonly NodeKind[] {
  const kinds = NODE_KINDS.filter((kind) => kind.accepts === undefined);
  const only = (direction: 'in' | 'out') => kinds.filter(({ ports }) => ports.every((port) => port.direction === direction));
  const sources = only('out');
  const ends = only('in');
  const between = kinds.filter((kind) => !sources.includes(kind) && !ends.includes(kind));
  const some = (from: readonly NodeKind[], most: number) => Array.from({ length: dice.int(0, most) }, () => dice.pick(from));
  const rounds = Array.from({ length: dice.int(1, 3) }, () => [...dice.shuffled(between), ...some(between, 1)]);
  return [...sources, ...some(sources, 2), ...rounds.flat(), ...ends, ...some(ends, 1)];
}

function drawNode(dice: Dice, kind: NodeKind, id: string): NodeDocument {
  const params = drawParams(dice, kind.fields, dice.share());
  for (const { field, chance, make } of HINTS) {
    if (kind.fields[field] !== undefined && params[field] === undefined && dice.chance(chance)) Object.assign(params, make(dice));
  }
  const node = { id, kind: kind.type, params };
  const home = kind.isPart ? NODE_KINDS.find(({ accepts }) => accepts?.includes(kind.type)) : undefined;
  return home === undefined ? node : { ...node, parent: homeOf(home) };
}

/** Id of the one container of its kind that a drawing begins with: all parts lie in it. */
const homeOf = ({ type }: NodeKind): string => `home-${type}`;

/** With defaults alone, ten messages a second and two seconds before a retry, the rarer things would not happen in a short run. */
const HINTS: readonly { readonly field: string; readonly chance: number; readonly make: (dice: Dice) => object }[] = [
  { field: 'rate', chance: 1, make: (dice) => ({ rate: dice.int(20, 200) }) },
  { field: 'retryBase', chance: 1, make: (dice) => ({ retryBase: `${dice.int(0, 150)}ms` }) },
  { field: 'failure', chance: 0.4, make: () => ({ failure: 0.5 }) },
  { field: 'capacityCounts', chance: 0.3, make: (dice) => ({ overflow: 'block', capacity: dice.int(1, 8) }) },
  { field: 'steps', chance: 0.6, make: drawStoreSteps },
  { field: 'relayEvery', chance: 1, make: (dice) => ({ relayEvery: `${dice.int(1, 80)}ms` }) },
  { field: 'pollingInterval', chance: 1, make: drawSwiftScaling },
  {
    field: 'hashOn',
    chance: 0.7,
    make: (dice) => ({ type: dice.pick(['fanout', 'fanout', 'x-consistent-hash']), internal: false }),
  },
  { field: 'messageTtl', chance: 0.5, make: (dice) => ({ messageTtl: `${dice.int(1, 300)}ms` }) },
  { field: 'electionTime', chance: 0.8, make: (dice) => ({ nodes: dice.int(2, 5) }) },
  { field: 'initialRebalanceDelay', chance: 1, make: drawSwiftCluster },
  { field: 'maxPollRecords', chance: 1, make: drawSwiftMembers },
  { field: 'retentionTime', chance: 0.3, make: (dice) => ({ segmentBytes: dice.int(14, 5_000) }) },
  { field: 'relayCrash', chance: 0.3, make: (dice) => ({ relayCrash: 'before-mark', relayBackAfter: `${dice.int(1, 300)}ms` }) },
];

/** With times of minutes an autoscaler would do nothing in a short run. */
function drawSwiftScaling(dice: Dice): object {
  const ms = (most: number): string => `${dice.int(0, most)}ms`;
  return {
    pollingInterval: `${dice.int(10, 300)}ms`,
    threshold: dice.int(1, 8),
    startUp: ms(300),
    cooldown: ms(600),
    stabilizationDown: ms(600),
    min: dice.int(0, 1),
  };
}

/** A group whose first round waits for seconds, and one that hears after minutes that a member died, would do little in a short run. */
function drawSwiftCluster(dice: Dice): object {
  return {
    initialRebalanceDelay: `${dice.int(0, 200)}ms`,
    minSessionTimeout: '1ms',
    brokersDown: dice.pick(['', '', '', '1', '2,3']),
  };
}
function drawSwiftMembers(dice: Dice): object {
  return {
    sessionTimeout: `${dice.int(50, 2_000)}ms`,
    heartbeatInterval: `${dice.int(10, 300)}ms`,
    maxPollInterval: `${dice.int(200, 5_000)}ms`,
    offsetReset: dice.pick(['earliest', 'earliest', 'latest', 'none']),
  };
}

/** Steps that read and write, which chance alone seldom puts together. */
function drawStoreSteps(dice: Dice): object {
  const how = dice.pick(['write', 'insert', 'append']);
  const write = { do: 'write', how, onConflict: dice.pick(['skip', 'fail', 'go-on']), outbox: dice.chance(0.5) };
  return { steps: ['receive', ...dice.pick([[], ['call'], ['read']]), write, 'publish', 'acknowledge'] };
}

function drawWire(dice: Dice, kind: WireKind, from: NodeDocument, to: NodeDocument): WireDocument {
  const params = drawParams(dice, fieldsOfWire(kind.type), 0.7 * dice.share());
  // The default of 100 ms would leave little to happen in a short run.
  if (kind.travels && params.delay === undefined) params.delay = dice.chance(0.4) ? '0s' : `${dice.int(1, 20)}ms`;
  return { id: `${from.id}-${to.id}-${kind.type}`, kind: kind.type, from: from.id, to: to.id, params };
}

/** Every wire that could lead from a node to one behind it. */
function pairsOf(nodes: readonly NodeDocument[]): (readonly [NodeDocument, NodeDocument, WireKind])[] {
  const pairs: (readonly [NodeDocument, NodeDocument, WireKind])[] = [];
  nodes.forEach((from, i) => {
    for (const to of nodes.slice(i + 1)) for (const kind of wireKindsOf(from, to)) pairs.push([from, to, kind]);
  });
  return pairs;
}

function wireKindsOf(from: NodeDocument, to: NodeDocument): readonly WireKind[] {
  const fromKind = NODE_KINDS.find((kind) => kind.type === from.kind);
  const toKind = NODE_KINDS.find((kind) => kind.type === to.kind);
  return fromKind === undefined || toKind === undefined ? [] : wiresBetween(fromKind, toKind);
}

/** The document with one more wire, unless the rules of wires forbid it. */
function withWire(document: TopologyDocument, wire: WireDocument): TopologyDocument {
  const next = documentOf(document.nodes, [...document.wires, wire]);
  return hasRoomFor(document, wire) && validateTopology(next).length === 0 ? next : document;
}

/** Ports take a limited number of wires. Asked before the whole document is, which costs more. */
function hasRoomFor(document: TopologyDocument, wire: WireDocument): boolean {
  const kind = WIRE_KINDS.find((one) => one.type === wire.kind) as WireKind;
  const from = document.nodes.find((node) => node.id === wire.from);
  const port = portAt(NODE_KINDS.find((one) => one.type === from?.kind) as NodeKind, kind, 'from');
  if (port?.maxWires === undefined) return true;
  return document.wires.filter((other) => other.from === wire.from && other.kind === wire.kind).length < port.maxWires;
}

// ------------------------------------------------------------------ the script

/** Commands in order of time, each drawn for the drawing as the ones before have left it; edits are sometimes taken back. */
function drawWildScript(dice: Dice, start: TopologyDocument, endNs: number): readonly ScriptedCommand[] {
  let document = start;
  const undoable: Command[] = [];
  const times = Array.from({ length: dice.int(0, COMMANDS_MAX) }, () => dice.int(0, endNs)).sort((a, b) => a - b);
  let atNs = 0;
  let nextId = 0;
  const script: ScriptedCommand[] = [];
  for (const time of times) {
    const drawn =
      undoable.length > 0 && dice.chance(0.35) ? (undoable.pop() as Command) : drawCommand(dice, document, `m${nextId++}`);
    if (drawn === undefined) continue;
    if (isEditCommand(drawn)) {
      const after = editDocument(document, drawn);
      if (validateTopology(after).length > 0) continue;
      undoable.push(oppositeOf(document, drawn));
      document = after;
    }
    // Two commands never share a moment: each is given when the one before has been carried out.
    atNs = Math.max(time, atNs + 2 * MS_NS);
    script.push({ atNs, command: drawn, stamp: dice.chance(0.7) ? 'tick' : 'nanosecond' });
  }
  // Dead letters take their time to come: most are there to be sent back at the end.
  const keeper = someNode(dice, document, 'dead-letter-queue');
  if (keeper !== undefined)
    script.push({
      atNs: Math.max(atNs + 2 * MS_NS, Math.floor(0.9 * endNs)),
      command: { type: 'redrive', node: keeper },
      stamp: 'tick',
    });
  return script.filter((one) => one.atNs < endNs);
}

const EDIT_TYPES: ReadonlySet<Command['type']> = new Set(['setParam', 'addNode', 'removeNode', 'addWire', 'removeWire', 'edit']);
const isEditCommand = (command: Command): boolean => EDIT_TYPES.has(command.type);

/** What undo sends: the edit that makes the drawing again what it was. */
export function oppositeOf(before: TopologyDocument, edit: Command): Command {
  switch (edit.type) {
    case 'setParam': {
      const target = before.nodes.find((node) => node.id === edit.target) ?? before.wires.find((wire) => wire.id === edit.target);
      return { type: 'setParam', target: edit.target, field: edit.field, value: target?.params?.[edit.field] };
    }
    case 'addNode':
      return { type: 'removeNode', node: edit.node.id };
    case 'addWire':
      return { type: 'removeWire', wire: edit.wire.id };
    case 'removeWire':
      return { type: 'addWire', wire: before.wires.find((wire) => wire.id === edit.wire) as WireDocument };
    case 'removeNode': {
      // A container goes with its parts, and comes back before them.
      const isGone = ({ id, parent }: NodeDocument): boolean => id === edit.node || parent === edit.node;
      const nodes = before.nodes.filter(isGone).sort((a) => (a.id === edit.node ? -1 : 1));
      const gone = new Set(nodes.map(({ id }) => id));
      const wires = before.wires.filter((wire) => gone.has(wire.from) || gone.has(wire.to));
      const edits: Command[] = [];
      for (const node of nodes) edits.push({ type: 'addNode', node });
      for (const wire of wires) edits.push({ type: 'addWire', wire });
      return { type: 'edit', edits };
    }
    case 'edit': {
      const opposites: Command[] = [];
      let document = before;
      for (const one of edit.edits) {
        opposites.unshift(oppositeOf(document, one));
        document = editDocument(document, one);
      }
      return { type: 'edit', edits: opposites };
    }
    default:
      return edit;
  }
}

type Drawer = (dice: Dice, document: TopologyDocument, newId: string) => Command | undefined;

function drawCommand(dice: Dice, document: TopologyDocument, newId: string): Command | undefined {
  const draw = dice.pick(dice.chance(0.5) ? FAULT_DRAWERS : EDIT_DRAWERS);
  return draw(dice, document, newId);
}

const someNode = (dice: Dice, { nodes }: TopologyDocument, kind?: string): string | undefined => {
  const fitting = kind === undefined ? nodes : nodes.filter((node) => node.kind === kind);
  return fitting.length === 0 ? undefined : dice.pick(fitting).id;
};
const someWire = (dice: Dice, { wires }: TopologyDocument): string | undefined =>
  wires.length === 0 ? undefined : dice.pick(wires).id;
/** How long a fault lasts, or until it is undone. */
const someTime = (dice: Dice): { readonly forNs?: number } =>
  dice.chance(0.7) ? { forNs: dice.int(1, 900) * MS_NS + dice.int(0, 3) } : {};

function onNode(make: (node: string, dice: Dice) => Command, kind?: string): Drawer {
  return (dice, document) => {
    const node = someNode(dice, document, kind);
    return node === undefined ? undefined : make(node, dice);
  };
}
function onWire(make: (wire: string, dice: Dice) => Command): Drawer {
  return (dice, document) => {
    const wire = someWire(dice, document);
    return wire === undefined ? undefined : make(wire, dice);
  };
}

const FAULT_DRAWERS: readonly Drawer[] = [
  onNode((node, dice) => ({ type: 'crash', node, ...someTime(dice) })),
  onNode((node) => ({ type: 'restart', node })),
  onNode((node, dice) => ({ type: 'slow', node, factor: dice.pick([0.5, 1, 2, 10]), ...someTime(dice) })),
  onNode((node, dice) => ({ type: 'stall', node, forNs: dice.int(1, 700) * MS_NS })),
  // Nodes of a cluster die and come back by its own setting.
  onNode(
    (target, dice) => ({ type: 'setParam', target, field: 'nodesDown', value: dice.pick(['', '1', '2', '1,2', '3']) }),
    'rabbitmq',
  ),
  onWire((wire, dice) => ({ type: 'cut', wire, ...someTime(dice) })),
  onWire((wire) => ({ type: 'heal', wire })),
  onWire((wire, dice) => ({ type: 'delay', wire, extraNs: dice.pick([0, dice.int(1, 200) * MS_NS]), ...someTime(dice) })),
  onWire((wire, dice) => ({ type: 'lose', wire, ...(dice.chance(0.2) ? {} : { share: dice.share() }), ...someTime(dice) })),
  onNode(
    (node, dice) => ({ type: 'poison', node, ...(dice.chance(0.2) ? {} : { share: dice.share() }), ...someTime(dice) }),
    'sender',
  ),
  onNode(
    (node, dice) => ({
      type: 'burst',
      node,
      count: dice.int(1, 80),
      ...(dice.chance(0.5) ? {} : { overNs: dice.int(1, 400) * MS_NS }),
    }),
    'sender',
  ),
  onNode(
    (node, dice) => ({ type: 'redrive', node, ...(dice.chance(0.5) ? {} : { count: dice.int(1, 5) }) }),
    'dead-letter-queue',
  ),
];

const drawSetParam: Drawer = (dice, document) => {
  const items = [...document.nodes, ...document.wires];
  const target = dice.pick(items);
  const fields = Object.entries(fieldsOf(target));
  if (fields.length === 0) return undefined;
  const [field, declared] = dice.pick(fields);
  return { type: 'setParam', target: target.id, field, value: dice.chance(0.1) ? undefined : drawValue(dice, field, declared) };
};

function fieldsOf(item: NodeDocument | WireDocument): Fields {
  return NODE_KINDS.find((kind) => kind.type === item.kind)?.fields ?? fieldsOfWire(item.kind);
}

const drawAddWire: Drawer = (dice, document) => {
  const taken = new Set(document.wires.map((wire) => wire.id));
  const pairs = dice.shuffled(pairsOf(document.nodes)).slice(0, 8);
  for (const [from, to, kind] of pairs) {
    const wire = drawWire(dice, kind, from, to);
    if (!taken.has(wire.id) && withWire(document, wire) !== document) return { type: 'addWire', wire };
  }
  return undefined;
};

/** A node comes with the wires that make it matter, as the canvas would draw them. */
const drawAddNode: Drawer = (dice, document, newId) => {
  const node = drawNode(dice, dice.pick(NODE_KINDS), newId);
  // Its container may have been taken out.
  if (node.parent !== undefined && !document.nodes.some(({ id }) => id === node.parent)) return undefined;
  if (dice.chance(0.3)) return { type: 'addNode', node };
  let after = documentOf([node, ...document.nodes], document.wires);
  const edits: Command[] = [{ type: 'addNode', node }];
  const around = [...pairsOf([node, ...document.nodes]), ...pairsOf([...document.nodes, node])];
  for (const [from, to, kind] of dice.shuffled(around.filter(([from, to]) => from === node || to === node)).slice(0, 3)) {
    const wire = drawWire(dice, kind, from, to);
    const next = withWire(after, wire);
    if (next === after) continue;
    after = next;
    edits.push({ type: 'addWire', wire });
  }
  return { type: 'edit', edits };
};

/** A wire is laid anew to another end: out and in as one edit. */
const drawRewire: Drawer = (dice, document) => {
  if (document.wires.length === 0) return undefined;
  const wire = dice.pick(document.wires);
  const to = dice.pick(document.nodes).id;
  return {
    type: 'edit',
    edits: [
      { type: 'removeWire', wire: wire.id },
      { type: 'addWire', wire: { ...wire, to } },
    ],
  };
};

const EDIT_DRAWERS: readonly Drawer[] = [
  drawSetParam,
  drawSetParam,
  drawSetParam,
  drawAddNode,
  onNode((node) => ({ type: 'removeNode', node })),
  drawAddWire,
  onWire((wire) => ({ type: 'removeWire', wire })),
  drawRewire,
];

// ------------------------------------------------------------------ calm

/** Senders, one queue, one worker that does one thing after another and never fails; perhaps a second such stage. */
function drawCalmTopology(dice: Dice): TopologyDocument {
  const nodes: NodeDocument[] = [];
  const wires: WireDocument[] = [];
  const road = (kind: string, from: string, to: string, params: { [field: string]: unknown } = {}): void => {
    // Calls may overtake each other only where the network wavers.
    const delay = dice.pick(['0s', '3ms', '1234567ns']);
    const bandwidth = dice.chance(0.3) ? dice.int(100_000, 1_000_000) : 0;
    wires.push({ id: `${from}-${to}`, kind, from, to, params: { delay, bandwidth, ...params } });
  };
  const senders = dice.int(1, 3);
  for (let i = 0; i < senders; i++) {
    const arrivals = dice.pick(['poisson', 'constant', 'bursts', 'gaps']);
    const params = { arrivals, rate: dice.int(5, 120), burstSize: dice.int(1, 40), burstEvery: '200ms', keys: dice.int(1, 5) };
    nodes.push({ id: `s${i}`, kind: 'sender', params });
    road('publish', `s${i}`, 'q0', dice.chance(0.3) ? { confirm: true, timeout: '1h', resends: 0 } : {});
  }
  const stages = dice.int(1, 2);
  for (let i = 0; i < stages; i++) {
    nodes.push({ id: `q${i}`, kind: 'queue', params: { ackDeadline: '0s', returnTo: 'front' } });
    nodes.push({ id: `w${i}`, kind: 'service', params: { work: { law: 'exponential', mean: `${dice.int(1, 9)}ms` } } });
    road('deliver', `q${i}`, `w${i}`, { desk: dice.int(0, 3), pollTimeout: '1h' });
    if (i > 0) road('publish', `w${i - 1}`, `q${i}`);
  }
  return documentOf(nodes, wires);
}

/** Only what cannot lose, double or overtake anything. */
function drawCalmScript(dice: Dice, { nodes }: TopologyDocument, endNs: number): readonly ScriptedCommand[] {
  const count = dice.int(0, 6);
  return Array.from({ length: count }, (_, i): ScriptedCommand => {
    const atNs = Math.floor((endNs * (i + dice.share())) / (count + 1));
    const of = (kind: string): string => dice.pick(nodes.filter((node) => node.kind === kind)).id;
    const command: Command = dice.pick<Command>([
      { type: 'slow', node: of('service'), factor: dice.pick([0.5, 3]), ...someTime(dice) },
      { type: 'stall', node: of('service'), forNs: dice.int(1, 300) * MS_NS },
      { type: 'stall', node: of('queue'), forNs: dice.int(1, 300) * MS_NS },
      { type: 'burst', node: of('sender'), count: dice.int(1, 50) },
      { type: 'setParam', target: of('sender'), field: 'rate', value: dice.int(1, 150) },
    ]);
    return { atNs, command, stamp: dice.chance(0.5) ? 'tick' : 'nanosecond' };
  });
}
