// Slips that are made again and again, each in a scenario of its own: as it stands the file shows what the slip does, and with one
// change, which the scenario names, it does it no more. They are those of the brief's sample code. One of them is not here: listening to
// a channel by the literal name `user_activity_*` needs the channels and patterns of Redis, which come with their kind.

import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { say } from '../messages/en.ts';
import { Lesson } from '../testing/lesson.ts';

interface Slip {
  readonly cure: string;
  /** Keys of the words by which the scenario names the cure: setting, value, steps. */
  readonly words: readonly string[];
  /** What holds at the end of the run once it is cured. The first of it does not hold before. */
  readonly cured: readonly string[];
}

const SLIPS: { readonly [file: string]: Slip } = {
  'slip-forgotten-when-handed-out': {
    cure: 'set orders-packer.acknowledge true',
    words: ['deliver.acknowledge.label'],
    cured: ['end: lost == 0 and missed_effects == 0 and redeliveries >= 5', 'end: processed > sent - 30'],
  },
  'slip-marked-before-the-work': {
    cure: 'set cash-desk.steps ["receive", "check", {"do": "charge", "takes": {"law": "constant", "value": "150ms"}, "fails": 0.1}, "mark", "acknowledge"]',
    words: ['step.check.label', 'step.mark.label', 'step.remember.label'],
    cured: ['end: missed_effects == 0 and dup_effects == 0 and dropped == 0', 'end: failed >= 10 and processed > sent - 20'],
  },
  'slip-attempts-forgotten': {
    cure: 'set letters-worker.retryAs same',
    words: ['deliver.retryAs.label', 'deliver.retryAs.same'],
    cured: ['end: dlq_size{dead} >= 15 and failed{worker} < 3 * dlq_size{dead} + 10', 'end: utilisation{worker} < 0.8'],
  },
  'slip-sleeping-worker': {
    cure: 'set worker.retryWait in-queue',
    words: ['service.retryWait.label', 'service.retryWait.in-queue'],
    cured: ['end: queue_size{orders} < 20 and processed{worker} > 0.9 * sent', 'end: failed{worker} >= 30 and lost == 0'],
  },
  'slip-put-back-for-ever': {
    cure: 'set letters-worker.onRetry dead-letter',
    words: ['rabbitmq-consume.onRetry.label', 'rabbitmq-consume.onRetry.dead-letter'],
    cured: ['end: queue_size{dead} == 1 and failed{worker} == 1', 'end: goodput > 3.5 and queue_size{letters} < 5'],
  },
  'slip-written-then-published': {
    cure: 'set trips.steps ["receive", {"do": "write", "how": "insert", "outbox": true}, "acknowledge"]',
    words: ['step.outbox.label', 'step.publish.label'],
    // The crashes go on, and so do the second deliveries.
    cured: ['end: missed_effects == 0 and dup_effects == 0', 'end: redeliveries >= 8 and conflicts{store} >= 8'],
  },
};

const SEEDS = [undefined, 101, 102, 103, 104];

describe.each(Object.entries(SLIPS))('%s', (name, { cure, words, cured }) => {
  const scenario = new Lesson(name, '');
  const until = scenario.document.duration as string;

  it.each(SEEDS)('does what its file says, on seed %s', (seed) => {
    expect(scenario.unmet(seed)).toEqual([]);
  });

  it.each(SEEDS)('does it no more with one change, on seed %s', (seed) => {
    const onSeed = seed === undefined ? {} : { seed };
    expect(scenario.failures(until, { edits: [cure], checks: cured, ...onSeed })).toEqual([]);
    // And that is another outcome, not only another measure.
    const shown = (scenario.document.expect ?? []).map(({ check }) => check);
    expect(scenario.failures(until, { edits: [cure], checks: shown, ...onSeed }).length).toBeGreaterThan(0);
    expect(scenario.failures(until, { checks: cured.slice(0, 1), ...onSeed })).toHaveLength(1);
  });

  it('names its cure in the words of the form, after the one sentence that the menu shows', () => {
    const { about = '', title } = scenario.document;
    expect(title).toMatch(/^Slip: /);
    const [tells, cures] = about.split(' Cure: ') as [string, string];
    expect(tells.endsWith('.')).toBe(true);
    for (const word of words) expect(cures).toContain(`“${say(word)}”`);
  });
});

it('every slip of the menu is held by these tests', () => {
  const files = readdirSync(import.meta.dirname).filter((file) => file.startsWith('slip-'));
  expect(files.map((file) => file.replace('.json', '')).sort((a, b) => (a < b ? -1 : 1))).toEqual(
    Object.keys(SLIPS).sort((a, b) => (a < b ? -1 : 1)),
  );
});
