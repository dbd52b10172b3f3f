// Facts about groups of the classic protocol, after `GroupMetadataManagerTest`, `ClassicGroupTest` and semantics 13. Times in seconds.

import { describe, expect, it } from 'vitest';
import { clonePlain } from '../../kernel/plain-state.ts';
import { nameOf, type TopicPartition } from './assignors/assignment.ts';
import { type CoordinatorOutput, GroupCoordinator, type GroupError, type JoinAnswer } from './group-coordinator.ts';

const S = 1e9;
const SETTINGS = {
  initialDelayNs: 3 * S,
  sessionNsMin: 6 * S,
  sessionNsMax: 1800 * S,
  membersMax: 10,
  offsetsRetentionNs: 604_800 * S,
};

interface Wish {
  readonly instance?: string;
  readonly protocols?: readonly string[];
  readonly owned?: readonly number[];
  readonly session?: number;
  readonly topics?: readonly string[];
}

/** A coordinator, the clock, and what it has answered by number of request. */
class Scene implements CoordinatorOutput {
  readonly coordinator: GroupCoordinator;
  readonly joins = new Map<number, JoinAnswer>();
  readonly syncs = new Map<number, readonly [GroupError, readonly string[]]>();
  now = 0;
  private requests = 0;

  constructor(settings = SETTINGS) {
    this.coordinator = new GroupCoordinator(settings, this);
  }

  joined(request: number, answer: JoinAnswer): void {
    this.joins.set(request, answer);
  }
  synced(request: number, error: GroupError, assignment: readonly TopicPartition[]): void {
    this.syncs.set(request, [error, assignment.map(nameOf)]);
  }

  get group() {
    return this.coordinator.state.groups.get('g');
  }

  /** Sends a join; answers with the number of the request. */
  join(member: string, { instance = '', protocols = ['range'], owned = [], session = 45, topics = ['t'] }: Wish = {}): number {
    const request = this.requests++;
    const subscription = { topics, owned: owned.map((partition) => ({ topic: 't', partition })), generation: -1 };
    const timeouts = { sessionTimeoutNs: session * S, rebalanceTimeoutNs: 300 * S };
    this.coordinator.join(
      { request, group: 'g', member, clientId: 'c', instanceId: instance, protocols, subscription, ...timeouts },
      this.now,
    );
    return request;
  }

  /** A dynamic member asks for its id and joins with it: the id, and the number of the join. */
  enter(wish: Wish = {}): readonly [string, number] {
    const id = this.joins.get(this.join('', wish))?.member as string;
    return [id, this.join(id, wish)];
  }

  sync(
    member: string,
    shares: Readonly<Record<string, readonly number[]>> = {},
    generation = this.group?.generation ?? -1,
  ): number {
    const request = this.requests++;
    const assignment = new Map(
      Object.entries(shares).map(([id, partitions]) => [id, partitions.map((partition) => ({ topic: 't', partition }))]),
    );
    this.coordinator.sync(request, 'g', member, '', generation, assignment, this.now);
    return request;
  }

  heartbeat(member: string, generation = this.group?.generation ?? -1): GroupError {
    return this.coordinator.heartbeat('g', member, '', generation, this.now);
  }

  commit(member: string, offset: number, generation = this.group?.generation ?? -1): GroupError {
    return this.coordinator.commit('g', member, '', generation, [{ topic: 't', partition: 0, offset }], this.now);
  }

  /** Lets time go on to a second, with all that is due on the way. */
  until(seconds: number): void {
    for (let due = this.coordinator.dueNs(); due <= seconds * S; due = this.coordinator.dueNs()) {
      this.now = due;
      this.coordinator.expire(due);
    }
    this.now = seconds * S;
  }

  /** So many members in a stable first generation, the first of them the leader. */
  static stable(count: number, wish: Wish = {}): readonly [Scene, readonly string[]] {
    const scene = new Scene();
    const ids = Array.from({ length: count }, () => scene.enter(wish)[0]);
    scene.until(10);
    for (const id of ids.slice(1)) scene.sync(id);
    scene.sync(ids[0] as string, Object.fromEntries(ids.map((id, i) => [id, [i]])));
    return [scene, ids];
  }
}

describe('a new group', () => {
  it('tells a dynamic member its id, waits for others, and then begins its first generation', () => {
    const scene = new Scene();
    const first = scene.join('');
    expect(scene.joins.get(first)).toMatchObject({ error: 'MEMBER_ID_REQUIRED', member: 'c-1' });
    const [a, joinA] = ['c-1', scene.join('c-1')];
    scene.until(2);
    const [b, joinB] = scene.enter();
    expect(scene.group?.state).toBe('PreparingRebalance');
    scene.until(5);
    expect(scene.joins.has(joinA)).toBe(false);
    scene.until(6);
    expect(scene.joins.get(joinA)).toMatchObject({ error: 'NONE', generation: 1, leader: a, protocol: 'range' });
    expect(scene.joins.get(joinA)?.members.map(({ id }) => id)).toEqual([a, b]);
    expect(scene.joins.get(joinB)).toMatchObject({ generation: 1, leader: a, members: [] });
    expect(scene.group?.state).toBe('CompletingRebalance');
  });

  it('hands out the assignment when the leader brings it, and not before', () => {
    const scene = new Scene();
    const [a] = scene.enter();
    const [b] = scene.enter();
    scene.until(6);
    const early = scene.sync(b);
    expect(scene.syncs.has(early)).toBe(false);
    const leader = scene.sync(a, { [a]: [0, 1], [b]: [2] });
    expect(scene.syncs.get(early)).toEqual(['NONE', ['t-2']]);
    expect(scene.syncs.get(leader)).toEqual(['NONE', ['t-0', 't-1']]);
    expect(scene.group?.state).toBe('Stable');
  });

  it('refuses a session time-out out of bounds, an unknown member, and assignors that nobody else knows', () => {
    const [scene] = Scene.stable(1);
    const answers = [scene.join('', { session: 5 }), scene.join('c-99'), scene.join('', { protocols: ['sticky'] })];
    expect(answers.map((request) => scene.joins.get(request)?.error)).toEqual([
      'INVALID_SESSION_TIMEOUT',
      'UNKNOWN_MEMBER_ID',
      'INCONSISTENT_GROUP_PROTOCOL',
    ]);
  });

  it('takes no more members than group.max.size', () => {
    const scene = new Scene({ ...SETTINGS, membersMax: 1 });
    scene.enter();
    scene.until(5);
    expect(scene.joins.get(scene.join(''))?.error).toBe('GROUP_MAX_SIZE_REACHED');
  });

  it('votes for an assignor that all know', () => {
    const scene = new Scene();
    scene.enter({ protocols: ['range', 'cooperative-sticky'] });
    const [, join] = scene.enter({ protocols: ['cooperative-sticky', 'sticky'] });
    scene.until(10);
    expect(scene.joins.get(join)?.protocol).toBe('cooperative-sticky');
  });
});

describe('a rebalance', () => {
  it('waits for those that were given an id and have not come back with it', () => {
    const [scene, [a, b]] = Scene.stable(2) as [Scene, [string, string]];
    const third = scene.joins.get(scene.join(''))?.member as string;
    scene.join(a, { topics: ['t', 'u'] });
    scene.join(b);
    expect(scene.group?.state).toBe('PreparingRebalance');
    scene.join(third);
    expect(scene.group?.state).toBe('CompletingRebalance');
  });

  it('is heard of by heartbeat and ends as soon as everybody has joined again', () => {
    const [scene, [a, b]] = Scene.stable(2) as [Scene, [string, string]];
    const [c, joinC] = scene.enter();
    expect([a, b].map((id) => scene.heartbeat(id))).toEqual(['REBALANCE_IN_PROGRESS', 'REBALANCE_IN_PROGRESS']);
    scene.join(a);
    expect(scene.joins.has(joinC)).toBe(false);
    scene.join(b);
    expect(scene.joins.get(joinC)).toMatchObject({ generation: 2, leader: a, member: c });
  });

  it('ends after the longest rebalance time-out without those who have not come (K27)', () => {
    const [scene, [a, b]] = Scene.stable(2, { session: 1000 }) as [Scene, [string, string]];
    scene.enter();
    const startedS = scene.now / S;
    scene.join(b);
    scene.until(startedS + 299);
    expect(scene.group?.state).toBe('PreparingRebalance');
    scene.until(startedS + 300);
    expect(scene.group?.state).toBe('CompletingRebalance');
    expect(scene.group?.members.has(a)).toBe(false);
    expect(scene.group?.leader).toBe(b);
    expect(scene.heartbeat(a)).toBe('UNKNOWN_MEMBER_ID');
  });

  it('sends back those who wait for their assignment when another one is needed', () => {
    const scene = new Scene();
    const [a] = scene.enter();
    const [b] = scene.enter();
    scene.until(6);
    const waiting = scene.sync(b);
    scene.enter();
    expect(scene.syncs.get(waiting)).toEqual(['REBALANCE_IN_PROGRESS', []]);
    expect(scene.sync(a) >= 0 && scene.group?.state).toBe('PreparingRebalance');
  });

  it('is begun by a member that says something else of itself or by the leader, not by an unchanged follower', () => {
    const [scene, [a, b]] = Scene.stable(2) as [Scene, [string, string]];
    expect(scene.joins.get(scene.join(b))).toMatchObject({ error: 'NONE', generation: 1, members: [] });
    expect(scene.group?.state).toBe('Stable');
    scene.join(b, { owned: [1] });
    expect(scene.group?.state).toBe('PreparingRebalance');
    scene.join(a);
    scene.sync(b);
    scene.sync(a, {});
    expect(scene.group?.state).toBe('Stable');
    scene.join(a);
    expect(scene.group?.state).toBe('PreparingRebalance');
  });

  it('lets go of members that never ask for their assignment', () => {
    const scene = new Scene();
    const [a] = scene.enter({ session: 1000 });
    const [b] = scene.enter({ session: 1000 });
    scene.until(6);
    scene.sync(a, { [a]: [0] });
    scene.until(305);
    expect(scene.group?.state).toBe('Stable');
    scene.until(306);
    expect([...(scene.group?.members.keys() ?? [])]).toEqual([a]);
    expect(scene.group?.members.has(b)).toBe(false);
    expect(scene.group?.state).toBe('PreparingRebalance');
  });
});

describe('a member', () => {
  it('that is silent for its session time-out leaves, and the others are to join again (K25)', () => {
    const [scene, [a, b]] = Scene.stable(2) as [Scene, [string, string]];
    const lastS = scene.now / S;
    scene.until(lastS + 44);
    scene.heartbeat(a);
    expect(scene.group?.members.has(b)).toBe(true);
    scene.until(lastS + 45);
    expect(scene.group?.members.has(b)).toBe(false);
    expect(scene.heartbeat(a)).toBe('REBALANCE_IN_PROGRESS');
  });

  it('that leaves is gone at once (K25)', () => {
    const [scene, [a, b]] = Scene.stable(2) as [Scene, [string, string]];
    expect(scene.coordinator.leave('g', b, '', scene.now)).toBe('NONE');
    expect(scene.heartbeat(a)).toBe('REBALANCE_IN_PROGRESS');
    expect(scene.coordinator.leave('g', b, '', scene.now)).toBe('UNKNOWN_MEMBER_ID');
  });

  it('that is the last to leave leaves an empty group of a later generation behind (K23)', () => {
    const [scene, [a]] = Scene.stable(1) as [Scene, [string]];
    scene.coordinator.leave('g', a, '', scene.now);
    expect(scene.group).toMatchObject({ state: 'Empty', generation: 2, leader: '' });
  });

  it('whose join is parked is not taken for dead, unless it is new', () => {
    const [scene, [a, b]] = Scene.stable(2) as [Scene, [string, string]];
    const [, newJoin] = scene.enter({ session: 10 });
    const startedS = scene.now / S;
    scene.join(a);
    for (let second = startedS; second < startedS + 290; second += 30) {
      scene.until(second);
      scene.heartbeat(b);
    }
    expect(scene.group?.members.has(a)).toBe(true);
    // A new member's request is given up after five minutes, as long as the rebalance may take.
    expect(scene.joins.has(newJoin)).toBe(false);
  });

  it('that is new and waits for its first round is given up after five minutes, though nothing ended the round', () => {
    const scene = new Scene({ ...SETTINGS, initialDelayNs: 600 * S });
    const [id, join] = scene.enter();
    scene.until(299);
    expect(scene.group?.members.has(id)).toBe(true);
    scene.until(301);
    expect([scene.group?.members.has(id) ?? false, scene.joins.get(join)?.error]).toEqual([false, 'UNKNOWN_MEMBER_ID']);
  });

  it('of an old generation, or an unknown one, is told so', () => {
    const [scene, [a]] = Scene.stable(1) as [Scene, [string]];
    expect([scene.heartbeat(a, 0), scene.heartbeat('c-9'), scene.heartbeat(a)]).toEqual([
      'ILLEGAL_GENERATION',
      'UNKNOWN_MEMBER_ID',
      'NONE',
    ]);
    const late = scene.sync(a, {}, 0);
    expect(scene.syncs.get(late)?.[0]).toBe('ILLEGAL_GENERATION');
  });
});

describe('a static member', () => {
  const wish = { instance: 'i' };
  function started(): readonly [Scene, string, string] {
    const scene = new Scene();
    const join = scene.join('', wish);
    const [other] = scene.enter();
    scene.until(10);
    const id = scene.joins.get(join)?.member as string;
    scene.coordinator.sync(100, 'g', id, 'i', 1, new Map([[id, [{ topic: 't', partition: 0 }]]]), scene.now);
    scene.sync(other);
    return [scene, id, other];
  }

  it('that comes back in time gets its assignment without a rebalance (K25)', () => {
    const [scene, id, other] = started();
    const again = scene.join('', wish);
    expect(scene.joins.get(again)).toMatchObject({ error: 'NONE', generation: 1, skipsAssignment: true });
    const newId = scene.joins.get(again)?.member as string;
    expect(newId).not.toBe(id);
    const request = scene.sync(newId);
    expect(scene.syncs.get(request)).toEqual(['NONE', ['t-0']]);
    expect([scene.group?.state, scene.heartbeat(other)]).toEqual(['Stable', 'NONE']);
  });

  it('fences the process that had its name before', () => {
    const [scene, id] = started();
    scene.join('', wish);
    expect(scene.coordinator.heartbeat('g', id, 'i', 1, scene.now)).toBe('FENCED_INSTANCE_ID');
    expect(scene.coordinator.commit('g', id, 'i', 1, [], scene.now)).toBe('FENCED_INSTANCE_ID');
  });

  it('fences the process that waits for its assignment under that name', () => {
    const scene = new Scene();
    const leader = scene.enter()[0];
    const join = scene.join('', wish);
    scene.until(10);
    const id = scene.joins.get(join)?.member as string;
    scene.coordinator.sync(100, 'g', id, 'i', 1, new Map(), scene.now);
    expect(scene.syncs.has(100)).toBe(false);
    scene.join('', wish);
    expect(scene.syncs.get(100)?.[0]).toBe('FENCED_INSTANCE_ID');
    expect(scene.group?.leader).toBe(leader);
  });

  it('keeps its partitions while it is away, for the whole session time-out', () => {
    const [scene, id, other] = started();
    const sinceS = scene.now / S;
    scene.heartbeat(other);
    scene.until(sinceS + 44);
    scene.heartbeat(other);
    expect(scene.group?.state).toBe('Stable');
    scene.until(sinceS + 45);
    expect(scene.group?.members.has(id)).toBe(false);
    expect(scene.group?.state).toBe('PreparingRebalance');
  });

  it('is not let go by a rebalance that it misses', () => {
    const [scene, id, other] = started();
    scene.enter({ session: 1000 });
    scene.join(other, { session: 1000 });
    const startedS = scene.now / S;
    for (let second = startedS; second < startedS + 300; second += 30) {
      scene.until(second);
      scene.coordinator.heartbeat('g', id, 'i', 1, scene.now);
    }
    scene.until(startedS + 300);
    expect(scene.group?.state).toBe('CompletingRebalance');
    expect(scene.group?.members.has(id)).toBe(true);
  });
});

describe('a commit', () => {
  it('counts for the present generation, also while members join again, and never for an old one (K23)', () => {
    const [scene, [a]] = Scene.stable(2) as [Scene, [string, string]];
    expect([scene.commit(a, 5), scene.commit(a, 9, 0), scene.commit('c-9', 9)]).toEqual([
      'NONE',
      'ILLEGAL_GENERATION',
      'UNKNOWN_MEMBER_ID',
    ]);
    scene.enter();
    expect(scene.commit(a, 6)).toBe('NONE');
    expect(scene.coordinator.committed('g', { topic: 't', partition: 0 })).toBe(6);
    expect(scene.coordinator.committed('g', { topic: 't', partition: 1 })).toBe(-1);
  });

  it('has to wait between the end of the joins and the assignment', () => {
    const scene = new Scene();
    const [a] = scene.enter();
    scene.until(3);
    expect(scene.commit(a, 5)).toBe('REBALANCE_IN_PROGRESS');
  });

  it('without a generation is for groups that are empty', () => {
    const [scene, [a]] = Scene.stable(1) as [Scene, [string]];
    expect(scene.commit('', 3, -1)).toBe('UNKNOWN_MEMBER_ID');
    scene.coordinator.leave('g', a, '', scene.now);
    expect(scene.commit('', 3, -1)).toBe('NONE');
  });

  it('keeps the session alive', () => {
    const [scene, [a]] = Scene.stable(1) as [Scene, [string]];
    const sinceS = scene.now / S;
    scene.until(sinceS + 40);
    scene.commit(a, 1);
    scene.until(sinceS + 80);
    expect(scene.group?.members.has(a)).toBe(true);
  });

  it('is forgotten seven days after the group became empty, and with the last one the group', () => {
    const [scene, [a]] = Scene.stable(1) as [Scene, [string]];
    scene.commit(a, 5);
    scene.coordinator.leave('g', a, '', scene.now);
    scene.coordinator.expireOffsets(scene.now + 604_799 * S);
    expect(scene.coordinator.committed('g', { topic: 't', partition: 0 })).toBe(5);
    scene.coordinator.expireOffsets(scene.now + 604_800 * S);
    expect(scene.group).toBeUndefined();
  });
});

describe('a coordinator that dies', () => {
  it('finds the group as it was last assigned: who has left meanwhile is missed after a session, and its partitions go on', () => {
    const [scene, [a, b]] = Scene.stable(2) as [Scene, [string, string]];
    scene.coordinator.leave('g', b, '', scene.now);
    expect(scene.group?.state).toBe('PreparingRebalance');
    scene.coordinator.onCrash();
    scene.coordinator.onRestart(scene.now);
    expect(scene.group).toMatchObject({ state: 'Stable', generation: 1, leader: a });
    expect([...(scene.group?.members.values() ?? [])].map(({ assignment, id }) => [id, assignment.map(nameOf)])).toEqual([
      [a, ['t-0']],
      [b, ['t-1']],
    ]);
    scene.until(50);
    expect(scene.heartbeat(a)).toBe('NONE');
    scene.until(56);
    expect(scene.heartbeat(a)).toBe('REBALANCE_IN_PROGRESS');
  });

  it('knows no generation that was not assigned', () => {
    const [scene, [a, b]] = Scene.stable(2) as [Scene, [string, string]];
    for (const id of [a, b]) scene.join(id, { topics: ['t', 'other'] });
    expect(scene.group).toMatchObject({ state: 'CompletingRebalance', generation: 2 });
    scene.coordinator.onCrash();
    scene.coordinator.onRestart(scene.now);
    expect(scene.group).toMatchObject({ state: 'Stable', generation: 1 });
    expect(scene.heartbeat(a, 2)).toBe('ILLEGAL_GENERATION');
  });

  it('finds nobody in a group that was empty', () => {
    const [scene, [a, b]] = Scene.stable(2) as [Scene, [string, string]];
    for (const id of [a, b]) scene.coordinator.leave('g', id, '', scene.now);
    scene.coordinator.onCrash();
    scene.coordinator.onRestart(scene.now);
    expect(scene.group).toMatchObject({ state: 'Empty', generation: 2 });
  });
});

describe('the state of a coordinator', () => {
  it('is plain: a copy in the middle of a rebalance goes on as the coordinator itself does', () => {
    const [scene, [a, b]] = Scene.stable(2) as [Scene, [string, string]];
    scene.enter();
    scene.join(a);
    const other = new Scene();
    other.coordinator.state = clonePlain(scene.coordinator.state);
    for (const one of [scene, other]) {
      one.now = 20 * S;
      one.coordinator.join(
        {
          request: 900,
          group: 'g',
          member: b,
          clientId: 'c',
          instanceId: '',
          protocols: ['range'],
          subscription: { topics: ['t'], owned: [], generation: -1 },
          sessionTimeoutNs: 45 * S,
          rebalanceTimeoutNs: 300 * S,
        },
        one.now,
      );
    }
    expect(other.coordinator.state).toEqual(scene.coordinator.state);
    expect(other.joins.get(900)).toEqual(scene.joins.get(900));
    expect(other.joins.get(900)?.generation).toBe(2);
  });
});
