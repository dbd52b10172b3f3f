// L3, asking a question by post: request and reply need a reply address, a matching number and a deadline.

import { describe, expect, it } from 'vitest';
import { Lesson } from '../../testing/lesson.ts';

const lesson = new Lesson('l03-question-by-post');

const PATIENT = ['set client.timeout 2500ms', 'set client.retry none'];
/** Without matching numbers whatever comes answers the question that is out longest. */
const SECOND_CLIENT = [
  'add-node {"id": "other", "kind": "requester", "params": {"arrivals": "constant", "rate": 0.25, "timeout": "2500ms", "matching": "oldest"}}',
  'add-wire {"id": "other-questions", "kind": "publish", "from": "other", "to": "questions", "params": {"delay": "50ms"}}',
  'add-wire {"id": "replies-other", "kind": "deliver", "from": "replies", "to": "other", "params": {"delay": "50ms"}}',
];
const NUMBERED = 'set other.matching numbers';
/**
 * What the ways and the work leave of the 2.5 s: who has waited longer cannot be answered in time. What lies on the desk the queue
 * cannot take back, so there is room for one question there.
 */
const SKIP_EXPIRED = [
  'set questions.expiry at-head',
  'set questions.timeToLive {"law": "constant", "value": "250ms"}',
  'set questions-server.desk 1',
];

describe('predict: the server is busy all the time; what share of its answers is used?', () => {
  it('0 %†: each comes after the client gave up, and each retry adds another', () => {
    const run = lesson.begin().to('120s');
    expect(run.read('busy_seconds', 'server') / 120).toBeGreaterThan(0.95);
    expect(run.read('replies_used') / run.read('processed', 'server')).toBe(0);
    expect(run.read('late')).toBeGreaterThan(55);
    // Every question is asked twice.
    expect(run.read('retried') / run.read('asked')).toBeGreaterThan(0.95);
  });
});

describe('step', () => {
  it('1: busy for half a minute, and nothing it says is used', () => {
    expect(lesson.failures('60s', { checks: ['hold 30s: utilisation{server} > 0.95 and replies_used == 0'] })).toEqual([]);
  });

  it('2: who waits 2.5 s and asks once is answered', () => {
    const checks = ['hold 30s: replies_used / asked > 0.95'];
    expect(lesson.failures('120s', { edits: PATIENT, checks })).toEqual([]);
    expect(lesson.failures('120s', { checks })).toHaveLength(1);
  });

  it('3: a second client that reads the same reply queue, without matching numbers, mixes replies up', () => {
    const edits = [...PATIENT, 'set client.matching oldest', ...SECOND_CLIENT];
    expect(lesson.failures('120s', { edits, checks: ['event: misrouted >= 1'] })).toEqual([]);
  });

  it('4: with matching numbers nothing is mixed up, though the queue is shared', () => {
    const edits = [...PATIENT, ...SECOND_CLIENT, NUMBERED];
    const checks = ['hold 20s: misrouted == 0', 'end: misrouted == 0 and foreign >= 1'];
    expect(lesson.failures('120s', { edits, checks })).toEqual([]);
  });

  it('5: the server skips questions that have expired, and works for nobody who has left', () => {
    const both = [...PATIENT, ...SECOND_CLIENT, NUMBERED];
    const checks = ['end: wasted_work == 0 and late == 0'];
    expect(lesson.failures('120s', { edits: [...both, ...SKIP_EXPIRED], checks })).toEqual([]);
    expect(lesson.failures('120s', { edits: both, checks })).toHaveLength(1);
  });
});

describe('final task: the server is three times slower for 30 s; less than 5 % of its work is for nobody, every caller knows within 3 s', () => {
  const SLOW = [['100s', 'slow server x3 for 30s']] as const;

  const checks = [
    'end: wasted_work / busy_seconds{server} < 5% and asked - answered - timed_out <= 1 and replies_used > 300',
    'never: hold 3s: open_requests >= 1',
  ];
  const failures = (seed: number, ...edits: readonly string[]) => lesson.failures('20min', { edits, at: SLOW, checks, seed });

  it.each(lesson.seeds)('is solved by waiting 2.5 s, asking once and skipping what has expired, on seed %i', (seed) => {
    expect(failures(seed, ...PATIENT, ...SKIP_EXPIRED)).toEqual([]);
  });

  it.each(lesson.seeds)('is solved too by a server that looks at the deadline of what it begins, on seed %i', (seed) => {
    expect(failures(seed, ...PATIENT, 'set server.skipsExpired true')).toEqual([]);
  });

  it.each(lesson.seeds)('is not solved by doing nothing, on seed %i', (seed) => {
    expect(failures(seed)).toHaveLength(1);
  });

  it.each(lesson.seeds)(
    'is not solved by giving up in time alone: a timed-out request costs its work all the same, on seed %i',
    (seed) => {
      expect(failures(seed, ...PATIENT)).toHaveLength(1);
      const wasted = (...edits: readonly string[]) => lesson.begin({ edits, at: SLOW, seed }).to('20min').read('wasted_work');
      // Five questions are begun in the slow half-minute; without skipping the line they leave costs as much again.
      expect(wasted(...PATIENT, ...SKIP_EXPIRED)).toBeLessThanOrEqual(36);
      expect(wasted(...PATIENT)).toBeGreaterThan(45);
    },
  );
});
