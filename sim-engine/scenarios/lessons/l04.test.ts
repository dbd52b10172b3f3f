// L4, when the line gets long: waiting explodes before capacity is reached. The figures are held against the closed form of a line with
// several workers (Erlang C) and against the engine.

import { describe, expect, it } from 'vitest';
import { isNear, Lesson, type LessonRun } from '../../testing/lesson.ts';

const lesson = new Lesson('l04-long-line');
const WORKERS = 4;
const PER_WORKER = 25;
const rate = (perSecond: number): string => `set post.rate ${perSecond}`;

/** Time from sending to done that only one letter in a hundred exceeds, s: random arrivals, `workers` of random speed, one line. */
function slowestPercentS(perSecond: number, workers: number): number {
  // Erlang B by its recursion, then C: the share that has to wait.
  const offered = perSecond / PER_WORKER;
  let blocked = 1;
  for (let k = 1; k <= workers; k++) blocked = (offered * blocked) / (k + offered * blocked);
  const waits = blocked / (1 - (offered / workers) * (1 - blocked));
  // Who waits, waits exponentially at the rate of the spare capacity; the work comes on top.
  const spare = workers * PER_WORKER - perSecond;
  const longerThan = (s: number): number => {
    const work = Math.exp(-PER_WORKER * s);
    return (1 - waits) * work + (waits * (spare * work - PER_WORKER * Math.exp(-spare * s))) / (spare - PER_WORKER);
  };
  let low = 0;
  let high = 100;
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (longerThan(middle) > 0.01) low = middle;
    else high = middle;
  }
  return low;
}

/** Of each half-minute from now on, the slowest percent, s. */
function halfMinutes(run: LessonRun, count: number): readonly number[] {
  const found: number[] = [];
  for (let half = 1; half <= count; half++) {
    const before = run.latencies();
    run.to(`${half * 30}s`);
    found.push(run.quantileSince(before, 0.99));
  }
  return found;
}

describe('predict: from 80/s to 95/s, the slowest 1 % take …', () => {
  it('3 to 4 times as long in the long run: 0.27 s† and 0.98 s†, in the closed form', () => {
    const [at80, at95] = [slowestPercentS(80, WORKERS), slowestPercentS(95, WORKERS)];
    expect(isNear(at80, 0.27), `${at80}`).toBe(true);
    expect(isNear(at95, 0.98), `${at95}`).toBe(true);
    expect(at95 / at80).toBeGreaterThan(3);
    expect(at95 / at80).toBeLessThan(4);
  });

  it.runIf(process.env.LONG_RUNS === '1')(
    'the same in the engine, and from one half-minute to the next it swings between 0.3 and 1.1 s†',
    () => {
      const calm = lesson.begin({ edits: [rate(80)] });
      const none = calm.latencies();
      const at80 = calm.to('3000s').quantileSince(none, 0.99);
      expect(isNear(at80, 0.27), `${at80}`).toBe(true);
      expect(isNear(at80, slowestPercentS(80, WORKERS))).toBe(true);

      const run = lesson.begin({ edits: [rate(95)] });
      const swings = halfMinutes(run, 400).toSorted((a, b) => a - b);
      const at95 = run.quantileSince(none, 0.99);
      expect(isNear(at95, 0.98), `${at95}`).toBe(true);
      expect(isNear(at95, slowestPercentS(95, WORKERS))).toBe(true);
      // Nineteen half-minutes of twenty lie between these.
      const [least, most] = [swings[10] as number, swings[389] as number];
      expect(isNear(least, 0.3), `${least}`).toBe(true);
      expect(isNear(most, 1.1), `${most}`).toBe(true);
    },
  );

  // The curriculum says 2.6 s†, which a run of some minutes may show; in the long run it is more: ln(98) seconds for who has to wait. The
  // formula is the one that agrees with the engine at 80/s and 95/s; here a whole day is too short, since the longest waits come in a few
  // spells of minutes.
  it('at 99/s it is 4.6 s in the closed form: a figure of the curriculum that is contradicted', () => {
    const at99 = slowestPercentS(99, WORKERS);
    expect(at99).toBeCloseTo(4.62, 2);
    expect(isNear(at99, 2.6)).toBe(false);
  });
});

describe('step', () => {
  it('1: at 80/s the slowest percent stays below 0.45 s', () => {
    const checks = ['hold 60s: message_latency_seconds{quantile=0.99} < 0.45'];
    expect(lesson.failures('120s', { edits: [rate(80)], checks })).toEqual([]);
  });

  it('2: at 95/s it comes above 0.7 s sooner or later', () => {
    const checks = ['within 600s: message_latency_seconds{0.99} > 0.7'];
    expect(lesson.failures('600s', { edits: [rate(95)], checks })).toEqual([]);
    expect(lesson.failures('600s', { edits: [rate(80)], checks })).toHaveLength(1);
  });

  it('3: at 105/s the line grows by about five a second', () => {
    const checks = ['event: slope(queue_size) over 60s in 3..7'];
    expect(lesson.failures('120s', { edits: [rate(105)], checks })).toEqual([]);
    // Over ten minutes there is little left of chance.
    const run = lesson.begin({ edits: [rate(105)] });
    const grown = run.rateTo('600s', 'queue_size');
    expect(grown).toBeGreaterThan(3.5);
    expect(grown).toBeLessThan(6.5);
  });

  it.each(['refuse', 'block'])('4: a line with a limit of 200, which can %s, is never longer', (overflow) => {
    const edits = [rate(120), 'set line.capacity 200', 'set line.capacityCounts all'];
    const at = [['1s', `set line.overflow ${overflow}`]] as const;
    const checks = ['hold 60s: queue_size <= 200 and did: set{overflow}', 'event: queue_size >= 200', 'end: lost == 0'];
    expect(lesson.failures('120s', { edits, at, checks })).toEqual([]);
    const run = lesson.begin({ edits, at }).to('120s');
    if (overflow === 'refuse') expect(run.read('refused')).toBeGreaterThan(1000);
    else expect(run.read('held_back')).toBeGreaterThan(1000);
  });
});

describe('final task: a day of 60, 110 and again 60/s, at most 5 workers, the slowest percent never above 0.6 s and nothing lost', () => {
  const DAY = ['set post.arrivals day', 'set post.dayCurve [["0s", 60], ["300s", 110], ["600s", 60]]'];
  const FIVE = 'set worker.concurrency 5';
  const checks = [
    'always: message_latency_seconds{0.99} <= 0.6 and lost == 0 and refused == 0 and knob: worker.concurrency <= 5',
  ];
  const failures = (seed: number, ...edits: readonly string[]) =>
    lesson.failures('600s', { edits: [...DAY, ...edits], checks, seed });

  it.each(lesson.seeds)('is solved by a fifth worker, on seed %i', (seed) => {
    expect(failures(seed, FIVE)).toEqual([]);
  });

  it('with five workers the highest peak of the five seeds is 0.52 s†', () => {
    const peaks = lesson.fiveSeeds.map((seed) => {
      const run = lesson.begin({ edits: [...DAY, FIVE], seed });
      const counts = [run.latencies()];
      let peak = 0;
      for (let second = 1; second <= 600; second++) {
        run.to(`${second}s`);
        if (second >= 30) peak = Math.max(peak, run.quantileSince(counts[second - 30] as Float64Array, 0.99));
        counts.push(run.latencies());
      }
      return peak;
    });
    expect(isNear(Math.max(...peaks), 0.52), `${peaks}`).toBe(true);
  });

  it.each(lesson.seeds)('is not solved by doing nothing: busy to the brim is slow, on seed %i', (seed) => {
    expect(failures(seed)).toHaveLength(1);
    const run = lesson.begin({ edits: DAY, seed }).to('600s');
    // Over the whole day the four had spare time.
    expect(run.read('busy_seconds') / (600 * WORKERS)).toBeLessThan(0.95);
  });

  it.each(lesson.seeds)(
    'is not solved by a short line that lets go of the oldest: fast, and not all of it, on seed %i',
    (seed) => {
      const short = ['set line.capacity 30', 'set line.overflow drop-oldest'];
      expect(failures(seed, ...short)).toHaveLength(1);
      const run = lesson.begin({ edits: [...DAY, ...short], seed });
      const none = run.latencies();
      expect(run.to('600s').quantileSince(none, 0.99)).toBeLessThan(0.6);
      expect(run.read('lost')).toBeGreaterThan(100);
    },
  );
});
