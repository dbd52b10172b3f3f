// L5, the receipt: when a letter is acknowledged decides what a crash costs.

import { describe, expect, it } from 'vitest';
import { ledgerOf } from '../../simulation/ledger.ts';
import { isNear, Lesson } from '../../testing/lesson.ts';

const lesson = new Lesson('l05-receipt');

const RECEIPT_AFTER_WORK = 'set mail-worker.acknowledge true';
/** The sender waits for a receipt of its own, and the queue keeps what it has on disk. */
const SAFE_QUEUE = ['set post-mail.confirm true', 'set mail.durable true'];
const QUEUE_CRASH = ['12s', 'crash mail for 3s'] as const;

describe('predict: how many letters vanish?', () => {
  it('the whole desk, ten†, and not one', () => {
    const run = lesson.begin().to('60s');
    expect(isNear(run.read('lost'), 10), `${run.read('lost')}`).toBe(true);
    expect(run.read('processed')).toBe(300 - run.read('lost'));
  });
});

describe('step', () => {
  it('1: the queue forgets a letter as it hands it out, and the crash takes all that lay on the desk', () => {
    expect(lesson.failures('60s', { checks: ['end: lost in 5..10'] })).toEqual([]);
  });

  it('2: with the receipt after the work nothing is lost, and some comes again', () => {
    const checks = ['end: lost == 0 and redeliveries >= 1', 'end: processed == 300'];
    expect(lesson.failures('60s', { edits: [RECEIPT_AFTER_WORK], checks })).toEqual([]);
  });

  it('3: a crash between work and receipt does it twice', () => {
    const edits = [RECEIPT_AFTER_WORK, 'set worker.crashAfter 2', 'set worker.crashChance 0.02'];
    const checks = ['event: dup_effects >= 1', 'end: lost == 0'];
    expect(lesson.failures('120s', { edits, isCalm: true, checks })).toEqual([]);
  });

  it('4: the queue crashes, and nothing is lost that was confirmed and is on disk', () => {
    const checks = ['end: lost == 0 and processed - dup_effects == 300'];
    const attempt = { at: [QUEUE_CRASH], checks };
    expect(lesson.failures('90s', { edits: [RECEIPT_AFTER_WORK, ...SAFE_QUEUE], ...attempt })).toEqual([]);
    for (const half of SAFE_QUEUE)
      expect(lesson.failures('90s', { edits: [RECEIPT_AFTER_WORK, half], ...attempt }), half).toHaveLength(1);
  });
});

describe('final task: three crashes of the worker and one of the queue, and no letter is lost', () => {
  const at = [QUEUE_CRASH, ['5s', 'crash worker for 2s'], ['20s', 'crash worker for 2s']] as const;
  const checks = ['end: lost == 0 and processed - dup_effects == 300'];
  const failures = (seed: number, ...edits: readonly string[]) => lesson.failures('120s', { edits, at, checks, seed });

  it.each(lesson.seeds)('is solved by receipts on both ways and a queue that keeps, on seed %i', (seed) => {
    expect(failures(seed, RECEIPT_AFTER_WORK, ...SAFE_QUEUE)).toEqual([]);
  });

  it.each(lesson.seeds)('is not solved by doing nothing, on seed %i', (seed) => {
    expect(failures(seed)).toHaveLength(1);
  });

  it.each(lesson.seeds)(
    'is not solved by the receipt after the work alone: a queue keeps only what it is set to keep, on seed %i',
    (seed) => {
      expect(failures(seed, RECEIPT_AFTER_WORK)).toHaveLength(1);
      const run = lesson.begin({ edits: [RECEIPT_AFTER_WORK], at, seed }).to('120s');
      // What lay in it, and what came while it was down: none of it by the worker's crashes.
      expect(run.read('lost')).toBeGreaterThan(10);
      expect(run.read('publish.lost')).toBeGreaterThan(30);
      const lostAt = ledgerOf(run.simulation.world).reasons.filter((one) => one.class === 'lost');
      expect(new Set(lostAt.map(({ where }) => where))).toEqual(new Set(['mail']));
    },
  );
});
