// What the machine tells of the copies in its queues, entered in the delivery book: kept, out, back, gone. Deliveries go to their readers,
// direct replies past all queues, and what a reader says of one goes to the machine.

import type { OblIx, SubIx } from '../../kernel/ids.ts';
import { DEAD_LETTERED, DELAYED, DROPPED, EXPIRED, LOST, ON_WIRE, SKIPPED, WAITING } from '../../world/books.ts';
import { MODE_DIRECT } from '../../world/links.ts';
import * as packet from '../../world/packet-types.ts';
import { CRASH, FORGOTTEN, MAX_ATTEMPTS, OVERFLOW, REJECTED, REMOVED, TOO_OLD } from '../../world/reasons.ts';
import type { World } from '../../world/world.ts';
import type { Connection } from '../node-kind.ts';
import type { ActorCore, Session } from './actor-state.ts';
import type { BrokerDrawing } from './broker-drawing.ts';
import type { BrokerPublishes } from './broker-publishes.ts';
import { BY_REJECT } from './consumer.ts';
import type { Delivery } from './delivery.ts';
import type { Entry } from './entry-line.ts';
import type { Message } from './model.ts';
import type { Parting, Queue } from './queue.ts';

const REASON_OF = { rejected: REJECTED, expired: TOO_OLD, maxlen: OVERFLOW, delivery_limit: MAX_ATTEMPTS } as const;

/** How an obligation closes when its copy leaves a queue like this, if nobody else can cause the work. */
const PARTING: Readonly<Record<Parting, readonly [number, number]>> = {
  acknowledged: [LOST, FORGOTTEN],
  forgotten: [LOST, FORGOTTEN],
  dropped: [DROPPED, OVERFLOW],
  rejected: [DROPPED, REJECTED],
  expired: [EXPIRED, TOO_OLD],
  maxlen: [DROPPED, OVERFLOW],
  delivery_limit: [DROPPED, MAX_ATTEMPTS],
  purged: [LOST, REMOVED],
  deleted: [LOST, REMOVED],
  restart: [LOST, CRASH],
  retention: [SKIPPED, TOO_OLD],
};

export class BrokerDeliveries {
  private readonly actor: ActorCore;
  private readonly world: World;
  private readonly drawing: BrokerDrawing;
  private readonly publishes: BrokerPublishes;

  constructor(actor: ActorCore, drawing: BrokerDrawing, publishes: BrokerPublishes) {
    this.actor = actor;
    this.world = actor.world;
    this.drawing = drawing;
    this.publishes = publishes;
  }

  private subscription(part: string): SubIx {
    return this.world.books.subscription(part, this.actor.ix);
  }

  // ---------------------------------------------------------------- kept

  /** A queue keeps a copy, in place of one that died where `from` is what was owed of that; answers with what is owed of it. */
  kept(queue: Queue, message: Message, from: number): number {
    const cls = this.classIn(queue, message);
    if (from !== 0) {
      this.handOver(from, cls, message);
      return from;
    }
    const { name } = queue.spec;
    const obl = this.publishes.owed(message, this.subscription(this.drawing.drawn.parts.get(name) ?? name), cls);
    this.world.obligations.holder[obl] = this.actor.ix;
    return obl;
  }

  /** A dead letter takes what was owed for it along. */
  private handOver(obl: number, cls: number, message: Message): void {
    const { place, state } = this.actor;
    const { books, obligations } = this.world;
    const reason = REASON_OF[message.deaths?.last?.reason ?? 'rejected'];
    if (cls !== WAITING) state.deadLettered++;
    if (cls === DEAD_LETTERED && obligations.isOpen(obl)) books.countReason(true, DEAD_LETTERED, place, reason);
    obligations.moveTo(obl, cls);
    const told = cls === DEAD_LETTERED ? 'dead-lettered' : 'delayed';
    this.world.tellOf(obl, told, place, obligations.attempts[obl] as number, reason);
  }

  /**
   * Where the books have a message that lies ready in a queue: waiting, unless it died before and this is not where it died. Then it
   * is delayed in a queue that gives it back by itself or that somebody reads, a lane of retries, and dead-lettered where it rests.
   */
  private classIn(queue: Queue, { deaths }: Message): number {
    if (deaths === null || deaths.entries.some((death) => death.queue === queue.spec.name)) return WAITING;
    const { deadLetterExchange, messageTtlMs } = queue.settings;
    const givesBack = deadLetterExchange !== null && messageTtlMs !== Number.POSITIVE_INFINITY;
    return givesBack || queue.consumers.size > 0 ? DELAYED : DEAD_LETTERED;
  }

  // ---------------------------------------------------------------- out

  wentOut(queue: Queue, entry: Entry): void {
    // Of a stream it matters who reads.
    if (queue.stream === null) this.countAttempt(entry);
  }

  private countAttempt(entry: Entry): void {
    const { place, state } = this.actor;
    const { obligations } = this.world;
    const obl = entry.obligation;
    const attempt = (obligations.attempts[obl] as number) + 1;
    obligations.attempts[obl] = attempt;
    if (entry.isRedelivered) state.redeliveries++;
    this.world.tellOf(obl, 'delivered', place, attempt);
  }

  deliver(delivery: Delivery): void {
    const { connections, state } = this.actor;
    const { channel, entry, tag } = delivery;
    const slot = state.slots.get(channel);
    const connection = slot === undefined ? null : connections[slot];
    if (!connection) return;
    if (entry === null) {
      this.deliverReply(connection, delivery);
      return;
    }
    if (delivery.queueType === 'stream') {
      entry.obligation = this.readingOf(entry.obligation, connection.selfId, delivery.consumerTag);
      this.countAttempt(entry);
    }
    this.sendOut(connection, entry.obligation, tag);
  }

  /** A reply goes straight to its reader, and is acknowledged as it goes. */
  private deliverReply(connection: Connection, { message, tag }: Delivery): void {
    const { place } = this.actor;
    const { obligations } = this.world;
    const obl = this.publishes.accepted(message.content, this.subscription(connection.selfId), WAITING);
    obligations.attempts[obl] = 1;
    this.world.tellOf(obl, 'delivered', place, 1);
    this.sendOut(connection, obl, tag);
    obligations.endCause(obl, LOST, place, FORGOTTEN);
  }

  private sendOut(connection: Connection, obl: OblIx | number, tag: number): void {
    const { links, obligations } = this.world;
    obligations.addCause(obl);
    // On a link without delay it is there in this very instant: no book need see it on the way.
    if (links.mode[connection.out] !== MODE_DIRECT) obligations.moveTo(obl, ON_WIRE);
    this.world.aux[0] = obligations.attempts[obl] as number;
    this.world.send(connection.out, packet.DELIVER, obl, 1, tag);
  }

  // ---------------------------------------------------------------- back and gone

  /** A reader says what becomes of a delivery. */
  onSettle({ channel }: Session, type: number, obl: number, tag: number, aux: number): void {
    const { broker, place } = this.actor;
    const { obligations } = this.world;
    this.world.tellOf(obl, type === packet.ACK ? 'acknowledged' : 'returned', place, obligations.attempts[obl] as number);
    if (type === packet.ACK) broker.ack(channel, tag, false);
    else if (type === packet.REJECT) broker.nack(channel, tag, false, false);
    else if (aux === BY_REJECT) broker.reject(channel, tag, true);
    else broker.nack(channel, tag, false, true);
    obligations.dropMention(obl);
  }

  cameBack(queue: Queue, entry: Entry, isDelayed: boolean): void {
    this.world.obligations.moveTo(entry.obligation, isDelayed ? DELAYED : this.classIn(queue, entry.message));
  }

  gone(queue: Queue, { obligation: obl }: Entry, why: Parting): void {
    if (obl === 0) return;
    const { obligations } = this.world;
    if (queue.stream !== null && (why === 'acknowledged' || why === 'forgotten')) {
      // A stream keeps what was read, and whoever has not done its work may read it again.
      if (why === 'forgotten') obligations.moveTo(obl, WAITING);
      return;
    }
    const [cls, reason] = PARTING[why];
    if (cls !== LOST) this.world.settled++;
    if (queue.stream !== null) this.endReadings(obl, cls, reason);
    this.end(obl, cls, reason);
  }

  /** The broker has no copy any more. */
  private end(obl: number, cls: number, reason: number): void {
    const { obligations } = this.world;
    obligations.holder[obl] = 0;
    obligations.endCause(obl, cls, this.actor.place, reason);
  }

  /** The broker is gone for good, and with it what is on its disk. */
  onRemoved(): void {
    for (const { obligation } of this.actor.broker.allEntries()) {
      if (obligation === 0) continue;
      this.endReadings(obligation, LOST, REMOVED);
      this.end(obligation, LOST, REMOVED);
    }
  }

  // ---------------------------------------------------------------- readers of streams

  /** What a reader of a stream is owed of a record, of which `first` is what its first reader is owed. */
  private readingOf(first: number, part: string, tag: string): number {
    const { ix, state } = this.actor;
    const { obligations } = this.world;
    const { readings } = state;
    const known = readings.get(first) ?? new Map<string, number>();
    readings.set(first, known);
    const mine = known.get(tag);
    if (mine !== undefined) return mine;
    let obl = first;
    if (known.size > 0) {
      obl = obligations.open(obligations.msg[first] as number, this.subscription(`${part}\n${tag}`), WAITING);
      obligations.holder[obl] = ix;
    }
    known.set(tag, obl);
    return obl;
  }

  /** A record is gone from its stream: nobody will read it any more. */
  private endReadings(first: number, cls: number, reason: number): void {
    const { readings } = this.actor.state;
    for (const obl of readings.get(first)?.values() ?? []) if (obl !== first) this.end(obl, cls, reason);
    readings.delete(first);
  }
}
