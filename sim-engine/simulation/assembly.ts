// Builds the world of a drawing, and lets an edited drawing adopt the world that is running: actors are matched by name and keep
// theirs, indices are never used again, what left the drawing ends for good. The simulation owns one; nobody else does.

import { assert } from '../kernel/assert.ts';
import type { ActorIx, LinkIx } from '../kernel/ids.ts';
import { clonePlain, isSamePlain } from '../kernel/plain-state.ts';
import { fieldsOfWire, nodeKind, wireKind } from '../nodes/declarations.ts';
import type { Fields, Params } from '../nodes/fields.ts';
import type { ActorFactory, Connection, Container, Door, NodeKind, PartRef, WireKind } from '../nodes/node-kind.ts';
import { behaviourOf } from '../nodes/registry.ts';
import { compile } from '../topology/compile.ts';
import type { ParsedNode, ParsedTopology } from '../topology/document.ts';
import { INSIDE, type PlannedActor, type PlannedEnd, type PlannedWire } from '../topology/plan.ts';
import { CALL, CONNECTION, RELATION } from '../world/links.ts';
import { INSTANT_LINK, type LinkTraits } from '../world/network.ts';
import type { World } from '../world/world.ts';

/** An actor that lives, or lived, in this run. Plain data. */
export interface LiveActor {
  readonly name: string;
  readonly nodeId: string;
  readonly member: string;
  readonly kind: string;
  readonly ix: number;
  params: Params;
  parts: readonly PartRef[];
  /** Connections it ever had: the next slot. */
  slots: number;
  isGone: boolean;
}

/** A wire that is live in this run. Plain data. */
export interface LiveWire {
  readonly id: string;
  readonly kind: string;
  /** Index for frames and links, in order of first appearance. */
  readonly wireIx: number;
  readonly forward: number;
  readonly back: number;
  readonly from: LiveEnd;
  readonly to: LiveEnd;
  /** The further doors of the end that has several. */
  readonly doors: readonly LiveDoor[];
  params: Params;
}
interface LiveEnd extends PlannedEnd {
  readonly ix: number;
  readonly slot: number;
}
interface LiveDoor {
  readonly ix: number;
  readonly slot: number;
  readonly forward: number;
  readonly back: number;
}

/** Every link of a wire, there and back. */
export const linksOfWire = ({ forward, back, doors }: LiveWire): readonly LinkIx[] =>
  [forward, back, ...doors.flatMap((door) => [door.forward, door.back])] as LinkIx[];

interface AssemblyState {
  actors: LiveActor[];
  wires: LiveWire[];
  wireCount: number;
}

export class Assembly {
  private readonly world: World;
  private state: AssemblyState = { actors: [], wires: [], wireCount: 0 };
  private byName = new Map<string, LiveActor>();
  private byWire = new Map<string, LiveWire>();

  constructor(world: World) {
    this.world = world;
  }

  /** Actors that are in the drawing now, in order of appearance. */
  get actors(): readonly LiveActor[] {
    return this.state.actors.filter((actor) => !actor.isGone);
  }
  /** Wires of the drawing; what joins actors of one node is none of them. */
  get wires(): readonly LiveWire[] {
    return this.state.wires.filter(({ kind }) => kind !== INSIDE.type);
  }

  /** Actors of a node, none if it is not in the drawing. */
  actorsOfNode(nodeId: string): readonly LiveActor[] {
    return this.state.actors.filter((actor) => actor.nodeId === nodeId && !actor.isGone);
  }
  wire(id: string): LiveWire | undefined {
    return this.byWire.get(id);
  }

  /** Makes the world follow the drawing, which must be free of problems. The first one of a run builds everything. */
  adopt(topology: ParsedTopology): void {
    const plan = compile({ ...topology, nodes: this.keptNodes(topology.nodes) });
    const planned = new Map(plan.actors.map((actor) => [actor.name, actor]));
    const wanted = new Map(plan.wires.map((wire) => [wire.id, wire]));
    // A node that became another kind under its old id is another node: what was wired to the old one ends with it.
    const leaving = this.actors.filter((actor) => planned.get(actor.name)?.kind !== actor.kind);
    const isLeaving = new Set(leaving.map((actor) => actor.ix));
    for (const wire of [...this.state.wires]) {
      const next = wanted.get(wire.id);
      const isKept = next !== undefined && isSameWire(wire, next) && !endsOf(wire).some(([ix]) => isLeaving.has(ix));
      if (!isKept) this.removeWire(wire);
    }
    for (const actor of leaving) this.removeActor(actor);
    for (const actor of this.state.actors) {
      const next = planned.get(actor.name);
      if (next !== undefined && !actor.isGone) this.updateActor(actor, next);
    }
    for (const wire of this.state.wires) this.updateWire(wire, wanted.get(wire.id) as PlannedWire);

    const born: LiveActor[] = [];
    for (const actor of plan.actors) if (!this.byName.has(actor.name)) born.push(this.addActor(actor));
    const laid: LiveWire[] = [];
    for (const wire of plan.wires) if (!this.byWire.has(wire.id)) laid.push(this.addWire(wire));
    for (const actor of born) this.actor(actor.ix).onStart();
    const isBorn = new Set(born.map((actor) => actor.ix));
    for (const wire of laid) {
      for (const [ix, slot] of endsOf(wire)) if (!isBorn.has(ix)) this.actor(ix).onConnected(slot);
    }
  }

  /**
   * The nodes as this run has them: a field that is not live keeps the value with which its node began. How many actors a node is
   * may hang on such a field, so that this comes before the plan.
   */
  private keptNodes(nodes: readonly ParsedNode[]): readonly ParsedNode[] {
    const kindOfNode = new Map(nodes.map(({ id, kind }) => [id, kind]));
    const before = new Map<string, Params>();
    for (const { isGone, kind, nodeId, params, parts } of this.state.actors) {
      // A node that became another kind under its old id is another node, and so are the parts in it.
      if (isGone || kindOfNode.get(nodeId) !== kind) continue;
      before.set(nodeId, params);
      for (const part of parts) if (kindOfNode.get(part.id) === part.kind) before.set(part.id, part.params);
    }
    return nodes.map((node) => {
      const params = before.get(node.id);
      return params === undefined
        ? node
        : { ...node, params: liveParams((nodeKind(node.kind) as NodeKind).fields, params, node.params) };
    });
  }

  // ---------------------------------------------------------------- actors

  private addActor(planned: PlannedActor): LiveActor {
    const { name, nodeId, member, kind, params, parts } = planned;
    const ix = this.world.lives.begin(nodeId);
    const live: LiveActor = { name, nodeId, member, kind, ix, params, parts, slots: 0, isGone: false };
    this.state.actors.push(live);
    this.byName.set(name, live);
    this.world.actors[ix] = planned.create(this.world, { ix, nodeId, member, params, parts });
    return live;
  }

  private removeActor(actor: LiveActor): void {
    this.world.lives.remove(actor.ix as ActorIx);
    actor.isGone = true;
    this.byName.delete(actor.name);
  }

  private updateActor(actor: LiveActor, planned: PlannedActor): void {
    if (!isSamePlain(planned.params, actor.params)) {
      actor.params = planned.params;
      this.actor(actor.ix).onParams(planned.params);
    }
    if (isSamePlain(planned.parts, actor.parts)) return;
    actor.parts = planned.parts;
    (this.actor(actor.ix) as Partial<Container>).onParts?.(actor.parts);
  }

  // ---------------------------------------------------------------- wires

  private addWire(planned: PlannedWire): LiveWire {
    const { network } = this.world;
    const from = this.liveEnd(planned.from);
    const to = this.liveEnd(planned.to);
    const wireIx = this.state.wireCount++;
    const { kind, id } = planned;
    const sort = !kind.travels ? RELATION : kind.carries === 'call' ? CALL : CONNECTION;
    const forward = network.newLink(from.ix as ActorIx, to.ix as ActorIx, to.slot, sort, true, wireIx, id);
    const back = network.newLink(to.ix as ActorIx, from.ix as ActorIx, from.slot, sort, false, wireIx, id);
    const doorOf = (name: string): LiveDoor => {
      const { ix, slot } = this.newSlot(name);
      const [a, b] = planned.from.doors.length > 0 ? [{ ix, slot }, to] : [from, { ix, slot }];
      return {
        ix,
        slot,
        forward: network.newLink(a.ix as ActorIx, b.ix as ActorIx, b.slot, sort, true, wireIx, id, name),
        back: network.newLink(b.ix as ActorIx, a.ix as ActorIx, a.slot, sort, false, wireIx, id, name),
      };
    };
    const doors = [...planned.from.doors, ...planned.to.doors].map(doorOf);
    const live: LiveWire = { id, kind: kind.type, wireIx, forward, back, from, to, doors, params: planned.params };
    this.state.wires.push(live);
    this.byWire.set(id, live);
    this.setTraits(live);
    this.attach(live);
    return live;
  }

  private liveEnd(end: PlannedEnd): LiveEnd {
    const { nodeId, nodeKind: kind, actor, doors, port } = end;
    return { nodeId, nodeKind: kind, actor, doors, port, ...this.newSlot(actor) };
  }

  private newSlot(name: string): { readonly ix: number; readonly slot: number } {
    const actor = this.byName.get(name);
    assert(actor !== undefined, `wire ends at a live actor: ${name}`);
    return { ix: actor.ix, slot: actor.slots++ };
  }

  private attach(wire: LiveWire): void {
    for (const [ix, slot, connection] of connectionsOf(wire)) this.actor(ix).attach(slot, connection);
  }

  private removeWire(wire: LiveWire): void {
    const { network } = this.world;
    for (const link of linksOfWire(wire)) network.removeLink(link);
    this.state.wires.splice(this.state.wires.indexOf(wire), 1);
    this.byWire.delete(wire.id);
    for (const [ix, slot] of endsOf(wire)) this.actor(ix).onDisconnected(slot);
  }

  private updateWire(wire: LiveWire, planned: PlannedWire): void {
    const params = liveParams(fieldsOfWire(wire.kind), wire.params, planned.params);
    if (isSamePlain(params, wire.params)) return;
    wire.params = params;
    this.setTraits(wire);
    for (const [ix, slot, connection] of connectionsOf(wire)) this.actor(ix).onWireParams(slot, connection);
  }

  private setTraits(wire: LiveWire): void {
    const traits = kindOf(wire).travels ? traitsOf(wire.params) : INSTANT_LINK;
    for (const link of linksOfWire(wire)) this.world.network.setTraits(link, traits);
  }

  private actor(ix: number) {
    const actor = this.world.actors[ix];
    assert(actor !== null && actor !== undefined, `actor ${ix} lives`);
    return actor;
  }

  // ---------------------------------------------------------------- copies

  /** Everything, actors' memories included, as plain data. */
  save(): unknown {
    return {
      state: clonePlain(this.state),
      memories: this.state.actors.map((actor) => (actor.isGone ? null : this.actor(actor.ix).save())),
      nodeIds: this.world.nodeIds.slice(),
      wireIds: this.world.wireIds.slice(),
    };
  }

  /** Makes all actors anew as they were. The arena must have been loaded before, since actors find their streams by name. */
  load(saved: unknown): void {
    const copy = saved as { state: AssemblyState; memories: unknown[]; nodeIds: string[]; wireIds: string[] };
    const { world } = this;
    this.state = clonePlain(copy.state);
    this.byName = new Map();
    this.byWire = new Map();
    world.actors.length = 1;
    replace(world.nodeIds, copy.nodeIds);
    replace(world.wireIds, copy.wireIds);
    for (const actor of this.state.actors) {
      world.actors[actor.ix] = null;
      if (actor.isGone) continue;
      this.byName.set(actor.name, actor);
      const { ix, nodeId, member, params, parts } = actor;
      world.actors[ix] = factoryOf(actor)(world, { ix: ix as ActorIx, nodeId, member, params, parts });
    }
    for (const wire of this.state.wires) {
      this.byWire.set(wire.id, wire);
      this.attach(wire);
    }
    for (let i = 0; i < this.state.actors.length; i++) {
      const actor = this.state.actors[i] as LiveActor;
      if (!actor.isGone) this.actor(actor.ix).load(copy.memories[i]);
    }
  }
}

function factoryOf(actor: LiveActor): ActorFactory {
  let found: ActorFactory | undefined;
  behaviourOf(actor.kind).expand({ id: actor.nodeId, kind: actor.kind }, actor.params, actor.parts, {
    actor(member, create) {
      if (member === actor.member) found = create;
    },
    join() {},
  });
  assert(found !== undefined, `${actor.kind} still has the member ${actor.member}`);
  return found;
}

const kindOf = (wire: LiveWire): WireKind => (wire.kind === INSIDE.type ? INSIDE : (wireKind(wire.kind) as WireKind));

/** Actors and slots at which a wire ends. */
const endsOf = ({ from, to, doors }: LiveWire): readonly (readonly [ix: number, slot: number])[] =>
  [from, to, ...doors].map(({ ix, slot }) => [ix, slot]);

/** The same, each with what it sees of the wire. */
function connectionsOf(wire: LiveWire): readonly (readonly [ix: number, slot: number, connection: Connection])[] {
  const { back, doors, forward, from, to } = wire;
  const doorsEnd = from.doors.length > 0 ? 'from' : 'to';
  const here = (end: 'from' | 'to', links: { readonly forward: number; readonly back: number }): Door =>
    (end === 'from' ? { out: links.forward, in: links.back } : { out: links.back, in: links.forward }) as Door;
  const all = [{ forward, back }, ...doors];
  const seen = (end: 'from' | 'to'): Connection => {
    const door = here(end, wire);
    const hasDoors = doors.length > 0 && end !== doorsEnd;
    return connectionOf(wire, end, door, hasDoors ? all.map((links) => here(end, links)) : undefined);
  };
  return [
    [from.ix, from.slot, seen('from')],
    [to.ix, to.slot, seen('to')],
    ...doors.map((door) => [door.ix, door.slot, connectionOf(wire, doorsEnd, here(doorsEnd, door), undefined)] as const),
  ];
}

function connectionOf(wire: LiveWire, end: 'from' | 'to', links: Door, doors: readonly Door[] | undefined): Connection {
  const isFrom = end === 'from';
  const peer = isFrom ? wire.to : wire.from;
  return {
    wireId: wire.id,
    kind: kindOf(wire),
    port: isFrom ? wire.from.port : wire.to.port,
    ...links,
    params: wire.params,
    selfId: isFrom ? wire.from.nodeId : wire.to.nodeId,
    peerId: peer.nodeId,
    peerKind: peer.nodeKind,
    ...(doors === undefined ? {} : { doors }),
  };
}

function traitsOf(params: Params): LinkTraits {
  return {
    delayNs: params.delay as number,
    jitterNs: params.jitter as number,
    loss: params.loss as number,
    duplication: params.duplication as number,
    bandwidth: params.bandwidth as number,
  };
}

/** A field that is not live keeps the value it had when the run began. */
function liveParams(fields: Fields, before: Params, after: Params): Params {
  const params: { [field: string]: Params[string] } = {};
  for (const field of Object.keys(after)) {
    const isLive = fields[field]?.live ?? true;
    params[field] = isLive || before[field] === undefined ? (after[field] as Params[string]) : before[field];
  }
  return params;
}

function isSameWire(wire: LiveWire, planned: PlannedWire): boolean {
  const { from, kind, to } = wire;
  return kind === planned.kind.type && isSameEnd(from, planned.from) && isSameEnd(to, planned.to);
}

/** The same actor, and of a container the same part of it. */
function isSameEnd(end: PlannedEnd, planned: PlannedEnd): boolean {
  return end.actor === planned.actor && end.nodeId === planned.nodeId && isSamePlain(end.doors, planned.doors);
}

function replace(target: string[], content: readonly string[]): void {
  target.length = 0;
  target.push(...content);
}
