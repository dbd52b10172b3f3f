// The groups whose offsets lie with a broker: hands their requests to the coordinator, keeps whom joins and syncs are to be answered, and
// tells the leaders of partitions what has been committed.

import { REQUEST } from '../../world/packet-types.ts';
import type { World } from '../../world/world.ts';
import type { Params } from '../fields.ts';
import { nameOf, type TopicPartition } from './assignors/assignment.ts';
import { type BrokerCore, type BrokerState, GROUPS_DUE } from './broker-state.ts';
import { GroupCoordinator, type GroupError, type JoinAnswer, NO_GENERATION } from './group-coordinator.ts';
import type { LedPartitions } from './led-partitions.ts';
import type { InsideWord, PartitionOffset, Request, Response } from './protocol.ts';

export class BrokerGroups {
  private readonly broker: BrokerCore;
  private readonly partitions: LedPartitions;
  private readonly world: World;
  private readonly coordinator: GroupCoordinator;

  constructor(broker: BrokerCore, partitions: LedPartitions, params: Params) {
    this.broker = broker;
    this.partitions = partitions;
    this.world = broker.world;
    const { initialRebalanceDelay, minSessionTimeout, maxSessionTimeout, offsetsRetention } = params;
    this.coordinator = new GroupCoordinator(
      {
        initialDelayNs: initialRebalanceDelay as number,
        sessionNsMin: minSessionTimeout as number,
        sessionNsMax: maxSessionTimeout as number,
        membersMax: Number.POSITIVE_INFINITY,
        offsetsRetentionNs: offsetsRetention as number,
      },
      {
        joined: (request, answer) => this.onJoined(request, answer),
        synced: (request, error, assignment) => this.onSynced(request, error, assignment),
      },
    );
    this.onLoad();
  }

  /** The state is another one now. */
  onLoad(): void {
    this.coordinator.state = this.broker.state.coordinator;
  }

  private get state(): BrokerState {
    return this.broker.state;
  }

  onRequest(slot: number, request: Request): void {
    const { coordinator, world } = this;
    const nowNs = world.now[0] as number;
    const { id } = request;
    switch (request.api) {
      case 'join':
        return coordinator.join({ ...request, request: this.parked(slot, id) }, nowNs);
      case 'sync': {
        const { assignment, generation, group, instanceId, member } = request;
        return coordinator.sync(this.parked(slot, id), group, member, instanceId, generation, assignment, nowNs);
      }
      case 'heartbeat': {
        const error = coordinator.heartbeat(request.group, request.member, request.instanceId, request.generation, nowNs);
        return this.broker.respond(slot, { api: 'heartbeat', id, error });
      }
      case 'leave':
        return this.broker.respond(slot, {
          api: 'leave',
          id,
          error: coordinator.leave(request.group, request.member, request.instanceId, nowNs),
        });
      case 'commit': {
        const { generation, group, instanceId, member, offsets } = request;
        const error = coordinator.commit(group, member, instanceId, generation, offsets, nowNs);
        if (error === 'NONE') this.tellCommitted(group, offsets);
        return this.broker.respond(slot, { api: 'commit', id, error });
      }
      case 'committed': {
        const offsets = request.partitions.map((one) => ({ ...one, offset: coordinator.committed(request.group, one) }));
        return this.broker.respond(slot, { api: 'committed', id, offsets });
      }
    }
  }

  /** As an administrator sets them: only while nobody is in the group. */
  setOffsets(group: string, offsets: readonly PartitionOffset[]): void {
    const error = this.coordinator.commit(group, '', '', NO_GENERATION, offsets, this.world.now[0] as number);
    if (error === 'NONE') this.tellCommitted(group, offsets);
    else this.world.notice('notice.kafka.not-empty', group);
  }

  private parked(slot: number, id: number): number {
    const number = ++this.state.requestCount;
    this.state.requests.set(number, { slot, id });
    return number;
  }

  private onJoined(number: number, answer: JoinAnswer): void {
    this.answerParked(number, (id) => ({ api: 'join', id, ...answer }));
  }
  private onSynced(number: number, error: GroupError, assignment: readonly TopicPartition[]): void {
    this.answerParked(number, (id) => ({ api: 'sync', id, error, assignment }));
  }

  private answerParked(number: number, response: (id: number) => Response): void {
    const request = this.state.requests.get(number);
    if (request === undefined) return;
    this.state.requests.delete(number);
    this.broker.respond(request.slot, response(request.id));
  }

  /** Whoever leads the partitions lets go of what the group will not ask for again. */
  private tellCommitted(group: string, offsets: readonly PartitionOffset[]): void {
    const { metadata, told } = this.state;
    const byLeader = new Map<number, PartitionOffset[]>();
    const before = told.get(group) ?? new Map<string, number>();
    told.set(group, before);
    for (const one of offsets) {
      const name = nameOf(one);
      const leader = metadata?.leaders.get(one.topic)?.[one.partition];
      if (leader === undefined || before.get(name) === one.offset) continue;
      before.set(name, one.offset);
      const known = byLeader.get(leader);
      if (known === undefined) byLeader.set(leader, [one]);
      else known.push(one);
    }
    for (const [leader, some] of byLeader) {
      if (leader === this.broker.number) for (const one of some) this.partitions.letGo(group, one, one.offset);
      const link = this.broker.peers[leader];
      if (!link) continue;
      const word: InsideWord = { word: 'committed', group, offsets: some };
      this.world.send(link, REQUEST, this.world.payloads.put(word), 1, 0);
    }
  }

  arm(): void {
    const { state, world } = this;
    const dueNs = this.coordinator.dueNs();
    if (dueNs >= (state.groupsDueNs[0] as number)) return;
    state.groupsDueNs[0] = dueNs;
    state.groupTimers = (state.groupTimers + 1) & 0x3fffffff;
    world.at[0] = dueNs;
    world.arm(this.broker.ix, GROUPS_DUE, state.groupTimers);
  }

  onTimer(arg: number): void {
    const { state } = this;
    if (arg !== state.groupTimers) return;
    state.groupsDueNs[0] = Number.POSITIVE_INFINITY;
    this.coordinator.expire(this.world.now[0] as number);
    this.arm();
  }

  expireOffsets(): void {
    this.coordinator.expireOffsets(this.world.now[0] as number);
  }

  dropConnection(slot: number): void {
    const { requests } = this.state;
    for (const [number, request] of requests) if (request.slot === slot) requests.delete(number);
  }

  onCrash(): void {
    this.state.groupsDueNs[0] = Number.POSITIVE_INFINITY;
    this.coordinator.onCrash();
  }

  onRestart(): void {
    this.coordinator.onRestart(this.world.now[0] as number);
    this.arm();
  }
}
