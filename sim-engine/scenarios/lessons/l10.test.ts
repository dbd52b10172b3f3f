// L10, lanes set the speed limit: partitions bound how many read at once, and a hot key is a lane by itself. K14, K22, K30 of
// docs/semantics/kafka.md.

import { describe, expect, it } from 'vitest';
import { isNear, Lesson, type LessonRun } from '../../testing/lesson.ts';

const lesson = new Lesson('l10-lanes');

const lanes = (count: number): string => `set lanes.partitions ${count}`;
/** Readers in addition to the five. */
const readers = (from: number, to: number): readonly string[] =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i).flatMap((i) => [
    `add-node {"id": "reader-${i}", "kind": "service", "params": {"work": {"law": "constant", "value": "10ms"}}}`,
    `add-wire {"id": "readers-reader-${i}", "kind": "kafka-consume", "from": "readers", "to": "reader-${i}", "params": {"delay": "50ms", "offsetReset": "earliest", "commit": "after", "maxPollRecords": 20}}`,
  ]);
/** How the lag grows once all are at work, per second. */
const growth = (run: LessonRun): number => run.to('20s').rateTo('80s', 'consumer_lag');
/** Readers that have never been given anything. */
const idle = (run: LessonRun, count: number): number =>
  Array.from({ length: count }, (_, i) => run.read('received', `reader-${i + 1}`)).filter((received) => received === 0).length;

describe('predict A: how fast does the lag grow with five readers?', () => {
  it('still by 100 a second†: two of them sit idle', () => {
    const run = lesson.begin();
    const measured = growth(run);
    expect(isNear(measured, 100), `${measured}`).toBe(true);
    expect(idle(run, 5)).toBe(2);
  });

  it('as fast with the three alone', () => {
    const measured = growth(lesson.begin({ edits: ['remove reader-4', 'remove reader-5'] }));
    expect(isNear(measured, 100), `${measured}`).toBe(true);
  });
});

describe('predict B: and with six lanes, for five readers who could do 500 a second?', () => {
  it('still by 33 a second†, in the two lanes of one reader', () => {
    const run = lesson.begin({ edits: [lanes(6)] });
    const measured = growth(run);
    expect(isNear(measured, 33), `${measured}`).toBe(true);
    const done = () => Array.from({ length: 5 }, (_, i) => run.read('processed', `reader-${i + 1}`));
    const before = done();
    run.to('90s');
    // Only one has no time to spare.
    expect(done().filter((count, i) => count - (before[i] as number) > 950)).toHaveLength(1);
  });
});

describe('step', () => {
  it('1: five readers, and the lag grows', () => {
    expect(lesson.failures('80s', { checks: ['end: slope(consumer_lag) over 60s > 80'] })).toEqual([]);
  });

  it('2: six lanes, and it grows more slowly', () => {
    expect(lesson.failures('80s', { edits: [lanes(6)], checks: ['end: slope(consumer_lag) over 60s in 20..45'] })).toEqual([]);
  });

  it.each([
    ['a reader for each of six lanes', [lanes(6), ...readers(6, 6)]],
    ['five lanes for five readers', [lanes(5)]],
  ])('3: mended by %s', (_, edits) => {
    const checks = ['hold 60s: consumer_lag < 300', 'end: slope(consumer_lag) over 60s < 1'];
    expect(lesson.failures('120s', { edits, checks })).toEqual([]);
  });

  it('4: keys move to other lanes when some are added, and what is new overtakes what waits', () => {
    const wires = ['shop-lanes', ...Array.from({ length: 5 }, (_, i) => `readers-reader-${i + 1}`)];
    const edits = wires.map((wire) => `set ${wire}.metadataAge 5s`);
    const checks = ['hold 30s: order_breaks == 0', 'event: order_breaks >= 1'];
    expect(lesson.failures('60s', { edits, at: [['40s', lanes(6)]], checks })).toEqual([]);
    expect(lesson.begin({ edits }).to('60s').read('order_breaks')).toBe(0);
  });

  const twelve = [lanes(12), ...readers(6, 12)];
  /** A key with three tenths of everything, or so many that share these. */
  const hot = (pieces: number): readonly string[] => {
    const weights = [...Array(pieces).fill(30 / pieces), ...Array(140).fill(0.5)];
    return [
      'set shop.keyLaw weighted',
      `set shop.keyWeights ${JSON.stringify(weights.map((weight, i) => ({ name: `${i}`, weight })))}`,
    ];
  };

  it('5: one key with three tenths of all fills its lane, whatever the number of readers', () => {
    expect(lesson.failures('80s', { edits: [...twelve, ...hot(1)], checks: ['end: slope(consumer_lag) over 60s > 20'] })).toEqual(
      [],
    );
  });

  it('5: split into pieces it fits into several', () => {
    const checks = ['hold 60s: consumer_lag < 400', 'end: slope(consumer_lag) over 60s < 1'];
    expect(lesson.failures('120s', { edits: [...twelve, ...hot(6)], checks })).toEqual([]);
  });
});

describe('final task: from 400 to 800 a second, and no order of a key ever breaks', () => {
  const GROWS = ['30s', 'set shop.rate 800'] as const;
  const checks = ['always: order_breaks == 0', 'hold 120s: consumer_lag < 500'];
  const begin = (seed: number, edits: readonly string[], at: readonly (readonly [string, string])[] = []) =>
    lesson.begin({ edits, at: [GROWS, ...at], checks, seed });

  it.each(lesson.seeds)('is solved by lanes for what is to come, on seed %i', (seed) => {
    expect(
      begin(seed, [lanes(12), ...readers(6, 12)])
        .to('180s')
        .failures(),
    ).toEqual([]);
  });

  // The lag that has come by then does not go again: three readers do 300 a second, and 800 come.
  it.each(lesson.seeds)('is not solved by doing nothing, on seed %i', (seed) => {
    const run = begin(seed, []).to('60s');
    expect(run.read('consumer_lag')).toBeGreaterThan(10_000);
    expect(run.failures().join()).toContain('consumer_lag');
  });

  it.each(lesson.seeds)('is not solved by lanes that are added when it has grown, on seed %i', (seed) => {
    const wires = ['shop-lanes', ...Array.from({ length: 12 }, (_, i) => `readers-reader-${i + 1}`)];
    const edits = [lanes(6), ...readers(6, 12), ...wires.map((wire) => `set ${wire}.metadataAge 5s`)];
    const run = begin(seed, edits, [['40s', lanes(12)]]).to('60s');
    expect(run.failures().join()).toContain('order_breaks');
  });
});
