// How a broker answers fetches: at once if enough is there, else when it has come or the wait is over. Records go before the answer that
// counts them, each as a delivery of what the group is owed. Each member has a session here, so that a fetch names only the partitions of
// which it now wants something else, and costs what has changed, not what there is. A partition that was answered rests until the client
// says where it goes on: the real client has it forgotten with the next fetch, while it still has records of it.
// Follows `FetchSession`, `DelayedFetch`; KIP-227.

import { max, min } from '../../kernel/exact-math.ts';
import { clearNumbers, lookUp, putIn, takeFrom, valuesOf } from '../../kernel/number-map.ts';
import { ON_WIRE } from '../../world/books.ts';
import { MODE_DIRECT } from '../../world/links.ts';
import * as packet from '../../world/packet-types.ts';
import type { World } from '../../world/world.ts';
import type { Connection } from '../node-kind.ts';
import type { TopicPartition } from './assignors/assignment.ts';
import {
  type BrokerCore,
  type BrokerState,
  FETCH_DUE,
  type FetchRequest,
  type FetchSession,
  type Partition,
  type SessionPartition,
} from './broker-state.ts';
import { addDeadline, type DeadlineOwner, newDeadlineState, passDeadlines } from './deadlines.ts';
import { type GroupShare, owedAt } from './group-share.ts';
import { truncate } from './lists.ts';
import type { LogMarks } from './offsets.ts';
import { lastStableOffset, newLogSlice, type PartitionLog, readLog, sliceEnd, visitRecords } from './partition-log.ts';
import type { FetchedPartition, LeaderError, PartitionOffset } from './protocol.ts';

/** `max.incremental.fetch.session.cache.slots`. */
const SESSIONS_MAX = 1000;

/** Beside what all parts see. */
interface FetchBroker extends BrokerCore {
  marksOf(partition: TopicPartition): { readonly error: LeaderError | null; readonly marks: LogMarks };
  /** The partition, if it is led here. */
  ledPartition(topic: string, partition: number): Partition | undefined;
}

export class BrokerFetches {
  private readonly broker: FetchBroker;
  private readonly world: World;
  private readonly place: number;
  private readonly slice = newLogSlice();
  private readonly deadlines: DeadlineOwner;

  constructor(broker: FetchBroker) {
    this.broker = broker;
    this.world = broker.world;
    this.place = broker.place;
    this.deadlines = {
      ix: broker.ix,
      timer: FETCH_DUE,
      get state() {
        return broker.state.fetchDeadlines;
      },
      get live() {
        return broker.state.fetches.size;
      },
      counts: (number) => lookUp(broker.state.fetches, number) !== undefined,
    };
  }

  private get state(): BrokerState {
    return this.broker.state;
  }

  onFetch(slot: number, request: FetchRequest): void {
    const session = request.epoch === 0 ? this.beginSession(slot, request) : lookUp(this.state.sessions, request.session);
    if (session === undefined || session.slot !== slot || session.epoch !== request.epoch) {
      this.broker.respond(slot, { api: 'fetch', id: request.id, session: 0, partitions: [] });
      return;
    }
    session.epoch++;
    session.request = request;
    if (session.parked !== 0) this.unpark(session);
    for (const one of request.forgotten) this.forget(session, one);
    for (const one of request.partitions) this.want(session, one);
    if (this.isAnswerable(session)) this.respond(session);
    else this.park(session);
  }

  // ---------------------------------------------------------------- sessions

  private beginSession(slot: number, request: FetchRequest): FetchSession {
    const { state } = this;
    const before = lookUp(state.sessions, request.session);
    if (before !== undefined && before.slot === slot) this.endSession(before);
    if (state.sessions.size >= SESSIONS_MAX) this.endSession(valuesOf(state.sessions)[0] as FetchSession);
    const id = ++state.sessionCount;
    const { group } = request;
    const session = { id, slot, group, epoch: 0, request, entries: [], free: [], ready: [], wrong: [], parked: 0 };
    putIn(state.sessions, id, session);
    return session;
  }

  private endSession(session: FetchSession): void {
    if (session.parked !== 0) this.unpark(session);
    for (const { partition, topic } of session.entries) {
      const led = this.broker.ledPartition(topic, partition);
      if (led !== undefined) removeReader(led.readers, session.id);
    }
    takeFrom(this.state.sessions, session.id);
  }

  private forget(session: FetchSession, { partition, topic }: TopicPartition): void {
    const led = this.broker.ledPartition(topic, partition);
    const at = led === undefined ? -1 : removeReader(led.readers, session.id);
    if (at === -1) return;
    (session.entries[at] as SessionPartition).isResting = true;
    session.free.push(at);
  }

  private want(session: FetchSession, one: PartitionOffset): void {
    const { offset, partition, topic } = one;
    const led = this.broker.ledPartition(topic, partition);
    if (led === undefined) {
      session.wrong.push(one);
      return;
    }
    let at = placeOf(led.readers, session.id);
    if (at === -1) {
      at = session.free.pop() ?? session.entries.length;
      // Of one whose place it takes something may still stand among those that are ready.
      const isReady = session.entries[at]?.isReady ?? false;
      session.entries[at] = { topic, partition, offset, isResting: false, isReady };
      led.readers.push(session.id, at);
    }
    const entry = session.entries[at] as SessionPartition;
    entry.offset = offset;
    entry.isResting = false;
    if (!entry.isReady && hasNews(led.log, entry, session.request)) makeReady(session, at);
  }

  // ---------------------------------------------------------------- waiting

  private park(session: FetchSession): void {
    const { state, world } = this;
    session.parked = ++state.fetchCount;
    putIn(state.fetches, session.parked, session.id);
    addDeadline(world, this.deadlines, (world.now[0] as number) + session.request.waitNs, session.parked);
  }

  private unpark(session: FetchSession): void {
    takeFrom(this.state.fetches, session.parked);
    session.parked = 0;
  }

  /** Records have come to a partition, or have gone from it. */
  onChanged({ log, readers }: Partition): void {
    for (let i = 0; i < readers.length; i += 2) {
      const session = lookUp(this.state.sessions, readers[i] as number) as FetchSession;
      const entry = session.entries[readers[i + 1] as number] as SessionPartition;
      if (entry.isResting || !hasNews(log, entry, session.request)) continue;
      if (!entry.isReady) makeReady(session, readers[i + 1] as number);
      if (session.parked === 0 || !this.isAnswerable(session)) continue;
      this.unpark(session);
      this.respond(session);
    }
  }

  /** Nobody leads it any more: those who wait for it are told. */
  onGone({ partition, readers, topic }: Partition): void {
    for (let i = 0; i < readers.length; i += 2) {
      const session = lookUp(this.state.sessions, readers[i] as number) as FetchSession;
      const at = readers[i + 1] as number;
      const entry = session.entries[at] as SessionPartition;
      session.free.push(at);
      if (entry.isResting) continue;
      entry.isResting = true;
      session.wrong.push({ topic, partition, offset: entry.offset });
      if (session.parked === 0) continue;
      this.unpark(session);
      this.respond(session);
    }
    readers.length = 0;
  }

  /** Enough has come, something is wrong that the client should know of, or there is nothing to wait for. */
  private isAnswerable(session: FetchSession): boolean {
    const { bytesMin, waitNs } = session.request;
    if (waitNs === 0 || session.wrong.length > 0) return true;
    let bytes = 0;
    for (const at of session.ready) {
      const entry = session.entries[at] as SessionPartition;
      const led = entry.isResting ? undefined : this.broker.ledPartition(entry.topic, entry.partition);
      if (led === undefined) continue;
      if (!this.read(led.log, entry.offset, session.request, Number.POSITIVE_INFINITY)) return true;
      bytes += this.slice.bytes;
      if (bytes >= bytesMin && bytes > 0) return true;
    }
    return false;
  }

  private read(log: PartitionLog, offset: number, request: FetchRequest, bytesMax: number): boolean {
    const isFirst = bytesMax === Number.POSITIVE_INFINITY;
    const most = isFirst ? request.partitionBytesMax : min(bytesMax, request.partitionBytesMax);
    return readLog(log, offset, limitOf(log, request), most, isFirst, this.slice);
  }

  // ---------------------------------------------------------------- answers

  /** Answers with the partitions that have something, or something wrong. */
  private respond(session: FetchSession): void {
    const { request, slot } = session;
    const partitions: FetchedPartition[] = [];
    for (const one of session.wrong)
      partitions.push({ ...one, ...this.broker.marksOf(one), offsets: [], nextOffset: one.offset });
    if (session.wrong.length > 0) session.wrong = [];
    let left = request.bytesMax;
    let kept = 0;
    let isFirst = true;
    const { ready } = session;
    for (const at of ready) {
      const entry = session.entries[at] as SessionPartition;
      const bytes = entry.isResting ? 0 : this.answerEntry(session, entry, isFirst ? Number.POSITIVE_INFINITY : left, partitions);
      if (bytes < 0) {
        // There is no room for it now.
        ready[kept++] = at;
        continue;
      }
      entry.isReady = false;
      if (bytes > 0) isFirst = false;
      left = max(0, left - bytes);
    }
    truncate(ready, kept);
    this.broker.respond(slot, { api: 'fetch', id: request.id, session: session.id, partitions });
  }

  /** Bytes that it takes; -1 = it has something for which there is no room. */
  private answerEntry(session: FetchSession, entry: SessionPartition, left: number, out: FetchedPartition[]): number {
    const { offset, partition, topic } = entry;
    const { request } = session;
    const led = this.broker.ledPartition(topic, partition) as Partition;
    const { log } = led;
    if (!this.read(log, offset, request, left)) {
      entry.isResting = true;
      out.push({ topic, partition, offset, error: 'OffsetOutOfRange', marks: marksOf(log), offsets: [], nextOffset: offset });
      return 0;
    }
    const { slice } = this;
    if (slice.batchEnd === slice.batch) return hasNews(log, entry, request) ? -1 : 0;
    entry.isResting = true;
    const offsets: number[] = [];
    const connection = this.broker.connections[session.slot];
    const share = led.shares.get(session.group);
    visitRecords(log, slice, offset, request.isCommittedOnly, (at, _, item) => {
      offsets.push(at);
      if (connection && share !== undefined) this.deliver(connection, share, at, item);
    });
    const due = led.dueNs;
    const marks = marksOf(log);
    const nextOffset = sliceEnd(slice);
    if (due.size === 0) out.push({ topic, partition, offset, error: null, marks, offsets, nextOffset });
    else {
      const dueNs = offsets.map((at) => due.get(at) ?? 0);
      out.push({ topic, partition, offset, error: null, marks, offsets, nextOffset, dueNs });
    }
    return slice.bytes;
  }

  /** What a group is handed again after it has committed it is owed anew. */
  private deliver({ out }: Connection, share: GroupShare, offset: number, msg: number): void {
    const { links, obligations } = this.world;
    let obl = owedAt(share, offset);
    if (obl !== 0) obligations.addCause(obl);
    else obl = obligations.open(msg, share.sub, ON_WIRE);
    const attempt = (obligations.attempts[obl] as number) + 1;
    obligations.attempts[obl] = attempt;
    this.state.fetched++;
    share.fetched++;
    if (links.mode[out] !== MODE_DIRECT) obligations.moveTo(obl, ON_WIRE);
    this.world.tellOf(obl, 'delivered', this.place, attempt);
    this.world.send(out, packet.DELIVER, obl, 1, attempt);
  }

  // ---------------------------------------------------------------- time, life and death

  /** The timer has fired: whoever has waited for long enough is answered with what there is. */
  onTimer(arg: number): void {
    passDeadlines(this.world, this.deadlines, arg, (number) => {
      const session = lookUp(this.state.sessions, lookUp(this.state.fetches, number) as number) as FetchSession;
      this.unpark(session);
      this.respond(session);
    });
  }

  dropConnection(slot: number): void {
    for (const session of valuesOf(this.state.sessions)) if (session.slot === slot) this.endSession(session);
  }

  onCrash(): void {
    const { state } = this;
    clearNumbers(state.sessions);
    clearNumbers(state.fetches);
    for (const { readers } of state.partitions.values()) readers.length = 0;
    state.fetchDeadlines = newDeadlineState();
  }
}

const limitOf = (log: PartitionLog, { isCommittedOnly }: FetchRequest): number =>
  isCommittedOnly ? lastStableOffset(log) : log.highWatermark;

/** There is a record to read, or the offset is none of the log. */
function hasNews(log: PartitionLog, { offset }: SessionPartition, request: FetchRequest): boolean {
  return offset < limitOf(log, request) || offset < log.logStart || offset > log.logEnd;
}

function makeReady(session: FetchSession, at: number): void {
  (session.entries[at] as SessionPartition).isReady = true;
  session.ready.push(at);
}

/** Where a session has a partition; -1 = it has not. */
function placeOf(readers: readonly number[], session: number): number {
  for (let i = 0; i < readers.length; i += 2) if (readers[i] === session) return readers[i + 1] as number;
  return -1;
}

/** The session wants it no more: where it had it; -1 = nowhere. */
function removeReader(readers: number[], session: number): number {
  for (let i = 0; i < readers.length; i += 2) {
    if (readers[i] === session) return readers.splice(i, 2)[1] as number;
  }
  return -1;
}

const marksOf = (log: PartitionLog): LogMarks => ({
  logStart: log.logStart,
  lastStable: lastStableOffset(log),
  highWatermark: log.highWatermark,
  logEnd: log.logEnd,
});
