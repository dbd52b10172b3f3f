// L5, the receipt: when a letter is acknowledged decides what a crash costs. On a RabbitMQ queue, R32 and R38 of
// docs/semantics/rabbitmq.md. The desk of the lesson holds ten at the crash because as many have gathered by then, not by its window.

import { describe, expect, it } from 'vitest';
import { ledgerOf } from '../../simulation/ledger.ts';
import { isNear, Lesson } from '../../testing/lesson.ts';

const lesson = new Lesson('l05-receipt');

const RECEIPT_AFTER_WORK = 'set mail-worker.acknowledge manual';
/** The sender waits for a receipt of its own, and the queue, which is durable, has its letters on disk. */
const SAFE_WAY = ['set post-mail.confirm true', 'set post-mail.persistent true'];
const BROKER_CRASH = ['12s', 'crash rabbit for 3s'] as const;

describe('predict: how many letters vanish?', () => {
  it('the whole desk, ten†, and not one', () => {
    const run = lesson.begin().to('60s');
    expect(isNear(run.read('lost'), 10), `${run.read('lost')}`).toBe(true);
    expect(run.read('processed')).toBe(300 - run.read('lost'));
  });

  it('however many lie there: a window does not bind who acknowledges automatically (semantics 4.1)', () => {
    const busy = lesson.begin({ edits: ['set post.rate 15'], isCalm: true }).to('10s');
    expect(busy.read('desk', 'worker')).toBeGreaterThan(30);
    const manual = lesson.begin({ edits: ['set post.rate 15', RECEIPT_AFTER_WORK], isCalm: true }).to('10s');
    expect(manual.read('desk', 'worker')).toBeLessThanOrEqual(10);
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

  it('4: the broker crashes, and nothing is lost that was confirmed and is on disk', () => {
    const checks = ['end: lost == 0 and processed - dup_effects == 300'];
    const attempt = { at: [BROKER_CRASH], checks };
    expect(lesson.failures('90s', { edits: [RECEIPT_AFTER_WORK, ...SAFE_WAY], ...attempt })).toEqual([]);
    for (const half of SAFE_WAY)
      expect(lesson.failures('90s', { edits: [RECEIPT_AFTER_WORK, half], ...attempt }), half).toHaveLength(1);
  });
});

describe('final task: three crashes of the worker and one of the broker, and no letter is lost', () => {
  const at = [BROKER_CRASH, ['5s', 'crash worker for 2s'], ['22s', 'crash worker for 2s']] as const;
  const checks = ['end: lost == 0 and processed - dup_effects == 300'];
  const failures = (seed: number, ...edits: readonly string[]) => lesson.failures('120s', { edits, at, checks, seed });

  it.each(lesson.seeds)('is solved by receipts on both ways and letters on disk, on seed %i', (seed) => {
    expect(failures(seed, RECEIPT_AFTER_WORK, ...SAFE_WAY)).toEqual([]);
  });

  it.each(lesson.seeds)('is not solved by doing nothing, on seed %i', (seed) => {
    expect(failures(seed)).toHaveLength(1);
  });

  it.each(lesson.seeds)(
    'is not solved by the receipt after the work alone: a broker keeps only what it was told to keep, on seed %i',
    (seed) => {
      expect(failures(seed, RECEIPT_AFTER_WORK)).toHaveLength(1);
      const run = lesson.begin({ edits: [RECEIPT_AFTER_WORK], at, seed }).to('120s');
      // What lay in its queue, none of it by the worker's crashes.
      expect(run.read('lost')).toBeGreaterThan(10);
      const lostAt = ledgerOf(run.simulation.world).reasons.filter((one) => one.class === 'lost');
      expect(new Set(lostAt.map(({ where }) => where))).toEqual(new Set(['rabbit']));
    },
  );
});
