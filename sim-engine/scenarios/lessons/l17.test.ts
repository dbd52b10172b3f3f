// L17, the letter nobody can read: bounded attempts, a dead-letter shelf, and a plan for it.

import { describe, expect, it } from 'vitest';
import { Lesson } from '../../testing/lesson.ts';

const lesson = new Lesson('l17-letter-nobody-can-read');

const SHELF = [
  'add-node {"id": "shelf", "kind": "dead-letter-queue"}',
  'add-wire {"id": "mail-shelf", "kind": "dead-letter", "from": "mail", "to": "shelf"}',
];
const FIVE_ATTEMPTS = 'set worker.maxAttempts 5';

describe('predict: how much useful work a second after the poison arrives?', () => {
  it('none: it comes back to the head at once', () => {
    const run = lesson.begin().to('10s');
    // The letters before it are done.
    expect(run.read('processed')).toBe(2);
    expect(run.rateTo('60s', 'goodput')).toBe(0);
    expect(run.read('failed', 'worker')).toBeGreaterThan(500);
  });
});

describe('step', () => {
  it('1: nothing gets past it', () => {
    const checks = ['hold 10s: goodput == 0 and event: redeliveries > 100', 'end: failed > 100'];
    expect(lesson.failures('60s', { checks })).toEqual([]);
  });

  it('2: with a limit of attempts and a shelf the others are read', () => {
    const checks = ['within 10s: goodput > 0 and dlq_size == 1', 'end: processed == 99 and dlq_size == 1'];
    expect(lesson.failures('30s', { edits: [FIVE_ATTEMPTS, ...SHELF], checks })).toEqual([]);
  });

  it('3: a handler that sends it again as a new message forgets its attempts: a thousand deliveries, and the shelf is empty', () => {
    const edits = [FIVE_ATTEMPTS, ...SHELF, 'set mail-worker.retryAs new'];
    const run = lesson.begin({ edits }).to('150s');
    expect(run.read('failed', 'worker')).toBeGreaterThan(1000);
    expect([run.read('dlq_size'), run.read('redeliveries')]).toEqual([0, 0]);
    // It comes last each time, so the others are read; and it goes on.
    expect(run.read('processed')).toBe(99);
    expect(run.rateTo('160s', 'failed', 'worker')).toBeGreaterThan(10);
  });

  it('3: repaired while it runs, the letter is on the shelf within 30 s, after five attempts that are counted', () => {
    const edits = [FIVE_ATTEMPTS, ...SHELF, 'set mail-worker.retryAs new'];
    const run = lesson.begin({ edits, at: [['60s', 'set mail-worker.retryAs same']] }).to('60s');
    const failed = run.read('failed', 'worker');
    run.to('90s');
    expect(run.read('dlq_size')).toBe(1);
    expect(run.read('failed', 'worker') - failed).toBeLessThanOrEqual(5);
    expect(
      lesson.failures('30s', { edits: edits.slice(0, -1), checks: ['within 30s: dlq_size == 1', 'end: failed == 5'] }),
    ).toEqual([]);
  });

  it('5: sent back before the handler is mended it comes back to the shelf, and afterwards it does not', () => {
    const edits = [FIVE_ATTEMPTS, ...SHELF];
    const loop = lesson.begin({ edits, at: [['20s', 'redrive shelf']] }).to('30s');
    expect([loop.read('dlq_size'), loop.read('arrived')]).toEqual([1, 2]);
    const at = [
      ['20s', 'redrive shelf'],
      ['30s', 'set worker.poison ignored'],
      ['31s', 'redrive shelf'],
    ] as const;
    const checks = ['end: dlq_size == 0 and lost == 0', 'end: processed == 100'];
    expect(lesson.failures('40s', { edits, at, checks })).toEqual([]);
  });
});

describe('final task: three letters nobody can read and a database that is away for 20 s; the shelf holds poison alone', () => {
  /** Every letter is also written to a database, by a call that waits 500 ms. */
  const DATABASE = [
    'set post.limit default',
    'set worker.concurrency 4',
    'set worker.steps ["receive", "work", {"do": "call", "to": "database"}, "acknowledge"]',
    'add-node {"id": "database", "kind": "service", "params": {"concurrency": 10, "work": {"law": "constant", "value": "10ms"}}}',
    'add-wire {"id": "worker-database", "kind": "call", "from": "worker", "to": "database", "params": {"delay": "5ms", "timeout": "500ms"}}',
    'set mail-worker.desk 8',
  ];
  const at = [
    ['5250ms', 'poison post 100% for 100ms'],
    ['10250ms', 'poison post 100% for 100ms'],
    ['20s', 'crash database for 20s'],
  ] as const;
  const checks = ['end: dlq_size == 3 and lost == 0 and goodput > 0.9 * arrivals and queue_size < 10'];
  const begin = (seed: number, ...edits: readonly string[]) =>
    lesson.begin({ edits: [...DATABASE, ...edits], at, checks, seed }).to('110s');
  const RETRY = ['set worker.retry exponential', 'set worker.retryBase 200ms', 'set worker.maxAttempts 5'];
  /** While the breaker is open a letter waits with its worker, and no attempt is spent on it. */
  const BREAKER = [
    'set worker-database.breaker resilience4j',
    'set worker-database.breakerMinimum 5',
    'set worker-database.breakerOpen 5s',
    'set worker-database.breakerProbes 1',
    'set worker-database.whenHeldBack wait',
  ];

  it.each(lesson.seeds)('is solved by a shelf and a breaker that lets letters wait, on seed %i', (seed) => {
    expect(begin(seed, ...RETRY, ...SHELF, ...BREAKER).failures()).toEqual([]);
  });

  it.each(lesson.seeds)('is not solved by doing nothing, on seed %i', (seed) => {
    expect(begin(seed, ...SHELF).failures()).toHaveLength(1);
  });

  it.each(lesson.seeds)(
    'is not solved by a shelf alone, which takes healthy letters for the sake of a dependency, on seed %i',
    (seed) => {
      const run = begin(seed, ...RETRY, ...SHELF);
      expect(run.read('dlq_size')).toBeGreaterThan(20);
      expect(run.failures()).toHaveLength(1);
    },
  );
});
