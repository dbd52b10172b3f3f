// The producer inside of a consumer's application that publishes what was failed at to a retry topic or to the one for dead letters, and knows
// when it is there: only then is the record done with where it came from. It numbers what it sends, one request for each partition at a
// time, so that sending again doubles nothing. It sends on the connections of the consumer.
// Follows Spring Kafka's `DeadLetterPublishingRecoverer` and its retry topics; semantics 18; K36.

import { max } from '../../kernel/exact-math.ts';
import { ON_WIRE } from '../../world/books.ts';
import { DEAD_LETTER } from '../../world/packet-types.ts';
import { FORGOTTEN, MAX_ATTEMPTS } from '../../world/reasons.ts';
import type { World } from '../../world/world.ts';
import type { Settlement } from '../node-kind.ts';
import { nameOf } from './assignors/assignment.ts';
import type { Call } from './client-connection.ts';
import { type ConsumerCore, type Line, PASS_ON_DUE, type PassOnState, REQUEST_TIMEOUT_NS, RETRY_NS } from './consumer-core.ts';
import type { Member, Rec } from './consumer-member.ts';
import { addDeadline } from './deadlines.ts';
import { partitionOfNumber } from './partitioner.ts';
import { BATCH_BYTES, RECORD_BYTES } from './producer-client.ts';
import { sequenceAfter } from './producer-state.ts';
import type { Response } from './protocol.ts';

/** An application knows its own settings: what it goes by here is no older than that. */
const NEWS_NS = 1_000_000_000;
/** `batch.size`. */
const BATCH_BYTES_MAX = 16_384;

export class PassOn {
  private readonly core: ConsumerCore;
  private readonly world: World;

  constructor(core: ConsumerCore) {
    this.core = core;
    this.world = core.world;
  }

  private get state(): PassOnState {
    return this.core.state.passOn;
  }

  get isBusy(): boolean {
    for (const { waiting } of this.state.lines.values()) if (waiting.length > 0) return true;
    return false;
  }

  /** Whether what ended like this goes on to another topic; if so it is on its way from now on. */
  take(member: Member, rec: Rec, outcome: Settlement): boolean {
    if (outcome === 'ack') return false;
    // What is drawn may have changed: then the next one that fails goes by it.
    this.core.network.askMetadataIfOlderThan(NEWS_NS);
    const passOns = this.core.state.connection.metadata?.passOns.get(this.core.group);
    if (passOns === undefined) return false;
    const { dead, retry } = passOns;
    const isRetry = retry !== null && (outcome === 'retry' || dead === null);
    const topic = isRetry ? retry.topic : outcome === 'reject' ? dead : null;
    if (topic === null) return false;
    const { obl } = rec;
    this.world.obligations.addCause(obl);
    this.core.state.heldCauses++;
    const dueNs = isRetry ? this.core.nowNs + retry.delayNs : 0;
    this.lineTo(topic, this.partitionOf(topic, rec)).waiting.push({ obl, rec, member: member.number, isRetry, dueNs });
    member.passing.add(obl);
    this.drain();
    return true;
  }

  /** The number that it had, where the other topic has as many; else that of its key. */
  private partitionOf(topic: string, { obl, partition }: Rec): number {
    const count = max(1, this.core.state.connection.metadata?.leaders.get(topic)?.length ?? 1);
    const before = Number(partition.slice(partition.lastIndexOf('-') + 1));
    if (before < count) return before;
    const key = this.world.messages.key[this.world.obligations.msg[obl] as number] as number;
    return key < 0 ? 0 : partitionOfNumber(key, count);
  }

  private lineTo(topic: string, partition: number): Line {
    const name = nameOf({ topic, partition });
    const known = this.state.lines.get(name);
    if (known !== undefined) return known;
    const line: Line = { topic, partition, waiting: [], batch: 0, request: 0, sequence: 0 };
    this.state.lines.set(name, line);
    return line;
  }

  /** Sends what waits, wherever nothing is under way. */
  drain(): void {
    const { connection } = this.core.state;
    if (!this.isBusy) return;
    if (this.state.producerId === -1) {
      this.askId();
      return;
    }
    for (const line of [...this.state.lines.values()]) {
      const leaders = connection.metadata?.leaders.get(line.topic);
      if (line.waiting.length === 0 || line.request !== 0) continue;
      const door = leaders?.[line.partition] ?? -1;
      if (leaders === undefined) this.giveBack(line);
      else if (this.core.network.isUp(door)) this.send(line, door);
    }
  }

  /** The topic is gone: what was to go there is tried again where it is. */
  private giveBack(line: Line): void {
    const { obligations } = this.world;
    this.state.lines.delete(nameOf(line));
    for (const { member, obl, rec } of line.waiting) {
      this.core.loop.onNotPassedOn(member, rec);
      this.core.state.heldCauses--;
      obligations.dropCause(obl, this.core.place, FORGOTTEN);
    }
  }

  private askId(): void {
    const door = this.core.state.connection.doors.findIndex(({ isUp }) => isUp);
    if (this.state.isAskingId || door === -1) return;
    this.state.isAskingId = true;
    this.core.network.send(door, { api: 'init-producer-id' }, REQUEST_TIMEOUT_NS);
  }

  private send(line: Line, door: number): void {
    const { network } = this.core;
    const { world } = this;
    const { messages, obligations } = world;
    if (line.batch === 0) line.batch = this.batchOf(line);
    const batch = line.waiting.slice(0, line.batch);
    let sizeBytes = BATCH_BYTES;
    for (const { obl } of batch) {
      sizeBytes += (messages.sizeBytes[obligations.msg[obl] as number] as number) + RECORD_BYTES;
      obligations.addCause(obl);
      obligations.moveTo(obl, ON_WIRE);
      world.tellOf(obl, 'published', this.core.place, obligations.attempts[obl] as number);
      world.send((network.doors[door] as (typeof network.doors)[number]).out, DEAD_LETTER, obl, 1, MAX_ATTEMPTS);
    }
    const { partition, sequence, topic } = line;
    const content = {
      partition,
      recordCount: batch.length,
      sizeBytes,
      timestampNs: this.core.nowNs,
      producerId: this.state.producerId,
      producerEpoch: 0,
      baseSequence: sequence,
    };
    const passedOn = { isRetry: batch[0]?.isRetry ?? true, dueNs: batch.map(({ dueNs }) => dueNs) };
    line.request = network.send(door, { api: 'produce', acks: -1, topic, batches: [content], passedOn }, REQUEST_TIMEOUT_NS);
  }

  private batchOf({ waiting }: Line): number {
    const { messages, obligations } = this.world;
    let bytes = BATCH_BYTES;
    let count = 0;
    for (const { isRetry, obl } of waiting) {
      bytes += (messages.sizeBytes[obligations.msg[obl] as number] as number) + RECORD_BYTES;
      if ((bytes > BATCH_BYTES_MAX && count > 0) || isRetry !== waiting[0]?.isRetry) break;
      count++;
    }
    return count;
  }

  onResponse(response: Response): void {
    if (response.api === 'init-producer-id') {
      this.state.isAskingId = false;
      this.state.producerId = response.producerId;
      this.drain();
    } else if (response.api === 'produce') {
      const line = this.lineOf(response.id);
      if (line === undefined) return;
      line.request = 0;
      const error = response.results[0]?.error ?? null;
      if (error === null) this.onThere(line);
      else {
        this.core.network.askMetadata();
        this.later();
      }
    }
  }

  private lineOf(request: number): Line | undefined {
    return [...this.state.lines.values()].find((line) => line.request === request);
  }

  private onThere(line: Line): void {
    const { obligations } = this.world;
    line.sequence = sequenceAfter(line.sequence, line.batch);
    const done = line.waiting.splice(0, line.batch);
    line.batch = 0;
    this.state.passed += done.length;
    for (const { obl } of done) {
      this.core.state.heldCauses--;
      obligations.dropCause(obl, this.core.place, FORGOTTEN);
    }
    for (const { member, rec } of done) this.core.loop.onPassedOn(member, rec);
    this.drain();
  }

  onFailed({ request }: Call): void {
    if (request.api === 'init-producer-id') this.state.isAskingId = false;
    else {
      const line = this.lineOf(request.id);
      if (line === undefined) return;
      line.request = 0;
    }
    this.later();
  }

  private later(): void {
    addDeadline(this.world, this.core.deadlines, this.core.nowNs + RETRY_NS, PASS_ON_DUE);
  }

  /** Nobody sends it any more. */
  letGo(reason: number): void {
    for (const { waiting } of this.state.lines.values()) {
      this.core.dropRecords(
        waiting.map(({ rec }) => rec),
        reason,
      );
    }
    this.state.lines.clear();
  }
}
