// The range assignor: topic by topic, each subscriber gets a run of partitions next to each other, the first ones one more where they do not
// come out even. With equal counts and subscribers, the partitions of one number of several topics meet at one member.
// Follows `RangeAssignor` with racks; vectors/kafka/assignor-range.json; K22.

import { floor } from '../../../kernel/exact-math.ts';
import {
  type Assignment,
  areRacksDeciding,
  byMember,
  byTopic,
  emptyAssignment,
  type GroupMember,
  isOnRack,
  rackOf,
  racksOf,
  type TopicPartitions,
} from './assignment.ts';

/** What is still to be dealt of one topic. */
interface TopicShare {
  readonly topic: string;
  /** Its subscribers, in order. */
  readonly members: readonly GroupMember[];
  /** Racks of each partition; empty = nobody asks for racks. */
  readonly racks: readonly (readonly string[])[];
  readonly areRacksDeciding: boolean;
  readonly partitionCount: number;
  readonly left: Set<number>;
  readonly given: Map<string, number>;
  /** Everybody gets as many; so many more members get one more. */
  readonly quota: number;
  extraLeft: number;
}

export function assignRange(topics: TopicPartitions, members: readonly GroupMember[]): Assignment {
  const assignment = emptyAssignment(members);
  const shares = [...topics.counts]
    .filter(([, count]) => count > 0)
    .map(([topic, count]) => shareOf(topics, members, topic, count));
  const hasRacks = shares.some((share) => share.areRacksDeciding);
  if (hasRacks) assignByRack(shares, assignment);
  for (const share of shares) assignRuns(share, () => true, assignment);
  if (hasRacks) for (const list of assignment.values()) list.sort(byTopic);
  return assignment;
}

function shareOf(topics: TopicPartitions, all: readonly GroupMember[], topic: string, partitionCount: number): TopicShare {
  const members = all.filter((member) => member.topics.includes(topic)).sort(byMember);
  const consumerRacks = new Set(members.flatMap((member) => rackOf(member) ?? []));
  const racks = consumerRacks.size === 0 ? [] : racksOf(topics, topic);
  return {
    topic,
    members,
    racks,
    areRacksDeciding: areRacksDeciding(consumerRacks, racks),
    partitionCount,
    left: new Set(Array.from({ length: partitionCount }, (_, partition) => partition)),
    given: new Map(members.map(({ id }) => [id, 0])),
    quota: members.length === 0 ? 0 : floor(partitionCount / members.length),
    extraLeft: members.length === 0 ? 0 : partitionCount % members.length,
  };
}

/** How many more a member may get. */
function roomOf(share: TopicShare, member: GroupMember): number {
  const room = share.quota + (share.extraLeft > 0 ? 1 : 0) - (share.given.get(member.id) as number);
  return room > 0 ? room : 0;
}

function give(share: TopicShare, member: GroupMember, partitions: readonly number[], assignment: Assignment): void {
  for (const partition of partitions) {
    assignment.get(member.id)?.push({ topic: share.topic, partition });
    share.left.delete(partition);
  }
  const given = (share.given.get(member.id) as number) + partitions.length;
  share.given.set(member.id, given);
  if (given > share.quota) share.extraLeft--;
}

function assignRuns(share: TopicShare, isFit: (member: GroupMember, partition: number) => boolean, assignment: Assignment): void {
  for (const member of share.members) {
    const fitting = [...share.left].filter((partition) => isFit(member, partition)).slice(0, roomOf(share, member));
    if (fitting.length > 0) give(share, member, fitting, assignment);
  }
}

/** First what can be had beside a replica; topics that could meet at one member do so, or are left for later. */
function assignByRack(shares: readonly TopicShare[], assignment: Assignment): void {
  const alike = new Map<string, TopicShare[]>();
  for (const share of shares) {
    const subscribers = share.members.map((member) => [member.id, rackOf(member) ?? null]);
    const key = JSON.stringify([subscribers, share.racks.length]);
    alike.set(key, [...(alike.get(key) ?? []), share]);
  }
  for (const group of alike.values()) {
    const [share] = group as [TopicShare];
    if (group.length > 1) assignTogether(group, assignment);
    else if (share.areRacksDeciding) assignRuns(share, (member, partition) => isBeside(share, member, partition), assignment);
  }
}

const isBeside = ({ racks }: TopicShare, member: GroupMember, partition: number): boolean =>
  isOnRack(rackOf(member), racks[partition]);

function assignTogether(shares: readonly TopicShare[], assignment: Assignment): void {
  const [{ racks, members: all }] = shares as readonly [TopicShare];
  const members = [...all];
  for (let partition = 0; partition < racks.length && members.length > 0; partition++) {
    const at = members.findIndex((member) =>
      shares.every((share) => isBeside(share, member, partition) && roomOf(share, member) > 0),
    );
    if (at === -1) continue;
    const member = members[at] as GroupMember;
    for (const share of shares) give(share, member, [partition], assignment);
    if (shares.every((share) => roomOf(share, member) === 0)) members.splice(at, 1);
  }
}
