// The partitions that a broker leads: appends what producers send and says what became of it, opens what each group is owed, lets go of it,
// and takes away what retention and cleaning no longer keep. Whoever waits for records is told by the fetches.

import type { MsgIx } from '../../kernel/ids.ts';
import { PUB_ACCEPTED, PUB_REFUSED } from '../../world/books.ts';
import { CRASH, DUPLICATE, FORGOTTEN, UNKNOWN } from '../../world/reasons.ts';
import type { World } from '../../world/world.ts';
import { nameOf, type TopicPartition } from './assignors/assignment.ts';
import type { BrokerFetches } from './broker-fetches.ts';
import { type BrokerCore, type BrokerState, CLEANING_DUE, type Partition, RETENTION_DUE } from './broker-state.ts';
import { cleanableOf, compact, isWorthCleaning } from './compaction.ts';
import { dropAt, dropShare, expireBelow, type GroupShare, letGoBelow, newShare, owedAt, oweRecord } from './group-share.ts';
import { layDown, openAgain, takeOver } from './handed-over.ts';
import { dropFirst } from './lists.ts';
import { type Batch, recordOffset } from './log-segment.ts';
import type { LogSettings } from './log-settings.ts';
import { hasRecordAt, offsetAtTime } from './offset-lookup.ts';
import type { LogMarks } from './offsets.ts';
import {
  appendBatch,
  applyRetention,
  lastStableOffset,
  newAppended,
  newPartitionLog,
  type PartitionLog,
  raiseHighWatermark,
} from './partition-log.ts';
import { expireProducers } from './producer-state.ts';
import type {
  ClusterMetadata,
  LeaderError,
  PartitionOffset,
  PassedOn,
  ProduceBatch,
  ProduceResult,
  Request,
} from './protocol.ts';

const SECOND = 1_000_000_000;
/** `log.cleaner.backoff.ms`, `producer.id.expiration.ms`. */
const CLEANER_BACKOFF_NS = 15 * SECOND;
const PRODUCER_EXPIRATION_NS = 86_400 * SECOND;

const TIMERS_MASK = 0x3fffffff;

type ProduceRequest = Extract<Request, { readonly api: 'produce' }>;

export class LedPartitions {
  private readonly broker: BrokerCore;
  private readonly fetches: BrokerFetches;
  private readonly world: World;
  private readonly place: number;
  private readonly appendResult = newAppended();
  /** Found so far, by topic and number: no part of the state. */
  private readonly byTopic = new Map<string, (Partition | undefined)[]>();
  /** Keys of the batch that is being appended, where its records stand. */
  private keys = new Int32Array(64);
  private readonly batch: Batch = newBatch();

  constructor(broker: BrokerCore, fetches: BrokerFetches) {
    this.broker = broker;
    this.fetches = fetches;
    this.world = broker.world;
    this.place = broker.place;
  }

  private get state(): BrokerState {
    return this.broker.state;
  }

  // ---------------------------------------------------------------- what it leads

  /** The controller has said what there is. */
  onMetadata(metadata: ClusterMetadata): void {
    const { state, world } = this;
    const { number } = this.broker;
    for (const [topic, leaders] of metadata.leaders) {
      for (const [partition, leader] of leaders.entries()) {
        const name = nameOf({ topic, partition });
        if (leader !== number || state.partitions.has(name)) continue;
        const log = newPartitionLog(world.now[0] as number);
        const notes = { appended: 0, shares: new Map(), kept: null, dueNs: new Map(), readers: [] };
        state.partitions.set(name, { topic, partition, log, ...notes });
      }
    }
    for (const [name, partition] of state.partitions) {
      if (metadata.leaders.get(partition.topic)?.[partition.partition] === number) this.followGroups(partition, metadata);
      else this.deletePartition(name, partition);
    }
  }

  /** A group that begins to read a topic is owed all that the topic still has. */
  private followGroups(partition: Partition, { subscriptions }: ClusterMetadata): void {
    const { log, shares, topic } = partition;
    for (const [group, share] of shares) {
      if (subscriptions.get(group)?.includes(topic) === true) continue;
      if (shares.size === 1) layDown(this.world, partition, share);
      dropShare(this.world, share, this.place);
      shares.delete(group);
    }
    for (const [group, topics] of subscriptions) {
      if (!topics.includes(topic) || shares.has(group)) continue;
      const share = newShare(this.world.books.subscription(`${topic}\n${group}`, this.broker.ix), log.logStart);
      shares.set(group, share);
      for (const segment of log.segments) {
        for (let record = 0; record < segment.recordCount; record++) {
          const offset = recordOffset(segment, record);
          if (offset < log.logStart || openAgain(this.world, partition, share, offset)) continue;
          oweRecord(this.world, share, this.broker.ix, offset, segment.item[record] as number);
        }
      }
      partition.kept = null;
    }
  }

  deletePartition(name: string, gone: Partition): void {
    const { state, world } = this;
    const { kept, log, shares } = gone;
    if (kept !== null) dropShare(world, kept, this.place);
    for (const share of shares.values()) dropShare(world, share, this.place);
    for (const { item, recordCount } of log.segments) {
      for (let i = 0; i < recordCount; i++) world.messages.release(item[i] as number);
    }
    state.partitions.delete(name);
    this.byTopic.clear();
    this.fetches.onGone(gone);
  }

  /** The partition, if it is led here; quicker than by its name. */
  ledPartition(topic: string, partition: number): Partition | undefined {
    const known = this.byTopic.get(topic)?.[partition];
    if (known !== undefined) return known;
    const found = this.state.partitions.get(nameOf({ topic, partition }));
    if (found === undefined) return undefined;
    const all = this.byTopic.get(topic) ?? [];
    all[partition] = found;
    this.byTopic.set(topic, all);
    return found;
  }

  /** The state is another one now. */
  onLoad(): void {
    this.byTopic.clear();
  }

  /** Of the log, or why there are none. */
  marksOf(partition: TopicPartition): { readonly error: LeaderError | null; readonly marks: LogMarks } {
    const known = this.ledPartition(partition.topic, partition.partition);
    return known === undefined
      ? { error: errorOf(this.state.metadata, partition), marks: NO_MARKS }
      : { error: null, marks: marksOfLog(known.log) };
  }

  /** Where the partitions that a group reads here were at a time, ns. */
  offsetsAt(group: string, timeNs: number): readonly PartitionOffset[] {
    return [...this.state.partitions.values()]
      .filter(({ shares }) => shares.has(group))
      .map(({ log, partition, topic }) => ({ topic, partition, offset: offsetAtTime(log, timeNs) }));
  }

  /** The group has committed so far: nobody here hands out again what lies below. */
  letGo(group: string, partition: TopicPartition, offset: number): void {
    const share = this.ledPartition(partition.topic, partition.partition)?.shares.get(group);
    if (share !== undefined) letGoBelow(this.world, share, offset, this.place);
  }

  // ---------------------------------------------------------------- produce

  onProduce(slot: number, request: ProduceRequest): void {
    if (request.passedOn !== undefined) {
      this.onPassedOn(slot, request, request.passedOn);
      return;
    }
    const messages = this.state.arrived.get(slot) ?? [];
    if (messages.length < recordsIn(request)) {
      this.dropTorn(messages);
      return;
    }
    let at = 0;
    const results: ProduceResult[] = [];
    for (const batch of request.batches) {
      const from = at;
      at += batch.recordCount;
      const partition = this.ledPartition(request.topic, batch.partition);
      if (partition !== undefined) {
        results.push({ partition: batch.partition, error: this.append(partition, batch, messages, from) });
        continue;
      }
      for (let i = from; i < at; i++) this.refuse(messages[i] as number, UNKNOWN);
      const error = errorOf(this.state.metadata, { topic: request.topic, partition: batch.partition });
      results.push({ partition: batch.partition, error });
    }
    dropFirst(messages, at);
    if (request.acks !== 0) this.broker.respond(slot, { api: 'produce', id: request.id, results });
  }

  /** Its first records came to the process that was here before, and died with it: nobody waits for an answer on that connection. */
  private dropTorn(messages: number[]): void {
    for (const msg of messages.splice(0)) this.world.losePublish(this.broker.ix, msg as MsgIx, this.place, CRASH);
  }

  /** The same of records that a group has failed at. Whoever led each before has it still, should it not be taken. */
  private onPassedOn(slot: number, { acks, batches, id, topic }: ProduceRequest, { dueNs, isRetry }: PassedOn): void {
    const { appendResult: result, broker, place, world } = this;
    const { messages, obligations } = world;
    const owed = this.state.arrivedOwed.get(slot) ?? [];
    if (owed.length < dueNs.length) {
      for (const obl of owed.splice(0)) obligations.dropCause(obl, place, CRASH);
      return;
    }
    let at = 0;
    const results = batches.map((content) => {
      const some = owed.slice(at, at + content.recordCount);
      const due = dueNs.slice(at, at + content.recordCount);
      at += content.recordCount;
      const where = { topic, partition: content.partition };
      const partition = this.state.partitions.get(nameOf(where));
      const items = some.map((obl) => obligations.msg[obl] as number);
      if (partition !== undefined) this.write(partition, content, items, 0);
      if (partition === undefined || result.error !== null || result.isDuplicate) {
        for (const obl of some) obligations.dropCause(obl, place, FORGOTTEN);
        const error = partition === undefined ? errorOf(this.state.metadata, where) : result.error;
        return { partition: content.partition, error };
      }
      for (const [i, obl] of some.entries()) {
        const msg = items[i] as number;
        messages.refs[msg] = (messages.refs[msg] as number) + 1;
        if (isRetry) partition.dueNs.set(result.baseOffset + i, due[i] as number);
        takeOver(world, partition, broker.ix, place, result.baseOffset + i, obl, isRetry);
      }
      this.onWritten(partition, content.recordCount);
      return { partition: content.partition, error: null };
    });
    owed.splice(0, at);
    if (acks !== 0) broker.respond(slot, { api: 'produce', id, results });
  }

  private append(
    partition: Partition,
    content: ProduceBatch,
    items: readonly number[],
    from: number,
  ): typeof this.appendResult.error {
    const { appendResult: result } = this;
    const { recordCount } = content;
    this.write(partition, content, items, from);
    for (let i = 0; i < recordCount; i++) {
      const msg = items[from + i] as number;
      if (result.error !== null) this.refuse(msg, UNKNOWN);
      else if (result.isDuplicate) this.refuseAgain(msg);
      else this.accept(partition, result.baseOffset + i, msg);
    }
    if (result.error !== null || result.isDuplicate) return result.error;
    this.onWritten(partition, recordCount);
    return null;
  }

  /** Into the log; `appendResult` says what came of it. */
  private write(partition: Partition, content: ProduceBatch, items: readonly number[], from: number): void {
    const { appendResult: result, batch, world } = this;
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
    appendBatch(log, this.broker.settings.get(partition.topic) as LogSettings, batch, nowNs, result);
  }

  /** What is new can be read, by those who wait for it at once. */
  private onWritten(partition: Partition, recordCount: number): void {
    const { log } = partition;
    this.state.appended += recordCount;
    partition.appended += recordCount;
    raiseHighWatermark(log, log.logEnd);
    if (partition.readers.length > 0) this.fetches.onChanged(partition);
  }

  /** The reference that the publish entry had passes to the log. */
  private accept(partition: Partition, offset: number, msg: number): void {
    const { world } = this;
    const { messages } = world;
    world.books.closePublish(this.broker.ix, PUB_ACCEPTED);
    world.oracle.acceptedPublish(this.broker.ix, messages.sender[msg] as number, messages.number[msg] as number);
    world.tell(msg, 'accepted', this.place, 0);
    for (const share of partition.shares.values()) oweRecord(world, share, this.broker.ix, offset, msg);
  }

  private refuse(msg: number, reason: number): void {
    const { world } = this;
    const { messages } = world;
    world.books.closePublish(this.broker.ix, PUB_REFUSED);
    world.books.countReason(false, PUB_REFUSED, this.place, reason);
    world.oracle.missedPublish(this.broker.ix, messages.sender[msg] as number, messages.number[msg] as number);
    world.tell(msg, 'refused', this.place, 0, reason);
    messages.release(msg);
  }

  /** It is in the log already, and only the word that it is was lost. */
  private refuseAgain(msg: number): void {
    const { world } = this;
    world.books.closePublish(this.broker.ix, PUB_REFUSED);
    world.books.countReason(false, PUB_REFUSED, this.place, DUPLICATE);
    world.tell(msg, 'refused', this.place, 0, DUPLICATE);
    world.messages.release(msg);
  }

  // ---------------------------------------------------------------- retention and cleaning

  /** Also when it is to look more often: a timer that was set before counts no longer. */
  armRetention(): void {
    const { broker, state, world } = this;
    state.retentionTimers = (state.retentionTimers + 1) & TIMERS_MASK;
    world.at[0] = (world.now[0] as number) + (broker.params.retentionCheck as number);
    world.arm(broker.ix, RETENTION_DUE, state.retentionTimers);
  }

  isRetentionDue(timer: number): boolean {
    return timer === this.state.retentionTimers;
  }

  retain(): void {
    const { state, world } = this;
    const nowNs = world.now[0] as number;
    for (const partition of state.partitions.values()) {
      const { dueNs, kept, log, shares, topic } = partition;
      expireProducers(log.producers, nowNs, PRODUCER_EXPIRATION_NS);
      const gone = applyRetention(log, this.broker.settings.get(topic) as LogSettings, nowNs);
      if (gone.length === 0) continue;
      for (const share of shares.values()) expireBelow(world, share, log.logStart, this.place);
      if (kept !== null) expireBelow(world, kept, log.logStart, this.place);
      for (const offset of [...dueNs.keys()]) if (offset < log.logStart) dueNs.delete(offset);
      for (const { item, recordCount } of gone) for (let i = 0; i < recordCount; i++) world.messages.release(item[i] as number);
      this.fetches.onChanged(partition);
    }
  }

  armCleaning(): void {
    const { state, world } = this;
    if (state.isCleaning || ![...this.broker.settings.values()].some(({ isCompacted }) => isCompacted)) return;
    state.isCleaning = true;
    world.at[0] = (world.now[0] as number) + CLEANER_BACKOFF_NS;
    world.arm(this.broker.ix, CLEANING_DUE, 0);
  }

  clean(): void {
    const { state, world } = this;
    const nowNs = world.now[0] as number;
    state.isCleaning = false;
    for (const { kept, log, shares, topic } of state.partitions.values()) {
      const settings = this.broker.settings.get(topic) as LogSettings;
      if (!settings.isCompacted || !isWorthCleaning(cleanableOf(log, settings, nowNs), settings)) continue;
      // What was written twice may be gone from one place and stand in another.
      const gone = compact(log, settings, nowNs);
      const messages = new Set(gone);
      for (const share of shares.values()) this.dropCompacted(log, share, messages);
      if (kept !== null) this.dropCompacted(log, kept, messages);
      for (const msg of gone) world.messages.release(msg);
    }
    this.armCleaning();
  }

  private dropCompacted(log: PartitionLog, share: GroupShare, gone: ReadonlySet<number>): void {
    const { obligations } = this.world;
    for (let i = 0; i < share.obls.count; i++) {
      const offset = share.from + i;
      const obl = owedAt(share, offset);
      if (obl === 0 || !gone.has(obligations.msg[obl] as number) || hasRecordAt(log, offset)) continue;
      dropAt(this.world, share, offset, this.place);
    }
  }
}

function recordsIn({ batches }: ProduceRequest): number {
  let count = 0;
  for (const { recordCount } of batches) count += recordCount;
  return count;
}

/** Why a broker has nothing of a partition. */
const errorOf = (metadata: ClusterMetadata | null, { topic, partition }: TopicPartition): LeaderError =>
  metadata?.leaders.get(topic)?.[partition] === undefined ? 'UnknownTopicOrPartition' : 'NotLeader';

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
