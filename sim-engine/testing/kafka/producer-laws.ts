// The laws of producers (K15, K18 to K21) over any run: how long a batch may take, how much is buffered and under way, how long a producer
// waits before it tries again, and when it leaves the partition that it sticks to.

import { lookUp, valuesOf } from '../../kernel/number-map.ts';
import type { ConnectionState } from '../../nodes/kafka/client-connection.ts';
import type { Request } from '../../nodes/kafka/protocol.ts';
import type { BatchView, ProducerView, Watched } from './watched.ts';

/** Bytes of the head of a batch, and of what surrounds a record. */
const BATCH_BYTES = 61;
const RECORD_BYTES = 10;
const MS = 1_000_000;

/** What a producer sticks to. */
interface Stay {
  partition: number;
  bytes: number;
  /** Its beginning was seen. */
  isWhole: boolean;
}

/** Where a record without a key went, how large it was, and since when its producer had been up. */
interface Keyless {
  readonly partition: number;
  readonly bytes: number;
  readonly upNs: number;
}

interface ProducerNotes {
  /** Tries of each batch, and when it was told to wait until. */
  readonly tries: Map<number, { attempts: number; notBeforeNs: number; seenNs: number }>;
  /** By link: records that have gone out and whose request has not. */
  readonly onLink: Map<number, number[]>;
  /** Records without a key, by number. */
  readonly keyless: Map<number, Keyless>;
  lookedNs: number;
}

export class ProducerLaws {
  private readonly watched: Watched;
  private readonly notes = new Map<ProducerView, ProducerNotes>();

  constructor(watched: Watched) {
    this.watched = watched;
  }

  private notesOf(producer: ProducerView): ProducerNotes {
    const known = this.notes.get(producer);
    if (known !== undefined) return known;
    const made: ProducerNotes = { tries: new Map(), onLink: new Map(), keyless: new Map(), lookedNs: this.watched.nowNs };
    this.notes.set(producer, made);
    return made;
  }

  // ---------------------------------------------------------------- what is sent

  onRecord(producer: ProducerView, link: number, msg: number): void {
    const { onLink } = this.notesOf(producer);
    const known = onLink.get(link);
    if (known === undefined) onLink.set(link, [msg]);
    else known.push(msg);
  }

  onRequest(producer: ProducerView, link: number, request: Request): void {
    if (request.api !== 'produce') return;
    const { watched } = this;
    const notes = this.notesOf(producer);
    const { messages } = watched.simulation.world;
    const records = notes.onLink.get(link) ?? [];
    notes.onLink.set(link, []);
    let at = 0;
    for (const { partition, recordCount } of request.batches) {
      for (const msg of records.slice(at, at + recordCount)) {
        if ((messages.key[msg] as number) >= 0) continue;
        const bytes = (messages.sizeBytes[msg] as number) + RECORD_BYTES;
        const number = messages.number[msg] as number;
        if (!notes.keyless.has(number))
          notes.keyless.set(number, { partition, bytes, upNs: watched.upSinceNs(producer.host.ix) });
      }
      at += recordCount;
    }
    for (const { attempts, number } of lookUp(producer.state.inFlight, request.id) ?? []) {
      const before = notes.tries.get(number);
      if (before === undefined || before.attempts === 0 || before.attempts >= attempts) continue;
      if (watched.nowNs < before.notBeforeNs)
        watched.blame(21, `a batch was to wait until ${before.notBeforeNs} and went out before`);
    }
  }

  // ---------------------------------------------------------------- what is held

  /** At every tick. */
  look(): void {
    for (const client of this.watched.clients) {
      if (client.role === 'producer') this.judge(client.producer);
    }
  }

  private judge(producer: ProducerView): void {
    const { watched } = this;
    const notes = this.notesOf(producer);
    const waiting = [...producer.state.queues].flatMap(([, batches]) => batches);
    const underWay = valuesOf(producer.state.inFlight)
      .flat()
      .filter(({ isOver }) => !isOver);
    this.judgeAges(producer, [...waiting, ...underWay]);
    this.judgeBuffer(producer, [...waiting, ...underWay]);
    this.judgeUnderWay(producer);
    this.judgeWaits(producer, notes, waiting);
    for (const { attempts, notBeforeNs, number } of underWay)
      notes.tries.set(number, { attempts, notBeforeNs, seenNs: watched.nowNs });
    notes.lookedNs = watched.nowNs;
  }

  /** Every send ends within `delivery.timeout.ms` (K18). A host that stood still could end nothing. */
  private judgeAges({ deliveryTimeoutNs, host }: ProducerView, batches: readonly BatchView[]): void {
    const { watched } = this;
    const upNs = watched.upSinceNs(host.ix);
    for (const { createdNs } of batches) {
      const dueNs = Math.max(createdNs + deliveryTimeoutNs, upNs) + watched.slackNs;
      if (watched.nowNs > dueNs)
        watched.blame(18, `a batch of ${createdNs} is not done, after ${deliveryTimeoutNs} ns it should be`);
      else watched.count(18);
    }
  }

  /** What is buffered and under way fits into `buffer.memory` (K19); a record larger than that has it for itself. */
  private judgeBuffer({ bufferBytes }: ProducerView, batches: readonly BatchView[]): void {
    let bytes = 0;
    let records = 0;
    for (const batch of batches) {
      bytes += batch.bytes - BATCH_BYTES;
      records += batch.msgs.length;
    }
    if (bytes > bufferBytes && records > 1) this.watched.blame(19, `${bytes} bytes are held, there is room for ${bufferBytes}`);
    else if (bytes > bufferBytes / 2) this.watched.count(19);
  }

  /** Requests under way on one connection (K20). */
  private judgeUnderWay({ acks, inFlightMax, state }: ProducerView): void {
    if (acks === 0) return;
    const counts = new Map<number, number>();
    for (const { door, request } of callsOf(state.connection)) {
      if (request.api === 'produce') counts.set(door, (counts.get(door) ?? 0) + 1);
    }
    for (const [door, count] of counts) {
      if (count > inFlightMax)
        this.watched.blame(20, `${count} requests are under way to broker ${door + 1}, not ${inFlightMax}`);
      else if (count === inFlightMax) this.watched.count(20);
    }
  }

  /** A wait lies within a fifth of what the back-off says (K21). It began some time since the last look. */
  private judgeWaits({ backoff }: ProducerView, { lookedNs, tries }: ProducerNotes, waiting: readonly BatchView[]): void {
    const { watched } = this;
    for (const { attempts, notBeforeNs, number } of waiting) {
      const before = tries.get(number);
      tries.set(number, { attempts, notBeforeNs, seenNs: watched.nowNs });
      if (attempts === 0 || (before?.attempts === attempts && before.notBeforeNs === notBeforeNs)) continue;
      const meanMs = Math.min(backoff.maxMs, backoff.initialMs * 2 ** (attempts - 1));
      // Rounded down to a millisecond, as Java does.
      const leastNs = lookedNs + (Math.floor(0.8 * meanMs) - 1) * MS;
      const mostNs = watched.nowNs + Math.min(1.2 * meanMs, Math.max(backoff.maxMs, meanMs)) * MS;
      if (notBeforeNs < leastNs || notBeforeNs > mostNs)
        watched.blame(21, `after try ${attempts} a batch waits until ${notBeforeNs}, not between ${leastNs} and ${mostNs}`);
      else watched.count(21);
    }
  }

  // ---------------------------------------------------------------- at the end

  /** Records without a key stay with a partition until a batch's worth of bytes has gone there (K15), as far as all of them were seen. */
  finish(): void {
    for (const [producer, { keyless }] of this.notes)
      this.judgeStays(
        producer,
        [...keyless].sort(([a], [b]) => a - b),
      );
  }

  private judgeStays({ batchBytes }: ProducerView, records: readonly (readonly [number, Keyless])[]): void {
    const { watched } = this;
    let stay: Stay | null = null;
    let before = -1;
    let lifeNs = -1;
    for (const [number, { bytes, partition, upNs }] of records) {
      // What a producer sticks to dies with it, and of one that was not seen nothing is known.
      if (stay === null || number !== before + 1 || upNs !== lifeNs) stay = { partition, bytes: 0, isWhole: false };
      else if (partition !== stay.partition) {
        if (stay.isWhole && stay.bytes < batchBytes)
          watched.blame(15, `record ${number} leaves partition ${stay.partition} after ${stay.bytes} bytes of ${batchBytes}`);
        else watched.count(15);
        stay = { partition, bytes: 0, isWhole: true };
      }
      stay.bytes += bytes;
      before = number;
      lifeNs = upNs;
    }
  }
}

const callsOf = ({ calls }: ConnectionState): readonly { readonly door: number; readonly request: Request }[] => valuesOf(calls);
