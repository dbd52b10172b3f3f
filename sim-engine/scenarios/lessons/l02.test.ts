// L2, one letter or a copy for everyone: readers of one queue compete, subscribers each get a copy.

import { describe, expect, it } from 'vitest';
import { Lesson } from '../../testing/lesson.ts';

const lesson = new Lesson('l02-copy-for-everyone');

const READERS = ['email', 'analytics', 'push'] as const;
const TOPIC = ['remove sign-ups', 'add-node {"id": "news", "kind": "topic"}', wireOf('publish', 'sign-up', 'news')];
/** The topic itself calls each service: a copy is for whoever is there now. */
const SUBSCRIBED = [...TOPIC, ...READERS.map((reader) => wireOf('subscribe', 'news', reader))];
const GOES_ON = 'set sign-up.limit default';

function wireOf(kind: string, from: string, to: string, params = '{}'): string {
  return `add-wire {"id": "${from}-${to}", "kind": "${kind}", "from": "${from}", "to": "${to}", "params": ${params}}`;
}

/** A queue of their own for one or more readers that share its subscription. */
function mailbox(queue: string, ...readers: readonly string[]): readonly string[] {
  return [
    `add-node {"id": "${queue}", "kind": "queue", "params": {"ackDeadline": "3s"}}`,
    wireOf('feed', 'news', queue),
    ...readers.map((reader) => wireOf('deliver', queue, reader, '{"desk": 12}')),
  ];
}

const another = (id: string): string =>
  `add-node {"id": "${id}", "kind": "service", "params": {"work": {"law": "constant", "value": "25ms"}}}`;

describe('predict: of 90 sign-ups, how many does e-mail see?', () => {
  it('30: the three compete', () => {
    const run = lesson.begin().to('20s');
    expect(run.read('sent')).toBe(90);
    expect(run.read('received', 'email')).toBe(30);
    expect(READERS.reduce((sum, reader) => sum + run.read('received', reader), 0)).toBe(90);
  });
});

describe('step', () => {
  it('1: e-mail sees about a third', () => {
    expect(lesson.failures('20s', { checks: ['end: received{node=email} in 25..35'] })).toEqual([]);
  });

  it('2: with a topic and three subscriptions each sees all', () => {
    const checks = ['hold 10s: received{email} == received{push} == sent and end: received{analytics} == 90'];
    expect(lesson.failures('20s', { edits: SUBSCRIBED, checks })).toEqual([]);
    // Ten seconds at a queue are not enough: it is not the waiting that does it.
    expect(lesson.failures('20s', { checks })).toHaveLength(1);
  });

  it('3: two workers for e-mail that share one subscription divide it between them', () => {
    const edits = [
      ...TOPIC,
      wireOf('subscribe', 'news', 'analytics'),
      wireOf('subscribe', 'news', 'push'),
      another('email-2'),
      ...mailbox('email-queue', 'email', 'email-2'),
    ];
    const checks = ['end: received{email} + received{email-2} == sent and dup_effects == 0', 'end: received{email-2} > 30'];
    expect(lesson.failures('20s', { edits, checks })).toEqual([]);
  });

  it('4: who subscribes at 20 s sees what is sent from then on, and nothing from before', () => {
    const at = [
      ['20s', `edit: ${another('audit')}; ${wireOf('subscribe', 'news', 'audit')}`],
      ['40s', 'set sign-up.limit 1200'],
    ] as const;
    const run = lesson.begin({ edits: [...SUBSCRIBED, GOES_ON], at }).to('20s');
    // What was under way at that moment reaches the topic afterwards, and is copied for the fourth too.
    const sentBefore = run.read('sent') - run.read('publish.on_the_wire');
    run.to('50s');
    expect(run.read('sent')).toBe(1200);
    expect(run.read('received', 'audit')).toBe(1200 - sentBefore);
    expect(sentBefore).toBeGreaterThan(590);
  });
});

describe('final task: each of three services sees everything once, and e-mail is shared by three workers of which one crashes', () => {
  const CRASH = [['1s', 'crash email for 5s']] as const;
  const WORKERS = [another('email-2'), another('email-3')];
  const EACH_ONCE = 'end: lost == 0 and missed_effects == 0 and owed == 3 * sent and processed == owed and dup_effects == 0';
  const failures = (seed: number, ...edits: readonly string[]) =>
    lesson.failures('60s', { edits, at: CRASH, checks: [EACH_ONCE], seed });

  it.each(lesson.seeds)('is solved by a queue for each of them, on seed %i', (seed) => {
    const queues = [...mailbox('for-analytics', 'analytics'), ...mailbox('for-push', 'push')];
    const solved = [...TOPIC, ...WORKERS, ...mailbox('for-email', 'email', 'email-2', 'email-3'), ...queues];
    expect(failures(seed, ...solved)).toEqual([]);
  });

  it.each(lesson.seeds)('is not solved by doing nothing, on seed %i', (seed) => {
    expect(failures(seed)).toHaveLength(1);
  });

  it.each(lesson.seeds)(
    'is not solved by more readers of one queue: not every one of them gets every message, on seed %i',
    (seed) => {
      const more = [...WORKERS, wireOf('deliver', 'sign-ups', 'email-2'), wireOf('deliver', 'sign-ups', 'email-3')];
      expect(failures(seed, ...more)).toHaveLength(1);
      const run = lesson.begin({ edits: more, at: CRASH, seed }).to('60s');
      // Nothing is lost: analytics was never owed what e-mail got.
      expect([run.read('owed'), run.read('processed'), run.read('lost')]).toEqual([90, 90, 0]);
      expect(run.read('received', 'analytics')).toBeLessThan(45);
    },
  );
});
