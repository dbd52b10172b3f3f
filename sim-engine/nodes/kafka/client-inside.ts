// What the clients of a cluster hold, as tables: of a producer its buffer and its batches, waiting and in flight; of a consumer its members,
// how each stands with the group, what it went through of late, and where it is in the partitions that it owns. Called by them when somebody looks at their host.

import { type NumberMap, valuesOf } from '../../kernel/number-map.ts';
import {
  agoNs,
  factsOf,
  factsShape,
  InsideRows,
  type InsideTable,
  listShape,
  nameOfMessage,
  nameOfWork,
  type StretchLook,
  untilNs,
} from '../../world/inside.ts';
import type { World } from '../../world/world.ts';
import { nameOf } from './assignors/assignment.ts';
import { type Member, nextOffsets, positionsOf, type Rec } from './consumer-member.ts';
import { rebalancesOf, TURNS_MAX, type Turn } from './member-history.ts';
import { NO_OFFSET } from './offsets.ts';

const PRODUCER = factsShape('kafka-producer.state', {
  'buffer-used': 'bytes',
  'buffer-memory': 'bytes',
  'to-send': 'count',
  'in-flight': 'count',
  'producer-id': 'count?',
  epoch: 'count?',
});
const BATCHES = listShape('kafka-producer.batches', {
  partition: 'count',
  standing: 'word',
  records: 'count',
  letter: 'message',
  bytes: 'bytes',
  sequence: 'count?',
  attempt: 'count',
  again: 'duration?',
  age: 'duration',
});
const MEMBERS = listShape('kafka-consumer.members', {
  member: 'text',
  standing: 'word',
  owns: 'text?',
  polled: 'count?',
  has: 'count',
  'to-retry': 'count?',
  'since-poll': 'duration',
});
const REBALANCES = listShape('kafka-consumer.rebalances', {
  member: 'text?',
  from: 'moment',
  took: 'duration',
  without: 'duration',
  generation: 'count?',
  'owned-before': 'count',
  'owned-after': 'count',
  standing: 'word?',
});
const TURNS = listShape('kafka-consumer.turns', {
  member: 'text?',
  from: 'moment',
  standing: 'word',
  for: 'duration',
  'owns-count': 'count',
  generation: 'count?',
});
const POSITIONS = listShape('kafka-consumer.positions', {
  member: 'text',
  'of-partition': 'text',
  'consumer-position': 'count?',
  'would-commit': 'count?',
  'high-watermark': 'count',
  'fetched-ahead': 'count',
});
const RECORDS = listShape('kafka-consumer.records', {
  letter: 'message',
  'of-partition': 'text',
  offset: 'count',
  standing: 'word',
  attempt: 'count',
});

interface Batch {
  readonly partition: number;
  readonly msgs: readonly number[];
  readonly bytes: number;
  readonly createdNs: number;
  readonly attempts: number;
  readonly notBeforeNs: number;
  readonly sequence: number;
}

interface Batches {
  readonly queues: ReadonlyMap<number, readonly Batch[]>;
  readonly inFlight: NumberMap<readonly Batch[]>;
}

export function producerTable(
  state: Batches & { readonly bytes: number; readonly producerId: number; readonly numbers: { readonly epoch: number } },
  bufferBytes: number,
  about: string,
): InsideTable {
  const { bytes, inFlight, numbers, producerId, queues } = state;
  return factsOf(
    PRODUCER,
    {
      'buffer-used': bytes,
      'buffer-memory': bufferBytes,
      'to-send': [...queues.values()].flat().length,
      'in-flight': valuesOf(inFlight).flat().length,
      'producer-id': producerId < 0 ? null : producerId,
      epoch: producerId < 0 ? null : numbers.epoch,
    },
    about,
  );
}

/** Those that have gone out first, then those of each partition in the order in which they go. */
export function batchesTable(world: World, { inFlight, queues }: Batches, about: string): InsideTable {
  const rows = new InsideRows(BATCHES);
  const add = (batch: Batch, standing: string): void =>
    rows.add({
      partition: batch.partition,
      standing,
      records: batch.msgs.length,
      letter: batch.msgs.length === 0 ? null : nameOfMessage(world, batch.msgs[0] as number),
      bytes: batch.bytes,
      sequence: batch.sequence < 0 ? null : batch.sequence,
      attempt: batch.attempts,
      again: batch.notBeforeNs > (world.now[0] as number) ? untilNs(world, batch.notBeforeNs) : null,
      age: agoNs(world, batch.createdNs),
    });
  const out = valuesOf(inFlight).flat();
  const waiting = [...queues.values()].flat();
  for (const batch of out) add(batch, 'inside.word.batch-in-flight');
  for (const batch of waiting) add(batch, batch.attempts > 0 ? 'inside.word.batch-to-retry' : 'inside.word.batch-waits');
  return rows.table(out.length + waiting.length, about);
}

const STAGES: Readonly<Record<Member['stage'], string>> = {
  out: 'inside.word.member-out',
  joining: 'inside.word.member-joins',
  syncing: 'inside.word.member-syncs',
  stable: 'inside.word.member-stable',
};

/** Before the group has given it an id it goes by its place. */
const memberName = (member: Member): string => (member.id === '' ? placeName(member) : member.id);
const placeName = ({ place }: Member): string => `#${place + 1}`;

export function membersTable(world: World, members: readonly Member[], about: string): InsideTable {
  const rows = new InsideRows(MEMBERS);
  for (const member of members) {
    const { inHand, isFenced, kept, lastPollNs, owned, polled, stage } = member;
    rows.add({
      member: memberName(member),
      standing: isFenced ? 'inside.word.member-fenced' : STAGES[stage],
      owns: owned.size === 0 ? null : [...owned.keys()].join(', '),
      polled: polled.length > 0 ? polled.length : null,
      has: inHand.size,
      'to-retry': kept.size > 0 ? kept.size : null,
      'since-poll': agoNs(world, lastPollNs),
    });
  }
  return rows.table(members.length, about);
}

/** The latest first. What is still under way says so. */
export function rebalancesTable(world: World, members: readonly Member[], about: string): InsideTable {
  const nowNs = world.now[0] as number;
  const rows = new InsideRows(REBALANCES);
  const all = members.flatMap((member) =>
    rebalancesOf(member.turns, nowNs, member.turns.length < TURNS_MAX).map((one) => ({ member, one })),
  );
  all.sort((a, b) => b.one.fromNs - a.one.fromNs || a.member.place - b.member.place);
  for (const { member, one } of all) {
    const { fromNs, generation, isOver, ownedAfter, ownedBefore, tookNs, withoutNs } = one;
    rows.add({
      member: members.length > 1 ? placeName(member) : null,
      from: fromNs,
      took: tookNs,
      without: withoutNs,
      generation: generation < 0 ? null : generation,
      'owned-before': ownedBefore,
      'owned-after': ownedAfter,
      standing: isOver ? null : 'inside.word.rebalance-goes-on',
    });
  }
  return rows.table(all.length, about);
}

/** Stages of late, the present ones first. */
export function turnsTable(world: World, members: readonly Member[], about: string): InsideTable {
  const nowNs = world.now[0] as number;
  const rows = new InsideRows(TURNS);
  const all = members.flatMap((member) =>
    member.turns.map((turn, at) => ({ member, turn, untilNs: member.turns[at + 1]?.atNs ?? nowNs })),
  );
  const stretches = all.map(({ member, turn, untilNs }) => ({
    lane: placeName(member),
    fromNs: turn.atNs,
    untilNs,
    look: lookOf(turn),
  }));
  all.sort((a, b) => b.turn.atNs - a.turn.atNs || a.member.place - b.member.place);
  for (const { member, turn, untilNs } of all) {
    const { atNs, generation, owns, stage } = turn;
    rows.add({
      member: members.length > 1 ? placeName(member) : null,
      from: atNs,
      standing: STAGES[stage],
      for: untilNs - atNs,
      'owns-count': owns,
      generation: generation < 0 ? null : generation,
    });
  }
  return { ...rows.table(all.length, about), stretches };
}

function lookOf({ owns, stage }: Turn): StretchLook {
  if (stage === 'out') return 'off';
  if (stage === 'stable') return owns > 0 ? 'on' : 'idle';
  return owns > 0 ? 'between' : 'paused';
}

/** `isDoneOnly`: a commit says what is done, and else what a poll has returned. */
export function positionsTable(members: readonly Member[], isDoneOnly: boolean, about: string): InsideTable {
  const rows = new InsideRows(POSITIONS);
  let total = 0;
  for (const member of members) {
    total += member.owned.size;
    for (const owned of member.owned.values()) {
      if (rows.isFull) break;
      rows.add({
        member: memberName(member),
        'of-partition': nameOf(owned),
        'consumer-position': owned.position === NO_OFFSET ? null : owned.position,
        'would-commit': (isDoneOnly ? nextOffsets : positionsOf)([owned])[0]?.offset ?? null,
        'high-watermark': owned.end,
        'fetched-ahead': owned.buffered.length,
      });
    }
  }
  return rows.table(total, about);
}

/** What the host does not have: what waits to be tried again, what the last poll has returned, and what was fetched ahead. */
export function fetchedTable(world: World, members: readonly Member[], about: string): InsideTable {
  const rows = new InsideRows(RECORDS);
  let total = 0;
  const addAll = (records: Iterable<Rec>, count: number, standing: string): void => {
    total += count;
    for (const { attempt, obl, offset, partition } of records) {
      if (rows.isFull) break;
      rows.add({ letter: nameOfWork(world, obl), 'of-partition': partition, offset, standing, attempt });
    }
  };
  for (const { kept, owned, polled } of members) {
    addAll(kept.values(), kept.size, 'inside.word.rests');
    addAll(polled, polled.length, 'inside.word.record-polled');
    for (const { buffered } of owned.values()) addAll(buffered, buffered.length, 'inside.word.record-fetched');
  }
  return rows.table(total, about);
}
