// What a broker writes for the pictures of a cluster: a tape for each partition that it leads, the groups that it looks after with their
// members, and a word of itself. Numbers of a frame (`world/samples.ts`), written by the broker's actor whenever somebody watches; changes
// nothing of it.

import { max } from '../../kernel/exact-math.ts';
import { WAITING } from '../../world/books.ts';
import {
  BROKER,
  FOLD,
  GROUP,
  GROUP_STATE,
  type LayoutPlaces,
  MEMBER,
  MEMBER_STANDING,
  MEMBERS_SHOWN_MAX,
  PARTITIONS_STRIDE,
  ROW,
  ROW_SORT,
  ROW_STRIDE,
  TAPE,
  TAPE_READER,
  TAPE_READER_STRIDE,
  TAPE_READERS_MAX,
  TAPES_BEFORE_FOLD,
  TAPES_MAX,
} from '../../world/samples.ts';
import type { World } from '../../world/world.ts';
import type { BrokerContents, LedPartition } from './broker-inside.ts';
import { type Group, type GroupState, type Member, NO_REQUEST } from './group.ts';
import { type GroupShare, lagIn, owedAt } from './group-share.ts';
import type { PartitionLog } from './partition-log.ts';

/** Answers with how many rows there are, `most` at most. */
export type WriteRows = (
  contents: BrokerContents,
  part: string,
  places: LayoutPlaces,
  out: Float64Array,
  at: number,
  most: number,
) => number;

const isUp = ({ isDown }: BrokerContents): number => (isDown ? 0 : 1);

// ---------------------------------------------------------------- the broker

export const brokerRow: WriteRows = (contents, _part, _places, out, at, most) => {
  if (most < 1) return 0;
  const { number, state } = contents;
  out.fill(0, at, at + ROW_STRIDE);
  out[at + ROW.SORT] = ROW_SORT.BROKER;
  out[at + BROKER.NUMBER] = number + 1;
  out[at + BROKER.IS_UP] = isUp(contents);
  out[at + BROKER.LEADS] = state.partitions.size;
  out[at + BROKER.GROUPS] = state.coordinator.groups.size;
  return 1;
};

// ---------------------------------------------------------------- topics

/** Tapes of the first partitions, and of a topic with many a row for all the others that this broker leads. */
export const topicRows: WriteRows = (contents, topic, places, out, at, most) => {
  const count = contents.state.metadata?.leaders.get(topic)?.length ?? 0;
  const shown = count > TAPES_MAX ? TAPES_BEFORE_FOLD : count;
  let rows = 0;
  let fold = -1;
  for (const led of contents.state.partitions.values()) {
    if (led.topic !== topic) continue;
    const isTape = led.partition < shown;
    if (rows === most && (isTape || fold < 0)) continue;
    const to = at + rows * ROW_STRIDE;
    if (isTape) {
      tape(contents, led, places, out, to);
      rows++;
      continue;
    }
    if (fold < 0) {
      fold = to;
      rows++;
      out.fill(0, to, to + ROW_STRIDE);
      out[to + ROW.SORT] = ROW_SORT.FOLD;
      out[to + FOLD.WORST_PARTITION] = -1;
    }
    addToFold(led, out, fold);
  }
  return rows;
};

function tape(contents: BrokerContents, led: LedPartition, places: LayoutPlaces, out: Float64Array, at: number): void {
  const { log, partition, shares } = led;
  out.fill(-1, at, at + ROW_STRIDE);
  out[at + ROW.SORT] = ROW_SORT.TAPE;
  out[at + TAPE.PARTITION] = partition;
  out[at + TAPE.LEADER] = contents.number + 1;
  out[at + TAPE.IS_UP] = isUp(contents);
  out[at + TAPE.LOG_START] = log.logStart;
  out[at + TAPE.HIGH_WATERMARK] = log.highWatermark;
  out[at + TAPE.LOG_END] = log.logEnd;
  let reader = 0;
  for (const [group, share] of shares) {
    if (reader === TAPE_READERS_MAX) return;
    const to = at + TAPE.READERS + reader * TAPE_READER_STRIDE;
    out[to + TAPE_READER.GROUP] = places.node(group);
    out[to + TAPE_READER.COMMITTED] = share.committed;
    out[to + TAPE_READER.REACHED] = reachedOf(contents.world, led, share);
    reader++;
  }
}

/** Records are handed out in their order, so that those which wait follow those which do not, but for few. */
function reachedOf({ obligations }: World, { log }: LedPartition, share: GroupShare): number {
  let low = max(share.committed, log.logStart);
  let high = log.highWatermark;
  while (low < high) {
    const middle = low + ((high - low) >> 1);
    const obl = owedAt(share, middle);
    if (obl !== 0 && obligations.cls[obl] === WAITING) high = middle;
    else low = middle + 1;
  }
  return low;
}

function addToFold({ log, partition, shares }: LedPartition, out: Float64Array, at: number): void {
  out[at + FOLD.PARTITIONS] = (out[at + FOLD.PARTITIONS] as number) + 1;
  out[at + FOLD.RECORDS] = (out[at + FOLD.RECORDS] as number) + log.highWatermark - log.logStart;
  for (const share of shares.values()) {
    const lag = lagIn(log, share);
    if (lag <= (out[at + FOLD.WORST_LAG] as number)) continue;
    out[at + FOLD.WORST_PARTITION] = partition;
    out[at + FOLD.WORST_LAG] = lag;
  }
}

// ---------------------------------------------------------------- groups

/** How old the oldest record is that a group has not committed, ns; 0 where there is none. */
export function behindInNs(world: World, log: PartitionLog, share: GroupShare): number {
  const first = max(share.committed, log.logStart);
  // A marker is owed to nobody; what follows it is not much younger.
  for (let offset = first; offset < log.highWatermark && offset < first + MARKERS_MAX; offset++) {
    const obl = owedAt(share, offset);
    if (obl === 0) continue;
    return (world.now[0] as number) - (world.messages.createdNs[world.obligations.msg[obl] as number] as number);
  }
  return 0;
}
const MARKERS_MAX = 8;

const STATES: Readonly<Record<GroupState, number>> = {
  Empty: GROUP_STATE.EMPTY,
  PreparingRebalance: GROUP_STATE.PREPARING,
  CompletingRebalance: GROUP_STATE.COMPLETING,
  Stable: GROUP_STATE.STABLE,
};

/** The group and its first members, told by the broker that looks after it. */
export const groupRows: WriteRows = ({ state }, id, places, out, at, most) => {
  const group = state.coordinator.groups.get(id);
  if (group === undefined || most === 0) return 0;
  const { generation, members, stateSinceNs } = group;
  out.fill(0, at, at + ROW_STRIDE);
  out[at + ROW.SORT] = ROW_SORT.GROUP;
  out[at + GROUP.STATE] = STATES[group.state];
  out[at + GROUP.SINCE_NS] = stateSinceNs;
  out[at + GROUP.GENERATION] = generation;
  out[at + GROUP.MEMBERS] = members.size;
  out[at + GROUP.AWAITED] = awaitedOf(group);
  for (const { assignment } of members.values())
    if (assignment.length === 0) out[at + GROUP.IDLE] = (out[at + GROUP.IDLE] as number) + 1;
  let rows = 1;
  for (const member of members.values()) {
    if (rows === most || rows > MEMBERS_SHOWN_MAX) break;
    memberRow(group, member, places, out, at + rows * ROW_STRIDE);
    rows++;
  }
  return rows;
};

function awaitedOf({ awaitedSyncs, members, state }: Group): number {
  if (state === 'CompletingRebalance') return awaitedSyncs.size;
  if (state !== 'PreparingRebalance') return 0;
  let awaited = 0;
  for (const { joinRequest } of members.values()) if (joinRequest === NO_REQUEST) awaited++;
  return awaited;
}

function memberRow(group: Group, member: Member, places: LayoutPlaces, out: Float64Array, at: number): void {
  const { assignment, dueNs, id, joinRequest, sessionTimeoutNs, syncRequest } = member;
  const [name, place] = placeOf(id);
  const waits = joinRequest !== NO_REQUEST || syncRequest !== NO_REQUEST;
  out.fill(-1, at, at + ROW_STRIDE);
  out[at + ROW.SORT] = ROW_SORT.MEMBER;
  out[at + MEMBER.WIRE] = places.wire(name);
  out[at + MEMBER.PLACE] = place;
  out[at + MEMBER.STANDING] = standingOf(group, member);
  out[at + MEMBER.HEARD_NS] = waits || dueNs === Infinity ? Number.NaN : dueNs - sessionTimeoutNs;
  out[at + MEMBER.OWNS] = assignment.length;
  const room = ROW_STRIDE - MEMBER.OWNED;
  for (let i = 0; i < assignment.length && i < room; i++) {
    const { partition, topic } = assignment[i] as Member['assignment'][number];
    out[at + MEMBER.OWNED + i] = places.node(topic) * PARTITIONS_STRIDE + partition;
  }
}

export function standingOf({ awaitedSyncs, state }: Group, { id, joinRequest, syncRequest }: Member): number {
  if (joinRequest !== NO_REQUEST) return MEMBER_STANDING.JOINED;
  if (state === 'PreparingRebalance') return MEMBER_STANDING.TO_REJOIN;
  if (syncRequest !== NO_REQUEST) return MEMBER_STANDING.SYNCS;
  return awaitedSyncs.has(id) ? MEMBER_STANDING.TO_SYNC : MEMBER_STANDING.STABLE;
}

/** An id says on which wire its member came and which of the consumers there it is, and ends with a number of the coordinator's. */
export function placeOf(id: string): readonly [wire: string, place: number] {
  const parts = /^(.*)-(\d+)-\d+$/.exec(id);
  return parts === null ? [id, 0] : [parts[1] as string, Number(parts[2])];
}
