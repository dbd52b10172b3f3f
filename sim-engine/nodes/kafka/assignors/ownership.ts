// Who of a group may say that it holds which partitions: what members claim as they join, as far as it is believed. Used by the sticky
// assignors. Follows `AbstractStickyAssignor.allSubscriptionsEqual`.

import { type GroupMember, nameOf, type TopicPartition, type TopicPartitions } from './assignment.ts';

export interface Ownership {
  /** By member id, of every member. */
  readonly owned: ReadonlyMap<string, TopicPartition[]>;
  /** Names of partitions that two members claim since the same generation: nobody holds them. */
  readonly contested: ReadonlySet<string>;
  readonly areSubscriptionsEqual: boolean;
}

/** Of two that claim a partition the one of the later generation holds it; a topic that is gone is held by nobody. */
export function ownershipOf(topics: TopicPartitions, members: readonly GroupMember[]): Ownership {
  const owned = new Map<string, TopicPartition[]>(members.map(({ id }) => [id, []]));
  const contested = new Set<string>();
  const holders = new Map<string, GroupMember>();
  for (const member of members) {
    for (const partition of member.owned) {
      if (partition.partition < 0 || partition.partition >= (topics.counts.get(partition.topic) ?? 0)) continue;
      const name = nameOf(partition);
      const holder = holders.get(name);
      if (holder !== undefined && member.generation < holder.generation) continue;
      if (holder !== undefined) {
        drop(owned.get(holder.id) as TopicPartition[], name);
        if (member.generation === holder.generation) contested.add(name);
      }
      if (holder === undefined || member.generation > holder.generation) owned.get(member.id)?.push(partition);
      holders.set(name, member);
    }
  }
  return { owned, contested, areSubscriptionsEqual: areEqual(members) };
}

function drop(partitions: TopicPartition[], name: string): void {
  const at = partitions.findIndex((partition) => nameOf(partition) === name);
  if (at !== -1) partitions.splice(at, 1);
}

/** Whether all subscribe to what the first of them does; who subscribes to nothing before it says nothing about the others. */
function areEqual(members: readonly GroupMember[]): boolean {
  const at = members.findIndex(({ topics }) => topics.length > 0);
  if (at === -1) return true;
  const first = new Set(members[at]?.topics);
  return members.slice(at + 1).every(({ topics }) => topics.length === first.size && topics.every((topic) => first.has(topic)));
}
