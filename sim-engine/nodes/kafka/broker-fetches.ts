// How a broker answers fetches: at once if enough is there, else when it has come or the wait is over. Records go before the answer that
// counts them, each as a delivery of what the group is owed.

import { max, min } from '../../kernel/exact-math.ts';
import { ON_WIRE } from '../../world/books.ts';
import { MODE_DIRECT } from '../../world/links.ts';
import * as packet from '../../world/packet-types.ts';
import type { World } from '../../world/world.ts';
import { nameOf, type TopicPartition } from './assignors/assignment.ts';
import {
  type BrokerCore,
  type BrokerState,
  FETCH_DUE,
  type FetchRequest,
  type ParkedFetch,
  type Partition,
} from './broker-state.ts';
import { addDeadline, type DeadlineOwner, newDeadlineState, passDeadlines } from './deadlines.ts';
import { owedAt } from './group-share.ts';
import type { LogMarks } from './offsets.ts';
import { lastStableOffset, newLogSlice, type PartitionLog, readLog, sliceEnd, visitRecords } from './partition-log.ts';
import type { FetchedPartition, LeaderError, PartitionOffset } from './protocol.ts';

/** Beside what all parts see. */
interface FetchBroker extends BrokerCore {
  marksOf(partition: TopicPartition): { readonly error: LeaderError | null; readonly marks: LogMarks };
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
      counts: (number) => broker.state.fetches.has(number),
    };
  }

  private get state(): BrokerState {
    return this.broker.state;
  }

  onFetch(slot: number, request: FetchRequest): void {
    const { state, world } = this;
    if (this.isAnswerable(request)) {
      this.sendFetched(slot, request);
      return;
    }
    const number = ++state.fetchCount;
    state.fetches.set(number, { slot, request });
    addDeadline(world, this.deadlines, (world.now[0] as number) + request.waitNs, number);
    for (const partition of request.partitions) state.partitions.get(nameOf(partition))?.fetches.add(number);
  }

  /** A partition that a parked fetch asked for has changed. If one byte is enough, nothing can have come to the others. */
  tryAgain(number: number, { partition, topic }: Partition): void {
    const fetch = this.state.fetches.get(number);
    if (fetch === undefined) return;
    const { request, slot } = fetch;
    if (request.bytesMin > 1) {
      if (this.isAnswerable(request)) this.answer(number);
      return;
    }
    const grown = request.partitions.filter((one) => one.partition === partition && one.topic === topic);
    const narrowed = { ...request, partitions: grown };
    if (!this.isAnswerable(narrowed)) return;
    this.unpark(number, fetch);
    this.sendFetched(slot, narrowed);
  }

  answer(number: number): void {
    const fetch = this.state.fetches.get(number);
    if (fetch === undefined) return;
    this.unpark(number, fetch);
    this.sendFetched(fetch.slot, fetch.request);
  }

  unpark(number: number, { request }: ParkedFetch): void {
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
      const { error, marks } = this.broker.marksOf(one);
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
      const fetched = { topic, partition, offset, error: null, marks, offsets, nextOffset: sliceEnd(this.slice) };
      const due = known.dueNs;
      partitions.push(due.size === 0 ? fetched : { ...fetched, dueNs: offsets.map((at) => due.get(at) ?? 0) });
    }
    this.broker.respond(slot, { api: 'fetch', id: request.id, partitions });
  }

  /** What a group is handed again after it has committed it is owed anew. */
  private deliver(slot: number, { shares }: Partition, group: string, offset: number, msg: number): void {
    const connection = this.broker.connections[slot];
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

  /** The timer has fired: whoever has waited for long enough is answered with what there is. */
  onTimer(arg: number): void {
    passDeadlines(this.world, this.deadlines, arg, (number) => this.answer(number));
  }

  dropConnection(slot: number): void {
    for (const [number, fetch] of this.state.fetches) if (fetch.slot === slot) this.unpark(number, fetch);
  }

  onCrash(): void {
    this.state.fetchDeadlines = newDeadlineState();
  }
}
