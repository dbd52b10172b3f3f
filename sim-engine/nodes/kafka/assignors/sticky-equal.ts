// The sticky assignor where everybody subscribes to the same topics: keep what one has up to the quota, then fill the emptiest up.
// Called by `sticky.ts`. Follows `ConstrainedAssignmentBuilder`.

import { assert } from '../../../kernel/assert.ts';
import { ceil, floor } from '../../../kernel/exact-math.ts';
import {
  type Assignment,
  byText,
  byTopic,
  nameOf,
  partitionCountOf,
  partitionsOf,
  type TopicPartition,
  type TopicPartitions,
} from './assignment.ts';
import type { Ownership } from './ownership.ts';
import { byFewestMembers, isOutOfPlace, nextBeside, type RackMap } from './sticky-racks.ts';

interface Filling {
  readonly racks: RackMap;
  readonly contested: ReadonlySet<string>;
  readonly assignment: Assignment;
  /** Everybody gets so many; `overMax` members, no more, get one more. */
  readonly quotaMin: number;
  readonly quotaMax: number;
  readonly overMax: number;
  over: number;
  /** Members below the lower quota, and members at it that may get one more. */
  under: string[];
  exact: string[];
  /** Partitions that a member may have to give up, by name, with that member. */
  readonly givenUp: Map<string, string>;
  /** Partitions that change hands, by name, with who gets them. */
  readonly moving: Map<string, string>;
}

/** `moving` of the answer: partitions that their owners must give up before the members who are to have them may. */
export function assignEqually(
  topics: TopicPartitions,
  { owned, contested }: Ownership,
  racks: RackMap,
): { readonly assignment: Assignment; readonly moving: ReadonlyMap<string, string> } {
  const count = partitionCountOf(topics);
  const filling: Filling = {
    racks,
    contested,
    assignment: new Map([...owned.keys()].map((member) => [member, []])),
    quotaMin: floor(count / owned.size),
    quotaMax: ceil(count / owned.size),
    overMax: count % owned.size,
    over: 0,
    under: [],
    exact: [],
    givenUp: new Map(),
    moving: new Map(),
  };
  for (const [member, partitions] of owned) keepOwned(filling, member, partitions);
  const kept = new Set([...filling.assignment.values()].flat().map(nameOf));
  const free = partitionsOf([...topics.counts.keys()].sort(byText), topics).filter((partition) => !kept.has(nameOf(partition)));
  filling.under.sort(byText);
  filling.exact.sort(byText);
  const left = fillByRack(filling, byFewestMembers(racks, free));
  fill(filling, left);
  return filling;
}

/** One member above the lower quota more. Once there are enough, those at it are complete. */
function countOver(filling: Filling): void {
  filling.over++;
  if (filling.over === filling.overMax) filling.exact = [];
}

function keepOwned(filling: Filling, member: string, owned: readonly TopicPartition[]): void {
  const { quotaMin, quotaMax, givenUp, contested, racks } = filling;
  const mine = owned
    .filter((partition) => {
      const isMisplaced = isOutOfPlace(racks, member, partition);
      if (isMisplaced) givenUp.set(nameOf(partition), member);
      return !isMisplaced && !contested.has(nameOf(partition));
    })
    .sort((a, b) => a.partition - b.partition || byTopic(a, b));
  const list = filling.assignment.get(member) as TopicPartition[];
  if (mine.length < quotaMin) {
    list.push(...mine);
    filling.under.push(member);
    return;
  }
  const mayHaveMore = filling.over < filling.overMax;
  const keptCount = mine.length >= quotaMax && mayHaveMore ? quotaMax : quotaMin;
  list.push(...mine.slice(0, keptCount));
  for (const partition of mine.slice(keptCount)) givenUp.set(nameOf(partition), member);
  if (mine.length >= quotaMax && mayHaveMore) countOver(filling);
  else if (mayHaveMore) filling.exact.push(member);
}

/** Deals in a circle to whoever stands beside a replica, within the quotas; answers with what is left. */
function fillByRack(filling: Filling, partitions: readonly TopicPartition[]): TopicPartition[] {
  if (!filling.racks.isDeciding) return [...partitions];
  const left: TopicPartition[] = [];
  let turn = 0;
  for (const partition of partitions) {
    const at = nextBeside(filling.racks, partition, filling.under, turn);
    if (at >= 0) turn = takeUnder(filling, partition, at);
    else if (!takeExact(filling, partition)) left.push(partition);
  }
  return left;
}

/** Gives a partition to a member below the quota; answers with whose turn it is next. */
function takeUnder(filling: Filling, partition: TopicPartition, at: number): number {
  const member = filling.under[at] as string;
  const count = give(filling, partition, member);
  let next = at;
  if (count >= filling.quotaMin) {
    filling.under.splice(at, 1);
    if (count < filling.quotaMax && filling.over < filling.overMax) filling.exact.push(member);
  } else next++;
  return filling.under.length === 0 ? 0 : next % filling.under.length;
}

function takeExact(filling: Filling, partition: TopicPartition): boolean {
  const at = nextBeside(filling.racks, partition, filling.exact, 0);
  if (at < 0) return false;
  const member = filling.exact[at] as string;
  if (give(filling, partition, member) === filling.quotaMax) {
    filling.exact.splice(at, 1);
    countOver(filling);
  }
  return true;
}

/** Deals in a circle to those below the quota; when there is none any more, one each to those at it. */
function fill(filling: Filling, partitions: readonly TopicPartition[]): void {
  let turn = 0;
  for (const partition of partitions) {
    if (filling.under.length === 0) {
      const member = filling.exact.shift();
      assert(member !== undefined, 'there is a member for every partition');
      give(filling, partition, member);
      continue;
    }
    if (turn === filling.under.length) turn = 0;
    const member = filling.under[turn] as string;
    if (give(filling, partition, member) === filling.quotaMin) {
      filling.under.splice(turn, 1);
      filling.exact.push(member);
    } else turn++;
  }
}

/** Answers with how many the member has now. */
function give(filling: Filling, partition: TopicPartition, member: string): number {
  const name = nameOf(partition);
  const before = filling.givenUp.get(name);
  if ((before !== undefined && before !== member) || filling.contested.has(name)) filling.moving.set(name, member);
  return (filling.assignment.get(member) as TopicPartition[]).push(partition);
}
