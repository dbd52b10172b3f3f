// A classic queue: one place, original order. A message that comes back stands where it stood; expired ones leave at the head of the
// line alone; a consumer that is full is found out when its turn comes. Follows `rabbit_amqqueue_process` and `rabbit_queue_consumers`.

import { keysOf, putIn, takeFrom } from '../../kernel/number-map.ts';
import { type Consumer, firstTurn, joinTurns, leaveTurns, passTurn } from './consumers.ts';
import { clearLine, type Entry, entriesOf, insertEntry, type Line } from './entry-line.ts';
import { ACCESS_REFUSED, DONE, type Message, type ReplyCode } from './model.ts';
import {
  consumersOf,
  deadlineNs,
  headAt,
  heldBy,
  lineAt,
  pushReady,
  type Queue,
  type QueueHost,
  shiftReady,
  topLevel,
  type Unacked,
} from './queue.ts';
import type { Overflow } from './queue-settings.ts';

const MS = 1_000_000;
/** A classic queue has no deadline of its own for a delivery. */
const NEVER = Number.POSITIVE_INFINITY;

function newEntry(host: QueueHost, queue: Queue, message: Message): Entry {
  const { maxPriority, messageTtlMs } = queue.settings;
  const priority = message.priority < 0 ? 0 : message.priority;
  const failed = host.version === '4.3' ? message.failedDeliveries : 0;
  return {
    position: ++queue.positions,
    message,
    expiresNs: deadlineNs(message, messageTtlMs, host.nowNs(), 0),
    bytes: message.bodyBytes,
    level: maxPriority < 0 ? 0 : priority < maxPriority ? priority : maxPriority,
    isRedelivered: failed > 0,
    failedCount: failed,
    returnedCount: 0,
    obligation: 0,
  };
}

/** Whether one more message is more than the queue may hold. */
export function classicWouldOverflow(queue: Queue, message: Message): boolean {
  const { maxBytes, maxLength, overflow } = queue.settings;
  if (overflow === 'drop-head') return false;
  return queue.ready + 1 > maxLength || queue.readyBytes + message.bodyBytes > maxBytes;
}

/** Takes a message that has room: to a consumer at once, or into the line. `from` is what a message was known by that died before. */
export function classicEnqueue(host: QueueHost, queue: Queue, message: Message, from: number): void {
  const entry = newEntry(host, queue, message);
  host.keep(queue, entry, from);
  // Active consumers and ready messages never stand opposite each other, so nobody is overtaken.
  const reader = nextReader(host, queue);
  if (reader !== null) {
    // What failed in another queue shows only to who finds it lying here (`deliver_or_enqueue`; seen on 4.3.6).
    entry.isRedelivered = false;
    handOut(host, queue, reader, entry);
    return;
  }
  pushReady(queue, entry);
  dropOverLimit(host, queue);
  classicDropExpired(host, queue);
}

/** The consumer that gets the next message, and has had its turn with that; null if nobody can take one. */
function nextReader(host: QueueHost, queue: Queue): Consumer | null {
  if (queue.settings.isSingleActive) {
    const holder = queue.consumers.get(queue.holder);
    if (holder === undefined || holder.blockedAt !== 0) return null;
    if (canTake(host, holder)) return holder;
    block(queue, holder);
    return null;
  }
  for (let key = firstTurn(queue.turns); key !== 0; key = firstTurn(queue.turns)) {
    const consumer = queue.consumers.get(key) as Consumer;
    if (canTake(host, consumer)) {
      passTurn(queue.turns);
      return consumer;
    }
    block(queue, consumer);
  }
  return null;
}

function canTake(host: QueueHost, consumer: Consumer): boolean {
  return consumer.credit > 0 && (consumer.isAutomatic || host.hasRoom(consumer.channel));
}

function block(queue: Queue, consumer: Consumer): void {
  leaveTurns(queue.turns, consumer);
  consumer.blockedAt = ++queue.blocks;
}

function handOut(host: QueueHost, queue: Queue, consumer: Consumer, entry: Entry): void {
  if (!consumer.isAutomatic) {
    consumer.credit--;
    consumer.held++;
    putIn(queue.unacked, entry.position, { entry, channel: consumer.channel, consumer: consumer.key, dueNs: NEVER, getTag: 0 });
  }
  host.deliver(queue, consumer, entry);
}

/** Hands out what is ready while somebody can take it. */
export function classicRun(host: QueueHost, queue: Queue): void {
  classicDropExpired(host, queue);
  while (queue.ready > 0) {
    const reader = nextReader(host, queue);
    if (reader === null) return;
    handOut(host, queue, reader, shiftReady(queue, topLevel(queue)));
    classicDropExpired(host, queue);
  }
}

/** What is ready, in the order in which it goes. */
export function* classicInTurn({ levels, top }: Queue): Generator<Entry> {
  for (let level = top; level >= 0; level--) yield* entriesOf(levels[level] as Line);
}

/** Lets expired messages go from the head of the whole line: one behind another that is not yet due stays. */
export function classicDropExpired(host: QueueHost, queue: Queue): void {
  const nowNs = host.nowNs();
  for (;;) {
    const level = topLevel(queue);
    const head = headAt(queue, level);
    if (head === null || head.expiresNs > nowNs) return;
    host.die(queue, shiftReady(queue, level), 'expired');
  }
}

function dropOverLimit(host: QueueHost, queue: Queue, overflow: Overflow = queue.settings.overflow): void {
  const { maxBytes, maxLength } = queue.settings;
  if (overflow !== 'drop-head') return;
  while (queue.ready > maxLength || queue.readyBytes > maxBytes) host.die(queue, shiftReady(queue, topLevel(queue)), 'maxlen');
}

/**
 * Limits or times have changed. Lengths come into force before the way of overflow does, so that a queue that dropped from its head up to
 * now does so once more, whatever it is to do from now on (`process_args_policy`).
 */
export function classicResettle(host: QueueHost, queue: Queue, overflow: Overflow): void {
  dropOverLimit(host, queue, overflow);
  dropOverLimit(host, queue);
  classicDropExpired(host, queue);
}

// ------------------------------------------------------------------ consumers

/** 403 if another one has the queue to itself, or this one wants it so and others are there. */
export function classicConsumeRefusal(queue: Queue, isExclusive: boolean): ReplyCode {
  if (queue.settings.isSingleActive) return isExclusive ? ACCESS_REFUSED : DONE;
  if (queue.holder !== 0) return ACCESS_REFUSED;
  return isExclusive && queue.consumers.size > 0 ? ACCESS_REFUSED : DONE;
}

export function classicConsume(host: QueueHost, queue: Queue, consumer: Consumer): void {
  queue.consumers.set(consumer.key, consumer);
  queue.hadConsumers = true;
  joinTurns(queue.turns, consumer);
  if (queue.settings.isSingleActive ? queue.holder === 0 : consumer.isExclusive) queue.holder = consumer.key;
  classicRun(host, queue);
}

/** What is out with it stays out. */
export function classicCancel(host: QueueHost, queue: Queue, consumer: Consumer): void {
  forgetConsumer(queue, consumer);
  if (queue.consumers.size === 0) queue.usedNs = host.nowNs();
  classicRun(host, queue);
}

function forgetConsumer(queue: Queue, consumer: Consumer): void {
  leaveTurns(queue.turns, consumer);
  queue.consumers.delete(consumer.key);
  if (queue.holder !== consumer.key) return;
  queue.holder = queue.settings.isSingleActive ? firstTurn(queue.turns) : 0;
}

/** The channel is gone: its consumers go, and what was out on it comes back where it stood. */
export function classicChannelDown(host: QueueHost, queue: Queue, channel: number): void {
  const positions = heldBy(queue, channel);
  const consumers = consumersOf(queue, channel);
  for (const consumer of consumers) leaveTurns(queue.turns, consumer);
  for (const consumer of consumers) forgetConsumer(queue, consumer);
  if (consumers.length > 0 && queue.consumers.size === 0) queue.usedNs = host.nowNs();
  putBack(host, queue, takeOut(queue, positions), true);
  classicRun(host, queue);
}

/** The window that its consumers share has room again: those found full may take their turn. */
export function classicResume(host: QueueHost, queue: Queue, channel: number): void {
  unblockAll(queue, channel);
  classicRun(host, queue);
}

// ------------------------------------------------------------------ settling

/** Takes in what is out with one consumer; those of its channel that were full may take their turn again. */
function takeBack(host: QueueHost, queue: Queue, positions: readonly number[]): Unacked[] {
  const outs = takeOut(queue, positions);
  let freed: Consumer | undefined;
  for (const out of outs) freed = giveCredit(queue, out) ?? freed;
  if (freed !== undefined) unblock(host, queue, freed);
  return outs;
}

/** The consumer of a delivery that has come back, if it was full up to now. */
function giveCredit(queue: Queue, out: Unacked): Consumer | undefined {
  const consumer = queue.consumers.get(out.consumer);
  if (consumer === undefined) return undefined;
  consumer.held--;
  return ++consumer.credit === 1 ? consumer : undefined;
}

function takeOut(queue: Queue, positions: readonly number[]): Unacked[] {
  const outs: Unacked[] = [];
  for (const position of positions) {
    const out = takeFrom(queue.unacked, position);
    if (out !== undefined) outs.push(out);
  }
  return outs;
}

const isFreeAgain = ({ blockedAt, credit }: Consumer): boolean => blockedAt !== 0 && credit > 0;

/**
 * All consumers of a channel that are no longer full stand at the end of the line again, in the order in which they were found full: a
 * consumer that most channels have alone, and others with it.
 */
function unblock(host: QueueHost, queue: Queue, freed: Consumer): void {
  if (host.isAloneOn(freed.channel)) {
    if (isFreeAgain(freed)) standAgain(queue, freed);
    return;
  }
  unblockAll(queue, freed.channel);
}

function unblockAll(queue: Queue, channel: number): void {
  const free = consumersOf(queue, channel).filter(isFreeAgain);
  free.sort((a, b) => (a.priority !== b.priority ? b.priority - a.priority : a.blockedAt - b.blockedAt));
  for (const consumer of free) standAgain(queue, consumer);
}

function standAgain(queue: Queue, consumer: Consumer): void {
  consumer.blockedAt = 0;
  joinTurns(queue.turns, consumer);
}

export function classicAck(host: QueueHost, queue: Queue, positions: readonly number[]): void {
  let freed: Consumer | undefined;
  for (const position of positions) {
    const out = takeFrom(queue.unacked, position);
    if (out === undefined) continue;
    freed = giveCredit(queue, out) ?? freed;
    host.letGo(queue, out.entry, 'acknowledged');
  }
  if (freed !== undefined) unblock(host, queue, freed);
  classicRun(host, queue);
}

/** Back to where they stood; `isFailed` is remembered from 4.3 on. */
export function classicRequeue(host: QueueHost, queue: Queue, positions: readonly number[], isFailed: boolean): void {
  putBack(host, queue, takeBack(host, queue, positions), isFailed);
  classicRun(host, queue);
}

function putBack(host: QueueHost, queue: Queue, outs: readonly Unacked[], isFailed: boolean): void {
  for (const { entry } of outs) {
    entry.isRedelivered = true;
    if (isFailed) entry.failedCount++;
    insertEntry(lineAt(queue, entry.level), entry);
    if (entry.level > queue.top) queue.top = entry.level;
    queue.ready++;
    queue.readyBytes += entry.bytes;
    host.cameBack(queue, entry, false);
  }
  dropOverLimit(host, queue);
}

/**
 * Rejected for good: they die, or go if there is nowhere to die to; of several priorities the highest first, each being a queue of its own
 * (`rabbit_priority_queue`).
 */
export function classicDiscard(host: QueueHost, queue: Queue, positions: readonly number[], isFailed: boolean): void {
  const outs = takeBack(host, queue, positions);
  if (outs.length > 1 && queue.settings.maxPriority >= 0) outs.sort((a, b) => b.entry.level - a.entry.level);
  for (const { entry } of outs) {
    if (isFailed) entry.failedCount++;
    host.die(queue, entry, 'rejected');
  }
  classicRun(host, queue);
}

/** Takes the head for somebody who polls; null if there is none. */
export function classicGet(host: QueueHost, queue: Queue, channel: number, isAutomatic: boolean): Entry | null {
  queue.usedNs = host.nowNs();
  classicDropExpired(host, queue);
  if (queue.ready === 0) return null;
  const entry = shiftReady(queue, topLevel(queue));
  if (!isAutomatic) putIn(queue.unacked, entry.position, { entry, channel, consumer: 0, dueNs: NEVER, getTag: 0 });
  classicDropExpired(host, queue);
  return entry;
}

/** How many went. What is out can still come back. */
export function classicPurge(host: QueueHost, queue: Queue): number {
  const count = queue.ready;
  for (let level = queue.top; level >= 0; level--) {
    const line = lineAt(queue, level);
    for (const entry of entriesOf(line)) host.letGo(queue, entry, 'purged');
    clearLine(line);
  }
  queue.ready = 0;
  queue.readyBytes = 0;
  queue.top = -1;
  return count;
}

/** The server comes back: what was out comes back too, and only persistent messages of a durable queue are still there. */
export function classicRestart(host: QueueHost, queue: Queue): void {
  queue.consumers.clear();
  queue.turns.groups.length = 0;
  queue.holder = 0;
  putBack(host, queue, takeOut(queue, keysOf(queue.unacked)), true);
  for (const line of queue.levels) {
    const kept: Entry[] = [];
    for (const entry of entriesOf(line)) {
      if (entry.message.isPersistent) kept.push(entry);
      else {
        queue.ready--;
        queue.readyBytes -= entry.bytes;
        host.letGo(queue, entry, 'restart');
      }
    }
    clearLine(line);
    line.items.push(...kept);
  }
  queue.usedNs = host.nowNs();
  classicDropExpired(host, queue);
}

/** When something is due by itself, ns: the head expires, or the queue does. */
export function classicDueNs(queue: Queue): number {
  const head = headAt(queue, topLevel(queue));
  const headNs = head === null ? Number.POSITIVE_INFINITY : head.expiresNs;
  const queueNs = queue.consumers.size > 0 ? Number.POSITIVE_INFINITY : queue.usedNs + queue.settings.expiresMs * MS;
  return headNs < queueNs ? headNs : queueNs;
}

export const isClassicExpired = (queue: Queue, nowNs: number): boolean =>
  queue.consumers.size === 0 && queue.usedNs + queue.settings.expiresMs * MS <= nowNs;
