// The scenarios of Kafka: as it stands each file shows what the real cluster and its clients do, and with the change that it names something
// else happens. Rules by their numbers in docs/semantics/kafka.md.

import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { say } from '../messages/en.ts';
import { Lesson } from '../testing/lesson.ts';
import { nsOf } from '../testing/story.ts';

interface Told {
  /** What of the real rules it shows. */
  readonly rules: string;
  readonly change: readonly string[];
  /** Keys of the words by which the scenario names the change: setting, value. */
  readonly words: readonly string[];
  /** What holds then. The first of it does not hold before. */
  readonly shows: readonly string[];
}

const onBoth = (setting: string): readonly string[] => [1, 2].map((i) => `set order-processing-processor-${i}.${setting}`);

const TOLD: { readonly [file: string]: Told } = {
  'kafka-order-events': {
    rules:
      'K14: of one user all lie in one partition. K25: a dead member is missed after its session. K28: repeated since the commit.',
    change: onBoth('staticMembers true'),
    words: ['kafka-consume.staticMembers.label'],
    shows: ['end: generation == 1', 'end: lost == 0 and missed_effects == 0'],
  },
  'kafka-commit-before': {
    rules:
      'K28: committed before the work, what is in hand at a crash is lost and nothing is done twice; after it, the other way round.',
    change: onBoth('commit after'),
    words: ['kafka-consume.commit.label', 'kafka-consume.commit.after'],
    shows: ['end: lost == 0 and missed_effects == 0', 'end: dup_effects >= 1'],
  },
  'kafka-sent-again': {
    rules: 'K17: without numbers what is sent again is doubled and overtaken. K16: with them neither.',
    change: ['set shop-order-events.idempotence default'],
    words: ['kafka-produce.idempotence.label', 'kafka-produce.idempotence.default'],
    shows: ['end: order_breaks == 0 and refused > 0', 'end: missed_effects == 0'],
  },
  'kafka-idle-members': {
    rules: 'K22: idle are those above the number of partitions. K30: the partitions bound what a group does.',
    change: ['set order-events.partitions 5'],
    words: ['kafka-topic.partitions.label'],
    shows: ['end: consumer_lag < 450', 'end: received{processor-4} > 0 and received{processor-5} > 0'],
  },
  'kafka-hot-key': {
    rules: 'K14, K30: one key is one partition, and that is one member.',
    change: ['set shop.keyLaw uniform'],
    words: ['sender.keyLaw.label', 'sender.keyLaw.uniform'],
    shows: ['end: p50(message_latency_seconds, 30s) < 2', 'end: lost == 0 and order_breaks == 0'],
  },
  'kafka-more-partitions': {
    rules: 'K14, section 1: another number of partitions is another place for a key.',
    change: [
      'set processor-1.work {"law": "constant", "value": "30ms"}',
      'set processor-2.work {"law": "constant", "value": "30ms"}',
    ],
    words: ['service.work.label'],
    shows: ['end: order_breaks == 0', 'end: lost == 0 and missed_effects == 0'],
  },
  'kafka-slow-poll': {
    rules:
      'K26: who does not poll for max.poll.interval.ms leaves, though it is alive. K23: what it commits then does not count.',
    change: [1, 2, 3].map((i) => `set order-processing-processor-${i}.maxPollRecords 20`),
    words: ['kafka-consume.maxPollRecords.label'],
    shows: ['end: dup_effects == 0 and generation <= 3', 'end: consumer_lag == 0'],
  },
  'kafka-rolling-restart': {
    rules: 'K24: eager, nobody reads between join and sync; cooperative, what does not move is read throughout.',
    change: [1, 2, 3].map((i) => `set eager-group-eager-${i}.assignor cooperative-sticky`),
    words: ['kafka-consume.assignor.label', 'kafka-consume.assignor.cooperative-sticky'],
    shows: ['always: consumer_lag{consumer_group=eager-group} <= 105', 'end: lost == 0'],
  },
  'kafka-retention': {
    rules: 'K31: retention takes whole segments, oldest first, read or not. K29: the group begins again where the log does.',
    change: ['set order-events.retentionTime 10min'],
    words: ['kafka-topic.retentionTime.label'],
    shows: ['end: skipped == 0 and missed_effects == 0', 'end: consumer_lag{consumer_group=report-group} > 1000'],
  },
  'kafka-blocking-retry': {
    rules: 'Section 18: a retry in place keeps the order and stalls what the member has, or only the partition.',
    change: onBoth('retryMode pause'),
    words: ['kafka-consume.retryMode.label', 'kafka-consume.retryMode.pause'],
    shows: ['end: consumer_lag < 300', 'end: failed >= 40 and order_breaks == 0'],
  },
  'kafka-retry-topics': {
    rules: 'K36: not before it is due, as often as the chain is long, and then to the dead letters; the order is lost.',
    change: ['set processing-short-retry-long.delay 1s'],
    words: ['kafka-pass-on.delay.label'],
    shows: ['end: dead_lettered > 20', 'end: lost == 0'],
  },
};

const isLong = process.env.LONG_RUNS === '1';

describe.each(Object.entries(TOLD))('%s', (name, { change, words, shows }) => {
  const scenario = new Lesson(name, '');
  const until = scenario.document.duration as string;

  it.each(scenario.seeds)('does what its file says, on seed %i', (seed) => {
    expect(scenario.unmet(seed)).toEqual([]);
  });

  it.each(scenario.seeds)('does something else with the change that it names, on seed %i', (seed) => {
    expect(scenario.failures(until, { edits: change, checks: shows, seed })).toEqual([]);
    expect(scenario.failures(until, { checks: shows.slice(0, 1), seed })).toHaveLength(1);
  });

  it('keeps its books, and goes on the same from any checkpoint, also in another run', () => {
    const run = scenario.begin().simulation;
    const other = scenario.begin().simulation;
    // At moments with and without faults under way, none of them at a whole second; now and then from a copy.
    const stepNs = isLong ? 1e6 : 157e6;
    for (let step = 1; step * stepNs < nsOf(until); step++) {
      run.advanceTo(step * stepNs);
      const imbalance = run.world.books.imbalance();
      if (imbalance !== null) throw new Error(`at ${run.timeNs} ns: ${imbalance}`);
      if (step % (isLong ? 5003 : 71) !== 0) continue;
      other.advanceTo(run.timeNs);
      expect(other.digest).toBe(run.digest);
      other.restore(run.checkpoint());
    }
  });

  it('names the change in the words of the form', () => {
    const { about = '', title } = scenario.document;
    expect(title).toMatch(/^Kafka: /);
    for (const word of words) expect(about).toContain(`“${say(word)}”`);
  });
});

it('every scenario of Kafka is held by these tests', () => {
  const files = readdirSync(import.meta.dirname).filter((file) => /^kafka-.*\.json$/.test(file));
  expect(files.map((file) => file.replace('.json', '')).sort((a, b) => (a < b ? -1 : 1))).toEqual(
    Object.keys(TOLD).sort((a, b) => (a < b ? -1 : 1)),
  );
});

describe('what is sent again', () => {
  const scenario = new Lesson('kafka-sent-again', '');
  const OFF = 'set shop-order-events.idempotence off';

  it('with one request in flight is doubled and not overtaken (K17)', () => {
    const run = scenario.begin({ edits: [OFF, 'set shop-order-events.maxInFlight 1'] }).to('60s');
    expect(run.read('dup_effects')).toBeGreaterThan(0);
    expect(run.read('order_breaks')).toBe(0);
  });

  it('with several is both (K17)', () => {
    const run = scenario.begin({ edits: [OFF] }).to('60s');
    expect(run.read('dup_effects')).toBeGreaterThan(0);
    expect(run.read('order_breaks')).toBeGreaterThan(0);
  });
});

describe('a crash of a member', () => {
  const scenario = new Lesson('kafka-commit-before', '');

  it('loses no more than the poll in hand where the commit comes before, and does nothing twice (K28)', () => {
    const most = onBoth('maxPollRecords 5');
    const run = scenario.begin({ edits: most }).to('60s');
    expect(run.read('lost')).toBeGreaterThanOrEqual(1);
    expect(run.read('lost')).toBeLessThanOrEqual(5);
    expect(run.read('dup_effects')).toBe(0);
  });

  it('repeats no more than what was done since the last commit where that comes after, and loses nothing (K28)', () => {
    const edits = [...onBoth('commit after'), ...onBoth('maxPollRecords 5')];
    const run = scenario.begin({ edits }).to('60s');
    expect(run.read('dup_effects')).toBeGreaterThanOrEqual(1);
    // One poll, and that whose commit was on its way.
    expect(run.read('dup_effects')).toBeLessThanOrEqual(10);
    expect(run.read('lost')).toBe(0);
  });
});

describe('retention', () => {
  it('costs a group that begins again at the end all that it was behind (K29)', () => {
    const edits = ['set report-group-reports.offsetReset latest'];
    const scenario = new Lesson('kafka-retention', '');
    const [earliest, latest] = [[], edits].map((some) => scenario.begin({ edits: some }).to('4min').read('skipped'));
    expect(latest).toBeGreaterThan(1.5 * (earliest as number));
  });
});

describe('an order that nobody can read', () => {
  it('is one of many for retry topics, and takes half a group with it where it is tried again in place', () => {
    const done = (name: string) => {
      const run = new Lesson(name, '').begin().to('60s');
      return run.read('processed') / run.read('sent');
    };
    expect(done('kafka-blocking-retry')).toBeLessThan(0.7);
    expect(done('kafka-retry-topics')).toBeGreaterThan(0.95);
  });
});
