// A consumer group of the classic protocol as its coordinator keeps it: plain data, and the small questions that can be asked of it.
// What happens to it stands in `group-coordinator.ts`. Follows `ClassicGroup` and `ClassicGroupMember`.

import type { GroupMember, TopicPartition } from './assignors/assignment.ts';

/** `Dead` of Kafka is a group that is no longer there. */
export type GroupState = 'Empty' | 'PreparingRebalance' | 'CompletingRebalance' | 'Stable';

/** What a member says of itself when it joins. */
export interface Subscription {
  readonly topics: readonly string[];
  readonly owned: readonly TopicPartition[];
  readonly generation: number;
  readonly rack?: string;
}

export interface Member {
  readonly id: string;
  /** `group.instance.id`; '' = a dynamic member. */
  readonly instanceId: string;
  rebalanceTimeoutNs: number;
  sessionTimeoutNs: number;
  /** Names of assignors, the one it likes best first. */
  protocols: readonly string[];
  subscription: Subscription;
  assignment: readonly TopicPartition[];
  /** The request that waits for the answer to its join, to its sync; NO_REQUEST = none does. */
  joinRequest: number;
  syncRequest: number;
  /** It has not been through a rebalance yet. */
  isNew: boolean;
  /** When it counts as gone unless it is heard of, ns. */
  dueNs: number;
}

export const NO_REQUEST = -1;

/** The end of the join phase, as it is planned. */
export interface JoinDeadline {
  dueNs: number;
  /** Of a group that was empty: how long this wait was, and how much more waiting there may be. Else -1. */
  waitNs: number;
  remainingNs: number;
}

export interface Group {
  readonly id: string;
  state: GroupState;
  previousState: GroupState;
  /** Since when it is in its state, ns. */
  stateSinceNs: number;
  generation: number;
  /** Assignor that the members agreed on; '' = none. */
  protocol: string;
  /** Member that computes the assignment; '' = there is none. */
  leader: string;
  /** By id, in the order in which they came. */
  readonly members: Map<string, Member>;
  /** Members by their instance. */
  readonly instances: Map<string, string>;
  /** Ids that were given out and have not joined yet, with when they are forgotten, ns. */
  readonly pending: Map<string, number>;
  /** Members that have their answer to the join and have not asked for their assignment. */
  readonly awaitedSyncs: Set<string>;
  /** Somebody new came while an empty group was being filled. */
  hasNewMember: boolean;
  join: JoinDeadline | null;
  /** When members that have not asked for their assignment are let go, ns; Infinity = never. */
  syncDueNs: number;
  /** Committed offsets, by the partition's name. */
  readonly offsets: Map<string, CommittedOffset>;
  /** What a coordinator that begins anew reads from the log: the group as it was last assigned, or empty. */
  stored: StoredGroup;
  /** States of late, the oldest first, for whoever looks. */
  readonly turns: GroupTurn[];
}

/** A state, from a moment on until the next one. */
export interface GroupTurn {
  readonly atNs: number;
  readonly state: GroupState;
  readonly generation: number;
  readonly members: number;
}

/** Older ones are forgotten. */
const GROUP_TURNS_MAX = 32;

export interface CommittedOffset {
  readonly topic: string;
  readonly partition: number;
  /** The next offset to read. */
  offset: number;
  committedNs: number;
}

/** What is written of a group when everybody has an assignment, and when nobody is left. Who comes and goes in between is not. */
interface StoredGroup {
  readonly generation: number;
  readonly protocol: string;
  readonly leader: string;
  readonly members: readonly Member[];
}

const NOTHING_STORED: StoredGroup = { generation: 0, protocol: '', leader: '', members: [] };

export function storeGroup(group: Group): void {
  const { generation, leader, protocol } = group;
  group.stored = { generation, protocol, leader, members: [...group.members.values()].map((member) => ({ ...member })) };
}

/** Puts a group back to what was written of it last. */
export function readStored(group: Group): void {
  const { generation, leader, members, protocol } = group.stored;
  group.generation = generation;
  group.protocol = protocol;
  group.members.clear();
  group.instances.clear();
  for (const member of members)
    addMember(group, { ...member, joinRequest: NO_REQUEST, syncRequest: NO_REQUEST, isNew: false, dueNs: Infinity });
  group.leader = leader;
}

export function newGroup(id: string, nowNs: number): Group {
  return {
    id,
    state: 'Empty',
    previousState: 'Empty',
    stateSinceNs: nowNs,
    generation: 0,
    protocol: '',
    leader: '',
    members: new Map(),
    instances: new Map(),
    pending: new Map(),
    awaitedSyncs: new Set(),
    hasNewMember: false,
    join: null,
    syncDueNs: Infinity,
    offsets: new Map(),
    stored: NOTHING_STORED,
    turns: [{ atNs: nowNs, state: 'Empty', generation: 0, members: 0 }],
  };
}

export function enterState(group: Group, state: GroupState, nowNs: number): void {
  group.previousState = group.state;
  group.state = state;
  group.stateSinceNs = nowNs;
  const { generation, members, turns } = group;
  // States that took no time at all are none.
  while (turns.at(-1)?.atNs === nowNs) turns.pop();
  turns.push({ atNs: nowNs, state, generation, members: members.size });
  if (turns.length > GROUP_TURNS_MAX) turns.shift();
}

export function addMember(group: Group, member: Member): void {
  if (member.instanceId !== '') group.instances.set(member.instanceId, member.id);
  if (group.leader === '') group.leader = member.id;
  group.members.set(member.id, member);
  group.pending.delete(member.id);
}

export function removeMember(group: Group, id: string): void {
  const member = group.members.get(id);
  if (member !== undefined && member.instanceId !== '') group.instances.delete(member.instanceId);
  group.members.delete(id);
  if (group.leader === id) group.leader = group.members.keys().next().value ?? '';
  group.pending.delete(id);
  group.awaitedSyncs.delete(id);
}

/** Longest of its members. */
export function rebalanceTimeoutNs(group: Group): number {
  let longest = 0;
  for (const { rebalanceTimeoutNs: own } of group.members.values()) if (own > longest) longest = own;
  return longest;
}

export function hasEverybodyJoined(group: Group): boolean {
  if (group.pending.size > 0) return false;
  for (const member of group.members.values()) if (member.joinRequest === NO_REQUEST) return false;
  return true;
}

/** Whether somebody could join who knows these assignors: one of them must be known to all. */
export function supportsAny(group: Group, protocols: readonly string[]): boolean {
  if (group.state === 'Empty') return protocols.length > 0;
  return protocols.some((name) => isKnownToAll(group, name));
}

function isKnownToAll(group: Group, protocol: string): boolean {
  for (const member of group.members.values()) if (!member.protocols.includes(protocol)) return false;
  return true;
}

/** Every member votes for the first of its assignors that all know; of equals the one voted for first. */
export function votedProtocol(group: Group): string {
  const votes = new Map<string, number>();
  for (const { protocols } of group.members.values()) {
    const choice = protocols.find((name) => isKnownToAll(group, name));
    if (choice !== undefined) votes.set(choice, (votes.get(choice) ?? 0) + 1);
  }
  let winner = '';
  let most = 0;
  for (const [name, count] of votes) {
    if (count <= most) continue;
    winner = name;
    most = count;
  }
  return winner;
}

/** If the leader has not rejoined, another member that has takes its place; false if nobody has. */
export function electJoinedLeader(group: Group): boolean {
  const leader = group.members.get(group.leader);
  if (leader === undefined) return false;
  if (leader.joinRequest !== NO_REQUEST) return true;
  for (const member of group.members.values()) {
    if (member.joinRequest === NO_REQUEST) continue;
    group.leader = member.id;
    return true;
  }
  return false;
}

/** What the leader needs to know of everybody. */
export function subscriptionsOf(group: Group): GroupMember[] {
  return [...group.members.values()].map(({ id, instanceId, subscription }) => ({
    id,
    ...(instanceId === '' ? {} : { instanceId }),
    ...subscription,
  }));
}

/** Whether a member would say the same of itself again. */
export function saysTheSame(member: Member, protocols: readonly string[], subscription: Subscription): boolean {
  const { topics, owned, generation, rack } = member.subscription;
  return (
    isSameList(member.protocols, protocols) &&
    isSameList(topics, subscription.topics) &&
    generation === subscription.generation &&
    rack === subscription.rack &&
    owned.length === subscription.owned.length &&
    owned.every(({ topic, partition }, i) => {
      const other = subscription.owned[i] as TopicPartition;
      return topic === other.topic && partition === other.partition;
    })
  );
}

const isSameList = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((one, i) => one === b[i]);
