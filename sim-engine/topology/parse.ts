// From text to a typed document, or to problems with their places: limits first, then version, skeleton, kinds and parameters,
// wiring, circles. Page, command line and tests load every topology and scenario here. Never throws for what a file holds, and
// never changes its argument.

import { MESSAGES_END_AT } from '../nodes/declarations.ts';
import type { Fields } from '../nodes/fields.ts';
import type { NodeKind } from '../nodes/node-kind.ts';
import { checkParents, checkWires, type SketchedNode, type SketchedWire } from './connect.ts';
import {
  DOCUMENT_VERSION,
  type NodeDocument,
  type ParsedNode,
  type ParsedScenario,
  type ParsedTopology,
  type ParsedWire,
  type Problem,
  type Result,
  SCENARIO_FORMAT,
  type ScenarioDocument,
  TOPOLOGY_FORMAT,
  type TopologyDocument,
} from './document.ts';
import { findCircles } from './flow.ts';
import { guardValue } from './guard-value.ts';
import { NODES_MAX } from './limits.ts';
import { type DocumentFormat, migrate } from './migrations/migrate.ts';
import { readParams, reportUnknownField } from './params.ts';
import { inside, isFull, listed, type Place, type ProblemCode, report, shown } from './problems.ts';
import { readJson } from './read-json.ts';
import { KINDS, type KindRegistry } from './registry.ts';
import {
  checkShape,
  isId,
  isObject,
  type JsonObject,
  member,
  NODE_SHAPE,
  nameInList,
  type ObjectShape,
  SCENARIO_SHAPE,
  TOPOLOGY_SHAPE,
  WIRE_SHAPE,
} from './shapes.ts';
import { nearest } from './suggest.ts';
import { parseDuration } from './units.ts';

const DEFAULT_SEED = 1;
const DEFAULT_DURATION_NS = 60_000_000_000;

/** What may be said from outside about a run; it goes before what the document says. */
export interface GivenRun {
  readonly seed?: number;
  readonly durationNs?: number;
}

/** A topology out of its text. */
export function parseTopology(text: string, kinds: KindRegistry = KINDS): Result<ParsedTopology> {
  return answer((problems) => {
    const value = readJson(text, problems);
    return problems.length > 0 ? undefined : readTopology(value, undefined, problems, kinds);
  });
}

/** A topology out of a value, as the page's store or a link holds it. */
export function parseTopologyDocument(value: unknown, kinds: KindRegistry = KINDS): Result<ParsedTopology> {
  return answer((problems) => {
    guardValue(value, problems);
    return problems.length > 0 ? undefined : readTopology(value, undefined, problems, kinds);
  });
}

/** What is wrong with a drawing; empty when it can run. */
export function validateTopology(document: TopologyDocument, kinds: KindRegistry = KINDS): readonly Problem[] {
  const parsed = parseTopologyDocument(document, kinds);
  return parsed.ok ? [] : parsed.problems;
}

/** A scenario out of its text. A bare topology is one too: no commands, no expectations, default seed and duration. */
export function parseScenario(text: string, given: GivenRun = {}, kinds: KindRegistry = KINDS): Result<ParsedScenario> {
  return answer((problems) => {
    const value = readJson(text, problems);
    return problems.length > 0 ? undefined : readScenario(value, given, problems, kinds);
  });
}

/** A scenario, or a bare topology, out of a value. */
export function parseScenarioDocument(value: unknown, given: GivenRun = {}, kinds: KindRegistry = KINDS): Result<ParsedScenario> {
  return answer((problems) => {
    guardValue(value, problems);
    return problems.length > 0 ? undefined : readScenario(value, given, problems, kinds);
  });
}

function answer<T>(read: (problems: Problem[]) => T | undefined): Result<T> {
  const problems: Problem[] = [];
  const value = read(problems);
  return value === undefined || problems.length > 0 ? { ok: false, problems } : { ok: true, value };
}

// ------------------------------------------------------------------ documents

function readScenario(value: unknown, given: GivenRun, problems: Problem[], kinds: KindRegistry): ParsedScenario | undefined {
  const isBare = isObject(value) && member(value, 'format') === TOPOLOGY_FORMAT;
  const document = isBare ? undefined : upToDate(value, SCENARIO_FORMAT, undefined, problems);
  if (!isBare && document === undefined) return undefined;
  const place = isBare ? undefined : inside(undefined, 'topology');
  const topology = readTopology(document === undefined ? value : member(document, 'topology'), place, problems, kinds);
  if (document !== undefined) checkOutside(document, SCENARIO_SHAPE, ['topology'], undefined, problems);
  if (topology === undefined || problems.length > 0) return undefined;
  // Every key of the skeleton was checked just now; the topology inside stands in its migrated form.
  const scenario = document === undefined ? bare(topology) : ({ ...document, topology: topology.document } as ScenarioDocument);
  return {
    document: scenario,
    topology,
    seed: given.seed ?? scenario.seed ?? DEFAULT_SEED,
    durationNs: given.durationNs ?? durationOf(scenario),
  };
}

const bare = (topology: ParsedTopology): ScenarioDocument => ({
  format: SCENARIO_FORMAT,
  version: DOCUMENT_VERSION,
  title: topology.document.name ?? '',
  topology: topology.document,
});

function durationOf(scenario: ScenarioDocument): number {
  const duration = scenario.duration === undefined ? undefined : parseDuration(scenario.duration);
  return duration?.ok ? duration.value : DEFAULT_DURATION_NS;
}

function readTopology(
  value: unknown,
  place: Place | undefined,
  problems: Problem[],
  kinds: KindRegistry,
): ParsedTopology | undefined {
  const document = upToDate(value, TOPOLOGY_FORMAT, place, problems);
  if (document === undefined) return undefined;
  const nodes = member(document, 'nodes');
  const wires = member(document, 'wires');
  const isSmall = checkCount(nodes, 'nodes', place, problems) && checkCount(wires, 'wires', place, problems);
  if (!isSmall) return undefined;
  checkOutside(document, TOPOLOGY_SHAPE, ['nodes', 'wires'], place, problems);
  const reader = new TopologyReader(kinds, problems);
  reader.readNodes(nodes, inside(place, 'nodes'));
  reader.readWires(wires, inside(place, 'wires'));
  reader.checkStructure();
  if (problems.length > 0) return undefined;
  // Every key of the skeleton was checked.
  return { document: document as unknown as TopologyDocument, nodes: byId(reader.nodes), wires: byId(reader.wires) };
}

/** Code units decide, so that the order is the same in every language. */
const byId = <Named extends { readonly id: string }>(members: readonly Named[]): readonly Named[] =>
  [...members].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));

/** The document in its present form, or undefined if it is none, or of a version not known here. */
function upToDate(
  value: unknown,
  format: typeof TOPOLOGY_FORMAT | typeof SCENARIO_FORMAT,
  place: Place | undefined,
  problems: Problem[],
): JsonObject | undefined {
  // A topology that is missing in a scenario is a missing key of the scenario, and said there.
  if (value === undefined && place !== undefined) return undefined;
  if (!isObject(value)) {
    report(problems, 'not-a-document', place, { found: shown(value), expected: format });
    return undefined;
  }
  const found = member(value, 'format');
  if (found !== format) {
    const code: ProblemCode = found === undefined ? 'format-missing' : 'wrong-format';
    report(problems, code, inside(place, 'format'), { found: shown(found), expected: format });
    return undefined;
  }
  if (!checkVersion(value, place, problems)) return undefined;
  const kind: DocumentFormat = format === TOPOLOGY_FORMAT ? 'topology' : 'scenario';
  if (kind === 'topology' && !checkOldCount(member(value, 'nodes'), place, problems)) return undefined;
  return migrate(value, kind);
}

function checkVersion(document: JsonObject, place: Place | undefined, problems: Problem[]): boolean {
  const version = member(document, 'version');
  const here = inside(place, 'version');
  if (version === undefined) report(problems, 'key-missing', place, { key: 'version' });
  else if (typeof version !== 'number') report(problems, 'not-a-number', here, { found: shown(version) });
  else if (!Number.isInteger(version) || version < 0) report(problems, 'version-unknown', here, { found: String(version) });
  else if (version > DOCUMENT_VERSION) report(problems, 'version-newer', here, { found: version, known: DOCUMENT_VERSION });
  else return true;
  return false;
}

/** The draft kept its nodes in an object: as many as fit a drawing, before they are turned into a list. */
function checkOldCount(nodes: unknown, place: Place | undefined, problems: Problem[]): boolean {
  if (!isObject(nodes)) return true;
  const count = Object.keys(nodes).length;
  if (count <= NODES_MAX) return true;
  report(problems, 'too-many-nodes', inside(place, 'nodes'), { count, most: NODES_MAX });
  return false;
}

function checkCount(members: unknown, key: 'nodes' | 'wires', place: Place | undefined, problems: Problem[]): boolean {
  const shape = TOPOLOGY_SHAPE.required[key];
  if (shape?.is !== 'list' || !Array.isArray(members) || members.length <= shape.most) return true;
  report(problems, shape.tooMany, inside(place, key), { count: members.length, most: shape.most });
  return false;
}

/** Checks an object but for the members that are read by themselves. */
function checkOutside(
  document: JsonObject,
  shape: ObjectShape,
  apart: readonly string[],
  place: Place | undefined,
  problems: Problem[],
): void {
  const elsewhere = Object.fromEntries(apart.map((key) => [key, { is: 'elsewhere' } as const]));
  checkShape(document, { ...shape, required: { ...shape.required, ...elsewhere } }, place, problems);
}

// ------------------------------------------------------------------ nodes and wires

/** Collects the sound nodes and wires of one document and what is wrong with the others. */
class TopologyReader {
  readonly nodes: ParsedNode[] = [];
  readonly wires: ParsedWire[] = [];
  private readonly kinds: KindRegistry;
  private readonly problems: Problem[];
  private readonly ids = new Set<string>();
  /** Every node that a wire may name, also when something else is wrong with it. */
  private readonly sketchedNodes = new Map<string, SketchedNode>();
  private readonly sketchedWires: SketchedWire[] = [];

  constructor(kinds: KindRegistry, problems: Problem[]) {
    this.kinds = kinds;
    this.problems = problems;
  }

  readNodes(nodes: unknown, place: Place): void {
    for (const [index, node] of this.members(nodes, place)) {
      const here = inside(place, nameInList(node, index));
      const isSound = checkShape(node, NODE_SHAPE, here, this.problems);
      if (isObject(node)) this.readNode(node, inside(place, index), here, isSound);
    }
  }

  private readNode(node: JsonObject, numbered: Place, place: Place, isSound: boolean): void {
    const id = member(node, 'id');
    const kind = member(node, 'kind');
    const parent = member(node, 'parent');
    const isNew = isId(id) && this.takeId(id, numbered);
    if (isNew) {
      const sketch = { id, kind: typeof kind === 'string' ? kind : '', place };
      this.sketchedNodes.set(id, typeof parent === 'string' ? { ...sketch, parent } : sketch);
    }
    const known = typeof kind === 'string' ? this.nodeKind(kind, place) : undefined;
    const params = known && readParams(known.fields, this.params(node), inside(place, 'params'), this.problems, known.leftOut);
    if (isSound && known !== undefined)
      this.checkKnobs(known.fields, (node as { view?: NodeDocument['view'] }).view, inside(place, 'view'));
    if (!isSound || !isNew || known === undefined || params === undefined) return;
    this.nodes.push(typeof parent === 'string' ? { id, kind: known.type, parent, params } : { id, kind: known.type, params });
  }

  /** A control on the card is one of a field that there is. */
  private checkKnobs(fields: Fields, view: NodeDocument['view'], place: Place): void {
    for (const [index, { field }] of (view?.knobs ?? []).entries()) {
      const here = inside(inside(place, 'knobs'), index);
      if (!Object.hasOwn(fields, field)) reportUnknownField(field, fields, here, this.problems);
    }
  }

  readWires(wires: unknown, place: Place): void {
    for (const [index, wire] of this.members(wires, place)) {
      const here = inside(place, nameInList(wire, index));
      const isSound = checkShape(wire, WIRE_SHAPE, here, this.problems);
      if (isObject(wire)) this.readWire(wire, inside(place, index), here, isSound);
    }
  }

  private readWire(wire: JsonObject, numbered: Place, place: Place, isSound: boolean): void {
    const { id, kind, from, to } = wire as { [key: string]: unknown };
    const isNew = isId(id) && this.takeId(id, numbered);
    const fields = typeof kind === 'string' ? this.wireFields(kind, place) : undefined;
    const leftOut = typeof kind === 'string' ? this.kinds.wireKinds.get(kind)?.leftOut : undefined;
    const params = fields && readParams(fields, this.params(wire), inside(place, 'params'), this.problems, leftOut);
    if (!isNew || typeof kind !== 'string' || typeof from !== 'string' || typeof to !== 'string') return;
    this.sketchedWires.push({ id, kind, from, to, place });
    if (isSound && params !== undefined) this.wires.push({ id, kind, from, to, params });
  }

  /** Wiring, containers and circles, once all nodes and wires are known. */
  checkStructure(): void {
    const sound = checkWires(this.sketchedWires, this.sketchedNodes, this.kinds, this.problems);
    checkParents(this.sketchedNodes, this.kinds, this.problems);
    const goesOn = ({ to }: SketchedWire): boolean => !MESSAGES_END_AT.has(this.sketchedNodes.get(to)?.kind ?? '');
    const carrying = sound.filter(
      (wire) => this.kinds.wireKinds.get(wire.kind)?.travels && goesOn(wire) && !this.isOneOfSeveral(wire, sound),
    );
    for (const { nodes, closedBy } of findCircles(carrying, CIRCLES_MAX)) {
      report(this.problems, 'cycle', closedBy.place, { loop: listed(nodes, ' → '), wire: closedBy.id });
    }
  }

  /** Whether a wire is one of several ways out of a node that sends each message along only one of them. */
  private isOneOfSeveral(wire: SketchedWire, sound: readonly SketchedWire[]): boolean {
    const rule = this.kinds.nodeKinds.get(this.sketchedNodes.get(wire.from)?.kind ?? '')?.partsWays;
    if (rule === undefined) return false;
    const from = this.nodes.find(({ id }) => id === wire.from);
    if (from === undefined || !rule.is.includes(from.params[rule.field] as string)) return false;
    return sound.some((other) => other !== wire && other.from === wire.from && other.kind === wire.kind);
  }

  private *members(list: unknown, place: Place): Iterable<[number, unknown]> {
    if (list === undefined) return;
    if (!Array.isArray(list)) {
      report(this.problems, 'not-a-list', place, { found: shown(list) });
      return;
    }
    for (const entry of list.entries()) {
      if (isFull(this.problems)) return;
      yield entry;
    }
  }

  /** Ids are unique over nodes and wires together, because commands name either by its id alone. */
  private takeId(id: string, numbered: Place): boolean {
    if (this.ids.has(id)) {
      report(this.problems, 'id-twice', inside(numbered, 'id'), { id });
      return false;
    }
    this.ids.add(id);
    return true;
  }

  private nodeKind(kind: string, place: Place): NodeKind | undefined {
    const known = this.kinds.nodeKinds.get(kind);
    if (known === undefined) this.reportUnknownKind('unknown-kind', kind, this.kinds.nodeKinds.keys(), place);
    return known;
  }

  private wireFields(kind: string, place: Place) {
    const fields = this.kinds.wireFields.get(kind);
    if (fields === undefined) this.reportUnknownKind('unknown-wire-kind', kind, this.kinds.wireKinds.keys(), place);
    return fields;
  }

  private reportUnknownKind(code: ProblemCode, kind: string, types: Iterable<string>, place: Place): void {
    const known = [...types];
    const meant = nearest(kind, known);
    const values = { found: shown(kind), known: listed(known) };
    report(this.problems, code, inside(place, 'kind'), meant === undefined ? values : { ...values, nearest: meant });
  }

  /** The params, unless their shape was complained of already. */
  private params(holder: JsonObject): unknown {
    const params = member(holder, 'params');
    return isObject(params) ? params : undefined;
  }
}

/** A tangle has more circles than anybody reads; cutting the first few usually ends the others. */
const CIRCLES_MAX = 5;
