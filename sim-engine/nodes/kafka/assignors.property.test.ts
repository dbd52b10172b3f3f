// Laws of the assignors over random groups: nobody shares, nobody gets what it did not ask for, loads are even, what can stay stays.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Assignment, type GroupMember, nameOf, type TopicPartitions } from './assignors/assignment.ts';
import { ASSIGNORS, type Assignor } from './assignors.ts';

const NAMES = ['range', 'roundrobin', 'sticky', 'cooperative-sticky'];
const TOPICS = ['t0', 't1', 't2', 't3'];
const assignorOf = (name: string): Assignor => ASSIGNORS.get(name) as Assignor;

const topicsArb: fc.Arbitrary<TopicPartitions> = fc
  .array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: TOPICS.length })
  .map((counts) => ({ counts: new Map(counts.map((count, i) => [TOPICS[i] as string, count])), racks: new Map() }));

const member = (id: string, topics: readonly string[]): GroupMember => ({ id, topics, owned: [], generation: -1 });

const equalArb = topicsArb.chain((topics) =>
  fc.integer({ min: 1, max: 8 }).map((count) => ({
    topics,
    members: Array.from({ length: count }, (_, i) => member(`m${i}`, [...topics.counts.keys()])),
  })),
);

const mixedArb = topicsArb.chain((topics) =>
  fc.array(fc.subarray([...topics.counts.keys()], { minLength: 1 }), { minLength: 1, maxLength: 7 }).map((wishes) => ({
    topics,
    members: wishes.map((wanted, i) => member(`m${i}`, wanted)),
  })),
);

const given = (assignment: Assignment): string[] => [...assignment.values()].flat().map(nameOf);

/** Names of all partitions that anybody wants. */
function wanted({ counts }: TopicPartitions, members: readonly GroupMember[]): string[] {
  const subscribed = new Set(members.flatMap(({ topics }) => topics));
  return [...counts].flatMap(([topic, count]) =>
    subscribed.has(topic) ? Array.from({ length: count }, (_, i) => `${topic}-${i}`) : [],
  );
}

/** Only the topics that anybody subscribes to reach an assignor. */
function heard(topics: TopicPartitions, members: readonly GroupMember[]): TopicPartitions {
  const subscribed = new Set(members.flatMap((one) => one.topics));
  return { counts: new Map([...topics.counts].filter(([topic]) => subscribed.has(topic))), racks: topics.racks };
}

/** The members as they join next, with what they have. */
const withOwned = (members: readonly GroupMember[], assignment: Assignment, generation: number): GroupMember[] =>
  members.map((one) => ({ ...one, owned: assignment.get(one.id) ?? [], generation }));

describe.each(NAMES)('the assignor %s', (name) => {
  it('gives every partition to one member that wants it (K22)', () => {
    fc.assert(
      fc.property(fc.oneof(equalArb, mixedArb), ({ topics, members }) => {
        const assignment = assignorOf(name)(heard(topics, members), members);
        expect(given(assignment).toSorted()).toEqual(wanted(topics, members).toSorted());
        for (const { id, topics: own } of members) {
          expect((assignment.get(id) ?? []).every(({ topic }) => own.includes(topic))).toBe(true);
        }
      }),
    );
  });

  it('makes loads of equal subscribers differ by one at most in each topic, or but for range in all', () => {
    fc.assert(
      fc.property(equalArb, ({ topics, members }) => {
        const assignment = assignorOf(name)(topics, members);
        const loads = (topic?: string): number[] =>
          members.map(({ id }) => (assignment.get(id) ?? []).filter((one) => topic === undefined || one.topic === topic).length);
        const spread = (all: readonly number[]): number => Math.max(...all) - Math.min(...all);
        if (name === 'range') for (const topic of topics.counts.keys()) expect(spread(loads(topic))).toBeLessThanOrEqual(1);
        else expect(spread(loads())).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe.each(['sticky', 'cooperative-sticky'])('the assignor %s', (name) => {
  it('moves nothing when nothing has changed', () => {
    fc.assert(
      fc.property(fc.oneof(equalArb, mixedArb), ({ topics, members }) => {
        const there = heard(topics, members);
        const first = assignorOf(name)(there, members);
        const second = assignorOf(name)(there, withOwned(members, first, 1));
        for (const { id } of members) {
          expect((second.get(id) ?? []).map(nameOf).toSorted()).toEqual((first.get(id) ?? []).map(nameOf).toSorted());
        }
      }),
    );
  });

  it('lets a member that stays keep all it has when one of equal subscribers leaves', () => {
    fc.assert(
      fc.property(equalArb, ({ topics, members }) => {
        fc.pre(members.length > 1);
        const first = assignorOf(name)(topics, members);
        const left = members.slice(1);
        const second = assignorOf(name)(topics, withOwned(left, first, 1));
        for (const { id } of left) {
          const now = new Set((second.get(id) ?? []).map(nameOf));
          for (const partition of first.get(id) ?? []) expect(now.has(nameOf(partition))).toBe(true);
        }
      }),
    );
  });
});

describe('the assignor cooperative-sticky', () => {
  it('never gives what another still holds, and has handed everything over in the round after (K24)', () => {
    fc.assert(
      fc.property(fc.oneof(equalArb, mixedArb), fc.integer({ min: 1, max: 3 }), ({ topics, members }, more) => {
        const all = [...members, ...Array.from({ length: more }, (_, i) => member(`n${i}`, members[0]?.topics ?? []))];
        const there = heard(topics, all);
        const assign = assignorOf('cooperative-sticky');
        let joining = withOwned(all, assign(there, members), 1);
        const held = new Map(joining.flatMap(({ id, owned }) => owned.map((partition) => [nameOf(partition), id] as const)));
        const first = assign(there, joining);
        for (const [id, list] of first) {
          for (const partition of list) expect([undefined, id]).toContain(held.get(nameOf(partition)));
        }
        // Members give up what is not theirs any more; nothing else stops.
        joining = joining.map((one) => {
          const mine = new Set((first.get(one.id) ?? []).map(nameOf));
          return { ...one, owned: one.owned.filter((partition) => mine.has(nameOf(partition))), generation: 2 };
        });
        const second = assign(there, withOwned(joining, first, 2));
        expect(given(second).toSorted()).toEqual(wanted(topics, all).toSorted());
      }),
    );
  });
});
