// A member of a group as its client keeps it: what it owns, what it has fetched of that and not polled, what it has polled and not finished.
// Plain data, and what can be worked out from it; what happens to it stands in `consumer-client.ts`.

import type { TopicPartition } from './assignors/assignment.ts';
import type { Turn } from './member-history.ts';
import { NO_OFFSET } from './offsets.ts';

/** A record that has been fetched: its obligation, which attempt this is, and where it stands. */
export interface Rec {
  readonly obl: number;
  readonly attempt: number;
  readonly offset: number;
  /** Name of the partition. */
  readonly partition: string;
  /** Before this it is not worked on, nor is what lies behind it in the partition, ns. */
  readonly dueNs: number;
}

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
  readonly open: Set<number>;
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
  readonly inHand: Map<number, Rec>;
  /** By obligation: what waits to be tried again. */
  readonly kept: Map<number, Rec>;
  /** Obligations of what is being published to another topic. */
  readonly passing: Set<number>;
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
  /** By broker: the number of the fetch that is under way. */
  readonly fetching: Map<number, number>;
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
  inHand: new Map(),
  kept: new Map(),
  passing: new Set(),
  isClosing: false,
  committing: 0,
  given: 0,
  early: 0,
  isIdle: false,
  lastPollNs: nowNs,
  lastCommitNs: 0,
  beatNs: 0,
  finished: 0,
  fetching: new Map(),
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
  open: new Set(),
});

/** Takes up to `max` records out of what was fetched, one partition after the other; those whose first record is not due are paused. */
export function takePolled(member: Member, max: number, nowNs: number): Rec[] {
  const polled: Rec[] = [];
  for (const owned of member.owned.values()) {
    while (owned.buffered.length > 0 && polled.length < max && (owned.buffered[0] as Rec).dueNs <= nowNs) {
      const rec = owned.buffered.shift() as Rec;
      owned.open.add(rec.offset);
      owned.position = rec.offset + 1;
      polled.push(rec);
    }
  }
  return polled;
}

/** When the first of the paused partitions may be read again, ns; infinity = none is paused. */
export function resumeNs({ owned }: Member, nowNs: number): number {
  let soonest = Number.POSITIVE_INFINITY;
  for (const { buffered } of owned.values()) {
    const dueNs = buffered[0]?.dueNs ?? 0;
    if (dueNs > nowNs && dueNs < soonest) soonest = dueNs;
  }
  return soonest;
}

type Offset = TopicPartition & { readonly offset: number };

/** Positions, done or not: what an automatic commit says, and one before the work. */
export const positionsOf = (owned: readonly Owned[]): readonly Offset[] =>
  owned
    .filter(({ position }) => position !== NO_OFFSET)
    .map(({ partition, position, topic }) => ({ topic, partition, offset: position }));

/** Below these everything is done. */
export const nextOffsets = (owned: readonly Owned[]): readonly Offset[] =>
  owned
    .filter(({ position }) => position !== NO_OFFSET)
    .map(({ open, partition, position, topic }) => {
      let offset = position;
      for (const at of open) if (at < offset) offset = at;
      return { topic, partition, offset };
    });
