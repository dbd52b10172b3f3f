// A quorum queue: a log that a group of nodes agrees on, here what comes of applying it in order. What comes back stands in a line of its
// own, served first and in order of return; failed deliveries are counted up to a limit; a full consumer leaves the line of turns at
// once. Follows `rabbit_fifo` (4.3), with `rabbit_fifo_v7` (4.0) and `rabbit_fifo_v3` (3.10) where they differ.

import { lookUp, putIn, takeFrom, valuesOf } from '../../kernel/number-map.ts';
import { type Consumer, firstTurn, joinTurns, leaveTurns } from './consumers.ts';
import { clearLine, type Entry, entriesOf, headOf, lineLength, pushEntry, shiftEntry } from './entry-line.ts';
import { DONE, type Message, RESOURCE_LOCKED, type ReplyCode, type Version } from './model.ts';
import { encodedPropertiesBytes } from './properties-bytes.ts';
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
} from './queue.ts';

const MS = 1_000_000;
/** Window of a consumer that asked for none. Source: doc, confirms; `rabbit_quorum_queue`. */
export const UNLIMITED_PREFETCH = 2000;
/** Priority of a message without one, 0 to 31 (4.3). */
const DEFAULT_LEVEL = 4;
const LEVEL_MAX = 31;
/** Two lines, from this priority on the first (4.0). */
const URGENT = 5;
const URGENT_IN_A_ROW = 2;
/** Share of a limit below which publishers may go on that were told to stop. Source: `rabbit_fifo`, LOW_LIMIT. */
const REOPEN_SHARE = 0.8;
/** `tick_interval`: when a queue looks at its own age, and so on. Source: `rabbit_quorum_queue`. */
const TICK_NS = 5000 * MS;
/** `dead_letter_worker_publisher_confirm_timeout`. Source: rabbitmq-server, Makefile. */
const RETRY_DEATH_NS = 180_000 * MS;

function levelOf(message: Message, version: Version): number {
  const { priority } = message;
  if (version === '3.10') return 0;
  if (version === '4.0') return priority >= URGENT ? 1 : 0;
  if (priority < 0) return DEFAULT_LEVEL;
  return priority < LEVEL_MAX ? priority : LEVEL_MAX;
}

function newEntry(host: QueueHost, queue: Queue, message: Message): Entry {
  const { version } = host;
  return {
    position: ++queue.positions,
    message,
    // The server's clock of a group goes by milliseconds: what may not wait at all may wait for one.
    expiresNs: deadlineNs(message, queue.settings.messageTtlMs, host.nowNs(), 1),
    bytes: message.bodyBytes + (version === '4.3' ? encodedPropertiesBytes(message) : 0),
    level: levelOf(message, version),
    isRedelivered: message.failedDeliveries > 0 && version !== '3.10',
    failedCount: version === '3.10' ? 0 : message.failedDeliveries,
    returnedCount: 0,
    obligation: 0,
  };
}

// ------------------------------------------------------------------ limits

const readyCount = (queue: Queue): number => queue.ready + queue.delayed.length + queue.retained.length;
function readyBytes(queue: Queue): number {
  let bytes = queue.readyBytes;
  for (const { entry } of queue.retained) bytes += entry.bytes;
  return bytes;
}

const isOverLimit = (queue: Queue): boolean =>
  readyCount(queue) > queue.settings.maxLength || readyBytes(queue) > queue.settings.maxBytes;

const isWellBelow = (queue: Queue): boolean =>
  readyCount(queue) <= wholeShare(queue.settings.maxLength) && readyBytes(queue) <= wholeShare(queue.settings.maxBytes);

function wholeShare(limit: number): number {
  const share = limit * REOPEN_SHARE;
  return limit === Number.POSITIVE_INFINITY ? limit : share - (share % 1);
}

/**
 * Whether this publisher was told to stop, which it goes by until it is told to go on. One that is new here is told at once if the queue is
 * over its limit.
 */
export function quorumRefuses(queue: Queue, publisher: number): boolean {
  const isStopped = queue.publishers.get(publisher) ?? (queue.settings.overflow === 'reject-publish' && isOverLimit(queue));
  queue.publishers.set(publisher, isStopped);
  return isStopped;
}

function keepLimits(host: QueueHost, queue: Queue, wasWellBelow: boolean): void {
  const { maxBytes, maxLength, overflow } = queue.settings;
  if (maxLength === Number.POSITIVE_INFINITY && maxBytes === Number.POSITIVE_INFINITY) {
    for (const [publisher, isStopped] of queue.publishers) if (isStopped) queue.publishers.set(publisher, false);
    return;
  }
  if (overflow !== 'reject-publish') {
    dropOverLimit(host, queue);
    return;
  }
  if (isOverLimit(queue)) for (const publisher of queue.publishers.keys()) queue.publishers.set(publisher, true);
  else if (!wasWellBelow && isWellBelow(queue)) {
    for (const publisher of queue.publishers.keys()) queue.publishers.set(publisher, false);
  }
}

/** From the head on; where several go at once, they become dead letters the last one first up to 4.0. */
function dropOverLimit(host: QueueHost, queue: Queue): void {
  const dropped: Entry[] = [];
  while (isOverLimit(queue) && queue.ready > 0) dropped.push(takeNext(host, queue));
  if (host.version !== '4.3') dropped.reverse();
  for (const entry of dropped) host.die(queue, entry, 'maxlen');
}

// ------------------------------------------------------------------ the line

/** Level that is served next among those never handed out, -1 if none is ready. */
function nextLevel(host: QueueHost, queue: Queue): number {
  const top = topLevel(queue);
  if (host.version !== '4.0' || top !== 1 || queue.turnCount < URGENT_IN_A_ROW) return top;
  return isOthersTurn(headAt(queue, 1) as Entry, headAt(queue, 0)) ? 0 : top;
}

/** After two urgent ones in a row (4.0): another goes, unless it came later than the next urgent one. Source: `rabbit_fifo_q`, next. */
const isOthersTurn = (urgent: Entry, other: Entry | null): boolean => other !== null && other.position < urgent.position;

/** The next to go: those that came back first. */
function peekNext(host: QueueHost, queue: Queue): Entry | null {
  return headOf(queue.returned) ?? headAt(queue, nextLevel(host, queue));
}

function takeNext(host: QueueHost, queue: Queue): Entry {
  if (lineLength(queue.returned) > 0) return shiftReturned(queue);
  const level = nextLevel(host, queue);
  if (host.version === '4.0') queue.turnCount = queue.turnCount === URGENT_IN_A_ROW ? 0 : queue.turnCount + 1;
  return shiftReady(queue, level);
}

/** What is ready, in the order in which it goes while nothing comes in between. */
export function* quorumInTurn(version: Version, { levels, returned, top, turnCount }: Queue): Generator<Entry> {
  yield* entriesOf(returned);
  const lines = levels.slice(0, top + 1).reverse();
  if (version !== '4.0' || lines.length < 2) {
    for (const line of lines) yield* entriesOf(line);
    return;
  }
  const [urgent, other] = lines.map(entriesOf) as [Generator<Entry>, Generator<Entry>];
  let [nextUrgent, nextOther] = [urgent.next(), other.next()];
  for (
    let turn = turnCount;
    nextUrgent.done !== true || nextOther.done !== true;
    turn = turn === URGENT_IN_A_ROW ? 0 : turn + 1
  ) {
    const further: Entry | null = nextOther.done === true ? null : nextOther.value;
    const isOther = nextUrgent.done === true || (turn === URGENT_IN_A_ROW && isOthersTurn(nextUrgent.value, further));
    yield (isOther ? nextOther.value : nextUrgent.value) as Entry;
    if (isOther) nextOther = other.next();
    else nextUrgent = urgent.next();
  }
}

function shiftReturned(queue: Queue): Entry {
  const entry = shiftEntry(queue.returned);
  queue.ready--;
  queue.readyBytes -= entry.bytes;
  return entry;
}

function pushReturned(queue: Queue, entry: Entry): void {
  pushEntry(queue.returned, entry);
  queue.ready++;
  queue.readyBytes += entry.bytes;
}

const isDue = (entry: Entry | null, nowNs: number): entry is Entry => entry !== null && entry.expiresNs <= nowNs;

/** Lets expired messages go: from the head of every priority once the next to go is one (4.3), else from the head of all. */
function expire(host: QueueHost, queue: Queue, isTimer: boolean): void {
  const nowNs = host.nowNs();
  if (host.version !== '4.3') {
    while (isDue(peekNext(host, queue), nowNs)) host.die(queue, takeNext(host, queue), 'expired');
    return;
  }
  if (!isTimer && !isDue(peekNext(host, queue), nowNs)) return;
  while (isDue(headOf(queue.returned), nowNs)) host.die(queue, shiftReturned(queue), 'expired');
  for (let level = topLevel(queue); level >= 0; level--) {
    while (isDue(headAt(queue, level), nowNs)) host.die(queue, shiftReady(queue, level), 'expired');
  }
}

// ------------------------------------------------------------------ handing out

interface HandedOut {
  readonly consumer: Consumer;
  readonly entry: Entry;
}

/** Hands out what can be handed out, then keeps the limits. `wasWellBelow`: as before the change that this follows. */
function checkout(host: QueueHost, queue: Queue, wasWellBelow: boolean): void {
  // Most changes hand out nothing.
  let handed: HandedOut[] | null = null;
  for (;;) {
    expire(host, queue, false);
    const key = firstTurn(queue.turns);
    if (key === 0 || queue.ready === 0) break;
    const consumer = queue.consumers.get(key) as Consumer;
    leaveTurns(queue.turns, consumer);
    if (consumer.credit === 0 || consumer.status !== 'up') continue;
    const entry = takeNext(host, queue);
    consumer.credit--;
    consumer.held++;
    joinIfFree(queue, consumer);
    sendOut(host, queue, entry, consumer.channel, key, consumer.timeoutMs, 0);
    handed ??= [];
    handed.push({ consumer, entry });
  }
  if (handed !== null) tellOf(host, queue, handed);
  keepLimits(host, queue, wasWellBelow);
}

/** What one change hands out goes to one consumer after the other, in their order, however their turns came (`delivery_effects`). */
function tellOf(host: QueueHost, queue: Queue, handed: HandedOut[]): void {
  const [first] = handed;
  if (handed.some(({ consumer }) => consumer !== first?.consumer)) {
    handed.sort((a, b) => byKey(host.version, a.consumer, b.consumer));
  }
  for (const { consumer, entry } of handed) {
    // Nobody acknowledges for a consumer whose channel is gone.
    if (host.deliver(queue, consumer, entry) && consumer.isAutomatic) host.settleLater(queue, entry.position);
  }
}

/** The order in which the log knows its consumers: by when they came, up to 3.10 by their tags. */
function byKey(version: Version, a: Consumer, b: Consumer): number {
  if (version === '3.10' && a.tag !== b.tag) return a.tag < b.tag ? -1 : 1;
  return a.key - b.key;
}

function sendOut(
  host: QueueHost,
  queue: Queue,
  entry: Entry,
  channel: number,
  consumer: number,
  timeoutMs: number,
  getTag: number,
): void {
  const dueNs = host.nowNs() + timeoutMs * MS;
  putIn(queue.unacked, entry.position, { entry, channel, consumer, dueNs, getTag });
  if (dueNs < queue.overdueNs) queue.overdueNs = dueNs;
}

function joinIfFree(queue: Queue, consumer: Consumer): void {
  if (consumer.credit > 0 && consumer.status === 'up' && !consumer.isInTurn) joinTurns(queue.turns, consumer);
}

export function quorumEnqueue(host: QueueHost, queue: Queue, message: Message, from: number): void {
  const entry = newEntry(host, queue, message);
  const wasWellBelow = isWellBelow(queue);
  host.keep(queue, entry, from);
  pushReady(queue, entry);
  checkout(host, queue, wasWellBelow);
}

/** A time has come: expired ones go, delayed returns are ready, deliveries are overdue. */
export function quorumWake(host: QueueHost, queue: Queue): void {
  const nowNs = host.nowNs();
  const wasWellBelow = isWellBelow(queue);
  while (queue.delayed.length > 0 && (queue.delayed[0]?.readyNs as number) <= nowNs) {
    const { entry } = queue.delayed.shift() as Queue['delayed'][number];
    pushReturned(queue, entry);
    host.cameBack(queue, entry, false);
  }
  expire(host, queue, true);
  if (host.version === '4.3') endOverdue(host, queue, nowNs);
  checkout(host, queue, wasWellBelow);
}

/** Consumers that have not acknowledged in time are sent away; what is overdue comes back uncounted. */
function endOverdue(host: QueueHost, queue: Queue, nowNs: number): void {
  if (queue.overdueNs > nowNs) return;
  const late = valuesOf(queue.unacked).filter(({ dueNs }) => dueNs <= nowNs);
  queue.overdueNs = Number.POSITIVE_INFINITY;
  for (const { dueNs } of valuesOf(queue.unacked)) if (dueNs > nowNs && dueNs < queue.overdueNs) queue.overdueNs = dueNs;
  if (late.length === 0) return;
  const keys: number[] = [];
  for (const { consumer, entry } of late) {
    if (!keys.includes(consumer)) keys.push(consumer);
    returnOne(host, queue, entry.position, false);
  }
  for (const key of keys) {
    const consumer = queue.consumers.get(key);
    if (consumer === undefined || consumer.status === 'cancelled') continue;
    host.sendAway(queue, consumer);
    leave(host, queue, consumer);
  }
  activateNext(host, queue);
}

/** Limits or times have changed. */
export function quorumResettle(host: QueueHost, queue: Queue): void {
  checkout(host, queue, isWellBelow(queue));
}

// ------------------------------------------------------------------ consumers

export function quorumConsume(host: QueueHost, queue: Queue, consumer: Consumer): void {
  queue.hadConsumers = true;
  const wasWellBelow = isWellBelow(queue);
  if (queue.settings.isSingleActive) {
    queue.consumers.set(consumer.key, consumer);
    addWaiting(host, queue, consumer);
    activateNext(host, queue);
  } else {
    queue.consumers.set(consumer.key, consumer);
    joinIfFree(queue, consumer);
  }
  checkout(host, queue, wasWellBelow);
}

/** Those who wait stand by priority, then by the room in their windows (both from 4.0 on), then in order of arrival. */
function addWaiting(host: QueueHost, queue: Queue, consumer: Consumer): void {
  const { consumers, waiting } = queue;
  let at = waiting.length;
  if (host.version !== '3.10') {
    while (at > 0 && goesFirst(consumer, consumers.get(waiting[at - 1] as number) as Consumer)) at--;
  }
  waiting.splice(at, 0, consumer.key);
}

/** `sort_waiting` of `rabbit_fifo`. */
function goesFirst(one: Consumer, other: Consumer): boolean {
  if (one.priority !== other.priority) return one.priority > other.priority;
  return one.credit !== other.credit ? one.credit > other.credit : one.key < other.key;
}

function activeOf(queue: Queue): Consumer | null {
  for (const consumer of queue.consumers.values()) {
    if (consumer.status !== 'cancelled' && !queue.waiting.includes(consumer.key)) return consumer;
  }
  return null;
}

/** Who is next becomes the active one, if there is none, or if it has a higher priority and the active one has nothing out (4.0 on). */
function activateNext(host: QueueHost, queue: Queue): void {
  if (!queue.settings.isSingleActive) return;
  const next = queue.consumers.get(queue.waiting[0] as number);
  if (next === undefined) return;
  const active = activeOf(queue);
  if (active !== null) {
    if (host.version === '3.10' || next.priority <= active.priority) return;
    if (active.held > 0) {
      active.status = 'quiescing';
      leaveTurns(queue.turns, active);
      return;
    }
  }
  queue.waiting.shift();
  if (active !== null) stepDown(host, queue, active);
  joinIfFree(queue, next);
}

/** The active one waits again, where it belongs among those who do. */
function stepDown(host: QueueHost, queue: Queue, active: Consumer): void {
  active.status = 'up';
  leaveTurns(queue.turns, active);
  addWaiting(host, queue, active);
}

/** What is out with it stays out, and it counts as a consumer until that is settled. */
export function quorumCancel(host: QueueHost, queue: Queue, consumer: Consumer): void {
  const wasWellBelow = isWellBelow(queue);
  leave(host, queue, consumer);
  activateNext(host, queue);
  checkout(host, queue, wasWellBelow);
}

function leave(host: QueueHost, queue: Queue, consumer: Consumer): void {
  leaveTurns(queue.turns, consumer);
  const at = queue.waiting.indexOf(consumer.key);
  if (at >= 0) queue.waiting.splice(at, 1);
  consumer.status = 'cancelled';
  consumer.credit = 0;
  forgetIfDone(host, queue, consumer);
}

function forgetIfDone(host: QueueHost, queue: Queue, consumer: Consumer): void {
  if (consumer.status !== 'cancelled' || consumer.held > 0) return;
  queue.consumers.delete(consumer.key);
  queue.usedNs = host.nowNs();
}

/**
 * The channel is gone: what was out on it comes back, each delivery a failed one, consumer by consumer; what was taken by `get` last, up
 * to 3.10 first. A single active consumer that was only waiting to step down does so with the last that comes back, and then waits for
 * its turn although it is gone (`update_or_remove_con`; seen on 4.3.6): what it is handed one day stays out.
 */
export function quorumChannelDown(host: QueueHost, queue: Queue, channel: number): void {
  const wasWellBelow = isWellBelow(queue);
  queue.publishers.delete(channel);
  const held = heldBy(queue, channel);
  const consumers = consumersOf(queue, channel);
  if (held.length === 0 && consumers.length === 0) return;
  for (const { key } of consumers) {
    const at = queue.waiting.indexOf(key);
    if (at >= 0) queue.waiting.splice(at, 1);
  }
  const outWith = (key: number): number[] => held.filter((position) => lookUp(queue.unacked, position)?.consumer === key);
  const returnAll = (positions: readonly number[]): void => {
    for (const position of positions) returnOne(host, queue, position, true);
  };
  const got = inOrderOfTags(queue, outWith(0));
  if (host.version === '3.10') returnAll(got);
  for (const consumer of consumers.sort((a, b) => byKey(host.version, a, b))) {
    leaveTurns(queue.turns, consumer);
    if (consumer.status !== 'quiescing' || host.version !== '4.3') {
      consumer.status = 'cancelled';
      consumer.credit = 0;
    }
    returnAll(outWith(consumer.key));
    if (queue.waiting.includes(consumer.key)) continue;
    queue.consumers.delete(consumer.key);
  }
  if (host.version !== '3.10') returnAll(got);
  queue.usedNs = host.nowNs();
  activateNext(host, queue);
  checkout(host, queue, wasWellBelow);
}

/** Each `get` is a consumer of its own to the log, named by the text of its tag: 10 stands before 9. */
function inOrderOfTags(queue: Queue, positions: number[]): number[] {
  const nameOf = (position: number): string => String(lookUp(queue.unacked, position)?.getTag);
  return positions.length < 2 ? positions : positions.sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
}

/** Active consumers, those cancelled that still hold something, and those who have taken something by `get`. */
export function quorumConsumerCount(queue: Queue): number {
  let gets = 0;
  for (const { consumer } of valuesOf(queue.unacked)) if (consumer === 0) gets++;
  return queue.consumers.size - queue.waiting.length + gets;
}

// ------------------------------------------------------------------ settling

function takeOut(host: QueueHost, queue: Queue, position: number): Entry | null {
  const out = takeFrom(queue.unacked, position);
  if (out === undefined) return null;
  const consumer = queue.consumers.get(out.consumer);
  if (consumer === undefined) {
    queue.usedNs = host.nowNs();
    return out.entry;
  }
  consumer.held--;
  if (consumer.status === 'cancelled') {
    forgetIfDone(host, queue, consumer);
    return out.entry;
  }
  if (consumer.credit < consumer.prefetch || host.version === '3.10') consumer.credit++;
  if (consumer.status === 'quiescing' && consumer.held === 0) stepDown(host, queue, consumer);
  else joinIfFree(queue, consumer);
  return out.entry;
}

export function quorumAck(host: QueueHost, queue: Queue, positions: readonly number[]): void {
  const wasWellBelow = isWellBelow(queue);
  for (const position of positions) {
    const entry = takeOut(host, queue, position);
    if (entry !== null) host.letGo(queue, entry, 'acknowledged');
  }
  activateNext(host, queue);
  checkout(host, queue, wasWellBelow);
}

/** Before 4.3 every return counts as a failed delivery, and is written anew where there is no limit: it goes to the end. */
export function quorumRequeue(host: QueueHost, queue: Queue, positions: readonly number[], isFailed: boolean): void {
  const wasWellBelow = isWellBelow(queue);
  const isWrittenAnew = queue.settings.deliveryLimit === Number.POSITIVE_INFINITY && host.version !== '4.3';
  for (const position of isWrittenAnew ? [...positions].sort((a, b) => a - b) : positions) {
    if (isWrittenAnew) writeAnew(host, queue, position);
    else returnOne(host, queue, position, isFailed || host.version !== '4.3');
  }
  activateNext(host, queue);
  checkout(host, queue, wasWellBelow);
}

function writeAnew(host: QueueHost, queue: Queue, position: number): void {
  const entry = takeOut(host, queue, position);
  if (entry === null) return;
  entry.isRedelivered = true;
  entry.returnedCount++;
  entry.failedCount++;
  pushReady(queue, entry);
  host.cameBack(queue, entry, false);
}

/** One delivery comes back: to the line of those that did, to wait for its time, or to die of one too many. */
function returnOne(host: QueueHost, queue: Queue, position: number, isFailed: boolean): void {
  const consumer = queue.consumers.get(lookUp(queue.unacked, position)?.consumer ?? 0);
  const entry = takeOut(host, queue, position);
  if (entry === null) return;
  entry.isRedelivered = true;
  entry.returnedCount++;
  if (isFailed) entry.failedCount++;
  const { settings } = queue;
  if (entry.failedCount > settings.deliveryLimit) {
    // 3.10 widens the window by one with each that dies so: it counts the place twice (`rabbit_fifo` up to machine version 2).
    if (host.version === '3.10' && consumer !== undefined && consumer.status === 'up') consumer.credit++;
    host.die(queue, entry, 'delivery_limit');
    return;
  }
  const { delayedRetry } = settings;
  const isDelayed = delayedRetry === 'all' || delayedRetry === (isFailed ? 'failed' : 'returned');
  host.cameBack(queue, entry, isDelayed);
  if (isDelayed) delay(host, queue, entry);
  else pushReturned(queue, entry);
}

/** min x failed deliveries, at least one of them, at most max. */
function delay(host: QueueHost, queue: Queue, entry: Entry): void {
  const { delayedRetryMaxMs, delayedRetryMinMs } = queue.settings;
  const grownMs = delayedRetryMinMs * (entry.failedCount > 1 ? entry.failedCount : 1);
  const readyNs = host.nowNs() + (grownMs < delayedRetryMaxMs ? grownMs : delayedRetryMaxMs) * MS;
  let at = queue.delayed.length;
  const goesBehind = (other: Queue['delayed'][number]): boolean =>
    other.readyNs > readyNs || (other.readyNs === readyNs && other.entry.position > entry.position);
  while (at > 0 && goesBehind(queue.delayed[at - 1] as Queue['delayed'][number])) at--;
  queue.delayed.splice(at, 0, { readyNs, entry });
}

/** Rejected for good. Before 4.3 that counts as a failed delivery whoever says it how. */
export function quorumDiscard(host: QueueHost, queue: Queue, positions: readonly number[], isFailed: boolean): void {
  const wasWellBelow = isWellBelow(queue);
  for (const position of positions) {
    const entry = takeOut(host, queue, position);
    if (entry === null) continue;
    entry.returnedCount++;
    if (isFailed || host.version !== '4.3') entry.failedCount++;
    host.die(queue, entry, 'rejected');
  }
  activateNext(host, queue);
  checkout(host, queue, wasWellBelow);
}

export const quorumGetRefusal = (queue: Queue): ReplyCode => (queue.settings.isSingleActive ? RESOURCE_LOCKED : DONE);

export function quorumGet(host: QueueHost, queue: Queue, channel: number, isAutomatic: boolean): Entry | null {
  queue.usedNs = host.nowNs();
  const wasWellBelow = isWellBelow(queue);
  expire(host, queue, false);
  if (queue.ready === 0) {
    keepLimits(host, queue, wasWellBelow);
    return null;
  }
  const entry = takeNext(host, queue);
  if (isAutomatic) checkout(host, queue, wasWellBelow);
  else {
    sendOut(host, queue, entry, channel, 0, queue.settings.consumerTimeoutMs, host.nextTag(channel));
    keepLimits(host, queue, wasWellBelow);
  }
  return entry;
}

export function quorumPurge(host: QueueHost, queue: Queue): number {
  const wasWellBelow = isWellBelow(queue);
  const gone: Entry[] = [...entriesOf(queue.returned)];
  for (let level = queue.top; level >= 0; level--) gone.push(...entriesOf(lineAt(queue, level)));
  for (const { entry } of queue.delayed) gone.push(entry);
  for (const { entry } of queue.retained) gone.push(entry);
  clearLine(queue.returned);
  for (const line of queue.levels) clearLine(line);
  queue.top = -1;
  queue.ready = 0;
  queue.readyBytes = 0;
  queue.delayed.length = 0;
  queue.retained.length = 0;
  for (const entry of gone) host.letGo(queue, entry, 'purged');
  keepLimits(host, queue, wasWellBelow);
  return gone.length;
}

/** All channels are gone at once; the log is as it was. */
export function quorumRestart(host: QueueHost, queue: Queue): void {
  const channels: number[] = [];
  for (const { channel } of valuesOf(queue.unacked)) if (!channels.includes(channel)) channels.push(channel);
  // Nobody is left to take what another one gives back.
  for (const consumer of queue.consumers.values()) {
    if (!channels.includes(consumer.channel)) channels.push(consumer.channel);
    leaveTurns(queue.turns, consumer);
    consumer.credit = 0;
    consumer.status = 'cancelled';
  }
  queue.waiting.length = 0;
  for (const channel of channels) quorumChannelDown(host, queue, channel);
  queue.publishers.clear();
}

// ------------------------------------------------------------------ what is due by itself

export function quorumDueNs(host: QueueHost, queue: Queue): number {
  let dueNs = queue.delayed[0]?.readyNs ?? Number.POSITIVE_INFINITY;
  const sooner = (ns: number): void => {
    if (ns < dueNs) dueNs = ns;
  };
  sooner(headOf(queue.returned)?.expiresNs ?? dueNs);
  if (host.version === '4.3') {
    for (let level = topLevel(queue); level >= 0; level--) sooner(headAt(queue, level)?.expiresNs ?? dueNs);
    sooner(queue.overdueNs);
  } else sooner(peekNext(host, queue)?.expiresNs ?? dueNs);
  for (const { dueNs: retryNs } of queue.retained) sooner(retryNs);
  sooner(expiryTickNs(queue));
  return dueNs;
}

/** The first tick at which the queue has been without use for too long. */
function expiryTickNs(queue: Queue): number {
  const endNs = queue.usedNs + queue.settings.expiresMs * MS;
  if (endNs === Number.POSITIVE_INFINITY || queue.consumers.size > 0) return Number.POSITIVE_INFINITY;
  const over = (endNs - queue.createdNs) % TICK_NS;
  return over === 0 ? endNs : endNs + TICK_NS - over;
}

export const isQuorumExpired = (queue: Queue, nowNs: number): boolean => expiryTickNs(queue) <= nowNs;

/** When a message that was kept is tried again. */
export const retryDeathNs = (nowNs: number): number => nowNs + RETRY_DEATH_NS;
