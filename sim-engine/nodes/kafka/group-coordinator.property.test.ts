// Laws of a group over random lives of its members: who joins, syncs, is silent, leaves, commits, in any order and at any time.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clonePlain } from '../../kernel/plain-state.ts';
import type { TopicPartition } from './assignors/assignment.ts';
import { hasEverybodyJoined, NO_REQUEST } from './group.ts';
import { type CoordinatorOutput, GroupCoordinator, type GroupError, type JoinAnswer } from './group-coordinator.ts';

const S = 1e9;
const SETTINGS = {
  initialDelayNs: 3 * S,
  sessionNsMin: 6 * S,
  sessionNsMax: 1800 * S,
  membersMax: 10,
  offsetsRetentionNs: 604_800 * S,
};
const REBALANCE_S = 30;
const CLIENTS = 4;

type Act = 'join' | 'sync' | 'heartbeat' | 'leave' | 'commit' | 'wait';
const actArb = fc.tuple(
  fc.constantFrom<Act>('join', 'join', 'join', 'sync', 'sync', 'heartbeat', 'heartbeat', 'leave', 'commit', 'wait', 'wait'),
  fc.integer({ min: 0, max: CLIENTS - 1 }),
  fc.integer({ min: 0, max: 20 }),
);

/** Clients that believe what they were told last, and do what they are told to do next. */
class Life implements CoordinatorOutput {
  readonly coordinator = new GroupCoordinator(SETTINGS, this);
  now = 0;
  /** Of each client: its id and generation; of each request, whose it was and how often it was answered. */
  private readonly ids = Array.from({ length: CLIENTS }, () => '');
  private readonly generations = Array.from({ length: CLIENTS }, () => -1);
  private readonly owners: number[] = [];
  private readonly answered: number[] = [];
  private readonly leading = new Map<number, JoinAnswer>();
  private best = -1;
  private offset = -1;
  log: unknown[] = [];

  joined(request: number, answer: JoinAnswer): void {
    const client = this.owners[request] as number;
    this.answered[request] = (this.answered[request] ?? 0) + 1;
    this.log.push([request, answer.error, answer.generation]);
    if (answer.error === 'MEMBER_ID_REQUIRED') this.ids[client] = answer.member;
    else if (answer.error === 'NONE') {
      // K23: generations only grow, whoever hears of them.
      expect(answer.generation).toBeGreaterThanOrEqual(this.generations[client] as number);
      this.ids[client] = answer.member;
      this.generations[client] = answer.generation;
      if (answer.members.length > 0) this.leading.set(client, answer);
    } else this.ids[client] = '';
  }
  synced(request: number, error: GroupError, assignment: readonly TopicPartition[]): void {
    this.answered[request] = (this.answered[request] ?? 0) + 1;
    this.log.push([request, error, assignment.length]);
  }

  act([act, client, number]: readonly [Act, number, number]): void {
    const id = this.ids[client] as string;
    const generation = this.generations[client] as number;
    switch (act) {
      case 'join': {
        const request = this.ask(client);
        const subscription = { topics: ['t'], owned: [{ topic: 't', partition: number }], generation };
        const timeouts = { sessionTimeoutNs: 10 * S, rebalanceTimeoutNs: REBALANCE_S * S };
        const protocols = ['range'];
        this.coordinator.join(
          { request, group: 'g', member: id, clientId: `c${client}`, instanceId: '', protocols, subscription, ...timeouts },
          this.now,
        );
        break;
      }
      case 'sync': {
        const members = this.leading.get(client)?.members ?? [];
        const assignment = new Map(members.map((one, i) => [one.id, [{ topic: 't', partition: i }]]));
        this.coordinator.sync(this.ask(client), 'g', id, '', generation, assignment, this.now);
        break;
      }
      case 'heartbeat':
        this.coordinator.heartbeat('g', id, '', generation, this.now);
        break;
      case 'leave':
        this.coordinator.leave('g', id, '', this.now);
        break;
      case 'commit':
        this.commit(id, generation, number);
        break;
      case 'wait':
        this.pass(number * S);
    }
    this.check();
  }

  private ask(client: number): number {
    return this.owners.push(client) - 1;
  }

  /** K23: what an old generation commits changes nothing. */
  private commit(id: string, generation: number, offset: number): void {
    const error = this.coordinator.commit('g', id, '', generation, [{ topic: 't', partition: 0, offset }], this.now);
    if (error === 'NONE') this.offset = offset;
    if (error === 'NONE' && generation >= 0) expect(generation).toBe(this.group?.generation);
    expect(this.coordinator.committed('g', { topic: 't', partition: 0 })).toBe(this.offset);
  }

  private get group() {
    return this.coordinator.state.groups.get('g');
  }

  private pass(ns: number): void {
    const until = this.now + ns;
    for (let due = this.coordinator.dueNs(); due <= until; due = this.coordinator.dueNs()) {
      this.now = due;
      this.coordinator.expire(due);
      this.check();
    }
    this.now = until;
  }

  private check(): void {
    const group = this.group;
    for (const count of this.answered) expect(count ?? 0).toBeLessThanOrEqual(1);
    if (group === undefined) return;
    expect(group.generation).toBeGreaterThanOrEqual(this.best);
    this.best = group.generation;
    expect(group.state === 'Empty').toBe(group.members.size === 0 && group.state !== 'PreparingRebalance');
    if (group.members.size > 0) expect(group.members.has(group.leader)).toBe(true);
    // K27: members are waited for no longer than the longest rebalance time-out.
    if (group.state === 'PreparingRebalance') {
      expect(this.now - group.stateSinceNs).toBeLessThanOrEqual(REBALANCE_S * S);
      if (group.previousState !== 'Empty') expect(hasEverybodyJoined(group)).toBe(false);
    } else for (const { joinRequest } of group.members.values()) expect(joinRequest).toBe(NO_REQUEST);
    if (group.state === 'Stable') for (const { syncRequest } of group.members.values()) expect(syncRequest).toBe(NO_REQUEST);
  }

  copy(): Life {
    const other = new Life();
    other.coordinator.state = clonePlain(this.coordinator.state);
    for (const field of ['now', 'ids', 'generations', 'owners', 'answered', 'best', 'offset'] as const) {
      (other as unknown as Record<string, unknown>)[field] = clonePlain((this as unknown as Record<string, unknown>)[field]);
    }
    for (const [client, answer] of this.leading) other.leading.set(client, answer);
    return other;
  }
}

describe('a group', () => {
  it('keeps its laws whatever its members do (K23, K27)', () => {
    fc.assert(
      fc.property(fc.array(actArb, { maxLength: 80 }), (acts) => {
        const life = new Life();
        for (const act of acts) life.act(act);
      }),
      { numRuns: 300 },
    );
  });

  it('goes on from a copy of its state as from itself', () => {
    fc.assert(
      fc.property(fc.array(actArb, { maxLength: 40 }), fc.array(actArb, { maxLength: 40 }), (first, second) => {
        const life = new Life();
        for (const act of first) life.act(act);
        const other = life.copy();
        life.log = [];
        for (const act of second) {
          life.act(act);
          other.act(act);
        }
        expect(other.log).toEqual(life.log);
        expect(other.coordinator.state).toEqual(life.coordinator.state);
      }),
      { numRuns: 150 },
    );
  });
});
