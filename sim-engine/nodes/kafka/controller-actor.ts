// The controller of a cluster: knows what is drawn and who leads what, and tells the brokers whenever that changes. It holds no record, and
// no client ever speaks with it.

import type { LinkIx } from '../../kernel/ids.ts';
import { StatefulActor } from '../../world/actor.ts';
import { REQUEST } from '../../world/packet-types.ts';
import type { World } from '../../world/world.ts';
import type { ActorSelf, Connection, Container, PartRef } from '../node-kind.ts';
import { clusterMetadata, GROUP, TOPIC } from './cluster-metadata.ts';
import type { InsideWord, PassOns } from './protocol.ts';

export class Controller extends StatefulActor implements Container {
  override state = {};
  private readonly world: World;
  private readonly brokerCount: number;
  private parts: readonly PartRef[];
  /** By slot: the way to each broker. */
  private readonly brokers: (LinkIx | null)[] = [];
  /** By id of the wire: which group reads which topic. Each is attached at both its ends. */
  private readonly subscriptions = new Map<string, { readonly topic: string; readonly group: string }>();
  /** By id of the wire: where a group publishes what it fails at. */
  private readonly passOns = new Map<string, PassOnWire>();
  private readonly wireOfSlot: (string | null)[] = [];

  constructor(world: World, self: ActorSelf) {
    super(self.ix);
    this.world = world;
    this.brokerCount = self.params.brokers as number;
    this.parts = self.parts;
  }

  override attach(slot: number, connection: Connection): void {
    const { kind, out, peerId, port, selfId, wireId } = connection;
    if (port === 'inside') {
      this.brokers[slot] = out;
      return;
    }
    if (kind.isInner !== true) return;
    this.wireOfSlot[slot] = wireId;
    const isStart = port !== 'in';
    if (kind.type === PASS_ON) {
      const { as, delay } = connection.params;
      const [group, topic] = isStart ? [selfId, peerId] : [peerId, selfId];
      this.passOns.set(wireId, { group, topic, isRetry: as === 'retry', delayNs: delay as number });
      return;
    }
    this.subscriptions.set(wireId, { topic: isStart ? selfId : peerId, group: isStart ? peerId : selfId });
  }

  override onStart(): void {
    this.tellAll();
  }
  override onConnected(): void {
    this.tellAll();
  }
  override onWireParams(slot: number, connection: Connection): void {
    if (connection.kind.type !== PASS_ON) return;
    this.attach(slot, connection);
    this.tellAll();
  }
  override onDisconnected(slot: number): void {
    const wire = this.wireOfSlot[slot];
    this.wireOfSlot[slot] = null;
    this.brokers[slot] = null;
    if (wire && (this.subscriptions.delete(wire) || this.passOns.delete(wire))) this.tellAll();
  }
  onParts(parts: readonly PartRef[]): void {
    this.parts = parts;
    this.tellAll();
  }
  override onParams(): void {}
  override onPacket(): void {}
  override onTimer(): void {}

  private tellAll(): void {
    const byGroup = new Map<string, string[]>();
    for (const { id, kind } of this.parts) if (kind === GROUP) byGroup.set(id, []);
    const topics = new Set(this.parts.filter(({ kind }) => kind === TOPIC).map(({ id }) => id));
    for (const { group, topic } of [...this.subscriptions.values()].sort(byTopic)) {
      if (topics.has(topic)) byGroup.get(group)?.push(topic);
    }
    const metadata = clusterMetadata(this.parts, this.brokerCount, byGroup, this.passOnsByGroup(topics));
    // In order of what is drawn, so that the books know the subscriptions in an order that does not change.
    for (const [group, read] of byGroup) for (const topic of read) this.world.books.subscription(`${topic}\n${group}`, this.ix);
    const word: InsideWord = { word: 'metadata', metadata };
    for (const link of this.brokers) if (link) this.world.send(link, REQUEST, this.world.payloads.put(word), 1, 0);
  }

  /** Of several of a sort the one to the topic that comes first counts. */
  private passOnsByGroup(topics: ReadonlySet<string>): ReadonlyMap<string, PassOns> {
    const byGroup = new Map<string, PassOns>();
    for (const { delayNs, group, isRetry, topic } of [...this.passOns.values()].sort(byTopic)) {
      if (!topics.has(topic)) continue;
      const known = byGroup.get(group) ?? { retry: null, dead: null };
      if (isRetry) byGroup.set(group, { ...known, retry: known.retry ?? { topic, delayNs } });
      else byGroup.set(group, { ...known, dead: known.dead ?? topic });
    }
    return byGroup;
  }

  override sample(out: Float64Array, at: number): void {
    out.fill(0, at, at + GAUGE_COUNT);
  }
}

const PASS_ON = 'kafka-pass-on';

interface PassOnWire {
  readonly group: string;
  readonly topic: string;
  readonly isRetry: boolean;
  readonly delayNs: number;
}

/** Of the kind's gauges, which the brokers show. */
const GAUGE_COUNT = 6;

function byTopic(a: { readonly topic: string }, b: { readonly topic: string }): number {
  return a.topic < b.topic ? -1 : a.topic > b.topic ? 1 : 0;
}
