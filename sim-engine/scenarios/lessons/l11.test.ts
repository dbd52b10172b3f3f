// L11, who moves the bookmark: when a group commits, and how long a member may work on one poll. K23 to K28 of docs/semantics/kafka.md.

import { describe, expect, it } from 'vitest';
import type { Member } from '../../nodes/kafka/consumer-member.ts';
import { isNear, Lesson, type LessonRun } from '../../testing/lesson.ts';
import { nsOf } from '../../testing/story.ts';
import type { Actor } from '../../world/actor.ts';

const lesson = new Lesson('l11-bookmark');
const READERS = [1, 2, 3];

const onAll = (setting: string, readers = READERS): readonly string[] => readers.map((i) => `set readers-reader-${i}.${setting}`);
const generation = (run: LessonRun): number => run.read('generation', 'readers');

describe('predict: what becomes of a batch that takes 350 s†?', () => {
  it('it takes as long, and is never committed: thrown out, and done again by a neighbour who is thrown out too', () => {
    const run = lesson.begin().to('20s');
    const batchS = 500 / run.rateTo('200s', 'processed', 'reader-1');
    expect(isNear(batchS, 350), `${batchS}`).toBe(true);
    run.to('15min');
    expect(run.read('consumer_lag')).toBe(3000);
    expect(run.read('dup_effects')).toBeGreaterThan(500);
  });
});

describe('step', () => {
  it('1: the carousel goes round, and the bookmark does not move', () => {
    const run = lesson.begin().to('15min');
    // The first one brought the group together.
    expect(generation(run) - 1).toBeGreaterThanOrEqual(3);
    expect(run.read('consumer_lag')).toBe(3000);
  });

  const calm = ['always: generation <= 1', 'end: consumer_lag < 3000 and dup_effects == 0'];

  it('2: batches of up to 428†, which take less than 300 s, are committed and nobody is thrown out', () => {
    expect(Math.floor(300 / 0.7)).toBe(428);
    expect(lesson.failures('900s', { edits: onAll('maxPollRecords 428'), checks: calm })).toEqual([]);
    // Those that take a heartbeat longer are not.
    expect(lesson.failures('900s', { edits: onAll('maxPollRecords 433'), checks: calm })).toHaveLength(2);
  });

  it('2: or a longer deadline', () => {
    expect(lesson.failures('900s', { edits: onAll('maxPollInterval 10min'), checks: calm })).toEqual([]);
  });

  const CRASH = ['60s', 'crash reader-1 for 5s'] as const;
  const SMALL = onAll('maxPollRecords 50');

  it('3: a bookmark that is moved before the work loses what was in hand at a crash', () => {
    const attempt = { edits: [...SMALL, ...onAll('commit before')], at: [CRASH] };
    expect(lesson.failures('200s', { ...attempt, checks: ['event: lost >= 1', 'end: dup_effects == 0'] })).toEqual([]);
    // No more than one poll (K28).
    expect(lesson.begin(attempt).to('200s').read('lost')).toBeLessThanOrEqual(50);
  });

  it('4: one that is moved after it loses nothing, and some is done again', () => {
    const checks = ['end: lost == 0 and missed_effects == 0', 'event: dup_effects >= 1'];
    expect(lesson.failures('200s', { edits: [...SMALL, ...onAll('commit after')], at: [CRASH], checks })).toEqual([]);
  });
});

// ------------------------------------------------------------------ deploys

/** Six readers of one lane each, busy half of their time, whose bookmark is moved after each entry. */
const SIX = [1, 2, 3, 4, 5, 6];
const DEPLOYED = [
  'set shop.rate 4',
  'set shop.limit 0',
  'set work.partitions 6',
  ...[4, 5, 6].flatMap((i) => [
    `add-node {"id": "reader-${i}", "kind": "service", "params": {"work": {"law": "constant", "value": "700ms"}}}`,
    `add-wire {"id": "readers-reader-${i}", "kind": "kafka-consume", "from": "readers", "to": "reader-${i}", "params": {"delay": "50ms", "offsetReset": "earliest"}}`,
  ]),
  ...onAll('commit after', SIX),
  ...onAll('maxPollRecords 5', SIX),
];
const FROM_S = 40;
/** One after the other is closed and is back after a second. */
const DEPLOY = SIX.flatMap((i, at) => [
  [`${FROM_S + 12 * at}s`, `set readers-reader-${i}.closed true`] as const,
  [`${FROM_S + 12 * at + 1}s`, `set readers-reader-${i}.closed false`] as const,
]);
const UNTIL = `${FROM_S + 12 * SIX.length + 20}s`;

/** Lanes that a member reads now. */
function lanesRead({ simulation: { assembly, world } }: LessonRun): readonly string[] {
  interface Notes {
    readonly parts: readonly ({ readonly members?: readonly Member[] } | null)[];
  }
  return assembly.actors
    .filter(({ nodeId }) => nodeId.startsWith('reader-'))
    .flatMap(({ ix }) => ((world.actors[ix] as Actor).save() as Notes).parts)
    .flatMap((part) => part?.members ?? [])
    .flatMap(({ owned }) => [...owned.values()].filter(({ position }) => position >= 0))
    .map(({ partition }) => `lane ${partition}`);
}

/** While the readers are deployed: how long lanes were read by nobody, s in all, and the longest such time of one lane, s. */
function pausesOf(run: LessonRun): { readonly allS: number; readonly longestS: number } {
  const stepS = 0.1;
  const since = new Map<string, number>();
  let [allS, longestS] = [0, 0];
  run.toNs(FROM_S * 1e9);
  while (run.simulation.timeNs < nsOf(UNTIL)) {
    run.toNs(run.simulation.timeNs + stepS * 1e9);
    const read = new Set(lanesRead(run));
    for (let lane = 0; lane < SIX.length; lane++) {
      const name = `lane ${lane}`;
      const pausedS = read.has(name) ? 0 : (since.get(name) ?? 0) + stepS;
      since.set(name, pausedS);
      if (pausedS > 0) allS += stepS;
      longestS = Math.max(longestS, pausedS);
    }
  }
  return { allS, longestS };
}

const COOPERATIVE = [...onAll('assignor cooperative-sticky', SIX), ...onAll('commitOnRevoke true', SIX)];
const STATIC = onAll('staticMembers true', SIX);

describe('step 5', () => {
  it('a rolling deploy stops more lanes for longer when the group stops as a whole', () => {
    const pausedS = (edits: readonly string[]): number =>
      pausesOf(lesson.begin({ edits: [...DEPLOYED, ...edits], at: DEPLOY })).allS;
    expect(pausedS(COOPERATIVE)).toBeLessThan(0.8 * pausedS([]));
  });
});

describe('final task: six readers are deployed one by one; nothing is lost, hardly anything is done twice, and no lane waits for three seconds', () => {
  const begin = (seed: number, ...edits: readonly string[]) => {
    const checks = ['end: lost == 0 and missed_effects == 0 and dup_effects / processed < 0.01'];
    return lesson.begin({ edits: [...DEPLOYED, ...edits], at: DEPLOY, checks, seed });
  };

  it.each(lesson.seeds)('is solved by members that come back as who they were, on seed %i', (seed) => {
    const run = begin(seed, ...STATIC, ...COOPERATIVE);
    expect(pausesOf(run).longestS).toBeLessThan(3);
    expect(run.failures()).toEqual([]);
  });

  it.each(lesson.seeds)('is not solved by doing nothing, on seed %i', (seed) => {
    expect(pausesOf(begin(seed)).longestS).toBeGreaterThan(3);
  });

  it.each(lesson.seeds)('is not solved by a cooperative hand-over alone, on seed %i', (seed) => {
    expect(pausesOf(begin(seed, ...COOPERATIVE)).longestS).toBeGreaterThan(3);
  });
});
