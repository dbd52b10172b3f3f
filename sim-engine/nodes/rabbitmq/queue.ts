// What the sorts of queues that hand messages out and forget them have in common: their state, what they ask of the broker around
// them, and the lines of ready messages by priority. `classic-queue.ts` and `quorum-queue.ts` are the two sorts.

import { keysOf, lookUp, type NumberMap, newNumberMap } from '../../kernel/number-map.ts';
import type { Settling } from './channel.ts';
import { type Consumer, newTurns, type Turns } from './consumers.ts';
import { type Entry, headOf, type Line, lineLength, newLine, pushEntry, shiftEntry } from './entry-line.ts';
import type { DeathReason, HeaderTable, Message, QueueSpec, Version } from './model.ts';
import type { QueueSettings, QueueType } from './queue-settings.ts';
import { newStreamLog, type StreamLog } from './stream-queue.ts';

const MS = 1_000_000;

/** A message that is out: with a consumer, or taken by `get`. */
export interface Unacked {
  readonly entry: Entry;
  readonly channel: number;
  /** Key of the consumer; 0 = taken by `get`. */
  readonly consumer: number;
  /** When its acknowledgement is overdue, ns. */
  readonly dueNs: number;
  /** Quorum: the delivery tag of what was taken by `get`, else 0. */
  readonly getTag: number;
}

/** A message that died in a quorum queue and stays until every target has confirmed it (at-least-once). */
export interface Retained {
  readonly entry: Entry;
  readonly reason: DeathReason;
  /** When it is tried again, ns. */
  dueNs: number;
  /** Names of queues that have it already. */
  readonly confirmedBy: string[];
}

/** What reaches a queue that has no leader, and waits for one. */
export type Held =
  | {
      readonly type: 'publish';
      readonly message: Message;
      readonly channel: number;
      readonly publish: number;
      readonly from: number;
    }
  | { readonly type: 'settle'; readonly positions: readonly number[]; readonly how: Settling }
  | { readonly type: 'consume'; readonly consumer: Consumer; readonly args: HeaderTable }
  | { readonly type: 'cancel'; readonly key: number }
  | { readonly type: 'down'; readonly channel: number };

export interface Queue {
  readonly serial: number;
  spec: QueueSpec;
  readonly type: QueueType;
  /** Connection that an exclusive queue belongs to, else 0. */
  readonly owner: number;
  settings: QueueSettings;
  /** Ready messages, by priority; `top` is the highest level that may hold one. */
  readonly levels: Line[];
  top: number;
  ready: number;
  readyBytes: number;
  /** Quorum: those that came back, served first. */
  readonly returned: Line;
  /** By position, in the order in which they went out. */
  readonly unacked: NumberMap<Unacked>;
  positions: number;
  readonly consumers: Map<number, Consumer>;
  readonly turns: Turns;
  hadConsumers: boolean;
  /** Classic: the one that alone receives, or has the queue to itself; 0 = nobody. */
  holder: number;
  blocks: number;
  /** Quorum, single active consumer: keys of those who wait. */
  readonly waiting: number[];
  /** Quorum: returns that wait for their time, in order of it. */
  readonly delayed: { readonly readyNs: number; readonly entry: Entry }[];
  /** Quorum: channels that publish and have been told to stop (true) or not. */
  readonly publishers: Map<number, boolean>;
  retained: Retained[];
  /** Quorum: no delivery is overdue before this, ns. */
  overdueNs: number;
  /** Of a stream. */
  readonly stream: StreamLog | null;
  /** Node that it lives on, or where its leader is, from 1; 0 = nowhere now. */
  node: number;
  /** Nodes that hold a replica. */
  readonly members: readonly number[];
  /** What it is asked while it has no leader, in order. */
  backlog: Held[];
  /** When it has a leader again, ns; 0 = it has one, Infinity = too few nodes are there. */
  leaderNs: number;
  /** 4.0: how far the round of two urgent messages and one other has come. */
  turnCount: number;
  /** Last use, ns: what `x-expires` counts from. */
  usedNs: number;
  readonly createdNs: number;
  /** For when the broker has been asked to come back, ns; Infinity = not. */
  armedNs: number;
}

/** Why a message has left a queue for good. */
export type Parting =
  | 'acknowledged'
  | 'forgotten'
  | 'dropped'
  | 'rejected'
  | 'expired'
  | 'maxlen'
  | 'delivery_limit'
  | 'purged'
  | 'deleted'
  | 'restart'
  /** A segment of a stream is let go. */
  | 'retention';

/** What a queue asks of its broker. */
export interface QueueHost {
  readonly version: Version;
  nowNs(): number;
  /** A copy is in the queue now, in place of one that died (`from`, 0 = none): told before anything becomes of it. */
  keep(queue: Queue, entry: Entry, from: number): void;
  /** Hands a message to a consumer; it is out from now on unless that acknowledges by itself. False if its channel is gone. */
  deliver(queue: Queue, consumer: Consumer, entry: Entry): boolean;
  /** A message has died here; the broker has it now. */
  die(queue: Queue, entry: Entry, reason: DeathReason): void;
  /** A delivery has come back unworked: it is ready again, or waits for its time. */
  cameBack(queue: Queue, entry: Entry, isDelayed: boolean): void;
  /** A message has left this queue and goes nowhere else. */
  letGo(queue: Queue, entry: Entry, why: Parting): void;
  /** 3.10 and 4.0: whether the window that all consumers of a channel share has room. */
  hasRoom(channel: number): boolean;
  /** Delivery tag that the next delivery on a channel has. */
  nextTag(channel: number): number;
  /** Whether a channel has one consumer and no more. */
  isAloneOn(channel: number): boolean;
  /** 4.3: a consumer is sent away since it has not acknowledged in time. */
  sendAway(queue: Queue, consumer: Consumer): void;
  /** The automatic acknowledgement of a quorum queue, which comes back to it as a message of its own. */
  settleLater(queue: Queue, position: number): void;
}

export function newQueue(
  serial: number,
  spec: QueueSpec,
  type: QueueType,
  owner: number,
  settings: QueueSettings,
  nowNs: number,
  node = 1,
  members: readonly number[] = [1],
): Queue {
  return {
    serial,
    spec,
    type,
    owner,
    settings,
    levels: [],
    top: -1,
    ready: 0,
    readyBytes: 0,
    returned: newLine(),
    unacked: newNumberMap(),
    positions: 0,
    consumers: new Map(),
    turns: newTurns(),
    hadConsumers: false,
    holder: 0,
    blocks: 0,
    waiting: [],
    delayed: [],
    publishers: new Map(),
    retained: [],
    overdueNs: Number.POSITIVE_INFINITY,
    stream: type === 'stream' ? newStreamLog() : null,
    node,
    members,
    backlog: [],
    leaderNs: 0,
    turnCount: 0,
    usedNs: nowNs,
    createdNs: nowNs,
    armedNs: Number.POSITIVE_INFINITY,
  };
}

/** The deadline of a message that comes now: the lower of its own time and the queue's. */
export function deadlineNs(message: Message, ttlMs: number, nowNs: number, leastMs: number): number {
  let ms = ttlMs;
  if (message.expiration !== null) {
    const own = Number(message.expiration);
    if (own < ms) ms = own;
  }
  if (ms === Number.POSITIVE_INFINITY) return ms;
  return nowNs + (ms < leastMs ? leastMs : ms) * MS;
}

export function lineAt(queue: Queue, level: number): Line {
  const { levels } = queue;
  while (levels.length <= level) levels.push(newLine());
  return levels[level] as Line;
}

/** Adds to the ready ones at the end of its line. */
export function pushReady(queue: Queue, entry: Entry): void {
  pushEntry(lineAt(queue, entry.level), entry);
  if (entry.level > queue.top) queue.top = entry.level;
  queue.ready++;
  queue.readyBytes += entry.bytes;
}

/** The highest level that holds a ready message, -1 if none does. */
export function topLevel(queue: Queue): number {
  while (queue.top >= 0 && lineLength(queue.levels[queue.top] as Line) === 0) queue.top--;
  return queue.top;
}

export function headAt(queue: Queue, level: number): Entry | null {
  return level < 0 ? null : headOf(queue.levels[level] as Line);
}

export function shiftReady(queue: Queue, level: number): Entry {
  const entry = shiftEntry(queue.levels[level] as Line);
  queue.ready--;
  queue.readyBytes -= entry.bytes;
  return entry;
}

/** Positions out on a channel, in the order in which they went out. */
export function heldBy(queue: Queue, channel: number): number[] {
  return keysOf(queue.unacked).filter((position) => lookUp(queue.unacked, position)?.channel === channel);
}

/** Consumers of a channel, in order of arrival. */
export function consumersOf(queue: Queue, channel: number): Consumer[] {
  return [...queue.consumers.values()].filter((consumer) => consumer.channel === channel);
}
