// L6, twice is normal: remember what was done, long enough, in the same step as doing it.

import { describe, expect, it } from 'vitest';
import { isNear, Lesson } from '../../testing/lesson.ts';

const lesson = new Lesson('l06-twice-is-normal');

const remembering = (time: string): string => `set worker.memoryTtl ${time}`;
const steps = (...names: readonly unknown[]): string => `set worker.steps ${JSON.stringify(names)}`;
/** Remembers first and works then, as the brief's sample deduplicator does. */
const MARK_BEFORE = steps('receive', 'remember', 'work', 'acknowledge');
/** One transaction: it is done and remembered, or neither. */
const ONE_STEP = steps('receive', { do: 'charge', takes: { law: 'constant', value: '10ms' }, once: true }, 'acknowledge');
const CRASH = ['30s', 'crash worker for 5s'] as const;

describe('predict: what share of the duplicates does a memory of 60 s catch?', () => {
  it('none: they come after 90 s', () => {
    const run = lesson.begin().to('125s');
    expect(run.read('dup_effects')).toBeGreaterThan(100);
    expect(run.read('skipped_work') / (run.read('skipped_work') + run.read('dup_effects'))).toBe(0);
    // A memory that is long enough catches the very same ones.
    const long = lesson.begin({ edits: [remembering('100s')] }).to('125s');
    expect(long.read('skipped_work')).toBe(run.read('dup_effects'));
  });
});

describe('step', () => {
  it('1: the effects that came twice are counted', () => {
    expect(lesson.failures('125s', { checks: ['end: dup_effects > 0'] })).toEqual([]);
  });

  it('2: a memory longer than the time after which it comes again catches all', () => {
    const checks = ['hold 300s: dup_effects == 0 and knob: worker.memoryTtl > 90', 'end: skipped_work >= 100'];
    expect(lesson.failures('360s', { edits: [remembering('100s')], checks })).toEqual([]);
    expect(lesson.failures('125s', { edits: [remembering('89s')], checks: ['end: dup_effects == 0'] })).toHaveLength(1);
  });

  it('3: a crash between remembering and doing leaves it undone for good', () => {
    const edits = [remembering('100s'), MARK_BEFORE];
    expect(lesson.failures('125s', { edits, at: [CRASH], checks: ['event: missed_effects >= 1'] })).toEqual([]);
  });

  it('4: remembering and doing in one step misses nothing and does nothing twice', () => {
    const checks = ['hold 120s: missed_effects == 0 and dup_effects == 0', 'end: missed_effects == 0 and dup_effects == 0'];
    expect(lesson.failures('125s', { edits: [remembering('100s'), ONE_STEP], at: [CRASH], checks })).toEqual([]);
  });
});

describe('final task: the same with a crash, and at most 60,000 ids remembered', () => {
  const checks = ['end: dup_effects == 0 and missed_effects == 0 and always: ids_kept <= 60000'];
  // What the crash left is back after 90 s.
  const begin = (seed: number, ...edits: readonly string[]) => lesson.begin({ edits, at: [CRASH], checks, seed }).to('125s');

  it.each(lesson.seeds)('is solved by one step and a memory of 100 s, on seed %i', (seed) => {
    const run = begin(seed, ONE_STEP, remembering('100s'));
    expect(run.failures()).toEqual([]);
    expect(run.read('skipped_work')).toBeGreaterThan(100);
  });

  it.each(lesson.seeds)('is not solved by doing nothing, on seed %i', (seed) => {
    expect(begin(seed).failures()).toHaveLength(1);
  });

  it.each(lesson.seeds)('is not solved by remembering first: marked, and never done, on seed %i', (seed) => {
    const run = begin(seed, MARK_BEFORE, remembering('100s'));
    expect([run.read('dup_effects'), run.read('missed_effects') > 0]).toEqual([0, true]);
    expect(run.failures()).toHaveLength(1);
  });

  it('is not solved by remembering for ever: an hour holds 1.8 million ids†', () => {
    expect(begin(7, ONE_STEP, remembering('1h')).failures()).toHaveLength(1);
    // As many as come in the time for which they are remembered.
    const run = lesson.begin({ edits: [ONE_STEP, remembering('60s')], isCalm: true }).to('100s');
    expect(run.read('ids_kept') / 60).toBeCloseTo(500, -1);
    expect(isNear((run.read('ids_kept') / 60) * 3600, 1.8e6)).toBe(true);
  });

  it.runIf(process.env.LONG_RUNS === '1')('and holds them in the engine: 1.8 million ids† after an hour and more', () => {
    const run = lesson.begin({ edits: [ONE_STEP, remembering('1h')], isCalm: true }).to('4000s');
    expect(isNear(run.read('ids_kept'), 1.8e6), `${run.read('ids_kept')}`).toBe(true);
  });
});
