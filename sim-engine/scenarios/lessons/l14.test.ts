// L14, how much on your desk: prefetch trades fairness against travel time. The belief to break: that handing out in turn is fair.
// R7 and R9 of docs/semantics/rabbitmq.md.

import { describe, expect, it } from 'vitest';
import { isNear, Lesson, type LessonRun } from '../../testing/lesson.ts';

const lesson = new Lesson('l14-on-your-desk');

const DESK_OF_ONE = ['set letters-fast.prefetch 1', 'set letters-slow.prefetch 1'];
/** When a worker, or all of them, has done so many, s. */
const finishedAt = (run: LessonRun, count: number, ...workers: readonly string[]): number =>
  run.firstTime('200s', '50ms', () => workers.reduce((sum, worker) => sum + run.read('processed', worker), 0) === count);

describe('predict: when are all hundred read?', () => {
  it('after 50 s†: half of them lie on the slow desk while the fast worker stands idle', () => {
    const run = lesson.begin();
    expect(finishedAt(run, 50, 'fast')).toBeLessThan(6);
    const finish = finishedAt(run, 100, 'fast', 'slow');
    expect(isNear(finish, 50), `${finish}`).toBe(true);
    expect(run.read('processed', 'slow')).toBe(50);
  });

  it('with a desk of one about 10 s†', () => {
    const run = lesson.begin({ edits: DESK_OF_ONE });
    const finish = finishedAt(run, 100, 'fast', 'slow');
    expect(isNear(finish, 10), `${finish}`).toBe(true);
    expect(run.read('processed', 'fast')).toBeGreaterThan(85);
  });
});

/** A sender of jobs that take 1 ms each, and 25 ms of line each way to whoever does them. */
const TINY = [
  'add-node {"id": "jobs", "kind": "sender", "params": {"arrivals": "constant", "rate": 1100}}',
  'add-node {"id": "tiny", "kind": "rabbitmq-queue", "parent": "rabbit", "params": {"maxLength": 1000}}',
  'add-node {"id": "clerk", "kind": "service", "params": {"work": {"law": "constant", "value": "1ms"}}}',
  'add-wire {"id": "jobs-tiny", "kind": "rabbitmq-publish", "from": "jobs", "to": "tiny", "params": {"delay": "5ms"}}',
  'add-wire {"id": "tiny-clerk", "kind": "rabbitmq-consume", "from": "tiny", "to": "clerk", "params": {"delay": "25ms"}}',
];
const tinyAlone = (prefetch: number): readonly string[] => [
  ...['post', 'letters', 'fast', 'slow'].map((id) => `remove ${id}`),
  ...TINY,
  `set tiny-clerk.prefetch ${prefetch}`,
];
const throughput = (prefetch: number): number =>
  lesson
    .begin({ edits: tinyAlone(prefetch) })
    .to('2s')
    .rateTo('12s', 'processed', 'clerk');

describe('step', () => {
  it('1: done after more than 45 s, and the fast worker is hardly busy', () => {
    const run = lesson.begin();
    const finish = finishedAt(run, 100, 'fast', 'slow');
    expect(finish).toBeGreaterThan(45);
    // Fifty letters of a tenth of a second in all that time.
    expect((50 * 0.1) / finish).toBeLessThan(0.2);
    expect(
      lesson.failures('60s', { checks: ['within 20s: utilisation{fast} < 0.2 and waiting == 0 and desk{slow} > 25'] }),
    ).toEqual([]);
  });

  it('2: with a desk of one all are done within 12 s', () => {
    const checks = ['within 12s: processed == 100'];
    expect(lesson.failures('60s', { edits: DESK_OF_ONE, checks })).toEqual([]);
    expect(lesson.failures('60s', { checks })).toHaveLength(1);
    // It is the slow worker's that counts.
    expect(lesson.failures('60s', { edits: DESK_OF_ONE.slice(1), checks })).toEqual([]);
    expect(lesson.failures('60s', { edits: DESK_OF_ONE.slice(0, 1), checks })).toHaveLength(1);
  });

  it('3: jobs of 1 ms over a line of 50 ms there and back: with a desk of one about 20 a second†', () => {
    const checks = ['hold 10s: rate(processed{clerk}, 10s) > 10 and throughput < 25'];
    expect(lesson.failures('15s', { edits: tinyAlone(1), checks })).toEqual([]);
    const perSecond = throughput(1);
    expect(isNear(perSecond, 20), `${perSecond}`).toBe(true);
    // A job, and a journey there and back.
    expect(perSecond).toBeCloseTo(1 / 0.051, 0);
  });

  it('4: the knee is where the desk holds as many as are done in a journey there and back', () => {
    const checks = ['hold 10s: throughput > 900'];
    expect(lesson.failures('15s', { edits: tinyAlone(60), checks })).toEqual([]);
    expect(lesson.failures('15s', { edits: tinyAlone(40), checks })).toHaveLength(1);
    const [below, knee, above] = [25, 51, 100].map(throughput) as [number, number, number];
    expect(below).toBeCloseTo(25 / 0.051, -1);
    expect(knee).toBeGreaterThan(980);
    expect(above).toBeLessThanOrEqual(1001);
  });

  // The broker of the lesson has no disk that could be slow, and no flow control by credit. What holds a sender back here is an alarm.
  it('5: short of disk space the broker holds the sender back, and lets it go on', () => {
    const at = [
      ['2s', 'set rabbit.diskAlarm true'],
      ['5s', 'set rabbit.diskAlarm false'],
    ] as const;
    const checks = ['event: held_back{jobs} >= 1', 'end: publish.lost == 0'];
    expect(lesson.failures('8s', { edits: tinyAlone(60), at, checks })).toEqual([]);
    expect(lesson.failures('8s', { edits: tinyAlone(60), checks })).toHaveLength(1);
  });
});

describe('final task: letters and jobs on one broker; more than 800 jobs a second, and the letters done within 12 s', () => {
  const failures = (seed: number, letters: number, jobs: number) =>
    lesson.failures('14s', {
      edits: [
        ...TINY,
        `set letters-fast.prefetch ${letters}`,
        `set letters-slow.prefetch ${letters}`,
        `set tiny-clerk.prefetch ${jobs}`,
      ],
      checks: ['within 12s: processed{fast} + processed{slow} == 100', 'end: rate(processed{clerk}, 10s) > 800'],
      seed,
    });

  it.each(lesson.seeds)('is solved by a desk for each kind of work, on seed %i', (seed) => {
    expect(failures(seed, 1, 60)).toEqual([]);
  });

  it.each(lesson.seeds)('is not solved by doing nothing, on seed %i', (seed) => {
    expect(failures(seed, 0, 0)).toHaveLength(1);
  });

  it.each(lesson.seeds)('is not solved by one desk for all, small or large, on seed %i', (seed) => {
    expect(failures(seed, 1, 1)).toHaveLength(1);
    expect(failures(seed, 60, 60)).toHaveLength(1);
  });
});
