// The consumer of the Java client, run by a service: one member of the group for each replica of the service, each with its poll loop. A
// member joins, learns what it owns, fetches ahead, hands the records of a poll to the service one after the other, commits as the wire
// says, and polls again when all of them are done. Heartbeats go on beside it. Here members come and go, and what comes in, packet or
// timer, goes to the part that it concerns.
// Follows `ConsumerCoordinator`, `AbstractCoordinator`, `Fetcher`; semantics 11 to 13; K22 to K30.

import { floor } from '../../kernel/exact-math.ts';
import type { LinkIx, OblIx } from '../../kernel/ids.ts';
import { DELAYED, WAITING } from '../../world/books.ts';
import type { Inside } from '../../world/inside.ts';
import * as packet from '../../world/packet-types.ts';
import { actorPlace, CRASH, FORGOTTEN, REMOVED } from '../../world/reasons.ts';
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
import { type Call, CLIENT_OWN, ClientConnection, type ConnectionState, type ConnectionUser } from './client-connection.ts';
import { fetchedTable, membersTable, positionsTable, rebalancesTable, turnsTable } from './client-inside.ts';
import { coordinatorOf } from './cluster-metadata.ts';
import {
  COMMIT,
  type ConsumerCore,
  type ConsumerState,
  GO_ON,
  HEARTBEAT,
  KINDS,
  newConsumerState,
  PASS_ON_DUE,
  RESUME,
  RETRIES,
  RETRY_NS,
} from './consumer-core.ts';
import { ConsumerFetcher } from './consumer-fetcher.ts';
import { type Member, newMember, type Rec, UNSENT } from './consumer-member.ts';
import { ConsumerMembership } from './consumer-membership.ts';
import { PassOn } from './consumer-pass-on.ts';
import { PollLoop } from './consumer-poll-loop.ts';
import { addDeadline, type DeadlineOwner, passDeadlines } from './deadlines.ts';
import { enter } from './member-history.ts';
import { NO_OFFSET } from './offsets.ts';
import type { Response } from './protocol.ts';

class KafkaConsumer implements ConsumerClient, ConnectionUser, ConsumerCore {
  state: ConsumerState;
  readonly world: World;
  readonly host: ConsumerHost;
  readonly client: number;
  readonly place: number;
  readonly group: string;
  readonly wireId: string;
  readonly network: ClientConnection;
  readonly deadlines: DeadlineOwner;
  params!: Params;
  commitMode = 'auto';
  readonly loop: PollLoop;
  readonly membership: ConsumerMembership;
  readonly fetcher: ConsumerFetcher;
  readonly passOn: PassOn;

  constructor(world: World, host: ConsumerHost, client: number, connection: Connection) {
    this.world = world;
    this.host = host;
    this.client = client;
    this.place = actorPlace(host.ix);
    this.group = connection.peerId;
    this.wireId = connection.wireId;
    this.network = new ClientConnection(world, host.ix, client, connection, this);
    this.state = newConsumerState(0, this.network.doors.length);
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
        number >= RETRIES
          ? this.keeperOf(number - RETRIES) !== undefined
          : number === PASS_ON_DUE || this.memberOf(number) !== undefined,
    };
    this.onParams(connection);
    this.loop = new PollLoop(this);
    this.membership = new ConsumerMembership(this);
    this.fetcher = new ConsumerFetcher(this);
    this.passOn = new PassOn(this);
  }

  get connection(): ConnectionState {
    return this.state.connection;
  }

  onParams({ params }: Connection): void {
    const before = this.params as Params | undefined;
    this.params = params;
    this.commitMode = params.commit as string;
    this.network.metadataAgeNs = params.metadataAge as number;
    if (before === undefined || before.closed === params.closed) return;
    if (params.closed === true) this.closeAll();
    else this.followReplicas();
  }

  get nowNs(): number {
    return this.world.now[0] as number;
  }
  get isCooperative(): boolean {
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
    for (const member of this.state.members) this.loop.handOut(member);
  }

  replicas(): number {
    return this.host.replicas?.() ?? 1;
  }

  private followReplicas(): void {
    const { members } = this.state;
    const wanted = this.params.closed === true ? members.length : this.replicas();
    while (members.length < wanted) {
      const member = newMember(this.state.memberCount++, members.length, this.nowNs);
      members.push(member);
      if (this.state.connection.metadata !== null) this.loop.poll(member);
    }
    while (members.length > wanted) this.close(members.pop() as Member, CRASH, true);
  }

  /** Leaves the group in good order, unless its instance is to come back; what it has fetched is for others. */
  private close(member: Member, reason: number, leaves: boolean): void {
    if (leaves && member.stage === 'stable') this.loop.commitBeforeRevoke(member);
    this.drop(member, reason);
    if (leaves && member.id !== '' && this.params.staticMembers !== true) this.membership.leave(member);
  }

  /** As a process that is told to stop does: each member finishes what its poll has brought, and leaves. */
  private closeAll(): void {
    for (const member of [...this.state.members]) {
      member.isClosing = true;
      if (member.isIdle || (member.stage !== 'stable' && member.inHand.size === 0 && member.early === 0)) this.end(member);
    }
  }

  end(member: Member): void {
    const { state } = this;
    state.members = state.members.filter((one) => one !== member);
    this.close(member, FORGOTTEN, true);
    this.followReplicas();
  }

  coordinator(): number {
    return coordinatorOf(this.group, this.network.doors.length);
  }

  instanceOf(member: Member): string {
    return this.params.staticMembers === true ? `${this.wireId}-${member.place}` : '';
  }

  /** Lets go of everything that the member has fetched and not handed over. What is in hand stays where it is. */
  private drop(member: Member, reason: number): void {
    for (const owned of member.owned.values()) this.dropRecords(owned.buffered.splice(0), reason);
    this.dropRecords(member.polled.splice(0), reason);
    this.dropRecords([...member.kept.values()], reason);
    member.kept.clear();
    // What is on its way to another topic gets there all the same.
    member.passing.clear();
  }

  dropRecords(records: readonly Rec[], reason: number): void {
    const { obligations } = this.world;
    for (const { dueNs, obl } of records) {
      this.state.heldCauses--;
      // Whoever leads the partition has it still and hands it out again.
      if ((obligations.causes[obl] as number) > 1) obligations.moveTo(obl, dueNs > this.nowNs ? DELAYED : WAITING);
      obligations.dropCause(obl, this.place, reason);
    }
  }

  topics(): readonly string[] {
    return this.state.connection.metadata?.subscriptions.get(this.group) ?? [];
  }

  later(member: Member): void {
    addDeadline(this.world, this.deadlines, this.nowNs + RETRY_NS, member.number * KINDS + GO_ON);
  }

  // ---------------------------------------------------------------- the host

  settle(obl: OblIx, attempt: number, outcome: Settlement, delayNs: number, freesPlace: boolean): void {
    this.loop.settle(obl, attempt, outcome, delayNs, freesPlace);
  }
  freePlace(): void {
    this.loop.freePlace();
  }

  // ---------------------------------------------------------------- packets and time

  onPacket(link: LinkIx, type: number, first: number): void {
    if (type === packet.DELIVER) this.fetcher.onRecord(link, first, this.world.tag);
    else if (type === packet.RESPONSE) {
      this.arrivedOn = this.network.doorOf(link);
      this.network.onResponse(first);
    } else if (type === packet.HELLO) this.network.onHello(link);
  }
  private arrivedOn = -1;

  onMetadata(): void {
    this.passOn.drain();
    for (const member of [...this.state.members]) {
      if (member.stage === 'out' && member.inHand.size === 0) this.loop.poll(member);
      else {
        if (this.membership.hasNews(member)) member.needsRejoin = true;
        this.fetcher.wantAll(member);
        this.loop.pollIfIdle(member);
        this.fetcher.fetch(member);
      }
    }
  }

  onResponse(response: Response, call: Call): void {
    if (response.api === 'fetch') this.fetcher.onFetched(this.arrivedOn, response, call);
    if (call.door === -1) return;
    this.network.refresh();
    const { request } = call;
    if (response.api === 'produce' || response.api === 'init-producer-id') return this.passOn.onResponse(response);
    if (response.api === 'committed') return this.fetcher.onCommitted(response.offsets);
    if (response.api === 'list-offsets') return this.fetcher.onMarks(response.partitions);
    if (!('member' in request)) return;
    const member = this.askerOf(request.api, request.member, 'clientId' in request ? request.clientId : '');
    if (member === undefined) return;
    if (response.api === 'commit' && member.committing === response.id) this.loop.onCommitted(member, response.error === 'NONE');
    if (response.api === 'join' && member.stage === 'joining') this.membership.onJoined(member, response);
    else if (response.api === 'sync' && member.stage === 'syncing')
      this.membership.onSynced(member, response.error, response.assignment);
    else if (
      (response.api === 'heartbeat' || response.api === 'commit') &&
      response.error !== 'NONE' &&
      member.stage === 'stable'
    ) {
      if (!('generation' in request) || request.generation === member.generation)
        this.membership.onGroupError(member, response.error);
    }
  }

  private askerOf(api: string, id: string, clientId: string): Member | undefined {
    if (api === 'join') return this.state.members.find(({ place }) => clientId === `${this.wireId}-${place}`);
    return this.state.members.find((member) => member.id === id);
  }

  onFailed(call: Call): void {
    const { door, request } = call;
    for (const member of this.state.members) {
      if (request.api === 'fetch') this.fetcher.onFailed(member, door, request.id);
      if (member.committing === request.id) this.loop.onCommitted(member, false);
    }
    this.network.askMetadata();
    if (request.api === 'produce' || request.api === 'init-producer-id') this.passOn.onFailed(call);
    if (request.api === 'committed' || request.api === 'list-offsets') this.fetcher.askAgain();
    if (request.api !== 'join' && request.api !== 'sync') return;
    const member = this.askerOf(request.api, request.member, 'clientId' in request ? request.clientId : '');
    if (member === undefined || member.stage === 'stable') return;
    enter(member, 'out', this.nowNs);
    this.later(member);
  }

  onTimer(timer: number, arg: number): void {
    if (this.network.onTimer(timer, arg) || timer !== CLIENT_OWN) return;
    const due: number[] = [];
    passDeadlines(this.world, this.deadlines, arg, (number) => due.push(number));
    for (const number of due) {
      if (number === PASS_ON_DUE) this.passOn.drain();
      if (number >= RETRIES) {
        if (this.keeperOf(number - RETRIES) !== undefined) this.loop.giveAgain(number - RETRIES);
        continue;
      }
      const member = this.memberOf(number);
      if (member !== undefined) this.onMemberDue(member, number % KINDS);
    }
  }

  private onMemberDue(member: Member, kind: number): void {
    if (kind === GO_ON) member.asksAgain = false;
    if (kind === HEARTBEAT) this.membership.onBeat(member);
    else if (kind === COMMIT) {
      // An application that finds nothing polls on and on.
      if (member.isIdle && this.commitMode === 'auto') this.loop.commitIfDue(member);
    } else if (kind === RESUME) this.loop.pollIfIdle(member);
    else if (member.stage === 'out') {
      if (member.inHand.size === 0 && member.early === 0) this.loop.poll(member);
    } else {
      if (member.committing === UNSENT) this.loop.commitFirst(member);
      const unknown = [...member.owned.values()].filter(({ fetchOffset }) => fetchOffset === NO_OFFSET);
      if (unknown.length > 0)
        this.fetcher.askCommitted(
          member,
          unknown.map(({ partition, topic }) => ({ topic, partition })),
        );
      this.fetcher.fetch(member);
    }
  }

  inside(): Inside {
    const { group, state, world } = this;
    const { members } = state;
    return [
      membersTable(world, members, group),
      turnsTable(world, members, group),
      rebalancesTable(world, members, group),
      positionsTable(members, this.commitMode === 'after', group),
      fetchedTable(world, members, group),
    ];
  }

  onDisconnected(): void {
    this.letGo(REMOVED);
  }

  onCrash(): void {
    this.letGo(CRASH);
    this.state = newConsumerState(this.state.connection.ids, this.network.doors.length);
  }

  private letGo(reason: number): void {
    for (const member of this.state.members) this.drop(member, reason);
    for (const arrived of this.state.arriving.values()) this.dropRecords(arrived, reason);
    this.passOn.letGo(reason);
    this.state.arriving.clear();
    this.state.members = [];
  }
}

export const kafkaConsumer: ConsumerFactory = (world, host, client, connection) =>
  new KafkaConsumer(world, host, client, connection);
