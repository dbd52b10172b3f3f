// A broker of a cluster at work: gets the packets of clients, of the controller and of other brokers and gives each to the part that answers
// it: the partitions it leads, the fetches that wait, the groups whose offsets lie with it. It dies and comes back as a whole.

import { max } from '../../kernel/exact-math.ts';
import type { LinkIx, MsgIx } from '../../kernel/ids.ts';
import { StatefulActor } from '../../world/actor.ts';
import { CRASHED, UP } from '../../world/actor-table.ts';
import type { Inside } from '../../world/inside.ts';
import * as packet from '../../world/packet-types.ts';
import { actorPlace, CRASH, REMOVED } from '../../world/reasons.ts';
import type { LayoutPlaces } from '../../world/samples.ts';
import type { World } from '../../world/world.ts';
import type { Params } from '../fields.ts';
import { type ActorSelf, type Connection, type Container, clientTimer, type PartRef } from '../node-kind.ts';
import type { TopicPartition } from './assignors/assignment.ts';
import { BrokerFetches } from './broker-fetches.ts';
import { BrokerGroups } from './broker-groups.ts';
import { type BrokerContents, brokerInside, groupInside, topicInside } from './broker-inside.ts';
import { behindInNs, brokerRow, groupRows, topicRows } from './broker-rows.ts';
import {
  type BrokerCore,
  type BrokerState,
  CLEANING_DUE,
  FETCH_DUE,
  GROUPS_DUE,
  newBrokerState,
  type Partition,
  RETENTION_DUE,
} from './broker-state.ts';
import { SOCKET_CLOSED } from './client-connection.ts';
import { coordinatorOf, GROUP, TOPIC } from './cluster-metadata.ts';
import { lagIn } from './group-share.ts';
import { LedPartitions } from './led-partitions.ts';
import type { LogSettings } from './log-settings.ts';
import type { LogMarks } from './offsets.ts';
import type { PartitionLog } from './partition-log.ts';
import type { InsideWord, LeaderError, Request, Response } from './protocol.ts';
import { logSettings } from './topic-settings.ts';

/** Producer ids are given out by each broker from a block of its own. */
const PRODUCER_IDS_PER_BROKER = 1_000_000;

export class KafkaBroker extends StatefulActor implements Container, BrokerCore {
  override state: BrokerState = newBrokerState();
  readonly world: World;
  readonly place: number;
  readonly number: number;
  readonly connections: (Connection | null)[] = [];
  readonly peers: (LinkIx | null)[] = [];
  readonly settings = new Map<string, LogSettings>();
  params: Params;
  /** As they were when it began. */
  private readonly parts: readonly PartRef[];
  private readonly fetches: BrokerFetches;
  private readonly partitions: LedPartitions;
  private readonly groups: BrokerGroups;

  constructor(world: World, self: ActorSelf) {
    super(self.ix);
    this.world = world;
    this.place = actorPlace(self.ix);
    this.number = Number(self.member) - 1;
    this.params = self.params;
    this.parts = self.parts;
    this.readParts(self.parts);
    this.fetches = new BrokerFetches(this);
    this.partitions = new LedPartitions(this, this.fetches);
    this.groups = new BrokerGroups(this, this.partitions, self.params);
  }

  get memberNumber(): number {
    return this.number + 1;
  }

  override load(saved: unknown): void {
    super.load(saved);
    this.groups.onLoad();
    this.partitions.onLoad();
  }

  // ---------------------------------------------------------------- what is drawn

  private readParts(parts: readonly PartRef[]): void {
    this.settings.clear();
    for (const { id, kind, params } of parts) if (kind === TOPIC) this.settings.set(id, logSettings(params));
  }

  override attach(slot: number, connection: Connection): void {
    if (connection.port !== 'inside') {
      this.connections[slot] = connection;
      return;
    }
    this.connections[slot] = null;
    const ends = connection.wireId.split('/').slice(-2).map(Number);
    const other = (ends.find((end) => end !== this.number + 1) as number) - 1;
    // The controller has no number: nothing of ours goes there.
    if (other >= 0) this.peers[other] = connection.out;
  }

  override onParams(params: Params): void {
    const isRetentionNew = params.retentionCheck !== this.params.retentionCheck;
    this.params = params;
    if (isRetentionNew) this.partitions.armRetention();
    this.followFaults();
  }

  /** Brokers that the cluster says are down are down. */
  private followFaults(): void {
    const isDown = String(this.params.brokersDown)
      .split(',')
      .map(Number)
      .includes(this.number + 1);
    const { lives } = this.world;
    if (isDown && this.world.condition(this.ix) === UP) lives.crash(this.ix);
    else if (!isDown && this.world.condition(this.ix) === CRASHED) lives.restart(this.ix);
  }

  onParts(parts: readonly PartRef[]): void {
    this.readParts(parts);
    this.followRewinds(parts, true);
    this.partitions.armCleaning();
  }

  /** Offsets of a group are set back when somebody says how far; each leader knows where its partitions were then. */
  private followRewinds(parts: readonly PartRef[], areNews: boolean): void {
    const { rewinds } = this.state;
    for (const { id, kind, params } of parts) {
      if (kind !== GROUP) continue;
      const backNs = params.rewind as number;
      const isNews = areNews && rewinds.has(id) && rewinds.get(id) !== backNs && backNs > 0;
      rewinds.set(id, backNs);
      if (!isNews || this.world.condition(this.ix) !== UP) continue;
      const offsets = this.partitions.offsetsAt(id, (this.world.now[0] as number) - backNs);
      const coordinator = coordinatorOf(id, this.params.brokers as number);
      const link = this.peers[coordinator];
      if (offsets.length === 0) continue;
      const word: InsideWord = { word: 'set-offsets', group: id, offsets };
      if (coordinator === this.number) this.onWord(word);
      else if (link) this.world.send(link, packet.REQUEST, this.world.payloads.put(word), 1, 0);
    }
  }

  override onStart(): void {
    this.followRewinds(this.parts, false);
    this.partitions.armRetention();
    this.partitions.armCleaning();
    this.followFaults();
  }

  override onDisconnected(slot: number): void {
    this.dropConnection(slot, REMOVED);
    this.connections[slot] = null;
  }

  /** What a client has asked and not been answered goes with its connection. */
  private dropConnection(slot: number, reason: number): void {
    const { arrived, arrivedOwed } = this.state;
    for (const msg of arrived.get(slot) ?? []) this.world.losePublish(this.ix, msg as MsgIx, this.place, reason);
    for (const obl of arrivedOwed.get(slot) ?? []) this.world.obligations.dropCause(obl, this.place, reason);
    arrived.delete(slot);
    arrivedOwed.delete(slot);
    this.fetches.dropConnection(slot);
    this.groups.dropConnection(slot);
  }

  // ---------------------------------------------------------------- packets

  override onPacket(link: LinkIx, type: number, first: number): void {
    const slot = this.world.links.toSlot[link] as number;
    if (type === packet.PUBLISH) noteArrived(this.state.arrived, slot, first);
    else if (type === packet.DEAD_LETTER) noteArrived(this.state.arrivedOwed, slot, first);
    else if (type === packet.REQUEST) {
      const content = this.world.payloads.take(first) as Request | InsideWord;
      if ('word' in content) this.onWord(content);
      else this.onRequest(slot, content);
    }
  }

  private onRequest(slot: number, request: Request): void {
    if (this.state.metadata === null) {
      this.state.early.push({ slot, request });
      return;
    }
    switch (request.api) {
      case 'metadata':
        return this.respond(slot, { api: 'metadata', id: request.id, metadata: this.state.metadata });
      case 'init-producer-id': {
        const producerId = this.number * PRODUCER_IDS_PER_BROKER + ++this.state.producerIds;
        return this.respond(slot, { api: 'init-producer-id', id: request.id, producerId });
      }
      case 'produce':
        return this.partitions.onProduce(slot, request);
      case 'fetch':
        return this.fetches.onFetch(slot, request);
      case 'list-offsets': {
        const partitions = request.partitions.map((one) => ({ ...one, ...this.marksOf(one) }));
        return this.respond(slot, { api: 'list-offsets', id: request.id, partitions });
      }
      default:
        this.groups.onRequest(slot, request);
        this.groups.arm();
    }
  }

  respond(slot: number, response: Response): void {
    const connection = this.connections[slot];
    if (connection) this.world.send(connection.out, packet.RESPONSE, this.world.payloads.put(response), 1, 0);
  }

  ledPartition(topic: string, partition: number): Partition | undefined {
    return this.partitions.ledPartition(topic, partition);
  }

  marksOf(partition: TopicPartition): { readonly error: LeaderError | null; readonly marks: LogMarks } {
    return this.partitions.marksOf(partition);
  }

  // ---------------------------------------------------------------- the word of the controller and of other brokers

  private onWord(word: InsideWord): void {
    const { state } = this;
    if (word.word === 'back') state.told.clear();
    else if (word.word === 'set-offsets') this.groups.setOffsets(word.group, word.offsets);
    else if (word.word === 'committed') for (const one of word.offsets) this.partitions.letGo(word.group, one, one.offset);
    else {
      state.metadata = word.metadata;
      state.told.clear();
      this.partitions.onMetadata(word.metadata);
      const { early } = state;
      state.early = [];
      for (const { slot, request } of early) this.onRequest(slot, request);
      this.partitions.armCleaning();
    }
  }

  // ---------------------------------------------------------------- time, life and death

  override onTimer(timer: number, arg: number): void {
    switch (timer) {
      case FETCH_DUE:
        return this.fetches.onTimer(arg);
      case GROUPS_DUE:
        return this.groups.onTimer(arg);
      case RETENTION_DUE:
        if (!this.partitions.isRetentionDue(arg)) return;
        this.partitions.retain();
        this.groups.expireOffsets();
        return this.partitions.armRetention();
      case CLEANING_DUE:
        return this.partitions.clean();
    }
  }

  /** The process dies. What it has written is in the page cache of the machine and stays; what it was about to answer does not. */
  override onCrash(): void {
    const { state } = this;
    for (const slot of this.connections.keys()) this.dropConnection(slot, CRASH);
    state.early = [];
    state.isCleaning = false;
    this.fetches.onCrash();
    this.groups.onCrash();
    for (const connection of this.connections) if (connection) this.closeSocket(connection);
  }

  /** The host of a dead process closes its sockets: the other side hears of it behind all else that is on the way. */
  private closeSocket({ out }: Connection): void {
    const { world } = this;
    const { links } = world;
    if (links.isCut[out] === 1) return;
    const tail = links.tail[out] as number;
    const soonest = (world.now[0] as number) + (links.delayNs[out] as number) + (links.extraNs[out] as number);
    const lastNs = tail === 0 ? 0 : (world.packets.dueNs[tail] as number);
    world.at[0] = max(soonest, lastNs);
    world.arm(links.to[out] as typeof this.ix, clientTimer(links.toSlot[out] as number, SOCKET_CLOSED), this.number);
  }

  override onRestart(): void {
    this.partitions.armRetention();
    this.partitions.armCleaning();
    this.groups.onRestart();
    const back: InsideWord = { word: 'back' };
    for (const link of this.peers) if (link) this.world.send(link, packet.REQUEST, this.world.payloads.put(back), 1, 0);
    // Who tries again and again to connect gets through now.
    for (const connection of this.connections) if (connection) this.world.send(connection.out, packet.HELLO, 0, 1, 0);
  }

  override onRemoved(): void {
    for (const slot of this.connections.keys()) this.dropConnection(slot, REMOVED);
    for (const [name, partition] of this.state.partitions) this.partitions.deletePartition(name, partition);
  }

  // ---------------------------------------------------------------- what people see

  private get contents(): BrokerContents {
    const { connections, number, state, world } = this;
    return { connections, number, state, world, isDown: world.condition(this.ix) === CRASHED };
  }

  sampleRows(part: string, places: LayoutPlaces, out: Float64Array, at: number, most: number): number {
    const write = part === '' ? brokerRow : this.settings.has(part) ? topicRows : groupRows;
    return write(this.contents, part, places, out, at, most);
  }

  inside(part: string, detail: string): Inside {
    const { contents } = this;
    if (part === '') return brokerInside(contents);
    if (this.settings.has(part)) return topicInside(contents, part, detail);
    return groupInside(contents, part, coordinatorOf(part, this.params.brokers as number) === this.number);
  }

  override sample(out: Float64Array, at: number): void {
    let records = 0;
    let bytes = 0;
    let members = 0;
    for (const { log } of this.state.partitions.values()) {
      records += log.highWatermark - log.logStart;
      bytes += bytesOf(log);
    }
    for (const group of this.state.coordinator.groups.values()) members += group.members.size;
    out[at] = records;
    out[at + 1] = bytes;
    out[at + 2] = this.state.partitions.size;
    out[at + 3] = members;
    out[at + 4] = this.state.appended;
    out[at + 5] = this.state.fetched;
  }

  lagOf(wanted: string, group: string): number {
    let lag = 0;
    for (const { log, shares, topic } of this.state.partitions.values()) {
      const share = shares.get(group);
      if (topic === wanted && share !== undefined) lag += lagIn(log, share);
    }
    return lag;
  }

  samplePart(part: string, out: Float64Array, at: number): void {
    if (this.settings.has(part)) this.sampleTopic(part, out, at);
    else this.sampleGroup(part, out, at);
  }

  private sampleTopic(wanted: string, out: Float64Array, at: number): void {
    out.fill(0, at, at + 3);
    for (const { appended, log, topic } of this.state.partitions.values()) {
      if (topic !== wanted) continue;
      out[at] = (out[at] as number) + log.highWatermark - log.logStart;
      out[at + 1] = (out[at + 1] as number) + bytesOf(log);
      out[at + 2] = (out[at + 2] as number) + appended;
    }
  }

  private sampleGroup(group: string, out: Float64Array, at: number): void {
    const known = this.state.coordinator.groups.get(group);
    let lag = 0;
    let behindNs = 0;
    let fetched = 0;
    for (const { log, shares } of this.state.partitions.values()) {
      const share = shares.get(group);
      if (share === undefined) continue;
      lag += lagIn(log, share);
      behindNs = max(behindNs, behindInNs(this.world, log, share));
      fetched += share.fetched;
    }
    out[at] = lag;
    out[at + 1] = known?.members.size ?? 0;
    out[at + 2] = fetched;
    out[at + 3] = behindNs / 1e9;
    out[at + 4] = known?.generation ?? 0;
  }
}

function noteArrived(arrived: Map<number, number[]>, slot: number, what: number): void {
  const known = arrived.get(slot);
  if (known === undefined) arrived.set(slot, [what]);
  else known.push(what);
}

function bytesOf({ segments }: PartitionLog): number {
  let bytes = 0;
  for (const { sizeBytes } of segments) bytes += sizeBytes;
  return bytes;
}
