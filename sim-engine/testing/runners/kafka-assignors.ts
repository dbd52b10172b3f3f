// Judges kafka/assignor-*: which member gets which partitions, by the functions that the leader of a group calls. Where Kafka's own answer
// hangs on the order of a hash map, the README of the vectors says what has to hold all the same.

import { isSamePlain } from '../../kernel/plain-state.ts';
import type { GroupMember, TopicPartition } from '../../nodes/kafka/assignors/assignment.ts';
import { ASSIGNORS, type Assignor } from '../../nodes/kafka/assignors.ts';
import type { Judgement, VectorCase, VectorFormat } from './format.ts';

type Pair = readonly [topic: string, partition: number];

interface Input {
  readonly partitionsPerTopic: Readonly<Record<string, number>>;
  readonly partitionRacks?: Readonly<Record<string, readonly (readonly string[])[]>>;
  readonly members: readonly {
    readonly id: string;
    readonly topics: readonly string[];
    readonly groupInstanceId?: string;
    readonly rackId?: string;
    readonly owned?: readonly Pair[];
    readonly generation?: number | null;
  }[];
}

interface Expected {
  readonly assignment: Readonly<Record<string, readonly Pair[]>>;
  readonly sizes: readonly number[];
  readonly keptByPreviousOwner?: number;
  readonly unassigned?: readonly Pair[];
  readonly orderIndependent: boolean;
}

const pairsOf = (partitions: readonly TopicPartition[]): readonly Pair[] =>
  [...partitions]
    .sort((a, b) => (a.topic < b.topic ? -1 : a.topic > b.topic ? 1 : a.partition - b.partition))
    .map(({ topic, partition }) => [topic, partition]);

const membersOf = ({ members }: Input): readonly GroupMember[] =>
  members.map(({ id, topics, groupInstanceId, rackId, owned = [], generation }) => ({
    id,
    topics,
    ...(groupInstanceId === undefined ? {} : { instanceId: groupInstanceId }),
    ...(rackId === undefined ? {} : { rack: rackId }),
    owned: owned.map(([topic, partition]) => ({ topic, partition })),
    generation: generation ?? -1,
  }));

function judge(assign: Assignor, isCooperative: boolean, one: VectorCase): Judgement {
  const input = one.input as unknown as Input;
  const expected = one.expected as unknown as Expected;
  const assigned = assign(
    {
      counts: new Map(Object.entries(input.partitionsPerTopic)),
      racks: new Map(Object.entries(input.partitionRacks ?? {})),
    },
    membersOf(input),
  );
  const found = Object.fromEntries([...assigned].map(([member, partitions]) => [member, pairsOf(partitions)]));
  const faults: string[] = [];
  const differ = (what: string, mine: unknown, recorded: unknown): void => {
    if (!isSamePlain(mine, recorded)) faults.push(`${what} ${JSON.stringify(mine)}, recorded ${JSON.stringify(recorded)}`);
  };
  differ('sizes', sizesOf(found), expected.sizes);
  if (expected.keptByPreviousOwner !== undefined) differ('kept', keptCount(input, found), expected.keptByPreviousOwner);
  const given = Object.values(found).flat().map(String);
  const left = unassigned(input, given);
  if (expected.orderIndependent) {
    differ('assignment', found, expected.assignment);
    if (expected.unassigned !== undefined) differ('unassigned', left, expected.unassigned);
    return { faults };
  }
  if (new Set(given).size !== given.length) faults.push('a partition is given twice');
  for (const { id, topics } of input.members) {
    for (const [topic] of found[id] ?? []) if (!topics.includes(topic)) faults.push(`${id} does not subscribe to ${topic}`);
  }
  if (!isCooperative && left.length > 0) faults.push(`nobody has ${left.join(' ')}`);
  return { faults };
}

const sizesOf = (found: Readonly<Record<string, readonly Pair[]>>): readonly number[] =>
  Object.values(found)
    .map(({ length }) => length)
    .sort((a, b) => a - b);

/** Partitions that a member has which it says it had. */
function keptCount({ members }: Input, found: Readonly<Record<string, readonly Pair[]>>): number {
  let kept = 0;
  for (const { id, owned = [] } of members) {
    const had = new Set(owned.map(String));
    kept += (found[id] ?? []).filter((pair) => had.has(String(pair))).length;
  }
  return kept;
}

/** Of topics that somebody subscribes to, what nobody has. */
function unassigned({ partitionsPerTopic, members }: Input, given: readonly string[]): readonly Pair[] {
  const subscribed = new Set(members.flatMap(({ topics }) => topics));
  const all = Object.entries(partitionsPerTopic).flatMap(([topic, count]) =>
    Array.from({ length: subscribed.has(topic) ? count : 0 }, (_, partition) => ({ topic, partition })),
  );
  return pairsOf(all).filter((pair) => !given.includes(String(pair)));
}

export const KAFKA_ASSIGNOR_FORMATS: readonly VectorFormat[] = [...ASSIGNORS].map(([name, assign]) => ({
  key: `kafka/assignor-${name}`,
  judge: (one) => judge(assign, name === 'cooperative-sticky', one),
}));
