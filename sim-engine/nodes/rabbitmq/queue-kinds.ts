// What each sort of queue answers to what the broker asks of it, so that the broker asks all alike.

import { valuesOf } from '../../kernel/number-map.ts';
import type { Settling } from './channel.ts';
import {
  classicAck,
  classicCancel,
  classicChannelDown,
  classicConsume,
  classicConsumeRefusal,
  classicDiscard,
  classicDueNs,
  classicGet,
  classicPurge,
  classicRequeue,
  classicResettle,
  classicRestart,
  classicRun,
  isClassicExpired,
} from './classic-queue.ts';
import type { Consumer } from './consumers.ts';
import { type Entry, entriesOf } from './entry-line.ts';
import { DONE, type HeaderTable, NOT_IMPLEMENTED, type ReplyCode, type Version } from './model.ts';
import type { Queue, QueueHost } from './queue.ts';
import type { Overflow, QueueType } from './queue-settings.ts';
import {
  isQuorumExpired,
  quorumAck,
  quorumCancel,
  quorumChannelDown,
  quorumConsume,
  quorumConsumerCount,
  quorumDiscard,
  quorumDueNs,
  quorumGet,
  quorumGetRefusal,
  quorumPurge,
  quorumRequeue,
  quorumResettle,
  quorumRestart,
  quorumWake,
  UNLIMITED_PREFETCH,
} from './quorum-queue.ts';
import {
  recordsOf,
  retainStream,
  streamCancel,
  streamChannelDown,
  streamConsume,
  streamConsumeRefusal,
  streamSettle,
} from './stream-queue.ts';

/** How somebody wants to read. */
export interface Reading {
  readonly prefetch: number;
  readonly sharedPrefetch: number;
  readonly isAutomatic: boolean;
  readonly isExclusive: boolean;
  readonly args: HeaderTable;
}

export interface QueueKind {
  /** What becomes of a deletion that is made conditional. */
  readonly conditions: 'kept' | 'refused' | 'passed over';
  /** Arguments with which it may be read. */
  readonly readingArguments: readonly string[];
  /** What a passive declaration tells, and whether asking counts as use. */
  readonly countsAsking: boolean;
  consumerCount(queue: Queue): number;
  consumeRefusal(queue: Queue, reading: Reading): ReplyCode;
  /** The window of a consumer: what was asked for, or the kind's own bound. */
  window(prefetch: number): number;
  /** Whether a window bounds this reader at all. */
  isBounded(prefetch: number, isAutomatic: boolean): boolean;
  consume(host: QueueHost, queue: Queue, consumer: Consumer, args: HeaderTable): void;
  cancel(host: QueueHost, queue: Queue, consumer: Consumer): void;
  channelDown(host: QueueHost, queue: Queue, channel: number): void;
  settle(host: QueueHost, queue: Queue, positions: readonly number[], how: Settling): void;
  getRefusal(queue: Queue): ReplyCode;
  get(host: QueueHost, queue: Queue, channel: number, isAutomatic: boolean): Entry | null;
  purgeRefusal: ReplyCode;
  purge(host: QueueHost, queue: Queue): number;
  /** Limits or times have changed; `overflow` is how it kept to its limits before. */
  resettle(host: QueueHost, queue: Queue, overflow: Overflow): void;
  restart(host: QueueHost, queue: Queue): void;
  dueNs(host: QueueHost, queue: Queue): number;
  isExpired(queue: Queue, nowNs: number): boolean;
  wake(host: QueueHost, queue: Queue): void;
}

const isFailed = (how: Settling): boolean => how === 'reject-requeue' || how === 'reject-discard';

const CLASSIC: QueueKind = {
  conditions: 'kept',
  readingArguments: ['x-priority'],
  countsAsking: true,
  consumerCount: ({ consumers }) => consumers.size,
  consumeRefusal: (queue, { isExclusive }) => classicConsumeRefusal(queue, isExclusive),
  window: (prefetch) => prefetch,
  isBounded: (prefetch, isAutomatic) => prefetch > 0 && !isAutomatic,
  consume: classicConsume,
  cancel: classicCancel,
  channelDown: classicChannelDown,
  settle(host, queue, positions, how) {
    if (how === 'ack') classicAck(host, queue, positions);
    else if (how === 'nack-requeue' || how === 'reject-requeue') classicRequeue(host, queue, positions, isFailed(how));
    else classicDiscard(host, queue, positions, isFailed(how));
  },
  getRefusal: () => DONE,
  get: classicGet,
  purgeRefusal: DONE,
  purge: classicPurge,
  resettle: classicResettle,
  restart: classicRestart,
  dueNs: (_host, queue) => classicDueNs(queue),
  isExpired: isClassicExpired,
  wake: classicRun,
};

const QUORUM: QueueKind = {
  conditions: 'refused',
  readingArguments: ['x-priority', 'x-consumer-timeout'],
  countsAsking: false,
  consumerCount: quorumConsumerCount,
  // A window of the whole channel is nothing it could keep to.
  consumeRefusal: (_queue, { sharedPrefetch }) => (sharedPrefetch > 0 ? NOT_IMPLEMENTED : DONE),
  window: (prefetch) => (prefetch === 0 || prefetch > UNLIMITED_PREFETCH ? UNLIMITED_PREFETCH : prefetch),
  isBounded: () => true,
  consume: quorumConsume,
  cancel: quorumCancel,
  channelDown: quorumChannelDown,
  settle(host, queue, positions, how) {
    if (how === 'ack') quorumAck(host, queue, positions);
    else if (how === 'nack-requeue' || how === 'reject-requeue') quorumRequeue(host, queue, positions, isFailed(how));
    else quorumDiscard(host, queue, positions, isFailed(how));
  },
  getRefusal: quorumGetRefusal,
  get: quorumGet,
  purgeRefusal: DONE,
  purge: quorumPurge,
  resettle: quorumResettle,
  restart: quorumRestart,
  dueNs: quorumDueNs,
  isExpired: isQuorumExpired,
  wake: quorumWake,
};

const STREAM: QueueKind = {
  conditions: 'passed over',
  readingArguments: ['x-stream-offset', 'x-stream-filter', 'x-stream-match-unfiltered'],
  countsAsking: false,
  consumerCount: ({ consumers }) => consumers.size,
  consumeRefusal: (_queue, { args, isAutomatic, prefetch }) => streamConsumeRefusal(prefetch, isAutomatic, args),
  window: (prefetch) => prefetch,
  isBounded: () => true,
  consume: streamConsume,
  cancel: (_host, queue, consumer) => streamCancel(queue, consumer),
  channelDown: streamChannelDown,
  settle: (host, queue, positions) => streamSettle(host, queue, positions),
  getRefusal: () => NOT_IMPLEMENTED,
  get: () => null,
  purgeRefusal: NOT_IMPLEMENTED,
  purge: () => 0,
  resettle: retainStream,
  restart(host, queue) {
    for (const channel of new Set([...queue.consumers.values()].map((consumer) => consumer.channel)))
      streamChannelDown(host, queue, channel);
  },
  dueNs: () => Number.POSITIVE_INFINITY,
  isExpired: () => false,
  wake() {},
};

const KINDS: Readonly<Record<QueueType, QueueKind>> = { classic: CLASSIC, quorum: QUORUM, stream: STREAM };

export const kindOf = (queue: Queue): QueueKind => KINDS[queue.type];

/** Every copy that lies in a queue or is out of it. */
export function* entriesIn(queue: Queue): Generator<Entry> {
  for (const line of [queue.returned, ...queue.levels]) yield* entriesOf(line);
  for (const { entry } of queue.delayed) yield entry;
  for (const { entry } of queue.retained) yield entry;
  yield* recordsOf(queue);
  if (queue.stream === null) for (const { entry } of valuesOf(queue.unacked)) yield entry;
}

const READING_ARGUMENTS: readonly string[] = Object.values(KINDS).flatMap(({ readingArguments }) => readingArguments);

/** Whether a queue may be read with these arguments: none that only others know, and numbers where it takes one (`check_consume_arguments`). */
export function isReadable(queue: Queue, args: HeaderTable, version: Version): boolean {
  const { readingArguments } = kindOf(queue);
  for (const [name, value] of args) {
    // Came with 4.3.
    if (name === 'x-consumer-timeout' && version !== '4.3') continue;
    if (READING_ARGUMENTS.includes(name) && !readingArguments.includes(name)) return false;
    if (name === 'x-priority' && !Number.isInteger(value)) return false;
    if (name === 'x-consumer-timeout' && !(typeof value === 'number' && Number.isInteger(value) && value >= 0)) return false;
  }
  return true;
}
