// What a RabbitMQ server would not have in a drawing, and what its messages would do without end: declarations that it refuses, questions
// without a way back, results that come back to whoever published them. Loaded by the page with the first broker that is drawn.

import type { TableEntry } from '../nodes/fields.ts';
import { amqpName, headerTable, queueSpec } from '../nodes/rabbitmq/declared-arguments.ts';
import { type DeclaredRouting, declaredRouting } from '../nodes/rabbitmq/declared-routing.ts';
import { REPLY_QUEUE } from '../nodes/rabbitmq/direct-replies.ts';
import { keyedMessage, type Version } from '../nodes/rabbitmq/model.ts';
import { declarationRefusal } from '../nodes/rabbitmq/queue-settings.ts';
import { route } from '../nodes/rabbitmq/routing.ts';
import type { SketchedWire } from '../topology/connect.ts';
import type { ParsedNode, ParsedTopology, ParsedWire, Problem, TopologyDocument } from '../topology/document.ts';
import { findCircles } from '../topology/flow.ts';
import { parseTopologyDocument } from '../topology/parse.ts';
import { inside, listed, type Place, report } from '../topology/problems.ts';

const EXCHANGE = 'rabbitmq-exchange';
const QUEUE = 'rabbitmq-queue';
const REPLIES = 'rabbitmq-replies';
const PUBLISH = 'rabbitmq-publish';
const CONSUME = 'rabbitmq-consume';
const CIRCLES_MAX = 5;

const at = (node: string): Place => inside(inside(undefined, 'nodes'), node);

/** Hints about the brokers of a drawing. Empty for one that cannot run: its problems come first. */
export function rabbitmqAdvice(document: TopologyDocument): readonly Problem[] {
  const parsed = parseTopologyDocument(document);
  if (!parsed.ok) return [];
  const problems: Problem[] = [];
  for (const broker of parsed.value.nodes) if (broker.kind === 'rabbitmq') new Adviser(parsed.value, broker, problems).advise();
  return problems;
}

class Adviser {
  private readonly topology: ParsedTopology;
  private readonly problems: Problem[];
  private readonly version: Version;
  private readonly parts: readonly ParsedNode[];
  private readonly inner: readonly ParsedWire[];
  private readonly declared: DeclaredRouting;

  constructor(topology: ParsedTopology, broker: ParsedNode, problems: Problem[]) {
    this.topology = topology;
    this.problems = problems;
    this.version = broker.params.version as Version;
    this.parts = topology.nodes.filter(({ parent }) => parent === broker.id);
    const ids = new Set(this.parts.map(({ id }) => id));
    this.inner = topology.wires.filter(({ from }) => ids.has(from));
    this.declared = declaredRouting(this.version, this.parts, this.inner);
  }

  advise(): void {
    this.adviseOnQueues();
    this.adviseOnRefused();
    this.adviseOnNames();
    this.adviseOnReplies();
    this.adviseOnStreams();
    this.adviseOnCircles();
  }

  private adviseOnStreams(): void {
    const streams = new Set(this.parts.filter(({ params }) => params.type === 'stream').map(({ id }) => id));
    for (const { from, kind, params, to } of this.inner) {
      if (kind !== CONSUME || !streams.has(from) || (params.prefetch !== 0 && params.acknowledge === 'manual')) continue;
      report(this.problems, 'amqp-stream-window', at(to), { node: to });
    }
  }

  private adviseOnQueues(): void {
    for (const part of this.parts) {
      if (part.kind !== QUEUE || declarationRefusal(queueSpec(part, new Map()), this.version) === 0) continue;
      const values = { node: part.id, type: part.params.type as string, version: this.version };
      report(this.problems, 'amqp-queue-refused', at(part.id), values);
    }
  }

  private adviseOnRefused(): void {
    for (const { code, id } of this.declared.refused) {
      const binding = this.inner.find((wire) => wire.id === id);
      if (binding === undefined) {
        report(this.problems, 'amqp-exchange-refused', at(id), { node: id, version: this.version, reply: code });
        continue;
      }
      const key = binding.params.routingKey as string;
      report(this.problems, 'amqp-binding-refused', at(binding.from), {
        node: binding.from,
        key,
        version: this.version,
        reply: code,
      });
    }
  }

  /** Two parts with one name are one thing to the server. */
  private adviseOnNames(): void {
    const known = new Map<string, string>();
    for (const part of this.parts) {
      if (part.kind === REPLIES) continue;
      const name = `${part.kind} ${amqpName(part)}`;
      const other = known.get(name);
      if (other === undefined) known.set(name, part.id);
      else report(this.problems, 'amqp-name-twice', at(part.id), { node: part.id, other, name: amqpName(part) });
    }
  }

  private adviseOnReplies(): void {
    for (const { id, kind } of this.parts) {
      if (kind !== REPLIES) continue;
      for (const reading of this.inner.filter((wire) => wire.from === id && wire.kind === CONSUME)) {
        const node = reading.to;
        if (reading.params.acknowledge !== 'automatic') report(this.problems, 'amqp-replies-manual', at(node), { node });
        const asks = this.publishes().filter((wire) => wire.from === node);
        if (!asks.some(({ params }) => params.replyTo === REPLY_QUEUE))
          report(this.problems, 'amqp-no-reply-to', at(node), { node, address: REPLY_QUEUE });
      }
    }
    const readers = new Set(this.inner.filter(({ from, kind }) => kind === CONSUME && this.isReplies(from)).map(({ to }) => to));
    for (const { from, params } of this.publishes()) {
      if (params.replyTo === REPLY_QUEUE && !readers.has(from))
        report(this.problems, 'amqp-replies-unread', at(from), { node: from });
    }
  }

  private isReplies(part: string): boolean {
    return this.parts.some(({ id, kind }) => id === part && kind === REPLIES);
  }

  private publishes(): readonly ParsedWire[] {
    const ids = new Set(this.parts.map(({ id }) => id));
    return this.topology.wires.filter(({ kind, to }) => kind === PUBLISH && ids.has(to));
  }

  /** Results that are routed to a queue whose reader publishes them. What dies and comes back is no circle: it ends by itself or by a reader. */
  private adviseOnCircles(): void {
    const isService = (id: string): boolean => this.topology.nodes.some((node) => node.id === id && node.kind === 'service');
    const steps: SketchedWire[] = [];
    const step = (id: string, from: string, to: string): void => {
      steps.push({ id, kind: PUBLISH, from, to, place: at(from) });
    };
    for (const wire of this.publishes()) {
      if (!isService(wire.from)) continue;
      for (const queue of this.queuesOf(wire)) step(wire.id, wire.from, queue);
    }
    for (const wire of this.inner) if (wire.kind === CONSUME && isService(wire.to)) step(wire.id, wire.from, wire.to);
    for (const { nodes } of findCircles(steps, CIRCLES_MAX)) {
      const node = nodes.find(isService) as string;
      report(this.problems, 'amqp-circle', at(node), { node, loop: listed(nodes, ' → ') });
    }
  }

  /** Parts of the queues that get what is published on a wire; by all bindings, where its key has holes. */
  private queuesOf({ params, to }: ParsedWire): readonly string[] {
    const { queues, routing } = this.declared;
    const part = this.parts.find(({ id }) => id === to);
    if (part?.kind !== EXCHANGE) return part?.kind === QUEUE ? [to] : [];
    const key = params.routingKey as string;
    if (key.includes('{')) return this.reachable(to);
    const headers = headerTable(params.headers as readonly TableEntry[]);
    const names = route(routing, amqpName(part), keyedMessage(key, headers));
    return queues.filter(({ spec }) => names.includes(spec.name)).map(({ id }) => id);
  }

  private reachable(exchange: string): readonly string[] {
    const found = new Set([exchange]);
    for (const part of found) {
      for (const { from, kind, to } of this.inner)
        if (from === part && (kind === 'binding' || kind === 'alternate')) found.add(to);
    }
    return [...found].filter((id) => this.parts.some((part) => part.id === id && part.kind === QUEUE));
  }
}
