// From a definitions file to a drawing: every virtual host becomes a broker, its exchanges and queues parts of it, bindings, alternate
// exchanges and dead letters wires between them. Policies are written into what they apply to. What a server would refuse is a problem
// and refuses the file, what a drawing has no place for is a remark.

import type { Field, Fields } from '../nodes/fields.ts';
import { asCounted, declaredRouting } from '../nodes/rabbitmq/declared-routing.ts';
import { ALTERNATE_ARGUMENT, areExchangeArgs, isExchangeType } from '../nodes/rabbitmq/exchange.ts';
import type { Version } from '../nodes/rabbitmq/model.ts';
import { type Policy, policyFor } from '../nodes/rabbitmq/policies.ts';
import { declarationRefusal, queueTypeOf } from '../nodes/rabbitmq/queue-settings.ts';
import {
  DOCUMENT_VERSION,
  type NodeDocument,
  type ParsedTopology,
  type Problem,
  type Result,
  TOPOLOGY_FORMAT,
  type TopologyDocument,
  type WireDocument,
} from '../topology/document.ts';
import { NAME_MAX } from '../topology/limits.ts';
import { parseParam } from '../topology/params.ts';
import { parseTopologyDocument } from '../topology/parse.ts';
import { inside, listed, type Place, report, shown } from '../topology/problems.ts';
import { KINDS, type KindRegistry } from '../topology/registry.ts';
import { type JsonObject, member } from '../topology/shapes.ts';
import { layParts } from './lay-parts.ts';
import { DLX, DLX_KEY, drawnArgument, headerTableOf, QUEUE_TYPE } from './rabbitmq-definitions-arguments.ts';
import { policiesOf, tellPolicies, withPolicy } from './rabbitmq-definitions-policies.ts';
import {
  type DefinedBinding,
  type DefinedExchange,
  type DefinedQueue,
  type Definitions,
  readDefinitions,
  remark,
} from './rabbitmq-definitions-read.ts';

export const BROKER = 'rabbitmq';
const EXCHANGE = 'rabbitmq-exchange';
const QUEUE = 'rabbitmq-queue';
const BINDING = 'binding';
const ALTERNATE = 'alternate';
const DEAD_LETTER = 'rabbitmq-dead-letter';

export interface ImportedDefinitions {
  readonly topology: TopologyDocument;
  /** What was left out or written otherwise, line by line. */
  readonly remarks: readonly Problem[];
}

/** The drawing of a definitions file, of a whole node or of one virtual host. */
export function importDefinitions(text: string, kinds: KindRegistry = KINDS): Result<ImportedDefinitions> {
  const problems: Problem[] = [];
  const definitions = readDefinitions(text, problems);
  if (definitions === undefined) return { ok: false, problems };
  const drawing = new Drawing(definitions, kinds, problems);
  const topology = drawing.draw();
  if (problems.length > 0) return { ok: false, problems };
  const parsed = parseTopologyDocument(topology, kinds);
  if (!parsed.ok) return { ok: false, problems: parsed.problems };
  drawing.checkDeclarations(parsed.value);
  return problems.length > 0 ? { ok: false, problems } : { ok: true, value: { topology, remarks: drawing.remarks } };
}

/** The series whose rules are followed, and whether that is exactly the one that wrote the file. */
function versionOf(written: string | undefined): { readonly version: Version; readonly isExact: boolean } {
  const [major, minor] = (written ?? '').split('.').map(Number);
  if (major === undefined || minor === undefined || !(major >= 3)) return { version: '4.3', isExact: written === undefined };
  if (major > 4 || (major === 4 && minor >= 3)) return { version: '4.3', isExact: major === 4 && minor === 3 };
  return major === 4 ? { version: '4.0', isExact: minor === 0 } : { version: '3.10', isExact: minor === 10 };
}

type Mutable = { [key: string]: unknown };
interface Part {
  readonly node: NodeDocument;
  readonly at: Place;
}

/** Names the server makes itself, and imports from nobody. */
const RESERVED = 'amq.';
const PREDECLARED: { readonly [name: string]: string } = {
  'amq.direct': 'direct',
  'amq.fanout': 'fanout',
  'amq.headers': 'headers',
  'amq.match': 'headers',
  'amq.topic': 'topic',
};
const HASH = 'x-consistent-hash';

class Drawing {
  readonly remarks: Problem[];
  private readonly file: Definitions;
  private readonly kinds: KindRegistry;
  private readonly problems: Problem[];
  private readonly version: Version;
  private readonly ids = new Set<string>();
  private readonly nodes: NodeDocument[] = [];
  private readonly wires: WireDocument[] = [];
  /** Where each part and wire stands in the file, by id. */
  private readonly places = new Map<string, Place>();
  private readonly wireDigits: number;
  private readonly queueFields: Fields;

  constructor(file: Definitions, kinds: KindRegistry, problems: Problem[]) {
    this.file = file;
    this.kinds = kinds;
    this.problems = problems;
    this.remarks = [...file.ignored];
    const { version, isExact } = versionOf(file.version);
    this.version = version;
    this.queueFields = kinds.nodeKinds.get(QUEUE)?.fields ?? {};
    this.wireDigits = String(file.bindings.length).length;
    if (!isExact) {
      const place = inside(undefined, 'rabbitmq_version');
      remark(this.remarks, 'definitions-version', place, { found: shown(file.version), version });
    }
  }

  draw(): TopologyDocument {
    const { vhosts } = this.file;
    if (vhosts.length > 1) {
      const names = listed(vhosts.map(({ name }) => shown(name)));
      remark(this.remarks, 'definitions-several', inside(undefined, 'vhosts'), { names });
    }
    let top = 0;
    for (const { name, defaultQueueType } of vhosts) top = this.broker(name, defaultQueueType, top);
    const name = vhosts.map((vhost) => vhost.name).join(', ');
    return {
      format: TOPOLOGY_FORMAT,
      version: DOCUMENT_VERSION,
      ...(name !== '' && name.length <= NAME_MAX && { name }),
      nodes: this.nodes,
      wires: this.wires,
    };
  }

  /** One virtual host, with its upper edge at `top`; answers with where the next one may begin. */
  private broker(vhost: string, defaultQueueType: string | undefined, top: number): number {
    const own = <T extends { readonly vhost: string }>(all: readonly T[]): readonly T[] =>
      all.filter((one) => one.vhost === vhost);
    const id = this.newId(vhost === '/' ? BROKER : vhost);
    const policies = policiesOf(own(this.file.policies), this.remarks);
    const exchanges = new Map<string, Part>();
    const queues = new Map<string, Part>();
    const from = this.nodes.length;
    const wiresFrom = this.wires.length;
    // By name, so that what was exported comes back the same.
    const definedExchanges = asCounted(own(this.file.exchanges), ({ name }) => name);
    const definedQueues = asCounted(own(this.file.queues), ({ name }) => name);
    for (const exchange of definedExchanges) this.exchange(id, exchange, exchanges);
    const queueArgs = new Map<string, JsonObject>();
    for (const queue of definedQueues) {
      const args = this.queue(id, queue, policies, defaultQueueType, queues);
      if (args !== undefined) queueArgs.set(queue.name, args);
    }
    for (const binding of own(this.file.bindings)) this.binding(id, binding, exchanges, queues);
    this.alternates(definedExchanges, policies, exchanges);
    for (const queue of definedQueues) this.deadLetters(queue, queueArgs.get(queue.name) ?? {}, exchanges, queues);
    tellPolicies(own(this.file.policies), policies, [...exchanges.keys()], [...queueArgs], this.queueFields, this.remarks);

    const parts = this.nodes.splice(from);
    const laid = layParts(
      parts.map((part) => part.id),
      this.wires.slice(wiresFrom).map((wire) => [wire.from, wire.to]),
    );
    const fields = this.kinds.nodeKinds.get(BROKER)?.fields ?? {};
    this.nodes.push({
      id,
      kind: BROKER,
      ...(vhost !== id && { name: vhost.slice(0, NAME_MAX) }),
      position: { x: 0, y: top },
      size: laid.size,
      ...(fields.version !== undefined && fields.version.default !== this.version && { params: { version: this.version } }),
    });
    for (const part of parts) this.nodes.push({ ...part, position: laid.positions.get(part.id) ?? { x: 0, y: 0 } });
    return top + laid.size.height + BROKER_GAP;
  }

  // ---------------------------------------------------------------- parts

  private exchange(broker: string, exchange: DefinedExchange, exchanges: Map<string, Part>): void {
    const { at, name, type, args } = exchange;
    if (name === '' || name.startsWith(RESERVED)) {
      remark(this.remarks, 'definitions-reserved', at, { name: shown(name) });
      return;
    }
    if (exchanges.has(name)) {
      remark(this.remarks, 'definitions-twice', at, { name: shown(name) });
      return;
    }
    if (!isExchangeType(type)) {
      remark(this.remarks, 'definitions-exchange-type', at, { name: shown(name), type: shown(type) });
      return;
    }
    if (!areExchangeArgs(type, headerTableOf(args))) {
      report(this.problems, 'definitions-exchange-refused', at, { version: this.version });
      return;
    }
    const params: Mutable = { type };
    if (!exchange.isDurable) params.durable = false;
    if (exchange.isAutoDelete) params.autoDelete = true;
    if (exchange.isInternal) params.internal = true;
    for (const argument of Object.keys(args)) {
      const value = args[argument];
      const here = inside(inside(at, 'arguments'), argument);
      if (argument === ALTERNATE_ARGUMENT) continue;
      if (type === HASH && argument === 'hash-header') Object.assign(params, { hashOn: 'header', hashHeader: value });
      else if (type === HASH && argument === 'hash-property') params.hashOn = value;
      else remark(this.remarks, 'definitions-argument', here, { argument: shown(argument), name: shown(name) });
    }
    this.addExchange(broker, name, params, at, exchanges);
  }

  private addExchange(broker: string, name: string, params: Mutable, at: Place, exchanges: Map<string, Part>): Part {
    const part = this.part(broker, EXCHANGE, name, params, at);
    exchanges.set(name, part);
    return part;
  }

  private part(broker: string, kind: string, name: string, params: Mutable, at: Place): Part {
    const id = this.newId(name);
    const node: NodeDocument = {
      id,
      kind,
      parent: broker,
      ...(name !== id && { name: name.slice(0, NAME_MAX) }),
      params: this.inFieldOrder(kind, name === id ? params : { name, ...params }),
    };
    this.nodes.push(node);
    this.places.set(id, at);
    return { node, at };
  }

  /** As a form lists them, whatever the order in the file. */
  private inFieldOrder(kind: string, params: Mutable): Mutable {
    const fields = Object.keys(this.kinds.nodeKinds.get(kind)?.fields ?? {});
    return Object.fromEntries(fields.flatMap((field) => (Object.hasOwn(params, field) ? [[field, params[field]]] : [])));
  }

  /** Answers with the arguments it goes by, policies included; undefined if it is not drawn. */
  private queue(
    broker: string,
    queue: DefinedQueue,
    policies: readonly Policy[],
    defaultQueueType: string | undefined,
    queues: Map<string, Part>,
  ): JsonObject | undefined {
    const { at, name } = queue;
    if (name.startsWith(RESERVED)) {
      remark(this.remarks, 'definitions-reserved', at, { name: shown(name) });
      return undefined;
    }
    if (queues.has(name)) {
      remark(this.remarks, 'definitions-twice', at, { name: shown(name) });
      return undefined;
    }
    const given: JsonObject =
      member(queue.args, QUEUE_TYPE) === undefined && defaultQueueType !== undefined && queue.isDurable && !queue.isExclusive
        ? { ...queue.args, [QUEUE_TYPE]: defaultQueueType }
        : queue.args;
    const spec = { ...queue, args: headerTableOf(given) };
    const type = queueTypeOf(spec.args);
    if (type === null || declarationRefusal(spec, this.version) !== 0) {
      report(this.problems, 'definitions-queue-refused', at, { name: shown(name), version: this.version });
      return undefined;
    }
    const args = withPolicy(given, policyFor(policies, name, type), this.queueFields);
    const params: Mutable = {};
    if (!queue.isDurable) params.durable = false;
    if (queue.isAutoDelete) params.autoDelete = true;
    if (queue.isExclusive) params.exclusive = true;
    const place = inside(at, 'arguments');
    for (const argument of Object.keys(args)) {
      const drawn = drawnArgument(this.queueFields, argument, args[argument]);
      if ('param' in drawn) params[drawn.param] = drawn.value;
      if ('note' in drawn) {
        const values = { argument: shown(argument), name: shown(name), ...drawn.values };
        remark(this.remarks, drawn.note, inside(place, argument), values);
      }
    }
    queues.set(name, this.part(broker, QUEUE, name, params, at));
    return args;
  }

  // ---------------------------------------------------------------- wires

  private binding(broker: string, binding: DefinedBinding, exchanges: Map<string, Part>, queues: Map<string, Part>): void {
    const { at, source, destination, toExchange, key, args } = binding;
    if (source === '') {
      remark(this.remarks, 'definitions-default-binding', at, { name: shown(destination) });
      return;
    }
    const from = this.end(broker, source, at, true, exchanges);
    const to = this.end(broker, destination, at, toExchange, toExchange ? exchanges : queues);
    if (from === undefined || to === undefined) return;
    const params: Mutable = {};
    if (from.node.params?.type === HASH) {
      if (!this.weight(key, at, params)) return;
    } else if (key !== '') params.routingKey = key;
    if (Object.keys(args).length > 0) params.arguments = args;
    const id = `binding-${String(this.wires.length + 1).padStart(this.wireDigits, '0')}`;
    this.wire(id, BINDING, from, to, params, at);
  }

  private weight(key: string, at: Place, params: Mutable): boolean {
    const field = this.kinds.wireKinds.get(BINDING)?.fields.weight as Field;
    const weight = /^[+-]?\d+$/.test(key) ? Number(key) : Number.NaN;
    const parsed = parseParam(field, weight, []);
    if (!parsed.ok) {
      report(this.problems, 'definitions-binding-refused', at, { key: shown(key), version: this.version });
      return false;
    }
    if (weight !== 1) params.weight = weight;
    return true;
  }

  /** A part that a binding names. One of the server's own exchanges is drawn once something is bound to it. */
  private end(broker: string, name: string, at: Place, isExchange: boolean, parts: Map<string, Part>): Part | undefined {
    const part = parts.get(name);
    if (part !== undefined) return part;
    if (isExchange && Object.hasOwn(PREDECLARED, name)) {
      return this.addExchange(broker, name, { type: PREDECLARED[name] }, at, parts);
    }
    // What leads to or from something that was left out is left out with it, and was told there.
    if (this.isLeftOut(name, isExchange)) return undefined;
    report(this.problems, 'definitions-binding-dangling', at, { name: shown(name), what: isExchange ? 'exchange' : 'queue' });
    return undefined;
  }

  private isLeftOut(name: string, isExchange: boolean): boolean {
    if (name.startsWith(RESERVED)) return (isExchange ? this.file.exchanges : this.file.queues).some((one) => one.name === name);
    return isExchange && this.file.exchanges.some((one) => one.name === name && !isExchangeType(one.type));
  }

  private wire(name: string, kind: string, from: Part, to: Part, params: Mutable, at: Place): void {
    const id = this.newId(name);
    this.places.set(id, at);
    const hasParams = Object.keys(params).length > 0;
    this.wires.push({ id, kind, from: from.node.id, to: to.node.id, ...(hasParams && { params }) });
  }

  private alternates(all: readonly DefinedExchange[], policies: readonly Policy[], exchanges: ReadonlyMap<string, Part>): void {
    for (const { at, name, args } of all) {
      const from = exchanges.get(name);
      const given = member(args, ALTERNATE_ARGUMENT) ?? policyFor(policies, name, 'exchange').get(ALTERNATE_ARGUMENT);
      if (from === undefined || from.at !== at || given === undefined) continue;
      const to = typeof given === 'string' ? exchanges.get(given) : undefined;
      if (to !== undefined) this.wire(`${from.node.id}-else`, ALTERNATE, from, to, {}, at);
      else remark(this.remarks, 'definitions-alternate', at, { name: shown(name), alternate: shown(given) });
    }
  }

  private deadLetters(
    queue: DefinedQueue,
    args: JsonObject,
    exchanges: ReadonlyMap<string, Part>,
    queues: ReadonlyMap<string, Part>,
  ): void {
    const from = queues.get(queue.name);
    const exchange = member(args, DLX);
    const key = member(args, DLX_KEY);
    if (from === undefined || from.at !== queue.at || typeof exchange !== 'string') return;
    if (exchange === '' && typeof key !== 'string') {
      remark(this.remarks, 'definitions-dead-letters-own-key', queue.at, { name: shown(queue.name) });
      return;
    }
    // By the default exchange the key is the name of a queue.
    const to = exchange === '' ? queues.get(key as string) : exchanges.get(exchange);
    if (to === undefined) {
      const wanted = exchange === '' ? (key as string) : exchange;
      remark(this.remarks, 'definitions-dead-letters', queue.at, { name: shown(queue.name), exchange: shown(wanted) });
      return;
    }
    const params = exchange !== '' && typeof key === 'string' && key !== '' ? { routingKey: key } : {};
    this.wire(`${from.node.id}-dead`, DEAD_LETTER, from, to, params, queue.at);
  }

  // ---------------------------------------------------------------- what a server would say

  /** Declares everything that was drawn, and names in the file's own place what is refused. */
  checkDeclarations(topology: ParsedTopology): void {
    for (const broker of topology.nodes.filter(({ kind }) => kind === BROKER)) {
      const parts = topology.nodes.filter(({ parent }) => parent === broker.id);
      const ids = new Set(parts.map(({ id }) => id));
      const { refused } = declaredRouting(
        this.version,
        parts,
        topology.wires.filter(({ from }) => ids.has(from)),
      );
      for (const { id } of refused) {
        const wire = topology.wires.find((one) => one.id === id);
        const values = { name: id, key: shown(wire?.params.routingKey ?? ''), version: this.version };
        report(
          this.problems,
          wire === undefined ? 'definitions-exchange-refused' : 'definitions-binding-refused',
          this.places.get(id),
          values,
        );
      }
    }
  }

  // ---------------------------------------------------------------- ids

  /** An id as near to a name as ids can be, that nothing else has. */
  private newId(name: string): string {
    const base =
      name
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, '-')
        .replace(/^-+|-+$/g, '')
        .slice(0, ID_MAX) || 'unnamed';
    let id = base;
    for (let n = 2; this.ids.has(id); n++) id = `${base.slice(0, ID_MAX - String(n).length - 1)}-${n}`;
    this.ids.add(id);
    return id;
  }
}

const ID_MAX = 40;
const BROKER_GAP = 64;
