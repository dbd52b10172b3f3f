// The producer of the Java client, run by a sender or a service: gathers records into batches by partition, sends them to the leaders, tries
// again, and tells its host what became of each record. With idempotence it numbers them, so that trying again doubles nothing.
// Follows `KafkaProducer`, `RecordAccumulator`, `Sender`, `TransactionManager`; semantics 7 to 9; K15 to K21.

import { ceil, max } from '../../kernel/exact-math.ts';
import type { LinkIx, MsgIx, StreamIx } from '../../kernel/ids.ts';
import { clearNumbers, type NumberMap, newNumberMap, putIn, takeFrom, valuesOf } from '../../kernel/number-map.ts';
import type { Inside } from '../../world/inside.ts';
import * as packet from '../../world/packet-types.ts';
import { actorPlace, CRASH, REMOVED, TOO_OLD } from '../../world/reasons.ts';
import type { World } from '../../world/world.ts';
import type { Params } from '../fields.ts';
import { type Connection, clientTimer, type PublisherClient, type PublisherFactory, type PublisherHost } from '../node-kind.ts';
import { CLIENT_JITTER, CLIENT_MULTIPLIER, clientBackoffMs } from './client-backoff.ts';
import {
  type Call,
  CLIENT_OWN,
  ClientConnection,
  type ConnectionState,
  type ConnectionUser,
  newConnectionState,
} from './client-connection.ts';
import { batchesTable, producerTable } from './client-inside.ts';
import { addDeadline, type DeadlineOwner, type DeadlineState, newDeadlineState, passDeadlines } from './deadlines.ts';
import { newSticky, nextSticky, noteAppended, noteQueueSizes, partitionOfNumber, type StickyState } from './partitioner.ts';
import {
  awaitsNumbers,
  type NumberedBatch,
  type NumbersState,
  newNumbers,
  numberBatch,
  numberedIsOver,
  numberedOutOfOrder,
} from './producer-numbers.ts';
import { producerSettings } from './producer-settings.ts';
import type { ProduceBatch, Response } from './protocol.ts';
import type { Release } from './release.ts';

const MS = 1_000_000;
/** Bytes of the head of a batch, and of what surrounds a record. Source: `DefaultRecordBatch`, `DefaultRecord`. */
export const BATCH_BYTES = 61;
export const RECORD_BYTES = 10;
/** A random integer of 31 bits. */
const DRAW_MAX = 2147483648;
/** Nothing is known of the topic yet, so that no partition could be chosen. */
const NO_PARTITION = -1;
/** Deadlines that are no batch's: batches are numbered from here on. */
const WAKE = 0;
/** A call to send has waited for room for long enough, or for its answer. */
const BLOCKED_DUE = -1;
const ANSWER_DUE = -2;

interface ProducerBatch extends NumberedBatch {
  readonly number: number;
  readonly msgs: number[];
  bytes: number;
  readonly createdNs: number;
  /** Newest timestamp of its records, ns. */
  timestampNs: number;
  attempts: number;
  /** Before this it is not tried again, ns. */
  notBeforeNs: number;
  /** The entries of the publish book were opened and have not gone out. */
  isUnsent: boolean;
  /** It takes no more. */
  isClosed: boolean;
  /** It was given up while its request was under way. */
  isOver: boolean;
}

interface ProducerState {
  readonly connection: ConnectionState;
  /** Batches that wait, by partition, the first to go first. */
  readonly queues: Map<number, ProducerBatch[]>;
  /** Partitions of which any wait, in the order in which they began to. */
  readonly active: number[];
  /** By number of the request. */
  readonly inFlight: NumberMap<ProducerBatch[]>;
  /** How many requests are under way, by broker. */
  readonly underWay: number[];
  /** How many messages are not answered for: each keeps one reference for it. */
  readonly pending: { size: number };
  /** What a call to send waits with until there is room, or word of the topic; null = none does. */
  blocked: { readonly msg: number; readonly partition: number; readonly untilNs: number } | null;
  /** What a program that sends one at a time waits for, and for how long; null = for nothing. */
  awaited: { readonly msg: number; readonly untilNs: number } | null;
  /** What it has stopped to wait for, and the producer still tries. */
  readonly forsaken: Set<number>;
  /** Entries of the publish book that have not gone out yet. */
  buffered: number;
  bytes: number;
  sticky: StickyState;
  batches: number;
  producerId: number;
  isAskingId: boolean;
  numbers: NumbersState;
  deadlines: DeadlineState;
  /** Numbers of the batches that wait and have a deadline. */
  readonly waiting: Set<number>;
  /** Whether a deadline is set for the oldest batch. */
  isWatching: boolean;
  wasOpen: boolean;
}

const newState = (ids: number, doors: number): ProducerState => ({
  connection: newConnectionState(ids, doors),
  queues: new Map(),
  active: [],
  inFlight: newNumberMap(),
  underWay: new Array<number>(doors).fill(0),
  pending: { size: 0 },
  blocked: null,
  awaited: null,
  forsaken: new Set(),
  buffered: 0,
  bytes: 0,
  sticky: newSticky(),
  batches: WAKE,
  producerId: -1,
  isAskingId: false,
  numbers: newNumbers(),
  deadlines: newDeadlineState(),
  waiting: new Set(),
  isWatching: false,
  wasOpen: false,
});

class KafkaProducer implements PublisherClient, ConnectionUser {
  state: ProducerState;
  private readonly world: World;
  private readonly host: PublisherHost;
  private readonly client: number;
  private readonly topic: string;
  private readonly network: ClientConnection;
  private readonly stream: StreamIx;
  private readonly deadlines: DeadlineOwner;
  private acks = -1;
  private isIdempotent = true;
  private isSynchronous = false;
  private isAdaptive = true;
  private batchBytes = 0;
  private bufferBytes = 0;
  private requestBytesMax = 0;
  private lingerNs = 0;
  private inFlightMax = 5;
  private retries = 0;
  private requestTimeoutNs = 0;
  private deliveryTimeoutNs = 0;
  private maxBlockNs = 0;
  private sendTimeoutNs = 0;
  private backoff = { initialMs: 100, multiplier: CLIENT_MULTIPLIER, maxMs: 1000, jitter: CLIENT_JITTER };

  constructor(world: World, host: PublisherHost, client: number, connection: Connection) {
    this.world = world;
    this.host = host;
    this.client = client;
    this.topic = connection.peerId;
    this.network = new ClientConnection(world, host.ix, client, connection, this);
    this.stream = world.stream(connection.wireId, 'producer');
    this.state = newState(0, this.network.doors.length);
    const producer = this;
    this.deadlines = {
      ix: host.ix,
      timer: clientTimer(client, CLIENT_OWN),
      get state() {
        return producer.state.deadlines;
      },
      get live() {
        return producer.state.waiting.size;
      },
      counts: (number) => number <= WAKE || this.state.waiting.has(number),
    };
    this.readParams(connection.params);
  }

  get connection(): ConnectionState {
    return this.state.connection;
  }

  onParams({ params }: Connection): void {
    this.readParams(params);
    this.drain();
    this.tellFlow();
  }

  private readParams(params: Params): void {
    const set = new Map<string, string>([
      ['acks', params.acks as string],
      ['retries', String(params.retries)],
      ['max.in.flight.requests.per.connection', String(params.maxInFlight)],
      ['linger.ms', String(ceil((params.linger as number) / MS))],
      ['request.timeout.ms', String(ceil((params.requestTimeout as number) / MS))],
    ]);
    if (params.idempotence !== 'default') set.set('enable.idempotence', String(params.idempotence === 'on'));
    const settings = producerSettings(set, params.release as Release);
    // What the client would refuse is a problem of the drawing; a run goes on without idempotence.
    const known =
      typeof settings === 'string'
        ? producerSettings(new Map(set).set('enable.idempotence', 'false'), params.release as Release)
        : settings;
    if (typeof known === 'string') return;
    this.acks = Number(known.acks);
    this.isIdempotent = known.isIdempotent;
    this.retries = known.retries;
    this.inFlightMax = known.inFlightMax;
    this.lingerNs = params.linger as number;
    this.requestTimeoutNs = params.requestTimeout as number;
    this.deliveryTimeoutNs = max(params.deliveryTimeout as number, this.lingerNs + this.requestTimeoutNs);
    this.batchBytes = params.batchSize as number;
    this.bufferBytes = params.bufferMemory as number;
    this.requestBytesMax = params.maxRequestSize as number;
    this.isAdaptive = params.adaptivePartitioning as boolean;
    this.isSynchronous = params.synchronous as boolean;
    this.maxBlockNs = params.maxBlock as number;
    this.network.metadataAgeNs = params.metadataAge as number;
    this.sendTimeoutNs = params.sendTimeout as number;
    this.backoff = {
      ...this.backoff,
      initialMs: (params.retryBackoff as number) / MS,
      maxMs: (params.retryBackoffMax as number) / MS,
    };
  }

  // ---------------------------------------------------------------- what the host sees

  start(): void {
    this.network.askMetadata();
  }

  private partitionCount(): number {
    return this.leaders().length;
  }
  private leaders(): readonly number[] {
    return this.state.connection.metadata?.leaders.get(this.topic) ?? NOBODY;
  }

  isOpen(): boolean {
    return this.state.blocked === null && this.state.awaited === null;
  }

  /** A record that is larger than a batch takes as much as it needs. */
  private hasRoom(msg: number): boolean {
    const { bytes } = this.state;
    const size = (this.world.messages.sizeBytes[msg] as number) + RECORD_BYTES;
    return bytes + max(this.batchBytes, size) <= this.bufferBytes || bytes === 0;
  }

  offer(msg: MsgIx): void {
    const { state, world } = this;
    state.wasOpen = true;
    const nowNs = world.now[0] as number;
    const partition = this.partitionFor(msg);
    world.messages.refs[msg] = (world.messages.refs[msg] as number) + 1;
    world.books.openPublish(this.brokerOf(partition));
    state.buffered++;
    state.pending.size++;
    if (partition !== NO_PARTITION && this.hasRoom(msg)) this.take(partition, msg);
    else {
      state.blocked = { msg, partition, untilNs: nowNs + this.maxBlockNs };
      addDeadline(world, this.deadlines, state.blocked.untilNs, BLOCKED_DUE);
      if (partition === NO_PARTITION) this.network.askMetadata();
      // A batch that is not full goes out when somebody waits for room.
      else this.drain();
    }
    this.tellFlow();
  }

  /** Into the buffer: the call to send returns, and who sends one at a time begins to wait for the answer. */
  private take(partition: number, msg: number): void {
    const { state, world } = this;
    const { messages } = world;
    if (this.isSynchronous) {
      state.awaited = { msg, untilNs: (world.now[0] as number) + this.sendTimeoutNs };
      addDeadline(world, this.deadlines, state.awaited.untilNs, ANSWER_DUE);
    }
    const size = (messages.sizeBytes[msg] as number) + RECORD_BYTES;
    const mayBeReady = this.append(partition, msg, size);
    if ((messages.key[msg] as number) < 0) this.noteSticky(partition, size);
    if (mayBeReady) this.drain();
  }

  /**
   * Whoever waits with a record in hand gets in when there is room and the topic is known, and gives it up when it has waited for too
   * long.
   */
  private lookAtBlocked(): void {
    this.chooseForBlocked();
    const { blocked } = this.state;
    if (blocked === null) return;
    const { msg, partition, untilNs } = blocked;
    if (partition !== NO_PARTITION && this.hasRoom(msg)) {
      this.state.blocked = null;
      this.take(partition, msg);
    } else if ((this.world.now[0] as number) >= untilNs) this.giveUpBlocked(TOO_OLD, true);
  }

  /** Word of the topic has come: the record that waits for it gets its partition. */
  private chooseForBlocked(): void {
    const { blocked } = this.state;
    if (blocked === null || blocked.partition !== NO_PARTITION) return;
    const partition = this.partitionFor(blocked.msg);
    if (partition === NO_PARTITION) return;
    this.world.books.movePublish(this.brokerOf(NO_PARTITION), this.brokerOf(partition));
    this.state.blocked = { ...blocked, partition };
  }

  private giveUpBlocked(reason: number, tellsHost: boolean): void {
    const { state, world } = this;
    if (state.blocked === null) return;
    const { msg, partition } = state.blocked;
    state.blocked = null;
    state.buffered--;
    state.pending.size--;
    this.losePublish(partition, msg, reason);
    if (tellsHost) this.tellOutcome('given-up', msg);
    world.messages.release(msg);
  }

  /** The program is told once: of what it has stopped to wait for it takes no further word. */
  private tellOutcome(outcome: 'handed-over' | 'confirmed' | 'refused' | 'given-up', msg: number): void {
    const { state } = this;
    if (state.awaited?.msg === msg) state.awaited = null;
    if (!state.forsaken.delete(msg)) this.host.onOutcome(this.client, outcome, msg as MsgIx);
  }

  private lookAtAwaited(): void {
    const { awaited, forsaken } = this.state;
    if (awaited === null || (this.world.now[0] as number) < awaited.untilNs) return;
    this.tellOutcome('given-up', awaited.msg);
    forsaken.add(awaited.msg);
  }

  /** NO_PARTITION before the producer has heard of its topic. */
  private partitionFor(msg: number): number {
    if (this.partitionCount() === 0) return NO_PARTITION;
    const key = this.world.messages.key[msg] as number;
    if (key >= 0) return partitionOfNumber(key, this.partitionCount());
    const { sticky } = this.state;
    return sticky.partition === -1 || sticky.partition >= this.partitionCount() ? this.switchSticky() : sticky.partition;
  }

  private noteSticky(partition: number, size: number): void {
    const queue = this.state.queues.get(partition) ?? NO_BATCHES;
    const isFull = queue.every((batch) => batch.isClosed || batch.bytes >= this.batchBytes);
    if (noteAppended(this.state.sticky, size, this.batchBytes, isFull)) this.switchSticky();
  }

  private switchSticky(): number {
    const leaders = this.leaders();
    const available = [...leaders.keys()].filter((partition) => this.network.isUp(leaders[partition] as number));
    if (this.isAdaptive) {
      const sizes = available.map((partition) => this.state.queues.get(partition)?.length ?? 0);
      noteQueueSizes(this.state.sticky, sizes, available, available.length);
    }
    const draw = (this.world.streams.uniform(this.stream) * DRAW_MAX) | 0;
    return nextSticky(this.state.sticky, draw < 0 ? 0 : draw, available, leaders.length);
  }

  /** The broker at which the books see a record for a partition. */
  private brokerOf(partition: number): number {
    const { doors } = this.network;
    // One that was added to the cluster since this client came has no way to it: what is for it waits.
    const door = doors[max(0, this.leaders()[partition] ?? 0)] ?? doors[0];
    return this.world.links.to[door?.out as LinkIx] as number;
  }

  /** True if something may be ready to go that was not before: then there is more to do than to wait for the batch to linger. */
  private append(partition: number, msg: number, size: number): boolean {
    const { state, world } = this;
    const queue = this.queueOf(partition);
    if (queue.length === 0) state.active.push(partition);
    const nowNs = world.now[0] as number;
    let batch = queue[queue.length - 1];
    if (batch === undefined || batch.isClosed || batch.bytes + size > this.batchBytes) {
      if (batch !== undefined) batch.isClosed = true;
      batch = this.newBatch(partition, nowNs);
      queue.push(batch);
      if (this.lingerNs > 0) {
        state.waiting.add(batch.number);
        addDeadline(world, this.deadlines, nowNs + this.lingerNs, batch.number);
      }
      this.watchDelivery(nowNs + this.deliveryTimeoutNs);
    }
    batch.msgs.push(msg);
    batch.bytes += size;
    batch.timestampNs = max(batch.timestampNs, world.messages.createdNs[msg] as number);
    state.bytes += size;
    if (this.lingerNs === 0 || this.isSynchronous || state.bytes + this.batchBytes > this.bufferBytes) return true;
    return queue.length > 1 || batch.bytes >= this.batchBytes;
  }

  /** Once there is one for a partition it stays. */
  private queueOf(partition: number): ProducerBatch[] {
    const { queues } = this.state;
    const known = queues.get(partition);
    if (known !== undefined) return known;
    const made: ProducerBatch[] = [];
    queues.set(partition, made);
    return made;
  }

  /** One deadline stands for the oldest of all batches. */
  private watchDelivery(dueNs: number): void {
    if (this.state.isWatching) return;
    this.state.isWatching = true;
    addDeadline(this.world, this.deadlines, dueNs, WAKE);
  }

  private newBatch(partition: number, createdNs: number): ProducerBatch {
    const number = ++this.state.batches;
    return {
      number,
      partition,
      msgs: [],
      bytes: BATCH_BYTES,
      createdNs,
      timestampNs: 0,
      attempts: 0,
      notBeforeNs: 0,
      sequence: -1,
      epoch: -1,
      isRenumbered: false,
      isUnsent: true,
      isClosed: false,
      isOver: false,
    };
  }

  /** The host is told when the answer to `isOpen` changes. */
  private tellFlow(): void {
    this.lookAtBlocked();
    const isOpen = this.isOpen();
    if (isOpen === this.state.wasOpen) return;
    this.state.wasOpen = isOpen;
    // The first word of a topic is a matter of a round trip: nobody counts as held back for that.
    if (!isOpen && this.state.blocked?.partition === NO_PARTITION) return;
    this.host.onFlow(this.client, isOpen);
  }

  // ---------------------------------------------------------------- sending

  /** Sends what is ready, to every leader that can be reached and has not too many requests under way. */
  private drain(): void {
    if (this.state.connection.metadata === null) return;
    if (this.isIdempotent && this.state.producerId === -1) {
      this.askId();
      return;
    }
    for (let door = 0; door < this.network.doors.length; door++) {
      while (this.network.isUp(door) && this.underWay(door) < this.inFlightMax) {
        const batches = this.readyFor(door);
        if (batches.length === 0) break;
        this.send(door, batches);
      }
    }
  }

  private underWay(door: number): number {
    return this.state.underWay[door] as number;
  }

  private askId(): void {
    const door = this.connection.doors.findIndex(({ isUp }) => isUp);
    if (this.state.isAskingId || door === -1) return;
    this.state.isAskingId = true;
    this.network.send(door, { api: 'init-producer-id' }, this.requestTimeoutNs);
  }

  /** One batch of each partition that the broker leads and that has one ready, as many as a request holds. */
  private readyFor(door: number): ProducerBatch[] {
    const leaders = this.leaders();
    const ready: ProducerBatch[] = [];
    let bytes = 0;
    const { active, queues, waiting } = this.state;
    for (const partition of active) {
      const queue = queues.get(partition) as ProducerBatch[];
      const batch = queue[0];
      if (batch === undefined || leaders[partition] !== door || !this.isReady(queue, batch)) continue;
      if (bytes + batch.bytes > this.requestBytesMax && ready.length > 0) break;
      bytes += batch.bytes;
      ready.push(batch);
    }
    for (const batch of ready) {
      const queue = queues.get(batch.partition) as ProducerBatch[];
      queue.shift();
      if (waiting.size > 0) waiting.delete(batch.number);
      if (queue.length === 0) removeFrom(active, batch.partition);
    }
    return ready;
  }

  private isReady(queue: readonly ProducerBatch[], batch: ProducerBatch): boolean {
    const nowNs = this.world.now[0] as number;
    if (batch.notBeforeNs > nowNs) return false;
    const isFull = queue.length > 1 || batch.isClosed || batch.bytes >= this.batchBytes;
    const isExhausted = this.state.bytes + this.batchBytes > this.bufferBytes;
    const waitedNs = nowNs - batch.createdNs;
    if (!isFull && !isExhausted && batch.attempts === 0 && waitedNs < this.lingerNs && !this.isSynchronous) return false;
    return this.keepsOrder(batch);
  }

  /** With one request under way at most a partition waits for its answer; a numbered batch that is tried again, for those before it. */
  private keepsOrder({ attempts, partition, sequence }: ProducerBatch): boolean {
    if (sequence === -1 && this.isIdempotent && awaitsNumbers(this.state.numbers, partition)) return false;
    if (this.inFlightMax > 1 && (!this.isIdempotent || attempts === 0)) return true;
    for (const batches of valuesOf(this.state.inFlight)) {
      for (const other of batches) {
        if (other.partition !== partition) continue;
        if (this.inFlightMax === 1 || other.sequence < sequence) return false;
      }
    }
    return true;
  }

  private send(door: number, batches: ProducerBatch[]): void {
    const { network, state } = this;
    const { out } = network.doors[door] as (typeof network.doors)[number];
    const id = network.nextId;
    for (const batch of batches) {
      batch.isClosed = true;
      if (this.isIdempotent && batch.sequence === -1) numberBatch(state.numbers, batch);
      batch.isRenumbered = false;
      for (const msg of batch.msgs) this.sendRecord(out, batch, msg, id);
      if (batch.isUnsent) state.buffered -= batch.msgs.length;
      batch.isUnsent = false;
      batch.attempts++;
    }
    const producerId = this.isIdempotent ? state.producerId : -1;
    const content: ProduceBatch[] = [];
    for (const { bytes, epoch, msgs, partition, sequence, timestampNs } of batches)
      content.push({
        partition,
        recordCount: msgs.length,
        sizeBytes: bytes,
        timestampNs,
        producerId,
        producerEpoch: epoch,
        baseSequence: sequence,
      });
    putIn(state.inFlight, id, batches);
    state.underWay[door] = (state.underWay[door] as number) + 1;
    network.send(door, { api: 'produce', acks: this.acks, topic: this.topic, batches: content }, this.requestTimeoutNs);
    if (this.acks === 0) this.completeUnasked(id, door, batches);
  }

  /** Nobody will answer: what has gone out counts as done. */
  private completeUnasked(id: number, door: number, batches: readonly ProducerBatch[]): void {
    this.answered(id, door);
    takeFrom(this.connection.calls, id);
    for (const batch of batches) this.complete(batch, 'handed-over');
  }

  /** What goes out again is another entry of the publish book. */
  private sendRecord(out: LinkIx, batch: ProducerBatch, msg: number, id: number): void {
    const { world } = this;
    if (!batch.isUnsent) {
      world.messages.refs[msg] = (world.messages.refs[msg] as number) + 1;
      world.books.openPublish(world.links.to[out] as number);
      world.tell(msg, 'sent', actorPlace(this.host.ix), batch.attempts + 1);
    }
    world.send(out, packet.PUBLISH, msg, 1, id & 0x3fffffff);
  }

  // ---------------------------------------------------------------- answers

  onPacket(link: LinkIx, type: number, first: number): void {
    if (type === packet.RESPONSE) this.network.onResponse(first);
    else if (type === packet.HELLO) this.network.onHello(link);
  }

  onMetadata(): void {
    this.drain();
    this.tellFlow();
  }

  onResponse(response: Response, call: Call): void {
    const { state } = this;
    if (call.door === -1) return;
    if (response.api === 'init-producer-id') {
      state.isAskingId = false;
      state.producerId = response.producerId;
    } else if (response.api === 'produce') {
      const batches = this.answered(response.id, call.door);
      // Those tried again go back in such an order that the first comes to stand first.
      for (let i = batches.length - 1; i >= 0; i--)
        this.onResult(batches[i] as ProducerBatch, response.results[i]?.error ?? null);
    }
    this.network.refresh();
    this.drain();
    this.tellFlow();
  }

  /** A request is under way no more: the batches that it had. */
  private answered(id: number, door: number): readonly ProducerBatch[] {
    const { state } = this;
    const batches = takeFrom(state.inFlight, id);
    if (batches === undefined) return NO_BATCHES;
    state.underWay[door] = (state.underWay[door] as number) - 1;
    return batches;
  }

  private onResult(batch: ProducerBatch, error: string | null): void {
    if (batch.isOver) return;
    if (error === null) {
      this.complete(batch, 'confirmed');
      return;
    }
    if (error === 'NotLeader' || error === 'UnknownTopicOrPartition') this.network.askMetadata();
    const isRenumbered = batch.isRenumbered;
    if (error === 'OutOfOrderSequence') numberedOutOfOrder(this.state.numbers, batch, [...this.numberedOf(batch), batch]);
    if (RETRIABLE.has(error) || (isRenumbered && error === 'InvalidProducerEpoch')) this.tryAgain(batch);
    else this.complete(batch, 'refused');
  }

  /** The other batches of its partition that have numbers and are not over. */
  private numberedOf(batch: ProducerBatch): readonly ProducerBatch[] {
    const { inFlight, queues } = this.state;
    return valuesOf(inFlight)
      .flat()
      .concat(queues.get(batch.partition) ?? [])
      .filter((one) => one !== batch && one.partition === batch.partition && one.sequence !== -1 && !one.isOver);
  }

  onFailed({ door, request }: Call): void {
    const { state } = this;
    if (request.api === 'init-producer-id') state.isAskingId = false;
    else if (request.api === 'produce') {
      const batches = this.answered(request.id, door);
      for (const batch of [...batches].reverse()) if (!batch.isOver) this.tryAgain(batch);
    }
    this.network.askMetadata();
    this.drain();
    this.tellFlow();
  }

  private tryAgain(batch: ProducerBatch): void {
    const nowNs = this.world.now[0] as number;
    if (batch.attempts > this.retries || nowNs - batch.createdNs >= this.deliveryTimeoutNs) {
      this.complete(batch, 'given-up');
      return;
    }
    const u = this.world.streams.uniform(this.stream);
    batch.notBeforeNs = nowNs + clientBackoffMs(this.backoff, batch.attempts - 1, u) * MS;
    this.putBack(batch);
    addDeadline(this.world, this.deadlines, batch.notBeforeNs, batch.number);
  }

  /** Numbered batches stand in the order of their numbers, others at the head: behind those that went out after them and got through. */
  private putBack(batch: ProducerBatch): void {
    const queue = this.queueOf(batch.partition);
    if (queue.length === 0) this.state.active.push(batch.partition);
    const at = batch.sequence === -1 ? 0 : queue.findIndex(({ sequence }) => sequence === -1 || sequence > batch.sequence);
    queue.splice(at === -1 ? queue.length : at, 0, batch);
    this.state.waiting.add(batch.number);
  }

  private complete(batch: ProducerBatch, outcome: 'handed-over' | 'confirmed' | 'refused' | 'given-up'): void {
    const { state, world } = this;
    state.bytes -= batch.bytes - BATCH_BYTES;
    for (const msg of batch.msgs) {
      if (batch.isUnsent) this.losePublish(batch.partition, msg, TOO_OLD);
      state.pending.size--;
      this.tellOutcome(outcome, msg);
      world.messages.release(msg);
    }
    if (batch.isUnsent) state.buffered -= batch.msgs.length;
    if (batch.sequence === -1 || outcome === 'handed-over') return;
    numberedIsOver(state.numbers, batch, outcome, outcome === 'refused' ? this.numberedOf(batch) : []);
  }

  private losePublish(partition: number, msg: number, reason: number): void {
    this.world.losePublish(this.brokerOf(partition) as typeof this.host.ix, msg as MsgIx, actorPlace(this.host.ix), reason);
  }

  // ---------------------------------------------------------------- time, life and death

  onTimer(timer: number, arg: number): void {
    if (this.network.onTimer(timer, arg) || timer !== CLIENT_OWN) return;
    let isOldestDue = false;
    passDeadlines(this.world, this.deadlines, arg, (number) => {
      if (number === WAKE) isOldestDue = true;
    });
    if (isOldestDue) this.expire();
    this.lookAtAwaited();
    this.drain();
    this.tellFlow();
  }

  /** Batches that have waited for `delivery.timeout.ms` without getting through are given up. */
  private expire(): void {
    const nowNs = this.world.now[0] as number;
    const { active, queues, waiting } = this.state;
    for (const partition of [...active]) {
      const queue = queues.get(partition) as ProducerBatch[];
      const old = queue.filter(({ createdNs }) => nowNs - createdNs >= this.deliveryTimeoutNs);
      if (old.length === 0) continue;
      const left = queue.filter((batch) => !old.includes(batch));
      queues.set(partition, left);
      if (left.length === 0) removeFrom(active, partition);
      for (const batch of old) {
        waiting.delete(batch.number);
        this.complete(batch, 'given-up');
      }
    }
    // What is under way is given up as well; if it arrives all the same, nobody is told.
    const underWay = valuesOf(this.state.inFlight)
      .flat()
      .filter(({ isOver }) => !isOver);
    for (const batch of underWay) {
      if (nowNs - batch.createdNs < this.deliveryTimeoutNs) continue;
      batch.isOver = true;
      this.complete(batch, 'given-up');
    }
    this.state.isWatching = false;
    const left = [...this.state.queues.values()]
      .flat()
      .concat(underWay)
      .filter(({ isOver }) => !isOver);
    let oldestNs = Number.POSITIVE_INFINITY;
    for (const { createdNs } of left) if (createdNs < oldestNs) oldestNs = createdNs;
    if (left.length > 0) this.watchDelivery(max(oldestNs + this.deliveryTimeoutNs, nowNs + MS));
  }

  inside(): Inside {
    const { bufferBytes, state, topic, world } = this;
    return [producerTable(state, bufferBytes, topic), batchesTable(world, state, topic)];
  }

  onDisconnected(): void {
    this.letGo(REMOVED, true);
  }

  onCrash(): void {
    this.letGo(CRASH, false);
    this.state = newState(this.state.connection.ids, this.network.doors.length);
  }

  private letGo(reason: number, tellsHost: boolean): void {
    const { state, world } = this;
    this.giveUpBlocked(reason, tellsHost);
    const waiting = [...state.queues.values()].flat();
    for (const batch of [...waiting, ...valuesOf(state.inFlight).flat()]) {
      if (batch.isOver) continue;
      for (const msg of batch.msgs) {
        if (batch.isUnsent) this.losePublish(batch.partition, msg, reason);
        if (tellsHost) this.tellOutcome('given-up', msg);
        world.messages.release(msg);
      }
    }
    state.queues.clear();
    state.waiting.clear();
    state.active.length = 0;
    clearNumbers(state.inFlight);
    state.underWay.fill(0);
    state.pending.size = 0;
    state.awaited = null;
    state.forsaken.clear();
    state.buffered = 0;
    state.bytes = 0;
  }
}

/** Takes a number out of a short list. */
function removeFrom(list: number[], one: number): void {
  if (list[list.length - 1] === one) list.pop();
  else list.splice(list.indexOf(one), 1);
}

const NOBODY: readonly number[] = [];
const NO_BATCHES: readonly ProducerBatch[] = [];

/** What the producer tries again. Source: the subclasses of `RetriableException`; the first only with idempotence. */
const RETRIABLE: ReadonlySet<string> = new Set(['OutOfOrderSequence', 'NotLeader', 'UnknownTopicOrPartition']);

export const kafkaProducer: PublisherFactory = (world, host, client, connection) =>
  new KafkaProducer(world, host, client, connection);
