// How the members of a group come to what they own: join, sync and heartbeat, what is revoked before and added after, and what an error of the
// coordinator means.
// Follows `AbstractCoordinator`, `ConsumerCoordinator`; semantics 13; K22 to K27.

import { FORGOTTEN } from '../../world/reasons.ts';
import type { World } from '../../world/world.ts';
import { nameOf, type TopicPartition } from './assignors/assignment.ts';
import { ASSIGNORS } from './assignors.ts';
import { COMMIT, type ConsumerCore, HEARTBEAT, KINDS, REQUEST_TIMEOUT_NS } from './consumer-core.ts';
import { type Member, newOwned, type Rec } from './consumer-member.ts';
import { addDeadline } from './deadlines.ts';
import type { GroupError } from './group-coordinator.ts';
import { enter } from './member-history.ts';
import type { Response } from './protocol.ts';

/** A join may take as long as the rebalance, and a little more. */
const JOIN_GRACE_NS = 5_000_000_000;

export class ConsumerMembership {
  private readonly core: ConsumerCore;
  private readonly world: World;

  constructor(core: ConsumerCore) {
    this.core = core;
    this.world = core.world;
  }

  join(member: Member): void {
    const door = this.core.coordinator();
    if (member.isFenced) return;
    enter(member, 'joining', this.core.nowNs);
    member.needsRejoin = false;
    if (!this.core.network.isUp(door) || this.core.topics().length === 0) {
      enter(member, 'out', this.core.nowNs);
      this.core.later(member);
      return;
    }
    member.subscribed = this.core.topics().join(' ');
    const { sessionTimeout, maxPollInterval } = this.core.params;
    const timeoutNs = (maxPollInterval as number) + JOIN_GRACE_NS;
    const sticks = this.core.isCooperative || this.core.params.assignor === 'sticky';
    this.core.network.send(
      door,
      {
        api: 'join',
        group: this.core.group,
        member: member.id,
        clientId: `${this.core.wireId}-${member.place}`,
        instanceId: this.core.instanceOf(member),
        sessionTimeoutNs: sessionTimeout as number,
        rebalanceTimeoutNs: maxPollInterval as number,
        protocols: PROTOCOLS[this.core.params.assignor as string] ?? ['range'],
        subscription: {
          topics: this.core.topics(),
          owned: sticks ? member.assigned : [],
          generation: sticks ? member.generation : -1,
        },
      },
      timeoutNs,
    );
  }

  /** Eager: everything is given up before. Cooperative: what it has it keeps, and goes on with it. */
  rejoin(member: Member): void {
    if (!this.core.isCooperative) {
      this.core.loop.commitBeforeRevoke(member);
      this.revoke(member, [...member.owned.keys()]);
    }
    this.join(member);
  }

  revoke(member: Member, names: readonly string[]): void {
    for (const name of names) {
      const owned = member.owned.get(name);
      if (owned === undefined) continue;
      this.core.dropRecords(owned.buffered.splice(0), FORGOTTEN);
      this.core.fetcher.forget(member, owned);
      member.owned.delete(name);
    }
    const isGone = ({ partition }: Rec): boolean => !member.owned.has(partition);
    this.core.dropRecords(member.polled.filter(isGone), FORGOTTEN);
    member.polled = member.polled.filter((rec) => !isGone(rec));
    for (const rec of [...member.kept.values()].filter(isGone)) {
      member.kept.delete(rec.obl);
      this.core.dropRecords([rec], FORGOTTEN);
    }
    if (member.polled.length === 0) member.committing = 0;
  }

  /** It is no member any more, or of an old generation: what it had is another's. */
  private lose(member: Member, forgetsId: boolean): void {
    this.revoke(member, [...member.owned.keys()]);
    if (forgetsId) member.id = '';
    member.generation = -1;
    member.assigned = [];
    enter(member, 'out', this.core.nowNs);
    const isFree = member.inHand.size === 0 && member.early === 0;
    if (isFree) this.core.loop.poll(member);
  }

  onJoined(member: Member, answer: Extract<Response, { readonly api: 'join' }>): void {
    switch (answer.error) {
      case 'NONE':
        member.id = answer.member;
        member.generation = answer.generation;
        enter(member, 'syncing', this.core.nowNs);
        member.assignedOf = answer.members.length > 0 ? this.partitionCounts() : '';
        this.beat(member);
        return this.sync(member, answer);
      case 'MEMBER_ID_REQUIRED':
        member.id = answer.member;
        return this.join(member);
      default:
        this.onGroupError(member, answer.error);
    }
  }

  private sync(member: Member, { members, protocol, skipsAssignment }: Extract<Response, { readonly api: 'join' }>): void {
    const assign = members.length > 0 && !skipsAssignment ? ASSIGNORS.get(protocol) : undefined;
    const leaders = this.core.state.connection.metadata?.leaders ?? new Map<string, readonly number[]>();
    const wanted = new Set(members.flatMap(({ topics }) => topics));
    const counts = new Map([...leaders].filter(([topic]) => wanted.has(topic)).map(([topic, of]) => [topic, of.length]));
    const assignment = assign === undefined ? NO_ASSIGNMENT : assign({ counts, racks: new Map() }, members);
    const { generation, id } = member;
    const instanceId = this.core.instanceOf(member);
    const body = { api: 'sync', group: this.core.group, member: id, instanceId, generation, assignment } as const;
    this.core.network.send(this.core.coordinator(), body, (this.core.params.maxPollInterval as number) + JOIN_GRACE_NS);
  }

  onSynced(member: Member, error: GroupError, assignment: readonly TopicPartition[]): void {
    if (error !== 'NONE') {
      this.onGroupError(member, error);
      return;
    }
    member.stage = 'stable';
    member.assigned = assignment;
    const names = new Set(assignment.map(nameOf));
    const revoked = [...member.owned.keys()].filter((name) => !names.has(name));
    if (revoked.length > 0) this.core.loop.commitBeforeRevoke(member);
    this.revoke(member, revoked);
    // What was given up goes to its new owner in another round.
    if (this.core.isCooperative && revoked.length > 0) member.needsRejoin = true;
    const added = assignment.filter((partition) => !member.owned.has(nameOf(partition)));
    for (const partition of added) member.owned.set(nameOf(partition), newOwned(partition));
    enter(member, 'stable', this.core.nowNs);
    if (added.length > 0) this.core.fetcher.askCommitted(member, added);
    if (this.core.commitMode === 'auto' && member.lastCommitNs === 0) member.lastCommitNs = this.core.nowNs;
    if (this.core.commitMode === 'auto')
      addDeadline(
        this.world,
        this.core.deadlines,
        this.core.nowNs + (this.core.params.autoCommitInterval as number),
        member.number * KINDS + COMMIT,
      );
    if (member.needsRejoin) this.core.loop.pollIfIdle(member);
    this.core.loop.goOnIfFree(member);
  }

  onGroupError(member: Member, error: GroupError): void {
    switch (error) {
      case 'REBALANCE_IN_PROGRESS':
        member.needsRejoin = true;
        if (member.stage === 'syncing') this.join(member);
        else if (member.stage === 'stable') this.core.loop.pollIfIdle(member);
        return;
      case 'UNKNOWN_MEMBER_ID':
        return this.lose(member, true);
      case 'ILLEGAL_GENERATION':
        return this.lose(member, false);
      case 'FENCED_INSTANCE_ID':
        member.isFenced = true;
        this.revoke(member, [...member.owned.keys()]);
        enter(member, 'out', this.core.nowNs);
        return this.world.notice('notice.kafka.fenced', this.core.wireId);
      default:
        enter(member, 'out', this.core.nowNs);
        this.core.later(member);
    }
  }

  leave({ id }: Member): void {
    const door = this.core.coordinator();
    if (!this.core.network.isUp(door)) return;
    this.core.network.send(door, { api: 'leave', group: this.core.group, member: id, instanceId: '' }, REQUEST_TIMEOUT_NS);
  }

  /** Another subscription than it has joined with, or, for the one that assigned, other numbers of partitions. */
  hasNews({ assignedOf, subscribed }: Member): boolean {
    return subscribed !== this.core.topics().join(' ') || (assignedOf !== '' && assignedOf !== this.partitionCounts());
  }

  private partitionCounts(): string {
    const leaders = this.core.state.connection.metadata?.leaders;
    return this.core
      .topics()
      .map((topic) => `${topic}=${leaders?.get(topic)?.length ?? 0}`)
      .join(' ');
  }

  // ---------------------------------------------------------------- heartbeats

  private beat(member: Member): void {
    const afterNs =
      (this.core.params.heartbeatInterval as number) *
      this.world.slowFactor(this.core.host.ix as Parameters<World['slowFactor']>[0]);
    if (member.beatNs > this.core.nowNs) return;
    member.beatNs = this.core.nowNs + afterNs;
    addDeadline(this.world, this.core.deadlines, member.beatNs, member.number * KINDS + HEARTBEAT);
  }

  onBeat(member: Member): void {
    if (this.core.nowNs < member.beatNs) return;
    if (member.stage === 'out' || member.isFenced) return;
    if (
      member.stage !== 'joining' &&
      this.core.nowNs - member.lastPollNs > (this.core.params.maxPollInterval as number) &&
      !member.isIdle
    ) {
      // It has not polled for too long: the client itself leaves (K26).
      this.leave(member);
      member.id = '';
      member.generation = -1;
      this.revoke(member, [...member.owned.keys()]);
      member.assigned = [];
      enter(member, 'out', this.core.nowNs);
      this.world.notice('notice.kafka.slow-poll', this.core.wireId);
      return;
    }
    const door = this.core.coordinator();
    if (member.stage !== 'joining' && this.core.network.isUp(door)) {
      const { generation, id } = member;
      const instanceId = this.core.instanceOf(member);
      this.core.network.send(
        door,
        { api: 'heartbeat', group: this.core.group, member: id, instanceId, generation },
        REQUEST_TIMEOUT_NS,
      );
    }
    this.beat(member);
  }
}

const NO_ASSIGNMENT: ReadonlyMap<string, readonly TopicPartition[]> = new Map();

/** What each choice of the wire offers to the group, the one it likes best first. */
const PROTOCOLS: Readonly<Record<string, readonly string[]>> = {
  default: ['range', 'cooperative-sticky'],
  range: ['range'],
  roundrobin: ['roundrobin'],
  sticky: ['sticky'],
  'cooperative-sticky': ['cooperative-sticky'],
};
