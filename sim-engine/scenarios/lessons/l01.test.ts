// L1, a mailbox between two people: a queue absorbs bursts and absences, and makes no work faster.

import { describe, expect, it } from 'vitest';
import { isNear, Lesson } from '../../testing/lesson.ts';

const lesson = new Lesson('l01-mailbox');

/** A queue between the two, from which ten letters are on their way or on the worker's desk. */
const MAILBOX = [
  'remove-wire post-worker',
  'add-node {"id": "mail", "kind": "queue", "params": {"ackDeadline": "5s"}}',
  'add-wire {"id": "post-mail", "kind": "publish", "from": "post", "to": "mail"}',
  'add-wire {"id": "mail-worker", "kind": "deliver", "from": "mail", "to": "worker", "params": {"desk": 10}}',
];
const SECOND_WORKER = 'set worker.concurrency 2';

describe('predict: with a queue, when is the last letter read?', () => {
  it('after about 10 s†: nothing got faster, and nothing was refused', () => {
    const run = lesson.begin({ edits: MAILBOX });
    const lastReadS = run.firstTime('30s', '10ms', () => run.read('processed') === 200);
    expect(isNear(lastReadS, 10), `${lastReadS} s`).toBe(true);
    expect(run.read('refused')).toBe(0);
    // As fast as without a queue: twenty a second, no more.
    expect(run.read('busy_seconds')).toBeCloseTo(200 / 20, 6);
  });
});

describe('step', () => {
  it('1: straight to the worker, most letters are refused', () => {
    expect(lesson.failures('20s', { checks: ['end: refused > 150'] })).toEqual([]);
  });

  it('2: with a queue between them nothing is lost, and it is empty within 12 s', () => {
    const checks = ['always: lost == 0 and within 12s: queue_size{queue_name=mail} == 0', 'within 12s: processed == 200'];
    expect(lesson.failures('20s', { edits: MAILBOX, checks })).toEqual([]);
  });

  it('3: the worker is away for 5 s, and no letter is lost', () => {
    const checks = ['event: node_down >= 1 and end: lost == 0', 'end: processed == 200'];
    expect(lesson.failures('30s', { edits: MAILBOX, at: [['3s', 'crash worker for 5s']], checks })).toEqual([]);
  });

  it('4: a second worker halves it, to within 6 s', () => {
    const checks = ['within 6s: processed == 200'];
    expect(lesson.failures('20s', { edits: [...MAILBOX, SECOND_WORKER], checks })).toEqual([]);
    expect(lesson.failures('20s', { edits: MAILBOX, checks })).toHaveLength(1);
  });
});

describe('final task: 600 letters in 3 s, all read within 20 s by at most two workers', () => {
  const MORE = 'set post.limit 600';
  const checks = ['within 20s: messages_total{status=processed} == 600 and end: knob: worker.concurrency <= 2'];
  const failures = (seed: number, ...edits: readonly string[]) =>
    lesson.failures('60s', { edits: [MORE, ...edits], checks, seed });

  it.each(lesson.seeds)('is solved by a queue and a second worker, on seed %i', (seed) => {
    expect(failures(seed, ...MAILBOX, SECOND_WORKER)).toEqual([]);
  });

  it.each(lesson.seeds)('is not solved by doing nothing, on seed %i', (seed) => {
    expect(failures(seed)).toHaveLength(1);
  });

  it.each(lesson.seeds)('is not solved by a queue alone: a queue makes no work faster, on seed %i', (seed) => {
    expect(failures(seed, ...MAILBOX)).toHaveLength(1);
    const run = lesson.begin({ edits: [MORE, ...MAILBOX], seed }).to('60s');
    expect([run.read('refused'), run.read('lost'), run.read('processed')]).toEqual([0, 0, 600]);
    expect(run.read('busy_seconds')).toBeCloseTo(30, 6);
  });
});
