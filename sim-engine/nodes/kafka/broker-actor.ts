// A broker of a cluster at work: keeps the partitions it leads, answers produce and fetch requests, and coordinates the groups whose offsets
// lie with it. It learns from the controller what there is. Requests that find nothing to answer with yet are parked.

import { max, min } from '../../kernel/exact-math.ts';
import type { LinkIx, MsgIx } from '../../kernel/ids.ts';
import { StatefulActor } from '../../world/actor.ts';
import { CRASHED, UP } from '../../world/actor-table.ts';
import { ON_WIRE, PUB_ACCEPTED, PUB_REFUSED } from '../../world/books.ts';
import type { Inside } from '../../world/inside.ts';
import { MODE_DIRECT } from '../../world/links.ts';
import * as packet from '../../world/packet-types.ts';
import { actorPlace, CRASH, DUPLICATE, REMOVED, UNKNOWN } from '../../world/reasons.ts';
import type { World } from '../../world/world.ts';
import type { Params } from '../fields.ts';
import { type ActorSelf, type Connection, type Container, clientTimer, type PartRef } from '../node-kind.ts';
import { nameOf, type TopicPartition } from './assignors/assignment.ts';
import { brokerInside, groupInside, topicInside } from './broker-inside.ts';
import { SOCKET_CLOSED } from './client-connection.ts';
import { coordinatorOf, TOPIC } from './cluster-metadata.ts';
import { cleanableOf, compact, isWorthCleaning } from './compaction.ts';
import { addDeadline, type DeadlineOwner, type DeadlineState, newDeadlineState, passDeadlines } from './deadlines.ts';
import { type CoordinatorState, GroupCoordinator, type GroupError, type JoinAnswer } from './group-coordinator.ts';
import {
  dropAt,
  dropShare,
  expireBelow,
  type GroupShare,
  lagIn,
  letGoBelow,
  newShare,
  owedAt,
  oweRecord,
} from './group-share.ts';
import { type Batch, recordOffset } from './log-segment.ts';
import type { LogSettings } from './log-settings.ts';
import type { LogMarks } from './offsets.ts';
import {
  appendBatch,
  applyRetention,
  lastStableOffset,
  newAppended,
  newLogSlice,
  newPartitionLog,
  type PartitionLog,
  raiseHighWatermark,
  readLog,
  sliceEnd,
  visitRecords,
} from './partition-log.ts';
import { expireProducers } from './producer-state.ts';
import type {
  ClusterMetadata,
  FetchedPartition,
  InsideWord,
  LeaderError,
  PartitionOffset,
  ProduceBatch,
  Request,
  Response,
} from './protocol.ts';
import { logSettings } from './topic-settings.ts';

const FETCH_DUE = 0;
const GROUPS_DUE = 1;
const RETENTION_DUE = 2;
const CLEANING_DUE = 3;

const MS = 1_000_000;
const SECOND = 1000 * MS;
/** `log.retention.check.interval.ms`, `log.cleaner.backoff.ms`, `producer.id.expiration.ms`. */
const RETENTION_CHECK_NS = 300 * SECOND;
const CLEANER_BACKOFF_NS = 15 * SECOND;
const PRODUCER_EXPIRATION_NS = 86_400 * SECOND;
/** Producer ids are given out by each broker from a block of its own. */
const PRODUCER_IDS_PER_BROKER = 1_000_000;

interface Partition {
  readonly topic: string;
  readonly partition: number;
  readonly log: PartitionLog;
  /** Records written so far. */
  appended: number;
  /** By group. */
  readonly shares: Map<string, GroupShare>;
  /** Parked fetches that wait for records here. */
  readonly fetches: Set<number>;
}

type FetchRequest = Extract<Request, { readonly api: 'fetch' }>;

interface ParkedFetch {
  readonly slot: number;
  readonly request: FetchRequest;
}

interface BrokerState {
  /** By name. */
  readonly partitions: Map<string, Partition>;
  metadata: ClusterMetadata | null;
  /** Requests that came before the controller had said anything. */
  early: { readonly slot: number; readonly request: Request }[];
  /** By slot: records that have arrived and whose request has not. */
  readonly arrived: Map<number, number[]>;
  readonly fetches: Map<number, ParkedFetch>;
  fetchCount: number;
  fetchDeadlines: DeadlineState;
  /** Parked joins and syncs, by number: whom to answer. */
  readonly requests: Map<number, { readonly slot: number; readonly id: number }>;
  requestCount: number;
  coordinator: CoordinatorState;
  /** By group and partition: the offset that its leader was told. */
  readonly told: Map<string, number>;
  /** For when the groups' timer is set, ns, in a cell; infinity = it is not. */
  readonly groupsDueNs: Float64Array;
  groupTimers: number;
  producerIds: number;
  appended: number;
  fetched: number;
  isRetaining: boolean;
  isCleaning: boolean;
}

export class KafkaBroker extends StatefulActor implements Container {
  override state: BrokerState = {
    partitions: new Map(),
    metadata: null,
    early: [],
    arrived: new Map(),
    fetches: new Map(),
    fetchCount: 0,
    fetchDeadlines: newDeadlineState(),
    requests: new Map(),
    requestCount: 0,
    coordinator: { groups: new Map(), ids: 0 },
    told: new Map(),
    groupsDueNs: new Float64Array([Number.POSITIVE_INFINITY]),
    groupTimers: 0,
    producerIds: 0,
    appended: 0,
    fetched: 0,
    isRetaining: false,
    isCleaning: false,
  };
  private readonly world: World;
  private readonly place: number;
  /** From 0. */
  private readonly number: number;
  private readonly coordinator: GroupCoordinator;
  private readonly connections: (Connection | null)[] = [];
  /** By number: the way to the other brokers; null where there is none. */
  private readonly peers: (LinkIx | null)[] = [];
  private params: Params;
  private readonly settings = new Map<string, LogSettings>();
  private readonly appendResult = newAppended();
  private readonly slice = newLogSlice();
  /** Keys of the batch that is being appended, where its records stand. */
  private keys = new Int32Array(64);
  private readonly batch: Batch = newBatch();
  private readonly fetchDeadlines: DeadlineOwner;

  constructor(world: World, self: ActorSelf) {
    super(self.ix);
    this.world = world;
    this.place = actorPlace(self.ix);
    this.number = Number(self.member) - 1;
    this.params = self.params;
    this.readParts(self.parts);
    const { initialRebalanceDelay, minSessionTimeout, maxSessionTimeout, offsetsRetention } = self.params;
    this.coordinator = new GroupCoordinator(
      {
        initialDelayNs: initialRebalanceDelay as number,
        sessionNsMin: minSessionTimeout as number,
        sessionNsMax: maxSessionTimeout as number,
        membersMax: Number.POSITIVE_INFINITY,
        offsetsRetentionNs: offsetsRetention as number,
      },
      {
        joined: (request, answer) => this.onJoined(request, answer),
        synced: (request, error, assignment) => this.onSynced(request, error, assignment),
      },
    );
    this.coordinator.state = this.state.coordinator;
    const broker = this;
    this.fetchDeadlines = {
      ix: this.ix,
      timer: FETCH_DUE,
      get state() {
        return broker.state.fetchDeadlines;
      },
      get live() {
        return broker.state.fetches.size;
      },
      counts: (number) => this.state.fetches.has(number),
    };
  }

  override load(saved: unknown): void {
    super.load(saved);
    this.coordinator.state = this.state.coordinator;
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
    this.params = params;
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
    this.armCleaning();
  }

  override onStart(): void {
    this.armRetention();
    this.armCleaning();
    this.followFaults();
  }

  override onDisconnected(slot: number): void {
    this.dropConnection(slot, REMOVED);
    this.connections[slot] = null;
  }

  /** What a client has asked and not been answered goes with its connection. */
  private dropConnection(slot: number, reason: number): void {
    const { arrived, fetches, requests } = this.state;
    for (const msg of arrived.get(slot) ?? []) this.world.losePublish(this.ix, msg as MsgIx, this.place, reason);
    arrived.delete(slot);
    for (const [number, fetch] of fetches) if (fetch.slot === slot) this.unpark(number, fetch);
    for (const [number, request] of requests) if (request.slot === slot) requests.delete(number);
  }

  // ---------------------------------------------------------------- packets

  override onPacket(link: LinkIx, type: number, first: number): void {
    const slot = this.world.links.toSlot[link] as number;
    if (type === packet.PUBLISH) this.onRecord(slot, first);
    else if (type === packet.REQUEST) {
      const content = this.world.payloads.take(first) as Request | InsideWord;
      if ('word' in content) this.onWord(content);
      else this.onRequest(slot, content);
    }
  }

  private onRecord(slot: number, msg: number): void {
    const { arrived } = this.state;
    const known = arrived.get(slot);
    if (known === undefined) arrived.set(slot, [msg]);
    else known.push(msg);
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
        return this.onProduce(slot, request);
      case 'fetch':
        return this.onFetch(slot, request);
      case 'list-offsets': {
        const partitions = request.partitions.map((one) => ({ ...one, ...this.marksOf(one) }));
        return this.respond(slot, { api: 'list-offsets', id: request.id, partitions });
      }
      default:
        this.onGroupRequest(slot, request);
        this.armGroups();
    }
  }

  private respond(slot: number, response: Response): void {
    const connection = this.connections[slot];
    if (connection) this.world.send(connection.out, packet.RESPONSE, this.world.payloads.put(response), 1, 0);
  }

  // ---------------------------------------------------------------- the controller's word

  private onWord(word: InsideWord): void {
    if (word.word === 'metadata') this.onMetadata(word.metadata);
    else if (word.word === 'back') this.state.told.clear();
    else for (const one of word.offsets) this.letGo(word.group, one, one.offset);
  }

  private onMetadata(metadata: ClusterMetadata): void {
    const { state, world } = this;
    state.metadata = metadata;
    state.told.clear();
    for (const [topic, leaders] of metadata.leaders) {
      for (const [partition, leader] of leaders.entries()) {
        const name = nameOf({ topic, partition });
        if (leader !== this.number || state.partitions.has(name)) continue;
        const log = newPartitionLog(world.now[0] as number);
        state.partitions.set(name, { topic, partition, log, appended: 0, shares: new Map(), fetches: new Set() });
      }
    }
    for (const [name, partition] of state.partitions) {
      if (metadata.leaders.get(partition.topic)?.[partition.partition] === this.number) this.followGroups(partition, metadata);
      else this.deletePartition(name, partition);
    }
    const { early } = state;
    state.early = [];
    for (const { slot, request } of early) this.onRequest(slot, request);
    this.armCleaning();
  }

  /** A group that begins to read a topic is owed all that the topic still has. */
  private followGroups(partition: Partition, { subscriptions }: ClusterMetadata): void {
    const { log, shares, topic } = partition;
    for (const [group, share] of shares) {
      if (subscriptions.get(group)?.includes(topic) === true) continue;
      dropShare(this.world, share, this.place);
      shares.delete(group);
    }
    for (const [group, topics] of subscriptions) {
      if (!topics.includes(topic) || shares.has(group)) continue;
      const share = newShare(this.world.books.subscription(`${topic}\n${group}`, this.ix), log.logStart);
      shares.set(group, share);
      for (const segment of log.segments) {
        for (let record = 0; record < segment.recordCount; record++) {
          const offset = recordOffset(segment, record);
          if (offset >= log.logStart) oweRecord(this.world, share, this.ix, offset, segment.item[record] as number);
        }
      }
    }
  }

  private deletePartition(name: string, { fetches, log, shares }: Partition): void {
    const { state, world } = this;
    for (const share of shares.values()) dropShare(world, share, this.place);
    for (const { item, recordCount } of log.segments) {
      for (let i = 0; i < recordCount; i++) world.messages.release(item[i] as number);
    }
    state.partitions.delete(name);
    for (const number of [...fetches]) this.answerFetch(number);
  }

  // ---------------------------------------------------------------- produce

  private onProduce(slot: number, request: Extract<Request, { readonly api: 'produce' }>): void {
    const messages = this.state.arrived.get(slot) ?? [];
    let at = 0;
    const results = request.batches.map((batch) => {
      const from = at;
      at += batch.recordCount;
      const partition = this.state.partitions.get(nameOf({ topic: request.topic, partition: batch.partition }));
      if (partition === undefined) {
        for (let i = from; i < at; i++) this.refuse(messages[i] as number, UNKNOWN);
        return { partition: batch.partition, error: this.errorOf({ topic: request.topic, partition: batch.partition }) };
      }
      return { partition: batch.partition, error: this.append(partition, batch, messages, from) };
    });
    messages.splice(0, at);
    if (request.acks !== 0) this.respond(slot, { api: 'produce', id: request.id, results });
  }

  private append(
    partition: Partition,
    content: ProduceBatch,
    items: readonly number[],
    from: number,
  ): typeof this.appendResult.error {
    const { appendResult: result, batch, state, world } = this;
    const { log } = partition;
    const { recordCount } = content;
    const nowNs = world.now[0] as number;
    if (this.keys.length < from + recordCount) this.keys = new Int32Array(2 * (from + recordCount));
    const { keys } = this;
    batch.producerId = content.producerId;
    batch.producerEpoch = content.producerEpoch;
    batch.baseSequence = content.baseSequence;
    batch.recordCount = recordCount;
    batch.sizeBytes = content.sizeBytes;
    batch.timestampNs = content.timestampNs;
    batch.keys = keys;
    batch.items = items;
    batch.from = from;
    for (let i = from; i < from + recordCount; i++) keys[i] = world.messages.key[items[i] as number] as number;
    appendBatch(log, this.settings.get(partition.topic) as LogSettings, batch, nowNs, result);
    for (let i = 0; i < recordCount; i++) {
      const msg = items[from + i] as number;
      if (result.error !== null) this.refuse(msg, UNKNOWN);
      else if (result.isDuplicate) this.refuseAgain(msg);
      else this.accept(partition, result.baseOffset + i, msg);
    }
    if (result.error !== null || result.isDuplicate) return result.error;
    state.appended += recordCount;
    partition.appended += recordCount;
    raiseHighWatermark(log, log.logEnd);
    if (partition.fetches.size > 0) for (const number of [...partition.fetches]) this.tryFetch(number, partition);
    return null;
  }

  /** The reference that the publish entry had passes to the log. */
  private accept(partition: Partition, offset: number, msg: number): void {
    const { world } = this;
    const { messages } = world;
    world.books.closePublish(this.ix, PUB_ACCEPTED);
    world.oracle.acceptedPublish(this.ix, messages.sender[msg] as number, messages.number[msg] as number);
    world.tell(msg, 'accepted', this.place, 0);
    for (const share of partition.shares.values()) oweRecord(world, share, this.ix, offset, msg);
  }

  private refuse(msg: number, reason: number): void {
    const { world } = this;
    const { messages } = world;
    world.books.closePublish(this.ix, PUB_REFUSED);
    world.books.countReason(false, PUB_REFUSED, this.place, reason);
    world.oracle.missedPublish(this.ix, messages.sender[msg] as number, messages.number[msg] as number);
    world.tell(msg, 'refused', this.place, 0, reason);
    messages.release(msg);
  }

  /** It is in the log already, and only the word that it is was lost. */
  private refuseAgain(msg: number): void {
    const { world } = this;
    world.books.closePublish(this.ix, PUB_REFUSED);
    world.books.countReason(false, PUB_REFUSED, this.place, DUPLICATE);
    world.tell(msg, 'refused', this.place, 0, DUPLICATE);
    world.messages.release(msg);
  }

  // ---------------------------------------------------------------- fetch

  private errorOf({ topic, partition }: TopicPartition): LeaderError {
    return this.state.metadata?.leaders.get(topic)?.[partition] === undefined ? 'UnknownTopicOrPartition' : 'NotLeader';
  }

  private marksOf(partition: TopicPartition): { readonly error: LeaderError | null; readonly marks: LogMarks } {
    const known = this.state.partitions.get(nameOf(partition));
    return known === undefined
      ? { error: this.errorOf(partition), marks: NO_MARKS }
      : { error: null, marks: marksOfLog(known.log) };
  }

  private onFetch(slot: number, request: FetchRequest): void {
    const { state, world } = this;
    if (this.isAnswerable(request)) {
      this.sendFetched(slot, request);
      return;
    }
    const number = ++state.fetchCount;
    state.fetches.set(number, { slot, request });
    addDeadline(world, this.fetchDeadlines, (world.now[0] as number) + request.waitNs, number);
    for (const partition of request.partitions) state.partitions.get(nameOf(partition))?.fetches.add(number);
  }

  /** A partition that a parked fetch asked for has changed. If one byte is enough, nothing can have come to the others. */
  private tryFetch(number: number, { partition, topic }: Partition): void {
    const fetch = this.state.fetches.get(number);
    if (fetch === undefined) return;
    const { request, slot } = fetch;
    if (request.bytesMin > 1) {
      if (this.isAnswerable(request)) this.answerFetch(number);
      return;
    }
    const grown = request.partitions.filter((one) => one.partition === partition && one.topic === topic);
    const narrowed = { ...request, partitions: grown };
    if (!this.isAnswerable(narrowed)) return;
    this.unpark(number, fetch);
    this.sendFetched(slot, narrowed);
  }

  private answerFetch(number: number): void {
    const fetch = this.state.fetches.get(number);
    if (fetch === undefined) return;
    this.unpark(number, fetch);
    this.sendFetched(fetch.slot, fetch.request);
  }

  private unpark(number: number, { request }: ParkedFetch): void {
    this.state.fetches.delete(number);
    for (const partition of request.partitions) this.state.partitions.get(nameOf(partition))?.fetches.delete(number);
  }

  /** Enough has come, something is wrong that the client should know of, or there is nothing to wait for. */
  private isAnswerable(request: FetchRequest): boolean {
    if (request.waitNs === 0 || request.partitions.length === 0) return true;
    let bytes = 0;
    for (const one of request.partitions) {
      const partition = this.state.partitions.get(nameOf(one));
      if (partition === undefined || !this.read(partition.log, one, request, Number.POSITIVE_INFINITY)) return true;
      bytes += this.slice.bytes;
      if (bytes >= request.bytesMin && bytes > 0) return true;
    }
    return false;
  }

  private read(log: PartitionLog, { offset }: PartitionOffset, request: FetchRequest, bytesMax: number): boolean {
    const limit = request.isCommittedOnly ? lastStableOffset(log) : log.highWatermark;
    const isFirst = bytesMax === Number.POSITIVE_INFINITY;
    const most = isFirst ? request.partitionBytesMax : min(bytesMax, request.partitionBytesMax);
    return readLog(log, offset, limit, most, isFirst, this.slice);
  }

  /** Answers with the partitions that have something, or something wrong. */
  private sendFetched(slot: number, request: FetchRequest): void {
    let left = request.bytesMax;
    let isFirst = true;
    const partitions: FetchedPartition[] = [];
    for (const one of request.partitions) {
      const { error, marks } = this.marksOf(one);
      const { offset, partition, topic } = one;
      const known = this.state.partitions.get(nameOf(one));
      if (known === undefined) {
        partitions.push({ topic, partition, offset, error, marks, offsets: [], nextOffset: offset });
        continue;
      }
      if (!this.read(known.log, one, request, isFirst ? Number.POSITIVE_INFINITY : left)) {
        partitions.push({ topic, partition, offset, error: 'OffsetOutOfRange', marks, offsets: [], nextOffset: offset });
        continue;
      }
      if (this.slice.batchEnd === this.slice.batch) continue;
      left = max(0, left - this.slice.bytes);
      isFirst = false;
      const offsets: number[] = [];
      visitRecords(known.log, this.slice, offset, request.isCommittedOnly, (at, _, item) => {
        offsets.push(at);
        this.deliver(slot, known, request.group, at, item);
      });
      partitions.push({ topic, partition, offset, error: null, marks, offsets, nextOffset: sliceEnd(this.slice) });
    }
    this.respond(slot, { api: 'fetch', id: request.id, partitions });
  }

  /** What a group is handed again after it has committed it is owed anew. */
  private deliver(slot: number, { shares }: Partition, group: string, offset: number, msg: number): void {
    const connection = this.connections[slot];
    const share = shares.get(group);
    if (!connection || share === undefined) return;
    const { links, obligations } = this.world;
    let obl = owedAt(share, offset);
    if (obl !== 0) obligations.addCause(obl);
    else obl = obligations.open(msg, share.sub, ON_WIRE);
    const attempt = (obligations.attempts[obl] as number) + 1;
    obligations.attempts[obl] = attempt;
    this.state.fetched++;
    share.fetched++;
    if (links.mode[connection.out] !== MODE_DIRECT) obligations.moveTo(obl, ON_WIRE);
    this.world.tellOf(obl, 'delivered', this.place, attempt);
    this.world.send(connection.out, packet.DELIVER, obl, 1, attempt);
  }

  // ---------------------------------------------------------------- groups

  private onGroupRequest(slot: number, request: Request): void {
    const { coordinator, world } = this;
    const nowNs = world.now[0] as number;
    const { id } = request;
    switch (request.api) {
      case 'join':
        return coordinator.join({ ...request, request: this.parked(slot, id) }, nowNs);
      case 'sync': {
        const { assignment, generation, group, instanceId, member } = request;
        return coordinator.sync(this.parked(slot, id), group, member, instanceId, generation, assignment, nowNs);
      }
      case 'heartbeat': {
        const error = coordinator.heartbeat(request.group, request.member, request.instanceId, request.generation, nowNs);
        return this.respond(slot, { api: 'heartbeat', id, error });
      }
      case 'leave':
        return this.respond(slot, {
          api: 'leave',
          id,
          error: coordinator.leave(request.group, request.member, request.instanceId, nowNs),
        });
      case 'commit': {
        const { generation, group, instanceId, member, offsets } = request;
        const error = coordinator.commit(group, member, instanceId, generation, offsets, nowNs);
        if (error === 'NONE') this.tellCommitted(group, offsets);
        return this.respond(slot, { api: 'commit', id, error });
      }
      case 'committed': {
        const offsets = request.partitions.map((one) => ({ ...one, offset: coordinator.committed(request.group, one) }));
        return this.respond(slot, { api: 'committed', id, offsets });
      }
    }
  }

  private parked(slot: number, id: number): number {
    const number = ++this.state.requestCount;
    this.state.requests.set(number, { slot, id });
    return number;
  }

  private onJoined(number: number, answer: JoinAnswer): void {
    this.answerParked(number, (id) => ({ api: 'join', id, ...answer }));
  }
  private onSynced(number: number, error: GroupError, assignment: readonly TopicPartition[]): void {
    this.answerParked(number, (id) => ({ api: 'sync', id, error, assignment }));
  }

  private answerParked(number: number, response: (id: number) => Response): void {
    const request = this.state.requests.get(number);
    if (request === undefined) return;
    this.state.requests.delete(number);
    this.respond(request.slot, response(request.id));
  }

  /** Whoever leads the partitions lets go of what the group will not ask for again. */
  private tellCommitted(group: string, offsets: readonly PartitionOffset[]): void {
    const { metadata, told } = this.state;
    const byLeader = new Map<number, PartitionOffset[]>();
    for (const one of offsets) {
      const key = `${group}\n${nameOf(one)}`;
      const leader = metadata?.leaders.get(one.topic)?.[one.partition];
      if (leader === undefined || told.get(key) === one.offset) continue;
      told.set(key, one.offset);
      const known = byLeader.get(leader);
      if (known === undefined) byLeader.set(leader, [one]);
      else known.push(one);
    }
    for (const [leader, some] of byLeader) {
      if (leader === this.number) for (const one of some) this.letGo(group, one, one.offset);
      const link = this.peers[leader];
      if (!link) continue;
      const word: InsideWord = { word: 'committed', group, offsets: some };
      this.world.send(link, packet.REQUEST, this.world.payloads.put(word), 1, 0);
    }
  }

  private letGo(group: string, partition: TopicPartition, offset: number): void {
    const share = this.state.partitions.get(nameOf(partition))?.shares.get(group);
    if (share !== undefined) letGoBelow(this.world, share, offset, this.place);
  }

  private armGroups(): void {
    const { state, world } = this;
    const dueNs = this.coordinator.dueNs();
    if (dueNs >= (state.groupsDueNs[0] as number)) return;
    state.groupsDueNs[0] = dueNs;
    state.groupTimers = (state.groupTimers + 1) & 0x3fffffff;
    world.at[0] = dueNs;
    world.arm(this.ix, GROUPS_DUE, state.groupTimers);
  }

  // ---------------------------------------------------------------- retention and cleaning

  private armRetention(): void {
    this.state.isRetaining = true;
    this.world.at[0] = (this.world.now[0] as number) + RETENTION_CHECK_NS;
    this.world.arm(this.ix, RETENTION_DUE, 0);
  }

  private retain(): void {
    const { state, world } = this;
    const nowNs = world.now[0] as number;
    for (const partition of state.partitions.values()) {
      const { log, shares, topic } = partition;
      expireProducers(log.producers, nowNs, PRODUCER_EXPIRATION_NS);
      const gone = applyRetention(log, this.settings.get(topic) as LogSettings, nowNs);
      if (gone.length === 0) continue;
      for (const share of shares.values()) expireBelow(world, share, log.logStart, this.place);
      for (const { item, recordCount } of gone) for (let i = 0; i < recordCount; i++) world.messages.release(item[i] as number);
      for (const number of [...partition.fetches]) this.tryFetch(number, partition);
    }
    this.coordinator.expireOffsets(nowNs);
  }

  private armCleaning(): void {
    const { state, world } = this;
    if (state.isCleaning || ![...this.settings.values()].some(({ isCompacted }) => isCompacted)) return;
    state.isCleaning = true;
    world.at[0] = (world.now[0] as number) + CLEANER_BACKOFF_NS;
    world.arm(this.ix, CLEANING_DUE, 0);
  }

  private clean(): void {
    const { state, world } = this;
    const nowNs = world.now[0] as number;
    state.isCleaning = false;
    for (const { log, shares, topic } of state.partitions.values()) {
      const settings = this.settings.get(topic) as LogSettings;
      if (!settings.isCompacted || !isWorthCleaning(cleanableOf(log, settings, nowNs), settings)) continue;
      const gone = new Set(compact(log, settings, nowNs));
      for (const msg of gone) {
        for (const share of shares.values()) this.dropCompacted(share, msg);
        world.messages.release(msg);
      }
    }
    this.armCleaning();
  }

  private dropCompacted(share: GroupShare, msg: number): void {
    const { obligations } = this.world;
    for (let i = 0; i < share.obls.count; i++) {
      const obl = owedAt(share, share.from + i);
      if (obl !== 0 && obligations.msg[obl] === msg) dropAt(this.world, share, share.from + i, this.place);
    }
  }

  // ---------------------------------------------------------------- time, life and death

  override onTimer(timer: number, arg: number): void {
    switch (timer) {
      case FETCH_DUE:
        return passDeadlines(this.world, this.fetchDeadlines, arg, (number) => this.answerFetch(number));
      case GROUPS_DUE:
        if (arg !== this.state.groupTimers) return;
        this.state.groupsDueNs[0] = Number.POSITIVE_INFINITY;
        this.coordinator.expire(this.world.now[0] as number);
        return this.armGroups();
      case RETENTION_DUE:
        this.retain();
        return this.armRetention();
      case CLEANING_DUE:
        return this.clean();
    }
  }

  /** The process dies. What it has written is in the page cache of the machine and stays; what it was about to answer does not. */
  override onCrash(): void {
    const { state } = this;
    for (const slot of this.connections.keys()) this.dropConnection(slot, CRASH);
    state.early = [];
    state.fetchDeadlines = newDeadlineState();
    state.groupsDueNs[0] = Number.POSITIVE_INFINITY;
    state.isCleaning = false;
    this.coordinator.onCrash();
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
    this.armRetention();
    this.armCleaning();
    this.coordinator.onRestart(this.world.now[0] as number);
    this.armGroups();
    const back: InsideWord = { word: 'back' };
    for (const link of this.peers) if (link) this.world.send(link, packet.REQUEST, this.world.payloads.put(back), 1, 0);
    // Who tries again and again to connect gets through now.
    for (const connection of this.connections) if (connection) this.world.send(connection.out, packet.HELLO, 0, 1, 0);
  }

  override onRemoved(): void {
    for (const slot of this.connections.keys()) this.dropConnection(slot, REMOVED);
    for (const [name, partition] of this.state.partitions) this.deletePartition(name, partition);
  }

  // ---------------------------------------------------------------- what people see

  inside(part: string): Inside {
    const { connections, number, state, world } = this;
    const contents = { connections, number, state, world };
    if (part === '') return brokerInside(contents);
    if (this.settings.has(part)) return topicInside(contents, part);
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
    for (const group of this.coordinator.state.groups.values()) members += group.members.size;
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
    let lag = 0;
    let fetched = 0;
    for (const { log, shares } of this.state.partitions.values()) {
      const share = shares.get(group);
      if (share === undefined) continue;
      lag += lagIn(log, share);
      fetched += share.fetched;
    }
    out[at] = lag;
    out[at + 1] = this.coordinator.state.groups.get(group)?.members.size ?? 0;
    out[at + 2] = fetched;
  }
}

function bytesOf({ segments }: PartitionLog): number {
  let bytes = 0;
  for (const { sizeBytes } of segments) bytes += sizeBytes;
  return bytes;
}

/** Filled in anew for each that is appended. */
const newBatch = (): Batch => ({
  producerId: -1,
  producerEpoch: -1,
  baseSequence: -1,
  recordCount: 0,
  sizeBytes: 0,
  timestampNs: 0,
  leaderEpoch: 0,
  isTransactional: false,
  keys: [],
  items: [],
  recordFlags: null,
  from: 0,
});

const NO_MARKS: LogMarks = { logStart: 0, lastStable: 0, highWatermark: 0, logEnd: 0 };

const marksOfLog = (log: PartitionLog): LogMarks => ({
  logStart: log.logStart,
  lastStable: lastStableOffset(log),
  highWatermark: log.highWatermark,
  logEnd: log.logEnd,
});
