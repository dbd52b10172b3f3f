// Where the members begin in the partitions that they own, and what they fetch of them: from each broker what is not on its way and of which
// nothing is left.
// Follows `Fetcher`, `OffsetFetcher`; semantics 11; K29.

import type { LinkIx } from '../../kernel/ids.ts';
import { DELAYED, IN_FLIGHT } from '../../world/books.ts';
import { FORGOTTEN } from '../../world/reasons.ts';
import type { World } from '../../world/world.ts';
import { nameOf, type TopicPartition } from './assignors/assignment.ts';
import type { Call } from './client-connection.ts';
import { type ConsumerCore, REQUEST_TIMEOUT_NS } from './consumer-core.ts';
import type { Member, Owned, Rec } from './consumer-member.ts';
import { type IsolationLevel, type LogMarks, NO_OFFSET, type OffsetReset, startOf } from './offsets.ts';
import type { FetchedPartition, Response } from './protocol.ts';

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
    for (const { offset, partition, topic } of offsets) {
      const owned = this.ownedWithoutPosition({ topic, partition });
      if (owned === undefined) continue;
      if (offset >= 0) this.seek(owned, offset);
      else this.askMarks(owned);
    }
    for (const member of this.core.state.members) this.fetch(member);
  }

  ownedWithoutPosition(partition: TopicPartition): Owned | undefined {
    for (const { owned } of this.core.state.members) {
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
    if (door === -1 || !this.core.network.isUp(door)) return;
    this.core.network.send(door, { api: 'list-offsets', partitions: [{ topic, partition }] }, REQUEST_TIMEOUT_NS);
  }

  reset(owned: Owned, marks: LogMarks, position: number): void {
    const start = startOf(
      position,
      marks,
      this.core.params.isolation as IsolationLevel,
      this.core.params.offsetReset as OffsetReset,
    );
    if (start.outcome !== 'error') this.seek(owned, start.position);
    else this.world.notice('notice.kafka.no-offset', this.core.wireId);
  }

  private leaderOf({ partition, topic }: TopicPartition): number {
    return this.core.state.connection.metadata?.leaders.get(topic)?.[partition] ?? -1;
  }

  /** Fetches from each broker what is not on its way and of which nothing is left. */
  fetch(member: Member): void {
    for (let door = 0; door < this.core.network.doors.length; door++) {
      if (member.fetching.has(door) || !this.core.network.isUp(door)) continue;
      const wanted = [...member.owned.values()].filter(
        (owned) => owned.fetchOffset !== NO_OFFSET && owned.buffered.length === 0 && this.leaderOf(owned) === door,
      );
      if (wanted.length === 0) continue;
      const { fetchMaxBytes, fetchMaxWait, fetchMinBytes, isolation, maxPartitionFetchBytes } = this.core.params;
      const id = this.core.network.send(
        door,
        {
          api: 'fetch',
          group: this.core.group,
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

  onFetched(door: number, response: Extract<Response, { readonly api: 'fetch' }>, call: Call): void {
    const member = this.core.state.members.find(({ fetching }) => call.door !== -1 && fetching.get(call.door) === response.id);
    const arrived = this.core.state.arriving.get(door) ?? [];
    member?.fetching.delete(door);
    for (const part of response.partitions) {
      const records = arrived.splice(0, part.offsets.length);
      const owned = member?.owned.get(nameOf(part));
      if (owned === undefined || owned.fetchOffset !== part.offset) this.core.dropRecords(records, FORGOTTEN);
      else this.take(owned, part, records);
    }
    if (member === undefined) return;
    this.core.loop.pollIfIdle(member);
    this.fetchLater(member, response);
  }

  private take(owned: Owned, part: FetchedPartition, records: readonly Rec[]): void {
    if (part.error === 'OffsetOutOfRange') {
      this.reset(owned, part.marks, owned.fetchOffset);
      return;
    }
    if (part.error !== null) {
      this.core.network.askMetadata();
      return;
    }
    const name = nameOf(part);
    for (const [i, rec] of records.entries()) {
      const [offset, dueNs] = [part.offsets[i] as number, part.dueNs?.[i] ?? 0];
      owned.buffered.push({ ...rec, partition: name, offset, dueNs });
      // It has come: the client has it until a poll hands it over, or its partition is paused until it is due.
      this.world.obligations.moveTo(rec.obl, dueNs > this.core.nowNs ? DELAYED : IN_FLIGHT);
    }
    owned.fetchOffset = part.nextOffset;
    owned.end = part.marks.highWatermark;
  }

  /** After an error the next fetch waits for a moment; else it goes out at once, and the broker parks it. */
  private fetchLater(member: Member, { partitions }: Extract<Response, { readonly api: 'fetch' }>): void {
    if (partitions.some(({ error }) => error === 'NotLeader' || error === 'UnknownTopicOrPartition')) this.core.later(member);
    else this.fetch(member);
  }

  onRecord(link: LinkIx, obl: number, attempt: number): void {
    const door = this.core.network.doors.findIndex((one) => one.in === link);
    const { arriving } = this.core.state;
    const rec: Rec = { obl, attempt, offset: -1, partition: '', dueNs: 0 };
    this.core.state.heldCauses++;
    const known = arriving.get(door);
    if (known === undefined) arriving.set(door, [rec]);
    else known.push(rec);
  }

  onMarks(partitions: Extract<Response, { readonly api: 'list-offsets' }>['partitions']): void {
    for (const { error, marks, partition, topic } of partitions) {
      const owned = this.ownedWithoutPosition({ topic, partition });
      if (owned !== undefined && error === null) this.reset(owned, marks, NO_OFFSET);
    }
    for (const member of this.core.state.members) this.fetch(member);
  }
}
