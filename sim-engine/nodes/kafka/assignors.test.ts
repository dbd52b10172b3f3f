// Facts about the assignors; the first of each is the example that the class comment of Kafka's own works to the end.

import { describe, expect, it } from 'vitest';
import { type Assignment, type GroupMember, nameOf, type TopicPartitions } from './assignors/assignment.ts';
import { ASSIGNORS } from './assignors.ts';

const topics = (counts: Readonly<Record<string, number>>): TopicPartitions => ({
  counts: new Map(Object.entries(counts)),
  racks: new Map(),
});

/** Members with what they hold, as names of partitions. */
function members(
  wishes: Readonly<Record<string, readonly string[]>>,
  owned: Readonly<Record<string, readonly string[]>> = {},
): GroupMember[] {
  return Object.entries(wishes).map(([id, wanted]) => ({
    id,
    topics: wanted,
    owned: (owned[id] ?? []).map((name) => {
      const dash = name.lastIndexOf('-');
      return { topic: name.slice(0, dash), partition: Number(name.slice(dash + 1)) };
    }),
    generation: owned[id] === undefined ? -1 : 1,
  }));
}

const said = (assignment: Assignment) =>
  Object.fromEntries([...assignment].map(([id, list]) => [id, list.map(nameOf).sort().join(' ')]));
const assign = (name: string, there: TopicPartitions, who: readonly GroupMember[]) =>
  said((ASSIGNORS.get(name) as NonNullable<ReturnType<typeof ASSIGNORS.get>>)(there, who));

const BOTH = ['t0', 't1'];

describe('range', () => {
  it('gives runs of each topic, the first members one more: C0 [t0p0, t0p1, t1p0, t1p1], C1 [t0p2, t1p2]', () => {
    expect(assign('range', topics({ t0: 3, t1: 3 }), members({ C0: BOTH, C1: BOTH }))).toEqual({
      C0: 't0-0 t0-1 t1-0 t1-1',
      C1: 't0-2 t1-2',
    });
  });

  it('leaves members idle that are more than the partitions (K22)', () => {
    expect(assign('range', topics({ t: 2 }), members({ a: ['t'], b: ['t'], c: ['t'] }))).toEqual({ a: 't-0', b: 't-1', c: '' });
  });
});

describe('roundrobin', () => {
  it('deals all partitions in one circle: C0 [t0p0, t0p2, t1p1], C1 [t0p1, t1p0, t1p2]', () => {
    expect(assign('roundrobin', topics({ t0: 3, t1: 3 }), members({ C0: BOTH, C1: BOTH }))).toEqual({
      C0: 't0-0 t0-2 t1-1',
      C1: 't0-1 t1-0 t1-2',
    });
  });

  it('passes those who do not subscribe: C0 [t0p0], C1 [t1p0], C2 [t1p1, t2p0, t2p1, t2p2]', () => {
    const who = members({ C0: ['t0'], C1: BOTH, C2: ['t0', 't1', 't2'] });
    expect(assign('roundrobin', topics({ t0: 1, t1: 2, t2: 3 }), who)).toEqual({
      C0: 't0-0',
      C1: 't1-0',
      C2: 't1-1 t2-0 t2-1 t2-2',
    });
  });
});

describe('sticky', () => {
  it('moves nothing but what the one who left had: C0 and C2 keep theirs, and share what was of C1', () => {
    const all = ['t0', 't1', 't2', 't3'];
    const who = members({ C0: all, C2: all }, { C0: ['t0-0', 't1-1', 't3-0'], C2: ['t1-0', 't2-1'] });
    expect(assign('sticky', topics({ t0: 2, t1: 2, t2: 2, t3: 2 }), who)).toEqual({
      C0: 't0-0 t0-1 t1-1 t3-0',
      C2: 't1-0 t2-0 t2-1 t3-1',
    });
  });

  it('lets the one keep more that Kafka comes upon first, whoever joined first: p before a and b', () => {
    const held = { a: ['t-0', 't-1', 't-2'], b: ['t-3', 't-4', 't-5'], p: ['t-6', 't-7', 't-8'] };
    const who = members({ a: ['t'], b: ['t'], n: ['t'], p: ['t'] }, held);
    const kept = { a: 't-0 t-1', b: 't-3 t-4', n: 't-2 t-5', p: 't-6 t-7 t-8' };
    expect(assign('sticky', topics({ t: 9 }), who)).toEqual(kept);
    expect(assign('sticky', topics({ t: 9 }), who.toReversed())).toEqual(kept);
  });

  it('gives up balance for nothing: unequal wishes are met with as even loads as can be', () => {
    const who = members({ C1: BOTH, C2: ['t0', 't1', 't2'] }, { C1: ['t1-0'], C2: ['t1-1', 't2-0', 't2-1', 't2-2'] });
    expect(assign('sticky', topics({ t0: 1, t1: 2, t2: 3 }), who)).toEqual({ C1: 't0-0 t1-0 t1-1', C2: 't2-0 t2-1 t2-2' });
  });

  it('gives nothing back to one who held it before and now has all that it wants', () => {
    const [a, b, c] = members(
      { a: ['t'], b: ['u'], c: ['t'] },
      { a: ['t-0', 't-1', 't-2', 't-3', 't-4', 't-5'], b: ['u-0', 't-0'] },
    );
    const who = [{ ...a, generation: 2 }, b, c] as GroupMember[];
    expect(assign('sticky', topics({ t: 6, u: 1 }), who)).toEqual({ a: 't-3 t-4 t-5', b: 'u-0', c: 't-0 t-1 t-2' });
  });

  it("ends where moves go round in circles: with these wishes Kafka's own assignor never does", () => {
    const t0 = [2, 3, 4, 5, 6, 7, 8, 9, 10].map((partition) => `t0-${partition}`);
    const there = topics({ t0: 11, t1: 6, t2: 10, t4: 2 });
    const wishes = {
      c0: ['t1'],
      c1: ['t1', 't2', 't4'],
      c2: ['t2'],
      c3: ['t0', 't1', 't4'],
      c4: ['t0', 't2'],
      c5: ['t2'],
      c6: ['t4'],
    };
    const who = members(wishes, {
      c0: ['t1-0', 't1-2', 't1-3', 't1-4', 't1-5'],
      c1: ['t4-1'],
      c2: ['t2-4', 't2-5', 't2-6', 't2-7', 't2-9'],
      c4: t0,
    });
    const given = Object.values(assign('sticky', there, who))
      .join(' ')
      .trim()
      .split(/ +/);
    expect(new Set(given).size).toBe(29);
    expect(given).toHaveLength(29);
  });

  it('goes on moving after one that went back to who held it before', () => {
    const [c0, c1, c2] = members({ c0: ['t0'], c1: ['t0'], c2: BOTH }, { c0: ['t0-1'], c2: ['t0-1'] });
    const who = [
      { ...c0, generation: 2 },
      { ...c1, generation: 3 },
      { ...c2, generation: 3 },
    ] as GroupMember[];
    expect(assign('sticky', topics({ t0: 2, t1: 2 }), who)).toEqual({ c0: 't0-1', c1: 't0-0', c2: 't1-0 t1-1' });
  });

  it('takes a topic that is named twice for one, if everybody names the same', () => {
    const who = members({ a: ['t', 't'] }, { a: ['u-0'] });
    expect(assign('sticky', topics({ t: 1, u: 1 }), who)).toEqual({ a: 't-0 u-0' });
  });

  it('believes no claim of a partition that there is not, whatever its number', () => {
    const who = members({ a: ['t'], b: ['t', 'u'] }, { a: ['t-0', 't-4000000000'] });
    const older = {
      ...(who[1] as GroupMember),
      generation: 0,
      owned: [
        { topic: 't', partition: -1 },
        { topic: 't', partition: 4e9 },
      ],
    };
    expect(assign('sticky', topics({ t: 2, u: 1 }), [who[0] as GroupMember, older])).toEqual({ a: 't-0 t-1', b: 'u-0' });
  });

  it('believes the later generation, and nobody where two of one generation claim the same', () => {
    const older: GroupMember = { ...(members({ a: ['t'] }, { a: ['t-0', 't-1'] })[0] as GroupMember), generation: 1 };
    const newer: GroupMember = { ...(members({ b: ['t'] }, { b: ['t-0', 't-2'] })[0] as GroupMember), generation: 2 };
    expect(assign('sticky', topics({ t: 4 }), [older, newer])).toEqual({ a: 't-1 t-3', b: 't-0 t-2' });
  });
});

describe('cooperative-sticky', () => {
  it('takes back in a first round what is to move, and hands it over in a second (K24)', () => {
    const there = topics({ t: 4 });
    const who = (owned: Readonly<Record<string, readonly string[]>>) => members({ a: ['t'], b: ['t'] }, owned);
    const first = assign('cooperative-sticky', there, who({ a: ['t-0', 't-1', 't-2', 't-3'], b: [] }));
    expect(first).toEqual({ a: 't-0 t-1', b: '' });
    const second = assign('cooperative-sticky', there, who({ a: ['t-0', 't-1'], b: [] }));
    expect(second).toEqual({ a: 't-0 t-1', b: 't-2 t-3' });
  });
});
