// Where the members begin in the partitions that they own, and what they fetch of them: from each broker what is not on its way and of which
// nothing is left. A session with each broker says only what has changed since the last fetch.
// Follows `Fetcher`, `OffsetFetcher`; `FetchSessionHandler`; semantics 11; K29; KIP-227.

import { min } from '../../kernel/exact-math.ts';
import type { LinkIx } from '../../kernel/ids.ts';
import { DELAYED, IN_FLIGHT } from '../../world/books.ts';
import { FORGOTTEN } from '../../world/reasons.ts';
import type { World } from '../../world/world.ts';
import { nameOf, type TopicPartition } from './assignors/assignment.ts';
import type { Call } from './client-connection.ts';
import { type ConsumerCore, REQUEST_TIMEOUT_NS } from './consumer-core.ts';
import {
  ASKED,
  type Member,
  type MemberSession,
  newMemberSession,
  noteFilled,
  type Owned,
  QUEUED,
  RESTS,
  type Rec,
} from './consumer-member.ts';
import { dropFirst, truncate } from './lists.ts';
import { type IsolationLevel, type LogMarks, NO_OFFSET, type OffsetReset, startOf } from './offsets.ts';
import type { FetchedPartition, PartitionOffset, Response } from './protocol.ts';

export class ConsumerFetcher {
  private readonly core: ConsumerCore;
  private readonly world: World;

  constructor(core: ConsumerCore) {
    this.core = core;
    this.world = core.world;
  }

  askCommitted(member: Member, partitions: readonly TopicPartition[]): void {
    const door = this.core.coordinator();
    if (!this.core.network.isUp(door)) {
      this.core.later(member);
      return;
    }
    this.core.network.send(door, { api: 'committed', group: this.core.group, partitions }, REQUEST_TIMEOUT_NS);
  }

  onCommitted(offsets: readonly (TopicPartition & { readonly offset: number })[]): void {
    const unknown: TopicPartition[] = [];
    for (const { offset, partition, topic } of offsets) {
      const owner = this.ownerWithoutPosition({ topic, partition });
      if (owner === undefined) continue;
      if (offset >= 0) this.seek(owner.member, owner.owned, offset);
      else unknown.push({ topic, partition });
    }
    if (unknown.length > 0) this.askMarks(unknown);
    for (const member of this.core.state.members) this.fetch(member);
  }

  private ownerWithoutPosition(partition: TopicPartition): { readonly member: Member; readonly owned: Owned } | undefined {
    for (const member of this.core.state.members) {
      const owned = member.owned.get(nameOf(partition));
      if (owned !== undefined && owned.fetchOffset === NO_OFFSET) return { member, owned };
    }
    return undefined;
  }

  private seek(member: Member, owned: Owned, offset: number): void {
    owned.fetchOffset = offset;
    owned.position = offset;
    this.want(member, owned, nameOf(owned));
  }

  /** Nobody has said where some begin: they are asked again in a moment, once, however many have not said it. */
  askAgain(): void {
    for (const member of this.core.state.members) {
      if (member.asksAgain) continue;
      for (const { fetchOffset } of member.owned.values()) {
        if (fetchOffset !== NO_OFFSET) continue;
        member.asksAgain = true;
        this.core.later(member);
        break;
      }
    }
  }

  /** Each leader is asked once for all that it has. */
  private askMarks(unknown: readonly TopicPartition[]): void {
    for (let door = 0; door < this.core.network.doors.length; door++) {
      const partitions = unknown.filter((one) => this.leaderOf(one) === door);
      if (partitions.length === 0) continue;
      if (this.core.network.isUp(door)) this.core.network.send(door, { api: 'list-offsets', partitions }, REQUEST_TIMEOUT_NS);
      else this.askAgain();
    }
  }

  private reset(member: Member, owned: Owned, marks: LogMarks, position: number): void {
    const { isolation, offsetReset } = this.core.params;
    const start = startOf(position, marks, isolation as IsolationLevel, offsetReset as OffsetReset);
    if (start.outcome !== 'error') this.seek(member, owned, start.position);
    else this.world.notice('notice.kafka.no-offset', this.core.wireId);
  }

  private leaderOf({ partition, topic }: TopicPartition): number {
    return this.core.state.connection.metadata?.leaders.get(topic)?.[partition] ?? -1;
  }

  // ---------------------------------------------------------------- what is wanted

  /** A partition of which nothing is left and nothing is asked for: the next fetch asks for it. */
  private want(member: Member, owned: Owned, name: string): void {
    if (owned.standing !== RESTS || owned.fetchOffset === NO_OFFSET || owned.buffered.length > 0) return;
    const door = this.leaderOf(owned);
    if (door === -1) return;
    owned.standing = QUEUED;
    owned.door = door;
    this.sessionWith(member, door).queued.push(name);
  }

  /** There is news of who leads what. */
  wantAll(member: Member): void {
    for (const [name, owned] of member.owned) this.want(member, owned, name);
  }

  /** It is the member's no more. */
  forget(member: Member, { door, partition, standing, topic }: Owned): void {
    if (standing !== ASKED) return;
    const session = this.sessionWith(member, door);
    session.asked--;
    session.forgotten.push({ topic, partition });
  }

  private sessionWith(member: Member, door: number): MemberSession {
    for (let at = member.sessions.length; at <= door; at++) member.sessions.push(newMemberSession());
    return member.sessions[door] as MemberSession;
  }

  // ---------------------------------------------------------------- fetches

  /** Fetches from each broker what is not on its way and of which nothing is left. */
  fetch(member: Member): void {
    const { drained, sessions } = member;
    for (const name of drained) {
      const owned = member.owned.get(name);
      if (owned !== undefined) this.want(member, owned, name);
    }
    truncate(drained, 0);
    for (let door = 0; door < sessions.length; door++) {
      const session = sessions[door] as MemberSession;
      if (session.request === 0 && this.core.network.isUp(door)) this.fetchFrom(member, session, door);
    }
  }

  private fetchFrom(member: Member, session: MemberSession, door: number): void {
    const partitions = this.queuedOf(member, session);
    if (session.asked === 0) return;
    const { fetchMaxBytes, fetchMaxWait, fetchMinBytes, isolation, maxPartitionFetchBytes } = this.core.params;
    const { forgotten } = session;
    if (forgotten.length > 0) session.forgotten = [];
    session.request = this.core.network.send(
      door,
      {
        api: 'fetch',
        group: this.core.group,
        session: session.id,
        epoch: session.epoch,
        partitions,
        forgotten: forgotten.length > 0 ? forgotten : NOTHING,
        bytesMin: fetchMinBytes as number,
        bytesMax: fetchMaxBytes as number,
        partitionBytesMax: maxPartitionFetchBytes as number,
        waitNs: fetchMaxWait as number,
        isCommittedOnly: isolation === 'read_committed',
      },
      REQUEST_TIMEOUT_NS + (fetchMaxWait as number),
    );
  }

  private queuedOf(member: Member, session: MemberSession): PartitionOffset[] {
    const partitions: PartitionOffset[] = [];
    for (const name of session.queued) {
      const owned = member.owned.get(name);
      if (owned === undefined || owned.standing !== QUEUED) continue;
      // Put back meanwhile by who tries again.
      if (owned.buffered.length > 0) {
        owned.standing = RESTS;
        continue;
      }
      owned.standing = ASKED;
      session.asked++;
      partitions.push({ topic: owned.topic, partition: owned.partition, offset: owned.fetchOffset });
    }
    truncate(session.queued, 0);
    return partitions;
  }

  /** The broker knows nothing of the session any more: the next fetch asks for everything, in a new one. */
  private beginAnew(member: Member, session: MemberSession, door: number): void {
    session.epoch = 0;
    session.request = 0;
    session.asked = 0;
    session.forgotten = [];
    for (const [name, owned] of member.owned) {
      if (owned.standing !== ASKED || owned.door !== door) continue;
      owned.standing = RESTS;
      this.want(member, owned, name);
    }
  }

  /** No answer will come to a fetch. */
  onFailed(member: Member, door: number, request: number): void {
    const session = member.sessions[door];
    if (session !== undefined && session.request === request) this.beginAnew(member, session, door);
  }

  onFetched(door: number, response: Extract<Response, { readonly api: 'fetch' }>, call: Call): void {
    const member = call.door === -1 ? undefined : this.memberWith(call.door, response.id);
    const session = member?.sessions[door];
    if (session !== undefined) session.request = 0;
    const arrived = this.core.state.arriving.get(door) ?? NO_RECORDS;
    let from = 0;
    for (const part of response.partitions) {
      const name = nameOf(part);
      const owned = member?.owned.get(name);
      const to = min(arrived.length, from + part.offsets.length);
      if (member === undefined || owned === undefined || owned.fetchOffset !== part.offset || owned.standing !== ASKED)
        this.core.dropRecords(arrived.slice(from, to), FORGOTTEN);
      else {
        owned.standing = RESTS;
        (session as MemberSession).asked--;
        this.take(member, owned, name, part, arrived, from, to);
      }
      from = to;
    }
    dropFirst(arrived, from);
    if (member === undefined || session === undefined) return;
    session.id = response.session;
    if (response.session === 0) this.beginAnew(member, session, door);
    else session.epoch++;
    this.core.loop.pollIfIdle(member);
    this.fetchLater(member, response);
  }

  private memberWith(door: number, request: number): Member | undefined {
    for (const member of this.core.state.members) if (member.sessions[door]?.request === request) return member;
    return undefined;
  }

  /** Records that have come for a partition, from one place in the line of those that have arrived to another. */
  private take(
    member: Member,
    owned: Owned,
    name: string,
    part: FetchedPartition,
    arrived: readonly Rec[],
    from: number,
    to: number,
  ): void {
    if (part.error === 'OffsetOutOfRange') {
      this.reset(member, owned, part.marks, owned.fetchOffset);
      return;
    }
    if (part.error !== null) {
      this.core.network.askMetadata();
      this.want(member, owned, name);
      return;
    }
    for (let i = from; i < to; i++) {
      const rec = arrived[i] as Rec;
      rec.offset = part.offsets[i - from] as number;
      rec.partition = name;
      rec.dueNs = part.dueNs?.[i - from] ?? 0;
      owned.buffered.push(rec);
      // It has come: the client has it until a poll hands it over, or its partition is paused until it is due.
      this.world.obligations.moveTo(rec.obl, rec.dueNs > this.core.nowNs ? DELAYED : IN_FLIGHT);
    }
    owned.fetchOffset = part.nextOffset;
    owned.end = part.marks.highWatermark;
    if (owned.buffered.length > 0) noteFilled(member, name);
    else this.want(member, owned, name);
  }

  /** After an error the next fetch waits for a moment; else it goes out at once, and the broker parks it. */
  private fetchLater(member: Member, { partitions }: Extract<Response, { readonly api: 'fetch' }>): void {
    for (const { error } of partitions) {
      if (error !== 'NotLeader' && error !== 'UnknownTopicOrPartition') continue;
      this.core.later(member);
      return;
    }
    this.fetch(member);
  }

  onRecord(link: LinkIx, obl: number, attempt: number): void {
    const door = this.core.network.doorOf(link);
    const { arriving } = this.core.state;
    const rec: Rec = { obl, attempt, offset: -1, partition: '', dueNs: 0 };
    this.core.state.heldCauses++;
    const known = arriving.get(door);
    if (known === undefined) arriving.set(door, [rec]);
    else known.push(rec);
  }

  onMarks(partitions: Extract<Response, { readonly api: 'list-offsets' }>['partitions']): void {
    for (const { error, marks, partition, topic } of partitions) {
      const owner = this.ownerWithoutPosition({ topic, partition });
      if (owner === undefined) continue;
      if (error === null) this.reset(owner.member, owner.owned, marks, NO_OFFSET);
      else this.askAgain();
    }
    for (const member of this.core.state.members) this.fetch(member);
  }
}

const NO_RECORDS: Rec[] = [];
const NOTHING: readonly TopicPartition[] = [];
