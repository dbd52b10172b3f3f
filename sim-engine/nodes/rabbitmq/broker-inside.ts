// What a broker holds, as tables: of a queue what is ready in the order in which it would be handed out, what is unacked, and who consumes;
// of an exchange its bindings; of the whole its connections and channels, why the last ones were closed, and its alarms. Called by the
// broker's actor when somebody looks; changes nothing of it.

import { valuesOf } from '../../kernel/number-map.ts';
import {
  agoNs,
  factsOf,
  factsShape,
  type Inside,
  type InsideMessage,
  InsideRows,
  type InsideTable,
  listShape,
  nameOfMessage,
  untilNs,
} from '../../world/inside.ts';
import type { World } from '../../world/world.ts';
import type { Connection } from '../node-kind.ts';
import type { Broker } from './broker.ts';
import { outstanding } from './channel.ts';
import { classicInTurn } from './classic-queue.ts';
import type { Consumer } from './consumers.ts';
import { deliveryHeaders } from './delivery.ts';
import { REPLY_PREFIX } from './direct-replies.ts';
import type { Entry } from './entry-line.ts';
import type { HeaderTable, HeaderValue, Message } from './model.ts';
import type { Queue } from './queue.ts';
import { quorumInTurn } from './quorum-queue.ts';
import type { AskedBy } from './reply-addresses.ts';

const QUEUE_STATE = factsShape('rabbitmq-queue.state', {
  ready: 'count',
  unacked: 'count',
  delayed: 'count?',
  retained: 'count?',
  bytes: 'bytes',
  'on-node': 'count?',
  'leader-in': 'duration?',
  backlog: 'count?',
  'deleted-in': 'duration?',
  'first-offset': 'count?',
  'next-offset': 'count?',
});
const READY = listShape('rabbitmq-queue.ready', {
  letter: 'message',
  'routing-key': 'text',
  priority: 'count?',
  redelivered: 'word?',
  failed: 'count?',
  'x-death': 'text?',
  age: 'duration',
  expires: 'duration?',
});
const UNACKED = listShape('rabbitmq-queue.unacked', {
  letter: 'message',
  reader: 'node',
  'consumer-tag': 'text?',
  'delivery-tag': 'count',
  attempt: 'count',
  overdue: 'duration?',
  headers: 'text?',
  'x-death': 'text?',
});
const CONSUMERS = listShape('rabbitmq-queue.consumers', {
  reader: 'node',
  'consumer-tag': 'text',
  state: 'word',
  prefetch: 'count?',
  has: 'count',
  'x-priority': 'text?',
  'reads-next': 'count?',
});
const DELAYED = listShape('rabbitmq-queue.delayed', { letter: 'message', failed: 'count', wakes: 'duration' });
const RETAINED = listShape('rabbitmq-queue.retained', {
  letter: 'message',
  reason: 'text',
  'confirmed-by': 'text?',
  again: 'duration',
});
const BINDINGS = listShape('rabbitmq-exchange.bindings', { to: 'text', 'binding-key': 'text', arguments: 'text?' });
const REPLY_READERS = listShape('rabbitmq-replies.readers', { client: 'node', address: 'text', 'asked-from': 'count?' });
const BROKER_STATE = factsShape('rabbitmq.state', {
  'nodes-up': 'count',
  memory: 'word',
  disk: 'word',
  redeliveries: 'count',
  unroutable: 'count',
  'dead-lettered': 'count',
});
const CONNECTIONS = listShape('rabbitmq.connections', {
  client: 'node',
  'on-node': 'count',
  state: 'word',
  channels: 'count',
  unread: 'count?',
  heard: 'duration',
});
const CHANNELS = listShape('rabbitmq.channels', {
  client: 'node',
  to: 'text',
  prefetch: 'count?',
  unacked: 'count?',
  confirms: 'count?',
  unconfirmed: 'count?',
});
const CLOSED = listShape('rabbitmq.closed', { client: 'node', how: 'word', reply: 'text?', age: 'duration' });

/** Headers that tell how a message died. */
const DEATH = /^x-(first-|last-)?death/;

/** How a session ended. */
export type Ending = 'client-left' | 'no-heartbeat' | 'refused';
/** The last sessions that ended, latest first. */
export interface Ended {
  readonly client: string;
  readonly how: Ending;
  /** Reply code; 0 = none. */
  readonly code: number;
  readonly atNs: number;
}

/** What a client holds open, as the broker's actor knows it. */
export interface ClientSession {
  readonly connection: number;
  readonly channel: number;
  readonly heardNs: Float64Array;
}

/** What the tables are made of. */
export interface BrokerContents {
  readonly world: World;
  readonly broker: Broker;
  readonly nodes: number;
  readonly connections: readonly (Connection | null)[];
  readonly state: {
    readonly sessions: ReadonlyMap<number, ClientSession>;
    readonly slots: ReadonlyMap<number, number>;
    readonly parked: ReadonlyMap<number, readonly unknown[]>;
    readonly endings: readonly Ended[];
    readonly redeliveries: number;
    readonly unroutable: number;
    readonly deadLettered: number;
    readonly asked: AskedBy;
    readonly inFlow: ReadonlySet<number>;
  };
  /** Name of a part in AMQP. */
  nameOf(part: string): string;
}

export function brokerInside(contents: BrokerContents): Inside {
  return [stateTable(contents), connectionsTable(contents), channelsTable(contents), closedTable(contents)];
}

// ---------------------------------------------------------------- queues

export function queueInside(contents: BrokerContents, queue: Queue): Inside {
  const tables = [queueStateTable(contents, queue)];
  if (queue.stream === null) tables.push(readyTable(contents, queue), unackedTable(contents, queue));
  tables.push(consumersTable(contents, queue));
  if (queue.delayed.length > 0) tables.push(delayedTable(contents, queue));
  if (queue.retained.length > 0) tables.push(retainedTable(contents, queue));
  return tables;
}

const someOf = (count: number): number | null => (count > 0 ? count : null);

function queueStateTable({ nodes, world }: BrokerContents, queue: Queue): InsideTable {
  const { backlog, consumers, delayed, leaderNs, node, readyBytes, retained, settings, stream, usedNs } = queue;
  const isUnused = consumers.size === 0 && settings.expiresMs !== Number.POSITIVE_INFINITY;
  return factsOf(QUEUE_STATE, {
    ready: queue.ready,
    unacked: queue.unacked.size,
    delayed: someOf(delayed.length),
    retained: someOf(retained.length),
    bytes: readyBytes,
    'on-node': nodes > 1 && node > 0 ? node : null,
    'leader-in': leaderNs > 0 ? untilNs(world, leaderNs) : null,
    backlog: someOf(backlog.length),
    'deleted-in': isUnused ? untilNs(world, usedNs + settings.expiresMs * 1_000_000) : null,
    'first-offset': stream?.firstOffset ?? null,
    'next-offset': stream?.nextOffset ?? null,
  });
}

function readyTable({ broker, world }: BrokerContents, queue: Queue): InsideTable {
  const rows = new InsideRows(READY);
  const inTurn = queue.type === 'quorum' ? quorumInTurn(broker.version, queue) : classicInTurn(queue);
  for (const entry of inTurn) {
    if (rows.isFull) break;
    const { message } = entry;
    rows.add({
      letter: letterOf(world, message),
      'routing-key': message.key,
      priority: message.priority < 0 ? null : message.priority,
      redelivered: entry.isRedelivered ? 'inside.word.redelivered' : null,
      failed: someOf(entry.failedCount),
      'x-death': deathsOf(message),
      age: agoNs(world, world.messages.createdNs[message.content] as number),
      expires: untilNs(world, entry.expiresNs),
    });
  }
  return rows.table(queue.ready);
}

const letterOf = (world: World, { content }: Message): InsideMessage => nameOfMessage(world, content);

/** `x-death`, the latest first. */
function deathsOf({ deaths }: Message): string | null {
  if (deaths === null) return null;
  return deaths.entries.map(({ count, queue, reason }) => `${queue} ${reason} ×${count}`).join(', ');
}

function unackedTable(contents: BrokerContents, queue: Queue): InsideTable {
  const { broker, world } = contents;
  const rows = new InsideRows(UNACKED);
  const tags = new Map<number, Map<number, number>>();
  const tagOf = (channel: number, position: number): number => {
    const known = tags.get(channel) ?? tagsOf(broker, channel, queue);
    tags.set(channel, known);
    return known.get(position) ?? 0;
  };
  for (const { channel, consumer, dueNs, entry } of valuesOf(queue.unacked)) {
    if (rows.isFull) break;
    rows.add({
      letter: letterOf(world, entry.message),
      reader: clientOf(contents, channel),
      'consumer-tag': queue.consumers.get(consumer)?.tag ?? null,
      'delivery-tag': tagOf(channel, entry.position),
      attempt: world.obligations.attempts[entry.obligation] as number,
      overdue: untilNs(world, dueNs),
      headers: headersOf(broker, queue, consumer, entry),
      'x-death': deathsOf(entry.message),
    });
  }
  return rows.table(queue.unacked.size);
}

/** What its reader sees in its headers besides how it died. */
function headersOf({ version }: Broker, { consumers, type }: Queue, consumer: number, entry: Entry): string | null {
  const consumerTag = consumers.get(consumer)?.tag ?? '';
  const headers = deliveryHeaders({ consumerTag, entry, message: entry.message, queueType: type }, version);
  const others = new Map([...headers].filter(([name]) => !DEATH.test(name)));
  return others.size === 0 ? null : tableText(others);
}

/** Delivery tags of a queue's deliveries on a channel, by position. */
function tagsOf({ state }: Broker, id: number, { serial }: Queue): Map<number, number> {
  const channel = state.channels.get(id);
  const out = channel === undefined ? [] : outstanding(channel);
  return new Map(out.filter(({ queue }) => queue === serial).map(({ position, tag }) => [position, tag]));
}

function clientOf({ connections, state }: BrokerContents, channel: number): string | null {
  const slot = state.slots.get(channel);
  return slot === undefined ? null : (connections[slot]?.peerId ?? null);
}

function consumersTable(contents: BrokerContents, queue: Queue): InsideTable {
  const rows = new InsideRows(CONSUMERS);
  for (const consumer of queue.consumers.values()) {
    rows.add({
      reader: clientOf(contents, consumer.channel),
      'consumer-tag': consumer.tag,
      state: standingOf(queue, consumer),
      prefetch: someOf(consumer.prefetch),
      has: consumer.held,
      'x-priority': consumer.priority === 0 ? null : String(consumer.priority),
      'reads-next': queue.stream?.readers.get(consumer.key) ?? null,
    });
  }
  return rows.table(queue.consumers.size);
}

function standingOf(queue: Queue, { credit, key, status }: Consumer): string {
  if (status !== 'up') return 'inside.word.consumer-cancelled';
  const isSpare = queue.settings.isSingleActive && (queue.type === 'quorum' ? queue.waiting.includes(key) : queue.holder !== key);
  if (isSpare) return 'inside.word.consumer-spare';
  return credit > 0 ? 'inside.word.consumer-free' : 'inside.word.consumer-full';
}

function delayedTable({ world }: BrokerContents, { delayed }: Queue): InsideTable {
  const rows = new InsideRows(DELAYED);
  for (const { entry, readyNs } of delayed) {
    rows.add({ letter: letterOf(world, entry.message), failed: entry.failedCount, wakes: untilNs(world, readyNs) });
  }
  return rows.table(delayed.length);
}

function retainedTable({ world }: BrokerContents, { retained }: Queue): InsideTable {
  const rows = new InsideRows(RETAINED);
  for (const { confirmedBy, dueNs, entry, reason } of retained) {
    rows.add({
      letter: letterOf(world, entry.message),
      reason,
      'confirmed-by': confirmedBy.length === 0 ? null : confirmedBy.join(', '),
      again: untilNs(world, dueNs),
    });
  }
  return rows.table(retained.length);
}

// ---------------------------------------------------------------- exchanges

export function exchangeInside({ broker }: BrokerContents, name: string): Inside {
  const exchange = broker.state.routing.exchanges.get(name);
  if (exchange === undefined) return [];
  const rows = new InsideRows(BINDINGS);
  for (const { args, destination, key } of exchange.bindings.values()) {
    rows.add({ to: destination, 'binding-key': key, arguments: args.size === 0 ? null : tableText(args) });
  }
  return [rows.table(exchange.bindings.size)];
}

const tableText = (table: HeaderTable): string => [...table].map(([name, value]) => `${name}=${valueText(value)}`).join(', ');

function valueText(value: HeaderValue): string {
  if (value instanceof Map) return `{${tableText(value)}}`;
  if (Array.isArray(value)) return `[${(value as readonly HeaderValue[]).map(valueText).join(', ')}]`;
  return typeof value === 'object' && value !== null && 'double' in value ? String(value.double) : String(value);
}

// ---------------------------------------------------------------- the whole

function stateTable({ broker, state }: BrokerContents): InsideTable {
  const { alarms, running } = broker.state;
  const alarm = (resource: string): string => (alarms.has(resource) ? 'inside.word.alarm' : 'inside.word.no-alarm');
  return factsOf(BROKER_STATE, {
    'nodes-up': running.size,
    memory: alarm('memory'),
    disk: alarm('disk'),
    redeliveries: state.redeliveries,
    unroutable: state.unroutable,
    'dead-lettered': state.deadLettered,
  });
}

// ---------------------------------------------------------------- direct replies

/** Who reads replies there, and the address that its questions carry. */
export function repliesInside({ connections, state }: BrokerContents, part: string): Inside {
  const rows = new InsideRows(REPLY_READERS);
  let count = 0;
  for (const [slot, { channel }] of state.sessions) {
    const connection = connections[slot];
    if (connection?.selfId !== part || connection.port !== 'out') continue;
    count++;
    rows.add({
      client: connection.peerId,
      address: `${REPLY_PREFIX}${channel}`,
      'asked-from': state.asked.get(channel)?.low ?? null,
    });
  }
  return [rows.table(count)];
}

// ---------------------------------------------------------------- clients

/** By connection: slots of its channels, in order. */
function byConnection({ state }: BrokerContents): Map<number, number[]> {
  const slots = new Map<number, number[]>();
  for (const [slot, { connection }] of state.sessions) slots.set(connection, [...(slots.get(connection) ?? []), slot]);
  return slots;
}

function connectionsTable(contents: BrokerContents): InsideTable {
  const { broker, connections, state, world } = contents;
  const rows = new InsideRows(CONNECTIONS);
  const all = byConnection(contents);
  for (const [id, slots] of all) {
    const connection = broker.state.connections.get(id);
    const heardNs = slots.map((slot) => state.sessions.get(slot)?.heardNs[0] as number).sort((a, b) => b - a);
    rows.add({
      client: connections[slots[0] as number]?.peerId ?? null,
      'on-node': connection?.node ?? null,
      state: stateOf(contents, id, connection?.isBlocked === true),
      channels: slots.length,
      unread: someOf(state.parked.get(id)?.length ?? 0),
      heard: agoNs(world, heardNs[0] as number),
    });
  }
  return rows.table(all.size);
}

function stateOf({ state }: BrokerContents, connection: number, isBlocked: boolean): string {
  if (isBlocked) return 'inside.word.connection-blocked';
  return state.inFlow.has(connection) ? 'inside.word.connection-flow' : 'inside.word.connection-running';
}

function channelsTable({ broker, connections, nameOf, state }: BrokerContents): InsideTable {
  const rows = new InsideRows(CHANNELS);
  for (const [slot, { channel: id }] of state.sessions) {
    const connection = connections[slot];
    const channel = broker.state.channels.get(id);
    if (!connection || channel === undefined) continue;
    const isReader = connection.port === 'out';
    rows.add({
      client: connection.peerId,
      to: nameOf(connection.selfId),
      prefetch: isReader ? someOf(channel.prefetch) : null,
      unacked: isReader ? channel.pendingCount : null,
      confirms: channel.isConfirming ? channel.publishes : null,
      unconfirmed: channel.isConfirming ? channel.unconfirmed.size : null,
    });
  }
  return rows.table(state.sessions.size);
}

/** Source: AMQP 0-9-1, constants; `rabbit_framing`. */
const REPLIES: ReadonlyMap<number, string> = new Map([
  [320, 'CONNECTION_FORCED'],
  [403, 'ACCESS_REFUSED'],
  [404, 'NOT_FOUND'],
  [405, 'RESOURCE_LOCKED'],
  [406, 'PRECONDITION_FAILED'],
  [503, 'COMMAND_INVALID'],
  [530, 'NOT_ALLOWED'],
  [540, 'NOT_IMPLEMENTED'],
  [541, 'INTERNAL_ERROR'],
]);

const HOW: Readonly<Record<Ending, string>> = {
  'client-left': 'inside.word.client-left',
  'no-heartbeat': 'inside.word.no-heartbeat',
  refused: 'inside.word.closed-by-broker',
};

function closedTable({ state, world }: BrokerContents): InsideTable {
  const rows = new InsideRows(CLOSED);
  for (const { atNs, client, code, how } of state.endings) {
    rows.add({
      client,
      how: HOW[how],
      reply: code === 0 ? null : `${code} ${REPLIES.get(code) ?? ''}`,
      age: agoNs(world, atNs),
    });
  }
  return rows.table(state.endings.length);
}
