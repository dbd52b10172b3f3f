// L9, a diary, not a mailbox: reading removes nothing, each group has a bookmark of its own, and retention forgets. K29, K31 of
// docs/semantics/kafka.md.

import { describe, expect, it } from 'vitest';
import { isNear, Lesson } from '../../testing/lesson.ts';

const lesson = new Lesson('l09-diary');

/** A group of one reader, as it would be drawn. */
const group = (name: string, offsetReset: string): readonly string[] => [
  `add-node {"id": "group-${name}", "kind": "kafka-group", "parent": "kafka"}`,
  `add-wire {"id": "diary-group-${name}", "kind": "kafka-subscribe", "from": "diary", "to": "group-${name}"}`,
  `add-node {"id": "reader-${name}", "kind": "service", "params": {"work": {"law": "constant", "value": "1ms"}}}`,
  `add-wire {"id": "group-${name}-reader-${name}", "kind": "kafka-consume", "from": "group-${name}", "to": "reader-${name}", "params": {"delay": "50ms", "offsetReset": "${offsetReset}"}}`,
];
const at = (time: string, commands: readonly string[]) => commands.map((command) => [time, command] as const);
/** Ninety seconds of entries, and then no more. */
const ENDS = 'set shop.limit 4500';

describe('predict: group A has read it all; what is left for a new group B?', () => {
  it('everything that the log keeps', () => {
    const run = lesson.begin({ edits: [ENDS], at: at('100s', group('b', 'earliest')) }).to('100s');
    expect([run.read('received', 'reader-a'), run.read('records', 'diary')]).toEqual([4500, 4500]);
    expect(run.to('150s').read('received', 'reader-b')).toBe(4500);
  });
});

describe('step', () => {
  it('1: B reads from the beginning all that is kept', () => {
    const run = lesson.begin({ edits: [ENDS], at: at('60s', group('b', 'earliest')) }).to('60s');
    const kept = run.read('records', 'diary');
    expect(kept).toBeGreaterThan(2900);
    run.to('61s');
    expect(run.firstTime('120s', '1s', () => run.read('received', 'reader-b') >= kept)).toBeLessThan(120);
    expect(run.to('150s').read('received', 'reader-b')).toBe(4500);
  });

  it('2: C begins with what is sent once it is there, and passes over what was there', () => {
    const run = lesson.begin({ edits: [ENDS], at: at('60s', group('c', 'latest')) }).to('150s');
    const received = run.read('received', 'reader-c');
    // A new group waits for three seconds for further members.
    expect(isNear(received, (90 - 63.3) * 50), `${received}`).toBe(true);
    expect(received + run.read('skipped')).toBe(4500);
  });

  it('3 and 4: A is away for 90 min, and half an hour of entries† is gone without an error; the age of its bookmark tells of it before', () => {
    const run = lesson.begin({ edits: ['set group-a-reader-a.commit after'], at: [['1min', 'crash reader-a for 90min']] });
    const alarmS = run.firstTime('100min', '1min', () => run.read('lag_seconds', 'group-a') > 30 * 60);
    const lossS = run.firstTime('100min', '1min', () => run.read('skipped') > 0);
    expect(alarmS).toBeLessThan(35 * 60);
    expect(lossS).toBeGreaterThan(60 * 60);
    run.to('100min');
    const skipped = run.read('skipped');
    expect(isNear(skipped, 90_000), `${skipped}`).toBe(true);
    expect([run.read('refused'), run.read('publish.lost'), run.read('lost')]).toEqual([0, 0, 0]);
    expect(run.read('missed_effects')).toBe(skipped);
  });

  it('5: B is set back by a minute, and does that again', () => {
    const back = [
      ...at('70s', ['set group-b-reader-b.closed true']),
      ...at('75s', ['set group-b.rewind 1min']),
      ...at('76s', ['set group-b-reader-b.closed false']),
    ];
    const checks = ['event: dup_effects >= 1', 'end: received{reader-b} > 4500'];
    expect(lesson.failures('150s', { edits: [ENDS, ...group('b', 'earliest')], at: back, checks })).toEqual([]);
  });
});

describe('final task: a bad deploy has spoilt twenty minutes; they are mended, and nothing is done twice', () => {
  const SLOW = ['set shop.rate 5', 'set group-a-reader-a.commit after', 'set reader-a.retry none'];
  /** What fails is given up and counts as read. */
  const DEPLOY = [
    ['5min', 'set reader-a.failure 1'],
    ['25min', 'set reader-a.failure 0'],
  ] as const;
  const backBy = (time: string) => [
    ...at('26min', ['set group-a-reader-a.closed true']),
    ...at('27min', [`set group-a.rewind ${time}`]),
    ...at('28min', ['set group-a-reader-a.closed false']),
  ];
  /** What has been done is known, and is not done again. */
  const REMEMBERS = ['set reader-a.steps ["receive", "check", "work", "remember", "acknowledge"]', 'set reader-a.memoryTtl 2h'];
  const checks = ['event: missed_effects >= 5000', 'end: missed_effects == 0', 'end: dup_effects == 0'];
  const failures = (seed: number, edits: readonly string[], more: ReturnType<typeof backBy> = []) =>
    lesson.failures('35min', { edits: [...SLOW, ...edits], at: [...DEPLOY, ...more], checks, seed });

  it.each(lesson.seeds)('is solved by setting the bookmark back and a reader that remembers, on seed %i', (seed) => {
    expect(failures(seed, REMEMBERS, backBy('23min'))).toEqual([]);
  });

  it.each(lesson.seeds)('is not solved by doing nothing, on seed %i', (seed) => {
    expect(failures(seed, []).join()).toContain('missed_effects == 0');
  });

  it.each(lesson.seeds)('is not solved by setting it back alone: what was right is done twice, on seed %i', (seed) => {
    expect(failures(seed, [], backBy('23min')).join()).toContain('dup_effects == 0');
  });
});
