// The scenarios of RabbitMQ: as it stands each file shows what the real server does, and with the change that it names something else
// happens. Rules by their numbers in docs/semantics/rabbitmq.md; sections of it where a rule has no number.

import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { say } from '../messages/en.ts';
import { Lesson } from '../testing/lesson.ts';
import { nsOf } from '../testing/story.ts';
import { TICK_NS } from '../world/world.ts';

interface Told {
  /** What the server's rules are that it shows. */
  readonly rules: string;
  readonly change: readonly string[];
  /** Keys of the words by which the scenario names the change: setting, value. */
  readonly words: readonly string[];
  /** What holds then. The first of it does not hold before. */
  readonly shows: readonly string[];
}

const TOLD: { readonly [file: string]: Told } = {
  'rabbitmq-order-events': {
    rules:
      'R2: the key decides which queues get a copy. R38: persistent in durable survives. Section 12: what is unconfirmed is unknown.',
    change: ['set shop-order-events.confirm true', 'set desk-order-events.confirm true'],
    words: ['rabbitmq-publish.confirm.label'],
    shows: ['end: missed_effects == 0', 'end: lost == 0 and unroutable == 0'],
  },
  'rabbitmq-retry-ladder': {
    rules: 'Section 11, 2 and 4: a wait queue for each delay, and a place for what cannot be done. R24: TTL of the queue alone.',
    change: ['set payments-bank.onRetry requeue'],
    words: ['rabbitmq-consume.onRetry.label', 'rabbitmq-consume.onRetry.requeue'],
    shows: ['end: failed{bank} > 220', 'always: delayed == 0'],
  },
  'rabbitmq-prefetch': {
    rules: 'R7, R9: a full consumer leaves the line of turns, and another that could take a message does not stand idle.',
    change: ['set letters-slow.prefetch 1'],
    words: ['rabbitmq-consume.prefetch.label'],
    shows: ['end: desk{slow} <= 1 and processed{slow} > 35', 'end: processed{fast} > 400 and processed > sent - 15'],
  },
  'rabbitmq-poison': {
    rules: 'R11: back to where it stood. R25, R26: rejected more often than the limit it is gone; a nack is not counted (4.3).',
    change: ['set quorum-careful.onRetry requeue'],
    words: ['rabbitmq-consume.onRetry.label', 'rabbitmq-consume.onRetry.requeue'],
    shows: ['end: failed{careful} > 200 and queue_size{dead} == 0', 'hold 40s: rate(processed{careful}, 10s) == 0'],
  },
  'rabbitmq-leader-killed': {
    rules:
      'R29, R30, R31: a majority confirms and loses nothing, a minority confirms nothing. Section 8.5: a classic queue is away.',
    change: ['set payments.type classic'],
    words: ['rabbitmq-queue.type.label', 'rabbitmq-queue.type.classic'],
    shows: ['end: refused > 100', 'end: lost == 0'],
  },
  'rabbitmq-memory-alarm': {
    rules: 'R33, section 5.2: a connection that publishes is not read, receipts on it neither; nothing is lost.',
    change: ['set shared-log.connection own'],
    words: ['rabbitmq-consume.connection.label', 'rabbitmq-consume.connection.own'],
    shows: ['always: queue_size{upper} - queue_size{lower} < 20', 'end: lost == 0 and publish.lost == 0'],
  },
  'rabbitmq-questions': {
    rules: 'R13, R32: what was not acknowledged comes again, what was acknowledged as it was handed out does not. Section 10.',
    change: ['set questions-one.acknowledge automatic'],
    words: ['rabbitmq-consume.acknowledge.label', 'rabbitmq-consume.acknowledge.automatic'],
    shows: ['end: timed_out >= 1 and lost >= 1', 'end: answered > asked - 8'],
  },
  'rabbitmq-direct-replies': {
    rules:
      'Section 10: a direct reply is buffered nowhere, and its address is that of one channel. R32: it is acknowledged as it goes.',
    change: ['set replies-shop.acknowledge manual'],
    words: ['rabbitmq-consume.acknowledge.label', 'rabbitmq-consume.acknowledge.manual'],
    shows: ['end: answered == 0', 'end: timed_out + forgotten > 100'],
  },
  'rabbitmq-head-of-line': {
    rules: 'R16: an expired message leaves only at the head.',
    change: ['set hasty-delays.routingKey short'],
    words: ['rabbitmq-publish.routingKey.label'],
    shows: ['end: p50(message_latency_seconds, 60s) < 3', 'end: queue_size{short} <= 3 and queue_size{mixed} <= 3'],
  },
};

const SEEDS = [undefined, 101, 102, 103, 104];

describe.each(Object.entries(TOLD))('%s', (name, { change, words, shows }) => {
  const scenario = new Lesson(name, '');
  const until = scenario.document.duration as string;

  it.each(SEEDS)('does what its file says, on seed %s', (seed) => {
    expect(scenario.unmet(seed)).toEqual([]);
  });

  it.each(SEEDS)('does something else with the change that it names, on seed %s', (seed) => {
    const onSeed = seed === undefined ? {} : { seed };
    expect(scenario.failures(until, { edits: change, checks: shows, ...onSeed })).toEqual([]);
    expect(scenario.failures(until, { checks: shows.slice(0, 1), ...onSeed })).toHaveLength(1);
  });

  it('keeps its books at every tick, and goes on the same from any checkpoint, also in another run', () => {
    const run = scenario.begin().simulation;
    const other = scenario.begin().simulation;
    const fromCheckpoint: string[] = [];
    const straight: string[] = [];
    const end = (tick: number): boolean => tick * TICK_NS >= nsOf(until);
    for (let tick = 1; !end(tick); tick++) {
      run.advanceTo(tick * TICK_NS);
      const imbalance = run.world.books.imbalance();
      if (imbalance !== null) throw new Error(`tick ${tick}: ${imbalance}`);
      // Moments with and without faults under way, none of them at a whole second.
      if (tick % 2357 !== 0) continue;
      straight.push(run.digest);
      if (fromCheckpoint.length > 0) {
        other.advanceTo(run.timeNs);
        fromCheckpoint.push(other.digest);
      } else fromCheckpoint.push(run.digest);
      other.restore(run.checkpoint());
    }
    expect(straight.length).toBeGreaterThan(20);
    expect(fromCheckpoint).toEqual(straight);
  });

  it('names the change in the words of the form', () => {
    const { about = '', title } = scenario.document;
    expect(title).toMatch(/^RabbitMQ: /);
    for (const word of words) expect(about).toContain(`“${say(word)}”`);
  });
});

it('every scenario of RabbitMQ is held by these tests', () => {
  const files = readdirSync(import.meta.dirname).filter((file) => /^rabbitmq-.*\.json$/.test(file));
  expect(files.map((file) => file.replace('.json', '')).sort((a, b) => (a < b ? -1 : 1))).toEqual(
    Object.keys(TOLD).sort((a, b) => (a < b ? -1 : 1)),
  );
});

describe('order_events', () => {
  const scenario = new Lesson('rabbitmq-order-events', '');

  it('each order is owed to both queues, each cancellation to one (R1, R2)', () => {
    const run = scenario.begin({ isCalm: true }).to('30s');
    const accepted = run.read('accepted');
    const cancelled = run.read('sent', 'desk');
    expect(run.read('owed')).toBe(2 * accepted - cancelled);
  });

  it.each(['shop-order-events.persistent false', 'email-notifications.durable false'])(
    'a crash of the broker loses what waits for e-mail with %s (R38)',
    (setting) => {
      const run = scenario.begin({ edits: [`set ${setting}`] }).to('60s');
      expect(run.read('lost')).toBeGreaterThan(10);
    },
  );
});

describe('the ladder of retries', () => {
  const scenario = new Lesson('rabbitmq-retry-ladder', '');

  it('hands back after a second, and after twenty more', () => {
    // The first payment of all is unreadable: it goes when the connection is there.
    const at = [['0s', 'poison checkout 100% for 400ms']] as const;
    const run = scenario.begin({ isCalm: true, at });
    const seconds = [1, 2, 3].map((attempts) => run.firstTime('40s', '10ms', () => run.read('failed', 'bank') === attempts));
    const [first, second, last] = seconds as [number, number, number];
    // On the way there and back, and at work, it is half a second each time.
    expect(second - first).toBeCloseTo(1 + 0.38, 1);
    expect(last - second).toBeCloseTo(20 + 0.38, 1);
    expect(run.to('40s').read('queue_size', 'parked')).toBe(1);
  });
});

describe('a killed leader', () => {
  const scenario = new Lesson('rabbitmq-leader-killed', '');

  it('is followed by another after a quarter of a second, in which nothing is confirmed (section 8.4)', () => {
    const run = scenario.begin().to('10010ms');
    const then = run.read('accepted');
    const went = run.firstTime('12s', '1ms', () => run.read('accepted') > then);
    expect(went - 10).toBeGreaterThan(0.24);
    expect(went - 10).toBeLessThan(0.27);
  });

  it('with two of three nodes down nothing is confirmed until one is back (R30)', () => {
    const run = scenario.begin().to('25100ms');
    const then = run.read('accepted');
    expect(run.to('34900ms').read('accepted')).toBe(then);
    expect(run.to('37s').read('accepted')).toBeGreaterThan(then + 200);
  });
});
