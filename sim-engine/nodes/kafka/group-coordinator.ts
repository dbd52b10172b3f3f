// The coordinator of consumer groups on one broker, for the classic protocol: who is in a group, in which generation, who leads it, and
// which offsets it has committed. A request is answered through `CoordinatorOutput`, a parked one later. Whoever calls brings the time and
// calls `expire` when `dueNs` says so; nothing here sends, draws or waits.
// Follows `GroupMetadataManager` (its part for classic groups), `ClassicGroup`, `OffsetMetadataManager`; semantics 12 and 13;
// vectors/kafka/initial-rebalance-delay.json; K22 to K27.

import { max, min } from '../../kernel/exact-math.ts';
import type { GroupMember, TopicPartition } from './assignors/assignment.ts';
import { nameOf } from './assignors/assignment.ts';
import {
  addMember,
  type CommittedOffset,
  electJoinedLeader,
  enterState,
  type Group,
  hasEverybodyJoined,
  type JoinDeadline,
  type Member,
  NO_REQUEST,
  newGroup,
  readStored,
  rebalanceTimeoutNs,
  removeMember,
  type Subscription,
  saysTheSame,
  storeGroup,
  subscriptionsOf,
  supportsAny,
  votedProtocol,
} from './group.ts';

export type GroupError =
  | 'NONE'
  | 'UNKNOWN_MEMBER_ID'
  | 'MEMBER_ID_REQUIRED'
  | 'FENCED_INSTANCE_ID'
  | 'ILLEGAL_GENERATION'
  | 'REBALANCE_IN_PROGRESS'
  | 'INCONSISTENT_GROUP_PROTOCOL'
  | 'INVALID_SESSION_TIMEOUT'
  | 'GROUP_MAX_SIZE_REACHED';

export interface CoordinatorSettings {
  /** `group.initial.rebalance.delay.ms`. */
  readonly initialDelayNs: number;
  /** `group.min.session.timeout.ms`, `group.max.session.timeout.ms`. */
  readonly sessionNsMin: number;
  readonly sessionNsMax: number;
  /** `group.max.size`. */
  readonly membersMax: number;
  /** `offsets.retention.minutes`. */
  readonly offsetsRetentionNs: number;
}

export interface CoordinatorState {
  readonly groups: Map<string, Group>;
  /** Ids given out so far, so that none is given twice. */
  ids: number;
}

export interface JoinRequest {
  readonly request: number;
  readonly group: string;
  /** '' = it has none yet. */
  readonly member: string;
  readonly clientId: string;
  /** '' = a dynamic member. */
  readonly instanceId: string;
  readonly sessionTimeoutNs: number;
  readonly rebalanceTimeoutNs: number;
  readonly protocols: readonly string[];
  readonly subscription: Subscription;
}

export interface JoinAnswer {
  readonly error: GroupError;
  readonly member: string;
  readonly generation: number;
  readonly protocol: string;
  readonly leader: string;
  /** Of everybody, for the leader alone. */
  readonly members: readonly GroupMember[];
  /** The leader is not to assign anew. */
  readonly skipsAssignment: boolean;
}

export interface CoordinatorOutput {
  joined(request: number, answer: JoinAnswer): void;
  synced(request: number, error: GroupError, assignment: readonly TopicPartition[]): void;
}

/** New members, whose requests are parked and who send no heartbeats, are let go after this long. Source: `classicGroupNewMemberJoinTimeoutMs`. */
const NEW_MEMBER_TIMEOUT_NS = 300_000_000_000;
/** Of a commit that belongs to no member: a consumer without a group, or an operator. */
export const NO_GENERATION = -1;

export class GroupCoordinator {
  state: CoordinatorState = { groups: new Map(), ids: 0 };
  private readonly settings: CoordinatorSettings;
  private readonly output: CoordinatorOutput;

  constructor(settings: CoordinatorSettings, output: CoordinatorOutput) {
    this.settings = settings;
    this.output = output;
  }

  // ---------------------------------------------------------------- join

  /** Answered at once with an error, an id or the present generation; else parked until the join phase ends. */
  join(request: JoinRequest, nowNs: number): void {
    const refusal = this.joinRefusal(request);
    if (refusal !== 'NONE') {
      this.refuseJoin(request.request, refusal, refusal === 'GROUP_MAX_SIZE_REACHED' ? '' : request.member);
      return;
    }
    const group = this.groupOf(request.group, nowNs);
    if (request.member !== '') this.joinAgain(group, request, nowNs);
    else if (request.instanceId !== '') this.joinStatic(group, request, nowNs);
    else this.giveId(group, request, nowNs);
  }

  private joinRefusal({ group: id, member, sessionTimeoutNs, protocols, instanceId }: JoinRequest): GroupError {
    const { sessionNsMin, sessionNsMax } = this.settings;
    if (sessionTimeoutNs < sessionNsMin || sessionTimeoutNs > sessionNsMax) return 'INVALID_SESSION_TIMEOUT';
    const group = this.state.groups.get(id);
    if (group === undefined) return member === '' ? 'NONE' : 'UNKNOWN_MEMBER_ID';
    if (!this.hasRoom(group, member)) {
      removeMember(group, member);
      return 'GROUP_MAX_SIZE_REACHED';
    }
    if (!supportsAny(group, protocols)) return 'INCONSISTENT_GROUP_PROTOCOL';
    if (member === '' || group.pending.has(member)) return 'NONE';
    const error = memberError(group, member, instanceId);
    return error === 'NONE' && group.state === 'Empty' ? 'UNKNOWN_MEMBER_ID' : error;
  }

  private hasRoom(group: Group, id: string): boolean {
    const { membersMax } = this.settings;
    if (group.state === 'Empty') return true;
    if (group.state !== 'PreparingRebalance') return group.members.has(id) || group.members.size < membersMax;
    if ((group.members.get(id)?.joinRequest ?? NO_REQUEST) !== NO_REQUEST) return true;
    let waiting = 0;
    for (const member of group.members.values()) if (member.joinRequest !== NO_REQUEST) waiting++;
    return waiting < membersMax;
  }

  private refuseJoin(request: number, error: GroupError, member: string): void {
    this.output.joined(request, { ...NOBODY, error, member });
  }

  private groupOf(id: string, nowNs: number): Group {
    const known = this.state.groups.get(id);
    if (known !== undefined) return known;
    const group = newGroup(id, nowNs);
    this.state.groups.set(id, group);
    return group;
  }

  private newId(name: string): string {
    return `${name}-${++this.state.ids}`;
  }

  /** A dynamic member is told its id, and joins with it. */
  private giveId(group: Group, { request, clientId, sessionTimeoutNs }: JoinRequest, nowNs: number): void {
    const id = this.newId(clientId);
    group.pending.set(id, nowNs + sessionTimeoutNs);
    this.refuseJoin(request, 'MEMBER_ID_REQUIRED', id);
  }

  private joinStatic(group: Group, request: JoinRequest, nowNs: number): void {
    const id = this.newId(request.instanceId);
    const known = group.instances.get(request.instanceId);
    if (known === undefined) this.admit(group, request, id, nowNs);
    else this.replaceStatic(group, request, known, id, nowNs);
  }

  private admit(group: Group, request: JoinRequest, id: string, nowNs: number): void {
    if (group.state === 'PreparingRebalance' && group.previousState === 'Empty') group.hasNewMember = true;
    const { instanceId, sessionTimeoutNs, protocols, subscription } = request;
    addMember(group, {
      id,
      instanceId,
      sessionTimeoutNs,
      rebalanceTimeoutNs: request.rebalanceTimeoutNs,
      protocols,
      subscription,
      assignment: [],
      joinRequest: request.request,
      syncRequest: NO_REQUEST,
      isNew: true,
      dueNs: nowNs + NEW_MEMBER_TIMEOUT_NS,
    });
    this.rebalance(group, nowNs);
  }

  /** The process of a static member was started again: it takes the place of the one before, who is fenced. */
  private replaceStatic(group: Group, request: JoinRequest, oldId: string, id: string, nowNs: number): void {
    const old = group.members.get(oldId) as Member;
    this.answerJoin(old, { ...NOBODY, error: 'FENCED_INSTANCE_ID', member: oldId });
    this.answerSync(old, 'FENCED_INSTANCE_ID', []);
    const wasLeader = group.leader === oldId;
    group.members.delete(oldId);
    const member: Member = { ...old, id, isNew: false, joinRequest: NO_REQUEST, syncRequest: NO_REQUEST, dueNs: 0 };
    group.members.set(id, member);
    group.instances.set(member.instanceId, id);
    if (wasLeader) group.leader = id;
    member.dueNs = nowNs + member.sessionTimeoutNs;
    updateMember(member, request);
    if (group.state === 'CompletingRebalance') this.prepareRebalance(group, nowNs);
    else if (group.state === 'PreparingRebalance') this.completeJoinIfAll(group, nowNs);
    else if (votedProtocol(group) !== group.protocol) this.rebalance(group, nowNs);
    else {
      storeGroup(group);
      this.answerJoin(member, { ...joinAnswer(group, member), skipsAssignment: group.leader === id });
    }
  }

  private joinAgain(group: Group, request: JoinRequest, nowNs: number): void {
    if (group.pending.has(request.member)) {
      this.admit(group, request, request.member, nowNs);
      return;
    }
    const member = group.members.get(request.member) as Member;
    const isSame = saysTheSame(member, request.protocols, request.subscription);
    const isUpToDate = group.state === 'CompletingRebalance' || (group.state === 'Stable' && group.leader !== member.id);
    if (isSame && isUpToDate) {
      const answer = joinAnswer(group, member);
      this.output.joined(request.request, group.state === 'Stable' ? { ...answer, members: [] } : answer);
      return;
    }
    updateMember(member, request);
    this.rebalance(group, nowNs);
  }

  // ---------------------------------------------------------------- the join phase

  /** Something has changed: everybody is to join again, or if that is under way already, perhaps everybody has. */
  private rebalance(group: Group, nowNs: number): void {
    if (group.state === 'PreparingRebalance') this.completeJoinIfAll(group, nowNs);
    else this.prepareRebalance(group, nowNs);
  }

  private prepareRebalance(group: Group, nowNs: number): void {
    if (group.state === 'CompletingRebalance') {
      for (const member of group.members.values()) {
        member.assignment = [];
        if (this.answerSync(member, 'REBALANCE_IN_PROGRESS', [])) member.dueNs = nowNs + member.sessionTimeoutNs;
      }
    }
    group.awaitedSyncs.clear();
    group.syncDueNs = Infinity;
    const wasEmpty = group.state === 'Empty';
    enterState(group, 'PreparingRebalance', nowNs);
    if (wasEmpty) {
      const { initialDelayNs } = this.settings;
      const remainingNs = max(rebalanceTimeoutNs(group) - initialDelayNs, 0);
      group.join = { dueNs: nowNs + initialDelayNs, waitNs: initialDelayNs, remainingNs };
    } else if (hasEverybodyJoined(group)) this.completeJoin(group, nowNs);
    else this.awaitJoins(group, nowNs);
  }

  private awaitJoins(group: Group, nowNs: number): void {
    group.join = { dueNs: nowNs + rebalanceTimeoutNs(group), waitNs: -1, remainingNs: -1 };
  }

  /** A group that was empty is given its time, whoever has come. */
  private completeJoinIfAll(group: Group, nowNs: number): void {
    if (group.previousState !== 'Empty' && hasEverybodyJoined(group)) this.completeJoin(group, nowNs);
  }

  /** The wait for members is over: once more, if somebody came and there may be more waiting. */
  private endWait(group: Group, { waitNs, remainingNs }: JoinDeadline, nowNs: number): void {
    if (waitNs === -1 || !group.hasNewMember || remainingNs === 0) {
      this.completeJoin(group, nowNs);
      return;
    }
    group.hasNewMember = false;
    const nextNs = min(this.settings.initialDelayNs, remainingNs);
    group.join = { dueNs: nowNs + nextNs, waitNs: nextNs, remainingNs: max(remainingNs - waitNs, 0) };
  }

  /** The next generation begins with those who have joined; static members are kept although they have not. */
  private completeJoin(group: Group, nowNs: number): void {
    group.join = null;
    for (const member of [...group.members.values()]) {
      if (member.joinRequest === NO_REQUEST && member.instanceId === '') removeMember(group, member.id);
    }
    if (group.members.size > 0 && !electJoinedLeader(group)) {
      this.awaitJoins(group, nowNs);
      return;
    }
    group.generation++;
    group.awaitedSyncs.clear();
    group.hasNewMember = false;
    if (group.members.size === 0) {
      group.protocol = '';
      enterState(group, 'Empty', nowNs);
      storeGroup(group);
      return;
    }
    group.protocol = votedProtocol(group);
    enterState(group, 'CompletingRebalance', nowNs);
    for (const member of group.members.values()) {
      this.answerJoin(member, joinAnswer(group, member));
      member.dueNs = nowNs + member.sessionTimeoutNs;
      member.isNew = false;
      group.awaitedSyncs.add(member.id);
    }
    group.syncDueNs = nowNs + rebalanceTimeoutNs(group);
  }

  private answerJoin(member: Member, answer: JoinAnswer): void {
    if (member.joinRequest === NO_REQUEST) return;
    const request = member.joinRequest;
    member.joinRequest = NO_REQUEST;
    this.output.joined(request, answer);
  }

  /** Whether a request was waiting for it. */
  private answerSync(member: Member, error: GroupError, assignment: readonly TopicPartition[]): boolean {
    if (member.syncRequest === NO_REQUEST) return false;
    const request = member.syncRequest;
    member.syncRequest = NO_REQUEST;
    this.output.synced(request, error, assignment);
    return true;
  }

  // ---------------------------------------------------------------- sync

  /** The leader brings the assignment (by member id), the others ask for theirs; they are parked until the leader has come. */
  sync(
    request: number,
    groupId: string,
    id: string,
    instanceId: string,
    generation: number,
    assignment: ReadonlyMap<string, readonly TopicPartition[]>,
    nowNs: number,
  ): void {
    const group = this.state.groups.get(groupId);
    const error = group === undefined ? 'UNKNOWN_MEMBER_ID' : generationError(group, id, instanceId, generation);
    if (group === undefined || error !== 'NONE') {
      this.output.synced(request, error, []);
      return;
    }
    const member = group.members.get(id) as Member;
    if (group.state === 'PreparingRebalance') {
      this.output.synced(request, 'REBALANCE_IN_PROGRESS', []);
      return;
    }
    group.awaitedSyncs.delete(id);
    if (group.awaitedSyncs.size === 0) group.syncDueNs = Infinity;
    if (group.state === 'Stable') {
      this.output.synced(request, 'NONE', member.assignment);
      return;
    }
    member.syncRequest = request;
    if (group.leader !== id) return;
    enterState(group, 'Stable', nowNs);
    for (const one of group.members.values()) {
      one.assignment = assignment.get(one.id) ?? [];
      if (this.answerSync(one, 'NONE', one.assignment)) one.dueNs = nowNs + one.sessionTimeoutNs;
    }
    storeGroup(group);
  }

  // ---------------------------------------------------------------- heartbeat, leave

  heartbeat(groupId: string, id: string, instanceId: string, generation: number, nowNs: number): GroupError {
    const group = this.state.groups.get(groupId);
    if (group === undefined) return 'UNKNOWN_MEMBER_ID';
    const error = generationError(group, id, instanceId, generation);
    if (error !== 'NONE') return error;
    const member = group.members.get(id) as Member;
    member.dueNs = nowNs + member.sessionTimeoutNs;
    return group.state === 'PreparingRebalance' ? 'REBALANCE_IN_PROGRESS' : 'NONE';
  }

  leave(groupId: string, id: string, instanceId: string, nowNs: number): GroupError {
    const group = this.state.groups.get(groupId);
    if (group === undefined) return 'UNKNOWN_MEMBER_ID';
    if (!group.pending.delete(id)) {
      const error = memberError(group, id, instanceId);
      if (error !== 'NONE') return error;
      this.answerJoin(group.members.get(id) as Member, { ...NOBODY, error: 'UNKNOWN_MEMBER_ID' });
      removeMember(group, id);
    }
    if (group.state !== 'Empty') this.rebalance(group, nowNs);
    return 'NONE';
  }

  // ---------------------------------------------------------------- offsets

  /** Takes note of the next offsets a group will read. A commit of a member keeps its session alive. */
  commit(
    groupId: string,
    id: string,
    instanceId: string,
    generation: number,
    offsets: readonly (TopicPartition & { readonly offset: number })[],
    nowNs: number,
  ): GroupError {
    const known = this.state.groups.get(groupId);
    if (known === undefined && generation !== NO_GENERATION) return 'ILLEGAL_GENERATION';
    const group = known ?? this.groupOf(groupId, nowNs);
    const error = commitError(group, id, instanceId, generation);
    if (error !== 'NONE') return error;
    const member = group.members.get(id);
    if (member !== undefined) member.dueNs = nowNs + member.sessionTimeoutNs;
    for (const { topic, partition, offset } of offsets) {
      const name = nameOf({ topic, partition });
      const before = group.offsets.get(name);
      if (before === undefined) group.offsets.set(name, { topic, partition, offset, committedNs: nowNs });
      else {
        before.offset = offset;
        before.committedNs = nowNs;
      }
    }
    return 'NONE';
  }

  /** The committed offset; -1 = none. */
  committed(groupId: string, partition: TopicPartition): number {
    return this.state.groups.get(groupId)?.offsets.get(nameOf(partition))?.offset ?? -1;
  }

  /**
   * Forgets offsets: of an empty group when it has been so for `offsets.retention.minutes`, of a stable one those of topics that nobody
   * subscribes to and nobody has committed for as long. A group that has nothing left goes too.
   */
  expireOffsets(nowNs: number): void {
    for (const [id, group] of this.state.groups) {
      const topics = new Set([...group.members.values()].flatMap(({ subscription }) => subscription.topics));
      for (const [name, committed] of group.offsets) {
        if (this.isExpired(group, topics, committed, nowNs)) group.offsets.delete(name);
      }
      if (group.state === 'Empty' && group.offsets.size === 0 && group.pending.size === 0) this.state.groups.delete(id);
    }
  }

  private isExpired(group: Group, topics: ReadonlySet<string>, { topic, committedNs }: CommittedOffset, nowNs: number): boolean {
    const { offsetsRetentionNs } = this.settings;
    if (group.state === 'Empty') {
      // Nobody was ever in it: whoever commits there counts for itself.
      const sinceNs = group.generation === 0 ? committedNs : group.stateSinceNs;
      return nowNs - sinceNs >= offsetsRetentionNs;
    }
    return group.state === 'Stable' && !topics.has(topic) && nowNs - committedNs >= offsetsRetentionNs;
  }

  // ---------------------------------------------------------------- time

  /** When `expire` has something to do next, ns; Infinity = never, as things are. */
  dueNs(): number {
    let due = Infinity;
    for (const group of this.state.groups.values()) {
      due = min(due, group.join?.dueNs ?? Infinity);
      due = min(due, group.syncDueNs);
      for (const pendingNs of group.pending.values()) due = min(due, pendingNs);
      for (const member of group.members.values()) due = min(due, member.dueNs);
    }
    return due;
  }

  /** Does what is due at `nowNs`: join phases end, sessions run out. */
  expire(nowNs: number): void {
    for (const group of [...this.state.groups.values()]) {
      for (const [id, pendingNs] of [...group.pending]) if (pendingNs <= nowNs) this.dropPending(group, id, nowNs);
      for (const member of [...group.members.values()]) if (member.dueNs <= nowNs) this.endSession(group, member, nowNs);
      if (group.syncDueNs <= nowNs) this.dropUnsynced(group, nowNs);
      if (group.join !== null && group.join.dueNs <= nowNs) this.endWait(group, group.join, nowNs);
    }
  }

  /** The broker dies: nobody is answered any more, and what was not written is forgotten, such as a rebalance under way. */
  onCrash(): void {
    for (const group of this.state.groups.values()) {
      group.pending.clear();
      group.awaitedSyncs.clear();
      group.join = null;
      group.syncDueNs = Infinity;
      group.hasNewMember = false;
      readStored(group);
    }
  }

  /** Groups are read from the log again: members of the last generation have a whole session to be heard of. */
  onRestart(nowNs: number): void {
    for (const group of this.state.groups.values()) {
      enterState(group, group.members.size === 0 ? 'Empty' : 'Stable', nowNs);
      for (const member of group.members.values()) member.dueNs = nowNs + member.sessionTimeoutNs;
    }
  }

  private dropPending(group: Group, id: string, nowNs: number): void {
    group.pending.delete(id);
    if (group.state === 'PreparingRebalance' && hasEverybodyJoined(group)) this.completeJoin(group, nowNs);
  }

  private endSession(group: Group, member: Member, nowNs: number): void {
    if (!group.members.has(member.id)) return;
    member.dueNs = Infinity;
    // Who waits for an answer is alive as far as anybody can tell; its session goes on with the answer. Not so a new member.
    if (!member.isNew && (member.joinRequest !== NO_REQUEST || member.syncRequest !== NO_REQUEST)) return;
    this.answerJoin(member, { ...NOBODY, error: 'UNKNOWN_MEMBER_ID' });
    removeMember(group, member.id);
    if (group.state === 'Stable' || group.state === 'CompletingRebalance') this.prepareRebalance(group, nowNs);
    else if (group.state === 'PreparingRebalance' && hasEverybodyJoined(group)) this.completeJoin(group, nowNs);
  }

  private dropUnsynced(group: Group, nowNs: number): void {
    group.syncDueNs = Infinity;
    if (group.state !== 'CompletingRebalance' && group.state !== 'Stable') return;
    if (group.awaitedSyncs.size === 0) return;
    for (const id of [...group.awaitedSyncs]) removeMember(group, id);
    this.prepareRebalance(group, nowNs);
  }
}

const NOBODY: JoinAnswer = {
  error: 'NONE',
  member: '',
  generation: NO_GENERATION,
  protocol: '',
  leader: '',
  members: [],
  skipsAssignment: false,
};

function joinAnswer(group: Group, { id }: Member): JoinAnswer {
  const { generation, protocol, leader } = group;
  return {
    error: 'NONE',
    member: id,
    generation,
    protocol,
    leader,
    members: leader === id ? subscriptionsOf(group) : [],
    skipsAssignment: false,
  };
}

function updateMember(member: Member, request: JoinRequest): void {
  member.protocols = request.protocols;
  member.subscription = request.subscription;
  member.rebalanceTimeoutNs = request.rebalanceTimeoutNs;
  member.sessionTimeoutNs = request.sessionTimeoutNs;
  member.joinRequest = request.request;
}

function memberError(group: Group, id: string, instanceId: string): GroupError {
  if (instanceId !== '') {
    const holder = group.instances.get(instanceId);
    if (holder === undefined) return 'UNKNOWN_MEMBER_ID';
    if (holder !== id) return 'FENCED_INSTANCE_ID';
  }
  return group.members.has(id) ? 'NONE' : 'UNKNOWN_MEMBER_ID';
}

function generationError(group: Group, id: string, instanceId: string, generation: number): GroupError {
  const error = memberError(group, id, instanceId);
  return error === 'NONE' && generation !== group.generation ? 'ILLEGAL_GENERATION' : error;
}

/** Without a generation only an empty group may be committed for; in the middle of a rebalance nobody may. */
function commitError(group: Group, id: string, instanceId: string, generation: number): GroupError {
  if (generation < 0 && group.state === 'Empty') return 'NONE';
  if (generation < 0 && id === '' && instanceId === '') return 'UNKNOWN_MEMBER_ID';
  const error = generationError(group, id, instanceId, generation);
  return error === 'NONE' && group.state === 'CompletingRebalance' ? 'REBALANCE_IN_PROGRESS' : error;
}
