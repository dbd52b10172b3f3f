// The laws of groups (K22 to K30) over any run: who owns what, when members are let go and when not, how long a rebalance takes, and what
// was done of that which is committed. It keeps its own account of who was heard of when and of what was finished.

import { keysOf, lookUp } from '../../kernel/number-map.ts';
import { nameOf } from '../../nodes/kafka/assignors/assignment.ts';
import type { ConsumerCore } from '../../nodes/kafka/consumer-core.ts';
import type { Member as ClientMember } from '../../nodes/kafka/consumer-member.ts';
import { type Group, type Member, NO_REQUEST } from '../../nodes/kafka/group.ts';
import { recordOffset } from '../../nodes/kafka/log-segment.ts';
import { NO_OFFSET } from '../../nodes/kafka/offsets.ts';
import type { PartitionLog } from '../../nodes/kafka/partition-log.ts';
import type { Request } from '../../nodes/kafka/protocol.ts';
import type { Watched, WatchedBroker } from './watched.ts';

/** A member as the watcher knows it. */
interface Session {
  /** When its session surely began anew, ns, and when it may have: with an answer that was given some time since the last look. */
  heardNs: number;
  latestNs: number;
  sessionNs: number;
}

/** A group as the watcher has it. */
interface GroupNotes {
  generation: number;
  state: string;
  /** Since when it is in that state, ns. */
  sinceNs: number;
  /** Longest rebalance time-out of anybody who was in it since then, ns. */
  longestNs: number;
  readonly sessions: Map<string, Session>;
  /** Members that have left, by their own word or since another has their instance, and such as a rebalance did not wait for. */
  readonly excused: Set<string>;
  /** Members that had not asked for their assignment at the last look: a rebalance time-out is all they have for that. */
  awaited: ReadonlySet<string>;
  /** By name of the partition: what was finished, and up to where it is committed. */
  readonly done: Map<string, Set<number>>;
  readonly committed: Map<string, number>;
}

/** Of a request, as things stood before it was handled. */
export interface Before {
  readonly group: string;
  readonly state: string;
  readonly generation: number;
  readonly offsets: ReadonlyMap<string, number>;
  readonly isMember: boolean;
  readonly holder: string;
  readonly subscribed: string;
  readonly isLeader: boolean;
}

interface ClientNotes {
  /** By number of the member: its stage at the last look, what it owned and what its host had of it. */
  readonly members: Map<
    number,
    {
      readonly stage: string;
      readonly owned: readonly string[];
      readonly inHand: ReadonlySet<number>;
      readonly generation: number;
    }
  >;
}

export class GroupLaws {
  private readonly watched: Watched;
  private readonly notes = new Map<string, GroupNotes>();
  private readonly clients = new Map<ConsumerCore, ClientNotes>();

  constructor(watched: Watched) {
    this.watched = watched;
  }

  private notesOf({ ix, broker }: WatchedBroker, id: string): GroupNotes {
    const known = this.notes.get(`${ix} ${id}`);
    if (known !== undefined) return known;
    const made: GroupNotes = {
      generation: broker.state.coordinator.groups.get(id)?.generation ?? 0,
      state: '',
      sinceNs: this.watched.nowNs,
      longestNs: 0,
      sessions: new Map(),
      excused: new Set(),
      awaited: new Set(),
      done: new Map(),
      committed: new Map(),
    };
    this.notes.set(`${ix} ${id}`, made);
    return made;
  }

  private consumersOf(group: string): readonly ConsumerCore[] {
    return this.watched.clients.flatMap((client) =>
      client.role === 'consumer' && client.consumer.group === group ? [client.consumer] : [],
    );
  }

  // ---------------------------------------------------------------- what is finished

  /** From now on it is noted what this consumer's host finishes. */
  onClient(consumer: ConsumerCore): void {
    const { loop } = consumer;
    const settle = loop.settle.bind(loop);
    loop.settle = (obl, attempt, outcome, delayNs, freesPlace) => {
      const rec = consumer.state.members.map(({ inHand }) => lookUp(inHand, obl)).find((one) => one?.attempt === attempt);
      if (rec !== undefined && outcome !== 'retry') this.onFinished(consumer, rec.partition, rec.offset);
      settle(obl, attempt, outcome, delayNs, freesPlace);
    };
  }

  private onFinished({ commitMode, group }: ConsumerCore, partition: string, offset: number): void {
    const broker = this.coordinatorOf(group);
    if (broker === undefined) return;
    const notes = this.notesOf(broker, group);
    const done = notes.done.get(partition) ?? new Set();
    notes.done.set(partition, done);
    if (commitMode === 'before') {
      if (done.has(offset) && this.isAll(group, 'before'))
        this.watched.blame(28, `committed before, and ${partition} at ${offset} is done twice`);
      else this.watched.count(28);
    }
    done.add(offset);
  }

  private isAll(group: string, commit: string): boolean {
    return this.consumersOf(group).every(({ commitMode }) => commitMode === commit);
  }

  private coordinatorOf(group: string): WatchedBroker | undefined {
    return this.watched.brokers.find(({ broker }) => broker.state.coordinator.groups.has(group));
  }

  private logOf(name: string): PartitionLog | undefined {
    for (const { broker } of this.watched.brokers) {
      const partition = broker.state.partitions.get(name);
      if (partition !== undefined) return partition.log;
    }
    return undefined;
  }

  // ---------------------------------------------------------------- what is asked of a coordinator

  before({ broker }: WatchedBroker, request: Request): Before | null {
    if (!('group' in request) || request.api === 'fetch' || request.api === 'committed') return null;
    const group = broker.state.coordinator.groups.get(request.group);
    const instance = 'instanceId' in request ? request.instanceId : '';
    const holder = group?.instances.get(instance) ?? '';
    return {
      group: request.group,
      state: group?.state ?? 'Dead',
      generation: group?.generation ?? -1,
      offsets: new Map([...(group?.offsets ?? [])].map(([name, { offset }]) => [name, offset])),
      isMember: group?.members.has(request.member) ?? false,
      holder,
      subscribed: group?.members.get(holder)?.subscription.topics.join() ?? '',
      isLeader: group?.leader === holder,
    };
  }

  after(broker: WatchedBroker, request: Request, before: Before): void {
    const group = broker.broker.state.coordinator.groups.get(before.group);
    if (group === undefined) return;
    const notes = this.notesOf(broker, before.group);
    this.follow(broker, notes, group);
    if ('member' in request && group.members.has(request.member))
      this.hear(notes, group.members.get(request.member) as Member, request, before);
    if (request.api === 'commit') this.onCommit(notes, group, request, before);
    if (request.api === 'leave') this.onLeave(notes, group, request.member, before);
    if (request.api === 'join') this.onJoin(notes, group, request, before);
  }

  /** Heartbeats and commits that count keep a session alive. */
  private hear(notes: GroupNotes, { id, sessionTimeoutNs: sessionNs }: Member, request: Request, before: Before): void {
    const { nowNs } = this.watched;
    const known = notes.sessions.get(id);
    const isAlive = request.api === 'heartbeat' || (request.api === 'commit' && before.state !== 'CompletingRebalance');
    if (known === undefined || (isAlive && 'generation' in request && request.generation === before.generation))
      notes.sessions.set(id, { heardNs: nowNs, latestNs: nowNs, sessionNs });
    else notes.sessions.set(id, { ...known, latestNs: nowNs, sessionNs });
  }

  /** A commit of an old generation moves nothing (K23); of what is committed after the work all is done (K28). */
  private onCommit(notes: GroupNotes, group: Group, request: Extract<Request, { api: 'commit' }>, before: Before): void {
    const { watched } = this;
    const isOld = request.generation >= 0 && request.generation !== before.generation;
    for (const [name, { offset }] of group.offsets) {
      if (before.offsets.get(name) === offset) continue;
      if (isOld) watched.blame(23, `${name}: a commit of generation ${request.generation} counts in ${before.generation}`);
      this.judgeDone(notes, group.id, name, before.offsets.get(name) ?? -1, offset);
      const end = this.logOf(name)?.highWatermark ?? offset;
      if (offset > end) watched.blame(29, `${name}: committed ${offset}, readers see up to ${end}`);
    }
    if (isOld) watched.count(23);
  }

  private judgeDone(notes: GroupNotes, id: string, name: string, from: number, to: number): void {
    const { watched } = this;
    const log = this.logOf(name);
    const consumers = this.consumersOf(id);
    if (log === undefined || !this.isAll(id, 'after') || consumers.some(({ params }) => params.offsetReset !== 'earliest'))
      return;
    const done = notes.done.get(name);
    for (const segment of log.segments) {
      for (let record = 0; record < segment.recordCount; record++) {
        const offset = recordOffset(segment, record);
        if (offset < Math.max(from, log.logStart) || offset >= to) continue;
        if (done?.has(offset) !== true) watched.blame(28, `${name}: committed up to ${to}, and ${offset} is not done`);
        else watched.count(28);
      }
    }
  }

  /** Who leaves is out at once, and the others are called together (K25). */
  private onLeave(notes: GroupNotes, group: Group, member: string, before: Before): void {
    notes.excused.add(member);
    if (!before.isMember) return;
    if (group.members.has(member)) this.watched.blame(25, `${member} has left and is still in ${group.id}`);
    else if (group.members.size > 0 && group.state === 'Stable' && before.generation === group.generation)
      this.watched.blame(25, `${member} has left ${group.id}, and nobody is told`);
    else this.watched.count(25);
  }

  /** A static member that is back in time takes its place without a round (K25), unless it leads and has other news. */
  private onJoin(notes: GroupNotes, group: Group, request: Extract<Request, { api: 'join' }>, before: Before): void {
    if (request.instanceId === '' || before.holder === '') return;
    if (before.holder !== request.member) notes.excused.add(before.holder);
    if (request.member !== '' || before.state !== 'Stable') return;
    if (request.subscription.topics.join() !== before.subscribed) return;
    if (group.state !== 'Stable' || group.generation !== before.generation)
      this.watched.blame(25, `${request.instanceId} is back in time, and ${group.id} begins a round`);
    else this.watched.count(25);
  }

  // ---------------------------------------------------------------- coordinators

  /** At every tick. */
  look(): void {
    for (const broker of this.watched.brokers) {
      for (const group of broker.broker.state.coordinator.groups.values()) this.lookAt(broker, group);
    }
    for (const client of this.watched.clients) if (client.role === 'consumer') this.judgeClient(client.hostIx, client.consumer);
  }

  private lookAt(broker: WatchedBroker, group: Group): void {
    const notes = this.notesOf(broker, group.id);
    this.follow(broker, notes, group);
    const upNs = this.watched.upSinceNs(broker.ix);
    this.judgeSessions(notes, group, upNs);
    notes.awaited = new Set(group.awaitedSyncs);
    this.judgePhase(broker, notes, group, upNs);
    const owners = this.ownersOf(group);
    this.judgeOwners(group, owners);
    if (group.state === 'Stable') this.judgeShares(group, owners);
  }

  /** Generation and state as they are now: a generation only grows, and each round has its own (K23). */
  private follow({ ix }: WatchedBroker, notes: GroupNotes, group: Group): void {
    const { watched } = this;
    const { nowNs } = watched;
    const isNew = group.generation !== notes.generation;
    // What a coordinator had not written when it died is begun again.
    const isBack = nowNs - watched.upSinceNs(ix) < watched.slackNs;
    if (group.generation < notes.generation && !isBack)
      watched.blame(23, `${group.id}: generation ${group.generation} after ${notes.generation}`);
    if (group.state === 'CompletingRebalance' && notes.state === 'PreparingRebalance') {
      if (!isNew) watched.blame(23, `${group.id}: a round ends in the generation in which it began, ${group.generation}`);
      else watched.count(23);
    }
    for (const { rebalanceTimeoutNs } of group.members.values()) notes.longestNs = Math.max(notes.longestNs, rebalanceTimeoutNs);
    if (isNew || group.state !== notes.state) {
      // Whoever was not waited for, or did not come for its assignment, is out.
      for (const id of notes.sessions.keys()) if (!group.members.has(id) && notes.state !== 'Stable') notes.excused.add(id);
      notes.sinceNs = watched.nowNs;
      notes.longestNs = 0;
      for (const { rebalanceTimeoutNs } of group.members.values())
        notes.longestNs = Math.max(notes.longestNs, rebalanceTimeoutNs);
      const isAnswered = group.state === 'CompletingRebalance';
      for (const { id, sessionTimeoutNs: sessionNs } of group.members.values()) {
        // Of whoever was not heard of since the broker is back nothing is known.
        const heardNs = isAnswered ? nowNs : (notes.sessions.get(id)?.heardNs ?? 0);
        notes.sessions.set(id, { heardNs, latestNs: nowNs, sessionNs });
      }
    }
    notes.generation = group.generation;
    notes.state = group.state;
    if (watched.upSinceNs(ix) > watched.nowNs) notes.sinceNs = watched.nowNs;
  }

  /** Nobody is let go before its session is over, and nobody is kept long after (K25). */
  private judgeSessions(notes: GroupNotes, group: Group, upNs: number): void {
    const { watched } = this;
    const { nowNs } = watched;
    // A broker that dies forgets whoever was new, and gives everybody a whole session when it is back.
    if (nowNs - upNs < watched.slackNs) {
      notes.sessions.clear();
      return;
    }
    for (const [id, { heardNs, latestNs, sessionNs }] of notes.sessions) {
      if (group.members.has(id)) {
        const silentNs = nowNs - Math.max(latestNs, upNs);
        if (group.state === 'Stable' && silentNs > sessionNs + watched.slackNs)
          watched.blame(25, `${id} is kept, though silent for ${silentNs} ns of ${sessionNs}`);
        continue;
      }
      notes.sessions.delete(id);
      if (notes.excused.has(id) || notes.awaited.has(id)) continue;
      if (nowNs - heardNs < sessionNs)
        watched.blame(25, `${id} was let go, silent for ${nowNs - heardNs} ns of ${sessionNs} only`);
      else watched.count(25);
    }
  }

  /** A round is over after the longest rebalance time-out (K27), if anybody has come to it. */
  private judgePhase({ broker }: WatchedBroker, notes: GroupNotes, group: Group, upNs: number): void {
    const { watched } = this;
    if (group.state !== 'PreparingRebalance' && group.state !== 'CompletingRebalance') return;
    const hasSome = [...group.members.values()].some(({ joinRequest }) => joinRequest !== NO_REQUEST);
    if (group.state === 'PreparingRebalance' && !hasSome) return;
    const { params } = broker as unknown as { readonly params: { readonly initialRebalanceDelay: number } };
    const lastsNs = watched.nowNs - Math.max(notes.sinceNs, upNs);
    const mostNs = Math.max(notes.longestNs, params.initialRebalanceDelay) + watched.slackNs;
    if (lastsNs > mostNs) watched.blame(27, `${group.id} is in ${group.state} for ${lastsNs} ns, longer than ${mostNs}`);
    else watched.count(27);
  }

  // ---------------------------------------------------------------- who owns what

  /** Members of a group that the coordinator knows, as their clients have them. */
  private ownersOf(group: Group): readonly { readonly consumer: ConsumerCore; readonly member: ClientMember }[] {
    return this.consumersOf(group.id).flatMap((consumer) =>
      consumer.state.members.flatMap((member) => (group.members.has(member.id) ? [{ consumer, member }] : [])),
    );
  }

  /** Never two owners of one partition (K24), and work only for owners, as much as each has places (K30). */
  private judgeOwners(group: Group, owners: ReturnType<GroupLaws['ownersOf']>): void {
    const { watched } = this;
    const ownerOf = new Map<string, string>();
    for (const { consumer, member } of owners) {
      // A static member is kept without having come, and learns later that others have what it had.
      if (group.members.get(member.id)?.instanceId !== '' && member.generation !== group.generation) continue;
      for (const [name, { position }] of member.owned) {
        const other = ownerOf.get(name);
        if (other !== undefined) watched.blame(24, `${name} belongs to ${other} and to ${member.id}`);
        ownerOf.set(name, member.id);
        this.judgePosition(group, member, name, position);
      }
      const room = Math.max(1, Math.floor(consumer.host.concurrency() / Math.max(1, consumer.replicas())));
      if (member.given - member.early > 0 && member.inHand.size > member.given)
        watched.blame(30, `${member.id} has ${member.inHand.size} of ${member.given}`);
      if (member.owned.size === 0 && member.polled.length > 0)
        watched.blame(30, `${member.id} owns nothing and has polled ${member.polled.length}`);
      else if (member.given > room && room >= this.mostRoom(consumer, room))
        watched.blame(30, `${member.id} works on ${member.given} at once, not ${room}`);
      else if (member.inHand.size > 0) watched.count(30);
    }
    if (owners.length > 1) watched.count(24);
  }

  private readonly rooms = new Map<ConsumerCore, number>();
  /** The most places that a member ever had: those that were taken stay taken until the work is done. */
  private mostRoom(consumer: ConsumerCore, room: number): number {
    const most = Math.max(room, this.rooms.get(consumer) ?? 0);
    this.rooms.set(consumer, most);
    return most;
  }

  /** Nobody reads behind what is committed (K28), or beyond what it was told is there (K29). */
  private judgePosition(group: Group, member: ClientMember, name: string, position: number): void {
    const { watched } = this;
    const owned = member.owned.get(name);
    if (owned === undefined || position === NO_OFFSET) return;
    const committed = group.offsets.get(name)?.offset ?? -1;
    if (member.stage === 'stable' && member.generation === group.generation && position < committed)
      watched.blame(28, `${name}: ${member.id} reads on from ${position}, ${committed} is committed`);
    if (owned.end > 0 && position > owned.end) watched.blame(29, `${name}: position ${position}, readers see up to ${owned.end}`);
    else if (owned.end > 0) watched.count(29);
  }

  /** In a stable group each partition of what is read has one owner, and as many are idle as there are too many (K22). */
  private judgeShares(group: Group, owners: ReturnType<GroupLaws['ownersOf']>): void {
    const { watched } = this;
    const isSettled = owners.every(
      ({ member }) =>
        member.stage === 'stable' && member.generation === group.generation && !member.needsRejoin && !member.isFenced,
    );
    if (!isSettled || owners.length < group.members.size) return;
    const { counts } = this.countsOf(group, owners);
    if (counts === '') return;
    const owned = new Map<string, number>();
    for (const { member } of owners) for (const name of member.owned.keys()) owned.set(name, (owned.get(name) ?? 0) + 1);
    const topics = new Set([...group.members.values()].flatMap(({ subscription }) => subscription.topics));
    let partitions = 0;
    for (const pair of counts.split(' ')) {
      const [topic, count] = pair.split('=') as [string, string];
      if (!topics.has(topic)) continue;
      for (let partition = 0; partition < Number(count); partition++) {
        partitions++;
        const times = owned.get(nameOf({ topic, partition })) ?? 0;
        if (times !== 1) watched.blame(22, `${group.id} is stable, and ${topic}-${partition} has ${times} owners`);
      }
    }
    const idle = owners.filter(({ member }) => member.owned.size === 0).length;
    if (topics.size === 1 && idle !== Math.max(0, owners.length - partitions))
      watched.blame(22, `${idle} of ${owners.length} members of ${group.id} are idle at ${partitions} partitions`);
    watched.count(22);
  }

  /** Numbers of partitions that this generation was assigned by: a leader that comes back has newer ones, and assigns nothing. */
  private countsOf({ generation, id }: Group, owners: ReturnType<GroupLaws['ownersOf']>): { readonly counts: string } {
    const known = this.counts.get(id);
    if (known?.generation === generation) return known;
    const counts = owners.map(({ member }) => member.assignedOf).find((text) => text !== '') ?? '';
    const made = { generation, counts };
    this.counts.set(id, made);
    return made;
  }
  private readonly counts = new Map<string, { readonly generation: number; readonly counts: string }>();

  // ---------------------------------------------------------------- clients

  private judgeClient(hostIx: number, consumer: ConsumerCore): void {
    const notes = this.clients.get(consumer) ?? { members: new Map() };
    this.clients.set(consumer, notes);
    for (const member of consumer.state.members) {
      this.judgePoll(hostIx, consumer, member);
      this.judgeStanding(consumer, member, notes);
    }
    notes.members.clear();
    for (const { generation, inHand, number, owned, stage } of consumer.state.members)
      notes.members.set(number, { stage, owned: [...owned.keys()], inHand: new Set(keysOf(inHand)), generation });
  }

  /** Who does not poll for `max.poll.interval.ms` leaves, with the next heartbeat at the latest (K26). */
  private judgePoll(hostIx: number, consumer: ConsumerCore, member: ClientMember): void {
    const { watched } = this;
    if (member.stage !== 'stable' || member.isIdle) return;
    const upNs = watched.upSinceNs(hostIx);
    const { heartbeatInterval, maxPollInterval } = consumer.params as unknown as {
      heartbeatInterval: number;
      maxPollInterval: number;
    };
    // A slow host beats slowly, twenty times as slow at most in these stories.
    const limitNs = Math.max(member.lastPollNs + maxPollInterval, upNs) + 20 * heartbeatInterval + watched.slackNs;
    if (watched.nowNs > limitNs) watched.blame(26, `${member.id} last polled at ${member.lastPollNs} and is still in its group`);
    else if (watched.nowNs > member.lastPollNs + maxPollInterval / 2) watched.count(26);
  }

  /** Between its join and its assignment an eager member owns nothing and begins no work; a cooperative one keeps what it has (K24). */
  private judgeStanding(consumer: ConsumerCore, member: ClientMember, notes: ClientNotes): void {
    const { watched } = this;
    const isBetween = (stage: string): boolean => stage === 'joining' || stage === 'syncing';
    const before = notes.members.get(member.number);
    if (before === undefined || !isBetween(member.stage) || before.stage !== member.stage) return;
    // Another round may have passed unseen.
    if (before.generation !== member.generation) return;
    if (!consumer.isCooperative) {
      if (member.owned.size > 0) watched.blame(24, `${member.id} joins and owns ${[...member.owned.keys()].join()}`);
      for (const obl of keysOf(member.inHand))
        if (!before.inHand.has(obl)) watched.blame(24, `${member.id} joins and begins to work`);
    } else {
      for (const name of before.owned)
        if (!member.owned.has(name)) watched.blame(24, `${member.id} joins and gives up ${name} before it must`);
    }
    watched.count(24);
  }
}
