// The consumer of the Java client, run by a service: one member of the group for each replica of the service, each with its poll loop. A
// member joins, learns what it owns, fetches ahead, hands the records of a poll to the service one after the other, commits as the wire
// says, and polls again when all of them are done. Heartbeats go on beside it.
// Follows `ConsumerCoordinator`, `AbstractCoordinator`, `Fetcher`; semantics 11 to 13; K22 to K30.

import { floor, max } from '../../kernel/exact-math.ts';
import type { LinkIx, OblIx } from '../../kernel/ids.ts';
import { DELAYED, DROPPED, WAITING } from '../../world/books.ts';
import type { Inside } from '../../world/inside.ts';
import * as packet from '../../world/packet-types.ts';
import { actorPlace, CRASH, FORGOTTEN, REJECTED, REMOVED } from '../../world/reasons.ts';
import type { World } from '../../world/world.ts';
import type { Params } from '../fields.ts';
import {
  type Connection,
  type ConsumerClient,
  type ConsumerFactory,
  type ConsumerHost,
  clientTimer,
  type Settlement,
} from '../node-kind.ts';
import { nameOf, type TopicPartition } from './assignors/assignment.ts';
import { ASSIGNORS } from './assignors.ts';
import {
  type Call,
  CLIENT_OWN,
  ClientConnection,
  type ConnectionState,
  type ConnectionUser,
  newConnectionState,
} from './client-connection.ts';
import { fetchedTable, membersTable, positionsTable } from './client-inside.ts';
import { coordinatorOf } from './cluster-metadata.ts';
import {
  type Member,
  newMember,
  newOwned,
  nextOffsets,
  type Owned,
  positionsOf,
  type Rec,
  takePolled,
} from './consumer-member.ts';
import { addDeadline, type DeadlineOwner, type DeadlineState, newDeadlineState, passDeadlines } from './deadlines.ts';
import type { GroupError } from './group-coordinator.ts';
import { type IsolationLevel, type LogMarks, NO_OFFSET, type OffsetReset, startOf } from './offsets.ts';
import type { FetchedPartition, Response } from './protocol.ts';

const MS = 1_000_000;
/** `retry.backoff.ms`. */
const RETRY_NS = 100 * MS;
/** `request.timeout.ms`; a join may take as long as the rebalance, and a little more. */
const REQUEST_TIMEOUT_NS = 30_000 * MS;
const JOIN_GRACE_NS = 5_000 * MS;

/** Deadlines of a member, KINDS each; those above are of records that are kept for a while. */
const HEARTBEAT = 0;
const GO_ON = 1;
const COMMIT = 2;
const KINDS = 4;
const RETRIES = 1_000_000_000;

interface ConsumerState {
  readonly connection: ConnectionState;
  members: Member[];
  /** Members so far: none has the number of another. */
  memberCount: number;
  /** By broker: what has arrived and whose response has not. */
  readonly arriving: Map<number, Rec[]>;
  deadlines: DeadlineState;
  /** Causes it holds, beside those that its host does. */
  heldCauses: number;
}

const newState = (ids: number, doors: number): ConsumerState => ({
  connection: newConnectionState(ids, doors),
  members: [],
  memberCount: 0,
  arriving: new Map(),
  deadlines: newDeadlineState(),
  heldCauses: 0,
});

class KafkaConsumer implements ConsumerClient, ConnectionUser {
  state: ConsumerState;
  private readonly world: World;
  private readonly host: ConsumerHost;
  private readonly client: number;
  private readonly place: number;
  private readonly group: string;
  private readonly wireId: string;
  private readonly network: ClientConnection;
  private readonly deadlines: DeadlineOwner;
  private params!: Params;
  private commitMode = 'auto';

  constructor(world: World, host: ConsumerHost, client: number, connection: Connection) {
    this.world = world;
    this.host = host;
    this.client = client;
    this.place = actorPlace(host.ix);
    this.group = connection.peerId;
    this.wireId = connection.wireId;
    this.network = new ClientConnection(world, host.ix, client, connection, this);
    this.state = newState(0, this.network.doors.length);
    const consumer = this;
    this.deadlines = {
      ix: host.ix,
      timer: clientTimer(client, CLIENT_OWN),
      get state() {
        return consumer.state.deadlines;
      },
      get live() {
        return consumer.state.members.length * KINDS;
      },
      counts: (number) =>
        number >= RETRIES ? this.keeperOf(number - RETRIES) !== undefined : this.memberOf(number) !== undefined,
    };
    this.onParams(connection);
  }

  get connection(): ConnectionState {
    return this.state.connection;
  }

  onParams({ params }: Connection): void {
    this.params = params;
    this.commitMode = params.commit as string;
  }

  private get nowNs(): number {
    return this.world.now[0] as number;
  }
  private get isCooperative(): boolean {
    return this.params.assignor === 'cooperative-sticky';
  }
  private memberOf(deadline: number): Member | undefined {
    return this.state.members.find(({ number }) => number === floor(deadline / KINDS));
  }
  private keeperOf(obl: number): Member | undefined {
    return this.state.members.find(({ kept }) => kept.has(obl));
  }

  // ---------------------------------------------------------------- members

  start(): void {
    this.followReplicas();
    this.network.askMetadata();
  }

  onConcurrency(_count: number): void {
    this.followReplicas();
    for (const member of this.state.members) this.handOut(member);
  }

  private replicas(): number {
    return this.host.replicas?.() ?? 1;
  }

  private followReplicas(): void {
    const { members } = this.state;
    const wanted = this.replicas();
    while (members.length < wanted) {
      const member = newMember(this.state.memberCount++, members.length, this.nowNs);
      members.push(member);
      if (this.state.connection.metadata !== null) this.poll(member);
    }
    while (members.length > wanted) this.close(members.pop() as Member, CRASH, true);
  }

  /** Leaves the group in good order, unless its instance is to come back; what it has fetched is for others. */
  private close(member: Member, reason: number, leaves: boolean): void {
    if (leaves && member.stage === 'stable' && this.commitMode !== 'before') this.commit(member, [...member.owned.values()]);
    this.drop(member, reason);
    if (leaves && member.id !== '' && this.params.staticMembers !== true) this.leave(member);
  }

  private leave({ id }: Member): void {
    const door = this.coordinator();
    if (!this.network.isUp(door)) return;
    this.network.send(door, { api: 'leave', group: this.group, member: id, instanceId: '' }, REQUEST_TIMEOUT_NS);
  }

  private coordinator(): number {
    return coordinatorOf(this.group, this.network.doors.length);
  }

  private instanceOf(member: Member): string {
    return this.params.staticMembers === true ? `${this.wireId}-${member.place}` : '';
  }

  /** Lets go of everything that the member has fetched and not handed over. What is in hand stays where it is. */
  private drop(member: Member, reason: number): void {
    for (const owned of member.owned.values()) this.dropRecords(owned.buffered.splice(0), reason);
    this.dropRecords(member.polled.splice(0), reason);
    this.dropRecords([...member.kept.values()], reason);
    member.kept.clear();
  }

  private dropRecords(records: readonly Rec[], reason: number): void {
    const { obligations } = this.world;
    for (const { obl } of records) {
      this.state.heldCauses--;
      // Whoever leads the partition has it still and hands it out again.
      if ((obligations.causes[obl] as number) > 1) obligations.moveTo(obl, WAITING);
      obligations.dropCause(obl, this.place, reason);
    }
  }

  // ---------------------------------------------------------------- the poll loop

  /** What the application does when it is through with all it had: `poll()`. */
  private poll(member: Member): void {
    member.lastPollNs = this.nowNs;
    member.isIdle = false;
    if (member.stage === 'out') {
      this.join(member);
      return;
    }
    if (member.needsRejoin && member.stage === 'stable') this.rejoin(member);
    if (this.commitMode === 'auto') this.commitIfDue(member);
    const polled = takePolled(member, this.params.maxPollRecords as number);
    if (polled.length === 0) {
      member.isIdle = true;
      this.fetch(member);
      return;
    }
    member.polled.push(...polled);
    if (this.commitMode === 'before') this.commit(member, [...member.owned.values()]);
    this.handOut(member);
    this.fetch(member);
  }

  private pollIfIdle(member: Member): void {
    if (member.isIdle) this.poll(member);
  }

  /** As many at once as the service has places for each replica. */
  private handOut(member: Member): void {
    const room = max(1, floor(this.host.concurrency() / max(1, this.replicas())));
    while (member.polled.length > 0 && member.given < room && this.host.concurrency() > 0) {
      const rec = member.polled.shift() as Rec;
      this.give(member, rec);
    }
  }

  private give(member: Member, rec: Rec): void {
    member.given++;
    member.inHand.set(rec.obl, rec);
    this.state.heldCauses--;
    this.host.onDelivery(this.client, rec.obl as OblIx, rec.attempt);
  }

  settle(obl: OblIx, attempt: number, outcome: Settlement, delayNs: number, freesPlace: boolean): void {
    const member = this.state.members.find(({ inHand }) => inHand.get(obl)?.attempt === attempt);
    // Of a member that is gone: nobody asks any more.
    if (member === undefined) return;
    const rec = member.inHand.get(obl) as Rec;
    member.inHand.delete(obl);
    if (freesPlace) member.given--;
    else member.early++;
    if (outcome === 'retry' && member.owned.get(rec.partition)?.open.has(rec.offset) === true) {
      this.keep(member, rec, delayNs);
      return;
    }
    if (outcome === 'reject') this.world.obligations.conclude(obl, DROPPED, this.place, REJECTED);
    this.finish(member, rec);
  }

  /** The place of something that was settled before is free. */
  freePlace(): void {
    const member = this.state.members.find(({ early }) => early > 0);
    if (member === undefined) return;
    member.early--;
    member.given--;
    this.goOn(member);
  }

  /** Blocking retry: the record waits where it is, and those behind it wait for it. */
  private keep(member: Member, rec: Rec, delayNs: number): void {
    const { obligations } = this.world;
    obligations.addCause(rec.obl);
    this.state.heldCauses++;
    if (delayNs > 0) obligations.moveTo(rec.obl, DELAYED);
    member.kept.set(rec.obl, rec);
    addDeadline(this.world, this.deadlines, this.nowNs + delayNs, RETRIES + rec.obl);
  }

  private giveAgain(obl: number): void {
    const member = this.keeperOf(obl) as Member;
    const rec = member.kept.get(obl) as Rec;
    const { obligations } = this.world;
    member.kept.delete(obl);
    const attempt = (obligations.attempts[obl] as number) + 1;
    obligations.attempts[obl] = attempt;
    member.polled.unshift({ ...rec, attempt });
    this.world.tellOf(obl, 'delivered', this.place, attempt);
    this.handOut(member);
  }

  private finish(member: Member, { offset, partition }: Rec): void {
    const owned = member.owned.get(partition);
    if (owned?.open.delete(offset) === true && this.commitMode === 'after') {
      const every = this.params.commitEvery as number;
      if (++member.finished >= every && every > 0) this.commit(member, [...member.owned.values()]);
    }
    this.goOn(member);
  }

  private goOn(member: Member): void {
    this.handOut(member);
    const isDone = member.polled.length === 0 && member.inHand.size === 0 && member.kept.size === 0 && member.early === 0;
    if (!isDone || member.isIdle) return;
    if (this.commitMode === 'after' && member.finished > 0 && this.params.commitEvery === 0)
      this.commit(member, [...member.owned.values()]);
    this.poll(member);
  }

  // ---------------------------------------------------------------- offsets

  private commitIfDue(member: Member): void {
    const dueNs = member.lastCommitNs + (this.params.autoCommitInterval as number);
    if (member.stage !== 'stable' || this.nowNs < dueNs) return;
    this.commit(member, [...member.owned.values()]);
  }

  private commit(member: Member, owned: readonly Owned[]): void {
    member.finished = 0;
    member.lastCommitNs = this.nowNs;
    if (this.commitMode === 'auto')
      addDeadline(
        this.world,
        this.deadlines,
        this.nowNs + (this.params.autoCommitInterval as number),
        member.number * KINDS + COMMIT,
      );
    const offsets = this.commitMode === 'after' ? nextOffsets(owned) : positionsOf(owned);
    const door = this.coordinator();
    if (offsets.length === 0 || !this.network.isUp(door)) return;
    const { generation, id } = member;
    const instanceId = this.instanceOf(member);
    this.network.send(
      door,
      { api: 'commit', group: this.group, member: id, instanceId, generation, offsets },
      REQUEST_TIMEOUT_NS,
    );
  }

  // ---------------------------------------------------------------- joining

  private join(member: Member): void {
    const door = this.coordinator();
    if (member.isFenced) return;
    member.stage = 'joining';
    member.needsRejoin = false;
    if (!this.network.isUp(door) || this.topics().length === 0) {
      member.stage = 'out';
      this.later(member);
      return;
    }
    member.subscribed = this.topics().join(' ');
    const { sessionTimeout, maxPollInterval } = this.params;
    const timeoutNs = (maxPollInterval as number) + JOIN_GRACE_NS;
    const sticks = this.isCooperative || this.params.assignor === 'sticky';
    this.network.send(
      door,
      {
        api: 'join',
        group: this.group,
        member: member.id,
        clientId: `${this.wireId}-${member.place}`,
        instanceId: this.instanceOf(member),
        sessionTimeoutNs: sessionTimeout as number,
        rebalanceTimeoutNs: maxPollInterval as number,
        protocols: PROTOCOLS[this.params.assignor as string] ?? ['range'],
        subscription: {
          topics: this.topics(),
          owned: sticks ? member.assigned : [],
          generation: sticks ? member.generation : -1,
        },
      },
      timeoutNs,
    );
  }

  private topics(): readonly string[] {
    return this.state.connection.metadata?.subscriptions.get(this.group) ?? [];
  }

  /** Eager: everything is given up before. Cooperative: what it has it keeps, and goes on with it. */
  private rejoin(member: Member): void {
    if (!this.isCooperative) {
      if (this.commitMode !== 'before') this.commit(member, [...member.owned.values()]);
      this.revoke(member, [...member.owned.keys()]);
    }
    this.join(member);
  }

  private revoke(member: Member, names: readonly string[]): void {
    for (const name of names) {
      const owned = member.owned.get(name);
      if (owned === undefined) continue;
      this.dropRecords(owned.buffered.splice(0), FORGOTTEN);
      member.owned.delete(name);
    }
    const isGone = ({ partition }: Rec): boolean => !member.owned.has(partition);
    this.dropRecords(member.polled.filter(isGone), FORGOTTEN);
    member.polled = member.polled.filter((rec) => !isGone(rec));
    for (const rec of [...member.kept.values()].filter(isGone)) {
      member.kept.delete(rec.obl);
      this.dropRecords([rec], FORGOTTEN);
    }
  }

  /** It is no member any more, or of an old generation: what it had is another's. */
  private lose(member: Member, forgetsId: boolean): void {
    this.revoke(member, [...member.owned.keys()]);
    if (forgetsId) member.id = '';
    member.generation = -1;
    member.assigned = [];
    member.stage = 'out';
    const isFree = member.inHand.size === 0 && member.early === 0;
    if (isFree) this.poll(member);
  }

  private later(member: Member): void {
    addDeadline(this.world, this.deadlines, this.nowNs + RETRY_NS, member.number * KINDS + GO_ON);
  }

  private onJoined(member: Member, answer: Extract<Response, { readonly api: 'join' }>): void {
    switch (answer.error) {
      case 'NONE':
        member.id = answer.member;
        member.generation = answer.generation;
        member.stage = 'syncing';
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
    const leaders = this.state.connection.metadata?.leaders ?? new Map<string, readonly number[]>();
    const wanted = new Set(members.flatMap(({ topics }) => topics));
    const counts = new Map([...leaders].filter(([topic]) => wanted.has(topic)).map(([topic, of]) => [topic, of.length]));
    const assignment = assign === undefined ? NO_ASSIGNMENT : assign({ counts, racks: new Map() }, members);
    const { generation, id } = member;
    const instanceId = this.instanceOf(member);
    const body = { api: 'sync', group: this.group, member: id, instanceId, generation, assignment } as const;
    this.network.send(this.coordinator(), body, (this.params.maxPollInterval as number) + JOIN_GRACE_NS);
  }

  private onSynced(member: Member, error: GroupError, assignment: readonly TopicPartition[]): void {
    if (error !== 'NONE') {
      this.onGroupError(member, error);
      return;
    }
    member.stage = 'stable';
    member.assigned = assignment;
    const names = new Set(assignment.map(nameOf));
    const revoked = [...member.owned.keys()].filter((name) => !names.has(name));
    if (revoked.length > 0 && this.commitMode !== 'before') this.commit(member, [...member.owned.values()]);
    this.revoke(member, revoked);
    // What was given up goes to its new owner in another round.
    if (this.isCooperative && revoked.length > 0) member.needsRejoin = true;
    const added = assignment.filter((partition) => !member.owned.has(nameOf(partition)));
    for (const partition of added) member.owned.set(nameOf(partition), newOwned(partition));
    if (added.length > 0) this.askCommitted(member, added);
    if (this.commitMode === 'auto' && member.lastCommitNs === 0) member.lastCommitNs = this.nowNs;
    if (this.commitMode === 'auto')
      addDeadline(
        this.world,
        this.deadlines,
        this.nowNs + (this.params.autoCommitInterval as number),
        member.number * KINDS + COMMIT,
      );
    if (member.needsRejoin) this.pollIfIdle(member);
    this.goOnIfFree(member);
  }

  /** One that had nothing to do while it joined polls now. */
  private goOnIfFree(member: Member): void {
    if (!member.isIdle) this.goOn(member);
  }

  private onGroupError(member: Member, error: GroupError): void {
    switch (error) {
      case 'REBALANCE_IN_PROGRESS':
        member.needsRejoin = true;
        if (member.stage === 'syncing') this.join(member);
        else if (member.stage === 'stable') this.pollIfIdle(member);
        return;
      case 'UNKNOWN_MEMBER_ID':
        return this.lose(member, true);
      case 'ILLEGAL_GENERATION':
        return this.lose(member, false);
      case 'FENCED_INSTANCE_ID':
        member.isFenced = true;
        this.revoke(member, [...member.owned.keys()]);
        member.stage = 'out';
        return this.world.notice('notice.kafka.fenced', this.wireId);
      default:
        member.stage = 'out';
        this.later(member);
    }
  }

  // ---------------------------------------------------------------- heartbeats

  private beat(member: Member): void {
    const afterNs =
      (this.params.heartbeatInterval as number) * this.world.slowFactor(this.host.ix as Parameters<World['slowFactor']>[0]);
    if (member.beatNs > this.nowNs) return;
    member.beatNs = this.nowNs + afterNs;
    addDeadline(this.world, this.deadlines, member.beatNs, member.number * KINDS + HEARTBEAT);
  }

  private onBeat(member: Member): void {
    if (this.nowNs < member.beatNs) return;
    if (member.stage === 'out' || member.isFenced) return;
    if (
      member.stage !== 'joining' &&
      this.nowNs - member.lastPollNs > (this.params.maxPollInterval as number) &&
      !member.isIdle
    ) {
      // It has not polled for too long: the client itself leaves (K26).
      this.leave(member);
      member.id = '';
      member.generation = -1;
      this.revoke(member, [...member.owned.keys()]);
      member.assigned = [];
      member.stage = 'out';
      this.world.notice('notice.kafka.slow-poll', this.wireId);
      return;
    }
    const door = this.coordinator();
    if (member.stage !== 'joining' && this.network.isUp(door)) {
      const { generation, id } = member;
      const instanceId = this.instanceOf(member);
      this.network.send(door, { api: 'heartbeat', group: this.group, member: id, instanceId, generation }, REQUEST_TIMEOUT_NS);
    }
    this.beat(member);
  }

  // ---------------------------------------------------------------- positions and fetches

  private askCommitted(member: Member, partitions: readonly TopicPartition[]): void {
    const door = this.coordinator();
    if (!this.network.isUp(door)) {
      this.later(member);
      return;
    }
    this.network.send(door, { api: 'committed', group: this.group, partitions }, REQUEST_TIMEOUT_NS);
  }

  private onCommitted(offsets: readonly (TopicPartition & { readonly offset: number })[]): void {
    for (const { offset, partition, topic } of offsets) {
      const owned = this.ownedWithoutPosition({ topic, partition });
      if (owned === undefined) continue;
      if (offset >= 0) this.seek(owned, offset);
      else this.askMarks(owned);
    }
    for (const member of this.state.members) this.fetch(member);
  }

  private ownedWithoutPosition(partition: TopicPartition): Owned | undefined {
    for (const { owned } of this.state.members) {
      const one = owned.get(nameOf(partition));
      if (one !== undefined && one.fetchOffset === NO_OFFSET) return one;
    }
    return undefined;
  }

  private seek(owned: Owned, offset: number): void {
    owned.fetchOffset = offset;
    owned.position = offset;
  }

  private askMarks({ partition, topic }: Owned): void {
    const door = this.leaderOf({ topic, partition });
    if (door === -1 || !this.network.isUp(door)) return;
    this.network.send(door, { api: 'list-offsets', partitions: [{ topic, partition }] }, REQUEST_TIMEOUT_NS);
  }

  private reset(owned: Owned, marks: LogMarks, position: number): void {
    const start = startOf(position, marks, this.params.isolation as IsolationLevel, this.params.offsetReset as OffsetReset);
    if (start.outcome !== 'error') this.seek(owned, start.position);
    else this.world.notice('notice.kafka.no-offset', this.wireId);
  }

  private leaderOf({ partition, topic }: TopicPartition): number {
    return this.state.connection.metadata?.leaders.get(topic)?.[partition] ?? -1;
  }

  /** Fetches from each broker what is not on its way and of which nothing is left. */
  private fetch(member: Member): void {
    for (let door = 0; door < this.network.doors.length; door++) {
      if (member.fetching.has(door) || !this.network.isUp(door)) continue;
      const wanted = [...member.owned.values()].filter(
        (owned) => owned.fetchOffset !== NO_OFFSET && owned.buffered.length === 0 && this.leaderOf(owned) === door,
      );
      if (wanted.length === 0) continue;
      const { fetchMaxBytes, fetchMaxWait, fetchMinBytes, isolation, maxPartitionFetchBytes } = this.params;
      const id = this.network.send(
        door,
        {
          api: 'fetch',
          group: this.group,
          partitions: wanted.map(({ fetchOffset, partition, topic }) => ({ topic, partition, offset: fetchOffset })),
          bytesMin: fetchMinBytes as number,
          bytesMax: fetchMaxBytes as number,
          partitionBytesMax: maxPartitionFetchBytes as number,
          waitNs: fetchMaxWait as number,
          isCommittedOnly: isolation === 'read_committed',
        },
        REQUEST_TIMEOUT_NS + (fetchMaxWait as number),
      );
      member.fetching.set(door, id);
    }
  }

  private onFetched(door: number, response: Extract<Response, { readonly api: 'fetch' }>, call: Call): void {
    const member = this.state.members.find(({ fetching }) => call.door !== -1 && fetching.get(call.door) === response.id);
    const arrived = this.state.arriving.get(door) ?? [];
    member?.fetching.delete(door);
    for (const part of response.partitions) {
      const records = arrived.splice(0, part.offsets.length);
      const owned = member?.owned.get(nameOf(part));
      if (owned === undefined || owned.fetchOffset !== part.offset) this.dropRecords(records, FORGOTTEN);
      else this.take(owned, part, records);
    }
    if (member === undefined) return;
    this.pollIfIdle(member);
    this.fetchLater(member, response);
  }

  private take(owned: Owned, part: FetchedPartition, records: readonly Rec[]): void {
    if (part.error === 'OffsetOutOfRange') {
      this.reset(owned, part.marks, owned.fetchOffset);
      return;
    }
    if (part.error !== null) {
      this.network.askMetadata();
      return;
    }
    const name = nameOf(part);
    for (const [i, rec] of records.entries()) owned.buffered.push({ ...rec, partition: name, offset: part.offsets[i] as number });
    owned.fetchOffset = part.nextOffset;
    owned.end = part.marks.highWatermark;
  }

  /** After an error the next fetch waits for a moment; else it goes out at once, and the broker parks it. */
  private fetchLater(member: Member, { partitions }: Extract<Response, { readonly api: 'fetch' }>): void {
    if (partitions.some(({ error }) => error === 'NotLeader' || error === 'UnknownTopicOrPartition')) this.later(member);
    else this.fetch(member);
  }

  // ---------------------------------------------------------------- packets and time

  onPacket(link: LinkIx, type: number, first: number): void {
    if (type === packet.DELIVER) this.onRecord(link, first, this.world.tag);
    else if (type === packet.RESPONSE) {
      this.arrivedOn = this.network.doors.findIndex((door) => door.in === link);
      this.network.onResponse(first);
    } else if (type === packet.HELLO) this.network.onHello(link);
  }
  private arrivedOn = -1;

  private onRecord(link: LinkIx, obl: number, attempt: number): void {
    const door = this.network.doors.findIndex((one) => one.in === link);
    const { arriving } = this.state;
    const rec: Rec = { obl, attempt, offset: -1, partition: '' };
    this.state.heldCauses++;
    const known = arriving.get(door);
    if (known === undefined) arriving.set(door, [rec]);
    else known.push(rec);
  }

  onMetadata(): void {
    for (const member of [...this.state.members]) {
      if (member.stage === 'out' && member.inHand.size === 0) this.poll(member);
      else {
        if (this.hasNews(member)) member.needsRejoin = true;
        this.pollIfIdle(member);
        this.fetch(member);
      }
    }
  }

  /** Another subscription than it has joined with, or, for the one that assigned, other numbers of partitions. */
  private hasNews({ assignedOf, subscribed }: Member): boolean {
    return subscribed !== this.topics().join(' ') || (assignedOf !== '' && assignedOf !== this.partitionCounts());
  }

  private partitionCounts(): string {
    const leaders = this.state.connection.metadata?.leaders;
    return this.topics()
      .map((topic) => `${topic}=${leaders?.get(topic)?.length ?? 0}`)
      .join(' ');
  }

  onResponse(response: Response, call: Call): void {
    if (response.api === 'fetch') this.onFetched(this.arrivedOn, response, call);
    if (call.door === -1) return;
    this.network.refresh();
    const { request } = call;
    if (response.api === 'committed') return this.onCommitted(response.offsets);
    if (response.api === 'list-offsets') {
      for (const { error, marks, partition, topic } of response.partitions) {
        const owned = this.ownedWithoutPosition({ topic, partition });
        if (owned !== undefined && error === null) this.reset(owned, marks, NO_OFFSET);
      }
      for (const member of this.state.members) this.fetch(member);
      return;
    }
    if (!('member' in request)) return;
    const member = this.askerOf(request.api, request.member, 'clientId' in request ? request.clientId : '');
    if (member === undefined) return;
    if (response.api === 'join' && member.stage === 'joining') this.onJoined(member, response);
    else if (response.api === 'sync' && member.stage === 'syncing') this.onSynced(member, response.error, response.assignment);
    else if (
      (response.api === 'heartbeat' || response.api === 'commit') &&
      response.error !== 'NONE' &&
      member.stage === 'stable'
    ) {
      if (!('generation' in request) || request.generation === member.generation) this.onGroupError(member, response.error);
    }
  }

  private askerOf(api: string, id: string, clientId: string): Member | undefined {
    if (api === 'join') return this.state.members.find(({ place }) => clientId === `${this.wireId}-${place}`);
    return this.state.members.find((member) => member.id === id);
  }

  onFailed({ door, request }: Call): void {
    for (const member of this.state.members) if (member.fetching.get(door) === request.id) member.fetching.delete(door);
    this.network.askMetadata();
    if (request.api !== 'join' && request.api !== 'sync') return;
    const member = this.askerOf(request.api, request.member, 'clientId' in request ? request.clientId : '');
    if (member === undefined || member.stage === 'stable') return;
    member.stage = 'out';
    this.later(member);
  }

  onTimer(timer: number, arg: number): void {
    if (this.network.onTimer(timer, arg) || timer !== CLIENT_OWN) return;
    const due: number[] = [];
    passDeadlines(this.world, this.deadlines, arg, (number) => due.push(number));
    for (const number of due) {
      if (number >= RETRIES) {
        if (this.keeperOf(number - RETRIES) !== undefined) this.giveAgain(number - RETRIES);
        continue;
      }
      const member = this.memberOf(number);
      if (member !== undefined) this.onMemberDue(member, number % KINDS);
    }
  }

  private onMemberDue(member: Member, kind: number): void {
    if (kind === HEARTBEAT) this.onBeat(member);
    else if (kind === COMMIT) {
      // An application that finds nothing polls on and on.
      if (member.isIdle && this.commitMode === 'auto') this.commitIfDue(member);
    } else if (member.stage === 'out') {
      if (member.inHand.size === 0 && member.early === 0) this.poll(member);
    } else {
      const unknown = [...member.owned.values()].filter(({ fetchOffset }) => fetchOffset === NO_OFFSET);
      if (unknown.length > 0)
        this.askCommitted(
          member,
          unknown.map(({ partition, topic }) => ({ topic, partition })),
        );
      this.fetch(member);
    }
  }

  inside(): Inside {
    const { group, state, world } = this;
    const { members } = state;
    return [
      membersTable(world, members, group),
      positionsTable(members, this.commitMode === 'after', group),
      fetchedTable(world, members, group),
    ];
  }

  onDisconnected(): void {
    this.letGo(REMOVED);
  }

  onCrash(): void {
    this.letGo(CRASH);
    this.state = newState(this.state.connection.ids, this.network.doors.length);
  }

  private letGo(reason: number): void {
    for (const member of this.state.members) this.drop(member, reason);
    for (const arrived of this.state.arriving.values()) this.dropRecords(arrived, reason);
    this.state.arriving.clear();
    this.state.members = [];
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

export const kafkaConsumer: ConsumerFactory = (world, host, client, connection) =>
  new KafkaConsumer(world, host, client, connection);
