// A stream: a log that is read without being taken from. Messages are numbered from 0, each reader goes on from its own offset as far as
// its credit lasts, and what is old or too much goes by whole segments. Follows `rabbit_stream_queue`; doc: streams.

import { putIn, takeFrom, valuesOf } from '../../kernel/number-map.ts';
import type { Consumer } from './consumers.ts';
import type { Entry } from './entry-line.ts';
import {
  DONE,
  type HeaderTable,
  type HeaderValue,
  type Message,
  NOT_IMPLEMENTED,
  PRECONDITION_FAILED,
  type ReplyCode,
} from './model.ts';
import type { Queue, QueueHost } from './queue.ts';

const MS = 1_000_000;
/** `1h`, `10m`: how far back in time a reader begins. */
const INTERVAL = /^([0-9]+)([YMDhms])$/;
const UNIT_MS: Readonly<Record<string, number>> = {
  Y: 31_536_000_000,
  M: 2_592_000_000,
  D: 86_400_000,
  h: 3_600_000,
  m: 60_000,
  s: 1000,
};

export interface StreamRecord {
  readonly message: Message;
  readonly bytes: number;
  readonly timeNs: number;
  /** What the books of the run know it by; 0 = none. Every reading of it is on behalf of this. */
  readonly obligation: number;
}

/** A run of records that is kept or goes as a whole. */
export interface Segment {
  readonly records: StreamRecord[];
  bytes: number;
}

export interface StreamLog {
  /** Offset of the first record that is still there. */
  firstOffset: number;
  nextOffset: number;
  readonly segments: Segment[];
  /** By key of consumer: the offset it gets next. */
  readonly readers: Map<number, number>;
}

export const newStreamLog = (): StreamLog => ({ firstOffset: 0, nextOffset: 0, segments: [], readers: new Map() });

/** Adds at the end; the last segment is closed when it is full, and what exceeds the limits goes then. Answers with the offset. */
export function appendToStream(host: QueueHost, queue: Queue, message: Message, obligation: number): number {
  const log = queue.stream as StreamLog;
  let segment = log.segments.at(-1);
  if (segment === undefined || segment.bytes >= queue.settings.segmentBytes) {
    segment = { records: [], bytes: 0 };
    log.segments.push(segment);
    retainStream(host, queue);
  }
  segment.records.push({ message, bytes: message.bodyBytes, timeNs: host.nowNs(), obligation });
  segment.bytes += message.bodyBytes;
  const offset = log.nextOffset++;
  queue.ready++;
  queue.readyBytes += message.bodyBytes;
  runStream(host, queue);
  return offset;
}

/** Lets the oldest segments go while there are too many bytes or they are too old; never the one that is written to. */
export function retainStream(host: QueueHost, queue: Queue): void {
  const log = queue.stream as StreamLog;
  const { maxAgeMs, maxBytes } = queue.settings;
  while (log.segments.length > 1) {
    const oldest = log.segments[0] as Segment;
    const isOld = host.nowNs() - (oldest.records.at(-1) as StreamRecord).timeNs > maxAgeMs * MS;
    if (queue.readyBytes <= maxBytes && !isOld) return;
    log.segments.shift();
    log.firstOffset += oldest.records.length;
    queue.ready -= oldest.records.length;
    queue.readyBytes -= oldest.bytes;
    for (const record of oldest.records) host.letGo(queue, entryOf(record, 0, record.message), 'retention');
  }
}

/** Streams are read with a window and with acknowledgements, which give credit. */
export function streamConsumeRefusal(prefetch: number, isAutomatic: boolean, args: HeaderTable): ReplyCode {
  if (isAutomatic) return NOT_IMPLEMENTED;
  return prefetch === 0 || !isOffset(args.get('x-stream-offset')) ? PRECONDITION_FAILED : DONE;
}

function isOffset(value: HeaderValue | undefined): boolean {
  if (value === undefined || (typeof value === 'number' && value >= 0)) return true;
  if (typeof value !== 'string') return isTime(value);
  return value === 'first' || value === 'last' || value === 'next' || INTERVAL.test(value);
}

/** A point in time, as a table of one entry: AMQP's type for it is no value of a message here. */
const isTime = (value: HeaderValue): value is HeaderTable => value instanceof Map && typeof value.get('timestamp') === 'number';

export function streamConsume(host: QueueHost, queue: Queue, consumer: Consumer, args: HeaderTable): void {
  const log = queue.stream as StreamLog;
  queue.consumers.set(consumer.key, consumer);
  queue.hadConsumers = true;
  log.readers.set(consumer.key, firstOffsetFor(host, log, args.get('x-stream-offset') ?? 'next'));
  runStream(host, queue);
}

/** Offset from which a reader begins. A number or a time before the first record means the first, one beyond the end the next. */
function firstOffsetFor(host: QueueHost, log: StreamLog, from: HeaderValue): number {
  if (from === 'first') return log.firstOffset;
  if (from === 'next') return log.nextOffset;
  if (from === 'last') return lastChunk(log);
  if (typeof from === 'number') return from < log.firstOffset ? log.firstOffset : from;
  if (isTime(from)) return offsetAt(log, (from.get('timestamp') as number) * 1000 * MS);
  const [, count, unit] = INTERVAL.exec(from as string) as unknown as readonly [string, string, string];
  return offsetAt(log, host.nowNs() - Number(count) * (UNIT_MS[unit] as number) * MS);
}

/** The last chunk: what was written in one instant goes into one. */
function lastChunk(log: StreamLog): number {
  const times = log.segments.flatMap(({ records }) => records.map(({ timeNs }) => timeNs));
  const last = times.at(-1);
  let count = 0;
  while (count < times.length && times[times.length - 1 - count] === last) count++;
  return log.nextOffset - count;
}

function offsetAt(log: StreamLog, timeNs: number): number {
  let offset = log.firstOffset;
  for (const { records } of log.segments) {
    for (const record of records) {
      if (record.timeNs >= timeNs) return offset;
      offset++;
    }
  }
  return offset;
}

export function streamCancel(queue: Queue, consumer: Consumer): void {
  queue.consumers.delete(consumer.key);
  (queue.stream as StreamLog).readers.delete(consumer.key);
}

/** Whatever the word, it gives credit and nothing else: a stream takes nothing back and counts no failures. */
export function streamSettle(host: QueueHost, queue: Queue, positions: readonly number[]): void {
  for (const position of positions) {
    const out = takeFrom(queue.unacked, position);
    if (out === undefined) continue;
    host.letGo(queue, out.entry, 'acknowledged');
    const consumer = queue.consumers.get(out.consumer);
    if (consumer === undefined) continue;
    consumer.held--;
    consumer.credit++;
  }
  runStream(host, queue);
}

/** The channel is gone. Where its readers were is for them to remember. */
export function streamChannelDown(host: QueueHost, queue: Queue, channel: number): void {
  for (const consumer of [...queue.consumers.values()]) if (consumer.channel === channel) streamCancel(queue, consumer);
  for (const { channel: holder, entry } of valuesOf(queue.unacked)) {
    if (holder !== channel) continue;
    takeFrom(queue.unacked, entry.position);
    host.letGo(queue, entry, 'forgotten');
  }
}

function runStream(host: QueueHost, queue: Queue): void {
  const log = queue.stream as StreamLog;
  for (const consumer of queue.consumers.values()) {
    let next = log.readers.get(consumer.key) as number;
    if (next < log.firstOffset) next = log.firstOffset;
    while (consumer.credit > 0 && next < log.nextOffset) {
      consumer.credit--;
      consumer.held++;
      const entry = entryAt(queue, log, next);
      putIn(queue.unacked, entry.position, {
        entry,
        channel: consumer.channel,
        consumer: consumer.key,
        dueNs: Number.POSITIVE_INFINITY,
        getTag: 0,
      });
      host.deliver(queue, consumer, entry);
      next++;
      log.readers.set(consumer.key, next);
    }
  }
}

/** A reading of the record at an offset, with its offset in the headers. */
function entryAt(queue: Queue, log: StreamLog, offset: number): Entry {
  const record = recordAt(log, offset);
  const headers = new Map<string, HeaderValue>(record.message.headers ?? []);
  headers.set('x-stream-offset', offset);
  return entryOf(record, ++queue.positions, { ...record.message, headers });
}

/** A record as an entry of a queue. */
function entryOf({ bytes, obligation }: StreamRecord, position: number, message: Message): Entry {
  return {
    position,
    message,
    expiresNs: Number.POSITIVE_INFINITY,
    bytes,
    level: 0,
    isRedelivered: false,
    failedCount: 0,
    returnedCount: 0,
    obligation,
  };
}

/** All records that are there, as entries. */
export function* recordsOf(queue: Queue): Generator<Entry> {
  for (const { records } of queue.stream?.segments ?? []) for (const record of records) yield entryOf(record, 0, record.message);
}

function recordAt(log: StreamLog, offset: number): StreamRecord {
  let at = offset - log.firstOffset;
  let segment = 0;
  while (at >= (log.segments[segment] as Segment).records.length) at -= (log.segments[segment++] as Segment).records.length;
  return (log.segments[segment] as Segment).records[at] as StreamRecord;
}
