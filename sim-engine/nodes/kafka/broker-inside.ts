// What a broker of a cluster holds, as tables: of a topic the partitions that it leads with their marks and their newest records; of a group
// who is in it and owns what, its committed offsets, and how far it lags; of the whole what it leads and who is connected. Called by the
// broker's actor when somebody looks; changes nothing of it.

import {
  agoNs,
  factsOf,
  factsShape,
  type Inside,
  InsideRows,
  type InsideTable,
  keyCell,
  listShape,
  nameOfMessage,
  untilNs,
} from '../../world/inside.ts';
import type { World } from '../../world/world.ts';
import type { Connection } from '../node-kind.ts';
import { nameOf } from './assignors/assignment.ts';
import { type Group, type Member, NO_REQUEST } from './group.ts';
import { type GroupShare, lagIn } from './group-share.ts';
import { recordOffset, type Segment } from './log-segment.ts';
import { type PartitionLog, sizeBytes } from './partition-log.ts';
import type { ClusterMetadata } from './protocol.ts';

const PARTITIONS = listShape('kafka-topic.partitions', {
  partition: 'count',
  leader: 'count',
  'log-start': 'count',
  'high-watermark': 'count',
  'log-end': 'count',
  records: 'count',
  bytes: 'bytes',
  segments: 'count',
  fetches: 'count?',
});
const RECORDS = listShape('kafka-topic.records', {
  partition: 'count',
  offset: 'count',
  letter: 'message',
  key: 'count?',
  age: 'duration',
});
const GROUP_STATE = factsShape('kafka-group.state', {
  state: 'text',
  for: 'duration?',
  generation: 'count?',
  assignor: 'text?',
  'group-leader': 'text?',
  'join-ends': 'duration?',
  'sync-ends': 'duration?',
});
const MEMBERS = listShape('kafka-group.members', {
  member: 'text',
  instance: 'text?',
  standing: 'word',
  owns: 'text?',
  'session-ends': 'duration?',
});
const OFFSETS = listShape('kafka-group.offsets', { 'of-partition': 'text', committed: 'count', age: 'duration' });
const LAG = listShape('kafka-group.lag', {
  'of-partition': 'text',
  committed: 'count?',
  'log-start': 'count',
  'high-watermark': 'count',
  lag: 'count',
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
  readonly fetches: ReadonlySet<number>;
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
    readonly fetches: ReadonlyMap<number, { readonly slot: number }>;
    readonly requests: ReadonlyMap<number, { readonly slot: number }>;
    readonly appended: number;
    readonly fetched: number;
  };
}

const someOf = (count: number): number | null => (count > 0 ? count : null);
const textOf = (text: string): string | null => (text === '' ? null : text);
const recordsIn = ({ highWatermark, logStart }: PartitionLog): number => highWatermark - logStart;

// ---------------------------------------------------------------- topics

/** Nothing where it leads no partition of the topic. */
export function topicInside(contents: BrokerContents, wanted: string): Inside {
  const led = [...contents.state.partitions.values()].filter(({ topic }) => topic === wanted);
  led.sort((a, b) => a.partition - b.partition);
  return led.length === 0 ? [] : [partitionsTable(contents, led), recordsTable(contents, led)];
}

function partitionsTable({ number }: BrokerContents, led: readonly LedPartition[]): InsideTable {
  const rows = new InsideRows(PARTITIONS);
  for (const { fetches, log, partition } of led) {
    rows.add({
      partition,
      leader: number + 1,
      'log-start': log.logStart,
      'high-watermark': log.highWatermark,
      'log-end': log.logEnd,
      records: recordsIn(log),
      bytes: sizeBytes(log),
      segments: log.segments.length,
      fetches: someOf(fetches.size),
    });
  }
  return rows.table(led.length);
}

/** The end of every log: the last record of each partition, then those before them, and so on. */
function recordsTable({ world }: BrokerContents, led: readonly LedPartition[]): InsideTable {
  const rows = new InsideRows(RECORDS);
  let ends = led.map(({ log, partition }) => ({ partition, records: newestFirst(log) }));
  while (ends.length > 0 && !rows.isFull) {
    ends = ends.filter(({ partition, records }) => {
      const { value } = records.next();
      if (!value) return false;
      const [segment, record] = value;
      const msg = segment.item[record] as number;
      rows.add({
        partition,
        offset: recordOffset(segment, record),
        letter: nameOfMessage(world, msg),
        key: keyCell(segment.key[record] as number),
        age: agoNs(world, world.messages.createdNs[msg] as number),
      });
      return true;
    });
  }
  let total = 0;
  for (const { log } of led) total += countRecords(log);
  return rows.table(total);
}

function* newestFirst({ logStart, segments }: PartitionLog): Generator<readonly [Segment, number], undefined> {
  for (let at = segments.length - 1; at >= 0; at--) {
    const segment = segments[at] as Segment;
    for (let record = segment.recordCount - 1; record >= 0; record--) {
      if (recordOffset(segment, record) < logStart) return;
      yield [segment, record];
    }
  }
}

/** Compaction leaves gaps: not so many as there are offsets. */
function countRecords({ logStart, segments }: PartitionLog): number {
  let count = 0;
  for (const segment of segments) {
    let below = 0;
    while (below < segment.recordCount && recordOffset(segment, below) < logStart) below++;
    count += segment.recordCount - below;
  }
  return count;
}

// ---------------------------------------------------------------- groups

/** `isCoordinator`: the group's offsets lie with this broker, whether it knows the group yet or not. */
export function groupInside(contents: BrokerContents, id: string, isCoordinator: boolean): Inside {
  const group = contents.state.coordinator.groups.get(id);
  const tables: InsideTable[] = [];
  if (group !== undefined || isCoordinator) tables.push(groupStateTable(contents, group), membersTable(contents, group));
  const read = [...contents.state.partitions.values()].filter(({ shares }) => shares.has(id));
  if (read.length > 0) tables.push(lagTable(read, id));
  if (group !== undefined) tables.push(offsetsTable(contents, group));
  return tables;
}

function groupStateTable({ world }: BrokerContents, group: Group | undefined): InsideTable {
  const isSyncing = group?.state === 'CompletingRebalance';
  return factsOf(GROUP_STATE, {
    state: group?.state ?? 'Dead',
    for: group === undefined ? null : agoNs(world, group.stateSinceNs),
    generation: group?.generation ?? null,
    assignor: textOf(group?.protocol ?? ''),
    'group-leader': textOf(group?.leader ?? ''),
    'join-ends': untilNs(world, group?.join?.dueNs),
    'sync-ends': isSyncing ? untilNs(world, group.syncDueNs) : null,
  });
}

function membersTable({ world }: BrokerContents, group: Group | undefined): InsideTable {
  const rows = new InsideRows(MEMBERS);
  for (const member of group?.members.values() ?? []) {
    rows.add({
      member: member.id,
      instance: textOf(member.instanceId),
      standing: standingOf(group as Group, member),
      owns: textOf(member.assignment.map(nameOf).join(', ')),
      'session-ends': untilNs(world, member.dueNs),
    });
  }
  return rows.table(group?.members.size ?? 0);
}

function standingOf({ awaitedSyncs, state }: Group, { id, joinRequest, syncRequest }: Member): string {
  if (joinRequest !== NO_REQUEST) return 'inside.word.member-joined';
  if (state === 'PreparingRebalance') return 'inside.word.member-to-rejoin';
  if (syncRequest !== NO_REQUEST) return 'inside.word.member-syncs';
  return awaitedSyncs.has(id) ? 'inside.word.member-to-sync' : 'inside.word.member-stable';
}

function lagTable(read: readonly LedPartition[], group: string): InsideTable {
  const rows = new InsideRows(LAG);
  for (const led of read) {
    const { log } = led;
    const share = led.shares.get(group) as GroupShare;
    rows.add({
      'of-partition': nameOf(led),
      committed: share.committed < 0 ? null : share.committed,
      'log-start': log.logStart,
      'high-watermark': log.highWatermark,
      lag: lagIn(log, share),
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
      fetches: someOf(countOf(state.fetches, slot)),
      'joins-and-syncs': someOf(countOf(state.requests, slot)),
      unread: someOf(state.arrived.get(slot)?.length ?? 0),
    });
  }
  return rows.table(total);
}

function countOf(parked: ReadonlyMap<number, { readonly slot: number }>, wanted: number): number {
  let count = 0;
  for (const { slot } of parked.values()) if (slot === wanted) count++;
  return count;
}
