// Judges kafka/initial-rebalance-delay by the coordinator of a group: members join at the recorded times, and time goes on to what is due.

import {
  type CoordinatorOutput,
  type CoordinatorSettings,
  GroupCoordinator,
  type JoinAnswer,
} from '../../nodes/kafka/group-coordinator.ts';
import type { VectorCase, VectorFormat } from './format.ts';
import { differences } from './kafka-differences.ts';

const MS = 1e6;
const GROUP = 'g';

const settings = (initialDelayMs: number): CoordinatorSettings => ({
  initialDelayNs: initialDelayMs * MS,
  sessionNsMin: 0,
  sessionNsMax: Infinity,
  membersMax: Infinity,
  offsetsRetentionNs: Infinity,
});

/** Notes the last answer to each request. */
class Answers implements CoordinatorOutput {
  readonly joins = new Map<number, JoinAnswer>();

  joined(request: number, answer: JoinAnswer): void {
    this.joins.set(request, answer);
  }
  synced(): void {}
}

function judged({ input, expected }: VectorCase): readonly string[] {
  const { groupInitialRebalanceDelayMs, rebalanceTimeoutMs, joinTimesMs } = input as {
    readonly groupInitialRebalanceDelayMs: number;
    readonly rebalanceTimeoutMs: number;
    readonly joinTimesMs: readonly number[];
  };
  for (const ms of [groupInitialRebalanceDelayMs, rebalanceTimeoutMs, ...joinTimesMs]) {
    if (!(ms >= 0)) throw new Error(`${ms} is no time in ms`);
  }
  if (joinTimesMs.length === 0) throw new Error('nobody joins');
  const answers = new Answers();
  const coordinator = new GroupCoordinator(settings(groupInitialRebalanceDelayMs), answers);
  const phase = () => coordinator.state.groups.get(GROUP)?.state;
  const joinedAtMs: number[] = [];
  let endsAtMs = -1;
  const arrivals = [...joinTimesMs];
  while (endsAtMs === -1) {
    const dueMs = coordinator.dueNs() / MS;
    const atMs = arrivals[0];
    if (atMs !== undefined && atMs < dueMs) {
      join(coordinator, answers, rebalanceTimeoutMs, joinTimesMs.length - arrivals.length, atMs);
      joinedAtMs.push(atMs);
      arrivals.shift();
    } else {
      coordinator.expire(dueMs * MS);
      if (phase() === 'CompletingRebalance') endsAtMs = dueMs;
    }
  }
  const joined = [...answers.joins.values()].filter(({ error }) => error === 'NONE');
  // The recorded model counts those who came before the end: with no delay at all, where it is the very instant of the first, nobody.
  const early = joinedAtMs.filter((atMs) => atMs < endsAtMs);
  return differences(
    { joinPhaseEndsAtMs: endsAtMs, membersInFirstGeneration: joined.length - (joinedAtMs.length - early.length) },
    expected,
  );
}

/** Asks for an id and joins with it, at once. */
function join(coordinator: GroupCoordinator, { joins }: Answers, rebalanceTimeoutMs: number, number: number, atMs: number): void {
  const request = {
    group: GROUP,
    clientId: `consumer-${number}`,
    instanceId: '',
    sessionTimeoutNs: 45_000 * MS,
    rebalanceTimeoutNs: rebalanceTimeoutMs * MS,
    protocols: ['range'],
    subscription: { topics: ['t'], owned: [], generation: -1 },
  };
  coordinator.join({ ...request, request: 2 * number, member: '' }, atMs * MS);
  const member = joins.get(2 * number)?.member ?? '';
  coordinator.join({ ...request, request: 2 * number + 1, member }, atMs * MS);
}

export const KAFKA_GROUP_FORMATS: readonly VectorFormat[] = [
  { key: 'kafka/initial-rebalance-delay', judge: (one) => ({ faults: judged(one) }) },
];
