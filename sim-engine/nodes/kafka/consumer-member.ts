// A member of a group as its client keeps it: what it owns, what it has fetched of that and not polled, what it has polled and not finished.
// Plain data, and what can be worked out from it; what happens to it stands in `consumer-client.ts`.

import { type NumberMap, newNumberMap, putIn } from '../../kernel/number-map.ts';
import type { TopicPartition } from './assignors/assignment.ts';
import { truncate } from './lists.ts';
import type { Turn } from './member-history.ts';
import { NO_OFFSET } from './offsets.ts';

/** A record that has been fetched: its obligation, which attempt this is, and where it stands. */
export interface Rec {
  readonly obl: number;
  readonly attempt: number;
  /** Told by the response that comes behind the record. */
  offset: number;
  /** Name of the partition. */
  partition: string;
  /** Before this it is not worked on, nor is what lies behind it in the partition, ns. */
  dueNs: number;
}

/** What a partition is to its broker: nothing now, or something that the next fetch has to say, or that the broker knows. */
export const RESTS = 0;
export const QUEUED = 1;
export const ASKED = 2;

/** A member's fetch session with one broker (KIP-227): only what changes is said. */
export interface MemberSession {
  /** 0 = there is none yet. */
  id: number;
  epoch: number;
  /** Number of the fetch that is under way; 0 = none is. */
  request: number;
  /** How many partitions the broker knows that it is asked for. */
  asked: number;
  /** Names of those that the next fetch asks for, and those that it takes back. */
  queued: string[];
  forgotten: TopicPartition[];
}

export const newMemberSession = (): MemberSession => ({ id: 0, epoch: 0, request: 0, asked: 0, queued: [], forgotten: [] });

/** A partition that a member owns. */
export interface Owned extends TopicPartition {
  /** Where the next fetch begins; NO_OFFSET = not known yet. */
  fetchOffset: number;
  /** Next offset that a poll returns. */
  position: number;
  /** First offset that nobody could see, as of the last fetch. */
  end: number;
  readonly buffered: Rec[];
  /** Offsets that a poll has returned and that are not done. */
  readonly open: NumberMap<true>;
  /** Its standing with the broker that leads it, which is the one of that number. */
  standing: number;
  door: number;
}

export interface Member {
  readonly number: number;
  /** Which of its client's members it is, from 0: the name of its client. */
  readonly place: number;
  id: string;
  generation: number;
  stage: 'out' | 'joining' | 'syncing' | 'stable';
  needsRejoin: boolean;
  /** Another process has its instance. */
  isFenced: boolean;
  /** By name. */
  readonly owned: Map<string, Owned>;
  /** As the group said last. */
  assigned: readonly TopicPartition[];
  /** What the last poll has returned and the host has not got yet. */
  polled: Rec[];
  /** By obligation: what the host has. */
  readonly inHand: NumberMap<Rec>;
  /** By obligation: what waits to be tried again. */
  readonly kept: Map<number, Rec>;
  /** Obligations of what is being published to another topic. */
  readonly passing: Set<number>;
  /** For when it is to look again at paused partitions, ns; one that is set for sooner comes first. */
  resumesNs: number;
  /** It ends as soon as it is through with its poll. */
  isClosing: boolean;
  /** Number of the commit that has to be through before what was polled is handed out; 0 = none, UNSENT = it could not be sent. */
  committing: number;
  /** Places of the host that it has filled; of those, how many are settled already. */
  given: number;
  early: number;
  /** Its last poll found nothing. */
  isIdle: boolean;
  lastPollNs: number;
  lastCommitNs: number;
  /** When it says next that it is alive, ns. */
  beatNs: number;
  /** Records finished since it committed last. */
  finished: number;
  /** By broker. */
  readonly sessions: MemberSession[];
  /** Partitions with records that were fetched and not polled, in the order in which they came. */
  filled: string[];
  /** Partitions that were polled empty since the last fetch. */
  drained: string[];
  /** In a moment it asks again where it begins in what nobody has said that of. */
  asksAgain: boolean;
  /** Topics that it has joined with. */
  subscribed: string;
  /** Of the one that assigns: topics and their numbers of partitions, as it took them. */
  assignedOf: string;
  /** Stages of late, the oldest first. */
  readonly turns: Turn[];
}

/** Of a commit that will be tried in a moment. */
export const UNSENT = -1;

export const newMember = (number: number, place: number, nowNs: number): Member => ({
  number,
  place,
  id: '',
  generation: -1,
  stage: 'out',
  needsRejoin: false,
  isFenced: false,
  owned: new Map(),
  assigned: [],
  polled: [],
  inHand: newNumberMap(),
  kept: new Map(),
  passing: new Set(),
  resumesNs: Number.POSITIVE_INFINITY,
  isClosing: false,
  committing: 0,
  given: 0,
  early: 0,
  isIdle: false,
  lastPollNs: nowNs,
  lastCommitNs: 0,
  beatNs: 0,
  finished: 0,
  sessions: [],
  filled: [],
  drained: [],
  asksAgain: false,
  subscribed: '',
  assignedOf: '',
  turns: [],
});

export const newOwned = ({ partition, topic }: TopicPartition): Owned => ({
  topic,
  partition,
  fetchOffset: NO_OFFSET,
  position: NO_OFFSET,
  end: 0,
  buffered: [],
  open: newNumberMap(),
  standing: RESTS,
  door: -1,
});

/**
 * Takes up to `max` records out of what was fetched, one partition after the other as they came (`FetchBuffer`); those whose first record is
 * not due are paused.
 */
export function takePolled(member: Member, max: number, nowNs: number): Rec[] {
  const polled: Rec[] = [];
  const { filled } = member;
  let left = 0;
  for (const name of filled) {
    const owned = member.owned.get(name);
    if (owned === undefined) continue;
    const { buffered, open } = owned;
    let count = 0;
    while (count < buffered.length && polled.length < max && (buffered[count] as Rec).dueNs <= nowNs) {
      const rec = buffered[count++] as Rec;
      putIn(open, rec.offset, true);
      owned.position = rec.offset + 1;
      polled.push(rec);
    }
    if (count === buffered.length) {
      truncate(buffered, 0);
      member.drained.push(name);
    } else {
      if (count > 0) buffered.splice(0, count);
      filled[left++] = name;
    }
  }
  truncate(filled, left);
  return polled;
}

/** A partition has records that were fetched. */
export function noteFilled({ filled }: Member, name: string): void {
  if (!filled.includes(name)) filled.push(name);
}

/** When the first of the paused partitions may be read again, ns; infinity = none is paused. */
export function resumeNs({ filled, owned }: Member, nowNs: number): number {
  let soonest = Number.POSITIVE_INFINITY;
  for (const name of filled) {
    const dueNs = owned.get(name)?.buffered[0]?.dueNs ?? 0;
    if (dueNs > nowNs && dueNs < soonest) soonest = dueNs;
  }
  return soonest;
}

type Offset = TopicPartition & { readonly offset: number };

/** Positions, done or not: what an automatic commit says, and one before the work. */
export function positionsOf(owned: Iterable<Owned>): readonly Offset[] {
  const offsets: Offset[] = [];
  for (const { partition, position, topic } of owned) {
    if (position !== NO_OFFSET) offsets.push({ topic, partition, offset: position });
  }
  return offsets;
}

/** Below these everything is done. */
export function nextOffsets(owned: Iterable<Owned>): readonly Offset[] {
  const offsets: Offset[] = [];
  for (const { open, partition, position, topic } of owned) {
    if (position === NO_OFFSET) continue;
    let offset = position;
    if (open.size > 0) for (const at of open.keys) if (at >= 0 && at < offset) offset = at;
    offsets.push({ topic, partition, offset });
  }
  return offsets;
}
