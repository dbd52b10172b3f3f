// Which member stands beside a replica of which partition, as the sticky assignors ask it. Without racks, or where every rack has
// everything, nobody is out of place. Used by `sticky-equal.ts` and `sticky-general.ts`; the rack part of `AbstractStickyAssignor`.

import {
  areRacksDeciding,
  type GroupMember,
  nameOf,
  partitionsOf,
  rackOf,
  racksOf,
  type TopicPartition,
  type TopicPartitions,
} from './assignment.ts';

export interface RackMap {
  /** Whether racks decide; if not, both maps below are empty. */
  readonly isDeciding: boolean;
  /** By member id. */
  readonly ofMember: ReadonlyMap<string, string>;
  /** By the partition's name. */
  readonly ofPartition: ReadonlyMap<string, readonly string[]>;
  /** By the partition's name: how many members stand beside it. Known wherever members have racks. */
  readonly memberCounts: ReadonlyMap<string, number>;
}

export function rackMap(topics: TopicPartitions, members: readonly GroupMember[]): RackMap {
  const ofMember = new Map<string, string>();
  for (const member of members) {
    const rack = rackOf(member);
    if (rack !== undefined) ofMember.set(member.id, rack);
  }
  const ofPartition = new Map<string, readonly string[]>();
  if (ofMember.size > 0) {
    for (const partition of partitionsOf([...topics.counts.keys()], topics)) {
      ofPartition.set(nameOf(partition), [...new Set(racksOf(topics, partition.topic)[partition.partition] ?? [])]);
    }
  }
  const consumerRacks = [...ofMember.values()];
  const memberCounts = new Map(
    [...ofPartition].map(([name, racks]) => [name, consumerRacks.filter((rack) => racks.includes(rack)).length]),
  );
  const isDeciding = areRacksDeciding(new Set(consumerRacks), [...ofPartition.values()]);
  return isDeciding
    ? { isDeciding, ofMember, ofPartition, memberCounts }
    : { isDeciding, ofMember: new Map(), ofPartition: new Map(), memberCounts };
}

/** Whether a member has a rack and the partition no replica on it. */
export function isOutOfPlace(racks: RackMap, member: string, partition: TopicPartition): boolean {
  const rack = racks.ofMember.get(member);
  return rack !== undefined && !(racks.ofPartition.get(nameOf(partition))?.includes(rack) ?? false);
}

/** Those first that few members stand beside; else in the order they have. */
export function byFewestMembers({ memberCounts }: RackMap, partitions: readonly TopicPartition[]): TopicPartition[] {
  const countOf = (partition: TopicPartition): number => memberCounts.get(nameOf(partition)) ?? 0;
  return [...partitions].sort((a, b) => countOf(a) - countOf(b));
}

/** Place in `members` of the first, from `start` on and around, that stands beside a replica; -1 if none does. */
export function nextBeside(racks: RackMap, partition: TopicPartition, members: readonly string[], start: number): number {
  const replicas = racks.ofPartition.get(nameOf(partition)) ?? [];
  for (let i = 0; i < members.length && replicas.length > 0; i++) {
    const at = (start + i) % members.length;
    const rack = racks.ofMember.get(members[at] as string);
    if (rack !== undefined && replicas.includes(rack)) return at;
  }
  return -1;
}
