// The laws of the log (K1 to K3, K14, K16, K17, K31, K32) over any run: what each partition was given, record by record, and what it still
// has. It finds what is new by itself and never believes what a broker says of it.

import { nameOf } from '../../nodes/kafka/assignors/assignment.ts';
import type { Partition } from '../../nodes/kafka/broker-state.ts';
import { recordOffset } from '../../nodes/kafka/log-segment.ts';
import { lastStableOffset } from '../../nodes/kafka/partition-log.ts';
import type { Response } from '../../nodes/kafka/protocol.ts';
import { plainPartition } from '../slow-twins/plain-murmur2.ts';
import type { Watched, WatchedBroker } from './watched.ts';

interface Written {
  readonly offset: number;
  readonly sender: number;
  readonly number: number;
  readonly key: number;
}

/** A partition as the watcher has it. */
interface LogNotes {
  readonly partition: Partition;
  logEnd: number;
  highWatermark: number;
  logStart: number;
  /** First offsets of the segments, oldest first, and how many records each had. */
  segments: { readonly baseOffset: number; readonly recordCount: number }[];
  readonly written: Written[];
  /** By key: where its last record lies. */
  readonly lastOf: Map<number, number>;
  /** By sender: the highest number, and all. */
  readonly highest: Map<number, number>;
  readonly numbers: Map<number, Set<number>>;
  wasCompacted: boolean;
}

export class LogLaws {
  private readonly watched: Watched;
  private readonly notes = new Map<string, LogNotes>();
  /** By topic: how many partitions it had at any time. */
  private readonly counts = new Map<string, Set<number>>();

  constructor(watched: Watched) {
    this.watched = watched;
  }

  private notesOf({ ix }: WatchedBroker, partition: Partition): LogNotes {
    const name = `${ix} ${nameOf(partition)}`;
    const known = this.notes.get(name);
    if (known?.partition === partition) return known;
    const made: LogNotes = {
      partition,
      logEnd: 0,
      highWatermark: 0,
      logStart: 0,
      segments: [],
      written: [],
      lastOf: new Map(),
      highest: new Map(),
      numbers: new Map(),
      wasCompacted: false,
    };
    this.notes.set(name, made);
    return made;
  }

  // ---------------------------------------------------------------- what is appended

  /** A request may have written something: reads what is behind the end that was known. */
  readNew(broker: WatchedBroker): void {
    this.noteCounts(broker);
    for (const partition of broker.broker.state.partitions.values()) {
      const notes = this.notesOf(broker, partition);
      if (partition.log.logEnd !== notes.logEnd) this.readOf(notes);
    }
  }

  private noteCounts({ broker }: WatchedBroker): void {
    for (const [topic, leaders] of broker.state.metadata?.leaders ?? []) {
      const counts = this.counts.get(topic) ?? new Set();
      this.counts.set(topic, counts.add(leaders.length));
    }
  }

  private readOf(notes: LogNotes): void {
    const { log, partition, topic } = notes.partition;
    const { messages } = this.watched.simulation.world;
    const fresh: Written[] = [];
    for (const segment of log.segments) {
      for (let record = segment.recordCount - 1; record >= 0; record--) {
        const offset = recordOffset(segment, record);
        if (offset < notes.logEnd) break;
        const msg = segment.item[record] as number;
        const sender = messages.sender[msg] as number;
        fresh.push({ offset, sender, number: messages.number[msg] as number, key: messages.key[msg] as number });
      }
    }
    fresh.sort((a, b) => a.offset - b.offset);
    if (fresh.length > 0 && fresh[0]?.offset !== notes.logEnd)
      this.watched.blame(1, `${topic}-${partition} goes on at ${fresh[0]?.offset}, not at ${notes.logEnd}`);
    for (const [i, one] of fresh.entries()) {
      if (i > 0 && one.offset <= (fresh[i - 1] as Written).offset)
        this.watched.blame(1, `${topic}-${partition} has offset ${one.offset} twice`);
      this.judgeRecord(notes, one);
    }
    this.watched.count(1);
    notes.logEnd = log.logEnd;
  }

  private judgeRecord(notes: LogNotes, one: Written): void {
    const { watched } = this;
    const { partition, topic } = notes.partition;
    const where = `${topic}-${partition} at ${one.offset}`;
    if (one.key >= 0) {
      const counts = [...(this.counts.get(topic) ?? [])];
      if (!counts.some((count) => plainPartition(String(one.key), count) === partition))
        watched.blame(14, `${where}: key ${one.key} belongs elsewhere`);
      else watched.count(14);
    }
    const numbers = notes.numbers.get(one.sender) ?? new Set();
    notes.numbers.set(one.sender, numbers);
    this.judgeOrder(notes, one, numbers.has(one.number), where);
    numbers.add(one.number);
    notes.highest.set(one.sender, Math.max(notes.highest.get(one.sender) ?? 0, one.number));
    notes.written.push(one);
    notes.lastOf.set(one.key, one.offset);
  }

  /** Numbered by the producer: each once and in order (K16). Not, but one request at a time: again perhaps, but never overtaken (K17). */
  private judgeOrder(notes: LogNotes, { number, sender }: Written, isAgain: boolean, where: string): void {
    const { watched } = this;
    const { topic } = notes.partition;
    const producers = watched.clients.filter(
      (client) => client.role === 'producer' && client.hostIx === sender && client.producer.topic === topic,
    );
    const [only] = producers;
    if (producers.length !== 1 || only?.role !== 'producer') return;
    const { acks, inFlightMax, isIdempotent } = only.producer;
    const highest = notes.highest.get(sender) ?? 0;
    const isOvertaken = !isAgain && number < highest;
    if (isIdempotent) {
      if (isAgain) watched.blame(16, `${where}: number ${number} of sender ${sender} is there already`);
      else if (isOvertaken) watched.blame(16, `${where}: number ${number} of sender ${sender} behind ${highest}`);
      else watched.count(16);
    } else if (inFlightMax === 1 && acks !== 0) {
      if (isOvertaken) watched.blame(17, `${where}: one at a time, yet number ${number} of sender ${sender} behind ${highest}`);
      else watched.count(17);
    }
  }

  // ---------------------------------------------------------------- marks

  /** At every tick. */
  look(): void {
    for (const broker of this.watched.brokers) {
      this.readNew(broker);
      for (const partition of broker.broker.state.partitions.values()) this.judgeMarks(this.notesOf(broker, partition), broker);
    }
  }

  private judgeMarks(notes: LogNotes, { broker }: WatchedBroker): void {
    const { watched } = this;
    const { log, partition, topic } = notes.partition;
    const { highWatermark, logEnd, logStart } = log;
    const stable = lastStableOffset(log);
    const name = `${topic}-${partition}`;
    if (!(logStart <= stable && stable <= highWatermark && highWatermark <= logEnd))
      watched.blame(2, `${name}: start ${logStart}, stable ${stable}, high watermark ${highWatermark}, end ${logEnd}`);
    if (highWatermark < notes.highWatermark)
      watched.blame(2, `${name}: the high watermark went back from ${notes.highWatermark} to ${highWatermark}`);
    if (highWatermark > notes.highWatermark) watched.count(2);
    notes.highWatermark = highWatermark;
    this.judgeRetention(notes, name, broker.settings.get(topic)?.isCompacted === true);
  }

  /** Whole segments go, the oldest first, and the start of the log moves forward with them (K31). */
  private judgeRetention(notes: LogNotes, name: string, isCompacted: boolean): void {
    const { watched } = this;
    const { log } = notes.partition;
    const now = log.segments.map(({ baseOffset, recordCount }) => ({ baseOffset, recordCount }));
    const before = notes.segments;
    if (log.logStart < notes.logStart) watched.blame(31, `${name}: the log began at ${notes.logStart}, now at ${log.logStart}`);
    if (log.logStart > notes.logStart && log.logStart > log.highWatermark)
      watched.blame(31, `${name}: the log begins at ${log.logStart}, above the high watermark`);
    notes.wasCompacted ||= isCompacted;
    if (!notes.wasCompacted) {
      const gone = before.findIndex(({ baseOffset }) => baseOffset === now[0]?.baseOffset);
      const kept = gone === -1 ? [] : before.slice(gone);
      for (const [i, { baseOffset, recordCount }] of kept.entries()) {
        if (now[i]?.baseOffset !== baseOffset || (now[i]?.recordCount ?? 0) < recordCount)
          watched.blame(31, `${name}: of the segment from ${baseOffset} on some is missing, and it was not the oldest`);
      }
      if (log.logStart > notes.logStart && now[0]?.baseOffset !== log.logStart)
        watched.blame(31, `${name}: the log begins in the middle of a segment, at ${log.logStart}`);
    }
    if (log.logStart > notes.logStart) watched.count(31);
    notes.logStart = log.logStart;
    notes.segments = now;
  }

  // ---------------------------------------------------------------- what is read

  /** Nobody is given what nobody may see (K3). */
  onResponse({ broker }: WatchedBroker, response: Response): void {
    if (response.api !== 'fetch') return;
    for (const part of response.partitions) {
      const log = broker.state.partitions.get(nameOf(part))?.log;
      for (const offset of part.offsets) {
        if (log === undefined || offset >= log.highWatermark || offset < log.logStart)
          this.watched.blame(3, `${nameOf(part)}: offset ${offset} was handed out, readers see up to ${log?.highWatermark}`);
        else this.watched.count(3);
      }
    }
  }

  // ---------------------------------------------------------------- compaction

  /** Walks through all logs: what is left is of what was written, in its order, and of each key the last record (K1, K32). */
  lookThrough(): void {
    for (const notes of this.notes.values()) this.judgeContents(notes);
  }

  private judgeContents(notes: LogNotes): void {
    const { watched } = this;
    const { log, partition, topic } = notes.partition;
    const { messages } = watched.simulation.world;
    const name = `${topic}-${partition}`;
    const left = new Set<number>();
    let last = -1;
    for (const segment of log.segments) {
      for (let record = 0; record < segment.recordCount; record++) {
        const offset = recordOffset(segment, record);
        const msg = segment.item[record] as number;
        const written = notes.written[offset];
        if (offset <= last) watched.blame(1, `${name}: offset ${offset} comes behind ${last}`);
        else if (written !== undefined && written.number !== messages.number[msg])
          watched.blame(notes.wasCompacted ? 32 : 1, `${name}: at ${offset} lies another record than was written there`);
        last = offset;
        left.add(offset);
      }
    }
    watched.count(1);
    let isThinned = false;
    for (const { key, offset } of notes.written) {
      if (offset < log.logStart || left.has(offset)) continue;
      isThinned = true;
      if (!notes.wasCompacted) watched.blame(1, `${name}: nothing is left of offset ${offset}`);
      else if (key >= 0 && notes.lastOf.get(key) === offset)
        watched.blame(32, `${name}: offset ${offset} is gone, and it was the last of its key`);
    }
    if (isThinned) watched.count(32);
  }
}
