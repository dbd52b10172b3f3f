// What a broker of a cluster holds, as tables: of a topic the partitions that it leads with their marks, and the records of one of them; of a
// group who is in it and owns what, what it went through, its committed offsets, and how far it lags; of the whole what it leads and who is
// connected. Called by the broker's actor when somebody looks; changes nothing of it.

import { lookUp, type NumberMap, valuesOf } from '../../kernel/number-map.ts';
import {
  agoNs,
  factsOf,
  factsShape,
  type Inside,
  InsideRows,
  type InsideTable,
  listShape,
  type StretchLook,
  untilNs,
} from '../../world/inside.ts';
import type { World } from '../../world/world.ts';
import type { Connection } from '../node-kind.ts';
import { nameOf } from './assignors/assignment.ts';
import { behindInNs, placeOf, standingOf } from './broker-rows.ts';
import type { FetchSession } from './broker-state.ts';
import type { Group, GroupState, GroupTurn } from './group.ts';
import { type GroupShare, lagIn } from './group-share.ts';
import { type PartitionLog, sizeBytes } from './partition-log.ts';
import type { ClusterMetadata } from './protocol.ts';
import { partitionAsked, recordsInside } from './records-inside.ts';

const PARTITIONS = listShape('kafka-topic.partitions', {
  partition: 'detail',
  leader: 'count',
  'leader-is': 'word?',
  'log-start': 'count',
  'high-watermark': 'count',
  'log-end': 'count?',
  records: 'count',
  bytes: 'bytes',
  segments: 'count?',
  fetches: 'count?',
});
const GROUP_STATE = factsShape('kafka-group.state', {
  state: 'text',
  for: 'duration?',
  generation: 'count?',
  coordinator: 'count',
  assignor: 'text?',
  'group-leader': 'text?',
  'join-ends': 'duration?',
  'sync-ends': 'duration?',
});
const MEMBERS = listShape('kafka-group.members', {
  client: 'node?',
  member: 'text',
  instance: 'text?',
  standing: 'word',
  owns: 'text?',
  'session-ends': 'duration?',
});
const TURNS = listShape('kafka-group.turns', {
  from: 'moment',
  state: 'text',
  for: 'duration',
  generation: 'count',
  members: 'count',
});
const OFFSETS = listShape('kafka-group.offsets', { 'of-partition': 'text', committed: 'count', age: 'duration' });
const LAG = listShape('kafka-group.lag', {
  'of-partition': 'text',
  committed: 'count?',
  'high-watermark': 'count',
  lag: 'count',
  'behind-by': 'duration',
  fetched: 'count',
});
const BROKER_STATE = factsShape('kafka.state', {
  partitions: 'count',
  records: 'count',
  bytes: 'bytes',
  members: 'count',
  appended: 'count',
  fetched: 'count',
});
const LEADS = listShape('kafka.leads', { topic: 'node', partition: 'count', 'log-end': 'count', bytes: 'bytes' });
const COORDINATES = listShape('kafka.coordinates', { group: 'node', state: 'text', generation: 'count', members: 'count' });
const CONNECTIONS = listShape('kafka.connections', {
  client: 'node',
  to: 'node',
  fetches: 'count?',
  'joins-and-syncs': 'count?',
  unread: 'count?',
});

/** A partition that the broker leads. */
export interface LedPartition {
  readonly topic: string;
  readonly partition: number;
  readonly log: PartitionLog;
  readonly shares: ReadonlyMap<string, GroupShare>;
  /** By offset: before this nobody tries a record again that was passed on to here, ns. */
  readonly dueNs: ReadonlyMap<number, number>;
  /** What was passed on to here and is read by nobody. */
  readonly kept: GroupShare | null;
  /** Sessions that want what comes here: number of the session and place in it, one pair after the other. */
  readonly readers: readonly number[];
}

/** What the tables are made of. */
export interface BrokerContents {
  readonly world: World;
  /** Of the broker, from 0. */
  readonly number: number;
  readonly isDown: boolean;
  readonly connections: readonly (Connection | null)[];
  readonly state: {
    readonly partitions: ReadonlyMap<string, LedPartition>;
    readonly metadata: ClusterMetadata | null;
    readonly coordinator: { readonly groups: ReadonlyMap<string, Group> };
    readonly arrived: ReadonlyMap<number, readonly number[]>;
    readonly sessions: NumberMap<FetchSession>;
    readonly requests: ReadonlyMap<number, { readonly slot: number }>;
    readonly appended: number;
    readonly fetched: number;
  };
}

const someOf = (count: number): number | null => (count > 0 ? count : null);
const textOf = (text: string): string | null => (text === '' ? null : text);
const recordsIn = ({ highWatermark, logStart }: PartitionLog): number => highWatermark - logStart;

// ---------------------------------------------------------------- topics

/** Nothing where it leads no partition of the topic. `detail`: records of one of them. */
export function topicInside(contents: BrokerContents, wanted: string, detail: string): Inside {
  const led = [...contents.state.partitions.values()].filter(({ topic }) => topic === wanted);
  if (detail === '') return led.length === 0 ? [] : [partitionsTable(contents, led)];
  const asked = partitionAsked(detail);
  const one = led.find(({ partition }) => partition === asked?.partition);
  return one === undefined ? [] : recordsInside(contents, one, asked?.from ?? null);
}

function partitionsTable({ isDown, number, state }: BrokerContents, led: readonly LedPartition[]): InsideTable {
  const rows = new InsideRows(PARTITIONS);
  for (const { log, partition, readers } of led) {
    rows.add({
      partition,
      leader: number + 1,
      'leader-is': isDown ? 'inside.word.broker-down' : null,
      'log-start': log.logStart,
      'high-watermark': log.highWatermark,
      'log-end': log.logEnd > log.highWatermark ? log.logEnd : null,
      records: recordsIn(log),
      bytes: sizeBytes(log),
      segments: log.segments.length > 1 ? log.segments.length : null,
      fetches: someOf(parkedAt(readers, state.sessions)),
    });
  }
  return rows.table(led.length);
}

// ---------------------------------------------------------------- groups

/** `isCoordinator`: the group's offsets lie with this broker, whether it knows the group yet or not. */
export function groupInside(contents: BrokerContents, id: string, isCoordinator: boolean): Inside {
  const group = contents.state.coordinator.groups.get(id);
  const tables: InsideTable[] = [];
  if (group !== undefined || isCoordinator)
    tables.push(groupStateTable(contents, group), membersTable(contents, group), turnsTable(contents, group));
  const read = [...contents.state.partitions.values()].filter(({ shares }) => shares.has(id));
  if (read.length > 0) tables.push(lagTable(contents, read, id));
  if (group !== undefined) tables.push(offsetsTable(contents, group));
  return tables;
}

function groupStateTable({ number, world }: BrokerContents, group: Group | undefined): InsideTable {
  const isSyncing = group?.state === 'CompletingRebalance';
  return factsOf(GROUP_STATE, {
    state: group?.state ?? 'Dead',
    for: group === undefined ? null : agoNs(world, group.stateSinceNs),
    generation: group?.generation ?? null,
    coordinator: number + 1,
    assignor: textOf(group?.protocol ?? ''),
    'group-leader': textOf(group?.leader ?? ''),
    'join-ends': untilNs(world, group?.join?.dueNs),
    'sync-ends': isSyncing ? untilNs(world, group.syncDueNs) : null,
  });
}

function membersTable({ connections, world }: BrokerContents, group: Group | undefined): InsideTable {
  const rows = new InsideRows(MEMBERS);
  for (const member of group?.members.values() ?? []) {
    const [wire] = placeOf(member.id);
    rows.add({
      client: connections.find((connection) => connection?.wireId === wire)?.peerId ?? null,
      member: member.id,
      instance: textOf(member.instanceId),
      standing: STANDINGS[standingOf(group as Group, member)] as string,
      owns: textOf(member.assignment.map(nameOf).join(', ')),
      'session-ends': untilNs(world, member.dueNs),
    });
  }
  return rows.table(group?.members.size ?? 0);
}

/** In the order of their numbers. */
const STANDINGS = [
  'inside.word.member-stable',
  'inside.word.member-joined',
  'inside.word.member-to-rejoin',
  'inside.word.member-syncs',
  'inside.word.member-to-sync',
] as const;

/** States of late, the present one first. */
function turnsTable({ world }: BrokerContents, group: Group | undefined): InsideTable {
  const nowNs = world.now[0] as number;
  const rows = new InsideRows(TURNS);
  const turns = group?.turns ?? [];
  const untilNs = turns.map((_, at) => turns[at + 1]?.atNs ?? nowNs);
  for (let at = turns.length - 1; at >= 0; at--) {
    const { atNs, generation, members, state } = turns[at] as GroupTurn;
    rows.add({ from: atNs, state, for: (untilNs[at] as number) - atNs, generation, members });
  }
  const stretches = turns.map(({ atNs, state }, at) => ({
    lane: '',
    fromNs: atNs,
    untilNs: untilNs[at] as number,
    look: LOOKS[state],
  }));
  return { ...rows.table(turns.length), stretches };
}

const LOOKS: Readonly<Record<GroupState, StretchLook>> = {
  Empty: 'off',
  PreparingRebalance: 'between',
  CompletingRebalance: 'between',
  Stable: 'on',
};

function lagTable({ world }: BrokerContents, read: readonly LedPartition[], group: string): InsideTable {
  const rows = new InsideRows(LAG);
  for (const led of read) {
    const { log } = led;
    const share = led.shares.get(group) as GroupShare;
    rows.add({
      'of-partition': nameOf(led),
      committed: share.committed < 0 ? null : share.committed,
      'high-watermark': log.highWatermark,
      lag: lagIn(log, share),
      'behind-by': behindInNs(world, log, share),
      fetched: share.fetched,
    });
  }
  return rows.table(read.length);
}

function offsetsTable({ world }: BrokerContents, { offsets }: Group): InsideTable {
  const rows = new InsideRows(OFFSETS);
  for (const [name, { committedNs, offset }] of offsets) {
    rows.add({ 'of-partition': name, committed: offset, age: agoNs(world, committedNs) });
  }
  return rows.table(offsets.size);
}

// ---------------------------------------------------------------- the whole

export function brokerInside(contents: BrokerContents): Inside {
  return [stateTable(contents), leadsTable(contents), coordinatesTable(contents), connectionsTable(contents)];
}

function stateTable({ state }: BrokerContents): InsideTable {
  let records = 0;
  let bytes = 0;
  let members = 0;
  for (const { log } of state.partitions.values()) {
    records += recordsIn(log);
    bytes += sizeBytes(log);
  }
  for (const group of state.coordinator.groups.values()) members += group.members.size;
  const { appended, fetched, partitions } = state;
  return factsOf(BROKER_STATE, { partitions: partitions.size, records, bytes, members, appended, fetched });
}

function leadsTable({ state }: BrokerContents): InsideTable {
  const rows = new InsideRows(LEADS);
  for (const { log, partition, topic } of state.partitions.values()) {
    rows.add({ topic, partition, 'log-end': log.logEnd, bytes: sizeBytes(log) });
  }
  return rows.table(state.partitions.size);
}

function coordinatesTable({ state }: BrokerContents): InsideTable {
  const rows = new InsideRows(COORDINATES);
  const { groups } = state.coordinator;
  for (const { generation, id, members, state: inState } of groups.values()) {
    rows.add({ group: id, state: inState, generation, members: members.size });
  }
  return rows.table(groups.size);
}

function connectionsTable({ connections, state }: BrokerContents): InsideTable {
  const rows = new InsideRows(CONNECTIONS);
  let total = 0;
  for (const [slot, connection] of connections.entries()) {
    // A relation between a topic and a group is nobody's connection.
    if (!connection || connection.kind.isInner === true) continue;
    total++;
    rows.add({
      client: connection.peerId,
      to: connection.selfId,
      fetches: someOf(valuesOf(state.sessions).filter((one) => one.slot === slot && one.parked !== 0).length),
      'joins-and-syncs': someOf(countOf(state.requests, slot)),
      unread: someOf(state.arrived.get(slot)?.length ?? 0),
    });
  }
  return rows.table(total);
}

/** Sessions whose fetch is parked and waits for what comes to a partition. */
function parkedAt(readers: readonly number[], sessions: NumberMap<FetchSession>): number {
  let count = 0;
  for (let i = 0; i < readers.length; i += 2) {
    const session = lookUp(sessions, readers[i] as number);
    if (session !== undefined && session.parked !== 0 && session.entries[readers[i + 1] as number]?.isResting === false) count++;
  }
  return count;
}

function countOf(parked: ReadonlyMap<number, { readonly slot: number }>, wanted: number): number {
  let count = 0;
  for (const { slot } of parked.values()) if (slot === wanted) count++;
  return count;
}
