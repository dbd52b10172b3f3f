// What is drawn of a broker, and that the server has it: declares what is new, deletes what is gone and changes what is otherwise, on a
// channel of the drawing's own.

import type { Connection, PartRef } from '../node-kind.ts';
import type { ActorCore } from './actor-state.ts';
import { type Drawn, drawnTopology, type InnerWire } from './drawn-topology.ts';

export class BrokerDrawing {
  /** As the server has it since it was last made to. */
  drawn: Drawn;
  private readonly actor: ActorCore;
  private parts: readonly PartRef[];
  /** Wires between parts, by id; each is attached at both its ends. */
  private readonly inner = new Map<string, InnerWire>();

  constructor(actor: ActorCore, parts: readonly PartRef[]) {
    this.actor = actor;
    this.parts = parts;
    this.drawn = drawnTopology(parts, []);
  }

  /** What AMQP calls a part. */
  nameOf(part: string): string {
    return this.drawn.names.get(part) ?? part;
  }

  /** Both ends of such a wire are here: the end it begins at tells where it leads, and the other where from. */
  attachInner({ kind, params, peerId, selfId, wireId, port }: Connection): void {
    const isStart = port !== 'in';
    this.inner.set(wireId, {
      id: wireId,
      kind: kind.type,
      params,
      from: isStart ? selfId : peerId,
      to: isStart ? peerId : selfId,
    });
  }

  detachInner({ wireId }: Connection): void {
    this.inner.delete(wireId);
  }

  onParts(parts: readonly PartRef[]): void {
    this.parts = parts;
  }

  /** Reads the drawing and leaves the server as it is. */
  read(): void {
    this.drawn = drawnTopology(this.parts, [...this.inner.values()]);
  }

  /** Makes a server that has begun have what is drawn. */
  follow(): void {
    const before = this.drawn;
    this.read();
    if (this.actor.state.admin === 0) return;
    const { broker } = this.actor;
    const { drawn } = this;
    for (const name of before.bindings.keys()) {
      const binding = before.bindings.get(name);
      if (binding !== undefined && !drawn.bindings.has(name)) broker.unbind(this.channel(), binding);
    }
    for (const name of before.queues.keys()) {
      if (!drawn.queues.has(name)) broker.deleteQueue(this.channel(), name, false, false);
    }
    for (const [name, spec] of before.exchanges) {
      if (drawn.exchanges.get(name)?.type !== spec.type) broker.deleteExchange(this.channel(), name, false);
    }
    this.declareAll();
  }

  declareAll(): void {
    const { broker } = this.actor;
    const { drawn } = this;
    for (const spec of drawn.exchanges.values()) {
      if (broker.checkExchange(this.channel(), spec.name) !== 0) broker.declareExchange(this.channel(), spec);
      const alternate = spec.args.get('alternate-exchange');
      broker.setAlternate(spec.name, typeof alternate === 'string' ? alternate : null);
    }
    for (const spec of drawn.queues.values()) {
      if (broker.named(spec.name) === undefined) broker.declareQueue(this.channel(), spec);
      else broker.changeArguments(spec.name, spec.args);
    }
    for (const binding of drawn.bindings.values()) broker.bind(this.channel(), binding);
  }

  /** The drawing's own channel, opened anew if a refusal has closed it. */
  channel(): number {
    const { broker, state } = this.actor;
    if (!broker.isOpen(state.admin)) state.admin = broker.openChannel(broker.openConnection(this.firstRunning()));
    return state.admin;
  }

  private firstRunning(): number {
    const { nodes, state } = this.actor.broker;
    for (let node = 1; node <= nodes; node++) if (state.running.has(node)) return node;
    return 1;
  }
}
